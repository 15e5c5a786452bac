//! When folders and accounts were last compared with the server, and which
//! folders the person watches.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, params};

use super::{Read, Result, Write};
use crate::model::{AccountId, FolderId};

/// A column of seconds in which 0 means never.
pub(super) fn time(seconds: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(seconds, 0).filter(|_| seconds > 0)
}

impl Read<'_> {
    /// When a pass over all folders of an account last came to its end.
    pub(crate) fn account_checked(&self, account: AccountId) -> Result<Option<DateTime<Utc>>> {
        let seconds = self
            .mail
            .prepare_cached("SELECT checked_at FROM account_check WHERE account = ?1")?
            .query_row([account.0], |row| row.get(0))
            .optional()?;
        Ok(seconds.and_then(time))
    }

    /// The folders of an account that the person watches, oldest first.
    pub(crate) fn watched(&self, account: AccountId) -> Result<Vec<FolderId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT id FROM folder WHERE account = ?1 AND watched AND selectable ORDER BY id",
        )?;
        let rows = statement.query_map([account.0], |row| row.get(0).map(FolderId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl Write<'_> {
    /// Notes that folders were compared with the server's.
    pub(crate) fn set_checked(&self, folders: &[FolderId], when: DateTime<Utc>) -> Result<()> {
        let mut statement = self
            .mail
            .prepare_cached("UPDATE folder SET checked_at = ?2 WHERE id = ?1")?;
        for folder in folders {
            statement.execute([folder.0, when.timestamp()])?;
        }
        Ok(())
    }

    /// Notes that a pass over all folders of an account came to its end.
    pub(crate) fn set_account_checked(
        &self,
        account: AccountId,
        when: DateTime<Utc>,
    ) -> Result<()> {
        self.mail
            .prepare_cached(
                "INSERT INTO account_check (account, checked_at) VALUES (?1, ?2)
                 ON CONFLICT (account) DO UPDATE SET checked_at = excluded.checked_at",
            )?
            .execute([account.0, when.timestamp()])?;
        Ok(())
    }

    /// Notes whether the person watches a folder.
    pub(crate) fn set_watched(&self, folder: FolderId, watched: bool) -> Result<()> {
        let changed = self
            .mail
            .prepare_cached("UPDATE folder SET watched = ?2 WHERE id = ?1")?
            .execute(params![folder.0, watched])?;
        if changed == 0 {
            return Err(super::Error::NotFound);
        }
        Ok(())
    }
}
