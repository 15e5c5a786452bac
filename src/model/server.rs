//! The settings of one server.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::ZeroizeOnDrop;

use super::host;

/// How mail comes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    /// Mail stays on the server (RFC 9051, RFC 3501).
    Imap,
    /// Mail is fetched to this machine (RFC 1939).
    Pop3,
    /// Mail goes out (RFC 6409).
    Smtp,
}

impl Protocol {
    /// The name people know it by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
            Self::Pop3 => "POP3",
            Self::Smtp => "SMTP",
        }
    }

    /// The port that belongs to it (RFC 8314).
    #[must_use]
    pub fn default_port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Tls) => 993,
            (Self::Imap, _) => 143,
            (Self::Pop3, Security::Tls) => 995,
            (Self::Pop3, _) => 110,
            (Self::Smtp, Security::Tls) => 465,
            (Self::Smtp, _) => 587,
        }
    }
}

/// How a connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS after a command, required: never falls back to clear text.
    StartTls,
    /// None: only by the person's explicit choice.
    None,
}

impl Security {
    /// The words the window uses for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Tls => "TLS",
            Self::StartTls => "STARTTLS",
            Self::None => "None (not encrypted)",
        }
    }
}

/// How one signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// With name and password.
    #[default]
    Password,
    /// With a token of the provider.
    OAuth2,
    /// Not at all (outgoing only).
    None,
}

/// One server: where it is and how to sign in. Holds no secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ServerSettings {
    /// What it speaks.
    pub protocol: Protocol,
    /// Name or address of the machine.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// How the connection is secured.
    pub security: Security,
    /// The name to sign in with.
    pub username: String,
    /// How to sign in.
    #[serde(default)]
    pub auth: AuthMethod,
}

impl ServerSettings {
    /// Whether it is this computer: nobody reads along on the way.
    #[must_use]
    pub fn is_here(&self) -> bool {
        let host = host::plain_host(&self.host);
        let address = host.parse::<std::net::IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    }

    /// `host:port`, for sentences; an IPv6 address in brackets.
    #[must_use]
    pub fn place(&self) -> String {
        host::place(&self.host, self.port)
    }
}

/// What happens to fetched mail on a POP3 server.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Pop3Policy {
    /// Whether mail stays on the server after it was fetched.
    #[serde(default = "yes")]
    pub leave_on_server: bool,
    /// Days until it is deleted there all the same; for ever without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delete_after_days: Option<u32>,
    /// Whether taking it out of the inbox here removes it there.
    #[serde(default = "yes")]
    pub delete_when_removed: bool,
    /// Of larger messages, in MB of 1,000,000 bytes, only the header is
    /// fetched until they are opened. Without one, no message is too large.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers_only_over_mb: Option<u32>,
    /// The name of another POP3 account whose folders take this one's mail;
    /// folders of its own without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver_to: Option<String>,
}

fn yes() -> bool {
    true
}

impl Default for Pop3Policy {
    fn default() -> Self {
        Self {
            leave_on_server: true,
            delete_after_days: None,
            delete_when_removed: true,
            headers_only_over_mb: None,
            deliver_to: None,
        }
    }
}

impl Pop3Policy {
    /// The size in bytes of the largest message that is fetched whole unasked.
    #[must_use]
    pub fn largest(&self) -> u64 {
        self.headers_only_over_mb
            .map_or(u64::MAX, |mb| u64::from(mb) * 1_000_000)
    }
}

/// A password or token. Never printed, wiped when dropped.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Password(String);

impl Password {
    /// Takes a secret.
    #[must_use]
    pub fn new(secret: impl Into<String>) -> Self {
        Self(secret.into())
    }

    /// The secret itself, for the moment of signing in.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
