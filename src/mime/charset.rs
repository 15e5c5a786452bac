//! Text whose charset nobody declared, or declared wrongly.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// How many bytes the guess looks at.
const GUESS_MAX: usize = 64 * 1024;

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

/// Better text than `decoded`, where decoding as declared left holes: the
/// charset was missing or wrong. Keeps UTF-8 that is merely damaged.
pub(crate) fn mended(decoded: &str, bytes: &[u8]) -> Option<String> {
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
