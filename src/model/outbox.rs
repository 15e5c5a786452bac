//! A message on its way out.

use chrono::{DateTime, Utc};

use super::{AccountId, MessageId, OutboxId};

/// How far a message is on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SendState {
    /// It waits for its time, the network or the next try.
    Waiting,
    /// It is being handed over right now.
    Sending,
    /// The server took it for at least one recipient.
    Sent,
    /// The server refused it for good; it stays for the person to decide.
    Failed,
    /// It was handed over and no answer came: it may have left (RFC 1047).
    /// Never sent again unasked.
    Uncertain,
}

impl SendState {
    /// The stable name in the store and in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Uncertain => "uncertain",
        }
    }

    /// The state with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [
            Self::Waiting,
            Self::Sending,
            Self::Sent,
            Self::Failed,
            Self::Uncertain,
        ]
        .into_iter()
        .find(|state| state.name() == name)
    }
}

/// An envelope recipient and what the server said of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Recipient {
    /// The address.
    pub address: String,
    /// The reply code of its `RCPT TO`, once there was one.
    pub code: Option<u16>,
    /// The reply text.
    pub text: String,
}

impl Recipient {
    /// Whether the server took the message for this recipient.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.code.is_some_and(|code| (200..300).contains(&code))
    }
}

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its id.
    pub id: OutboxId,
    /// The account it leaves from.
    pub account: AccountId,
    /// Its `Message-ID`.
    pub message_id: MessageId,
    /// Its subject.
    pub subject: String,
    /// Its envelope recipients with the server's answers.
    pub recipients: Vec<Recipient>,
    /// How far it is.
    pub state: SendState,
    /// How often it was tried.
    pub attempts: u32,
    /// What went wrong last, as a sentence.
    pub last_error: Option<String>,
    /// When it is tried next.
    pub next_attempt: Option<DateTime<Utc>>,
}
