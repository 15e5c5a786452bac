//! Text to tokens.

/// A piece of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// `(`
    Open,
    /// `)`
    Close,
    /// `-` before something.
    Minus,
    /// The word `OR`.
    Or,
    /// Something to look for.
    Term {
        /// The name before the colon, lower case; empty where there is none.
        name: String,
        /// What stood after it, quotes taken off.
        value: String,
        /// Whether it was quoted.
        quoted: bool,
        /// Whether it reaches to the end of what was typed.
        last: bool,
    },
}

/// More pieces than anybody types; what follows does not count.
const TOKENS_MAX: usize = 300;

/// Splits a query. Nothing is an error.
pub(super) fn tokens(query: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = query;
    while tokens.len() < TOKENS_MAX {
        rest = rest.trim_start_matches(is_blank);
        let Some(first) = rest.chars().next() else {
            break;
        };
        let after = rest.get(first.len_utf8()..).unwrap_or_default();
        let (token, left) = match first {
            '(' => (Token::Open, after),
            ')' => (Token::Close, after),
            '-' if starts_something(after) => (Token::Minus, after),
            _ => term(rest),
        };
        tokens.push(token);
        rest = left;
    }
    tokens
}

/// Whether a `-` before this means "not".
fn starts_something(after: &str) -> bool {
    after
        .chars()
        .next()
        .is_some_and(|next| !is_blank(next) && !matches!(next, '-' | ')'))
}

fn term(text: &str) -> (Token, &str) {
    let (name, value) = match name(text) {
        Some((name, value)) => (name.to_lowercase(), value),
        None => (String::new(), text),
    };
    let (value, quoted, rest) = if let Some(inside) = strip_quote(value) {
        let end = inside.find(is_quote);
        let (value, rest) = end.map_or((inside, ""), |end| {
            let (value, rest) = inside.split_at(end);
            (value, rest.get(quote_len(rest)..).unwrap_or_default())
        });
        (value, true, rest)
    } else {
        let end = value.find(|c| is_blank(c) || matches!(c, '(' | ')'));
        let (value, rest) = value.split_at(end.unwrap_or(value.len()));
        (value, false, rest)
    };
    if name.is_empty() && !quoted && value == "OR" {
        return (Token::Or, rest);
    }
    let token = Token::Term {
        name,
        value: value.to_owned(),
        quoted,
        last: rest.is_empty(),
    };
    (token, rest)
}

/// The letters before a colon and what follows it.
fn name(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.split_once(':')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
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
