//! From an entry of the data to an RFC 5322 message.

use std::borrow::Cow;

use mail_builder::MessageBuilder;
use mail_builder::headers::HeaderType;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::message_id::MessageId;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::mime::{BodyPart, MimePart};

use super::charset;
use super::files;
use super::format::Entry;
use super::mailbox::Letter;
use super::people::Person;

/// Why a message could not be built, in words.
type Fault = String;

/// Headers whose value is syntax, not words: never encoded.
const STRUCTURED: [&str; 8] = [
    "List-Id",
    "List-Post",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "List-Archive",
    "Auto-Submitted",
    "Authentication-Results",
    "Return-Path",
];

/// Writes the message. `forwarded` gives the letters it carries whole.
///
/// # Errors
///
/// The fault in words: an unknown file, a text that its character set cannot
/// hold, a field that is missing.
pub(super) fn message<'a>(
    entry: &'a Entry,
    letter: &'a Letter,
    forwarded: &'a dyn Fn(&str) -> Option<&'a [u8]>,
) -> Result<Vec<u8>, Fault> {
    let mut builder = headers(entry, letter)?;
    builder = builder.body(body(entry, letter, forwarded)?);
    let raw = builder.write_to_vec().map_err(|error| error.to_string())?;
    Ok(crlf(&raw))
}

fn headers<'a>(entry: &'a Entry, letter: &'a Letter) -> Result<MessageBuilder<'a>, Fault> {
    let charset = entry.get("charset");
    let mut builder = MessageBuilder::new();
    for name in ["Return-Path", "Authentication-Results"] {
        if let Some((_, value)) = extras(entry).find(|(found, _)| *found == name) {
            builder = builder.header(name, Raw::new(value));
        }
    }
    if let Some(trace) = trace(letter) {
        builder = builder.header("Received", Raw::new(trace));
    }
    builder = builder
        .header("Date", Raw::new(letter.date.to_rfc2822()))
        .header(
            "From",
            addresses(std::slice::from_ref(&letter.from), charset)?,
        )
        .message_id(letter.message_id.as_str());
    for (name, people) in [("To", &letter.to), ("Cc", &letter.cc)] {
        if !people.is_empty() {
            builder = builder.header(name, addresses(people, charset)?);
        }
    }
    if !letter.references.is_empty() {
        builder = builder
            .header(
                "In-Reply-To",
                MessageId::new_list(letter.references.last().into_iter().map(String::as_str)),
            )
            .header(
                "References",
                MessageId::new_list(letter.references.iter().map(String::as_str)),
            );
    }
    builder = builder.header("Subject", words(&letter.subject, charset)?);
    let mut written = vec!["Return-Path", "Authentication-Results"];
    for (name, value) in extras(entry) {
        // A message's own header stands before its file's and wins.
        if written.contains(&name) {
            continue;
        }
        written.push(name);
        let value: HeaderType<'_> = if STRUCTURED.contains(&name) {
            Raw::new(value).into()
        } else {
            Text::new(value).into()
        };
        builder = builder.header(name, value);
    }
    Ok(builder)
}

/// The line of the server that took the message in (RFC 5321, 4.4), for mail
/// from elsewhere; the address is from a range for documentation (RFC 5737).
fn trace(letter: &Letter) -> Option<String> {
    let domain = letter.from.domain();
    (domain != "waxwing.test").then(|| {
        let host = domain.len() % 250 + 2;
        format!(
            "from mail.{domain} (mail.{domain} [192.0.2.{host}]) by mx.waxwing.test \
             with ESMTPS id {}; {}",
            letter.id,
            letter.date.to_rfc2822()
        )
    })
}

fn extras(entry: &Entry) -> impl Iterator<Item = (&str, &str)> {
    entry
        .all("header")
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim(), value.trim()))
}

fn words<'a>(text: &'a str, charset: Option<&str>) -> Result<HeaderType<'a>, Fault> {
    Ok(match charset {
        Some(charset) => Raw::new(in_charset(text, charset)?).into(),
        None => Text::new(text).into(),
    })
}

fn addresses<'a>(people: &'a [Person], charset: Option<&str>) -> Result<HeaderType<'a>, Fault> {
    if let Some(charset) = charset {
        let list: Result<Vec<String>, Fault> = people
            .iter()
            .map(|person| {
                let name = in_charset(&person.name, charset)?;
                Ok(format!("{name} <{}>", person.address))
            })
            .collect();
        return Ok(Raw::new(list?.join(", ")).into());
    }
    let list = people
        .iter()
        .map(|person| {
            let name = (!person.name.is_empty()).then_some(person.name.as_str());
            Address::new_address(name, person.address.as_str())
        })
        .collect();
    Ok(Address::new_list(list).into())
}

fn in_charset(text: &str, charset: &str) -> Result<String, Fault> {
    charset::words(text, charset).ok_or_else(|| format!("{charset} cannot hold {text:?}"))
}

/// The body: the readable part, wrapped by what the entry adds to it.
fn body<'a>(
    entry: &'a Entry,
    letter: &'a Letter,
    forwarded: &'a dyn Fn(&str) -> Option<&'a [u8]>,
) -> Result<MimePart<'a>, Fault> {
    let mut parts = readable(entry, letter)?;
    let mut part = if let Some(kind) = entry.get("multipart") {
        multipart(kind, parts, letter)
    } else if parts.len() == 1 {
        parts.swap_remove(0)
    } else {
        multipart("alternative", parts, letter)
    };
    let attached: Result<Vec<MimePart<'_>>, Fault> = entry
        .all("attach")
        .map(|what| match what.strip_prefix("mail:") {
            Some(id) => forwarded(id.trim())
                .map(|raw| whole_message(raw))
                .ok_or_else(|| format!("attaches the unknown message {id}")),
            None => attachment(what),
        })
        .collect();
    let mut attached = attached?;
    if !attached.is_empty() {
        attached.insert(0, part);
        part = multipart("mixed", attached, letter);
    }
    if let Some(signature) = entry.get("signed") {
        let bytes = files::find(signature).ok_or_else(|| format!("no file {signature}"))?;
        let signature = MimePart::new("application/pgp-signature", bytes)
            .transfer_encoding("7bit")
            .attachment("signature.asc");
        let kind = "signed; protocol=application/pgp-signature; micalg=pgp-sha512";
        part = multipart(kind, vec![part, signature], letter);
    }
    Ok(part)
}

/// Text, HTML (with its pictures) and the other sections, in this order.
fn readable<'a>(entry: &'a Entry, letter: &'a Letter) -> Result<Vec<MimePart<'a>>, Fault> {
    let mut parts = Vec::new();
    if !letter.text.is_empty() || letter.sections.is_empty() {
        parts.push(text_part(entry, "text/plain", &letter.text)?);
    }
    for (content_type, content) in &letter.sections {
        let mut part = text_part(entry, content_type, content)?;
        if content_type == "text/html" && entry.has("inline") {
            let mut related = vec![part];
            for what in entry.all("inline") {
                related.push(inline_picture(what)?);
            }
            part = multipart("related", related, letter);
        }
        parts.push(part);
    }
    Ok(parts)
}

fn text_part<'a>(
    entry: &'a Entry,
    content_type: &'a str,
    content: &'a str,
) -> Result<MimePart<'a>, Fault> {
    let mut header = typed(content_type);
    let lines = content.replace('\n', "\r\n") + "\r\n";
    if !header.c_type.starts_with("text/") {
        return Ok(MimePart::new(header, lines.into_bytes()).transfer_encoding("7bit"));
    }
    let charset = entry.get("charset").unwrap_or("utf-8");
    let bytes = charset::encode(&lines, charset)
        .ok_or_else(|| format!("{charset} cannot hold the text"))?
        .into_owned();
    header = header.attribute("charset", charset.to_owned());
    if entry.has("flowed") && content_type == "text/plain" {
        header = header.attribute("format", "flowed");
    }
    Ok(MimePart::new(header, BodyPart::Binary(Cow::Owned(bytes))))
}

/// `text/calendar; method=REQUEST` as a header.
fn typed(content_type: &str) -> ContentType<'_> {
    let mut words = content_type.split(';').map(str::trim);
    let start = ContentType::new(words.next().unwrap_or("text/plain"));
    words
        .filter_map(|word| word.split_once('='))
        .fold(start, |header, (key, value)| header.attribute(key, value))
}

/// A multipart whose boundary follows from the message, so that the same data
/// always makes the same bytes.
fn multipart<'a>(kind: &str, parts: Vec<MimePart<'a>>, letter: &Letter) -> MimePart<'a> {
    let (kind, rest) = kind.split_once(';').unwrap_or((kind, ""));
    let boundary = format!("=_{kind}_{}", letter.id);
    let full = format!("multipart/{kind}");
    let header = rest
        .split(';')
        .filter_map(|word| word.trim().split_once('='))
        .fold(ContentType::new(full), |header, (key, value)| {
            header.attribute(key.to_owned(), value.to_owned())
        })
        .attribute("boundary", boundary);
    MimePart::new(header, parts)
}

/// `file.png` or `file.png as Another name.png`.
fn attachment(what: &str) -> Result<MimePart<'_>, Fault> {
    let (file, shown) = what.split_once(" as ").unwrap_or((what, what));
    let bytes = files::find(file).ok_or_else(|| format!("no file {file}"))?;
    let part = MimePart::new(
        files::media_type(file),
        BodyPart::Binary(Cow::Borrowed(bytes)),
    );
    Ok(part.attachment(shown))
}

/// `file.png cid`.
fn inline_picture(what: &str) -> Result<MimePart<'_>, Fault> {
    let (file, cid) = what
        .split_once(' ')
        .ok_or_else(|| format!("inline file {what} without a Content-ID"))?;
    let bytes = files::find(file).ok_or_else(|| format!("no file {file}"))?;
    let part = MimePart::new(
        files::media_type(file),
        BodyPart::Binary(Cow::Borrowed(bytes)),
    );
    let shown = ContentType::new("inline").attribute("filename", file);
    Ok(part.header("Content-Disposition", shown).cid(cid))
}

/// RFC 2046, 5.2.1: such a part must not be base64.
fn whole_message(raw: &[u8]) -> MimePart<'_> {
    MimePart::new("message/rfc822", raw)
        .transfer_encoding("7bit")
        .attachment("forwarded message.eml")
}

/// Ends every line with CRLF, whatever ended it before.
fn crlf(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut last = 0;
    for &byte in raw {
        if byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(byte);
        last = byte;
    }
    if last != b'\n' {
        out.extend_from_slice(b"\r\n");
    }
    out
}
