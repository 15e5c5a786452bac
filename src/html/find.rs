//! Words on a page.

use std::ops::Range;

/// Everywhere the words stand in a text, whatever their case, in bytes: in
/// order, and apart from each other.
#[must_use]
pub fn occurrences(text: &str, words: &str) -> Vec<Range<usize>> {
    let wanted: Vec<char> = words.chars().flat_map(char::to_lowercase).collect();
    let Some(first) = wanted.first() else {
        return Vec::new();
    };
    // Letters in lower case, each with where it was and where it ends.
    let letters: Vec<(char, usize, usize)> = text
        .char_indices()
        .flat_map(|(at, c)| {
            let end = at + c.len_utf8();
            c.to_lowercase().map(move |lower| (lower, at, end))
        })
        .collect();
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = letters.get(from..) {
        let Some(next) = rest.iter().position(|(c, _, _)| c == first) else {
            break;
        };
        from += next;
        let here = letters.get(from..from + wanted.len()).unwrap_or_default();
        let is_it = here.len() == wanted.len()
            && here
                .iter()
                .zip(&wanted)
                .all(|((c, _, _), wanted)| c == wanted);
        if let (true, Some(start), Some(end)) = (is_it, here.first(), here.last()) {
            found.push(start.1..end.2);
            from += wanted.len();
        } else {
            from += 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stand_wherever_their_letters_do() {
        let of = |text, words| {
            let all = occurrences(text, words).into_iter();
            all.map(|range| (range.start, range.end))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("Éa, éA; ea", "ÉA"), [(0, 3), (5, 8)]);
        assert_eq!(of("aaaa", "aa"), [(0, 2), (2, 4)]);
        assert_eq!(of("a.b", "."), [(1, 2)]);
        // One letter may become two: they are one place.
        assert_eq!(of("İx", "i\u{307}x"), [(0, 3)]);
        assert!(occurrences("text", "").is_empty());
        assert!(occurrences("", "text").is_empty());
    }
}
