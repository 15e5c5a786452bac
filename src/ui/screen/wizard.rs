//! The welcome and adding an account.

use iced::Task;
use iced::widget::text;

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::widget::Element;

/// Where the person is.
#[derive(Debug)]
pub(crate) struct State;

/// What happens on the way to an account.
#[derive(Debug, Clone)]
pub(crate) enum Message {}

impl State {
    /// The first start: there is no account yet.
    pub(crate) fn welcome() -> (Self, Task<Message>) {
        (Self, Task::none())
    }

    /// One more account; [`Action::Back`] leads back to the mail.
    pub(crate) fn add_account() -> (Self, Task<Message>) {
        (Self, Task::none())
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, _context: &Context<'_>) -> Action<Message> {
        match message {}
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, _press: &Press, _context: &Context<'_>) -> Action<Message> {
        Action::None
    }

    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, _context: &Context<'a>) -> Element<'a, Message> {
        text("Welcome to Waxwing").into()
    }
}
