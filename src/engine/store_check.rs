//! Looking after the store itself.

use std::sync::Arc;

use super::Event;
use super::shared::Shared;
use crate::error::Result;
use crate::model::{AccountId, StoreCheck};

impl Shared {
    /// Reads the whole store and says what is wrong with it.
    pub(super) async fn check_store(self: &Arc<Self>, repair: bool) -> Result<StoreCheck> {
        let accounts: Vec<AccountId> = self.accounts().all().iter().map(|a| a.id).collect();
        let checked = self.store.check(accounts, repair).await?;
        if checked.problems.iter().any(|problem| problem.repaired) {
            self.tell(Event::Resync);
        }
        Ok(checked)
    }
}
