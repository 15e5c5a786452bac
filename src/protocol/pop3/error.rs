//! What a POP3 server can do wrong, and what it can refuse.

use std::io;

use crate::error::ErrorKind;
use crate::net;

/// A failure with the server and the step it happened at.
#[derive(Debug, thiserror::Error)]
#[error("{place}, {doing}: {fault}")]
pub(crate) struct Error {
    /// `host:port`.
    pub(crate) place: String,
    /// What was asked: a command's name, or words for a step.
    pub(crate) doing: &'static str,
    /// What happened.
    #[source]
    pub(crate) fault: Fault,
}

/// What happened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Fault {
    /// The way to the server.
    #[error(transparent)]
    Net(Box<net::Error>),
    /// The server closed, or the network dropped, the connection.
    #[error("the connection was lost")]
    Lost {
        /// What the server said before it closed.
        said: Option<String>,
        #[source]
        source: Option<io::Error>,
    },
    /// The server was silent for too long, or spoke in drops.
    #[error("no answer in time")]
    Timeout,
    /// What came is not POP3.
    #[error("the answer is not POP3")]
    NotPop3 {
        /// The start of it.
        said: String,
    },
    /// What came is POP3, but not an answer to what was asked, or breaks a
    /// limit.
    #[error("the answer makes no sense: {0}")]
    Nonsense(&'static str),
    /// The server said no. The connection goes on.
    #[error("it was refused")]
    Refused(Refusal),
    /// Signing in was refused.
    #[error("signing in was refused")]
    SignIn {
        /// The refusal, with a code in any case.
        refusal: Refusal,
        /// Whether the server told the code; else its words were weighed.
        told: bool,
    },
    /// The server cannot do what the settings want.
    #[error("{0} is not offered")]
    NotOffered(&'static str),
    /// Name or password hold a line break or a NUL. Nothing was sent.
    #[error("the name or the password cannot be sent")]
    Unsendable,
    /// The connection was given up before.
    #[error("the connection was given up before")]
    GivenUp,
}

/// A `-ERR` of the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// What the server says it is about.
    pub(crate) code: Option<Code>,
    /// Its words, without the code.
    pub(crate) said: String,
}

/// A response code (RFC 2449, 8; RFC 3206; RFC 6856).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Code {
    /// Another session has the mailbox.
    InUse,
    /// Signed in too soon after the last time.
    LoginDelay,
    /// A trouble of the server that goes away by itself.
    SysTemp,
    /// A trouble of the server that somebody has to mend.
    SysPerm,
    /// It is about name and password.
    Auth,
    /// It is about UTF-8.
    Utf8,
}

impl From<net::Error> for Fault {
    fn from(error: net::Error) -> Self {
        Self::Net(Box::new(error))
    }
}

impl Code {
    /// Reads a code's name, in any case; what is below a known one is that one.
    pub(super) fn read(name: &str) -> Option<Self> {
        let mut levels = name.split('/').map(str::to_ascii_uppercase);
        let top = levels.next()?;
        match (top.as_str(), levels.next().as_deref()) {
            ("IN-USE", _) => Some(Self::InUse),
            ("LOGIN-DELAY", _) => Some(Self::LoginDelay),
            ("SYS", Some("TEMP")) => Some(Self::SysTemp),
            ("SYS", Some("PERM")) => Some(Self::SysPerm),
            ("AUTH", _) => Some(Self::Auth),
            ("UTF8", _) => Some(Self::Utf8),
            _ => None,
        }
    }
}

impl Refusal {
    /// What a refused sign-in is about. Without a code the words decide: many
    /// servers have a phrase for a mailbox that is open elsewhere, and some for
    /// a trouble of their own. All others mean name and password, unless the
    /// server promised a code for that (`promised`; RFC 3206, 4).
    pub(super) fn of_sign_in(mut self, promised: bool) -> Self {
        if self.code.is_none() {
            let words = self.said.to_ascii_lowercase();
            let has = |hints: &[&str]| hints.iter().any(|hint| words.contains(hint));
            let locked_out = has(&["account"]) && has(&["lock"]) && !has(&["mailbox", "session"]);
            self.code = Some(if locked_out || has(&LOCKED_OUT) {
                Code::Auth
            } else if has(&OPEN_ELSEWHERE) {
                Code::InUse
            } else if has(&TOO_SOON) {
                Code::LoginDelay
            } else if has(&FOR_NOW) || (promised && !has(&REFUSED)) {
                Code::SysTemp
            } else {
                Code::Auth
            });
        }
        self
    }
}

/// About the person, though they may sound like a lock on the mailbox.
const LOCKED_OUT: [&str; 4] = ["password", "credential", "disabled", "suspended"];

/// About the person.
const REFUSED: [&str; 5] = ["auth", "login", "logon", "invalid", "denied"];

/// How servers without response codes say that another session has the
/// mailbox: qpopper, Cyrus, Courier, UW, InterMail, MDaemon, hMailServer and
/// their kin.
const OPEN_ELSEWHERE: [&str; 20] = [
    "lock busy",
    "already locked",
    "is locked",
    "locked by",
    "mailbox locked",
    "maildrop locked",
    "mail drop locked",
    "unable to lock",
    "cannot lock",
    "can't lock",
    "could not lock",
    "can't get lock",
    "unable to open locked",
    "exclusive lock",
    "in use",
    "another session",
    "another pop",
    "other session",
    "already open",
    "already logged in",
];

const TOO_SOON: [&str; 3] = ["minimum time", "too soon", "too frequent"];

const FOR_NOW: [&str; 8] = [
    "temporar",
    "try again later",
    "try later",
    "too many connections",
    "too many sessions",
    "unavailable",
    "overloaded",
    "internal error",
];

impl Error {
    /// Whether the server refused just this command, and the connection can go
    /// on.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self.fault, Fault::Refused(_))
    }

    /// Whether another session has the mailbox: it is free again in a while.
    pub(crate) fn is_in_use(&self) -> bool {
        self.code() == Some(Code::InUse)
    }

    /// Whether the server refused name and password, or the token.
    pub(crate) fn is_about_who(&self) -> bool {
        matches!(&self.fault, Fault::SignIn { refusal, .. } if matches!(refusal.code, None | Some(Code::Auth)))
    }

    /// Whether the server wants more time between two sign-ins.
    pub(crate) fn is_too_soon(&self) -> bool {
        self.code() == Some(Code::LoginDelay)
    }

    /// What the server says it is about.
    pub(crate) fn code(&self) -> Option<Code> {
        self.refusal()?.code
    }

    fn refusal(&self) -> Option<&Refusal> {
        match &self.fault {
            Fault::Refused(refusal) | Fault::SignIn { refusal, .. } => Some(refusal),
            _ => None,
        }
    }

    /// What the server said.
    pub(crate) fn said(&self) -> Option<&str> {
        match &self.fault {
            Fault::Lost { said, .. } => said.as_deref(),
            Fault::NotPop3 { said } => Some(said),
            _ => self.refusal().map(|refusal| refusal.said.as_str()),
        }
    }
}

const IF_IT_GOES_ON: &str =
    "Check the network connection, the port and the security setting if this goes on.";

/// The class of a failure, its sentence, and what to do.
fn explain(error: &Error) -> (ErrorKind, String, Option<&'static str>) {
    let Error {
        place,
        doing,
        fault,
    } = error;
    match fault {
        Fault::Net(error) => (error.kind(), error.to_string(), None),
        Fault::Lost { .. } | Fault::GivenUp => (
            ErrorKind::Offline,
            format!("The connection to {place} was lost ({doing})."),
            Some(IF_IT_GOES_ON),
        ),
        Fault::Timeout => (
            ErrorKind::Timeout,
            format!("{place} did not answer in time ({doing})."),
            Some("Check the port and the security setting if this goes on."),
        ),
        Fault::NotPop3 { .. } => (
            ErrorKind::Protocol,
            format!("{place} does not speak POP3."),
            Some("Check the server's name and port in the account settings."),
        ),
        Fault::Nonsense(what) => (
            ErrorKind::Protocol,
            format!("An answer of {place} makes no sense ({doing}): {what}."),
            None,
        ),
        Fault::Refused(refusal) => explain_refusal(place, doing, refusal.code),
        Fault::SignIn { refusal, .. } => {
            explain_refusal(place, doing, refusal.code.or(Some(Code::Auth)))
        }
        Fault::NotOffered("STLS") => (
            ErrorKind::Tls,
            format!(
                "{place} does not offer STARTTLS, so the connection would not be protected. Nothing was sent to it."
            ),
            Some("Choose TLS from the start (port 995) in the account settings."),
        ),
        Fault::NotOffered(what) => (
            ErrorKind::Server,
            format!("{place} does not offer {what}."),
            Some("Many servers let one sign in over TLS only: check port and security."),
        ),
        Fault::Unsendable => (
            ErrorKind::Input,
            format!(
                "The user name or the password for {place} holds a line break. Nothing was sent."
            ),
            Some("Type both again."),
        ),
    }
}

fn explain_refusal(
    place: &str,
    doing: &str,
    code: Option<Code>,
) -> (ErrorKind, String, Option<&'static str>) {
    match code {
        Some(Code::InUse) => (
            ErrorKind::Temporary,
            format!("Another mail program has the mailbox on {place} open."),
            Some("Waxwing waits until it is free and tries again."),
        ),
        Some(Code::LoginDelay) => (
            ErrorKind::Temporary,
            format!("{place} does not want to be asked again so soon."),
            Some("Waxwing waits and tries again."),
        ),
        Some(Code::SysTemp) => (
            ErrorKind::Temporary,
            format!("{place} has trouble of its own for now."),
            Some("Waxwing waits and tries again."),
        ),
        Some(Code::SysPerm) => (
            ErrorKind::Server,
            format!("{place} has trouble that somebody there has to mend."),
            Some("Ask the provider."),
        ),
        Some(Code::Auth) => (
            ErrorKind::Auth,
            format!("{place} refused name and password."),
            Some(
                "Check both. Some providers want a password made for mail programs, and POP3 to be turned on in their settings.",
            ),
        ),
        Some(Code::Utf8) | None => (
            ErrorKind::Server,
            format!("{place} refused ({doing})."),
            None,
        ),
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        let Error {
            place,
            doing,
            fault,
        } = error;
        if let Fault::Net(error) = fault {
            return (*error).into();
        }
        let error = Error {
            place,
            doing,
            fault,
        };
        let (kind, sentence, hint) = explain(&error);
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
