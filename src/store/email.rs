//! Messages: what lists show of them.

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset};
use rusqlite::{OptionalExtension, params};

use super::{PackedRaw, Read, Result, Write};
use crate::model::{AccountId, Address, EmailId, FolderId, MessageId, PlacementId, Uid};

/// A message as its header (and, once here, its body) describes it.
#[derive(Debug, Clone)]
pub(crate) struct NewEmail {
    pub(crate) account: AccountId,
    pub(crate) message_id: Option<MessageId>,
    /// `References` and `In-Reply-To`.
    pub(crate) named: Vec<MessageId>,
    pub(crate) from: Vec<Address>,
    pub(crate) to: Vec<Address>,
    pub(crate) subject: String,
    pub(crate) date: DateTime<FixedOffset>,
    pub(crate) size: u64,
    pub(crate) attachments: u32,
    pub(crate) snippet: String,
}

/// A message of which only the header is here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unfetched {
    pub(crate) placement: PlacementId,
    pub(crate) email: EmailId,
    pub(crate) uid: Uid,
    pub(crate) size: u64,
    /// What lists sort by, Unix seconds.
    pub(crate) date: i64,
}

fn json(addresses: &[Address]) -> String {
    // A list of strings always serialises.
    serde_json::to_string(addresses).unwrap_or_else(|_| "[]".to_owned())
}

impl Read<'_> {
    /// The folders of an account that hold messages without their bodies.
    pub(crate) fn folders_lacking_bodies(&self, account: AccountId) -> Result<HashSet<FolderId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT DISTINCT p.folder FROM email e JOIN placement p ON p.email = e.id
             WHERE e.account = ?1 AND e.sha256 IS NULL AND p.uid IS NOT NULL",
        )?;
        let rows = statement.query_map([account.0], |row| row.get(0).map(FolderId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Messages of a folder whose bodies are still to be fetched, newest
    /// first, at most `limit`; those after `before` in that order.
    pub(crate) fn unfetched(
        &self,
        folder: FolderId,
        before: Option<(i64, PlacementId)>,
        limit: usize,
    ) -> Result<Vec<Unfetched>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT p.id, p.email, p.uid, e.size, p.date
             FROM placement p JOIN email e ON p.email = e.id
             WHERE p.folder = ?1 AND (p.date, p.id) < (?2, ?3)
                 AND e.sha256 IS NULL AND p.uid IS NOT NULL
             ORDER BY p.date DESC, p.id DESC LIMIT ?4",
        )?;
        let (date, id) = before.unwrap_or((i64::MAX, PlacementId(i64::MAX)));
        let rows = statement.query_map(params![folder.0, date, id.0, limit], |row| {
            Ok((
                PlacementId(row.get(0)?),
                EmailId(row.get(1)?),
                row.get::<_, u32>(2)?,
                row.get::<_, u64>(3)?,
                row.get::<_, i64>(4)?,
            ))
        })?;
        let mut list = Vec::new();
        for row in rows {
            let (placement, email, uid, size, date) = row?;
            if let Some(uid) = Uid::new(uid) {
                list.push(Unfetched {
                    placement,
                    email,
                    uid,
                    size,
                    date,
                });
            }
        }
        Ok(list)
    }

    /// How many messages of an account are known, and how many of them whole.
    pub(crate) fn progress(&self, account: AccountId) -> Result<(u64, u64)> {
        let total: i64 = self
            .mail
            .prepare_cached("SELECT coalesce(sum(total), 0) FROM folder WHERE account = ?1")?
            .query_row([account.0], |row| row.get(0))?;
        let missing: i64 = self
            .mail
            .prepare_cached("SELECT count(*) FROM email WHERE account = ?1 AND sha256 IS NULL")?
            .query_row([account.0], |row| row.get(0))?;
        let total = u64::try_from(total).unwrap_or(0);
        Ok((
            total.saturating_sub(u64::try_from(missing).unwrap_or(0)),
            total,
        ))
    }
}

impl Write<'_> {
    /// Adds a message by its header.
    pub(crate) fn add_email(&self, email: &NewEmail) -> Result<EmailId> {
        let thread = self.thread_of(email.account, email.message_id.as_ref(), &email.named)?;
        self.mail
            .prepare_cached(
                "INSERT INTO email (account, message_id, thread, sender, recipients, subject,
                     date, zone, size, attachments, snippet)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?
            .execute(params![
                email.account.0,
                email.message_id.as_ref().map_or("", |id| id.0.as_str()),
                thread.0,
                json(&email.from),
                json(&email.to),
                email.subject,
                email.date.timestamp(),
                email.date.offset().local_minus_utc(),
                email.size,
                email.attachments,
                email.snippet
            ])?;
        Ok(EmailId(self.mail.last_insert_rowid()))
    }

    /// Adds what the body told, and the body. The bytes may be those of a
    /// message that is here already (the same mail in two folders): then both
    /// become one, and the id of that one is returned.
    pub(crate) fn complete_email(
        &self,
        id: EmailId,
        described: &NewEmail,
        packed: &PackedRaw,
    ) -> Result<EmailId> {
        self.keep_raw(packed)?;
        let twin: Option<i64> = self
            .mail
            .prepare_cached(
                "SELECT id FROM email WHERE account = ?1 AND sha256 = ?2 AND id <> ?3 LIMIT 1",
            )?
            .query_row(params![described.account.0, packed.sha256, id.0], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(twin) = twin {
            self.mail
                .prepare_cached("UPDATE placement SET email = ?2 WHERE email = ?1")?
                .execute([id.0, twin])?;
            self.mail
                .prepare_cached("DELETE FROM email WHERE id = ?1")?
                .execute([id.0])?;
            return Ok(EmailId(twin));
        }
        let changed = self
            .mail
            .prepare_cached(
                "UPDATE email SET sender = ?2, recipients = ?3, subject = ?4, size = ?5,
                     attachments = ?6, snippet = ?7, sha256 = ?8 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                json(&described.from),
                json(&described.to),
                described.subject,
                packed.size,
                described.attachments,
                described.snippet,
                packed.sha256
            ])?;
        if changed == 0 {
            // Deleted while it was fetched.
            self.forget_raw_if_unused(&packed.sha256);
        }
        Ok(id)
    }

    /// Removes a message that lies in no folder any more.
    pub(super) fn remove_email_if_unplaced(&self, id: EmailId) -> Result<()> {
        let placed: bool = self
            .mail
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM placement WHERE email = ?1)")?
            .query_row([id.0], |row| row.get(0))?;
        if placed {
            return Ok(());
        }
        let content: Option<Option<Vec<u8>>> = self
            .mail
            .prepare_cached("DELETE FROM email WHERE id = ?1 RETURNING sha256")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        if let Some(sha256) = content.flatten() {
            self.forget_raw_if_unused(&sha256);
        }
        Ok(())
    }
}
