//! Text to tokens.

use std::ops::Range;

/// A piece of a query, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) piece: Piece,
    /// Bytes of the text.
    pub(super) at: Range<usize>,
}

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` before something.
    Minus,
    /// The word `OR`.
    Or,
    /// Something to look for.
    Term(Term),
}

/// Something to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    /// The name before the colon, lower case; empty where there is none.
    pub(super) name: String,
    /// What stood after it, quotes taken off.
    pub(super) value: String,
    pub(super) quote: Quote,
    /// Whether it reaches to the end of what was typed.
    pub(super) last: bool,
}

/// Whether something was quoted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quote {
    None,
    Closed,
    /// Up to the end of the text.
    Open,
}

/// More pieces than anybody types; what follows does not count.
const TOKENS_MAX: usize = 300;

/// A longer text than anybody types, in bytes; nor does what follows that.
const TEXT_MAX: usize = 10_000;

/// The pieces of a query, and how much of its text they are. Nothing is an
/// error.
pub(super) fn tokens(query: &str) -> (Vec<Token>, usize) {
    let mut tokens = Vec::new();
    let text = query
        .get(..query.floor_char_boundary(TEXT_MAX))
        .unwrap_or(query);
    let mut rest = text.trim_start_matches(is_blank);
    while tokens.len() < TOKENS_MAX {
        let Some(first) = rest.chars().next() else {
            break;
        };
        let start = text.len() - rest.len();
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (piece, left) = match first {
            '(' => (Piece::Open, after),
            ')' => (Piece::Close, after),
            '-' if starts_something(after) => (Piece::Minus, after),
            _ => term(rest),
        };
        let at = start..text.len() - left.len();
        tokens.push(Token { piece, at });
        rest = left.trim_start_matches(is_blank);
    }
    let read = text.len() - rest.len();
    (tokens, read)
}

/// Whether a `-` before this means "not".
fn starts_something(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_some_and(|next| !is_blank(next) && !matches!(next, '-' | ')'))
}

fn term(text: &str) -> (Piece, &str) {
    let (name, value) = match name(text) {
        Some((name, value)) => (name.to_lowercase(), value),
        None => (String::new(), text),
    };
    let (value, quote, rest) = if let Some(inside) = strip_quote(value) {
        match inside.find(is_quote) {
            Some(end) => {
                let (value, rest) = inside.split_at(end);
                let rest = rest.get(quote_len(rest)..).unwrap_or_default();
                (value, Quote::Closed, rest)
            }
            None => (inside, Quote::Open, ""),
        }
    } else {
        let end = value.find(|c| is_blank(c) || matches!(c, '(' | ')'));
        let (value, rest) = value.split_at(end.unwrap_or(value.len()));
        (value, Quote::None, rest)
    };
    if name.is_empty() && quote == Quote::None && value == "OR" {
        return (Piece::Or, rest);
    }
    let term = Term {
        name,
        value: value.to_owned(),
        quote,
        last: rest.is_empty(),
    };
    (Piece::Term(term), rest)
}

/// The letters before a colon and what follows it. A name may have a line in
/// it: `newer_than`.
fn name(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let is_letter = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let is_name = !name.is_empty() && name.bytes().all(is_letter);
    is_name.then_some((name, value))
}

fn strip_quote(text: &str) -> Option<&str> {
    text.starts_with(is_quote)
        .then(|| text.get(quote_len(text)..))
        .flatten()
}

fn quote_len(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

/// Quotes as keyboards and word processors make them.
fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\u{201c}' | '\u{201d}' | '\u{201e}' | '\u{ab}' | '\u{bb}'
    )
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c.is_control()
}
