//! What waits to be sent, how far each message is, and what can be done.

use chrono::Local;
use iced::widget::{column, container, row, scrollable, space, text};
use iced::{Alignment, Length};
use waxwing::model::{OutboxItem, Recipient, SendState};

use super::{Message, title};
use crate::ui::component::control::text_button;
use crate::ui::component::label;
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space as gap};
use crate::ui::widget::Element;

/// How far a message is, in a sentence.
fn words(item: &OutboxItem) -> String {
    let state = item.state.title();
    let some_have_it = item.recipients.iter().any(Recipient::is_accepted);
    let more = match (item.state, &item.last_error) {
        (SendState::Waiting, _) if some_have_it => "Some have it already. ",
        (SendState::Uncertain, None) => {
            "The connection broke while it was handed over. It may have been sent."
        }
        _ => "",
    };
    let when = item
        .next_attempt
        .filter(|_| item.state == SendState::Waiting)
        .map(|time| time.with_timezone(&Local).format(" until %-d %B, %H:%M"));
    let when = when.map(|words| words.to_string()).unwrap_or_default();
    let error = item.last_error.as_deref().unwrap_or_default();
    format!("{state}{when}. {more}{error}")
        .trim_end()
        .to_owned()
}

/// What is still to be sent.
pub(in super::super) fn unsent(items: &[OutboxItem]) -> usize {
    let is_unsent = |item: &&OutboxItem| item.state != SendState::Sent;
    items.iter().filter(is_unsent).count()
}

/// Whether to quit although something waits to be sent.
pub(super) fn leave_view<'a>(items: &[OutboxItem]) -> Element<'a, Message> {
    let count = unsent(items);
    let question = match count {
        1 => "A message is still in the outbox".to_owned(),
        count => format!("{count} messages are still in the outbox"),
    };
    let asked = items
        .iter()
        .filter(|item| item.state.needs_person())
        .count();
    let words = if asked == count {
        "Nothing is lost. They wait there for you to decide."
    } else {
        "Nothing is lost. What waits leaves the next time Waxwing runs."
    };
    column![
        text(question).size(size::HEADING).font(font::SEMIBOLD),
        text(words).size(size::BODY),
        row![
            space().width(Length::Fill),
            text_button("Stay", Kind::Secondary, Some(Message::Cancel)),
            text_button("Quit", Kind::Primary, Some(Message::Confirm))
        ]
        .spacing(gap::S),
    ]
    .spacing(gap::L)
    .into()
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
    let failed = item.state.needs_person();
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
