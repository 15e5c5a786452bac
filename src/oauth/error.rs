//! What can go wrong with a sign-in in the browser.

use std::io;
use std::path::PathBuf;

use super::providers::Otherwise;
use crate::error::ErrorKind;
use crate::model::{Diagnosis, Fault, Remedy};
use crate::net::http;

/// Why nobody is signed in. Holds no token.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("nobody is known to sign people in to {host}")]
    NobodyKnown { host: String, file: PathBuf },
    #[error("not registered with {provider}")]
    NotRegistered {
        provider: String,
        id: &'static str,
        otherwise: Otherwise,
        file: PathBuf,
    },
    #[error("nobody says who signs people in to {host}")]
    Unasked { host: String },
    #[error("the entry of {provider} has no usable {field}")]
    BadEntry {
        provider: String,
        field: &'static str,
    },
    #[error("no port to come back to")]
    Listen(#[source] io::Error),
    #[error("nobody came back from {provider}")]
    TimedOut { provider: String },
    #[error("{provider} was told no")]
    Denied { provider: String },
    #[error("the answer is not one to this sign-in")]
    WrongState { provider: String },
    #[error("{provider} refused: {code}")]
    Refused {
        provider: String,
        /// The name of the refusal (RFC 6749, 4.1.2.1 and 5.2).
        code: String,
        said: Option<String>,
    },
    #[error("the sign-in at {provider} is over")]
    Expired {
        provider: String,
        said: Option<String>,
    },
    #[error("nobody is signed in to {host}")]
    NotSignedIn { host: String },
    #[error("{provider} is out of order ({status})")]
    Unavailable { provider: String, status: u16 },
    #[error("the answer of {provider} cannot be read")]
    Unreadable { provider: String },
    #[error("a token was to go to {host} in clear text")]
    Unprotected { host: String },
    #[error(transparent)]
    Http(#[from] http::Error),
}

/// A mail server refused a token that the provider had just given.
pub(crate) fn not_taken(error: crate::Error, host: &str) -> crate::Error {
    error.diagnosed(again(
        format!("{host} does not take the sign-in that the provider gave."),
        "Sign in again in the browser, as the owner of this mailbox. If that does not help, look on the provider's page whether mail programs are allowed in.",
    ))
}

fn again(message: String, hint: &str) -> Diagnosis {
    Diagnosis {
        fault: Fault::OAuthExpired,
        message,
        hint: hint.to_owned(),
        remedies: vec![Remedy::SignInWithBrowser, Remedy::TryAgain],
    }
}

fn page(words: &str, url: &str) -> Remedy {
    Remedy::OpenPage {
        words: words.to_owned(),
        url: url.to_owned(),
    }
}

/// What to do where this program is not registered with the provider.
fn unregistered(provider: &str, id: &str, otherwise: Otherwise, file: &str) -> Diagnosis {
    let own = format!("put a client_id of your own for [{id}] into {file}");
    match otherwise {
        Otherwise::AppPassword(url) => Diagnosis {
            fault: Fault::AppPassword,
            message: format!(
                "This Waxwing is not registered with {provider}, so the sign-in in the browser cannot be used."
            ),
            hint: format!(
                "Make an app password on {provider}'s page and use it in place of your password, with the sign-in method “password”. Or {own}."
            ),
            remedies: vec![
                page("Make an app password", url),
                Remedy::TypePassword,
                Remedy::SetUpByHand,
            ],
        },
        Otherwise::Password(url) => Diagnosis {
            fault: Fault::AccessOff,
            message: format!(
                "This Waxwing is not registered with {provider}, so the sign-in in the browser cannot be used."
            ),
            hint: format!(
                "Allow mail programs on {provider}'s page and use your ordinary password, with the sign-in method “password”. Or {own}."
            ),
            remedies: vec![
                page("Allow mail programs", url),
                Remedy::TypePassword,
                Remedy::SetUpByHand,
            ],
        },
        Otherwise::Nothing => Diagnosis {
            fault: Fault::OAuthRequired,
            message: format!(
                "{provider} lets mail programs in only through its sign-in in the browser, and this Waxwing is not registered there. No password works."
            ),
            hint: format!(
                "To use this mailbox, register a program of your own with {provider} (it costs nothing) and {own}."
            ),
            remedies: vec![
                page(
                    "How to register",
                    "https://learn.microsoft.com/entra/identity-platform/quickstart-register-app",
                ),
                Remedy::TryAgain,
            ],
        },
    }
}

impl Error {
    /// The class of the failure at the engine's edge.
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NobodyKnown { .. } | Self::NotRegistered { .. } | Self::BadEntry { .. } => {
                ErrorKind::Config
            }
            Self::Listen(_) => ErrorKind::Refused,
            Self::TimedOut { .. } | Self::Denied { .. } => ErrorKind::Cancelled,
            Self::WrongState { .. } | Self::Unreadable { .. } => ErrorKind::Protocol,
            Self::Refused { .. } => ErrorKind::Server,
            Self::Expired { .. } | Self::NotSignedIn { .. } => ErrorKind::Auth,
            Self::Unavailable { .. } | Self::Unasked { .. } => ErrorKind::Temporary,
            Self::Unprotected { .. } => ErrorKind::Tls,
            Self::Http(error) => error.kind(),
        }
    }

    fn sentence(&self) -> String {
        match self {
            Self::NobodyKnown { host, .. } => {
                format!("Waxwing knows no sign-in in the browser for {host}.")
            }
            Self::BadEntry { provider, field } => {
                format!("In oauth.toml, the entry [{provider}] has no usable `{field}`.")
            }
            Self::Listen(_) => {
                "The browser would have no way back: no port could be opened on this computer."
                    .to_owned()
            }
            Self::TimedOut { provider } => {
                format!("Nobody came back from {provider}'s page within five minutes.")
            }
            Self::Denied { provider } => {
                format!("On {provider}'s page somebody said no to letting Waxwing in.")
            }
            Self::WrongState { .. } => {
                "What came back from the browser is no answer to this sign-in, so it was not used."
                    .to_owned()
            }
            Self::Refused { provider, code, .. } => match code.as_str() {
                "invalid_client" | "unauthorized_client" => {
                    format!(
                        "{provider} does not know this Waxwing, or does not let it sign people in."
                    )
                }
                _ => format!("{provider} refused the sign-in ({code})."),
            },
            Self::Unavailable { provider, .. } => {
                format!("{provider} cannot sign anybody in right now.")
            }
            Self::Unasked { host } => {
                format!("Who signs people in to {host} cannot be asked right now.")
            }
            Self::Unreadable { provider } => {
                format!("The answer of {provider} to the sign-in makes no sense.")
            }
            Self::Unprotected { host } => {
                format!("The line to {host} is not encrypted, so the sign-in was not sent over it.")
            }
            // Told by their diagnosis, or by themselves.
            Self::NotRegistered { .. }
            | Self::Expired { .. }
            | Self::NotSignedIn { .. }
            | Self::Http(_) => String::new(),
        }
    }

    fn hint(&self) -> String {
        match self {
            Self::NobodyKnown { file, .. } => format!(
                "Use a password, or an app password of the provider. If you know its sign-in, describe it in {}.",
                file.display()
            ),
            Self::BadEntry { .. } => {
                "Web addresses must begin with https; `redirect` is an http address of this computer with a port.".to_owned()
            }
            Self::Refused { code, .. }
                if code == "invalid_client" || code == "unauthorized_client" =>
            {
                "Check the client_id in oauth.toml, or use an app password.".to_owned()
            }
            Self::Unavailable { .. } | Self::Unreadable { .. } | Self::Unasked { .. } => {
                "Try again later.".to_owned()
            }
            Self::Unprotected { .. } => {
                "Choose TLS or STARTTLS in the account settings.".to_owned()
            }
            _ => "Start the sign-in again.".to_owned(),
        }
    }

    fn diagnosis(&self) -> Option<Diagnosis> {
        match self {
            Self::NotRegistered {
                provider,
                id,
                otherwise,
                file,
            } => {
                let file = file.display().to_string();
                Some(unregistered(provider, id, *otherwise, &file))
            }
            Self::Expired { provider, .. } => Some(again(
                format!(
                    "The sign-in at {provider} is over: {provider} does not renew it any more."
                ),
                "Sign in again in the browser. That happens after a change of the password, after a long pause, or when access was taken back.",
            )),
            Self::NotSignedIn { host } => Some(again(
                format!("Nobody is signed in to {host} yet."),
                "Sign in in the browser.",
            )),
            _ => None,
        }
    }

    fn said(&self) -> Option<&str> {
        match self {
            Self::Refused { said, .. } | Self::Expired { said, .. } => said.as_deref(),
            _ => None,
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        if let Error::Http(error) = error {
            return error.into();
        }
        let mut told = Self::new(error.kind(), error.sentence()).hint(error.hint());
        if let Some(diagnosis) = error.diagnosis() {
            told = told.diagnosed(diagnosis);
        }
        if let Some(said) = error.said() {
            told = told.server_said(said);
        }
        told.source(error)
    }
}
