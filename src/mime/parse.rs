//! Bytes to [`Email`].

use mail_parser::{Message, MessageParser};

use super::header::{self, HeaderSummary};
use super::{attachment, body, charset, preview, repair};
use crate::model::{Email, TextSource};

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
    let source = repair::source(raw);
    let source = source.as_ref();
    let Some(message) = message(source) else {
        return bare_text(source);
    };
    let content = body::content(source, &message);
    let attachments = attachment::list(source, &message, &content);
    let HeaderSummary {
        message_id,
        in_reply_to,
        references,
        subject,
        from,
        sender,
        reply_to,
        to,
        cc,
        bcc,
        date,
        may_have_attachments: _,
    } = header::read(source);
    Email {
        message_id,
        in_reply_to,
        references,
        subject,
        from,
        sender,
        reply_to,
        to,
        cc,
        bcc,
        date,
        headers: header::all(source),
        text: content.text,
        text_source: content.source,
        html: content.html,
        attachments,
    }
}

/// Reads a header alone, as IMAP hands it out.
pub(crate) fn headers_of(raw_header: &[u8]) -> HeaderSummary {
    header::read(&repair::source(raw_header))
}

/// What a list row shows of a whole message. Cheaper than [`parse`]: it looks
/// at the start of the text only.
pub(crate) fn summary(raw: &[u8]) -> Summary {
    let source = repair::source(raw);
    let source = source.as_ref();
    let Some(message) = message(source) else {
        let start = source.get(..body::PREVIEW_MAX).unwrap_or(source);
        return Summary {
            snippet: preview::snippet(&charset::guess(start)),
            ..Summary::default()
        };
    };
    Summary {
        header: header::read(source),
        attachments: attachment::count(source, &message),
        snippet: preview::snippet(&body::start_of_text(source, &message)),
    }
}

/// The message as the parser sees it, unless it has no header at all.
pub(super) fn message(source: &[u8]) -> Option<Message<'_>> {
    if !repair::has_header(source) {
        return None;
    }
    MessageParser::new().parse(source)
}

fn bare_text(source: &[u8]) -> Email {
    let text = body::unix_lines(&charset::guess(source));
    Email {
        message_id: None,
        in_reply_to: Vec::new(),
        references: Vec::new(),
        subject: String::new(),
        from: Vec::new(),
        sender: None,
        reply_to: Vec::new(),
        to: Vec::new(),
        cc: Vec::new(),
        bcc: Vec::new(),
        date: None,
        headers: Vec::new(),
        text_source: if text.is_empty() {
            TextSource::None
        } else {
            TextSource::Plain
        },
        text,
        html: None,
        attachments: Vec::new(),
    }
}
