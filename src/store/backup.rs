//! The store as it was at one moment, while it goes on being used.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::backup::{Backup, StepResult};

use super::open;
use super::{Durability, Error, Result, Store};

/// So many pages are copied at once: a few milliseconds.
const PAGES: i32 = 500;

/// Both files that hold mail as they were at one moment. Nobody waits for it.
pub(crate) struct Snapshot {
    mail: Connection,
    raw: Connection,
}

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreFile {
    /// What lists read.
    Mail,
    /// The messages byte for byte.
    Raw,
}

impl StoreFile {
    /// The one first that the other one refers to.
    pub(crate) const ALL: [Self; 2] = [Self::Raw, Self::Mail];

    /// What it is called in the folder of the store.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Mail => "mail.db",
            Self::Raw => "raw.db",
        }
    }
}

/// Whether a file in the folder of the store is one of its own, also a log that
/// lies beside one.
pub(crate) fn is_of_store(name: &str) -> bool {
    let own = StoreFile::ALL.map(StoreFile::name);
    own.into_iter()
        .chain([open::INDEX])
        .any(|own| name.starts_with(own))
}

impl Store {
    /// Holds on to everything as it is now, for as long as the snapshot lives.
    pub(crate) async fn snapshot(&self) -> Result<Snapshot> {
        let files = self.files().clone();
        // In the writer's turn: both files are of the same moment.
        self.write(Durability::Crash, move |_| {
            Ok(Snapshot {
                mail: held(&files.mail)?,
                raw: held(&files.raw)?,
            })
        })
        .await
    }
}

/// A reader that has begun to read and sees nothing that comes later.
fn held(path: &Path) -> Result<Connection> {
    let connection = open::plain_reader(path)?;
    connection.execute_batch("BEGIN")?;
    connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    Ok(connection)
}

impl Snapshot {
    /// How many bytes one of its files has.
    pub(crate) fn size(&self, file: StoreFile) -> Result<u64> {
        let of = |name: &str| -> Result<u64> {
            let sql = format!("PRAGMA {name}");
            Ok(self
                .connection(file)
                .query_row(&sql, [], |row| row.get(0))?)
        };
        Ok(of("page_count")? * of("page_size")?)
    }

    /// Writes one of its files to a place where nothing is yet. Blocks.
    ///
    /// # Errors
    /// [`Error::Stopped`] when `go_on` no longer says yes.
    pub(crate) fn copy(&self, file: StoreFile, to: &Path, go_on: &dyn Fn() -> bool) -> Result<()> {
        let mut target = Connection::open(to)?;
        // Half of it is of no use to anybody: only the whole is made sure.
        target.pragma_update(None, "synchronous", "OFF")?;
        let copying = Backup::new(self.connection(file), &mut target)?;
        while copying.step(PAGES)? != StepResult::Done {
            if !go_on() {
                return Err(Error::Stopped);
            }
        }
        Ok(())
    }

    fn connection(&self, file: StoreFile) -> &Connection {
        match file {
            StoreFile::Mail => &self.mail,
            StoreFile::Raw => &self.raw,
        }
    }
}

#[cfg(test)]
mod tests;
