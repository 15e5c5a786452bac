//! Identifiers as types that cannot be mixed up.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! row_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = std::num::ParseIntError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }
    };
}

row_id! {
    /// An account of this profile; never given out twice.
    AccountId
}
row_id! {
    /// A folder of an account.
    FolderId
}
row_id! {
    /// A message, whatever folders it lies in.
    EmailId
}
row_id! {
    /// A message in one folder: what a list row, a selection and a command name.
    PlacementId
}
row_id! {
    /// A conversation.
    ThreadId
}
row_id! {
    /// A message that waits to be sent.
    OutboxId
}

/// IMAP's unique identifier of a message in a folder (RFC 9051, 2.3.1.1). It
/// means something only together with the folder's [`UidValidity`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Uid(pub NonZeroU32);

/// The generation of a folder's UIDs (RFC 9051, 2.3.1.1): when it changes,
/// every UID known so far is void.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UidValidity(pub NonZeroU32);

/// A modification sequence (RFC 7162): grows with every change in a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModSeq(pub u64);

impl Uid {
    /// The lowest there can be.
    pub const FIRST: Self = Self(NonZeroU32::MIN);

    /// A UID, unless the number is 0, which no server may give.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number as the protocol writes it.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl UidValidity {
    /// A UIDVALIDITY, unless the number is 0, which no server may give.
    #[must_use]
    pub fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number as the protocol writes it.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0.get()
    }
}

/// A POP3 server's name for a message (UIDL, RFC 1939, 7): the same from one
/// session to the next, and no two messages of a mailbox have the same. Some
/// servers keep neither promise.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Uidl(String);

impl Uidl {
    /// The longest name that is taken, in octets. RFC 1939 allows 70; some
    /// servers send more.
    pub const MAX: usize = 250;

    /// A name as it came. Each octet stands for one character, so that two
    /// names never become one by what they are read as. None for what cannot
    /// name anything: nothing at all, more than [`Uidl::MAX`] octets, or control
    /// characters.
    #[must_use]
    pub fn from_wire(octets: &[u8]) -> Option<Self> {
        let fits = (1..=Self::MAX).contains(&octets.len());
        let clean = !octets.iter().any(u8::is_ascii_control);
        (fits && clean).then(|| Self(octets.iter().copied().map(char::from).collect()))
    }

    /// A name as [`Uidl::as_str`] gave it, from where it was stored.
    #[must_use]
    pub fn from_stored(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// The name as text, for storing.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Uidl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The value of a `Message-ID` header without its angle brackets (RFC 5322,
/// 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageId(pub String);

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
