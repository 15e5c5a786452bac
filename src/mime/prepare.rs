//! Any .eml made ready to be sent, its body untouched.

use chrono::{DateTime, FixedOffset};

use super::build::{ascii_address, new_message_id};
use super::{header, line_ends, repair};
use crate::model::{Address, MessageId};

/// Why a message cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PrepareError {
    /// There is no header at all.
    #[error("This is not a message: it has no header.")]
    NoHeader,
    /// `From` is missing or names no address.
    #[error("The message names no author (From).")]
    NoFrom,
    /// Neither `To` nor `Cc` nor `Bcc` names anybody.
    #[error("The message names no recipient (To, Cc or Bcc).")]
    NoRecipient,
    /// An address that no server could be told.
    #[error("“{0}” is not an address one can send to.")]
    BadAddress(String),
    /// NUL bytes, which RFC 5322 forbids and servers refuse.
    #[error("The message holds NUL bytes, which mail cannot carry. Attach the data as Base64.")]
    Nul,
}

/// A message with its envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// What goes out: CRLF, without `Bcc`.
    pub(crate) raw: Vec<u8>,
    /// The envelope sender.
    pub(crate) mail_from: String,
    /// The envelope recipients, each once.
    pub(crate) recipients: Vec<String>,
    /// Its `Message-ID`, given or new.
    pub(crate) message_id: MessageId,
    /// Its subject.
    pub(crate) subject: String,
    /// Whether it holds 8-bit bytes, so that a server must offer 8BITMIME.
    pub(crate) is_8bit: bool,
}

/// Makes any message ready to be sent: line ends become CRLF, the recipients
/// of `To`, `Cc` and `Bcc` become the envelope, `Bcc` leaves the header,
/// `Message-ID`, `Date` and `MIME-Version` are added where they are missing.
/// No other byte changes, so that signatures stay valid.
pub(crate) fn prepare_raw(
    raw: &[u8],
    now: DateTime<FixedOffset>,
) -> Result<Prepared, PrepareError> {
    if raw.contains(&0) {
        return Err(PrepareError::Nul);
    }
    let normal = line_ends::normalise_crlf(raw);
    let message = repair::without_prelude(&normal);
    if !repair::has_header(message) {
        return Err(PrepareError::NoHeader);
    }
    let (fields, body) = message.split_at(repair::header_len(message));
    let summary = header::read(message);
    let author = summary
        .from
        .iter()
        .find(|author| author.is_deliverable())
        .ok_or(PrepareError::NoFrom)?;
    // With several authors, the one who sends is named by Sender (RFC 5322,
    // 3.6.2).
    let sender = summary
        .sender
        .as_ref()
        .filter(|sender| summary.from.len() > 1 && sender.is_deliverable())
        .unwrap_or(author);
    let recipients = envelope(summary.to.iter().chain(&summary.cc).chain(&summary.bcc))?;
    let mut kept = Fields::read(fields);
    kept.drop_field("bcc");
    kept.drop_field("resent-bcc");
    let message_id = match summary.message_id {
        Some(id) => id,
        None => {
            let id = new_message_id(author);
            kept.drop_field("message-id");
            kept.add(&format!("Message-ID: <{id}>"));
            id
        }
    };
    if !kept.has("date") {
        kept.add(&format!("Date: {}", now.to_rfc2822()));
    }
    if !kept.has("mime-version") {
        kept.add("MIME-Version: 1.0");
    }
    let out = kept.join(body);
    Ok(Prepared {
        is_8bit: !out.is_ascii(),
        raw: out,
        mail_from: ascii_address(&sender.address).into_owned(),
        recipients,
        message_id,
        subject: summary.subject,
    })
}

/// The addresses as the envelope takes them, each mailbox once.
fn envelope<'a>(addresses: impl Iterator<Item = &'a Address>) -> Result<Vec<String>, PrepareError> {
    let mut recipients: Vec<String> = Vec::new();
    for address in addresses {
        if address.address.is_empty() && is_nobody(&address.name) {
            continue;
        }
        if !address.is_deliverable() {
            return Err(PrepareError::BadAddress(address.short().to_owned()));
        }
        let ascii = ascii_address(&address.address).into_owned();
        let known = recipients
            .iter()
            .any(|other| other.to_lowercase() == ascii.to_lowercase());
        if !known {
            recipients.push(ascii);
        }
    }
    if recipients.is_empty() {
        return Err(PrepareError::NoRecipient);
    }
    Ok(recipients)
}

/// The words that stand where recipients are kept hidden.
fn is_nobody(name: &str) -> bool {
    name.to_lowercase().starts_with("undisclosed")
}

/// Header fields as bytes, each with its continuation lines.
struct Fields<'a>(Vec<std::borrow::Cow<'a, [u8]>>);

impl<'a> Fields<'a> {
    /// Parts a header that has CRLF line ends; the blank line is left out.
    fn read(header: &'a [u8]) -> Self {
        let mut fields: Vec<std::borrow::Cow<'a, [u8]>> = Vec::new();
        for line in header.split_inclusive(|&b| b == b'\n') {
            if line == b"\r\n" {
                break;
            }
            match fields.last_mut() {
                Some(field) if matches!(line.first(), Some(b' ' | b'\t')) => {
                    field.to_mut().extend_from_slice(line);
                }
                _ => fields.push(line.into()),
            }
        }
        Self(fields)
    }

    fn is_named(field: &[u8], name: &str) -> bool {
        field
            .split(|&b| b == b':')
            .next()
            .is_some_and(|given| given.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    }

    fn has(&self, name: &str) -> bool {
        self.0.iter().any(|field| Self::is_named(field, name))
    }

    fn drop_field(&mut self, name: &str) {
        self.0.retain(|field| !Self::is_named(field, name));
    }

    /// Adds a field at the end, where no signature of the header covers it.
    fn add(&mut self, field: &str) {
        self.0.push(format!("{field}\r\n").into_bytes().into());
    }

    fn join(&self, body: &[u8]) -> Vec<u8> {
        let length: usize = self.0.iter().map(|field| field.len()).sum();
        let mut out = Vec::with_capacity(length + body.len() + 2);
        for field in &self.0 {
            out.extend_from_slice(field);
            if !field.ends_with(b"\r\n") {
                out.extend_from_slice(b"\r\n");
            }
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body);
        out
    }
}
