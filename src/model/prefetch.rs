//! Which messages are fetched before anybody asks for them.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Months, Utc};
use serde::{Deserialize, Serialize};

use super::Folder;

/// How much of a folder is fetched whole before anybody asks. The headers
/// always are; what is left out is fetched when it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Prefetch {
    /// Every message.
    #[default]
    Everything,
    /// Those of the last so many months; at least one, at most [`MONTHS_MAX`].
    Months(u32),
    /// None.
    Headers,
}

/// A century is everything.
pub const MONTHS_MAX: u32 = 1200;

/// A text that says nothing about what to fetch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be \"all\", \"headers\" or a number of months like \"12 months\"")]
pub struct InvalidPrefetch;

impl Prefetch {
    /// The earliest date, in Unix seconds, of what is fetched as of `now`.
    /// None where nothing is.
    #[must_use]
    pub fn since(self, now: DateTime<Utc>) -> Option<i64> {
        match self {
            Self::Everything => Some(i64::MIN),
            Self::Months(months) => {
                let since = now.checked_sub_months(Months::new(months));
                Some(since.map_or(i64::MIN, |since| since.timestamp()))
            }
            Self::Headers => None,
        }
    }
}

impl fmt::Display for Prefetch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => f.write_str("all"),
            Self::Months(1) => f.write_str("1 month"),
            Self::Months(months) => write!(f, "{months} months"),
            Self::Headers => f.write_str("headers"),
        }
    }
}

impl FromStr for Prefetch {
    type Err = InvalidPrefetch;

    /// Reads what [`Prefetch`] displays; `12-months` is `12 months`.
    fn from_str(text: &str) -> Result<Self, InvalidPrefetch> {
        match text.trim() {
            "all" => return Ok(Self::Everything),
            "headers" => return Ok(Self::Headers),
            _ => {}
        }
        let (number, unit) = text.trim().split_once([' ', '-']).ok_or(InvalidPrefetch)?;
        let months = number.parse().ok().filter(|n| (1..=MONTHS_MAX).contains(n));
        match (months, unit) {
            (Some(months), "month" | "months") => Ok(Self::Months(months)),
            _ => Err(InvalidPrefetch),
        }
    }
}

impl TryFrom<String> for Prefetch {
    type Error = InvalidPrefetch;

    fn try_from(text: String) -> Result<Self, InvalidPrefetch> {
        text.parse()
    }
}

impl From<Prefetch> for String {
    fn from(prefetch: Prefetch) -> Self {
        prefetch.to_string()
    }
}

/// What an account fetches where a folder has no wish of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct PrefetchPolicy {
    /// How much of each folder.
    #[serde(default)]
    pub what: Prefetch,
    /// Larger messages, in MB of 1,000,000 bytes, are fetched when they are
    /// opened, in every folder. Without one, no message is too large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub largest_mb: Option<u32>,
}

impl PrefetchPolicy {
    /// Whether it is the one of an account that says nothing.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }

    /// How much of a folder is fetched. What belongs to others is not to be
    /// copied unasked.
    #[must_use]
    pub fn of(&self, folder: &Folder) -> Prefetch {
        match folder.prefetch {
            Some(own) => own,
            None if folder.of_others => Prefetch::Headers,
            None => self.what,
        }
    }

    /// The size in bytes of the largest message that is fetched unasked.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.largest_mb
            .map_or(u64::MAX, |mb| u64::from(mb) * 1_000_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for (text, expected) in [
            ("all", Some(Prefetch::Everything)),
            ("headers", Some(Prefetch::Headers)),
            ("12 months", Some(Prefetch::Months(12))),
            ("12-months", Some(Prefetch::Months(12))),
            (" 1 month ", Some(Prefetch::Months(1))),
            ("0 months", None),
            ("1201 months", None),
            ("-1 months", None),
            ("12", None),
            ("12 years", None),
            ("default", None),
            ("", None),
        ] {
            let read = text.parse::<Prefetch>().ok();
            assert_eq!(read, expected, "{text}");
            if let Some(read) = read {
                assert_eq!(read.to_string().parse(), Ok(read));
            }
        }
    }

    #[test]
    fn months_are_counted_back_from_now() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let year = Prefetch::Months(12).since(now).unwrap();
        assert_eq!((now.timestamp() - year) / 86_400, 365);
        assert_eq!(Prefetch::Everything.since(now), Some(i64::MIN));
        assert_eq!(Prefetch::Headers.since(now), None);
    }
}
