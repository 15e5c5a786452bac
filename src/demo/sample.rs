//! The sample mailbox: about 300 messages from the life of Wren Castellan.
//!
//! The mail itself is data: `assets/demo/*.txt`, in the format that
//! `assets/demo/README.md` describes. This module turns it into RFC 5322
//! messages whose dates lie relative to "now", so that *Today*, *Yesterday*
//! and *Last week* always have something to show. Every person, firm and
//! address is made up; every domain is a reserved one (RFC 2606, RFC 6761).

mod build;
mod charset;
mod files;
mod format;
mod mailbox;
mod people;
mod series;
mod when;

#[cfg(test)]
mod tests;

use chrono::{DateTime, FixedOffset, Utc};

/// One message of the sample mail, as a server would hold it.
#[derive(Debug, Clone)]
pub struct SampleMessage {
    /// Whose mailbox it is in: `"wren"` or `"robin"`, the local parts of their
    /// addresses at `waxwing.test`.
    pub user: &'static str,
    /// The folder, levels separated by `/`, in Unicode: `"INBOX"`,
    /// `"Projects/Garden"`, …
    pub folder: String,
    /// IMAP flags as they are written in the protocol: `\Seen`, …
    pub flags: Vec<&'static str>,
    /// When the server took it in: never before its `Date`, never after now.
    pub received: DateTime<FixedOffset>,
    /// The message: RFC 5322 and MIME, every line ended by CRLF.
    pub raw: Vec<u8>,
}

/// What is wrong in the sample data; the tests allow none of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sample message {id}: {problem}")]
pub(crate) struct SampleError {
    /// The message's name in the data.
    id: String,
    /// What is wrong with it, in words.
    problem: String,
}

impl SampleError {
    fn new(id: &str, problem: impl Into<String>) -> Self {
        Self {
            id: id.to_owned(),
            problem: problem.into(),
        }
    }
}

/// The sample mail of both users, oldest first, as it looks at `now`.
///
/// A message whose data has a fault is left out; a test makes sure that none
/// has.
#[must_use]
pub fn messages(now: DateTime<Utc>) -> Vec<SampleMessage> {
    let (messages, faults) = mailbox::fill(now);
    for fault in faults {
        tracing::warn!(%fault, "sample message left out");
    }
    messages
}
