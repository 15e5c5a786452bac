//! A message being written.

use std::path::Path;
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
    /// What the HTML calls it (`cid:`), where it is shown inside that.
    pub content_id: Option<String>,
}

/// A message being written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The account it leaves from.
    pub account: AccountId,
    /// Who writes.
    pub from: Address,
    /// Where answers are to go; empty for to the author.
    pub reply_to: Vec<Address>,
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
    /// The same as HTML, for those who read that.
    pub html: Option<String>,
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

/// The media type by the end of the name, for those that matter to a reader's
/// program; the server and the recipient need no more than that.
#[must_use]
pub fn media_type(path: &Path) -> &'static str {
    let extension = path
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        "htm" | "html" => "text/html",
        "ics" => "text/calendar",
        "vcf" => "text/vcard",
        "json" => "application/json",
        "xml" => "application/xml",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "svg" => "image/svg+xml",
        "heic" => "image/heic",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "wav" => "audio/wav",
        "mp4" | "m4v" => "video/mp4",
        "webm" => "video/webm",
        "doc" => "application/msword",
        "xls" => "application/vnd.ms-excel",
        "ppt" => "application/vnd.ms-powerpoint",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx" => "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "odt" => "application/vnd.oasis.opendocument.text",
        "ods" => "application/vnd.oasis.opendocument.spreadsheet",
        "odp" => "application/vnd.oasis.opendocument.presentation",
        _ => "application/octet-stream",
    }
}
