//! What the person sees as a folder. IMAP says mailbox; that word stays inside
//! `protocol/imap`, for RFC 5322 uses it for an address.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{AccountId, FolderId, Prefetch};

/// What a folder is for (RFC 6154).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FolderRole {
    /// Where new mail arrives.
    Inbox,
    /// What is being written.
    Drafts,
    /// What was sent.
    Sent,
    /// What was put away.
    Archive,
    /// Spam.
    Junk,
    /// What was deleted.
    Trash,
    /// Every message there is.
    All,
    /// Every starred message.
    Flagged,
}

impl FolderRole {
    /// All of them, in the order of the sidebar.
    pub const ALL: [Self; 8] = [
        Self::Inbox,
        Self::Drafts,
        Self::Sent,
        Self::Archive,
        Self::Junk,
        Self::Trash,
        Self::All,
        Self::Flagged,
    ];

    /// The stable name in the store and in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Drafts => "drafts",
            Self::Sent => "sent",
            Self::Archive => "archive",
            Self::Junk => "junk",
            Self::Trash => "trash",
            Self::All => "all",
            Self::Flagged => "flagged",
        }
    }

    /// The name such a folder gets where it has to be made.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Inbox => "INBOX",
            Self::Drafts => "Drafts",
            Self::Sent => "Sent",
            Self::Archive => "Archive",
            Self::Junk => "Junk",
            Self::Trash => "Trash",
            Self::All => "All Mail",
            Self::Flagged => "Starred",
        }
    }

    /// The role with that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// A folder of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Its id.
    pub id: FolderId,
    /// Whose it is.
    pub account: AccountId,
    /// The whole name in UTF-8, levels separated by `/`.
    pub path: String,
    /// What it is for, where that is known.
    pub role: Option<FolderRole>,
    /// Whether it can hold messages (some only hold other folders).
    pub selectable: bool,
    /// How many messages are known here.
    pub total: u64,
    /// How many of them are unread.
    pub unread: u64,
    /// Whether the person wants to hear of its changes at once.
    pub watched: bool,
    /// When it was last compared with the server's.
    pub checked: Option<DateTime<Utc>>,
    /// How much of it is fetched before anybody asks; none for what the
    /// account's settings say.
    pub prefetch: Option<Prefetch>,
    /// Whether it belongs to another person, or to many (RFC 2342).
    pub of_others: bool,
    /// Whether the person subscribed to it: other programs may hide the rest.
    pub subscribed: bool,
}

impl Folder {
    /// The last level of the name.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    /// Whether a person may mean it with this name: its path, the last level
    /// of it, or its role; case does not count.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        let name = name.to_lowercase();
        self.path.to_lowercase() == name
            || self.name().to_lowercase() == name
            || self.role.is_some_and(|role| role.name() == name)
    }

    /// How many levels it lies below the top.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.path.matches('/').count()
    }
}
