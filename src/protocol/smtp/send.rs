//! One message to one server (RFC 5321, 3.3).

use std::borrow::Cow;
use std::time::Duration;

use lettre::Address;
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{MailBodyParameter, MailParameter, RcptParameter};

use super::dialogue::Reply;
use super::error::{Error, Step};
use super::session::Session;
use super::words::{self, At};
use crate::mime::normalise_crlf;
use crate::model::Recipient;

/// How long a broken connection is asked for its last words.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// The server closes the connection (RFC 5321, 3.8).
const CLOSING: u16 = 421;

/// How many commands fly together. Their replies fit into any buffer on the
/// way, so that neither side waits for the other to read (RFC 2920, 3.1).
const FLIGHT: usize = 50;

/// What is to be sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// The envelope sender.
    pub(crate) mail_from: &'a str,
    /// The envelope recipients.
    pub(crate) recipients: &'a [String],
    /// The message.
    pub(crate) raw: &'a [u8],
    /// Where the person wants a report of the delivery (RFC 3461): what it is
    /// to name the message by.
    pub(crate) report: Option<&'a str>,
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
        /// What was refused.
        at: At,
        /// The reply code.
        code: u16,
        /// The enhanced status code (RFC 3463), where it gave one.
        enhanced: Option<String>,
        /// Its words.
        text: String,
    },
    /// The whole message was handed over and no answer came: it may have left
    /// (RFC 1047). Must not be sent again unasked.
    Uncertain,
}

/// How handing a message over went.
#[derive(Debug)]
pub(crate) enum HandedOver {
    /// The server has all of it but the final dot, and took nothing yet.
    Ready(Ready),
    /// The server refused it.
    Refused(Outcome),
}

/// A message the server has all of but the final dot. Dropped, it was never
/// sent; the session can then only be dropped too.
#[derive(Debug)]
pub(crate) struct Ready {
    recipients: Vec<Recipient>,
    size: usize,
}

impl Ready {
    /// What the server said of each recipient so far.
    pub(crate) fn recipients(&self) -> &[Recipient] {
        &self.recipients
    }
}

impl Outcome {
    /// Why the message was not taken, as an error; nothing where it was, or
    /// where nobody knows. `place` is the server as `host:port`.
    pub(crate) fn refusal(&self, place: &str) -> Option<crate::Error> {
        let State::Refused {
            at,
            code,
            enhanced,
            text,
        } = &self.state
        else {
            return None;
        };
        let enhanced = enhanced.as_deref();
        Some(words::refusal(place, *at, *code, enhanced, text))
    }
}

impl State {
    fn refused(at: At, reply: &Reply) -> Self {
        Self::Refused {
            at,
            code: reply.code,
            enhanced: reply.enhanced(),
            text: reply.text(),
        }
    }
}

impl Session {
    /// Hands one message over, all but the final dot. Each recipient is asked
    /// for by itself, and the message goes if at least one was accepted.
    ///
    /// # Errors
    ///
    /// Whatever ends the dialogue: nothing was sent then, and it may be tried
    /// again later.
    pub(crate) async fn hand_over(&mut self, mail: Outgoing<'_>) -> Result<HandedOver, Error> {
        self.dialogue.step = Step::Sending;
        let raw = normalise_crlf(mail.raw);
        let mut commands = vec![self.mail_command(&mail, &raw)?.to_string()];
        for recipient in mail.recipients {
            commands.push(self.rcpt_command(recipient, mail.report)?);
        }
        commands.push(Data.to_string());
        let recipients = mail
            .recipients
            .iter()
            .map(|text| Recipient {
                address: text.clone(),
                code: None,
                text: String::new(),
            })
            .collect();
        let offer = Offer {
            commands,
            recipients,
            sender: None,
            data: None,
        };
        let outcome = if self.features.pipelining {
            self.offer_together(offer).await?
        } else {
            self.offer_one_by_one(offer).await?
        };
        match outcome {
            Ok(recipients) => self.message(&raw, recipients).await,
            Err(refused) => Ok(HandedOver::Refused(refused)),
        }
    }

    /// Says the envelope, each command after the reply to the one before.
    async fn offer_one_by_one(&mut self, mut offer: Offer) -> Result<Accepted, Error> {
        let count = offer.commands.len();
        for at in 0..count {
            let limit = self.limit(at + 1 == count);
            let command = offer.commands.get(at).map_or("", String::as_str);
            self.dialogue.line(command.as_bytes(), limit).await?;
            let reply = self.dialogue.reply(limit).await?;
            let closes = reply.code == CLOSING;
            offer.note(at, reply);
            let unwanted = at + 2 == count && !offer.is_wanted();
            if closes || unwanted || offer.sender.as_ref().is_some_and(|r| !r.is_ok()) {
                break;
            }
        }
        self.accepted(offer).await
    }

    /// Says the envelope in flights (RFC 2920).
    async fn offer_together(&mut self, mut offer: Offer) -> Result<Accepted, Error> {
        let commands = std::mem::take(&mut offer.commands);
        let mut at = 0;
        for flight in commands.chunks(FLIGHT) {
            let is_last = at + flight.len() == commands.len();
            let limit = self.limit(is_last);
            self.dialogue.lines(flight, limit).await?;
            for _ in flight {
                let reply = self.dialogue.reply(limit).await?;
                if reply.code == CLOSING {
                    offer.note(at, reply);
                    return self.accepted(offer).await;
                }
                offer.note(at, reply);
                at += 1;
            }
            if offer.sender.as_ref().is_some_and(|reply| !reply.is_ok()) && !is_last {
                break;
            }
        }
        let ready = offer.data.as_ref().is_some_and(|reply| reply.code == 354);
        if ready && !offer.is_wanted() {
            // It waits for a message to nobody: that is what it gets (RFC
            // 2920, 3.1).
            let limit = self.timeouts.data_start;
            self.dialogue.write(b".\r\n", limit).await?;
            self.dialogue.reply(limit).await?;
        }
        self.accepted(offer).await
    }

    fn limit(&self, is_last: bool) -> Duration {
        if is_last {
            self.timeouts.command.max(self.timeouts.data_start)
        } else {
            self.timeouts.command
        }
    }

    /// Whether the server waits for the message, and for whom; else what it
    /// said.
    async fn accepted(&mut self, offer: Offer) -> Result<Accepted, Error> {
        let Offer {
            recipients,
            sender,
            data,
            ..
        } = offer;
        if let Some(reply) = sender.filter(|reply| !reply.is_ok()) {
            return Ok(Err(self.refused(At::Sender, recipients, &reply).await?));
        }
        let closing = recipients.iter().find(|one| one.code == Some(CLOSING));
        if let Some(reply) = closing.map(reply_to) {
            return Ok(Err(self
                .refused(At::Recipients, recipients, &reply)
                .await?));
        }
        if !recipients.iter().any(Recipient::is_accepted) {
            let state = all_refused(&recipients);
            self.reset().await;
            return Ok(Err(Outcome { recipients, state }));
        }
        match data {
            Some(reply) if reply.code == 354 => Ok(Ok(recipients)),
            Some(reply) => Ok(Err(self.refused(At::Start, recipients, &reply).await?)),
            None => Err(self.dialogue.nonsense(b"")),
        }
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
        if let Some(name) = mail.report.filter(|_| self.features.dsn) {
            // Reports without the message itself: it is in Sent already.
            parameters.push(parameter("RET", "HDRS"));
            // At most 100 characters of it (RFC 3461, 4.4).
            if name.len() <= 100 && name.bytes().all(|byte| byte.is_ascii_graphic()) {
                parameters.push(parameter("ENVID", name));
            }
        }
        // Nobody, for a notice that must never be answered (RFC 5321, 4.5.5).
        let sender = match mail.mail_from {
            "" => None,
            sender => Some(address(sender)?),
        };
        Ok(Mail::new(sender, parameters))
    }

    fn rcpt_command(&self, recipient: &str, report: Option<&str>) -> Result<String, Error> {
        let mut parameters = Vec::new();
        if report.is_some() && self.features.dsn {
            let wanted = "SUCCESS,FAILURE,DELAY";
            parameters.push(rcpt_parameter("NOTIFY", wanted));
            // RFC 6533 has a form for other addresses; without it the server
            // takes the one it was given.
            if recipient.is_ascii() {
                let original = format!("rfc822;{recipient}");
                parameters.push(rcpt_parameter("ORCPT", &original));
            }
        }
        Ok(Rcpt::new(address(recipient)?, parameters).to_string())
    }

    /// The message without the final dot: only once that may have left is the
    /// outcome uncertain.
    async fn message(
        &mut self,
        raw: &[u8],
        recipients: Vec<Recipient>,
    ) -> Result<HandedOver, Error> {
        let stuffed = stuffed(raw);
        let limit = self.timeouts.data_block;
        if let Err(error) = self.dialogue.write(&stuffed, limit).await {
            // A server that hangs up in the middle may have said why.
            return match self.dialogue.reply(LAST_WORDS).await {
                Ok(reply) if reply.is_no() => {
                    let refused = self.refused(At::Message, recipients, &reply).await?;
                    Ok(HandedOver::Refused(refused))
                }
                _ => Err(error),
            };
        }
        Ok(HandedOver::Ready(Ready {
            recipients,
            size: stuffed.len(),
        }))
    }

    /// The final dot, and what the server says to it. There is no error any
    /// more, only [`State::Uncertain`].
    pub(crate) async fn finish(&mut self, ready: Ready) -> Outcome {
        let Ready { recipients, size } = ready;
        let written = self
            .dialogue
            .write(b".\r\n", self.timeouts.data_block)
            .await;
        let patience = match written {
            Ok(()) => self.timeouts.end_of(size),
            Err(_) => LAST_WORDS,
        };
        match self.dialogue.reply(patience).await {
            Ok(reply) if reply.is_ok() => Outcome {
                recipients,
                state: State::Sent,
            },
            Ok(reply) if reply.is_no() => {
                let recipients = with_refusal(recipients, &reply);
                self.reset_after(&reply).await;
                Outcome {
                    recipients,
                    state: State::refused(At::Message, &reply),
                }
            }
            _ => {
                // The answer may still come, or it was out of step.
                self.dialogue.broken = true;
                Outcome {
                    recipients,
                    state: State::Uncertain,
                }
            }
        }
    }

    async fn refused(
        &mut self,
        at: At,
        recipients: Vec<Recipient>,
        reply: &Reply,
    ) -> Result<Outcome, Error> {
        if !reply.is_no() {
            return Err(self.dialogue.refused(reply));
        }
        self.reset_after(reply).await;
        Ok(Outcome {
            recipients: with_refusal(recipients, reply),
            state: State::refused(at, reply),
        })
    }

    async fn reset_after(&mut self, reply: &Reply) {
        if reply.code == CLOSING {
            self.dialogue.broken = true;
        } else {
            self.reset().await;
        }
    }

    /// Leaves the server ready for the next message; where that fails, it gets
    /// none.
    async fn reset(&mut self) {
        if !self.dialogue.broken {
            let reset = self.dialogue.command(Rset, LAST_WORDS).await;
            self.dialogue.broken |= !reset.is_ok_and(|reply| reply.is_ok());
        }
    }
}

/// Whom the server takes the message for, or what it said instead.
type Accepted = Result<Vec<Recipient>, Outcome>;

/// An envelope on its way: `MAIL`, the recipients, `DATA`.
struct Offer {
    commands: Vec<String>,
    recipients: Vec<Recipient>,
    /// The reply to `MAIL`.
    sender: Option<Reply>,
    /// The reply to `DATA`.
    data: Option<Reply>,
}

impl Offer {
    /// Notes the reply to the command of that number.
    fn note(&mut self, at: usize, reply: Reply) {
        let Some(number) = at.checked_sub(1) else {
            self.sender = Some(reply);
            return;
        };
        match self.recipients.get_mut(number) {
            Some(recipient) => {
                recipient.code = Some(reply.code);
                recipient.text = reply.text();
            }
            None => self.data = Some(reply),
        }
    }

    /// Whether there is anybody the message would go to.
    fn is_wanted(&self) -> bool {
        self.sender.as_ref().is_some_and(Reply::is_ok)
            && self.recipients.iter().any(Recipient::is_accepted)
    }
}

/// A refusal of the message is one for each recipient that was accepted.
fn with_refusal(mut recipients: Vec<Recipient>, reply: &Reply) -> Vec<Recipient> {
    for recipient in &mut recipients {
        if recipient.code.is_none() || recipient.is_accepted() {
            recipient.code = Some(reply.code);
            recipient.text = reply.text();
        }
    }
    recipients
}

fn reply_to(recipient: &Recipient) -> Reply {
    Reply {
        code: recipient.code.unwrap_or(451),
        lines: vec![recipient.text.clone()],
    }
}

/// No recipient was accepted: for good only if every refusal was.
fn all_refused(recipients: &[Recipient]) -> State {
    let temporary = recipients
        .iter()
        .find(|recipient| recipient.code.is_none_or(|code| code < 500));
    match temporary.or_else(|| recipients.first()) {
        Some(told) => State::refused(At::Recipients, &reply_to(told)),
        None => State::Refused {
            at: At::Recipients,
            code: 554,
            enhanced: None,
            text: "The message has no recipient.".to_owned(),
        },
    }
}

fn parameter(keyword: &str, value: &str) -> MailParameter {
    MailParameter::Other {
        keyword: keyword.to_owned(),
        value: Some(value.to_owned()),
    }
}

fn rcpt_parameter(keyword: &str, value: &str) -> RcptParameter {
    RcptParameter::Other {
        keyword: keyword.to_owned(),
        value: Some(value.to_owned()),
    }
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
