//! The settings of one server as they are typed.

use std::net::IpAddr;

use waxwing::model::{AuthMethod, Pop3Policy, Protocol, Security, ServerSettings};

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
    /// Whether mail stays on a POP3 server.
    Leave(bool),
    /// How the connection is secured.
    Security(Security),
    /// The name to sign in with.
    Username(String),
}

/// The settings of one server as they are typed. What the person did not touch
/// follows the address.
#[derive(Debug, Clone)]
pub(super) struct ServerForm {
    pub(super) side: Side,
    pub(super) protocol: Protocol,
    /// Whether mail stays on a POP3 server.
    pub(super) leave: bool,
    pub(super) host: String,
    pub(super) port: String,
    pub(super) security: Security,
    pub(super) username: String,
    host_is_own: bool,
    port_is_own: bool,
    username_is_own: bool,
}

impl ServerForm {
    pub(super) fn new(side: Side) -> Self {
        let security = Security::Tls;
        Self {
            side,
            protocol: side.protocol(),
            leave: true,
            host: String::new(),
            port: side.protocol().default_port(security).to_string(),
            security,
            username: String::new(),
            host_is_own: false,
            port_is_own: false,
            username_is_own: false,
        }
    }

    /// Whether the server's name was guessed from the address.
    pub(super) fn is_guess(&self) -> bool {
        !self.host_is_own && !self.host.is_empty()
    }

    /// Fills in what follows from the address, where nothing else was typed.
    pub(super) fn guess(&mut self, email: &str) {
        if !self.username_is_own {
            email.clone_into(&mut self.username);
        }
        if !self.host_is_own {
            let domain = email.rsplit_once('@').map(|(_, domain)| domain.trim());
            self.host = match domain.filter(|domain| !domain.is_empty()) {
                Some(domain) => format!("{}.{domain}", self.usual_name()),
                None => String::new(),
            };
        }
    }

    /// How the name of such a server begins as a rule.
    fn usual_name(&self) -> &'static str {
        match self.protocol {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop",
            Protocol::Smtp => "smtp",
        }
    }

    /// What happens to mail on a POP3 server.
    pub(super) fn pop3(&self) -> Option<Pop3Policy> {
        (self.protocol == Protocol::Pop3).then(|| Pop3Policy {
            leave_on_server: self.leave,
            ..Pop3Policy::default()
        })
    }

    pub(super) fn change(&mut self, change: Change) {
        match change {
            Change::Host(host) => {
                self.host_is_own = !host.is_empty();
                self.host = host;
            }
            Change::Port(port) => {
                self.port_is_own = !port.is_empty();
                self.port = port;
            }
            Change::Protocol(protocol) => {
                self.protocol = protocol;
                self.follow_with_port();
                if self.is_guess()
                    && let Some((_, domain)) = self.host.split_once('.')
                {
                    self.host = format!("{}.{domain}", self.usual_name());
                }
            }
            Change::Leave(leave) => self.leave = leave,
            Change::Security(security) => {
                self.security = security;
                self.follow_with_port();
            }
            Change::Username(username) => {
                self.username_is_own = !username.is_empty();
                self.username = username;
            }
        }
    }

    fn follow_with_port(&mut self) {
        if !self.port_is_own {
            self.port = self.protocol.default_port(self.security).to_string();
        }
    }

    /// What is wrong with the name of the server.
    pub(super) fn host_problem(&self) -> Option<&'static str> {
        let host = self.host.trim();
        if host.is_empty() {
            Some("Which server? Your provider's help pages name it.")
        } else if host.contains("://") || host.contains('/') {
            Some("Only the name of the server, such as mail.example.org.")
        } else if host.contains('@') {
            Some("This is an address. The server's name has no @.")
        } else if host.contains(char::is_whitespace) {
            Some("The name of a server has no blanks.")
        } else if host.contains(':') && host.parse::<IpAddr>().is_err() {
            Some("The port belongs into its own field.")
        } else {
            None
        }
    }

    /// What is wrong with the port.
    pub(super) fn port_problem(&self) -> Option<&'static str> {
        match self.port.trim().parse::<u16>() {
            Ok(0) | Err(_) => Some("A number from 1 to 65535."),
            Ok(_) => None,
        }
    }

    /// What is wrong with the name to sign in with.
    pub(super) fn username_problem(&self) -> Option<&'static str> {
        self.username
            .trim()
            .is_empty()
            .then_some("Often your whole address.")
    }

    /// The settings, once nothing is wrong with them.
    pub(super) fn settings(&self) -> Option<ServerSettings> {
        if self.host_problem().is_some() || self.username_problem().is_some() {
            return None;
        }
        Some(ServerSettings {
            protocol: self.protocol,
            host: self.host.trim().to_owned(),
            port: self.port.trim().parse().ok().filter(|port| *port != 0)?,
            security: self.security,
            username: self.username.trim().to_owned(),
            auth: AuthMethod::Password,
        })
    }
}
