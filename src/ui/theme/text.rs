//! The tones of text.

use iced::Theme;
use iced::widget::text::Style;

use super::tokens;

/// May be overlooked.
pub(crate) fn weak(theme: &Theme) -> Style {
    Style {
        color: Some(tokens(theme).text_weak),
    }
}

/// Calls.
pub(crate) fn accent(theme: &Theme) -> Style {
    Style {
        color: Some(tokens(theme).accent),
    }
}

/// Something failed.
pub(crate) fn danger(theme: &Theme) -> Style {
    Style {
        color: Some(tokens(theme).danger),
    }
}
