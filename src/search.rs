//! The language of the search box, and what counts as a word.
//!
//! | Written | Means |
//! | --- | --- |
//! | `word other` | both words, anywhere, in any order |
//! | `"some words"` | these words next to each other |
//! | `word*` | a word that begins so |
//! | `from: to: cc: subject: body: filename: list:` | the word there |
//! | `from:(one OR other)` | all of it there |
//! | `has:attachment`, `is:unread`, `is:read`, `is:starred`, … | what it says |
//! | `in:Work`, `account:Home`, `tag:later` | the folder, the account, the keyword |
//! | `before: after: on:` with `2026-05-01`, `May 2024`, `yesterday`, `"last week"` | the days; `after:` includes the first of them |
//! | `newer_than: older_than:` with `7d`, `2w`, `3m`, `1y` | so long ago |
//! | `larger:2M`, `smaller:10k` | the size in bytes |
//! | `-word`, `-from:x`, `-(…)` | not so |
//! | `one OR other`, `( … )` | either; OR binds tighter than the blank |
//!
//! Raw typing is never an error: an open quote ends with the text, a
//! parenthesis too many does not count, and a filter that makes no sense is
//! left out. What was not understood is remarked, and the rest is looked for.

mod dates;
mod filter;
mod format;
mod lexer;
mod marks;
mod parser;
mod remark;
pub(crate) mod words;

use chrono::NaiveDate;
pub use marks::Marker;

use crate::model::ParsedSearch;

/// Reads a finished query as of `today`: every word is whole.
pub(crate) fn parse(query: &str, today: NaiveDate) -> ParsedSearch {
    parser::read(query, today, false)
}

/// Reads a query that is being typed: the word at its very end may go on.
pub(crate) fn parse_typing(query: &str, today: NaiveDate) -> ParsedSearch {
    parser::read(query, today, true)
}

#[cfg(test)]
mod tests;
