//! The steps of proving a server, told one by one.

use std::time::Duration;

use crate::error::Error;
use crate::model::Protocol;

/// One step of proving a server, in the order they happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum CheckStepKind {
    /// The host name has an address.
    Lookup,
    /// The port answers.
    Connect,
    /// TLS stands and the certificate is trusted.
    Tls,
    /// The server greets in the right protocol.
    Greeting,
    /// Name and password are right.
    SignIn,
    /// A harmless command works.
    Command,
}

impl CheckStepKind {
    /// The stable name in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Lookup => "lookup",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Greeting => "greeting",
            Self::SignIn => "sign-in",
            Self::Command => "command",
        }
    }
}

/// A step that ended.
#[derive(Debug, Clone)]
pub struct CheckStep {
    /// Which server: incoming (IMAP, POP3) or outgoing (SMTP).
    pub server: Protocol,
    /// `host:port`.
    pub place: String,
    /// Which step.
    pub step: CheckStepKind,
    /// How long it took.
    pub elapsed: Duration,
    /// What happened, in a sentence.
    pub message: String,
    /// Why it failed, where it did. No step of this server follows then.
    pub error: Option<Error>,
}

/// What a running check tells.
#[derive(Debug, Clone)]
pub enum CheckProgress {
    /// A step began.
    Begun {
        /// Which server.
        server: Protocol,
        /// Which step.
        step: CheckStepKind,
    },
    /// A step ended.
    Ended(CheckStep),
}
