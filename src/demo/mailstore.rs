//! Users, mailboxes and messages, in memory.
//!
//! Readers take a [`snapshot`](Mailstore::snapshot) of a mailbox and find out
//! what changed by comparing it with a later one; [`Mailstore::changes`] says
//! when to look.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, FixedOffset, Utc};
use tokio::sync::watch;

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

/// The flags of a message, as IMAP writes them.
pub(super) type Flags = BTreeSet<String>;

/// A message in a mailbox.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) uid: u32,
    pub(super) flags: Flags,
    pub(super) received: DateTime<FixedOffset>,
    pub(super) raw: Arc<[u8]>,
}

/// Who signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UserId(usize);

/// A mailbox's UIDVALIDITY. No two mailboxes share one, so it also says which
/// mailbox is meant when names change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct UidValidity(pub(super) u32);

/// A mailbox as a list shows it.
#[derive(Debug, Clone)]
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) special_use: Option<&'static str>,
    pub(super) subscribed: bool,
    pub(super) has_children: bool,
}

/// A mailbox at one moment.
#[derive(Debug, Clone)]
pub(super) struct Snapshot {
    pub(super) validity: UidValidity,
    pub(super) uid_next: u32,
    /// By ascending UID.
    pub(super) messages: Vec<Arc<Message>>,
}

/// Where copies went: the UIDs of the originals and of the copies, in step.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) validity: UidValidity,
    pub(super) from: Vec<u32>,
    pub(super) to: Vec<u32>,
}

/// How a set of flags changes the flags of a message.
#[derive(Debug, Clone)]
pub(super) enum FlagsChange {
    Replace(Flags),
    Add(Flags),
    Remove(Flags),
}

impl FlagsChange {
    pub(super) fn apply(&self, to: &Flags) -> Flags {
        match self {
            Self::Replace(flags) => flags.clone(),
            Self::Add(flags) => to.union(flags).cloned().collect(),
            Self::Remove(flags) => to.difference(flags).cloned().collect(),
        }
    }
}

/// Why a mailbox was not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum MailboxError {
    #[error("There is no such mailbox")]
    Missing,
    #[error("There is such a mailbox already")]
    Exists,
    #[error("This cannot be done with the inbox")]
    Inbox,
    #[error("This cannot be the name of a mailbox")]
    BadName,
}

struct Mailbox {
    validity: UidValidity,
    uid_next: u32,
    special_use: Option<&'static str>,
    subscribed: bool,
    messages: Vec<Arc<Message>>,
}

impl Mailbox {
    fn add(&mut self, flags: Flags, received: DateTime<FixedOffset>, raw: Arc<[u8]>) -> u32 {
        let uid = self.uid_next;
        self.uid_next += 1;
        self.messages.push(Arc::new(Message {
            uid,
            flags,
            received,
            raw,
        }));
        uid
    }
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

/// Whether a mailbox may have this name: no empty level, nothing that is not
/// printable ASCII or a wildcard.
fn is_name(name: &str) -> bool {
    name.len() <= 500
        && name.split(SEPARATOR).all(|level| !level.is_empty())
        && name
            .chars()
            .all(|c| matches!(c, ' '..='~') && !matches!(c, '*' | '%'))
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

    /// The mailboxes, the inbox first.
    pub(super) fn list(&self, user: UserId) -> Vec<Listed> {
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

    /// The mailbox of this name as it is now.
    pub(super) fn open(&self, user: UserId, name: &str) -> Result<Snapshot, MailboxError> {
        let mut state = self.state();
        let user = state.user(user).ok_or(MailboxError::Missing)?;
        user.mailbox(name).map(|mailbox| snapshot(mailbox))
    }

    /// The mailbox as it is now; nothing if it was deleted.
    pub(super) fn snapshot(&self, user: UserId, validity: UidValidity) -> Option<Snapshot> {
        let mut state = self.state();
        let mailbox = state.user(user)?.by_validity(validity)?;
        Some(snapshot(mailbox))
    }

    pub(super) fn create(&self, user: UserId, name: &str) -> Result<(), MailboxError> {
        // CREATE may end in the separator to say that mailboxes will follow
        // below (RFC 3501, 6.3.3).
        let name = name.strip_suffix(SEPARATOR).unwrap_or(name);
        if self.open(user, name).is_ok() {
            return Err(MailboxError::Exists);
        }
        self.state().create(user, name)?;
        self.announce();
        Ok(())
    }

    /// Deletes one mailbox; those below it stay.
    pub(super) fn delete(&self, user: UserId, name: &str) -> Result<(), MailboxError> {
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
    pub(super) fn rename(&self, user: UserId, from: &str, to: &str) -> Result<(), MailboxError> {
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

    pub(super) fn subscribe(
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

/// A message on its way into a mailbox.
pub(super) struct NewMessage {
    pub(super) flags: Flags,
    pub(super) received: DateTime<FixedOffset>,
    pub(super) raw: Vec<u8>,
}

/// The address of a user.
pub(super) fn address(name: &str) -> String {
    format!("{name}@{DOMAIN}")
}

fn is_user(user: &User, name: &str) -> bool {
    user.name.eq_ignore_ascii_case(name) || address(user.name).eq_ignore_ascii_case(name)
}

fn snapshot(mailbox: &Mailbox) -> Snapshot {
    Snapshot {
        validity: mailbox.validity,
        uid_next: mailbox.uid_next,
        messages: mailbox.messages.clone(),
    }
}

/// A mailbox name as IMAP writes it (modified UTF-7, RFC 3501, 5.1.3).
pub(super) fn modified_utf7(name: &str) -> String {
    use base64::Engine as _;
    use base64::alphabet::IMAP_MUTF7;
    use base64::engine::{GeneralPurpose, general_purpose::NO_PAD};

    fn flush(shifted: &mut Vec<u8>, out: &mut String) {
        if !shifted.is_empty() {
            let base64 = GeneralPurpose::new(&IMAP_MUTF7, NO_PAD).encode(&shifted);
            out.push('&');
            out.push_str(&base64);
            out.push('-');
            shifted.clear();
        }
    }

    let mut out = String::new();
    let mut shifted = Vec::new();
    for c in name.chars() {
        if c == ' ' || c.is_ascii_graphic() {
            flush(&mut shifted, &mut out);
            out.push(c);
            if c == '&' {
                out.push('-');
            }
        } else {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                shifted.extend_from_slice(&unit.to_be_bytes());
            }
        }
    }
    flush(&mut shifted, &mut out);
    out
}
