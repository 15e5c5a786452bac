//! Signing in through the provider's page in the browser (OAuth 2.0: RFC 6749,
//! RFC 7636, RFC 8252), and keeping signed in.
//!
//! The browser is the person's own: no password ever comes near this program.
//! It comes back to a port of this computer that answers once. What the
//! provider gives is a [`TokenSet`]; it travels and is kept as a password is.

mod browser;
mod error;
mod exchange;
mod loopback;
mod providers;
mod tokens;

pub(crate) use browser::SignIn;
pub(crate) use error::{Error, not_taken};
pub(crate) use exchange::refresh;
pub(crate) use providers::{Provider, find, names_issuers};
pub(crate) use tokens::{TokenSet, is_link, link, presented};

#[cfg(test)]
pub(crate) mod tests;
