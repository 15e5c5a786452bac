//! Conversations: messages that name each other in `References` and
//! `In-Reply-To` (RFC 5256's REFERENCES without the subject rule, which joins
//! strangers).
//!
//! A conversation is what hangs together by names, whoever names whom, so it is
//! the same in whatever order its messages arrive, and fields in the wrong order
//! or in a circle do no harm. Names belong to it also while their messages are
//! not here. A message that goes takes nothing from the others; the names go with
//! the last one.

use rusqlite::{OptionalExtension, params};

use super::{Result, Write};
use crate::model::{AccountId, MessageId, ThreadId};

impl Write<'_> {
    /// The conversation of a message that is called `own` and follows `named`,
    /// if there is one yet. Conversations that this message shows to be one are
    /// joined.
    pub(super) fn thread_of(
        &self,
        account: AccountId,
        own: Option<&MessageId>,
        named: &[MessageId],
    ) -> Result<Option<ThreadId>> {
        let mut thread = None;
        for id in own.into_iter().chain(named) {
            thread = match (self.thread_named(account, id)?, thread) {
                (Some(found), Some(known)) if found != known => {
                    Some(self.join_threads(found, known)?)
                }
                (found, known) => known.or(found),
            };
        }
        Ok(thread)
    }

    /// Notes what belongs to a conversation.
    pub(super) fn note_thread(
        &self,
        account: AccountId,
        thread: ThreadId,
        own: Option<&MessageId>,
        named: &[MessageId],
    ) -> Result<()> {
        for id in own.into_iter().chain(named) {
            self.mail
                .prepare_cached(
                    "INSERT INTO thread_member (account, message_id, thread) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO NOTHING",
                )?
                .execute(params![account.0, id.0, thread.0])?;
        }
        Ok(())
    }

    /// Forgets the names of a conversation that has no message any more.
    pub(super) fn forget_thread_if_empty(&self, thread: ThreadId) -> Result<()> {
        self.mail
            .prepare_cached(
                "DELETE FROM thread_member WHERE thread = ?1
                     AND NOT EXISTS (SELECT 1 FROM email WHERE thread = ?1)",
            )?
            .execute([thread.0])?;
        Ok(())
    }

    fn thread_named(&self, account: AccountId, id: &MessageId) -> Result<Option<ThreadId>> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT thread FROM thread_member WHERE account = ?1 AND message_id = ?2",
            )?
            .query_row(params![account.0, id.0], |row| row.get(0).map(ThreadId))
            .optional()?)
    }

    /// Makes one of two, under the name of the larger: it costs what the
    /// smaller one is.
    fn join_threads(&self, one: ThreadId, other: ThreadId) -> Result<ThreadId> {
        let (from, into) = if self.thread_size(one)? > self.thread_size(other)? {
            (other, one)
        } else {
            (one, other)
        };
        // The rows of lists follow by a trigger.
        for table in ["thread_member", "email"] {
            self.mail
                .prepare_cached(&format!("UPDATE {table} SET thread = ?2 WHERE thread = ?1"))?
                .execute([from.0, into.0])?;
        }
        Ok(into)
    }

    fn thread_size(&self, thread: ThreadId) -> Result<u64> {
        Ok(self
            .mail
            .prepare_cached("SELECT count(*) FROM email WHERE thread = ?1")?
            .query_row([thread.0], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests;
