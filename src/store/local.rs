//! Accounts whose folders are on this computer and nowhere else.

use rusqlite::{OptionalExtension, params};

use super::{NewFolder, Read, Result, Write};
use crate::model::{AccountId, FolderRole};

/// The folders such an account has from the start.
const ROLES: [FolderRole; 6] = [
    FolderRole::Inbox,
    FolderRole::Drafts,
    FolderRole::Sent,
    FolderRole::Archive,
    FolderRole::Junk,
    FolderRole::Trash,
];

/// How long an account was followed, as far as the clock can be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Age {
    /// In seconds. Never goes back.
    pub(crate) seconds: i64,
    /// What the clock showed last, Unix seconds; 0 before the first time.
    pub(crate) clock: i64,
}

impl Read<'_> {
    /// Whose folders take the mail of an account: its own, as a rule.
    pub(crate) fn home_of(&self, account: AccountId) -> Result<AccountId> {
        Ok(self
            .mail
            .prepare_cached("SELECT home FROM local_account WHERE account = ?1")?
            .query_row([account.0], |row| row.get(0).map(AccountId))
            .optional()?
            .unwrap_or(account))
    }

    /// Whether an account's folders are here and nowhere else.
    pub(crate) fn is_local(&self, account: AccountId) -> Result<bool> {
        Ok(self
            .mail
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM local_account WHERE account = ?1)")?
            .query_row([account.0], |row| row.get(0))?)
    }

    /// How long an account was followed.
    pub(crate) fn age(&self, account: AccountId) -> Result<Age> {
        Ok(self
            .mail
            .prepare_cached("SELECT age, clock FROM local_account WHERE account = ?1")?
            .query_row([account.0], |row| {
                Ok(Age {
                    seconds: row.get(0)?,
                    clock: row.get(1)?,
                })
            })
            .optional()?
            .unwrap_or_default())
    }
}

impl Write<'_> {
    /// From now on nothing that is done in this account waits for a server.
    /// Its mail goes into the folders of `home`; where that is itself, they
    /// are made, as far as they are not there.
    pub(crate) fn set_local(&self, account: AccountId, home: AccountId) -> Result<()> {
        self.mail
            .prepare_cached(
                "INSERT INTO local_account (account, home) VALUES (?1, ?2)
                 ON CONFLICT (account) DO UPDATE SET home = excluded.home
                 WHERE home <> excluded.home",
            )?
            .execute([account.0, home.0])?;
        if home != account {
            return Ok(());
        }
        for role in ROLES {
            if self.read().folder_with_role(account, role)?.is_none() {
                let new = NewFolder::own(role.title(), "", Some(role));
                let before = self.read().folders(Some(account))?;
                self.upsert_folder(account, &new, &before)?;
            }
        }
        self.set_delimiter(account, '/')
    }

    /// Notes how long an account was followed.
    pub(crate) fn set_age(&self, account: AccountId, age: Age) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE local_account SET age = ?2, clock = ?3 WHERE account = ?1")?
            .execute(params![account.0, age.seconds, age.clock])?;
        Ok(())
    }
}
