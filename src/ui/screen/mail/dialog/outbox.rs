//! What waits to be sent, how far each message is, and what can be done.

use iced::widget::{column, container, row, scrollable, space, text};
use iced::{Alignment, Length};
use waxwing::model::{OutboxItem, SendState};

use super::{Message, title};
use crate::ui::component::control::text_button;
use crate::ui::component::label;
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// How far a message is, in a sentence.
fn words(item: &OutboxItem) -> String {
    let state = match item.state {
        SendState::Waiting => "Waits to be sent.",
        SendState::Sending => "Is being sent now.",
        SendState::Sent => "Sent.",
        SendState::Failed => "Could not be sent.",
        SendState::Uncertain => {
            "The connection broke while it was handed over. It may have been sent."
        }
    };
    match &item.last_error {
        Some(error) => format!("{state} {error}"),
        None => state.to_owned(),
    }
}

/// The list of them.
pub(super) fn view(items: &[OutboxItem]) -> Element<'_, Message> {
    let list: Element<'_, Message> = if items.is_empty() {
        label("Nothing waits to be sent.")
    } else {
        scrollable(column(items.iter().map(one)).spacing(gap::M))
            .style(theme::scrollable::slim)
            .into()
    };
    column![
        title("Outbox"),
        list,
        row![
            space().width(Length::Fill),
            text_button("Close", Kind::Secondary, Some(Message::Cancel))
        ],
    ]
    .spacing(gap::L)
    .into()
}

fn one(item: &OutboxItem) -> Element<'_, Message> {
    let to: Vec<_> = item
        .recipients
        .iter()
        .map(|recipient| recipient.address.as_str())
        .collect();
    let subject = if item.subject.is_empty() {
        "(no subject)"
    } else {
        &item.subject
    };
    let failed = matches!(item.state, SendState::Failed | SendState::Uncertain);
    let state = text(words(item)).size(size::SMALL).style(if failed {
        theme::text::danger
    } else {
        theme::text::weak
    });
    let idle = !matches!(item.state, SendState::Sending | SendState::Sent);
    container(
        column![
            text(subject).size(size::BODY).font(font::MEDIUM),
            label(format!("To {}", to.join(", "))),
            state,
            row![
                text_button(
                    "Send now",
                    Kind::Secondary,
                    idle.then_some(Message::Retry(item.id))
                ),
                text_button(
                    "Take back and edit",
                    Kind::Quiet,
                    idle.then_some(Message::TakeBack(item.id))
                ),
            ]
            .spacing(gap::S)
            .align_y(Alignment::Center),
        ]
        .spacing(gap::XS),
    )
    .padding(gap::M)
    .width(Length::Fill)
    .style(theme::container::chip)
    .into()
}
