//! The kinds of buttons.

use iced::widget::button::{Status, Style};
use iced::{Background, Border, Color, Shadow, Theme};

use super::palette::blend;
use super::{radius, tokens};

/// What a button is for, which settles how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The one thing to do here.
    Primary,
    /// One of the other things to do.
    Secondary,
    /// Text or icon alone.
    Quiet,
    /// As quiet, in the weaker tone.
    Weak,
    /// Looks like a link.
    Link,
    /// Cannot be taken back.
    Danger,
}

impl Kind {
    /// The style function of iced for it.
    pub(crate) fn style(self) -> fn(&Theme, Status) -> Style {
        match self {
            Self::Primary => primary,
            Self::Secondary => secondary,
            Self::Quiet => quiet,
            Self::Weak => weak,
            Self::Link => link,
            Self::Danger => danger,
        }
    }
}

fn style(background: Option<Color>, text: Color, border: Border) -> Style {
    Style {
        background: background.map(Background::Color),
        text_color: text,
        border,
        shadow: Shadow::default(),
        snap: true,
    }
}

fn rounded() -> Border {
    Border::default().rounded(radius::CONTROL)
}

fn faded(style: Style) -> Style {
    Style {
        text_color: style.text_color.scale_alpha(0.45),
        background: style
            .background
            .map(|background| background.scale_alpha(0.45)),
        ..style
    }
}

fn primary(theme: &Theme, status: Status) -> Style {
    let t = tokens(theme);
    let ground = match status {
        Status::Hovered => blend(t.text, t.accent, 0.12),
        Status::Pressed => blend(t.text, t.accent, 0.22),
        Status::Active | Status::Disabled => t.accent,
    };
    let style = style(Some(ground), t.on_accent, rounded());
    if status == Status::Disabled {
        faded(style)
    } else {
        style
    }
}

fn secondary(theme: &Theme, status: Status) -> Style {
    let t = tokens(theme);
    let ground = match status {
        Status::Hovered | Status::Pressed => t.hover,
        Status::Active | Status::Disabled => t.surface_raised,
    };
    let style = style(Some(ground), t.text, rounded().width(1).color(t.border));
    if status == Status::Disabled {
        faded(style)
    } else {
        style
    }
}

fn quiet(theme: &Theme, status: Status) -> Style {
    let t = tokens(theme);
    let ground = match status {
        Status::Hovered => Some(t.hover),
        Status::Pressed => Some(t.selection),
        Status::Active | Status::Disabled => None,
    };
    let style = style(ground, t.text, rounded());
    if status == Status::Disabled {
        faded(style)
    } else {
        style
    }
}

fn weak(theme: &Theme, status: Status) -> Style {
    Style {
        text_color: match status {
            Status::Disabled => tokens(theme).text_weak.scale_alpha(0.45),
            _ => tokens(theme).text_weak,
        },
        ..quiet(theme, status)
    }
}

fn link(theme: &Theme, status: Status) -> Style {
    Style {
        text_color: tokens(theme).accent,
        ..quiet(theme, status)
    }
}

fn danger(theme: &Theme, status: Status) -> Style {
    let t = tokens(theme);
    let ground = match status {
        Status::Hovered => blend(t.text, t.danger, 0.12),
        Status::Pressed => blend(t.text, t.danger, 0.22),
        Status::Active | Status::Disabled => t.danger,
    };
    let on = if t.dark { t.surface } else { t.on_accent };
    let style = style(Some(ground), on, rounded());
    if status == Status::Disabled {
        faded(style)
    } else {
        style
    }
}

/// A row of the sidebar or of a menu.
pub(crate) fn row(selected: bool) -> impl Fn(&Theme, Status) -> Style {
    move |theme, status| {
        let t = tokens(theme);
        let ground = match (selected, status) {
            (true, _) => Some(t.selection),
            (false, Status::Hovered | Status::Pressed) => Some(blend(
                t.text,
                t.surface_dim,
                if t.dark { 0.10 } else { 0.06 },
            )),
            (false, _) => None,
        };
        style(ground, t.text, rounded())
    }
}

/// A row of the sidebar on which something that is drawn there would land, or
/// could not.
pub(crate) fn landing(lands: bool, can: bool) -> impl Fn(&Theme, Status) -> Style {
    move |theme, _| {
        let t = tokens(theme);
        let text = if can { t.text } else { t.text_weak };
        if lands {
            let line = rounded().width(2).color(t.accent);
            style(Some(t.accent_soft), text, line)
        } else {
            style(None, text, rounded())
        }
    }
}

/// One of few ways, as a row with a sentence.
pub(crate) fn option(chosen: bool) -> impl Fn(&Theme, Status) -> Style {
    move |theme, status| {
        let t = tokens(theme);
        let ground = match status {
            Status::Hovered | Status::Pressed => t.hover,
            Status::Active | Status::Disabled => t.surface_raised,
        };
        let line = if chosen { t.accent } else { t.border };
        style(Some(ground), t.text, rounded().width(1).color(line))
    }
}
