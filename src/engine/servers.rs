//! Reaching an account's servers, and proving them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::Stream;
use tokio::sync::mpsc;

use super::check::{CheckProgress, CheckStep};
use super::handle::Passwords;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::model::{
    Account, AccountSettings, AuthMethod, CheckStepKind, Password, Protocol, Security,
    ServerSettings,
};
use crate::net::{Connector, NetStream, Quiet, StepObserver};
use crate::oauth;
use crate::protocol::imap::{self, ImapConn};
use crate::protocol::{pop3, smtp};
use crate::secrets::Server;

impl Shared {
    /// Connects and signs in to the incoming server.
    pub(super) async fn connect_incoming(self: &Arc<Self>, account: &Account) -> Result<ImapConn> {
        Self::check_enabled(account)?;
        let server = &account.settings.incoming;
        let mut pass = self.pass(account, Server::Incoming).await?;
        loop {
            let opened = imap::connect(&self.connector, server, &pass.secret, &Quiet).await;
            let Err(error) = opened else {
                return Ok(opened?);
            };
            pass = self
                .pass_after(account, Server::Incoming, pass, error.into())
                .await?;
        }
    }

    /// Connects and signs in to the outgoing server of an identity, or to the
    /// account's.
    pub(super) async fn connect_outgoing(
        self: &Arc<Self>,
        account: &Account,
        identity: Option<usize>,
    ) -> Result<smtp::Session> {
        Self::check_enabled(account)?;
        let server = account.settings.outgoing_server(identity);
        let secret = identity.map_or(Server::Outgoing, Server::OutgoingOf);
        if server.auth == AuthMethod::None {
            return self.open_outgoing(server).await;
        }
        let mut pass = self.pass(account, secret).await?;
        loop {
            let mut session = self.open_outgoing(server).await?;
            let Some(who) = credentials(server, pass.secret.clone()) else {
                return Ok(session);
            };
            let Err(error) = session.sign_in(&who).await else {
                return Ok(session);
            };
            session.quit().await;
            pass = self.pass_after(account, secret, pass, error.into()).await?;
        }
    }

    /// Connects up to where somebody may sign in.
    async fn open_outgoing(&self, server: &ServerSettings) -> Result<smtp::Session> {
        let stream = self.connector.connect(server, &Quiet).await?;
        let limits = smtp::Timeouts::SENDING;
        let session = smtp::Session::start(stream, &server.place(), limits).await?;
        Ok(match upgrade(&self.connector, server) {
            Some(upgrade) => session.start_tls(upgrade).await?,
            None => session,
        })
    }

    /// Proves both servers at once, step by step.
    pub(super) fn check(
        self: &Arc<Self>,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> impl Stream<Item = CheckProgress> + Send + use<> {
        let (sender, told) = mpsc::unbounded_channel();
        let AccountSettings {
            incoming, outgoing, ..
        } = settings;
        let Passwords {
            incoming: first,
            outgoing: second,
            ..
        } = passwords;
        let connector = self.connector.clone();
        let teller = Teller::new(&incoming, sender.clone());
        self.runtime
            .spawn(until_unheard(sender.clone(), async move {
                teller.conclude(prove_incoming(&connector, &incoming, &first, &teller).await);
            }));
        let connector = self.connector.clone();
        let teller = Teller::new(&outgoing, sender.clone());
        self.runtime.spawn(until_unheard(sender, async move {
            let proven = prove_outgoing(&connector, &outgoing, second, &teller).await;
            teller.conclude(proven);
        }));
        futures::stream::unfold(told, async |mut told| {
            told.recv().await.map(|step| (step, told))
        })
    }
}

/// Stops working once nobody listens: the person closed the form.
async fn until_unheard(
    sender: mpsc::UnboundedSender<CheckProgress>,
    work: impl Future<Output = ()>,
) {
    tokio::select! {
        () = sender.closed() => {}
        () = work => {}
    }
}

async fn prove_incoming(
    connector: &Connector,
    server: &ServerSettings,
    secret: &Password,
    teller: &Teller,
) -> Result<()> {
    let password = &presented(server, secret, teller)?;
    match server.protocol {
        Protocol::Pop3 => prove_pop3(connector, server, password, teller).await,
        _ => prove_imap(connector, server, password, teller).await,
    }
}

/// What the server is told of a secret; a secret that is of no use belongs to
/// signing in, even before anything is connected.
fn presented(server: &ServerSettings, secret: &Password, teller: &Teller) -> Result<Password> {
    let presented = oauth::presented(server, secret, chrono::Utc::now().timestamp());
    if presented.is_err() {
        teller.begun(CheckStepKind::SignIn);
    }
    Ok(presented?)
}

async fn prove_imap(
    connector: &Connector,
    server: &ServerSettings,
    password: &Password,
    teller: &Teller,
) -> Result<()> {
    let mut conn = imap::connect(connector, server, password, teller).await?;
    teller.begun(CheckStepKind::Command);
    let began = Instant::now();
    let folders = conn.folders().await?.len();
    let mut what = format!("{} lists {folders} folders.", server.host);
    // A server that does not tell is none the worse for it.
    if let Ok(Some(quota)) = conn.quota_root("INBOX").await {
        what.push_str(&format!(" {quota} are used."));
    }
    teller.ended(CheckStepKind::Command, began.elapsed(), Some(&what));
    conn.logout().await;
    Ok(())
}

async fn prove_pop3(
    connector: &Connector,
    server: &ServerSettings,
    password: &Password,
    teller: &Teller,
) -> Result<()> {
    let mut conn = pop3::connect(connector, server, password, teller).await?;
    teller.begun(CheckStepKind::Command);
    let began = Instant::now();
    let messages = conn.stat().await?.messages;
    let named = conn.uidl().await?.is_some();
    let mut what = match messages {
        1 => format!("{} holds 1 message.", server.host),
        _ => format!("{} holds {messages} messages.", server.host),
    };
    if !named {
        what.push_str(" It has no names for them (UIDL): they are told apart by what is in them.");
    }
    teller.ended(CheckStepKind::Command, began.elapsed(), Some(&what));
    conn.farewell().await;
    Ok(())
}

async fn prove_outgoing(
    connector: &Connector,
    server: &ServerSettings,
    password: Password,
    teller: &Teller,
) -> Result<()> {
    let password = presented(server, &password, teller)?;
    let stream = connector.connect(server, teller).await?;
    let who = credentials(server, password);
    let mut tell = |progress| teller.smtp(progress);
    let tls = upgrade(connector, server);
    Ok(smtp::verify(stream, &server.place(), tls, who.as_ref(), &mut tell).await?)
}

fn credentials(server: &ServerSettings, secret: Password) -> Option<smtp::Credentials> {
    (server.auth != AuthMethod::None).then(|| smtp::Credentials {
        username: server.username.clone(),
        secret,
        method: server.auth,
        encrypted: server.security != Security::None,
    })
}

/// What turns a clear connection into TLS after STARTTLS.
fn upgrade(connector: &Connector, server: &ServerSettings) -> Option<smtp::Upgrade> {
    if server.security != Security::StartTls {
        return None;
    }
    let (connector, server) = (connector.clone(), server.clone());
    Some(Box::new(move |stream| {
        Box::pin(async move {
            let clear = NetStream::plain(stream, None);
            let stream = connector.upgrade(clear, &server, &Quiet).await?;
            Ok(Box::new(stream) as Box<dyn smtp::Stream>)
        })
    }))
}

fn kind(step: smtp::Step) -> CheckStepKind {
    match step {
        smtp::Step::Greeting => CheckStepKind::Greeting,
        smtp::Step::Tls => CheckStepKind::Tls,
        smtp::Step::SignIn => CheckStepKind::SignIn,
        smtp::Step::Command | smtp::Step::Sending => CheckStepKind::Command,
    }
}

/// Turns what connecting and signing in tell into steps for the front end.
struct Teller {
    server: ServerSettings,
    sender: mpsc::UnboundedSender<CheckProgress>,
    /// The step that runs, and since when.
    running: Mutex<Option<(CheckStepKind, Instant)>>,
}

impl Teller {
    fn new(server: &ServerSettings, sender: mpsc::UnboundedSender<CheckProgress>) -> Self {
        Self {
            server: server.clone(),
            sender,
            running: Mutex::new(None),
        }
    }

    fn send(&self, progress: CheckProgress) {
        // Nobody listening any more is noticed by the task.
        drop(self.sender.send(progress));
    }

    fn step(&self, step: CheckStepKind, elapsed: Duration, message: String, error: Option<Error>) {
        self.send(CheckProgress::Ended(CheckStep {
            server: self.server.protocol,
            place: self.server.place(),
            step,
            elapsed,
            message,
            error,
        }));
    }

    fn running(&self) -> std::sync::MutexGuard<'_, Option<(CheckStepKind, Instant)>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A failure belongs to the step that was running.
    fn conclude(&self, proven: Result<()>) {
        if let Err(error) = proven {
            let (step, began) = self
                .running()
                .take()
                .unwrap_or((CheckStepKind::Lookup, Instant::now()));
            self.step(
                step,
                began.elapsed(),
                error.message().to_owned(),
                Some(error),
            );
        }
    }

    fn smtp(&self, progress: smtp::Progress) {
        match progress {
            smtp::Progress::Begun(step) => self.begun(kind(step)),
            smtp::Progress::Ended(step, told) => {
                let elapsed = self
                    .running()
                    .map_or(Duration::ZERO, |(_, began)| began.elapsed());
                self.ended(kind(step), elapsed, Some(&told));
            }
        }
    }
}

impl StepObserver for Teller {
    fn begun(&self, step: CheckStepKind) {
        *self.running() = Some((step, Instant::now()));
        self.send(CheckProgress::Begun {
            server: self.server.protocol,
            step,
        });
    }

    fn ended(&self, step: CheckStepKind, elapsed: Duration, told: Option<&str>) {
        // Without words it failed: told with the error, at the end.
        if let Some(told) = told {
            *self.running() = None;
            self.step(step, elapsed, told.to_owned(), None);
        }
    }
}
