//! What a page is made of that printing has to know: what is not to be cut,
//! where links are, and which letters the signs of the fonts stand for.

use std::collections::HashMap;
use std::ops::Range;

use blitz_dom::node::TextBrush;
use blitz_dom::{BaseDocument, Node, NodeId};
use html5ever::local_name;
use parley::{GlyphRun, Line, PositionedLayoutItem, Run};
use peniko::FontData;

use super::breaks::Whole;
use crate::html::page::Area;

/// Cells that are no higher are not cut: a button, a line of a bill.
const CELL: f32 = 160.0;

/// So much of what follows stays with a heading.
const AFTER_HEADING: f32 = 48.0;

/// Pages have this many links at most.
const LINKS: usize = 20_000;

/// A font: its file, which one in it, and where it stands between its extremes.
pub(super) type FontKey = (u64, u32, Vec<i16>);

/// The key of a font.
pub(super) fn key(font: &FontData, coords: impl Iterator<Item = i16>) -> FontKey {
    (font.data.id(), font.index, coords.collect())
}

/// What the signs of the fonts stand for, as far as they were used.
#[derive(Debug, Default)]
pub(super) struct Letters {
    signs: HashMap<(u64, u32, u32), Box<str>>,
    variations: HashMap<FontKey, Vec<([u8; 4], f32)>>,
}

impl Letters {
    /// What a sign of a font says.
    pub(super) fn of(&self, font: &FontData, sign: u32) -> &str {
        let key = (font.data.id(), font.index, sign);
        self.signs.get(&key).map_or("", |words| words)
    }

    /// How a font that varies was set.
    pub(super) fn variation(&self, key: &FontKey) -> &[([u8; 4], f32)] {
        self.variations.get(key).map_or(&[], Vec::as_slice)
    }

    /// Takes in what a run of text says, cluster by cluster.
    fn read(&mut self, text: &str, run: &Run<'_, TextBrush>) {
        let font = run.font();
        let variation = run.synthesis();
        let variation = variation.variation_settings();
        if !variation.is_empty() {
            let settings = variation
                .iter()
                .map(|(tag, value)| (tag.to_be_bytes(), *value));
            let coords = run.normalized_coords().iter();
            let key = key(font, coords.map(|coord| coord.to_bits()));
            self.variations
                .entry(key)
                .or_insert_with(|| settings.collect());
        }
        let mut open: Option<(Vec<u32>, Range<usize>)> = None;
        for cluster in run.clusters() {
            let range = cluster.text_range();
            if cluster.is_ligature_continuation() {
                if let Some((_, whole)) = &mut open {
                    *whole = whole.start.min(range.start)..whole.end.max(range.end);
                }
                continue;
            }
            self.take(font, text, open.take());
            let signs = cluster.glyphs().map(|glyph| glyph.id);
            open = Some((signs.collect(), range));
        }
        self.take(font, text, open);
    }

    /// The first sign says all of it, the others nothing of their own.
    fn take(&mut self, font: &FontData, text: &str, cluster: Option<(Vec<u32>, Range<usize>)>) {
        let Some((signs, range)) = cluster else {
            return;
        };
        let mut words = text.get(range).unwrap_or_default();
        for sign in signs {
            let key = (font.data.id(), font.index, sign);
            let known = self.signs.entry(key).or_default();
            if known.is_empty() {
                *known = words.into();
            }
            words = "";
        }
    }
}

/// What was seen on a page.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// What is not to be cut.
    pub(super) wholes: Vec<Whole>,
    /// Where links are, and where they lead.
    pub(super) links: Vec<(Area, String)>,
}

/// Looks at a page, in its own pixels.
pub(super) fn look(document: &BaseDocument, letters: &mut Letters) -> Seen {
    let mut seen = Seen::default();
    let root = document.try_root_element().map(|root| root.id);
    let mut left: Vec<NodeId> = root.into_iter().collect();
    while let Some(id) = left.pop() {
        let Some(node) = document.get_node(id) else {
            continue;
        };
        let children = node.layout_children.borrow();
        left.extend(children.as_deref().unwrap_or(&node.children));
        if let Some(area) = area_of(document, id) {
            seen.element(document, node, area);
            seen.text(document, node, area, letters);
        }
    }
    seen
}

fn area_of(document: &BaseDocument, id: NodeId) -> Option<Area> {
    let scroll = document.viewport_scroll();
    let area = document.get_client_bounding_rect(id)?;
    Some(Area {
        x: (area.x + scroll.x) as f32,
        y: (area.y + scroll.y) as f32,
        width: area.width as f32,
        height: area.height as f32,
    })
}

/// Where the link around a node leads. Only links that lead out of the paper.
fn target(document: &BaseDocument, node: NodeId) -> Option<String> {
    let mut at = Some(node);
    while let Some(node) = at.and_then(|id| document.get_node(id)) {
        let is_link = node.data.is_element_with_tag_name(&local_name!("a"));
        if let Some(target) = node.attr(local_name!("href")).filter(|_| is_link) {
            let leads_out = ["https:", "http:", "mailto:", "tel:"];
            let leads_out = leads_out.iter().any(|start| target.starts_with(start));
            return leads_out.then(|| target.to_owned());
        }
        at = node.parent;
    }
    None
}

impl Seen {
    fn keep(&mut self, top: f32, bottom: f32) {
        if top.is_finite() && bottom.is_finite() && bottom > top {
            self.wholes.push(Whole { top, bottom });
        }
    }

    fn link(&mut self, area: Area, target: Option<String>) {
        if let Some(target) = target.filter(|_| self.links.len() < LINKS) {
            self.links.push((area, target));
        }
    }

    /// Takes in what is an element of its own.
    fn element(&mut self, document: &BaseDocument, node: &Node, area: Area) {
        let Some(element) = node.element_data() else {
            return;
        };
        let (top, bottom) = (area.y, area.y + area.height);
        if element.raster_image_data().is_some() {
            self.keep(top, bottom);
            self.link(area, target(document, node.id));
            return;
        }
        match &*element.name.local {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.keep(top, bottom + AFTER_HEADING),
            "td" | "th" if area.height <= CELL => self.keep(top, bottom),
            _ => {}
        }
    }

    /// Takes in the lines of a block of text.
    fn text(
        &mut self,
        document: &BaseDocument,
        node: &Node,
        area: Area,
        letters: &mut Letters,
    ) -> Option<()> {
        let inline = node.element_data()?.inline_layout_data.as_ref()?;
        let box_of = node.final_layout();
        let left = area.x + box_of.border.left + box_of.padding.left;
        let top = area.y + box_of.border.top + box_of.padding.top;
        let scale = inline.layout.scale();
        let mut lines = Vec::new();
        for line in inline.layout.lines() {
            let metrics = line.metrics();
            let edge = |at: f32| top + at / scale;
            lines.push((edge(metrics.block_min_coord), edge(metrics.block_max_coord)));
            for run in line.runs() {
                letters.read(&inline.text, &run);
            }
            self.links_in(document, &line, |x, y, width, height| Area {
                x: left + x / scale,
                y: top + y / scale,
                width: width / scale,
                height: height / scale,
            });
        }
        for (top, bottom) in &lines {
            self.keep(*top, *bottom);
        }
        // No line of a paragraph is left alone on its page.
        let pairs = [lines.first_chunk::<2>(), lines.last_chunk::<2>()];
        for [(top, _), (_, bottom)] in pairs.into_iter().flatten() {
            self.keep(*top, *bottom);
        }
        Some(())
    }

    fn links_in(
        &mut self,
        document: &BaseDocument,
        line: &Line<'_, TextBrush>,
        area: impl Fn(f32, f32, f32, f32) -> Area,
    ) {
        let runs = line.items().filter_map(|item| match item {
            PositionedLayoutItem::GlyphRun(run) => Some(run),
            PositionedLayoutItem::InlineBox(_) => None,
        });
        let of = |run: &GlyphRun<'_, TextBrush>| {
            let metrics = *run.run().font_metrics();
            let top = run.baseline() - metrics.ascent;
            area(
                run.offset(),
                top,
                run.advance(),
                metrics.ascent + metrics.descent,
            )
        };
        for run in runs {
            self.link(of(&run), target(document, run.style().brush.id));
        }
    }
}
