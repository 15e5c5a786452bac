//! Light pages made dark: every colour that is painted gets the brightness that
//! stands to the dark ground as it stood to white. Pictures stay as they are.
//!
//! The contrast of two colours (WCAG 2.2) is the ratio of their luminances,
//! with 0.05 added to each. Here the reciprocal is taken of that sum, so any two
//! colours keep their contrast, and white paper becomes black. A window is not
//! black: what is lighter than the middle comes as much above it as the window's
//! ground is, so that paper and window are one. Text is made clearer where it
//! does not stand clear of what it is painted on.

use std::sync::Arc;

use anyrender::{Filter, Glyph, NormalizedCoord, Paint, PaintRef, PaintScene, RenderContext};
use peniko::kurbo::{Affine, Point, Rect, Shape, Stroke, Vec2};
use peniko::{BlendMode, Color, Fill, FontData, Gradient, StyleRef};

/// What has a contrast of 4.5 with white is darker than this luminance, and what
/// has it with black is lighter.
const MIDDLE: f32 = 1.05 / 4.5 - 0.05;

/// The contrast that text has at least, unless it is hardly there to be read.
const CLEAR: f32 = 4.5;
const HARDLY_THERE: f32 = 1.5;

/// Of so many grounds that were painted last the one below a text is known.
const GROUNDS: usize = 500;

/// Scenes paint through it.
pub(super) struct Darkened<'a, S> {
    scene: &'a mut S,
    paper: Paper,
    /// What was painted so far, below what comes.
    grounds: Vec<(Rect, Ground)>,
}

/// What text stands on.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ground {
    /// Its luminance as it was, and as it is now.
    Plain(f32, f32),
    /// A picture, or colours that run into each other.
    Other,
}

/// What white becomes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paper {
    /// Linear.
    color: [f32; 3],
    /// Its luminance beside that of black, 0.05 added to both.
    lift: f32,
}

/// What a colour is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Text,
    Ground,
}

/// A colour of that hue with another luminance; linear. What is too bright for
/// its hue gives of it to white.
fn with_luminance(linear: [f32; 3], before: f32, after: f32) -> [f32; 3] {
    let scaled = if before > 0.000_1 {
        linear.map(|part| part * after / before)
    } else {
        [after; 3]
    };
    let most = scaled.iter().copied().fold(0.0_f32, f32::max);
    if most <= 1.0 {
        return scaled;
    }
    let share = (1.0 - after) / (most - after);
    scaled.map(|part| after + (part - after) * share)
}

fn linear(color: Color) -> [f32; 3] {
    let [red, green, blue, _] = color.components;
    [red, green, blue].map(to_linear)
}

fn shown([red, green, blue]: [f32; 3], alpha: f32) -> Color {
    let [red, green, blue] = [red, green, blue].map(from_linear);
    Color::new([red, green, blue, alpha])
}

/// The contrast of two luminances.
fn contrast(one: f32, other: f32) -> f32 {
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

impl Paper {
    pub(super) fn new(rgb: [u8; 3]) -> Self {
        let color = rgb.map(|part| to_linear(f32::from(part) / 255.0));
        Self {
            color,
            lift: luminance(color) / 0.05 + 1.0,
        }
    }

    /// How much a colour is like the paper: white is, the middle is not at all.
    fn likeness(before: f32) -> f32 {
        ((before - MIDDLE) / (1.0 - MIDDLE)).clamp(0.0, 1.0)
    }

    /// The colour that takes the place of another.
    fn darkened(self, color: Color, using: Use) -> Color {
        let own = linear(color);
        let before = luminance(own);
        let likeness = match using {
            Use::Text => 0.0,
            Use::Ground => Self::likeness(before),
        };
        let lift = 1.0 + (self.lift - 1.0) * likeness;
        let after = (0.05 * 1.05 * lift / (before + 0.05) - 0.05).clamp(0.0, 1.0);
        let mut inside = with_luminance(own, before, after);
        // The tint of the paper, which is no brightness.
        let grey = luminance(self.color);
        for (part, paper) in inside.iter_mut().zip(self.color) {
            *part = (*part + (paper - grey) * likeness).max(0.0);
        }
        let [_, _, _, alpha] = color.components;
        shown(inside, alpha)
    }

    /// The colour that takes the place of that of text.
    fn text(self, color: Color, ground: Ground) -> Color {
        let dark = self.darkened(color, Use::Text);
        let Ground::Plain(before, after) = ground else {
            return dark;
        };
        let own = linear(dark);
        let bright = luminance(own);
        let was = contrast(luminance(linear(color)), before);
        if was < HARDLY_THERE || contrast(bright, after) >= CLEAR {
            return dark;
        }
        let above = (after + 0.05) * CLEAR - 0.05;
        let below = (after + 0.05) / CLEAR - 0.05;
        let wanted = if (bright >= after && above <= 1.0) || below < 0.0 {
            above
        } else {
            below
        };
        let [_, _, _, alpha] = color.components;
        shown(with_luminance(own, bright, wanted), alpha)
    }

    /// A brush in the colours of the dark, for text where its ground is given.
    fn brush(self, paint: PaintRef<'_>, below: Option<Ground>) -> Brush<'_> {
        match (paint, below) {
            (Paint::Solid(color), Some(ground)) => Brush::Solid(self.text(color, ground)),
            (Paint::Solid(color), None) => Brush::Solid(self.darkened(color, Use::Ground)),
            (Paint::Gradient(gradient), below) => {
                let using = below.map_or(Use::Ground, |_| Use::Text);
                let mut gradient = gradient.clone();
                for stop in gradient.stops.0.iter_mut() {
                    let color: Color = stop.color.to_alpha_color();
                    stop.color = self.darkened(color, using).into();
                }
                Brush::Gradient(Box::new(gradient))
            }
            (other, _) => Brush::Same(other),
        }
    }
}

impl<'a, S> Darkened<'a, S> {
    pub(super) fn new(scene: &'a mut S, paper: Paper) -> Self {
        Self {
            scene,
            paper,
            grounds: Vec::new(),
        }
    }

    /// Notes what was painted there, unless what is below shines through.
    fn painted(&mut self, area: Rect, was: &PaintRef<'_>, now: &Brush<'_>) {
        let ground = match (was, now) {
            (Paint::Solid(was), Brush::Solid(now)) if was.components[3] >= 0.99 => {
                Ground::Plain(luminance(linear(*was)), luminance(linear(*now)))
            }
            (Paint::Solid(_), _) => return,
            _ => Ground::Other,
        };
        self.grounds.push((area, ground));
    }

    /// What is below that place.
    fn below(&self, place: Point) -> Ground {
        let last = self.grounds.iter().rev().take(GROUNDS);
        let found = last.into_iter().find(|(area, _)| area.contains(place));
        found.map_or(Ground::Other, |(_, ground)| *ground)
    }
}

/// The relative luminance of a colour.
pub(super) fn luminance([red, green, blue]: [f32; 3]) -> f32 {
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

pub(super) fn to_linear(part: f32) -> f32 {
    if part <= 0.040_45 {
        part / 12.92
    } else {
        ((part + 0.055) / 1.055).powf(2.4)
    }
}

fn from_linear(part: f32) -> f32 {
    if part <= 0.003_130_8 {
        part * 12.92
    } else {
        1.055 * part.powf(1.0 / 2.4) - 0.055
    }
}

/// A brush in the colours of the dark.
enum Brush<'a> {
    Same(PaintRef<'a>),
    Solid(Color),
    Gradient(Box<Gradient>),
}

impl Brush<'_> {
    fn paint(&self) -> PaintRef<'_> {
        match self {
            Self::Same(paint) => paint.clone(),
            Self::Solid(color) => Paint::Solid(*color),
            Self::Gradient(gradient) => Paint::Gradient(gradient),
        }
    }
}

impl<S: RenderContext> RenderContext for Darkened<'_, S> {}

impl<S: PaintScene> PaintScene for Darkened<'_, S> {
    fn reset(&mut self) {
        self.scene.reset();
    }

    fn push_layer(
        &mut self,
        fill: Fill,
        blend: impl Into<BlendMode>,
        alpha: f32,
        transform: Affine,
        clip: &impl Shape,
        filter: Option<Arc<Filter>>,
        backdrop_filter: Option<Arc<Filter>>,
    ) {
        self.scene
            .push_layer(fill, blend, alpha, transform, clip, filter, backdrop_filter);
    }

    fn push_clip_layer(&mut self, fill: Fill, transform: Affine, clip: &impl Shape) {
        self.scene.push_clip_layer(fill, transform, clip);
    }

    fn pop_layer(&mut self) {
        self.scene.pop_layer();
    }

    fn stroke<'a>(
        &mut self,
        style: &Stroke,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        let brush = self.paper.brush(brush.into(), None);
        self.scene
            .stroke(style, transform, brush.paint(), brush_transform, shape);
    }

    fn fill<'a>(
        &mut self,
        style: Fill,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        let was = brush.into();
        let brush = self.paper.brush(was.clone(), None);
        let area = transform.transform_rect_bbox(shape.bounding_box());
        self.painted(area, &was, &brush);
        self.scene
            .fill(style, transform, brush.paint(), brush_transform, shape);
    }

    fn draw_glyphs<'a, 's: 'a>(
        &'s mut self,
        font: &'a FontData,
        font_size: f32,
        hint: bool,
        normalized_coords: &'a [NormalizedCoord],
        embolden: Vec2,
        style: impl Into<StyleRef<'a>>,
        brush: impl Into<PaintRef<'a>>,
        brush_alpha: f32,
        transform: Affine,
        glyph_transform: Option<Affine>,
        glyphs: impl Iterator<Item = Glyph> + Clone,
    ) {
        let first = glyphs.clone().next();
        // Within the letters, not on the line below them.
        let first = first.map(|glyph| (f64::from(glyph.x), f64::from(glyph.y - font_size * 0.3)));
        let below = self.below(transform * Point::from(first.unwrap_or_default()));
        let brush = self.paper.brush(brush.into(), Some(below));
        let style: StyleRef<'_> = style.into();
        self.scene.draw_glyphs(
            font,
            font_size,
            hint,
            normalized_coords,
            embolden,
            style,
            brush.paint(),
            brush_alpha,
            transform,
            glyph_transform,
            glyphs,
        );
    }

    fn draw_box_shadow(
        &mut self,
        transform: Affine,
        rect: Rect,
        brush: Color,
        radius: f64,
        std_dev: f64,
    ) {
        // A shadow stays dark.
        self.scene
            .draw_box_shadow(transform, rect, brush, radius, std_dev);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Colours of all kinds.
    fn colors() -> Vec<Color> {
        let steps = [0, 51, 119, 204, 238, 255];
        let mut colors = Vec::new();
        for red in steps {
            for green in steps {
                for blue in steps {
                    colors.push(Color::from_rgb8(red, green, blue));
                }
            }
        }
        colors
    }

    #[test]
    fn text_that_could_be_read_stands_clear_of_its_ground() {
        let luminance = |color| luminance(linear(color));
        for paper in [[0, 0, 0], [0x1f, 0x1d, 0x1b]].map(Paper::new) {
            for text in colors() {
                for ground in colors() {
                    let now = luminance(paper.darkened(ground, Use::Ground));
                    let below = Ground::Plain(luminance(ground), now);
                    let before = contrast(luminance(text), luminance(ground));
                    let after = contrast(luminance(paper.text(text, below)), now);
                    let says = format!("{paper:?} {text:?} {ground:?}: {before} {after}");
                    if before >= HARDLY_THERE {
                        assert!(after >= CLEAR * 0.99, "{says}");
                    } else {
                        assert!(after < 2.0, "{says}");
                    }
                }
            }
        }
    }

    #[test]
    fn white_paper_is_the_window_and_what_is_less_white_can_be_told_from_it() {
        let window = [0x1f, 0x1d, 0x1b];
        let paper = Paper::new(window);
        let becomes = |grey| {
            let color = Color::from_rgb8(grey, grey, grey);
            let [red, green, blue, _] = paper.darkened(color, Use::Ground).to_rgba8().to_u8_array();
            [red, green, blue]
        };
        assert_eq!(becomes(255), window);
        let panel = becomes(0xf0);
        assert!(panel > window, "{panel:?}");
        let black = Paper::new([0, 0, 0]).darkened(Color::WHITE, Use::Ground);
        assert_eq!(black.to_rgba8().to_u8_array(), [0, 0, 0, 255]);
    }
}
