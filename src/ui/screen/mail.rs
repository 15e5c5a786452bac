//! The main window: folders, messages, and the one being read.

use std::path::PathBuf;
use std::sync::Arc;

use iced::Size;
use iced::widget::text;
use waxwing::engine::{AccountState, Event};
use waxwing::model::{AccountId, Email, Envelope, Folder, PlacementId};
use waxwing::{Error, Result};

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::widget::Element;

/// What happens in the main window.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    FoldersLoaded(Result<Vec<Folder>>),
    StatesLoaded(Result<Vec<(AccountId, AccountState)>>),
    OutboxLoaded(Result<usize>),
    OrderLoaded(u64, Result<Arc<[PlacementId]>>),
    RowsLoaded(u64, Vec<PlacementId>, Result<Vec<Envelope>>),
    EmailLoaded(u64, Result<Box<Email>>),
    Saved(Result<PathBuf>),
}

#[derive(Default)]
pub(crate) struct State;

impl State {
    pub(crate) fn title(&self) -> String {
        "Waxwing".into()
    }
    pub(crate) fn update(&mut self, _message: Message, _context: &Context<'_>) -> Action<Message> {
        Action::None
    }
    pub(crate) fn key(&mut self, _press: &Press, _context: &Context<'_>) -> Action<Message> {
        Action::None
    }
    pub(crate) fn on_event(&mut self, _event: &Event) -> Action<Message> {
        Action::None
    }
    pub(crate) fn reload(&mut self) -> Action<Message> {
        Action::None
    }
    pub(crate) fn accounts_changed(&mut self, _context: &Context<'_>) -> Action<Message> {
        Action::None
    }
    pub(crate) fn failed(&mut self, _error: Error) {}
    pub(crate) fn resized(&mut self, _size: Size) {}
    pub(crate) fn view<'a>(&'a self, _context: &Context<'a>) -> Element<'a, Message> {
        text("Mail").into()
    }
}
