//! Questions and verbs, put to the engine. The only place that calls it for
//! the mail screen.

use iced::Task;
use waxwing::engine::{Done, Handle};
use waxwing::model::{Account, Draft, OutboxId};
use waxwing::{Error, Result};

use super::{App, ComposeRequest, Message, Query, Verb};
use crate::ui::component::toast::{Toast, Undo};
use crate::ui::screen::mail;

impl App {
    /// Asks; the answer comes as a message.
    pub(crate) fn ask(&self, query: Query) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        Task::perform(answer(engine, query), Message::Mail)
    }

    /// Carries out a verb; a toast tells of it.
    pub(crate) fn perform(&mut self, verb: Verb) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        match verb {
            Verb::Undo => self.undo_last(),
            Verb::SyncNow => {
                Task::perform(
                    async move { engine.sync_now(None).await },
                    |answer| match answer {
                        Ok(()) => Message::Clock,
                        Err(error) => Message::Done(Err(error)),
                    },
                )
            }
            Verb::Mark {
                ids,
                change,
                quiet: true,
            } => Task::perform(
                async move { engine.mark(ids, change).await },
                |answer| match answer {
                    Ok(_) => Message::Clock,
                    Err(error) => Message::Done(Err(error)),
                },
            ),
            verb => Task::perform(carry_out(engine, verb), Message::Done),
        }
    }

    pub(super) fn verb_done(&mut self, answer: Result<Done>) -> Task<Message> {
        match answer {
            Ok(done) => {
                let toast = Toast::done(done.label);
                self.toast(if done.can_undo {
                    toast.undo(Undo::LastVerb)
                } else {
                    toast
                });
                Task::none()
            }
            Err(error) => {
                self.toast(Toast::error(error.to_string()));
                // What was taken out of the list in advance may be back.
                let actions = self.mail.reload();
                self.act(actions, None, Message::Mail)
            }
        }
    }

    pub(super) fn undo_last(&mut self) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        Task::perform(async move { engine.undo().await }, Message::Undone)
    }

    pub(super) fn undone(&mut self, answer: Result<Option<String>>) -> Task<Message> {
        match answer {
            Ok(Some(words)) => self.toast(Toast::done(words)),
            Ok(None) => self.toast(Toast::done("There is nothing to undo.")),
            Err(error) => self.toast(Toast::error(error.to_string())),
        }
        Task::none()
    }

    pub(super) fn cancel_send(&mut self, id: OutboxId) -> Task<Message> {
        let Some(engine) = self.engine.clone() else {
            return Task::none();
        };
        Task::perform(
            async move { engine.cancel_send(id).await.map(Box::new) },
            Message::SendCancelled,
        )
    }

    pub(super) fn send_cancelled(&mut self, answer: Result<Box<Draft>>) -> Task<Message> {
        match answer {
            Ok(draft) => self.compose(ComposeRequest::Draft(draft)),
            Err(error) => {
                self.toast(Toast::error(error.to_string()));
                Task::none()
            }
        }
    }

    /// Reads the accounts anew.
    pub(crate) fn read_accounts(&self) -> Task<Message> {
        match self.engine.clone() {
            Some(engine) => {
                Task::perform(async move { engine.accounts().await }, Message::Accounts)
            }
            None => Task::none(),
        }
    }

    pub(super) fn accounts_read(&mut self, answer: Result<Vec<Account>>) -> Task<Message> {
        match answer {
            Ok(accounts) => {
                let none = accounts.is_empty();
                self.accounts = accounts;
                let mut screen = std::mem::take(&mut self.mail);
                let action = screen.accounts_changed(&self.context());
                self.mail = screen;
                let read = self.act(action, None, Message::Mail);
                if none && self.wizard.is_none() {
                    Task::batch([read, self.open_wizard()])
                } else {
                    read
                }
            }
            Err(error) => {
                self.mail.failed(error);
                Task::none()
            }
        }
    }
}

async fn carry_out(engine: Handle, verb: Verb) -> Result<Done> {
    match verb {
        Verb::Mark { ids, change, .. } => engine.mark(ids, change).await,
        Verb::MoveTo(ids, folder) => engine.move_to(ids, folder).await,
        Verb::Delete { ids, permanently } => engine.delete(ids, permanently).await,
        Verb::Archive(ids) => engine.archive(ids).await,
        Verb::SyncNow | Verb::Undo => Ok(Done {
            label: String::new(),
            can_undo: false,
        }),
    }
}

async fn answer(engine: Handle, query: Query) -> mail::Message {
    use mail::Message as M;
    match query {
        Query::Folders => M::FoldersLoaded(engine.folders(None).await),
        Query::States => M::StatesLoaded(engine.account_states().await),
        Query::Outbox => M::OutboxLoaded(engine.outbox().await.map(|items| items.len())),
        Query::Order(epoch, view) => M::OrderLoaded(epoch, engine.order(view).await),
        Query::Envelopes(epoch, ids) => {
            M::RowsLoaded(epoch, ids.clone(), engine.envelopes(ids).await)
        }
        Query::Email(epoch, id) => M::EmailLoaded(epoch, engine.email(id).await.map(Box::new)),
        Query::Save(id, part, path) => M::Saved(engine.save_attachment(id, part, path).await),
    }
}

/// An error as one sentence with what to do about it.
pub(crate) fn sentence(error: &Error) -> String {
    error.to_string()
}
