//! The message list: its order, the rows that are here, and what is asked for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Local};
use waxwing::config::settings::Conversations;
use waxwing::model::{FlagChange, ListView, Listed, Listing, PlacementId, SortKey, Within};
use waxwing::{Error, Result};

pub(crate) use super::chosen::{Chosen, Filter};
use super::entry::{Entry, Shown, Stands};
use super::selection::Selection;
use crate::ui::app::{Query, Rows};
use crate::ui::widget::virtual_list::{Row, Scroll};

/// Rows asked for beyond those in sight, on either side.
const OVERSCAN: usize = 40;
/// More rows than this are not kept; far ones are forgotten.
const KEEP: usize = 2000;

/// What kind of mail a folder has, as far as lists care.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// What came.
    #[default]
    Incoming,
    /// What one wrote: recipients are told, not senders.
    Sent,
    /// What one is writing: never in conversations.
    Drafts,
}

/// The list.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// What it shows.
    pub(crate) view: Option<ListView>,
    /// What kind of mail that is.
    pub(crate) kind: Kind,
    /// What the person chose.
    pub(crate) chosen: Chosen,
    /// All rows in their order, those of open conversations too.
    pub(crate) order: Arc<[PlacementId]>,
    /// The rows as the engine gave them.
    listed: Listed,
    /// Open conversations by their rows: what stands below each.
    open: HashMap<PlacementId, Vec<PlacementId>>,
    /// The rows of open conversations below which these stand.
    heads: HashMap<PlacementId, PlacementId>,
    /// What is selected.
    pub(crate) selection: Selection,
    /// Orders about the offset, for the widget.
    pub(crate) scrolls: Vec<(u64, Scroll)>,
    /// Whether the order is on its way for the first time.
    pub(crate) loading: bool,
    /// Why the list cannot be shown.
    pub(crate) error: Option<Error>,
    rows: HashMap<PlacementId, Entry>,
    /// Whether the next order is of something else.
    is_new: bool,
    /// When what is shown was asked for.
    today: Option<DateTime<Local>>,
    asked: HashSet<PlacementId>,
    range: (usize, usize),
    /// Grows with every question for the order.
    order_epoch: u64,
    /// Grows with every folder opened.
    view_epoch: u64,
    scroll_number: u64,
    /// Whether an order is on its way, and whether it is out of date already.
    asking: bool,
    again: bool,
}

impl List {
    /// Shows something else, from its top.
    pub(crate) fn open(&mut self, view: ListView, kind: Kind, now: &DateTime<Local>) -> Query {
        self.view = Some(view);
        self.kind = kind;
        self.chosen.filter = Filter::default();
        self.order = Arc::new([]);
        self.forget();
        self.loading = true;
        self.begin_again(view, now)
    }

    /// Shows the same in another way, from its top. What was there stays until
    /// that is known.
    pub(crate) fn choose(&mut self, chosen: Chosen, now: &DateTime<Local>) -> Option<Query> {
        if self.chosen == chosen {
            return None;
        }
        self.chosen = chosen;
        let view = self.view?;
        Some(self.begin_again(view, now))
    }

    fn begin_again(&mut self, view: ListView, now: &DateTime<Local>) -> Query {
        self.today = Some(*now);
        self.is_new = true;
        self.error = None;
        self.view_epoch += 1;
        let listing = self.listing(view);
        self.ask_order(listing)
    }

    /// Forgets what was shown before.
    fn forget(&mut self) {
        self.listed = Listed::default();
        self.open.clear();
        self.heads.clear();
        self.selection.clear();
        self.rows.clear();
        self.asked.clear();
        // As many are in sight as before; nobody tells of that again.
        let (first, last) = self.range;
        self.range = (0, last.saturating_sub(first));
        self.scroll(Scroll::Top);
    }

    /// Everything that decides about the rows.
    fn listing(&self, view: ListView) -> Listing {
        let mut sort = self.chosen.sort;
        if sort.key == SortKey::Sender && self.kind != Kind::Incoming {
            sort.key = SortKey::Recipient;
        }
        let filter = self.chosen.filter;
        Listing {
            view,
            sort,
            filter: self.today.map(|now| filter.quick(&now)).unwrap_or_default(),
            grouped: self.within().is_some(),
        }
    }

    /// How much of its conversation a row stands for; none where it stands for
    /// itself.
    fn within(&self) -> Option<Within> {
        let view = self.view?;
        match self.chosen.conversations {
            _ if self.kind == Kind::Drafts => None,
            Conversations::Off => None,
            Conversations::Threads => Some(Within::View(view)),
            Conversations::Whole => Some(Within::Around(view)),
        }
    }

    /// Asks for the order again; while one is on its way, once that is here.
    /// A first synchronisation tells of changes faster than they can be read.
    pub(crate) fn refresh(&mut self) -> Option<Query> {
        let view = self.view?;
        if self.asking {
            self.again = true;
            return None;
        }
        let listing = self.listing(view);
        Some(self.ask_order(listing))
    }

    fn ask_order(&mut self, listing: Listing) -> Query {
        self.order_epoch += 1;
        self.asking = true;
        self.again = false;
        Query::Order(self.order_epoch, listing)
    }

    /// The question for the first rows of what was asked for: a very long list
    /// begins before all of its order is read.
    pub(crate) fn first_rows(&self) -> Option<Query> {
        let listing = self.listing(self.view?);
        Some(Query::FirstRows(self.order_epoch, listing))
    }

    /// Takes the first rows in, unless more is here already.
    pub(crate) fn first_rows_loaded(&mut self, epoch: u64, answer: Result<Listed>) {
        if let Ok(listed) = answer
            && epoch == self.order_epoch
            && self.asking
            && self.order.is_empty()
        {
            self.loading = false;
            self.is_new = false;
            self.listed = listed;
            self.lay_out();
        }
    }

    /// Puts what stands below open conversations into the order.
    fn lay_out(&mut self) {
        self.heads.clear();
        if self.open.is_empty() {
            self.order = self.listed.rows().clone();
            return;
        }
        let mut order = Vec::with_capacity(self.listed.len());
        for head in self.listed.iter() {
            order.push(*head);
            for id in self.open.get(head).into_iter().flatten() {
                order.push(*id);
                self.heads.insert(*id, *head);
            }
        }
        self.order = order.into();
    }

    fn scroll(&mut self, scroll: Scroll) {
        self.scroll_number += 1;
        self.scrolls.push((self.scroll_number, scroll));
        if self.scrolls.len() > 16 {
            self.scrolls.remove(0);
        }
    }

    /// Takes an order in, unless a newer one was asked for. What is in sight
    /// and what is selected stay. True when it was taken.
    pub(crate) fn order_loaded(&mut self, epoch: u64, answer: Result<Listed>) -> bool {
        if epoch != self.order_epoch {
            return false;
        }
        self.loading = false;
        self.asking = false;
        match answer {
            Ok(listed) => {
                self.error = None;
                if std::mem::take(&mut self.is_new) {
                    self.forget();
                    self.order = Arc::new([]);
                }
                self.listed = listed;
                let before = std::mem::take(&mut self.order);
                self.keep_open();
                self.lay_out();
                self.keep_in_place(&before);
                self.selection.retain(&self.order);
                true
            }
            Err(error) => {
                self.error = Some(error);
                false
            }
        }
    }

    /// The question to ask because what came was out of date already.
    pub(crate) fn overtaken(&mut self) -> Option<Query> {
        (self.again && !self.asking)
            .then(|| self.refresh())
            .flatten()
    }

    /// Moves the offset by as much as the first row in sight that is still
    /// there has moved.
    fn keep_in_place(&mut self, before: &[PlacementId]) {
        let (first, last) = self.range;
        let in_sight = before.get(first..=last).unwrap_or_default();
        for (index, id) in (first..).zip(in_sight) {
            if let Some(now) = self.order.iter().position(|other| other == id) {
                let moved = i64::try_from(now)
                    .unwrap_or(i64::MAX)
                    .saturating_sub(i64::try_from(index).unwrap_or(0));
                if moved != 0 {
                    self.scroll(Scroll::Keep(moved));
                }
                return;
            }
        }
    }

    /// Other rows are in sight.
    pub(crate) fn in_sight(&mut self, first: usize, last: usize) -> Option<Query> {
        self.range = (first, last);
        self.missing()
    }

    /// The question for rows in sight and near it that are not here.
    pub(crate) fn missing(&mut self) -> Option<Query> {
        let (first, last) = self.range;
        let from = first.saturating_sub(OVERSCAN);
        let to = (last + OVERSCAN).min(self.order.len());
        let near = self.order.get(from..to).unwrap_or_default();
        let ids: Vec<_> = near
            .iter()
            .copied()
            .filter(|id| !self.rows.contains_key(id) && !self.asked.contains(id))
            .collect();
        if ids.is_empty() {
            return None;
        }
        self.asked.extend(&ids);
        Some(Query::Envelopes(self.view_epoch, ids, self.within()))
    }

    /// Takes rows in, unless another folder was opened since.
    pub(crate) fn rows_loaded(
        &mut self,
        epoch: u64,
        asked: &[PlacementId],
        answer: Result<Rows>,
        shown: &Shown<'_>,
    ) {
        if epoch != self.view_epoch {
            return;
        }
        for id in asked {
            self.asked.remove(id);
        }
        match answer {
            Ok(rows) => {
                for envelope in rows.envelopes {
                    let mut threads = rows.conversations.iter();
                    let conversation = threads.find(|one| one.thread == envelope.thread);
                    let id = envelope.id;
                    let entry = Entry::new(envelope, conversation, shown);
                    self.rows.insert(id, entry);
                }
                self.forget_far_rows();
            }
            Err(error) => self.error = Some(error),
        }
    }

    fn forget_far_rows(&mut self) {
        if self.rows.len() <= KEEP {
            return;
        }
        let (first, last) = self.range;
        let from = first.saturating_sub(KEEP / 4);
        let to = (last + KEEP / 4).min(self.order.len());
        let near: HashSet<_> = self
            .order
            .get(from..to)
            .unwrap_or_default()
            .iter()
            .copied()
            .collect();
        let selection = &self.selection;
        self.rows
            .retain(|id, _| near.contains(id) || selection.cursor() == Some(*id));
    }

    /// Rows look different now: those that are here are asked for again.
    pub(crate) fn stale(&mut self, ids: &[PlacementId]) -> Option<Query> {
        // A message may be one of those that a row of another stands for.
        let ids: Vec<_> = if self.within().is_some() {
            let (first, last) = self.range;
            let in_sight = self.order.get(first..=last).unwrap_or_default().iter();
            in_sight.chain(ids).copied().collect()
        } else {
            ids.to_vec()
        };
        let ids: HashSet<_> = ids.into_iter().collect();
        let here = ids.into_iter().filter(|id| self.rows.contains_key(id));
        let mut here: Vec<_> = here.collect();
        here.sort_unstable();
        let query = Query::Envelopes(self.view_epoch, here.clone(), self.within());
        (!here.is_empty()).then_some(query)
    }

    /// Rows may stand for other messages than before.
    pub(crate) fn conversations_moved(&mut self) -> Option<Query> {
        self.within().and_then(|_| self.stale(&[]))
    }

    /// What lies elsewhere of conversations in sight may have changed.
    pub(crate) fn conversations_changed(&mut self) -> Option<Query> {
        let whole = self.chosen.conversations == Conversations::Whole;
        whole.then(|| self.stale(&[])).flatten()
    }

    /// The row at a place as it is drawn, if it is here.
    pub(crate) fn row_at(&self, index: usize) -> Option<Row<'_>> {
        let id = self.order.get(index)?;
        let entry = self.rows.get(id)?;
        let head = self.heads.get(id);
        let stands = match head {
            Some(_) => Stands::Below,
            None if self.open.contains_key(id) => Stands::Above,
            None => Stands::Alone,
        };
        let mut row = entry.row(stands);
        if let Some(head) = head.and_then(|head| self.rows.get(head)) {
            row.group = head.group();
        }
        Some(row)
    }

    /// The row at a place, if it is here.
    #[cfg(test)]
    pub(crate) fn entry_at(&self, index: usize) -> Option<&Entry> {
        self.rows.get(self.order.get(index)?)
    }

    /// The row with that id, if it is here.
    pub(crate) fn entry(&self, id: PlacementId) -> Option<&Entry> {
        self.rows.get(&id)
    }

    /// Rows of a page: those in sight but one.
    pub(crate) fn page(&self) -> isize {
        let (first, last) = self.range;
        isize::try_from(last.saturating_sub(first).saturating_sub(1))
            .unwrap_or(1)
            .max(1)
    }

    /// Brings the row of the cursor into sight.
    pub(crate) fn reveal_cursor(&mut self) {
        if let Some(index) = self.selection.cursor_index(&self.order) {
            self.scroll(Scroll::Reveal(index));
        }
    }

    /// Changes a flag here already; the engine confirms.
    pub(crate) fn mark(&mut self, ids: &[PlacementId], change: FlagChange) {
        for id in ids {
            if let Some(entry) = self.rows.get_mut(id) {
                entry.mark(change, ids.len() > 1);
            }
        }
    }

    /// Takes the selected rows out already and selects the next. The engine
    /// confirms, or the list is read anew.
    pub(crate) fn remove_selected(&mut self) -> Vec<PlacementId> {
        let gone = self.chosen_messages();
        let next = self.selection.successor(&self.order);
        let selection = &self.selection;
        self.order = self
            .order
            .iter()
            .copied()
            .filter(|id| !selection.has(*id))
            .collect();
        // An answer on its way still has them.
        self.order_epoch += 1;
        self.asking = false;
        self.selection.clear();
        if let Some(next) = next {
            self.selection.only(next);
            self.reveal_cursor();
        }
        gone
    }

    /// A new day began: "Today" is "Yesterday" now.
    pub(crate) fn restamp(&mut self, shown: &Shown<'_>) {
        for entry in self.rows.values_mut() {
            entry.restamp(shown);
        }
    }

    /// How many messages the rows stand for.
    pub(crate) fn messages(&self) -> usize {
        self.listed.messages()
    }

    /// What the selected rows stand for: of a closed conversation all that lies
    /// in this view.
    pub(crate) fn chosen_messages(&self) -> Vec<PlacementId> {
        let mut ids = Vec::new();
        for (index, id) in self.listed.iter().enumerate() {
            if !self.selection.has(*id) {
                continue;
            }
            if self.open.contains_key(id) {
                ids.push(*id);
            } else {
                ids.extend(self.listed.members(index));
            }
        }
        let below = self.order.iter().filter(|id| self.heads.contains_key(id));
        ids.extend(below.filter(|id| self.selection.has(**id)));
        ids
    }

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
    fn keep_open(&mut self) {
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
