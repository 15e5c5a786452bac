//! What cannot be played on this computer alone, or needs no server.

use crate::diagnosis::{self, Around, Case};
use crate::error::Error;
use crate::model::{Fault, Protocol, Security};
use crate::protocol::imap;

/// What is made of what the system would say.
pub(crate) struct Reckoned {
    pub(crate) fault: Fault,
    pub(crate) about: &'static str,
    pub(crate) protocol: Protocol,
    pub(crate) host: &'static str,
    pub(crate) port: u16,
    pub(crate) email: &'static str,
    pub(crate) password: &'static str,
    pub(crate) error: Error,
    pub(crate) around: Around,
}

fn row(fault: Fault, about: &'static str, error: Error) -> Reckoned {
    Reckoned {
        fault,
        about,
        protocol: Protocol::Imap,
        host: "localhost",
        port: 993,
        email: "jane@example.org",
        password: "secret",
        error,
        around: Around::default(),
    }
}

/// What is made of how a password looks, and of its lack.
pub(crate) fn about_passwords() -> Vec<Reckoned> {
    let refused = imap::Error {
        place: "imap.mail.me.com:993".to_owned(),
        fault: imap::Fault::SignIn {
            code: Some("AUTHENTICATIONFAILED".to_owned()),
            said: "Authentication Failed".to_owned(),
        },
    };
    let server = super::super::settings(Protocol::Imap, Security::Tls, 993);
    let none = diagnosis::no_password(&Case::new(&server, "jane@example.org"));
    vec![
        Reckoned {
            host: "imap.mail.me.com",
            email: "jane@icloud.com",
            ..row(
                Fault::AppPassword,
                "iCloud refuses the usual password, and does not say why",
                refused.into(),
            )
        },
        row(Fault::NoPassword, "No password is kept here", none),
    ]
}
