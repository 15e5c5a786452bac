//! What can stand before a colon besides the fields, and what after it.

use chrono::NaiveDate;

use super::dates::{self, ENGLISH};
use super::remark;
use crate::model::{Flag, FolderRole, SearchQuery, SearchTerm};

/// All of them.
pub(super) const NAMES: [&str; 12] = [
    "has",
    "is",
    "in",
    "account",
    "tag",
    "before",
    "after",
    "on",
    "newer_than",
    "older_than",
    "larger",
    "smaller",
];

/// Those that take a date or an age.
pub(super) const DATES: [&str; 5] = ["before", "after", "on", "newer_than", "older_than"];

/// What became of a name and its value.
pub(super) enum Understood {
    Query(SearchQuery),
    /// The value makes no sense; a sentence about it.
    Not(String),
    /// There is no such filter.
    NoFilter,
}

/// Reads a filter that is not about dates.
pub(super) fn read(name: &str, value: &str) -> Understood {
    let word = value.to_lowercase();
    let term = match name {
        "has" if matches!(word.as_str(), "attachment" | "attachments") => SearchTerm::Attachment,
        "has" => return Understood::Not(remark::unknown_value(name, value, &["attachment"])),
        "is" => {
            let states: Vec<&str> = STATES.iter().map(|(name, ..)| *name).collect();
            return state(&word).map_or_else(
                || Understood::Not(remark::unknown_value(name, value, &states)),
                Understood::Query,
            );
        }
        "in" => SearchTerm::Folder(value.to_owned()),
        "account" => SearchTerm::Account(value.to_owned()),
        "tag" => SearchTerm::Tag(value.to_owned()),
        "larger" | "smaller" => match size(&word) {
            Some(bytes) if name == "larger" => SearchTerm::Larger(bytes),
            Some(bytes) => SearchTerm::Smaller(bytes),
            None => return Understood::Not(remark::no_size(value)),
        },
        _ => return Understood::NoFilter,
    };
    Understood::Query(SearchQuery::Term(term))
}

/// Reads a filter that is about dates.
pub(super) fn date(name: &str, value: &str, today: NaiveDate) -> Option<SearchTerm> {
    let period = dates::period(value, today, &ENGLISH)?;
    Some(match name {
        "before" | "older_than" => SearchTerm::Before(period.first),
        "after" | "newer_than" => SearchTerm::After(period.first),
        _ => SearchTerm::On(period),
    })
}

/// What `is:` can be followed by; of several names for the same the first is
/// written back.
pub(super) const STATES: [(&str, Flag, bool); 13] = [
    ("read", Flag::Seen, true),
    ("unread", Flag::Seen, false),
    ("starred", Flag::Flagged, true),
    ("unstarred", Flag::Flagged, false),
    ("answered", Flag::Answered, true),
    ("unanswered", Flag::Answered, false),
    ("forwarded", Flag::Forwarded, true),
    ("draft", Flag::Draft, true),
    ("junk", Flag::Junk, true),
    ("flagged", Flag::Flagged, true),
    ("unflagged", Flag::Flagged, false),
    ("replied", Flag::Answered, true),
    ("spam", Flag::Junk, true),
];

fn state(word: &str) -> Option<SearchQuery> {
    let (_, flag, on) = STATES.into_iter().find(|(name, ..)| *name == word)?;
    let flagged = SearchQuery::Term(SearchTerm::Flag(flag, on));
    // What lies there is meant, whether or not a program marked it.
    let role = match flag {
        Flag::Draft => FolderRole::Drafts,
        Flag::Junk => FolderRole::Junk,
        _ => return Some(flagged),
    };
    let there = SearchQuery::Term(SearchTerm::Role(role));
    Some(SearchQuery::Or(vec![flagged, there]))
}

/// Bytes: `500`, `10k`, `2M`, `1.5mb`.
fn size(word: &str) -> Option<u64> {
    let word = word.strip_suffix('b').unwrap_or(word);
    let (number, unit) = match word.chars().next_back()? {
        'k' => (word.strip_suffix('k')?, 1 << 10),
        'm' => (word.strip_suffix('m')?, 1 << 20),
        'g' => (word.strip_suffix('g')?, 1 << 30),
        _ => (word, 1_u64),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let tenths: u64 = part.parse().ok().filter(|tenth| *tenth < 10)?;
    let bytes = whole.parse::<u64>().ok()?.checked_mul(unit)?;
    bytes.checked_add(unit * tenths / 10)
}
