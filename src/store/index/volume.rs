//! The volumes of the index: a table of words for each half a year, so that the
//! newest matches are found without what is older being read. That is felt with
//! the beginning of a word, for which FTS5 gathers all that a table has.

use std::ops::Range;

use rusqlite::{Connection, params};

use crate::store::{Read, Result};

/// Messages of so many seconds (as a power of two) have the same number in the
/// index, or the next that are free. Close numbers make a small index.
const UNIT: u32 = 7;

/// So many numbers (as a power of two) are in a volume.
const NUMBERS: u32 = 17;

/// Volumes at most: what claims to be older than 1990 or younger than 2060 goes
/// into the first or the last one, so that nonsense makes no volumes.
const VOLUMES: Range<i64> = 37..170;

/// The columns of a volume, the one with the most words first: naming any other
/// costs two bytes for each word of a message. With the weight of a word in
/// them: one in the subject or of a name says more than one of many.
pub(in crate::store) const COLUMNS: [(&str, f32); 8] = [
    ("body", 1.0),
    ("subject", 8.0),
    ("sender", 5.0),
    ("recipients", 3.0),
    ("copies", 2.0),
    ("attachments", 4.0),
    ("list", 1.0),
    ("contents", 0.5),
];

/// The first number that an entry of that date (Unix seconds) can have: the
/// order of the numbers is that of the dates. It may have a later one.
pub(in crate::store) fn first_entry(date: i64) -> i64 {
    date.max(0) >> UNIT
}

/// Where the entries of one span of time are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::store) struct Volume(i64);

impl Volume {
    /// The one that has the entry.
    pub(in crate::store) fn of(entry: i64) -> Self {
        Self((entry >> NUMBERS).clamp(VOLUMES.start, VOLUMES.end - 1))
    }

    /// The numbers of its entries.
    pub(in crate::store) fn entries(self) -> Range<i64> {
        let first = |volume: i64| volume << NUMBERS;
        let start = if self.0 == VOLUMES.start {
            0
        } else {
            first(self.0)
        };
        let is_last = self.0 == VOLUMES.end - 1;
        start..if is_last { i64::MAX } else { first(self.0 + 1) }
    }

    /// The name of its table.
    pub(in crate::store) fn table(self) -> String {
        format!("words_{}", self.0)
    }

    /// Makes it, unless it is there, for so many entries more.
    pub(super) fn ensure(self, index: &Connection, more: usize) -> Result<()> {
        let known = index
            .prepare_cached("UPDATE volume SET added = added + ?2 WHERE number = ?1")?
            .execute(params![self.0, more as i64])?;
        if known > 0 {
            return Ok(());
        }
        index.execute(
            "INSERT INTO volume (number, added, merged) VALUES (?1, ?2, 0)",
            params![self.0, more as i64],
        )?;
        let table = self.table();
        let columns = COLUMNS.map(|(name, _)| name).join(", ");
        // What counts as a word is decided before (`search/words.rs`). More is
        // gathered than usual before it is written, and larger groups are merged,
        // less often: bulk fetching writes many small ones.
        index.execute_batch(&format!(
            "CREATE VIRTUAL TABLE {table} USING fts5(
                 {columns}, content = '', contentless_delete = 1, tokenize = 'ascii');
             INSERT INTO {table} ({table}, rank) VALUES ('hashsize', 4000000);
             INSERT INTO {table} ({table}, rank) VALUES ('automerge', 16);"
        ))?;
        Ok(())
    }

    /// One step of merging the pieces in which it was written: those of one size,
    /// or all into one where it has grown by an eighth since it was one. Says
    /// whether there was anything to do, which SQLite tells by its count of changes.
    pub(super) fn merge(self, index: &Connection, pages: i64) -> Result<bool> {
        let has_grown = index
            .prepare_cached("SELECT added * 8 > merged FROM volume WHERE number = ?1")?
            .query_row([self.0], |row| row.get(0))?;
        let pages = if has_grown { -pages } else { pages };
        let table = self.table();
        let merge = format!("INSERT INTO {table} ({table}, rank) VALUES ('merge', ?1)");
        let before = index.total_changes();
        index.prepare_cached(&merge)?.execute([pages])?;
        let has_changed = index.total_changes() - before > 1;
        if has_grown && !has_changed {
            let note = "UPDATE volume SET merged = merged + added, added = 0 WHERE number = ?1";
            index.prepare_cached(note)?.execute([self.0])?;
        }
        Ok(has_changed)
    }

    /// All that are there, newest first.
    pub(super) fn all(index: &Connection) -> Result<Vec<Self>> {
        let mut statement =
            index.prepare_cached("SELECT number FROM volume ORDER BY number DESC")?;
        let volumes = statement.query_map([], |row| row.get(0).map(Self))?;
        Ok(volumes.collect::<rusqlite::Result<_>>()?)
    }
}

/// How the index is divided.
#[derive(Debug, Clone, Default)]
pub(in crate::store) struct Shape {
    /// Newest first.
    pub(in crate::store) volumes: Vec<Volume>,
    /// By how much the number of an entry may be later than its date's first.
    pub(in crate::store) late: i64,
}

impl Shape {
    /// The volumes that may have these entries, newest first.
    pub(in crate::store) fn with(&self, entries: &Range<i64>) -> Vec<Volume> {
        let (first, last) = (
            Volume::of(entries.start),
            Volume::of(entries.end.saturating_sub(1)),
        );
        let volumes = self.volumes.iter().copied();
        volumes
            .filter(|volume| (first.0..=last.0).contains(&volume.0))
            .collect()
    }
}

/// Notes by how much an entry is later than its date's first number.
pub(super) fn note_lateness(index: &Connection, late: i64) -> Result<()> {
    index
        .prepare_cached("UPDATE lateness SET most = ?1 WHERE most < ?1")?
        .execute(params![late])?;
    Ok(())
}

impl Read<'_> {
    /// How the index is divided right now.
    pub(in crate::store) fn index_shape(&self) -> Result<Shape> {
        let late = "SELECT most FROM idx.lateness";
        Ok(Shape {
            volumes: Volume::all(self.mail)?,
            late: self
                .mail
                .prepare_cached(late)?
                .query_row([], |row| row.get(0))?,
        })
    }
}
