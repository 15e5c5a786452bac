//! A message being written.

use std::sync::Arc;

use super::{AccountId, Address, MessageId, PlacementId};

/// How a message comes to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComposeMode {
    /// From nothing.
    New,
    /// An answer to the author.
    Reply,
    /// An answer to everyone.
    ReplyAll,
    /// Passed on to somebody else.
    Forward,
    /// A draft taken up again.
    EditDraft,
}

/// A file that goes with a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DraftAttachment {
    /// File name as the recipient sees it.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Its bytes.
    pub bytes: Arc<[u8]>,
}

/// A message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The account it leaves from.
    pub account: AccountId,
    /// Who writes.
    pub from: Address,
    /// Primary recipients.
    pub to: Vec<Address>,
    /// Copies.
    pub cc: Vec<Address>,
    /// Hidden copies: envelope recipients, never a sent header.
    pub bcc: Vec<Address>,
    /// Subject.
    pub subject: String,
    /// The text.
    pub body: String,
    /// What goes with it.
    pub attachments: Vec<DraftAttachment>,
    /// The message it answers.
    pub in_reply_to: Vec<MessageId>,
    /// The conversation so far, oldest first.
    pub references: Vec<MessageId>,
    /// The message that becomes answered, forwarded, or (a draft) replaced once
    /// this is sent, with how.
    pub origin: Option<(ComposeMode, PlacementId)>,
}
