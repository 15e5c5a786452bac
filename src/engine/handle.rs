//! The one object a front end holds.
//!
//! Reads answer from the local store. A verb resolves once its local half is
//! applied, in milliseconds; the server's half follows by itself, and trouble
//! with it arrives as an [`Event`].

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;

use super::{AccountState, CheckProgress, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, AccountId, AccountSettings, ComposeMode, Draft, Email, Envelope, FlagChange, Folder,
    FolderId, ListView, OutboxId, OutboxItem, PartId, Password, PlacementId,
};

/// The engine as seen from a front end. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {}

/// The two passwords of an account.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// For the incoming server.
    pub incoming: Password,
    /// For the outgoing server.
    pub outgoing: Password,
}

/// What a verb did, for a toast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// A short sentence: "3 messages moved to Archive".
    pub label: String,
    /// Whether [`Handle::undo`] takes it back.
    pub can_undo: bool,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.inner).hash(state);
    }
}

fn later<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Bug, "Not built yet."))
}

#[allow(
    clippy::unused_async,
    unused_variables,
    missing_docs,
    reason = "skeleton"
)]
impl Handle {
    /// What changes from now on. Ends when the engine stops.
    pub fn events(&self) -> impl Stream<Item = Event> + Send + use<> {
        futures::stream::pending()
    }

    /// The accounts, in the person's order.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        later()
    }

    /// How each account is doing.
    pub async fn account_states(&self) -> Result<Vec<(AccountId, AccountState)>> {
        later()
    }

    /// Proves both servers of an account that is not saved yet: signs in to
    /// each, harmlessly. Nothing is stored. Ends when both are proven or failed.
    pub fn check(
        &self,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> impl Stream<Item = CheckProgress> + Send + use<> {
        futures::stream::empty()
    }

    /// Saves an account and its passwords, and starts fetching.
    pub async fn add_account(
        &self,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> Result<Account> {
        later()
    }

    /// Saves new passwords and tries again.
    pub async fn set_passwords(&self, account: AccountId, passwords: Passwords) -> Result<()> {
        later()
    }

    /// Removes an account with its passwords and what was fetched. Nothing
    /// changes on the server.
    pub async fn remove_account(&self, account: AccountId) -> Result<()> {
        later()
    }

    /// The folders with their counts: by role, then by name.
    pub async fn folders(&self, account: Option<AccountId>) -> Result<Vec<Folder>> {
        later()
    }

    /// All rows of a list in their order. 8 bytes a row, from one index.
    pub async fn order(&self, view: ListView) -> Result<Arc<[PlacementId]>> {
        later()
    }

    /// The rows themselves, for those in sight. Rows that are gone are left out.
    pub async fn envelopes(&self, ids: Vec<PlacementId>) -> Result<Vec<Envelope>> {
        later()
    }

    /// The whole message; fetched at once when only its header is here.
    pub async fn email(&self, id: PlacementId) -> Result<Email> {
        later()
    }

    /// The exact bytes the server gave.
    pub async fn raw(&self, id: PlacementId) -> Result<Arc<[u8]>> {
        later()
    }

    /// Writes an attachment to `path`; a file that is there gets company
    /// (`name (2).pdf`), never a successor. Says where it wrote.
    pub async fn save_attachment(
        &self,
        id: PlacementId,
        part: PartId,
        path: PathBuf,
    ) -> Result<PathBuf> {
        later()
    }

    /// Marks messages.
    pub async fn mark(&self, ids: Vec<PlacementId>, change: FlagChange) -> Result<Done> {
        later()
    }

    /// Moves messages into a folder of the same account.
    pub async fn move_to(&self, ids: Vec<PlacementId>, folder: FolderId) -> Result<Done> {
        later()
    }

    /// Moves messages to Trash; those in Trash already (or with `permanently`)
    /// are removed for good.
    pub async fn delete(&self, ids: Vec<PlacementId>, permanently: bool) -> Result<Done> {
        later()
    }

    /// Moves messages to Archive.
    pub async fn archive(&self, ids: Vec<PlacementId>) -> Result<Done> {
        later()
    }

    /// Takes the last verb back that can be. Says what it undid.
    pub async fn undo(&self) -> Result<Option<String>> {
        later()
    }

    /// What a composer starts with: recipients, subject, quoted text.
    pub async fn draft(
        &self,
        mode: ComposeMode,
        account: AccountId,
        origin: Option<PlacementId>,
    ) -> Result<Draft> {
        later()
    }

    /// Puts a draft into the outbox, on disk when this resolves. It leaves
    /// after `hold`, the time in which [`Handle::cancel_send`] takes it back.
    pub async fn send(&self, draft: Draft, hold: Duration) -> Result<OutboxItem> {
        later()
    }

    /// Keeps a draft in the account's Drafts folder, in place of the one it
    /// was opened from.
    pub async fn save_draft(&self, draft: Draft) -> Result<PlacementId> {
        later()
    }

    /// What waits to be sent.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>> {
        later()
    }

    /// Takes a message out of the outbox, unless it is on the wire.
    pub async fn cancel_send(&self, id: OutboxId) -> Result<Draft> {
        later()
    }

    /// Tries a waiting, failed or uncertain message again now.
    pub async fn retry_send(&self, id: OutboxId) -> Result<()> {
        later()
    }

    /// Looks for news now instead of at the next regular time.
    pub async fn sync_now(&self, account: Option<AccountId>) -> Result<()> {
        later()
    }

    /// Ends the engine: connections close, everything is on disk.
    pub async fn shutdown(&self) {}
}
