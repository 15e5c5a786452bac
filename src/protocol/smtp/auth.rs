//! Signing in (RFC 4954), by hand: keywords in any case, prompts in any words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::dialogue::Reply;
use super::error::{Error, Step};
use super::session::{Credentials, Session};
use crate::model::AuthMethod;

/// The server asks for more.
const CHALLENGE: u16 = 334;

/// The mechanism is not the right one: another may be (RFC 4954, 4; RFC 5321).
const NOT_THIS_ONE: [u16; 3] = [504, 534, 538];

impl Session {
    /// Signs in. One refusal of name and password ends it: trying them again
    /// in another way would count twice against a lock-out.
    pub(crate) async fn sign_in(&mut self, who: &Credentials) -> Result<(), Error> {
        self.dialogue.step = Step::SignIn;
        let mut reply = None;
        for mechanism in self.mechanisms(who.method) {
            let answer = match mechanism {
                "PLAIN" => self.auth_plain(who).await?,
                "LOGIN" => self.auth_login(who).await?,
                _ => self.auth_xoauth2(who).await?,
            };
            if answer.is_ok() {
                return Ok(());
            }
            let try_next = NOT_THIS_ONE.contains(&answer.code);
            reply = Some(answer);
            if !try_next {
                break;
            }
        }
        Err(match reply {
            Some(reply) if (400..500).contains(&reply.code) => self.dialogue.refused(&reply),
            Some(reply) => Error::Auth {
                place: self.dialogue.place.clone(),
                code: reply.code,
                text: reply.text(),
            },
            None => Error::NoMechanism {
                place: self.dialogue.place.clone(),
                offered: self.features.auth.join(" "),
            },
        })
    }

    fn mechanisms(&self, method: AuthMethod) -> Vec<&'static str> {
        let known: &[&'static str] = match method {
            AuthMethod::OAuth2 => &["XOAUTH2"],
            AuthMethod::Password | AuthMethod::None => &["PLAIN", "LOGIN"],
        };
        known
            .iter()
            .copied()
            .filter(|name| self.features.has_auth(name))
            .collect()
    }

    /// RFC 4616, with the initial response of RFC 4954.
    async fn auth_plain(&mut self, who: &Credentials) -> Result<Reply, Error> {
        let message = Zeroizing::new(format!("\0{}\0{}", who.username, who.secret.reveal()));
        let encoded = encode(&message);
        let line = Zeroizing::new(format!("AUTH PLAIN {}\r\n", encoded.as_str()));
        let mut reply = self.secret_line(&line).await?;
        if reply.code == CHALLENGE {
            reply = self.answer(&message).await?;
        }
        self.end(reply).await
    }

    /// The draft everybody speaks: name and password, one after the other.
    async fn auth_login(&mut self, who: &Credentials) -> Result<Reply, Error> {
        let mut reply = self.secret_line("AUTH LOGIN\r\n").await?;
        for answer in [who.username.as_str(), who.secret.reveal()] {
            if reply.code != CHALLENGE {
                return Ok(reply);
            }
            reply = self.answer(answer).await?;
        }
        self.end(reply).await
    }

    /// Google's and Microsoft's. A refusal comes as a challenge that has to be
    /// answered with nothing before the reply code is told.
    async fn auth_xoauth2(&mut self, who: &Credentials) -> Result<Reply, Error> {
        let message = Zeroizing::new(format!(
            "user={}\u{1}auth=Bearer {}\u{1}\u{1}",
            who.username,
            who.secret.reveal()
        ));
        let encoded = encode(&message);
        let line = Zeroizing::new(format!("AUTH XOAUTH2 {}\r\n", encoded.as_str()));
        let mut reply = self.secret_line(&line).await?;
        if reply.code == CHALLENGE {
            reply = self.answer("").await?;
        }
        self.end(reply).await
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

fn encode(secret: &str) -> Zeroizing<String> {
    Zeroizing::new(STANDARD.encode(secret))
}
