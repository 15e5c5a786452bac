//! What is done to a message before the parser sees it.
//!
//! Positions count: a part is cut out of the message by the offsets the parser
//! gives, so everything here keeps each byte where the rest expects it.

use std::borrow::Cow;

use super::charset;
use crate::model::Charset;

/// How many message parts may lie in one message before the rest are taken as
/// files. The parser frees nested messages by recursion, so a few ten thousand
/// of them would overrun the stack.
const NESTED_MESSAGES_MAX: usize = 200;

/// How far around a content type its other header fields are looked for.
const FIELDS_REACH: usize = 4096;

/// The message as the parser can take it: without the blank lines and the mbox
/// line some programs put in front, with line ends it knows, with bounded
/// nesting.
pub(crate) fn source(raw: &[u8]) -> Cow<'_, [u8]> {
    let raw = without_prelude(raw);
    let mut source = if raw.contains(&b'\r') && !raw.contains(&b'\n') {
        let turned = raw.iter().map(|&b| if b == b'\r' { b'\n' } else { b });
        Cow::Owned(turned.collect())
    } else {
        Cow::Borrowed(raw)
    };
    let changes = nesting_to_undo(&source);
    if !changes.is_empty() {
        let bytes = source.to_mut();
        for position in changes {
            if let Some(byte) = bytes.get_mut(position) {
                *byte = b'x';
            }
        }
    }
    source
}

/// The message without what some programs put in front of it: a byte order
/// mark, blank lines, the first line of an mbox.
pub(crate) fn without_prelude(raw: &[u8]) -> &[u8] {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let start = raw
        .iter()
        .position(|b| !matches!(b, b'\r' | b'\n'))
        .unwrap_or(raw.len());
    let raw = raw.get(start..).unwrap_or_default();
    if !raw.starts_with(b"From ") && !raw.starts_with(b">From ") {
        return raw;
    }
    raw.iter()
        .position(|&b| b == b'\n')
        .and_then(|end| raw.get(end + 1..))
        .unwrap_or(raw)
}

/// Where one letter of a content type is to be overwritten, so that the parser
/// takes the part as a file: encoded messages (which it unpacks by recursion),
/// digests (whose parts are messages without saying so) and messages beyond
/// the limit.
fn nesting_to_undo(raw: &[u8]) -> Vec<usize> {
    let mut changes = Vec::new();
    let mut messages = 0;
    for slash in memchr::memchr_iter(b'/', raw) {
        let Some(subtype) = raw.get(slash + 1..slash + 7) else {
            break;
        };
        let is_digest = subtype.eq_ignore_ascii_case(b"digest");
        let is_message =
            subtype.eq_ignore_ascii_case(b"rfc822") || subtype.eq_ignore_ascii_case(b"global");
        if !(is_digest || is_message) || !in_content_type(raw, slash) {
            continue;
        }
        if is_message {
            messages += 1;
        }
        if is_digest || messages > NESTED_MESSAGES_MAX || is_encoded(raw, slash) {
            changes.push(slash + 1);
        }
    }
    changes
}

/// Whether this place lies in a `Content-Type` field or in the continuation of
/// some field. Blanks within a field name do not hide it from the parser.
fn in_content_type(raw: &[u8], place: usize) -> bool {
    let before = raw
        .get(place.saturating_sub(FIELDS_REACH)..place)
        .unwrap_or_default();
    let line = before.rsplit(|&b| b == b'\n').next().unwrap_or_default();
    let squeezed: Vec<u8> = line
        .iter()
        .filter(|b| !b.is_ascii_whitespace())
        .map(u8::to_ascii_lowercase)
        .collect();
    line.first().is_some_and(u8::is_ascii_whitespace) || squeezed.starts_with(b"content-type:")
}

/// Whether the header around this place names a transfer encoding.
fn is_encoded(raw: &[u8], place: usize) -> bool {
    let before = raw
        .get(place.saturating_sub(FIELDS_REACH)..place)
        .unwrap_or_default();
    let after = raw
        .get(place..raw.len().min(place.saturating_add(FIELDS_REACH)))
        .unwrap_or_default();
    let start = blank_line(before.iter().rev()).map_or(0, |back| before.len() - back);
    let end = blank_line(after.iter()).unwrap_or(after.len());
    [before.get(start..), after.get(..end)]
        .into_iter()
        .flatten()
        .any(|fields| {
            let fields = fields.to_ascii_lowercase();
            let has = |word: &[u8]| fields.windows(word.len()).any(|part| part == word);
            has(b"base64") || has(b"quoted-printable")
        })
}

/// How many bytes lie before the first blank line.
fn blank_line<'a>(bytes: impl Iterator<Item = &'a u8>) -> Option<usize> {
    let mut line_is_empty = false;
    for (position, &byte) in bytes.enumerate() {
        match byte {
            b'\n' if line_is_empty => return Some(position),
            b'\n' => line_is_empty = true,
            b'\r' => {}
            _ => line_is_empty = false,
        }
    }
    None
}

/// How long the header is, its blank line included.
pub(crate) fn header_len(raw: &[u8]) -> usize {
    let mut line_start = 0;
    for (position, &byte) in raw.iter().enumerate() {
        if byte != b'\n' {
            continue;
        }
        let line = raw.get(line_start..position).unwrap_or_default();
        if line.is_empty() || line == b"\r" {
            return position + 1;
        }
        line_start = position + 1;
    }
    raw.len()
}

/// Whether there is anything like a header field before the first blank line.
pub(crate) fn has_header(raw: &[u8]) -> bool {
    raw.get(..header_len(raw))
        .unwrap_or_default()
        .split(|&b| b == b'\n')
        .any(|line| {
            let name = line.split(|&b| b == b':').next().unwrap_or_default();
            let name = name.trim_ascii_end();
            line.len() > name.len()
                && line.contains(&b':')
                && !name.is_empty()
                && name.iter().all(u8::is_ascii_graphic)
        })
}

/// The header as UTF-8: raw 8-bit lines are decoded with the charset a person
/// chose, or a guessed one. Ends with a blank line, without which the parser
/// drops the last field.
pub(crate) fn utf8_header(header: &[u8], chosen: Option<Charset>) -> Cow<'_, [u8]> {
    let whole = header.ends_with(b"\n\n") || header.ends_with(b"\n\r\n");
    if whole && std::str::from_utf8(header).is_ok() {
        return Cow::Borrowed(header);
    }
    let foreign: Vec<u8> = header
        .split_inclusive(|&b| b == b'\n')
        .filter(|line| std::str::from_utf8(line).is_err())
        .flatten()
        .copied()
        .collect();
    let mut out = Vec::with_capacity(header.len() + 16);
    for line in header.split_inclusive(|&b| b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(_) => out.extend_from_slice(line),
            Err(_) => {
                let text = match chosen {
                    Some(chosen) => charset::decoded(line, chosen),
                    None => charset::decode_like(line, &foreign),
                };
                out.extend_from_slice(text.as_bytes());
            }
        }
    }
    if !whole {
        out.extend_from_slice(b"\r\n\r\n");
    }
    Cow::Owned(out)
}
