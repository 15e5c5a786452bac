//! `show`

use std::collections::BTreeMap;

use chrono::Local;
use clap::Args;
use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};
use waxwing::engine::{Handle, charset_named, charsets};
use waxwing::model::{
    Address, Charset, CheckedSignature, Contact, DangerKind, DoubtKind, Email, Event, EventTime,
    PlacementId, SenderNotes, SignatureCheck, SignatureVerdict, UnreadDocument,
};
use waxwing::{Error, ErrorKind, Result};

use super::lookup::{self, Target};
use super::{Context, output, text};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Ids, as `list` prints them, or files (.eml)
    #[arg(required = true, value_name = "ID")]
    ids: Vec<Target>,
    /// The exact bytes the server gave
    #[arg(long, group = "part")]
    raw: bool,
    /// The header fields only
    #[arg(long, group = "part")]
    headers: bool,
    /// The text only
    #[arg(long, group = "part")]
    text: bool,
    /// The HTML that would be shown: nothing in it acts or loads anything
    #[arg(long, group = "part")]
    html: bool,
    /// Checks here who signed it (DKIM); asking for the key can tell the sender
    /// that it is read
    #[arg(long, conflicts_with = "part")]
    check_signature: bool,
    /// Reads it in this encoding, whatever it says of itself
    #[arg(long, value_name = "NAME", value_parser = charset)]
    charset: Option<Charset>,
}

fn charset(name: &str) -> std::result::Result<Charset, String> {
    charset_named(name).ok_or_else(|| {
        let all: Vec<_> = charsets().map(|charset| charset.label).collect();
        format!("there are {}", all.join(", "))
    })
}

pub(super) async fn run(context: &mut Context, options: Options) -> Result<()> {
    let ids = lookup::messages(&context.handle, &options.ids).await?;
    for (place, (id, target)) in ids.into_iter().zip(&options.ids).enumerate() {
        context.handle.read_as(id, options.charset);
        if options.raw {
            let raw = context.handle.raw(id).await?;
            context.out.bytes(&raw)?;
            continue;
        }
        let email = context.handle.email(id).await?;
        let is_part = options.headers || options.text || options.html;
        let notes = if options.check_signature {
            context.handle.check_signatures(id, true).await?
        } else if is_part && !context.out.is_json() {
            SenderNotes::default()
        } else {
            context.handle.sender_notes(id).await?
        };
        if context.out.is_json() {
            let line = EmailLine::read(&context.handle, id, target, email, notes).await?;
            context.out.row(&line, String::new)?;
            continue;
        }
        let shown = if options.headers {
            fields(&email)
        } else if options.text {
            text::clean(&email.text)
        } else if options.html {
            clean_html(&email).ok_or_else(|| {
                Error::new(
                    ErrorKind::NotFound,
                    format!("Message {target} has no HTML."),
                )
                .hint("`waxwing show --text` prints what it says.")
            })?
        } else {
            whole(&email, &notes)
        };
        let gap = if place > 0 { "\n" } else { "" };
        context
            .out
            .row(&(), || format!("{gap}{}", shown.trim_end()))?;
    }
    Ok(())
}

/// The HTML as it would be shown: mail's own is never given out as it came.
fn clean_html(email: &Email) -> Option<String> {
    let html = email.html.as_deref()?;
    Some(waxwing::html::sanitize(html, false).html)
}

/// A message for scripts.
#[derive(Debug, Serialize)]
struct EmailLine {
    id: String,
    message_id: Option<String>,
    subject: String,
    from: Vec<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    date: Option<String>,
    /// Fields by name; those that come more than once, joined by line ends.
    headers: BTreeMap<String, String>,
    text: String,
    html: Option<String>,
    attachments: Vec<AttachmentFields>,
    /// Entries of calendars.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    events: Vec<Event>,
    /// Visiting cards.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    contacts: Vec<Contact>,
    /// Documents whose text no search finds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    not_searched: Vec<UnreadDocument>,
    /// What makes one doubt the sender, the gravest first.
    doubts: Vec<DoubtFields>,
    /// Its signatures, where they were checked; empty where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    signatures: Option<Vec<SignatureFields>>,
}

#[derive(Debug, Serialize)]
struct DoubtFields {
    kind: DoubtKind,
    message: String,
}

#[derive(Debug, Serialize)]
struct SignatureFields {
    domain: String,
    verdict: SignatureVerdict,
    /// Whether the domain is the author's.
    authors: bool,
    message: String,
}

#[derive(Debug, Serialize)]
struct AttachmentFields {
    part: u32,
    name: String,
    #[serde(rename = "type")]
    content_type: String,
    size: u64,
    /// Null while it is on the server only.
    sha256: Option<String>,
    /// Why it is not to be opened just so.
    #[serde(skip_serializing_if = "Option::is_none")]
    danger: Option<DangerKind>,
}

impl EmailLine {
    async fn read(
        handle: &Handle,
        id: PlacementId,
        target: &Target,
        email: Email,
        notes: SenderNotes,
    ) -> Result<Self> {
        let mut attachments = Vec::with_capacity(email.attachments.len());
        for attachment in &email.attachments {
            let sha256 = if attachment.here {
                let part = handle.part(id, attachment.part).await?;
                Some(HEXLOWER.encode(&Sha256::digest(&part.bytes)))
            } else {
                None
            };
            attachments.push(AttachmentFields {
                part: attachment.part.0,
                name: attachment.name.clone(),
                content_type: attachment.content_type.clone(),
                size: attachment.size,
                sha256,
                danger: attachment.danger.map(|danger| danger.kind),
            });
        }
        Ok(Self {
            not_searched: handle.unread_documents(id).await?,
            ..Self::new(target, email, attachments, notes)
        })
    }

    fn new(
        target: &Target,
        email: Email,
        attachments: Vec<AttachmentFields>,
        notes: SenderNotes,
    ) -> Self {
        let html = clean_html(&email);
        let doubts = notes.doubts.into_iter().map(|doubt| DoubtFields {
            kind: doubt.kind,
            message: doubt.message,
        });
        let signature = |one: CheckedSignature| SignatureFields {
            domain: one.domain,
            verdict: one.verdict,
            authors: one.is_authors,
            message: one.message,
        };
        let signatures = notes
            .signatures
            .map(|check| check.signatures.into_iter().map(signature).collect());
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in email.headers {
            headers
                .entry(name)
                .and_modify(|before| {
                    before.push('\n');
                    before.push_str(&value);
                })
                .or_insert(value);
        }
        Self {
            id: target.to_string(),
            message_id: email.message_id.map(|id| id.to_string()),
            subject: email.subject,
            from: email.from,
            to: email.to,
            cc: email.cc,
            date: email.date.map(|date| date.to_rfc3339()),
            headers,
            text: email.text,
            html,
            attachments,
            events: email.enclosed.events,
            contacts: email.enclosed.contacts,
            not_searched: Vec::new(),
            doubts: doubts.collect(),
            signatures,
        }
    }
}

fn fields(email: &Email) -> String {
    let lines = email
        .headers
        .iter()
        .map(|(name, value)| format!("{}: {}\n", text::line(name), text::line(value)));
    lines.collect()
}

/// A time of a calendar, by the clock at hand.
fn when(time: EventTime) -> String {
    match time {
        EventTime::Day(day) => day.to_string(),
        EventTime::At(at) => at
            .with_timezone(&Local)
            .format("%Y-%m-%d %H:%M")
            .to_string(),
        EventTime::Local(at) => at.format("%Y-%m-%d %H:%M").to_string(),
    }
}

fn whole(email: &Email, notes: &SenderNotes) -> String {
    let mut shown = String::new();
    let mut field = |name: &str, value: &str| {
        if !value.is_empty() {
            shown.push_str(&format!("{name:<9}{}\n", text::line(value)));
        }
    };
    field("From:", &output::addresses(&email.from));
    field("To:", &output::addresses(&email.to));
    field("Cc:", &output::addresses(&email.cc));
    field(
        "Date:",
        &email.date.map(|date| date.to_rfc2822()).unwrap_or_default(),
    );
    field("Subject:", &email.subject);
    for doubt in &notes.doubts {
        let name = if doubt.is_warning() {
            "Careful:"
        } else {
            "Note:"
        };
        field(name, &doubt.message);
    }
    for sentence in notes.signatures.iter().flat_map(SignatureCheck::sentences) {
        field("Signed:", sentence);
    }
    for event in &email.enclosed.events {
        let starts = event.starts.map_or_else(String::new, when);
        field("Event:", &format!("{} ({starts})", event.title));
    }
    for contact in &email.enclosed.contacts {
        field("Card:", &contact.name);
    }
    for attachment in &email.attachments {
        let size = text::size(attachment.size);
        let size = if attachment.here {
            size
        } else {
            format!("about {size}, on the server")
        };
        let danger = attachment.danger.map(|danger| danger.what().to_lowercase());
        let danger = danger.map_or_else(String::new, |what| format!(", {what}"));
        field("File:", &format!("{} ({size}{danger})", attachment.name));
    }
    shown.push('\n');
    shown.push_str(&text::clean(&email.text));
    shown
}

#[cfg(test)]
mod tests;
