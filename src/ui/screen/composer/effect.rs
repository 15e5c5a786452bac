//! What a composer wants done, as data; and the one place where it is done.

use std::path::PathBuf;

use iced::Task;
use iced::widget::{Id, operation};
use waxwing::engine::Handle;
use waxwing::model::{AccountId, ComposeMode, Draft, OutboxItem, PlacementId};
use waxwing::{Error, ErrorKind, Result};

use super::attachments::{self, Picker};
use super::saving::QUIET;
use super::{Message, State};
use crate::ui::app::{Action, Context, Verb};
use crate::ui::component::toast::{Toast, Undo};

/// What a composer wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Read what the message starts with.
    Start {
        /// New, reply, ….
        mode: ComposeMode,
        /// The account it leaves from.
        account: AccountId,
        /// The message it follows from.
        origin: Option<PlacementId>,
    },
    /// Ring in a second, for this change.
    Clock(u64),
    /// Save the draft as of this change.
    Save(u64, Box<Draft>),
    /// Send it, and remove the draft that was kept meanwhile.
    Send(Box<Draft>, Option<PlacementId>),
    /// Ask for files.
    Pick,
    /// Read files.
    Read(Vec<PathBuf>),
    /// Put the caret somewhere.
    Focus(Id),
    /// Throw the kept draft away.
    Delete(PlacementId),
    /// Say that it is on its way.
    TellSent(Box<OutboxItem>),
    /// Say that it lies in Drafts.
    TellSaved,
    /// Close the window.
    Close,
}

impl Effect {
    pub(super) fn into_action(self, state: &State, context: &Context<'_>) -> Action<Message> {
        let engine = context.engine;
        let hold = context.options.send_hold;
        match self {
            Self::Start {
                mode,
                account,
                origin,
            } => ask(
                engine,
                move |engine| async move { engine.draft(mode, account, origin).await },
                |answer| Message::Started(answer.map(Box::new)),
            ),
            Self::Clock(edit) => Action::Run(Task::perform(
                async { tokio::time::sleep(QUIET).await },
                move |()| Message::Rang(edit),
            )),
            Self::Save(edit, draft) => ask(
                engine,
                move |engine| async move { engine.save_draft(*draft).await },
                move |answer| Message::Saved(edit, answer),
            ),
            Self::Send(draft, kept) => ask(
                engine,
                move |engine| async move {
                    let item = engine.send(*draft, hold).await?;
                    if let Some(kept) = kept {
                        // The message is on its way; a draft left behind is
                        // no reason to say otherwise.
                        engine.delete(vec![kept], true).await.ok();
                    }
                    Ok(item)
                },
                |answer| Message::Sent(answer.map(Box::new)),
            ),
            Self::Pick => Action::Run(pick(state.picker.clone())),
            Self::Read(paths) => Action::Run(Task::perform(
                attachments::read_all(paths),
                Message::FilesRead,
            )),
            Self::Focus(id) => Action::Run(operation::focus(id)),
            Self::Delete(placement) => Action::Perform(Verb::Delete {
                ids: vec![placement],
                permanently: false,
            }),
            Self::TellSent(item) => Action::Toast(sent_toast(&item, hold)),
            Self::TellSaved => Action::Toast(Toast::done("The message is kept in Drafts.")),
            Self::Close => Action::Close,
        }
    }
}

fn pick(picker: Picker) -> Task<Message> {
    Task::perform(attachments::pick(picker), Message::Picked)
}

/// "Sending in 10 s", with the way back for as long as there is one.
fn sent_toast(item: &OutboxItem, hold: std::time::Duration) -> Toast {
    if hold.is_zero() {
        return Toast::done("Sending…");
    }
    Toast {
        stays: hold,
        ..Toast::done(format!("Sending in {} s", hold.as_secs())).undo(Undo::Send(item.id))
    }
}

fn ask<T, F>(
    engine: Option<&Handle>,
    question: impl FnOnce(Handle) -> F + Send + 'static,
    wrap: impl FnOnce(Result<T>) -> Message + Send + 'static,
) -> Action<Message>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    Action::Run(match engine {
        Some(engine) => Task::perform(question(engine.clone()), wrap),
        None => Task::done(wrap(Err(Error::new(
            ErrorKind::NotFound,
            "There is no account to write from.",
        )))),
    })
}
