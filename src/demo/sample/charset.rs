//! Text in the character sets that mail had before UTF-8.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use encoding_rs::Encoding;

/// So many characters fit into an encoded word of 75 (RFC 2047, 2) whatever
/// the character set.
const CHARS_PER_WORD: usize = 9;

/// The text's bytes in the character set; `None` if it is unknown or cannot
/// hold the text.
pub(super) fn encode<'a>(text: &'a str, charset: &str) -> Option<Cow<'a, [u8]>> {
    let encoding = Encoding::for_label(charset.as_bytes())?;
    let (bytes, _, lossy) = encoding.encode(text);
    (!lossy).then_some(bytes)
}

/// A header's text as encoded words (RFC 2047) in the character set, plain if
/// it is ASCII.
pub(super) fn words(text: &str, charset: &str) -> Option<String> {
    if text.is_ascii() {
        return Some(text.to_owned());
    }
    let chars: Vec<char> = text.chars().collect();
    let words: Option<Vec<String>> = chars
        .chunks(CHARS_PER_WORD)
        .map(|chunk| {
            let chunk: String = chunk.iter().collect();
            let bytes = encode(&chunk, charset)?;
            Some(format!("=?{charset}?B?{}?=", STANDARD.encode(bytes)))
        })
        .collect();
    Some(words?.join(" "))
}
