//! Light pages made dark: every colour that is painted gets the brightness that
//! stands to the dark ground as it stood to white. Pictures stay as they are.
//!
//! The contrast of two colours (WCAG 2.2) is the ratio of their luminances,
//! with 0.05 added to each. Here the reciprocal is taken of that sum, so any two
//! colours keep their contrast, and white paper becomes black. A window is not
//! black: what is lighter than the middle comes as much above it as the window's
//! ground is, and dark text with it, so that paper and window are one, and text
//! stands as clear of its ground as before.

use std::sync::Arc;

use anyrender::{Filter, Glyph, NormalizedCoord, Paint, PaintRef, PaintScene, RenderContext};
use peniko::kurbo::{Affine, Rect, Shape, Stroke, Vec2};
use peniko::{BlendMode, Color, Fill, FontData, Gradient, StyleRef};

/// What has a contrast of 4.5 with white is darker than this luminance, and what
/// has it with black is lighter.
const MIDDLE: f32 = 1.05 / 4.5 - 0.05;

/// Scenes paint through it.
pub(super) struct Darkened<'a, S> {
    pub(super) scene: &'a mut S,
    pub(super) paper: Paper,
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

impl Paper {
    pub(super) fn new(rgb: [u8; 3]) -> Self {
        let color = rgb.map(|part| to_linear(f32::from(part) / 255.0));
        Self {
            color,
            lift: luminance(color) / 0.05 + 1.0,
        }
    }

    /// By how much a colour comes above the reciprocal.
    fn lift(self, before: f32, using: Use) -> f32 {
        let share = match using {
            Use::Text => f32::from(before < MIDDLE),
            Use::Ground => ((before - MIDDLE) / (1.0 - MIDDLE)).clamp(0.0, 1.0),
        };
        1.0 + (self.lift - 1.0) * share
    }

    /// The colour that takes the place of another.
    fn darkened(self, color: Color, using: Use) -> Color {
        let [red, green, blue, alpha] = color.components;
        let linear = [red, green, blue].map(to_linear);
        let before = luminance(linear);
        let lift = self.lift(before, using);
        let after = (0.05 * 1.05 * lift / (before + 0.05) - 0.05).clamp(0.0, 1.0);
        let scaled = if before > 0.000_1 {
            linear.map(|part| part * after / before)
        } else {
            [after; 3]
        };
        // What is too bright for its hue gives of it to white.
        let most = scaled.iter().copied().fold(0.0_f32, f32::max);
        let mut inside = if most > 1.0 {
            let share = (1.0 - after) / (most - after);
            scaled.map(|part| after + (part - after) * share)
        } else {
            scaled
        };
        if using == Use::Ground {
            // The tint of the paper, which is no brightness.
            let tint = (before - MIDDLE).max(0.0) / (1.0 - MIDDLE);
            let grey = luminance(self.color);
            for (part, paper) in inside.iter_mut().zip(self.color) {
                *part = (*part + (paper - grey) * tint).max(0.0);
            }
        }
        let [red, green, blue] = inside.map(from_linear);
        Color::new([red, green, blue, alpha])
    }

    /// A brush in the colours of the dark.
    fn brush(self, paint: PaintRef<'_>, using: Use) -> Brush<'_> {
        match paint {
            Paint::Solid(color) => Brush::Solid(self.darkened(color, using)),
            Paint::Gradient(gradient) => {
                let mut gradient = gradient.clone();
                for stop in gradient.stops.0.iter_mut() {
                    let color: Color = stop.color.to_alpha_color();
                    stop.color = self.darkened(color, using).into();
                }
                Brush::Gradient(Box::new(gradient))
            }
            other => Brush::Same(other),
        }
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
        let brush = self.paper.brush(brush.into(), Use::Ground);
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
        let brush = self.paper.brush(brush.into(), Use::Ground);
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
        let brush = self.paper.brush(brush.into(), Use::Text);
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

    fn contrast(one: Color, other: Color) -> f32 {
        let of = |color: Color| {
            let [red, green, blue, _] = color.components;
            luminance([red, green, blue].map(to_linear)) + 0.05
        };
        let (one, other) = (of(one), of(other));
        one.max(other) / one.min(other)
    }

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
    fn text_stands_clear_of_any_ground_it_stood_clear_of() {
        for paper in [[0, 0, 0], [0x1f, 0x1d, 0x1b]].map(Paper::new) {
            for text in colors() {
                for ground in colors() {
                    let before = contrast(text, ground);
                    let after = contrast(
                        paper.darkened(text, Use::Text),
                        paper.darkened(ground, Use::Ground),
                    );
                    // What is somewhat clear stays so: very dark grounds end at
                    // white, and text in the middle is taken for dark text.
                    let of = |color: Color| {
                        let [red, green, blue, _] = color.components;
                        luminance([red, green, blue].map(to_linear))
                    };
                    let is_in_the_middle = of(ground) < of(text) && of(text) < MIDDLE;
                    let needed = if before < 4.5 || is_in_the_middle {
                        before.min(4.5) * 0.8
                    } else {
                        4.5
                    };
                    assert!(
                        after >= needed * 0.99,
                        "{paper:?} {text:?} {ground:?}: {before} {after}"
                    );
                }
            }
        }
    }

    #[test]
    fn white_paper_is_the_window_and_what_is_less_white_can_be_told_from_it() {
        let window = [0x1f, 0x1d, 0x1b];
        let paper = Paper::new(window);
        let becomes = |grey| {
            let [red, green, blue, _] = paper
                .darkened(Color::from_rgb8(grey, grey, grey), Use::Ground)
                .to_rgba8()
                .to_u8_array();
            [red, green, blue]
        };
        assert_eq!(becomes(255), window);
        let panel = becomes(0xf0);
        assert!(panel > window, "{panel:?}");
        let black = Paper::new([0, 0, 0]).darkened(Color::WHITE, Use::Ground);
        assert_eq!(black.to_rgba8().to_u8_array(), [0, 0, 0, 255]);
    }
}
