//! Fields.

use iced::widget::{text_editor, text_input};
use iced::{Background, Border, Color, Theme};

use super::{radius, tokens};

/// A field with a border that turns to the accent under the caret.
pub(crate) fn field(theme: &Theme, status: text_input::Status) -> text_input::Style {
    let t = tokens(theme);
    let (line, width) = match status {
        text_input::Status::Focused { .. } => (t.accent, 2.0),
        text_input::Status::Hovered => (t.text_weak, 1.0),
        text_input::Status::Active | text_input::Status::Disabled => (t.border, 1.0),
    };
    text_input::Style {
        background: Background::Color(if status == text_input::Status::Disabled {
            t.surface_dim
        } else {
            t.surface_raised
        }),
        border: Border::default()
            .rounded(radius::CONTROL)
            .width(width)
            .color(line),
        icon: t.text_weak,
        placeholder: t.text_weak,
        value: t.text,
        selection: t.selection,
    }
}

/// A field, marked where what is in it is wrong.
pub(crate) fn judged(wrong: bool) -> impl Fn(&Theme, text_input::Status) -> text_input::Style {
    move |theme, status| {
        let style = field(theme, status);
        if wrong && !matches!(status, text_input::Status::Focused { .. }) {
            let border = style.border.color(tokens(theme).danger);
            text_input::Style { border, ..style }
        } else {
            style
        }
    }
}

/// A field in a row of its own: no border at all.
pub(crate) fn bare(theme: &Theme, status: text_input::Status) -> text_input::Style {
    text_input::Style {
        background: Background::Color(Color::TRANSPARENT),
        border: Border::default(),
        ..field(theme, status)
    }
}

/// Text to read or write without a frame.
pub(crate) fn editor(theme: &Theme, _status: text_editor::Status) -> text_editor::Style {
    let t = tokens(theme);
    text_editor::Style {
        background: Background::Color(Color::TRANSPARENT),
        border: Border::default(),
        placeholder: t.text_weak,
        value: t.text,
        selection: t.selection,
    }
}
