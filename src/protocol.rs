//! The mail protocols as a client speaks them. Knows nothing of the store.

pub(crate) mod imap;
pub(crate) mod smtp;
