//! Searches over the index and the rows.

mod compile;

use std::sync::{Arc, Mutex};

use rusqlite::types::Value;
use rusqlite::{Connection, InterruptHandle, OptionalExtension, params_from_iter};

use super::index::ID_MASK;
use super::{Error, Read, Result, Store};
use crate::model::{AccountId, PlacementId, SearchQuery};
use compile::Compiled;

/// What is looked for, and where.
#[derive(Debug, Clone)]
pub(crate) struct Search {
    pub(crate) query: SearchQuery,
    /// Only of this account.
    pub(crate) account: Option<AccountId>,
    /// What each account is called, by its name and its addresses.
    pub(crate) accounts: Vec<(AccountId, Vec<String>)>,
    /// The newest so many.
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
    /// The messages that match, newest first.
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
        let folders = self.folders(search.account)?;
        let Some(compiled) = compile::compile(search, &folders) else {
            return Ok(Vec::new());
        };
        stop.guard(self.mail, || self.run_search(compiled, search.limit))
    }

    fn run_search(&self, compiled: Compiled, limit: usize) -> Result<Vec<PlacementId>> {
        let (sql, values) = statement(compiled, limit);
        let mut statement = self.mail.prepare(&sql)?;
        let rows =
            statement.query_map(params_from_iter(values), |row| row.get(0).map(PlacementId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

/// A query as SQL, with its values.
fn statement(compiled: Compiled, limit: usize) -> (String, Vec<Value>) {
    let Compiled {
        words,
        entries,
        condition,
        mut values,
    } = compiled;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let sql = if let Some(words) = words {
        values.splice(
            0..0,
            [
                Value::Text(words),
                Value::Integer(entries.start),
                Value::Integer(entries.end),
            ],
        );
        // The index gives its entries newest first, so this ends with the
        // last row wanted, however common the words are.
        format!(
            "SELECT p.id FROM idx.words w
             CROSS JOIN placement p ON p.email = (w.rowid & {ID_MASK})
             CROSS JOIN email e ON e.id = p.email
             WHERE words MATCH ? AND w.rowid >= ? AND w.rowid < ? AND {condition}
             ORDER BY w.rowid DESC LIMIT {limit}"
        )
    } else {
        // In this order, so that an index can give the newest first.
        format!(
            "SELECT p.id FROM placement p CROSS JOIN email e ON e.id = p.email
             WHERE {condition} ORDER BY p.date DESC, p.id DESC LIMIT {limit}"
        )
    };
    (sql, values)
}

#[cfg(test)]
mod tests;
