//! What can go wrong between us and a submission server.

use crate::error::ErrorKind;

/// Where in the dialogue something happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// The server greets and tells what it can (`EHLO`).
    Greeting,
    /// `STARTTLS` and the handshake after it.
    Tls,
    /// `AUTH`.
    SignIn,
    /// A harmless command.
    Command,
    /// `MAIL`, `RCPT`, `DATA` and the message.
    Sending,
}

impl Step {
    fn doing(self) -> &'static str {
        match self {
            Self::Greeting => "greeting us",
            Self::Tls => "turning on TLS",
            Self::SignIn => "signing in",
            Self::Command => "answering a harmless command",
            Self::Sending => "taking the message",
        }
    }
}

/// A failure of the dialogue. Each names the server as `host:port`.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The connection was closed or broke. Nothing was handed over.
    #[error("The connection to {place} was lost while it was {}.", step.doing())]
    Lost {
        /// Which server.
        place: String,
        /// When.
        step: Step,
        /// The system's word, where it had one.
        source: Option<std::io::Error>,
    },
    /// The server was silent for too long. Nothing was handed over.
    #[error("{place} did not answer in time while {}.", step.doing())]
    Timeout {
        /// Which server.
        place: String,
        /// When.
        step: Step,
    },
    /// What came back is not SMTP.
    #[error("{place} does not answer as a mail server does.")]
    Protocol {
        /// Which server.
        place: String,
        /// The start of what it said.
        said: String,
    },
    /// The server said no.
    #[error("{}", refused(place, *step, *code))]
    Refused {
        /// Which server.
        place: String,
        /// When.
        step: Step,
        /// The reply code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// Name or password are wrong.
    #[error("{place} refused the name or the password.")]
    Auth {
        /// Which server.
        place: String,
        /// The reply code.
        code: u16,
        /// Its words.
        text: String,
    },
    /// The server could not prove that it knows the password (RFC 5802, 5.1).
    #[error("{place} could not prove that it is the server it says it is; nothing was sent.")]
    Impostor {
        /// Which server.
        place: String,
    },
    /// The server offers no way to sign in that we know.
    #[error("{place} offers no way to sign in with a password.")]
    NoMechanism {
        /// Which server.
        place: String,
        /// What it offers.
        offered: String,
        /// Whether it offers to encrypt the connection, which it is not.
        starttls: bool,
    },
    /// TLS was required and the server does not offer it.
    #[error("{place} does not offer STARTTLS, so nothing was sent over the open connection.")]
    NoStartTls {
        /// Which server.
        place: String,
    },
    /// TLS was offered and failed.
    #[error(transparent)]
    Handshake(crate::Error),
    /// The message is larger than the server takes (RFC 1870).
    #[error("The message is {} and {place} takes at most {}.", megabytes(*size), megabytes(*limit))]
    TooLarge {
        /// Which server.
        place: String,
        /// How large it is, in bytes.
        size: u64,
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// An address needs SMTPUTF8 (RFC 6531) and the server does not offer it.
    #[error("{place} cannot deliver to “{address}”, whose name is not plain ASCII.")]
    NeedsUtf8 {
        /// Which server.
        place: String,
        /// Which address.
        address: String,
    },
    /// The message holds 8-bit bytes and the server takes none (RFC 6152).
    #[error("{place} takes 7-bit mail only, and this message holds 8-bit text.")]
    Needs8Bit {
        /// Which server.
        place: String,
    },
    /// An address that would break the dialogue.
    #[error("“{0}” is not an address one can send to.")]
    BadAddress(String),
}

fn refused(place: &str, step: Step, code: u16) -> String {
    match (step, code) {
        (_, 421) => format!("{place} closes the connection for now."),
        (Step::Greeting, 400..=499) => format!("{place} takes no mail now."),
        (Step::Greeting, _) => format!("{place} does not let this computer connect."),
        (Step::SignIn, 400..=499) => format!("{place} cannot let anybody sign in now."),
        _ => format!("{place} refused while {}.", step.doing()),
    }
}

fn megabytes(bytes: u64) -> String {
    if bytes < 1_000_000 {
        format!("{} kB", bytes.div_ceil(1000))
    } else {
        let tenths = bytes / 100_000;
        format!("{}.{} MB", tenths / 10, tenths % 10)
    }
}

impl Error {
    /// The class of the failure.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Lost { .. } => ErrorKind::Offline,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Protocol { .. } | Self::Impostor { .. } => ErrorKind::Protocol,
            Self::Refused { code, .. } if (400..500).contains(code) => ErrorKind::Temporary,
            Self::Refused { .. } | Self::Needs8Bit { .. } | Self::NeedsUtf8 { .. } => {
                ErrorKind::Server
            }
            Self::Auth { .. } | Self::NoMechanism { .. } => ErrorKind::Auth,
            Self::NoStartTls { .. } => ErrorKind::Tls,
            Self::Handshake(error) => error.kind(),
            Self::TooLarge { .. } => ErrorKind::TooLarge,
            Self::BadAddress(_) => ErrorKind::Input,
        }
    }
}

const IF_IT_GOES_ON: &str =
    "Check the network connection, the port and the security setting if this goes on.";

/// What the server said, for the person.
fn said(error: &Error) -> Option<String> {
    match error {
        Error::Protocol { said, .. } => Some(said.clone()),
        Error::Refused { code, text, .. } | Error::Auth { code, text, .. } => {
            Some(format!("{code} {text}"))
        }
        Error::NoMechanism { offered, .. } if !offered.is_empty() => Some(offered.clone()),
        _ => None,
    }
}

/// What to do about it.
fn hint(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Timeout {
            step: Step::Greeting,
            ..
        } => "A port that expects TLS from the first byte stays silent: check port and security.",
        Error::Lost { .. } | Error::Timeout { .. } => IF_IT_GOES_ON,
        Error::Protocol { .. } => "Check the port and the security setting of the outgoing server.",
        Error::Refused { code, .. } if *code < 500 => {
            "Nothing is lost; it is tried again by itself."
        }
        Error::Refused {
            step: Step::Greeting,
            ..
        } => "Your network or address may be barred: try another network, or ask your provider.",
        Error::Refused { .. } => "Check the settings of the outgoing server, or ask your provider.",
        Error::Auth { .. } => {
            "Check the user name and the password of the outgoing server. Some providers want an app password."
        }
        Error::NoMechanism { offered, .. } if !offered.is_empty() => return None,
        Error::NoMechanism { .. } => {
            "Many servers let one sign in over TLS only: check port and security."
        }
        Error::Impostor { .. } => {
            "Somebody may stand between: try another network, or ask your provider."
        }
        Error::NoStartTls { .. } => "Try TLS on port 465 instead.",
        Error::TooLarge { .. } => "Send fewer or smaller attachments.",
        Error::Needs8Bit { .. } => "Encode the text as quoted-printable or Base64.",
        Error::Handshake(_) | Error::NeedsUtf8 { .. } | Error::BadAddress(_) => return None,
    })
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        let error = match error {
            Error::Handshake(error) => return error,
            error => error,
        };
        let mut told = Self::new(error.kind(), error.to_string());
        if let Some(words) = said(&error) {
            told = told.server_said(words);
        }
        if let Some(hint) = hint(&error) {
            told = told.hint(hint);
        }
        told.source(error)
    }
}
