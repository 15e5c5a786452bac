//! Handing over what waits in the outbox.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::{Notify, mpsc};

use super::Event;
use super::handle::Attempt;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, FolderRole, OutboxId, OutboxItem, SendState};
use crate::protocol::smtp;
use crate::store::OutboxRow;
use crate::sync::{Session, outbox};

/// How long a headless send waits for its copy to reach the Sent folder. The
/// copy is safe in the queue in any case.
const FILE_WITHIN: Duration = Duration::from_secs(20);

/// How long to leave the outbox alone when the store would not note that a
/// message leaves (a full disk): nothing was sent, and it is due still.
const AFTER_TROUBLE: Duration = Duration::from_secs(60);

impl Shared {
    /// Sends what is due, and sleeps until something is.
    pub(super) async fn post_when_due(self: Arc<Self>, account: AccountId, nudged: &Notify) {
        let mut network = self.network_changes();
        loop {
            let mut least = Duration::from_millis(200);
            if let Err(error) = self.post_due(account).await {
                self.tell(Event::Problem {
                    account: Some(account),
                    error,
                });
                least = AFTER_TROUBLE;
            }
            let next = outbox::next_due(&self.store, account).await.ok().flatten();
            let pause = next.map(|time| (time - Utc::now()).to_std().unwrap_or_default());
            // A message that cannot go stays due; never spin on it.
            let pause = pause.map(|pause| pause.max(least));
            tokio::select! {
                () = nudged.notified() => {}
                () = sleep_or_never(pause) => {}
                Ok(()) = network.changed() => self.is_online_again(account).await,
            }
        }
    }

    /// The server may be reached again: what waits only for that is due now.
    pub(super) async fn is_online_again(&self, account: AccountId) {
        match outbox::try_unreached_now(&self.store, account).await {
            Ok(false) => {}
            Ok(true) => {
                self.tell(Event::Outbox);
                if let Some(actor) = self.actor(account) {
                    actor.post.notify_one();
                }
            }
            // It stays due at its later time.
            Err(error) => tracing::warn!(%error, "the outbox could not be woken"),
        }
    }

    async fn post_due(self: &Arc<Self>, account: AccountId) -> Result<()> {
        let rows = outbox::due(&self.store, account).await?;
        if rows.is_empty() {
            return Ok(());
        }
        let account = self.account(account)?;
        let mut session = self.reach_outgoing(&account).await;
        for row in rows {
            self.hand_over_one(&account, &mut session, &row).await?;
        }
        if let Ok(session) = session {
            session.quit().await;
        }
        Ok(())
    }

    /// Connects to the outgoing server; anew from the start when the network
    /// changes meanwhile, since an attempt on the old one may hang for long.
    async fn reach_outgoing(self: &Arc<Self>, account: &Account) -> Result<smtp::Session> {
        let mut network = self.network_changes();
        loop {
            tokio::select! {
                session = Box::pin(self.connect_outgoing(account)) => return session,
                Ok(()) = network.changed() => {}
            }
        }
    }

    /// Hands one message over now and says what became of it.
    pub(super) async fn hand_over(self: &Arc<Self>, id: OutboxId) -> Result<Attempt> {
        let row = self.store.read(move |r| r.outbox_item(id)).await?;
        let account = self.account(row.item.account)?;
        let mut session = self.connect_outgoing(&account).await;
        let attempt = self.hand_over_one(&account, &mut session, &row).await?;
        if let Ok(session) = session {
            session.quit().await;
        }
        Ok(attempt)
    }

    async fn hand_over_one(
        self: &Arc<Self>,
        account: &Account,
        session: &mut Result<smtp::Session>,
        row: &OutboxRow,
    ) -> Result<Attempt> {
        let Some(raw) = outbox::begin(&self.store, row).await? else {
            // Taken back or sent by somebody else in the meantime.
            return Ok(Attempt {
                item: row.item.clone(),
                error: None,
            });
        };
        self.tell(Event::Outbox);
        let answer = match session {
            Ok(session) => {
                let to: Vec<String> = row
                    .item
                    .recipients
                    .iter()
                    .map(|to| to.address.clone())
                    .collect();
                let mail = smtp::Outgoing {
                    mail_from: &row.mail_from,
                    recipients: &to,
                    raw: &raw,
                };
                session.send(mail).await.map_err(Error::from)
            }
            Err(error) => Err(error.clone()),
        };
        let place = account.settings.outgoing.place();
        let settled = outbox::settle(&self.store, row, raw, &place, answer).await?;
        self.tell(Event::Outbox);
        for folder in settled.folders {
            self.tell(Event::FolderContent(folder));
        }
        if !settled.rows.is_empty() {
            self.tell(Event::Rows(settled.rows));
        }
        self.tell(Event::Folders(account.id));
        self.report(account.id, &settled.item);
        self.push(&[account.id].into());
        Ok(Attempt {
            item: settled.item,
            error: settled.error,
        })
    }

    /// What a person should know of a message that did not simply leave.
    fn report(&self, account: AccountId, item: &OutboxItem) {
        let error = match item.state {
            SendState::Sent => {
                let refused: Vec<_> = item
                    .recipients
                    .iter()
                    .filter(|to| !to.is_accepted())
                    .collect();
                let Some(first) = refused.first() else { return };
                let names: Vec<_> = refused.iter().map(|to| to.address.as_str()).collect();
                Error::new(
                    ErrorKind::Server,
                    format!(
                        "“{}” was sent, but not to {}.",
                        item.subject,
                        names.join(", ")
                    ),
                )
                .server_said(&first.text)
                .hint("Check these addresses.")
            }
            SendState::Failed | SendState::Uncertain => Error::new(
                ErrorKind::Server,
                item.last_error
                    .clone()
                    .unwrap_or_else(|| "A message was not sent.".to_owned()),
            ),
            SendState::Waiting | SendState::Sending => return,
        };
        self.tell(Event::Problem {
            account: Some(account),
            error,
        });
    }

    /// After a headless send: tries to put the copy into Sent on the server
    /// at once. What fails here stays queued.
    pub(super) async fn file_now(self: &Arc<Self>, account: AccountId) {
        let filing = async {
            let account = self.account(account)?;
            if account.settings.is_local() {
                return Ok(());
            }
            let session = self.session(&account, mpsc::unbounded_channel().1).await;
            let mut session: Session = session.map_err(|(_, error)| error)?;
            session.replay().await.map_err(Error::from)?;
            drop(session.end().await);
            Ok::<(), Error>(())
        };
        match tokio::time::timeout(FILE_WITHIN, filing).await {
            Ok(Ok(())) => {}
            // Not worth a warning: the next sync files it.
            Ok(Err(error)) => {
                tracing::info!(%error, role = FolderRole::Sent.name(), "not filed yet");
            }
            Err(_) => tracing::info!(role = FolderRole::Sent.name(), "not filed yet: too slow"),
        }
    }
}

async fn sleep_or_never(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}
