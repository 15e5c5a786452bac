//! The message list: its order, the rows that are here, and what is asked for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Local};
use waxwing::config::settings::Conversations;
use waxwing::model::{
    FlagChange, ListView, Listed, Listing, PlacementId, QuickFilter, SortKey, Within,
};
use waxwing::{Error, Result};

mod conversations;
mod results;
pub(crate) mod unread;

pub(crate) use super::chosen::{Chosen, Filter};
use super::entry::{Entry, Shown, Stands};
use super::selection::Selection;
use crate::ui::app::{Query, Rows};
use crate::ui::widget::virtual_list::{Row, Scroll};
pub(crate) use results::Sought;

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
    /// What it shows, unless that was searched for.
    pub(crate) view: Option<ListView>,
    /// What was searched for, where it shows that.
    pub(crate) sought: Option<Sought>,
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
    /// What is being read and no longer belongs here, having been read, and
    /// its place: it goes with the next look.
    stays: Option<(usize, PlacementId)>,
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
    pub(crate) fn open(
        &mut self,
        view: ListView,
        kind: Kind,
        chosen: Chosen,
        now: &DateTime<Local>,
    ) -> Option<Query> {
        self.view = Some(view);
        self.sought = None;
        self.kind = kind;
        self.chosen = chosen;
        self.order = Arc::new([]);
        self.forget();
        self.loading = true;
        self.begin_again(now)
    }

    /// Shows the same in another way, from its top. What was there stays until
    /// that is known.
    pub(crate) fn choose(&mut self, chosen: Chosen, now: &DateTime<Local>) -> Option<Query> {
        if self.chosen == chosen {
            return None;
        }
        self.chosen = chosen;
        self.begin_again(now)
    }

    fn begin_again(&mut self, now: &DateTime<Local>) -> Option<Query> {
        self.today = Some(*now);
        self.is_new = true;
        self.error = None;
        self.view_epoch += 1;
        self.ask_order()
    }

    /// Forgets what was shown before.
    fn forget(&mut self) {
        self.listed = Listed::default();
        self.stays = None;
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
        Listing {
            view,
            sort,
            filter: self.quick_filter(),
            grouped: self.within().is_some(),
        }
    }

    fn quick_filter(&self) -> QuickFilter {
        let filter = self.chosen.filter;
        self.today.map(|now| filter.quick(&now)).unwrap_or_default()
    }

    /// How much of its conversation a row stands for; none where it stands for
    /// itself.
    fn within(&self) -> Option<Within> {
        let view = self.view.filter(|_| self.sought.is_none())?;
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
        if self.asking {
            self.again = true;
            return None;
        }
        self.ask_order()
    }

    fn ask_order(&mut self) -> Option<Query> {
        let epoch = self.order_epoch + 1;
        let query = match (&self.sought, self.view) {
            (Some(sought), _) => Query::Find(epoch, Box::new(self.finding(sought))),
            (None, Some(view)) => Query::Order(epoch, self.listing(view)),
            (None, None) => return None,
        };
        self.order_epoch = epoch;
        self.asking = true;
        self.again = false;
        Some(query)
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
        if self.open.is_empty() && self.stays.is_none() {
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
        if let Some((place, id)) = self.stays {
            order.insert(place.min(order.len()), id);
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
                self.stays = self.staying(&before);
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

    /// What is selected alone, where only the filter leaves it out now: it was
    /// unread when it was opened.
    fn staying(&self, before: &[PlacementId]) -> Option<(usize, PlacementId)> {
        let is_filtered = !self.chosen.filter.is_empty()
            || self.sought.is_some()
            || matches!(self.view, Some(ListView::Unread | ListView::Starred));
        let id = self.selection.single().filter(|_| is_filtered)?;
        let place = before.iter().position(|other| *other == id)?;
        let is_there = (0..self.listed.len()).any(|row| self.listed.members(row).contains(&id));
        let below = self.open.values().any(|ids| ids.contains(&id));
        (!is_there && !below && self.rows.contains_key(&id)).then_some((place, id))
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
                    let mut entry = Entry::new(envelope, conversation, shown);
                    if let Some(before) = self.rows.remove(&id) {
                        entry.keep_excerpt(before, shown, true);
                    }
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
        let next = self.selection.successor(&self.order);
        let selection = std::mem::take(&mut self.selection);
        let gone = self.remove(|id| selection.has(id));
        if let Some(next) = next {
            self.selection.only(next);
            self.reveal_cursor();
        }
        gone
    }

    /// Takes one row out already; what else is selected stays so.
    pub(crate) fn remove_row(&mut self, id: PlacementId) -> Vec<PlacementId> {
        let gone = self.remove(|row| row == id);
        self.selection.retain(&self.order);
        gone
    }

    fn remove(&mut self, goes: impl Fn(PlacementId) -> bool) -> Vec<PlacementId> {
        let gone = self.messages_of(&goes);
        let order = self.order.iter().copied();
        self.order = order.filter(|id| !goes(*id)).collect();
        self.stays = None;
        // An answer on its way still has them.
        self.order_epoch += 1;
        self.asking = false;
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

    /// What the selected rows stand for.
    pub(crate) fn chosen_messages(&self) -> Vec<PlacementId> {
        self.messages_of(|id| self.selection.has(id))
    }

    /// What rows stand for: of a closed conversation all that lies in this view.
    pub(crate) fn messages_of(&self, is_meant: impl Fn(PlacementId) -> bool) -> Vec<PlacementId> {
        let mut ids = Vec::new();
        for (index, id) in self.listed.iter().enumerate() {
            if !is_meant(*id) {
                continue;
            }
            if self.open.contains_key(id) {
                ids.push(*id);
            } else {
                ids.extend(self.listed.members(index));
            }
        }
        let staying = self.stays.map(|(_, id)| id);
        ids.extend(staying.filter(|id| is_meant(*id)));
        let below = self.order.iter().filter(|id| self.heads.contains_key(id));
        ids.extend(below.filter(|id| is_meant(**id)));
        ids
    }
}
