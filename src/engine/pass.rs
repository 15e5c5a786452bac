//! One pass for a front end that does not stay.

use std::time::Duration;

use crate::model::AccountId;

/// What one pass shall cover.
#[derive(Debug, Clone, Default)]
pub struct SyncRequest {
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only the folder with this path.
    pub folder: Option<String>,
    /// Leave the bodies on the server.
    pub headers_only: bool,
}

/// What a pass did to one folder.
#[derive(Debug, Clone)]
pub struct SyncReport {
    /// Whose.
    pub account: String,
    /// Path of the folder.
    pub folder: String,
    /// Messages that came.
    pub new: u64,
    /// Messages whose flags changed.
    pub changed: u64,
    /// Messages that went.
    pub removed: u64,
    /// Bytes of the bodies fetched.
    pub bytes: u64,
    /// Time spent on it.
    pub time: Duration,
    /// What went wrong although the pass went on, as sentences.
    pub notices: Vec<String>,
}
