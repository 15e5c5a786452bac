//! Slim scroll bars.

use iced::widget::container;
use iced::widget::scrollable::{AutoScroll, Rail, Scroller, Status, Style};
use iced::{Background, Border, Color, Shadow, Theme};

use super::tokens;

/// A bar that is only there to be dragged.
pub(crate) fn slim(theme: &Theme, status: Status) -> Style {
    let t = tokens(theme);
    let colour = match status {
        Status::Active { .. } => t.placeholder,
        Status::Hovered { .. } | Status::Dragged { .. } => t.text_weak.scale_alpha(0.6),
    };
    let rail = Rail {
        background: None,
        border: Border::default(),
        scroller: Scroller {
            background: Background::Color(colour),
            border: Border::default().rounded(4),
        },
    };
    Style {
        container: container::Style::default(),
        vertical_rail: rail,
        horizontal_rail: rail,
        gap: None,
        auto_scroll: AutoScroll {
            background: Background::Color(t.surface_raised),
            border: Border::default().rounded(16).width(1).color(t.border),
            shadow: Shadow {
                color: Color::TRANSPARENT,
                ..Shadow::default()
            },
            icon: t.text_weak,
        },
    }
}
