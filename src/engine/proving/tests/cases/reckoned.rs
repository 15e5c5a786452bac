//! What cannot be played on this computer alone.

use std::io;

use crate::diagnosis::Around;
use crate::error::Error;
use crate::model::{Fault, Protocol, Security};
use crate::net;
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

fn row(fault: Fault, about: &'static str, error: net::Error) -> Reckoned {
    Reckoned {
        fault,
        about,
        protocol: Protocol::Imap,
        host: "localhost",
        port: 993,
        email: "jane@example.org",
        password: "secret",
        error: error.into(),
        around: Around::default(),
    }
}

fn silent() -> net::Error {
    net::Error::Timeout {
        place: "localhost:993".to_owned(),
        doing: "while connecting",
    }
}

pub(crate) fn reckoned() -> Vec<Reckoned> {
    let unknown = || net::Error::Lookup {
        host: "localhost".to_owned(),
        source: io::Error::other("failed to lookup address information: Name or service not known"),
    };
    let no_network = Around {
        network: Some(false),
        ..Around::default()
    };
    let elsewhere = Around {
        network: Some(true),
        elsewhere: true,
        open: Some(vec![465]),
        ..Around::default()
    };
    vec![
        Reckoned {
            around: no_network,
            ..row(Fault::NoNetwork, "No network at all", unknown())
        },
        row(
            Fault::NoNameService,
            "No name service",
            net::Error::Lookup {
                host: "localhost".to_owned(),
                source: io::Error::other("Temporary failure in name resolution"),
            },
        ),
        row(Fault::UnknownHost, "A name that nobody knows", unknown()),
        row(
            Fault::Refused,
            "A port on which nothing listens",
            net::Error::Refused {
                place: "localhost:993".to_owned(),
                source: io::ErrorKind::ConnectionRefused.into(),
            },
        ),
        row(Fault::Silent, "A host that does not answer", silent()),
        Reckoned {
            protocol: Protocol::Smtp,
            port: 587,
            around: elsewhere,
            ..row(
                Fault::PortBlocked,
                "A network that closes the ports of sending",
                silent(),
            )
        },
    ]
}

/// What is made of how a password looks, and of its lack.
pub(crate) fn about_passwords() -> Vec<Reckoned> {
    vec![
        Reckoned {
            host: "imap.mail.me.com",
            email: "jane@icloud.com",
            error: imap::Error {
                place: "imap.mail.me.com:993".to_owned(),
                fault: imap::Fault::SignIn {
                    code: Some("AUTHENTICATIONFAILED".to_owned()),
                    said: "Authentication Failed".to_owned(),
                },
            }
            .into(),
            ..row(
                Fault::AppPassword,
                "iCloud refuses the usual password, and does not say why",
                silent(),
            )
        },
        Reckoned {
            error: crate::diagnosis::no_password(&crate::diagnosis::Case::new(
                &super::super::settings(Protocol::Imap, Security::Tls, 993),
                "jane@example.org",
            )),
            ..row(Fault::NoPassword, "No password is kept here", silent())
        },
    ]
}
