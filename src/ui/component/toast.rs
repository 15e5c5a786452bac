//! Short news at the foot of a window, with a way back.

use std::time::{Duration, Instant};

use iced::widget::{column, container, row, space as gap, text};
use iced::{Alignment, Length};

use waxwing::model::OutboxId;

use super::control::{icon, icon_button, text_button};
use crate::ui::icon::Icon;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space};
use crate::ui::widget::Element;

/// How long news stays at least.
const STAYS: Duration = Duration::from_secs(10);
/// How many lie on top of each other; the oldest go first.
const MOST: usize = 3;

/// What the button of a toast takes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Undo {
    /// The last change of messages.
    LastVerb,
    /// Sending.
    Send(OutboxId),
    /// That a search was removed.
    RemovedSearch,
}

/// One piece of news.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Toast {
    /// The sentence.
    pub(crate) words: String,
    /// Whether something went wrong.
    pub(crate) is_error: bool,
    /// What can be taken back.
    pub(crate) undo: Option<Undo>,
    /// How long it stays.
    pub(crate) stays: Duration,
}

impl Toast {
    /// Something was done.
    pub(crate) fn done(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            is_error: false,
            undo: None,
            stays: STAYS,
        }
    }

    /// Something went wrong.
    pub(crate) fn error(words: impl Into<String>) -> Self {
        Self {
            is_error: true,
            ..Self::done(words)
        }
    }

    /// With a button that takes it back.
    pub(crate) fn undo(self, undo: Undo) -> Self {
        Self {
            undo: Some(undo),
            ..self
        }
    }
}

/// What a person does with the news.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Takes it back.
    Undo(u64),
    /// Puts it away.
    Dismiss(u64),
    /// Time passed.
    Tick(Instant),
}

/// The news that is shown.
#[derive(Debug, Default)]
pub(crate) struct Toasts {
    next: u64,
    shown: Vec<(u64, Toast, Instant)>,
}

impl Toasts {
    /// Shows one more.
    pub(crate) fn push(&mut self, toast: Toast, now: Instant) {
        // Only the newest change can be taken back by "the last one".
        if matches!(toast.undo, Some(Undo::LastVerb | Undo::RemovedSearch)) {
            for (_, older, _) in &mut self.shown {
                if older.undo == toast.undo {
                    older.undo = None;
                }
            }
        }
        self.next += 1;
        let until = now + toast.stays;
        self.shown.push((self.next, toast, until));
        if self.shown.len() > MOST {
            self.shown.remove(0);
        }
    }

    /// Whether a clock is needed.
    pub(crate) fn is_empty(&self) -> bool {
        self.shown.is_empty()
    }

    /// The sentences that are shown, oldest first.
    #[cfg(test)]
    pub(crate) fn words(&self) -> Vec<&str> {
        self.shown
            .iter()
            .map(|(_, toast, _)| toast.words.as_str())
            .collect()
    }

    /// Follows a press or the clock; says what is to be taken back.
    pub(crate) fn update(&mut self, message: &Message) -> Option<Undo> {
        match message {
            Message::Undo(id) => {
                let index = self.shown.iter().position(|(shown, ..)| shown == id)?;
                self.shown.remove(index).1.undo
            }
            Message::Dismiss(id) => {
                self.shown.retain(|(shown, ..)| shown != id);
                None
            }
            Message::Tick(now) => {
                self.shown.retain(|(.., until)| until > now);
                None
            }
        }
    }

    /// Whether something can be taken back by key.
    pub(crate) fn newest_undo(&mut self) -> Option<Undo> {
        let index = self
            .shown
            .iter()
            .rposition(|(_, toast, _)| toast.undo.is_some())?;
        self.shown.remove(index).1.undo
    }

    /// The stack, at the foot.
    pub(crate) fn view(&self) -> Element<'_, Message> {
        let cards = self.shown.iter().map(|(id, toast, _)| {
            let sign = if toast.is_error {
                icon(Icon::CircleAlert, 18.0, |t| t.danger)
            } else {
                icon(Icon::CircleCheck, 18.0, |t| t.success)
            };
            let mut line = row![sign, text(&toast.words).size(size::LIST)]
                .spacing(space::S)
                .align_y(Alignment::Center);
            if toast.undo.is_some() {
                line = line.push(text_button("Undo", Kind::Link, Some(Message::Undo(*id))));
            } else {
                line = line.push(gap().width(space::S));
            }
            line = line.push(icon_button(Icon::X, "Dismiss", Some(Message::Dismiss(*id))));
            container(line)
                .padding([space::XS, space::S])
                .padding(iced::Padding {
                    left: space::M,
                    right: space::XS,
                    top: space::XS,
                    bottom: space::XS,
                })
                .max_width(560)
                .style(theme::container::toast)
                .into()
        });
        container(column(cards).spacing(space::S).align_x(Alignment::Center))
            .width(Length::Fill)
            .height(Length::Fill)
            .align_x(Alignment::Center)
            .align_y(Alignment::End)
            .padding(iced::Padding {
                bottom: 44.0,
                ..iced::Padding::from(space::L)
            })
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_change_can_be_taken_back() {
        let now = Instant::now();
        let mut toasts = Toasts::default();
        toasts.push(Toast::done("a").undo(Undo::LastVerb), now);
        toasts.push(Toast::done("b").undo(Undo::LastVerb), now);
        assert_eq!(toasts.update(&Message::Undo(1)), None);
        assert_eq!(toasts.update(&Message::Undo(2)), Some(Undo::LastVerb));
        assert!(toasts.is_empty());
    }

    #[test]
    fn news_stays_ten_seconds() {
        let now = Instant::now();
        let mut toasts = Toasts::default();
        toasts.push(Toast::done("a"), now);
        toasts.update(&Message::Tick(now + Duration::from_secs(9)));
        assert_eq!(toasts.words(), ["a"]);
        toasts.update(&Message::Tick(now + Duration::from_secs(10)));
        assert!(toasts.is_empty());
    }
}
