//! Links in plain text, and the lines of a patch.

use std::ops::Range;

use iced::advanced::text::highlighter;
use iced::widget::text_editor::Content;

use waxwing::html::Kind;

/// What many write without the rest.
const BARE: &str = "www.";

const STARTS: [&str; 4] = ["https://", "http://", "mailto:", BARE];

/// Where the next link may begin.
fn start(text: &str) -> Option<usize> {
    let places = STARTS.iter().flat_map(|start| text.match_indices(start));
    let begins = |(at, start): &(usize, &str)| {
        let before = text.get(..*at).and_then(|before| before.chars().last());
        *start != BARE || before.is_none_or(|c| !c.is_alphanumeric() && !"./-@".contains(c))
    };
    places.filter(begins).map(|(at, _)| at).min()
}

/// Where links are in a line, as byte ranges.
pub(super) fn links(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = line.get(from..) {
        let Some(start) = start(rest) else {
            break;
        };
        let rest = rest.get(start..).unwrap_or_default();
        let end = rest
            .find(|c: char| c.is_whitespace() || c.is_control() || "<>\"”“".contains(c))
            .unwrap_or(rest.len());
        let link = rest.get(..end).unwrap_or_default();
        // What closes a sentence or a bracket is not part of the link.
        let mut link = link.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
        if link.ends_with(')') && !link.contains('(') {
            link = link.trim_end_matches(')');
        }
        let is_all = |start: &str| link == start || link == start.trim_end_matches('.');
        if !STARTS.into_iter().any(is_all) {
            found.push(from + start..from + start + link.len());
        }
        from += start + end.max(1);
    }
    found
}

/// The link the cursor stands in.
pub(super) fn at_cursor(content: &Content) -> Option<String> {
    let position = content.cursor().position;
    let line = content.line(position.line)?;
    let range = links(&line.text)
        .into_iter()
        .find(|range| range.contains(&position.column))?;
    let link = line.text.get(range)?;
    let protocol = if link.starts_with(BARE) {
        "https://"
    } else {
        ""
    };
    Some(format!("{protocol}{link}"))
}

/// What has a colour of its own in a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Highlight {
    /// A link.
    Link,
    /// What a patch puts in.
    Added,
    /// What it takes out.
    Removed,
    /// Where it does.
    Place,
}

/// Colours links and patches for the text editor.
#[derive(Debug)]
pub(super) struct Highlighter {
    line: usize,
    kind: Kind,
}

impl highlighter::Highlighter for Highlighter {
    type Settings = Kind;
    type Highlight = Highlight;
    type Iterator<'a> = std::vec::IntoIter<(Range<usize>, Highlight)>;

    fn new(kind: &Kind) -> Self {
        Self {
            line: 0,
            kind: *kind,
        }
    }

    fn update(&mut self, kind: &Kind) {
        *self = Self::new(kind);
    }

    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }

    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        let of_patch = match line.chars().next().filter(|_| self.kind == Kind::Patch) {
            Some('+') => Some(Highlight::Added),
            Some('-') => Some(Highlight::Removed),
            Some('@') => Some(Highlight::Place),
            _ => None,
        };
        let all: Vec<_> = match of_patch {
            Some(highlight) => vec![(0..line.len(), highlight)],
            None => {
                let links = links(line).into_iter();
                links.map(|range| (range, Highlight::Link)).collect()
            }
        };
        all.into_iter()
    }

    fn current_line(&self) -> usize {
        self.line
    }
}
