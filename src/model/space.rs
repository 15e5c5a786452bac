//! How much room mail takes.

use super::FolderId;

/// What a folder holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FolderSize {
    /// Which.
    pub folder: FolderId,
    /// Its messages.
    pub messages: u64,
    /// Those of them that are on this computer whole.
    pub messages_here: u64,
    /// The bytes of all of them, as their server counts.
    pub bytes: u64,
    /// The bytes of those that are here whole, before compression.
    pub bytes_here: u64,
}

/// How much room the store takes, and what of it can be searched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Room {
    /// The bytes of its files on the disk, the search index among them.
    pub disk: u64,
    /// How many messages a search cannot look into: their text is not here, or
    /// not in the index yet.
    pub uncovered: u64,
}

/// What was given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Freed {
    /// Messages whose bodies are no longer here.
    pub messages: u64,
    /// Their bytes, before compression.
    pub bytes: u64,
}
