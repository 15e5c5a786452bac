//! After a program that died, or a message that could not be stored: bytes
//! that came before it are told apart from those in use, and go.

use super::open::{self, Files};
use super::{Result, pool::Writer};

/// Whether the program died the last time: a file that was closed leaves no
/// write-ahead log behind.
pub(super) fn is_due(files: &Files) -> bool {
    let mut log = files.raw.clone().into_os_string();
    log.push("-wal");
    std::fs::metadata(log).is_ok_and(|found| found.len() > 0)
}

/// Removes the bytes that no message names. Failing costs nothing but room.
pub(super) fn sweep(writer: &mut Writer) {
    let swept = unnamed(&writer.files).and_then(|hashes| writer.forget_raw(&hashes));
    if let Err(error) = swept {
        tracing::warn!(%error, "unused bytes stay in the store");
    }
}

fn unnamed(files: &Files) -> Result<Vec<Vec<u8>>> {
    let reader = open::reader(files)?;
    let mut statement = reader.prepare(
        "SELECT sha256 FROM rawdb.raw WHERE sha256 NOT IN
             (SELECT sha256 FROM main.email WHERE sha256 IS NOT NULL
              UNION ALL SELECT sha256 FROM main.partial)",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
