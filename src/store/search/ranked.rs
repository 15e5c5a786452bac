//! Runs a query for the order of relevance: every match is weighed, so this
//! costs more the more there are.

use std::cmp::Reverse;
use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use super::compile::Compiled;
use super::run::{Bounds, Hit, hit, row_sql};
use crate::store::index::{COLUMNS, Volume};
use crate::store::{Read, Result};

/// The entries of a volume that have the words, with their weight: the better
/// the lower.
fn weighed_sql(volume: Volume) -> String {
    let table = volume.table();
    let weights = COLUMNS.map(|(_, weight)| format!("{weight:.1}")).join(", ");
    format!(
        "SELECT rowid, bm25({table}, {weights}) FROM idx.{table}
         WHERE {table} MATCH ?1 AND rowid >= ?2 AND rowid < ?3"
    )
}

/// Weights that differ by less count as the same, and the newer comes first.
const STEPS: f64 = 10.0;

impl Read<'_> {
    /// The most relevant so many rows of any alternative. What has no words to
    /// weigh comes last.
    pub(super) fn run_ranked(&self, all: &[Compiled], limit: usize) -> Result<Vec<Hit>> {
        let mut found: Vec<(i64, Hit)> = Vec::new();
        for compiled in all {
            match &compiled.words {
                Some(words) => found.extend(self.weighed(compiled, words, limit)?),
                None => {
                    let rows = self.by_rows(compiled, limit, Bounds::USUAL)?;
                    found.extend(rows.into_iter().map(|hit| (0, hit)));
                }
            }
        }
        found.sort_unstable_by_key(|(weight, hit)| (*weight, Reverse(*hit)));
        let mut seen = HashSet::new();
        let hits = found.into_iter().map(|(_, hit)| hit);
        Ok(hits.filter(|hit| seen.insert(hit.id)).take(limit).collect())
    }

    fn weighed(&self, compiled: &Compiled, words: &str, limit: usize) -> Result<Vec<(i64, Hit)>> {
        let range = &compiled.entries;
        let mut entries: Vec<(i64, i64)> = Vec::new();
        for volume in &compiled.volumes {
            let mut statement = self.mail.prepare_cached(&weighed_sql(*volume))?;
            let of_volume = statement.query_map(params![words, range.start, range.end], |row| {
                let weight: f64 = row.get(1)?;
                Ok(((weight * STEPS) as i64, -row.get::<_, i64>(0)?))
            })?;
            for entry in of_volume {
                entries.push(entry?);
            }
        }
        entries.sort_unstable();
        let mut look_up = self.mail.prepare(&row_sql(compiled))?;
        let mut values = compiled.values.clone();
        values.push(Value::Null);
        let mut found = Vec::new();
        for (weight, entry) in entries {
            if found.len() >= limit {
                break;
            }
            if let Some(last) = values.last_mut() {
                *last = Value::Integer(-entry);
            }
            for row in look_up.query_map(params_from_iter(&values), hit)? {
                found.push((weight, row?));
            }
        }
        Ok(found)
    }
}
