//! Folders whose changes a person wants to hear of at once.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::shared::Shared;
use super::{Event, Handle};
use crate::error::Result;
use crate::model::{AccountId, FolderId, FolderRole};
use crate::store::Durability;

/// How long a person must stay in a folder before a connection listens to it:
/// who walks through the folders does not stay in each.
const STAYS: Duration = Duration::from_secs(2);

/// A folder that was checked so recently is not looked into because somebody
/// opens it.
const FRESH: Duration = Duration::from_secs(15);

impl Handle {
    /// Notes whether the person wants to hear of a folder's changes at once. The
    /// inbox is always told of, and a folder while it is looked at; the others
    /// are polled.
    ///
    /// # Errors
    /// When the folder is gone or the store fails.
    pub async fn watch(&self, folder: FolderId, watched: bool) -> Result<()> {
        self.run(async move |shared| shared.watch(folder, watched).await)
            .await
    }

    /// Which folder the person looks at: it is brought in step now, and
    /// followed as if it were watched until they look at another one.
    ///
    /// # Errors
    /// When the folder is gone or the store fails.
    pub async fn looking_at(&self, folder: Option<FolderId>) -> Result<()> {
        self.run(async move |shared| shared.look_at(folder).await)
            .await
    }

    /// The network changed, for front ends that learn of it from their platform.
    /// Connections are proven, and what waits for a server is tried at once.
    /// The engine watches addresses and clocks by itself too.
    pub fn network_changed(&self) {
        self.shared.network_changed();
    }

    /// When a pass over all folders of an account last came to its end, also
    /// before the program was started. When single folders were, their
    /// [`crate::model::Folder::checked`] tells.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn checked(&self, account: AccountId) -> Result<Option<DateTime<Utc>>> {
        self.run(async move |shared| {
            let read = shared.store.read(move |r| r.account_checked(account));
            Ok(read.await?)
        })
        .await
    }
}

impl Shared {
    async fn watch(self: &Arc<Self>, folder: FolderId, watched: bool) -> Result<()> {
        let write = self.store.write(Durability::PowerCut, move |w| {
            w.set_watched(folder, watched)?;
            w.read().folder(folder)
        });
        let account = write.await?.folder.account;
        self.tell(Event::Folders(account));
        if watched && let Some(actor) = self.actor(account) {
            actor.pushed.tell(folder);
        }
        self.listen_anew(account).await
    }

    async fn look_at(self: &Arc<Self>, folder: Option<FolderId>) -> Result<()> {
        let before = std::mem::replace(&mut *self.looking_at(), folder);
        if before == folder {
            return Ok(());
        }
        if let Some(id) = folder {
            let row = self.store.read(move |r| r.folder(id)).await?;
            let fresh = |when: DateTime<Utc>| (Utc::now() - when).to_std().is_ok_and(|t| t < FRESH);
            if !row.folder.checked.is_some_and(fresh)
                && let Some(actor) = self.actor(row.folder.account)
            {
                actor.pushed.tell(id);
            }
        }
        let shared = self.clone();
        self.runtime.spawn(async move {
            tokio::time::sleep(STAYS).await;
            if *shared.looking_at() != folder {
                return;
            }
            let accounts: Vec<_> = shared.accounts().all().iter().map(|a| a.id).collect();
            for account in accounts {
                if let Err(error) = shared.listen_anew(account).await {
                    tracing::warn!(%error, "the folder on show is not listened to");
                }
            }
        });
        Ok(())
    }

    /// Lets the further connections of an account listen to what is wanted now:
    /// the folder on show, then those that are watched.
    pub(super) async fn listen_anew(&self, account: AccountId) -> Result<()> {
        let Some(actor) = self.actor(account) else {
            return Ok(());
        };
        let on_show = *self.looking_at();
        let (rows, mut wanted) = self
            .store
            .read(move |r| Ok((r.folders(Some(account))?, r.watched(account)?)))
            .await?;
        if let Some(on_show) = on_show {
            wanted.retain(|folder| *folder != on_show);
            wanted.insert(0, on_show);
        }
        // The first connection listens to the inbox.
        wanted.retain(|folder| {
            let row = rows.iter().find(|row| row.folder.id == *folder);
            row.is_some_and(|row| {
                row.folder.selectable && row.folder.role != Some(FolderRole::Inbox)
            })
        });
        actor.pushed.listen_to(&wanted);
        Ok(())
    }
}
