//! Proving the servers of an account, each by signing in, and finding out what
//! is wrong where that fails.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::Stream;
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::check::{CheckProgress, CheckStep};
use super::handle::Passwords;
use super::servers::{credentials, sign_in_outgoing, upgrade};
use super::shared::{Shared, stream_of};
use crate::diagnosis::{self, Case};
use crate::error::{Error, Result};
use crate::model::{
    AccountSettings, AuthMethod, CheckStepKind, Fault, Password, Protocol, ServerSettings,
};
use crate::net::{self, Connector, Quiet, StepObserver};
use crate::oauth;
use crate::protocol::{imap, pop3, smtp};

impl Shared {
    /// Proves all servers of an account at once, step by step.
    pub(super) fn check(
        self: &Arc<Self>,
        settings: AccountSettings,
        passwords: Passwords,
    ) -> impl Stream<Item = CheckProgress> + Send + use<> {
        let (sender, told) = mpsc::unbounded_channel();
        for mut proof in proofs(&self.connector, settings, passwords, &sender) {
            let shared = self.clone();
            let work = until_unheard(sender.clone(), async move {
                let allowed = shared.check_token(&proof.server, &proof.password).await;
                proof.barred = allowed.err();
                proof.run().await;
            });
            self.runtime.spawn(work);
        }
        stream_of(told)
    }
}

/// One proof for each server: both of the account, and those of identities.
fn proofs(
    connector: &Connector,
    settings: AccountSettings,
    passwords: Passwords,
    sender: &mpsc::UnboundedSender<CheckProgress>,
) -> Vec<Proof> {
    let mut of_identities = passwords.identities.into_iter();
    let mut further = Vec::new();
    for identity in settings.identities {
        let Some(server) = identity.outgoing else {
            continue;
        };
        // One without a sign-in has no password among those given.
        let password = match server.auth {
            AuthMethod::None => Some(Password::new("")),
            _ => of_identities.next(),
        };
        if let Some(password) = password {
            further.push((server, identity.address, password));
        }
    }
    let (incoming, outgoing) = (settings.incoming, settings.outgoing);
    let proof = |server: ServerSettings, beside: &ServerSettings, email: &str, password| Proof {
        connector: connector.clone(),
        beside: beside.clone(),
        email: email.to_owned(),
        password,
        teller: Teller::new(&server, sender.clone()),
        patience: Patience::of(server.protocol),
        server,
        barred: None,
        is_of_identity: false,
    };
    let email = settings.email;
    let mut all = vec![
        proof(incoming.clone(), &outgoing, &email, passwords.incoming),
        proof(outgoing, &incoming, &email, passwords.outgoing),
    ];
    for (server, address, password) in further {
        all.push(Proof {
            is_of_identity: true,
            ..proof(server, &incoming, &address, password)
        });
    }
    all
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

/// How long a step may take before one looks whether it can come to an end.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Reaching the port.
    connect: Duration,
    /// Until the server greets.
    greeting: Duration,
}

impl Patience {
    /// A server for sending may let those wait whom it does not know yet, and
    /// think ill of who speaks first.
    fn of(protocol: Protocol) -> Self {
        let greeting = if protocol == Protocol::Smtp { 10 } else { 4 };
        Self {
            connect: Duration::from_secs(8),
            greeting: Duration::from_secs(greeting),
        }
    }
}

/// One server to prove.
struct Proof {
    connector: Connector,
    server: ServerSettings,
    /// The account's other server.
    beside: ServerSettings,
    email: String,
    password: Password,
    teller: Teller,
    patience: Patience,
    /// Why the secret must not be told to this server.
    barred: Option<Error>,
    /// Whether it is the own server of an identity.
    is_of_identity: bool,
}

impl Proof {
    async fn run(self) {
        let proven = match self.attempt().await {
            Ok(()) => Ok(()),
            Err(error) => Err(self.for_its_place(self.explain(error).await)),
        };
        self.teller.conclude(proven);
    }

    /// Proves the server, unless a look at it shows that this cannot end well.
    async fn attempt(&self) -> Result<()> {
        let secret = &self.presented()?;
        let proof = async {
            match self.server.protocol {
                Protocol::Imap => self.prove_imap(secret).await,
                Protocol::Pop3 => self.prove_pop3(secret).await,
                Protocol::Smtp => self.prove_smtp(secret).await,
            }
        };
        tokio::select! {
            biased;
            proven = Box::pin(proof) => proven,
            error = Box::pin(self.no_patience()) => Err(error),
        }
    }

    /// Buttons change the servers of the account, and none of an identity's.
    fn for_its_place(&self, error: Error) -> Error {
        match error.diagnosis().cloned() {
            Some(mut diagnosis) if self.is_of_identity => {
                diagnosis.remedies.clear();
                error.diagnosed(diagnosis)
            }
            _ => error,
        }
    }

    /// What the server is told of the secret; one that is of no use belongs to
    /// signing in, even before anything is connected.
    fn presented(&self) -> Result<Password> {
        let now = chrono::Utc::now().timestamp();
        let presented = match &self.barred {
            Some(error) => Err(error.clone()),
            None => oauth::presented(&self.server, &self.password, now).map_err(Error::from),
        };
        if presented.is_err() {
            self.teller.begun(CheckStepKind::SignIn);
        }
        presented
    }

    async fn prove_imap(&self, secret: &Password) -> Result<()> {
        let (server, teller) = (&self.server, &self.teller);
        let mut conn = imap::connect(&self.connector, server, secret, teller).await?;
        teller.begun(CheckStepKind::Command);
        let began = Instant::now();
        let folders = conn.folders().await?;
        let listed = |folder: &imap::RemoteFolder| folder.raw.eq_ignore_ascii_case("INBOX");
        if !folders.iter().any(listed) {
            conn.need_inbox().await?;
        }
        let mut what = format!("{} lists {} folders.", server.host, folders.len());
        // A server that does not tell is none the worse for it.
        if let Ok(Some(quota)) = conn.quota_root("INBOX").await {
            what.push_str(&format!(" {quota} are used."));
        }
        teller.ended(CheckStepKind::Command, began.elapsed(), Some(&what));
        conn.logout().await;
        Ok(())
    }

    async fn prove_pop3(&self, secret: &Password) -> Result<()> {
        let (server, teller) = (&self.server, &self.teller);
        let mut conn = pop3::connect(&self.connector, server, secret, teller).await?;
        teller.begun(CheckStepKind::Command);
        let began = Instant::now();
        let messages = conn.stat().await?.messages;
        let named = conn.uidl().await?.is_some();
        let mut what = match messages {
            1 => format!("{} holds 1 message.", server.host),
            _ => format!("{} holds {messages} messages.", server.host),
        };
        if !named {
            let remark = diagnosis::remark(Fault::NoUidl, &self.case());
            what.push_str(&format!(" {remark}"));
        }
        teller.ended(CheckStepKind::Command, began.elapsed(), Some(&what));
        conn.farewell().await;
        Ok(())
    }

    async fn prove_smtp(&self, secret: &Password) -> Result<()> {
        let (server, teller) = (&self.server, &self.teller);
        let stream = self.connector.connect(server, teller).await?;
        let who = credentials(server, secret.clone());
        let mut tell = |progress| teller.smtp(progress);
        let tls = upgrade(&self.connector, server);
        let (place, sender) = (server.place(), self.email.as_str());
        Ok(smtp::verify(stream, &place, tls, who.as_ref(), sender, &mut tell).await?)
    }

    /// Ends when a step takes long and a look shows why: the port speaks TLS
    /// where clear text is wanted, or only this port of the host is silent.
    async fn no_patience(&self) -> Error {
        let mut looked = None;
        loop {
            sleep(self.patience.greeting.min(self.patience.connect) / 4).await;
            let Some((step, began)) = *self.teller.running() else {
                continue;
            };
            if looked == Some(step) {
                continue;
            }
            let doing = match step {
                CheckStepKind::Connect if began.elapsed() >= self.patience.connect => {
                    looked = Some(step);
                    let dead = diagnosis::other_port_answers(&self.connector, &self.server);
                    dead.await.then_some("while connecting")
                }
                CheckStepKind::Greeting if began.elapsed() >= self.patience.greeting => {
                    looked = Some(step);
                    let inside = diagnosis::answers_to_tls(&self.connector, &self.server);
                    inside.await.then_some("with a greeting")
                }
                _ => None,
            };
            // The server may have gone on while one looked.
            let waits = *self.teller.running() == Some((step, began));
            if waits && let Some(doing) = doing {
                let place = self.server.place();
                return net::Error::Timeout { place, doing }.into();
            }
        }
    }

    fn case(&self) -> Case<'_> {
        Case {
            password: Some(&self.password),
            ..Case::new(&self.server, &self.email)
        }
    }

    /// Finds out what is behind a failure. A refused password is tried once
    /// more, with the other form of the user name; never more often, for that
    /// would lock accounts.
    async fn explain(&self, error: Error) -> Error {
        let mut case = self.case();
        let Some(fault) = diagnosis::fault_of(&error, &case) else {
            return error;
        };
        if fault == Fault::WrongPassword
            && let Some(name) = other_name(&self.server, &self.email)
            && self.lets_in(&name).await
        {
            case.other_name = Some(name);
        }
        let step = self.teller.running().map(|(step, _)| step);
        // Whoever greeted is the right one, however it ended.
        if fault != Fault::Dropped || step < Some(CheckStepKind::SignIn) {
            let (connector, beside) = (&self.connector, Some(&self.beside));
            case.around = diagnosis::look_around(connector, &self.server, beside, fault).await;
        }
        diagnosis::explain(error, &case)
    }

    /// Whether the server takes the password with another user name.
    async fn lets_in(&self, name: &str) -> bool {
        let (connector, password) = (&self.connector, &self.password);
        let server = ServerSettings {
            username: name.to_owned(),
            ..self.server.clone()
        };
        match server.protocol {
            Protocol::Imap => match imap::connect(connector, &server, password, &Quiet).await {
                Ok(conn) => conn.logout().await,
                Err(_) => return false,
            },
            Protocol::Pop3 => match pop3::connect(connector, &server, password, &Quiet).await {
                Ok(conn) => conn.farewell().await,
                Err(_) => return false,
            },
            Protocol::Smtp => match sign_in_outgoing(connector, &server, password.clone()).await {
                Ok(session) => session.quit().await,
                Err(_) => return false,
            },
        }
        true
    }
}

/// The other form of a user name: what stands before the @, or the address.
/// None where it is known which one the server wants.
fn other_name(server: &ServerSettings, email: &str) -> Option<String> {
    if server.auth != AuthMethod::Password || diagnosis::knows_provider(server) {
        return None;
    }
    let name = server.username.trim();
    let other = match name.split_once('@') {
        Some((local, _)) => local,
        None => email,
    };
    (!other.is_empty() && other != name).then(|| other.to_owned())
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

#[cfg(test)]
mod tests;
