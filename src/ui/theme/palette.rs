//! The three looks. Every pair of text and ground that meets on screen keeps a
//! contrast of at least 4.5:1 (WCAG 2.2, 1.4.3); a test measures them.

use iced::{Color, color};

use super::Tokens;

/// Every look.
pub(crate) const ALL: [&Tokens; 3] = [&LIGHT, &DARK, &HIGH_CONTRAST];

/// Paper and warm greys.
pub(crate) const LIGHT: Tokens = Tokens {
    name: "waxwing-light",
    dark: false,
    surface: color!(0xffffff),
    surface_dim: color!(0xf6f4f1),
    surface_raised: color!(0xffffff),
    text: color!(0x231f1c),
    text_weak: color!(0x665f58),
    accent: color!(0xb93f1c),
    on_accent: color!(0xffffff),
    accent_soft: color!(0xfbe9e2),
    danger: color!(0xb3261e),
    warning: color!(0x855300),
    success: color!(0x2b6b34),
    border: color!(0xe5e0da),
    selection: color!(0xf8e6de),
    hover: color!(0xf1eeea),
    unread: color!(0xc9461f),
    star: color!(0xc98a12),
    mark: color!(0xffe38f),
    placeholder: color!(0xe2ddd7),
};

/// Warm near-black.
pub(crate) const DARK: Tokens = Tokens {
    name: "waxwing-dark",
    dark: true,
    surface: color!(0x1f1d1b),
    surface_dim: color!(0x191715),
    surface_raised: color!(0x292623),
    text: color!(0xebe6e0),
    text_weak: color!(0xaaa299),
    accent: color!(0xf2805f),
    on_accent: color!(0x26110a),
    accent_soft: color!(0x3d281f),
    danger: color!(0xff8d83),
    warning: color!(0xe8b65c),
    success: color!(0x86cc90),
    border: color!(0x383430),
    selection: color!(0x452b20),
    hover: color!(0x2b2825),
    unread: color!(0xf2805f),
    star: color!(0xe8b65c),
    mark: color!(0x4d360c),
    placeholder: color!(0x3a3632),
};

/// Black and white with one bright accent.
pub(crate) const HIGH_CONTRAST: Tokens = Tokens {
    name: "waxwing-high-contrast",
    dark: true,
    surface: color!(0x000000),
    surface_dim: color!(0x000000),
    surface_raised: color!(0x101010),
    text: color!(0xffffff),
    text_weak: color!(0xdedede),
    accent: color!(0xffa06b),
    on_accent: color!(0x000000),
    accent_soft: color!(0x2b1a10),
    danger: color!(0xff9a92),
    warning: color!(0xffd166),
    success: color!(0x8be79a),
    border: color!(0xb8b8b8),
    selection: color!(0x5c2a12),
    hover: color!(0x2a2a2a),
    unread: color!(0xffa06b),
    star: color!(0xffd166),
    mark: color!(0x4a3500),
    placeholder: color!(0x5a5a5a),
};

/// `over` laid on `under` with `alpha` of it.
pub(crate) fn blend(over: Color, under: Color, alpha: f32) -> Color {
    let mix = |a: f32, b: f32| a * alpha + b * (1.0 - alpha);
    Color::from_rgb(
        mix(over.r, under.r),
        mix(over.g, under.g),
        mix(over.b, under.b),
    )
}
