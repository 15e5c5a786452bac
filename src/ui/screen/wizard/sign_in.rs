//! A new password for an account whose server refuses the old one.

use waxwing::Error;
use waxwing::engine::Passwords;
use waxwing::model::{Account, Password};

/// What is typed.
#[derive(Debug, Clone)]
pub(super) struct SignIn {
    pub(super) account: Account,
    /// What the server said.
    pub(super) refused: Option<Error>,
    pub(super) password: Password,
    pub(super) same_password: bool,
    pub(super) outgoing_password: Password,
    pub(super) revealed: bool,
    /// Whether the password is being saved.
    pub(super) saving: bool,
    /// What is missing or went wrong.
    pub(super) problem: Option<String>,
}

impl SignIn {
    pub(super) fn new(account: Account, refused: Option<Error>) -> Self {
        Self {
            account,
            refused,
            password: Password::new(""),
            same_password: true,
            outgoing_password: Password::new(""),
            revealed: false,
            saving: false,
            problem: None,
        }
    }

    /// The passwords to save, unless one is missing.
    pub(super) fn submit(&mut self) -> Option<Passwords> {
        let outgoing = if self.same_password {
            &self.password
        } else {
            &self.outgoing_password
        };
        if self.password.reveal().is_empty() || outgoing.reveal().is_empty() {
            self.problem = Some("The password is missing.".to_owned());
            return None;
        }
        self.problem = None;
        self.saving = true;
        Some(Passwords {
            incoming: self.password.clone(),
            outgoing: outgoing.clone(),
            identities: Vec::new(),
        })
    }
}
