//! The words of a message for the full-text index: cheap, in one pass, and
//! never more than a bound.

use mail_parser::{Message, MessagePart, PartType};

use super::header::HeaderSummary;
use super::{attachment, body};
use crate::model::{Address, IndexText};

/// How many bytes of text the index takes of one message.
const TEXT_MAX: usize = 256 << 10;

/// How many bytes of HTML are read for them: style sheets and embedded
/// pictures make it far longer than what it says.
const HTML_MAX: usize = 2 << 20;

/// Plain text shorter than this may only say that there is an HTML text.
const STUB_MAX: usize = 600;

/// How deep messages within messages are read.
pub(super) const NESTED_MAX: usize = 3;

/// What the header alone gives to the index.
pub(crate) fn of_header(header: &HeaderSummary) -> IndexText {
    let copies = header.cc.iter().chain(&header.bcc);
    IndexText {
        sender: people(header.from.iter().chain(&header.sender)),
        recipients: people(&header.to),
        copies: people(copies),
        subject: header.subject.clone(),
        list: people(&header.list),
        ..IndexText::default()
    }
}

/// What a whole message gives to the index.
pub(super) fn of_message(
    source: &[u8],
    message: &Message<'_>,
    header: &HeaderSummary,
) -> IndexText {
    let mut text = Words::default();
    read_message(source, message, &mut text, NESTED_MAX);
    IndexText {
        body: text.words,
        attachments: attachment::names(source, message).join("\n"),
        contents: attached_text(source, message),
        whole: true,
        has_unread_documents: attachment::has_documents(source, message, NESTED_MAX),
        ..of_header(header)
    }
}

/// What a message that is nothing but text gives to the index.
pub(super) fn of_text(text: &str, header: &HeaderSummary) -> IndexText {
    IndexText {
        body: body::prefix(text, TEXT_MAX).to_owned(),
        whole: true,
        ..of_header(header)
    }
}

/// Names and addresses, a person a line.
pub(crate) fn people<'a>(addresses: impl IntoIterator<Item = &'a Address>) -> String {
    let mut out = String::new();
    for Address { name, address } in addresses {
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(name);
        if !name.is_empty() && !address.is_empty() {
            out.push(' ');
        }
        out.push_str(address);
    }
    out
}

/// Text that grows up to the bound.
#[derive(Default)]
struct Words {
    words: String,
}

impl Words {
    fn room(&self) -> usize {
        TEXT_MAX.saturating_sub(self.words.len())
    }

    fn add(&mut self, text: &str) {
        self.words.push_str(body::prefix(text, self.room()));
    }

    /// Keeps what follows apart from what came before.
    fn part(&mut self) {
        if !self.words.is_empty() && !self.words.ends_with('\n') {
            self.words.push('\n');
        }
    }
}

/// What attached text files say.
fn attached_text(source: &[u8], message: &Message<'_>) -> String {
    let taken = body::stray_text(message);
    let mut out = Words::default();
    for (_, part) in attachment::listed(message, &taken) {
        match part.body {
            PartType::Text(_) => {
                out.part();
                out.add(&body::decoded(source, part));
            }
            PartType::Html(_) => {
                out.part();
                let html = body::decoded(source, part);
                out.add(&body::words_of_html(body::prefix(&html, HTML_MAX)));
            }
            _ => {}
        }
    }
    out.words
}

fn read_message(source: &[u8], message: &Message<'_>, out: &mut Words, depth: usize) {
    let taken = body::stray_text(message);
    let parts = |ids: &[u32]| -> Vec<&MessagePart<'_>> {
        ids.iter().filter_map(|&id| message.part(id)).collect()
    };
    let before = out.words.len();
    let mut has_html = false;
    for part in parts(&message.text_body).into_iter().chain(parts(&taken)) {
        match part.body {
            PartType::Text(_) | PartType::Binary(_) => {
                out.part();
                out.add(&body::decoded(source, part));
            }
            PartType::Html(_) => has_html = true,
            _ => {}
        }
    }
    let added = out.words.get(before..).unwrap_or_default().trim().len();
    if has_html || added < STUB_MAX {
        for part in parts(&message.html_body).into_iter().chain(parts(&taken)) {
            if part.is_text_html() {
                out.part();
                let html = body::decoded(source, part);
                out.add(&body::words_of_html(body::prefix(&html, HTML_MAX)));
            }
        }
    }
    if depth == 0 {
        return;
    }
    for part in parts(&message.attachments) {
        if let PartType::Message(inner) = &part.body {
            out.part();
            out.add(inner.subject().unwrap_or_default());
            read_message(inner.raw_message(), inner, out, depth - 1);
        }
    }
}

#[cfg(test)]
mod tests;
