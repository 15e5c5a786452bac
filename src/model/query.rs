//! What a search looks for.

use std::ops::Range;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Flag, FolderId, FolderRole};

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
    /// It lies in a folder that is there for this.
    Role(FolderRole),
    /// It lies in this very folder; nobody writes that.
    InFolder(FolderId),
    /// It belongs to the account with this name or address; case does not
    /// count.
    Account(String),
    /// It has this keyword.
    Tag(String),
    /// Its `Date` lies before this day, in the time zone of this computer.
    Before(NaiveDate),
    /// Its `Date` lies on this day or later.
    After(NaiveDate),
    /// Its `Date` lies within these days.
    On(Period),
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
    /// The names of attached files.
    Filename,
    /// The mailing list: `List-Id` (RFC 2919), its name and its id.
    List,
}

impl SearchField {
    /// All that have a name.
    pub const NAMED: [Self; 7] = [
        Self::From,
        Self::To,
        Self::Cc,
        Self::Subject,
        Self::Body,
        Self::Filename,
        Self::List,
    ];

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
            Self::Filename => "filename",
            Self::List => "list",
        }
    }
}

/// Days of the calendar, in the time zone of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// The first of them.
    pub first: NaiveDate,
    /// The day after the last of them.
    pub end: NaiveDate,
}

/// In which order a search gives what it found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum SearchOrder {
    /// The newest first.
    #[default]
    Newest,
    /// What the words say most about first, of equals the newest.
    Relevance,
}

/// The piece of a message's text in which the words of a search stand.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Excerpt {
    /// On one line.
    pub text: String,
    /// The name of the attached document they stand in; none for the message's
    /// own text.
    pub file: Option<String>,
    /// Where the words stand in it, in bytes: in order, and apart from each
    /// other.
    pub marks: Vec<Range<usize>>,
}

/// An attached document that no search looks into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct UnreadDocument {
    /// Its file name.
    pub name: String,
    /// Why it could not be read, to go on after its name: "it is damaged".
    pub why: String,
}

/// A search as it was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParsedSearch {
    /// What is looked for.
    pub query: SearchQuery,
    /// What was not understood; all else is looked for.
    pub remarks: Vec<SearchRemark>,
}

/// Something in the text of a search that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRemark {
    /// Where in the text, in bytes.
    pub at: Range<usize>,
    /// What it is about and what was done instead: a sentence or two.
    pub message: String,
}

impl SearchQuery {
    /// Whether nothing is asked, so that every message is meant.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        matches!(self, Self::And(parts) if parts.is_empty())
    }

    /// Whether no message can match.
    #[must_use]
    pub fn is_never(&self) -> bool {
        matches!(self, Self::Or(parts) if parts.is_empty())
    }

    /// Every message, or none.
    #[must_use]
    pub fn constant(holds: bool) -> Self {
        if holds {
            Self::And(Vec::new())
        } else {
            Self::Or(Vec::new())
        }
    }

    /// The conditions of it, wherever they stand.
    pub fn terms(&self) -> Vec<&SearchTerm> {
        match self {
            Self::And(parts) | Self::Or(parts) => parts.iter().flat_map(Self::terms).collect(),
            Self::Not(part) => part.terms(),
            Self::Term(term) => vec![term],
        }
    }

    /// The query with those conditions decided of which `known` says whether
    /// they hold. It is also told whether the condition stands under a "not".
    #[must_use]
    pub fn decided(&self, known: &impl Fn(&SearchTerm, bool) -> Option<bool>) -> Self {
        self.decided_below(known, false)
    }

    fn decided_below(
        &self,
        known: &impl Fn(&SearchTerm, bool) -> Option<bool>,
        negated: bool,
    ) -> Self {
        let each = |parts: &[Self]| -> Vec<Self> {
            let parts = parts.iter();
            parts
                .map(|part| part.decided_below(known, negated))
                .collect()
        };
        match self {
            Self::And(parts) => {
                let mut parts = each(parts);
                if parts.iter().any(Self::is_never) {
                    return Self::constant(false);
                }
                parts.retain(|part| !part.is_empty());
                Self::And(parts)
            }
            Self::Or(parts) => {
                let mut parts = each(parts);
                if parts.iter().any(Self::is_empty) {
                    return Self::constant(true);
                }
                parts.retain(|part| !part.is_never());
                Self::Or(parts)
            }
            Self::Not(part) => match part.decided_below(known, !negated) {
                part if part.is_empty() => Self::constant(false),
                part if part.is_never() => Self::constant(true),
                part => Self::Not(Box::new(part)),
            },
            Self::Term(term) => known(term, negated).map_or_else(|| self.clone(), Self::constant),
        }
    }
}
