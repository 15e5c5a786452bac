//! The one error type that leaves the engine.
//!
//! Layers keep their own typed errors inside; at the engine's edge each becomes
//! an [`Error`]: a kind to decide by, a sentence for the person, the server's
//! own words where it said any, and a hint what to do next.

use std::fmt;
use std::sync::Arc;

use crate::model::Diagnosis;

/// The engine's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, as a class one can decide by. The names are those of the
/// `error.kind` field of the headless commands and stay stable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No network at all, or the connection was lost.
    Offline,
    /// The host name has no address.
    Dns,
    /// The host answered that nothing listens on this port.
    Refused,
    /// A server did not answer in time.
    Timeout,
    /// TLS could not be spoken (often: the port does not speak TLS).
    Tls,
    /// TLS was spoken, and the certificate is not trusted.
    Certificate,
    /// The server refused name and password.
    Auth,
    /// The server said something that is not its protocol.
    Protocol,
    /// The server understood and said no.
    Server,
    /// The server said: not now, try again later.
    Temporary,
    /// The mailbox is full.
    Quota,
    /// The message is larger than the server takes.
    TooLarge,
    /// What was named is not there.
    NotFound,
    /// What was asked contradicts what is there.
    Conflict,
    /// The local store failed.
    Storage,
    /// The local disk is full.
    DiskFull,
    /// Another process uses the profile.
    Busy,
    /// A configuration file cannot be used.
    Config,
    /// The keyring or the secrets file failed.
    Secrets,
    /// What the person gave cannot be used.
    Input,
    /// The person stopped it.
    Cancelled,
    /// A fault of this program.
    Bug,
}

impl ErrorKind {
    /// The stable name, as the headless commands print it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Dns => "dns",
            Self::Refused => "refused",
            Self::Timeout => "timeout",
            Self::Tls => "tls",
            Self::Certificate => "certificate",
            Self::Auth => "auth",
            Self::Protocol => "protocol",
            Self::Server => "server",
            Self::Temporary => "temporary",
            Self::Quota => "quota",
            Self::TooLarge => "too_large",
            Self::NotFound => "not_found",
            Self::Conflict => "conflict",
            Self::Storage => "storage",
            Self::DiskFull => "disk_full",
            Self::Busy => "busy",
            Self::Config => "config",
            Self::Secrets => "secrets",
            Self::Input => "input",
            Self::Cancelled => "cancelled",
            Self::Bug => "bug",
        }
    }
}

/// A failure as a front end sees it. Cheap to clone, so that it can travel in
/// interface messages and events.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    kind: ErrorKind,
    message: String,
    server_said: Option<String>,
    hint: Option<String>,
    diagnosis: Option<Box<Diagnosis>>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The longest piece of a server's answer that is kept for showing.
const SERVER_WORDS_MAX: usize = 300;

impl Error {
    /// A failure of `kind`, told in one `message` sentence that says what
    /// happened and to which server or file. No secret may be in it.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Arc::new(Inner {
            kind,
            message: message.into(),
            server_said: None,
            hint: None,
            diagnosis: None,
            source: None,
        }))
    }

    fn with(self, change: impl FnOnce(&mut Inner)) -> Self {
        let mut inner = match Arc::try_unwrap(self.0) {
            Ok(inner) => inner,
            // A shared error is copied without its source, which cannot be.
            Err(shared) => Inner {
                kind: shared.kind,
                message: shared.message.clone(),
                server_said: shared.server_said.clone(),
                hint: shared.hint.clone(),
                diagnosis: shared.diagnosis.clone(),
                source: None,
            },
        };
        change(&mut inner);
        Self(Arc::new(inner))
    }

    /// Adds what the server said, in its own words, shortened and without
    /// control characters.
    #[must_use]
    pub fn server_said(self, words: impl AsRef<str>) -> Self {
        let words: String = words
            .as_ref()
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(SERVER_WORDS_MAX)
            .collect();
        self.with(|inner| inner.server_said = (!words.is_empty()).then_some(words))
    }

    /// Adds what to do next.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        self.with(|inner| inner.hint = Some(hint.into()))
    }

    /// Says it in the words of a diagnosis, whose remedies come along.
    #[must_use]
    pub fn diagnosed(self, diagnosis: Diagnosis) -> Self {
        self.with(|inner| {
            inner.message.clone_from(&diagnosis.message);
            inner.hint = Some(diagnosis.hint.clone());
            inner.diagnosis = Some(Box::new(diagnosis));
        })
    }

    /// Puts it into another class, where a closer look told more.
    #[must_use]
    pub fn of_kind(self, kind: ErrorKind) -> Self {
        self.with(|inner| inner.kind = kind)
    }

    /// Adds the cause.
    #[must_use]
    pub fn source(self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.with(|inner| inner.source = Some(source.into()))
    }

    /// The class of the failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The sentence for the person, without the server's words and the hint.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What the server said, if it said something.
    #[must_use]
    pub fn words_of_server(&self) -> Option<&str> {
        self.0.server_said.as_deref()
    }

    /// What to do next, if something can be done.
    #[must_use]
    pub fn remedy(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Exactly what is wrong and which buttons mend it, where it was found out.
    #[must_use]
    pub fn diagnosis(&self) -> Option<&Diagnosis> {
        self.0.diagnosis.as_deref()
    }

    /// Whether trying again later, unchanged, may work.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self.0.kind,
            ErrorKind::Offline
                | ErrorKind::Dns
                | ErrorKind::Refused
                | ErrorKind::Timeout
                | ErrorKind::Temporary
        )
    }

    /// Whether a new password may mend it.
    #[must_use]
    pub fn needs_password(&self) -> bool {
        self.0.kind == ErrorKind::Auth
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)?;
        if let Some(words) = &self.0.server_said {
            // The server's own full stop ends our sentence as well.
            let stop = if words.ends_with(['.', '!', '?']) {
                ""
            } else {
                "."
            };
            write!(f, " The server said: “{words}”{stop}")?;
        }
        if let Some(hint) = &self.0.hint {
            write!(f, " {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("message", &self.0.message)
            .field("server_said", &self.0.server_said)
            .field("source", &self.0.source)
            .finish()
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_a_server_are_shortened_and_lose_control_characters() {
        let error = Error::new(ErrorKind::Server, "It said no.")
            .server_said(format!("a\r\nb\u{1b}[31m{}", "x".repeat(1000)));
        let words = error.words_of_server().unwrap();
        assert!(words.starts_with("a  b [31m"));
        assert_eq!(words.chars().count(), SERVER_WORDS_MAX);
    }

    #[test]
    fn the_whole_sentence_names_cause_words_and_remedy() {
        let error = Error::new(ErrorKind::Auth, "mail.example.test refused the password.")
            .server_said("Authentication failed.")
            .hint("Type the password again.");
        assert_eq!(
            error.to_string(),
            "mail.example.test refused the password. The server said: “Authentication failed.” Type the password again."
        );
        assert!(error.needs_password());
    }
}
