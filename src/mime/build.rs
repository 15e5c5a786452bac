//! [`Draft`] to bytes (RFC 5322, RFC 2045 ff.).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, FixedOffset};
use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address as BuilderAddress;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId as BuilderId;
use mail_builder::headers::raw::Raw;
use mail_builder::mime::{BodyPart, MimePart};

use super::{filename, flowed, header, line_ends, to_text};
use crate::model::{Address, Draft, DraftAttachment, MessageId};

/// The name of this program in the messages it writes. It tells nothing of
/// the machine, the system or the person.
const USER_AGENT: &str = "Waxwing";

/// How many ids `References` keeps: the first and the newest (as RFC 5537,
/// 3.4.4, advises where a header grows too long).
const REFERENCES_MAX: usize = 60;

/// How many characters of Base64 go on a line (RFC 2045, 6.8).
const BASE64_LINE: usize = 76;

/// A message ready to be handed over or kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Built {
    /// What goes out: CRLF, 7-bit clean unless an address itself is not,
    /// without `Bcc`.
    pub(crate) raw: Vec<u8>,
    /// The same with `Bcc`: what a draft is kept as.
    pub(crate) raw_with_bcc: Vec<u8>,
}

/// Writes a draft as a message.
pub(crate) fn build(draft: &Draft, date: DateTime<FixedOffset>, id: &MessageId) -> Built {
    Built {
        raw: write(draft, date, id, false),
        raw_with_bcc: write(draft, date, id, true),
    }
}

/// A new `Message-ID` in the domain of its author, so that it does not tell
/// the name of the machine.
pub(crate) fn new_message_id(from: &Address) -> MessageId {
    let domain = from
        .domain()
        .and_then(ascii_domain)
        .filter(|domain| !domain.is_empty())
        .unwrap_or_else(|| "waxwing.invalid".to_owned());
    MessageId(format!("{}@{domain}", uuid::Uuid::new_v4()))
}

/// The domain as mail servers write it: international names as A-labels
/// (RFC 5890). Nothing where it can be no domain.
pub(crate) fn ascii_domain(domain: &str) -> Option<String> {
    if domain.is_ascii() {
        let is_literal = domain.starts_with('[') && domain.ends_with(']');
        let fits = domain
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        return (fits || is_literal).then(|| domain.to_owned());
    }
    idna::domain_to_ascii(domain).ok()
}

/// The address with its domain as A-labels; unchanged where that is none.
pub(super) fn ascii_address(address: &str) -> Cow<'_, str> {
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => ascii_domain(domain)
            .map_or(Cow::Borrowed(address), |domain| {
                Cow::Owned(format!("{local}@{domain}"))
            }),
        _ => Cow::Borrowed(address),
    }
}

fn write(draft: &Draft, date: DateTime<FixedOffset>, id: &MessageId, with_bcc: bool) -> Vec<u8> {
    let mut message = MessageBuilder::new()
        .header("Date", Raw::new(date.to_rfc2822()))
        .header("From", addresses(std::slice::from_ref(&draft.from)));
    let lists = [
        ("Reply-To", &draft.reply_to),
        ("To", &draft.to),
        ("Cc", &draft.cc),
        ("Bcc", &draft.bcc),
    ];
    for (name, list) in lists {
        if !list.is_empty() && (with_bcc || name != "Bcc") {
            message = message.header(name, addresses(list));
        }
    }
    message = message
        .subject(header::one_line(&draft.subject))
        .message_id(clean_id(&id.0));
    if !draft.in_reply_to.is_empty() {
        message = message.header("In-Reply-To", ids(&draft.in_reply_to));
    }
    if !draft.references.is_empty() {
        message = message.header("References", ids(&shortened(&draft.references)));
    }
    let body = body(draft);
    let mut raw = Vec::new();
    message
        .header("User-Agent", Raw::new(USER_AGENT))
        .body(body)
        .serialize(&mut raw);
    line_ends::normalise_crlf(&raw).into_owned()
}

/// The text; with HTML, both; what that shows, beside it; and what is attached,
/// after all of it.
fn body(draft: &Draft) -> MimePart<'static> {
    let Some(html) = &draft.html else {
        return mixed(text_part(&draft.body), draft.attachments.iter());
    };
    let text = if draft.body.trim().is_empty() {
        text_part(&to_text::to_text(html))
    } else {
        text_part(&draft.body)
    };
    let (shown, attached): (Vec<_>, Vec<_>) = draft
        .attachments
        .iter()
        .partition(|one| one.content_id.is_some());
    let mut html = MimePart::new(
        ContentType::new("text/html").attribute("charset", "utf-8"),
        BodyPart::Text(Cow::Owned(crlf_text(html))),
    );
    if !shown.is_empty() {
        let parts = std::iter::once(html).chain(shown.into_iter().map(attachment));
        // Which part is the one to begin with is told by its type (RFC 2387).
        html = MimePart::new(
            ContentType::new("multipart/related").attribute("type", "text/html"),
            parts.collect::<Vec<_>>(),
        );
    }
    let both = MimePart::new("multipart/alternative", vec![text, html]);
    mixed(both, attached.into_iter())
}

fn mixed<'a>(
    first: MimePart<'static>,
    attached: impl Iterator<Item = &'a DraftAttachment>,
) -> MimePart<'static> {
    let parts: Vec<_> = std::iter::once(first)
        .chain(attached.map(attachment))
        .collect();
    if parts.len() > 1 {
        return MimePart::new("multipart/mixed", parts);
    }
    parts.into_iter().next().unwrap_or_else(|| text_part(""))
}

fn text_part(body: &str) -> MimePart<'static> {
    let text = flowed::encode(&lf_text(body));
    MimePart::new(
        ContentType::new("text/plain")
            .attribute("charset", "utf-8")
            .attribute("format", "flowed"),
        BodyPart::Text(Cow::Owned(text.replace('\n', "\r\n"))),
    )
}

fn addresses(list: &[Address]) -> HeaderType<'static> {
    let list = list
        .iter()
        .map(|one| {
            let name = header::one_line(&one.name);
            let address: String = ascii_address(&one.address)
                .chars()
                .filter(|c| !c.is_control() && !c.is_whitespace() && !matches!(c, '<' | '>'))
                .collect();
            BuilderAddress::new_address((!name.is_empty()).then_some(name), address)
        })
        .collect();
    HeaderType::Address(BuilderAddress::new_list(list))
}

fn ids(list: &[MessageId]) -> HeaderType<'static> {
    HeaderType::MessageId(BuilderId::new_list(list.iter().map(|id| clean_id(&id.0))))
}

/// An id that cannot break out of its brackets. Ids come from strangers.
fn clean_id(id: &str) -> String {
    id.chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>'))
        .collect()
}

fn shortened(ids: &[MessageId]) -> Vec<MessageId> {
    let Some(excess) = ids.len().checked_sub(REFERENCES_MAX).filter(|n| *n > 0) else {
        return ids.to_vec();
    };
    ids.iter()
        .take(1)
        .chain(ids.iter().skip(excess + 1))
        .cloned()
        .collect()
}

fn crlf_text(body: &str) -> String {
    lf_text(body).replace('\n', "\r\n")
}

fn lf_text(body: &str) -> String {
    let mut text = body.replace("\r\n", "\n").replace('\r', "\n");
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// Base64 for every attachment, text too: what was attached arrives byte for
/// byte.
fn attachment(one: &DraftAttachment) -> MimePart<'static> {
    let name = filename::safe_name(&one.name);
    let encoded = STANDARD.encode(&one.bytes);
    let mut lines = Vec::with_capacity(encoded.len() + encoded.len() / 38);
    for line in encoded.as_bytes().chunks(BASE64_LINE) {
        lines.extend_from_slice(line);
        lines.extend_from_slice(b"\r\n");
    }
    let part = MimePart::new(
        ContentType::new(media_type(&one.content_type)).attribute("name", name.clone()),
        BodyPart::Binary(Cow::Owned(lines)),
    );
    let part = match &one.content_id {
        Some(id) => part
            .header(
                "Content-Disposition",
                HeaderType::from(ContentType::new("inline").attribute("filename", name)),
            )
            .cid(clean_id(id)),
        None => part.attachment(name),
    };
    part.transfer_encoding("base64")
}

/// The media type, or the one for anything where it is no type or one that
/// may not be Base64 (RFC 2046, 5.2.1).
fn media_type(given: &str) -> String {
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let given = given.trim().to_ascii_lowercase();
    match given.split_once('/') {
        Some((kind, subtype))
            if is_token(kind) && is_token(subtype) && !matches!(kind, "message" | "multipart") =>
        {
            given
        }
        _ => "application/octet-stream".to_owned(),
    }
}
