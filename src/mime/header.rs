//! The header fields a person reads (RFC 5322, 3.6).

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, TimeZone, Utc};
use mail_parser::{HeaderName, HeaderValue, Message, MessageParser};

use super::{encoded_word, repair};
use crate::model::{Address, MessageId};

/// What the header alone tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct HeaderSummary {
    /// `Message-ID` without brackets.
    pub(crate) message_id: Option<MessageId>,
    /// `In-Reply-To` ids.
    pub(crate) in_reply_to: Vec<MessageId>,
    /// `References` ids, oldest first.
    pub(crate) references: Vec<MessageId>,
    /// Decoded subject.
    pub(crate) subject: String,
    /// Authors.
    pub(crate) from: Vec<Address>,
    /// Who put it on its way, when not the author.
    pub(crate) sender: Option<Address>,
    /// Where replies should go.
    pub(crate) reply_to: Vec<Address>,
    /// Primary recipients.
    pub(crate) to: Vec<Address>,
    /// Copies.
    pub(crate) cc: Vec<Address>,
    /// Hidden copies (only in one's own mail).
    pub(crate) bcc: Vec<Address>,
    /// When it says it was written, where that can be understood.
    pub(crate) date: Option<DateTime<FixedOffset>>,
    /// The mailing list it came by (`List-Id`, RFC 2919): its name and its id.
    pub(crate) list: Vec<Address>,
    /// Whether the content type makes attachments likely: the best guess while
    /// only the header is known.
    pub(crate) may_have_attachments: bool,
}

/// Reads the header at the start of a repaired message.
pub(crate) fn read(source: &[u8]) -> HeaderSummary {
    let header = source.get(..repair::header_len(source)).unwrap_or_default();
    read_utf8(&repair::utf8_header(header, None))
}

/// Reads a header that is UTF-8 by now.
pub(crate) fn read_utf8(header: &[u8]) -> HeaderSummary {
    let Some(message) = MessageParser::new().parse_headers(header) else {
        return HeaderSummary::default();
    };
    let summary = from_message(&message);
    if !has_holes(&summary) {
        return summary;
    }
    // A character cut over two encoded words: join them and read again.
    let joined = encoded_word::joined(&String::from_utf8_lossy(header));
    MessageParser::new()
        .parse_headers(joined.as_bytes())
        .map_or(summary, |message| from_message(&message))
}

fn has_holes(summary: &HeaderSummary) -> bool {
    let hole = |text: &str| text.contains('\u{fffd}');
    hole(&summary.subject)
        || [&summary.from, &summary.to, &summary.cc, &summary.reply_to]
            .into_iter()
            .flatten()
            .any(|address| hole(&address.name))
}

fn from_message(message: &Message<'_>) -> HeaderSummary {
    HeaderSummary {
        message_id: ids(message, HeaderName::MessageId).into_iter().next(),
        in_reply_to: ids(message, HeaderName::InReplyTo),
        references: ids(message, HeaderName::References),
        subject: message
            .header(HeaderName::Subject)
            .and_then(HeaderValue::as_text)
            .map(one_line)
            .unwrap_or_default(),
        from: addresses(message, HeaderName::From),
        sender: addresses(message, HeaderName::Sender).into_iter().next(),
        reply_to: addresses(message, HeaderName::ReplyTo),
        to: addresses(message, HeaderName::To),
        cc: addresses(message, HeaderName::Cc),
        bcc: addresses(message, HeaderName::Bcc),
        date: date(message),
        list: addresses(message, HeaderName::ListId),
        may_have_attachments: message
            .header(HeaderName::ContentType)
            .and_then(HeaderValue::as_content_type)
            .is_some_and(|kind| match kind.ctype() {
                "multipart" => kind.subtype() == Some("mixed"),
                "text" | "message" | "" => false,
                _ => true,
            }),
    }
}

/// All fields of a header that is UTF-8, in their order, decoded for reading.
pub(crate) fn all(header: &[u8]) -> Vec<(String, String)> {
    let joined = encoded_word::joined(&String::from_utf8_lossy(header));
    // One named field, or the parser takes its own table over the default.
    let parser = MessageParser::new()
        .header_text(HeaderName::Subject)
        .default_header_text();
    let Some(message) = parser.parse_headers(joined.as_bytes()) else {
        return Vec::new();
    };
    message
        .headers()
        .iter()
        .map(|header| {
            let value = header.value.as_text().map(one_line).unwrap_or_default();
            (header.name.as_str().to_owned(), value)
        })
        .collect()
}

fn addresses(message: &Message<'_>, name: HeaderName<'static>) -> Vec<Address> {
    message
        .header_values(name)
        .filter_map(HeaderValue::as_address)
        .flat_map(|list| list.iter())
        .filter_map(|one| {
            let name = one.name().map(in_order).unwrap_or_default();
            let address = one.address().map(in_order).unwrap_or_default();
            (!name.is_empty() || !address.is_empty()).then(|| {
                let name = if name == address { String::new() } else { name };
                Address { name, address }
            })
        })
        .collect()
}

fn ids(message: &Message<'_>, name: HeaderName<'static>) -> Vec<MessageId> {
    let mut ids = Vec::new();
    for value in message.header_values(name) {
        let texts: &[Cow<'_, str>] = match value {
            HeaderValue::Text(text) => std::slice::from_ref(text),
            HeaderValue::TextList(texts) => texts,
            _ => &[],
        };
        for text in texts {
            // Several without brackets come as one; one that was folded has
            // blanks inside.
            let words = text.split_whitespace().filter(|word| word.contains('@'));
            if words.clone().count() > 1 {
                ids.extend(words.map(|word| MessageId(word.to_owned())));
            } else {
                let id: String = text.split_whitespace().collect();
                ids.extend((!id.is_empty()).then_some(MessageId(id)));
            }
        }
    }
    ids
}

/// A name or an address on one line, without characters that nobody sees and
/// that turn others round (UAX 9) or part what looks like one word.
fn in_order(text: &str) -> String {
    let is_hidden = |c: char| {
        matches!(
            c,
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2060}' | '\u{feff}'
        ) || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    one_line(&text.replace(is_hidden, ""))
}

/// The text on one line, without control characters.
pub(crate) fn one_line(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.trim().to_owned();
    }
    let folded: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    folded.trim().to_owned()
}

fn date(message: &Message<'_>) -> Option<DateTime<FixedOffset>> {
    let parsed = message
        .date()
        .filter(|date| date.is_valid())
        .and_then(|date| {
            let east = (i32::from(date.tz_hour) * 60 + i32::from(date.tz_minute)) * 60;
            let zone = FixedOffset::east_opt(if date.tz_before_gmt { -east } else { east })?;
            let local = NaiveDate::from_ymd_opt(
                i32::from(date.year),
                u32::from(date.month),
                u32::from(date.day),
            )?
            .and_hms_opt(
                u32::from(date.hour),
                u32::from(date.minute),
                u32::from(date.second.min(59)),
            )?;
            zone.from_local_datetime(&local).single()
        });
    parsed.or_else(|| odd_date(message.header_raw(HeaderName::Date)?.trim()))
}

/// Dates that RFC 5322 does not know and programs write all the same.
fn odd_date(text: &str) -> Option<DateTime<FixedOffset>> {
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date);
    }
    if let Ok(date) = DateTime::parse_from_rfc2822(text) {
        return Some(date);
    }
    const ZONED: [&str; 3] = [
        "%a, %d %B %Y %H:%M:%S %z",
        "%d %B %Y %H:%M:%S %z",
        "%Y-%m-%d %H:%M:%S %z",
    ];
    if let Some(date) = ZONED
        .iter()
        .find_map(|form| DateTime::parse_from_str(text, form).ok())
    {
        return Some(date);
    }
    const IN_UTC: [&str; 3] = [
        "%a %b %e %H:%M:%S %Y",
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%S",
    ];
    IN_UTC
        .iter()
        .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
        .map(|date| Utc.from_utc_datetime(&date).fixed_offset())
}
