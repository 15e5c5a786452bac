//! The next unread message of the list.

use std::collections::HashSet;

use waxwing::model::PlacementId;

use super::List;
use crate::ui::app::Query;

/// The next unread message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextUnread {
    /// The row at this place.
    Row(usize),
    /// In the closed conversation whose row is at this place.
    Within(usize),
    /// There is none.
    None,
}

impl List {
    /// The question for what of it is unread.
    pub(crate) fn ask_unread(&self) -> Option<Query> {
        let rows = 0..self.listed.len();
        let all: Vec<_> = rows
            .flat_map(|row| self.listed.members(row))
            .copied()
            .collect();
        (!all.is_empty()).then_some(Query::Unread(self.view_epoch, all))
    }

    /// Whether an answer is about what is shown.
    pub(crate) fn is_of(&self, epoch: u64) -> bool {
        epoch == self.view_epoch
    }

    /// The first unread message below the cursor, else from the top.
    pub(crate) fn next_unread(&self, unread: &HashSet<PlacementId>) -> NextUnread {
        // What is marked here already may still be on its way to the store.
        let is_unread = |id: &PlacementId| {
            let entry = self.rows.get(id);
            let known_read = entry.is_some_and(|entry| !entry.envelope.flags.is_unread());
            unread.contains(id) && !known_read
        };
        let heads: HashSet<PlacementId> = (self.listed.iter().enumerate())
            .filter(|(row, _)| self.listed.members(*row).iter().any(is_unread))
            .map(|(_, head)| *head)
            .collect();
        let cursor = self.selection.cursor_index(&self.order);
        let start = cursor.map_or(0, |at| at + 1);
        let below = start..self.order.len();
        for index in below.chain(0..start.saturating_sub(1)) {
            let Some(id) = self.order.get(index) else {
                continue;
            };
            if is_unread(id) {
                return NextUnread::Row(index);
            }
            if !self.open.contains_key(id) && heads.contains(id) {
                return NextUnread::Within(index);
            }
        }
        NextUnread::None
    }
}
