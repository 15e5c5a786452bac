//! What can be wrong with a password that looks right.

use crate::model::Password;

/// Whether blanks at its ends, or characters that nobody sees, may have come
/// along when it was copied.
pub(super) fn has_invisible(password: &Password) -> bool {
    let text = password.reveal();
    text != text.trim() || text.chars().any(is_invisible) || is_grouped(text)
}

/// Whether it looks like what providers make for mail programs: 16 letters or
/// digits, in groups or not.
pub(super) fn is_app_password(password: &Password) -> bool {
    let text = password.reveal();
    let solid = || text.chars().filter(|c| !matches!(c, ' ' | '-'));
    solid().count() == 16 && solid().all(|c| c.is_ascii_alphanumeric())
}

/// Shown as four groups, and copied with the blanks between them.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split(' ');
    let fits = |group: &str| group.len() == 4 && group.bytes().all(|b| b.is_ascii_alphanumeric());
    text.len() == 19 && groups.all(fits)
}

fn is_invisible(c: char) -> bool {
    let marks = matches!(c,
        '\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}'
        | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}'
        | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}' | '\u{3000}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}');
    c.is_control() || marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_came_along_unseen_is_noticed() {
        for (text, expected) in [
            ("secret", false),
            ("two words", false),
            ("pässword", false),
            ("secret ", true),
            ("\tsecret", true),
            ("sec\u{200b}ret", true),
            ("secret\u{feff}", true),
            ("secret\r\n", true),
            ("sec\u{a0}ret", true),
            ("abcd efgh ijkl mnop", true),
            ("abcd efgh ijkl mno!", false),
        ] {
            assert_eq!(has_invisible(&Password::new(text)), expected, "{text:?}");
        }
    }

    #[test]
    fn app_passwords_are_known_by_their_form() {
        for (text, expected) in [
            ("abcdefghijklmnop", true),
            ("abcd efgh ijkl mnop", true),
            ("abcd-efgh-ijkl-mnop", true),
            ("abcdefghijklmno", false),
            ("abcdefgh!jklmnop", false),
        ] {
            assert_eq!(is_app_password(&Password::new(text)), expected, "{text:?}");
        }
    }
}
