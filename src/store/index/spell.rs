//! How words are written into the index and into queries, so that scripts
//! without blanks can be searched: a run of such characters becomes its
//! overlapping pairs.
//!
//! `東京都` is stored as `東京 京都 都` and looked for as the phrase
//! `東京 京都`; a single character is looked for as a beginning. The last
//! character stands by itself too, so that each one begins something.

/// The text as it goes into the index.
pub(in crate::store) fn stored(text: &str) -> String {
    spell(text, false).0
}

/// Words as a phrase of a query, and whether its last word can only be looked
/// for as a beginning.
pub(in crate::store) fn asked(text: &str) -> (String, bool) {
    spell(text, true)
}

/// Whether there is anything in it that the index can hold.
pub(in crate::store) fn is_searchable(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

fn spell(text: &str, open_end: bool) -> (String, bool) {
    if text.is_ascii() && !text.contains('\0') {
        return (text.to_owned(), false);
    }
    let mut out = String::with_capacity(text.len() * 2);
    let mut before: Option<char> = None;
    let mut run = 0_usize;
    for c in text.chars() {
        if is_unspaced(c) {
            if let Some(before) = before {
                out.push(before);
                out.push(c);
            }
            out.push(' ');
            before = Some(c);
            run += 1;
        } else {
            if let Some(last) = before.take() {
                out.push(last);
                out.push(' ');
            }
            run = 0;
            // A query with a NUL would end there.
            out.push(if c == '\0' { ' ' } else { c });
        }
    }
    match before {
        // More may follow in the text that is looked for.
        Some(_) if open_end && run > 1 => (out, false),
        Some(last) => {
            out.push(last);
            (out, open_end)
        }
        None => (out, false),
    }
}

/// Scripts that put no blanks between words, or glue endings to them.
fn is_unspaced(c: char) -> bool {
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
