//! The full-text index, in a file of its own with a writer of its own: the
//! mail never waits for it, and it can be made again from the mail.
//!
//! What is indexed is noted in the same transaction as the words. What became
//! of messages since is found by comparison ([`Read::unindexed`],
//! [`Read::unneeded`]), so a crash, a lost file or a full queue costs work and
//! no result.

mod documents;
mod volume;
mod worker;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::{OptionalExtension, params};
use tokio::sync::{mpsc, oneshot};

use super::{Durability, Read, Result, Store};
use crate::model::{AccountId, Address, EmailId, IndexText};

pub(super) use volume::{COLUMNS, Shape, Volume, first_entry};
pub(super) use worker::remove;
use worker::run;

/// How many bytes of text may wait for the index.
const WAITING_MAX: usize = 16 << 20;

/// What the index's writer is asked to do.
pub(super) enum Job {
    /// Take these in.
    Add(Vec<(EmailId, IndexText)>),
    /// Forget these.
    Remove(Vec<EmailId>),
    /// Begin anew, empty.
    Renew,
    /// Tidy up a little; the answer says whether there is more to tidy.
    Tidy(oneshot::Sender<bool>),
    /// Answer when everything before is done.
    Settle(oneshot::Sender<()>),
}

/// The way to the index's writer.
pub(super) struct Indexer {
    jobs: Mutex<Option<mpsc::UnboundedSender<Job>>>,
    thread: Mutex<Option<std::thread::JoinHandle<()>>>,
    pub(super) state: Arc<IndexState>,
}

/// What both sides know.
#[derive(Default)]
pub(super) struct IndexState {
    /// Bytes of text on their way.
    pub(super) waiting: AtomicUsize,
    /// Whether something was left out, so that only a comparison finds it.
    pub(super) dropped: AtomicBool,
    /// Whether the disk was full: then the index, which can be made again,
    /// gives its room to the mail, which cannot.
    pub(super) full: AtomicBool,
    /// Whether to end without doing what waits.
    pub(super) closing: AtomicBool,
}

impl Indexer {
    /// The writer of `connection`, on a thread of its own; without one nothing
    /// is indexed.
    pub(super) fn start(connection: Option<rusqlite::Connection>) -> std::io::Result<Self> {
        let state = Arc::new(IndexState::default());
        let Some(connection) = connection else {
            return Ok(Self {
                jobs: Mutex::new(None),
                thread: Mutex::new(None),
                state,
            });
        };
        let (jobs, queue) = mpsc::unbounded_channel();
        let shared = state.clone();
        let thread = std::thread::Builder::new()
            .name("index-writer".to_owned())
            .spawn(move || run(connection, queue, &shared))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
            state,
        })
    }

    /// Whether there is an index.
    pub(super) fn is_there(&self) -> bool {
        super::pool::lock(&self.jobs).is_some()
    }

    /// Makes room on a full disk: nothing more is indexed, and the index goes
    /// when the store is closed. The next start makes it anew.
    pub(super) fn give_way(&self) {
        self.state.full.store(true, Ordering::Relaxed);
    }

    fn send(&self, job: Job) -> bool {
        let jobs = super::pool::lock(&self.jobs);
        jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok())
    }

    /// Ends after what is being written; says whether the index must give way
    /// to the mail. Blocks.
    pub(super) fn close(&self) -> bool {
        self.state.closing.store(true, Ordering::Relaxed);
        drop(super::pool::lock(&self.jobs).take());
        if let Some(thread) = super::pool::lock(&self.thread).take() {
            // One that panicked has nothing left to wait for.
            drop(thread.join());
        }
        self.state.full.load(Ordering::Relaxed)
    }
}

/// What the index needs of a message.
#[derive(Debug, Clone)]
pub(crate) struct IndexSource {
    /// Of its bytes, where they are here.
    pub(crate) sha256: Option<[u8; 32]>,
    pub(crate) from: Vec<Address>,
    pub(crate) to: Vec<Address>,
    /// `Cc` and `Bcc`.
    pub(crate) copies: Vec<Address>,
    pub(crate) subject: String,
}

impl Store {
    /// Hands messages that were stored to the index, which takes them in soon.
    /// Never waits: where too much waits already, they are left for
    /// [`Read::unindexed`] to find.
    pub(crate) fn index(&self, texts: Vec<(EmailId, IndexText)>) {
        let indexer = self.indexer();
        let size = texts.iter().map(|(_, text)| text.size()).sum();
        let before = indexer.state.waiting.fetch_add(size, Ordering::Relaxed);
        let fits = before == 0 || before + size <= WAITING_MAX;
        if !fits || !indexer.send(Job::Add(texts)) {
            indexer.state.waiting.fetch_sub(size, Ordering::Relaxed);
            indexer.state.dropped.store(true, Ordering::Relaxed);
        }
    }

    /// Waits until the index holds everything handed over so far.
    pub(crate) async fn index_settled(&self) {
        let (done, settled) = oneshot::channel();
        if self.indexer().send(Job::Settle(done)) {
            // A writer that ended has nothing left to do.
            drop(settled.await);
        }
    }

    /// Whether something was not taken in since this was last asked, so that
    /// all must be compared.
    pub(crate) fn index_dropped(&self) -> bool {
        self.indexer().state.dropped.swap(false, Ordering::Relaxed)
    }

    /// Tidies the index up a little; says whether there is more to tidy.
    pub(crate) async fn tidy_index(&self) -> bool {
        let (more, answer) = oneshot::channel();
        self.indexer().send(Job::Tidy(more)) && answer.await.unwrap_or(false)
    }

    /// Empties the index; it fills again when what it lacks is looked for.
    pub(crate) async fn renew_index(&self) {
        if self.indexer().send(Job::Renew) {
            self.index_settled().await;
        }
    }

    /// Takes out of the index what is no longer in the store.
    pub(crate) async fn sweep_index(&self, compare_all: bool) -> Result<()> {
        let gone = self.read(move |r| r.unneeded(compare_all)).await?;
        if gone.is_empty() || !self.indexer().send(Job::Remove(gone.clone())) {
            return Ok(());
        }
        self.index_settled().await;
        self.write(Durability::Crash, move |w| {
            let mut statement = w
                .mail
                .prepare_cached("DELETE FROM email_gone WHERE email = ?1")?;
            for email in gone {
                statement.execute([email.0])?;
            }
            Ok(())
        })
        .await
    }
}

/// From the few that are gone, whatever SQLite would begin with.
const COVERED_BUT_GONE: &str = "SELECT count(*) FROM email_gone g
     CROSS JOIN idx.covered c ON c.email = g.email
     WHERE c.whole = 1 AND (?1 IS NULL OR c.account = ?1)";

impl Read<'_> {
    /// Messages above that id which the index lacks, or of which it has the
    /// header only although the body is here; newest first.
    pub(crate) fn unindexed(&self, above: EmailId) -> Result<Vec<EmailId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT e.id FROM email e LEFT JOIN idx.covered c ON c.email = e.id
             WHERE e.id > ?1 AND (c.email IS NULL OR (c.whole = 0 AND e.sha256 IS NOT NULL))
             ORDER BY e.date DESC",
        )?;
        let rows = statement.query_map([above.0], |row| row.get(0).map(EmailId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The highest id a message has.
    pub(crate) fn newest_email(&self) -> Result<EmailId> {
        let sql = "SELECT coalesce(max(id), 0) FROM email";
        Ok(self
            .mail
            .query_row(sql, [], |row| row.get(0).map(EmailId))?)
    }

    /// What the index needs to know of a message; nothing where it is gone.
    pub(crate) fn index_source(&self, email: EmailId) -> Result<Option<IndexSource>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT sha256, sender, recipients, copies, subject FROM email WHERE id = ?1",
        )?;
        let people = |json: String| serde_json::from_str(&json).unwrap_or_default();
        Ok(statement
            .query_row([email.0], |row| {
                Ok(IndexSource {
                    sha256: row.get(0)?,
                    from: people(row.get(1)?),
                    to: people(row.get(2)?),
                    copies: people(row.get(3)?),
                    subject: row.get(4)?,
                })
            })
            .optional()?)
    }

    /// Messages that were removed and may still be in the index; with
    /// `compare_all` also those whose removal was not noted.
    pub(crate) fn unneeded(&self, compare_all: bool) -> Result<Vec<EmailId>> {
        let sql = if compare_all {
            "SELECT email FROM email_gone UNION SELECT c.email FROM idx.covered c
             WHERE NOT EXISTS (SELECT 1 FROM email e WHERE e.id = c.email)"
        } else {
            "SELECT email FROM email_gone"
        };
        let mut statement = self.mail.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0).map(EmailId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many messages a search cannot look into: not indexed yet, or with
    /// only their header here.
    pub(crate) fn uncovered(&self, account: Option<AccountId>) -> Result<u64> {
        let count = |sql: &str| -> Result<i64> {
            let mut statement = self.mail.prepare_cached(sql)?;
            Ok(statement.query_row(params![account.map(|a| a.0)], |row| row.get(0))?)
        };
        let known = count(
            "SELECT coalesce(sum(total), 0) FROM email_count WHERE ?1 IS NULL OR account = ?1",
        )?;
        let covered = count(
            "SELECT coalesce(sum(total), 0) FROM idx.covered_count
             WHERE ?1 IS NULL OR account = ?1",
        )?;
        let gone = count(COVERED_BUT_GONE)?;
        Ok(u64::try_from(known - (covered - gone)).unwrap_or(0))
    }
}

#[cfg(test)]
pub(super) mod tests;
