//! The whole of the window's state, and who gets which message.

pub(crate) mod action;
pub(crate) mod engine_event;
mod keep;
pub(crate) mod perform;
pub(crate) mod windows;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use chrono::{DateTime, Local};
use iced::keyboard::Modifiers;
use iced::theme::Mode;
use iced::{Subscription, Task, Theme, event, keyboard, system, task, time, window};
use waxwing::config::UiState;
use waxwing::config::settings::SavedSearch;
use waxwing::engine::{Event, Handle};
use waxwing::model::{Account, Draft, PlacementId};

use super::Options;
use super::command::Press;
use super::component::toast::{self, Toast, Toasts, Undo};
use super::screen::{accounts, composer, mail, reading, source, storage, wizard};
use super::theme;
use super::widget::reveal;

pub(crate) use action::{
    Action, ComposeRequest, Context, FileQuery, Finding, Found, Keep, Query, Rows, Verb,
};

/// A window, by what it shows.
pub(crate) enum Window {
    /// The mail, or the wizard on top of it.
    Main,
    /// A message being written.
    Composer(Box<composer::State>),
    /// A message that is in no folder.
    Letter(Box<mail::State>),
    /// The source of a message.
    Source(Box<source::State>),
}

/// Everything.
pub(crate) struct App {
    pub(crate) engine: Option<Handle>,
    pub(crate) options: Options,
    pub(crate) system: Mode,
    pub(crate) modifiers: Modifiers,
    pub(crate) now: DateTime<Local>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) windows: BTreeMap<window::Id, Window>,
    pub(crate) mail: mail::State,
    /// In front of the mail while there is no account or one is being added.
    pub(crate) wizard: Option<wizard::State>,
    /// In front of the mail while accounts are looked at.
    pub(crate) accounts_page: Option<accounts::State>,
    /// In front of both while is settled how mail is shown.
    pub(crate) reading_page: Option<reading::State>,
    /// In front of both while storage is looked at.
    pub(crate) storage_page: Option<storage::State>,
    pub(crate) toasts: Toasts,
    /// How things were left.
    pub(crate) kept: UiState,
    /// Searches that are kept under a name.
    pub(crate) searches: Vec<SavedSearch>,
    /// The one of them that was removed last, and where it stood.
    pub(crate) removed_search: Option<(usize, SavedSearch)>,
    /// The search that runs; it ends with this.
    pub(crate) searching: Option<task::Handle>,
}

/// A message that left the outbox, and where it lies in Drafts now, if not
/// where it was written.
pub(crate) type Reopened = (Draft, Option<PlacementId>);

/// What can happen.
#[derive(Debug)]
pub(crate) enum Message {
    /// In the mail screen.
    Mail(mail::Message),
    /// In the wizard.
    Wizard(wizard::Message),
    /// On the page of accounts.
    AccountsPage(accounts::Message),
    /// On the page of how mail is shown.
    ReadingPage(reading::Message),
    /// On the page of storage.
    StoragePage(storage::Message),
    /// In a composer.
    Composer(window::Id, composer::Message),
    /// In the window of a message by itself.
    Letter(window::Id, mail::Message),
    /// In a window with the source of a message.
    Source(window::Id, source::Message),
    /// The file that is to be shown was taken up.
    FileOpened(Result<PlacementId, waxwing::Error>),
    /// At the foot of a window.
    Toast(toast::Message),
    /// In the engine.
    Engine(Event),
    /// The accounts were read.
    Accounts(Result<Vec<Account>, waxwing::Error>),
    /// A verb was carried out.
    Done(Result<waxwing::engine::Done, waxwing::Error>),
    /// Undo was carried out.
    Undone(Result<Option<String>, waxwing::Error>),
    /// Sending was taken back.
    SendCancelled(Result<Box<Reopened>, waxwing::Error>),
    /// A key no widget took.
    Key(window::Id, Press),
    /// Escape, though a widget (a field) took it.
    Escape(window::Id),
    /// Shift, Ctrl or another such key went down or up.
    Modifiers(Modifiers),
    /// A window is there.
    Opened(window::Id),
    /// The person wants a window closed.
    CloseRequested(window::Id),
    /// A window is gone.
    Closed(window::Id),
    /// A window has another size.
    Resized(window::Id, iced::Size),
    /// The desktop turned light or dark.
    System(Mode),
    /// Time passed: relative dates grow old.
    Clock,
}

impl App {
    /// The start: opens the main window, or the message in a file, and asks for
    /// the accounts.
    pub(crate) fn boot(
        engine: Option<Handle>,
        options: Options,
        file: Option<PathBuf>,
    ) -> (Self, Task<Message>) {
        let mut app = Self::new(engine, options);
        let open = match (file, app.engine.clone()) {
            (Some(file), Some(engine)) => Task::perform(
                async move { engine.open_letter(file).await },
                Message::FileOpened,
            ),
            _ => app.open_main(),
        };
        let accounts = app.read_accounts();
        (
            app,
            Task::batch([open, accounts, system::theme().map(Message::System)]),
        )
    }

    /// The state before anything is known.
    pub(crate) fn new(engine: Option<Handle>, options: Options) -> Self {
        let mut mail = mail::State::default();
        mail.list.chosen.conversations = options.conversations;
        let kept = engine.as_ref().map(Handle::window_state);
        let searches = engine.as_ref().map(|engine| engine.settings().saved_search);
        Self {
            kept: kept.unwrap_or_default(),
            searches: searches.unwrap_or_default(),
            removed_search: None,
            searching: None,
            engine,
            options,
            system: Mode::None,
            modifiers: Modifiers::default(),
            now: Local::now(),
            accounts: Vec::new(),
            windows: BTreeMap::new(),
            mail,
            wizard: None,
            accounts_page: None,
            reading_page: None,
            storage_page: None,
            toasts: Toasts::default(),
        }
    }

    /// What screens may know of the rest.
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            engine: self.engine.as_ref(),
            options: &self.options,
            accounts: &self.accounts,
            kept: &self.kept,
            searches: &self.searches,
            now: self.now,
            modifiers: self.modifiers,
        }
    }

    /// The theme of a window.
    pub(crate) fn theme(&self, _window: window::Id) -> Theme {
        theme::theme(self.options.theme, self.system)
    }

    /// The zoom of a window.
    pub(crate) fn scale_factor(&self, _window: window::Id) -> f32 {
        self.options.scale
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message) -> Task<Message> {
        self.now = Local::now();
        match message {
            Message::Mail(message) => self.mail_update(message),
            Message::Wizard(message) => self.wizard_update(message),
            Message::AccountsPage(message) => self.accounts_update(message),
            Message::ReadingPage(message) => self.with_reading(|screen| screen.update(message)),
            Message::StoragePage(message) => {
                self.with_storage(|screen, context| screen.update(message, context))
            }
            Message::Composer(id, message) => self.composer_update(id, message),
            Message::Letter(id, message) => {
                self.with_letter(id, |screen, context| screen.update(message, context))
            }
            Message::Source(id, message) => self.source_update(id, message),
            Message::FileOpened(Ok(letter)) => self.open_letter(letter),
            Message::FileOpened(Err(error)) => {
                self.toast(Toast::error(error.to_string()));
                self.open_main()
            }
            Message::Toast(message) => match self.toasts.update(&message) {
                Some(undo) => self.undo(undo),
                None => Task::none(),
            },
            Message::Engine(event) => self.engine_event(event),
            Message::Accounts(answer) => self.accounts_read(answer),
            Message::Done(answer) => self.verb_done(answer),
            Message::Undone(answer) => self.undone(answer),
            Message::SendCancelled(answer) => self.send_cancelled(answer),
            Message::Key(id, press) => self.key(id, &press),
            Message::Escape(id) => self.escape(id),
            Message::Modifiers(modifiers) => {
                self.modifiers = modifiers;
                Task::none()
            }
            Message::Opened(id) => {
                let opened = self.with_composer(id, |screen, context| screen.opened(context));
                Task::batch([opened, self.ask_pixels(id), Self::fit(id)])
            }
            Message::CloseRequested(id) => self.close_requested(id),
            Message::Closed(id) => self.closed(id),
            Message::Resized(id, size) => self.resized(id, size),
            Message::System(mode) => {
                self.system = mode;
                Task::none()
            }
            Message::Clock => Task::none(),
        }
    }

    fn mail_update(&mut self, message: mail::Message) -> Task<Message> {
        self.with_mail(|screen, context| screen.update(message, context))
    }

    fn wizard_update(&mut self, message: wizard::Message) -> Task<Message> {
        let Some(mut screen) = self.wizard.take() else {
            return Task::none();
        };
        let action = screen.update(message, &self.context());
        self.wizard = Some(screen);
        self.act(action, None, Message::Wizard)
    }

    fn accounts_update(&mut self, message: accounts::Message) -> Task<Message> {
        self.with_accounts(|screen, context| screen.update(message, context))
    }

    fn with_accounts(
        &mut self,
        change: impl FnOnce(&mut accounts::State, &Context<'_>) -> Action<accounts::Message>,
    ) -> Task<Message> {
        let Some(mut screen) = self.accounts_page.take() else {
            return Task::none();
        };
        let action = change(&mut screen, &self.context());
        self.accounts_page = Some(screen);
        self.act(action, None, Message::AccountsPage)
    }

    fn with_reading(
        &mut self,
        change: impl FnOnce(&mut reading::State) -> Action<reading::Message>,
    ) -> Task<Message> {
        let Some(screen) = &mut self.reading_page else {
            return Task::none();
        };
        let action = change(screen);
        self.act(action, None, Message::ReadingPage)
    }

    fn with_storage(
        &mut self,
        change: impl FnOnce(&mut storage::State, &Context<'_>) -> Action<storage::Message>,
    ) -> Task<Message> {
        let Some(mut screen) = self.storage_page.take() else {
            return Task::none();
        };
        let action = change(&mut screen, &self.context());
        self.storage_page = Some(screen);
        self.act(action, None, Message::StoragePage)
    }

    fn composer_update(&mut self, id: window::Id, message: composer::Message) -> Task<Message> {
        self.with_composer(id, |screen, context| screen.update(message, context))
    }

    /// Lets a composer act while it can see the rest of the app.
    pub(crate) fn with_composer(
        &mut self,
        id: window::Id,
        change: impl FnOnce(&mut composer::State, &Context<'_>) -> Action<composer::Message>,
    ) -> Task<Message> {
        // Only a composer leaves the map for the moment it acts.
        if !matches!(self.windows.get(&id), Some(Window::Composer(_))) {
            return Task::none();
        }
        let Some(Window::Composer(mut screen)) = self.windows.remove(&id) else {
            return Task::none();
        };
        let action = change(&mut screen, &self.context());
        self.windows.insert(id, Window::Composer(screen));
        self.act(action, Some(id), move |message| {
            Message::Composer(id, message)
        })
    }

    fn with_letter(
        &mut self,
        id: window::Id,
        change: impl FnOnce(&mut mail::State, &Context<'_>) -> Action<mail::Message>,
    ) -> Task<Message> {
        if !matches!(self.windows.get(&id), Some(Window::Letter(_))) {
            return Task::none();
        }
        let Some(Window::Letter(mut screen)) = self.windows.remove(&id) else {
            return Task::none();
        };
        let action = change(&mut screen, &self.context());
        self.windows.insert(id, Window::Letter(screen));
        self.act(action, Some(id), move |message| {
            Message::Letter(id, message)
        })
    }

    fn source_update(&mut self, id: window::Id, message: source::Message) -> Task<Message> {
        let Some(Window::Source(screen)) = self.windows.get_mut(&id) else {
            return Task::none();
        };
        let action = screen.update(message);
        self.act(action, Some(id), move |message| {
            Message::Source(id, message)
        })
    }

    fn key(&mut self, id: window::Id, press: &Press) -> Task<Message> {
        if self.is_mail(id) && self.mail.completes(press) {
            return self.main_key(press);
        }
        if press.is(keyboard::key::Named::Tab) {
            return reveal::focus_next();
        }
        if press.key == keyboard::Key::Named(keyboard::key::Named::Tab) && press.modifiers.shift() {
            return reveal::focus_previous();
        }
        match self.windows.get(&id) {
            Some(Window::Composer(_)) => {
                self.with_composer(id, |screen, context| screen.key(press, context))
            }
            Some(Window::Letter(_)) => {
                self.with_letter(id, |screen, context| screen.key(press, context))
            }
            Some(Window::Main) => self.main_key(press),
            Some(Window::Source(_)) | None => Task::none(),
        }
    }

    /// Whether the mail is what a window shows.
    fn is_mail(&self, id: window::Id) -> bool {
        matches!(self.windows.get(&id), Some(Window::Main))
            && self.wizard.is_none()
            && self.accounts_page.is_none()
            && self.storage_page.is_none()
            && self.reading_page.is_none()
    }

    /// Closes a dialog, a bar or the search even when the field in it took the
    /// key.
    fn escape(&mut self, id: window::Id) -> Task<Message> {
        if let Some(Window::Letter(_)) = self.windows.get(&id) {
            return self.with_letter(id, mail::State::escape);
        }
        if !self.is_mail(id) {
            return Task::none();
        }
        self.with_mail(mail::State::escape)
    }

    fn with_mail(
        &mut self,
        change: impl FnOnce(&mut mail::State, &Context<'_>) -> Action<mail::Message>,
    ) -> Task<Message> {
        let mut screen = std::mem::take(&mut self.mail);
        let action = change(&mut screen, &self.context());
        self.mail = screen;
        self.act(action, None, Message::Mail)
    }

    fn main_key(&mut self, press: &Press) -> Task<Message> {
        if let Some(mut screen) = self.wizard.take() {
            let action = screen.key(press, &self.context());
            self.wizard = Some(screen);
            return self.act(action, None, Message::Wizard);
        }
        if self.reading_page.is_some() {
            return self.with_reading(|screen| screen.key(press));
        }
        if self.storage_page.is_some() {
            return self.with_storage(|screen, context| screen.key(press, context));
        }
        if self.accounts_page.is_some() {
            return self.with_accounts(|screen, context| screen.key(press, context));
        }
        // What is told of below is taken back first; then what was before it.
        if press.is_ctrl("z")
            && let Some(undo) = self.toasts.newest_undo()
        {
            return self.undo(undo);
        }
        self.with_mail(|screen, context| screen.key(press, context))
    }

    /// Shows news at the foot of the main window.
    pub(crate) fn toast(&mut self, toast: Toast) {
        self.toasts.push(toast, Instant::now());
    }

    fn undo(&mut self, undo: Undo) -> Task<Message> {
        match undo {
            Undo::LastVerb => self.undo_last(),
            Undo::Send(id) => self.cancel_send(id),
            Undo::RemovedSearch => self.search_back(),
        }
    }

    /// Everything that can happen by itself.
    pub(crate) fn subscription(&self) -> Subscription<Message> {
        let mut all = vec![
            event::listen_with(window_event),
            system::theme_changes().map(Message::System),
            time::every(std::time::Duration::from_secs(20)).map(|_| Message::Clock),
        ];
        if let Some(engine) = &self.engine {
            all.push(Subscription::run_with(engine.clone(), Handle::events).map(Message::Engine));
        }
        if !self.toasts.is_empty() {
            all.push(
                time::every(std::time::Duration::from_millis(500))
                    .map(|now| Message::Toast(toast::Message::Tick(now))),
            );
        }
        Subscription::batch(all)
    }
}

/// Keys are commands only when no widget wanted them.
fn window_event(event: iced::Event, status: event::Status, id: window::Id) -> Option<Message> {
    match event {
        iced::Event::Keyboard(keyboard::Event::KeyPressed {
            key,
            modified_key,
            modifiers,
            ..
        }) if status == event::Status::Ignored => Some(Message::Key(
            id,
            Press {
                key,
                modified: modified_key,
                modifiers,
            },
        )),
        iced::Event::Keyboard(keyboard::Event::KeyPressed {
            key: keyboard::Key::Named(keyboard::key::Named::Escape),
            ..
        }) => Some(Message::Escape(id)),
        iced::Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => {
            Some(Message::Modifiers(modifiers))
        }
        iced::Event::Window(window::Event::FileDropped(path)) => {
            Some(Message::Composer(id, composer::Message::Dropped(path)))
        }
        iced::Event::Window(window::Event::FileHovered(_)) => {
            Some(Message::Composer(id, composer::Message::Hovering(true)))
        }
        iced::Event::Window(window::Event::FilesHoveredLeft) => {
            Some(Message::Composer(id, composer::Message::Hovering(false)))
        }
        iced::Event::Window(window::Event::CloseRequested) => Some(Message::CloseRequested(id)),
        iced::Event::Window(window::Event::Closed) => Some(Message::Closed(id)),
        iced::Event::Window(window::Event::Resized(size)) => Some(Message::Resized(id, size)),
        _ => None,
    }
}
