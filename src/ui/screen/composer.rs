//! Writing a message, in a window of its own.

use iced::Task;
use iced::widget::text;

use crate::ui::app::{Action, ComposeRequest, Context};
use crate::ui::command::Press;
use crate::ui::widget::Element;

/// A message being written.
#[derive(Debug)]
pub(crate) struct State;

/// What happens in a composer.
#[derive(Debug, Clone)]
pub(crate) enum Message {}

impl State {
    /// Begins a message.
    pub(crate) fn new(_start: ComposeRequest, _context: &Context<'_>) -> (Self, Task<Message>) {
        (Self, Task::none())
    }

    /// The title of the window.
    pub(crate) fn title(&self) -> String {
        "New message".into()
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, _context: &Context<'_>) -> Action<Message> {
        match message {}
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, _press: &Press, _context: &Context<'_>) -> Action<Message> {
        Action::None
    }

    /// The person wants the window closed: answer [`Action::Close`] when nothing is lost.
    pub(crate) fn close_requested(&mut self, _context: &Context<'_>) -> Action<Message> {
        Action::Close
    }

    /// What is drawn.
    pub(crate) fn view<'a>(&'a self, _context: &Context<'a>) -> Element<'a, Message> {
        text("New message").into()
    }
}
