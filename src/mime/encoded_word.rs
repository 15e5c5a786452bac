//! Encoded words (RFC 2047) that were cut in the middle of a character.
//!
//! The RFC forbids it, many programs do it. Joining neighbouring words of the
//! same charset and encoding before they are decoded makes them whole.

use base64::Engine as _;
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::{GeneralPurposeConfig, STANDARD};
use base64::{alphabet, engine::DecodePaddingMode};

use super::charset;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

struct Word<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
}

/// The field value with neighbouring encoded words of one charset joined.
pub(crate) fn joined(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut rest = value;
    let mut open: Option<Word<'_>> = None;
    while let Some(start) = rest.find("=?") {
        let (before, tail) = rest.split_at(start);
        let Some((word, after)) = take_word(tail) else {
            flush(&mut out, &mut open);
            let cut = "=?".len();
            out.push_str(before);
            out.push_str(tail.get(..cut).unwrap_or_default());
            rest = tail.get(cut..).unwrap_or_default();
            continue;
        };
        let touching = before.chars().all(char::is_whitespace);
        match open.as_mut() {
            Some(last) if touching && last.charset.eq_ignore_ascii_case(word.charset) => {
                last.bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                flush(&mut out, &mut open);
                out.push_str(before);
                open = Some(word);
            }
        }
        rest = after;
    }
    flush(&mut out, &mut open);
    out.push_str(rest);
    out
}

fn flush(out: &mut String, open: &mut Option<Word<'_>>) {
    if let Some(word) = open.take() {
        // In UTF-8 where all of it can be read: the parser knows fewer names.
        let text = charset::whole(word.charset, &word.bytes);
        let (charset, bytes) = match &text {
            Some(text) => ("utf-8", text.as_bytes()),
            None => (word.charset, word.bytes.as_slice()),
        };
        out.push_str("=?");
        out.push_str(charset);
        out.push_str("?B?");
        out.push_str(&STANDARD.encode(bytes));
        out.push_str("?=");
    }
}

fn take_word(text: &str) -> Option<(Word<'_>, &str)> {
    let (charset, rest) = text.strip_prefix("=?")?.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (payload, rest) = rest.split_once("?=")?;
    if charset.is_empty() || !charset.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let bytes = match encoding {
        "B" | "b" => LENIENT.decode(payload.trim_end_matches('=')).ok()?,
        "Q" | "q" => q_bytes(payload)?,
        _ => return None,
    };
    Some((Word { charset, bytes }, rest))
}

fn q_bytes(payload: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(payload.len());
    let mut bytes = payload.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'_' => b' ',
            b'=' => hex(bytes.next()?)? << 4 | hex(bytes.next()?)?,
            other => other,
        });
    }
    Some(out)
}

fn hex(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_character_cut_in_two_is_made_whole() {
        assert_eq!(
            joined("a =?utf-8?Q?caf=C3?=\r\n =?UTF-8?Q?=A9_x?= b"),
            "a =?utf-8?B?Y2Fmw6kgeA==?= b"
        );
        assert_eq!(
            joined("=?utf-8?B?4oI=?= =?utf-8?B?rA==?="),
            "=?utf-8?B?4oKs?="
        );
    }

    #[test]
    fn what_is_not_an_encoded_word_stays() {
        for text in ["", "=?", "=?x", "a =?utf-8?X?y?= b", "=?utf-8?Q?=Z1?="] {
            assert_eq!(joined(text), text);
        }
    }
}
