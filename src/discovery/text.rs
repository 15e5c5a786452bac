//! What strangers write: read with care, and shown with care.

use roxmltree::{Document, ParsingOptions};

use crate::net::http::Url;

/// More elements than this are no settings.
const MOST_NODES: u32 = 20_000;

/// Why a document is of no use.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotXml {
    #[error("it is not well-formed")]
    Malformed(#[from] roxmltree::Error),
    #[error("it is another kind of document")]
    Other,
}

/// Bytes as text: UTF-8 as it should be, and what is not stays readable.
pub(super) fn decode(bytes: &[u8]) -> String {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim_start().to_owned()
}

/// Parses a document. One with a DTD is refused: entities can blow up.
pub(super) fn parse(text: &str) -> Result<Document<'_>, NotXml> {
    let options = ParsingOptions {
        nodes_limit: MOST_NODES,
        ..ParsingOptions::default()
    };
    Ok(Document::parse_with_options(text, options)?)
}

/// Words on one line, with nothing in them that hides or reorders, and no more
/// than `most` characters.
pub(super) fn line(words: &str, most: usize) -> String {
    let visible = |c: &char| !c.is_control() && !is_invisible(*c);
    let words: Vec<String> = words
        .split_whitespace()
        .map(|word| word.chars().filter(visible).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    let joined = words.join(" ");
    if joined.chars().count() <= most {
        return joined;
    }
    let mut short: String = joined.chars().take(most).collect();
    short.push('…');
    short
}

/// Marks of direction, joiners and blanks without width.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A page that may be opened: HTTPS only.
pub(super) fn page(url: &str) -> Option<String> {
    let url = Url::parse(url.trim()).ok()?;
    (url.scheme() == "https" && url.host().is_some()).then(|| url.into())
}
