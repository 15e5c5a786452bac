//! The welcome, adding an account with a live proof of both servers, and
//! signing in again.
//!
//! [`State::follow`] turns a message into [`Effect`]s, which are plain data;
//! [`State::update`] has them carried out.

mod account;
mod check;
mod check_view;
mod form_view;
mod server;
mod sign_in;
#[cfg(test)]
mod tests;
mod view;

use iced::Task;
use iced::keyboard::key::Named;
use iced::widget::operation;
use waxwing::engine::{CheckProgress, Handle, Passwords};
use waxwing::model::{Account, AccountId, AccountSettings, Password};
use waxwing::{Error, ErrorKind, Result};

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::component::toast::Toast;

use account::Form;
use account::Part;
use check::{Check, Phase};
use server::{Change, Side};
use sign_in::SignIn;

/// Where the person is.
#[derive(Debug)]
pub(crate) struct State {
    page: Page,
    /// Whether there is mail to go back to.
    can_leave: bool,
    /// Grows with every proof: answers of an older one are dropped.
    epoch: u64,
    running: Option<iced::task::Handle>,
}

#[derive(Debug)]
enum Page {
    Welcome,
    Form(Box<Form>),
    Check(Box<Form>, Box<Check>),
    SignIn(Box<SignIn>),
}

/// What happens on the way to an account.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Opens the form.
    AddAccount,
    /// Shows sample mail instead.
    Demo,
    /// One step back: to the form, the welcome, or the mail.
    Back,
    /// The person's name.
    Name(String),
    /// The person's address.
    Email(String),
    /// The password.
    Password(Password),
    /// The outgoing server's own password.
    OutgoingPassword(Password),
    /// Whether passwords can be read.
    Reveal,
    /// Whether both servers take the same password.
    SamePassword(bool),
    /// A setting of one server.
    Server(Side, Change),
    /// Checks and adds, or saves the new password.
    Submit,
    /// The proof goes on.
    Progress(u64, CheckProgress),
    /// The proof ended.
    Checked(u64),
    /// Stops the proof.
    Cancel,
    /// Saves although the proof failed.
    SaveAnyway,
    /// The account was saved, or not.
    Added(Result<Box<Account>>),
    /// The passwords were saved, or not.
    PasswordsSaved(Result<()>),
}

/// What the wizard wants done.
#[derive(Debug)]
enum Effect {
    Focus(&'static str),
    Check(u64, Box<AccountSettings>, Passwords),
    Stop,
    Add(Box<AccountSettings>, Passwords),
    SavePasswords(AccountId, Passwords),
    Tell(String),
    Demo,
    Leave,
}

impl State {
    /// The first start: there is no account yet.
    pub(crate) fn welcome() -> (Self, Task<Message>) {
        (Self::at(Page::Welcome, false), Task::none())
    }

    /// One more account; [`Action::Back`] leads back to the mail.
    pub(crate) fn add_account() -> (Self, Task<Message>) {
        let state = Self::at(Page::Form(Box::new(Form::new())), true);
        (state, operation::focus(form_view::NAME))
    }

    /// A new password for an account whose server refused the old one;
    /// [`Action::Back`] leads back to the mail.
    pub(crate) fn sign_in_again(account: Account, refused: Option<Error>) -> (Self, Task<Message>) {
        let page = Page::SignIn(Box::new(SignIn::new(account, refused)));
        (Self::at(page, true), operation::focus(Part::Password.id()))
    }

    fn at(page: Page, can_leave: bool) -> Self {
        Self {
            page,
            can_leave,
            epoch: 0,
            running: None,
        }
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, context: &Context<'_>) -> Action<Message> {
        self.follow(message)
            .into_iter()
            .map(|effect| self.carry_out(effect, context.engine))
            .fold(Action::None, Action::and)
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press, context: &Context<'_>) -> Action<Message> {
        if press.is(Named::Escape) {
            self.update(Message::Back, context)
        } else {
            Action::None
        }
    }

    fn follow(&mut self, message: Message) -> Vec<Effect> {
        match message {
            Message::AddAccount => self.open_form(),
            Message::Demo => vec![Effect::Demo],
            Message::Back => self.back(),
            Message::Submit => self.submit(),
            Message::Progress(epoch, progress) => self.progress(epoch, progress),
            Message::Checked(epoch) => self.checked(epoch),
            Message::Cancel => self.cancel(),
            Message::SaveAnyway => self.save_anyway(),
            Message::Added(answer) => self.added(answer),
            Message::PasswordsSaved(answer) => self.passwords_saved(answer),
            typed => self.typed(typed),
        }
    }

    fn open_form(&mut self) -> Vec<Effect> {
        self.page = Page::Form(Box::new(Form::new()));
        vec![Effect::Focus(form_view::NAME)]
    }

    fn back(&mut self) -> Vec<Effect> {
        match &self.page {
            Page::Check(_, check) if check.phase == Phase::Saving => Vec::new(),
            Page::Check(form, _) => {
                self.epoch += 1;
                self.page = Page::Form(form.clone());
                vec![Effect::Stop]
            }
            Page::Form(_) | Page::SignIn(_) if self.can_leave => vec![Effect::Leave],
            _ => {
                self.page = Page::Welcome;
                Vec::new()
            }
        }
    }

    fn typed(&mut self, message: Message) -> Vec<Effect> {
        match &mut self.page {
            Page::Form(form) => match message {
                Message::Name(name) => form.name = name,
                Message::Email(email) => form.email(email),
                Message::Password(password) => form.password = password,
                Message::OutgoingPassword(password) => form.outgoing_password = password,
                Message::Reveal => form.revealed = !form.revealed,
                Message::SamePassword(same) => form.same_password = same,
                Message::Server(side, change) => form.change(side, change),
                _ => {}
            },
            Page::SignIn(sign_in) => match message {
                Message::Password(password) => sign_in.password = password,
                Message::OutgoingPassword(password) => sign_in.outgoing_password = password,
                Message::Reveal => sign_in.revealed = !sign_in.revealed,
                Message::SamePassword(same) => sign_in.same_password = same,
                _ => {}
            },
            Page::Welcome | Page::Check(..) => {}
        }
        Vec::new()
    }

    fn submit(&mut self) -> Vec<Effect> {
        match &mut self.page {
            Page::Form(form) | Page::Check(form, _) => match form.submit() {
                Err(part) => vec![Effect::Focus(part.id())],
                Ok((settings, passwords)) => {
                    let form = form.clone();
                    self.epoch += 1;
                    self.page = Page::Check(form, Box::new(Check::new()));
                    vec![Effect::Check(self.epoch, Box::new(settings), passwords)]
                }
            },
            Page::SignIn(sign_in) if !sign_in.saving => {
                let account = sign_in.account.id;
                match sign_in.submit() {
                    Some(passwords) => vec![Effect::SavePasswords(account, passwords)],
                    None => vec![Effect::Focus(Part::Password.id())],
                }
            }
            Page::Welcome | Page::SignIn(_) => Vec::new(),
        }
    }

    /// The proof that runs, unless the answer is of an older one.
    fn running_check(&mut self, epoch: u64) -> Option<&mut Check> {
        match &mut self.page {
            Page::Check(_, check) if epoch == self.epoch && check.phase == Phase::Running => {
                Some(check)
            }
            _ => None,
        }
    }

    fn progress(&mut self, epoch: u64, progress: CheckProgress) -> Vec<Effect> {
        if let Some(check) = self.running_check(epoch) {
            check.progress(progress);
        }
        Vec::new()
    }

    fn checked(&mut self, epoch: u64) -> Vec<Effect> {
        let proven = self
            .running_check(epoch)
            .is_some_and(|check| check.ended(false));
        if proven { self.add() } else { Vec::new() }
    }

    fn cancel(&mut self) -> Vec<Effect> {
        let epoch = self.epoch;
        let Some(check) = self.running_check(epoch) else {
            return Vec::new();
        };
        check.ended(true);
        self.epoch += 1;
        vec![Effect::Stop]
    }

    fn save_anyway(&mut self) -> Vec<Effect> {
        match &mut self.page {
            Page::Check(_, check) if check.phase != Phase::Running => {
                check.phase = Phase::Saving;
                self.add()
            }
            _ => Vec::new(),
        }
    }

    fn add(&mut self) -> Vec<Effect> {
        let Page::Check(form, check) = &mut self.page else {
            return Vec::new();
        };
        check.failure = None;
        match form.submit() {
            Ok((settings, passwords)) => vec![Effect::Add(Box::new(settings), passwords)],
            Err(_) => Vec::new(),
        }
    }

    fn added(&mut self, answer: Result<Box<Account>>) -> Vec<Effect> {
        match answer {
            Ok(account) => vec![
                Effect::Tell(format!("{} was added.", account.settings.email)),
                Effect::Leave,
            ],
            Err(error) => {
                if let Page::Check(_, check) = &mut self.page {
                    check.phase = Phase::Stopped { by_person: false };
                    check.failure = Some(error);
                }
                Vec::new()
            }
        }
    }

    fn passwords_saved(&mut self, answer: Result<()>) -> Vec<Effect> {
        let Page::SignIn(sign_in) = &mut self.page else {
            return Vec::new();
        };
        sign_in.saving = false;
        match answer {
            Ok(()) => vec![
                Effect::Tell("The new password is saved. Signing in…".to_owned()),
                Effect::Leave,
            ],
            Err(error) => {
                sign_in.problem = Some(error.to_string());
                Vec::new()
            }
        }
    }

    fn carry_out(&mut self, effect: Effect, engine: Option<&Handle>) -> Action<Message> {
        match effect {
            Effect::Focus(id) => Action::Run(operation::focus(id)),
            Effect::Check(epoch, settings, passwords) => {
                self.prove(epoch, *settings, passwords, engine)
            }
            Effect::Stop => {
                if let Some(running) = self.running.take() {
                    running.abort();
                }
                Action::None
            }
            Effect::Add(settings, passwords) => Action::Run(match engine.cloned() {
                Some(engine) => Task::perform(
                    async move { engine.add_account(*settings, passwords).await.map(Box::new) },
                    Message::Added,
                ),
                None => Task::done(Message::Added(Err(no_engine()))),
            }),
            Effect::SavePasswords(account, passwords) => Action::Run(match engine.cloned() {
                Some(engine) => Task::perform(
                    async move { engine.set_passwords(account, passwords).await },
                    Message::PasswordsSaved,
                ),
                None => Task::done(Message::PasswordsSaved(Err(no_engine()))),
            }),
            Effect::Tell(words) => Action::Toast(Toast::done(words)),
            Effect::Demo => Action::Demo,
            Effect::Leave => Action::Back,
        }
    }

    fn prove(
        &mut self,
        epoch: u64,
        settings: AccountSettings,
        passwords: Passwords,
        engine: Option<&Handle>,
    ) -> Action<Message> {
        let Some(engine) = engine else {
            return Action::Run(Task::done(Message::Added(Err(no_engine()))));
        };
        let check = Task::run(engine.check(settings, passwords), move |progress| {
            Message::Progress(epoch, progress)
        });
        let (task, running) = check.chain(Task::done(Message::Checked(epoch))).abortable();
        self.running = Some(running.abort_on_drop());
        Action::Run(task)
    }
}

fn no_engine() -> Error {
    Error::new(
        ErrorKind::Storage,
        "Nothing can be saved: the mail store is not open.",
    )
}
