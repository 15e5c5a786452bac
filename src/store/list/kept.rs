//! Orders by something other than the date, kept for a folder from the first
//! time somebody asks for one.

use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, ToSql, params};

use super::super::{Read, Result, Write};
use super::order::{Enough, Row};
use super::sorted::sortable;
use crate::model::{FolderId, ListView, Listing, PlacementId, Sort, SortKey};

/// Lists of fewer messages are sorted in no time.
const WORTH_KEEPING: u64 = 5_000;

/// An order of a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeptOrder {
    folder: FolderId,
    key: SortKey,
}

impl KeptOrder {
    /// Whose order it is.
    pub(crate) fn folder(self) -> FolderId {
        self.folder
    }
}

/// How `kept_order` and `order_entry` name what a list is sorted by. None for
/// what placements have an index for.
fn number_of(key: SortKey) -> Option<i64> {
    match key {
        SortKey::Date | SortKey::Unread => None,
        SortKey::Sender => Some(1),
        SortKey::Recipient => Some(2),
        SortKey::Subject => Some(3),
        SortKey::Size => Some(4),
    }
}

/// What placement `?1` is sorted by in each order kept of its folder, or in the
/// one order `?2`.
const ENTRIES: &str = "SELECT k.key, p.folder, p.date, p.thread,
         CASE k.key WHEN 1 THEN e.sender WHEN 2 THEN e.recipients WHEN 3 THEN e.subject
             ELSE e.size END
     FROM placement p CROSS JOIN email e ON e.id = p.email
     CROSS JOIN kept_order k ON k.folder = p.folder WHERE p.id = ?1
         AND (?2 IS NULL OR k.key = ?2)";

/// Rows of folders in a kept order, ascending, or the whole of it backwards:
/// then the oldest come first among equals. SQLite merges what it reads folder
/// by folder.
pub(super) fn sql(folders: &[FolderId], number: i64, descending: bool) -> String {
    let one = |folder: &FolderId| {
        format!(
            "SELECT value, date, placement, thread FROM order_entry
             WHERE folder = {} AND key = {number}",
            folder.0
        )
    };
    let all: Vec<String> = folders.iter().map(one).collect();
    let order = if descending {
        "1 DESC, 2, 3"
    } else {
        "1, 2 DESC, 3 DESC"
    };
    format!("{} ORDER BY {order}", all.join(" UNION ALL "))
}

impl Read<'_> {
    /// Rows of folders, only some if so, in an order that is kept for each of
    /// them. None where it is not.
    pub(super) fn rows_in_kept_order(
        &self,
        folders: &[FolderId],
        sort: Sort,
        only: Option<&HashSet<PlacementId>>,
        enough: Enough,
    ) -> Result<Option<Vec<Row>>> {
        let Some(number) = number_of(sort.key) else {
            return Ok(None);
        };
        if folders.is_empty() || !self.missing_orders(folders, sort.key)?.is_empty() {
            return Ok(None);
        }
        let mut statement = self
            .mail
            .prepare_cached(&sql(folders, number, sort.descending))?;
        let mut found = statement.query([])?;
        let mut rows: Vec<Row> = Vec::new();
        let mut equals = Equals::default();
        let mut threads = HashSet::new();
        while let Some(entry) = found.next()? {
            if equals.end_before(entry.get_ref(0)?) {
                equals.put_newest_first(&mut rows, sort.descending);
                let count = match enough.grouped {
                    true => threads.len(),
                    false => rows.len(),
                };
                if count >= enough.rows {
                    return Ok(Some(rows));
                }
            }
            let row = Row {
                date: entry.get(1)?,
                id: PlacementId(entry.get(2)?),
                thread: entry.get(3)?,
            };
            if only.is_none_or(|only| only.contains(&row.id)) {
                threads.insert(row.thread);
                rows.push(row);
            }
        }
        equals.put_newest_first(&mut rows, sort.descending);
        Ok(Some(rows))
    }

    /// Those of the folders for which an order is not kept, or not whole yet.
    fn missing_orders(&self, folders: &[FolderId], key: SortKey) -> Result<Vec<KeptOrder>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT 1 FROM kept_order WHERE folder = ?1 AND key = ?2 AND whole")?;
        let mut missing = Vec::new();
        for folder in folders.iter().copied() {
            if !statement.exists(params![folder.0, number_of(key)])? {
                missing.push(KeptOrder { folder, key });
            }
        }
        Ok(missing)
    }

    /// The orders that would make a list come from an index alone the next time.
    pub(crate) fn orders_worth_keeping(&self, listing: &Listing) -> Result<Vec<KeptOrder>> {
        let key = listing.sort.key;
        if number_of(key).is_none() || matches!(listing.view, ListView::Conversation(_)) {
            return Ok(Vec::new());
        }
        let folders = self.folders_of(listing.view)?;
        if self.messages_in(&folders)? < WORTH_KEEPING {
            return Ok(Vec::new());
        }
        self.missing_orders(&folders, key)
    }

    /// How many messages these folders have.
    pub(super) fn messages_in(&self, folders: &[FolderId]) -> Result<u64> {
        let mut total = self
            .mail
            .prepare_cached("SELECT total FROM folder WHERE id = ?1")?;
        let mut messages = 0;
        for folder in folders {
            let count: Option<u64> = total.query_row([folder.0], |row| row.get(0)).optional()?;
            messages += count.unwrap_or(0);
        }
        Ok(messages)
    }
}

/// Rows that are alike in what a list is sorted by.
#[derive(Default)]
struct Equals {
    value: Option<Value>,
    begin: usize,
}

impl Equals {
    /// Whether others begin with this value.
    fn end_before(&mut self, value: rusqlite::types::ValueRef<'_>) -> bool {
        if self.value.as_ref().is_some_and(|own| value == own.into()) {
            return false;
        }
        let is_first = self.value.is_none();
        // What cannot be read as text is no text of ours.
        self.value = value.try_into().ok();
        !is_first
    }

    /// Read backwards, they came the oldest first.
    fn put_newest_first(&mut self, rows: &mut [Row], descending: bool) {
        if descending && let Some(equals) = rows.get_mut(self.begin..) {
            equals.reverse();
        }
        self.begin = rows.len();
    }
}

impl Write<'_> {
    /// Keeps an order from now on; says whether it lacks what is there already:
    /// that is for [`Write::fill_order`] and [`Write::order_is_whole`].
    pub(crate) fn keep_order(&self, order: KeptOrder) -> Result<bool> {
        let missing = self.read().missing_orders(&[order.folder], order.key)?;
        let is_there = self
            .mail
            .prepare_cached("SELECT 1 FROM folder WHERE id = ?1")?
            .exists([order.folder.0])?;
        if missing.is_empty() || !is_there {
            return Ok(false);
        }
        self.mail
            .prepare_cached(
                "INSERT INTO kept_order (folder, key) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            )?
            .execute(params![order.folder.0, number_of(order.key)])?;
        Ok(true)
    }

    /// Says that all messages of the folder were entered.
    pub(crate) fn order_is_whole(&self, order: KeptOrder) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE kept_order SET whole = 1 WHERE folder = ?1 AND key = ?2")?
            .execute(params![order.folder.0, number_of(order.key)])?;
        Ok(())
    }

    /// Enters messages that are there in an order.
    pub(crate) fn fill_order(&self, order: KeptOrder, ids: &[PlacementId]) -> Result<()> {
        self.enter_anew(ids, number_of(order.key))
    }

    /// Enters messages anew in the orders that are kept of their folders, or
    /// takes them out where they are gone.
    fn enter_anew(&self, ids: &[PlacementId], only: Option<i64>) -> Result<()> {
        let mut forget = self.mail.prepare_cached(
            "DELETE FROM order_entry WHERE placement = ?1 AND (?2 IS NULL OR key = ?2)",
        )?;
        let mut entries = self.mail.prepare_cached(ENTRIES)?;
        let mut enter = self.mail.prepare_cached(
            "INSERT INTO order_entry (folder, key, value, date, placement, thread)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        for id in ids {
            forget.execute(params![id.0, only])?;
            let mut found = entries.query(params![id.0, only])?;
            while let Some(row) = found.next()? {
                let (number, folder): (i64, i64) = (row.get(0)?, row.get(1)?);
                let (date, thread): (i64, i64) = (row.get(2)?, row.get(3)?);
                let key = [SortKey::Sender, SortKey::Recipient, SortKey::Subject];
                let key = key.into_iter().find(|key| number_of(*key) == Some(number));
                let value: Box<dyn ToSql> = match key {
                    Some(key) => {
                        let text = row.get_ref(4)?.as_str().unwrap_or_default();
                        Box::new(sortable(key, text))
                    }
                    None => Box::new(row.get::<_, i64>(4)?),
                };
                enter.execute(params![folder, number, value, date, id.0, thread])?;
            }
        }
        Ok(())
    }

    /// Brings the kept orders in step with what this transaction changed.
    pub(in crate::store) fn settle_orders(&self) -> Result<()> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT placement FROM order_due")?;
        let due = statement.query_map([], |row| row.get(0).map(PlacementId))?;
        let due: Vec<PlacementId> = due.collect::<rusqlite::Result<_>>()?;
        if due.is_empty() {
            return Ok(());
        }
        self.enter_anew(&due, None)?;
        self.mail
            .prepare_cached("DELETE FROM order_due")?
            .execute([])?;
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    const KEYS: [SortKey; 4] = [
        SortKey::Sender,
        SortKey::Recipient,
        SortKey::Subject,
        SortKey::Size,
    ];

    /// All that can be kept of these folders.
    pub(in super::super) fn every_order(folders: &[FolderId]) -> Vec<KeptOrder> {
        let orders = |key| folders.iter().map(move |folder| (*folder, key));
        let orders = KEYS.into_iter().flat_map(orders);
        orders
            .map(|(folder, key)| KeptOrder { folder, key })
            .collect()
    }

    /// Whether all of these orders are read instead of sorted.
    pub(in super::super) fn comes_from_index(r: &Read<'_>, folders: &[FolderId]) -> Result<bool> {
        let enough = Enough {
            rows: 5,
            grouped: false,
        };
        for key in KEYS {
            let sort = Sort {
                key,
                descending: true,
            };
            if r.rows_in_kept_order(folders, sort, None, enough)?.is_none() {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
