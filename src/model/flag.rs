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

    /// The flag that IMAP writes so; case does not count. What other programs
    /// call junk is understood as well.
    #[must_use]
    pub fn from_imap(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| {
            let spelt = |own: &&str| own.eq_ignore_ascii_case(text);
            spelt(&flag.imap()) || flag.other_spellings().iter().any(spelt)
        })
    }

    /// How other programs write this flag: cleared with it, never set.
    #[must_use]
    pub fn other_spellings(self) -> &'static [&'static str] {
        match self {
            Self::Junk => &["Junk"],
            Self::NotJunk => &["NonJunk", "NotJunk", "$NonJunk"],
            Self::Forwarded => &["Forwarded"],
            _ => &[],
        }
    }

    /// The flag that says the opposite: only one of the two can be set.
    #[must_use]
    pub fn opposite(self) -> Option<Self> {
        match self {
            Self::Junk => Some(Self::NotJunk),
            Self::NotJunk => Some(Self::Junk),
            _ => None,
        }
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

/// A keyword: what a person knows as a tag (RFC 9051, 2.3.2). It is an atom
/// that IMAP can carry, and none of the keywords that are a [`Flag`] here.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Keyword(String);

/// The longest keyword that the usual servers keep, in characters.
const KEYWORD_MAX: usize = 50;

/// Why a text cannot be a tag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKeyword {
    /// Nothing was given.
    #[error("A tag needs at least one character.")]
    Empty,
    /// More than servers keep.
    #[error("A tag can have {KEYWORD_MAX} characters at most; this one has {0}.")]
    TooLong(usize),
    /// Something that IMAP cannot write.
    #[error(
        "A tag cannot contain {0:?}: mail servers keep only letters without accents, digits and \
         signs such as - _ . $, and no blanks."
    )]
    Character(char),
    /// It has a meaning of its own.
    #[error("“{0}” is a mark of its own and no tag; use the command for that mark.")]
    IsFlag(String),
}

impl Keyword {
    /// The keyword as IMAP writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a server that writes `text` means this keyword: case does not
    /// count.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.0.eq_ignore_ascii_case(text)
    }
}

impl std::str::FromStr for Keyword {
    type Err = InvalidKeyword;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: char| c.is_ascii_graphic() && !"(){}%*\"\\[]".contains(c);
        if text.is_empty() {
            return Err(InvalidKeyword::Empty);
        }
        if let Some(c) = text.chars().find(|c| !allowed(*c)) {
            return Err(InvalidKeyword::Character(c));
        }
        if text.len() > KEYWORD_MAX {
            return Err(InvalidKeyword::TooLong(text.len()));
        }
        if Flag::from_imap(text).is_some() {
            return Err(InvalidKeyword::IsFlag(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Keyword {
    type Error = InvalidKeyword;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Keyword> for String {
    fn from(keyword: Keyword) -> Self {
        keyword.0
    }
}

impl std::fmt::Display for Keyword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A change of one keyword.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KeywordChange {
    /// Which keyword.
    pub keyword: Keyword,
    /// Set (true) or cleared.
    pub on: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_other_programs_call_junk_is_junk() {
        for (text, flag) in [
            ("$junk", Some(Flag::Junk)),
            ("Junk", Some(Flag::Junk)),
            ("NonJunk", Some(Flag::NotJunk)),
            ("$NotJunk", Some(Flag::NotJunk)),
            ("JunkRecorded", None),
        ] {
            assert_eq!(Flag::from_imap(text), flag, "{text}");
        }
    }

    #[test]
    fn only_what_imap_can_carry_is_a_tag() {
        for good in ["work", "$label1", "a/b", "2026-11", "<3", "&APw-"] {
            assert_eq!(good.parse::<Keyword>().unwrap().as_str(), good);
        }
        let long = "x".repeat(51);
        for (bad, why) in [
            ("", InvalidKeyword::Empty),
            ("two words", InvalidKeyword::Character(' ')),
            ("Müll", InvalidKeyword::Character('ü')),
            ("a*", InvalidKeyword::Character('*')),
            ("[x]", InvalidKeyword::Character('[')),
            ("\\Seen", InvalidKeyword::Character('\\')),
            ("a\r\nb", InvalidKeyword::Character('\r')),
            (&long, InvalidKeyword::TooLong(51)),
            ("NonJunk", InvalidKeyword::IsFlag("NonJunk".to_owned())),
        ] {
            assert_eq!(bad.parse::<Keyword>(), Err(why), "{bad}");
        }
        assert!("Work".parse::<Keyword>().unwrap().is("wORK"));
    }
}
