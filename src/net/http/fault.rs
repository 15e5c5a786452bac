//! What can go wrong while asking a web server.

use std::error::Error as Cause;
use std::io;

use tokio_rustls::rustls;
use url::Url;

use super::place;
use crate::error::ErrorKind;
use crate::net;

/// Why there is no answer. Names hosts, never whole addresses.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// On the way to the server.
    #[error(transparent)]
    Net(#[from] net::Error),
    #[error("the web address cannot be used")]
    BadUrl,
    #[error("the web address at {place} is not protected by HTTPS")]
    NotHttps { place: String },
    #[error("{place} redirects again and again")]
    Redirects { place: String },
    #[error("the answer of {place} is longer than {most} bytes")]
    TooLarge { place: String, most: usize },
    #[error("{place} does not speak HTTP")]
    NotHttp {
        place: String,
        #[source]
        source: reqwest::Error,
    },
    #[error("web connections cannot be set up")]
    Setup {
        #[source]
        source: reqwest::Error,
    },
}

impl Error {
    /// The class of the failure at the engine's edge.
    pub(crate) fn kind(&self) -> ErrorKind {
        match self {
            Self::Net(error) => error.kind(),
            Self::BadUrl => ErrorKind::Input,
            Self::NotHttps { .. } => ErrorKind::Tls,
            Self::Redirects { .. } | Self::TooLarge { .. } | Self::NotHttp { .. } => {
                ErrorKind::Protocol
            }
            Self::Setup { .. } => ErrorKind::Bug,
        }
    }

    /// The sentence for the person.
    fn sentence(&self) -> String {
        match self {
            Self::Net(_) => String::new(),
            Self::BadUrl => "A web address that was given cannot be used.".to_owned(),
            Self::NotHttps { place } => {
                format!("The web address at {place} is not protected (HTTPS), so it was not asked.")
            }
            Self::Redirects { place } => format!("{place} redirects again and again."),
            Self::TooLarge { place, .. } => {
                format!("{place} answered with more than was to be expected.")
            }
            Self::NotHttp { place, .. } => {
                format!("{place} answered, but not as a web server does.")
            }
            Self::Setup { .. } => "Web connections cannot be set up on this machine.".to_owned(),
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Net(error) => error.into(),
            error => Self::new(error.kind(), error.sentence())
                .hint("Check the network connection, and try again later.")
                .source(error),
        }
    }
}

/// Gives the client's failure its name. What it says of the address is taken
/// out: the query may be secret.
pub(super) fn named(url: &Url, error: reqwest::Error) -> Error {
    let error = error.without_url();
    let place = place(url);
    let mut cause: Option<&(dyn Cause + 'static)> = Some(&error);
    while let Some(found) = cause {
        if let Some(tls) = found.downcast_ref::<rustls::Error>() {
            return net::tls::classify(&place, io::Error::other(tls.clone()), b"").into();
        }
        if let Some(named) = found.downcast_ref::<net::Error>() {
            return again(named).into();
        }
        if let Some(io) = found.downcast_ref::<io::Error>() {
            // TLS hides its cause in here.
            if let Some(inner) = io.get_ref() {
                cause = Some(inner);
                continue;
            }
            let kind = io.kind();
            return by_kind(place, kind, error).into();
        }
        cause = found.source();
    }
    if error.is_timeout() {
        by_kind(place, io::ErrorKind::TimedOut, error).into()
    } else if error.is_connect() {
        by_kind(place, io::ErrorKind::Other, error).into()
    } else {
        Error::NotHttp {
            place,
            source: error,
        }
    }
}

fn by_kind(place: String, kind: io::ErrorKind, error: reqwest::Error) -> net::Error {
    let source = io::Error::new(kind, error);
    match kind {
        io::ErrorKind::ConnectionRefused => net::Error::Refused { place, source },
        io::ErrorKind::TimedOut => net::Error::Timeout {
            place,
            doing: "while connecting",
        },
        _ => net::Error::Unreachable { place, source },
    }
}

/// The look-up's own failure, which the client keeps for itself.
fn again(error: &net::Error) -> net::Error {
    match error {
        net::Error::NoAddress { host } => net::Error::NoAddress { host: host.clone() },
        net::Error::BadHost { host } => net::Error::BadHost { host: host.clone() },
        net::Error::Lookup { host, source } => net::Error::Lookup {
            host: host.clone(),
            source: io::Error::new(source.kind(), source.to_string()),
        },
        other => net::Error::Unreachable {
            place: String::new(),
            source: io::Error::other(other.to_string()),
        },
    }
}
