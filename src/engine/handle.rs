//! The one object a front end holds.
//!
//! Reads answer from the local store. A verb resolves once its local half is
//! applied, in milliseconds; the server's half follows by itself, and trouble
//! with it arrives as an [`Event`].
//!
//! Everything runs on the engine's own runtime, so the futures can be awaited
//! on any executor.

use std::hash::{Hash, Hasher};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;

use super::{AccountState, CheckProgress, Event, SyncReport, SyncRequest};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, AccountId, AccountSettings, ComposeMode, Draft, Email, Envelope, FlagChange, Folder,
    FolderId, ListView, OutboxId, OutboxItem, PartId, Password, PlacementId,
};

/// The engine as seen from a front end. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    shared: Arc<()>,
}

/// The two passwords of an account.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// For the incoming server.
    pub incoming: Password,
    /// For the outgoing server.
    pub outgoing: Password,
}

impl Passwords {
    /// The same password for both servers.
    #[must_use]
    pub fn same(password: Password) -> Self {
        Self {
            incoming: password.clone(),
            outgoing: password,
        }
    }
}

/// What a verb did, for a toast.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done {
    /// A short sentence: "3 messages moved to Archive".
    pub label: String,
    /// Whether [`Handle::undo`] takes it back.
    pub can_undo: bool,
}

/// A part of a message, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartBytes {
    /// A file name safe to write.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes, transfer encoding undone.
    pub bytes: Vec<u8>,
}

impl PartialEq for Handle {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }
}

impl Eq for Handle {}

impl Hash for Handle {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.shared).hash(state);
    }
}

impl std::fmt::Debug for Handle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handle")
    }
}

fn later<T>() -> Result<T> {
    Err(Error::new(ErrorKind::Bug, "Not built yet."))
}

#[allow(
    clippy::unused_async,
    unused_variables,
    missing_docs,
    reason = "scaffold"
)]
impl Handle {
    /// What changes from now on. Ends when the engine stops.
    pub fn events(&self) -> impl Stream<Item = Event> + Send + use<> {
        futures::stream::pending()
    }

    /// The accounts, in the person's order.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        later()
    }

    /// The person's preferences.
    #[must_use]
    pub fn settings(&self) -> Settings {
        Settings::default()
    }

    /// How each account is doing.
    ///
    /// # Errors
    /// Only while the engine ends.
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

    /// Proves both servers of a saved account with its saved passwords.
    ///
    /// # Errors
    /// When the account or its passwords are not there.
    pub async fn check_account(
        &self,
        account: AccountId,
    ) -> Result<impl Stream<Item = CheckProgress> + Send + use<>> {
        Ok(futures::stream::empty())
    }

    /// Saves an account and its passwords, and starts fetching.
    ///
    /// # Errors
    /// When the name is taken, or settings or passwords cannot be saved.
    pub async fn add_account(
        &self,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> Result<Account> {
        later()
    }

    /// Saves new passwords and tries again.
    ///
    /// # Errors
    /// When the passwords cannot be saved.
    pub async fn set_passwords(&self, account: AccountId, passwords: Passwords) -> Result<()> {
        later()
    }

    /// Removes an account with its passwords and what was fetched. Nothing
    /// changes on the server.
    ///
    /// # Errors
    /// When the account is not there or the store fails.
    pub async fn remove_account(&self, account: AccountId) -> Result<()> {
        later()
    }

    /// The folders with their counts: by role, then by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn folders(&self, account: Option<AccountId>) -> Result<Vec<Folder>> {
        later()
    }

    /// All rows of a list in their order: 8 bytes a row, from one index.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn order(&self, view: ListView) -> Result<Arc<[PlacementId]>> {
        later()
    }

    /// The rows themselves, for those in sight. Rows that are gone are left out.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn envelopes(&self, ids: Vec<PlacementId>) -> Result<Vec<Envelope>> {
        later()
    }

    /// The whole message; fetched at once when only its header is here.
    ///
    /// # Errors
    /// When it is gone, or not here and the server cannot be reached.
    pub async fn email(&self, id: PlacementId) -> Result<Email> {
        later()
    }

    /// The exact bytes the server gave.
    ///
    /// # Errors
    /// As [`Handle::email`].
    pub async fn raw(&self, id: PlacementId) -> Result<Vec<u8>> {
        later()
    }

    /// The decoded bytes of one part.
    ///
    /// # Errors
    /// As [`Handle::email`], and when there is no such part.
    pub async fn part(&self, id: PlacementId, part: PartId) -> Result<PartBytes> {
        later()
    }

    /// Writes an attachment to `path`; a file that is there gets company
    /// (`name (2).pdf`), never a successor. Says where it wrote.
    ///
    /// # Errors
    /// As [`Handle::part`], and when the file cannot be written.
    pub async fn save_attachment(
        &self,
        id: PlacementId,
        part: PartId,
        path: PathBuf,
    ) -> Result<PathBuf> {
        later()
    }

    /// Marks messages.
    ///
    /// # Errors
    /// When all of them are gone or the store fails; so for the other verbs.
    pub async fn mark(&self, ids: Vec<PlacementId>, change: FlagChange) -> Result<Done> {
        later()
    }

    /// Moves messages into a folder of the same account.
    ///
    /// # Errors
    /// As [`Handle::mark`], and for a folder of another account.
    pub async fn move_to(&self, ids: Vec<PlacementId>, folder: FolderId) -> Result<Done> {
        later()
    }

    /// Moves messages to Trash; those in Trash already (or with `permanently`)
    /// are removed for good.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn delete(&self, ids: Vec<PlacementId>, permanently: bool) -> Result<Done> {
        later()
    }

    /// Moves messages to Archive.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn archive(&self, ids: Vec<PlacementId>) -> Result<Done> {
        later()
    }

    /// Takes the last verb back that can be. Says what it undid.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn undo(&self) -> Result<Option<String>> {
        later()
    }

    /// What a composer starts with: recipients, subject, quoted text.
    ///
    /// # Errors
    /// As [`Handle::email`].
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
    ///
    /// # Errors
    /// When nobody can be sent to, or the store fails.
    pub async fn send(&self, draft: Draft, hold: Duration) -> Result<OutboxItem> {
        later()
    }

    /// Puts a finished message (RFC 5322) into the outbox; with `wait`, hands
    /// it over now and says what became of it.
    ///
    /// # Errors
    /// When it names no author or no recipient, or the store fails. That the
    /// server refused it is no error but the item's state.
    pub async fn send_raw(
        &self,
        account: AccountId,
        raw: Vec<u8>,
        wait: bool,
    ) -> Result<OutboxItem> {
        later()
    }

    /// Keeps a draft in the account's Drafts folder, in place of the one it
    /// was opened from.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_draft(&self, draft: Draft) -> Result<PlacementId> {
        later()
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>> {
        later()
    }

    /// Takes a message out of the outbox, unless it is on the wire.
    ///
    /// # Errors
    /// When it has left, or is leaving.
    pub async fn cancel_send(&self, id: OutboxId) -> Result<Draft> {
        later()
    }

    /// Tries a waiting, failed or uncertain message again now; with `wait`,
    /// says what became of it.
    ///
    /// # Errors
    /// When it is not in the outbox.
    pub async fn retry_send(&self, id: OutboxId, wait: bool) -> Result<OutboxItem> {
        later()
    }

    /// Looks for news now instead of at the next regular time.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn sync_now(&self, account: Option<AccountId>) -> Result<()> {
        later()
    }

    /// One full pass over the accounts, told folder by folder. For a front
    /// end that does not stay. Ends after the last folder; a failing account
    /// does not stop the others.
    pub fn sync_pass(
        &self,
        request: SyncRequest,
    ) -> impl Stream<Item = Result<SyncReport>> + Send + use<> {
        futures::stream::empty()
    }
}
