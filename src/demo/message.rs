//! As much of RFC 5322 and MIME as a mail server needs: header fields,
//! addresses, parts. What is damaged reads as absent.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Parts within parts are not looked for any deeper.
const DEPTH_MAX: usize = 16;

/// A message as its header, with the blank line behind it, and its body.
pub(super) fn split(raw: &[u8]) -> (&[u8], &[u8]) {
    let mut end = 0;
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        end += line.len();
        if line == b"\r\n" || line == b"\n" {
            break;
        }
    }
    raw.split_at_checked(end).unwrap_or((raw, &[]))
}

/// The fields of a header, each whole with its folded lines and line ends.
pub(super) fn fields(header: &[u8]) -> Vec<&[u8]> {
    let mut fields = Vec::new();
    let mut start = 0;
    let mut at = 0;
    for line in header.split_inclusive(|byte| *byte == b'\n') {
        let folded = line.starts_with(b" ") || line.starts_with(b"\t");
        if !folded && at > start {
            fields.extend(header.get(start..at));
            start = at;
        }
        at += line.len();
    }
    fields.extend(header.get(start..at));
    fields.retain(|field| !field.trim_ascii().is_empty());
    fields
}

/// The name of a field.
pub(super) fn field_name(field: &[u8]) -> &[u8] {
    let end = field.iter().position(|byte| *byte == b':');
    field
        .get(..end.unwrap_or(field.len()))
        .unwrap_or_default()
        .trim_ascii()
}

/// The value of the first field of this name, unfolded.
pub(super) fn value(header: &[u8], name: &str) -> Option<String> {
    let field = fields(header)
        .into_iter()
        .find(|field| field_name(field).eq_ignore_ascii_case(name.as_bytes()))?;
    let colon = field.iter().position(|byte| *byte == b':')?;
    let value = String::from_utf8_lossy(field.get(colon + 1..)?);
    let unfolded: String = value
        .chars()
        .filter(|c| !matches!(c, '\r' | '\n'))
        .collect();
    Some(unfolded.trim().to_owned())
}

/// An address of an address list, in the pieces of an IMAP ENVELOPE.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mailbox {
    pub(super) name: Option<String>,
    pub(super) local: String,
    pub(super) domain: String,
}

/// The addresses of a field value. Group names are left out.
pub(super) fn addresses(value: &str) -> Vec<Mailbox> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut quoted = false;
    let mut escaped = false;
    for c in value.chars().chain([',']) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ':' if !quoted && !current.contains('<') => {
                current.clear();
                continue;
            }
            ',' | ';' if !quoted => {
                found.extend(mailbox(&current));
                current.clear();
                continue;
            }
            _ => {}
        }
        current.push(c);
    }
    found
}

fn mailbox(text: &str) -> Option<Mailbox> {
    let (name, address) = match text.rsplit_once('<') {
        Some((name, rest)) => (name.trim(), rest.split('>').next().unwrap_or_default()),
        // The old form, `address (name)`.
        None => match text.split_once('(') {
            Some((address, name)) => (name.trim_end().trim_end_matches(')'), address),
            None => ("", text),
        },
    };
    let (local, domain) = address.trim().rsplit_once('@')?;
    let name = match name.strip_prefix('"').and_then(|n| n.strip_suffix('"')) {
        Some(inner) => inner.replace("\\\"", "\"").replace("\\\\", "\\"),
        None => name.to_owned(),
    };
    Some(Mailbox {
        name: (!name.is_empty()).then_some(name),
        local: local.to_owned(),
        domain: domain.to_owned(),
    })
}

/// A header value with its encoded words in plain text (RFC 2047), for
/// searching.
pub(super) fn decode_words(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut pieces = after.splitn(4, '?');
        let word = (|| {
            let charset = pieces.next()?;
            let encoding = pieces.next()?;
            let text = pieces.next()?;
            let tail = pieces.next()?.strip_prefix('=')?;
            Some((decode_word(charset, encoding, text)?, tail))
        })();
        // White space between two encoded words does not count.
        if !(before.trim().is_empty() && rest.len() < value.len()) {
            out.push_str(before);
        }
        match word {
            Some((word, tail)) => {
                out.push_str(&word);
                rest = tail;
            }
            None => {
                out.push_str("=?");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn decode_word(charset: &str, encoding: &str, text: &str) -> Option<String> {
    let bytes = match encoding {
        "B" | "b" => {
            let config = GeneralPurposeConfig::new()
                .with_decode_padding_mode(DecodePaddingMode::Indifferent);
            GeneralPurpose::new(&STANDARD, config).decode(text).ok()?
        }
        "Q" | "q" => decode_q(text),
        _ => return None,
    };
    let encoding = encoding_rs::Encoding::for_label(charset.as_bytes())?;
    Some(encoding.decode(&bytes).0.into_owned())
}

fn decode_q(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'_' => out.push(b' '),
            b'=' => {
                let mut hex = || char::from(bytes.next()?).to_digit(16);
                if let (Some(high), Some(low)) = (hex(), hex()) {
                    out.extend(u8::try_from(high * 16 + low));
                }
            }
            other => out.push(other),
        }
    }
    out
}

/// A value with parameters: `text/plain; charset=utf-8` (RFC 2045, 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Parametrised {
    pub(super) value: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl Parametrised {
    pub(super) fn parse(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut current = String::new();
        let mut quoted = false;
        let mut escaped = false;
        for c in text.chars().chain([';']) {
            match c {
                c if escaped => {
                    escaped = false;
                    current.push(c);
                }
                '\\' if quoted => escaped = true,
                '"' => quoted = !quoted,
                ';' if !quoted => pieces.push(std::mem::take(&mut current)),
                c => current.push(c),
            }
        }
        let mut pieces = pieces.into_iter();
        Self {
            value: pieces.next().unwrap_or_default().trim().to_owned(),
            parameters: pieces
                .filter_map(|piece| {
                    let (name, value) = piece.split_once('=')?;
                    Some((name.trim().to_owned(), value.trim().to_owned()))
                })
                .collect(),
        }
    }

    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A MIME part; the message itself is the root.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) header: &'a [u8],
    pub(super) body: &'a [u8],
    pub(super) kind: String,
    pub(super) subtype: String,
    pub(super) parameters: Vec<(String, String)>,
    /// Of a multipart its parts, of a message/rfc822 the message.
    pub(super) children: Vec<Part<'a>>,
}

impl<'a> Part<'a> {
    /// The parts of a message.
    pub(super) fn parse(raw: &'a [u8]) -> Self {
        Self::parse_at(raw, 0)
    }

    fn parse_at(raw: &'a [u8], depth: usize) -> Self {
        let (header, body) = split(raw);
        let content_type = value(header, "Content-Type")
            .map(|value| Parametrised::parse(&value))
            .filter(|content_type| content_type.value.contains('/'))
            .unwrap_or_else(|| Parametrised::parse("text/plain; charset=us-ascii"));
        let (kind, subtype) = content_type.value.split_once('/').unwrap_or_default();
        let (kind, subtype) = (kind.to_ascii_lowercase(), subtype.to_ascii_lowercase());
        let children = match (kind.as_str(), subtype.as_str()) {
            _ if depth >= DEPTH_MAX => Vec::new(),
            ("multipart", _) => {
                let boundary = content_type.parameter("boundary").unwrap_or_default();
                cut(body, boundary)
                    .into_iter()
                    .map(|part| Self::parse_at(part, depth + 1))
                    .collect()
            }
            ("message", "rfc822") => vec![Self::parse_at(body, depth + 1)],
            _ => Vec::new(),
        };
        Self {
            header,
            body,
            kind,
            subtype,
            parameters: content_type.parameters,
            children,
        }
    }

    pub(super) fn is_multipart(&self) -> bool {
        self.kind == "multipart" && !self.children.is_empty()
    }

    /// The message within this part, if it is a message/rfc822.
    pub(super) fn message(&self) -> Option<&Self> {
        self.children.first().filter(|_| self.kind == "message")
    }

    /// The part of this number (RFC 3501, 6.4.5): `[2, 1]` is `2.1`.
    pub(super) fn find(&self, numbers: &[u32]) -> Option<&Self> {
        let Some((first, rest)) = numbers.split_first() else {
            return Some(self);
        };
        let parent = self.message().unwrap_or(self);
        let child = if parent.is_multipart() {
            let index = usize::try_from(*first).ok()?.checked_sub(1)?;
            parent.children.get(index)?
        } else {
            Some(parent).filter(|_| *first == 1)?
        };
        child.find(rest)
    }
}

/// Cuts the body of a multipart at its boundary (RFC 2046, 5.1.1).
fn cut<'a>(body: &'a [u8], boundary: &str) -> Vec<&'a [u8]> {
    let mut parts = Vec::new();
    if boundary.is_empty() {
        return parts;
    }
    let delimiter = format!("--{boundary}").into_bytes();
    let mut start = None;
    let mut at = 0;
    for line in body.split_inclusive(|byte| *byte == b'\n') {
        let line_start = at;
        at += line.len();
        let Some(rest) = line.trim_ascii_end().strip_prefix(delimiter.as_slice()) else {
            continue;
        };
        if !(rest.is_empty() || rest == b"--") {
            continue;
        }
        if let Some(part) = start.and_then(|start| body.get(start..line_start)) {
            // The line end before a delimiter belongs to the delimiter.
            let part = part.strip_suffix(b"\n").unwrap_or(part);
            parts.push(part.strip_suffix(b"\r").unwrap_or(part));
        }
        start = rest.is_empty().then_some(at);
    }
    // A multipart that was cut off still has a last part.
    parts.extend(start.and_then(|start| body.get(start..)));
    parts
}
