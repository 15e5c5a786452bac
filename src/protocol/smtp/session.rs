//! From a connected stream to a server that is ready for mail.

use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::Pin;
use std::time::Duration;

use lettre::transport::smtp::commands::{Ehlo, Noop, Quit, Rset, Starttls};
use lettre::transport::smtp::extension::ClientId;

use super::dialogue::{Dialogue, Stream, Timeouts};
use super::error::{Error, Step};
use super::features::Features;
use crate::model::{AuthMethod, Password};

/// Who signs in.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// The user name.
    pub(crate) username: String,
    /// The password, or the access token for [`AuthMethod::OAuth2`].
    pub(crate) secret: Password,
    /// How.
    pub(crate) method: AuthMethod,
    /// Whether nobody else can read the line: then a password may be said.
    pub(crate) encrypted: bool,
}

/// Puts TLS over an open stream.
pub(crate) type Upgrade = Box<
    dyn FnOnce(
            Box<dyn Stream>,
        ) -> Pin<Box<dyn Future<Output = crate::Result<Box<dyn Stream>>> + Send>>
        + Send,
>;

/// How long the farewell may take; it changes nothing any more.
const FAREWELL: Duration = Duration::from_secs(3);

/// A server that greeted us and told what it can.
#[derive(Debug)]
pub(crate) struct Session {
    pub(super) dialogue: Dialogue,
    pub(super) features: Features,
    pub(super) timeouts: Timeouts,
}

impl Session {
    /// Reads the greeting and says `EHLO`. `place` is `host:port`, for
    /// sentences.
    pub(crate) async fn start(
        stream: impl Stream + 'static,
        place: &str,
        timeouts: Timeouts,
    ) -> Result<Self, Error> {
        let mut dialogue = Dialogue::new(Box::new(stream), place);
        let greeting = dialogue.reply(timeouts.greeting).await?;
        if !greeting.is_ok() {
            return Err(dialogue.refused(&greeting));
        }
        let features = hello(&mut dialogue, timeouts).await?;
        Ok(Self {
            dialogue,
            features,
            timeouts,
        })
    }

    /// Turns on TLS (RFC 3207). Never goes on without it: a server that does
    /// not offer or refuses it is left. What the server said before TLS is
    /// forgotten and asked again.
    pub(crate) async fn start_tls(mut self, upgrade: Upgrade) -> Result<Self, Error> {
        self.dialogue.step = Step::Tls;
        let place = self.dialogue.place.clone();
        if !self.features.starttls {
            self.quit().await;
            return Err(Error::NoStartTls { place });
        }
        let reply = self
            .dialogue
            .command(Starttls, self.timeouts.greeting)
            .await?;
        if !reply.is_ok() {
            let error = self.dialogue.refused(&reply);
            self.quit().await;
            return Err(error);
        }
        let stream = upgrade(self.dialogue.into_stream())
            .await
            .map_err(Error::Handshake)?;
        let mut dialogue = Dialogue::new(stream, &place);
        let features = hello(&mut dialogue, self.timeouts).await?;
        Ok(Self {
            dialogue,
            features,
            timeouts: self.timeouts,
        })
    }

    /// The largest message the server takes, in bytes, where it tells.
    pub(crate) fn size_limit(&self) -> Option<u64> {
        self.features.size.flatten()
    }

    /// Whether another message can be handed over: no reply is missing, and the
    /// server did not say goodbye.
    pub(crate) fn is_usable(&self) -> bool {
        !self.dialogue.broken
    }

    /// Asks whether the server would take mail from this address, by the command
    /// that begins a message; [`Session::probe`] takes it back.
    pub(super) async fn offer_sender(&mut self, sender: &str) -> Result<(), Error> {
        self.dialogue.step = Step::Sending;
        let Ok(sender) = sender.parse::<lettre::Address>() else {
            return Err(Error::BadAddress(sender.to_owned()));
        };
        let limit = self.timeouts.command;
        let command = lettre::transport::smtp::commands::Mail::new(Some(sender), Vec::new());
        let reply = self.dialogue.command(command, limit).await?;
        if reply.is_ok() {
            Ok(())
        } else {
            Err(self.dialogue.refused(&reply))
        }
    }

    /// Harmless commands that prove the server listens to us.
    pub(crate) async fn probe(&mut self) -> Result<(), Error> {
        self.dialogue.step = Step::Command;
        let limit = self.timeouts.command;
        let reset = self.dialogue.command(Rset, limit).await?;
        if !reset.is_ok() {
            return Err(self.dialogue.refused(&reset));
        }
        let noop = self.dialogue.command(Noop, limit).await?;
        if !noop.is_ok() {
            return Err(self.dialogue.refused(&noop));
        }
        Ok(())
    }

    /// Says goodbye and closes. What happens to the farewell does not matter.
    pub(crate) async fn quit(mut self) {
        if self.is_usable() {
            let _ = self.dialogue.command(Quit, FAREWELL).await;
        }
        self.dialogue.close(FAREWELL).await;
    }
}

/// `EHLO`, and `HELO` for servers that know no extensions (RFC 5321, 3.2).
/// The name given tells nothing of this machine or its network.
async fn hello(dialogue: &mut Dialogue, timeouts: Timeouts) -> Result<Features, Error> {
    let name = ClientId::Ipv4(Ipv4Addr::LOCALHOST);
    let reply = dialogue
        .command(Ehlo::new(name.clone()), timeouts.greeting)
        .await?;
    if reply.is_ok() {
        return Ok(Features::read(&reply));
    }
    if !matches!(reply.code, 500..=504 | 550) {
        return Err(dialogue.refused(&reply));
    }
    let reply = dialogue
        .command(format!("HELO {name}\r\n"), timeouts.greeting)
        .await?;
    if reply.is_ok() {
        Ok(Features::default())
    } else {
        Err(dialogue.refused(&reply))
    }
}
