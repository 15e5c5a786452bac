//! Pages by blitz.

use std::sync::Arc;

use anyrender::{ImageRenderer, PaintScene};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::{DocumentConfig, FontContext, NodeId, UserAgentStylesheet};
use blitz_html::HtmlDocument;
use blitz_paint::paint_scene;
use blitz_traits::shell::{ColorScheme, Viewport};
use html5ever::local_name;
use peniko::kurbo::{Affine, Rect};
use peniko::{Color, Fill};

use super::columns::Tables;
use super::dark::{Darkened, Paper, luminance, to_linear};
use super::parts::Parts;
use super::text::{self, Place};
use super::{Extent, Found, Frame, Hit, Link, Page, Picture, Reach, Spot};

/// Relative addresses lead nowhere; without a base the engine gives up.
const BASE: &str = "http://mail.invalid/";

/// How small a page that is too wide may become.
const SMALLEST: f32 = 0.4;

/// The largest picture that is painted, in pixels of the screen each way.
const LARGEST: f32 = 5_000.0;

/// So many letters of what a link says are told.
const LINK_SHOWN: usize = 300;

/// So many of all places are told where words stand.
const MARKED: usize = 1_000;

/// A page darker than this on the whole is dark by itself.
const DARK: f32 = 0.2;

/// A mail that blitz has laid out.
pub(super) struct BlitzPage {
    document: HtmlDocument,
    tables: Tables,
    frame: Frame,
    /// How much smaller it is than it wants to be.
    zoom: f32,
    /// Whether it must be darkened for a dark frame; unknown until it is shown
    /// in one.
    is_light: Option<bool>,
    painter: VelloCpuImageRenderer,
    size: (u32, u32),
}

impl BlitzPage {
    /// Lays out sanitised HTML.
    pub(super) fn load(html: &str, parts: Parts, frame: Frame, fonts: FontContext) -> Self {
        let config = DocumentConfig {
            viewport: Some(viewport(frame, 1.0)),
            base_url: Some(BASE.to_owned()),
            ua_stylesheets: vec![
                UserAgentStylesheet::default_sheet(),
                UserAgentStylesheet::parse(include_str!("sheet.css")),
            ],
            net_provider: Some(Arc::new(parts)),
            font_ctx: Some(fonts),
            ..DocumentConfig::default()
        };
        let size = pixels(frame);
        let mut document = HtmlDocument::from_html(html, config);
        let tables = Tables::of(&mut document);
        let mut page = Self {
            document,
            tables,
            frame,
            zoom: 1.0,
            is_light: html.contains("prefers-color-scheme").then_some(false),
            painter: VelloCpuImageRenderer::new(size.0, size.1),
            size,
        };
        page.lay_out();
        page
    }

    fn lay_out(&mut self) {
        self.zoom = 1.0;
        self.document.set_viewport(viewport(self.frame, 1.0));
        self.tables.lay_out(&mut self.document);
        let wanted = self.inner_extent().width;
        if self.frame.fit && wanted > self.frame.width + 1.0 {
            self.zoom = (self.frame.width / wanted).max(SMALLEST);
            self.document.set_viewport(viewport(self.frame, self.zoom));
            self.tables.lay_out(&mut self.document);
        }
    }

    /// How large the page is for itself.
    fn inner_extent(&self) -> Extent {
        let Some(root) = self.document.try_root_element() else {
            return Extent::default();
        };
        let layout = root.final_layout();
        let overflow = &layout.scrollable_overflow_rect;
        Extent {
            width: layout.size.width.max(overflow.right),
            height: layout.size.height.max(overflow.bottom),
        }
    }

    /// What is laid out.
    pub(super) fn document(&self) -> &blitz_dom::BaseDocument {
        &self.document
    }

    /// How much smaller it is than it wants to be.
    pub(super) fn zoom(&self) -> f32 {
        self.zoom
    }

    /// Paints so much of it, from there on down, in pixels of the screen.
    pub(super) fn paint_strip(&mut self, scene: &mut impl PaintScene, top: f32, height: f32) {
        let (width, _) = pixels(self.frame);
        let strip = (height * self.frame.scale).ceil().clamp(1.0, LARGEST) as u32;
        let scale = self.scroll_to(Spot { x: 0.0, y: top });
        paint_scene(scene, &mut self.document, scale, width, strip, 0, 0);
    }

    /// Brings a place to the upper left corner. Says how many pixels of the
    /// screen one of the page has.
    fn scroll_to(&mut self, corner: Spot) -> f64 {
        let corner = self.inner(corner);
        self.document.set_viewport_scroll(blitz_dom::Point {
            x: corner.x.into(),
            y: corner.y.into(),
        });
        self.document.viewport().scale_f64()
    }

    fn inner(&self, spot: Spot) -> Spot {
        Spot {
            x: spot.x / self.zoom,
            y: spot.y / self.zoom,
        }
    }

    /// Whether the page has to be darkened to be dark.
    fn is_light(&mut self) -> bool {
        if let Some(is_light) = self.is_light {
            return is_light;
        }
        let picture = self.painted(Spot::default(), None);
        let pixels = picture.rgba.chunks_exact(4).step_by(101);
        let (mut sum, mut count) = (0.0, 0.0);
        for pixel in pixels {
            if let [red, green, blue, _] = *pixel {
                sum += luminance([red, green, blue].map(|part| to_linear(f32::from(part) / 255.0)));
                count += 1.0;
            }
        }
        let is_light = sum >= DARK * count;
        self.is_light = Some(is_light);
        is_light
    }

    /// What is painted: a page that is not made smaller in all its width.
    fn painted_frame(&self) -> Frame {
        let width = if self.frame.fit {
            self.frame.width
        } else {
            self.extent().width.max(self.frame.width)
        };
        Frame {
            width,
            ..self.frame
        }
    }

    fn painted(&mut self, corner: Spot, dark: Option<Paper>) -> Picture {
        let size = pixels(self.painted_frame());
        if size == self.size {
            self.painter.reset();
        } else {
            self.painter.resize(size.0, size.1);
            self.size = size;
        }
        let scale = self.scroll_to(corner);
        let document = &mut *self.document;
        let mut rgba = Vec::new();
        let (width, height) = size;
        self.painter.render_to_vec(
            |scene| {
                if let Some(paper) = dark {
                    paint(&mut Darkened::new(scene, paper), document, scale, size);
                } else {
                    paint(scene, document, scale, size);
                }
            },
            &mut rgba,
        );
        Picture {
            width,
            height,
            rgba,
        }
    }

    /// The link around a node.
    fn link_around(&self, node: NodeId) -> Option<Link> {
        let mut at = Some(node);
        while let Some(node) = at.and_then(|id| self.document.get_node(id)) {
            let is_link = node.data.is_element_with_tag_name(&local_name!("a"));
            if let Some(target) = node.attr(local_name!("href")).filter(|_| is_link) {
                let words = node.text_content();
                let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
                return Some(Link {
                    shown: words.chars().take(LINK_SHOWN).collect(),
                    target: target.to_owned(),
                });
            }
            at = node.parent;
        }
        None
    }

    fn mark(&mut self, from: Place, to: Place) {
        self.document
            .set_text_selection(from.root, from.offset, to.root, to.offset);
    }
}

fn paint(
    scene: &mut impl PaintScene,
    document: &mut blitz_dom::BaseDocument,
    scale: f64,
    (width, height): (u32, u32),
) {
    let all = Rect::new(0.0, 0.0, width.into(), height.into());
    scene.fill(Fill::NonZero, Affine::IDENTITY, Color::WHITE, None, &all);
    paint_scene(scene, document, scale, width, height, 0, 0);
}

/// The frame in pixels of the screen.
fn pixels(frame: Frame) -> (u32, u32) {
    let side = |length: f32| {
        let length = (length * frame.scale).round().clamp(1.0, LARGEST);
        length as u32
    };
    (side(frame.width), side(frame.height))
}

fn viewport(frame: Frame, zoom: f32) -> Viewport {
    let (width, height) = pixels(frame);
    let scheme = if frame.dark.is_some() {
        ColorScheme::Dark
    } else {
        ColorScheme::Light
    };
    Viewport::new(width, height, frame.scale * zoom, scheme)
}

impl Page for BlitzPage {
    fn resize(&mut self, frame: Frame) {
        let before = std::mem::replace(&mut self.frame, frame);
        let same_width = (before.width, before.scale, before.dark, before.fit)
            == (frame.width, frame.scale, frame.dark, frame.fit);
        // What is higher shows more of the same.
        if !same_width {
            self.lay_out();
        }
    }

    fn extent(&self) -> Extent {
        let inner = self.inner_extent();
        Extent {
            width: inner.width * self.zoom,
            height: inner.height * self.zoom,
        }
    }

    fn hit(&self, spot: Spot) -> Hit {
        let spot = self.inner(spot);
        let Some(hit) = self.document.hit(spot.x, spot.y) else {
            return Hit::default();
        };
        Hit {
            link: self.link_around(hit.node_id),
            text: hit.is_text,
        }
    }

    fn select(&mut self, from: Spot, to: Spot, reach: Reach) {
        let roots = text::roots(&self.document);
        let from = text::place(&self.document, &roots, self.inner(from));
        let to = text::place(&self.document, &roots, self.inner(to));
        let (Some(from), Some(to)) = (from, to) else {
            return;
        };
        let (first, last) = if from <= to { (from, to) } else { (to, from) };
        let first = text::widened(&self.document, first, reach, false);
        let last = text::widened(&self.document, last, reach, true);
        self.mark(first, last);
    }

    fn select_all(&mut self) {
        if let Some((first, last)) = text::everything(&self.document) {
            self.mark(first, last);
        }
    }

    fn select_none(&mut self) {
        self.document.clear_text_selection();
    }

    fn selected(&self) -> String {
        text::selected(&self.document)
    }

    fn find(&mut self, words: &str, number: usize) -> Found {
        let all = text::occurrences(&self.document, words);
        let Some(number) = number.checked_rem(all.len()) else {
            self.select_none();
            return Found::default();
        };
        if let Some((from, to)) = all.get(number) {
            self.mark(*from, *to);
        }
        let zoom = self.zoom;
        let first = number.saturating_sub(MARKED / 2);
        let near = all.iter().enumerate().skip(first).take(MARKED);
        let areas = near.flat_map(|(number, (from, to))| {
            let areas = text::areas(&self.document, *from, *to).into_iter();
            areas.map(move |area| (number, area.times(zoom)))
        });
        Found {
            count: all.len(),
            number,
            areas: areas.collect(),
        }
    }

    fn paint(&mut self, corner: Spot) -> Picture {
        let paper = self.frame.dark.filter(|_| self.is_light());
        self.painted(corner, paper.map(Paper::new))
    }
}

#[cfg(test)]
mod tests;
