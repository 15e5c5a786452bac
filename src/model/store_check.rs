//! What a check of the local store found.

/// What a check of the local store found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoreCheck {
    /// Messages there are, counted in every folder they lie in.
    pub messages: u64,
    /// What is wrong, and whether it was put right.
    pub problems: Vec<StoreProblem>,
}

/// Something that is wrong with the local store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreProblem {
    /// Of which kind.
    pub kind: StoreProblemKind,
    /// What, in a sentence.
    pub message: String,
    /// How many rows, or messages, it concerns.
    pub count: u64,
    /// Whether it was put right.
    pub repaired: bool,
}

/// What can be wrong with the local store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreProblemKind {
    /// A file of the database itself.
    Database,
    /// A table, index or trigger is missing.
    Schema,
    /// The words of the messages: they can be made again.
    Index,
    /// The bytes of a message are missing or damaged.
    Content,
    /// Bytes that no message names: they only take room.
    UnusedBytes,
    /// A message is in a folder that is not there, or the other way round.
    Placement,
    /// A message that lies in no folder.
    Unplaced,
    /// The counts of a folder.
    Counts,
    /// What the server calls a message.
    Uid,
    /// What waits to be told to a server.
    Pending,
    /// What waits to be sent.
    Outbox,
    /// Which conversation a message belongs to.
    Thread,
    /// Mail of an account that is not there.
    Account,
}

impl StoreProblemKind {
    /// The stable name in the headless commands.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Schema => "schema",
            Self::Index => "index",
            Self::Content => "content",
            Self::UnusedBytes => "unused_bytes",
            Self::Placement => "placement",
            Self::Unplaced => "unplaced",
            Self::Counts => "counts",
            Self::Uid => "uid",
            Self::Pending => "pending",
            Self::Outbox => "outbox",
            Self::Thread => "thread",
            Self::Account => "account",
        }
    }
}
