//! Events of the engine: who reads what anew.

use iced::Task;
use waxwing::engine::Event;

use super::{App, Message};
use crate::ui::component::toast::Toast;

impl App {
    pub(super) fn engine_event(&mut self, event: Event) -> Task<Message> {
        let accounts = match &event {
            Event::Accounts | Event::Resync => self.read_accounts(),
            Event::Problem { error, .. } => {
                self.toast(Toast::error(error.to_string()));
                Task::none()
            }
            _ => Task::none(),
        };
        let mut screen = std::mem::take(&mut self.mail);
        let action = screen.on_event(&event);
        self.mail = screen;
        Task::batch([accounts, self.act(action, None, Message::Mail)])
    }
}
