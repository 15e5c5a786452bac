//! The settings of one server as they are typed.

use waxwing::model::entry::{self, Remark, ServerEntry, words_of};
use waxwing::model::{AuthMethod, Protocol, Security, ServerSettings};

/// Which of the two servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// Mail comes in.
    Incoming,
    /// Mail goes out.
    Outgoing,
}

impl Side {
    /// Both, in the order they are shown.
    pub(super) const BOTH: [Self; 2] = [Self::Incoming, Self::Outgoing];

    /// What it speaks as a rule.
    pub(super) fn protocol(self) -> Protocol {
        match self {
            Self::Incoming => Protocol::Imap,
            Self::Outgoing => Protocol::Smtp,
        }
    }

    /// Where a server of that protocol belongs.
    pub(super) fn of(protocol: Protocol) -> Self {
        match protocol {
            Protocol::Imap | Protocol::Pop3 => Self::Incoming,
            Protocol::Smtp => Self::Outgoing,
        }
    }

    /// Heading of its settings.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Incoming => "Incoming server",
            Self::Outgoing => "Outgoing server",
        }
    }
}

/// A change of one server's settings.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// Its name.
    Host(String),
    /// Its port.
    Port(String),
    /// What it speaks.
    Protocol(Protocol),
    /// How the connection is secured.
    Security(Security),
    /// The name to sign in with.
    Username(String),
    /// How to sign in.
    Auth(AuthMethod),
}

/// What the person settled; the rest follows what was found or typed elsewhere.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Own {
    host: bool,
    port: bool,
    security: bool,
    username: bool,
    auth: bool,
}

/// The settings of one server as they are typed. What the person did not touch
/// follows the address, what was found, and the other server.
#[derive(Debug, Clone)]
pub(super) struct ServerForm {
    pub(super) side: Side,
    pub(super) protocol: Protocol,
    pub(super) host: String,
    pub(super) port: String,
    pub(super) security: Security,
    pub(super) username: String,
    pub(super) auth: AuthMethod,
    /// What was taken out of the name of the server.
    pub(super) remarks: Vec<Remark>,
    own: Own,
    /// Whether a remedy settled it, for the address as it was then, and the
    /// person did not name the server.
    remedied: bool,
}

impl ServerForm {
    pub(super) fn new(side: Side) -> Self {
        let security = Security::Tls;
        Self {
            side,
            protocol: side.protocol(),
            host: String::new(),
            port: side.protocol().default_port(security).to_string(),
            security,
            username: String::new(),
            auth: AuthMethod::Password,
            remarks: Vec::new(),
            own: Own::default(),
            remedied: false,
        }
    }

    /// Whether the person settled anything of where it is and of who signs in.
    /// How one signs in is a choice beside what was found.
    pub(super) fn is_own(&self) -> bool {
        let but_auth = Own {
            auth: false,
            ..self.own
        };
        but_auth != Own::default()
    }

    /// Whether the server's name is the person's.
    pub(super) fn is_host_own(&self) -> bool {
        self.own.host
    }

    /// Whether the person settled where the server is and how one is protected
    /// on the way to it.
    pub(super) fn is_way_own(&self) -> bool {
        self.own.host && self.own.security
    }

    /// Whether the name to sign in with is the person's.
    pub(super) fn is_username_own(&self) -> bool {
        self.own.username
    }

    /// Everything follows again.
    pub(super) fn disown(&mut self) {
        self.own = Own::default();
        self.remedied = false;
        self.remarks.clear();
    }

    /// The address is at another provider: what a remedy settled was not meant
    /// for him.
    pub(super) fn leave_provider(&mut self) {
        if self.remedied {
            self.disown();
        }
    }

    /// One signs in that way, whatever was found.
    pub(super) fn sign_in_by(&mut self, auth: AuthMethod) {
        self.remedied |= !self.own.host;
        self.change(Change::Auth(auth));
    }

    /// The way to sign in follows again.
    pub(super) fn disown_auth(&mut self) {
        self.own.auth = false;
    }

    /// Takes all settings, as the person's choice.
    pub(super) fn take(&mut self, server: &ServerSettings) {
        let named = self.own.host && !self.remedied && self.host == server.host;
        self.disown();
        self.remedied = !named;
        self.follow(server);
        self.own = Own {
            host: true,
            port: true,
            security: true,
            username: true,
            auth: true,
        };
    }

    /// Takes what was found, where the person settled nothing else.
    pub(super) fn follow(&mut self, server: &ServerSettings) {
        self.protocol = server.protocol;
        if !self.own.host {
            self.host.clone_from(&server.host);
        }
        if !self.own.security {
            self.security = server.security;
        }
        if !self.own.port {
            self.port = server.port.to_string();
        }
        if !self.own.username {
            self.username.clone_from(&server.username);
        }
        if !self.own.auth {
            self.auth = server.auth;
        }
    }

    /// Fills in what follows from the address alone, where nothing else was
    /// typed.
    pub(super) fn guess(&mut self, email: &str) {
        self.follow_username(email);
        if !self.own.host {
            let domain = email.rsplit_once('@').map(|(_, domain)| domain.trim());
            self.host = match domain.filter(|domain| !domain.is_empty()) {
                Some(domain) => format!("{}.{domain}", usual_name(self.protocol)),
                None => String::new(),
            };
        }
        if !self.own.auth {
            self.auth = AuthMethod::Password;
        }
        if !self.own.security {
            self.security = Security::Tls;
        }
        self.follow_with_port();
    }

    /// Takes the name of the other server for a hint.
    pub(super) fn follow_host(&mut self, other: &str) {
        if !self.own.host
            && let Some(host) = sibling(other, self.protocol)
        {
            self.host = host;
        }
    }

    /// Takes the other server's user name, or the address.
    pub(super) fn follow_username(&mut self, other: &str) {
        if !self.own.username {
            other.clone_into(&mut self.username);
        }
    }

    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Host(host) => self.host_typed(host),
            Change::Port(port) => {
                self.own.port = !port.is_empty();
                self.port = port;
                self.follow_with_security();
            }
            Change::Protocol(protocol) => self.speak(protocol),
            Change::Security(security) => {
                self.own.security = true;
                self.security = security;
                self.follow_with_port();
            }
            Change::Username(username) => {
                self.own.username = !username.is_empty();
                self.username = username;
            }
            Change::Auth(auth) => {
                self.own.auth = true;
                self.auth = auth;
            }
        }
    }

    fn host_typed(&mut self, host: String) {
        // What comes all at once was pasted and is whole.
        let pasted = host.chars().count() > self.host.chars().count() + 1;
        self.own.host = !host.is_empty();
        self.remedied = false;
        self.host = host;
        self.remarks.clear();
        if pasted {
            self.settle_host();
        }
    }

    /// The name is typed to its end: what is meant by it stays.
    pub(super) fn settle_host(&mut self) {
        let Ok(entry) = entry::server(&self.host) else {
            return;
        };
        if entry.host == self.host && entry.remarks.is_empty() {
            return;
        }
        let fits = entry
            .protocol
            .is_none_or(|protocol| Side::of(protocol) == self.side);
        let ServerEntry {
            host,
            port,
            protocol,
            security,
            username,
            mut remarks,
        } = entry;
        self.host = host;
        if fits {
            if let Some(protocol) = protocol.filter(|protocol| *protocol != self.protocol) {
                self.speak(protocol);
            }
            if let Some(security) = security {
                self.change(Change::Security(security));
            }
            if let Some(port) = port {
                self.change(Change::Port(port.to_string()));
            }
            if let Some(username) = username {
                self.change(Change::Username(username));
            }
        } else {
            remarks.retain(|remark| !matches!(remark, Remark::Named(_)));
        }
        if !remarks.is_empty() {
            self.remarks = remarks;
        }
    }

    fn speak(&mut self, protocol: Protocol) {
        let before = std::mem::replace(&mut self.protocol, protocol);
        self.follow_with_port();
        let begins = format!("{}.", usual_name(before));
        if !self.own.host
            && let Some(domain) = self.host.strip_prefix(&begins)
        {
            self.host = format!("{}.{domain}", usual_name(protocol));
        }
    }

    fn follow_with_port(&mut self) {
        if !self.own.port {
            self.port = self.protocol.default_port(self.security).to_string();
        }
    }

    fn follow_with_security(&mut self) {
        if self.own.security {
            return;
        }
        self.security = match self.port.trim() {
            "993" | "995" | "465" => Security::Tls,
            "143" | "110" | "587" | "25" => Security::StartTls,
            _ => self.security,
        };
    }

    /// What is wrong with the name of the server.
    pub(super) fn host_problem(&self) -> Option<&'static str> {
        let fault = entry::server(&self.host).err()?;
        Some(fault.words())
    }

    /// What may be said of the name while it is typed.
    pub(super) fn host_hint(&self) -> Option<String> {
        if !self.remarks.is_empty() {
            return Some(words_of(&self.remarks));
        }
        let fault = entry::server(&self.host).err()?;
        (fault != entry::ServerFault::Missing).then(|| fault.words().to_owned())
    }

    /// What is wrong with the port.
    pub(super) fn port_problem(&self) -> Option<&'static str> {
        match self.port.trim().parse::<u16>() {
            Ok(0) | Err(_) => Some("1 to 65535."),
            Ok(_) => None,
        }
    }

    /// What is odd about port and security together.
    pub(super) fn security_hint(&self) -> Option<&'static str> {
        match (self.port.trim(), self.security) {
            ("993" | "995" | "465", Security::StartTls | Security::None) => {
                Some("Servers speak TLS from the first byte on this port as a rule.")
            }
            ("143" | "110" | "587", Security::Tls) => {
                Some("Servers speak STARTTLS on this port as a rule.")
            }
            ("25", _) if self.side == Side::Outgoing => {
                Some("Port 25 is for servers among themselves; for people it is 465 or 587.")
            }
            _ => None,
        }
    }

    /// What is wrong with the name to sign in with.
    pub(super) fn username_problem(&self) -> Option<&'static str> {
        (self.auth != AuthMethod::None && self.username.trim().is_empty())
            .then_some("Often your whole address.")
    }

    /// The settings, once nothing is wrong with them.
    pub(super) fn settings(&self) -> Option<ServerSettings> {
        if self.username_problem().is_some() {
            return None;
        }
        Some(ServerSettings {
            protocol: self.protocol,
            host: entry::server(&self.host).ok()?.host,
            port: self.port.trim().parse().ok().filter(|port| *port != 0)?,
            security: self.security,
            username: self.username.trim().to_owned(),
            auth: self.auth,
        })
    }
}

/// How the name of such a server begins as a rule.
fn usual_name(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "imap",
        Protocol::Pop3 => "pop",
        Protocol::Smtp => "smtp",
    }
}

/// What a provider's other server is likely to be called.
fn sibling(host: &str, protocol: Protocol) -> Option<String> {
    let host = entry::server(host).ok()?.host;
    let (first, domain) = host.split_once('.')?;
    domain.contains('.').then_some(())?;
    let usual = usual_name(protocol);
    let named = match first.to_lowercase().as_str() {
        "imap" | "imap4" | "imaps" | "pop" | "pop3" | "pops" | "smtp" | "smtps" => usual,
        "in" | "incoming" | "inbound" if protocol == Protocol::Smtp => "out",
        "out" | "outgoing" | "outbound" if protocol != Protocol::Smtp => "in",
        _ => return Some(host),
    };
    Some(format!("{named}.{domain}"))
}
