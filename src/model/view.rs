//! What a message list shows.

use super::{AccountId, FolderId, FolderRole};

/// Which messages a list shows, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListView {
    /// One folder.
    Folder(FolderId),
    /// The folders with this role of every account, as one.
    Unified(FolderRole),
    /// The whole of one account's folder with this role.
    Role(AccountId, FolderRole),
}
