//! Opening the files.

use std::path::{Path, PathBuf};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Error, Result, StoreFile, index, migrations};
use crate::model::EmailId;

/// The file of words in the folder of the store.
pub(super) const INDEX: &str = "index.db";

/// Where the store's files are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    pub(super) mail: PathBuf,
    pub(super) raw: PathBuf,
    /// None where the index cannot be used: mail must open all the same.
    pub(super) index: Option<PathBuf>,
}

impl Files {
    pub(super) fn in_dir(dir: &Path) -> Self {
        Self {
            mail: dir.join(StoreFile::Mail.name()),
            raw: dir.join(StoreFile::Raw.name()),
            index: Some(dir.join(INDEX)),
        }
    }
}

/// How long a connection waits for another's lock. Only a backup or a person
/// with a database tool can hold one: the profile lock keeps a second Waxwing out.
pub(super) const BUSY: std::time::Duration = std::time::Duration::from_secs(10);

/// Opens `mail.db` and `raw.db` for writing, made and migrated where needed.
pub(super) fn writers(files: &Files) -> Result<(Connection, Connection)> {
    let mail = writer(&files.mail, 4096, migrations::MAIL)?;
    let raw = writer(&files.raw, 8192, migrations::RAW)?;
    // Bytes that were written are not looked at again, only their hashes.
    raw.pragma_update(None, "cache_size", -4_000)?;
    Ok((mail, raw))
}

/// What holds for every connection. Each statement is planned once: otherwise
/// SQLite plans it anew for other values wherever they might fit a partial
/// index, and of moving many messages that was half.
fn set_up(connection: &Connection) -> Result<()> {
    connection.busy_timeout(BUSY)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

fn writer(path: &Path, page_size: u32, steps: &[&str]) -> Result<Connection> {
    own_file(path)?;
    let mut connection = Connection::open(path)?;
    set_up(&connection)?;
    // A reader that meets a half-written index of the log takes the lock of the
    // writer for a moment. Who begins to write waits for it, and who has begun
    // to read fails at once.
    connection.set_transaction_behavior(TransactionBehavior::Immediate);
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
    connection.set_prepared_statement_cache_capacity(128);
    migrations::migrate(&mut connection, steps)?;
    Ok(connection)
}

/// Opens `index.db` for writing, with `mail.db` beside it to read. One that is
/// damaged, of another version or of another `mail.db` is made anew.
pub(super) fn index_writer(files: &Files) -> Result<Option<Connection>> {
    let Some(path) = &files.index else {
        return Ok(None);
    };
    match existing_index(path, files) {
        Ok(Some(connection)) => return Ok(Some(connection)),
        Ok(None) => {}
        Err(error) if error.is_damage() => {
            tracing::warn!(%error, "the search index is damaged and is made anew");
        }
        Err(error) => return Err(error),
    }
    remove_index(files)?;
    let mut connection = index_connection(path, files)?;
    let (version, schema) = migrations::INDEX;
    let transaction = connection.transaction()?;
    transaction.execute_batch(schema)?;
    transaction.execute("INSERT INTO identity SELECT id FROM mail.identity", [])?;
    transaction.pragma_update(None, "user_version", version)?;
    transaction.commit()?;
    Ok(Some(connection))
}

/// How much room is kept for the day the disk is full: opening a database
/// takes some (its wal-index), also when it is only read.
const RESERVE: usize = 256 << 10;

/// Keeps that room, if it is not kept yet and there is any.
pub(super) fn keep_reserve(dir: &Path) {
    let path = dir.join("reserve");
    if !path.exists()
        && let Err(error) = own_file(&path).and_then(|()| {
            std::fs::write(&path, [0; RESERVE]).map_err(|source| Error::Io {
                path: path.clone(),
                source,
            })
        })
    {
        tracing::warn!(%error, "no room could be reserved for a full disk");
        // Half of it helps nobody.
        drop(std::fs::remove_file(&path));
    }
}

/// Makes room on a full disk with what can be made again.
pub(super) fn make_room(files: &Files, dir: &Path) -> Result<()> {
    remove_index(files)?;
    match std::fs::remove_file(dir.join("reserve")) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => Err(Error::Io {
            path: dir.join("reserve"),
            source,
        }),
        _ => Ok(()),
    }
}

/// Leaves the write-ahead log as it is when the connection closes: moving it
/// into the database takes room, and would take the last there is.
pub(super) fn leave_log(connection: &Connection) -> Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(())
}

/// Removes the index; the next start makes it anew.
pub(super) fn remove_index(files: &Files) -> Result<()> {
    let Some(path) = &files.index else {
        return Ok(());
    };
    for ending in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                let path = name.into();
                return Err(Error::Io { path, source });
            }
            _ => {}
        }
    }
    Ok(())
}

/// The index that is there, unless it must be made anew.
fn existing_index(path: &Path, files: &Files) -> Result<Option<Connection>> {
    if !path.exists() {
        return Ok(None);
    }
    let mut connection = index_connection(path, files)?;
    let version: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != migrations::INDEX.0 {
        return Ok(None);
    }
    let sql = "SELECT EXISTS (SELECT 1 FROM identity i JOIN mail.identity m ON m.id = i.id)";
    if !connection.query_row(sql, [], |row| row.get(0))? {
        return Ok(None);
    }
    // After a power cut mail.db may have lost messages that the index has
    // already, and will give their ids out again.
    let transaction = connection.transaction()?;
    let lost: Vec<i64> = transaction
        .prepare(
            "SELECT email FROM covered WHERE email > coalesce(
                 (SELECT seq FROM mail.sqlite_sequence WHERE name = 'email'), 0)",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for email in lost {
        index::remove(&transaction, EmailId(email))?;
    }
    transaction.commit()?;
    Ok(Some(connection))
}

fn index_connection(path: &Path, files: &Files) -> Result<Connection> {
    own_file(path)?;
    let connection = Connection::open(path)?;
    set_up(&connection)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.pragma_update(None, "wal_autocheckpoint", 4000)?;
    // A few for each volume.
    connection.set_prepared_statement_cache_capacity(128);
    connection.execute("ATTACH DATABASE ?1 AS mail", [files.mail.to_string_lossy()])?;
    Ok(connection)
}

/// A connection to one file, which it can not change.
pub(super) fn plain_reader(path: &Path) -> Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    set_up(&connection)?;
    Ok(connection)
}

/// A connection that sees all files and can change none.
pub(super) fn reader(files: &Files) -> Result<Connection> {
    let connection = plain_reader(&files.mail)?;
    connection.execute("ATTACH DATABASE ?1 AS rawdb", [files.raw.to_string_lossy()])?;
    if let Some(index) = &files.index {
        connection.execute("ATTACH DATABASE ?1 AS idx", [index.to_string_lossy()])?;
    }
    connection.pragma_update(None, "query_only", true)?;
    connection.pragma_update(None, "cache_size", -8_000)?;
    connection.set_prepared_statement_cache_capacity(128);
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
