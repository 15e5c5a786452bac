//! Users, mailboxes and messages, in memory.
//!
//! Readers take a [`snapshot`](Mailstore::snapshot) of a mailbox and find out
//! what changed by comparing it with a later one; [`Mailstore::changes`] says
//! when to look.

mod folders;
mod mailbox;
mod names;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::Utc;
use tokio::sync::watch;

pub(super) use self::folders::{Listed, MailboxError};
use self::mailbox::Mailbox;
pub(super) use self::mailbox::{Flags, FlagsChange, Message, NewMessage, Snapshot, UidValidity};
use self::names::is_name;
pub(super) use self::names::modified_utf7;
use super::sample::SampleMessage;

/// The domain of the demonstration.
pub(super) const DOMAIN: &str = "waxwing.test";
/// Between the levels of a mailbox name.
pub(super) const SEPARATOR: char = '/';
/// The one mailbox everybody has and nobody can delete (RFC 3501, 5.1).
pub(super) const INBOX: &str = "INBOX";

/// What each user starts with, and its special use (RFC 6154).
const MAILBOXES: [(&str, Option<&str>); 6] = [
    (INBOX, None),
    ("Archive", Some("Archive")),
    ("Drafts", Some("Drafts")),
    ("Junk", Some("Junk")),
    ("Sent", Some("Sent")),
    ("Trash", Some("Trash")),
];

/// Who signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UserId(usize);

/// Where copies went: the UIDs of the originals and of the copies, in step.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) validity: UidValidity,
    pub(super) from: Vec<u32>,
    pub(super) to: Vec<u32>,
}

struct User {
    name: &'static str,
    password: &'static str,
    mailboxes: BTreeMap<String, Mailbox>,
}

impl User {
    fn mailbox(&mut self, name: &str) -> Result<&mut Mailbox, MailboxError> {
        self.mailboxes.get_mut(name).ok_or(MailboxError::Missing)
    }

    fn by_validity(&mut self, validity: UidValidity) -> Option<&mut Mailbox> {
        self.mailboxes
            .values_mut()
            .find(|mailbox| mailbox.validity == validity)
    }
}

struct State {
    users: Vec<User>,
    next_validity: u32,
}

impl State {
    fn user(&mut self, user: UserId) -> Option<&mut User> {
        self.users.get_mut(user.0)
    }

    fn new_mailbox(&mut self, special_use: Option<&'static str>) -> Mailbox {
        let validity = UidValidity(self.next_validity);
        self.next_validity += 1;
        Mailbox {
            validity,
            uid_next: 1,
            special_use,
            subscribed: true,
            messages: Vec::new(),
        }
    }

    /// Creates a mailbox and those above it that are missing.
    fn create(&mut self, user: UserId, name: &str) -> Result<(), MailboxError> {
        if !is_name(name) {
            return Err(MailboxError::BadName);
        }
        let mut paths: Vec<&str> = name
            .match_indices(SEPARATOR)
            .filter_map(|(at, _)| name.get(..at))
            .collect();
        paths.push(name);
        for path in paths {
            let fresh = self.new_mailbox(None);
            if let Some(user) = self.user(user) {
                user.mailboxes.entry(path.to_owned()).or_insert(fresh);
            }
        }
        Ok(())
    }
}

/// The store of the demonstration. Cheap calls, safe from all tasks.
pub(super) struct Mailstore {
    state: Mutex<State>,
    changed: watch::Sender<()>,
}

impl Mailstore {
    /// A store for the users `(name, password)` with these messages in it.
    pub(super) fn new(
        users: &[(&'static str, &'static str)],
        messages: Vec<SampleMessage>,
    ) -> Self {
        let mut state = State {
            users: Vec::new(),
            // Another run of the server must not repeat a UIDVALIDITY
            // (RFC 3501, 2.3.1.1).
            next_validity: u32::try_from(Utc::now().timestamp()).unwrap_or(1),
        };
        for (name, password) in users {
            let mailboxes = MAILBOXES
                .iter()
                .map(|(name, special_use)| ((*name).to_owned(), state.new_mailbox(*special_use)))
                .collect();
            state.users.push(User {
                name,
                password,
                mailboxes,
            });
        }
        for message in messages {
            let Some(user) = state.users.iter().position(|u| u.name == message.user) else {
                continue;
            };
            let folder = modified_utf7(&message.folder);
            // A folder that cannot be made loses its mail, not the server.
            let _ = state.create(UserId(user), &folder);
            let flags = message
                .flags
                .iter()
                .map(|flag| (*flag).to_owned())
                .collect();
            if let Some(user) = state.user(UserId(user))
                && let Ok(mailbox) = user.mailbox(&folder)
            {
                mailbox.add(flags, message.received, message.raw.into());
            }
        }
        Self {
            state: Mutex::new(state),
            changed: watch::Sender::new(()),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn announce(&self) {
        self.changed.send_replace(());
    }

    /// Says that something changed in some mailbox.
    pub(super) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    /// Signs in with the address or the part before its `@`.
    pub(super) fn sign_in(&self, name: &str, password: &str) -> Option<UserId> {
        let state = self.state();
        let found = state
            .users
            .iter()
            .position(|user| is_user(user, name) && user.password == password);
        found.map(UserId)
    }

    /// Whose address this is.
    pub(super) fn owner(&self, address: &str) -> Option<UserId> {
        let state = self.state();
        let found = state
            .users
            .iter()
            .position(|user| address.contains('@') && is_user(user, address));
        found.map(UserId)
    }

    /// The mailbox of this name as it is now.
    pub(super) fn open(&self, user: UserId, name: &str) -> Result<Snapshot, MailboxError> {
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        user.mailbox(name).map(|mailbox| mailbox.snapshot())
    }

    /// The mailbox as it is now; nothing if it was deleted.
    pub(super) fn snapshot(&self, user: UserId, validity: UidValidity) -> Option<Snapshot> {
        let mut state = self.state();
        let mailbox = state.user(user)?.by_validity(validity)?;
        Some(mailbox.snapshot())
    }

    /// Adds a message and tells its UID.
    pub(super) fn append(
        &self,
        user: UserId,
        name: &str,
        message: NewMessage,
    ) -> Result<(UidValidity, u32), MailboxError> {
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        let mailbox = user.mailbox(name)?;
        let uid = mailbox.add(message.flags, message.received, message.raw.into());
        let validity = mailbox.validity;
        drop(state);
        self.announce();
        Ok((validity, uid))
    }

    pub(super) fn change_flags(
        &self,
        user: UserId,
        validity: UidValidity,
        uids: &[u32],
        change: &FlagsChange,
    ) {
        let mut state = self.state();
        let Some(mailbox) = state.user(user).and_then(|user| user.by_validity(validity)) else {
            return;
        };
        for message in &mut mailbox.messages {
            if uids.contains(&message.uid) {
                let flags = change.apply(&message.flags);
                if flags != message.flags {
                    Arc::make_mut(message).flags = flags;
                }
            }
        }
        drop(state);
        self.announce();
    }

    /// Removes these messages for good.
    pub(super) fn remove(&self, user: UserId, validity: UidValidity, uids: &[u32]) {
        let mut state = self.state();
        if let Some(mailbox) = state.user(user).and_then(|user| user.by_validity(validity)) {
            mailbox
                .messages
                .retain(|message| !uids.contains(&message.uid));
        }
        drop(state);
        self.announce();
    }

    /// Copies those of these messages that are still there to another mailbox
    /// of the user, in one step.
    pub(super) fn copy(
        &self,
        user: UserId,
        validity: UidValidity,
        uids: &[u32],
        to: &str,
    ) -> Result<Copied, MailboxError> {
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        user.mailbox(to)?;
        let source = user.by_validity(validity).ok_or(MailboxError::Missing)?;
        let messages: Vec<Arc<Message>> = source
            .messages
            .iter()
            .filter(|message| uids.contains(&message.uid))
            .cloned()
            .collect();
        let target = user.mailbox(to)?;
        let mut copied = Copied {
            validity: target.validity,
            from: Vec::new(),
            to: Vec::new(),
        };
        for message in messages {
            let raw = Arc::clone(&message.raw);
            let uid = target.add(message.flags.clone(), message.received, raw);
            copied.from.push(message.uid);
            copied.to.push(uid);
        }
        drop(state);
        self.announce();
        Ok(copied)
    }
}

/// The address of a user.
pub(super) fn address(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

fn is_user(user: &User, name: &str) -> bool {
    user.name.eq_ignore_ascii_case(name) || address(user.name).eq_ignore_ascii_case(name)
}
