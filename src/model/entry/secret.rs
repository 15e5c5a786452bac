//! A password as it was typed. It is the person's own and never changed
//! unasked: blanks may belong to it.

use super::letters::{is_invisible, is_line_end, narrow};
use crate::model::Password;

/// What is odd about a password, the likeliest slip first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PasswordRemark {
    /// It holds a line end or tabulator.
    LineEnd,
    /// It holds characters that cannot be seen.
    Invisible,
    /// It begins and ends with a blank.
    BlankAround,
    /// It begins with a blank.
    BlankBefore,
    /// It ends with a blank.
    BlankBehind,
    /// It is in four groups of four, as providers show app passwords.
    Groups,
    /// It holds letters as wide as Japanese ones.
    FullWidth,
    /// It holds a blank that is not the space bar's.
    OddBlank,
}

impl PasswordRemark {
    /// Whether it hardly belongs to the password, so that a refusal is probably
    /// its fault: all but letters that somebody may have typed.
    #[must_use]
    pub fn is_slip(self) -> bool {
        self != Self::FullWidth
    }

    /// The sentence for the person.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::LineEnd => "The password holds a line end or tabulator.",
            Self::Invisible => "The password holds characters that cannot be seen.",
            Self::BlankAround => "The password begins and ends with a blank.",
            Self::BlankBefore => "The password begins with a blank.",
            Self::BlankBehind => "The password ends with a blank.",
            Self::Groups => {
                "This looks like an app password, shown in groups. Most are meant without the blanks."
            }
            Self::FullWidth => "The password holds full-width letters.",
            Self::OddBlank => "The password holds a blank that no space bar types.",
        }
    }

    /// The words of the button for [`clean_password`].
    #[must_use]
    pub fn offer(self) -> &'static str {
        match self {
            Self::LineEnd | Self::Invisible => "Remove them",
            Self::BlankAround | Self::Groups => "Remove the blanks",
            Self::BlankBefore | Self::BlankBehind => "Remove the blank",
            Self::FullWidth => "Use ordinary letters",
            Self::OddBlank => "Use ordinary blanks",
        }
    }
}

/// What is odd about a password, if anything is.
#[must_use]
pub fn password_remark(password: &Password) -> Option<PasswordRemark> {
    let secret = password.reveal();
    if secret.trim().is_empty() {
        return None;
    }
    let before = secret.starts_with(char::is_whitespace);
    let behind = secret.ends_with(char::is_whitespace);
    let remark = match (before, behind) {
        _ if secret.contains(is_line_end) => PasswordRemark::LineEnd,
        _ if secret.contains(is_invisible) => PasswordRemark::Invisible,
        (true, true) => PasswordRemark::BlankAround,
        (true, false) => PasswordRemark::BlankBefore,
        (false, true) => PasswordRemark::BlankBehind,
        _ if is_grouped(secret) => PasswordRemark::Groups,
        _ if secret.contains(|c| narrow(c).is_some()) => PasswordRemark::FullWidth,
        _ if secret.contains(is_odd_blank) => PasswordRemark::OddBlank,
        _ => return None,
    };
    Some(remark)
}

/// The password without what [`password_remark`] finds odd. Blanks amid other
/// passwords than [`PasswordRemark::Groups`] stay.
#[must_use]
pub fn clean_password(password: &Password) -> Password {
    let inner = password
        .reveal()
        .trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
    let grouped = is_grouped(inner);
    // Ordinary letters are never longer, so the text is written in one place
    // and no copy of the secret is left behind by a growing string.
    let mut clean = String::with_capacity(inner.len());
    for c in inner.chars() {
        if is_invisible(c) || is_line_end(c) || (grouped && c.is_whitespace()) {
            continue;
        }
        let c = if is_odd_blank(c) { ' ' } else { c };
        clean.push(narrow(c).unwrap_or(c));
    }
    Password::new(clean)
}

fn is_odd_blank(c: char) -> bool {
    c.is_whitespace() && c != ' ' && !is_line_end(c)
}

/// Four groups of four letters, as Google, Apple and Yahoo show them; hyphens
/// between them, as Apple has them, are part of the password.
fn is_grouped(secret: &str) -> bool {
    let mut groups = 0;
    secret.split(char::is_whitespace).all(|group| {
        groups += 1;
        group.len() == 4 && group.bytes().all(|byte| byte.is_ascii_alphanumeric())
    }) && groups == 4
}
