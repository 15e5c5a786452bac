//! What is typed about an account and what is wrong with it.

use waxwing::engine::Passwords;
use waxwing::model::entry::{
    self, AddressEntry, AddressFault, clean_password, password_remark, words_of,
};
use waxwing::model::{
    Account, AccountSettings, AuthMethod, Password, PrefetchPolicy, Protocol, ServerSettings,
};

use super::finding::{Finder, Next};
use super::pop3::Rules;
use super::server::{Change, ServerForm, Side};

/// A field that can be wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// What the account is called here.
    Label,
    /// The person's address.
    Email,
    /// The password, of both servers as a rule.
    Password,
    /// The outgoing server's own password.
    OutgoingPassword,
    /// Whether the servers that were found are right.
    Confirmed,
    /// Name of a server.
    Host(Side),
    /// Port of a server.
    Port(Side),
    /// The name to sign in with.
    Username(Side),
    /// Days until mail goes from a POP3 server.
    Days,
    /// Size of large messages.
    Megabytes,
}

impl Part {
    /// What is on the first page.
    const FIRST: [Self; 3] = [Self::Email, Self::Password, Self::Confirmed];

    /// What is on the page by hand, in its order.
    const BY_HAND: [Self; 13] = [
        Self::Label,
        Self::Email,
        Self::Password,
        Self::Host(Side::Incoming),
        Self::Port(Side::Incoming),
        Self::Username(Side::Incoming),
        Self::Days,
        Self::Megabytes,
        Self::Host(Side::Outgoing),
        Self::Port(Side::Outgoing),
        Self::Username(Side::Outgoing),
        Self::OutgoingPassword,
        Self::Confirmed,
    ];

    /// Whether it is on the first page.
    pub(super) fn is_first(self) -> bool {
        Self::FIRST.contains(&self)
    }

    /// The name of its field.
    pub(super) fn id(self) -> &'static str {
        match self {
            Self::Label => "wizard-label",
            Self::Email => "wizard-email",
            Self::Password => "wizard-password",
            Self::OutgoingPassword => "wizard-outgoing-password",
            Self::Confirmed => "wizard-confirmed",
            Self::Host(Side::Incoming) => "wizard-incoming-host",
            Self::Host(Side::Outgoing) => "wizard-outgoing-host",
            Self::Port(Side::Incoming) => "wizard-incoming-port",
            Self::Port(Side::Outgoing) => "wizard-outgoing-port",
            Self::Username(Side::Incoming) => "wizard-incoming-username",
            Self::Username(Side::Outgoing) => "wizard-outgoing-username",
            Self::Days => "wizard-days",
            Self::Megabytes => "wizard-megabytes",
        }
    }
}

/// What is typed.
#[derive(Debug, Clone)]
pub(super) struct Form {
    /// The account that is changed; a new one without.
    pub(super) of: Option<Box<Account>>,
    /// What the account is called here.
    pub(super) label: String,
    pub(super) name: String,
    pub(super) email: String,
    /// What was taken out of the address.
    pub(super) email_remark: Option<String>,
    pub(super) password: Password,
    /// Whether both servers take the same password.
    pub(super) same_password: bool,
    pub(super) outgoing_password: Password,
    /// What the provider gave after a sign-in in the browser.
    pub(super) token: Option<Password>,
    /// Whether passwords can be read.
    pub(super) revealed: bool,
    pub(super) finder: Finder,
    pub(super) incoming: ServerForm,
    pub(super) outgoing: ServerForm,
    pub(super) rules: Rules,
    /// Whether problems are shown: not before the person was done once.
    tried: bool,
}

impl Form {
    pub(super) fn new() -> Self {
        Self {
            of: None,
            label: String::new(),
            name: String::new(),
            email: String::new(),
            email_remark: None,
            password: Password::new(""),
            same_password: true,
            outgoing_password: Password::new(""),
            token: None,
            revealed: false,
            finder: Finder::new(),
            incoming: ServerForm::new(Side::Incoming),
            outgoing: ServerForm::new(Side::Outgoing),
            rules: Rules::default(),
            tried: false,
        }
    }

    /// The form of an account that is there.
    pub(super) fn of(account: Account) -> Self {
        let mut form = Self::new();
        let settings = &account.settings;
        form.label.clone_from(&settings.name);
        form.name.clone_from(&settings.display_name);
        form.email.clone_from(&settings.email);
        form.incoming.take(&settings.incoming);
        form.outgoing.take(&settings.outgoing);
        form.rules = Rules::of(&settings.pop3.clone().unwrap_or_default());
        form.of = Some(Box::new(account));
        form
    }

    /// The address, as far as it is one.
    pub(super) fn address(&self) -> Result<AddressEntry, AddressFault> {
        entry::address(&self.email)
    }

    pub(super) fn email_typed(&mut self, email: String) -> Next {
        let pasted = email.chars().count() > self.email.chars().count() + 1;
        self.email = email;
        self.email_remark = None;
        let entry = self.address().ok();
        if pasted && let Some(entry) = &entry {
            self.take_address(entry);
        }
        if self.of.is_some() {
            return Next::Nothing;
        }
        let domain = self.finder.domain.clone();
        let next = self.finder.address(entry.as_ref());
        // A sign-in is at one provider, and so is what mended it there.
        if self.finder.domain != domain {
            self.token = None;
            self.incoming.leave_provider();
            self.outgoing.leave_provider();
        }
        self.adopt();
        next
    }

    fn take_address(&mut self, entry: &AddressEntry) {
        self.email.clone_from(&entry.address);
        if self.name.is_empty() {
            self.name.clone_from(&entry.name);
        }
        if !entry.remarks.is_empty() {
            self.email_remark = Some(words_of(&entry.remarks));
        }
    }

    /// Takes over what was found, where the person settled nothing else.
    pub(super) fn adopt(&mut self) {
        if let Some((incoming, outgoing)) = self.finder.pick() {
            self.incoming.follow(incoming);
            self.outgoing.follow(outgoing);
        } else {
            let email = self.address().map(|entry| entry.address);
            let email = email.unwrap_or_else(|_| self.email.clone());
            self.incoming.guess(&email);
            self.outgoing.guess(&email);
        }
    }

    /// The person chooses, of the ways to sign in that were found.
    pub(super) fn choose_sign_in(&mut self, auth: AuthMethod) {
        self.finder.sign_in_by(auth);
        self.incoming.disown_auth();
        self.outgoing.disown_auth();
        self.adopt();
    }

    /// Forgets what was settled by hand.
    pub(super) fn as_found(&mut self) {
        self.incoming.disown();
        self.outgoing.disown();
        self.adopt();
    }

    /// Whether the person settled something about a server but the way to sign
    /// in.
    pub(super) fn is_by_hand(&self) -> bool {
        self.incoming.is_own() || self.outgoing.is_own()
    }

    /// Whether a password would go to servers that anybody may have written,
    /// and that the person neither typed nor looked at.
    pub(super) fn needs_a_look(&self) -> bool {
        let is_own = self.incoming.is_way_own() && self.outgoing.is_way_own();
        self.of.is_none() && !is_own && self.finder.needs_a_look()
    }

    pub(super) fn server(&self, side: Side) -> &ServerForm {
        match side {
            Side::Incoming => &self.incoming,
            Side::Outgoing => &self.outgoing,
        }
    }

    fn both(&mut self, side: Side) -> (&mut ServerForm, &mut ServerForm) {
        match side {
            Side::Incoming => (&mut self.incoming, &mut self.outgoing),
            Side::Outgoing => (&mut self.outgoing, &mut self.incoming),
        }
    }

    pub(super) fn change(&mut self, side: Side, change: Change) {
        let is_host = matches!(change, Change::Host(_));
        self.settle_hosts(is_host.then_some(side));
        if is_host {
            self.token = None;
        }
        let nothing_found = self.finder.best().is_none();
        let (server, other) = self.both(side);
        server.change(change);
        // What was found for the other server is better than a hint.
        if is_host && nothing_found && server.is_host_own() {
            other.follow_host(&server.host);
        }
        if server.is_username_own() {
            other.follow_username(&server.username);
        }
    }

    /// Names of servers that nobody types at just now are typed to their end.
    pub(super) fn settle_hosts(&mut self, typed: Option<Side>) {
        for side in Side::BOTH {
            if Some(side) != typed {
                self.both(side).0.settle_host();
            }
        }
    }

    /// Takes settings that a remedy names.
    pub(super) fn take(&mut self, server: &ServerSettings) {
        self.both(Side::of(server.protocol)).0.take(server);
    }

    /// The servers are signed in to that way: the one that failed, and of the
    /// others those of which it is known that they take it; all of them where
    /// that is known of none.
    pub(super) fn sign_in_by(&mut self, auth: AuthMethod, failed: Side) {
        self.finder.sign_in_by(auth);
        self.adopt();
        let asks = |side: &Side| self.server(*side).auth != AuthMethod::None;
        let asking: Vec<Side> = Side::BOTH.into_iter().filter(asks).collect();
        let takes = |side: &Side| {
            let server = self.server(*side);
            self.finder.takes(server.protocol, &server.host, auth)
        };
        let taking: Vec<Side> = asking.iter().copied().filter(takes).collect();
        let willing = if taking.is_empty() { asking } else { taking };
        for side in Side::BOTH {
            if side == failed || willing.contains(&side) {
                self.both(side).0.sign_in_by(auth);
            }
        }
    }

    /// A password is typed for that server, also where it had none before. One
    /// sign-in in the browser serves both, so does what takes its place.
    pub(super) fn sign_in_by_password(&mut self, side: Side) {
        let by_browser = |side| self.server(side).auth == AuthMethod::OAuth2;
        if Side::BOTH.into_iter().all(by_browser) {
            self.sign_in_by(AuthMethod::Password, side);
        } else if self.server(side).auth != AuthMethod::Password {
            self.both(side).0.sign_in_by(AuthMethod::Password);
        }
    }

    /// The server whose secret is not there, where none could be had: the first
    /// with a password, else with a sign-in in the browser.
    pub(super) fn side_without_secret(&self) -> Side {
        let types = |side: &Side| self.takes_password(*side);
        let side = Side::BOTH.into_iter().find(types);
        side.or_else(|| self.browser_side())
            .unwrap_or(Side::Incoming)
    }

    /// The field with the password of that server.
    pub(super) fn password_of(&self, side: Side) -> Part {
        match side {
            Side::Outgoing if self.asks_password(Part::OutgoingPassword) => Part::OutgoingPassword,
            _ => Part::Password,
        }
    }

    /// The password is missing, and shall be shown to be.
    pub(super) fn miss_password(&mut self) {
        self.tried = true;
    }

    /// Both passwords, without blanks and invisible characters.
    pub(super) fn clean_passwords(&mut self) {
        self.password = clean_password(&self.password);
        self.outgoing_password = clean_password(&self.outgoing_password);
    }

    /// The password a person typed for that field.
    pub(super) fn secret(&self, part: Part) -> &Password {
        match part {
            Part::OutgoingPassword => &self.outgoing_password,
            _ => &self.password,
        }
    }

    /// Whether a sign-in in the browser comes first: an account keeps the one it
    /// has as long as nothing else is given, since all secrets are saved anew.
    pub(super) fn needs_browser(&self) -> bool {
        let by_token = |side: Side| {
            let had = self.of.as_ref().is_some_and(|account| {
                let settings = &account.settings;
                let before = match side {
                    Side::Incoming => &settings.incoming,
                    Side::Outgoing => &settings.outgoing,
                };
                before.auth == AuthMethod::OAuth2
            });
            let keeps = had && !self.has_password();
            self.server(side).auth == AuthMethod::OAuth2 && !keeps
        };
        self.token.is_none() && Side::BOTH.into_iter().any(by_token)
    }

    /// Whether one signs in to that server with a password.
    pub(super) fn takes_password(&self, side: Side) -> bool {
        self.server(side).auth == AuthMethod::Password
    }

    /// Whether the person has a password to type here.
    pub(super) fn asks_password(&self, part: Part) -> bool {
        let (incoming, outgoing) = Side::BOTH.map(|side| self.takes_password(side)).into();
        match part {
            Part::OutgoingPassword => outgoing && (!self.same_password || !incoming),
            _ => incoming,
        }
    }

    /// What is wrong with a field, once the person was done.
    pub(super) fn problem(&self, part: Part) -> Option<&'static str> {
        self.tried.then(|| self.judge(part)).flatten()
    }

    /// What may be said of the address while it is typed: not that it is not
    /// finished.
    pub(super) fn email_hint(&self) -> Option<&'static str> {
        let fault = self.address().err()?;
        let unfinished = matches!(
            fault,
            AddressFault::Missing
                | AddressFault::NoAt
                | AddressFault::NoDomain
                | AddressFault::BadDomain
        );
        (!unfinished).then(|| fault.words())
    }

    fn judge(&self, part: Part) -> Option<&'static str> {
        match part {
            Part::Label => (self.of.is_some() && self.label.trim().is_empty())
                .then_some("The account needs a name."),
            Part::Email => self.address().err().map(AddressFault::words),
            Part::Password | Part::OutgoingPassword => self.judge_password(part),
            Part::Confirmed => self
                .needs_a_look()
                .then_some("Please look at the servers first."),
            Part::Host(side) => self.server(side).host_problem(),
            Part::Port(side) => self.server(side).port_problem(),
            Part::Username(side) => self.server(side).username_problem(),
            Part::Days if self.is_pop3() => self.rules.days_problem(),
            Part::Megabytes if self.is_pop3() => self.rules.megabytes_problem(),
            Part::Days | Part::Megabytes => None,
        }
    }

    fn judge_password(&self, part: Part) -> Option<&'static str> {
        let missing = self.asks_password(part) && self.secret(part).reveal().is_empty();
        // An account that is there keeps its passwords, both or none.
        let keeps = self.of.is_some() && !self.has_password();
        (missing && !keeps).then_some("The password is missing.")
    }

    fn has_password(&self) -> bool {
        let typed = |part| self.asks_password(part) && !self.secret(part).reveal().is_empty();
        self.token.is_some() || typed(Part::Password) || typed(Part::OutgoingPassword)
    }

    /// What is odd about a password, with the words of a button that mends it.
    pub(super) fn password_hint(&self, part: Part) -> Option<entry::PasswordRemark> {
        password_remark(self.secret(part))
    }

    pub(super) fn is_pop3(&self) -> bool {
        self.incoming.protocol == Protocol::Pop3
    }

    /// The first page is done: the first field that is wrong.
    pub(super) fn judge_first(&mut self) -> Result<(), Part> {
        self.judge_all(&Part::FIRST)
    }

    fn judge_all(&mut self, parts: &[Part]) -> Result<(), Part> {
        self.tried = true;
        if let Ok(entry) = self.address()
            && entry.address != self.email
        {
            self.take_address(&entry);
        }
        let wrong = parts
            .iter()
            .copied()
            .find(|part| self.judge(*part).is_some());
        wrong.map_or(Ok(()), Err)
    }

    /// The person is done: the first field that is wrong, or what to check.
    /// Without passwords the account keeps those it has.
    pub(super) fn submit(&mut self) -> Result<(AccountSettings, Option<Passwords>), Part> {
        self.settle_hosts(None);
        self.judge_all(&Part::BY_HAND)?;
        let settings = self.settings().ok_or(Part::Email)?;
        let passwords = (self.of.is_none() || self.has_password()).then(|| self.passwords());
        Ok((settings, passwords))
    }

    fn settings(&self) -> Option<AccountSettings> {
        let email = self.address().ok()?.address;
        let incoming = self.incoming.settings()?;
        let outgoing = self.outgoing.settings()?;
        let pop3 = self.is_pop3().then(|| self.rules.policy());
        let display_name = self.name.trim().to_owned();
        if let Some(account) = &self.of {
            return Some(AccountSettings {
                name: self.label.trim().to_owned(),
                display_name,
                email,
                incoming,
                pop3,
                outgoing,
                ..account.settings.clone()
            });
        }
        Some(AccountSettings {
            name: email.clone(),
            display_name,
            email,
            incoming,
            pop3,
            outgoing,
            prefetch: PrefetchPolicy::default(),
            identities: Vec::new(),
            connections: None,
        })
    }

    fn passwords(&self) -> Passwords {
        let token = || self.token.clone().unwrap_or_else(|| Password::new(""));
        let incoming = match self.incoming.auth {
            AuthMethod::OAuth2 => token(),
            _ => self.password.clone(),
        };
        let outgoing = match self.outgoing.auth {
            AuthMethod::OAuth2 => token(),
            AuthMethod::None => Password::new(""),
            AuthMethod::Password if self.asks_password(Part::OutgoingPassword) => {
                self.outgoing_password.clone()
            }
            AuthMethod::Password => self.password.clone(),
        };
        Passwords {
            incoming,
            outgoing,
            identities: Vec::new(),
        }
    }
}
