//! Tokens to a [`SearchQuery`], with remarks about what is not understood.

use chrono::NaiveDate;

use super::filter::{self, Understood};
use super::lexer::{Piece, Quote, Term, Token, tokens};
use super::remark::{self, Remarks};
use super::{dates, words};
use crate::model::{ParsedSearch, SearchField, SearchQuery, SearchTerm};

/// How deep parentheses may nest; those beyond do not count.
const DEPTH_MAX: usize = 15;

/// Reads a query as of `today`. Where it is still being typed, the word at its
/// very end may go on, and nothing is remarked about what is not finished.
pub(super) fn read(query: &str, today: NaiveDate, typing: bool) -> ParsedSearch {
    let (tokens, read) = tokens(query);
    let mut parser = Parser {
        tokens,
        next: 0,
        today,
        typing,
        depth: 0,
        field: SearchField::Any,
        remarks: Remarks::default(),
    };
    if read < query.len() {
        parser.remarks.add(read..query.len(), remark::TOO_LONG);
    }
    let mut parts = parser.sequence();
    // What is left begins with a parenthesis that closes nothing.
    while let Some(token) = parser.take() {
        parser.remarks.add(token.at, remark::CLOSES_NOTHING);
        parts.extend(parser.sequence());
    }
    let query = all_of(parts);
    let terms = query.terms();
    let is_vain = |term: &&SearchTerm| match term {
        SearchTerm::Text { words, .. } => !words::is_searchable(words),
        _ => false,
    };
    if !terms.is_empty() && terms.iter().all(is_vain) {
        parser.remarks.add(0..read, remark::NO_WORD);
    }
    ParsedSearch {
        query,
        remarks: parser.remarks.all(),
    }
}

struct Parser {
    tokens: Vec<Token>,
    /// Which of them comes next.
    next: usize,
    today: NaiveDate,
    typing: bool,
    depth: usize,
    /// Where bare words are looked for: `from:(one OR other)`.
    field: SearchField,
    remarks: Remarks,
}

impl Parser {
    fn peek(&self) -> Option<&Piece> {
        self.tokens.get(self.next).map(|token| &token.piece)
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    /// What stands side by side, up to a `)` or the end.
    fn sequence(&mut self) -> Vec<SearchQuery> {
        let mut parts = Vec::new();
        while !matches!(self.peek(), None | Some(Piece::Close)) {
            parts.extend(self.alternatives());
        }
        parts
    }

    /// `a OR b OR c`
    fn alternatives(&mut self) -> Option<SearchQuery> {
        let mut lonely = self.peek() == Some(&Piece::Or);
        let mut either: Vec<SearchQuery> = self.one().into_iter().collect();
        while self.peek() == Some(&Piece::Or) {
            let Some(or) = self.take() else { break };
            lonely |= match self.peek() {
                None => !self.typing,
                next => matches!(next, Some(Piece::Close | Piece::Or)),
            };
            if std::mem::take(&mut lonely) {
                self.remarks.add(or.at, remark::LONELY_OR);
            }
            either.extend(self.one());
        }
        if either.len() > 1 {
            return Some(SearchQuery::Or(either));
        }
        either.pop()
    }

    /// One condition, or a group of them.
    fn one(&mut self) -> Option<SearchQuery> {
        if matches!(self.peek(), None | Some(Piece::Close | Piece::Or)) {
            return None;
        }
        let token = self.take()?;
        match &token.piece {
            Piece::Minus => self.one().map(|part| SearchQuery::Not(Box::new(part))),
            Piece::Open => self.group(&token),
            Piece::Term(term) => self.term(&token, term),
            Piece::Close | Piece::Or => None,
        }
    }

    /// What stands between parentheses.
    fn group(&mut self, open: &Token) -> Option<SearchQuery> {
        if self.depth >= DEPTH_MAX {
            self.remarks.add(open.at.clone(), remark::TOO_DEEP);
            return None;
        }
        self.depth += 1;
        let parts = self.sequence();
        self.depth -= 1;
        if self.take().is_none() && !self.typing {
            self.remarks.add(open.at.clone(), remark::OPEN_PARENTHESIS);
        }
        (!parts.is_empty()).then(|| all_of(parts))
    }

    fn term(&mut self, token: &Token, term: &Term) -> Option<SearchQuery> {
        if term.quote == Quote::Open && !self.typing {
            self.remarks.add(token.at.clone(), remark::OPEN_QUOTE);
        }
        if term.name.is_empty() {
            return self.text(self.field, term);
        }
        if let Some(field) = field(&term.name) {
            return self.in_field(field, token, term);
        }
        if filter::DATES.contains(&term.name.as_str()) {
            return self.date(token, term);
        }
        // A filter that is only begun filters nothing yet.
        if term.value.trim().is_empty() && filter::NAMES.contains(&term.name.as_str()) {
            self.needs_value(token, term);
            return None;
        }
        match filter::read(&term.name, term.value.trim()) {
            Understood::Query(query) => Some(query),
            Understood::Not(why) => {
                self.remark(token, term, why);
                None
            }
            Understood::NoFilter => {
                if let Some(why) = remark::unknown_name(&term.name, &term.value) {
                    self.remark(token, term, why);
                }
                let words = format!("{}:{}", term.name, term.value);
                let value = Term {
                    value: words,
                    ..term.clone()
                };
                self.text(self.field, &value)
            }
        }
    }

    /// `from:ada`, `from:"Ada Love"`, `from:(ada OR bob)`
    fn in_field(&mut self, field: SearchField, token: &Token, term: &Term) -> Option<SearchQuery> {
        let is_group = self
            .tokens
            .get(self.next)
            .is_some_and(|next| next.piece == Piece::Open && next.at.start == token.at.end);
        if term.value.is_empty() && is_group {
            let open = self.take()?;
            let outer = std::mem::replace(&mut self.field, field);
            let group = self.group(&open);
            self.field = outer;
            return group;
        }
        if term.value.trim().is_empty() {
            self.needs_value(token, term);
        }
        self.text(field, term)
    }

    /// `before:2026-05-01`, `after:"last week"`, `on:May 2024`: of the words
    /// that follow, as many as make a date.
    fn date(&mut self, token: &Token, term: &Term) -> Option<SearchQuery> {
        let mut written = vec![term.value.clone()];
        if term.quote == Quote::None {
            let following = self.tokens.iter().skip(self.next).map_while(plain_word);
            written.extend(following.take(dates::WORDS_MAX).map(str::to_owned));
        }
        for more in (0..written.len()).rev() {
            let text = written.get(..=more).unwrap_or_default().join(" ");
            if let Some(query) = filter::date(&term.name, text.trim(), self.today) {
                self.next += more;
                return Some(SearchQuery::Term(query));
            }
        }
        if term.value.trim().is_empty() {
            self.needs_value(token, term);
        } else {
            self.remark(token, term, remark::no_date(&term.value));
        }
        None
    }

    fn text(&self, field: SearchField, term: &Term) -> Option<SearchQuery> {
        let is_quoted = term.quote != Quote::None;
        let (value, prefix) = match term.value.strip_suffix('*') {
            Some(stem) if !is_quoted => (stem, true),
            _ => (term.value.as_str(), self.typing && term.last && !is_quoted),
        };
        let words: Vec<&str> = value
            .split(|c: char| c.is_whitespace() || c == '\0')
            .filter(|word| !word.is_empty())
            .collect();
        let words = words.join(" ");
        (!words.is_empty()).then_some(SearchQuery::Term(SearchTerm::Text {
            field,
            words,
            prefix,
        }))
    }

    fn needs_value(&mut self, token: &Token, term: &Term) {
        self.remark(token, term, remark::needs_value(&term.name));
    }

    /// Remarks upon a term, unless it is still being typed.
    fn remark(&mut self, token: &Token, term: &Term, why: String) {
        if !(self.typing && term.last) {
            self.remarks.add(token.at.clone(), why);
        }
    }
}

fn field(name: &str) -> Option<SearchField> {
    SearchField::NAMED.into_iter().find(|f| f.name() == name)
}

/// A bare word, which may belong to a date before it.
fn plain_word(token: &Token) -> Option<&str> {
    match &token.piece {
        Piece::Term(term) if term.name.is_empty() && term.quote == Quote::None => Some(&term.value),
        _ => None,
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
