//! The commands that change messages: APPEND, STORE, COPY, MOVE (RFC 6851) and
//! EXPUNGE, with the codes of UIDPLUS (RFC 4315).

use std::fmt::Write as _;

use chrono::Local;
use imap_codec::imap_types::datetime::DateTime;
use imap_codec::imap_types::fetch::MessageDataItem;
use imap_codec::imap_types::flag::{Flag, StoreResponse, StoreType};
use imap_codec::imap_types::mailbox::Mailbox;
use imap_codec::imap_types::sequence::SequenceSet;

use super::fetch::flags_item;
use super::folders::name;
use super::session::{Reply, Session};
use crate::demo::mailstore::{Copied, Flags, FlagsChange, MailboxError, NewMessage, UserId};

const READ_ONLY: &str = "[READ-ONLY] The mailbox is open for reading only";

impl Session {
    pub(super) fn append_message(
        &mut self,
        user: UserId,
        mailbox: &Mailbox<'_>,
        (flags, date, raw): (&[Flag<'_>], Option<DateTime>, &[u8]),
    ) -> Reply {
        let message = NewMessage {
            flags: flag_names(flags),
            received: date.map_or_else(|| Local::now().fixed_offset(), |date| *date.as_ref()),
            raw: raw.to_vec(),
        };
        match self.store.append(user, &name(mailbox), message) {
            Ok((validity, uid)) => Reply::ok(&format!("[APPENDUID {} {uid}] Appended", validity.0)),
            Err(error) => target_missing(error),
        }
    }

    pub(super) fn store_flags(
        &mut self,
        user: UserId,
        (set, by_uid): (&SequenceSet, bool),
        (kind, response): (StoreType, StoreResponse),
        flags: &[Flag<'_>],
    ) -> Reply {
        let Some(view) = self.view.as_mut().filter(|view| !view.read_only) else {
            return Reply::no(READ_ONLY);
        };
        let flags = flag_names(flags);
        let change = match kind {
            StoreType::Replace => FlagsChange::Replace(flags),
            StoreType::Add => FlagsChange::Add(flags),
            StoreType::Remove => FlagsChange::Remove(flags),
        };
        let selected = view.select(set, by_uid);
        let uids: Vec<u32> = selected.iter().map(|(_, message)| message.uid).collect();
        self.store.change_flags(user, view.validity, &uids, &change);
        let now = self.store.snapshot(user, view.validity);
        let now = now.map(|now| now.messages).unwrap_or_default();
        let mut answers = Vec::new();
        for (number, known) in selected {
            let Ok(at) = now.binary_search_by_key(&known.uid, |message| message.uid) else {
                continue;
            };
            let Some(message) = now.get(at) else {
                continue;
            };
            if response == StoreResponse::Answer {
                answers.push((number, flags_item(message), known.uid));
                view.told(message);
            } else if message.flags == change.apply(&known.flags) {
                // Nothing the client could not know; anything else is
                // announced.
                view.told(message);
            }
        }
        for (number, flags, uid) in answers {
            let uid = uid.try_into().ok().map(MessageDataItem::Uid);
            self.fetch_data(number, uid.into_iter().chain([flags]).collect());
        }
        Reply::ok("Stored")
    }

    pub(super) fn copy_messages(
        &mut self,
        user: UserId,
        (set, by_uid): (&SequenceSet, bool),
        to: &Mailbox<'_>,
    ) -> Reply {
        let Some(view) = &self.view else {
            return Reply::bad("Select a mailbox first");
        };
        let uids: Vec<u32> = view
            .select(set, by_uid)
            .iter()
            .map(|(_, m)| m.uid)
            .collect();
        match self.store.copy(user, view.validity, &uids, &name(to)) {
            Ok(copied) => Reply::ok(&format!("{}Copied", copyuid(&copied))),
            Err(error) => target_missing(error),
        }
    }

    pub(super) fn move_messages(
        &mut self,
        user: UserId,
        (set, by_uid): (&SequenceSet, bool),
        to: &Mailbox<'_>,
    ) -> Reply {
        let Some(view) = self.view.as_ref().filter(|view| !view.read_only) else {
            return Reply::no(READ_ONLY);
        };
        let validity = view.validity;
        let uids: Vec<u32> = view
            .select(set, by_uid)
            .iter()
            .map(|(_, m)| m.uid)
            .collect();
        match self.store.copy(user, validity, &uids, &name(to)) {
            Ok(copied) => {
                self.store.remove(user, validity, &copied.from);
                // Ahead of the EXPUNGEs, so that a client can follow
                // (RFC 6851, 4.3).
                self.line(&format!("* OK {}Moved", copyuid(&copied)));
                Reply::ok("Moved")
            }
            Err(error) => target_missing(error),
        }
    }

    /// Removes the messages with \Deleted; of `only` these UIDs where given.
    pub(super) fn expunge(&mut self, user: UserId, only: Option<&SequenceSet>) -> Reply {
        let Some(view) = self.view.as_ref().filter(|view| !view.read_only) else {
            return Reply::no(READ_ONLY);
        };
        let deleted: Vec<u32> = self
            .store
            .snapshot(user, view.validity)
            .map(|now| now.messages)
            .unwrap_or_default()
            .iter()
            .filter(|message| message.flags.contains("\\Deleted"))
            .filter(|message| only.is_none_or(|set| view.contains(set, true, 0, message)))
            .map(|message| message.uid)
            .collect();
        self.store.remove(user, view.validity, &deleted);
        Reply::ok("Expunged")
    }
}

/// The flags a client may set, in their one spelling.
fn flag_names(flags: &[Flag<'_>]) -> Flags {
    flags
        .iter()
        .filter(|flag| !matches!(flag, Flag::Extension(_)))
        .map(ToString::to_string)
        .collect()
}

/// A missing target says that creating it may help (RFC 3501, 6.4.7).
fn target_missing(error: MailboxError) -> Reply {
    match error {
        MailboxError::Missing => Reply::no(format_args!("[TRYCREATE] {error}")),
        other => other.into(),
    }
}

/// The COPYUID code with a blank behind it; nothing when nothing was copied.
fn copyuid(copied: &Copied) -> String {
    if copied.from.is_empty() {
        return String::new();
    }
    let (from, to) = (uid_set(&copied.from), uid_set(&copied.to));
    format!("[COPYUID {} {from} {to}] ", copied.validity.0)
}

/// Ascending UIDs as a set, neighbours in ranges.
fn uid_set(uids: &[u32]) -> String {
    let mut set = String::new();
    for run in uids.chunk_by(|one, next| one.checked_add(1) == Some(*next)) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else {
            continue;
        };
        if !set.is_empty() {
            set.push(',');
        }
        // Writing to a string cannot fail.
        let _ = write!(set, "{first}");
        if first != last {
            let _ = write!(set, ":{last}");
        }
    }
    set
}

#[cfg(test)]
mod tests {
    use super::uid_set;

    #[test]
    fn neighbours_become_ranges() {
        assert_eq!(uid_set(&[1, 2, 3, 7, 9, 10]), "1:3,7,9:10");
        assert_eq!(uid_set(&[u32::MAX]), "4294967295");
    }
}
