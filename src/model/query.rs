//! What a search looks for.

use chrono::{Days, NaiveDate};

use super::Flag;

/// A search as a tree. How people write it: the `search` module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchQuery {
    /// All of them hold. Of an empty list: every message.
    And(Vec<SearchQuery>),
    /// One of them holds.
    Or(Vec<SearchQuery>),
    /// It does not hold.
    Not(Box<SearchQuery>),
    /// One condition.
    Term(SearchTerm),
}

/// One condition of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SearchTerm {
    /// These words stand next to each other.
    Text {
        /// Where.
        field: SearchField,
        /// One word or several; never empty.
        words: String,
        /// Whether the last word may go on.
        prefix: bool,
    },
    /// Something is attached.
    Attachment,
    /// The flag is set (true) or not.
    Flag(Flag, bool),
    /// It lies in the folder with this path, last part of a path, or role;
    /// case does not count.
    Folder(String),
    /// It has this keyword.
    Tag(String),
    /// Its `Date` lies before this day.
    Before(Day),
    /// Its `Date` lies on this day or later.
    After(Day),
    /// Its `Date` lies on this day.
    On(Day),
    /// It has more bytes.
    Larger(u64),
    /// It has fewer bytes.
    Smaller(u64),
}

/// Where words are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SearchField {
    /// Everywhere.
    Any,
    /// `From` and `Sender`, names and addresses.
    From,
    /// `To`.
    To,
    /// `Cc` and `Bcc`.
    Cc,
    /// The subject.
    Subject,
    /// The text.
    Body,
}

impl SearchField {
    /// All that have a name.
    pub const NAMED: [Self; 5] = [Self::From, Self::To, Self::Cc, Self::Subject, Self::Body];

    /// How people write it before the colon; empty for [`SearchField::Any`].
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "",
            Self::From => "from",
            Self::To => "to",
            Self::Cc => "cc",
            Self::Subject => "subject",
            Self::Body => "body",
        }
    }
}

/// A day of the calendar, in the time zone of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Day {
    /// This one.
    Date(NaiveDate),
    /// So many days before today.
    Ago(u32),
}

impl Day {
    /// Which day that is, seen from `today`.
    #[must_use]
    pub fn date(self, today: NaiveDate) -> NaiveDate {
        match self {
            Self::Date(date) => date,
            Self::Ago(days) => today
                .checked_sub_days(Days::new(days.into()))
                .unwrap_or(NaiveDate::MIN),
        }
    }
}

impl SearchQuery {
    /// Whether nothing is asked, so that every message is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }
}
