//! How words are written into the index and into queries, so that scripts
//! without blanks can be searched: a run of such characters becomes its
//! overlapping pairs.
//!
//! `東京都` is stored as `東京 京都 都` and looked for as the phrase
//! `東京 京都`; a single character is looked for as a beginning. The last
//! character stands by itself too, so that each one begins something.

use std::borrow::Cow;

/// The text as it goes into the index.
pub(in crate::store) fn stored(text: &str) -> Cow<'_, str> {
    spell(text, false).0
}

/// Words as a phrase of a query, and whether its last word can only be looked
/// for as a beginning.
pub(in crate::store) fn asked(text: &str) -> (String, bool) {
    let (words, open_end) = spell(text, true);
    (words.into_owned(), open_end)
}

/// Whether there is anything in it that the index can hold.
pub(in crate::store) fn is_searchable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn spell(text: &str, open_end: bool) -> (Cow<'_, str>, bool) {
    let is_plain = |c: char| c != '\0' && !is_unspaced(c);
    if text.chars().all(is_plain) {
        return (Cow::Borrowed(text), false);
    }
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut before: Option<char> = None;
    let mut run = 0_usize;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if is_unspaced(c) {
            if let Some(before) = before {
                out.push(before);
                out.push(c);
            }
            out.push(' ');
            before = Some(c);
            run += 1;
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        }
        if let Some(last) = before.take() {
            out.push(last);
            out.push(' ');
        }
        run = 0;
        let end = rest.find(|c| !is_plain(c)).unwrap_or(rest.len());
        let (plain, more) = rest.split_at(end);
        out.push_str(plain);
        rest = more;
        // A query with a NUL would end there.
        if let Some(more) = rest.strip_prefix('\0') {
            out.push(' ');
            rest = more;
        }
    }
    match before {
        // More may follow in the text that is looked for.
        Some(_) if open_end && run > 1 => (out.into(), false),
        Some(last) => {
            out.push(last);
            (out.into(), open_end)
        }
        None => (out.into(), false),
    }
}

/// Scripts that put no blanks between words, or glue endings to them.
fn is_unspaced(c: char) -> bool {
    // Most characters are before the first of them.
    c >= FIRST_UNSPACED && is_in_ranges(c)
}

/// The first of Thai.
const FIRST_UNSPACED: char = '\u{e01}';

fn is_in_ranges(c: char) -> bool {
    matches!(
        u32::from(c),
        // Han
        0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF | 0x20000..=0x3FFFF
        // Hiragana, Katakana
        | 0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF
        | 0x31F0..=0x31FF | 0xFF66..=0xFF9F
        // Hangul
        | 0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7AF
        // Thai, Lao, Burmese, Khmer
        | 0x0E01..=0x0E3A | 0x0E40..=0x0E4E | 0x0E81..=0x0EDF | 0x1000..=0x103F | 0x1780..=0x17D3
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_pairs() {
        for (text, kept, query, begins) in [
            ("plain words", "plain words", "plain words", false),
            (
                "Gr\u{fc}\u{df}e",
                "Gr\u{fc}\u{df}e",
                "Gr\u{fc}\u{df}e",
                false,
            ),
            ("東京都", " 東京 京都 都", " 東京 京都 ", false),
            ("東", " 東", " 東", true),
            ("iPhone値段", "iPhone 値段 段", "iPhone 値段 ", false),
            ("値段iPhone", " 値段 段 iPhone", " 値段 段 iPhone", false),
            ("a\0é", "a é", "a é", false),
        ] {
            assert_eq!(stored(text), kept);
            assert_eq!(asked(text), (query.to_owned(), begins), "{text}");
        }
        assert!(is_searchable("\u{e9}") && !is_searchable("-!? \u{1f600}"));
    }
}
