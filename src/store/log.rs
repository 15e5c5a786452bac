//! Keeps the write-ahead logs short.
//!
//! SQLite moves a log into its database every now and then, but begins it anew
//! only at a moment when nobody reads from it. While much comes in, the index
//! and the lists read all the time: the log of a large import grew past a
//! gigabyte.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::open::BUSY;

/// A longer log is begun anew.
const LONG: u64 = if cfg!(test) { 1 << 20 } else { 64 << 20 };

/// How long readers of what is in the log are waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// The log of a database that this thread writes.
pub(super) struct Log {
    path: PathBuf,
    /// When it is begun anew next, in bytes.
    most: u64,
}

impl Log {
    pub(super) fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self {
            path: path.into(),
            most: LONG,
        }
    }

    /// Begins the log anew when it is long. Where somebody reads for long, that
    /// is tried again when it is longer still.
    pub(super) fn keep_short(&mut self, database: &Connection) {
        let length = std::fs::metadata(&self.path).map_or(0, |about| about.len());
        if length < self.most {
            return;
        }
        self.most = match begin_anew(database) {
            Ok(true) => LONG,
            Ok(false) => length + LONG,
            Err(error) => {
                tracing::debug!(%error, "a log stays long");
                length + LONG
            }
        };
    }
}

fn begin_anew(database: &Connection) -> rusqlite::Result<bool> {
    database.busy_timeout(PATIENCE)?;
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    let busy = database.query_row(checkpoint, [], |row| row.get::<_, bool>(0));
    database.busy_timeout(BUSY)?;
    Ok(!busy?)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// A database with a log, and who writes it.
    fn database() -> (tempfile::TempDir, PathBuf, Connection) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("x.db");
        let writer = Connection::open(&path).unwrap();
        let set_up = "PRAGMA journal_mode = WAL; CREATE TABLE t (x BLOB)";
        writer.execute_batch(set_up).unwrap();
        (dir, path, writer)
    }

    fn write(writer: &Connection) {
        let row = "INSERT INTO t VALUES (zeroblob(100000))";
        writer.execute_batch(row).unwrap();
    }

    fn begin_to_read(reader: &Connection) {
        reader.execute_batch("BEGIN").unwrap();
        let count = "SELECT count(*) FROM t";
        reader.query_row(count, [], |_| Ok(())).unwrap();
    }

    #[test]
    fn a_log_stays_short_although_somebody_reads_all_the_time() {
        let (_dir, path, writer) = database();
        let mut log = Log::of(&path);
        let done = AtomicBool::new(false);
        let look = || {
            let reader = Connection::open(&path).unwrap();
            while !done.load(Ordering::Relaxed) {
                begin_to_read(&reader);
                std::thread::sleep(Duration::from_millis(30));
                reader.execute_batch("END").unwrap();
            }
        };
        let mut longest = 0;
        std::thread::scope(|scope| {
            scope.spawn(look);
            std::thread::sleep(Duration::from_millis(15));
            scope.spawn(look);
            for _ in 0..100 {
                write(&writer);
                log.keep_short(&writer);
                longest = longest.max(std::fs::metadata(&log.path).unwrap().len());
                std::thread::sleep(Duration::from_millis(2));
            }
            done.store(true, Ordering::Relaxed);
        });
        // Without it: all ten megabytes.
        assert!(longest < 7 * LONG, "{longest}");
    }

    #[test]
    fn who_reads_for_long_is_not_waited_for_after_each_write() {
        let (_dir, path, writer) = database();
        let reader = Connection::open(&path).unwrap();
        begin_to_read(&reader);
        let mut log = Log::of(&path);
        let mut tries = Vec::new();
        for _ in 0..25 {
            write(&writer);
            let before = log.most;
            log.keep_short(&writer);
            tries.extend((log.most != before).then_some(log.most));
        }
        assert_eq!(tries.len(), 2, "{tries:?}");
        reader.execute_batch("END").unwrap();
        log.most = 0;
        log.keep_short(&writer);
        assert_eq!(log.most, LONG);
        assert_eq!(std::fs::metadata(&log.path).unwrap().len(), 0);
    }
}
