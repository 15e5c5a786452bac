//! Looking for messages on the server (RFC 9051, 6.4.4).
//!
//! The server compares substrings, where the index on this computer compares
//! words; which headers and parts it looks into is its own affair.

use chrono::NaiveDate;

use super::command::{Command, Piece};
use super::conn::ImapConn;
use super::error::Error;
use crate::model::{Flag, Period, SearchField, SearchQuery, SearchTerm, Uid};

/// The name of the command, for errors.
const NAME: &str = "UID SEARCH";

impl ImapConn {
    /// The messages of the selected folder that match. Conditions on the
    /// folder and the account are the caller's: here they hold, as do those
    /// that no server knows ([`can_ask`]).
    ///
    /// # Errors
    ///
    /// When it is refused (a server that takes no UTF-8 refuses words beyond
    /// ASCII) or the connection is lost.
    pub(crate) async fn find(&mut self, query: &SearchQuery) -> Result<Vec<Uid>, Error> {
        // What is enabled is told by now.
        self.settle().await?;
        let mut keys = Keys {
            pieces: vec![Piece::Plain(NAME.as_bytes().to_vec())],
        };
        if self.capabilities.esearch() {
            keys.add(" RETURN (ALL)");
        }
        // Where UTF-8 is on it goes without saying, and must (RFC 6855, 3).
        if !is_ascii(query) && !self.has_enabled("UTF8=ACCEPT") {
            keys.add(" CHARSET UTF-8");
        }
        keys.add(" ");
        keys.sequence(query);
        let command = Command {
            name: NAME,
            pieces: keys.pieces,
        };
        let mut found = Vec::new();
        self.run_search(command, &mut found).await?;
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}

/// Whether a server can be asked for it: none knows the names of attached files.
pub(crate) fn can_ask(term: &SearchTerm) -> bool {
    let field = SearchField::Filename;
    !matches!(term, SearchTerm::Text { field: asked, .. } if *asked == field)
}

/// Whether all its words are ASCII.
pub(crate) fn is_ascii(query: &SearchQuery) -> bool {
    match query {
        SearchQuery::And(parts) | SearchQuery::Or(parts) => parts.iter().all(is_ascii),
        SearchQuery::Not(part) => is_ascii(part),
        SearchQuery::Term(SearchTerm::Text { words, .. }) => words.is_ascii(),
        SearchQuery::Term(_) => true,
    }
}

/// Search keys being written.
struct Keys {
    pieces: Vec<Piece<'static>>,
}

impl Keys {
    fn add(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn bytes(&mut self, bytes: &[u8]) {
        if let Some(Piece::Plain(line)) = self.pieces.last_mut() {
            line.extend_from_slice(bytes);
        } else {
            self.pieces.push(Piece::Plain(bytes.to_vec()));
        }
    }

    /// Keys that all must match, without parentheses around them.
    fn sequence(&mut self, query: &SearchQuery) {
        match query {
            SearchQuery::And(parts) if !parts.is_empty() => {
                for (at, part) in parts.iter().enumerate() {
                    if at > 0 {
                        self.add(" ");
                    }
                    self.key(part);
                }
            }
            query => self.key(query),
        }
    }

    /// One key.
    fn key(&mut self, query: &SearchQuery) {
        match query {
            SearchQuery::And(parts) => match parts.as_slice() {
                [] => self.add("ALL"),
                [only] => self.key(only),
                _ => {
                    self.add("(");
                    self.sequence(query);
                    self.add(")");
                }
            },
            SearchQuery::Or(parts) => match parts.as_slice() {
                [] => self.add("NOT ALL"),
                [only] => self.key(only),
                [first, rest @ ..] => {
                    self.add("OR ");
                    self.key(first);
                    self.add(" ");
                    self.either(rest);
                }
            },
            SearchQuery::Not(part) => {
                self.add("NOT ");
                self.key(part);
            }
            SearchQuery::Term(term) => self.term(term),
        }
    }

    /// `OR` takes two keys, so a list of them nests to the right.
    fn either(&mut self, parts: &[SearchQuery]) {
        let mut rest = parts;
        while let [first, more @ ..] = rest {
            if !more.is_empty() {
                self.add("OR ");
            }
            self.key(first);
            if !more.is_empty() {
                self.add(" ");
            }
            rest = more;
        }
    }

    fn term(&mut self, term: &SearchTerm) {
        match term {
            SearchTerm::Text { field, words, .. } => {
                self.add(match field {
                    SearchField::Any => "TEXT",
                    SearchField::From => "FROM",
                    SearchField::To => "TO",
                    SearchField::Cc => "CC",
                    SearchField::Subject => "SUBJECT",
                    SearchField::Body => "BODY",
                    SearchField::List => "HEADER List-Id",
                    SearchField::Filename => return self.add("ALL"),
                });
                self.add(" ");
                self.string(words);
            }
            // No key says so; this is what most messages with files begin with.
            SearchTerm::Attachment => self.add("HEADER Content-Type multipart/mixed"),
            SearchTerm::Flag(flag, on) => self.flag(*flag, *on),
            SearchTerm::Folder(_)
            | SearchTerm::Role(_)
            | SearchTerm::InFolder(_)
            | SearchTerm::Account(_) => {
                self.add("ALL");
            }
            SearchTerm::Tag(tag) => match Flag::from_imap(tag) {
                Some(flag) => self.flag(flag, true),
                None if is_atom(tag) => self.add(&format!("KEYWORD {tag}")),
                // No message can have it.
                None => self.add("NOT ALL"),
            },
            SearchTerm::Before(day) => self.day("SENTBEFORE", *day),
            SearchTerm::After(day) => self.day("SENTSINCE", *day),
            SearchTerm::On(Period { first, end }) if first.succ_opt() == Some(*end) => {
                self.day("SENTON", *first);
            }
            SearchTerm::On(Period { first, end }) => {
                self.add("(");
                self.day("SENTSINCE", *first);
                self.add(" ");
                self.day("SENTBEFORE", *end);
                self.add(")");
            }
            SearchTerm::Larger(bytes) => self.size("LARGER", *bytes),
            SearchTerm::Smaller(bytes) => self.size("SMALLER", *bytes),
        }
    }

    fn flag(&mut self, flag: Flag, on: bool) {
        let un = if on { "" } else { "UN" };
        let key = match flag {
            Flag::Seen => format!("{un}SEEN"),
            Flag::Answered => format!("{un}ANSWERED"),
            Flag::Flagged => format!("{un}FLAGGED"),
            Flag::Deleted => format!("{un}DELETED"),
            Flag::Draft => format!("{un}DRAFT"),
            other => format!("{un}KEYWORD {}", other.imap()),
        };
        self.add(&key);
    }

    fn day(&mut self, key: &str, day: NaiveDate) {
        self.add(&format!("{key} {}", day.format("%-d-%b-%Y")));
    }

    fn size(&mut self, key: &str, bytes: u64) {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        self.add(&format!("{key} {bytes}"));
    }

    /// Words as a quoted string, or as a literal where quotes cannot hold them.
    fn string(&mut self, words: &str) {
        let words: String = words
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        if words.is_ascii() && words.len() < 1024 {
            let quoted = words.replace('\\', "\\\\").replace('"', "\\\"");
            self.add(&format!("\"{quoted}\""));
        } else {
            self.pieces.push(Piece::Literal(words.into_bytes().into()));
        }
    }
}

/// Whether a keyword can be written so (RFC 9051, 9: `flag-keyword`).
fn is_atom(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && !b"(){%*\"\\]".contains(&byte))
}

#[cfg(test)]
mod tests;
