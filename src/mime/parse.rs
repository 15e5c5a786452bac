//! Bytes to [`Email`].

use mail_parser::{Message, MessageParser};

use super::header::{self, HeaderSummary};
use super::lighten::lighten;
use super::{attachment, body, charset, enclosed, index, preview, repair};
use crate::model::{Charset, Email, Enclosed, IndexText, LeftOut, Skeleton, TextSource};

/// What a list row needs of a whole message, from one pass over it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Summary {
    /// What the header says.
    pub(crate) header: HeaderSummary,
    /// How many attachments a person would see.
    pub(crate) attachments: u32,
    /// The start of the text.
    pub(crate) snippet: String,
}

/// Reads a whole message. Never fails: what has no header is shown as text.
pub(crate) fn parse(raw: &[u8]) -> Email {
    parse_as(raw, None)
}

/// Reads a whole message, all that names no charset of its own in the one a
/// person chose, whatever the message says of its text.
pub(crate) fn parse_as(raw: &[u8], chosen: Option<Charset>) -> Email {
    parse_without(raw, &[], chosen)
}

/// Reads what is here of a message. Its attachments say whether they are.
pub(crate) fn parse_skeleton(skeleton: &Skeleton, chosen: Option<Charset>) -> Email {
    parse_without(&skeleton.raw, &skeleton.left_out, chosen)
}

fn parse_without(raw: &[u8], left_out: &[LeftOut], chosen: Option<Charset>) -> Email {
    let source = repair::source(raw);
    let source = source.as_ref();
    let text = |bytes| match chosen {
        Some(chosen) => charset::decoded(bytes, chosen),
        None => charset::guess(bytes),
    };
    if !repair::has_header(source) {
        return with_text(HeaderSummary::default(), Vec::new(), &text(source));
    }
    let header = source.get(..repair::header_len(source));
    let header = repair::utf8_header(header.unwrap_or_default(), chosen);
    let (summary, fields) = (header::read_utf8(&header), header::all(&header));
    let Some(message) = message(source) else {
        let body = source.get(repair::header_len(source)..).unwrap_or_default();
        return with_text(summary, fields, &text(body));
    };
    let content = body::content(source, &message, chosen);
    let attachments = attachment::list(source, &message, &content, left_out);
    let packed = match content.source {
        TextSource::None => attachment::packed_text(source, &message),
        _ => None,
    };
    let text_source = if packed.is_some() {
        TextSource::Plain
    } else {
        content.source
    };
    Email {
        text: packed.unwrap_or(content.text),
        text_source,
        html: content.html,
        attachments,
        enclosed: enclosed::of(source, &message),
        ..with_text(summary, fields, "")
    }
}

/// Reads a header alone, as IMAP hands it out.
pub(crate) fn headers_of(raw_header: &[u8]) -> HeaderSummary {
    header::read(&repair::source(raw_header))
}

/// What a list row shows of a whole message, and what the full-text index
/// holds of it, from one pass. Cheaper than [`parse`].
pub(crate) fn summary(raw: &[u8]) -> (Summary, IndexText) {
    let light = lighten(raw);
    let source = repair::source(&light);
    let source = source.as_ref();
    let Some(message) = message(source) else {
        let (header, body) = if repair::has_header(source) {
            let body = source.get(repair::header_len(source)..);
            (header::read(source), body.unwrap_or_default())
        } else {
            (HeaderSummary::default(), source)
        };
        let text = charset::guess(body);
        let index = index::of_text(&text, &header);
        let summary = Summary {
            header,
            snippet: preview::snippet(body::prefix(&text, body::PREVIEW_MAX)),
            attachments: 0,
        };
        return (summary, index);
    };
    let header = header::read(source);
    let index = index::of_message(source, &message, &header);
    let summary = Summary {
        header,
        attachments: attachment::count(source, &message),
        snippet: preview::snippet(&body::start_of_text(source, &message)),
    };
    (summary, index)
}

/// What the full-text index holds of a whole message.
pub(crate) fn index_text(raw: &[u8]) -> IndexText {
    summary(raw).1
}

/// The message as the parser sees it, unless it has no header at all.
pub(super) fn message(source: &[u8]) -> Option<Message<'_>> {
    if !repair::has_header(source) {
        return None;
    }
    // The parser asserts what damaged multiparts do not keep; a message that
    // trips it is shown as text.
    std::panic::catch_unwind(|| MessageParser::new().parse(source))
        .ok()
        .flatten()
}

/// A message whose body is just text.
fn with_text(header: HeaderSummary, headers: Vec<(String, String)>, text: &str) -> Email {
    let text = body::unix_lines(text);
    Email {
        message_id: header.message_id,
        in_reply_to: header.in_reply_to,
        references: header.references,
        subject: header.subject,
        from: header.from,
        sender: header.sender,
        reply_to: header.reply_to,
        to: header.to,
        cc: header.cc,
        bcc: header.bcc,
        date: header.date,
        headers,
        text_source: if text.is_empty() {
            TextSource::None
        } else {
            TextSource::Plain
        },
        text,
        html: None,
        attachments: Vec::new(),
        enclosed: Enclosed::default(),
    }
}
