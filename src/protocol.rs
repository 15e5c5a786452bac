//! The wire protocols. Nothing here knows the store.

pub(crate) mod smtp;
