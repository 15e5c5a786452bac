//! One message to one server (RFC 5321, 3.3).

use std::borrow::Cow;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter};

use super::dialogue::Reply;
use super::error::{Error, Step};
use super::session::Session;
use crate::error::ErrorKind;
use crate::mime::normalise_crlf;
use crate::model::Recipient;

/// How long a broken connection is asked for its last words.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The server closes the connection (RFC 5321, 3.8).
const CLOSING: u16 = 421;

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// The envelope sender.
    pub(crate) mail_from: &'a str,
    /// The envelope recipients.
    pub(crate) recipients: &'a [String],
    /// The message.
    pub(crate) raw: &'a [u8],
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// What the server said of each recipient. One that it accepted while it
    /// refused the message carries that refusal.
    pub(crate) recipients: Vec<Recipient>,
    /// What it said of the message.
    pub(crate) state: State,
}

/// What the server said of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum State {
    /// It took the message for every recipient it accepted.
    Sent,
    /// It refused the message or every recipient.
    Refused {
        /// The reply code.
        code: u16,
        /// The enhanced status code (RFC 3463), where it gave one.
        enhanced: Option<String>,
        /// Its words.
        text: String,
        /// Whether trying again unchanged is pointless (5yz).
        permanent: bool,
    },
    /// The whole message was handed over and no answer came: it may have left
    /// (RFC 1047). Must not be sent again unasked.
    Uncertain,
}

impl Outcome {
    /// Why the message was not taken, as an error; nothing where it was, or
    /// where nobody knows. `place` is the server as `host:port`.
    pub(crate) fn refusal(&self, place: &str) -> Option<crate::Error> {
        let State::Refused {
            code,
            enhanced,
            text,
            permanent,
        } = &self.state
        else {
            return None;
        };
        let kind = match enhanced.as_deref() {
            _ if !permanent => ErrorKind::Temporary,
            Some("5.2.3" | "5.3.4") => ErrorKind::TooLarge,
            Some("5.2.2") => ErrorKind::Quota,
            _ => ErrorKind::Server,
        };
        let told = if *permanent {
            format!("{place} refused the message.")
        } else {
            format!("{place} does not take the message now.")
        };
        Some(crate::Error::new(kind, told).server_said(format!("{code} {text}")))
    }
}

impl State {
    fn refused(reply: &Reply) -> Self {
        Self::Refused {
            code: reply.code,
            enhanced: reply.enhanced(),
            text: reply.text(),
            permanent: reply.code >= 500,
        }
    }
}

impl Session {
    /// Sends one message. Each recipient is asked for by itself, and the
    /// message goes out if at least one was accepted.
    ///
    /// # Errors
    ///
    /// Whatever ends the dialogue before the final dot: nothing was sent then,
    /// and it may be tried again later. After the final dot there is no error,
    /// only [`State::Uncertain`].
    pub(crate) async fn send(&mut self, mail: Outgoing<'_>) -> Result<Outcome, Error> {
        self.dialogue.step = Step::Sending;
        let raw = normalise_crlf(mail.raw);
        let command = self.mail_command(&mail, &raw)?;
        let addresses = mail
            .recipients
            .iter()
            .map(|text| address(text))
            .collect::<Result<Vec<_>, _>>()?;
        let mut recipients: Vec<Recipient> = mail
            .recipients
            .iter()
            .map(|text| Recipient {
                address: text.clone(),
                code: None,
                text: String::new(),
            })
            .collect();
        let limit = self.timeouts.command;
        let reply = self.dialogue.command(command, limit).await?;
        if !reply.is_ok() {
            return self.refused(recipients, &reply).await;
        }
        for (address, recipient) in addresses.into_iter().zip(&mut recipients) {
            let reply = self.dialogue.command(Rcpt::new(address, Vec::new()), limit);
            let reply = reply.await?;
            recipient.code = Some(reply.code);
            recipient.text = reply.text();
            if reply.code == CLOSING {
                return self.refused(recipients, &reply).await;
            }
        }
        if !recipients.iter().any(Recipient::is_accepted) {
            let state = all_refused(&recipients);
            self.reset().await;
            return Ok(Outcome { recipients, state });
        }
        let limit = self.timeouts.data_start;
        let reply = self.dialogue.command(Data, limit).await?;
        if reply.code != 354 {
            return self.refused(recipients, &reply).await;
        }
        self.message(&raw, recipients).await
    }

    /// Checks the message against what the server can, before it is offered.
    fn mail_command(&self, mail: &Outgoing<'_>, raw: &[u8]) -> Result<Mail, Error> {
        let place = || self.dialogue.place.clone();
        let size = raw.len() as u64;
        if let Some(limit) = self.size_limit()
            && size > limit
        {
            return Err(Error::TooLarge {
                place: place(),
                size,
                limit,
            });
        }
        let mut parameters = Vec::new();
        if self.features.size.is_some() {
            parameters.push(MailParameter::Size(raw.len()));
        }
        let everybody = std::iter::once(mail.mail_from);
        let mut everybody = everybody.chain(mail.recipients.iter().map(String::as_str));
        let foreign = everybody.find(|address| !address.is_ascii());
        if let Some(address) = foreign
            && !self.features.utf8
        {
            return Err(Error::NeedsUtf8 {
                place: place(),
                address: address.to_owned(),
            });
        }
        if !raw.is_ascii() {
            if !self.features.eight_bit {
                return Err(Error::Needs8Bit { place: place() });
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        // Not for the sake of an 8-bit header: servers pass such headers on as
        // they are, while a message that asks for SMTPUTF8 is returned by the
        // first one on its way that does not offer it (RFC 6531, 3.2).
        if self.features.utf8 && foreign.is_some() {
            parameters.push(MailParameter::SmtpUtfEight);
        }
        let sender = address(mail.mail_from)?;
        Ok(Mail::new(Some(sender), parameters))
    }

    /// The message and the final dot. The dot goes out by itself: only once
    /// it may have left is the outcome uncertain.
    async fn message(&mut self, raw: &[u8], recipients: Vec<Recipient>) -> Result<Outcome, Error> {
        let stuffed = stuffed(raw);
        let limit = self.timeouts.data_block;
        if let Err(error) = self.dialogue.write(&stuffed, limit).await {
            // A server that hangs up in the middle may have said why.
            return match self.dialogue.reply(LAST_WORDS).await {
                Ok(reply) if reply.is_no() => self.refused(recipients, &reply).await,
                _ => Err(error),
            };
        }
        let end = self.timeouts.data_end;
        let reply = match self.dialogue.write(b".\r\n", limit).await {
            Ok(()) => self.dialogue.reply(end).await,
            Err(_) => self.dialogue.reply(LAST_WORDS).await,
        };
        match reply {
            Ok(reply) if reply.is_ok() => Ok(Outcome {
                recipients,
                state: State::Sent,
            }),
            Ok(reply) if reply.is_no() => self.refused(recipients, &reply).await,
            _ => Ok(Outcome {
                recipients,
                state: State::Uncertain,
            }),
        }
    }

    async fn refused(
        &mut self,
        mut recipients: Vec<Recipient>,
        reply: &Reply,
    ) -> Result<Outcome, Error> {
        if !reply.is_no() {
            return Err(self.dialogue.refused(reply));
        }
        for recipient in &mut recipients {
            if recipient.code.is_none() || recipient.is_accepted() {
                recipient.code = Some(reply.code);
                recipient.text = reply.text();
            }
        }
        if reply.code != CLOSING {
            self.reset().await;
        }
        Ok(Outcome {
            recipients,
            state: State::refused(reply),
        })
    }

    /// Leaves the server ready for the next message, best effort.
    async fn reset(&mut self) {
        let _ = self.dialogue.command(Rset, LAST_WORDS).await;
    }
}

/// No recipient was accepted: for good only if every refusal was.
fn all_refused(recipients: &[Recipient]) -> State {
    let temporary = recipients
        .iter()
        .find(|recipient| recipient.code.is_none_or(|code| code < 500));
    let Some(told) = temporary.or_else(|| recipients.first()) else {
        return State::Refused {
            code: 554,
            enhanced: None,
            text: "The message has no recipient.".to_owned(),
            permanent: true,
        };
    };
    let reply = Reply {
        code: told.code.unwrap_or(451),
        lines: vec![told.text.clone()],
    };
    State::refused(&reply)
}

/// An address for a command line. Servers judge the rest; here it only may
/// not break out of its brackets.
fn address(text: &str) -> Result<Address, Error> {
    let bad = || Error::BadAddress(text.to_owned());
    let address = crate::model::Address::new("", text);
    let (local, domain) = text.rsplit_once('@').ok_or_else(bad)?;
    if !address.is_deliverable() {
        return Err(bad());
    }
    Ok(Address::new_dangerous(local, domain))
}

/// The message as it goes over the wire: a dot at the start of a line doubled
/// (RFC 5321, 4.5.2), the last line ended. `raw` has CRLF line ends.
fn stuffed(raw: &[u8]) -> Cow<'_, [u8]> {
    let has_dot = raw.starts_with(b".") || raw.windows(2).any(|two| two == b"\n.");
    if !has_dot && raw.ends_with(b"\r\n") {
        return Cow::Borrowed(raw);
    }
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 64 + 2);
    for line in raw.split_inclusive(|&b| b == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    if !out.ends_with(b"\r\n") {
        out.extend_from_slice(b"\r\n");
    }
    Cow::Owned(out)
}
