//! An account's tasks: one follows the incoming server, one sends what waits
//! in the outbox, and some listen to further folders.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::sync::{Notify, mpsc, watch};
use tokio::time::{Instant, sleep};

use super::alive::{Ended, while_alive_or_asked};
use super::backoff::Backoff;
use super::listening::{Listener, is_about_connections};
use super::pushed::Pushed;
use super::servers::diagnosed_later;
use super::shared::{Actor, Shared};
use super::{AccountState, Event};
use crate::error::{Error, ErrorKind};
use crate::model::{Account, AccountId, Fault};
use crate::protocol::imap::ImapConn;
use crate::sync::{self, Lacks, Request, Session, Tell, Told, Urgent};

mod pop3;

/// Connections to an account's server are never more than this.
const MOST_CONNECTIONS: usize = 10;

/// How long a server is left alone that counted too many tries.
const LOCKED_OUT: Duration = Duration::from_secs(15 * 60);

/// The shortest time between two passes over a whole account, in seconds.
const LEAST_INTERVAL: u64 = 15;

/// After a change of the network all accounts try within so many seconds, not
/// all in the same moment.
const SPREAD: f64 = 0.5;

impl Shared {
    /// Starts following an account.
    pub(super) fn follow(self: &Arc<Self>, account: Account) {
        if !self.online || account.disabled {
            return;
        }
        let (urgent, requests) = mpsc::unbounded_channel();
        let own = account.settings.connections.map(usize::from);
        let connections = own.unwrap_or(self.settings().fetching.connections);
        // A POP3 mailbox is open to one session at a time.
        let further = if account.settings.is_local() {
            0
        } else {
            connections.clamp(1, MOST_CONNECTIONS) - 1
        };
        let actor = Actor {
            urgent,
            wake: Arc::new(Notify::new()),
            post: Arc::new(Notify::new()),
            pushed: Arc::new(Pushed::new(further)),
            stop: self.stop.child_token(),
        };
        let id = account.id;
        let mut tasks = Vec::with_capacity(further + 2);
        for slot in 0..further {
            let listener = Listener {
                shared: self.clone(),
                account: account.clone(),
                pushed: actor.pushed.clone(),
                slot,
            };
            tasks.push(self.spawn_until(&actor, listener.run()));
        }
        let follower = Follower {
            shared: self.clone(),
            account,
            actor: actor.clone(),
            asked: AtomicBool::new(false),
            proof: Notify::new(),
        };
        if follower.account.settings.is_local() {
            tasks.push(self.spawn_until(&actor, follower.run_pop3(requests)));
        } else {
            tasks.push(self.spawn_until(&actor, follower.run(requests)));
        }
        let (poster, nudged) = (self.clone(), actor.post.clone());
        let posting = async move { poster.post_when_due(id, &nudged).await };
        tasks.push(self.spawn_until(&actor, posting));
        self.add_actor(id, actor, tasks);
    }

    /// Runs a task of an account until that is no longer followed.
    fn spawn_until(
        &self,
        actor: &Actor,
        task: impl Future<Output = ()> + Send + 'static,
    ) -> tokio::task::JoinHandle<()> {
        let stop = actor.stop.clone();
        self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = task => {}
            }
        })
    }

    /// Looks for news now: in one account or in all.
    pub(super) fn wake(&self, account: Option<AccountId>) {
        let ids: Vec<AccountId> = match account {
            Some(id) => vec![id],
            None => self
                .accounts()
                .all()
                .iter()
                .map(|account| account.id)
                .collect(),
        };
        for actor in ids.into_iter().filter_map(|id| self.actor(id)) {
            actor.wake.notify_one();
            actor.post.notify_one();
        }
    }

    /// Connects and signs in to the incoming server.
    pub(super) async fn session(
        self: &Arc<Self>,
        account: &Account,
        requests: mpsc::UnboundedReceiver<Urgent>,
    ) -> std::result::Result<Session, (mpsc::UnboundedReceiver<Urgent>, Error)> {
        let conn = match self.connect_incoming(account).await {
            Ok(conn) => conn,
            Err(error) => return Err((requests, error)),
        };
        Ok(self.session_on(conn, account, requests))
    }

    /// A session on a connection that is signed in.
    fn session_on(
        self: &Arc<Self>,
        conn: ImapConn,
        account: &Account,
        requests: mpsc::UnboundedReceiver<Urgent>,
    ) -> Session {
        let tell = self.teller(account.id);
        let mut session = Session::new(self.store.clone(), conn, account.id, tell, requests);
        session.set_policy(account.settings.prefetch);
        session
    }

    /// Turns what a pass tells into events and states.
    pub(super) fn teller(self: &Arc<Self>, account: AccountId) -> Tell {
        let shared = Arc::downgrade(self);
        Arc::new(move |told| {
            let Some(shared) = shared.upgrade() else {
                return;
            };
            match told {
                Told::Folders => shared.tell(Event::Folders(account)),
                Told::Content(folder) => shared.tell(Event::FolderContent(folder)),
                Told::Outbox => {
                    shared.tell(Event::Outbox);
                    // Something of it may be due now.
                    shared.post_now(account);
                }
                Told::Rows(ids) => shared.tell(Event::Rows(ids)),
                Told::NewMail(ids) => shared.tell(Event::NewMail { account, ids }),
                Told::Coming {
                    placement,
                    done,
                    total,
                } => shared.tell(Event::Coming {
                    id: placement,
                    done,
                    total,
                }),
                Told::Refused(error) => {
                    shared.tell(Event::Problem {
                        account: Some(account),
                        error,
                    });
                }
                Told::Progress {
                    folder,
                    done,
                    total,
                } => {
                    shared.set_state(
                        account,
                        AccountState::Syncing {
                            folder,
                            done,
                            total,
                        },
                    );
                }
            }
        })
    }
}

/// The task that follows one incoming server.
struct Follower {
    shared: Arc<Shared>,
    account: Account,
    actor: Actor,
    /// Whether the next pass is one that a person asked for.
    asked: AtomicBool,
    /// A person waits for news, so the server must be heard soon.
    proof: Notify,
}

/// Why waiting after a failure came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awoken {
    /// The pause is over, or somebody wants something.
    InTime,
    /// The network changed: what failed before says nothing any more.
    ByNetwork,
}

impl Follower {
    async fn run(self, mut requests: mpsc::UnboundedReceiver<Urgent>) {
        let mut network = self.shared.network_changes();
        let mut backoff = Backoff::default();
        let mut lacks = Lacks::default();
        loop {
            self.state(AccountState::Connecting);
            let began = Instant::now();
            let (ended, worked) = match self.connect(&mut network).await {
                Ok(conn) => {
                    let mut session = self.shared.session_on(conn, &self.account, requests);
                    session.set_lacks(lacks);
                    let ended = self.stay(&mut session, &mut network).await;
                    lacks = session.lacks();
                    requests = session.abandon();
                    ended
                }
                Err(error) => (Ended::Failed(error), false),
            };
            self.actor.pushed.set_useful(false);
            if worked {
                backoff.stood(began.elapsed());
            }
            let error = match ended {
                Ended::Failed(error) => error,
                Ended::Dead => continue,
            };
            if is_about_connections(&error) {
                self.actor.pushed.only_the_first();
            }
            refuse_waiting(&mut requests, &error);
            let mut pause = backoff.failed(rand::random());
            if is_locked_out(&error) {
                pause = pause.max(LOCKED_OUT);
            }
            let awoken = self.wait(error, pause, &mut requests, &mut network).await;
            if awoken == Awoken::ByNetwork {
                backoff.forget();
                sleep(Duration::from_secs_f64(SPREAD * rand::random::<f64>())).await;
            }
        }
    }

    /// Connects; anew from the start when the network changes meanwhile, since
    /// an attempt on the old one may hang for long.
    async fn connect(
        &self,
        network: &mut watch::Receiver<u64>,
    ) -> std::result::Result<ImapConn, Error> {
        loop {
            network.borrow_and_update();
            tokio::select! {
                conn = Box::pin(self.shared.connect_incoming(&self.account)) => return conn,
                Ok(()) = network.changed() => {}
            }
        }
    }

    /// Passes, and waits between them, until the connection is lost. Says also
    /// whether a pass came to its end.
    async fn stay(
        &self,
        session: &mut Session,
        network: &mut watch::Receiver<u64>,
    ) -> (Ended, bool) {
        let pulse = session.pulse();
        let mut worked = false;
        loop {
            let work = Box::pin(self.pass_and_wait(session, &mut worked));
            let alive = while_alive_or_asked(network, &self.proof, &pulse, work);
            if let Err(ended) = alive.await {
                return (ended, worked);
            }
        }
    }

    /// One pass over the whole account, and looks into single folders until it
    /// is time for the next one.
    async fn pass_and_wait(
        &self,
        session: &mut Session,
        worked: &mut bool,
    ) -> std::result::Result<(), sync::Error> {
        let mut network = self.shared.network_changes();
        if *worked {
            session.hear_again().await?;
        } else {
            session.hear_of_all().await?;
        }
        // The pass looks into all of them.
        self.actor.pushed.take();
        let request = Request {
            asked: self.asked.swap(false, Ordering::Relaxed),
            ..Request::default()
        };
        let reports = session.pass(&request).await?;
        for (folder, report) in reports {
            for notice in report.notices {
                tracing::warn!(account = %self.account.id, folder, notice, "a folder was left out");
            }
        }
        let passed = AccountState::UpToDate(Utc::now());
        self.state(passed.clone());
        if !*worked {
            *worked = true;
            self.shared.is_online_again(self.account.id).await;
        }
        self.share_out(session).await;
        let interval = self.shared.settings().fetching.interval_seconds;
        let next = Instant::now() + Duration::from_secs(interval.max(LEAST_INTERVAL));
        let asked = Notify::new();
        // Beside all of it: also where the server does not even answer IDLE.
        let asking = async {
            loop {
                self.actor.wake.notified().await;
                self.asked.store(true, Ordering::Relaxed);
                self.proof.notify_one();
                asked.notify_one();
            }
        };
        tokio::select! {
            rested = self.rest_until(next, session, &asked, &mut network, &passed) => rested,
            () = asking => Ok(()),
        }
    }

    /// Looks into single folders that have news, until it is time for a pass
    /// over all of them.
    async fn rest_until(
        &self,
        next: Instant,
        session: &mut Session,
        asked: &Notify,
        network: &mut watch::Receiver<u64>,
        passed: &AccountState,
    ) -> std::result::Result<(), sync::Error> {
        loop {
            let mut whole = false;
            let interrupt = async {
                tokio::select! {
                    () = asked.notified() => whole = true,
                    Ok(()) = network.changed() => whole = true,
                    () = tokio::time::sleep_until(next) => whole = true,
                    () = self.actor.pushed.told() => {}
                }
            };
            let mut news = session.rest(interrupt).await?;
            if whole || news.whole {
                return Ok(());
            }
            news.folders.extend(self.actor.pushed.take());
            if news.folders.is_empty() {
                continue;
            }
            for folder in news.folders {
                session.look(folder).await?;
            }
            self.state(passed.clone());
        }
    }

    /// Lets further connections listen where the first one does not hear of
    /// all folders.
    async fn share_out(&self, session: &Session) {
        let useful = session.is_told() && !session.hears_of_all();
        self.actor.pushed.set_useful(useful);
        if let Err(error) = self.shared.listen_anew(self.account.id).await {
            tracing::warn!(%error, "the watched folders are polled");
        }
    }

    /// Tells of a failure and waits until it is time to try again.
    async fn wait(
        &self,
        error: Error,
        pause: Duration,
        requests: &mut mpsc::UnboundedReceiver<Urgent>,
        network: &mut watch::Receiver<u64>,
    ) -> Awoken {
        let lasting = is_about_the_password(&error);
        let error = diagnosed_later(error, &self.account.settings);
        self.tell_of(error.clone(), pause).await;
        let over = async {
            if lasting {
                // Trying again with a refused password locks accounts.
                std::future::pending::<()>().await;
            }
            sleep(pause).await;
        };
        tokio::pin!(over);
        loop {
            tokio::select! {
                () = &mut over => return Awoken::InTime,
                () = self.actor.wake.notified() => {
                    self.asked.store(true, Ordering::Relaxed);
                    return Awoken::InTime;
                }
                Ok(()) = network.changed(), if !lasting => return Awoken::ByNetwork,
                request = requests.recv() => match request {
                    // Queued on disk: told with the next connection.
                    Some(Urgent::Push) => {}
                    Some(Urgent::Body(_, asked)) if lasting => {
                        drop(asked.send(Err(error.clone())));
                    }
                    // Somebody wants to read: the line may be there again. The
                    // next connection serves it, or says why it cannot.
                    Some(body) => {
                        drop(self.actor.urgent.send(body));
                        return Awoken::InTime;
                    }
                    None => return Awoken::InTime,
                },
            }
        }
    }

    /// Says how the account is doing after a failure, with `pause` to come.
    async fn tell_of(&self, error: Error, pause: Duration) {
        let state = match error.kind() {
            _ if is_about_the_password(&error) => AccountState::NeedsPassword(error),
            kind if is_of_this_machine(kind) => AccountState::Broken(error),
            _ => {
                let id = self.account.id;
                let checked = self.shared.store.read(move |r| r.account_checked(id));
                AccountState::Offline {
                    error,
                    retry: Utc::now() + TimeDelta::from_std(pause).unwrap_or_default(),
                    checked: checked.await.ok().flatten(),
                }
            }
        };
        self.state(state);
    }

    fn state(&self, state: AccountState) {
        self.shared.set_state(self.account.id, state);
    }
}

/// Whether the server counted too many tries: each further one makes it worse.
fn is_locked_out(error: &Error) -> bool {
    let fault = error.diagnosis().map(|diagnosis| diagnosis.fault);
    fault == Some(Fault::TooManyTries)
}

/// Whether only the person can help, with a password.
fn is_about_the_password(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Auth | ErrorKind::Secrets)
}

/// Whether no server can help with it.
fn is_of_this_machine(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::DiskFull | ErrorKind::Storage | ErrorKind::Config | ErrorKind::Bug
    )
}

fn refuse_waiting(requests: &mut mpsc::UnboundedReceiver<Urgent>, error: &Error) {
    while let Ok(request) = requests.try_recv() {
        if let Urgent::Body(_, asked) = request {
            drop(asked.send(Err(error.clone())));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_no_matter_of_the_line() {
        for (kind, expected) in [
            (ErrorKind::DiskFull, true),
            (ErrorKind::Storage, true),
            (ErrorKind::Offline, false),
            (ErrorKind::Temporary, false),
            (ErrorKind::Protocol, false),
        ] {
            assert_eq!(is_of_this_machine(kind), expected, "{kind:?}");
        }
    }
}
