//! What every part of the engine shares.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::Stream;
use tokio::sync::{Notify, broadcast, mpsc, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::opened::Opened;
use super::pushed::Pushed;
use super::signing_in::Tokens;
use super::undo::UndoStack;
use super::window::Leaving;
use super::{AccountState, Event};
use crate::config::{Accounts, Certificates, Profile, ProfileLock, Settings};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, FolderId};
use crate::net::Connector;
use crate::net::http::Http;
use crate::secrets::Secrets;
use crate::store::Store;
use crate::sync::Urgent;

/// How many events a receiver may lag behind before it must read all anew.
const EVENTS: usize = 1024;

/// What every part of the engine shares.
pub(super) struct Shared {
    pub(super) profile: Profile,
    pub(super) store: Store,
    pub(super) secrets: Secrets,
    pub(super) connector: Connector,
    /// For providers that sign people in in the browser.
    pub(super) http: Http,
    /// Which tokens are being renewed.
    pub(super) tokens: Tokens,
    /// Held by whoever changes what is kept as a secret, or where, apart from
    /// renewals: [`super::keeping::Still`].
    pub(super) keeping: Arc<tokio::sync::Mutex<()>>,
    /// Held by who enters messages in an order.
    pub(super) ordering: tokio::sync::Mutex<()>,
    /// How the window was left, on its way to the disk.
    pub(super) leaving: Leaving,
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) stop: CancellationToken,
    pub(super) events: broadcast::Sender<Event>,
    /// Whether accounts are followed in the background (the window) or only
    /// on demand (one command).
    pub(super) online: bool,
    /// What confined children are started from.
    pub(super) program: Option<PathBuf>,
    /// What a person opened.
    pub(super) opened: Opened,
    /// Told when the index was brought in step with the store.
    pub(super) indexed: Notify,
    /// Counts changes of the network.
    network: watch::Sender<u64>,
    /// The folder a person looks at.
    looking_at: Mutex<Option<FolderId>>,
    accounts: Mutex<Accounts>,
    settings: Mutex<Settings>,
    certificates: Mutex<Certificates>,
    states: Mutex<HashMap<AccountId, AccountState>>,
    actors: Mutex<BTreeMap<AccountId, Running>>,
    undo: Mutex<UndoStack>,
    /// Accounts with drafts that the server is to get in a moment.
    resting_drafts: Mutex<BTreeSet<AccountId>>,
    _lock: ProfileLock,
}

/// What a task tells, for whoever asked for it. Dropping it closes the channel,
/// by which the task knows that nobody listens any more.
pub(super) fn stream_of<T: Send>(told: mpsc::UnboundedReceiver<T>) -> impl Stream<Item = T> + Send {
    futures::stream::unfold(told, async |mut told| {
        told.recv().await.map(|item| (item, told))
    })
}

impl Shared {
    /// Runs a job that tells how far it is, and at last why it failed. It is
    /// for the job to end when nobody listens any more.
    pub(super) fn telling<T, F, J>(
        self: &Arc<Self>,
        job: F,
    ) -> impl Stream<Item = Result<T>> + Send + use<T, F, J>
    where
        T: Send + 'static,
        F: FnOnce(Arc<Self>, mpsc::UnboundedSender<Result<T>>) -> J,
        J: Future<Output = Result<()>> + Send + 'static,
    {
        let (sender, told) = mpsc::unbounded_channel();
        let job = job(self.clone(), sender.clone());
        self.runtime.spawn(async move {
            if let Err(error) = job.await {
                drop(sender.send(Err(error)));
            }
        });
        stream_of(told)
    }

    /// Goes on with `work` in the background for as long as the engine runs,
    /// where it follows accounts.
    pub(super) fn meanwhile<W>(self: &Arc<Self>, work: impl FnOnce(Arc<Self>) -> W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        if !self.online {
            return;
        }
        let (stop, work) = (self.stop.clone(), work(self.clone()));
        self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = work => {}
            }
        });
    }
}

/// The way to an account's running tasks.
#[derive(Clone)]
pub(super) struct Actor {
    pub(super) urgent: mpsc::UnboundedSender<Urgent>,
    /// Look for news now.
    pub(super) wake: Arc<Notify>,
    /// Look into the outbox now.
    pub(super) post: Arc<Notify>,
    /// Which folders the server shall tell of.
    pub(super) pushed: Arc<Pushed>,
    pub(super) stop: CancellationToken,
}

/// An account's tasks and the way to them.
struct Running {
    actor: Actor,
    tasks: Vec<JoinHandle<()>>,
}

/// What starting brings together.
pub(super) struct Parts {
    pub(super) profile: Profile,
    pub(super) lock: ProfileLock,
    pub(super) store: Store,
    pub(super) accounts: Accounts,
    pub(super) settings: Settings,
    pub(super) certificates: Certificates,
    pub(super) secrets: Secrets,
    pub(super) connector: Connector,
    pub(super) runtime: tokio::runtime::Handle,
    pub(super) online: bool,
    pub(super) program: Option<PathBuf>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What is guarded is replaced whole, never left half changed.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(parts: Parts) -> Self {
        let trusted = parts.certificates.all().to_vec();
        parts.connector.trust_only(trusted);
        Self {
            profile: parts.profile,
            store: parts.store,
            secrets: parts.secrets,
            http: Http::new(parts.connector.clone()),
            tokens: Tokens::default(),
            keeping: Arc::default(),
            ordering: tokio::sync::Mutex::default(),
            leaving: Leaving::default(),
            connector: parts.connector,
            runtime: parts.runtime,
            stop: CancellationToken::new(),
            events: broadcast::channel(EVENTS).0,
            online: parts.online,
            program: parts.program,
            opened: Opened::default(),
            indexed: Notify::new(),
            network: watch::Sender::new(0),
            looking_at: Mutex::new(None),
            accounts: Mutex::new(parts.accounts),
            settings: Mutex::new(parts.settings),
            certificates: Mutex::new(parts.certificates),
            states: Mutex::new(HashMap::new()),
            actors: Mutex::new(BTreeMap::new()),
            undo: Mutex::new(UndoStack::default()),
            resting_drafts: Mutex::new(BTreeSet::new()),
            _lock: parts.lock,
        }
    }

    /// Tells whoever listens.
    pub(super) fn tell(&self, event: Event) {
        // Nobody listening is fine.
        drop(self.events.send(event));
    }

    pub(super) fn accounts(&self) -> MutexGuard<'_, Accounts> {
        lock(&self.accounts)
    }

    /// Changes the account list and saves it; on an error nothing changed.
    /// Blocks.
    pub(super) fn change_accounts<T>(
        &self,
        change: impl FnOnce(&mut Accounts) -> Result<T>,
    ) -> Result<T> {
        let mut accounts = self.accounts();
        let mut changed = accounts.clone();
        let value = change(&mut changed)?;
        changed.save(&self.profile)?;
        *accounts = changed;
        Ok(value)
    }

    pub(super) fn certificates(&self) -> MutexGuard<'_, Certificates> {
        lock(&self.certificates)
    }

    pub(super) fn settings(&self) -> Settings {
        lock(&self.settings).clone()
    }

    /// Changes the person's preferences and saves them. Blocks.
    pub(super) fn change_preferences(&self, change: impl FnOnce(&mut Settings)) -> Result<()> {
        let mut settings = lock(&self.settings);
        let mut changed = settings.clone();
        change(&mut changed);
        changed.save(&self.profile)?;
        *settings = changed;
        Ok(())
    }

    pub(super) fn account(&self, id: AccountId) -> Result<Account> {
        self.accounts().find(id).cloned().ok_or_else(|| {
            Error::new(ErrorKind::NotFound, "This account is no longer here.")
                .hint("It was removed in the meantime.")
        })
    }

    /// The network changed, or may have: whoever waits for a server tries now,
    /// and every connection has to prove that it is alive.
    pub(super) fn network_changed(&self) {
        self.network
            .send_modify(|changes| *changes = changes.wrapping_add(1));
    }

    /// Hears of changes of the network from now on.
    pub(super) fn network_changes(&self) -> watch::Receiver<u64> {
        self.network.subscribe()
    }

    pub(super) fn looking_at(&self) -> MutexGuard<'_, Option<FolderId>> {
        lock(&self.looking_at)
    }

    pub(super) fn undo(&self) -> MutexGuard<'_, UndoStack> {
        lock(&self.undo)
    }

    pub(super) fn resting_drafts(&self) -> MutexGuard<'_, BTreeSet<AccountId>> {
        lock(&self.resting_drafts)
    }

    pub(super) fn state(&self, id: AccountId) -> AccountState {
        if self.accounts().find(id).is_some_and(|one| one.disabled) {
            return AccountState::Off;
        }
        lock(&self.states)
            .get(&id)
            .cloned()
            .unwrap_or(AccountState::Idle)
    }

    pub(super) fn set_state(&self, id: AccountId, state: AccountState) {
        lock(&self.states).insert(id, state);
        self.tell(Event::AccountState(id));
    }

    pub(super) fn actor(&self, id: AccountId) -> Option<Actor> {
        lock(&self.actors)
            .get(&id)
            .map(|running| running.actor.clone())
    }

    pub(super) fn add_actor(&self, id: AccountId, actor: Actor, tasks: Vec<JoinHandle<()>>) {
        let running = Running { actor, tasks };
        if let Some(before) = lock(&self.actors).insert(id, running) {
            before.actor.stop.cancel();
        }
    }

    /// Ends an account's tasks and waits until they have ended: what they
    /// wrote later would belong to nobody.
    pub(super) async fn remove_actor(&self, id: AccountId) {
        let running = lock(&self.actors).remove(&id);
        if let Some(running) = running {
            running.actor.stop.cancel();
            for task in running.tasks {
                // A task that panicked has ended too.
                drop(task.await);
            }
        }
        lock(&self.states).remove(&id);
    }
}
