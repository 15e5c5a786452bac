//! Light pages made dark: every colour that is painted gets the brightness that
//! stands to the dark ground as it stood to white. Pictures stay as they are.
//!
//! The contrast of two colours (WCAG 2.2) is the ratio of their luminances,
//! with 0.05 added to each. Here the reciprocal is taken of that sum, so any two
//! colours keep their contrast, and white paper becomes black.

use std::sync::Arc;

use anyrender::{Filter, Glyph, NormalizedCoord, Paint, PaintRef, PaintScene, RenderContext};
use peniko::kurbo::{Affine, Rect, Shape, Stroke, Vec2};
use peniko::{BlendMode, Color, Fill, FontData, Gradient, StyleRef};

/// Scenes paint through it.
pub(super) struct Darkened<'a, S>(pub(super) &'a mut S);

/// The colour that takes the place of another.
pub(super) fn darkened(color: Color) -> Color {
    let [red, green, blue, alpha] = color.components;
    let linear = [red, green, blue].map(to_linear);
    let before = luminance(linear);
    let after = (0.05 * 1.05 / (before + 0.05) - 0.05).clamp(0.0, 1.0);
    let scaled = if before > 0.000_1 {
        linear.map(|part| part * after / before)
    } else {
        [after; 3]
    };
    // What is too bright for its hue gives of it to white.
    let most = scaled.iter().copied().fold(0.0_f32, f32::max);
    let inside = if most > 1.0 {
        let share = (1.0 - after) / (most - after);
        scaled.map(|part| after + (part - after) * share)
    } else {
        scaled
    };
    let [red, green, blue] = inside.map(from_linear);
    Color::new([red, green, blue, alpha])
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

impl<'a> Brush<'a> {
    fn of(paint: PaintRef<'a>) -> Self {
        match paint {
            Paint::Solid(color) => Self::Solid(darkened(color)),
            Paint::Gradient(gradient) => {
                let mut gradient = gradient.clone();
                for stop in gradient.stops.0.iter_mut() {
                    let color: Color = stop.color.to_alpha_color();
                    stop.color = darkened(color).into();
                }
                Self::Gradient(Box::new(gradient))
            }
            other => Self::Same(other),
        }
    }

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
        self.0.reset();
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
        self.0
            .push_layer(fill, blend, alpha, transform, clip, filter, backdrop_filter);
    }

    fn push_clip_layer(&mut self, fill: Fill, transform: Affine, clip: &impl Shape) {
        self.0.push_clip_layer(fill, transform, clip);
    }

    fn pop_layer(&mut self) {
        self.0.pop_layer();
    }

    fn stroke<'a>(
        &mut self,
        style: &Stroke,
        transform: Affine,
        brush: impl Into<PaintRef<'a>>,
        brush_transform: Option<Affine>,
        shape: &impl Shape,
    ) {
        let brush = Brush::of(brush.into());
        self.0
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
        let brush = Brush::of(brush.into());
        self.0
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
        let brush = Brush::of(brush.into());
        let style: StyleRef<'_> = style.into();
        self.0.draw_glyphs(
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
        self.0
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

    #[test]
    fn any_two_colours_keep_their_contrast() {
        let steps = [0, 51, 119, 204, 255];
        let mut colors = Vec::new();
        for red in steps {
            for green in steps {
                for blue in steps {
                    colors.push(Color::from_rgb8(red, green, blue));
                }
            }
        }
        for one in &colors {
            for other in &colors {
                let before = contrast(*one, *other);
                let after = contrast(darkened(*one), darkened(*other));
                let needed = before.min(4.5);
                assert!(
                    after >= needed * 0.99,
                    "{one:?} {other:?}: {before} {after}"
                );
            }
        }
        let [red, _, _, alpha] = darkened(Color::WHITE).components;
        assert!(red < 0.01 && alpha > 0.99);
    }
}
