//! Where the wire and the store meet: what the server has becomes what is
//! here, and what was done here is told to the server.

pub(crate) mod bodies;
mod fetched;
pub(crate) mod folder;
pub(crate) mod folders;
mod moving;
pub(crate) mod outbox;
pub(crate) mod plan;
pub(crate) mod receive;
pub(crate) mod replay;
pub(crate) mod rest;
pub(crate) mod session;

pub(crate) use rest::{Lacks, differs, status_of};
pub(crate) use session::{Error, FolderReport, Request, Session, Tell, Told, Urgent};
