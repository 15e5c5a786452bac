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

    /// What a person calls it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Waiting => "Waiting",
            Self::Sending => "Sending",
            Self::Sent => "Sent",
            Self::Failed | Self::Uncertain => "Needs you",
        }
    }

    /// Whether only the person can say what becomes of it.
    #[must_use]
    pub fn needs_person(self) -> bool {
        matches!(self, Self::Failed | Self::Uncertain)
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

    /// Whether the server refused this recipient for good.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.code.is_some_and(|code| code >= 500)
    }

    /// Whether the server is still to be asked, or asked again.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.is_accepted() && !self.is_refused()
    }

    /// Why the server did not take the message for this recipient, in words
    /// that go on a sentence: "there is no such mailbox". Nothing where it did,
    /// or was not asked yet.
    #[must_use]
    pub fn reason(&self) -> Option<&'static str> {
        let code = self.code.filter(|code| *code >= 300)?;
        let mut detail = self.text.split_whitespace().next()?.splitn(2, '.').skip(1);
        let detail = detail.next().unwrap_or_default();
        Some(match detail {
            "1.1" | "1.3" | "1.6" => "there is no such mailbox",
            "1.2" | "1.10" => "the part behind the @ takes no mail",
            "2.1" => "the mailbox is closed for now or for good",
            "2.2" => "the mailbox is full",
            "2.3" | "3.4" => "the message is too large",
            _ if detail.starts_with("7.") && code >= 500 => {
                "the server's rules do not allow this message"
            }
            _ => match code {
                421 => "the server closed the connection for now",
                _ if code < 500 => "the server cannot take it now",
                550 | 551 | 553 => "there is no such mailbox, or one may not write to it",
                552 => "a mailbox is full, or the message too large",
                554 => "the server's rules do not allow this message",
                _ => "the server refused it",
            },
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_a_recipient_is_told_in_words() {
        for (code, text, reason) in [
            (Some(250), "2.1.5 ok", None),
            (None, "", None),
            (Some(550), "5.1.1 unknown", Some("there is no such mailbox")),
            (
                Some(550),
                "no",
                Some("there is no such mailbox, or one may not write to it"),
            ),
            (
                Some(450),
                "4.2.0 busy",
                Some("the server cannot take it now"),
            ),
            (Some(452), "4.2.2 full", Some("the mailbox is full")),
            (Some(552), "5.3.4 big", Some("the message is too large")),
            (
                Some(554),
                "5.7.1 spam",
                Some("the server's rules do not allow this message"),
            ),
            (
                Some(421),
                "bye",
                Some("the server closed the connection for now"),
            ),
        ] {
            let recipient = Recipient {
                address: "a@x".into(),
                code,
                text: text.into(),
            };
            assert_eq!(recipient.reason(), reason, "{code:?} {text}");
            assert_eq!(
                recipient.is_open(),
                code.is_none_or(|c| (300..500).contains(&c))
            );
        }
    }
}
