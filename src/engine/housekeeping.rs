//! Keeping on this computer what the person wants here, and no more.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{Days, Utc};

use super::reading::blocking;
use super::shared::Shared;
use super::{Event, Handle};
use crate::error::Result;
use crate::model::{Account, AccountId, Folder, FolderSize, Freed, Prefetch, Room};
use crate::store::{self, Durability, Unwanted, is_of_store};

/// How long after the start, and how often then, old bodies go by themselves.
const FIRST: Duration = Duration::from_secs(120);
const EVERY: Duration = Duration::from_secs(6 * 3600);

/// Between two steps others have their turn.
const PAUSE: Duration = Duration::from_millis(200);

/// What was wanted until lately may stay a while: a month ends each day.
const GRACE: Days = Days::new(7);

impl Handle {
    /// How much mail each folder of an account, or of all, holds, on its server
    /// and here. Empty folders are left out. Reads all rows.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn folder_sizes(&self, account: Option<AccountId>) -> Result<Vec<FolderSize>> {
        self.run(async move |shared| {
            let account = account.map(|id| shared.home(id));
            Ok(shared.store.read(move |r| r.folder_sizes(account)).await?)
        })
        .await
    }

    /// How much room everything takes on this disk, and how many messages
    /// cannot be searched.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn room(&self) -> Result<Room> {
        self.run(async move |shared| {
            let uncovered = shared.store.read(|r| r.uncovered(None)).await?;
            let folder = shared.profile.data_dir().to_owned();
            let disk = blocking(move || Ok(size_of_store(&folder))).await?;
            Ok(Room { disk, uncovered })
        })
        .await
    }

    /// Drops the bodies that need not be here, as the account or the folder
    /// says ([`crate::model::PrefetchPolicy`]), and gives the room back to the
    /// disk. Headers stay, and so do the words by which messages are found; a
    /// body is fetched again when it is opened. Nothing goes that the server
    /// does not have, or was not told of.
    ///
    /// # Errors
    /// When the account is not there or the store fails.
    pub async fn clean_up(&self, account: Option<AccountId>) -> Result<Freed> {
        self.run(async move |shared| {
            let mut freed = Freed::default();
            let accounts = shared.accounts().all().to_vec();
            let wanted = |one: &&Account| account.is_none_or(|id| id == one.id);
            for account in accounts.iter().filter(wanted) {
                let one = shared.drop_old(account, before).await?;
                freed.messages += one.messages;
                freed.bytes += one.bytes;
            }
            while shared.store.give_back().await? {}
            Ok(freed)
        })
        .await
    }
}

/// The bytes of the files of a store; those that went meanwhile have none.
fn size_of_store(folder: &Path) -> u64 {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let own = files.filter(|file| is_of_store(&file.file_name().to_string_lossy()));
    own.filter_map(|file| Some(file.metadata().ok()?.len()))
        .sum()
}

/// Older than this need not be here. None where all is wanted.
fn before(wanted: Prefetch) -> Option<i64> {
    match wanted {
        Prefetch::Everything => None,
        Prefetch::Headers => Some(i64::MAX),
        Prefetch::Months(_) => wanted.since(Utc::now()),
    }
}

/// The same for what goes unasked: what was opened of a folder that keeps
/// headers only stays until somebody cleans up.
fn long_before(wanted: Prefetch) -> Option<i64> {
    match wanted {
        Prefetch::Everything | Prefetch::Headers => None,
        Prefetch::Months(_) => wanted.since(Utc::now().checked_sub_days(GRACE)?),
    }
}

impl Shared {
    /// Tidies up from time to time, for as long as accounts are followed.
    pub(super) fn keep_house(self: &Arc<Self>) {
        self.meanwhile(async move |shared| shared.tidy().await);
    }

    async fn tidy(self: &Arc<Self>) {
        tokio::time::sleep(FIRST).await;
        loop {
            let accounts = self.accounts().all().to_vec();
            for account in &accounts {
                if let Err(error) = self.drop_old(account, long_before).await {
                    tracing::warn!(%error, account = %account.id, "old bodies stay here");
                }
            }
            loop {
                match self.store.give_back().await {
                    Ok(true) => tokio::time::sleep(PAUSE).await,
                    Ok(false) => break,
                    Err(error) => {
                        tracing::warn!(%error, "unused room stays in the store");
                        break;
                    }
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    async fn drop_old(
        self: &Arc<Self>,
        account: &Account,
        before: fn(Prefetch) -> Option<i64>,
    ) -> store::Result<Freed> {
        let mut freed = Freed::default();
        // What came by POP3 may be nowhere else.
        if account.settings.is_local() {
            return Ok(freed);
        }
        let (id, policy) = (account.id, account.settings.prefetch);
        let folders = self.store.read(move |r| r.folders(Some(id))).await?;
        let folders: Vec<Folder> = folders.into_iter().map(|row| row.folder).collect();
        let limit = |folder: &Folder| Some((folder.id, before(policy.of(folder))?));
        let unwanted: Unwanted = folders.iter().filter_map(limit).collect();
        for folder in folders.iter().filter(|one| unwanted.contains_key(&one.id)) {
            let (id, mut after, mut messages) = (folder.id, None, 0);
            loop {
                let unwanted = unwanted.clone();
                let write = move |w: &store::Write<'_>| w.drop_bodies(id, &unwanted, after);
                let step = self.store.write(Durability::Crash, write).await?;
                messages += step.messages;
                freed.bytes += step.bytes;
                after = step.next;
                if after.is_none() {
                    break;
                }
                tokio::task::yield_now().await;
            }
            freed.messages += messages;
            if messages > 0 {
                self.tell(Event::FolderContent(id));
            }
        }
        Ok(freed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_files_of_the_store_are_counted_and_no_others() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("mail.db", 10),
            ("mail.db-wal", 5),
            ("raw.db", 200),
            ("index.db", 30),
            ("state.toml", 1000),
        ] {
            fs::write(folder.path().join(name), vec![0; bytes]).unwrap();
        }
        assert_eq!(size_of_store(folder.path()), 245);
        assert_eq!(size_of_store(&folder.path().join("nowhere")), 0);
    }
}
