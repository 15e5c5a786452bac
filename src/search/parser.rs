//! Tokens to a [`SearchQuery`].

use chrono::NaiveDate;

use super::lexer::{Token, tokens};
use crate::model::{Day, Flag, SearchField, SearchQuery, SearchTerm};

/// How deep parentheses may nest; those beyond do not count.
const DEPTH_MAX: usize = 50;

/// Reads a finished query: every word is whole.
pub(crate) fn parse(query: &str) -> SearchQuery {
    read(query, false)
}

/// Reads a query that is being typed: the word at its very end may go on.
pub(crate) fn parse_typing(query: &str) -> SearchQuery {
    read(query, true)
}

fn read(query: &str, typing: bool) -> SearchQuery {
    let mut parser = Parser {
        tokens: tokens(query).into_iter().peekable(),
        typing,
        depth: 0,
    };
    let mut parts = Vec::new();
    loop {
        parts.extend(parser.sequence());
        // What is left begins with a parenthesis that closes nothing.
        if parser.tokens.next().is_none() {
            return all_of(parts);
        }
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    typing: bool,
    depth: usize,
}

impl Parser {
    /// What stands side by side, up to a `)` or the end.
    fn sequence(&mut self) -> Vec<SearchQuery> {
        let mut parts = Vec::new();
        while !matches!(self.tokens.peek(), None | Some(Token::Close)) {
            parts.extend(self.alternatives());
        }
        parts
    }

    /// `a OR b OR c`
    fn alternatives(&mut self) -> Option<SearchQuery> {
        let mut either: Vec<SearchQuery> = self.one().into_iter().collect();
        while self.tokens.next_if_eq(&Token::Or).is_some() {
            either.extend(self.one());
        }
        if either.len() > 1 {
            return Some(SearchQuery::Or(either));
        }
        either.pop()
    }

    /// One condition, or a group of them.
    fn one(&mut self) -> Option<SearchQuery> {
        if matches!(self.tokens.peek(), None | Some(Token::Close | Token::Or)) {
            return None;
        }
        match self.tokens.next()? {
            Token::Minus => self.one().map(|part| SearchQuery::Not(Box::new(part))),
            Token::Open => {
                if self.depth >= DEPTH_MAX {
                    return None;
                }
                self.depth += 1;
                let parts = self.sequence();
                self.depth -= 1;
                self.tokens.next_if_eq(&Token::Close);
                (!parts.is_empty()).then(|| all_of(parts))
            }
            Token::Term {
                name,
                value,
                quoted,
                last,
            } => {
                let prefix = self.typing && last && !quoted;
                condition(&name, &value, quoted, prefix).map(SearchQuery::Term)
            }
            Token::Close | Token::Or => None,
        }
    }
}

fn all_of(mut parts: Vec<SearchQuery>) -> SearchQuery {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        Some(last) => {
            parts.push(last);
            SearchQuery::And(parts)
        }
        None => SearchQuery::And(parts),
    }
}

fn condition(name: &str, value: &str, quoted: bool, prefix: bool) -> Option<SearchTerm> {
    if name.is_empty() {
        return text(SearchField::Any, value, quoted, prefix);
    }
    if let Some(field) = SearchField::NAMED.into_iter().find(|f| f.name() == name) {
        return text(field, value, quoted, prefix);
    }
    // A filter that is only begun filters nothing yet.
    if value.trim().is_empty() && FILTERS.contains(&name) {
        return None;
    }
    filter(name, value.trim()).or_else(|| {
        let words = format!("{name}:{value}");
        text(SearchField::Any, &words, quoted, prefix)
    })
}

const FILTERS: [&str; 9] = [
    "has", "is", "in", "tag", "before", "after", "on", "larger", "smaller",
];

fn filter(name: &str, value: &str) -> Option<SearchTerm> {
    let word = value.to_lowercase();
    Some(match name {
        "has" if matches!(word.as_str(), "attachment" | "attachments") => SearchTerm::Attachment,
        "is" => {
            let (flag, on) = state(&word)?;
            SearchTerm::Flag(flag, on)
        }
        "in" => SearchTerm::Folder(value.to_owned()),
        "tag" => SearchTerm::Tag(value.to_owned()),
        "before" => SearchTerm::Before(day(&word)?),
        "after" => SearchTerm::After(day(&word)?),
        "on" => SearchTerm::On(day(&word)?),
        "larger" => SearchTerm::Larger(size(&word)?),
        "smaller" => SearchTerm::Smaller(size(&word)?),
        _ => return None,
    })
}

/// What `is:` can be followed by.
pub(super) const STATES: [(&str, Flag, bool); 8] = [
    ("read", Flag::Seen, true),
    ("unread", Flag::Seen, false),
    ("starred", Flag::Flagged, true),
    ("unstarred", Flag::Flagged, false),
    ("answered", Flag::Answered, true),
    ("forwarded", Flag::Forwarded, true),
    ("draft", Flag::Draft, true),
    ("junk", Flag::Junk, true),
];

fn state(word: &str) -> Option<(Flag, bool)> {
    let (_, flag, on) = STATES.into_iter().find(|(name, ..)| *name == word)?;
    Some((flag, on))
}

/// `2026-05-01`, or so many days, weeks, months or years ago: `7d`, `2w`.
fn day(word: &str) -> Option<Day> {
    if let Ok(date) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        return Some(Day::Date(date));
    }
    let unit = word.chars().next_back()?;
    let count: u32 = word.strip_suffix(unit)?.parse().ok()?;
    let days = match unit {
        'd' => 1,
        'w' => 7,
        'm' => 30,
        'y' => 365,
        _ => return None,
    };
    count.checked_mul(days).map(Day::Ago)
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

fn text(field: SearchField, value: &str, quoted: bool, typing: bool) -> Option<SearchTerm> {
    let (value, prefix) = match value.strip_suffix('*') {
        Some(stem) if !quoted => (stem, true),
        _ => (value, typing),
    };
    let words: Vec<&str> = value.split_whitespace().collect();
    let words = words.join(" ");
    (!words.is_empty()).then_some(SearchTerm::Text {
        field,
        words,
        prefix,
    })
}
