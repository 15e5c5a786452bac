//! Icons, labels and buttons as every screen shows them.

use iced::alignment::{Horizontal, Vertical};
use iced::widget::{button, container, row, svg, text, tooltip};
use iced::{Color, Length};

use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space, tokens};
use crate::ui::widget::{Element, focusable};

type Colour = fn(&theme::Tokens) -> Color;

/// An icon of `side` pixels in the colour a token gives.
pub(crate) fn icon<'a, Message: 'a>(icon: Icon, side: f32, colour: Colour) -> Element<'a, Message> {
    svg(icon.handle())
        .width(side)
        .height(side)
        .style(move |theme, _| svg::Style {
            color: Some(colour(tokens(theme))),
        })
        .into()
}

fn dimmed_icon<'a, Message: 'a>(
    icon: Icon,
    side: f32,
    colour: Colour,
    enabled: bool,
) -> Element<'a, Message> {
    svg(icon.handle())
        .width(side)
        .height(side)
        .opacity(if enabled { 1.0 } else { 0.4 })
        .style(move |theme, _| svg::Style {
            color: Some(colour(tokens(theme))),
        })
        .into()
}

/// Words in the weaker tone and size.
pub(crate) fn label<'a, Message: 'a>(words: impl text::IntoFragment<'a>) -> Element<'a, Message> {
    text(words)
        .size(size::SMALL)
        .style(theme::text::weak)
        .into()
}

/// Shows `words` while the pointer rests on `content`.
pub(crate) fn tip<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    words: impl text::IntoFragment<'a>,
) -> Element<'a, Message> {
    tooltip(
        content,
        container(text(words).size(size::SMALL))
            .padding([space::XS, space::S])
            .style(theme::container::tooltip),
        tooltip::Position::Bottom,
    )
    .gap(space::XS)
    .delay(std::time::Duration::from_millis(400))
    .into()
}

/// A square button with an icon, its name in a tooltip. Nothing happens, and it
/// is dimmed, without a message.
pub(crate) fn icon_button<'a, Message: Clone + 'a>(
    shown: Icon,
    name: impl text::IntoFragment<'a>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let enabled = on_press.is_some();
    let face = container(dimmed_icon(shown, 18.0, |t| t.text, enabled))
        .align_x(Horizontal::Center)
        .align_y(Vertical::Center)
        .width(Length::Fill)
        .height(Length::Fill);
    let press = button(face)
        .padding(0)
        .width(theme::row::CONTROL)
        .height(theme::row::CONTROL)
        .style(Kind::Quiet.style())
        .on_press_maybe(on_press.clone());
    tip(focusable(press, on_press), name)
}

/// A button with an icon before its words.
pub(crate) fn icon_text_button<'a, Message: Clone + 'a>(
    shown: Icon,
    words: impl text::IntoFragment<'a>,
    kind: Kind,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let colour: Colour = match kind {
        Kind::Primary => |t| t.on_accent,
        Kind::Link => |t| t.accent,
        Kind::Danger => |t| if t.dark { t.surface } else { t.on_accent },
        Kind::Weak => |t| t.text_weak,
        Kind::Secondary | Kind::Quiet => |t| t.text,
    };
    let face = row![
        dimmed_icon(shown, 16.0, colour, on_press.is_some()),
        text(words).size(size::LIST).font(font::MEDIUM),
    ]
    .spacing(space::S)
    .align_y(Vertical::Center);
    pressable(face, kind, on_press)
}

/// A button with words.
pub(crate) fn text_button<'a, Message: Clone + 'a>(
    words: impl text::IntoFragment<'a>,
    kind: Kind,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    pressable(
        text(words).size(size::LIST).font(font::MEDIUM),
        kind,
        on_press,
    )
}

/// Words that show more below them, or hide it again.
pub(crate) fn fold<'a, Message: Clone + 'a>(
    words: impl text::IntoFragment<'a>,
    open: bool,
    message: Message,
) -> Element<'a, Message> {
    let arrow = if open {
        Icon::ChevronDown
    } else {
        Icon::ChevronRight
    };
    let face = row![
        icon(arrow, 16.0, |t| t.text_weak),
        text(words).size(size::LIST).font(font::MEDIUM)
    ]
    .spacing(space::S)
    .align_y(Vertical::Center);
    let press = button(face)
        .padding([space::XS, space::XS])
        .style(Kind::Weak.style());
    focusable_button(press, message)
}

/// A button of any face that the keyboard reaches.
pub(crate) fn focusable_button<'a, Message: Clone + 'a>(
    face: iced::widget::Button<'a, Message>,
    on_press: Message,
) -> Element<'a, Message> {
    focusable(face.on_press(on_press.clone()), Some(on_press)).into()
}

fn pressable<'a, Message: Clone + 'a>(
    face: impl Into<Element<'a, Message>>,
    kind: Kind,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let press = button(
        container(face)
            .height(Length::Fill)
            .align_y(Vertical::Center),
    )
    .padding([0.0, space::M])
    .height(theme::row::CONTROL)
    .style(kind.style())
    .on_press_maybe(on_press.clone());
    focusable(press, on_press).into()
}
