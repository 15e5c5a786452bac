//! One writer on a thread of its own, several readers.
//!
//! SQLite lets one connection write at a time and makes others wait by
//! sleeping in a loop. So all writing goes through one thread and a queue:
//! nobody waits on a lock, and a write sees the one before it. Readers see
//! the last committed state and never wait for the writer (WAL).

use std::cell::RefCell;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rusqlite::{Connection, Transaction};
use tokio::sync::{mpsc, oneshot};

use super::index::Indexer;
use super::log::Log;
use super::open::{self, Files};
use super::partial::IS_NAMED;
use super::{Error, Result, sweep};

/// How sure a write must be before it counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Survives a crash of the program; a power cut may take the last seconds.
    /// For what the server has as well.
    Crash,
    /// Survives a power cut. For what exists nowhere else.
    PowerCut,
}

/// The store. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    files: Files,
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
    writer: Mutex<Option<thread::JoinHandle<()>>>,
    idle_readers: Mutex<Vec<Connection>>,
    indexer: Indexer,
}

type Job = Box<dyn FnOnce(&mut Writer) + Send>;

pub(super) struct Writer {
    mail: Connection,
    raw: Connection,
    mail_log: Log,
    raw_log: Log,
    durability: Durability,
    pub(super) files: Files,
    /// Whether bytes may be there that no message names: the program died, or
    /// a message could not be stored after its bytes.
    sweep_due: bool,
}

/// A transaction that may change the store.
pub(crate) struct Write<'a> {
    pub(super) mail: &'a Transaction<'a>,
    pub(super) raw: &'a Transaction<'a>,
    /// Hashes of bytes that this transaction ceased to name.
    pub(super) unnamed_raw: RefCell<Vec<Vec<u8>>>,
}

/// A snapshot of the store.
pub(crate) struct Read<'a> {
    pub(super) mail: &'a Connection,
    /// The schema under which raw.db is seen: attached for readers.
    pub(super) raw: &'a Connection,
    pub(super) raw_table: &'static str,
}

impl Write<'_> {
    /// The store as this transaction sees it.
    pub(crate) fn read(&self) -> Read<'_> {
        Read {
            mail: self.mail,
            raw: self.raw,
            raw_table: "raw",
        }
    }
}

const IDLE_READERS_MAX: usize = 4;

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // A panic in a closure leaves connections as they were: SQLite rolled back.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the store in `dir`, which must be there. Blocks.
    pub(crate) fn open(dir: &Path) -> Result<Self> {
        let mut files = Files::in_dir(dir);
        let sweep_due = sweep::is_due(&files);
        let (mail, raw) = match open::writers(&files) {
            Ok(both) => {
                open::keep_reserve(dir);
                both
            }
            Err(error) if error.may_be_full_disk() => {
                open::make_room(&files, dir)?;
                let (mail, raw) =
                    open::writers(&files).map_err(|error| error.with_a_look_at(dir))?;
                open::leave_log(&mail)?;
                open::leave_log(&raw)?;
                (mail, raw)
            }
            Err(error) => return Err(error),
        };
        let index = open::index_writer(&files).unwrap_or_else(|error| {
            tracing::warn!(%error, "there is no search index");
            None
        });
        if index.is_none() {
            files.index = None;
        }
        let (jobs, mut queue) = mpsc::unbounded_channel::<Job>();
        let own_files = files.clone();
        let writer = thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || {
                let mut writer = Writer {
                    mail,
                    raw,
                    durability: Durability::Crash,
                    mail_log: Log::of(&own_files.mail),
                    raw_log: Log::of(&own_files.raw),
                    files: own_files,
                    sweep_due,
                };
                if std::mem::take(&mut writer.sweep_due) {
                    sweep::sweep(&mut writer);
                }
                while let Some(job) = queue.blocking_recv() {
                    // A panic costs the one job: SQLite rolls it back, and the
                    // caller sees its answer dropped.
                    let job = std::panic::AssertUnwindSafe(|| job(&mut writer));
                    drop(std::panic::catch_unwind(job));
                    writer.keep_logs_short();
                }
            })
            .map_err(|source| Error::Io {
                path: files.mail.clone(),
                source,
            })?;
        let indexer = Indexer::start(index).map_err(|source| Error::Io {
            path: files.mail.clone(),
            source,
        })?;
        Ok(Self {
            shared: Arc::new(Shared {
                files,
                indexer,
                jobs: Mutex::new(Some(jobs)),
                writer: Mutex::new(Some(writer)),
                idle_readers: Mutex::new(Vec::new()),
            }),
        })
    }

    /// Runs `change` as one transaction; on an error nothing of it stays.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        durability: Durability,
        change: impl FnOnce(&Write<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (answer, done) = oneshot::channel();
        let job: Job = Box::new(move |writer| {
            // Nobody listening any more is fine: the work is done all the same.
            drop(answer.send(writer.run(durability, change)));
        });
        lock(&self.shared.jobs)
            .as_ref()
            .ok_or(Error::Closed)?
            .send(job)
            .map_err(|_| Error::Closed)?;
        let outcome = done.await.map_err(|_| Error::Closed)?;
        let outcome = outcome.map_err(|error| self.explained(error));
        if matches!(outcome, Err(Error::DiskFull(_))) {
            self.indexer().give_way();
        }
        outcome
    }

    /// Runs `query` on a snapshot, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Read<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || {
            let result = store.read_blocking(query);
            result.map_err(|error| store.explained(error))
        })
        .await
        .unwrap_or(Err(Error::Closed))
    }

    fn explained(&self, error: Error) -> Error {
        match self.shared.files.mail.parent() {
            Some(dir) => error.with_a_look_at(dir),
            None => error,
        }
    }

    fn read_blocking<T>(&self, query: impl FnOnce(&Read<'_>) -> Result<T>) -> Result<T> {
        let idle = lock(&self.shared.idle_readers).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.shared.files)?,
        };
        let result = {
            // One transaction, so that several statements see one state.
            let snapshot = connection.unchecked_transaction()?;
            query(&Read {
                mail: &snapshot,
                raw: &snapshot,
                raw_table: "rawdb.raw",
            })
        };
        let mut idle = lock(&self.shared.idle_readers);
        if idle.len() < IDLE_READERS_MAX {
            idle.push(connection);
        }
        result
    }

    /// Brings all stored bytes onto the disk, those too that were stored with
    /// [`Durability::Crash`]: storing them once more writes nothing, so it does
    /// not make them surer.
    ///
    /// What is not in the log was synced when it was moved into the file. The
    /// file itself must not be opened here: closing it would give up SQLite's
    /// locks on it.
    pub(crate) async fn sync_raw(&self) -> Result<()> {
        let mut log = self.shared.files.raw.clone().into_os_string();
        log.push("-wal");
        let log = PathBuf::from(log);
        let synced = tokio::task::spawn_blocking(move || {
            let file = OpenOptions::new().write(true).open(&log);
            match file.and_then(|file| file.sync_all()) {
                Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                    Err(Error::Io { path: log, source })
                }
                _ => Ok(()),
            }
        });
        synced.await.unwrap_or(Err(Error::Closed))
    }

    /// The folder the files are in.
    pub(super) fn dir(&self) -> PathBuf {
        let dir = self.shared.files.mail.parent();
        dir.unwrap_or(Path::new(".")).to_owned()
    }

    pub(super) fn files(&self) -> &Files {
        &self.shared.files
    }

    pub(super) fn indexer(&self) -> &Indexer {
        &self.shared.indexer
    }

    /// Waits until everything written is on disk and closes the files. Blocks.
    pub(crate) fn close(&self) {
        drop(lock(&self.shared.jobs).take());
        // Who closes a file last tidies it up, which readers cannot.
        lock(&self.shared.idle_readers).clear();
        if self.shared.indexer.close()
            && let Err(error) = open::remove_index(&self.shared.files)
        {
            tracing::warn!(%error, "the search index could not be removed from a full disk");
        }
        let writer = lock(&self.shared.writer).take();
        if let Some(writer) = writer {
            // A writer that panicked has nothing left to wait for.
            drop(writer.join());
        }
    }
}

impl Writer {
    fn run<T>(
        &mut self,
        durability: Durability,
        change: impl FnOnce(&Write<'_>) -> Result<T>,
    ) -> Result<T> {
        self.set_durability(durability)?;
        let mail = self.mail.transaction()?;
        let raw = self.raw.transaction()?;
        let write = Write {
            mail: &mail,
            raw: &raw,
            unnamed_raw: RefCell::default(),
        };
        let value = change(&write)?;
        write.settle_orders()?;
        let unnamed = write.unnamed_raw.into_inner();
        // A row must never name bytes that are not there: new bytes come
        // first, and old ones go last.
        raw.commit()?;
        if let Err(error) = mail.commit() {
            self.sweep_due = true;
            return Err(error.into());
        }
        if std::mem::take(&mut self.sweep_due) {
            sweep::sweep(self);
        }
        if let Err(error) = self.forget_raw(&unnamed) {
            // The change itself is stored; the bytes only take room.
            tracing::warn!(%error, "unused bytes stay in the store");
        }
        Ok(value)
    }

    /// Removes those of the bytes that no message names any more.
    pub(super) fn forget_raw(&mut self, hashes: &[Vec<u8>]) -> Result<()> {
        if hashes.is_empty() {
            return Ok(());
        }
        let raw = self.raw.transaction()?;
        for sha256 in hashes {
            let named: bool = self
                .mail
                .prepare_cached(&format!("SELECT {IS_NAMED}"))?
                .query_row([sha256], |row| row.get(0))?;
            if !named {
                raw.prepare_cached("DELETE FROM raw WHERE sha256 = ?1")?
                    .execute([sha256])?;
            }
        }
        raw.commit()?;
        Ok(())
    }

    fn keep_logs_short(&mut self) {
        self.mail_log.keep_short(&self.mail);
        self.raw_log.keep_short(&self.raw);
    }

    fn set_durability(&mut self, durability: Durability) -> Result<()> {
        if self.durability != durability {
            let level = match durability {
                Durability::Crash => "NORMAL",
                Durability::PowerCut => "FULL",
            };
            self.mail.pragma_update(None, "synchronous", level)?;
            self.raw.pragma_update(None, "synchronous", level)?;
            self.durability = durability;
        }
        Ok(())
    }
}
