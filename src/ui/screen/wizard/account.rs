//! The form of a new account: what is typed and what is wrong with it.

use waxwing::engine::Passwords;
use waxwing::model::{AccountSettings, Password, PrefetchPolicy};

use super::server::{Change, ServerForm, Side};
use crate::ui::component::address_field::Entry;

/// A field that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// The person's address.
    Email,
    /// The password, of both servers as a rule.
    Password,
    /// The outgoing server's own password.
    OutgoingPassword,
    /// Name of a server.
    Host(Side),
    /// Port of a server.
    Port(Side),
    /// The name to sign in with.
    Username(Side),
}

impl Part {
    const ALL: [Self; 9] = [
        Self::Email,
        Self::Password,
        Self::Host(Side::Incoming),
        Self::Port(Side::Incoming),
        Self::Username(Side::Incoming),
        Self::Host(Side::Outgoing),
        Self::Port(Side::Outgoing),
        Self::Username(Side::Outgoing),
        Self::OutgoingPassword,
    ];

    /// The name of its field.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Email => "wizard-email",
            Self::Password => "wizard-password",
            Self::OutgoingPassword => "wizard-outgoing-password",
            Self::Host(Side::Incoming) => "wizard-incoming-host",
            Self::Host(Side::Outgoing) => "wizard-outgoing-host",
            Self::Port(Side::Incoming) => "wizard-incoming-port",
            Self::Port(Side::Outgoing) => "wizard-outgoing-port",
            Self::Username(Side::Incoming) => "wizard-incoming-username",
            Self::Username(Side::Outgoing) => "wizard-outgoing-username",
        }
    }
}

/// What is typed.
#[derive(Debug, Clone)]
pub(super) struct Form {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) password: Password,
    pub(super) incoming: ServerForm,
    pub(super) outgoing: ServerForm,
    /// Whether both servers take the same password.
    pub(super) same_password: bool,
    pub(super) outgoing_password: Password,
    /// Whether passwords can be read.
    pub(super) revealed: bool,
    /// Whether problems are shown: not before the person was done once.
    tried: bool,
}

impl Form {
    pub(super) fn new() -> Self {
        Self {
            name: String::new(),
            email: String::new(),
            password: Password::new(""),
            incoming: ServerForm::new(Side::Incoming),
            outgoing: ServerForm::new(Side::Outgoing),
            same_password: true,
            outgoing_password: Password::new(""),
            revealed: false,
            tried: false,
        }
    }

    pub(super) fn email(&mut self, email: String) {
        self.incoming.guess(&email);
        self.outgoing.guess(&email);
        self.email = email;
    }

    pub(super) fn server(&self, side: Side) -> &ServerForm {
        match side {
            Side::Incoming => &self.incoming,
            Side::Outgoing => &self.outgoing,
        }
    }

    pub(super) fn change(&mut self, side: Side, change: Change) {
        match side {
            Side::Incoming => self.incoming.change(change),
            Side::Outgoing => self.outgoing.change(change),
        }
    }

    /// What is wrong with a field, once the person was done.
    pub(super) fn problem(&self, part: Part) -> Option<&'static str> {
        self.tried.then(|| self.judge(part)).flatten()
    }

    fn judge(&self, part: Part) -> Option<&'static str> {
        let secret = |password: &Password| {
            password
                .reveal()
                .is_empty()
                .then_some("The password is missing.")
        };
        match part {
            Part::Email if self.email.trim().is_empty() => Some("The address is missing."),
            Part::Email => self
                .address()
                .is_none()
                .then_some("This is no whole address yet. It looks like you@example.org."),
            Part::Password => secret(&self.password),
            Part::OutgoingPassword if self.same_password => None,
            Part::OutgoingPassword => secret(&self.outgoing_password),
            Part::Host(side) => self.server(side).host_problem(),
            Part::Port(side) => self.server(side).port_problem(),
            Part::Username(side) => self.server(side).username_problem(),
        }
    }

    fn address(&self) -> Option<String> {
        let address = Entry::read(&self.email).address.ok()?;
        address.name.is_empty().then_some(address.address)
    }

    /// The person is done: the first field that is wrong, or what to check.
    pub(super) fn submit(&mut self) -> Result<(AccountSettings, Passwords), Part> {
        self.tried = true;
        if let Some(part) = Part::ALL
            .into_iter()
            .find(|part| self.judge(*part).is_some())
        {
            return Err(part);
        }
        self.settings().ok_or(Part::Email)
    }

    fn settings(&self) -> Option<(AccountSettings, Passwords)> {
        let email = self.address()?;
        let settings = AccountSettings {
            name: email.clone(),
            display_name: self.name.trim().to_owned(),
            email,
            incoming: self.incoming.settings()?,
            pop3: self.incoming.pop3(),
            outgoing: self.outgoing.settings()?,
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        };
        let outgoing = if self.same_password {
            self.password.clone()
        } else {
            self.outgoing_password.clone()
        };
        let passwords = Passwords {
            incoming: self.password.clone(),
            outgoing,
            identities: Vec::new(),
        };
        Some((settings, passwords))
    }
}
