//! What can go wrong with the store.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::error::{Error as EngineError, ErrorKind};

/// The store's result.
pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the local store.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No room on the disk.
    #[error("the disk is full")]
    DiskFull(#[source] rusqlite::Error),
    /// SQLite failed.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
    /// A file or folder could not be used.
    #[error("cannot use {path}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A later version of the program made this store.
    #[error("the store has schema {found}, this version knows {known}")]
    Newer {
        /// The schema it has.
        found: u32,
        /// The newest this version knows.
        known: u32,
    },
    /// Stored bytes do not match their hash or length.
    #[error("the stored copy of a message is damaged")]
    Damaged,
    /// What was asked for is not there.
    #[error("not in the store")]
    NotFound,
    /// Mail that is only here would go: the account came by POP3.
    #[error("the folders of this account are only here")]
    OnlyHere,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// The search index could not be opened when the store was.
    #[error("there is no search index")]
    NoIndex,
    /// Nobody waits for the search any more.
    #[error("the search was stopped")]
    Stopped,
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        match &error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            rusqlite::Error::SqliteFailure(failure, _)
                if failure.code == rusqlite::ErrorCode::DiskFull =>
            {
                Self::DiskFull(error)
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl Error {
    /// Whether a full disk may be the cause: SQLite calls it so only where it
    /// writes to the database itself.
    pub(super) fn may_be_full_disk(&self) -> bool {
        match self {
            Self::DiskFull(_) => true,
            Self::Sqlite(cause) => Self::may_be_full(cause),
            _ => false,
        }
    }

    /// The failure, called a full disk where `dir` has no room: SQLite does not
    /// call it so where a file beside the database could not grow.
    pub(super) fn with_a_look_at(self, dir: &Path) -> Self {
        match self {
            Self::Sqlite(cause) if Self::may_be_full(&cause) && is_full(dir) => {
                Self::DiskFull(cause)
            }
            other => other,
        }
    }

    fn may_be_full(cause: &rusqlite::Error) -> bool {
        matches!(
            cause.sqlite_error_code(),
            Some(rusqlite::ErrorCode::SystemIoFailure | rusqlite::ErrorCode::CannotOpen)
        )
    }

    /// Whether a file is damaged, so that only a new one helps.
    pub(super) fn is_damage(&self) -> bool {
        matches!(self, Self::Sqlite(cause) if is_damage(cause))
    }
}

/// Whether not even a little can be written there.
fn is_full(dir: &Path) -> bool {
    const LITTLE: usize = 256 << 10;
    let written = tempfile::tempfile_in(dir).and_then(|mut file| file.write_all(&[0; LITTLE]));
    written.is_err_and(|error| error.kind() == std::io::ErrorKind::StorageFull)
}

/// Whether the file itself is at fault, so that trying again is pointless.
fn is_damage(error: &rusqlite::Error) -> bool {
    matches!(
        error.sqlite_error_code(),
        Some(rusqlite::ErrorCode::NotADatabase | rusqlite::ErrorCode::DatabaseCorrupt)
    )
}

impl From<Error> for EngineError {
    fn from(error: Error) -> Self {
        let new = |kind, text: &str| EngineError::new(kind, text);
        let told = match &error {
            Error::DiskFull(_) => new(
                ErrorKind::DiskFull,
                "The disk is full, so the mail could not be saved. Nothing that was saved before is lost.",
            )
            .hint("Free some space, then try again."),
            Error::Sqlite(cause) if is_damage(cause) => new(
                ErrorKind::Storage,
                "The mail store of this profile is damaged.",
            )
            .hint(
                "Move mail.db and raw.db out of the profile's data folder; the next sync fetches \
                 the mail from the servers again.",
            ),
            Error::Sqlite(_) => {
                new(ErrorKind::Storage, "The mail store on this computer could not be read or written.")
                    .hint("Check that the profile folder is writable, then start Waxwing again.")
            }
            Error::Io { path, source } if source.kind() == std::io::ErrorKind::StorageFull => new(
                ErrorKind::DiskFull,
                &format!("The disk is full: {} could not be written.", path.display()),
            )
            .hint("Free some space, then try again."),
            Error::Io { path, .. } => {
                new(ErrorKind::Storage, &format!("{} could not be read or written.", path.display()))
                    .hint("Check that the profile folder is there and writable.")
            }
            Error::Newer { .. } => new(
                ErrorKind::Storage,
                "This mail store was made by a later version of Waxwing.",
            )
            .hint("Install the newer version, or use another profile. Nothing was changed."),
            Error::Damaged => {
                new(ErrorKind::Storage, "The stored copy of this message is damaged.")
                    .hint("The server has no other copy of it yet.")
            }
            Error::NotFound => new(ErrorKind::NotFound, "This message is no longer here.")
                .hint("It was moved or deleted in the meantime."),
            Error::NoIndex => new(
                ErrorKind::Storage,
                "The search index, index.db in the profile's data folder, could not be opened.",
            )
            .hint(
                "Check that there is free space and the folder is writable, then start Waxwing \
                 again. The index is made anew from the mail.",
            ),
            Error::OnlyHere => new(
                ErrorKind::Config,
                "This account fetched its mail by POP3, and its folders are only on this \
                 computer. Taking over the server's folders would remove them, so nothing was \
                 changed.",
            )
            .hint(
                "Set the protocol of this account back to pop3, and add a new account for IMAP.",
            ),
            Error::Stopped => new(ErrorKind::Cancelled, "The search was stopped."),
            Error::Closed => new(ErrorKind::Cancelled, "Waxwing is closing."),
        };
        told.source(error)
    }
}
