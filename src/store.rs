//! The local store: what was fetched, what was changed here and waits for the
//! server, what waits to be sent. The only home of SQLite.
//!
//! Three files: `mail.db` holds everything small and is what lists read;
//! `raw.db` holds the messages byte for byte, compressed, one row per content
//! however many folders hold it; `index.db` holds the words of both and can be
//! made again from them. A write commits the raw file first, so a row never
//! names bytes that are not there.

mod backup;
mod check;
mod checked;
mod correspondent;
mod email;
mod error;
mod folder;
mod index;
mod list;
mod local;
mod log;
mod migrations;
mod open;
mod outbox;
mod partial;
mod pending;
mod placement;
mod pool;
mod pop3;
mod raw;
mod search;
mod sent;
mod space;
mod sweep;
mod thread;

#[cfg(test)]
pub(crate) mod tests;

pub(crate) use backup::{Snapshot, StoreFile, is_of_store};
pub(crate) use email::{NewEmail, Unfetched, WantedBodies};
pub(crate) use error::{Error, Result};
pub(crate) use folder::{FolderRow, NewFolder, SyncState};
pub(crate) use list::KeptOrder;
pub(crate) use local::Age;
pub(crate) use outbox::{NewOutbox, OutboxRow};
pub(crate) use partial::NewPartial;
pub(crate) use pending::{Change, FolderChange, PendingMarks, PendingOp, with_keyword};
pub(crate) use placement::{KnownRow, NewPlacement, PlacementRow};
pub(crate) use pool::{Durability, Read, Store, Write};
pub(crate) use pop3::{Hash, Here, NewPop3, Pop3Kept, Pop3Row};
pub(crate) use raw::{PackedRaw, RawWriter};
pub(crate) use search::{Search, Stop};
pub(crate) use sent::SentCopy;
pub(crate) use space::Unwanted;
