//! Conversations: messages that name each other in `References` and
//! `In-Reply-To` (RFC 5256's REFERENCES without the subject rule, which joins
//! strangers). Kept up with each message, in whatever order they arrive.

use rusqlite::{OptionalExtension, params};

use super::{Result, Write};
use crate::model::{AccountId, MessageId, ThreadId};

impl Write<'_> {
    /// The conversation of a message that is called `own` and names `named`, if
    /// there is one yet. Conversations that this message shows to be one are
    /// joined.
    pub(super) fn thread_of(
        &self,
        account: AccountId,
        own: Option<&MessageId>,
        named: &[MessageId],
    ) -> Result<Option<ThreadId>> {
        let mut thread = None;
        for id in own.into_iter().chain(named) {
            match (self.thread_named(account, id)?, thread) {
                (Some(found), None) => thread = Some(found),
                (Some(found), Some(known)) if found != known => {
                    self.join_threads(account, found, known)?;
                }
                _ => {}
            }
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

    fn thread_named(&self, account: AccountId, id: &MessageId) -> Result<Option<ThreadId>> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT thread FROM thread_member WHERE account = ?1 AND message_id = ?2",
            )?
            .query_row(params![account.0, id.0], |row| row.get(0).map(ThreadId))
            .optional()?)
    }

    fn join_threads(&self, account: AccountId, from: ThreadId, into: ThreadId) -> Result<()> {
        self.mail
            .prepare_cached(
                "UPDATE thread_member SET thread = ?3 WHERE thread = ?2 AND account = ?1",
            )?
            .execute(params![account.0, from.0, into.0])?;
        self.mail
            .prepare_cached("UPDATE email SET thread = ?2 WHERE thread = ?1")?
            .execute([from.0, into.0])?;
        Ok(())
    }
}
