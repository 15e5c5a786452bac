//! The main window: folders, messages, and the one being read.

mod arrange;
mod at_hand;
pub(crate) mod attachment;
mod chosen;
pub(crate) mod dialog;
pub(crate) mod drag;
pub(crate) mod entry;
mod folders;
pub(crate) mod keys;
pub(crate) mod layout;
pub(crate) mod list;
pub(crate) mod menu;
mod palette;
pub(crate) mod printing;
pub(crate) mod reader;
pub(crate) mod search;
pub(crate) mod selection;
pub(crate) mod sidebar;
pub(crate) mod status;
pub(crate) mod target;
pub(crate) mod toolbar;
mod update;
mod verbs;

use std::collections::BTreeMap;

use iced::Size;
use waxwing::engine::{AccountState, Event, Source, Unsubscribed};
use waxwing::model::{
    AccountId, Email, Folder, ListView, Listed, OutboxItem, PlacementId, SenderNotes,
};
use waxwing::{Error, Result};

use crate::ui::app::{Action, Context, Query, Rows};
use crate::ui::command::UserCommand;
use crate::ui::component::body_text;
use crate::ui::widget::virtual_list::Click;
use arrange::{Choice, Menu};
use dialog::Dialog;
use layout::Panes;
use list::List;
use reader::Reader;
use search::Search;
use sidebar::Sidebar;
use target::Target;

/// What happens in the main window.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Folders were read.
    FoldersLoaded(Result<Vec<Folder>>),
    /// The states of the accounts were read.
    StatesLoaded(Result<Vec<(AccountId, AccountState)>>),
    /// The outbox was read.
    OutboxLoaded(Result<Vec<OutboxItem>>),
    /// The order of the list was read, under that epoch.
    OrderLoaded(u64, Result<Listed>),
    /// The first rows of it were read before all of it.
    FirstRowsLoaded(u64, Result<Listed>),
    /// Rows were read: those asked for, and what came.
    RowsLoaded(u64, Vec<PlacementId>, Result<Rows>),
    /// What stands below the row of a conversation was read.
    ConversationLoaded(u64, PlacementId, Result<Vec<PlacementId>>),
    /// Arrange the list so.
    Choose(Choice),
    /// Leave nothing out of the list.
    ShowAll,
    /// While one looks for messages.
    Search(search::Message),
    /// A message was read.
    EmailLoaded(u64, Result<Box<Email>>),
    /// What is to be known of its sender.
    SenderKnown(u64, Result<Box<SenderNotes>>),
    /// Its signatures were checked.
    SignaturesChecked(u64, Result<Box<SenderNotes>>),
    /// Something about its sender was pressed.
    Notes(reader::notes::Message),
    /// What became of leaving a list.
    Unsubscribed(Result<Unsubscribed>),
    /// The sender heard that a message was read, or never will.
    ReceiptAnswered(Result<bool>),
    /// With what is attached, or the message as a file.
    Attachment(attachment::Message),
    /// To printing, and to files that are messages.
    Printing(printing::Message),
    /// The source of a message was read.
    SourceRead(PlacementId, Result<Box<Source>>),
    /// A folder was pressed.
    Folder(ListView),
    /// A row was pressed.
    Click(Click),
    /// Other rows are in sight.
    Range(usize, usize),
    /// A command, by button.
    Command(UserCommand),
    /// A command that is done to something else than what is in sight.
    CommandOn(UserCommand, Target),
    /// With the menu of what can be done to something.
    Menu(menu::Message),
    /// While something is drawn elsewhere.
    Drag(drag::Message),
    /// Hides or shows what is below a folder or an account.
    Fold(String, bool),
    /// The keyboard goes to the next place, or to the one before.
    Focus(bool),
    /// The message shown was looked at long enough.
    Looked(u64),
    /// In the text of the message.
    Body(body_text::Message),
    /// On the page of the message.
    Page(u64, reader::page::Message),
    /// While one reads on, or looks for words.
    Reading(keys::Message),
    /// The screen has so many pixels for each of the window.
    Pixels(f32),
    /// Shows or hides recipients.
    Recipients,
    /// In the dialog on top.
    Dialog(dialog::Message),
    /// The sidebar is to be that wide.
    SidebarWidth(f32),
    /// The list is to be that wide.
    ListWidth(f32),
    /// Back from the message to the list, in a narrow window.
    Back,
    /// Read the list or the message again after a failure.
    Retry,
    /// Add an account.
    AddAccount,
    /// See what waits to be sent.
    OpenOutbox,
    /// Give an account's password anew.
    SignIn(AccountId),
}

/// The main window.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) panes: Panes,
    pub(crate) sidebar: Sidebar,
    pub(crate) states: BTreeMap<AccountId, AccountState>,
    pub(crate) list: List,
    pub(crate) reader: Reader,
    /// Whether the keyboard moves in the message instead of the list.
    pub(crate) reads: bool,
    /// Whether the next unread message is in the conversation that opens.
    seeks_unread: bool,
    pub(crate) dialog: Option<Dialog>,
    /// What is looked for.
    pub(crate) search: Option<Search>,
    /// How the list is arranged, while the menu of that is open.
    pub(crate) menu: Option<Menu>,
    /// What can be done to something, while the menu of that is open.
    pub(crate) context_menu: Option<menu::Menu>,
    /// What is drawn onto a folder.
    drag: Option<drag::Drag>,
    /// The message that is all this window shows, where it is in no folder.
    pub(crate) alone: Option<PlacementId>,
    /// How far a change of very many messages is.
    pub(crate) changing: Option<(usize, usize)>,
    pub(crate) picker: attachment::Picker,
    /// What waits to be sent.
    pub(crate) outbox: Vec<OutboxItem>,
    /// Why nothing could be read at all.
    failure: Option<Error>,
    today: Option<chrono::NaiveDate>,
}

impl State {
    /// A window that shows one message, which is in no folder.
    pub(crate) fn letter(id: PlacementId, context: &Context<'_>) -> (Self, Action<Message>) {
        let mut screen = Self {
            alone: Some(id),
            ..Self::default()
        };
        let epoch = screen.reader.open(id, None, context);
        (screen, Action::Ask(Query::Email(epoch, id)))
    }

    /// The title of the window.
    pub(crate) fn title(&self) -> String {
        if self.alone.is_some() {
            return format!("{} – Waxwing", self.reader.subject());
        }
        let sought = self.search.as_ref().filter(|search| search.shows_results());
        if let Some(search) = sought {
            return format!("{} – Waxwing", search.text().trim());
        }
        match self.list.view.and_then(|view| self.sidebar.name(view)) {
            Some(name) => format!("{name} – Waxwing"),
            None => "Waxwing".to_owned(),
        }
    }

    /// Everything is read anew.
    pub(crate) fn reload(&mut self) -> Action<Message> {
        let order = self.list.refresh().map_or(Action::None, Action::Ask);
        self.read_folders()
            .and(Action::Ask(Query::States))
            .and(Action::Ask(Query::Outbox))
            .and(order)
    }

    /// Accounts came or went.
    pub(crate) fn accounts_changed(&mut self, context: &Context<'_>) -> Action<Message> {
        self.failure = None;
        self.sidebar.set_accounts(context.accounts);
        if context.accounts.is_empty() {
            let chosen = self.list.chosen;
            *self = Self {
                panes: self.panes,
                ..Self::default()
            };
            self.list.chosen = chosen;
            return Action::None;
        }
        self.reload()
    }

    /// Nothing can be read.
    pub(crate) fn failed(&mut self, error: Error) {
        self.failure = Some(error);
    }

    /// The window has another size.
    pub(crate) fn resized(&mut self, size: Size) {
        self.panes.size = size;
    }

    /// Asks for the folders; while they are on their way, once they are here.
    fn read_folders(&mut self) -> Action<Message> {
        if self.sidebar.ask() {
            Action::Ask(Query::Folders)
        } else {
            Action::None
        }
    }

    /// Something changed in the engine.
    pub(crate) fn on_event(&mut self, event: &Event) -> Action<Message> {
        match event {
            Event::Accounts => Action::None,
            Event::AccountState(_) => Action::Ask(Query::States),
            Event::Folders(_) => self.read_folders(),
            Event::FolderContent(folder) => {
                let shown = self
                    .list
                    .view
                    .is_some_and(|view| self.sidebar.covers(view, *folder));
                let order = if shown {
                    self.list.refresh()
                } else {
                    // One's own answers lie elsewhere.
                    self.list.conversations_changed()
                };
                self.read_folders()
                    .and(order.map_or(Action::None, Action::Ask))
                    .and(self.look_again())
            }
            Event::Rows(ids) => {
                let rows = self.list.stale(ids).map_or(Action::None, Action::Ask);
                let reader = self.reader.more_is_here(ids);
                rows.and(reader.map_or(Action::None, Action::Ask))
            }
            Event::Coming { id, done, total } => {
                self.reader.coming(*id, *done, *total);
                Action::None
            }
            Event::Outbox => Action::Ask(Query::Outbox),
            Event::Changing { done, total } => {
                self.changing = (done < total).then_some((*done, *total));
                Action::None
            }
            Event::NewMail { .. } | Event::Problem { .. } => Action::None,
            Event::Resync => self.reload(),
        }
    }

    /// What is wrong with an account, where something is.
    pub(crate) fn wrong_with(&self, id: AccountId) -> Option<Error> {
        match self.states.get(&id) {
            Some(
                AccountState::NeedsPassword(error)
                | AccountState::Broken(error)
                | AccountState::Offline { error, .. },
            ) => Some(error.clone()),
            _ => None,
        }
    }

    /// The account a new message leaves from: that of the folder in sight.
    pub(crate) fn account(&self, context: &Context<'_>) -> Option<AccountId> {
        let of_view = match self.folder_in_sight() {
            Some(ListView::Folder(id)) => self.sidebar.folder(id).map(|folder| folder.account),
            Some(ListView::Role(account, _)) => Some(account),
            _ => None,
        };
        of_view.or_else(|| context.accounts.first().map(|account| account.id))
    }

    /// What is in sight, or comes back after the search.
    pub(crate) fn folder_in_sight(&self) -> Option<ListView> {
        match &self.search {
            Some(search) => search.home(),
            None => self.list.view,
        }
    }
}
