//! Text in the charset it names, and text whose charset nobody declared, or
//! declared wrongly.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, REPLACEMENT, UTF_8};

use crate::model::Charset;

/// How many bytes the guess looks at.
const GUESS_MAX: usize = 64 * 1024;

/// All there are, by what they are for.
const ALL: &[(&str, &[&str])] = &[
    ("Unicode", &["UTF-8", "UTF-16LE", "UTF-16BE"]),
    (
        "Western",
        &[
            "windows-1252",
            "ISO-8859-15",
            "macintosh",
            "ISO-8859-10",
            "ISO-8859-14",
        ],
    ),
    (
        "Central European",
        &["windows-1250", "ISO-8859-2", "ISO-8859-16"],
    ),
    ("South European", &["ISO-8859-3"]),
    ("Baltic", &["windows-1257", "ISO-8859-13", "ISO-8859-4"]),
    (
        "Cyrillic",
        &[
            "windows-1251",
            "KOI8-R",
            "KOI8-U",
            "ISO-8859-5",
            "IBM866",
            "x-mac-cyrillic",
        ],
    ),
    ("Greek", &["windows-1253", "ISO-8859-7"]),
    ("Turkish", &["windows-1254"]),
    ("Hebrew", &["windows-1255", "ISO-8859-8", "ISO-8859-8-I"]),
    ("Arabic", &["windows-1256", "ISO-8859-6"]),
    ("Vietnamese", &["windows-1258"]),
    ("Thai", &["windows-874"]),
    ("Simplified Chinese", &["gb18030", "GBK"]),
    ("Traditional Chinese", &["Big5"]),
    ("Japanese", &["Shift_JIS", "ISO-2022-JP", "EUC-JP"]),
    ("Korean", &["EUC-KR"]),
    ("As bytes", &["x-user-defined"]),
];

/// Names that mail programs use and the Encoding Standard does not know.
const ALIASES: &[(&str, &str)] = &[
    ("cp932", "shift_jis"),
    ("x-ms-cp932", "shift_jis"),
    ("cp936", "gbk"),
    ("windows-936", "gbk"),
    ("cp949", "euc-kr"),
    ("cp950", "big5"),
    ("windows-950", "big5"),
    ("cp874", "windows-874"),
    ("tis620", "windows-874"),
    ("cp50220", "iso-2022-jp"),
    ("cp50221", "iso-2022-jp"),
    ("iso-2022-jp-ms", "iso-2022-jp"),
    ("iso_8859-8-i", "iso-8859-8-i"),
    ("koi8r", "koi8-r"),
    ("koi8u", "koi8-u"),
    ("utf8mb4", "utf-8"),
    ("cp65001", "utf-8"),
    ("ansi", "windows-1252"),
    ("8bit", "windows-1252"),
];

/// All charsets, those of a script together.
pub fn all() -> impl Iterator<Item = Charset> {
    ALL.iter().flat_map(|(script, labels)| {
        let of_script = move |label: &&'static str| Charset { label, script };
        labels.iter().map(of_script)
    })
}

/// The charset that is called so, in any of the ways mail does.
#[must_use]
pub fn named(label: &str) -> Option<Charset> {
    let name = encoding(label)?.name();
    all().find(|charset| charset.label == name)
}

/// Never the one that stands for those nobody shall read any more.
fn encoding(label: &str) -> Option<&'static Encoding> {
    let label = label.trim().trim_matches(['"', '\'']);
    let alias = ALIASES
        .iter()
        .find(|(alias, _)| alias.eq_ignore_ascii_case(label));
    let label = alias.map_or(label, |(_, meant)| meant);
    Encoding::for_label(label.as_bytes()).filter(|encoding| *encoding != REPLACEMENT)
}

/// The text that these bytes are in a charset a person chose.
pub(crate) fn decoded(bytes: &[u8], charset: Charset) -> Cow<'_, str> {
    let encoding = encoding(charset.label).unwrap_or(UTF_8);
    encoding.decode_without_bom_handling(bytes).0
}

/// The text of bytes in the charset of that name; none where that is not known
/// or some of them make no sense in it.
pub(super) fn whole<'a>(label: &str, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    encoding(label)?.decode_without_bom_handling_and_without_replacement(bytes)
}

/// The text that these bytes most likely are: UTF-8 where they are valid
/// UTF-8, else what the letter frequencies say.
pub(crate) fn guess(bytes: &[u8]) -> Cow<'_, str> {
    // ISO-2022-JP switches charset with escape sequences and is pure ASCII.
    if !bytes.contains(&0x1b)
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    decode_like(bytes, bytes)
}

/// Decodes `bytes` with the charset guessed from `sample`, so that a short
/// piece can lean on the longer text around it.
pub(crate) fn decode_like<'a>(bytes: &'a [u8], sample: &[u8]) -> Cow<'a, str> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(sample.get(..GUESS_MAX).unwrap_or(sample), true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    encoding.decode_without_bom_handling(bytes).0
}

/// Better text than `decoded`, which the parser made of `bytes` in the charset
/// that `label` names; none where that is as good as it gets.
pub(crate) fn better(decoded: &str, label: Option<&str>, bytes: &[u8]) -> Option<String> {
    let declared = label.and_then(encoding);
    // Text that is valid UTF-8 by accident does not occur; UTF-8 under the name
    // of another charset does, every day. And what calls itself ASCII and is
    // not may be anything.
    let is_ascii = label.is_some_and(|label| label.to_ascii_lowercase().ends_with("ascii"));
    let may_be_utf8 = declared.is_some_and(Encoding::is_single_byte);
    let text = if may_be_utf8 && (is_ascii || std::str::from_utf8(bytes).is_ok()) {
        Some(guess(bytes))
    } else {
        // The parser knows fewer names.
        label.and_then(|label| whole(label, bytes))
    };
    match text {
        Some(text) => (text != decoded).then(|| text.into_owned()),
        None => mended(decoded, bytes),
    }
}

/// Better text than `decoded`, where decoding as declared left holes: the
/// charset was missing or wrong. Keeps UTF-8 that is merely damaged.
fn mended(decoded: &str, bytes: &[u8]) -> Option<String> {
    let holes = decoded.matches('\u{fffd}').count();
    if holes == 0 {
        // A declared charset cannot be missed, but undeclared ISO-2022-JP is
        // valid ASCII full of escapes.
        return decoded
            .contains("\u{1b}$")
            .then(|| guess(bytes).into_owned());
    }
    let letters = decoded
        .chars()
        .filter(|c| !c.is_ascii() && *c != '\u{fffd}')
        .count();
    if letters > holes {
        return None;
    }
    let guessed = guess(bytes);
    (guessed.matches('\u{fffd}').count() < holes).then(|| guessed.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_charset_there_is_can_be_chosen() {
        let mut names: Vec<&str> = all().map(|charset| charset.label).collect();
        names.sort_unstable();
        names.dedup();
        // The standard's 40, without the one that stands for none.
        assert_eq!(names.len(), 39);
        for charset in all() {
            assert_eq!(encoding(charset.label).unwrap().name(), charset.label);
            assert_eq!(named(charset.label), Some(charset));
        }
        assert_eq!(named("CP932").unwrap().label, "Shift_JIS");
        assert_eq!(named("latin1").unwrap().label, "windows-1252");
        assert_eq!(named("ks_c_5601-1987").unwrap().label, "EUC-KR");
        assert_eq!(named("hz-gb-2312"), None);
        assert_eq!(named("nonsense"), None);
    }

    #[test]
    fn what_is_declared_wrongly_is_read_all_the_same() {
        let better = |decoded: &str, label, bytes: &[u8]| better(decoded, Some(label), bytes);
        // UTF-8 that calls itself Latin-1, and is shown as "Ã¤" elsewhere.
        assert_eq!(
            better("schÃ¶n", "iso-8859-1", "schön".as_bytes()).unwrap(),
            "schön"
        );
        // A name the parser does not know.
        assert_eq!(
            better("\u{fffd}\u{fffd}", "cp932", b"\x82\xa0").unwrap(),
            "あ"
        );
        // As declared.
        assert_eq!(better("é", "windows-1252", b"\xe9"), None);
    }
}
