//! Why a place for secrets cannot be used, and the ways on.

use crate::error::{Error, ErrorKind};

/// Why a place for secrets cannot be used. The source of such an [`Error`];
/// [`SecretsTrouble::of`] finds it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum SecretsTrouble {
    /// No keyring runs here, or none was ever made.
    #[error("there is no keyring")]
    Missing,
    /// The keyring is locked.
    #[error("the keyring is locked")]
    Locked,
    /// The keyring asked, and somebody said no or closed its question.
    #[error("the keyring was told no")]
    Denied,
    /// The keyring does not answer; it may be asking.
    #[error("the keyring does not answer")]
    Slow,
    /// The keyring cannot do it, and does not say why.
    #[error("the keyring failed")]
    Failed,
    /// The secrets file is not open: its passphrase is wanted.
    #[error("the secrets file is locked")]
    FileLocked,
    /// The passphrase is not the secrets file's.
    #[error("the passphrase is wrong")]
    WrongPassphrase,
}

/// A way on, for a button.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SecretsWay {
    /// The same once more, after the person unlocked the keyring.
    TryAgain,
    /// Typing the passphrase of the secrets file.
    Unlock,
    /// Keeping secrets in a file of the profile, under a passphrase.
    File,
    /// Keeping no secrets: the person types them each time.
    Ask,
}

impl SecretsWay {
    /// The words on the button.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::TryAgain => "Try again",
            Self::Unlock => "Type the passphrase",
            Self::File => "Keep passwords in a protected file",
            Self::Ask => "Ask me each time",
        }
    }
}

impl SecretsTrouble {
    /// The trouble behind a failure, if it is about secrets.
    #[must_use]
    pub fn of(error: &Error) -> Option<Self> {
        std::error::Error::source(error)?.downcast_ref().copied()
    }

    /// What can be done, best first.
    #[must_use]
    pub fn ways(self) -> &'static [SecretsWay] {
        match self {
            Self::Missing => &[SecretsWay::File, SecretsWay::Ask, SecretsWay::TryAgain],
            Self::Locked | Self::Denied | Self::Slow | Self::Failed => {
                &[SecretsWay::TryAgain, SecretsWay::File, SecretsWay::Ask]
            }
            Self::FileLocked | Self::WrongPassphrase => &[SecretsWay::Unlock, SecretsWay::Ask],
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Missing => {
                "No keyring runs on this computer, so Waxwing has no place there for passwords."
            }
            Self::Locked => "The keyring is locked, so Waxwing cannot get at the passwords.",
            Self::Denied => {
                "The keyring did not let Waxwing in: its question was closed or answered with no."
            }
            Self::Slow => {
                "The keyring does not answer. It may be waiting for its own password in another window."
            }
            Self::Failed => "The keyring refused to give or take a password.",
            Self::FileLocked => "The file with the passwords is locked.",
            Self::WrongPassphrase => "The passphrase does not open the file with the passwords.",
        }
    }

    fn hint(self) -> &'static str {
        match self {
            Self::Missing => {
                "Keep passwords in a file protected by a passphrase (`--secrets file`), or type them each time (`--secrets ask`). After starting a keyring, start Waxwing anew."
            }
            Self::Locked => {
                "Unlock it and try again. Or keep passwords in a file protected by a passphrase (`--secrets file`), or type them each time (`--secrets ask`)."
            }
            Self::Denied => {
                "Try again and let it in. Or keep passwords in a file protected by a passphrase (`--secrets file`), or type them each time (`--secrets ask`)."
            }
            Self::Slow => {
                "Look for its window and try again. Or keep passwords in a file protected by a passphrase (`--secrets file`), or type them each time (`--secrets ask`)."
            }
            Self::Failed => {
                "Look at it with the desktop's password program and try again. Or keep passwords in a file protected by a passphrase (`--secrets file`), or type them each time (`--secrets ask`)."
            }
            Self::FileLocked => "Type its passphrase, or set WAXWING_PASSPHRASE.",
            Self::WrongPassphrase => "Type it again, or check WAXWING_PASSPHRASE.",
        }
    }

    /// The failure for the person.
    pub(super) fn error(self) -> Error {
        Error::new(ErrorKind::Secrets, self.sentence())
            .hint(self.hint())
            .source(self)
    }

    /// That a renewed sign-in of an account could not be kept.
    pub(crate) fn unkept(error: &Error, account: &str) -> Error {
        let message = format!("The renewed sign-in of {account} could not be kept.");
        let hint = "It is used until Waxwing ends. Keeping it is tried again with its next renewal and at the end.";
        Self::about_renewal(error, &message, hint)
    }

    /// That a renewed sign-in could not be kept until the end.
    pub(crate) fn lost(error: &Error) -> Error {
        let message = "A renewed sign-in could not be kept to the end.";
        let hint = "Sign in again in the browser when Waxwing asks for it.";
        Self::about_renewal(error, message, hint)
    }

    fn about_renewal(error: &Error, message: &str, hint: &str) -> Error {
        let why = error.message();
        Error::new(ErrorKind::Secrets, format!("{message} {why}"))
            .hint(hint)
            .source(Self::of(error).unwrap_or(Self::Failed))
    }

    /// What the words of a keyring mean that could not give access.
    #[cfg(any(test, feature = "keyring"))]
    pub(super) fn of_words(words: &str) -> Self {
        let words = words.to_ascii_lowercase();
        let has = |hints: &[&str]| hints.iter().any(|hint| words.contains(hint));
        if has(&["dismissed", "denied", "cancel", "rejected"]) {
            Self::Denied
        } else if has(&["locked"]) {
            Self::Locked
        } else if has(&["timeout", "timed out", "noreply", "no reply"]) {
            Self::Slow
        } else if has(&[
            "result not returned",
            "serviceunknown",
            "not provided by any",
            "no secret service",
            "no such file",
            "connection refused",
            "disconnected",
            "connection closed",
            "nosuchobject",
        ]) {
            Self::Missing
        } else {
            Self::Failed
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What libraries and buses say, by what it means.
    #[test]
    fn the_words_of_keyrings_are_told_apart() {
        use SecretsTrouble as T;
        for (words, trouble) in [
            ("SS Error: object locked", T::Locked),
            ("SS error: prompt dismissed", T::Denied),
            ("SS error: result not returned from SS API", T::Missing),
            (
                "no secret service provider or dbus session found",
                T::Missing,
            ),
            (
                "zbus error: org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files",
                T::Missing,
            ),
            (
                "zbus error: I/O error: No such file or directory (os error 2)",
                T::Missing,
            ),
            (
                "zbus fdo error: org.freedesktop.DBus.Error.AccessDenied: no",
                T::Denied,
            ),
            (
                "zbus error: org.freedesktop.Secret.Error.IsLocked: x",
                T::Locked,
            ),
            (
                "zbus error: org.freedesktop.DBus.Error.NoReply: timeout",
                T::Slow,
            ),
            ("Crypto error: x", T::Failed),
        ] {
            assert_eq!(T::of_words(words), trouble, "{words}");
        }
    }

    #[test]
    fn every_trouble_has_words_of_its_own_and_ways_on() {
        use SecretsTrouble as T;
        let all = [
            T::Missing,
            T::Locked,
            T::Denied,
            T::Slow,
            T::Failed,
            T::FileLocked,
            T::WrongPassphrase,
        ];
        for trouble in all {
            let error = trouble.error();
            assert_eq!(SecretsTrouble::of(&error), Some(trouble));
            assert_eq!(error.kind(), ErrorKind::Secrets);
            assert!(trouble.ways().len() >= 2);
            let twins = all
                .iter()
                .filter(|other| other.sentence() == error.message());
            assert_eq!(twins.count(), 1, "{error}");
        }
        for trouble in [T::Missing, T::Locked, T::Denied, T::Slow] {
            let hint = trouble.hint();
            assert!(hint.contains("--secrets file") && hint.contains("--secrets ask"));
        }
        let other = Error::new(ErrorKind::Auth, "no").source(std::io::Error::other("x"));
        assert_eq!(SecretsTrouble::of(&other), None);
    }
}
