//! What can go wrong on the way to a server.

use std::io;

use tokio_rustls::rustls;

use super::tls::{CertificateProblem, Presented};
use crate::error::ErrorKind;

/// A failure on the way to a server. Every variant names the place
/// (`host:port`).
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("the host name {host} could not be looked up")]
    Lookup {
        host: String,
        #[source]
        source: io::Error,
    },
    #[error("the host name {host} has no address")]
    NoAddress { host: String },
    #[error("“{host}” is not a host name")]
    BadHost { host: String },
    #[error("{place} refused the connection")]
    Refused {
        place: String,
        #[source]
        source: io::Error,
    },
    #[error("{place} cannot be reached")]
    Unreachable {
        place: String,
        #[source]
        source: io::Error,
    },
    #[error("{place} did not answer while {doing}")]
    Timeout { place: String, doing: &'static str },
    #[error("the certificate of {place} is not trusted")]
    Certificate {
        place: String,
        problem: CertificateProblem,
        presented: Box<Presented>,
        #[source]
        source: io::Error,
    },
    #[error("{place} does not speak TLS")]
    NotTls {
        place: String,
        /// The line that came instead, as far as it was heard.
        heard: String,
        #[source]
        source: io::Error,
    },
    #[error("{place} speaks only old TLS")]
    OldTls {
        place: String,
        #[source]
        source: io::Error,
    },
    #[error("TLS with {place} failed")]
    Tls {
        place: String,
        #[source]
        source: io::Error,
    },
    #[error("TLS cannot be set up on this machine")]
    Setup {
        #[source]
        source: rustls::Error,
    },
}

impl Error {
    /// The class of the failure at the engine's edge.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Lookup { .. } | Self::NoAddress { .. } => ErrorKind::Dns,
            Self::BadHost { .. } => ErrorKind::Input,
            Self::Refused { .. } => ErrorKind::Refused,
            Self::Unreachable { .. } => ErrorKind::Offline,
            Self::Timeout { .. } => ErrorKind::Timeout,
            Self::Certificate { .. } => ErrorKind::Certificate,
            Self::NotTls { .. } | Self::OldTls { .. } | Self::Tls { .. } | Self::Setup { .. } => {
                ErrorKind::Tls
            }
        }
    }

    /// The sentence for the person.
    fn sentence(&self) -> String {
        match self {
            Self::Lookup { host, .. } => format!("The host name {host} could not be looked up."),
            Self::NoAddress { host } => format!("The host name {host} has no address."),
            Self::BadHost { host } => format!("“{host}” is not a host name."),
            Self::Refused { place, .. } => {
                format!("{place} refused the connection: nothing listens on this port.")
            }
            Self::Unreachable { place, .. } => format!("{place} cannot be reached."),
            Self::Timeout { place, doing } => format!("{place} did not answer in time {doing}."),
            Self::Certificate { place, problem, .. } => certificate_sentence(place, *problem),
            Self::NotTls { place, .. } => format!("{place} does not speak TLS on this port."),
            Self::OldTls { place, .. } => {
                format!("{place} offers no encryption that is safe today (TLS 1.2 or newer).")
            }
            Self::Tls { place, .. } => format!("A TLS connection to {place} could not be made."),
            Self::Setup { .. } => {
                "TLS cannot be set up: no trusted root certificates were found on this machine."
                    .to_owned()
            }
        }
    }

    /// What to do next.
    fn remedy(&self) -> &'static str {
        match self {
            Self::Lookup { .. } | Self::NoAddress { .. } => {
                "Check the server's name in the account settings, and the network connection."
            }
            Self::BadHost { .. } => "Check the server's name in the account settings.",
            Self::Refused { .. } => "Check the port in the account settings.",
            Self::Unreachable { .. } => "Check the network connection.",
            Self::Timeout { doing, .. } if *doing == DOING_TLS => {
                "Check the port and the security setting: this port may not speak TLS from the start."
            }
            Self::Timeout { .. } => "Check the server's name and port, and the network connection.",
            Self::Certificate { problem, .. } => certificate_remedy(*problem),
            Self::NotTls { .. } => {
                "Check the port and the security setting: this port may want STARTTLS instead."
            }
            Self::Tls { .. } => "Check the port and the security setting.",
            Self::OldTls { .. } => "Ask whoever runs the server to bring it up to date.",
            Self::Setup { .. } => {
                "Install the system's root certificates (often the package ca-certificates), or check SSL_CERT_FILE and SSL_CERT_DIR."
            }
        }
    }
}

/// What [`Error::Timeout`] says of a TLS handshake.
pub(crate) const DOING_TLS: &str = "during the TLS handshake";

fn certificate_sentence(place: &str, problem: CertificateProblem) -> String {
    let what = match problem {
        CertificateProblem::Expired => "has expired",
        CertificateProblem::NotYetValid => "is not valid yet",
        CertificateProblem::WrongName => "was made for another host name",
        CertificateProblem::UnknownIssuer => {
            "was issued by an authority that this machine does not trust"
        }
        CertificateProblem::SelfSigned => {
            "was signed by the server itself and not by a trusted authority"
        }
        CertificateProblem::Authority => {
            "is one for issuing certificates, which may not stand for a server"
        }
        CertificateProblem::Changed => "is not the one that was trusted here",
        CertificateProblem::Revoked => "was revoked by its issuer",
        CertificateProblem::Other => "cannot be trusted",
    };
    format!("The certificate of {place} {what}. Nothing was sent to it.")
}

fn certificate_remedy(problem: CertificateProblem) -> &'static str {
    match problem {
        CertificateProblem::Expired | CertificateProblem::Revoked => {
            "Ask whoever runs the server to renew the certificate; check this machine's clock."
        }
        CertificateProblem::NotYetValid => "Check this machine's clock and date.",
        CertificateProblem::WrongName => {
            "Check the server's name in the account settings: it must be the one in the certificate."
        }
        CertificateProblem::UnknownIssuer | CertificateProblem::SelfSigned => {
            "If this is your own server, add its certificate authority to the system's trusted certificates."
        }
        CertificateProblem::Authority => {
            "If this is your own server, give it a certificate made with basicConstraints=CA:FALSE, and add its issuer to the system's trusted certificates."
        }
        CertificateProblem::Changed => {
            "Ask whoever runs the server whether it has a new certificate."
        }
        CertificateProblem::Other => "Ask whoever runs the server to check the certificate.",
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        Self::new(error.kind(), error.sentence())
            .hint(error.remedy())
            .source(error)
    }
}
