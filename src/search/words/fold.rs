//! Characters as they are compared.

use std::ops::Range;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::{
    CanonicalCombiningClassMapBorrowed, CanonicalCompositionBorrowed,
};

const COMPATIBLE: DecomposingNormalizerBorrowed<'static> =
    DecomposingNormalizerBorrowed::new_nfkd();
const COMPOSITION: CanonicalCompositionBorrowed<'static> = CanonicalCompositionBorrowed::new();
const CLASSES: CanonicalCombiningClassMapBorrowed<'static> =
    CanonicalCombiningClassMapBorrowed::new();

/// What a character is to a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Part of a word.
    Word,
    /// Of a script without blanks.
    Unspaced,
    /// A word of its own.
    Emoji,
    /// Between words.
    Blank,
    /// Belongs to the one before and does not count.
    Unseen,
}

/// Goes through a text character by character, each folded, with the bytes of
/// the text it came from.
pub(super) fn walk(text: &str, mut each: impl FnMut(Kind, char, Range<usize>)) {
    // One is held back: the next may be its accent or its ending.
    let mut held: Option<(char, Range<usize>)> = None;
    for (start, c) in text.char_indices() {
        let at = start..start + c.len_utf8();
        if c.is_ascii() {
            if let Some((c, at)) = held.take() {
                each(kind(c), c, at);
            }
            each(kind(c), c.to_ascii_lowercase(), at);
            continue;
        }
        let mut is_seen = false;
        fold(c, |c| {
            is_seen = true;
            if let Some((before, of)) = &mut held
                && is_joined(c)
                && let Some(both) = COMPOSITION.compose(*before, c)
            {
                *before = both;
                of.end = at.end;
            } else if let Some((before, of)) = held.replace((c, at.clone())) {
                each(kind(before), before, of);
            }
        });
        if is_seen {
            continue;
        }
        match &mut held {
            Some((_, of)) => of.end = at.end,
            None => each(Kind::Unseen, c, at),
        }
    }
    if let Some((c, at)) = held {
        each(kind(c), c, at);
    }
}

/// Tells the characters that one beyond ASCII is compared as.
fn fold(c: char, mut tell: impl FnMut(char)) {
    match c {
        // Most of what is written in the world needs no table.
        '\u{439}' => tell('\u{438}'),
        '\u{430}'..='\u{44f}'
        | '\u{5d0}'..='\u{5ea}'
        | '\u{627}'..='\u{628}'
        | '\u{62a}'..='\u{63a}'
        | '\u{641}'..='\u{648}'
        | '\u{64a}'
        | '\u{e01}'..='\u{e32}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a1}'..='\u{30fa}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7a3}' => tell(c),
        _ => {
            for c in COMPATIBLE.normalize_iter(std::iter::once(c)) {
                for c in c.to_lowercase().filter(|c| !is_unseen(*c)) {
                    match same(c) {
                        Some(letters) => letters.chars().for_each(&mut tell),
                        None => tell(c),
                    }
                }
            }
        }
    }
}

/// Letters that Unicode does not take apart and that people write in other
/// ways all the same.
fn same(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ħ' => "h",
        'ı' => "i",
        'ς' => "σ",
        // Arabic, as keyboards of other languages and hurried people write it.
        '\u{649}' | '\u{6cc}' => "\u{64a}",
        '\u{6a9}' => "\u{643}",
        '\u{629}' => "\u{647}",
        _ => return None,
    })
}

fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return match c.is_ascii_alphanumeric() {
            true => Kind::Word,
            false => Kind::Blank,
        };
    }
    if is_unspaced(c) {
        Kind::Unspaced
    } else if c.is_alphanumeric() {
        Kind::Word
    } else if is_emoji(c) {
        Kind::Emoji
    } else if CLASSES.get_u8(c) != 0 {
        // What is left of marks is part of how a word is written.
        Kind::Word
    } else {
        Kind::Blank
    }
}

/// Accents, vowel points, skin tones, and what has no width.
fn is_unseen(c: char) -> bool {
    matches!(
        u32::from(c),
        0xAD | 0x34F
        | 0x300..=0x36F | 0x483..=0x489 | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF
        | 0x20D0..=0x20FF | 0xFE20..=0xFE2F
        // Hebrew, Arabic
        | 0x591..=0x5BD | 0x5BF | 0x5C1 | 0x5C2 | 0x5C4 | 0x5C5 | 0x5C7
        | 0x610..=0x61A | 0x61C | 0x640 | 0x64B..=0x65F | 0x670
        | 0x6D6..=0x6DC | 0x6DF..=0x6E4 | 0x6E7 | 0x6E8 | 0x6EA..=0x6ED
        // Joiners, directions, variants, tags
        | 0x180B..=0x180E | 0x200C..=0x200F | 0x202A..=0x202E | 0x2060..=0x2064
        | 0x2066..=0x206F | 0xFE00..=0xFE0F | 0xFEFF | 0x1F3FB..=0x1F3FF | 0xE0000..=0xE0FFF
    )
}

/// What forms one character with the one before: the voicing of kana, the
/// vowel and the ending of a Hangul syllable.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{3099}' | '\u{309a}' | '\u{1161}'..='\u{1175}' | '\u{11a8}'..='\u{11c2}')
}

fn is_emoji(c: char) -> bool {
    matches!(
        u32::from(c),
        0x231A | 0x231B | 0x23E9..=0x23FF | 0x25FD | 0x25FE | 0x2600..=0x27BF
        | 0x2B05..=0x2B07 | 0x2B1B | 0x2B1C | 0x2B50 | 0x2B55 | 0x1F000..=0x1FAFF
    )
}

/// Scripts that put no blanks between words, or glue endings to them.
fn is_unspaced(c: char) -> bool {
    // Most characters are before the first of them: Thai.
    c >= '\u{e01}'
        && matches!(
            u32::from(c),
            // Han
            0x3005..=0x3007 | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xF900..=0xFAFF
            | 0x20000..=0x3FFFF
            // Hiragana, Katakana
            | 0x3041..=0x3096 | 0x309D..=0x309F | 0x30A1..=0x30FA | 0x30FC..=0x30FF
            | 0x31F0..=0x31FF
            // Hangul
            | 0x1100..=0x11FF | 0x3131..=0x318E | 0xAC00..=0xD7AF
            // Thai, Lao, Burmese, Khmer
            | 0x0E01..=0x0E3A | 0x0E40..=0x0E4E | 0x0E81..=0x0EDF | 0x1000..=0x103F
            | 0x1780..=0x17D3
        )
}
