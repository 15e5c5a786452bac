//! The bundled typefaces and their weights.

use std::borrow::Cow;

use iced::Font;
use iced::font::{Style, Weight};

/// Body text.
pub(crate) const REGULAR: Font = Font::with_name("Inter");
/// Names and labels a little above the body.
pub(crate) const MEDIUM: Font = Font {
    weight: Weight::Medium,
    ..REGULAR
};
/// Unread rows and headings.
pub(crate) const SEMIBOLD: Font = Font {
    weight: Weight::Semibold,
    ..REGULAR
};
/// The subject above a message.
pub(crate) const BOLD: Font = Font {
    weight: Weight::Bold,
    ..REGULAR
};
/// Asides.
pub(crate) const ITALIC: Font = Font {
    style: Style::Italic,
    ..REGULAR
};

/// Tables, patches: every letter as wide as the next.
pub(crate) const MONO: Font = Font::with_name("Liberation Mono");

/// The files of the typefaces, loaded once at the start.
pub(crate) fn files() -> Vec<Cow<'static, [u8]>> {
    [
        include_bytes!("../../assets/fonts/Inter-Regular.otf").as_slice(),
        include_bytes!("../../assets/fonts/Inter-Medium.otf").as_slice(),
        include_bytes!("../../assets/fonts/Inter-SemiBold.otf").as_slice(),
        include_bytes!("../../assets/fonts/Inter-Bold.otf").as_slice(),
        include_bytes!("../../assets/fonts/Inter-Italic.otf").as_slice(),
        waxwing::html::page::MONO,
    ]
    .into_iter()
    .map(Cow::Borrowed)
    .collect()
}
