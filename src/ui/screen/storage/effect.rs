//! What the page of storage wants done, and doing it.

use std::path::PathBuf;

use iced::Task;
use waxwing::Result;
use waxwing::engine::Handle;
use waxwing::model::{AccountId, AccountSettings};

use super::{BACKUP, Figures, Message, State};
use crate::ui::app::{Action, Context};
use crate::ui::component::toast::Toast;
use crate::ui::screen::mail::attachment::Wish;

/// What the page wants done.
#[derive(Debug, PartialEq)]
pub(super) enum Effect {
    Read,
    Settle(AccountId, Box<AccountSettings>),
    CleanUp,
    Pick,
    BackUp(PathBuf),
    Fail(String),
    Leave,
}

impl State {
    pub(super) fn carry_out(&mut self, effect: Effect, context: &Context<'_>) -> Action<Message> {
        let engine = match (effect, context.engine) {
            (Effect::Fail(words), _) => return Action::Toast(Toast::error(words)),
            (Effect::Leave, _) => return Action::LeaveStorage,
            (Effect::Pick, _) => {
                let pick = self
                    .picker
                    .clone()
                    .pick("Back up", Wish::Place(BACKUP.to_owned()));
                return Action::Run(Task::perform(pick, Message::Picked));
            }
            (effect, Some(engine)) => (effect, engine.clone()),
            (_, None) => return Action::None,
        };
        match engine {
            (Effect::Read, engine) => Action::Run(Task::perform(read(engine), Message::Read)),
            (Effect::Settle(id, settings), engine) => Action::Run(Task::perform(
                async move { engine.update_account(id, *settings, None).await.map(drop) },
                Message::Settled,
            )),
            (Effect::CleanUp, engine) => Action::Run(Task::perform(
                async move { engine.clean_up(None).await },
                Message::CleanedUp,
            )),
            (Effect::BackUp(path), engine) => {
                let backup = Task::run(engine.back_up(path), Message::BackedUp);
                let (backup, running) = backup.abortable();
                self.running = Some(running.abort_on_drop());
                Action::Run(backup)
            }
            (Effect::Fail(_) | Effect::Leave | Effect::Pick, _) => Action::None,
        }
    }
}

async fn read(engine: Handle) -> Result<Figures> {
    Ok(Figures {
        folders: engine.folders(None).await?,
        sizes: engine.folder_sizes(None).await?,
        room: engine.room().await?,
    })
}
