//! Listing and changing mailboxes.

use super::names::is_name;
use super::{INBOX, Mailstore, SEPARATOR, UserId};

/// A mailbox as a list shows it.
#[derive(Debug, Clone)]
pub(crate) struct Listed {
    pub(crate) name: String,
    pub(crate) special_use: Option<&'static str>,
    pub(crate) subscribed: bool,
    pub(crate) has_children: bool,
}

/// Why a mailbox was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MailboxError {
    #[error("There is no such mailbox")]
    Missing,
    #[error("There is such a mailbox already")]
    Exists,
    #[error("This cannot be done with the inbox")]
    Inbox,
    #[error("This cannot be the name of a mailbox")]
    BadName,
}

impl Mailstore {
    /// The mailboxes, the inbox first.
    pub(crate) fn list(&self, user: UserId) -> Vec<Listed> {
        let mut state = self.state();
        let Some(user) = state.user(user) else {
            return Vec::new();
        };
        let mut listed: Vec<Listed> = user
            .mailboxes
            .iter()
            .map(|(name, mailbox)| {
                let below = format!("{name}{SEPARATOR}");
                Listed {
                    name: name.clone(),
                    special_use: mailbox.special_use,
                    subscribed: mailbox.subscribed,
                    has_children: user.mailboxes.keys().any(|other| other.starts_with(&below)),
                }
            })
            .collect();
        listed.sort_by_key(|mailbox| mailbox.name != INBOX);
        listed
    }

    /// Creates a mailbox and those above it that are missing.
    pub(crate) fn create(&self, user: UserId, name: &str) -> Result<(), MailboxError> {
        // CREATE may end in the separator to say that mailboxes will follow
        // below (RFC 3501, 6.3.3).
        let name = name.strip_suffix(SEPARATOR).unwrap_or(name);
        let mut state = self.state();
        let owner = state.user(user).ok_or(MailboxError::Missing)?;
        if owner.mailboxes.contains_key(name) {
            return Err(MailboxError::Exists);
        }
        state.create(user, name)?;
        drop(state);
        self.announce();
        Ok(())
    }

    /// Deletes one mailbox; those below it stay.
    pub(crate) fn delete(&self, user: UserId, name: &str) -> Result<(), MailboxError> {
        if name == INBOX {
            return Err(MailboxError::Inbox);
        }
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        user.mailboxes.remove(name).ok_or(MailboxError::Missing)?;
        drop(state);
        self.announce();
        Ok(())
    }

    /// Renames a mailbox and all below it.
    pub(crate) fn rename(&self, user: UserId, from: &str, to: &str) -> Result<(), MailboxError> {
        if from == INBOX {
            return Err(MailboxError::Inbox);
        }
        let below = format!("{from}{SEPARATOR}");
        if to.starts_with(&below) || !is_name(to) {
            return Err(MailboxError::BadName);
        }
        let mut state = self.state();
        let owner = state.user(user).ok_or(MailboxError::Missing)?;
        if owner.mailboxes.contains_key(to) {
            return Err(MailboxError::Exists);
        }
        let moved = owner.mailboxes.remove(from).ok_or(MailboxError::Missing)?;
        let names: Vec<String> = owner
            .mailboxes
            .keys()
            .filter(|name| name.starts_with(&below))
            .cloned()
            .collect();
        for name in names {
            if let (Some(mailbox), Some(rest)) =
                (owner.mailboxes.remove(&name), name.strip_prefix(from))
            {
                owner.mailboxes.insert(format!("{to}{rest}"), mailbox);
            }
        }
        state.create(user, to)?;
        if let Some(owner) = state.user(user) {
            owner.mailboxes.insert(to.to_owned(), moved);
        }
        drop(state);
        self.announce();
        Ok(())
    }

    /// Subscribes to a mailbox, or no longer.
    pub(crate) fn subscribe(
        &self,
        user: UserId,
        name: &str,
        subscribed: bool,
    ) -> Result<(), MailboxError> {
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        user.mailbox(name)?.subscribed = subscribed;
        Ok(())
    }
}
