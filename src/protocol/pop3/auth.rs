//! Signing in (RFC 1939, 7; RFC 5034; RFC 4616; RFC 7628).
//!
//! A password is tried once on a connection, in one way: a second way after a
//! refusal would count twice against a lock-out. A refused sign-in gives the
//! connection up.
//!
//! APOP comes last. Its MD5 hides the password from those who listen, but not
//! from those who reckon, and a server in between can choose what is hashed
//! (CVE-2007-1558). It is never taken for protection: it is used only where the
//! server has nothing else, on a connection on which the password itself would
//! have been sent as well.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use data_encoding::HEXLOWER;
use md5::{Digest, Md5};
use zeroize::Zeroizing;

use super::capability::Capabilities;
use super::conn::Connection;
use super::error::{Error, Fault};
use super::reply::Reply;
use crate::model::{AuthMethod, Password, Security, ServerSettings};
use crate::protocol::bearer;

/// The longest command, with its CRLF (RFC 2449, 4; RFC 5034, 4): what is
/// longer goes as an answer of its own.
const COMMAND_MAX: usize = 255;

/// How to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Plain,
    Login,
    UserPass,
    Apop,
    XOAuth2,
    OAuthBearer,
}

/// The way to sign in; what is missing where there is none. `stamp`: the
/// greeting has what APOP needs. `encrypted`: nobody else reads along.
pub(super) fn choose(
    method: AuthMethod,
    capabilities: &Capabilities,
    stamp: bool,
    encrypted: bool,
) -> Result<Way, &'static str> {
    if method == AuthMethod::OAuth2 {
        return match (
            capabilities.sasl("XOAUTH2"),
            capabilities.sasl("OAUTHBEARER"),
        ) {
            (true, _) => Ok(Way::XOAuth2),
            (_, true) => Ok(Way::OAuthBearer),
            _ => Err("signing in with the provider's own page (OAuth2)"),
        };
    }
    if capabilities.sasl("PLAIN") {
        Ok(Way::Plain)
    } else if capabilities.sasl("LOGIN") {
        Ok(Way::Login)
    } else if capabilities.has("USER") || !capabilities.is_told() {
        Ok(Way::UserPass)
    } else if stamp {
        Ok(Way::Apop)
    } else if encrypted {
        // Some servers list what they can and forget the obvious.
        Ok(Way::UserPass)
    } else {
        Err("signing in with name and password")
    }
}

/// What APOP hashes: a message-id in the words of the greeting. One with other
/// than printable ASCII may be chosen to attack the password.
pub(super) fn stamp(greeting: &str) -> Option<String> {
    let (_, rest) = greeting.rsplit_once('<')?;
    let (inner, _) = rest.split_once('>')?;
    let (left, right) = inner.split_once('@')?;
    let sound =
        !left.is_empty() && !right.is_empty() && inner.bytes().all(|b| b.is_ascii_graphic());
    sound.then(|| format!("<{inner}>"))
}

impl Connection {
    /// Signs in.
    pub(super) async fn sign_in(
        &mut self,
        server: &ServerSettings,
        secret: &Password,
        stamp: Option<&str>,
    ) -> Result<(), Error> {
        const CUTS: [char; 3] = ['\r', '\n', '\0'];
        self.begin("signing in")?;
        if server.username.contains(CUTS) || secret.reveal().contains(CUTS) {
            return Err(self.error(Fault::Unsendable));
        }
        let encrypted = server.security != Security::None;
        let way = choose(server.auth, &self.capabilities, stamp.is_some(), encrypted);
        let outcome = match way {
            Ok(way) => self.sign_in_by(way, server, secret, stamp).await,
            Err(missing) => Err(Fault::NotOffered(missing)),
        };
        self.settle(match outcome {
            Err(Fault::Refused(refusal)) => {
                let promised = self.capabilities.has("AUTH-RESP-CODE");
                let told = refusal.code.is_some();
                let refusal = refusal.of_sign_in(promised);
                Err(Fault::SignIn { refusal, told })
            }
            outcome => outcome,
        })
    }

    async fn sign_in_by(
        &mut self,
        way: Way,
        server: &ServerSettings,
        secret: &Password,
        stamp: Option<&str>,
    ) -> Result<(), Fault> {
        tracing::debug!(place = self.place, ?way, "signing in");
        let (user, secret) = (server.username.as_str(), secret.reveal());
        match way {
            Way::UserPass => self.user_pass(user, secret).await,
            Way::Apop => self.apop(user, secret, stamp.unwrap_or_default()).await,
            Way::Plain => {
                let plain = encode(&format!("\0{user}\0{secret}"));
                self.sasl("PLAIN", true, &[plain], "*").await
            }
            Way::Login => {
                let answers = [encode(user), encode(secret)];
                self.sasl("LOGIN", false, &answers, "*").await
            }
            Way::XOAuth2 => {
                let token = encode(&bearer::xoauth2(user, secret));
                let end = encode(bearer::XOAUTH2_END);
                self.sasl("XOAUTH2", true, &[token], &end).await
            }
            Way::OAuthBearer => {
                let place = (server.host.as_str(), server.port);
                let token = encode(&bearer::oauth_bearer(user, Some(place), secret));
                // A refusal has to be answered before it is told.
                let end = encode(bearer::OAUTHBEARER_END);
                self.sasl("OAUTHBEARER", true, &[token], &end).await
            }
        }
    }

    async fn user_pass(&mut self, user: &str, secret: &str) -> Result<(), Fault> {
        self.wire.arm(self.patience.sign_in);
        self.wire.queue(&format!("USER {user}"));
        self.expect_ok().await?;
        self.secret(&["PASS ", secret]).await?;
        self.expect_ok().await.map(drop)
    }

    async fn apop(&mut self, user: &str, secret: &str, stamp: &str) -> Result<(), Fault> {
        let mut hash = Md5::new();
        hash.update(stamp);
        hash.update(secret);
        let digest = Zeroizing::new(HEXLOWER.encode(&hash.finalize()));
        self.secret(&["APOP ", user, " ", &digest]).await?;
        self.expect_ok().await.map(drop)
    }

    /// The exchange of RFC 5034. `end`: what is said to a server that wants
    /// more than there is.
    async fn sasl(
        &mut self,
        mechanism: &str,
        initial: bool,
        answers: &[Zeroizing<String>],
        end: &str,
    ) -> Result<(), Fault> {
        let mut left = answers.iter();
        let begin = ["AUTH ", mechanism];
        let mut early = None;
        if let (true, Some(first)) = (initial, answers.first()) {
            let length: usize = begin.iter().map(|word| word.len()).sum();
            if length + " ".len() + first.len() + "\r\n".len() <= COMMAND_MAX {
                early = left.next();
            }
        }
        match early {
            Some(first) => self.secret(&["AUTH ", mechanism, " ", first]).await?,
            None => self.secret(&begin).await?,
        }
        let mut ended = false;
        loop {
            let empty = match self.reply().await? {
                Reply::Ok(_) => return Ok(()),
                Reply::No(refusal) => return Err(Fault::Refused(refusal)),
                Reply::More { empty } => empty,
            };
            // Asked for with nothing to answer to: what came with the command
            // was not taken.
            let again = early.take().filter(|_| empty);
            match again.or_else(|| left.next()) {
                Some(answer) => self.secret(&[answer]).await?,
                None if ended => return Err(Fault::Nonsense("it asks for more and more")),
                None => {
                    ended = true;
                    self.secret(&[end]).await?;
                }
            }
        }
    }

    /// Sends a line that holds a secret, and waits for the answer with more
    /// patience.
    async fn secret(&mut self, words: &[&str]) -> Result<(), Fault> {
        let length: usize = words.iter().map(|word| word.len()).sum();
        let mut line = Zeroizing::new(Vec::with_capacity(length + 2));
        for word in words {
            line.extend_from_slice(word.as_bytes());
        }
        line.extend_from_slice(b"\r\n");
        self.wire.arm(self.patience.sign_in);
        self.wire.send_secret(&line).await
    }
}

fn encode(secret: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(secret))
}
