//! An account's two tasks: one follows the incoming server, one sends what
//! waits in the outbox.

use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tokio::sync::{Notify, mpsc};

use super::shared::{Actor, Shared};
use super::{AccountState, Event};
use crate::error::{Error, ErrorKind};
use crate::model::{Account, AccountId};
use crate::sync::{Request, Session, Tell, Told, Urgent};

/// How long to wait after the first, second, … failure to connect.
const PAUSES: [u64; 6] = [5, 15, 30, 60, 120, 300];

impl Shared {
    /// Starts following an account.
    pub(super) fn follow(self: &Arc<Self>, account: Account) {
        if !self.online {
            return;
        }
        let (urgent, requests) = mpsc::unbounded_channel();
        let actor = Actor {
            urgent,
            wake: Arc::new(Notify::new()),
            post: Arc::new(Notify::new()),
            stop: self.stop.child_token(),
        };
        let follower = Follower {
            shared: self.clone(),
            account,
            actor: actor.clone(),
        };
        let poster = self.clone();
        let (id, stop) = (follower.account.id, actor.stop.clone());
        let following = self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = follower.run(requests) => {}
            }
        });
        let (stop, nudged) = (actor.stop.clone(), actor.post.clone());
        let posting = self.runtime.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = poster.post_when_due(id, &nudged) => {}
            }
        });
        self.add_actor(id, actor, [following, posting]);
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
        Ok(Session::new(
            self.store.clone(),
            conn,
            account.id,
            self.teller(account.id),
            requests,
        ))
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
                Told::Rows(ids) => shared.tell(Event::Rows(ids)),
                Told::NewMail(ids) => shared.tell(Event::NewMail { account, ids }),
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
}

impl Follower {
    async fn run(self, mut requests: mpsc::UnboundedReceiver<Urgent>) {
        let mut failures = 0;
        loop {
            self.state(AccountState::Connecting);
            let error = match self.shared.session(&self.account, requests).await {
                Ok(session) => {
                    let worked;
                    (requests, worked) = self.stay(session).await;
                    match worked {
                        // It worked for a while: start counting anew.
                        Worked::AWhile(error) => {
                            failures = 0;
                            error
                        }
                        Worked::Never(error) => error,
                    }
                }
                Err((given_back, error)) => {
                    requests = given_back;
                    error
                }
            };
            refuse_waiting(&mut requests, &error);
            let pause = PAUSES
                .get(failures)
                .or(PAUSES.last())
                .copied()
                .unwrap_or(300);
            failures += 1;
            self.wait(error, Duration::from_secs(pause), &mut requests)
                .await;
        }
    }

    /// Passes, and waits between them, until the connection is lost.
    async fn stay(&self, mut session: Session) -> (mpsc::UnboundedReceiver<Urgent>, Worked) {
        let mut worked = false;
        loop {
            let result = self.pass_and_wait(&mut session).await;
            match result {
                Ok(()) => worked = true,
                Err(error) => {
                    let error = Error::from(error);
                    let how = if worked {
                        Worked::AWhile(error)
                    } else {
                        Worked::Never(error)
                    };
                    return (session.abandon(), how);
                }
            }
        }
    }

    async fn pass_and_wait(
        &self,
        session: &mut Session,
    ) -> std::result::Result<(), crate::sync::Error> {
        let reports = session.pass(&Request::default()).await?;
        for (folder, report) in reports {
            for notice in report.notices {
                tracing::warn!(account = %self.account.id, folder, notice, "a folder was left out");
            }
        }
        self.state(AccountState::UpToDate(Utc::now()));
        let interval =
            Duration::from_secs(self.shared.settings().fetching.interval_seconds.max(15));
        let next = tokio::time::Instant::now() + interval;
        loop {
            let interrupt = async {
                tokio::select! {
                    () = self.actor.wake.notified() => {}
                    () = tokio::time::sleep_until(next) => {}
                }
            };
            if !session.rest(interrupt).await? {
                return Ok(());
            }
        }
    }

    async fn wait(
        &self,
        error: Error,
        pause: Duration,
        requests: &mut mpsc::UnboundedReceiver<Urgent>,
    ) {
        let lasting = matches!(error.kind(), ErrorKind::Auth | ErrorKind::Secrets);
        if lasting {
            self.state(AccountState::NeedsPassword(error.clone()));
        } else {
            let retry = Utc::now() + TimeDelta::from_std(pause).unwrap_or_default();
            self.state(AccountState::Offline {
                error: error.clone(),
                retry,
            });
        }
        let sleep = async {
            if lasting {
                // Trying again with a refused password locks accounts.
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(pause).await;
        };
        tokio::pin!(sleep);
        loop {
            tokio::select! {
                () = &mut sleep => return,
                () = self.actor.wake.notified() => return,
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
                        return;
                    }
                    None => return,
                },
            }
        }
    }

    fn state(&self, state: AccountState) {
        self.shared.set_state(self.account.id, state);
    }
}

enum Worked {
    AWhile(Error),
    Never(Error),
}

fn refuse_waiting(requests: &mut mpsc::UnboundedReceiver<Urgent>, error: &Error) {
    while let Ok(request) = requests.try_recv() {
        if let Urgent::Body(_, asked) = request {
            drop(asked.send(Err(error.clone())));
        }
    }
}
