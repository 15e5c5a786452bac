//! The writer of the index.

use std::collections::HashSet;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use tokio::sync::mpsc;

use super::documents;
use super::volume::{COLUMNS, Volume, first_entry, note_lateness};
use super::{IndexState, Job};
use crate::model::{EmailId, IndexText};
use crate::search::words;
use crate::store::{Error, Result};

/// How many messages, and how many bytes of them, one transaction takes.
const BATCH: usize = 1000;
const BATCH_BYTES: usize = 4 << 20;

/// How many pages one step of tidying moves.
const TIDY_PAGES: i64 = 500;

/// Does what comes until the queue is closed. Blocks.
pub(in crate::store) fn run(
    mut connection: Connection,
    mut queue: mpsc::UnboundedReceiver<Job>,
    state: &IndexState,
) {
    give_way();
    take_in(&mut connection, &mut queue, state);
    let written = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    if written.is_err_and(|error| matches!(error.into(), Error::DiskFull(_))) {
        state.full.store(true, Ordering::Relaxed);
    }
}

/// Lets everything else on the machine go first: what is stored can be read
/// already, and is found a little later. What is left out because too much
/// waits is read again when there is time.
fn give_way() {
    #[cfg(target_os = "linux")]
    {
        // On Linux this is about the one thread (setpriority(2), "Notes").
        let own = rustix::thread::gettid();
        if let Err(error) = rustix::process::setpriority_process(Some(own), 10) {
            tracing::debug!(%error, "the index is made at full speed");
        }
    }
}

fn take_in(
    connection: &mut Connection,
    queue: &mut mpsc::UnboundedReceiver<Job>,
    state: &IndexState,
) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.blocking_recv()) {
        let Job::Add(first) = job else {
            one(connection, job, state);
            continue;
        };
        let mut batch = vec![first];
        while fits(&batch) {
            match queue.try_recv() {
                Ok(Job::Add(more)) => batch.push(more),
                Ok(other) => {
                    next = Some(other);
                    break;
                }
                Err(_) => break,
            }
        }
        let size = batch.iter().flatten().map(|(_, text)| text.size()).sum();
        if state.closing.load(Ordering::Relaxed) || state.full.load(Ordering::Relaxed) {
            // The next start finds them by comparison.
            return;
        }
        let added = guarded(connection, |t| add(t, &batch));
        note(added, connection, state);
        state.waiting.fetch_sub(size, Ordering::Relaxed);
    }
}

fn fits(batch: &[Vec<(EmailId, IndexText)>]) -> bool {
    let texts = || batch.iter().flatten();
    texts().count() < BATCH && texts().map(|(_, text)| text.size()).sum::<usize>() < BATCH_BYTES
}

fn one(connection: &mut Connection, job: Job, state: &IndexState) {
    match job {
        Job::Add(texts) => {
            let added = guarded(connection, |t| add(t, &[texts]));
            note(added, connection, state);
        }
        Job::Remove(emails) => {
            let removed = guarded(connection, |t| {
                emails.iter().try_for_each(|email| remove(t, *email))
            });
            note(removed, connection, state);
        }
        Job::Renew => {
            let renewed = guarded(connection, renew);
            state.dropped.store(true, Ordering::Relaxed);
            note(renewed, connection, state);
        }
        Job::Tidy(more) => {
            let tidied = guarded(connection, tidy);
            // Nobody waiting any more is fine.
            let _ = more.send(tidied.unwrap_or(false));
        }
        Job::Settle(done) => drop(done.send(())),
    }
}

fn note(outcome: Result<()>, connection: &Connection, state: &IndexState) {
    let Err(error) = outcome else { return };
    tracing::warn!(%error, "the search index could not be written");
    state.dropped.store(true, Ordering::Relaxed);
    if matches!(error, Error::DiskFull(_)) {
        state.full.store(true, Ordering::Relaxed);
    }
    if error.is_damage() && connection.pragma_update(None, "user_version", 0).is_ok() {
        tracing::warn!("the search index is made anew with the next start");
    }
}

/// One transaction; a panic in it costs it and nothing else.
fn guarded<T>(
    connection: &mut Connection,
    change: impl FnOnce(&Transaction<'_>) -> Result<T>,
) -> Result<T> {
    let work = std::panic::AssertUnwindSafe(|| {
        let transaction = connection.transaction()?;
        let value = change(&transaction)?;
        transaction.commit()?;
        Ok(value)
    });
    std::panic::catch_unwind(work).unwrap_or(Err(Error::Closed))
}

/// How many numbers are tried one after the other.
const NEAR: i64 = 8;

/// A message on its way into the index.
struct Entry<'t> {
    /// Its row in the volume.
    number: i64,
    email: EmailId,
    account: i64,
    text: &'t IndexText,
}

/// Takes messages in by the order of their numbers: FTS5 writes all it has
/// gathered to the file whenever a number is lower than the one before.
fn add(transaction: &Transaction<'_>, batch: &[Vec<(EmailId, IndexText)>]) -> Result<()> {
    let mut entries = Vec::new();
    for (email, text) in batch.iter().flatten() {
        entries.extend(entry(transaction, *email, text)?);
    }
    // A batch may hold a message twice, its header and all of it.
    entries.sort_by_key(|entry| (entry.number, entry.email.0, !entry.text.whole));
    entries.dedup_by_key(|entry| entry.email);
    // First what must go: a removal in between would write as well.
    for entry in &entries {
        remove(transaction, entry.email)?;
    }
    let mut taken = HashSet::new();
    let mut late = 0;
    for entry in &mut entries {
        let first = entry.number;
        entry.number = free_number(transaction, entry, &taken)?;
        taken.insert(entry.number);
        late = late.max(entry.number - first);
    }
    note_lateness(transaction, late)?;
    entries.sort_by_key(|entry| entry.number);
    let volume = |entry: &Entry<'_>| Volume::of(entry.number);
    for together in entries.chunk_by(|a, b| volume(a) == volume(b)) {
        if let Some(first) = together.first() {
            volume(first).ensure(transaction, together.len())?;
        }
    }
    entries
        .iter()
        .try_for_each(|entry| insert(transaction, entry))
}

/// The number of its date, or the next that nothing has. Where many are taken it
/// looks further and further, and where depends on the message, so that thousands
/// of the same time find their place.
fn free_number(
    transaction: &Transaction<'_>,
    entry: &Entry<'_>,
    taken: &HashSet<i64>,
) -> Result<i64> {
    let mut statement = transaction.prepare_cached("SELECT 1 FROM covered WHERE entry = ?1")?;
    let mut is_taken = |number: i64| -> Result<bool> {
        Ok(taken.contains(&number) || statement.exists([number])?)
    };
    for number in entry.number..entry.number + NEAR {
        if !is_taken(number)? {
            return Ok(number);
        }
    }
    let mut width = NEAR;
    let mut number = entry.number;
    let mut mixed = entry.email.0;
    while is_taken(number)? {
        width = (width * 2).min(1 << 30);
        // Knuth's MMIX: the upper bits are the good ones.
        mixed = mixed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        number = entry.number + ((mixed >> 33) & (width - 1));
    }
    Ok(number)
}

/// What is to be taken in of a message, unless it was removed since or is
/// known already.
fn entry<'t>(
    transaction: &Transaction<'_>,
    email: EmailId,
    text: &'t IndexText,
) -> Result<Option<Entry<'t>>> {
    let known: Option<(i64, i64)> = transaction
        .prepare_cached("SELECT account, date FROM mail.email WHERE id = ?1")?
        .query_row([email.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((account, date)) = known else {
        return Ok(None);
    };
    // What was read of the whole message says more than its header.
    let is_known = !text.whole && is_whole(transaction, email)?;
    Ok((!is_known).then(|| Entry {
        number: first_entry(date),
        email,
        account,
        text,
    }))
}

/// Whether the index has all of a message.
fn is_whole(transaction: &Transaction<'_>, email: EmailId) -> Result<bool> {
    let whole: Option<bool> = transaction
        .prepare_cached("SELECT whole FROM covered WHERE email = ?1")?
        .query_row([email.0], |row| row.get(0))
        .optional()?;
    Ok(whole.unwrap_or(false))
}

fn insert(transaction: &Transaction<'_>, entry: &Entry<'_>) -> Result<()> {
    let text = entry.text;
    transaction
        .prepare_cached(
            "INSERT INTO covered (email, account, entry, whole, unread_documents)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            entry.email.0,
            entry.account,
            entry.number,
            text.whole,
            text.whole && text.has_unread_documents
        ])?;
    documents::keep(transaction, entry.email, &text.documents)?;
    if text.whole {
        count(transaction, entry.account, 1)?;
    }
    let columns = COLUMNS.map(|(name, _)| name).join(", ");
    transaction
        .prepare_cached(&format!(
            "INSERT INTO {} (rowid, {columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            Volume::of(entry.number).table()
        ))?
        .execute(params![
            entry.number,
            words::stored(&text.body),
            words::stored(&text.subject),
            words::stored(&text.sender),
            words::stored(&text.recipients),
            words::stored(&text.copies),
            words::stored(&text.attachments),
            words::stored(&text.list),
            words::stored(&documents::with_contents(text)),
        ])?;
    Ok(())
}

/// Takes a message out; one that is not there is fine.
pub(in crate::store) fn remove(transaction: &Transaction<'_>, email: EmailId) -> Result<()> {
    let gone: Option<(i64, i64, bool)> = transaction
        .prepare_cached("DELETE FROM covered WHERE email = ?1 RETURNING entry, account, whole")?
        .query_row([email.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let Some((entry, account, whole)) = gone else {
        return Ok(());
    };
    documents::forget(transaction, email)?;
    let table = Volume::of(entry).table();
    transaction
        .prepare_cached(&format!("DELETE FROM {table} WHERE rowid = ?1"))?
        .execute([entry])?;
    if whole {
        count(transaction, account, -1)?;
    }
    Ok(())
}

/// Keeps the number of messages that are covered whole.
fn count(transaction: &Transaction<'_>, account: i64, more: i64) -> Result<()> {
    let counted = transaction
        .prepare_cached("UPDATE covered_count SET total = total + ?2 WHERE account = ?1")?
        .execute([account, more])?;
    if counted == 0 {
        transaction
            .prepare_cached("INSERT INTO covered_count (account, total) VALUES (?1, ?2)")?
            .execute([account, more])?;
    }
    Ok(())
}

/// Takes everything out.
fn renew(transaction: &Transaction<'_>) -> Result<()> {
    for volume in Volume::all(transaction)? {
        transaction.execute_batch(&format!("DROP TABLE {}", volume.table()))?;
    }
    let rest =
        "DELETE FROM volume; DELETE FROM covered; DELETE FROM covered_count; DELETE FROM document;
         UPDATE lateness SET most = 0";
    Ok(transaction.execute_batch(rest)?)
}

/// One step of merging what was written in many pieces.
fn tidy(transaction: &Transaction<'_>) -> Result<bool> {
    for volume in Volume::all(transaction)? {
        if volume.merge(transaction, TIDY_PAGES)? {
            return Ok(true);
        }
    }
    Ok(false)
}
