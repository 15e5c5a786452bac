//! Sorting in memory: few rows, and orders that are not kept (yet).

use std::collections::HashMap;

use icu_normalizer::DecomposingNormalizerBorrowed;
use rusqlite::{OptionalExtension, params};

use super::super::{Read, Result};
use super::order::{Row, grouped};
use crate::model::{Listed, PlacementId, QuickFilter, Sort, SortKey, subject};

/// The keys of rows, each text kept once: senders repeat.
struct Keys {
    key: SortKey,
    numbers: HashMap<String, u32>,
}

impl Keys {
    /// What rows are ordered by, in the order of `numbers`.
    fn ranks(self) -> Vec<u32> {
        let mut texts: Vec<(String, u32)> = self
            .numbers
            .iter()
            .map(|(text, number)| (sortable(self.key, text), *number))
            .collect();
        texts.sort();
        let mut ranks = vec![0; texts.len()];
        let mut rank = 0;
        let mut before: Option<&str> = None;
        for (text, number) in &texts {
            if before.is_some_and(|before| before != text) {
                rank += 1;
            }
            before = Some(text);
            if let Some(place) = ranks.get_mut(*number as usize) {
                *place = rank;
            }
        }
        ranks
    }
}

/// What a text is sorted by: case, accents and signs before it do not count.
pub(super) fn sortable(key: SortKey, text: &str) -> String {
    let text = match key {
        SortKey::Sender | SortKey::Recipient => first_name(text),
        _ => subject::base(text).to_owned(),
    };
    let is_accent = |c: &char| ('\u{300}'..='\u{36f}').contains(c);
    let plain = DecomposingNormalizerBorrowed::new_nfkd().normalize(&text);
    let plain: String = plain.chars().filter(|c| !is_accent(c)).collect();
    plain
        .trim_start_matches(|c: char| !c.is_alphanumeric())
        .to_lowercase()
}

/// How the first of these people is shown.
fn first_name(json: &str) -> String {
    super::addresses(json)
        .first()
        .map(|address| address.short().to_owned())
        .unwrap_or_default()
}

impl Read<'_> {
    /// Rows, newest first, in another order.
    pub(super) fn sorted(&self, mut rows: Vec<Row>, sort: Sort) -> Result<Vec<Row>> {
        rows.sort_by(|a, b| b.by_age(a));
        let mut keyed = match sort.key {
            SortKey::Date => {
                if !sort.descending {
                    rows.reverse();
                }
                return Ok(rows);
            }
            SortKey::Size => self.with_numbers(
                &rows,
                "SELECT e.size FROM placement p JOIN email e ON e.id = p.email WHERE p.id = ?1",
            )?,
            SortKey::Unread => {
                self.with_numbers(&rows, "SELECT (flags & 1) = 0 FROM placement WHERE id = ?1")?
            }
            SortKey::Sender | SortKey::Recipient | SortKey::Subject => {
                self.with_ranks(&rows, sort.key)?
            }
        };
        // Stable: the newest stay first among equals.
        if sort.descending {
            keyed.sort_by_key(|(key, _)| std::cmp::Reverse(*key));
        } else {
            keyed.sort_by_key(|(key, _)| *key);
        }
        Ok(keyed.into_iter().map(|(_, row)| row).collect())
    }

    fn with_numbers(&self, rows: &[Row], sql: &str) -> Result<Vec<(i64, Row)>> {
        let mut statement = self.mail.prepare_cached(sql)?;
        let mut keyed = Vec::with_capacity(rows.len());
        for row in rows {
            let key = statement.query_row([row.id.0], |found| found.get(0));
            keyed.push((key?, *row));
        }
        Ok(keyed)
    }

    fn with_ranks(&self, rows: &[Row], key: SortKey) -> Result<Vec<(i64, Row)>> {
        let column = match key {
            SortKey::Sender => "sender",
            SortKey::Recipient => "recipients",
            _ => "subject",
        };
        let mut statement = self.mail.prepare_cached(&format!(
            "SELECT e.{column} FROM placement p JOIN email e ON e.id = p.email WHERE p.id = ?1"
        ))?;
        let mut keys = Keys {
            key,
            numbers: HashMap::new(),
        };
        let mut numbers = Vec::with_capacity(rows.len());
        for row in rows {
            let mut found = statement.query([row.id.0])?;
            let Some(found) = found.next()? else {
                continue;
            };
            let text = found.get_ref(0)?.as_str().unwrap_or_default();
            let number = match keys.numbers.get(text) {
                Some(number) => *number,
                None => {
                    let number = u32::try_from(keys.numbers.len()).unwrap_or(u32::MAX);
                    keys.numbers.insert(text.to_owned(), number);
                    number
                }
            };
            numbers.push((number, *row));
        }
        let ranks = keys.ranks();
        let rank = |number: u32| ranks.get(number as usize).copied().unwrap_or(0);
        let keyed = numbers.into_iter();
        Ok(keyed
            .map(|(number, row)| (i64::from(rank(number)), row))
            .collect())
    }

    /// Messages found otherwise (a search), filtered, in an order, one row for
    /// each or for each conversation. What is gone is left out.
    pub(crate) fn arranged(
        &self,
        ids: &[PlacementId],
        sort: Sort,
        filter: QuickFilter,
        in_conversations: bool,
    ) -> Result<Listed> {
        let mut statement = self.mail.prepare_cached(
            "SELECT date, thread FROM placement WHERE id = ?1 AND date >= ?2
                 AND (flags & 1 = 0 OR NOT ?3) AND (flags & 4 OR NOT ?4) AND (attached OR NOT ?5)",
        )?;
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            let values = params![
                id.0,
                filter.since.unwrap_or(i64::MIN),
                filter.unread,
                filter.starred,
                filter.attachments
            ];
            let found = statement.query_row(values, |row| {
                Ok(Row {
                    date: row.get(0)?,
                    id: *id,
                    thread: row.get(1)?,
                })
            });
            rows.extend(found.optional()?);
        }
        let rows = self.sorted(rows, sort)?;
        Ok(if in_conversations {
            grouped(&rows, usize::MAX)
        } else {
            rows.into_iter().map(|row| row.id).collect()
        })
    }
}
