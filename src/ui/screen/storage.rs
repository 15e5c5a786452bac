//! How much room mail takes, what of it is kept here, and a copy of everything.
//!
//! As on the page of accounts, [`State::follow`] turns a message into
//! [`Effect`]s, which are plain data.

mod effect;
#[cfg(test)]
mod tests;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use iced::keyboard::key::Named;
use iced::task;
use waxwing::engine::BackupProgress;
use waxwing::model::{Account, AccountId, Folder, FolderId, FolderSize, Freed, Prefetch, Room};
use waxwing::{Error, Result};

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::component::{bytes, sheet};
use crate::ui::screen::mail::attachment::{self, Picked};

use effect::Effect;

/// What the file is called unless the person says otherwise.
const BACKUP: &str = "Waxwing backup.waxwing";

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct State {
    folders: Vec<Folder>,
    sizes: BTreeMap<FolderId, FolderSize>,
    room: Option<Room>,
    /// Why that is not shown.
    failure: Option<Error>,
    /// The accounts whose folders are shown.
    open: BTreeSet<AccountId>,
    cleaning: Cleaning,
    backup: Backup,
    picker: attachment::Picker,
    /// The backup that runs; it ends with this.
    running: Option<task::Handle>,
}

/// Cleaning up.
#[derive(Debug, Default)]
enum Cleaning {
    #[default]
    Not,
    Runs,
    Done(String),
}

/// The backup.
#[derive(Debug, Default)]
enum Backup {
    #[default]
    Not,
    /// Nobody can be asked for a place but by this field.
    Where(String),
    Runs {
        path: PathBuf,
        bytes: u64,
        total: u64,
    },
    Done(String),
    Failed(Error),
}

/// Everything that is read for the page.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures {
    folders: Vec<Folder>,
    sizes: Vec<FolderSize>,
    room: Room,
}

/// What happens on the page.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The figures were read.
    Read(Result<Figures>),
    /// Shows the folders of an account, or hides them.
    Fold(AccountId),
    /// So much of an account is to be kept here.
    Want(AccountId, Prefetch),
    /// That is settled, or not.
    Settled(Result<()>),
    /// What need not be here shall go.
    CleanUp,
    /// It went.
    CleanedUp(Result<Freed>),
    /// A copy of everything.
    BackUp,
    /// A place for it was picked, or not.
    Picked(Picked),
    /// The field for the place says something else.
    Typed(String),
    /// There.
    There,
    /// How far it is.
    BackedUp(Result<BackupProgress>),
    /// No backup after all.
    Stop,
    /// Back to where the page was opened.
    Back,
}

impl State {
    /// The page, as it opens.
    pub(crate) fn open(context: &Context<'_>) -> (Self, Action<Message>) {
        let mut state = Self::default();
        if let [only] = context.accounts {
            state.open.insert(only.id);
        }
        let read = state.carry_out(Effect::Read, context);
        (state, read)
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, context: &Context<'_>) -> Action<Message> {
        self.follow(message, context.accounts)
            .into_iter()
            .map(|effect| self.carry_out(effect, context))
            .fold(Action::None, Action::and)
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press, context: &Context<'_>) -> Action<Message> {
        if press.is(Named::Escape) {
            return self.update(Message::Back, context);
        }
        sheet::scroll_key(press).map_or(Action::None, Action::Run)
    }

    fn follow(&mut self, message: Message, accounts: &[Account]) -> Vec<Effect> {
        match message {
            Message::Read(answer) => {
                match answer {
                    Ok(figures) => self.take_in(figures),
                    Err(error) => self.failure = Some(error),
                }
                Vec::new()
            }
            Message::Fold(id) => {
                if !self.open.remove(&id) {
                    self.open.insert(id);
                }
                Vec::new()
            }
            Message::Want(id, wanted) => {
                self.cleaning = Cleaning::Not;
                let account = accounts.iter().find(|account| account.id == id);
                account.map_or_else(Vec::new, |account| {
                    let mut settings = account.settings.clone();
                    settings.prefetch.what = wanted;
                    vec![Effect::Settle(id, Box::new(settings))]
                })
            }
            Message::Settled(answer) => {
                let failed = answer.err().map(|error| Effect::Fail(error.to_string()));
                failed.into_iter().collect()
            }
            Message::CleanUp => {
                self.cleaning = Cleaning::Runs;
                vec![Effect::CleanUp]
            }
            Message::CleanedUp(answer) => self.cleaned_up(answer),
            Message::BackUp => vec![Effect::Pick],
            Message::Picked(Picked::Path(path)) => self.begin_backup(path),
            Message::Picked(Picked::NoDialog) => {
                self.backup = Backup::Where(attachment::suggestion(BACKUP));
                Vec::new()
            }
            Message::Picked(Picked::Cancelled) => Vec::new(),
            Message::Typed(path) => {
                self.backup = Backup::Where(path);
                Vec::new()
            }
            Message::There => match &self.backup {
                Backup::Where(path) if !path.trim().is_empty() => {
                    let path = PathBuf::from(path.trim());
                    self.begin_backup(path)
                }
                _ => Vec::new(),
            },
            Message::BackedUp(answer) => {
                self.backed_up(answer);
                Vec::new()
            }
            Message::Stop => {
                self.running = None;
                self.backup = Backup::Not;
                Vec::new()
            }
            Message::Back => vec![Effect::Leave],
        }
    }

    fn take_in(&mut self, figures: Figures) {
        self.failure = None;
        self.folders = figures.folders;
        let sizes = figures.sizes.into_iter();
        self.sizes = sizes.map(|size| (size.folder, size)).collect();
        self.room = Some(figures.room);
    }

    fn cleaned_up(&mut self, answer: Result<Freed>) -> Vec<Effect> {
        match answer {
            Ok(freed) => {
                self.cleaning = Cleaning::Done(match freed.messages {
                    0 => "Nothing is here that need not be.".to_owned(),
                    1 => format!(
                        "The text of 1 message is only on its server now: {} were given back.",
                        bytes(freed.bytes)
                    ),
                    count => format!(
                        "The texts of {count} messages are only on their servers now: {} were \
                         given back.",
                        bytes(freed.bytes)
                    ),
                });
                vec![Effect::Read]
            }
            Err(error) => {
                self.cleaning = Cleaning::Not;
                vec![Effect::Fail(error.to_string())]
            }
        }
    }

    fn begin_backup(&mut self, path: PathBuf) -> Vec<Effect> {
        self.backup = Backup::Runs {
            path: path.clone(),
            bytes: 0,
            total: 0,
        };
        vec![Effect::BackUp(path)]
    }

    fn backed_up(&mut self, answer: Result<BackupProgress>) {
        let Backup::Runs { path, bytes, total } = &mut self.backup else {
            // It was stopped.
            return;
        };
        match answer {
            Ok(BackupProgress::Copied {
                bytes: now,
                total: of,
            }) => (*bytes, *total) = (now, of),
            Ok(BackupProgress::Done { bytes: all }) => {
                let words = format!(
                    "Everything is in {} now: {}.",
                    path.display(),
                    crate::ui::component::bytes(all)
                );
                self.backup = Backup::Done(words);
            }
            Err(error) => self.backup = Backup::Failed(error),
        }
    }
}
