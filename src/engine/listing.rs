//! What lists read.

use std::sync::Arc;

use super::Handle;
use super::reading::blocking;
use super::shared::Shared;
use crate::config::settings::Conversations;
use crate::error::Result;
use crate::model::{
    Conversation, Envelope, Listed, Listing, PlacementId, QuickFilter, Sort, ThreadId, Within,
};
use crate::store::{self, Durability, KeptOrder, Read};

/// So many messages are entered in an order before other writers have a turn.
const STEP: usize = 500;

impl Handle {
    /// All rows of a list in their order: 8 bytes a row and no more, off the
    /// caller's thread. It comes from an index. What placements have no index
    /// for is sorted the first time, and where accounts are followed the order
    /// is kept from then on.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn order(&self, listing: impl Into<Listing>) -> Result<Listed> {
        let listing = listing.into();
        self.run(async move |shared| {
            let read = move |r: &Read<'_>| {
                Ok((r.listed(&listing, None)?, r.orders_worth_keeping(&listing)?))
            };
            let (listed, wanted) = shared.store.read(read).await?;
            if !wanted.is_empty() {
                shared.keep_orders(wanted);
            }
            Ok(listed)
        })
        .await
    }

    /// The first rows of a list, to show while [`Handle::order`] is under way:
    /// in no time, in an order that has an index, however long the list is. Not
    /// all members of a row need be there.
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

impl Shared {
    /// Keeps orders from now on, once all messages there are were entered.
    fn keep_orders(self: &Arc<Self>, orders: Vec<KeptOrder>) {
        self.meanwhile(async move |shared| {
            // Lists are read often: the same order may be asked for meanwhile.
            let _turn = shared.ordering.lock().await;
            for order in orders {
                if let Err(error) = shared.keep_order(order).await {
                    tracing::warn!(%error, "a list is sorted anew each time");
                }
            }
        });
    }

    async fn keep_order(&self, order: KeptOrder) -> store::Result<()> {
        let keep = move |w: &store::Write<'_>| w.keep_order(order);
        if !self.store.write(Durability::Crash, keep).await? {
            return Ok(());
        }
        // What comes from now on is entered with its own transaction.
        let there = self.store.read(move |r| r.placement_ids(order.folder()));
        for some in there.await?.chunks(STEP) {
            let some = some.to_vec();
            let enter = move |w: &store::Write<'_>| w.fill_order(order, &some);
            self.store.write(Durability::Crash, enter).await?;
        }
        let whole = move |w: &store::Write<'_>| w.order_is_whole(order);
        self.store.write(Durability::Crash, whole).await
    }
}
