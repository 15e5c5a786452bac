//! The message list: its order, the rows that are here, and what is asked for.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::{DateTime, Local};
use waxwing::model::{Address, Envelope, Flag, FlagChange, ListView, PlacementId};
use waxwing::{Error, Result};

use super::selection::Selection;
use crate::ui::app::Query;
use crate::ui::component::date;
use crate::ui::icon::Icon;
use crate::ui::widget::virtual_list::{Row, Scroll};

/// Rows asked for beyond those in sight, on either side.
const OVERSCAN: usize = 40;
/// More rows than this are not kept; far ones are forgotten.
const KEEP: usize = 2000;

/// A row, made ready when it was loaded: `view` only draws.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What the engine said.
    pub(crate) envelope: Envelope,
    who: String,
    when: String,
    subject: String,
    group: String,
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn names(addresses: &[Address]) -> String {
    let names: Vec<_> = addresses.iter().map(|a| one_line(a.short())).collect();
    names.join(", ")
}

impl Entry {
    fn new(mut envelope: Envelope, outgoing: bool, now: &DateTime<Local>) -> Self {
        envelope.snippet = one_line(&envelope.snippet);
        let who = match (outgoing, names(&envelope.to), names(&envelope.from)) {
            (true, to, _) if !to.is_empty() => format!("To: {to}"),
            (_, _, from) if !from.is_empty() => from,
            _ => "(no sender)".to_owned(),
        };
        let subject = match one_line(&envelope.subject) {
            empty if empty.is_empty() => "(no subject)".to_owned(),
            subject => subject,
        };
        Self {
            who,
            when: date::short(&envelope.date, now),
            subject,
            group: date::group(&envelope.date, now),
            envelope,
        }
    }

    /// As the list draws it.
    pub(crate) fn row(&self) -> Row<'_> {
        let flags = self.envelope.flags;
        let before = if flags.has(Flag::Answered) {
            Some(Icon::Reply)
        } else if flags.has(Flag::Forwarded) {
            Some(Icon::Forward)
        } else {
            None
        };
        Row {
            title: &self.who,
            aside: &self.when,
            line: &self.subject,
            weak: &self.envelope.snippet,
            group: &self.group,
            strong: flags.is_unread(),
            starred: flags.has(Flag::Flagged),
            before,
            after: (self.envelope.attachments > 0).then_some(Icon::Paperclip),
        }
    }
}

/// The list.
#[derive(Debug, Default)]
pub(crate) struct List {
    /// What it shows.
    pub(crate) view: Option<ListView>,
    /// Whether it shows mail one wrote oneself: recipients are told, not senders.
    pub(crate) outgoing: bool,
    /// All rows in their order.
    pub(crate) order: Arc<[PlacementId]>,
    /// What is selected.
    pub(crate) selection: Selection,
    /// Orders about the offset, for the widget.
    pub(crate) scrolls: Vec<(u64, Scroll)>,
    /// Whether the order is on its way for the first time.
    pub(crate) loading: bool,
    /// Why the list cannot be shown.
    pub(crate) error: Option<Error>,
    rows: HashMap<PlacementId, Entry>,
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
    pub(crate) fn open(&mut self, view: ListView, outgoing: bool) -> Query {
        self.view = Some(view);
        self.outgoing = outgoing;
        self.order = Arc::new([]);
        self.selection.clear();
        self.rows.clear();
        self.asked.clear();
        self.range = (0, 0);
        self.loading = true;
        self.error = None;
        self.view_epoch += 1;
        self.scroll(Scroll::Top);
        self.ask_order(view)
    }

    /// Asks for the order again; while one is on its way, once that is here.
    /// A first synchronisation tells of changes faster than they can be read.
    pub(crate) fn refresh(&mut self) -> Option<Query> {
        let view = self.view?;
        if self.asking {
            self.again = true;
            return None;
        }
        Some(self.ask_order(view))
    }

    fn ask_order(&mut self, view: ListView) -> Query {
        self.order_epoch += 1;
        self.asking = true;
        self.again = false;
        Query::Order(self.order_epoch, view)
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
    pub(crate) fn order_loaded(&mut self, epoch: u64, answer: Result<Arc<[PlacementId]>>) -> bool {
        if epoch != self.order_epoch {
            return false;
        }
        self.loading = false;
        self.asking = false;
        match answer {
            Ok(order) => {
                self.error = None;
                self.keep_in_place(&order);
                self.selection.retain(&order);
                self.order = order;
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
    fn keep_in_place(&mut self, new: &[PlacementId]) {
        let (first, last) = self.range;
        let in_sight = self.order.get(first..=last).unwrap_or_default();
        for (index, id) in (first..).zip(in_sight) {
            if let Some(now) = new.iter().position(|other| other == id) {
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
        Some(Query::Envelopes(self.view_epoch, ids))
    }

    /// Takes rows in, unless another folder was opened since.
    pub(crate) fn rows_loaded(
        &mut self,
        epoch: u64,
        asked: &[PlacementId],
        answer: Result<Vec<Envelope>>,
        now: &DateTime<Local>,
    ) {
        if epoch != self.view_epoch {
            return;
        }
        for id in asked {
            self.asked.remove(id);
        }
        match answer {
            Ok(envelopes) => {
                for envelope in envelopes {
                    let entry = Entry::new(envelope, self.outgoing, now);
                    self.rows.insert(entry.envelope.id, entry);
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
        let ids: Vec<_> = ids
            .iter()
            .copied()
            .filter(|id| self.rows.contains_key(id))
            .collect();
        (!ids.is_empty()).then_some(Query::Envelopes(self.view_epoch, ids))
    }

    /// The row at a place, if it is here.
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
                entry.envelope.flags = entry.envelope.flags.with(change.flag, change.on);
            }
        }
    }

    /// Takes the selected rows out already and selects the next. The engine
    /// confirms, or the list is read anew.
    pub(crate) fn remove_selected(&mut self) -> Vec<PlacementId> {
        let gone = self.selection.ids(&self.order);
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
    pub(crate) fn restamp(&mut self, now: &DateTime<Local>) {
        for entry in self.rows.values_mut() {
            entry.when = date::short(&entry.envelope.date, now);
            entry.group = date::group(&entry.envelope.date, now);
        }
    }
}
