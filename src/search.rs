//! The language of the search box.
//!
//! | Written | Means |
//! | --- | --- |
//! | `word other` | both words, anywhere, in any order |
//! | `"some words"` | these words next to each other |
//! | `word*` | a word that begins so |
//! | `from: to: cc: subject: body:` | the word there |
//! | `has:attachment`, `is:unread`, `is:read`, `is:starred`, … | what it says |
//! | `in:Work`, `tag:later` | the folder, the keyword |
//! | `before: after: on:` with `2026-05-01`, `7d`, `2w`, `3m`, `1y` | the day; `after:` includes it |
//! | `larger:2M`, `smaller:10k` | the size in bytes |
//! | `-word`, `-from:x`, `-(…)` | not so |
//! | `one OR other`, `( … )` | either; OR binds tighter than the blank |
//!
//! Raw typing is never an error: an open quote ends with the text, a
//! parenthesis too many does not count, and a filter that makes no sense is
//! looked for as a word.

mod format;
mod lexer;
mod parser;

pub(crate) use parser::{parse, parse_typing};

#[cfg(test)]
mod tests;
