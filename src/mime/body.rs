//! Which parts are the readable text, and what they say (RFC 2046, 5.1.4).

use std::borrow::Cow;

use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::html::html_to_text;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, Message, MessagePart, MimeHeaders, PartType};

use super::{charset, flowed, to_text};
use crate::model::{Charset, TextSource};

/// How many bytes of a plain part the snippet looks at.
pub(super) const PREVIEW_MAX: usize = 8 * 1024;

/// How many bytes of an HTML part the snippet looks at: style sheets come
/// first there.
const PREVIEW_HTML_MAX: usize = 96 * 1024;

/// The readable content of a message.
pub(super) struct Content {
    /// The text for reading, lines ended by LF.
    pub(super) text: String,
    /// Where it came from.
    pub(super) source: TextSource,
    /// The HTML as it came, in UTF-8.
    pub(super) html: Option<String>,
    /// Parts that the parser took for attachments and that are the text.
    pub(super) taken: Vec<u32>,
}

/// Reads the content of a message, in the charset a person chose, if one did.
pub(super) fn content(source: &[u8], message: &Message<'_>, chosen: Option<Charset>) -> Content {
    let mut plain = Vec::new();
    let mut html = Vec::new();
    let taken = stray_text(message);
    let text_parts = message.text_body.iter().chain(&taken);
    for part in text_parts.filter_map(|&id| message.part(id)) {
        if let PartType::Text(_) | PartType::Binary(_) = part.body {
            plain.push(plain_text(source, part, chosen));
        }
    }
    let html_parts: Vec<_> = message
        .html_body
        .iter()
        .chain(&taken)
        .filter_map(|&id| message.part(id))
        .collect();
    if html_parts.iter().any(|part| part.is_text_html()) {
        for part in html_parts {
            match part.body {
                PartType::Html(_) => html.push(unix_lines(&decoded_as(source, part, chosen))),
                PartType::Text(_) => html.push(as_html(&plain_text(source, part, chosen))),
                _ => {}
            }
        }
    }
    let html = (!html.is_empty()).then(|| html.join("<br>\n"));
    let is_blank = plain.iter().all(|text| text.trim().is_empty());
    // The text view of a mail whose plain alternative is empty, or which mixes
    // HTML parts with plain ones, is made from the HTML.
    let mixed = message
        .text_body
        .iter()
        .filter_map(|&id| message.part(id))
        .any(MessagePart::is_text_html);
    let (text, origin) = match &html {
        Some(html) if is_blank || mixed => (to_text::to_text(html), TextSource::Html),
        _ if plain.is_empty() => (String::new(), TextSource::None),
        _ => (plain.join("\n"), TextSource::Plain),
    };
    Content {
        text,
        source: origin,
        html,
        taken,
    }
}

/// The start of the readable text, for the snippet.
pub(super) fn start_of_text(source: &[u8], message: &Message<'_>) -> String {
    let taken = stray_text(message);
    let parts = || {
        let ids = message.text_body.iter().chain(&taken);
        ids.filter_map(|&id| message.part(id))
    };
    for part in parts() {
        let text = match &part.body {
            PartType::Text(text) => text.as_ref(),
            PartType::Binary(_) => return prefix(&decoded(source, part), PREVIEW_MAX).to_owned(),
            _ => continue,
        };
        let start = prefix(text, PREVIEW_MAX);
        if start.trim().is_empty() {
            continue;
        }
        if start.is_ascii() && !start.contains('\u{1b}') {
            return start.to_owned();
        }
        return prefix(&decoded(source, part), PREVIEW_MAX).to_owned();
    }
    let html = parts()
        .chain(message.html_body.iter().filter_map(|&id| message.part(id)))
        .find(|part| part.is_text_html());
    html.map(|part| words_of_html(prefix(&decoded(source, part), PREVIEW_HTML_MAX)))
        .unwrap_or_default()
}

/// The words of an HTML text, those of neighbouring blocks kept apart. Looks
/// at each tag once and builds no tree: linear, whatever the nesting.
pub(super) fn words_of_html(html: &str) -> String {
    let mut spaced = String::with_capacity(html.len() + html.len() / 16);
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        spaced.push_str(text);
        if let Some(end) = silent_end(tag) {
            spaced.push(' ');
            rest = tag.get(end..).unwrap_or_default();
            continue;
        }
        if !is_inline(tag) {
            spaced.push(' ');
        }
        spaced.push('<');
        rest = tag.get(1..).unwrap_or_default();
    }
    spaced.push_str(rest);
    html_to_text(&spaced)
}

/// Where something ends that begins here and shows no text: a comment, a
/// script, a style sheet. One that does not end takes all that follows.
fn silent_end(tag: &str) -> Option<usize> {
    if tag.starts_with("<!--") {
        return Some(tag.find("-->").map_or(tag.len(), |end| end + 3));
    }
    let name = tag_name(tag.strip_prefix('<')?);
    let silent = ["style", "script", "title"]
        .into_iter()
        .find(|silent| silent.eq_ignore_ascii_case(name))?;
    let ends = |at: &usize| {
        let end = tag.get(at + 2..).unwrap_or_default();
        tag_name(end).eq_ignore_ascii_case(silent)
    };
    let end = tag
        .match_indices("</")
        .map(|(at, _)| at)
        .find(ends)
        .and_then(|end| tag.get(end..)?.find('>').map(|length| end + length + 1));
    Some(end.unwrap_or(tag.len()))
}

/// Whether the tag does not part words.
fn is_inline(tag: &str) -> bool {
    let name = tag.get(1..).unwrap_or_default();
    let name = tag_name(name.strip_prefix('/').unwrap_or(name));
    // The longest of them has six letters; a match is far quicker than a list.
    let mut lower = [0; 6];
    let Some(lower) = lower.get_mut(..name.len()) else {
        return false;
    };
    lower.copy_from_slice(name.as_bytes());
    lower.make_ascii_lowercase();
    matches!(
        &*lower,
        b"a" | b"abbr"
            | b"b"
            | b"bdi"
            | b"bdo"
            | b"big"
            | b"code"
            | b"em"
            | b"font"
            | b"i"
            | b"mark"
            | b"s"
            | b"small"
            | b"span"
            | b"strong"
            | b"sub"
            | b"sup"
            | b"tt"
            | b"u"
            | b"wbr"
    )
}

fn tag_name(text: &str) -> &str {
    let end = text.bytes().position(|byte| !byte.is_ascii_alphanumeric());
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

/// Text that the parser filed as attachment: the last part of a multipart that
/// was cut off, or of one without boundary.
pub(super) fn stray_text(message: &Message<'_>) -> Vec<u32> {
    let has_body = message
        .text_body
        .iter()
        .chain(&message.html_body)
        .filter_map(|&id| message.part(id))
        .any(|part| matches!(part.body, PartType::Text(_) | PartType::Html(_)));
    if has_body {
        return Vec::new();
    }
    let is_stray = |id: &u32| {
        message.part(*id).is_some_and(|part| {
            let is_text = matches!(part.body, PartType::Text(_) | PartType::Html(_));
            (is_text || is_unparted(part))
                && part.attachment_name().is_none()
                && !part
                    .content_disposition()
                    .is_some_and(mail_parser::ContentType::is_attachment)
                && part.content_type().is_none_or(|kind| {
                    matches!(kind.ctype(), "text" | "multipart")
                        && kind.subtype() != Some("calendar")
                })
        })
    };
    message
        .attachments
        .iter()
        .copied()
        .find(is_stray)
        .into_iter()
        .collect()
}

/// A multipart that names no boundary, so that its parts cannot be told apart.
fn is_unparted(part: &MessagePart<'_>) -> bool {
    matches!(part.body, PartType::Binary(_))
        && part
            .content_type()
            .is_some_and(|kind| kind.ctype() == "multipart")
}

fn plain_text(source: &[u8], part: &MessagePart<'_>, chosen: Option<Charset>) -> String {
    let text = unix_lines(&decoded_as(source, part, chosen));
    let attribute = |name| part.content_type().and_then(|kind| kind.attribute(name));
    if attribute("format").is_some_and(|format| format.eq_ignore_ascii_case("flowed")) {
        let delsp = attribute("delsp").is_some_and(|yes| yes.eq_ignore_ascii_case("yes"));
        return flowed::decode(&text, delsp);
    }
    text
}

/// The text of a part in UTF-8, with a guessed charset where the declared one
/// does not fit.
pub(super) fn decoded<'a>(source: &'a [u8], part: &'a MessagePart<'_>) -> Cow<'a, str> {
    decoded_as(source, part, None)
}

fn decoded_as<'a>(
    source: &'a [u8],
    part: &'a MessagePart<'_>,
    chosen: Option<Charset>,
) -> Cow<'a, str> {
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text,
        PartType::Binary(bytes) => {
            return match chosen {
                Some(chosen) => charset::decoded(bytes, chosen),
                None => charset::guess(bytes),
            };
        }
        _ => return Cow::Borrowed(""),
    };
    let bytes = || bytes(source, part);
    let better = match chosen {
        Some(chosen) => Some(charset::decoded(&bytes(), chosen).into_owned()),
        None if text.is_ascii() && !text.contains('\u{1b}') => None,
        None => {
            let kind = part.content_type();
            let label = kind.and_then(|kind| kind.attribute("charset"));
            charset::better(text, label, &bytes())
        }
    };
    better.map_or(Cow::Borrowed(text.as_ref()), Cow::Owned)
}

/// The exact decoded bytes of a part: without its transfer encoding, in the
/// charset in which it came.
pub(super) fn bytes<'a>(source: &'a [u8], part: &'a MessagePart<'_>) -> Cow<'a, [u8]> {
    let encoded = source
        .get(part.offset_body as usize..part.offset_end as usize)
        .unwrap_or_default();
    match (&part.body, part.encoding) {
        (PartType::Binary(bytes) | PartType::InlineBinary(bytes), _) => {
            Cow::Borrowed(bytes.as_ref())
        }
        (PartType::Text(_) | PartType::Html(_), Encoding::QuotedPrintable) => {
            quoted_printable_decode(encoded).map_or(Cow::Borrowed(encoded), Cow::Owned)
        }
        (PartType::Text(_) | PartType::Html(_), Encoding::Base64) => {
            base64_decode(encoded).map_or(Cow::Borrowed(encoded), Cow::Owned)
        }
        _ => Cow::Borrowed(encoded),
    }
}

/// The text with every line ended by LF.
pub(super) fn unix_lines(text: &str) -> String {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n")
    } else {
        text.to_owned()
    }
}

/// The first `max` bytes, or a little less so as not to cut a character.
pub(super) fn prefix(text: &str, max: usize) -> &str {
    let mut end = max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

fn as_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    out.push_str("<div style=\"white-space: pre-wrap\">");
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
    out.push_str("</div>");
    out
}
