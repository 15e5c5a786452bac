//! Parts of forms: a labelled field, a choice of few, a box to tick, a notice.

use iced::widget::{button, checkbox, column, container, row, text, text_input};
use iced::{Alignment, Length, Theme};

use super::control::{icon, icon_button};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::{Element, focusable};

/// How much a notice weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Good to know.
    Plain,
    /// Needs care.
    Warning,
    /// Something is wrong.
    Danger,
}

/// A name above a field, and below it what is wrong with it.
pub(crate) fn labelled<'a, Message: 'a>(
    name: &'a str,
    field: impl Into<Element<'a, Message>>,
    problem: Option<&'a str>,
) -> Element<'a, Message> {
    let mut stack = column![
        text(name).size(size::SMALL).font(font::MEDIUM),
        field.into(),
    ]
    .spacing(space::XS)
    .width(Length::Fill);
    if let Some(problem) = problem {
        stack = stack.push(text(problem).size(size::SMALL).style(theme::text::danger));
    }
    stack.into()
}

/// A name above a field, and below it what is wrong with it, or else a word
/// that may be overlooked.
pub(crate) fn explained<'a, Message: 'a>(
    name: &'a str,
    field: impl Into<Element<'a, Message>>,
    problem: Option<&'a str>,
    hint: Option<String>,
) -> Element<'a, Message> {
    // The field keeps its place whatever is said, and with it the keyboard.
    let hint = hint.filter(|_| problem.is_none());
    column![labelled(name, field, problem)]
        .push(hint.map(super::label))
        .spacing(space::XS)
        .into()
}

/// A line of text to type into, framed.
pub(crate) fn field<'a, Message: Clone + 'a>(
    id: &'static str,
    placeholder: &str,
    value: &str,
    on_input: impl Fn(String) -> Message + 'a,
) -> text_input::TextInput<'a, Message> {
    text_input(placeholder, value)
        .id(id)
        .on_input(on_input)
        .padding([space::S, space::M])
        .size(size::BODY)
        .style(theme::text_input::field)
}

/// A field whose text is hidden, with the eye that shows it.
pub(crate) fn secret<'a, Message: Clone + 'a>(
    field: text_input::TextInput<'a, Message>,
    revealed: bool,
    what: &str,
    reveal: Message,
) -> Element<'a, Message> {
    let (eye, does) = if revealed {
        (Icon::EyeOff, "Hide")
    } else {
        (Icon::Eye, "Show")
    };
    let eye = icon_button(eye, format!("{does} the {what}"), Some(reveal));
    row![field.secure(!revealed), eye]
        .spacing(space::XS)
        .align_y(Alignment::Center)
        .into()
}

/// One of few, side by side. Those without a message cannot be chosen.
pub(crate) fn segments<'a, Message: Clone + 'a>(
    options: impl IntoIterator<Item = (&'a str, bool, Option<Message>)>,
) -> Element<'a, Message> {
    let options = options.into_iter().map(|(name, chosen, message)| {
        let face = container(text(name).size(size::LIST).font(if chosen {
            font::MEDIUM
        } else {
            font::REGULAR
        }))
        .center(Length::Fill);
        focusable(
            button(face)
                .padding([0.0, space::S])
                .width(Length::Fill)
                .height(theme::row::CONTROL - space::XS)
                .style(segment(chosen))
                .on_press_maybe(message.clone()),
            message,
        )
        .into()
    });
    container(row(options))
        .padding(space::XS / 2.0)
        .style(theme::container::chip)
        .into()
}

fn segment(chosen: bool) -> impl Fn(&Theme, button::Status) -> button::Style {
    move |theme, status| {
        if chosen {
            // What is chosen stays legible where nothing else can be.
            let status = match status {
                button::Status::Disabled => button::Status::Active,
                other => other,
            };
            theme::button::Kind::Secondary.style()(theme, status)
        } else {
            theme::button::Kind::Weak.style()(theme, status)
        }
    }
}

/// One of few, each with a sentence, below each other.
pub(crate) fn option<'a, Message: Clone + 'a>(
    name: impl text::IntoFragment<'a>,
    sentence: impl text::IntoFragment<'a>,
    chosen: bool,
    message: Message,
) -> Element<'a, Message> {
    let words = column![
        text(name).size(size::LIST).font(font::MEDIUM),
        text(sentence).size(size::SMALL).style(theme::text::weak),
    ]
    .spacing(space::XS / 2.0)
    .width(Length::Fill);
    let face = row![container(dot(chosen)).padding([1.0, 0.0]), words].spacing(space::M);
    focusable(
        button(face)
            .padding([space::S, space::M])
            .width(Length::Fill)
            .style(theme::button::option(chosen))
            .on_press(message.clone()),
        Some(message),
    )
    .into()
}

fn dot<'a, Message: 'a>(chosen: bool) -> Element<'a, Message> {
    let inner = container(iced::widget::space().width(6).height(6)).style(move |theme| {
        container::Style::default()
            .background(if chosen {
                theme::tokens(theme).on_accent
            } else {
                iced::Color::TRANSPARENT
            })
            .border(iced::Border::default().rounded(3))
    });
    container(inner)
        .center(14.0)
        .style(move |theme| {
            let t = theme::tokens(theme);
            let line = if chosen { t.accent } else { t.text_weak };
            let style = container::Style::default()
                .border(iced::Border::default().rounded(7).width(1).color(line));
            if chosen {
                style.background(t.accent)
            } else {
                style
            }
        })
        .into()
}

/// A box to tick, reached by Tab as well.
pub(crate) fn tick<'a, Message: Clone + 'a>(
    name: &'a str,
    on: bool,
    toggle: impl Fn(bool) -> Message + 'a,
) -> Element<'a, Message> {
    named_tick("", name, on, toggle)
}

/// A box to tick that the keyboard can be sent to by `id`.
pub(crate) fn named_tick<'a, Message: Clone + 'a>(
    id: &'static str,
    name: &'a str,
    on: bool,
    toggle: impl Fn(bool) -> Message + 'a,
) -> Element<'a, Message> {
    let message = toggle(!on);
    focusable(
        checkbox(on)
            .label(name)
            .on_toggle(toggle)
            .size(size::HEADING)
            .text_size(size::LIST)
            .spacing(space::S)
            .style(tick_style),
        Some(message),
    )
    .id(id)
    .into()
}

fn tick_style(theme: &Theme, status: checkbox::Status) -> checkbox::Style {
    let t = theme::tokens(theme);
    let (checkbox::Status::Active { is_checked }
    | checkbox::Status::Hovered { is_checked }
    | checkbox::Status::Disabled { is_checked }) = status;
    checkbox::Style {
        background: if is_checked {
            t.accent
        } else {
            t.surface_raised
        }
        .into(),
        icon_color: t.on_accent,
        border: iced::Border::default()
            .rounded(theme::radius::CONTROL / 2.0)
            .width(1)
            .color(if is_checked { t.accent } else { t.text_weak }),
        text_color: Some(t.text),
    }
}

/// Something to know, in the flow, with what can be done about it.
pub(crate) fn notice<'a, Message: 'a>(
    tone: Tone,
    words: impl text::IntoFragment<'a>,
    actions: Vec<Element<'a, Message>>,
) -> Element<'a, Message> {
    let sign = match tone {
        Tone::Plain => icon(Icon::Info, 16.0, |t| t.text_weak),
        Tone::Warning => icon(Icon::TriangleAlert, 16.0, |t| t.warning),
        Tone::Danger => icon(Icon::CircleAlert, 16.0, |t| t.danger),
    };
    let line = row![
        sign,
        container(text(words).size(size::LIST)).width(Length::Fill)
    ]
    .extend(actions)
    .spacing(space::S)
    .align_y(Alignment::Center);
    container(line)
        .padding([space::S, space::M])
        .width(Length::Fill)
        .style(match tone {
            Tone::Plain => theme::container::notice,
            Tone::Warning => theme::container::chip,
            Tone::Danger => theme::container::alert,
        })
        .into()
}

/// The ground of a group of fields: they stand out from it in every theme.
pub(crate) fn group(theme: &Theme) -> container::Style {
    let style = theme::container::chip(theme);
    let border = style.border.rounded(theme::radius::CARD);
    style.border(border)
}

/// A button of words for a [`notice`].
pub(crate) fn choice<'a, Message: Clone + 'a>(
    words: &'a str,
    kind: Kind,
    message: Message,
) -> Element<'a, Message> {
    super::control::text_button(words, kind, Some(message))
}
