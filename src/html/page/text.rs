//! The text of a page: where it is, what of it is selected.
//!
//! The engine lays out text by the blocks that hold it (inline roots). A place
//! in the text is such a block and a byte of its text.

use std::ops::Range;

use blitz_dom::{BaseDocument, Node, NodeId};
use parley::{Affinity, Cursor, Selection};

use super::{Area, Reach, Spot};

/// How much farther something is that lies above or below.
const ROW_WEIGHT: f64 = 1_000.0;

/// A block of text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Root {
    id: NodeId,
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

/// A place in the text, in the order of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// Which of all blocks it is.
    order: usize,
    /// The byte in its text.
    pub(super) offset: usize,
    /// The block.
    pub(super) root: NodeId,
}

/// What a block says.
fn words_of(node: &Node) -> Option<&str> {
    let layout = node.element_data()?.inline_layout_data.as_ref()?;
    Some(layout.text.as_str())
}

/// All blocks of text, in the order of the document.
pub(super) fn roots(document: &BaseDocument) -> Vec<Root> {
    let mut found = Vec::new();
    let mut left: Vec<NodeId> = document
        .try_root_element()
        .map(|root| root.id)
        .into_iter()
        .collect();
    let scroll = document.viewport_scroll();
    while let Some(id) = left.pop() {
        let Some(node) = document.get_node(id) else {
            continue;
        };
        let children = node.layout_children.borrow();
        let children = children.as_deref().unwrap_or(&node.children);
        left.extend(children.iter().rev());
        let has_words = node.flags.is_inline_root()
            && words_of(node).is_some_and(|words| !words.trim().is_empty());
        if !has_words {
            continue;
        }
        if let Some(area) = document.get_client_bounding_rect(id) {
            found.push(Root {
                id,
                left: area.x + scroll.x,
                top: area.y + scroll.y,
                width: area.width,
                height: area.height,
            });
        }
    }
    found
}

/// The place in the text that is nearest.
pub(super) fn place(document: &BaseDocument, roots: &[Root], spot: Spot) -> Option<Place> {
    let (x, y) = (f64::from(spot.x), f64::from(spot.y));
    let away = |at: f64, from: f64, length: f64| (from - at).max(at - from - length).max(0.0);
    let distance =
        |root: &Root| ROW_WEIGHT * away(y, root.top, root.height) + away(x, root.left, root.width);
    let (order, root) = roots
        .iter()
        .enumerate()
        .min_by(|(_, one), (_, other)| distance(one).total_cmp(&distance(other)))?;
    let node = document.get_node(root.id)?;
    let layout = node.final_layout();
    let inside = |at: f64, edge: f32| {
        let at = at as f32;
        at - edge
    };
    let offset = node.text_offset_at_point(
        inside(x - root.left, layout.border.left + layout.padding.left),
        inside(y - root.top, layout.border.top + layout.padding.top),
    );
    Some(Place {
        order,
        offset: offset?,
        root: root.id,
    })
}

/// The place moved to the end, or else the beginning, of what is selected at
/// once.
pub(super) fn widened(document: &BaseDocument, place: Place, reach: Reach, to_end: bool) -> Place {
    let words = document.get_node(place.root).and_then(words_of);
    let Some((before, after)) = words.and_then(|words| words.split_at_checked(place.offset)) else {
        return place;
    };
    let is_word = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '\'' | '’');
    let moved: usize = match (reach, to_end) {
        (Reach::Letters, _) => 0,
        (Reach::Words, true) => after.chars().take_while(is_word).map(char::len_utf8).sum(),
        (Reach::Words, false) => before
            .chars()
            .rev()
            .take_while(is_word)
            .map(char::len_utf8)
            .sum(),
        (Reach::Paragraphs, true) => after.len(),
        (Reach::Paragraphs, false) => before.len(),
    };
    let offset = if to_end {
        place.offset + moved
    } else {
        place.offset - moved
    };
    Place { offset, ..place }
}

/// The first and the last place.
pub(super) fn everything(document: &BaseDocument) -> Option<(Place, Place)> {
    let roots = roots(document);
    let first = roots.first()?;
    let last = roots.last()?;
    let end = document.get_node(last.id).and_then(words_of)?.len();
    let at = |order, root: &Root, offset| Place {
        order,
        offset,
        root: root.id,
    };
    Some((at(0, first, 0), at(roots.len() - 1, last, end)))
}

/// What is selected, a line for each block; blocks side by side in one line.
pub(super) fn selected(document: &BaseDocument) -> String {
    let mut out = String::new();
    let mut row: Option<(f64, f64)> = None;
    for (id, start, end) in document.get_text_selection_ranges() {
        let words = document.get_node(id).and_then(words_of);
        let Some(words) = words.and_then(|words| words.get(start..end)) else {
            continue;
        };
        let words = words.replace('\u{a0}', " ").replace('\u{fffc}', "");
        if words.trim().is_empty() {
            continue;
        }
        let area = document.get_client_bounding_rect(id);
        let (top, bottom) = area.map_or((0.0, 0.0), |area| (area.y, area.y + area.height));
        if let Some((before_top, before_bottom)) = row {
            let beside = top < before_bottom && before_top < bottom;
            out.push(if beside { '\t' } else { '\n' });
        }
        row = Some((top, bottom));
        out.push_str(&words);
    }
    out
}

/// Everywhere the words stand, whatever their case.
pub(super) fn occurrences(document: &BaseDocument, words: &str) -> Vec<(Place, Place)> {
    let mut found = Vec::new();
    for (order, root) in roots(document).iter().enumerate() {
        let Some(text) = document.get_node(root.id).and_then(words_of) else {
            continue;
        };
        let at = |offset| Place {
            order,
            offset,
            root: root.id,
        };
        let ranges = crate::html::occurrences(text, words).into_iter();
        found.extend(ranges.map(|range| (at(range.start), at(range.end))));
    }
    found
}

/// Where the text from one place to another in the same block stands, line by
/// line, in the page's own pixels.
pub(super) fn areas(document: &BaseDocument, from: Place, to: Place) -> Vec<Area> {
    lines(document, from.root, from.offset..to.offset).unwrap_or_default()
}

fn lines(document: &BaseDocument, root: NodeId, range: Range<usize>) -> Option<Vec<Area>> {
    let node = document.get_node(root)?;
    let block = document.get_client_bounding_rect(root)?;
    let scroll = document.viewport_scroll();
    let layout = node.final_layout();
    let left = (block.x + scroll.x) as f32 + layout.border.left + layout.padding.left;
    let top = (block.y + scroll.y) as f32 + layout.border.top + layout.padding.top;
    let inline = &node.element_data()?.inline_layout_data.as_ref()?.layout;
    let scale = inline.scale();
    let cursor = |offset| Cursor::from_byte_index(inline, offset, Affinity::Downstream);
    let mut areas = Vec::new();
    Selection::new(cursor(range.start), cursor(range.end)).geometry_with(inline, |area, _| {
        areas.push(Area {
            x: left + area.x0 as f32 / scale,
            y: top + area.y0 as f32 / scale,
            width: (area.x1 - area.x0) as f32 / scale,
            height: (area.y1 - area.y0) as f32 / scale,
        });
    });
    Some(areas)
}
