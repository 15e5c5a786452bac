//! How the proof of both servers looks: side by side, one line a step.

use std::time::Duration;

use iced::widget::{column, container, row, space as gap, text};
use iced::{Alignment, Length};
use waxwing::Error;
use waxwing::model::Remedy;

use super::check::{Check, Lane, Phase, Progress, STEPS, step_name};
use super::failure_view::{buttons, explained, failure, in_a_row, remedy_buttons};
use super::form::Part;
use super::server::Side;
use super::view::{WIDE, foot, page, pair, secret, title};
use super::{Message, State};
use crate::ui::component::control::text_button;
use crate::ui::component::{form, icon, label};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// Side of the sign before a step.
const SIGN: f32 = 16.0;

impl State {
    pub(super) fn check_view<'a>(&'a self, check: &'a Check, narrow: bool) -> Element<'a, Message> {
        let sentence = match &check.phase {
            Phase::Running => "Both servers are asked now. Nothing is saved yet.",
            Phase::Saving => "Both servers answered. The account is being saved.",
            Phase::Stopped { by_person: true } => "You stopped it. Nothing was saved.",
            Phase::Stopped { by_person: false } => "Something is not right yet. Nothing was saved.",
        };
        let address = self.form.email.trim();
        let mut stack = column![
            title(format!("Checking {address}"), sentence),
            pair(
                narrow,
                self.lane_view(check, Side::Incoming),
                self.lane_view(check, Side::Outgoing)
            ),
        ]
        .spacing(space::XL);
        if let Some(error) = &check.failure {
            let side = self.form.side_without_secret();
            stack = stack.push(failure(side, error, self.details));
        }
        page(stack, WIDE, check_foot(check))
    }

    fn lane_view<'a>(&'a self, check: &'a Check, side: Side) -> Element<'a, Message> {
        let lane = check.lane(side);
        let server = self.form.server(side);
        let steps = STEPS
            .iter()
            .zip(&lane.steps)
            .map(|(step, progress)| self::step(step_name(*step, server.protocol), *progress));
        let place = format!(
            "{}:{} · {}",
            server.host.trim(),
            server.port.trim(),
            server.security.name()
        );
        let mut stack = column![
            column![
                row![
                    text(side.name()).size(size::BODY).font(font::SEMIBOLD),
                    gap().width(Length::Fill),
                    verdict(lane),
                ]
                .align_y(Alignment::Center),
                label(place),
            ]
            .spacing(space::XS),
            column(steps).spacing(space::S),
        ]
        .spacing(space::L);
        if let Some(error) = &lane.failure {
            stack = stack.push(self.mended_view(check, lane, error));
        }
        container(stack)
            .padding(space::L)
            .width(Length::Fill)
            .style(form::group)
            .into()
    }

    /// What failed, the password where it can be typed again, and the buttons.
    fn mended_view<'a>(
        &'a self,
        check: &'a Check,
        lane: &'a Lane,
        error: &'a Error,
    ) -> Element<'a, Message> {
        let remedies = lane.remedies();
        let part = self.form.password_of(lane.side);
        let types = |lane: &Lane| self.form.types_beside(lane);
        // One primary button on the page: what fails first is mended first.
        let first = lane.side == Side::Incoming || check.incoming.failure.is_none();
        // One field for one password: in the first lane that wants it.
        let here = types(lane)
            && (lane.side == Side::Incoming
                || part == Part::OutgoingPassword
                || !types(check.lane(Side::Incoming)));
        let shown: Vec<&Remedy> = remedies
            .iter()
            .filter(|remedy| !(here && **remedy == Remedy::TypePassword))
            .collect();
        let typed_first = here && remedies.first() == Some(&Remedy::TypePassword);
        if !here {
            let primary = check.is_stopped() && first;
            let buttons = buttons(lane.side, &shown, primary);
            return explained(error, self.details, buttons);
        }
        let again = text_button(
            "Try this password",
            if first && typed_first {
                Kind::Primary
            } else {
                Kind::Secondary
            },
            check.is_stopped().then_some(Message::Submit),
        );
        let mut all = remedy_buttons(lane.side, &shown, first && !typed_first);
        all.insert(if typed_first { 0 } else { all.len() }, again);
        let mends = column![secret("Password", part, &self.form), in_a_row(all)].spacing(space::M);
        explained(error, self.details, Some(mends.into()))
    }
}

/// The sign of the whole server, at the head of its card.
fn verdict<'a>(lane: &Lane) -> Element<'a, Message> {
    if lane.failure.is_some() {
        icon(Icon::CircleAlert, SIGN, |t| t.danger)
    } else if lane.is_proven() {
        icon(Icon::CircleCheck, SIGN, |t| t.success)
    } else {
        gap().width(SIGN).into()
    }
}

fn check_foot(check: &Check) -> Element<'_, Message> {
    let proven = check.incoming.is_proven() && check.outgoing.is_proven();
    // A remedy is the primary button where there is one.
    let mut lanes = Side::BOTH.map(|side| check.lane(side)).into_iter();
    let mended = lanes.any(|lane| !lane.remedies().is_empty()) || check.is_saving_mended();
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
                    Some(Message::SaveAnyway),
                ),
                text_button(
                    "Check again",
                    if mended {
                        Kind::Secondary
                    } else {
                        Kind::Primary
                    },
                    Some(Message::Submit),
                ),
            ],
        ),
    }
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
        Progress::Done(took) => (words, took_words(took)),
        Progress::Failed(took) => (
            words.font(font::MEDIUM).style(theme::text::danger),
            took_words(took),
        ),
    };
    row![sign, words, gap().width(Length::Fill), label(aside)]
        .spacing(space::S)
        .align_y(Alignment::Center)
        .into()
}

fn took_words(took: Duration) -> String {
    match took.as_millis() {
        0 => "under 1 ms".to_owned(),
        some @ 1..1000 => format!("{some} ms"),
        _ => format!("{:.1} s", took.as_secs_f32()),
    }
}
