//! How full an account is.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::Handle;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::model::{AccountId, Quota};

impl Handle {
    /// How much of the room on its server an account uses, asked over a
    /// connection of its own. None where the server sets no limit, or does
    /// not tell; POP3 cannot.
    ///
    /// # Errors
    /// When the server cannot be reached, does not let us in, or refuses.
    pub async fn quota(&self, account: AccountId) -> Result<Option<Quota>> {
        self.run(async move |shared| shared.quota(account).await)
            .await
    }
}

impl Shared {
    async fn quota(self: &Arc<Self>, account: AccountId) -> Result<Option<Quota>> {
        let account = self.account(account)?;
        if account.settings.is_local() {
            return Ok(None);
        }
        let session = self.session(&account, mpsc::unbounded_channel().1).await;
        let mut session = session.map_err(|(_, error)| error)?;
        let quota = session.conn.quota_root("INBOX").await;
        drop(session.end().await);
        quota.map_err(Error::from)
    }
}
