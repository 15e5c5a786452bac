//! Following a POP3 account: a look now and then, for such servers tell nothing.

use std::time::Duration;

use chrono::Utc;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

use super::{Awoken, Follower, LEAST_INTERVAL, SPREAD};
use crate::engine::AccountState;
use crate::engine::backoff::Backoff;
use crate::error::Error;
use crate::sync::Urgent;

/// No server is left alone longer because it says so.
const LONGEST_DELAY: Duration = Duration::from_secs(60 * 60);

impl Follower {
    /// Looks into the mailbox, and waits until it is time for the next look.
    pub(super) async fn run_pop3(self, mut requests: mpsc::UnboundedReceiver<Urgent>) {
        let mut network = self.shared.network_changes();
        let mut backoff = Backoff::default();
        // How much time the server wants between two sign-ins.
        let mut delay = Duration::ZERO;
        loop {
            network.borrow_and_update();
            self.state(AccountState::Connecting);
            let began = Instant::now();
            match self.look_pop3(&mut delay).await {
                Ok(()) => {
                    backoff.forget();
                    self.state(AccountState::UpToDate(Utc::now()));
                    self.shared.is_online_again(self.account.id).await;
                    tokio::select! {
                        () = self.rest_pop3(&mut requests, delay) => {}
                        Ok(()) = network.changed() => {}
                    }
                }
                Err(error) => {
                    let pause = backoff.failed(rand::random()).max(delay);
                    let awoken = self.wait(error, pause, &mut requests, &mut network).await;
                    if awoken == Awoken::ByNetwork {
                        backoff.forget();
                        sleep(Duration::from_secs_f64(SPREAD * rand::random::<f64>())).await;
                    }
                }
            }
            sleep_until(began + delay).await;
        }
    }

    /// One look. Notes how much time the server wants until the next one.
    async fn look_pop3(&self, delay: &mut Duration) -> Result<(), Error> {
        let conn = self.shared.connect_pop3(&self.account).await?;
        let wanted = conn.capabilities().login_delay().unwrap_or_default();
        *delay = wanted.min(LONGEST_DELAY);
        let mailbox = self.shared.mailbox(&self.account, false);
        let (folder, report) = mailbox.look(conn).await?;
        for notice in report.notices {
            tracing::warn!(account = %self.account.id, folder, notice, "a look was not complete");
        }
        Ok(())
    }

    /// Waits until it is time for the next look. What somebody wants to read is
    /// fetched meanwhile.
    async fn rest_pop3(&self, requests: &mut mpsc::UnboundedReceiver<Urgent>, delay: Duration) {
        let interval = self.shared.settings().fetching.interval_seconds;
        let interval = Duration::from_secs(interval.max(LEAST_INTERVAL)).max(delay);
        let next = Instant::now() + interval;
        loop {
            let request = tokio::select! {
                () = self.actor.wake.notified() => return,
                () = sleep_until(next) => return,
                request = requests.recv() => request,
            };
            match request {
                Some(Urgent::Body(wish, asked)) => {
                    // Nobody waiting any more is fine: the body is here.
                    drop(asked.send(self.shared.fetch_pop3(wish.placement).await));
                }
                // Nothing that is done here waits for the server; what goes
                // there goes with the next look.
                Some(Urgent::Push) => {}
                None => return,
            }
        }
    }
}
