//! Where the wire and the store meet: what the server has becomes what is
//! here, and what was done here is told to the server.

mod arriving;
mod batches;
pub(crate) mod bodies;
mod compare;
mod fetched;
pub(crate) mod folder;
pub(crate) mod folders;
mod keep;
mod moving;
pub(crate) mod outbox;
mod pace;
mod parts;
pub(crate) mod plan;
pub(crate) mod pop3;
mod portion;
pub(crate) mod receive;
mod refiling;
mod refused;
mod removing;
mod renamed;
pub(crate) mod replay;
pub(crate) mod rest;
mod reused;
mod searching;
pub(crate) mod session;
mod spool;
mod swift;
mod touring;

#[cfg(test)]
mod tests;

pub(crate) use pop3::Mailbox;
pub(crate) use receive::Arrived;
pub(crate) use rest::{Lacks, differs, status_of};
pub(crate) use searching::Found;
pub(crate) use session::{Error, FolderReport, Need, Request, Session, Tell, Told, Urgent, Wish};
