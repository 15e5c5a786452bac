//! The quiet line at the foot: how the accounts are, in words.

use iced::widget::{container, row, space, text};
use iced::{Alignment, Length};
use waxwing::ErrorKind;
use waxwing::engine::AccountState;
use waxwing::model::Account;

use super::toolbar::grouped;
use super::{Message, State};
use crate::ui::app::Context;
use crate::ui::component::{date, icon};
use crate::ui::icon::Icon;
use crate::ui::theme::{self, Tokens, size, space as gap};
use crate::ui::widget::Element;

/// How an account is, in a sentence.
pub(crate) fn words(state: &AccountState, context: &Context<'_>) -> String {
    match state {
        AccountState::Off => "Switched off".to_owned(),
        AccountState::Idle => "Not checked yet".to_owned(),
        AccountState::Connecting => "Connecting…".to_owned(),
        AccountState::Syncing { done, total, .. } if *total > 0 => {
            format!("Fetching mail: {done} of {total}")
        }
        AccountState::Syncing { folder, .. } => format!("Looking into {folder}…"),
        AccountState::UpToDate(when) => format!("Checked {}", date::ago(when, &context.now)),
        AccountState::Offline {
            error,
            retry,
            checked,
        } => {
            let seconds = (*retry - context.now.to_utc()).num_seconds();
            let again = if seconds > 0 {
                format!("Trying again in {seconds} s")
            } else {
                "Trying again now".to_owned()
            };
            if error.kind() == ErrorKind::Temporary {
                return format!("{} {again}", error.message());
            }
            match checked {
                Some(when) => format!(
                    "Offline, checked {}. {again}",
                    date::ago(when, &context.now)
                ),
                None => format!("Offline. {again}"),
            }
        }
        AccountState::NeedsPassword(_) => "Sign in again".to_owned(),
        AccountState::Broken(error) => error.message().to_owned(),
    }
}

/// The colour of the dot of an account.
pub(crate) fn colour(state: &AccountState) -> fn(&Tokens) -> iced::Color {
    match state {
        AccountState::Idle | AccountState::Off => |t| t.placeholder,
        AccountState::Connecting | AccountState::Syncing { .. } => |t| t.warning,
        AccountState::UpToDate(_) => |t| t.success,
        AccountState::Offline { .. } => |t| t.text_weak,
        AccountState::NeedsPassword(_) | AccountState::Broken(_) => |t| t.danger,
    }
}

fn sign(state: &AccountState) -> Icon {
    match state {
        AccountState::Idle | AccountState::UpToDate(_) => Icon::Check,
        AccountState::Connecting | AccountState::Syncing { .. } => Icon::RefreshCw,
        AccountState::Offline { .. } | AccountState::Off => Icon::WifiOff,
        AccountState::NeedsPassword(_) => Icon::KeyRound,
        AccountState::Broken(_) => Icon::TriangleAlert,
    }
}

impl State {
    /// The line at the foot.
    pub(super) fn status_view<'a>(&'a self, context: &Context<'a>) -> Element<'a, Message> {
        let mut line = row![].spacing(gap::L).align_y(Alignment::Center);
        for account in context.accounts.iter().take(3) {
            if let Some(state) = self.states.get(&account.id) {
                line = line.push(one(account, state, context));
            }
        }
        line = line.push(space().width(Length::Fill));
        if let Some((done, total)) = self.changing {
            let words = format!("Changing messages: {} of {}", grouped(done), grouped(total));
            line = line.push(text(words).size(size::SMALL).style(theme::text::weak));
        }
        if self.sidebar.outbox > 0 {
            let words = match self.sidebar.outbox {
                1 => "1 message waits to be sent".to_owned(),
                count => format!("{count} messages wait to be sent"),
            };
            line = line.push(
                row![
                    icon(Icon::Send, 12.0, |t| t.text_weak),
                    text(words).size(size::SMALL).style(theme::text::weak)
                ]
                .spacing(6)
                .align_y(Alignment::Center),
            );
        }
        container(line)
            .height(28)
            .width(Length::Fill)
            .padding([0.0, gap::L])
            .align_y(Alignment::Center)
            .style(theme::container::bar)
            .into()
    }
}

fn one<'a>(
    account: &'a Account,
    state: &AccountState,
    context: &Context<'_>,
) -> Element<'a, Message> {
    let words = if context.accounts.len() > 1 {
        format!("{}: {}", account.settings.name, words(state, context))
    } else {
        words(state, context)
    };
    row![
        icon(sign(state), 12.0, colour(state)),
        text(words).size(size::SMALL).style(theme::text::weak)
    ]
    .spacing(6)
    .align_y(Alignment::Center)
    .into()
}
