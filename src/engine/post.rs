//! Handing over what waits in the outbox.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use tokio::sync::{Notify, mpsc};

use super::Event;
use super::handle::Attempt;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{
    Account, AccountId, FolderRole, OutboxId, OutboxItem, Protocol, Recipient, SendState,
};
use crate::protocol::smtp;
use crate::store::{self, OutboxRow};
use crate::sync::{Session, outbox};

/// How long a headless send waits for its copy to reach the Sent folder. The
/// copy is safe in the queue in any case.
const FILE_WITHIN: Duration = Duration::from_secs(20);

/// How often a headless send looks whether the server filed a copy by itself.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

/// After so many tries (an hour and three quarters) a person hears that a
/// message still waits.
const LONG: u32 = 6;

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
                // The disk may still be full; then it is done the next time.
                outbox::release_unsent(&self.store, account).await.ok();
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
        let mut exit = Exit::default();
        for row in rows {
            self.hand_over_one(&account, &mut exit, &row).await?;
        }
        exit.close().await;
        Ok(())
    }

    /// Connects to the outgoing server; anew from the start when the network
    /// changes meanwhile, since an attempt on the old one may hang for long.
    async fn reach_outgoing(
        self: &Arc<Self>,
        account: &Account,
        identity: Option<usize>,
    ) -> Result<smtp::Session> {
        let mut network = self.network_changes();
        loop {
            tokio::select! {
                session = Box::pin(self.connect_outgoing(account, identity)) => return session,
                Ok(()) = network.changed() => {}
            }
        }
    }

    /// Hands one message over now and says what became of it.
    pub(super) async fn hand_over(self: &Arc<Self>, id: OutboxId) -> Result<Attempt> {
        let row = self.store.read(move |r| r.outbox_item(id)).await?;
        let account = self.account(row.item.account)?;
        let mut exit = Exit::default();
        let mut attempt = self.hand_over_one(&account, &mut exit, &row).await?;
        exit.close().await;
        if !self.online {
            self.afterwards(&mut attempt).await?;
        }
        Ok(attempt)
    }

    async fn hand_over_one(
        self: &Arc<Self>,
        account: &Account,
        exit: &mut Exit,
        row: &OutboxRow,
    ) -> Result<Attempt> {
        let identity = account.settings.outgoing_of(&row.mail_from);
        if exit.is_elsewhere(identity) {
            exit.close().await;
            let reached = self.reach_outgoing(account, identity).await;
            *exit = Exit::Open(identity, reached.map(Box::new));
        }
        let place = account.settings.outgoing_server(identity).place();
        let settled = match exit {
            Exit::Open(_, Ok(session)) => {
                let begun = outbox::begin(&self.store, row.item.id).await?;
                let Some((row, raw)) = begun else {
                    return Ok(unchanged(row));
                };
                self.tell(Event::Outbox);
                let answer = self.transact(session, &row, &raw).await?;
                if answer.is_err() || !session.is_usable() {
                    *exit = Exit::Closed;
                }
                Some(self.settle(&row, raw, &place, answer).await?)
            }
            Exit::Open(_, Err(error)) => outbox::put_off(&self.store, row, error.clone()).await?,
            Exit::Closed => None,
        };
        let Some(settled) = settled else {
            return Ok(unchanged(row));
        };
        self.tell_settled(account, &settled);
        Ok(Attempt {
            item: settled.item,
            error: settled.error,
        })
    }

    /// One message on a connection that is signed in. The final dot goes only
    /// once it stands on disk that it goes.
    async fn transact(
        &self,
        session: &mut smtp::Session,
        row: &OutboxRow,
        raw: &[u8],
    ) -> Result<Result<smtp::Outcome>> {
        let to = outbox::recipients(&row.item);
        let mail = smtp::Outgoing {
            mail_from: &row.mail_from,
            recipients: &to,
            raw,
            report: row.report.then_some(row.item.message_id.0.as_str()),
        };
        let ready = match session.hand_over(mail).await {
            Ok(smtp::HandedOver::Ready(ready)) => ready,
            Ok(smtp::HandedOver::Refused(outcome)) => return Ok(Ok(outcome)),
            Err(error) => return Ok(Err(error.into())),
        };
        match outbox::note_handed(&self.store, row, ready.recipients()).await {
            Ok(()) => Ok(Ok(session.finish(ready).await)),
            // Nothing has left: the connection ends without the dot.
            Err(error) => Ok(Err(error.into())),
        }
    }

    /// Notes the answer; while mail is followed, for as long as that takes.
    async fn settle(
        &self,
        row: &OutboxRow,
        raw: Vec<u8>,
        place: &str,
        answer: Result<smtp::Outcome>,
    ) -> Result<outbox::Settled> {
        if !self.online {
            return Ok(outbox::settle(&self.store, row, raw, place, answer).await?);
        }
        let account = Some(row.item.account);
        let trouble = |error| self.tell(Event::Problem { account, error });
        Ok(outbox::settle_surely(&self.store, row, raw, place, answer, trouble).await?)
    }

    fn tell_settled(self: &Arc<Self>, account: &Account, settled: &outbox::Settled) {
        self.tell(Event::Outbox);
        for folder in &settled.folders {
            self.tell(Event::FolderContent(*folder));
        }
        if !settled.rows.is_empty() {
            self.tell(Event::Rows(settled.rows.clone()));
        }
        self.tell(Event::Folders(account.id));
        self.report(account, &settled.item);
        self.push(&[account.id].into());
    }

    /// After a headless attempt: what a followed account would do by itself.
    async fn afterwards(self: &Arc<Self>, attempt: &mut Attempt) -> Result<()> {
        let item = &attempt.item;
        let (id, account) = (item.id, item.account);
        let is_uncertain = item.state == SendState::Uncertain;
        if !is_uncertain && !item.recipients.iter().any(Recipient::is_accepted) {
            return Ok(());
        }
        self.file_now(account).await;
        if is_uncertain {
            match self.store.read(move |r| r.outbox_item(id)).await {
                Ok(row) => attempt.item = row.item,
                // It was found in Sent.
                Err(store::Error::NotFound) => {
                    outbox::found(&mut attempt.item);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// What a person should know of a message that did not simply leave.
    fn report(&self, account: &Account, item: &OutboxItem) {
        let some_have_it = item.recipients.iter().any(Recipient::is_accepted);
        let is_looked_for = account.settings.incoming.protocol == Protocol::Imap && !some_have_it;
        let error = match item.state {
            SendState::Sent => match outbox::not_to_all(item) {
                Some(error) => error,
                None => return,
            },
            // It is looked for in Sent before anybody is asked.
            SendState::Uncertain if is_looked_for => return,
            SendState::Failed | SendState::Uncertain => not_sent(item, "was not sent"),
            SendState::Waiting if item.attempts == LONG => not_sent(item, "still waits"),
            SendState::Waiting | SendState::Sending => return,
        };
        self.tell(Event::Problem {
            account: Some(account.id),
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
            session.look_for_uncertain().await.map_err(Error::from)?;
            while session.waits_for_servers_copy().await? {
                tokio::time::sleep(LOOK_AGAIN).await;
                session.replay().await.map_err(Error::from)?;
            }
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

/// A way out: one outgoing server of an account at a time.
#[derive(Default)]
enum Exit {
    /// Nothing was tried, or the connection was lost.
    #[default]
    Closed,
    /// To the server of this identity, or why there is none.
    Open(Option<usize>, Result<Box<smtp::Session>>),
}

impl Exit {
    /// Whether a message of that identity needs another connection.
    fn is_elsewhere(&self, identity: Option<usize>) -> bool {
        !matches!(self, Self::Open(open, _) if *open == identity)
    }

    async fn close(&mut self) {
        if let Self::Open(_, Ok(session)) = std::mem::take(self) {
            session.quit().await;
        }
    }
}

/// Taken back or sent by somebody else in the meantime.
fn unchanged(row: &OutboxRow) -> Attempt {
    Attempt {
        item: row.item.clone(),
        error: None,
    }
}

fn not_sent(item: &OutboxItem, what: &str) -> Error {
    let why = item.last_error.as_deref().unwrap_or_default();
    Error::new(
        ErrorKind::Server,
        format!("“{}” {what}: {why}", item.subject),
    )
}

async fn sleep_or_never(pause: Option<Duration>) {
    match pause {
        Some(pause) => tokio::time::sleep(pause).await,
        None => std::future::pending().await,
    }
}
