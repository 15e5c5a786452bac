//! How the proof of both servers looks: side by side, one line a step.

use std::time::Duration;

use iced::widget::{column, container, row, space as gap, text};
use iced::{Alignment, Length};

use super::Message;
use super::account::Form;
use super::check::{Check, Lane, Phase, Progress, STEPS, step_name};
use super::view::{failure, foot, page, pair, title};
use crate::ui::component::control::text_button;
use crate::ui::component::{icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Width of the page.
const WIDE: f32 = 760.0;
/// Side of the sign before a step.
const SIGN: f32 = 16.0;

/// The page.
pub(super) fn view<'a>(form: &'a Form, check: &'a Check, narrow: bool) -> Element<'a, Message> {
    let sentence = match &check.phase {
        Phase::Running => "Both servers are asked now. Nothing is saved yet.",
        Phase::Saving => "Both servers answered. The account is being saved.",
        Phase::Stopped { by_person: true } => "You stopped it. Nothing was saved.",
        Phase::Stopped { by_person: false } => "Something is not right yet. Nothing was saved.",
    };
    let mut stack = column![
        title(format!("Checking {}", form.email.trim()), sentence),
        pair(
            narrow,
            lane(&check.incoming, form),
            lane(&check.outgoing, form)
        ),
    ]
    .spacing(space::XL);
    if let Some(error) = &check.failure {
        stack = stack.push(failure(error));
    }
    page(stack.push(buttons(check)), WIDE)
}

fn buttons(check: &Check) -> Element<'_, Message> {
    let settled = matches!(check.phase, Phase::Stopped { .. });
    let proven = check.incoming.is_proven() && check.outgoing.is_proven();
    match &check.phase {
        Phase::Running => foot(
            text_button("Cancel", Kind::Secondary, Some(Message::Cancel)),
            [],
        ),
        Phase::Saving => foot(gap().into(), [label("Saving…")]),
        Phase::Stopped { .. } => foot(
            text_button("Change settings", Kind::Secondary, Some(Message::Back)),
            [
                text_button(
                    if proven { "Save" } else { "Save anyway" },
                    Kind::Quiet,
                    settled.then_some(Message::SaveAnyway),
                ),
                text_button("Check again", Kind::Primary, Some(Message::Submit)),
            ],
        ),
    }
}

fn lane<'a>(lane: &'a Lane, form: &'a Form) -> Element<'a, Message> {
    let server = form.server(lane.side);
    let place = format!("{}:{}", server.host.trim(), server.port.trim());
    let steps = STEPS
        .iter()
        .zip(&lane.steps)
        .map(|(step, progress)| self::step(step_name(*step), *progress));
    let mut stack = column![
        column![
            text(lane.side.name()).size(size::BODY).font(font::SEMIBOLD),
            label(place),
        ]
        .spacing(space::XS),
        column(steps).spacing(space::S),
    ]
    .spacing(space::L);
    if let Some(error) = &lane.failure {
        stack = stack.push(failure(error));
    }
    container(stack)
        .padding(space::L)
        .width(Length::Fill)
        .style(theme::container::card)
        .into()
}

fn step<'a>(name: &'a str, progress: Progress) -> Element<'a, Message> {
    let sign = match progress {
        Progress::Waiting => icon(Icon::Circle, SIGN, |t| t.placeholder),
        Progress::Running => icon(Icon::LoaderCircle, SIGN, |t| t.accent),
        Progress::Done(_) => icon(Icon::CircleCheck, SIGN, |t| t.success),
        Progress::Failed(_) => icon(Icon::X, SIGN, |t| t.danger),
        Progress::Skipped => icon(Icon::Circle, SIGN, |t| t.placeholder),
    };
    let words = text(name).size(size::LIST);
    let (words, aside) = match progress {
        Progress::Waiting | Progress::Skipped => (words.style(theme::text::weak), String::new()),
        Progress::Running => (words.font(font::MEDIUM), "…".to_owned()),
        Progress::Done(took) => (words, milliseconds(took)),
        Progress::Failed(took) => (
            words.font(font::MEDIUM).style(theme::text::danger),
            milliseconds(took),
        ),
    };
    row![sign, words, gap().width(Length::Fill), label(aside)]
        .spacing(space::S)
        .align_y(Alignment::Center)
        .into()
}

fn milliseconds(took: Duration) -> String {
    match took.as_millis() {
        0 => "under 1 ms".to_owned(),
        some => format!("{some} ms"),
    }
}
