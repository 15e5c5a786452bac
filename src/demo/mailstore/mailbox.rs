//! A mailbox and the messages in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset};

/// The flags of a message, as IMAP writes them.
pub(crate) type Flags = BTreeSet<String>;

/// A message in a mailbox.
#[derive(Debug, Clone)]
pub(crate) struct Message {
    pub(crate) uid: u32,
    pub(crate) flags: Flags,
    pub(crate) received: DateTime<FixedOffset>,
    pub(crate) raw: Arc<[u8]>,
}

/// A mailbox's UIDVALIDITY. No two mailboxes share one, so it also says which
/// mailbox is meant when names change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UidValidity(pub(crate) u32);

/// A mailbox at one moment.
#[derive(Debug, Clone)]
pub(crate) struct Snapshot {
    pub(crate) validity: UidValidity,
    pub(crate) uid_next: u32,
    /// By ascending UID.
    pub(crate) messages: Vec<Arc<Message>>,
}

/// How a set of flags changes the flags of a message.
#[derive(Debug, Clone)]
pub(crate) enum FlagsChange {
    Replace(Flags),
    Add(Flags),
    Remove(Flags),
}

impl FlagsChange {
    pub(crate) fn apply(&self, to: &Flags) -> Flags {
        match self {
            Self::Replace(flags) => flags.clone(),
            Self::Add(flags) => to.union(flags).cloned().collect(),
            Self::Remove(flags) => to.difference(flags).cloned().collect(),
        }
    }
}

/// A mailbox.
pub(super) struct Mailbox {
    pub(super) validity: UidValidity,
    pub(super) uid_next: u32,
    pub(super) special_use: Option<&'static str>,
    pub(super) subscribed: bool,
    pub(super) messages: Vec<Arc<Message>>,
}

impl Mailbox {
    /// The mailbox as it is now.
    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot {
            validity: self.validity,
            uid_next: self.uid_next,
            messages: self.messages.clone(),
        }
    }

    /// Adds a message and tells its UID.
    pub(super) fn add(
        &mut self,
        flags: Flags,
        received: DateTime<FixedOffset>,
        raw: Arc<[u8]>,
    ) -> u32 {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.messages.push(Arc::new(Message {
            uid,
            flags,
            received,
            raw,
        }));
        uid
    }
}

/// A message on its way into a mailbox.
pub(crate) struct NewMessage {
    pub(crate) flags: Flags,
    pub(crate) received: DateTime<FixedOffset>,
    pub(crate) raw: Vec<u8>,
}
