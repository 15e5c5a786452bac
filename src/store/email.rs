//! Messages: what lists show of them.

use chrono::{DateTime, FixedOffset, Utc};
use rusqlite::{OptionalExtension, params};

use super::{FolderRow, PackedRaw, Read, Result, Write};
use crate::model::{
    AccountId, Address, EmailId, Folder, FolderId, MessageId, PlacementId, PrefetchPolicy,
    ThreadId, Uid,
};

/// A message as its header (and, once here, its body) describes it.
#[derive(Debug, Clone)]
pub(crate) struct NewEmail {
    pub(crate) account: AccountId,
    pub(crate) message_id: Option<MessageId>,
    /// The messages it follows.
    pub(crate) named: Vec<MessageId>,
    pub(crate) from: Vec<Address>,
    pub(crate) to: Vec<Address>,
    /// `Cc` and `Bcc`.
    pub(crate) copies: Vec<Address>,
    pub(crate) subject: String,
    pub(crate) date: DateTime<FixedOffset>,
    pub(crate) size: u64,
    pub(crate) attachments: u32,
    pub(crate) snippet: String,
    /// What the server knows it by in any folder; empty where it does not
    /// tell.
    pub(crate) remote_id: String,
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

/// Which messages of a folder are fetched before anybody asks for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WantedBodies {
    /// None that are older, Unix seconds.
    since: i64,
    /// None that are larger, bytes.
    largest: u64,
}

impl WantedBodies {
    /// All there are.
    #[cfg(test)]
    pub(crate) const ALL: Self = Self {
        since: i64::MIN,
        largest: u64::MAX,
    };

    /// Those of a folder as of now; none where all stay on the server.
    pub(crate) fn of(folder: &Folder, policy: &PrefetchPolicy) -> Option<Self> {
        Some(Self {
            since: policy.of(folder).since(Utc::now())?,
            largest: policy.largest(),
        })
    }

    /// As the store writes numbers.
    fn largest(&self) -> i64 {
        i64::try_from(self.largest).unwrap_or(i64::MAX)
    }
}

fn json(addresses: &[Address]) -> String {
    // A list of strings always serialises.
    serde_json::to_string(addresses).unwrap_or_else(|_| "[]".to_owned())
}

impl Read<'_> {
    /// The folders of an account that hold messages which are wanted whole
    /// and are not, in the order of [`Read::folders`], with what is wanted.
    pub(crate) fn folders_lacking_bodies(
        &self,
        account: AccountId,
        policy: &PrefetchPolicy,
    ) -> Result<Vec<(FolderRow, WantedBodies)>> {
        let mut lacking = Vec::new();
        for row in self.folders(Some(account))? {
            if let Some(wanted) = WantedBodies::of(&row.folder, policy)
                && !self.unfetched(row.folder.id, wanted, None, 1)?.is_empty()
            {
                lacking.push((row, wanted));
            }
        }
        Ok(lacking)
    }

    /// Messages of a folder whose bodies are still to be fetched, newest
    /// first, at most `limit`; those after `before` in that order.
    pub(crate) fn unfetched(
        &self,
        folder: FolderId,
        wanted: WantedBodies,
        before: Option<(i64, PlacementId)>,
        limit: usize,
    ) -> Result<Vec<Unfetched>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT id, email, uid, missing, date FROM placement
             WHERE folder = ?1 AND (date, id) < (?2, ?3) AND date >= ?4
                 AND missing IS NOT NULL AND missing <= ?5 AND uid IS NOT NULL
             ORDER BY date DESC, id DESC LIMIT ?6",
        )?;
        let (date, id) = before.unwrap_or((i64::MAX, PlacementId(i64::MAX)));
        let values = params![folder.0, date, id.0, wanted.since, wanted.largest(), limit];
        let rows = statement.query_map(values, |row| {
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

    /// Whether a message is one of those that are fetched unasked.
    pub(crate) fn is_wanted(&self, id: PlacementId, wanted: WantedBodies) -> Result<bool> {
        let mut statement = self.mail.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM placement
             WHERE id = ?1 AND date >= ?2 AND missing <= ?3)",
        )?;
        let values = params![id.0, wanted.since, wanted.largest()];
        Ok(statement.query_row(values, |row| row.get(0))?)
    }

    /// How many messages of an account are known, and how many of them are
    /// here as far as they are wanted. Without a policy the headers will do.
    pub(crate) fn progress(
        &self,
        account: AccountId,
        policy: Option<&PrefetchPolicy>,
    ) -> Result<(u64, u64)> {
        let mut statement = self.mail.prepare_cached(
            "SELECT count(*) FROM placement
             WHERE folder = ?1 AND missing IS NOT NULL AND date >= ?2 AND missing <= ?3",
        )?;
        let (mut total, mut missing) = (0, 0);
        for row in self.folders(Some(account))? {
            total += row.folder.total;
            let wanted = policy.and_then(|policy| WantedBodies::of(&row.folder, policy));
            if let Some(wanted) = wanted {
                let values = params![row.folder.id.0, wanted.since, wanted.largest()];
                missing += statement.query_row(values, |row| row.get::<_, u64>(0))?;
            }
        }
        Ok((total.saturating_sub(missing), total))
    }
}

impl Read<'_> {
    /// The message of an account that the server knows by the same name, and
    /// whether its body is here. What else its header says must agree: not
    /// every server keeps its word.
    pub(crate) fn email_known_as(&self, new: &NewEmail) -> Result<Option<(EmailId, bool)>> {
        if new.remote_id.is_empty() {
            return Ok(None);
        }
        let name = new.message_id.as_ref().map_or("", |id| id.0.as_str());
        Ok(self
            .mail
            .prepare_cached(
                "SELECT id, sha256 IS NOT NULL FROM email
                 WHERE account = ?1 AND remote_id = ?2 AND message_id = ?3 AND subject = ?4
                     AND sender = ?5 LIMIT 1",
            )?
            .query_row(
                params![
                    new.account.0,
                    new.remote_id,
                    name,
                    new.subject,
                    json(&new.from)
                ],
                |row| Ok((EmailId(row.get(0)?), row.get(1)?)),
            )
            .optional()?)
    }
}

impl Read<'_> {
    /// Whether a message that came can be the one that a row describes: by its
    /// Message-ID, where both have one, else by its author or subject. A row
    /// that is gone describes anything.
    pub(crate) fn describes(&self, id: EmailId, message: &NewEmail) -> Result<bool> {
        let row: Option<(String, String, String)> = self
            .mail
            .prepare_cached("SELECT message_id, sender, subject FROM email WHERE id = ?1")?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((name, sender, subject)) = row else {
            return Ok(true);
        };
        Ok(match &message.message_id {
            Some(own) if !name.is_empty() => own.0 == name,
            _ => sender == json(&message.from) || subject == message.subject,
        })
    }
}

impl Write<'_> {
    /// Notes what the server knows a message by, where that is not known yet.
    pub(crate) fn set_remote_id(&self, id: EmailId, remote_id: &str) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE email SET remote_id = ?2 WHERE id = ?1 AND remote_id = ''")?
            .execute(params![id.0, remote_id])?;
        Ok(())
    }

    /// Adds a message by its header.
    pub(crate) fn add_email(&self, email: &NewEmail) -> Result<EmailId> {
        self.insert_email(email, None)
    }

    /// Adds a message that is here whole, and its bytes, unless the account
    /// has the same bytes as a message already (the same mail in two folders):
    /// then that one is returned, and false.
    pub(crate) fn add_whole_email(
        &self,
        email: &NewEmail,
        packed: &PackedRaw,
    ) -> Result<(EmailId, bool)> {
        // Also where they are named already: if they were lost, here they are.
        self.keep_raw(packed)?;
        if let Some(twin) = self.twin(email.account, packed, EmailId(0))? {
            self.set_remote_id(twin, &email.remote_id)?;
            return Ok((twin, false));
        }
        Ok((self.insert_email(email, Some(packed))?, true))
    }

    fn insert_email(&self, email: &NewEmail, packed: Option<&PackedRaw>) -> Result<EmailId> {
        let (own, named) = (email.message_id.as_ref(), email.named.as_slice());
        let thread = self.thread_of(email.account, own, named)?;
        // The first of a conversation gives it its own id, which is one more
        // than any there was.
        // OR FAIL: as with placements, so that its trigger costs no journal.
        self.mail
            .prepare_cached(
                "INSERT OR FAIL INTO email (account, message_id, thread, sender, recipients, subject,
                     date, zone, size, attachments, snippet, remote_id, sha256, copies)
                 VALUES (?1, ?2, coalesce(?3, 1 + coalesce((SELECT seq FROM sqlite_sequence
                     WHERE name = 'email'), 0)), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13,
                     ?14)",
            )?
            .execute(params![
                email.account.0,
                email.message_id.as_ref().map_or("", |id| id.0.as_str()),
                thread.map(|thread| thread.0),
                json(&email.from),
                json(&email.to),
                email.subject,
                email.date.timestamp(),
                email.date.offset().local_minus_utc(),
                packed.map_or(email.size, |packed| packed.size),
                email.attachments,
                email.snippet,
                email.remote_id,
                packed.map(|packed| packed.sha256),
                json(&email.copies)
            ])?;
        let id = self.mail.last_insert_rowid();
        self.note_people(email)?;
        self.note_thread(email.account, thread.unwrap_or(ThreadId(id)), own, named)?;
        Ok(EmailId(id))
    }

    /// Another message of the account with the same bytes.
    fn twin(
        &self,
        account: AccountId,
        packed: &PackedRaw,
        than: EmailId,
    ) -> Result<Option<EmailId>> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT id FROM email WHERE account = ?1 AND sha256 = ?2 AND id <> ?3 LIMIT 1",
            )?
            .query_row(params![account.0, packed.sha256, than.0], |row| {
                row.get(0).map(EmailId)
            })
            .optional()?)
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
        self.forget_partial(id)?;
        if let Some(twin) = self.twin(described.account, packed, id)? {
            self.set_remote_id(twin, &described.remote_id)?;
            self.mail
                .prepare_cached(
                    "UPDATE placement SET email = t.id, missing = NULL, thread = t.thread,
                         attached = t.attachments > 0
                     FROM email t WHERE placement.email = ?1 AND t.id = ?2",
                )?
                .execute([id.0, twin.0])?;
            self.remove_email_if_unplaced(id)?;
            return Ok(twin);
        }
        let changed = self
            .mail
            .prepare_cached(
                "UPDATE email SET sender = ?2, recipients = ?3, subject = ?4, size = ?5,
                     attachments = ?6, snippet = ?7, sha256 = ?8, copies = ?9 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                json(&described.from),
                json(&described.to),
                described.subject,
                packed.size,
                described.attachments,
                described.snippet,
                packed.sha256,
                json(&described.copies)
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
        self.forget_partial(id)?;
        let removed: Option<(Option<Vec<u8>>, i64)> = self
            .mail
            .prepare_cached("DELETE FROM email WHERE id = ?1 RETURNING sha256, thread")?
            .query_row([id.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((content, thread)) = removed else {
            return Ok(());
        };
        if let Some(sha256) = content {
            self.forget_raw_if_unused(&sha256);
        }
        self.forget_thread_if_empty(ThreadId(thread))
    }
}
