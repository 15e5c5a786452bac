//! What an IMAP server can do wrong, and what it can refuse.

use std::io;

use super::frame::FrameError;
use crate::error::ErrorKind;
use crate::net;

/// A failure with the server it happened at.
#[derive(Debug, thiserror::Error)]
#[error("{place}: {fault}")]
pub(crate) struct Error {
    /// `host:port`.
    pub(crate) place: String,
    /// What happened.
    #[source]
    pub(crate) fault: Fault,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The way to the server.
    #[error(transparent)]
    Net(#[from] net::Error),
    /// The server closed, or the network dropped, the connection.
    #[error("the connection was lost")]
    Lost {
        /// What the server said in its BYE.
        said: Option<String>,
        #[source]
        source: Option<io::Error>,
    },
    /// The server was silent for too long.
    #[error("no answer while {doing}")]
    Timeout {
        /// What was asked.
        doing: &'static str,
    },
    /// What came is not IMAP, or breaks a limit.
    #[error("the answer cannot be read")]
    Unreadable(#[from] FrameError),
    /// What came is IMAP, but not an answer to what was asked.
    #[error("the answer makes no sense: {0}")]
    Nonsense(&'static str),
    /// A tagged NO: the server understood and refused.
    #[error("{command} was refused")]
    No {
        /// What was asked.
        command: &'static str,
        /// The name of the response code.
        code: Option<String>,
        /// The server's words.
        said: String,
    },
    /// A folder was opened without saying how many messages it has or of which
    /// generation their UIDs are (RFC 9051, 2.3.1.1): it cannot be used, but
    /// others can.
    #[error("a folder is not numbered")]
    Unnumbered,
    /// A tagged BAD: the server did not understand.
    #[error("{command} was not understood")]
    Bad {
        /// What was asked.
        command: &'static str,
        /// The server's words.
        said: String,
    },
    /// Name and password were refused.
    #[error("signing in was refused")]
    SignIn {
        /// The name of the response code (RFC 5530).
        code: Option<String>,
        /// The server's words.
        said: String,
    },
    /// The server cannot do what the settings or the caller want.
    #[error("{0} is not offered")]
    NotOffered(&'static str),
    /// The server neither lists an inbox nor opens one (RFC 9051, 5.1).
    #[error("there is no inbox")]
    NoInbox,
    /// The server takes no password; what it offers instead, with blanks
    /// between.
    #[error("no way to sign in with a password")]
    NoMechanism {
        /// The names of the mechanisms.
        offered: String,
    },
    /// The server says the connection is signed in before TLS stands: somebody
    /// may be in between.
    #[error("signed in before TLS")]
    SignedInBeforeTls,
    /// The connection was given up in the middle of an earlier command.
    #[error("the connection was given up before")]
    Poisoned,
}

impl Error {
    /// Whether the server refused just this command, and the connection can go
    /// on.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.fault, Fault::No { .. } | Fault::Unnumbered)
    }

    /// Whether the server says that it is so for now only.
    pub(crate) fn is_passing(&self) -> bool {
        self.code().is_some_and(is_temporary)
    }

    /// Whether the server did not understand a command. The connection is
    /// given up after that.
    pub(crate) fn is_not_understood(&self) -> bool {
        matches!(self.fault, Fault::Bad { .. })
    }

    /// Whether the server refused for now, and may not later (RFC 5530).
    pub(crate) fn is_for_now(&self) -> bool {
        self.is_refusal() && refusal_kind(self.code()) == ErrorKind::Temporary
    }

    /// The name of the response code of a refusal, in upper case.
    pub(crate) fn code(&self) -> Option<&str> {
        match &self.fault {
            Fault::No { code, .. } | Fault::SignIn { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// Whether the two talk past each other: what came, or what was asked, is
    /// not the protocol as the other understands it.
    pub(crate) fn is_confusion(&self) -> bool {
        matches!(
            self.fault,
            Fault::Bad { .. } | Fault::Nonsense(_) | Fault::Unreadable(_)
        )
    }

    /// Whether there are more connections than the server wants of one person:
    /// it says so by a code (RFC 5530, RFC 9051 7.1) or in its words only.
    pub(crate) fn is_about_connections(&self) -> bool {
        if self.code() == Some("LIMIT") {
            return true;
        }
        let words = self.said().unwrap_or_default().to_ascii_lowercase();
        words.contains("connections")
            && ["too many", "maximum", "limit", "exceeded"]
                .iter()
                .any(|hint| words.contains(hint))
    }

    /// What the server said.
    pub(crate) fn said(&self) -> Option<&str> {
        match &self.fault {
            Fault::No { said, .. } | Fault::Bad { said, .. } | Fault::SignIn { said, .. } => {
                Some(said)
            }
            Fault::Lost { said, .. } => said.as_deref(),
            Fault::Unreadable(FrameError::NotImap(line)) => Some(line),
            _ => None,
        }
    }
}

/// Whether a response code says that this is for now only (RFC 5530).
fn is_temporary(code: &str) -> bool {
    matches!(
        code,
        "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" | "THROTTLED" | "ALERT"
    )
}

fn refusal_kind(code: Option<&str>) -> ErrorKind {
    match code.unwrap_or_default() {
        "OVERQUOTA" => ErrorKind::Quota,
        "TOOBIG" => ErrorKind::TooLarge,
        "TRYCREATE" | "NONEXISTENT" => ErrorKind::NotFound,
        "ALREADYEXISTS" => ErrorKind::Conflict,
        "AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED" => ErrorKind::Auth,
        "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" | "THROTTLED" => ErrorKind::Temporary,
        _ => ErrorKind::Server,
    }
}

/// The class of a refused sign-in. A server that gives no code means name and
/// password, unless its words say that it is its own trouble.
fn sign_in_kind(code: Option<&str>, said: &str) -> ErrorKind {
    match code {
        Some(code) if is_temporary(code) && code != "ALERT" => ErrorKind::Temporary,
        Some("PRIVACYREQUIRED" | "CONTACTADMIN") => ErrorKind::Server,
        Some("AUTHENTICATIONFAILED" | "AUTHORIZATIONFAILED" | "EXPIRED") => ErrorKind::Auth,
        _ => {
            let words = said.to_ascii_lowercase();
            let later = [
                "temporar",
                "try again later",
                "too many",
                "unavailable",
                "connections",
            ];
            if later.iter().any(|hint| words.contains(hint)) {
                ErrorKind::Temporary
            } else {
                ErrorKind::Auth
            }
        }
    }
}

/// What a failure means for the person: its class, its sentence, what to do.
fn explain(place: &str, fault: &Fault) -> (ErrorKind, String, Option<&'static str>) {
    match fault {
        Fault::Net(error) => (error.kind(), error.to_string(), None),
        Fault::Lost { .. } | Fault::Poisoned => (
            ErrorKind::Offline,
            format!("The connection to {place} was lost."),
            Some(
                "Check the network connection, the port and the security setting if this goes on.",
            ),
        ),
        Fault::Timeout { doing } => (
            ErrorKind::Timeout,
            format!("{place} did not answer in time ({doing})."),
            Some("Check the port and the security setting if this goes on."),
        ),
        Fault::Unreadable(FrameError::NotImap(_)) => (
            ErrorKind::Protocol,
            format!("{place} does not speak IMAP."),
            Some("Check the server's name and port in the account settings."),
        ),
        Fault::Unreadable(error) => (
            ErrorKind::Protocol,
            format!("An answer of {place} was refused: {error}."),
            Some("Check the server's name and port in the account settings."),
        ),
        Fault::Nonsense(what) => (
            ErrorKind::Protocol,
            format!("An answer of {place} makes no sense: {what}."),
            None,
        ),
        Fault::Unnumbered => (
            ErrorKind::Protocol,
            format!("{place} does not say how the messages of this folder are numbered."),
            Some("The folder is left out; tell the provider."),
        ),
        Fault::No { command, code, .. } => (
            refusal_kind(code.as_deref()),
            format!("{place} refused the command {command}."),
            refusal_remedy(code.as_deref()),
        ),
        Fault::Bad { command, .. } => (
            ErrorKind::Protocol,
            format!("{place} did not understand the command {command}."),
            None,
        ),
        Fault::SignIn { code, said } => explain_sign_in(place, sign_in_kind(code.as_deref(), said)),
        Fault::NotOffered("STARTTLS") => (
            ErrorKind::Tls,
            format!(
                "{place} does not offer STARTTLS, so the connection would not be protected. Nothing was sent to it."
            ),
            Some("Choose TLS from the start (port 993) in the account settings."),
        ),
        Fault::NotOffered(what) => (
            ErrorKind::Server,
            format!("{place} does not offer {what}."),
            None,
        ),
        Fault::NoInbox => (ErrorKind::Server, format!("{place} has no inbox."), None),
        Fault::NoMechanism { .. } => (
            ErrorKind::Server,
            format!("{place} does not offer signing in with name and password."),
            None,
        ),
        Fault::SignedInBeforeTls => (
            ErrorKind::Tls,
            format!(
                "{place} claimed to be signed in before the connection was protected. Nothing was sent to it."
            ),
            Some("Choose TLS from the start (port 993) in the account settings."),
        ),
    }
}

fn explain_sign_in(place: &str, kind: ErrorKind) -> (ErrorKind, String, Option<&'static str>) {
    match kind {
        ErrorKind::Auth => (
            kind,
            format!("{place} refused name and password."),
            Some("Check both. Some providers want a password made for mail programs."),
        ),
        ErrorKind::Temporary => (
            kind,
            format!("{place} cannot sign anybody in right now."),
            Some("Try again later."),
        ),
        _ => (
            kind,
            format!("{place} does not let this program sign in."),
            None,
        ),
    }
}

fn refusal_remedy(code: Option<&str>) -> Option<&'static str> {
    match code? {
        "OVERQUOTA" => Some("Delete mail you do not need, or ask your provider for more room."),
        "TOOBIG" => Some("Send large files another way."),
        _ => None,
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        let Error { place, fault } = error;
        if let Fault::Net(error) = fault {
            return error.into();
        }
        let error = Error { place, fault };
        let (kind, sentence, hint) = explain(&error.place, &error.fault);
        let mut told = Self::new(kind, sentence);
        if let Some(said) = error.said() {
            told = told.server_said(said);
        }
        if let Some(hint) = hint {
            told = told.hint(hint);
        }
        told.source(error)
    }
}
