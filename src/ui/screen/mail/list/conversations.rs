//! Conversations of the list that are open.

use std::collections::HashSet;

use waxwing::Result;
use waxwing::model::{PlacementId, SortKey};

use super::List;
use crate::ui::app::Query;

impl List {
    /// The row of the conversation at a place, where one stands there.
    pub(crate) fn head_at(&self, index: usize) -> Option<PlacementId> {
        let id = *self.order.get(index)?;
        if let Some(head) = self.heads.get(&id) {
            return Some(*head);
        }
        self.rows.get(&id)?.is_conversation().then_some(id)
    }

    /// Whether the conversation of that row is open.
    pub(crate) fn is_open(&self, head: PlacementId) -> bool {
        self.open.contains_key(&head)
    }

    /// The question for what stands below the row of a conversation.
    pub(crate) fn ask_open(&self, head: PlacementId) -> Option<Query> {
        let thread = self.rows.get(&head)?.envelope.thread;
        let within = self.within()?;
        Some(Query::Conversation(self.view_epoch, head, thread, within))
    }

    /// Shows what stands below the row of a conversation, in the order of the
    /// list.
    pub(crate) fn opened(
        &mut self,
        epoch: u64,
        head: PlacementId,
        answer: Result<Vec<PlacementId>>,
    ) {
        let Ok(mut ids) = answer else {
            return;
        };
        if epoch != self.view_epoch || !self.listed.contains(&head) {
            return;
        }
        ids.retain(|id| *id != head);
        if self.chosen.sort.key != SortKey::Date || self.chosen.sort.descending {
            ids.reverse();
        }
        self.open.insert(head, ids);
        self.lay_out();
    }

    /// Hides what stands below the row of a conversation. True where the row of
    /// the conversation is selected instead now.
    pub(crate) fn close(&mut self, head: PlacementId) -> bool {
        if self.open.remove(&head).is_none() {
            return false;
        }
        self.lay_out();
        let cursor = self.selection.cursor();
        if cursor.is_none_or(|id| self.order.contains(&id)) {
            return false;
        }
        self.selection.only(head);
        self.reveal_cursor();
        true
    }

    /// Conversations that are open stay so, also where another of their
    /// messages is their row now.
    pub(super) fn keep_open(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let rows: HashSet<PlacementId> = self.listed.iter().copied().collect();
        let moved: Vec<_> = self
            .open
            .keys()
            .filter(|id| !rows.contains(id))
            .copied()
            .collect();
        for before in moved {
            let ids = self.open.remove(&before).unwrap_or_default();
            let has = |index: &usize| self.listed.members(*index).contains(&before);
            let Some(index) = (0..self.listed.len()).find(has) else {
                continue;
            };
            if let Some(head) = self.listed.get(index).copied() {
                let below = std::iter::once(before).chain(ids);
                self.open
                    .insert(head, below.filter(|id| *id != head).collect());
            }
        }
    }

    /// The rows of conversations that are open, to be asked for anew.
    pub(crate) fn ask_open_ones(&self) -> Vec<Query> {
        self.open
            .keys()
            .filter_map(|head| self.ask_open(*head))
            .collect()
    }
}
