//! Links in plain text, and words that were searched for.

use std::ops::Range;
use std::sync::Arc;

use iced::advanced::text::highlighter;
use iced::widget::text_editor::Content;
use waxwing::engine::Marker;
use waxwing::model::SearchField;

const STARTS: [&str; 3] = ["https://", "http://", "mailto:"];

/// Where links are in a line, as byte ranges.
pub(super) fn links(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(rest) = line.get(from..) {
        let Some(start) = STARTS.iter().filter_map(|start| rest.find(start)).min() else {
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
        if STARTS.iter().all(|start| link != *start) {
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
    line.text.get(range).map(str::to_owned)
}

/// What is marked in a text.
#[derive(Debug, Clone, Copy)]
pub(super) enum Highlight {
    /// A link.
    Link,
    /// A word that was searched for.
    Found,
}

/// Marks links and words for the text editor.
#[derive(Debug)]
pub(super) struct Highlighter {
    line: usize,
    marker: Arc<Marker>,
}

impl highlighter::Highlighter for Highlighter {
    type Settings = Arc<Marker>;
    type Highlight = Highlight;
    type Iterator<'a> = std::vec::IntoIter<(Range<usize>, Highlight)>;

    fn new(marker: &Arc<Marker>) -> Self {
        Self {
            line: 0,
            marker: marker.clone(),
        }
    }

    fn update(&mut self, marker: &Arc<Marker>) {
        self.line = 0;
        self.marker = marker.clone();
    }

    fn change_line(&mut self, line: usize) {
        self.line = self.line.min(line);
    }

    fn highlight_line(&mut self, line: &str) -> Self::Iterator<'_> {
        self.line += 1;
        let mut all: Vec<_> = links(line)
            .into_iter()
            .map(|range| (range, Highlight::Link))
            .collect();
        if !self.marker.is_empty() {
            let found = self.marker.marks(SearchField::Body, line).into_iter();
            all.extend(found.map(|range| (range, Highlight::Found)));
        }
        all.into_iter()
    }

    fn current_line(&self) -> usize {
        self.line
    }
}
