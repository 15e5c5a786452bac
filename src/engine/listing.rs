//! What lists read.

use super::Handle;
use super::reading::blocking;
use crate::config::settings::Conversations;
use crate::error::Result;
use crate::model::{
    Conversation, Envelope, Listed, Listing, PlacementId, QuickFilter, Sort, ThreadId, Within,
};

impl Handle {
    /// All rows of a list in their order: 8 bytes a row and no more. By date,
    /// and unread first, it comes from an index; another order is made anew
    /// each time, off the caller's thread.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn order(&self, listing: impl Into<Listing>) -> Result<Listed> {
        let listing = listing.into();
        self.run(async move |shared| {
            Ok(shared.store.read(move |r| r.listed(&listing, None)).await?)
        })
        .await
    }

    /// The first rows of a list, to show while [`Handle::order`] is under way:
    /// in no time, by date and unread first, however long the list is. Not all
    /// members of a row need be there.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_rows(&self, listing: impl Into<Listing>, limit: usize) -> Result<Listed> {
        let listing = listing.into();
        self.run(async move |shared| {
            let first = shared.store.read(move |r| r.listed(&listing, Some(limit)));
            Ok(first.await?)
        })
        .await
    }

    /// Messages found otherwise, by a search for example, filtered and in an
    /// order; `grouped`, one row for each conversation. What is gone is left out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn arrange(
        &self,
        ids: Vec<PlacementId>,
        sort: Sort,
        filter: QuickFilter,
        grouped: bool,
    ) -> Result<Listed> {
        self.run(async move |shared| {
            let arranged = shared
                .store
                .read(move |r| r.arranged(&ids, sort, filter, grouped));
            Ok(arranged.await?)
        })
        .await
    }

    /// The rows themselves, for those in sight. Rows that are gone are left out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn envelopes(&self, ids: Vec<PlacementId>) -> Result<Vec<Envelope>> {
        self.run(async move |shared| Ok(shared.store.read(move |r| r.envelopes(&ids)).await?))
            .await
    }

    /// What rows say of conversations. Those of which nothing is there are left
    /// out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversations(
        &self,
        threads: Vec<ThreadId>,
        within: Within,
    ) -> Result<Vec<Conversation>> {
        self.run(async move |shared| {
            let found = shared.store.read(move |r| {
                let found = threads.iter().map(|thread| r.conversation(*thread, within));
                let found: Vec<_> = found.collect::<crate::store::Result<_>>()?;
                Ok(found.into_iter().flatten().collect())
            });
            Ok(found.await?)
        })
        .await
    }

    /// The messages of a conversation, each once, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn conversation(&self, thread: ThreadId, within: Within) -> Result<Vec<PlacementId>> {
        self.run(async move |shared| {
            let found = shared
                .store
                .read(move |r| r.conversation_order(thread, within));
            Ok(found.await?)
        })
        .await
    }

    /// Says how conversations are shown, from now on and after the next start.
    ///
    /// # Errors
    /// When the preferences cannot be saved.
    pub async fn show_conversations(&self, how: Conversations) -> Result<()> {
        self.run(async move |shared| {
            blocking(move || {
                shared.change_preferences(|settings| settings.appearance.conversations = how)
            })
            .await
        })
        .await
    }
}
