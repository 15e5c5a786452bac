//! The welcome, adding an account, changing one, and signing in again: both
//! servers are found, proven while the person looks on, and only then saved.
//!
//! [`State::follow`] turns a message into [`Effect`]s, which are plain data;
//! [`State::update`] has them carried out.

mod browser;
mod browser_view;
mod check;
mod check_view;
mod effect;
mod failure_view;
mod finding;
mod follow;
mod form;
mod found_view;
mod hand_view;
mod person_view;
mod places;
mod pop3;
mod proof;
mod server;
mod server_view;
mod sign_in_view;
#[cfg(test)]
mod tests;
mod trust_view;
mod view;

use iced::Task;
use iced::keyboard::key::Named;
use iced::widget::operation;
use waxwing::engine::{BrowserSignIn, CheckProgress, Keeping, SecretsTrouble};
use waxwing::model::{
    Account, AuthMethod, DiscoveryProgress, DiscoverySource, Password, Protocol, Remedy,
    TrustedCertificate,
};
use waxwing::{Error, Result};

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::component::sheet;
use crate::ui::screen::keeping;

use browser::Browser;
use check::Check;
use form::{Form, Part};
use server::{Change, Side};

/// Where the person is, and what is known of the account so far.
#[derive(Debug)]
pub(crate) struct State {
    page: Page,
    form: Form,
    /// Where the proof was begun, to go back to.
    start: Start,
    /// What was wrong with an account that is there.
    refused: Option<Error>,
    /// A certificate the person is asked about.
    question: Option<TrustedCertificate>,
    /// Where passwords are kept, while the person is asked.
    keeping: Option<keeping::State>,
    /// Whether servers' own words are shown.
    details: bool,
    /// Whether all is shown that was found.
    others: bool,
    /// Whether the person is done and only the search is waited for.
    goes_on: bool,
    /// Whether there is mail to go back to.
    can_leave: bool,
    /// Grows with every proof and every search: answers of an older one are
    /// dropped.
    epoch: u64,
    search: u64,
    running: Option<iced::task::Handle>,
    searching: Option<iced::task::Handle>,
}

#[derive(Debug)]
enum Page {
    Welcome,
    /// Name, address, password.
    Person,
    /// All fields of both servers.
    ByHand,
    /// The provider's sign-in in the browser.
    Browser(Box<Browser>),
    /// The proof.
    Check(Box<Check>),
    /// A new password for an account that is there.
    SignIn,
}

/// Where a proof can be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Start {
    Person,
    ByHand,
    SignIn,
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
    /// What the account is called here.
    Label(String),
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
    /// The passwords without blanks and invisible characters.
    CleanPassword,
    /// A setting of one server.
    Server(Side, Change),
    /// What happens to mail on a POP3 server.
    Rules(pop3::Change),
    /// Shows or hides what else was found.
    Others,
    /// Other servers, of those that were found: where.
    Take(DiscoverySource, String),
    /// Which way mail comes in, of those that were found.
    Choose(Protocol),
    /// Which way to sign in, of those that were found.
    SignInBy(AuthMethod),
    /// Whether the servers that were found are right.
    Confirmed(bool),
    /// The person pauses: the domain is whole.
    Paused(u64),
    /// The search begins once more: there was no network before.
    SearchAgain,
    /// The search goes on.
    Seen(u64, DiscoveryProgress),
    /// The search ended.
    Searched(u64),
    /// The domain is a large provider's but for a slip of the fingers: the
    /// address that was probably meant.
    LikelyMeant(u64, String),
    /// Whether that address is the right one.
    Meant(bool),
    /// Why no servers were found.
    NothingFound(u64, Error),
    /// All fields by hand.
    ByHand,
    /// What was found instead of what was typed by hand.
    AsFound,
    /// Goes on, checks, or saves the new password.
    Submit,
    /// The proof goes on.
    Progress(u64, CheckProgress),
    /// The proof ended.
    Checked(u64),
    /// Stops what runs.
    Cancel,
    /// Saves although the proof failed.
    SaveAnyway,
    /// A button that mends a fault of that server.
    Remedy(Side, Remedy),
    /// Shows or hides the servers' own words.
    Details,
    /// What the person says about a certificate.
    Trust(bool),
    /// The certificate is trusted from now on, or could not be.
    Trusted(Result<()>),
    /// Passwords are to be kept elsewhere: the place in use is in trouble.
    KeepElsewhere,
    /// How they are kept, and what the trouble is.
    Troubled(Error, Keeping),
    /// On the page where the person says where they are kept.
    Keeping(keeping::Message),
    /// The sign-in in the browser goes on.
    Browser(u64, BrowserSignIn),
    /// A page to show in the browser.
    Open(String),
    /// The address of a page, to paste it elsewhere.
    Copy(String),
    /// The account was saved, or not.
    Added(Result<Box<Account>>),
    /// The changed account was saved, or not.
    Saved(Result<()>),
}

impl State {
    /// The first start: there is no account yet.
    pub(crate) fn welcome() -> (Self, Task<Message>) {
        (Self::at(Page::Welcome, Form::new(), false), Task::none())
    }

    /// One more account; [`Action::Back`] leads back to the mail.
    pub(crate) fn add_account() -> (Self, Task<Message>) {
        let state = Self::at(Page::Person, Form::new(), true);
        (state, operation::focus(person_view::NAME))
    }

    /// Other settings for an account; [`Action::Back`] leads back.
    pub(crate) fn change(account: Account) -> (Self, Task<Message>) {
        let state = Self {
            start: Start::ByHand,
            ..Self::at(Page::ByHand, Form::of(account), true)
        };
        (state, operation::focus(Part::Label.id()))
    }

    /// A new password for an account whose server refused the old one;
    /// [`Action::Back`] leads back to the mail.
    pub(crate) fn sign_in_again(account: Account, refused: Option<Error>) -> (Self, Task<Message>) {
        let troubled = refused.as_ref().and_then(SecretsTrouble::of).is_some();
        let state = Self {
            start: Start::SignIn,
            refused,
            ..Self::at(Page::SignIn, Form::of(account), true)
        };
        if troubled {
            return (state, Task::done(Message::KeepElsewhere));
        }
        (state, operation::focus(Part::Password.id()))
    }

    fn at(page: Page, form: Form, can_leave: bool) -> Self {
        Self {
            page,
            form,
            start: Start::Person,
            refused: None,
            question: None,
            keeping: None,
            details: false,
            others: false,
            goes_on: false,
            can_leave,
            epoch: 0,
            search: 0,
            running: None,
            searching: None,
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
        match self.key_means(press) {
            Some(message) => self.update(message, context),
            None => sheet::scroll_key(press).map_or(Action::None, Action::Run),
        }
    }

    fn key_means(&self, press: &Press) -> Option<Message> {
        if self.keeping.is_some() {
            return keeping::State::key_means(press).map(Message::Keeping);
        }
        if press.is(Named::ArrowDown) && self.offers_another_address() {
            return Some(Message::Meant(true));
        }
        if press.is(Named::Escape) {
            return Some(match &self.page {
                Page::Check(check) if check.phase == check::Phase::Running => Message::Cancel,
                _ => Message::Back,
            });
        }
        let goes_on = press.is(Named::Enter) && self.question.is_none();
        goes_on.then_some(match self.page {
            Page::Welcome => Message::AddAccount,
            _ => Message::Submit,
        })
    }
}
