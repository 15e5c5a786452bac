//! The one object a front end holds.
//!
//! Reads answer from the local store. A verb resolves once its local half is
//! applied, in milliseconds; the server's half follows by itself, and trouble
//! with it arrives as an [`Event`].
//!
//! Everything runs on the engine's own runtime, so the futures can be awaited
//! on any executor.

use std::future::Future;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures::{Stream, StreamExt};
use tokio::sync::broadcast;

use super::shared::Shared;
use super::{AccountState, CheckProgress, Dispatch, Event, SyncReport, SyncRequest};
use crate::config::Settings;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, AccountId, AccountSettings, ComposeMode, Draft, Email, FlagChange, Folder, FolderId,
    FolderRole, Keyword, OutboxId, OutboxItem, Password, PlacementId, StoreCheck,
};

/// The engine as seen from a front end. Cheap to clone.
#[derive(Clone)]
pub struct Handle {
    pub(super) shared: Arc<Shared>,
}

/// The passwords of an account.
#[derive(Debug, Clone)]
pub struct Passwords {
    /// For the incoming server.
    pub incoming: Password,
    /// For the outgoing server.
    pub outgoing: Password,
    /// For the own outgoing servers of identities, in their order.
    pub identities: Vec<Password>,
}

impl Passwords {
    /// The same password for both servers.
    #[must_use]
    pub fn same(password: Password) -> Self {
        Self {
            incoming: password.clone(),
            outgoing: password,
            identities: Vec::new(),
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

/// What became of a message that was to leave.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The message in the outbox, or as it left it.
    pub item: OutboxItem,
    /// Why it did not leave, where it was tried and somebody said why.
    pub error: Option<Error>,
}

impl From<OutboxItem> for Attempt {
    /// It only waits: nobody tried yet.
    fn from(item: OutboxItem) -> Self {
        Self { item, error: None }
    }
}

fn is_for_now(how: &Dispatch) -> bool {
    how.not_before.is_none_or(|time| time <= Utc::now())
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

impl Handle {
    /// Runs work on the engine's runtime, whoever awaits it.
    pub(super) async fn run<T, F, W>(&self, work: W) -> Result<T>
    where
        T: Send + 'static,
        F: Future<Output = Result<T>> + Send + 'static,
        W: FnOnce(Arc<Shared>) -> F,
    {
        match self.shared.runtime.spawn(work(self.shared.clone())).await {
            Ok(result) => result,
            Err(error) if error.is_cancelled() => {
                Err(Error::new(ErrorKind::Cancelled, "Waxwing is closing."))
            }
            Err(error) => Err(Error::new(
                ErrorKind::Bug,
                "A part of Waxwing failed. Nothing is lost.",
            )
            .source(error)),
        }
    }

    /// What changes from now on. Ends when the engine stops.
    pub fn events(&self) -> impl Stream<Item = Event> + Send + use<> {
        let receiver = self.shared.events.subscribe();
        futures::stream::unfold(receiver, async |mut receiver| match receiver.recv().await {
            Ok(event) => Some((event, receiver)),
            Err(broadcast::error::RecvError::Lagged(_)) => Some((Event::Resync, receiver)),
            Err(broadcast::error::RecvError::Closed) => None,
        })
    }

    /// The accounts, in the person's order.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        self.run(async move |shared| Ok(shared.accounts().all().to_vec()))
            .await
    }

    /// The person's preferences.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.shared.settings()
    }

    /// How each account is doing.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn account_states(&self) -> Result<Vec<(AccountId, AccountState)>> {
        self.run(async move |shared| {
            let ids: Vec<AccountId> = shared.accounts().all().iter().map(|a| a.id).collect();
            Ok(ids.into_iter().map(|id| (id, shared.state(id))).collect())
        })
        .await
    }

    /// Proves both servers of an account that is not saved yet: signs in to
    /// each, harmlessly. Nothing is stored. Ends when both are proven or failed.
    pub fn check(
        &self,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> impl Stream<Item = CheckProgress> + Send + use<> {
        self.shared.check(settings, passwords)
    }

    /// Proves both servers of a saved account with its saved passwords.
    ///
    /// # Errors
    /// When the account or its passwords are not there.
    pub async fn check_account(
        &self,
        account: AccountId,
    ) -> Result<impl Stream<Item = CheckProgress> + Send + use<>> {
        let (settings, passwords) = self
            .run(async move |shared| shared.account_with_passwords(account).await)
            .await?;
        Ok(self.shared.check(settings, passwords))
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
        self.run(async move |shared| shared.add_account(settings, passwords).await)
            .await
    }

    /// Saves new passwords and tries again.
    ///
    /// # Errors
    /// When the passwords cannot be saved.
    pub async fn set_passwords(&self, account: AccountId, passwords: Passwords) -> Result<()> {
        self.run(async move |shared| shared.set_passwords(account, passwords).await)
            .await
    }

    /// How many messages would be lost with an account: those that are on no
    /// server, when it was last asked, and in no other account. None for IMAP,
    /// whose server has them.
    ///
    /// # Errors
    /// When the account is not there or the store fails.
    pub async fn only_here(&self, account: AccountId) -> Result<u64> {
        self.run(async move |shared| {
            if !shared.account(account)?.settings.is_local() {
                return Ok(0);
            }
            Ok(shared.store.read(move |r| r.only_here(account)).await?)
        })
        .await
    }

    /// Removes an account with its passwords and what was fetched. Nothing
    /// changes on the server; [`Handle::only_here`] counts what no server has.
    ///
    /// # Errors
    /// When the account is not there or the store fails.
    pub async fn remove_account(&self, account: AccountId) -> Result<()> {
        self.run(async move |shared| shared.remove_account(account).await)
            .await
    }

    /// The folders with their counts: by role, then by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn folders(&self, account: Option<AccountId>) -> Result<Vec<Folder>> {
        self.run(async move |shared| {
            let account = account.map(|id| shared.home(id));
            let rows = shared.store.read(move |r| r.folders(account)).await?;
            Ok(rows.into_iter().map(|row| row.folder).collect())
        })
        .await
    }

    /// The message as it is shown; fetched at once when only its header is
    /// here. Large attachments may stay on the server:
    /// [`crate::model::Attachment::here`].
    ///
    /// # Errors
    /// When it is gone, or not here and the server cannot be reached.
    pub async fn email(&self, id: PlacementId) -> Result<Email> {
        self.run(async move |shared| shared.email(id).await).await
    }

    /// The exact bytes the server gave; the whole message is fetched at once
    /// when it is not here.
    ///
    /// # Errors
    /// As [`Handle::email`].
    pub async fn raw(&self, id: PlacementId) -> Result<Vec<u8>> {
        self.run(async move |shared| shared.raw(id).await).await
    }

    /// Marks messages.
    ///
    /// # Errors
    /// When all of them are gone or the store fails; so for the other verbs.
    pub async fn mark(&self, ids: Vec<PlacementId>, change: FlagChange) -> Result<Done> {
        self.run(async move |shared| shared.mark(ids, change).await)
            .await
    }

    /// Marks messages because of what happened, not because a person asked
    /// for it (a message that was read): nothing that [`Handle::undo`] takes
    /// back.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn mark_by_itself(&self, ids: Vec<PlacementId>, change: FlagChange) -> Result<()> {
        self.run(async move |shared| shared.mark_by_itself(ids, change).await)
            .await
    }

    /// Moves messages into a folder of the same account.
    ///
    /// # Errors
    /// As [`Handle::mark`], and for a folder of another account.
    pub async fn move_to(&self, ids: Vec<PlacementId>, folder: FolderId) -> Result<Done> {
        self.run(async move |shared| shared.move_to(ids, folder).await)
            .await
    }

    /// Puts a second one of each message into a folder of the same account.
    ///
    /// # Errors
    /// As [`Handle::move_to`].
    pub async fn copy_to(&self, ids: Vec<PlacementId>, folder: FolderId) -> Result<Done> {
        self.run(async move |shared| shared.copy_to(ids, folder).await)
            .await
    }

    /// Sets a tag on messages (`on`), or takes it off.
    ///
    /// # Errors
    /// As [`Handle::mark`]. A server that keeps no tags refuses later: then the
    /// tag goes again, with an event that says why.
    pub async fn tag(&self, ids: Vec<PlacementId>, keyword: Keyword, on: bool) -> Result<Done> {
        self.run(async move |shared| shared.tag(ids, keyword, on).await)
            .await
    }

    /// Marks messages as junk and moves them to Junk; or (`on` false) marks
    /// them as not junk and moves those in Junk to the inbox.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn junk(&self, ids: Vec<PlacementId>, on: bool) -> Result<Done> {
        self.run(async move |shared| shared.junk(ids, on).await)
            .await
    }

    /// Moves messages to Trash; those in Trash already (or with `permanently`)
    /// are removed for good.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn delete(&self, ids: Vec<PlacementId>, permanently: bool) -> Result<Done> {
        self.run(async move |shared| shared.delete(ids, permanently).await)
            .await
    }

    /// Moves messages to Archive.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn archive(&self, ids: Vec<PlacementId>) -> Result<Done> {
        self.run(async move |shared| shared.move_to_role(ids, FolderRole::Archive).await)
            .await
    }

    /// Takes the last verb back that can be. Says what it undid.
    ///
    /// # Errors
    /// As [`Handle::mark`].
    pub async fn undo(&self) -> Result<Option<String>> {
        self.run(async move |shared| shared.take_back().await).await
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
        self.run(async move |shared| shared.draft(mode, account, origin).await)
            .await
    }

    /// Puts a draft into the outbox, on disk when this resolves. It leaves
    /// after `hold`, the time in which [`Handle::cancel_send`] takes it back.
    ///
    /// # Errors
    /// When nobody can be sent to, or the store fails.
    pub async fn send(&self, draft: Draft, hold: Duration) -> Result<OutboxItem> {
        let hold = TimeDelta::from_std(hold).unwrap_or_default();
        let dispatch = Dispatch {
            not_before: (!hold.is_zero()).then(|| Utc::now() + hold),
            ..Dispatch::default()
        };
        Ok(self.dispatch(draft, dispatch, false).await?.item)
    }

    /// Puts a draft into the outbox, to leave as told; with `wait`, and if it
    /// is to leave now, hands it over and says what became of it.
    ///
    /// # Errors
    /// As [`Handle::send`].
    pub async fn dispatch(&self, draft: Draft, how: Dispatch, wait: bool) -> Result<Attempt> {
        self.run(async move |shared| {
            let wait = wait && is_for_now(&how);
            let item = shared.send(draft, how).await?;
            if wait {
                return shared.hand_over(item.id).await;
            }
            Ok(item.into())
        })
        .await
    }

    /// Puts a finished message (RFC 5322) into the outbox; with `wait`, and if
    /// it is to leave now, hands it over and says what became of it.
    ///
    /// # Errors
    /// When it names no author or no recipient, or the store fails. That the
    /// server refused it is told in the attempt.
    pub async fn send_raw(
        &self,
        account: AccountId,
        raw: Vec<u8>,
        how: Dispatch,
        wait: bool,
    ) -> Result<Attempt> {
        self.run(async move |shared| {
            let item = shared.queue_raw(account, raw, &how).await?;
            if wait && is_for_now(&how) {
                return shared.hand_over(item.id).await;
            }
            Ok(item.into())
        })
        .await
    }

    /// Keeps a draft in the account's Drafts folder, in place of the one it
    /// was opened from.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn save_draft(&self, draft: Draft) -> Result<PlacementId> {
        self.run(async move |shared| shared.save_draft(draft).await)
            .await
    }

    /// What waits to be sent.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>> {
        self.run(async move |shared| {
            let rows = shared.store.read(|r| r.outbox(None)).await?;
            Ok(rows.into_iter().map(|row| row.item).collect())
        })
        .await
    }

    /// Takes a message out of the outbox, unless it is on the wire, to be
    /// written on. Where it lies in Drafts now is told, unless the draft it was
    /// written from is still there.
    ///
    /// # Errors
    /// When it has left, or is leaving.
    pub async fn reopen_send(&self, id: OutboxId) -> Result<(Draft, Option<PlacementId>)> {
        self.run(async move |shared| shared.reopen_send(id).await)
            .await
    }

    /// Takes a message out of the outbox, unless it is on the wire; it is kept
    /// nowhere.
    ///
    /// # Errors
    /// When it has left, or is leaving.
    pub async fn cancel_send(&self, id: OutboxId) -> Result<Draft> {
        self.run(async move |shared| shared.cancel_send(id).await)
            .await
    }

    /// Tries a waiting, failed or uncertain message again now; with `wait`,
    /// says what became of it.
    ///
    /// # Errors
    /// When it is not in the outbox.
    pub async fn retry_send(&self, id: OutboxId, wait: bool) -> Result<Attempt> {
        self.run(async move |shared| {
            shared.retry_send(id).await?;
            if wait {
                return shared.hand_over(id).await;
            }
            let row = shared.store.read(move |r| r.outbox_item(id)).await?;
            Ok(row.item.into())
        })
        .await
    }

    /// Looks for news now instead of at the next regular time.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn sync_now(&self, account: Option<AccountId>) -> Result<()> {
        self.run(async move |shared| {
            shared.wake(account);
            Ok(())
        })
        .await
    }

    /// Reads the whole store and says what does not fit together; with
    /// `repair`, mends what can be mended without losing anything. Takes
    /// seconds for some hundred MB.
    ///
    /// # Errors
    /// When the store cannot be read at all.
    pub async fn check_store(&self, repair: bool) -> Result<StoreCheck> {
        self.run(async move |shared| shared.check_store(repair).await)
            .await
    }

    /// One full pass over the accounts, told folder by folder. For a front
    /// end that does not stay. Ends after the last folder; a failing account
    /// does not stop the others.
    pub fn sync_pass(
        &self,
        request: SyncRequest,
    ) -> impl Stream<Item = Result<SyncReport>> + Send + use<> {
        self.shared.sync_pass(request).boxed()
    }
}
