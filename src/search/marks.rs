//! Where in a text the words of a search stand, and the piece of the text
//! around them.

use std::ops::Range;

use super::words::{self, Unit};
use crate::model::{Excerpt, SearchField, SearchQuery, SearchTerm};

/// How many characters an excerpt has, and how many of them before the first
/// word that is marked.
const LENGTH: usize = 160;
const BEFORE: usize = 40;

/// Marks what a search looks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marker {
    phrases: Vec<Phrase>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Phrase {
    field: SearchField,
    units: Vec<Unit>,
    prefix: bool,
}

impl Marker {
    /// Marks all words of the query that are wanted.
    #[must_use]
    pub fn new(query: &SearchQuery) -> Self {
        let mut marker = Self::default();
        marker.add(query);
        marker
    }

    /// Whether it marks nothing anywhere.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    fn add(&mut self, query: &SearchQuery) {
        match query {
            SearchQuery::And(parts) | SearchQuery::Or(parts) => {
                for part in parts {
                    self.add(part);
                }
            }
            SearchQuery::Term(SearchTerm::Text {
                field,
                words,
                prefix,
            }) => {
                let units = words::units(words);
                if !units.is_empty() {
                    self.phrases.push(Phrase {
                        field: *field,
                        units,
                        prefix: *prefix,
                    });
                }
            }
            SearchQuery::Not(_) | SearchQuery::Term(_) => {}
        }
    }

    /// Where the words stand in a text of that field, in bytes: in order, and
    /// apart from each other.
    #[must_use]
    pub fn marks(&self, field: SearchField, text: &str) -> Vec<Range<usize>> {
        let units = words::units(text);
        let mut marks: Vec<Range<usize>> = self
            .phrases
            .iter()
            .filter(|phrase| phrase.field == SearchField::Any || phrase.field == field)
            .flat_map(|phrase| phrase.marks(&units))
            .collect();
        marks.sort_unstable_by_key(|mark| (mark.start, mark.end));
        let mut apart: Vec<Range<usize>> = Vec::new();
        for mark in marks {
            match apart.last_mut() {
                Some(last) if mark.start <= last.end => last.end = last.end.max(mark.end),
                _ => apart.push(mark),
            }
        }
        apart
    }

    /// The piece of a message's text around the first word that is found, on
    /// one line; its beginning where none is.
    #[must_use]
    pub fn excerpt(&self, text: &str) -> Excerpt {
        let line: Vec<&str> = text.split_whitespace().collect();
        let line = line.join(" ");
        let marks = self.marks(SearchField::Body, &line);
        let first = marks.first().map_or(0, |mark| mark.start);
        let start = word_before(&line, back(&line, first, BEFORE));
        let rest = line.get(start..).unwrap_or_default();
        let end = rest
            .char_indices()
            .nth(LENGTH)
            .map_or(line.len(), |(at, _)| start + at);
        let end = end.max(marks.first().map_or(0, |mark| mark.end));
        let mut text = String::new();
        if start > 0 {
            text.push('…');
        }
        let shift = text.len();
        text.push_str(line.get(start..end).unwrap_or_default());
        if end < line.len() {
            text.push('…');
        }
        let marks = marks.into_iter().filter(|mark| mark.end <= end);
        Excerpt {
            text,
            file: None,
            marks: marks
                .map(|mark| mark.start - start + shift..mark.end - start + shift)
                .collect(),
        }
    }
}

impl Phrase {
    fn marks<'u>(&'u self, units: &'u [Unit]) -> impl Iterator<Item = Range<usize>> + 'u {
        units
            .windows(self.units.len())
            .filter(|window| self.is(window))
            .filter_map(|window| Some(window.first()?.at.start..window.last()?.at.end))
    }

    fn is(&self, window: &[Unit]) -> bool {
        let last = self.units.len() - 1;
        let pairs = window.iter().zip(&self.units).enumerate();
        pairs.into_iter().all(|(at, (unit, wanted))| {
            let may_go_on = self.prefix && at == last && !wanted.is_unspaced;
            let same = unit.text == wanted.text
                || may_go_on && unit.text.starts_with(wanted.text.as_str());
            same && (at == 0 || unit.glued == wanted.glued)
        })
    }
}

/// So many characters before a place.
fn back(text: &str, at: usize, count: usize) -> usize {
    let before = text.get(..at).unwrap_or_default();
    let mut starts = before.char_indices().rev();
    starts.nth(count.saturating_sub(1)).map_or(0, |(at, _)| at)
}

/// The beginning of the word after this place, unless it is a long one.
fn word_before(text: &str, at: usize) -> usize {
    if at == 0 {
        return 0;
    }
    let rest = text.get(at..).unwrap_or_default();
    let blank = rest
        .char_indices()
        .take(BEFORE / 2)
        .find(|(_, c)| *c == ' ');
    blank.map_or(at, |(blank, _)| at + blank + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marker(typed: &str) -> Marker {
        Marker::new(&crate::search::parse(typed, chrono::NaiveDate::MAX).query)
    }

    /// The text with its marks in brackets.
    fn marked(text: &str, marks: &[Range<usize>]) -> String {
        let mut out = String::new();
        let mut done = 0;
        for mark in marks {
            out.push_str(text.get(done..mark.start).unwrap());
            out.push('[');
            out.push_str(text.get(mark.clone()).unwrap());
            out.push(']');
            done = mark.end;
        }
        out.push_str(text.get(done..).unwrap());
        out
    }

    #[test]
    fn words_are_marked_where_a_search_finds_them() {
        for (typed, text, expected) in [
            ("grusse", "Viele Grüße!", "Viele [Grüße]!"),
            ("inv*", "Invoices, an invoice", "[Invoices], an [invoice]"),
            (
                "\"red rose\"",
                "red rose, red, rose",
                "[red rose], [red, rose]",
            ),
            ("red rose", "rose red", "[rose] [red]"),
            ("京都", "東京都は", "東[京都]は"),
            ("都", "東京都は", "東京[都]は"),
            ("👍", "ok 👍🏽", "ok [👍🏽]"),
            ("a -b", "a b", "[a] b"),
            ("is:unread", "unread", "unread"),
            ("from:a body:b c", "a b c", "a [b] [c]"),
            (
                "re\u{301}sume\u{301}",
                "Re\u{301}sume\u{301} x",
                "[Re\u{301}sume\u{301}] x",
            ),
            ("—", "a — b", "a — b"),
        ] {
            let marks = marker(typed).marks(SearchField::Body, text);
            assert_eq!(marked(text, &marks), expected, "{typed}");
        }
    }

    #[test]
    fn an_excerpt_shows_what_is_around_the_first_word() {
        let text = format!(
            "{}\r\n\r\nthe  needle\tis here {}",
            "before ".repeat(90),
            "after ".repeat(90)
        );
        let excerpt = marker("needle").excerpt(&text);
        let shown = marked(&excerpt.text, &excerpt.marks);
        assert!(
            shown.starts_with("…before ") && shown.ends_with('…'),
            "{shown}"
        );
        assert!(
            shown.contains("before the [needle] is here after"),
            "{shown}"
        );
        assert!(excerpt.text.chars().count() < LENGTH + 3);
        let whole = marker("nowhere").excerpt("short\ntext");
        assert_eq!((whole.text.as_str(), whole.marks.len()), ("short text", 0));
        let solid = "字".repeat(1000) + "針" + &"字".repeat(1000);
        let excerpt = marker("針").excerpt(&solid);
        assert!(excerpt.text.contains('針') && excerpt.marks.len() == 1);
        let long = "x".repeat(5000);
        assert_eq!(marker(&long).excerpt(&long).marks.len(), 1);
    }
}
