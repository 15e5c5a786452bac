//! Runs a query, alternative by alternative, from whichever side is cheaper:
//! from the words of the index, or from the rows a condition leaves.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use rusqlite::types::Value;
use rusqlite::{OptionalExtension, Statement, params, params_from_iter};

use super::compile::Compiled;
use super::source::{self, Source};
use crate::model::{EmailId, PlacementId};
use crate::store::index::{Volume, first_entry};
use crate::store::{Read, Result};

/// When the other side is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// So many rows a condition may leave to be gathered at once.
    few: i64,
    /// How many entries of the index are looked up one by one before it is
    /// asked whether something else leaves few.
    patience: usize,
    /// How many rows are looked up in the index one by one before all that
    /// match there are gathered.
    looked_up: usize,
}

impl Bounds {
    pub(super) const USUAL: Self = Self {
        few: 20_000,
        patience: 1000,
        looked_up: 200,
    };

    /// Reached by small stores too.
    #[cfg(test)]
    pub(super) const TIGHT: Self = Self {
        few: 60,
        patience: 5,
        looked_up: 3,
    };
}

/// The entries of a volume that have the words, newest first.
pub(super) fn entries_sql(volume: Volume) -> String {
    let table = volume.table();
    format!(
        "SELECT rowid FROM idx.{table} WHERE {table} MATCH ?1
         AND rowid >= ?2 AND rowid < ?3 ORDER BY rowid DESC"
    )
}

/// The entry of a message.
const ENTRY: &str = "SELECT entry FROM idx.covered WHERE email = ?1";

/// A row that matches. The order is that of their dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    pub(super) date: i64,
    pub(super) id: PlacementId,
    pub(super) email: EmailId,
}

impl Read<'_> {
    /// The newest so many rows of any alternative, newest first.
    pub(super) fn run_search(
        &self,
        all: &[Compiled],
        limit: usize,
        bounds: Bounds,
    ) -> Result<Vec<Hit>> {
        let mut found: Vec<Hit> = Vec::new();
        for compiled in all {
            found.extend(match &compiled.words {
                Some(words) => self.by_words(compiled, words, limit, bounds)?,
                None => self.by_rows(compiled, limit, bounds)?,
            });
        }
        // Also where it is one: entries of one second are in any order.
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.dedup();
        found.truncate(limit);
        Ok(found)
    }

    /// Goes through the entries that the index gives, newest first, as far as
    /// rows are wanted.
    fn by_words(
        &self,
        compiled: &Compiled,
        words: &str,
        limit: usize,
        bounds: Bounds,
    ) -> Result<Vec<Hit>> {
        let mut gathered = Gathered::new(self, compiled, limit, bounds)?;
        let range = &compiled.entries;
        for volume in &compiled.volumes {
            if gathered.ends_after(*volume) {
                break;
            }
            let mut entries = self.mail.prepare_cached(&entries_sql(*volume))?;
            let mut entries = entries.query(params![words, range.start, range.end])?;
            while let Some(entry) = entries.next()? {
                if !gathered.take(entry.get(0)?)? {
                    return Ok(gathered.found);
                }
            }
        }
        Ok(gathered.found)
    }

    /// The rows that fulfil all conditions, by their entry in the index, where
    /// one of the conditions leaves few.
    fn few(&self, compiled: &Compiled, few: i64) -> Result<Option<HashMap<i64, Vec<Hit>>>> {
        let Some(source) = self.smallest(compiled, few)? else {
            return Ok(None);
        };
        let mut statement = self.mail.prepare(&rows_sql(compiled, source, false))?;
        let mut few: HashMap<i64, Vec<Hit>> = HashMap::new();
        let mut entry_of = self.mail.prepare(ENTRY)?;
        for row in statement.query_map(params_from_iter(&compiled.values), hit)? {
            let hit = row?;
            let entry = entry_of.query_row([hit.email.0], |row| row.get(0));
            let entry = entry.optional()?;
            if let Some(entry) = entry {
                few.entry(entry).or_default().push(hit);
            }
        }
        Ok(Some(few))
    }

    /// The source that has the fewest rows, where those are few.
    fn smallest<'c>(&self, compiled: &'c Compiled, few: i64) -> Result<Option<&'c Source>> {
        let mut smallest = None;
        let mut fewest = few;
        for source in &compiled.sources {
            let mut count = self.mail.prepare(&count_sql(source))?;
            let count = count.query_row([fewest], |row| row.get(0))?;
            if count < fewest {
                fewest = count;
                smallest = Some(source);
            }
        }
        Ok(smallest)
    }

    /// Goes through rows as far as they are wanted; where the source has them
    /// in no order, all of them.
    pub(super) fn by_rows(
        &self,
        compiled: &Compiled,
        limit: usize,
        bounds: Bounds,
    ) -> Result<Vec<Hit>> {
        let few = self.smallest(compiled, bounds.few)?;
        let ordered = || compiled.sources.iter().find(|source| source.ordered);
        let all = source::everything();
        let source = few.or_else(ordered).unwrap_or(&all);
        let mut statement = self
            .mail
            .prepare(&rows_sql(compiled, source, source.ordered))?;
        let mut without = match &compiled.without {
            Some(words) => Some(Without::new(self, words, &compiled.volumes, bounds)?),
            None => None,
        };
        let mut found = Vec::new();
        let rows = statement.query_map(params_from_iter(&compiled.values), hit)?;
        for row in rows {
            let hit = row?;
            if let Some(without) = &mut without
                && without.has(hit.email)?
            {
                continue;
            }
            found.push(hit);
            if source.ordered && found.len() >= limit {
                break;
            }
        }
        Ok(found)
    }
}

/// The rows of entries that come newest first. Where many of them fail the other
/// conditions, and one of those leaves few rows, the rest is compared with those.
struct Gathered<'r> {
    read: &'r Read<'r>,
    compiled: &'r Compiled,
    limit: usize,
    bounds: Bounds,
    look_up: Statement<'r>,
    /// Those of the condition, and the entry.
    values: Vec<Value>,
    looked_up: usize,
    few: Option<HashMap<i64, Vec<Hit>>>,
    found: Vec<Hit>,
    /// The dates of the newest of those, as many as are wanted.
    newest: BinaryHeap<Reverse<i64>>,
}

impl<'r> Gathered<'r> {
    fn new(
        read: &'r Read<'r>,
        compiled: &'r Compiled,
        limit: usize,
        bounds: Bounds,
    ) -> Result<Self> {
        Ok(Self {
            read,
            compiled,
            limit: limit.max(1),
            bounds,
            look_up: read.mail.prepare(&row_sql(compiled))?,
            values: compiled
                .values
                .iter()
                .cloned()
                .chain([Value::Null])
                .collect(),
            looked_up: 0,
            few: None,
            found: Vec::new(),
            newest: BinaryHeap::new(),
        })
    }

    /// Takes the rows of the next entry; says whether more are wanted.
    fn take(&mut self, entry: i64) -> Result<bool> {
        if self.last_wanted().is_some_and(|last| entry < last) {
            return Ok(false);
        }
        if let Some(few) = &mut self.few {
            let hits = few.remove(&entry).unwrap_or_default();
            let goes_on = !few.is_empty();
            hits.into_iter().for_each(|hit| self.add(hit));
            return Ok(goes_on);
        }
        if let Some(last) = self.values.last_mut() {
            *last = Value::Integer(entry);
        }
        let hits = self
            .look_up
            .query_map(params_from_iter(&self.values), hit)?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        hits.into_iter().for_each(|hit| self.add(hit));
        self.looked_up += 1;
        if self.looked_up == self.bounds.patience {
            self.few = self.read.few(self.compiled, self.bounds.few)?;
        }
        Ok(true)
    }

    /// Whether no row of this volume is wanted, nor of an older one.
    fn ends_after(&self, volume: Volume) -> bool {
        let last = self.last_wanted();
        last.is_some_and(|last| volume < Volume::of(last))
    }

    fn add(&mut self, hit: Hit) {
        self.found.push(hit);
        self.newest.push(Reverse(hit.date));
        if self.newest.len() > self.limit {
            self.newest.pop();
        }
    }

    /// The first entry that the oldest wanted row can have, once there are
    /// enough: an entry may come after others that are older than it.
    fn last_wanted(&self) -> Option<i64> {
        let is_full = self.newest.len() == self.limit;
        let oldest = self.newest.peek().filter(|_| is_full);
        oldest.map(|Reverse(date)| first_entry(*date))
    }
}

pub(super) fn hit(row: &rusqlite::Row<'_>) -> rusqlite::Result<Hit> {
    Ok(Hit {
        id: PlacementId(row.get(0)?),
        date: row.get(1)?,
        email: EmailId(row.get(2)?),
    })
}

/// Messages with words that must not be in them.
struct Without<'r> {
    words: &'r str,
    volumes: &'r [Volume],
    entry: Statement<'r>,
    read: &'r Read<'r>,
    /// How many more are looked up one by one.
    left: usize,
    /// All of them, once many were asked for.
    all: Option<HashSet<i64>>,
}

impl<'r> Without<'r> {
    fn new(
        read: &'r Read<'r>,
        words: &'r str,
        volumes: &'r [Volume],
        bounds: Bounds,
    ) -> Result<Self> {
        Ok(Self {
            words,
            volumes,
            entry: read.mail.prepare(ENTRY)?,
            read,
            left: bounds.looked_up,
            all: None,
        })
    }

    fn has(&mut self, email: EmailId) -> Result<bool> {
        let entry = self.entry.query_row([email.0], |row| row.get(0));
        let entry = entry.optional()?;
        let Some(entry) = entry else {
            return Ok(false);
        };
        if let Some(all) = &self.all {
            return Ok(all.contains(&entry));
        }
        // Beginnings are gathered anew for each look.
        if self.left == 0 || self.words.contains('*') {
            let all = self.gather()?;
            return Ok(self.all.insert(all).contains(&entry));
        }
        self.left -= 1;
        let table = Volume::of(entry).table();
        let sql = format!("SELECT 1 FROM idx.{table} WHERE {table} MATCH ?1 AND rowid = ?2");
        let mut matches = self.read.mail.prepare_cached(&sql)?;
        Ok(matches.exists(params![self.words, entry])?)
    }

    fn gather(&self) -> Result<HashSet<i64>> {
        let mut all = HashSet::new();
        for volume in self.volumes {
            let mut entries = self.read.mail.prepare_cached(&entries_sql(*volume))?;
            let range = params![self.words, 0, i64::MAX];
            for entry in entries.query_map(range, |row| row.get(0))? {
                all.insert(entry?);
            }
        }
        Ok(all)
    }
}

/// The rows of one entry that fulfil the conditions.
pub(super) fn row_sql(compiled: &Compiled) -> String {
    let email = if compiled.reads_email {
        "CROSS JOIN email e ON e.id = p.email"
    } else {
        ""
    };
    format!(
        "SELECT p.id, p.date, p.email FROM idx.covered c
         CROSS JOIN placement p INDEXED BY placement_by_email ON p.email = c.email {email}
         WHERE {} AND c.entry = ?",
        compiled.condition
    )
}

/// The rows of a source that fulfil all conditions.
fn rows_sql(compiled: &Compiled, source: &Source, ordered: bool) -> String {
    let join = if source.from.starts_with("email") {
        "CROSS JOIN placement p INDEXED BY placement_by_email ON p.email = e.id"
    } else if compiled.reads_email {
        "CROSS JOIN email e ON e.id = p.email"
    } else {
        ""
    };
    let order = if ordered {
        "ORDER BY p.date DESC, p.id DESC"
    } else {
        ""
    };
    format!(
        "SELECT p.id, p.date, p.email FROM {} {join} WHERE {} AND {} {order}",
        source.from, source.condition, compiled.condition
    )
}

/// How many rows a source has, at most so many.
fn count_sql(source: &Source) -> String {
    format!(
        "SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT ?)",
        source.from, source.condition
    )
}

/// Each statement that such an alternative may run, and whether it must give
/// its rows newest first.
#[cfg(test)]
pub(super) fn statements(compiled: &Compiled) -> Vec<(String, bool)> {
    let mut all = Vec::new();
    let everything = source::everything();
    for source in compiled.sources.iter().chain([&everything]) {
        all.push((rows_sql(compiled, source, source.ordered), source.ordered));
        all.push((count_sql(source), true));
    }
    all.push((row_sql(compiled), true));
    all
}
