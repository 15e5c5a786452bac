//! Message flags (RFC 9051, 2.3.2).

use serde::{Deserialize, Serialize};

/// A flag a person can see or set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Flag {
    /// `\Seen`
    Seen,
    /// `\Answered`
    Answered,
    /// `\Flagged`: the star
    Flagged,
    /// `\Deleted`
    Deleted,
    /// `\Draft`
    Draft,
    /// `$Forwarded` (RFC 5788)
    Forwarded,
    /// `$Junk`
    Junk,
    /// `$NotJunk`
    NotJunk,
}

impl Flag {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 8] = [
        Self::Seen,
        Self::Answered,
        Self::Flagged,
        Self::Deleted,
        Self::Draft,
        Self::Forwarded,
        Self::Junk,
        Self::NotJunk,
    ];

    /// The flag as IMAP writes it.
    #[must_use]
    pub fn imap(self) -> &'static str {
        match self {
            Self::Seen => "\\Seen",
            Self::Answered => "\\Answered",
            Self::Flagged => "\\Flagged",
            Self::Deleted => "\\Deleted",
            Self::Draft => "\\Draft",
            Self::Forwarded => "$Forwarded",
            Self::Junk => "$Junk",
            Self::NotJunk => "$NotJunk",
        }
    }

    /// The flag that IMAP writes so; case does not count.
    #[must_use]
    pub fn from_imap(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|flag| flag.imap().eq_ignore_ascii_case(text))
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// A set of [`Flag`]s.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flags(u32);

impl Flags {
    /// The set from its stored bits; unknown bits are dropped.
    #[must_use]
    pub fn from_bits(bits: u32) -> Self {
        Self(bits & ((1 << Flag::ALL.len()) - 1))
    }

    /// The bits as they are stored.
    #[must_use]
    pub fn bits(self) -> u32 {
        self.0
    }

    /// Whether the flag is in the set.
    #[must_use]
    pub fn has(self, flag: Flag) -> bool {
        self.0 & flag.bit() != 0
    }

    /// The set with the flag in it or out of it.
    #[must_use]
    pub fn with(self, flag: Flag, on: bool) -> Self {
        if on {
            Self(self.0 | flag.bit())
        } else {
            Self(self.0 & !flag.bit())
        }
    }

    /// Whether nobody has read the message yet.
    #[must_use]
    pub fn is_unread(self) -> bool {
        !self.has(Flag::Seen)
    }

    /// The flags in the set.
    pub fn iter(self) -> impl Iterator<Item = Flag> {
        Flag::ALL.into_iter().filter(move |flag| self.has(*flag))
    }
}

impl FromIterator<Flag> for Flags {
    fn from_iter<I: IntoIterator<Item = Flag>>(flags: I) -> Self {
        flags
            .into_iter()
            .fold(Self::default(), |set, flag| set.with(flag, true))
    }
}

/// A change of one flag: what *mark as read* and *star* mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct FlagChange {
    /// Which flag.
    pub flag: Flag,
    /// Set (true) or cleared.
    pub on: bool,
}

impl FlagChange {
    /// Sets or clears `\Seen`.
    #[must_use]
    pub fn seen(on: bool) -> Self {
        Self {
            flag: Flag::Seen,
            on,
        }
    }

    /// Sets or clears the star.
    #[must_use]
    pub fn flagged(on: bool) -> Self {
        Self {
            flag: Flag::Flagged,
            on,
        }
    }
}
