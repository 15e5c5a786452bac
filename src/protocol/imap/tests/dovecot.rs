//! The client against a real Dovecot.

use super::super::conn::ImapConn;
use super::super::connect::greet_and_sign_in;
use crate::model::Password;
use crate::protocol::dovecot;

/// A mailbox of its own. Dropping it ends the processes and removes it.
pub(super) struct Mailbox(dovecot::Mailbox);

impl Mailbox {
    pub(super) fn new() -> Self {
        Self(dovecot::Mailbox::new(
            "imap",
            "mail_plugins = zlib imap_zlib",
        ))
    }

    /// One more connection to it, signed in.
    pub(super) async fn connect(&mut self) -> ImapConn {
        let mut conn = ImapConn::new(self.0.connect(), "dovecot", Default::default());
        greet_and_sign_in(&mut conn, "somebody", &Password::new("not needed"))
            .await
            .unwrap();
        conn
    }
}
