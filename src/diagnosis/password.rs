//! What a password looks like.

use crate::model::Password;

/// Whether it looks like what providers make for mail programs: 16 letters or
/// digits, in groups or not.
pub(super) fn is_app_password(password: &Password) -> bool {
    let text = password.reveal();
    let solid = || text.chars().filter(|c| !matches!(c, ' ' | '-'));
    solid().count() == 16 && solid().all(|c| c.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

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
