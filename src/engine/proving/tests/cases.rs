//! The servers, one for each fault, in the words that such servers use.

mod reckoned;
mod refusals;
mod way;

use super::certificates::Leaf;
use crate::model::{AuthMethod, Fault, Protocol, Security};

pub(super) use reckoned::{Reckoned, about_passwords};

/// A server that is played.
pub(super) struct Played {
    pub(super) fault: Fault,
    pub(super) about: &'static str,
    pub(super) protocol: Protocol,
    pub(super) security: Security,
    pub(super) auth: AuthMethod,
    pub(super) leaf: Option<Leaf>,
    /// The port the settings would name, if not the protocol's own.
    pub(super) port: Option<u16>,
    /// A digit: the certificate trusted here has 64 of it as its fingerprint.
    pub(super) trusted: Option<&'static str>,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) script: String,
}

impl Played {
    fn new(fault: Fault, about: &'static str, protocol: Protocol, script: String) -> Self {
        Self {
            fault,
            about,
            protocol,
            security: Security::None,
            auth: AuthMethod::Password,
            leaf: None,
            port: None,
            trusted: None,
            email: "jane@example.org",
            password: "secret",
            script,
        }
    }

    fn email(self, email: &'static str) -> Self {
        Self { email, ..self }
    }

    fn password(self, password: &'static str) -> Self {
        Self { password, ..self }
    }

    fn auth(self, auth: AuthMethod) -> Self {
        Self { auth, ..self }
    }

    fn port(self, port: u16) -> Self {
        Self {
            port: Some(port),
            ..self
        }
    }

    fn security(self, security: Security) -> Self {
        Self { security, ..self }
    }

    fn tls(self, leaf: Leaf) -> Self {
        Self {
            leaf: Some(leaf),
            security: Security::Tls,
            ..self
        }
    }
}

const IMAP_READY: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\n";
const POP3_READY: &str = "S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: UIDL\nS: .\n";
const SMTP_READY: &str = "S: 220 mail ESMTP\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\n";

/// An IMAP server that answers to a sign-in like this.
fn imap(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{IMAP_READY}C: AUTHENTICATE PLAIN\nS: {{tag}} {answer}");
    Played::new(fault, about, Protocol::Imap, script)
}

/// The same of a POP3 server.
fn pop3(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{POP3_READY}C: USER\nS: +OK\nC: PASS\nS: {answer}");
    Played::new(fault, about, Protocol::Pop3, script)
}

/// The same of an SMTP server.
fn smtp(fault: Fault, about: &'static str, answer: &str) -> Played {
    let script = format!("{SMTP_READY}C: AUTH PLAIN\nS: {answer}");
    Played::new(fault, about, Protocol::Smtp, script)
}

/// A server that says something else.
fn says(fault: Fault, about: &'static str, protocol: Protocol, script: &str) -> Played {
    Played::new(fault, about, protocol, script.to_owned())
}

pub(super) fn played() -> Vec<Played> {
    [
        way::foreigners(),
        way::protection(),
        way::greetings(),
        way::certificates(),
        refusals::passwords(),
        refusals::states(),
        refusals::providers(),
        refusals::more_providers(),
        refusals::sending(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
