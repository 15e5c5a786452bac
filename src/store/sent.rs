//! Copies in Sent: made here, or by the server, or by both.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{PlacementRow, Read, Result, Write};
use crate::model::{AccountId, FolderId, FolderRole, PlacementId, Uid};
use crate::store::PendingOp;

/// For how many seconds a second copy by the server is looked for.
const WATCHED: i64 = 7 * 24 * 60 * 60;

/// A copy in Sent that was made here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SentCopy {
    pub(crate) sent_at: DateTime<Utc>,
}

/// The same message twice in Sent.
#[derive(Debug, Clone)]
pub(crate) struct DoubleSent {
    /// The one made here.
    pub(crate) own: PlacementId,
    /// The server's.
    pub(crate) other: PlacementId,
    /// Whether only the one made here names the hidden recipients.
    pub(crate) has_bcc: bool,
}

impl Read<'_> {
    /// The copy in Sent that is this row, as long as it matters.
    pub(crate) fn sent_copy(&self, placement: PlacementId) -> Result<Option<SentCopy>> {
        Ok(self
            .mail
            .prepare_cached("SELECT sent_at FROM sent_copy WHERE placement = ?1")?
            .query_row([placement.0], |row| {
                let at: i64 = row.get(0)?;
                Ok(SentCopy {
                    sent_at: DateTime::from_timestamp(at, 0).unwrap_or_default(),
                })
            })
            .optional()?)
    }

    /// How many copies wait to reach the server, or to be found there.
    pub(crate) fn sent_copies_waiting(&self, account: AccountId) -> Result<u64> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT count(*) FROM sent_copy c JOIN pending_op o ON o.placement = c.placement
                 WHERE c.account = ?1 AND o.kind = 'append'",
            )?
            .query_row([account.0], |row| row.get(0))?)
    }

    /// Messages that lie in Sent once from here and once from the server, as
    /// long as that is looked for. Elsewhere a person put them.
    pub(crate) fn double_sent(&self, account: AccountId) -> Result<Vec<DoubleSent>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT c.placement, q.id, c.has_bcc FROM sent_copy c
                 JOIN placement p ON p.id = c.placement
                 JOIN folder s ON s.id = p.folder AND s.role = ?2
                 JOIN email e ON e.id = p.email
                 JOIN email f ON f.account = e.account AND f.message_id = e.message_id
                 JOIN placement q ON q.email = f.id AND q.folder = p.folder AND q.id <> p.id
             WHERE c.account = ?1 AND c.sent_at >= ?3
                 AND c.uploaded = 1 AND e.message_id <> ''
                 AND p.uid IS NOT NULL AND q.uid IS NOT NULL
                 AND q.id NOT IN (SELECT placement FROM sent_copy)
             GROUP BY c.placement",
        )?;
        let since = Utc::now().timestamp() - WATCHED;
        let sent = FolderRole::Sent.name();
        let rows = statement.query_map(params![account.0, sent, since], |row| {
            Ok(DoubleSent {
                own: PlacementId(row.get(0)?),
                other: PlacementId(row.get(1)?),
                has_bcc: row.get(2)?,
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the account's server was seen to file what it sends by itself.
    pub(crate) fn server_files(&self, account: AccountId) -> Result<bool> {
        Ok(self
            .mail
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM server_files WHERE account = ?1)")?
            .query_row([account.0], |row| row.get(0))?)
    }
}

impl Write<'_> {
    /// Notes that a row is the copy of a message sent just now.
    pub(crate) fn note_sent_copy(&self, row: &PlacementRow, has_bcc: bool) -> Result<()> {
        let now = Utc::now().timestamp();
        self.mail.execute(
            "DELETE FROM sent_copy WHERE sent_at < ?1
                 AND placement NOT IN (SELECT placement FROM pending_op WHERE kind = 'append')",
            [now - WATCHED],
        )?;
        self.mail
            .prepare_cached(
                "INSERT OR REPLACE INTO sent_copy (placement, account, sent_at, has_bcc)
                 VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![row.id.0, row.account.0, now, has_bcc])?;
        Ok(())
    }

    /// The server has the copy from us now.
    pub(crate) fn sent_copy_uploaded(&self, placement: PlacementId) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE sent_copy SET uploaded = 1 WHERE placement = ?1")?
            .execute([placement.0])?;
        Ok(())
    }

    /// There is one copy, and it is known which.
    pub(crate) fn forget_sent_copy(&self, placement: PlacementId) -> Result<()> {
        self.mail
            .prepare_cached("DELETE FROM sent_copy WHERE placement = ?1")?
            .execute([placement.0])?;
        Ok(())
    }

    /// The server filed a message sent from here by itself, under this UID:
    /// the row the person knows, which names the hidden recipients too, stands
    /// for it from now on, and nothing is uploaded.
    pub(crate) fn adopt_filed(&self, op: &PendingOp, folder: FolderId, uid: Uid) -> Result<()> {
        if let Some(other) = self.read().placement_by_uid(folder, uid)?
            && other != op.placement
        {
            self.remove_placement(other)?;
        }
        self.forget_sent_copy(op.placement)?;
        self.arrived(op, folder, Some(uid))
    }

    /// Notes whether the account's server files what it sends by itself.
    pub(crate) fn set_server_files(&self, account: AccountId, files: bool) -> Result<()> {
        let sql = if files {
            "INSERT OR IGNORE INTO server_files (account) VALUES (?1)"
        } else {
            "DELETE FROM server_files WHERE account = ?1"
        };
        self.mail.prepare_cached(sql)?.execute([account.0])?;
        Ok(())
    }
}
