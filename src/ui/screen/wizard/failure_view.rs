//! What failed: the sentence, what to do, the buttons that mend it, and the
//! server's own words one click away.

use iced::widget::{column, container, row, text};
use iced::{Alignment, Length};
use waxwing::Error;
use waxwing::engine::SecretsTrouble;
use waxwing::model::Remedy;

use super::Message;
use super::server::Side;
use crate::ui::component::control::{fold, icon, text_button};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// What failed at that server, with its buttons.
pub(super) fn failure(side: Side, error: &Error, details: bool) -> Element<'_, Message> {
    let remedies: Vec<&Remedy> = error
        .diagnosis()
        .map(|found| found.remedies.iter().collect())
        .unwrap_or_default();
    explained(error, details, buttons(side, &remedies, true))
}

/// What failed, with these buttons.
pub(super) fn explained<'a>(
    error: &'a Error,
    details: bool,
    buttons: Option<Element<'a, Message>>,
) -> Element<'a, Message> {
    let line = row![
        icon(Icon::CircleAlert, 16.0, |t| t.danger),
        container(text(error.message()).size(size::LIST)).width(Length::Fill),
    ]
    .spacing(space::S);
    let mut stack = column![
        container(line)
            .padding(space::M)
            .width(Length::Fill)
            .style(theme::container::alert)
    ]
    .spacing(space::M);
    if SecretsTrouble::of(error).is_some() {
        let elsewhere = text_button(
            "Choose where passwords are kept",
            Kind::Primary,
            Some(Message::KeepElsewhere),
        );
        return stack.push(elsewhere).into();
    }
    if let Some(hint) = error.remedy() {
        stack = stack.push(text(hint).size(size::LIST));
    }
    stack.push(buttons).push(said(error, details)).into()
}

/// The server's own words, folded.
fn said(error: &Error, details: bool) -> Option<Element<'_, Message>> {
    let words = error.words_of_server()?;
    let name = if details { "Hide details" } else { "Details" };
    let mut stack = column![fold(name, details, Message::Details)].spacing(space::XS);
    if details {
        stack = stack.push(
            container(
                text(format!("The server said: “{words}”"))
                    .size(size::SMALL)
                    .style(theme::text::weak)
                    .wrapping(text::Wrapping::WordOrGlyph),
            )
            .padding([space::S, space::M])
            .width(Length::Fill)
            .style(theme::container::card),
        );
    }
    Some(stack.into())
}

/// The buttons, best first; the best is the primary one where nothing else is.
pub(super) fn buttons<'a>(
    side: Side,
    remedies: &[&'a Remedy],
    primary: bool,
) -> Option<Element<'a, Message>> {
    let all = remedy_buttons(side, remedies, primary);
    (!all.is_empty()).then(|| in_a_row(all))
}

pub(super) fn remedy_buttons<'a>(
    side: Side,
    remedies: &[&'a Remedy],
    primary: bool,
) -> Vec<Element<'a, Message>> {
    let button = |(place, remedy): (usize, &&'a Remedy)| {
        let kind = if primary && place == 0 {
            Kind::Primary
        } else {
            Kind::Secondary
        };
        text_button(
            remedy.words(),
            kind,
            Some(Message::Remedy(side, (*remedy).clone())),
        )
    };
    remedies.iter().enumerate().map(button).collect()
}

/// Buttons side by side, as many as there is room for.
pub(super) fn in_a_row(buttons: Vec<Element<'_, Message>>) -> Element<'_, Message> {
    row(buttons)
        .spacing(space::S)
        .align_y(Alignment::Center)
        .wrap()
        .vertical_spacing(space::S)
        .into()
}
