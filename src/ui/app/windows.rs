//! The windows: opening, drawing, closing.

use iced::widget::{space, stack};
use iced::{Size, Task, window};
use waxwing::engine::Source;
use waxwing::model::{AccountId, PlacementId};

use super::{Action, App, ComposeRequest, Message, Window};
use crate::ui::APP_ID;
use crate::ui::component::toast::Toast;
use crate::ui::screen::{accounts, composer, mail, reading, source, storage, wizard};
use crate::ui::widget::Element;

/// The smallest window everything is still usable in.
const SMALLEST: Size = Size::new(560.0, 400.0);
/// The main window at the first start.
pub(crate) const MAIN: Size = Size::new(1280.0, 800.0);
/// A message by itself, or its source.
const LETTER: Size = Size::new(860.0, 760.0);
/// A composer.
const COMPOSER: Size = Size::new(760.0, 640.0);

/// What of a screen's height a desktop's bar and a window's title may take.
const BARS: f32 = 0.08;

/// The window icon as raw pixels: no image decoder is needed for it.
const ICON: &[u8] = include_bytes!("../../../assets/icons/app/waxwing-64.rgba");
const ICON_SIDE: u32 = 64;

/// The size a window has to be given to fit on its screen. None where it does.
fn fitting(size: Size, screen: Size) -> Option<Size> {
    let most = Size::new(screen.width, screen.height * (1.0 - BARS));
    let fitting = Size::new(size.width.min(most.width), size.height.min(most.height));
    (fitting != size).then_some(fitting)
}

fn settings(size: Size) -> window::Settings {
    window::Settings {
        size,
        min_size: Some(SMALLEST),
        icon: window::icon::from_rgba(ICON.to_vec(), ICON_SIDE, ICON_SIDE).ok(),
        exit_on_close_request: false,
        #[cfg(target_os = "linux")]
        platform_specific: window::settings::PlatformSpecific {
            application_id: APP_ID.to_owned(),
            ..window::settings::PlatformSpecific::default()
        },
        ..window::Settings::default()
    }
}

/// Starts the program once more, with sample mail in a throw-away profile.
fn open_demo() -> std::io::Result<()> {
    let mut child = std::process::Command::new(std::env::current_exe()?)
        .arg("demo")
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()?;
    // Nobody waits for it in the window; a thread does, so that no zombie stays.
    std::thread::spawn(move || drop(child.wait()));
    Ok(())
}

impl App {
    pub(crate) fn open_main(&mut self) -> Task<Message> {
        let (id, open) = window::open(settings(MAIN));
        self.windows.insert(id, Window::Main);
        open.map(Message::Opened)
    }

    /// Opens a window to write in.
    pub(crate) fn compose(&mut self, start: ComposeRequest) -> Task<Message> {
        let (id, open) = window::open(settings(COMPOSER));
        let (screen, task) = composer::State::new(start, &self.context());
        self.windows.insert(id, Window::Composer(Box::new(screen)));
        Task::batch([
            open.map(Message::Opened),
            task.map(move |message| Message::Composer(id, message)),
        ])
    }

    /// Opens a window for a message that is in no folder.
    pub(crate) fn open_letter(&mut self, letter: PlacementId) -> Task<Message> {
        let (id, open) = window::open(settings(LETTER));
        let (screen, action) = mail::State::letter(letter, &self.context());
        self.windows.insert(id, Window::Letter(Box::new(screen)));
        let asked = self.act(action, Some(id), move |m| Message::Letter(id, m));
        Task::batch([open.map(Message::Opened), asked])
    }

    fn open_source(&mut self, source: Source) -> Task<Message> {
        let (id, open) = window::open(settings(LETTER));
        let screen = Box::new(source::State::new(source));
        self.windows.insert(id, Window::Source(screen));
        open.map(Message::Opened)
    }

    /// Puts the wizard in front of the mail.
    pub(crate) fn open_wizard(&mut self) -> Task<Message> {
        let (screen, task) = if self.accounts.is_empty() {
            wizard::State::welcome()
        } else {
            wizard::State::add_account()
        };
        self.wizard = Some(screen);
        task.map(Message::Wizard)
    }

    /// Puts the wizard in front of the mail, to mend what is wrong with an account.
    fn sign_in_again(&mut self, id: AccountId) -> Task<Message> {
        let Some(account) = self.accounts.iter().find(|account| account.id == id) else {
            return Task::none();
        };
        let (screen, task) =
            wizard::State::sign_in_again(account.clone(), self.mail.wrong_with(id));
        self.wizard = Some(screen);
        task.map(Message::Wizard)
    }

    /// Shows a page in the person's browser. Only what is protected on the way
    /// is opened, and never anything else than a page.
    fn open_page(&mut self, page: String) -> Task<Message> {
        if page.starts_with("https://") && open::that_detached(&page).is_ok() {
            return Task::none();
        }
        self.toast(Toast::error(format!(
            "The browser could not be opened. The address of the page was copied: {page}"
        )));
        iced::clipboard::write(page)
    }

    /// Puts the wizard in front of the mail, for other settings.
    fn edit_account(&mut self, id: AccountId) -> Task<Message> {
        let Some(account) = self.accounts.iter().find(|account| account.id == id) else {
            return Task::none();
        };
        let (screen, task) = wizard::State::change(account.clone());
        self.wizard = Some(screen);
        task.map(Message::Wizard)
    }

    /// Puts the page of accounts in front of the mail.
    fn open_accounts(&mut self) -> Task<Message> {
        let (screen, action) = accounts::State::open(&self.context());
        self.accounts_page = Some(screen);
        self.act(action, None, Message::AccountsPage)
    }

    /// Puts the page of storage in front of everything else.
    fn open_storage(&mut self) -> Task<Message> {
        let (screen, action) = storage::State::open(&self.context());
        self.storage_page = Some(screen);
        self.act(action, None, Message::StoragePage)
    }

    fn leave_wizard(&mut self) -> Task<Message> {
        self.wizard = None;
        let accounts = self.read_accounts();
        let Some(mut page) = self.accounts_page.take() else {
            return accounts;
        };
        let action = page.back(&self.context());
        self.accounts_page = Some(page);
        Task::batch([accounts, self.act(action, None, Message::AccountsPage)])
    }

    /// The title of a window.
    pub(crate) fn title(&self, id: window::Id) -> String {
        match self.windows.get(&id) {
            Some(Window::Composer(screen)) => screen.title(),
            Some(Window::Letter(screen)) => screen.title(),
            Some(Window::Source(_)) => "Message source – Waxwing".to_owned(),
            Some(Window::Main) if self.wizard.is_none() => self.mail.title(),
            _ => "Waxwing".to_owned(),
        }
    }

    /// What a window shows. Frames come before and after the bookkeeping, so
    /// an unknown window is simply empty.
    pub(crate) fn view(&self, id: window::Id) -> Element<'_, Message> {
        match self.windows.get(&id) {
            Some(Window::Main) => self.main_view(),
            Some(Window::Letter(screen)) => {
                let screen = screen.view(&self.context());
                self.with_toasts(screen.map(move |message| Message::Letter(id, message)))
            }
            Some(Window::Source(screen)) => screen
                .view()
                .map(move |message| Message::Source(id, message)),
            Some(Window::Composer(screen)) => screen
                .view(&self.context())
                .map(move |message| Message::Composer(id, message)),
            None => space().into(),
        }
    }

    fn main_view(&self) -> Element<'_, Message> {
        let screen = match (&self.wizard, &self.accounts_page) {
            (Some(wizard), _) => wizard.view(&self.context()).map(Message::Wizard),
            _ if let Some(page) = &self.reading_page => page.view().map(Message::ReadingPage),
            _ if let Some(page) = &self.storage_page => {
                page.view(&self.context()).map(Message::StoragePage)
            }
            (None, Some(page)) => page
                .view(&self.context(), &self.mail.states)
                .map(Message::AccountsPage),
            (None, None) => self.mail.view(&self.context()).map(Message::Mail),
        };
        self.with_toasts(screen)
    }

    fn with_toasts<'a>(&'a self, screen: Element<'a, Message>) -> Element<'a, Message> {
        if self.toasts.is_empty() {
            // The same tree with and without toasts: widgets keep their state.
            stack![screen].into()
        } else {
            stack![screen, self.toasts.view().map(Message::Toast)].into()
        }
    }

    pub(super) fn close_requested(&mut self, id: window::Id) -> Task<Message> {
        match self.windows.get(&id) {
            Some(Window::Composer(_)) => self.with_composer(id, composer::State::close_requested),
            // The last window: with it sending ends.
            Some(Window::Main) if self.wizard.is_none() && self.windows.len() == 1 => {
                match self.mail.leave() {
                    Some(action) => self.act(action, None, Message::Mail),
                    None => window::close(id),
                }
            }
            _ => window::close(id),
        }
    }

    fn main_window(&self) -> Option<window::Id> {
        let mut windows = self.windows.iter();
        let main = windows.find(|(_, shown)| matches!(shown, Window::Main));
        main.map(|(id, _)| *id)
    }

    pub(super) fn closed(&mut self, id: window::Id) -> Task<Message> {
        if let (Some(Window::Letter(screen)), Some(engine)) =
            (self.windows.remove(&id), &self.engine)
            && let Some(letter) = screen.alone
        {
            engine.close_letter(letter);
        }
        if self.windows.is_empty() {
            iced::exit()
        } else {
            Task::none()
        }
    }

    /// Makes a new window as small as its screen, with room for the desktop's
    /// bars, where it is larger: at first, at a large scale, on a small screen.
    pub(super) fn fit(id: window::Id) -> Task<Message> {
        window::monitor_size(id).and_then(move |screen| {
            window::size(id).then(move |size| match fitting(size, screen) {
                Some(fitting) => window::resize(id, fitting),
                None => Task::none(),
            })
        })
    }

    pub(super) fn resized(&mut self, id: window::Id, size: Size) -> Task<Message> {
        if matches!(self.windows.get(&id), Some(Window::Main)) {
            self.mail.resized(size);
        }
        // On another screen it may have other pixels.
        self.ask_pixels(id)
    }

    /// Asks how many pixels of the screen a window with mail has for each of
    /// its own.
    pub(super) fn ask_pixels(&self, id: window::Id) -> Task<Message> {
        match self.windows.get(&id) {
            Some(Window::Main) => {
                let pixels = |pixels| Message::Mail(mail::Message::Pixels(pixels));
                window::scale_factor(id).map(pixels)
            }
            Some(Window::Letter(_)) => {
                let pixels = move |pixels| Message::Letter(id, mail::Message::Pixels(pixels));
                window::scale_factor(id).map(pixels)
            }
            _ => Task::none(),
        }
    }

    /// Carries out what a screen asked for. `of` is the window the screen is
    /// in, where that is not the main one.
    pub(crate) fn act<M: Send + 'static>(
        &mut self,
        action: Action<M>,
        of: Option<window::Id>,
        wrap: impl Fn(M) -> Message + Clone + Send + 'static,
    ) -> Task<Message> {
        match action {
            Action::None => Task::none(),
            Action::Run(task) => task.map(wrap),
            Action::Toast(toast) => {
                self.toast(toast);
                Task::none()
            }
            Action::Compose(start) => self.compose(start),
            Action::AddAccount => self.open_wizard(),
            Action::SignIn(account) => self.sign_in_again(account),
            Action::Accounts => self.open_accounts(),
            Action::Reading => {
                self.reading_page = Some(reading::State::open(&self.context()));
                Task::none()
            }
            Action::LeaveReading => {
                self.reading_page = None;
                Task::none()
            }
            Action::Storage => self.open_storage(),
            Action::LeaveStorage => {
                self.storage_page = None;
                Task::none()
            }
            Action::LeaveAccounts => {
                self.accounts_page = None;
                Task::none()
            }
            Action::EditAccount(id) => self.edit_account(id),
            Action::Demo => {
                self.toast(match open_demo() {
                    Ok(()) => Toast::done("Sample mail opens in a window of its own."),
                    Err(error) => {
                        Toast::error(format!("The sample mail could not be opened: {error}."))
                    }
                });
                Task::none()
            }
            Action::OpenPage(page) => self.open_page(page),
            Action::Keep(keep) => self.keep(keep),
            Action::Perform(verb) => self.perform(verb),
            Action::Letter(letter) => self.open_letter(letter),
            Action::Source(_, source) => self.open_source(*source),
            Action::Ask(query) => self.ask(query, of),
            Action::Close => of
                .or_else(|| self.main_window())
                .map_or_else(Task::none, window::close),
            Action::Back => self.leave_wizard(),
            Action::Batch(all) => Task::batch(
                all.into_iter()
                    .map(|action| self.act(action, of, wrap.clone()))
                    .collect::<Vec<_>>(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_made_as_small_as_its_screen() {
        assert_eq!(fitting(MAIN, Size::new(1920.0, 1080.0)), None);
        let small = fitting(MAIN, Size::new(640.0, 500.0));
        assert_eq!(small, Some(Size::new(640.0, 460.0)));
        let low = fitting(MAIN, Size::new(1366.0, 768.0)).unwrap();
        assert!((low.width, low.height) < (1280.1, 768.0));
    }
}
