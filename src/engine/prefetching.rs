//! What is fetched before anybody asks for it: the person's choice per folder.

use std::sync::Arc;

use super::shared::Shared;
use super::{Event, Handle};
use crate::error::Result;
use crate::model::{FolderId, Prefetch};
use crate::store::Durability;

impl Handle {
    /// Says how much of a folder is fetched before anybody asks; none for what
    /// the account's settings say. What is wanted now comes with the next
    /// pass, which begins at once; what is no longer wanted goes from here later
    /// ([`Handle::clean_up`]).
    ///
    /// # Errors
    /// When the folder is gone or the store fails.
    pub async fn set_prefetch(&self, folder: FolderId, prefetch: Option<Prefetch>) -> Result<()> {
        self.run(async move |shared| shared.set_prefetch(folder, prefetch).await)
            .await
    }
}

impl Shared {
    async fn set_prefetch(
        self: &Arc<Self>,
        folder: FolderId,
        prefetch: Option<Prefetch>,
    ) -> Result<()> {
        let write = self.store.write(Durability::PowerCut, move |w| {
            w.set_prefetch(folder, prefetch)?;
            w.read().folder(folder)
        });
        let account = write.await?.folder.account;
        self.tell(Event::Folders(account));
        self.wake(Some(account));
        Ok(())
    }
}
