//! Searches over the index and the rows.

mod compile;
mod normal;
mod once;
mod ranked;
mod run;
mod source;

use std::sync::{Arc, Mutex};

use rusqlite::{Connection, InterruptHandle, OptionalExtension};

use super::{Error, Read, Result, Store};
use crate::model::{AccountId, PlacementId, SearchOrder, SearchQuery};
use run::Bounds;

/// What is looked for, and where.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) query: SearchQuery,
    /// Only of this account.
    pub(crate) account: Option<AccountId>,
    /// What each account is called, by its name and its addresses.
    pub(crate) accounts: Vec<(AccountId, Vec<String>)>,
    pub(crate) order: SearchOrder,
    /// The first so many.
    pub(crate) limit: usize,
}

/// Ends a search that nobody waits for any more.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Mutex<Stage>>);

#[derive(Default)]
struct Stage {
    stopped: bool,
    /// Of the connection that searches right now.
    running: Option<InterruptHandle>,
}

impl Stop {
    /// Ends the search, also one that has not begun.
    pub(crate) fn stop(&self) {
        let mut stage = super::pool::lock(&self.0);
        stage.stopped = true;
        if let Some(running) = &stage.running {
            running.interrupt();
        }
    }

    /// Runs `work` unless it was stopped. What the connection does afterwards
    /// is not interrupted.
    fn guard<T>(&self, connection: &Connection, work: impl FnOnce() -> Result<T>) -> Result<T> {
        {
            let mut stage = super::pool::lock(&self.0);
            if stage.stopped {
                return Err(Error::Stopped);
            }
            stage.running = Some(connection.get_interrupt_handle());
        }
        let result = work();
        let mut stage = super::pool::lock(&self.0);
        stage.running = None;
        if stage.stopped {
            return Err(Error::Stopped);
        }
        result
    }
}

impl Store {
    /// The messages that match, in the order asked for. One that matches in
    /// several folders is there once.
    pub(crate) async fn search(&self, search: Search, stop: Stop) -> Result<Vec<PlacementId>> {
        if !self.indexer().is_there() {
            return Err(Error::NoIndex);
        }
        self.read(move |r| r.search(&search, &stop)).await
    }
}

impl Read<'_> {
    /// These messages, newest first; what is gone is left out.
    pub(crate) fn newest_first(&self, ids: &[PlacementId]) -> Result<Vec<PlacementId>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT date FROM placement WHERE id = ?1")?;
        let mut dated = Vec::with_capacity(ids.len());
        for id in ids {
            let date: Option<i64> = statement.query_row([id.0], |row| row.get(0)).optional()?;
            dated.extend(date.map(|date| (date, *id)));
        }
        dated.sort_unstable_by(|a, b| b.cmp(a));
        Ok(dated.into_iter().map(|(_, id)| id).collect())
    }

    pub(super) fn search(&self, search: &Search, stop: &Stop) -> Result<Vec<PlacementId>> {
        let folders = self.folders(None)?;
        let compiled = compile::compile(search, &folders, &self.index_shape()?);
        stop.guard(self.mail, || {
            self.each_once(search.limit, |limit| match search.order {
                SearchOrder::Newest => self.run_search(&compiled, limit, Bounds::USUAL),
                SearchOrder::Relevance => self.run_ranked(&compiled, limit),
            })
        })
    }
}

#[cfg(test)]
pub(super) mod tests;
