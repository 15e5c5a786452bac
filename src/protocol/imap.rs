//! IMAP (RFC 9051, RFC 3501) as a client speaks it.
//!
//! Every call has three ends: the server's tagged OK, a typed failure, or a
//! lost connection. They are never mixed up: an answer that was cut off is
//! never taken for a short one.

mod append;
mod capability;
mod code;
mod command;
mod compress;
mod conn;
mod connect;
mod deflate;
mod error;
mod fetch;
mod flags;
mod folders;
mod frame;
mod guard;
mod idle;
mod namespace;
mod notify;
mod open;
mod own;
mod parts;
mod probe;
mod quirks;
mod quota;
mod ranges;
mod repair;
mod resync;
mod roles;
mod search;
mod select;
mod token;
mod tour;
mod transfer;
mod uidset;

#[cfg(test)]
mod tests;

pub(crate) use conn::ImapConn;
pub(crate) use connect::connect;
#[cfg(test)]
pub(crate) use connect::signed_in;
pub(crate) use error::{Error, Fault};
pub(crate) use fetch::{Ask, Fetch, Fetched};
pub(crate) use folders::{RemoteFolder, raw_of};
pub(crate) use frame::FrameError;
pub(crate) use idle::IdleEnd;
pub(crate) use namespace::Space;
pub(crate) use own::FolderStatus;
pub(crate) use parts::{Section, Sections};
pub(crate) use probe::probe;
pub(crate) use resync::{ChangedFlags, Changes, Known};
pub(crate) use search::{can_ask, is_ascii};
pub(crate) use select::Selected;
pub(crate) use tour::Stop;
