//! How the window looks: colour tokens, measures and the style of each kind of
//! widget. Views name tokens and styles, never colours and numbers.

pub(crate) mod button;
pub(crate) mod container;
pub(crate) mod palette;
pub(crate) mod scrollable;
pub(crate) mod text;
pub(crate) mod text_input;
pub(crate) mod tokens;

use iced::Theme;
use iced::theme::{Base as _, Mode, Palette};

pub(crate) use waxwing::config::settings::ThemeChoice;

pub(crate) use tokens::{Tokens, radius, row, size, space};

/// The theme to draw with, from the choice and the desktop's mode.
pub(crate) fn theme(choice: ThemeChoice, system: Mode) -> Theme {
    let tokens = match (choice, system) {
        (ThemeChoice::HighContrast, _) => &palette::HIGH_CONTRAST,
        (ThemeChoice::Dark, _) | (ThemeChoice::System, Mode::Dark) => &palette::DARK,
        _ => &palette::LIGHT,
    };
    Theme::custom(
        tokens.name,
        Palette {
            background: tokens.surface,
            text: tokens.text,
            primary: tokens.accent,
            success: tokens.success,
            warning: tokens.warning,
            danger: tokens.danger,
        },
    )
}

/// The tokens behind a theme that [`theme`] made.
pub(crate) fn tokens(theme: &Theme) -> &'static Tokens {
    let name = theme.name();
    palette::ALL
        .into_iter()
        .find(|tokens| tokens.name == name)
        .unwrap_or(&palette::LIGHT)
}

/// The rule between panes and rows.
pub(crate) fn rule(theme: &Theme) -> iced::widget::rule::Style {
    iced::widget::rule::Style {
        color: tokens(theme).border,
        radius: 0.0.into(),
        fill_mode: iced::widget::rule::FillMode::Full,
        snap: true,
    }
}

/// The rule above the pane in which the keyboard moves.
pub(crate) fn rule_of_keyboard(theme: &Theme) -> iced::widget::rule::Style {
    iced::widget::rule::Style {
        color: tokens(theme).accent,
        ..rule(theme)
    }
}
