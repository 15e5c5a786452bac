//! The further connections of an account: each listens to one folder, and
//! tells the first one to look into it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::alive::{Ended, while_alive};
use super::backoff::Backoff;
use super::pushed::Pushed;
use super::shared::Shared;
use crate::error::{Error, ErrorKind};
use crate::model::{Account, FolderId};
use crate::protocol::imap::{self, IdleEnd, ImapConn};
use crate::store;
use crate::sync::{self, differs, status_of};

/// How long one IDLE lasts, and how long at least from one to the next with a
/// server that ends them by itself.
const IDLE: Duration = Duration::from_secs(25 * 60);
const IDLE_AT_LEAST: Duration = Duration::from_secs(10);

/// How long a connection without a folder is kept: signing in is dear.
const KEEP: Duration = Duration::from_secs(60);

/// What the connections of one slot listen to.
type Slots = watch::Receiver<Vec<Option<FolderId>>>;

/// One further connection, while there is a folder for it.
pub(super) struct Listener {
    pub(super) shared: Arc<Shared>,
    pub(super) account: Account,
    pub(super) pushed: Arc<Pushed>,
    /// Its place among the others.
    pub(super) slot: usize,
}

impl Listener {
    /// Listens as long as the account is followed. Nothing that goes wrong here
    /// is told to the person: the folder is polled like all others.
    pub(super) async fn run(self) {
        let mut slots = self.pushed.slots();
        let mut network = self.shared.network_changes();
        let mut backoff = Backoff::default();
        let mut kept = None;
        loop {
            let Some(folder) = self.assigned(&mut slots) else {
                self.wait_for_folder(&mut kept, &mut slots, &mut network)
                    .await;
                continue;
            };
            let began = Instant::now();
            let ended = self
                .follow(&mut kept, folder, &mut slots, &mut network)
                .await;
            if ended.is_err() {
                kept = None;
            }
            let Err(Ended::Failed(error)) = ended else {
                continue;
            };
            tracing::info!(%error, account = %self.account.id, "a folder is not listened to");
            if is_one_too_many(&error) {
                self.give_up_one().await;
                continue;
            }
            backoff.stood(began.elapsed());
            tokio::select! {
                () = sleep(backoff.failed(rand::random())) => {}
                Ok(()) = slots.changed() => {}
                Ok(()) = network.changed() => backoff.forget(),
            }
        }
    }

    async fn give_up_one(&self) {
        self.pushed.one_less();
        if let Err(error) = self.shared.listen_anew(self.account.id).await {
            tracing::warn!(%error, "the connections could not be shared out anew");
        }
    }

    fn assigned(&self, slots: &mut Slots) -> Option<FolderId> {
        let slots = slots.borrow_and_update();
        slots.get(self.slot).copied().flatten()
    }

    async fn wait_for_folder(
        &self,
        kept: &mut Option<ImapConn>,
        slots: &mut Slots,
        network: &mut watch::Receiver<u64>,
    ) {
        let Some(conn) = kept.take() else {
            // Its sender lives as long as this listener.
            let _ = slots.changed().await;
            return;
        };
        tokio::select! {
            changed = timeout(KEEP, slots.changed()) => match changed {
                Ok(_) => *kept = Some(conn),
                Err(_) => conn.logout().await,
            },
            // Who knows whether it still stands: dropped.
            Ok(()) = network.changed() => {}
        }
    }

    /// Connects if need be, and listens until there is another folder to listen
    /// to.
    async fn follow(
        &self,
        kept: &mut Option<ImapConn>,
        folder: FolderId,
        slots: &mut Slots,
        network: &mut watch::Receiver<u64>,
    ) -> Result<(), Ended> {
        network.borrow_and_update();
        let conn = match kept {
            Some(conn) => conn,
            None => {
                let connecting = Box::pin(self.shared.connect_incoming(&self.account));
                let conn = tokio::select! {
                    conn = connecting => conn?,
                    Ok(()) = network.changed() => return Err(Ended::Dead),
                };
                kept.insert(conn)
            }
        };
        let pulse = conn.pulse();
        let listening = Box::pin(self.listen(conn, folder, slots));
        while_alive(network, &pulse, listening).await
    }

    async fn listen(
        &self,
        conn: &mut ImapConn,
        folder: FolderId,
        slots: &mut Slots,
    ) -> Result<(), sync::Error> {
        let row = match self.shared.store.read(move |r| r.folder(folder)).await {
            Ok(row) => row,
            Err(store::Error::NotFound) => return self.other_than(folder, slots).await,
            Err(error) => return Err(error.into()),
        };
        let selected = match conn.select(&row.remote_name).await {
            Ok(selected) => selected,
            // This folder cannot be opened; another one may.
            Err(error) if error.is_refusal() => return self.other_than(folder, slots).await,
            Err(error) => return Err(error.into()),
        };
        if differs(&row, &status_of(&selected)) {
            self.pushed.tell(folder);
        }
        let mut network = self.shared.network_changes();
        loop {
            let began = Instant::now();
            let mut other = false;
            let stop = async {
                tokio::select! {
                    _ = self.other_than(folder, slots) => other = true,
                    // Asks the server for a sign of life.
                    Ok(()) = network.changed() => {}
                }
            };
            match conn.idle(IDLE, stop).await? {
                IdleEnd::Changed | IdleEnd::Told => self.pushed.tell(folder),
                IdleEnd::Ended => {
                    sleep(IDLE_AT_LEAST.saturating_sub(began.elapsed())).await;
                }
                IdleEnd::TimedOut | IdleEnd::Stopped => {}
            }
            if other {
                return Ok(());
            }
        }
    }

    /// Waits until there is another folder to listen to, or none.
    async fn other_than(&self, folder: FolderId, slots: &mut Slots) -> Result<(), sync::Error> {
        let other =
            |slots: &Vec<Option<FolderId>>| slots.get(self.slot).copied().flatten() != Some(folder);
        // Its sender lives as long as this listener.
        let _ = slots.wait_for(other).await;
        Ok(())
    }
}

/// Whether a server bears no further connection. The first one is signed in
/// with the same password, so a refusal of it here means the same.
pub(super) fn is_one_too_many(error: &Error) -> bool {
    let code = imap_error(error).and_then(imap::Error::code);
    error.kind() == ErrorKind::Auth || code == Some("UNAVAILABLE") || is_about_connections(error)
}

/// Whether a server says that there are too many connections.
pub(super) fn is_about_connections(error: &Error) -> bool {
    imap_error(error).is_some_and(imap::Error::is_about_connections)
}

fn imap_error(error: &Error) -> Option<&imap::Error> {
    std::error::Error::source(error)?.downcast_ref()
}
