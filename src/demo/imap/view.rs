//! A client's view of its selected mailbox: the messages it was told of, under
//! the numbers it knows them by (RFC 3501, 2.3.1.2).

use std::collections::BTreeMap;
use std::sync::Arc;

use imap_codec::imap_types::sequence::{SeqOrUid, Sequence, SequenceSet};

use crate::demo::mailstore::{Message, Snapshot, UidValidity};

/// What a client must be told.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// The message of this number is gone; those behind it move up.
    Expunged(usize),
    /// So many messages there are now.
    Exists(usize),
    /// The message of this number has other flags.
    Flags(usize, Arc<Message>),
}

/// The selected mailbox as the client knows it.
pub(super) struct View {
    pub(super) validity: UidValidity,
    pub(super) read_only: bool,
    /// The message of number 1 comes first. Messages that others expunged stay
    /// until the client may be told.
    messages: Vec<Arc<Message>>,
    uid_next: u32,
}

impl View {
    pub(super) fn new(snapshot: Snapshot, read_only: bool) -> Self {
        Self {
            validity: snapshot.validity,
            read_only,
            messages: snapshot.messages,
            uid_next: snapshot.uid_next,
        }
    }

    /// Takes over that the client knows this state of a message.
    pub(super) fn told(&mut self, message: &Arc<Message>) {
        let known = self.messages.iter_mut().find(|m| m.uid == message.uid);
        if let Some(known) = known {
            *known = Arc::clone(message);
        }
    }

    /// The messages of a set with their numbers, in order of the mailbox.
    pub(super) fn select(&self, set: &SequenceSet, by_uid: bool) -> Vec<(usize, Arc<Message>)> {
        self.numbered()
            .filter(|(number, message)| self.contains(set, by_uid, *number, message))
            .map(|(number, message)| (number, Arc::clone(message)))
            .collect()
    }

    pub(super) fn numbered(&self) -> impl Iterator<Item = (usize, &Arc<Message>)> {
        (1..).zip(&self.messages)
    }

    /// Whether a message belongs to a set of numbers or UIDs.
    pub(super) fn contains(
        &self,
        set: &SequenceSet,
        by_uid: bool,
        number: usize,
        message: &Message,
    ) -> bool {
        let (value, last) = if by_uid {
            let last = self.messages.last().map_or(0, |message| message.uid);
            (message.uid, last)
        } else {
            (as_u32(number), as_u32(self.messages.len()))
        };
        let resolve = |end: &SeqOrUid| match end {
            SeqOrUid::Value(value) => value.get(),
            SeqOrUid::Asterisk => last,
        };
        set.0.as_ref().iter().any(|sequence| match sequence {
            Sequence::Single(one) => resolve(one) == value,
            Sequence::Range(from, to) => {
                let (from, to) = (resolve(from), resolve(to));
                (from.min(to)..=from.max(to)).contains(&value)
            }
        })
    }

    /// Brings the view to `now` (nothing: the mailbox was deleted) and says
    /// what the client must be told. Expunged messages keep their numbers when
    /// `expunges` may not be told, as during FETCH, STORE and SEARCH
    /// (RFC 3501, 7.4.1).
    pub(super) fn update(&mut self, now: Option<Snapshot>, expunges: bool) -> Vec<Change> {
        let (messages, uid_next) = now.map_or((Vec::new(), self.uid_next), |snapshot| {
            (snapshot.messages, snapshot.uid_next)
        });
        let current: BTreeMap<u32, &Arc<Message>> = messages
            .iter()
            .map(|message| (message.uid, message))
            .collect();
        let mut changes = Vec::new();
        if expunges {
            let mut number = 1;
            self.messages.retain(|message| {
                let stays = current.contains_key(&message.uid);
                if stays {
                    number += 1;
                } else {
                    changes.push(Change::Expunged(number));
                }
                stays
            });
        }
        for (number, known) in (1..).zip(&mut self.messages) {
            if let Some(message) = current.get(&known.uid)
                && message.flags != known.flags
            {
                *known = Arc::clone(message);
                changes.push(Change::Flags(number, Arc::clone(message)));
            }
        }
        let known = self.messages.len();
        let fresh = messages
            .iter()
            .filter(|message| message.uid >= self.uid_next);
        self.messages.extend(fresh.cloned());
        if self.messages.len() > known {
            changes.push(Change::Exists(self.messages.len()));
        }
        self.uid_next = uid_next;
        changes
    }
}

/// A count as IMAP's number (RFC 3501, 9).
pub(super) fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::mailstore::Flags;

    fn mailbox(messages: &[(u32, &str)], uid_next: u32) -> Snapshot {
        let message = |(uid, flag): &(u32, &str)| {
            Arc::new(Message {
                uid: *uid,
                flags: Flags::from([(*flag).to_owned()]),
                received: chrono::DateTime::UNIX_EPOCH.fixed_offset(),
                raw: Arc::from(&b""[..]),
            })
        };
        Snapshot {
            validity: UidValidity(1),
            uid_next,
            messages: messages.iter().map(message).collect(),
        }
    }

    fn told(view: &mut View, now: Option<Snapshot>, expunges: bool) -> Vec<String> {
        let changes = view.update(now, expunges).into_iter();
        let told = changes.map(|change| match change {
            Change::Expunged(number) => format!("expunge {number}"),
            Change::Exists(count) => format!("exists {count}"),
            Change::Flags(number, message) => format!("flags {number} of {}", message.uid),
        });
        told.collect()
    }

    #[test]
    fn numbers_move_up_with_each_expunge() {
        let before = mailbox(&[(1, "a"), (4, "a"), (5, "a"), (9, "a")], 10);
        let mut view = View::new(before, false);
        let now = mailbox(&[(4, "b"), (10, "a")], 12);
        assert_eq!(
            told(&mut view, Some(now), true),
            [
                "expunge 1",
                "expunge 2",
                "expunge 2",
                "flags 1 of 4",
                "exists 2"
            ]
        );
        assert_eq!(told(&mut view, None, true), ["expunge 1", "expunge 1"]);
    }

    #[test]
    fn expunged_messages_keep_their_numbers_until_it_may_be_told() {
        let mut view = View::new(mailbox(&[(1, "a"), (2, "a")], 3), false);
        let now = || Some(mailbox(&[(2, "b"), (3, "a")], 4));
        assert_eq!(told(&mut view, now(), false), ["flags 2 of 2", "exists 3"]);
        assert_eq!(told(&mut view, now(), false), [""; 0]);
        assert_eq!(told(&mut view, now(), true), ["expunge 1"]);
    }

    #[test]
    fn sets_resolve_by_number_and_by_uid() {
        let view = View::new(mailbox(&[(3, "a"), (5, "a"), (8, "a")], 9), false);
        for (set, by_uid, wanted) in [
            ("1:2", false, vec![3, 5]),
            ("*", false, vec![8]),
            ("3:2", false, vec![5, 8]),
            ("4:*", true, vec![5, 8]),
            // The last one, though its UID is smaller (RFC 3501, 6.4.8).
            ("20:*", true, vec![8]),
            ("1,3,6:7", true, vec![3]),
        ] {
            let set = SequenceSet::try_from(set).unwrap();
            let found: Vec<u32> = view.select(&set, by_uid).iter().map(|m| m.1.uid).collect();
            assert_eq!(found, wanted, "{set:?}");
        }
    }
}
