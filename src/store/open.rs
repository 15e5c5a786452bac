//! Opening the two files.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::{Error, Result, migrations};

/// Where the store's files are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) mail: PathBuf,
    pub(super) raw: PathBuf,
}

impl Files {
    pub(super) fn in_dir(dir: &Path) -> Self {
        Self {
            mail: dir.join("mail.db"),
            raw: dir.join("raw.db"),
        }
    }
}

/// How long a connection waits for another's lock. Only a backup or a person
/// with a database tool can hold one: the profile lock keeps a second Waxwing out.
const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// Opens `mail.db` and `raw.db` for writing, made and migrated where needed.
pub(super) fn writers(files: &Files) -> Result<(Connection, Connection)> {
    let mail = writer(&files.mail, 4096, migrations::MAIL)?;
    let raw = writer(&files.raw, 8192, migrations::RAW)?;
    Ok((mail, raw))
}

fn writer(path: &Path, page_size: u32, steps: &[&str]) -> Result<Connection> {
    own_file(path)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY)?;
    let pages: u32 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    // Both must come before the first table. Later the second one would write
    // each time, and on a full disk nothing could be read any more.
    if pages == 0 {
        connection.pragma_update(None, "page_size", page_size)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    }
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -16_000)?;
    // A checkpoint every 16 MB or so instead of every 4: bulk fetching.
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    connection.set_prepared_statement_cache_capacity(64);
    migrations::migrate(&mut connection, steps)?;
    Ok(connection)
}

/// A connection that sees both files and can change neither.
pub(super) fn reader(files: &Files) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        &files.mail,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY)?;
    connection.execute("ATTACH DATABASE ?1 AS rawdb", [files.raw.to_string_lossy()])?;
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Makes the file readable for its owner only, before anything is in it.
#[cfg(unix)]
fn own_file(path: &Path) -> Result<()> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map(drop)
        .map_err(|source| Error::Io {
            path: path.to_owned(),
            source,
        })
}

#[cfg(not(unix))]
fn own_file(_path: &Path) -> Result<()> {
    Ok(())
}
