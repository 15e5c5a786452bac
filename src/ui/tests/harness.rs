//! A mail screen with a made-up engine behind it.

use iced::keyboard::{Key, Modifiers, key::Named};
use iced::{Event, Point, Size, mouse};
use iced_test::Simulator;
use waxwing::config::UiState;
use waxwing::config::settings::SavedSearch;
use waxwing::model::Account;

use super::fixture;
use crate::ui::Options;
use crate::ui::app::{Action, Context, Query, Verb};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::{Message, State};

/// A key with a name and nothing held.
pub(in crate::ui) fn named(named: Named) -> Press {
    Press {
        key: Key::Named(named),
        modified: Key::Named(named),
        modifiers: Modifiers::empty(),
    }
}

/// Where words stand in the window.
pub(in crate::ui) fn middle_of(ui: &mut Simulator<'_, Message>, words: &str) -> Point {
    ui.find(words).unwrap().bounds().center()
}

/// The pointer goes to a place, and whoever listens hears of it.
pub(in crate::ui) fn go_to(ui: &mut Simulator<'_, Message>, position: Point) {
    ui.point_at(position);
    ui.simulate([Event::Mouse(mouse::Event::CursorMoved { position })]);
}

/// A window with all three panes.
pub(in crate::ui) const WIDE: (f32, f32) = (1280.0, 800.0);

/// The screen, and what it asked for that was not a question.
pub(in crate::ui) struct Harness {
    pub(in crate::ui) mail: State,
    pub(in crate::ui) accounts: Vec<Account>,
    pub(in crate::ui) options: Options,
    pub(in crate::ui) kept: UiState,
    pub(in crate::ui) searches: Vec<SavedSearch>,
    pub(in crate::ui) rows: i64,
    /// Keys that are held down.
    pub(in crate::ui) modifiers: Modifiers,
    /// Questions that are held back instead of answered.
    pub(in crate::ui) held: Option<Vec<Query>>,
    pub(in crate::ui) actions: Vec<Action<Message>>,
}

impl Harness {
    /// A screen that shows the inbox with so many rows.
    pub(in crate::ui) fn with_rows(rows: i64) -> Self {
        let mut harness = Self {
            mail: State::default(),
            accounts: fixture::accounts(),
            options: Options::default(),
            kept: UiState::default(),
            searches: Vec::new(),
            rows,
            modifiers: Modifiers::empty(),
            held: None,
            actions: Vec::new(),
        };
        let mut mail = std::mem::take(&mut harness.mail);
        let action = mail.accounts_changed(&harness.context());
        harness.mail = mail;
        harness.settle(action);
        harness
    }

    pub(in crate::ui) fn context(&self) -> Context<'_> {
        Context {
            engine: None,
            options: &self.options,
            accounts: &self.accounts,
            kept: &self.kept,
            searches: &self.searches,
            now: fixture::now(),
            modifiers: self.modifiers,
        }
    }

    pub(in crate::ui) fn send(&mut self, message: Message) {
        let mut mail = std::mem::take(&mut self.mail);
        let action = mail.update(message, &self.context());
        self.mail = mail;
        self.settle(action);
    }

    pub(in crate::ui) fn command(&mut self, command: UserCommand) {
        self.send(Message::Command(command));
    }

    /// A key no widget took.
    pub(in crate::ui) fn press(&mut self, press: &Press) {
        let mut mail = std::mem::take(&mut self.mail);
        let action = mail.key(press, &self.context());
        self.mail = mail;
        self.settle(action);
    }

    pub(in crate::ui) fn settle(&mut self, action: Action<Message>) {
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
    pub(in crate::ui) fn verbs(&mut self) -> Vec<Verb> {
        std::mem::take(&mut self.actions)
            .into_iter()
            .filter_map(|action| match action {
                Action::Perform(verb) => Some(verb),
                _ => None,
            })
            .collect()
    }

    /// Lets `drive` use the drawn screen, then follows what came of it.
    pub(in crate::ui) fn with_ui(
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
