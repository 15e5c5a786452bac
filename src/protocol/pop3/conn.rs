//! A connection and its simple verbs.

use std::time::Duration;

use tokio::time::timeout;

use super::capability::Capabilities;
use super::error::{Error, Fault, Refusal};
use super::reply::Reply;
use super::wire::{Patience, Wire};
use crate::net::NetStream;

/// How many commands may be under way where the server lets them
/// (PIPELINING). Together they are far shorter than what any system keeps of a
/// connection unread.
const WINDOW: usize = 64;

/// How long a farewell may take that nothing depends on.
const FAREWELL: Duration = Duration::from_secs(3);

/// The most lines of a listing, and so the most messages of a mailbox; and its
/// most octets.
const LISTING_MAX: (usize, usize) = (1_000_000, 128 << 20);

/// The most lines and octets of an answer to CAPA.
const CAPABILITIES_MAX: (usize, usize) = (1000, 64 << 10);

/// A signed-in connection.
///
/// Every verb that fails for another reason than a refusal, and every verb
/// that is dropped before it ended, gives the connection up: what comes next
/// on it would answer something else.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(super) wire: Wire,
    pub(super) place: String,
    pub(super) capabilities: Capabilities,
    pub(super) patience: Patience,
    /// The most lines and octets of a listing; tests have fewer.
    pub(super) listing_max: (usize, usize),
    /// What is being asked.
    pub(super) doing: &'static str,
    /// CAPA was sent, and its answer comes before the next.
    pub(super) owed: bool,
    /// A verb runs, or did not come to its end.
    in_doubt: bool,
}

/// What a mailbox holds (STAT, RFC 1939, 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stat {
    /// How many messages.
    pub(crate) messages: u64,
    /// Their size together, as the server tells it: a hint, and 0 where it
    /// tells no number.
    pub(crate) octets: u64,
}

impl Connection {
    pub(super) fn new(stream: NetStream, place: &str) -> Self {
        Self {
            wire: Wire::new(stream),
            place: place.to_owned(),
            capabilities: Capabilities::default(),
            patience: Patience::default(),
            listing_max: LISTING_MAX,
            doing: "connecting",
            owed: false,
            in_doubt: false,
        }
    }

    /// What the server says it can do, as far as it said so: what is true for
    /// somebody signed in may come with the answer to the first verb.
    pub(crate) fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// Whether verbs can still be asked.
    pub(crate) fn is_usable(&self) -> bool {
        !self.in_doubt
    }

    /// How many messages there are (STAT).
    ///
    /// # Errors
    ///
    /// When the server refuses or the connection is lost.
    pub(crate) async fn stat(&mut self) -> Result<Stat, Error> {
        self.begin("STAT")?;
        let outcome = self.stat_now().await;
        self.settle(outcome)
    }

    async fn stat_now(&mut self) -> Result<Stat, Fault> {
        let words = self.ask("STAT").await?;
        let mut numbers = words.split_whitespace();
        let messages = numbers.next().and_then(|number| number.parse().ok());
        let messages = messages.ok_or(Fault::Nonsense("it does not say how many messages"))?;
        let octets = numbers.next().and_then(|number| number.parse().ok());
        let octets = octets.unwrap_or_default();
        Ok(Stat { messages, octets })
    }

    /// Takes back all deletions of this connection (RSET).
    ///
    /// # Errors
    ///
    /// When the server refuses or the connection is lost.
    pub(crate) async fn reset(&mut self) -> Result<(), Error> {
        self.simple("RSET").await
    }

    /// Asks for nothing, so that the server does not hang up.
    ///
    /// # Errors
    ///
    /// When the server refuses or the connection is lost.
    pub(crate) async fn noop(&mut self) -> Result<(), Error> {
        self.simple("NOOP").await
    }

    async fn simple(&mut self, command: &'static str) -> Result<(), Error> {
        self.begin(command)?;
        let outcome = self.ask(command).await.map(drop);
        self.settle(outcome)
    }

    /// Says good-bye. Only `Ok` proves that what was marked by
    /// [`Connection::delete`] is gone: after a failure some of it may be gone
    /// and some not.
    ///
    /// # Errors
    ///
    /// When the server could not remove all, or nobody knows.
    pub(crate) async fn quit(mut self) -> Result<(), Error> {
        self.begin("QUIT")?;
        self.wire.queue("QUIT");
        self.wire.arm(self.patience.update);
        let outcome = self.expect_ok().await.map(drop);
        self.settle(outcome)
    }

    /// Says good-bye where nothing was marked. What the server makes of it does
    /// not matter.
    pub(crate) async fn farewell(self) {
        drop(timeout(FAREWELL, self.quit()).await);
    }

    /// Asks what the server can do (CAPA, RFC 2449). A server that does not
    /// know the command keeps what it said before, if it said something.
    pub(super) async fn ask_capabilities(&mut self) -> Result<(), Error> {
        self.begin("CAPA")?;
        self.wire.queue("CAPA");
        self.wire.arm(self.patience.answer);
        let outcome = self.take_capabilities().await;
        self.settle(outcome)
    }

    /// The same without waiting, where the server lets it: the answer is read
    /// before that to the next command.
    pub(super) async fn ask_capabilities_along(&mut self) -> Result<(), Error> {
        if self.window() == 1 {
            return self.ask_capabilities().await;
        }
        self.wire.queue("CAPA");
        self.owed = true;
        Ok(())
    }

    async fn take_capabilities(&mut self) -> Result<(), Fault> {
        let line = self.wire.line().await?;
        match Reply::read(self.wire.slice(line))? {
            Reply::Ok(_) => {}
            Reply::No(_) => return Ok(()),
            Reply::More { .. } => return Err(Fault::Nonsense("it asks for more")),
        }
        let mut capabilities = Capabilities::default();
        let (lines, octets) = CAPABILITIES_MAX;
        self.lines(lines, octets, &mut |line| capabilities.push(line))
            .await?;
        tracing::debug!(
            place = self.place,
            implementation = capabilities.implementation(),
            pipelining = capabilities.pipelining(),
            expire = ?capabilities.expire(),
            login_delay = ?capabilities.login_delay(),
            "POP3 capabilities"
        );
        self.capabilities = capabilities;
        Ok(())
    }

    /// How many commands may be under way.
    pub(super) fn window(&self) -> usize {
        if self.capabilities.pipelining() {
            WINDOW
        } else {
            1
        }
    }

    /// Begins a verb: none may be half done, and nothing may have come that
    /// would be taken for its answer.
    pub(super) fn begin(&mut self, doing: &'static str) -> Result<(), Error> {
        self.doing = doing;
        if self.in_doubt {
            return Err(self.error(Fault::GivenUp));
        }
        self.in_doubt = true;
        if self.wire.unread().is_empty() {
            return Ok(());
        }
        // A server that hangs up on us says so unasked.
        let line = self.wire.unread().split(|&octet| octet == b'\n').next();
        Err(
            self.error(match Reply::read(line.unwrap_or_default().trim_ascii()) {
                Ok(Reply::No(refusal)) => Fault::Lost {
                    said: Some(refusal.said),
                    source: None,
                },
                Ok(_) => Fault::Nonsense("it came before it was asked for"),
                Err(fault) => fault,
            }),
        )
    }

    /// Ends a verb. After a yes or a no the connection goes on.
    pub(super) fn settle<T>(&mut self, outcome: Result<T, Fault>) -> Result<T, Error> {
        match outcome {
            Ok(value) => {
                self.in_doubt = false;
                Ok(value)
            }
            Err(fault) => {
                self.in_doubt = !matches!(fault, Fault::Refused(_));
                Err(self.error(fault))
            }
        }
    }

    pub(super) fn error(&self, fault: Fault) -> Error {
        tracing::debug!(place = self.place, doing = self.doing, %fault, "POP3 failed");
        Error {
            place: self.place.clone(),
            doing: self.doing,
            fault,
        }
    }

    /// Sends a command and gives the words of its `+OK`.
    pub(super) async fn ask(&mut self, command: &str) -> Result<String, Fault> {
        self.wire.queue(command);
        self.wire.arm(self.patience.answer);
        self.expect_ok().await
    }

    pub(super) async fn expect_ok(&mut self) -> Result<String, Fault> {
        match self.reply().await? {
            Reply::Ok(words) => Ok(words),
            Reply::No(refusal) => Err(Fault::Refused(refusal)),
            Reply::More { .. } => Err(Fault::Nonsense("it asks for more")),
        }
    }

    /// The first line of an answer.
    pub(super) async fn reply(&mut self) -> Result<Reply, Fault> {
        if std::mem::take(&mut self.owed) {
            self.take_capabilities().await?;
            self.wire.rearm();
        }
        let line = self.wire.line().await?;
        Reply::read(self.wire.slice(line))
    }

    /// A yes, or a no with its reason.
    pub(super) async fn verdict(&mut self) -> Result<Result<(), Refusal>, Fault> {
        match self.expect_ok().await {
            Ok(_) => Ok(Ok(())),
            Err(Fault::Refused(refusal)) => Ok(Err(refusal)),
            Err(fault) => Err(fault),
        }
    }

    /// Shows all lines of an answer, after its first, up to the lone dot.
    pub(super) async fn lines(
        &mut self,
        most: usize,
        octets: usize,
        look: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<(), Fault> {
        let reading = async {
            let (mut count, mut total) = (0, 0);
            loop {
                let line = self.wire.line().await?;
                let mut line = self.wire.slice(line);
                if let Some(rest) = line.strip_prefix(b".") {
                    if rest.is_empty() {
                        return Ok(());
                    }
                    line = rest;
                }
                count += 1;
                total += line.len();
                if count > most || total > octets {
                    return Err(Fault::Nonsense("it does not end"));
                }
                look(line);
            }
        };
        match timeout(self.patience.whole, reading).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Fault::Timeout),
        }
    }

    /// [`Connection::lines`] of a listing.
    pub(super) async fn listing(
        &mut self,
        look: &mut (dyn FnMut(&[u8]) + Send),
    ) -> Result<(), Fault> {
        let (lines, octets) = self.listing_max;
        self.lines(lines, octets, look).await
    }
}
