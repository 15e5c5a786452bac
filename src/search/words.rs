//! What counts as a word, the same for what is stored, what is asked and what
//! is marked.
//!
//! - A word is a run of letters, digits and their marks. Case does not count,
//!   nor do accents and points (`é`, `й`, Hebrew and Arabic vowels), nor how a
//!   character is encoded (half width, ligatures, decomposed); `ß` is `ss`, `ø`
//!   is `o`, both Turkish `i` are one.
//! - An emoji is a word of its own; its skin tone does not count.
//! - Scripts that put no blanks between words, or glue endings to them, are
//!   looked for by any run of characters.
//! - All else parts words, except what nobody sees (soft hyphens, joiners).
//!
//! The index splits only by ASCII, so what goes into it is spelt by these
//! rules: runs of unspaced characters as their overlapping pairs. `東京都` is
//! stored as `東京 京都 都` and looked for as the phrase `東京 京都`; a single
//! character is looked for as a beginning. The last character stands by itself
//! too, so that each one begins something.

mod fold;

use std::borrow::Cow;
use std::ops::Range;

use fold::{Kind, walk};

/// The text as it goes into the index.
pub(crate) fn stored(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    Cow::Owned(spell(text, false).0)
}

/// Words as a phrase of a query, and whether its last word can only be looked
/// for as a beginning.
pub(crate) fn asked(text: &str) -> (String, bool) {
    spell(text, true)
}

/// Whether there is anything in it that can be looked for.
pub(crate) fn is_searchable(text: &str) -> bool {
    !units(text).is_empty()
}

fn spell(text: &str, open_end: bool) -> (String, bool) {
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    // The character of a run that waits for the one after it, and how many
    // the run has.
    let mut before: Option<char> = None;
    let mut run = 0_usize;
    walk(text, |kind, c, _| {
        if kind == Kind::Unseen {
            return;
        }
        if kind == Kind::Unspaced {
            if let Some(before) = before {
                out.push(before);
                out.push(c);
            } else {
                run = 0;
            }
            out.push(' ');
            before = Some(c);
            run += 1;
            return;
        }
        if let Some(last) = before.take() {
            out.push(last);
            out.push(' ');
        }
        match kind {
            Kind::Emoji => {
                out.push(' ');
                out.push(c);
                out.push(' ');
            }
            Kind::Blank => out.push(' '),
            Kind::Word | Kind::Unspaced | Kind::Unseen => out.push(c),
        }
    });
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

/// A word, an emoji, or one character of an unspaced run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    /// As it is compared.
    pub(crate) text: String,
    /// Where it stands in the text, in bytes.
    pub(crate) at: Range<usize>,
    /// Whether it continues the unspaced run of the one before.
    pub(crate) glued: bool,
    pub(crate) is_unspaced: bool,
}

/// The words of a text, one by one.
pub(crate) fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    let mut before = Kind::Blank;
    walk(text, |kind, c, at| {
        if kind == Kind::Unseen {
            let before = units.last_mut().filter(|unit| unit.at.end == at.start);
            before.into_iter().for_each(|unit| unit.at.end = at.end);
            return;
        }
        let goes_on = kind == before && kind == Kind::Word;
        match units.last_mut() {
            Some(unit) if goes_on => {
                unit.text.push(c);
                unit.at.end = at.end;
            }
            _ if kind != Kind::Blank => units.push(Unit {
                text: c.to_string(),
                at,
                glued: kind == Kind::Unspaced && before == kind,
                is_unspaced: kind == Kind::Unspaced,
            }),
            _ => {}
        }
        before = kind;
    });
    units
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_become_pairs() {
        for (text, kept, query, begins) in [
            ("plain words", "plain words", "plain words", false),
            ("東京都", " 東京 京都 都", " 東京 京都 ", false),
            ("東", " 東", " 東", true),
            ("iPhone値段", "iphone 値段 段", "iphone 値段 ", false),
            ("値段iPhone", " 値段 段 iphone", " 値段 段 iphone", false),
            ("東 京", " 東   京", " 東   京", true),
            ("a\0é", "a e", "a e", false),
        ] {
            assert_eq!(stored(text), kept);
            assert_eq!(asked(text), (query.to_owned(), begins), "{text}");
        }
    }

    /// The words of a text as they are compared.
    fn words(text: &str) -> Vec<String> {
        units(text).into_iter().map(|unit| unit.text).collect()
    }

    #[test]
    fn words_are_compared_as_people_do() {
        for (text, expected) in [
            ("Grüße, STRASSE Straße", "grusse strasse strasse"),
            ("don\u{2019}t e\u{301}te\u{301} \u{fb01}n", "don t ete fin"),
            ("İstanbul ISPARTA ısparta", "istanbul isparta isparta"),
            ("Łódź Århus Ærø", "lodz arhus aero"),
            ("ёлка Йод и\u{306}", "елка иод и"),
            (
                "\u{39f}\u{394}\u{39f}\u{3a3} \u{3bf}\u{3b4}\u{3cc}\u{3c2}",
                "\u{3bf}\u{3b4}\u{3bf}\u{3c3} \u{3bf}\u{3b4}\u{3bf}\u{3c3}",
            ),
            ("שָׁלוֹם", "שלום"),
            ("مُحَمَّد أحمد \u{6a9}", "محمد احمد \u{643}"),
            ("می\u{200c}خواهم", "مي\u{62e}واهم"),
            ("हिन्दी", "हिन्दी"),
            ("ＡＢＣ１２", "abc12"),
            (
                "Soft\u{ad}hyphen zero\u{200b}width",
                "softhyphen zero width",
            ),
            ("gut👍🏽!☺\u{fe0f} 👩\u{200d}💻", "gut 👍 ☺ 👩 💻"),
            ("— … • │ \u{a0}", ""),
            // Decomposed as some systems write file names, and half width.
            ("か\u{3099}", "が"),
            ("\u{1112}\u{1161}\u{11ab}", "한"),
            ("ｶﾞ", "ガ"),
        ] {
            assert_eq!(words(text).join(" "), expected, "{text}");
        }
        assert!(is_searchable("é") && is_searchable("☺") && !is_searchable("-!? —"));
    }

    #[test]
    fn every_unit_knows_where_it_stands() {
        let text = "Grüße か\u{3099}き x👍";
        let marked: Vec<&str> = units(text)
            .iter()
            .map(|unit| text.get(unit.at.clone()).unwrap())
            .collect();
        assert_eq!(marked, ["Grüße", "か\u{3099}", "き", "x", "👍"]);
        let glued: Vec<bool> = units(text).iter().map(|unit| unit.glued).collect();
        assert_eq!(glued, [false, false, true, false, false]);
    }

    #[test]
    fn what_is_stored_and_what_are_units_is_the_same() {
        for text in [
            "Grüße か\u{3099}き x👍 東京",
            "a東b",
            "हिन्दी ไทย",
            "\u{301}x",
        ] {
            let spelt = stored(text);
            let singles: Vec<&str> = spelt
                .split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric())
                .filter(|word| !word.is_empty())
                .collect();
            let units = units(text);
            assert_eq!(singles.len(), units.len(), "{text}: {singles:?} {units:?}");
            for (single, unit) in singles.iter().zip(&units) {
                assert!(single.starts_with(&unit.text), "{single} {unit:?}");
            }
        }
    }

    /// `cargo test --release --lib -- --ignored cost_of_spelling --nocapture`
    #[test]
    #[ignore = "measures"]
    fn cost_of_spelling() {
        for (name, text) in [
            (
                "german",
                "Schöne Grüße aus Köln, die Überweisung folgt morgen früh. ",
            ),
            (
                "russian",
                "Встреча в Москве состоится завтра, ещё раз спасибо. ",
            ),
            ("japanese", "明日東京駅で会いましょう。会議のお知らせです。"),
            ("arabic", "السلام عليكم ورحمة الله وبركاته أخي العزيز "),
        ] {
            let text = text.repeat(1_000_000 / text.len());
            let began = std::time::Instant::now();
            std::hint::black_box(stored(&text));
            println!("{name}: {:?} a megabyte", began.elapsed());
        }
    }
}
