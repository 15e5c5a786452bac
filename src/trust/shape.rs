//! How words look to somebody who reads quickly (UTS 39).

use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

/// The same for all words that look alike: confusable letters, and what people
/// write in their place.
pub(super) fn shape(word: &str) -> String {
    let lower = word.to_lowercase();
    let same: String = skeleton(&lower).collect();
    let same = same.to_lowercase();
    // What UTS 39 leaves apart and tired eyes do not.
    same.replace("vv", "w")
        .replace("cl", "d")
        .replace('3', "e")
        .replace('5', "s")
}

/// Whether a word mixes letters of alphabets that nobody mixes.
pub(super) fn is_mixed(word: &str) -> bool {
    !word.is_single_script()
}

/// Whether a word looks like Latin letters and has none.
pub(super) fn passes_for_latin(word: &str) -> bool {
    let letters = |word: &str| word.chars().filter(|c| c.is_alphabetic()).count();
    let is_foreign = word.chars().all(|c| !c.is_ascii_alphabetic()) && letters(word) > 0;
    is_foreign && shape(word).is_ascii()
}
