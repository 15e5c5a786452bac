//! A mail screen with a made-up engine behind it.

use iced::Size;
use iced::keyboard::Modifiers;
use iced_test::Simulator;
use waxwing::model::Account;

use super::fixture;
use crate::ui::Options;
use crate::ui::app::{Action, Context, Query, Verb};
use crate::ui::command::UserCommand;
use crate::ui::screen::mail::{Message, State};

/// The screen, and what it asked for that was not a question.
pub(super) struct Harness {
    pub(super) mail: State,
    pub(super) accounts: Vec<Account>,
    pub(super) options: Options,
    pub(super) rows: i64,
    /// Questions that are held back instead of answered.
    pub(super) held: Option<Vec<Query>>,
    pub(super) actions: Vec<Action<Message>>,
}

impl Harness {
    /// A screen that shows the inbox with so many rows.
    pub(super) fn with_rows(rows: i64) -> Self {
        let mut harness = Self {
            mail: State::default(),
            accounts: fixture::accounts(),
            options: Options::default(),
            rows,
            held: None,
            actions: Vec::new(),
        };
        let mut mail = std::mem::take(&mut harness.mail);
        let action = mail.accounts_changed(&harness.context());
        harness.mail = mail;
        harness.settle(action);
        harness
    }

    pub(super) fn context(&self) -> Context<'_> {
        Context {
            engine: None,
            options: &self.options,
            accounts: &self.accounts,
            now: fixture::now(),
            modifiers: Modifiers::empty(),
        }
    }

    pub(super) fn send(&mut self, message: Message) {
        let mut mail = std::mem::take(&mut self.mail);
        let action = mail.update(message, &self.context());
        self.mail = mail;
        self.settle(action);
    }

    pub(super) fn command(&mut self, command: UserCommand) {
        self.send(Message::Command(command));
    }

    pub(super) fn settle(&mut self, action: Action<Message>) {
        for action in action.flatten() {
            match action {
                Action::Ask(query) => match &mut self.held {
                    Some(held) => held.push(query),
                    None => self.send(fixture::answer(query, self.rows)),
                },
                other => self.actions.push(other),
            }
        }
    }

    /// What was done to messages since the last look.
    pub(super) fn verbs(&mut self) -> Vec<Verb> {
        std::mem::take(&mut self.actions)
            .into_iter()
            .filter_map(|action| match action {
                Action::Perform(verb) => Some(verb),
                _ => None,
            })
            .collect()
    }

    /// Lets `drive` use the drawn screen, then follows what came of it.
    pub(super) fn with_ui(
        &mut self,
        size: (f32, f32),
        drive: impl FnOnce(&mut Simulator<'_, Message>),
    ) {
        self.mail.resized(Size::new(size.0, size.1));
        let messages: Vec<_> = {
            let view = self.mail.view(&self.context());
            let mut ui =
                Simulator::with_size(crate::ui::settings(), Size::new(size.0, size.1), view);
            drive(&mut ui);
            ui.into_messages().collect()
        };
        for message in messages {
            self.send(message);
        }
    }
}
