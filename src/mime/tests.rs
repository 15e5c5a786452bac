//! Whole messages: a corpus of files, and what becomes of them when they are
//! damaged, written, answered and sent.

mod answers;
mod charsets;
pub(super) mod corpus;
mod damage;
mod enclosed;
mod others;
mod writing;
