//! The screens: each a state, its messages, `update` and `view`.

pub(crate) mod accounts;
pub(crate) mod composer;
pub(crate) mod keeping;
pub(crate) mod mail;
pub(crate) mod reading;
pub(crate) mod source;
pub(crate) mod storage;
pub(crate) mod wizard;
