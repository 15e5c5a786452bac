//! What a page paints, written into a PDF: text stays text.

use std::collections::HashMap;
use std::sync::Arc;

use anyrender::{Filter, Glyph, NormalizedCoord, Paint, PaintRef, PaintScene, RenderContext};
use krilla::geom::{self, Path, PathBuilder, Point, Transform};
use krilla::num::NormalizedF32;
use krilla::paint::{self, FillRule};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};
use krilla::{Data, image::Image};
use peniko::kurbo::{self, Affine, BezPath, PathEl, Rect, Shape, Stroke, Vec2};
use peniko::{BlendMode, Blob, Color, Fill, FontData, StyleRef};

use super::brush;
use super::look::{FontKey, Letters, key};

/// How exactly curves are followed, in pixels of the screen.
const EXACT: f64 = 0.1;

/// Whoever draws more than this into one document wants it to burst.
const STROKES: usize = 1_000_000;

/// What all pages of a document have in common.
#[derive(Default)]
pub(super) struct Inks {
    pub(super) letters: Letters,
    fonts: HashMap<FontKey, Option<Font>>,
    pub(super) images: HashMap<u64, Option<Image>>,
    strokes: usize,
}

/// Paints a strip of a page. What is outside it stays out; a line of text is in
/// the strip in which it stands.
pub(super) struct Ink<'a, 's> {
    surface: &'a mut Surface<'s>,
    inks: &'a mut Inks,
    height: f64,
    /// How many things each layer has to take back; nothing of a layer that
    /// hides all.
    layers: Vec<Option<usize>>,
}

impl<'a, 's> Ink<'a, 's> {
    /// Ink for a strip that high.
    pub(super) fn new(surface: &'a mut Surface<'s>, inks: &'a mut Inks, height: f64) -> Self {
        Self {
            surface,
            inks,
            height,
            layers: Vec::new(),
        }
    }

    /// Takes back what is left of the layers.
    pub(super) fn finish(mut self) {
        while !self.layers.is_empty() {
            self.pop_layer();
        }
    }

    fn is_hidden(&mut self) -> bool {
        self.inks.strokes += 1;
        self.inks.strokes > STROKES || self.layers.iter().any(Option::is_none)
    }

    /// A shape, cut at the strip; nothing where it is outside.
    fn in_strip(&self, shape: &BezPath, is_box: bool) -> Option<Path> {
        let bounds = shape.bounding_box();
        let strip = Rect::new(bounds.x0, 0.0, bounds.x1, self.height);
        let seen = bounds.intersect(strip);
        if !bounds.is_finite() || seen.height() <= 0.0 || seen.width() <= 0.0 {
            return None;
        }
        if is_box {
            path_of(&seen.to_path(EXACT))
        } else {
            path_of(shape)
        }
    }

    /// Paints through the edges of the strip, where a shape crosses them.
    fn clipped(&mut self, shape: &BezPath, is_box: bool, draw: impl FnOnce(&mut Self, &Path)) {
        let Some(path) = self.in_strip(shape, is_box) else {
            return;
        };
        let bounds = shape.bounding_box();
        let crosses = !is_box && (bounds.y0 < 0.0 || bounds.y1 > self.height);
        if crosses {
            let strip = Rect::new(bounds.x0 - 1.0, 0.0, bounds.x1 + 1.0, self.height);
            let Some(strip) = path_of(&strip.to_path(EXACT)) else {
                return;
            };
            self.surface.push_clip_path(&strip, &FillRule::NonZero);
        }
        draw(self, &path);
        if crosses {
            self.surface.pop();
        }
    }

    fn fill_path(
        &mut self,
        style: Fill,
        transform: Affine,
        paint: PaintRef<'_>,
        own: Option<Affine>,
        shape: &impl Shape,
    ) {
        if self.is_hidden() {
            return;
        }
        let is_box = shape.as_rect().is_some() && is_upright(transform);
        let path = transform * shape.to_path(EXACT);
        let whole = transform * own.unwrap_or_default();
        if let Paint::Image(picture) = &paint
            && brush::single_pixel(picture).is_none()
        {
            let area = shape.bounding_box();
            let image = self.inks.image(picture);
            let (Some(image), alpha) = (image, picture.sampler.alpha) else {
                return;
            };
            return self.clipped(&path, is_box, |ink, path| {
                ink.surface.push_clip_path(path, &rule(style));
                brush::tile(ink.surface, &image, alpha, whole, area);
                ink.surface.pop();
            });
        }
        let Some((colour, opacity)) = brush::of(&paint, whole) else {
            return;
        };
        self.clipped(&path, is_box, |ink, path| {
            ink.surface.set_fill(Some(paint::Fill {
                paint: colour,
                opacity,
                rule: rule(style),
            }));
            ink.surface.draw_path(path);
        });
    }
}

impl Inks {
    fn font(&mut self, font: &FontData, coords: &[i16]) -> Option<Font> {
        let key = key(font, coords.iter().copied());
        let letters = &self.letters;
        let made = self.fonts.entry(key.clone()).or_insert_with(|| {
            let settings = letters.variation(&key).iter();
            let settings: Vec<_> = settings.map(|(tag, at)| (Tag::new(tag), *at)).collect();
            let bytes: Arc<dyn AsRef<[u8]> + Send + Sync> = Arc::new(Bytes(font.data.clone()));
            Font::new_variable(Data::from(bytes), font.index, &settings)
        });
        made.clone()
    }
}

/// The file of a font.
struct Bytes(Blob<u8>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        self.0.data()
    }
}

/// Whether boxes stay boxes.
fn is_upright(transform: Affine) -> bool {
    let [_, skew_y, skew_x, _, _, _] = transform.as_coeffs();
    skew_x == 0.0 && skew_y == 0.0
}

fn rule(style: Fill) -> FillRule {
    match style {
        Fill::NonZero => FillRule::NonZero,
        Fill::EvenOdd => FillRule::EvenOdd,
    }
}

pub(super) fn transform_of(affine: Affine) -> Transform {
    let [a, b, c, d, e, f] = affine.as_coeffs().map(|number| number as f32);
    Transform::from_row(a, b, c, d, e, f)
}

/// A path as the PDF takes it; nothing where there is nothing to paint.
fn path_of(path: &BezPath) -> Option<Path> {
    let mut out = PathBuilder::new();
    for element in path.elements() {
        let at = |point: &kurbo::Point| (point.x as f32, point.y as f32);
        match element {
            PathEl::MoveTo(to) => {
                let (x, y) = at(to);
                out.move_to(x, y);
            }
            PathEl::LineTo(to) => {
                let (x, y) = at(to);
                out.line_to(x, y);
            }
            PathEl::QuadTo(by, to) => {
                let ((x1, y1), (x, y)) = (at(by), at(to));
                out.quad_to(x1, y1, x, y);
            }
            PathEl::CurveTo(one, two, to) => {
                let ((x1, y1), (x2, y2), (x, y)) = (at(one), at(two), at(to));
                out.cubic_to(x1, y1, x2, y2, x, y);
            }
            PathEl::ClosePath => out.close(),
        }
    }
    out.finish()
}

impl RenderContext for Ink<'_, '_> {}

impl PaintScene for Ink<'_, '_> {
    fn reset(&mut self) {}

    fn push_layer(
        &mut self,
        fill: Fill,
        _blend: impl Into<BlendMode>,
        alpha: f32,
        transform: Affine,
        clip: &impl Shape,
        _filter: Option<Arc<Filter>>,
        _backdrop_filter: Option<Arc<Filter>>,
    ) {
        self.push_clip_layer(fill, transform, clip);
        let faint = NormalizedF32::new(alpha).filter(|alpha| *alpha != NormalizedF32::ONE);
        if let (Some(alpha), Some(Some(pushed))) = (faint, self.layers.last_mut()) {
            self.surface.push_opacity(alpha);
            *pushed += 1;
        }
    }

    fn push_clip_layer(&mut self, fill: Fill, transform: Affine, clip: &impl Shape) {
        let path = transform * clip.to_path(EXACT);
        let bounds = path.bounding_box();
        let in_sight = bounds.is_finite() && bounds.y1 > 0.0 && bounds.y0 < self.height;
        let path = path_of(&path).filter(|_| in_sight && bounds.area() > 0.0);
        self.layers.push(path.map(|path| {
            self.surface.push_clip_path(&path, &rule(fill));
            1
        }));
    }

    fn pop_layer(&mut self) {
        for _ in 0..self.layers.pop().flatten().unwrap_or_default() {
            self.surface.pop();
        }
    }

    fn stroke<'a>(
        &mut self,
        style: &Stroke,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        let options = kurbo::StrokeOpts::default();
        let outline = kurbo::stroke(shape.path_elements(EXACT), style, &options, EXACT);
        self.fill_path(
            Fill::NonZero,
            transform,
            brush.into(),
            brush_transform,
            &outline,
        );
    }

    fn fill<'a>(
        &mut self,
        style: Fill,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        self.fill_path(style, transform, brush.into(), brush_transform, shape);
    }

    fn draw_glyphs<'a, 's: 'a>(
        &'s mut self,
        font: &'a FontData,
        font_size: f32,
        _hint: bool,
        normalized_coords: &'a [NormalizedCoord],
        _embolden: Vec2,
        _style: impl Into<StyleRef<'a>>,
        brush: impl Into<PaintRef<'a>>,
        brush_alpha: f32,
        transform: Affine,
        glyph_transform: Option<Affine>,
        glyphs: impl Iterator<Item = Glyph> + Clone,
    ) {
        let glyphs: Vec<Glyph> = glyphs.collect();
        let Some(first) = glyphs.first().copied() else {
            return;
        };
        let start = transform * kurbo::Point::new(first.x.into(), first.y.into());
        let stands_here = (0.0..self.height).contains(&start.y);
        if !stands_here || self.is_hidden() || font_size <= 0.0 {
            return;
        }
        let Some((colour, opacity)) = brush::of(&brush.into(), transform) else {
            return;
        };
        let Some(opacity) = NormalizedF32::new(opacity.get() * brush_alpha.clamp(0.0, 1.0)) else {
            return;
        };
        let Some(made) = self.inks.font(font, normalized_coords) else {
            return;
        };
        let (words, signs) = signs(&glyphs, font, font_size, &self.inks.letters);
        // A slant leans from the line on which the letters stand.
        let line = Affine::translate((first.x.into(), first.y.into()));
        let whole = transform * line * glyph_transform.unwrap_or_default();
        self.surface.push_transform(&transform_of(whole));
        self.surface.set_fill(Some(paint::Fill {
            paint: colour,
            opacity,
            rule: FillRule::NonZero,
        }));
        let origin = Point::from_xy(0.0, 0.0);
        self.surface
            .draw_glyphs(origin, &signs, made, &words, font_size, false);
        self.surface.pop();
    }

    fn draw_box_shadow(
        &mut self,
        _transform: Affine,
        _rect: Rect,
        _brush: Color,
        _radius: f64,
        _std_dev: f64,
    ) {
        // Paper has none.
    }
}

/// The signs of a run, from where the first stands, and what they say.
fn signs(
    glyphs: &[Glyph],
    font: &FontData,
    size: f32,
    letters: &Letters,
) -> (String, Vec<KrillaGlyph>) {
    let mut words = String::new();
    let mut signs: Vec<KrillaGlyph> = Vec::with_capacity(glyphs.len());
    let baseline = glyphs.first().map_or(0.0, |first| first.y);
    for (place, glyph) in glyphs.iter().enumerate() {
        let says = letters.of(font, glyph.id);
        let range = match signs.last() {
            // A part of the sign before.
            Some(before) if says.is_empty() => before.text_range.clone(),
            _ => words.len()..words.len() + says.len(),
        };
        words.push_str(says);
        let next = glyphs.get(place + 1).map_or(glyph.x, |next| next.x);
        signs.push(KrillaGlyph {
            glyph_id: GlyphId::new(glyph.id),
            text_range: range,
            x_advance: (next - glyph.x) / size,
            x_offset: 0.0,
            y_offset: (baseline - glyph.y) / size,
            y_advance: 0.0,
            location: None,
        });
    }
    (words, signs)
}

/// A size, unless it is none.
pub(super) fn size_of(width: f32, height: f32) -> Option<geom::Size> {
    geom::Size::from_wh(width, height)
}
