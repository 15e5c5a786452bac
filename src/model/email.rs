//! A whole message, parsed (RFC 5322, RFC 2045 ff.).

use chrono::{DateTime, FixedOffset};

use super::{Address, Danger, Enclosed, MessageId};

/// A MIME part, by its place in the parsed message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(pub u32);

/// Where the readable text came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextSource {
    /// A `text/plain` part.
    Plain,
    /// Made from a `text/html` part.
    Html,
    /// There is no text in the message.
    None,
}

/// Something attached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Which part it is.
    pub part: PartId,
    /// A file name safe to write, never empty.
    pub name: String,
    /// Its media type, lower case.
    pub content_type: String,
    /// Decoded size in bytes; about that where it is not here.
    pub size: u64,
    /// Whether it is on this computer. Otherwise it is fetched when it is
    /// opened or saved.
    pub here: bool,
    /// `Content-ID` without brackets.
    pub content_id: Option<String>,
    /// Whether it is shown inside the HTML rather than listed.
    pub inline: bool,
    /// Why it is not opened just so; by its name alone while it is not here.
    pub danger: Option<Danger>,
}

impl Attachment {
    /// Whether it is a message itself.
    #[must_use]
    pub fn is_message(&self) -> bool {
        matches!(
            self.content_type.as_str(),
            "message/rfc822" | "message/global"
        ) || self.name.to_ascii_lowercase().ends_with(".eml")
    }
}

/// A whole message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// `Message-ID` without brackets.
    pub message_id: Option<MessageId>,
    /// `In-Reply-To` ids.
    pub in_reply_to: Vec<MessageId>,
    /// `References` ids, oldest first.
    pub references: Vec<MessageId>,
    /// Decoded subject.
    pub subject: String,
    /// Authors.
    pub from: Vec<Address>,
    /// Who put it on its way, when not the author.
    pub sender: Option<Address>,
    /// Where replies should go.
    pub reply_to: Vec<Address>,
    /// Primary recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Hidden copies (only in one's own mail).
    pub bcc: Vec<Address>,
    /// When it says it was written.
    pub date: Option<DateTime<FixedOffset>>,
    /// All header fields in their order, decoded for reading.
    pub headers: Vec<(String, String)>,
    /// The readable text: the plain part, else what the HTML says.
    pub text: String,
    /// Where [`Email::text`] came from.
    pub text_source: TextSource,
    /// The HTML part as it came, decoded to UTF-8. Never to be shown as it is.
    pub html: Option<String>,
    /// What is attached.
    pub attachments: Vec<Attachment>,
    /// What came with it and can be read at a glance.
    pub enclosed: Enclosed,
}
