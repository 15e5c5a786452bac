//! Asking a person for a secret that is kept nowhere.

use std::fmt;
use std::sync::Arc;

use crate::model::{Password, Protocol};

/// Whose password is wanted, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecretQuestion {
    /// The account's name.
    pub account: String,
    /// The server's host name.
    pub host: String,
    /// What the server speaks.
    pub protocol: Protocol,
    /// Whether no answer means: the same as for the incoming server.
    pub may_be_same: bool,
}

type Ask = dyn Fn(&SecretQuestion) -> Option<Password> + Send + Sync;

/// Somebody who answers [`SecretQuestion`]s, on a thread that may wait.
#[derive(Clone)]
pub struct Asker(Arc<Ask>);

impl Asker {
    /// Asks by calling `ask`.
    #[must_use]
    pub fn new(ask: impl Fn(&SecretQuestion) -> Option<Password> + Send + Sync + 'static) -> Self {
        Self(Arc::new(ask))
    }

    pub(super) fn ask(&self, question: &SecretQuestion) -> Option<Password> {
        (self.0)(question).filter(|secret| !secret.reveal().is_empty())
    }
}

impl PartialEq for Asker {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Asker {}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Asker")
    }
}
