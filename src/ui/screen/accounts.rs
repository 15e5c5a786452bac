//! The accounts: their order, how each is doing, changing and removing them,
//! and the certificates a person trusts.
//!
//! As in the wizard, [`State::follow`] turns a message into [`Effect`]s, which
//! are plain data.

mod effect;
mod remove_view;
#[cfg(test)]
mod tests;
mod view;

use iced::keyboard::{Key, Modifiers, key::Named};
use waxwing::engine::{Handle, Keeping};
use waxwing::model::{Account, AccountId, TrustedCertificate};
use waxwing::{Error, Result};

use crate::ui::app::{Action, Context};
use crate::ui::command::Press;
use crate::ui::component::sheet;
use crate::ui::screen::keeping;

use effect::Effect;

/// What is shown.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// The account the keyboard is at.
    at: Option<AccountId>,
    removal: Option<Removal>,
    /// Where passwords are kept.
    keeping: Option<Keeping>,
    /// The page to change that.
    elsewhere: Option<keeping::State>,
    certificates: Vec<TrustedCertificate>,
    /// Why the certificates are not shown.
    failure: Option<Error>,
}

/// An account that is to go, unless the person thinks better of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Removal {
    id: AccountId,
    /// Whether the person knows that mail may be lost.
    sure: bool,
    /// Whether it is being done.
    runs: bool,
}

/// What happens on the page.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// The account the keyboard is at.
    At(AccountId),
    /// One place up (-1) or down (1).
    Move(AccountId, isize),
    /// Other settings.
    Edit(AccountId),
    /// A new password, or another way to mend it.
    SignIn(AccountId),
    /// On or off.
    Enable(AccountId, bool),
    /// Whether it shall go.
    Remove(AccountId),
    /// Whether the person knows that mail may be lost.
    Sure(bool),
    /// It shall go.
    ConfirmRemove,
    /// It went, or not.
    Removed(Result<()>),
    /// Something was done, or not.
    Done(Result<()>),
    /// Passwords are to be kept elsewhere.
    KeepElsewhere,
    /// On the page where the person says where.
    Keeping(keeping::Message),
    /// How much room everything takes.
    Storage,
    /// How mail is shown.
    Reading,
    /// The certificates were read.
    Certificates(Result<Vec<TrustedCertificate>>),
    /// This one is not trusted any more.
    Distrust(TrustedCertificate),
    /// One more account.
    Add,
    /// One step back: from the question, or to the mail.
    Back,
}

impl State {
    /// The page, as it opens.
    pub(crate) fn open(context: &Context<'_>) -> (Self, Action<Message>) {
        let mut state = Self {
            at: context.accounts.first().map(|account| account.id),
            keeping: context.engine.map(Handle::keeping),
            ..Self::default()
        };
        let read = state.carry_out(Effect::ReadCertificates, context.engine);
        (state, read)
    }

    /// The wizard was in front of the page and is gone.
    pub(crate) fn back(&mut self, context: &Context<'_>) -> Action<Message> {
        self.keeping = context.engine.map(Handle::keeping);
        self.carry_out(Effect::ReadCertificates, context.engine)
    }

    /// Accounts came, went or were changed.
    pub(crate) fn accounts_changed(&mut self, accounts: &[Account]) {
        let there = |id: AccountId| accounts.iter().any(|account| account.id == id);
        if !self.at.is_some_and(there) {
            self.at = accounts.first().map(|account| account.id);
        }
        if !self.removal.is_some_and(|removal| there(removal.id)) {
            self.removal = None;
        }
    }

    /// Follows what happened.
    pub(crate) fn update(&mut self, message: Message, context: &Context<'_>) -> Action<Message> {
        let action = self
            .follow(message, context.accounts)
            .into_iter()
            .map(|effect| self.carry_out(effect, context.engine))
            .fold(Action::None, Action::and);
        self.keeping = context.engine.map(Handle::keeping).or(self.keeping);
        action
    }

    /// A key no widget took.
    pub(crate) fn key(&mut self, press: &Press, context: &Context<'_>) -> Action<Message> {
        match self.key_means(press, context.accounts) {
            Some(message) => self.update(message, context),
            None => sheet::scroll_key(press).map_or(Action::None, Action::Run),
        }
    }

    fn key_means(&self, press: &Press, accounts: &[Account]) -> Option<Message> {
        if self.elsewhere.is_some() {
            return keeping::State::key_means(press).map(Message::Keeping);
        }
        if press.is(Named::Escape) {
            return Some(Message::Back);
        }
        if self.removal.is_some() {
            return None;
        }
        let at = self.at?;
        let place = accounts.iter().position(|account| account.id == at)?;
        let by = match press.key {
            Key::Named(Named::ArrowUp) => -1,
            Key::Named(Named::ArrowDown) => 1,
            _ => 0,
        };
        if by != 0 && press.modifiers == Modifiers::ALT {
            return Some(Message::Move(at, by));
        }
        if by != 0 && press.modifiers.is_empty() {
            let next = accounts.get(place.checked_add_signed(by)?)?;
            return Some(Message::At(next.id));
        }
        if press.is(Named::Enter) {
            return Some(Message::Edit(at));
        }
        press.is(Named::Delete).then_some(Message::Remove(at))
    }

    fn follow(&mut self, message: Message, accounts: &[Account]) -> Vec<Effect> {
        match message {
            Message::At(id) => {
                self.at = Some(id);
                vec![Effect::Show(id)]
            }
            Message::Move(id, by) => self.move_by(id, by, accounts),
            Message::Edit(id) => vec![Effect::Edit(id)],
            Message::SignIn(id) => vec![Effect::SignIn(id)],
            Message::Enable(id, on) => self.enable(id, on),
            Message::Remove(id) => {
                self.removal = Some(Removal {
                    id,
                    sure: false,
                    runs: false,
                });
                Vec::new()
            }
            Message::Sure(sure) => {
                if let Some(removal) = &mut self.removal {
                    removal.sure = sure;
                }
                Vec::new()
            }
            Message::ConfirmRemove => self.remove(accounts),
            Message::Removed(answer) => self.removed(answer),
            Message::Done(answer) => told(answer),
            Message::Certificates(answer) => {
                match answer {
                    Ok(all) => {
                        self.certificates = all;
                        self.failure = None;
                    }
                    Err(error) => self.failure = Some(error),
                }
                Vec::new()
            }
            Message::Storage => vec![Effect::Storage],
            Message::Reading => vec![Effect::Reading],
            Message::KeepElsewhere => self.keep_elsewhere(),
            Message::Keeping(message) => self.follow_keeping(message),
            Message::Distrust(certificate) => vec![Effect::Distrust(certificate)],
            Message::Add => vec![Effect::Add],
            Message::Back => match self.removal {
                Some(removal) if removal.runs => Vec::new(),
                Some(_) => {
                    self.removal = None;
                    Vec::new()
                }
                None => vec![Effect::Leave],
            },
        }
    }

    fn keep_elsewhere(&mut self) -> Vec<Effect> {
        let Some(keeping) = self.keeping else {
            return Vec::new();
        };
        let state = keeping::State::new(keeping, None);
        let field = state.first_field().map(Effect::Focus);
        self.elsewhere = Some(state);
        field.into_iter().collect()
    }

    fn follow_keeping(&mut self, message: keeping::Message) -> Vec<Effect> {
        let Some(state) = &mut self.elsewhere else {
            return Vec::new();
        };
        match state.follow(message) {
            keeping::Outcome::Stay => Vec::new(),
            keeping::Outcome::Focus(id) => vec![Effect::Focus(id)],
            keeping::Outcome::Use(choice) => vec![Effect::Keep(choice)],
            keeping::Outcome::Left => {
                self.elsewhere = None;
                Vec::new()
            }
            keeping::Outcome::Settled(_) => {
                self.elsewhere = None;
                vec![Effect::Tell("Passwords are kept there now.".to_owned())]
            }
        }
    }

    fn move_by(&mut self, id: AccountId, by: isize, accounts: &[Account]) -> Vec<Effect> {
        self.at = Some(id);
        let mut order: Vec<AccountId> = accounts.iter().map(|account| account.id).collect();
        let Some(from) = order.iter().position(|known| *known == id) else {
            return Vec::new();
        };
        match from.checked_add_signed(by).filter(|to| *to < order.len()) {
            Some(to) => {
                order.swap(from, to);
                vec![Effect::Order(order)]
            }
            None => Vec::new(),
        }
    }

    fn enable(&mut self, id: AccountId, on: bool) -> Vec<Effect> {
        self.at = Some(id);
        self.removal = None;
        vec![Effect::Enable(id, on)]
    }

    /// The account that is asked about.
    fn asked<'a>(&self, accounts: &'a [Account]) -> Option<(&'a Account, Removal)> {
        let removal = self.removal?;
        let account = accounts.iter().find(|account| account.id == removal.id)?;
        Some((account, removal))
    }

    fn remove(&mut self, accounts: &[Account]) -> Vec<Effect> {
        let Some((account, removal)) = self.asked(accounts) else {
            return Vec::new();
        };
        if removal.runs || (account.settings.is_local() && !removal.sure) {
            return Vec::new();
        }
        self.removal = Some(Removal {
            runs: true,
            ..removal
        });
        vec![Effect::Remove(account.id)]
    }

    fn removed(&mut self, answer: Result<()>) -> Vec<Effect> {
        match answer {
            Ok(()) => {
                self.removal = None;
                vec![Effect::Tell("The account was removed.".to_owned())]
            }
            Err(error) => {
                if let Some(removal) = &mut self.removal {
                    removal.runs = false;
                }
                vec![Effect::Fail(error.to_string())]
            }
        }
    }
}

fn told(answer: Result<()>) -> Vec<Effect> {
    match answer {
        Ok(()) => Vec::new(),
        Err(error) => vec![Effect::Fail(error.to_string())],
    }
}
