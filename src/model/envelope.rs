//! What a list row needs (RFC 9051's ENVELOPE and a little more).

use chrono::{DateTime, FixedOffset};

use super::{
    AccountId, Address, EmailId, Flags, FolderId, MessageId, PlacementId, ThreadId, Uid, Uidl,
};

/// How much of a message lies in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Stored {
    /// Its header only.
    Headers,
    /// All of it, byte for byte.
    Full,
}

/// The summary of a message in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The message in this folder: the id that commands take.
    pub id: PlacementId,
    /// The message itself.
    pub email: EmailId,
    /// Whose it is.
    pub account: AccountId,
    /// Where it lies.
    pub folder: FolderId,
    /// Its UID there; none until the server gave one.
    pub uid: Option<Uid>,
    /// Its `Message-ID`.
    pub message_id: Option<MessageId>,
    /// The `Date` header, else when the server received it.
    pub date: DateTime<FixedOffset>,
    /// Authors.
    pub from: Vec<Address>,
    /// Primary recipients.
    pub to: Vec<Address>,
    /// Decoded subject; empty where there is none.
    pub subject: String,
    /// Its flags in this folder.
    pub flags: Flags,
    /// Keywords besides (RFC 9051, 2.3.2).
    pub keywords: Vec<String>,
    /// Size in bytes as the server counts it.
    pub size: u64,
    /// How many attachments a person would see.
    pub attachments: u32,
    /// The start of the text.
    pub snippet: String,
    /// The conversation it belongs to.
    pub thread: ThreadId,
    /// SHA-256 of the raw bytes, once they are here.
    pub sha256: Option<[u8; 32]>,
    /// How much of it is here.
    pub stored: Stored,
    /// What a POP3 server calls it, or called it (RFC 1939, 7, UIDL).
    pub uidl: Option<Uidl>,
    /// Whether a POP3 server still has it; none in folders that are the
    /// server's own.
    pub on_server: Option<bool>,
}
