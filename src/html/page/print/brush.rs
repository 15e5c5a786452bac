//! Colours, gradients and pictures, as a PDF has them.

use std::io::Cursor;

use anyrender::{Paint, PaintRef};
use image::{ExtendedColorType, ImageEncoder as _};
use krilla::color::rgb;
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{self, LinearGradient, RadialGradient, SpreadMethod, Stop, SweepGradient};
use krilla::surface::Surface;
use peniko::kurbo::{Affine, Rect, Vec2};
use peniko::{Color, Extend, Gradient, GradientKind, ImageBrushRef, ImageFormat};

use super::ink::{Inks, size_of, transform_of};

/// A picture that is laid out as tiles is laid so often at most.
const TILES: f64 = 2_000.0;

/// Pictures with more pixels may be photographs, and those with so many colours
/// among a thousand pixels are.
const PHOTOGRAPH: usize = 20_000;
const COLOURS: usize = 300;

/// How well photographs are kept, of a hundred.
const QUALITY: u8 = 88;

/// A colour or a gradient; nothing where it cannot be seen, or is a picture.
pub(super) fn of(paint: &PaintRef<'_>, transform: Affine) -> Option<(paint::Paint, NormalizedF32)> {
    match paint {
        Paint::Solid(color) => solid(*color),
        Paint::Gradient(gradient) => Some((shaded(gradient, transform)?, NormalizedF32::ONE)),
        Paint::Image(picture) => solid(single_pixel(picture)?),
        Paint::Resource(_) | Paint::Custom(_) => None,
    }
}

fn solid(color: Color) -> Option<(paint::Paint, NormalizedF32)> {
    let (color, opacity) = parts(color);
    (opacity.get() > 0.0).then(|| (color.into(), opacity))
}

fn parts(color: Color) -> (rgb::Color, NormalizedF32) {
    let rgba = color.to_rgba8();
    let opacity = NormalizedF32::new(f32::from(rgba.a) / 255.0).unwrap_or(NormalizedF32::ONE);
    (rgb::Color::new(rgba.r, rgba.g, rgba.b), opacity)
}

fn shaded(gradient: &Gradient, transform: Affine) -> Option<paint::Paint> {
    let stops: Vec<Stop> = gradient
        .stops
        .iter()
        .filter_map(|stop| {
            let (color, opacity) = parts(stop.color.to_alpha_color());
            Some(Stop {
                offset: NormalizedF32::new(stop.offset.clamp(0.0, 1.0))?,
                color: color.into(),
                opacity,
            })
        })
        .collect();
    if stops.is_empty() {
        return None;
    }
    let transform = transform_of(transform);
    let spread_method = match gradient.extend {
        Extend::Pad => SpreadMethod::Pad,
        Extend::Repeat => SpreadMethod::Repeat,
        Extend::Reflect => SpreadMethod::Reflect,
    };
    Some(match gradient.kind {
        GradientKind::Linear(line) => LinearGradient {
            x1: line.start.x as f32,
            y1: line.start.y as f32,
            x2: line.end.x as f32,
            y2: line.end.y as f32,
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
        GradientKind::Radial(circles) => RadialGradient {
            fx: circles.start_center.x as f32,
            fy: circles.start_center.y as f32,
            fr: circles.start_radius,
            cx: circles.end_center.x as f32,
            cy: circles.end_center.y as f32,
            cr: circles.end_radius,
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
        GradientKind::Sweep(sweep) => SweepGradient {
            cx: sweep.center.x as f32,
            cy: sweep.center.y as f32,
            start_angle: sweep.start_angle.to_degrees(),
            end_angle: sweep.end_angle.to_degrees(),
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
    })
}

/// The colour of a picture that is nothing else.
pub(super) fn single_pixel(picture: &ImageBrushRef<'_>) -> Option<Color> {
    let image = picture.image;
    let is_single = image.width == 1 && image.height == 1;
    match image.data.data() {
        [red, green, blue, alpha] if is_single => {
            let color = Color::from_rgba8(*red, *green, *blue, *alpha);
            Some(color.multiply_alpha(picture.sampler.alpha))
        }
        _ => None,
    }
}

/// Lays a picture beside itself until the area is full, in its own pixels.
pub(super) fn tile(
    surface: &mut Surface<'_>,
    image: &Image,
    alpha: f32,
    transform: Affine,
    area: Rect,
) {
    let (width, height) = image.size();
    let (wide, high) = (f64::from(width), f64::from(height));
    let across = (area.x0 / wide).floor()..(area.x1 / wide).ceil();
    let down = (area.y0 / high).floor()..(area.y1 / high).ceil();
    let count = (across.end - across.start) * (down.end - down.start);
    let Some(size) = size_of(width as f32, height as f32).filter(|_| count <= TILES) else {
        return;
    };
    let faint = NormalizedF32::new(alpha).filter(|alpha| *alpha != NormalizedF32::ONE);
    if let Some(alpha) = faint {
        surface.push_opacity(alpha);
    }
    let mut row = down.start;
    while row < down.end {
        let mut column = across.start;
        while column < across.end {
            let place = transform * Affine::translate(Vec2::new(column * wide, row * high));
            surface.push_transform(&transform_of(place));
            surface.draw_image(image.clone(), size);
            surface.pop();
            column += 1.0;
        }
        row += 1.0;
    }
    if faint.is_some() {
        surface.pop();
    }
}

impl Inks {
    /// A picture for the document: photographs as such, all others exactly.
    pub(super) fn image(&mut self, picture: &ImageBrushRef<'_>) -> Option<Image> {
        let image = picture.image;
        let make = || {
            if image.format != ImageFormat::Rgba8 {
                return None;
            }
            let (width, height, pixels) = (image.width, image.height, image.data.data());
            photograph(pixels, width, height)
                .or_else(|| Some(Image::from_rgba8(pixels.to_vec(), width, height)))
        };
        self.images
            .entry(image.data.id())
            .or_insert_with(make)
            .clone()
    }
}

/// A picture as a JPEG, where nothing is lost by that that could be seen.
fn photograph(rgba: &[u8], width: u32, height: u32) -> Option<Image> {
    let pixels = rgba.len() / 4;
    if pixels < PHOTOGRAPH || rgba.chunks_exact(4).any(|pixel| pixel.last() != Some(&255)) {
        return None;
    }
    let sampled = rgba.chunks_exact(4).step_by((pixels / 1_000).max(1));
    let mut colours: Vec<&[u8]> = sampled.collect();
    colours.sort_unstable();
    colours.dedup();
    if colours.len() < COLOURS {
        return None;
    }
    let rgb: Vec<u8> = rgba
        .chunks_exact(4)
        .flat_map(|pixel| pixel.iter().take(3).copied())
        .collect();
    let mut out = Cursor::new(Vec::new());
    image::codecs::jpeg::JpegEncoder::new_with_quality(&mut out, QUALITY)
        .write_image(&rgb, width, height, ExtendedColorType::Rgb8)
        .ok()?;
    Image::from_jpeg(out.into_inner().into(), true).ok()
}
