//! Proving a server, told step by step.

use std::time::Duration;

use crate::error::Error;
use crate::model::Protocol;

pub use crate::model::CheckStepKind;

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
