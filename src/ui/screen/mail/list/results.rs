//! The list while it shows what was searched for.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Local};
use waxwing::Result;
use waxwing::model::{Excerpt, PlacementId, SearchQuery, Sort};

use super::{Chosen, List};
use crate::ui::app::{Finding, Found, Query};
use crate::ui::screen::mail::entry::{Entry, Shown};
use crate::ui::widget::virtual_list::Scroll;

/// So many results are asked for at first: in no time, and enough for a window.
const FIRST_RESULTS: usize = 200;
/// Nobody looks through more.
const MOST_RESULTS: usize = 100_000;

/// What was searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    pub(crate) query: SearchQuery,
    /// What servers found besides.
    pub(crate) more: Arc<[PlacementId]>,
}

impl List {
    /// A list for what is found, in place of this one.
    pub(crate) fn for_results(&self) -> Self {
        Self {
            chosen: Chosen {
                conversations: self.chosen.conversations,
                ..Chosen::default()
            },
            loading: true,
            range: (0, self.range.1.saturating_sub(self.range.0)),
            ..Self::default()
        }
        .after(self)
    }

    /// Shows what is found. What was found before stays until that is known.
    pub(crate) fn find(&mut self, sought: Sought, now: &DateTime<Local>) -> Option<Query> {
        self.sought = Some(sought);
        self.begin_again(now)
    }

    /// Numbers go on, so that what comes for the other list means nothing here.
    fn after(mut self, other: &Self) -> Self {
        self.order_epoch = self.order_epoch.max(other.order_epoch) + 1;
        self.view_epoch = self.view_epoch.max(other.view_epoch) + 1;
        self.scroll_number = self.scroll_number.max(other.scroll_number);
        self
    }

    /// This list again after another one stood in its place: where it was, and
    /// with what changed in the meantime.
    pub(crate) fn again_after(self, other: &Self) -> (Self, Option<Query>) {
        let mut list = self.after(other);
        list.asked.clear();
        list.asking = false;
        list.scroll(Scroll::Show(list.range.0));
        let query = list.refresh();
        (list, query)
    }

    /// What was searched for, as it is asked: the first results alone, where
    /// they come first in the order of the search as well.
    pub(super) fn finding(&self, sought: &Sought) -> Finding {
        let filter = self.quick_filter();
        let Chosen {
            sort, relevance, ..
        } = self.chosen;
        let as_found = relevance || sort == Sort::default();
        let first = self.is_new && as_found && filter.is_empty() && sought.more.is_empty();
        Finding {
            query: sought.query.clone(),
            sort: (!relevance).then_some(sort),
            filter,
            more: sought.more.clone(),
            limit: if first { FIRST_RESULTS } else { MOST_RESULTS },
        }
    }

    /// Takes what was found in. The rows in sight come along, so that nothing
    /// flickers while somebody types. True when it was taken.
    pub(crate) fn found(&mut self, epoch: u64, answer: Result<Found>, shown: &Shown<'_>) -> bool {
        let is_new = self.is_new && epoch == self.order_epoch;
        let mut before = if is_new {
            std::mem::take(&mut self.rows)
        } else {
            HashMap::new()
        };
        let (listed, rows) = match answer {
            Ok(found) => (Ok(found.listed), found.rows),
            Err(error) => (Err(error), Vec::new()),
        };
        if !self.order_loaded(epoch, listed) {
            return false;
        }
        for envelope in rows {
            let id = envelope.id;
            let mut entry = Entry::new(envelope, None, shown);
            if let Some(kept) = before.remove(&id) {
                entry.keep_excerpt(kept, shown, false);
            } else if let Some(kept) = self.rows.remove(&id) {
                entry.keep_excerpt(kept, shown, true);
            }
            self.rows.insert(id, entry);
        }
        true
    }

    /// The question for the pieces of text that were found, for rows in sight.
    pub(crate) fn missing_excerpts(&mut self) -> Option<Query> {
        let query = self.sought.as_ref()?.query.clone();
        let (first, last) = self.range;
        let in_sight = self.order.iter().take(last + 1).skip(first);
        let mut ids = Vec::new();
        for id in in_sight {
            let entry = self.rows.get_mut(id);
            if entry.is_some_and(Entry::asks_excerpt) {
                ids.push(*id);
            }
        }
        (!ids.is_empty()).then_some(Query::Excerpts(self.view_epoch, query, ids))
    }

    /// Takes them in.
    pub(crate) fn excerpts_loaded(
        &mut self,
        epoch: u64,
        answer: Result<HashMap<PlacementId, Excerpt>>,
    ) {
        // Without them the beginning of the text stays.
        let excerpts = answer.ok().filter(|_| epoch == self.view_epoch);
        for (id, excerpt) in excerpts.into_iter().flatten() {
            if let Some(entry) = self.rows.get_mut(&id) {
                entry.set_excerpt(excerpt);
            }
        }
    }
}
