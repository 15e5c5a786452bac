//! The start of a message's text as one line for the list.

/// How many characters the list shows at most.
const LENGTH: usize = 160;

/// The first words of a text: blanks folded; quotations, the attribution line
/// above them, signature and invisible padding left out.
pub(crate) fn snippet(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for line in own_lines(text) {
        for word in line.split(is_filler).filter(|word| !word.is_empty()) {
            if count > 0 {
                if count + 1 >= LENGTH {
                    return out;
                }
                out.push(' ');
                count += 1;
            }
            for c in word.chars().filter(|c| !is_invisible(*c)) {
                if count >= LENGTH {
                    out.push('…');
                    return out;
                }
                out.push(c);
                count += 1;
            }
        }
    }
    out
}

fn own_lines(text: &str) -> impl Iterator<Item = &str> {
    let mut lines = text.lines().peekable();
    std::iter::from_fn(move || {
        loop {
            let line = lines.next()?;
            // Everything below is the signature (RFC 3676, 4.3).
            if line == "-- " || line == "--" {
                return None;
            }
            if line.starts_with('>') {
                continue;
            }
            let introduces = line.trim_end().ends_with(':');
            if introduces && lines.peek().is_some_and(|next| next.starts_with('>')) {
                continue;
            }
            if is_rule(line) {
                continue;
            }
            return Some(line);
        }
    })
}

/// A line drawn with characters.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2 && line.chars().all(|c| "-_=*~#+".contains(c))
}

/// What parts words: blanks, and characters without any width that only pad.
fn is_filler(c: char) -> bool {
    c.is_whitespace() || c.is_control() || (is_invisible(c) && !matches!(c, '\u{200d}' | '\u{ad}'))
}

/// Characters one cannot see: soft hyphen, joiners, zero-width and
/// direction marks, the padding of newsletters' first lines.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180e}'
            | '\u{200b}'..='\u{200c}'
            | '\u{200e}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_fold_and_quotes_and_signatures_go() {
        let text =
            "Hi  Ada,\r\n\r\n\tsee you.\n\nOn Monday, Bob wrote:\n> old\n> older\nYes.\n-- \nBob";
        assert_eq!(snippet(text), "Hi Ada, see you. Yes.");
    }

    #[test]
    fn padding_of_newsletters_is_invisible() {
        let text = format!("Sale!{} Now", "\u{200c}\u{a0}\u{feff}\u{34f} ".repeat(100));
        assert_eq!(snippet(&text), "Sale! Now");
    }

    #[test]
    fn long_texts_end_in_an_ellipsis() {
        let short = snippet(&"word ".repeat(100));
        assert!(short.chars().count() <= LENGTH + 1);
        let long = snippet(&"ä".repeat(500));
        assert_eq!(long.chars().count(), LENGTH + 1);
        assert!(long.ends_with('…'));
    }
}
