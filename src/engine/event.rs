//! What the engine tells: what changed, never what it is now.

use chrono::{DateTime, Utc};

use crate::error::Error;
use crate::model::{AccountId, FolderId, PlacementId};

/// Something changed. Events are idempotent: one who missed some gets
/// [`Event::Resync`] and reads everything anew.
#[derive(Debug, Clone)]
pub enum Event {
    /// An account came, went or was changed.
    Accounts,
    /// How an account is doing; ask [`super::Handle::account_states`].
    AccountState(AccountId),
    /// Folders or their counts.
    Folders(AccountId),
    /// Which messages a folder holds.
    FolderContent(FolderId),
    /// Rows that stay where they are but look different now.
    Rows(Vec<PlacementId>),
    /// Unread mail came into an inbox.
    NewMail {
        /// Whose.
        account: AccountId,
        /// Which.
        ids: Vec<PlacementId>,
    },
    /// How far a change of very many messages is; the last one says all.
    Changing {
        /// Messages that were looked at.
        done: usize,
        /// Messages there are.
        total: usize,
    },
    /// How far the attachments are that somebody waits for.
    Coming {
        /// Of which message.
        id: PlacementId,
        /// Bytes that are here, as they are sent.
        done: u64,
        /// Bytes there are, as the server says.
        total: u64,
    },
    /// The outbox.
    Outbox,
    /// Something a person should know of.
    Problem {
        /// Whose account, if one's.
        account: Option<AccountId>,
        /// What.
        error: Error,
    },
    /// The receiver was too slow and missed events.
    Resync,
}

/// How an account is doing.
#[derive(Debug, Clone)]
pub enum AccountState {
    /// The person switched it off.
    Off,
    /// Nothing was tried yet.
    Idle,
    /// Signing in.
    Connecting,
    /// Fetching: how many messages of how many.
    Syncing {
        /// Path of the folder at work.
        folder: String,
        /// Messages whose bodies are here, over all folders.
        done: u64,
        /// Messages there are, over all folders.
        total: u64,
    },
    /// Everything is here as of then: a pass over all folders ended. After a
    /// start it may be long ago.
    UpToDate(DateTime<Utc>),
    /// No connection; tried again at `retry`.
    Offline {
        /// Why.
        error: Error,
        /// When it is tried again.
        retry: DateTime<Utc>,
        /// When everything was here the last time.
        checked: Option<DateTime<Utc>>,
    },
    /// The server does not take the password; nothing is tried until a new
    /// one is given.
    NeedsPassword(Error),
    /// Something on this computer stands in the way (a full disk). It is tried
    /// again from time to time.
    Broken(Error),
}
