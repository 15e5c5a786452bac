//! Signing in (RFC 4954), by hand: keywords in any case, prompts in any words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::dialogue::Reply;
use super::error::{Error, Step};
use super::sasl::{self, Scram, Secret};
use super::session::{Credentials, Session};
use crate::model::AuthMethod;
use crate::protocol::bearer;

/// The server asks for more.
const CHALLENGE: u16 = 334;

/// The server does not know the mechanism (RFC 4954, 4), whatever was said.
const UNKNOWN: u16 = 504;

/// The mechanism is not the right one: another may be (RFC 4954, 4; RFC 5321).
const NOT_THIS_ONE: [u16; 3] = [UNKNOWN, 534, 538];

/// A way to sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    ScramSha256,
    CramMd5,
    Plain,
    Login,
    OAuthBearer,
    XOAuth2,
}

impl Mechanism {
    fn name(self) -> &'static str {
        match self {
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::CramMd5 => "CRAM-MD5",
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::XOAuth2 => "XOAUTH2",
        }
    }
}

/// What a try came to.
struct Tried {
    reply: Reply,
    /// Whether the server heard anything it could judge the password by. Where
    /// it did not, trying another way counts as no second try.
    judged: bool,
}

impl Tried {
    /// The reply to the mechanism alone.
    fn before_secret(reply: Reply) -> Self {
        Self {
            judged: !NOT_THIS_ONE.contains(&reply.code),
            reply,
        }
    }

    /// The reply to something made of the password. Google says 534 for one
    /// that is right but not to be used here: it was judged all the same.
    fn after_secret(reply: Reply) -> Self {
        Self {
            judged: reply.code != UNKNOWN,
            reply,
        }
    }
}

impl Session {
    /// Signs in, in the strongest way that the server and we know. One refusal
    /// of name and password ends it: trying them again in another way would
    /// count twice against a lock-out.
    pub(crate) async fn sign_in(&mut self, who: &Credentials) -> Result<(), Error> {
        self.dialogue.step = Step::SignIn;
        let mut refusal = None;
        for mechanism in self.mechanisms(who) {
            let tried = self.try_mechanism(mechanism, who).await?;
            if tried.reply.is_ok() {
                return Ok(());
            }
            refusal = Some(tried.reply);
            if tried.judged {
                break;
            }
        }
        Err(match refusal {
            Some(reply) if (400..500).contains(&reply.code) => self.dialogue.refused(&reply),
            Some(reply) => Error::Auth {
                place: self.dialogue.place.clone(),
                code: reply.code,
                text: reply.text(),
            },
            None => Error::NoMechanism {
                place: self.dialogue.place.clone(),
                offered: self.features.auth.join(" "),
                starttls: self.features.starttls,
            },
        })
    }

    /// What both sides know, the strongest first. On an encrypted line PLAIN
    /// goes before CRAM-MD5: that protects nothing there, wants the password
    /// to lie readable on the server, and fails where it does not.
    fn mechanisms(&self, who: &Credentials) -> Vec<Mechanism> {
        use Mechanism::{CramMd5, Login, OAuthBearer, Plain, ScramSha256, XOAuth2};
        let known: &[Mechanism] = match (who.method, who.encrypted) {
            (AuthMethod::OAuth2, _) => &[OAuthBearer, XOAuth2],
            (AuthMethod::Password | AuthMethod::None, true) => {
                &[ScramSha256, Plain, Login, CramMd5]
            }
            (AuthMethod::Password | AuthMethod::None, false) => {
                &[ScramSha256, CramMd5, Plain, Login]
            }
        };
        known
            .iter()
            .copied()
            .filter(|mechanism| self.features.has_auth(mechanism.name()))
            .collect()
    }

    async fn try_mechanism(
        &mut self,
        mechanism: Mechanism,
        who: &Credentials,
    ) -> Result<Tried, Error> {
        let (name, secret) = (who.username.as_str(), who.secret.reveal());
        let initial = match mechanism {
            Mechanism::ScramSha256 => return self.auth_scram(who).await,
            Mechanism::CramMd5 => return self.auth_cram_md5(who).await,
            Mechanism::Login => return self.auth_login(who).await,
            Mechanism::Plain => sasl::plain(name, secret),
            Mechanism::OAuthBearer => bearer::oauth_bearer(name, None, secret),
            Mechanism::XOAuth2 => bearer::xoauth2(name, secret),
        };
        let mut reply = self.begin(mechanism, &initial).await?;
        if reply.code == CHALLENGE {
            reply = match mechanism {
                // It wants the response by itself.
                Mechanism::Plain => self.answer(&initial).await?,
                // A refusal comes as a challenge that has to be answered
                // before the reply code is told.
                Mechanism::OAuthBearer => self.answer(bearer::OAUTHBEARER_END).await?,
                _ => self.answer(bearer::XOAUTH2_END).await?,
            };
        }
        Ok(Tried::after_secret(self.end(reply).await?))
    }

    /// With the initial response of RFC 4954.
    async fn begin(&mut self, mechanism: Mechanism, initial: &str) -> Result<Reply, Error> {
        let encoded = encode(initial);
        let line = format!("AUTH {} {}\r\n", mechanism.name(), encoded.as_str());
        self.secret_line(&Zeroizing::new(line)).await
    }

    /// The draft everybody speaks: name and password, one after the other.
    async fn auth_login(&mut self, who: &Credentials) -> Result<Tried, Error> {
        let mut reply = self.secret_line("AUTH LOGIN\r\n").await?;
        for answer in [who.username.as_str(), who.secret.reveal()] {
            if reply.code != CHALLENGE {
                return Ok(Tried::before_secret(reply));
            }
            reply = self.answer(answer).await?;
        }
        Ok(Tried::after_secret(self.end(reply).await?))
    }

    /// RFC 2195.
    async fn auth_cram_md5(&mut self, who: &Credentials) -> Result<Tried, Error> {
        let reply = self.secret_line("AUTH CRAM-MD5\r\n").await?;
        if reply.code != CHALLENGE {
            return Ok(Tried::before_secret(reply));
        }
        let challenge = self.challenge(&reply)?;
        let answer = sasl::cram_md5(&who.username, who.secret.reveal(), &challenge);
        let reply = self.answer(&answer.unwrap_or_default()).await?;
        Ok(Tried::after_secret(self.end(reply).await?))
    }

    /// RFC 7677. The server has to prove itself too, in a challenge or with
    /// its last reply.
    async fn auth_scram(&mut self, who: &Credentials) -> Result<Tried, Error> {
        let scram = Scram::new(&who.username, &uuid::Uuid::new_v4().simple().to_string());
        let reply = self.begin(Mechanism::ScramSha256, &scram.first()).await?;
        if reply.code != CHALLENGE {
            // Nothing was said that depends on the password: a server that
            // keeps it in a form of its own says no here, and takes PLAIN.
            let judged = (400..500).contains(&reply.code);
            return Ok(Tried { reply, judged });
        }
        let server_first = self.text_challenge(&reply)?;
        let password = who.secret.clone();
        let proof =
            tokio::task::spawn_blocking(move || scram.prove(password.reveal(), &server_first))
                .await;
        let Ok(Ok(proof)) = proof else {
            return Err(self.nonsense(&reply));
        };
        let reply = self.answer(&proof.message).await?;
        if reply.code != CHALLENGE {
            if reply.is_ok() {
                // It may be told with the success (RFC 4954, 4: not so, but
                // some do), else it is not told at all.
                let told = self.text_challenge(&reply).unwrap_or_default();
                self.expect_signature(&proof, &told)?;
            }
            return Ok(Tried::after_secret(reply));
        }
        let told = self.text_challenge(&reply)?;
        self.expect_signature(&proof, &told)?;
        let reply = self.answer("").await?;
        Ok(Tried::after_secret(self.end(reply).await?))
    }

    fn expect_signature(&self, proof: &sasl::Proof, told: &str) -> Result<(), Error> {
        proof.check(told).map_err(|_| Error::Impostor {
            place: self.dialogue.place.clone(),
        })
    }

    fn challenge(&self, reply: &Reply) -> Result<Vec<u8>, Error> {
        let words = reply.lines.last().map_or("", |line| line.trim());
        STANDARD.decode(words).map_err(|_| self.nonsense(reply))
    }

    fn text_challenge(&self, reply: &Reply) -> Result<String, Error> {
        String::from_utf8(self.challenge(reply)?).map_err(|_| self.nonsense(reply))
    }

    fn nonsense(&self, reply: &Reply) -> Error {
        let said = format!("{} {}", reply.code, reply.text());
        self.dialogue.nonsense(said.as_bytes())
    }

    /// A server that still asks is told to stop (RFC 4954, 4).
    async fn end(&mut self, reply: Reply) -> Result<Reply, Error> {
        if reply.code == CHALLENGE {
            return self.secret_line("*\r\n").await;
        }
        Ok(reply)
    }

    async fn answer(&mut self, secret: &str) -> Result<Reply, Error> {
        let line = Zeroizing::new(format!("{}\r\n", encode(secret).as_str()));
        self.secret_line(&line).await
    }

    async fn secret_line(&mut self, line: &str) -> Result<Reply, Error> {
        let limit = self.timeouts.greeting;
        self.dialogue.line(line.as_bytes(), limit).await?;
        self.dialogue.reply(limit).await
    }
}

fn encode(secret: &str) -> Secret {
    Zeroizing::new(STANDARD.encode(secret))
}
