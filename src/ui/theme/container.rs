//! The grounds things lie on.

use iced::widget::container::Style;
use iced::{Border, Color, Theme};

use super::{radius, tokens};

/// Behind mail.
pub(crate) fn surface(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default().background(t.surface).color(t.text)
}

/// The sidebar.
pub(crate) fn sidebar(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default().background(t.surface_dim).color(t.text)
}

/// Toolbar and status line.
pub(crate) fn bar(theme: &Theme) -> Style {
    sidebar(theme)
}

/// A card within a pane.
pub(crate) fn card(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default()
        .background(t.surface_raised)
        .color(t.text)
        .border(
            Border::default()
                .rounded(radius::CARD)
                .width(1)
                .color(t.border),
        )
}

/// What floats above the window: menus, dialogs. A firm line instead of a
/// shadow: the CPU renderer of iced 0.14 draws a shadow over itself again and
/// again when a part of the window changes.
pub(crate) fn floating(theme: &Theme) -> Style {
    let t = tokens(theme);
    let line = super::palette::blend(t.text_weak, t.surface_raised, 0.45);
    card(theme).border(Border::default().rounded(radius::CARD).width(1).color(line))
}

/// A toast: the other way round than the window, to be seen.
pub(crate) fn toast(theme: &Theme) -> Style {
    floating(theme)
}

/// A short word on a soft ground.
pub(crate) fn chip(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default()
        .background(t.surface_dim)
        .color(t.text)
        .border(
            Border::default()
                .rounded(radius::CONTROL)
                .width(1)
                .color(t.border),
        )
}

/// A notice in the flow: something to know, nothing to fear.
pub(crate) fn notice(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default()
        .background(t.surface_dim)
        .color(t.text_weak)
        .border(Border::default().rounded(radius::CONTROL))
}

/// A notice that something is wrong.
pub(crate) fn alert(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default()
        .background(t.accent_soft)
        .color(t.text)
        .border(Border::default().rounded(radius::CONTROL))
}

/// Behind the words of a tooltip.
pub(crate) fn tooltip(theme: &Theme) -> Style {
    let t = tokens(theme);
    Style::default()
        .background(t.text)
        .color(t.surface)
        .border(Border::default().rounded(radius::CONTROL))
}

/// Over the window while a dialog is open.
pub(crate) fn veil(theme: &Theme) -> Style {
    let alpha = if tokens(theme).dark { 0.55 } else { 0.32 };
    Style::default().background(Color::BLACK.scale_alpha(alpha))
}
