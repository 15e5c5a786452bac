//! The commands about mailboxes (RFC 3501, 6.3).

use std::num::NonZeroU32;

use imap_codec::imap_types::command::CommandBody;
use imap_codec::imap_types::core::{Atom, QuotedChar};
use imap_codec::imap_types::flag::FlagNameAttribute;
use imap_codec::imap_types::mailbox::{ListMailbox, Mailbox};
use imap_codec::imap_types::response::Data;
use imap_codec::imap_types::status::{StatusDataItem, StatusDataItemName};

use super::session::{Reply, Session};
use super::view::{View, as_u32};
use crate::demo::mailstore::{INBOX, Listed, MailboxError, SEPARATOR, Snapshot, UserId};

impl Session {
    pub(super) fn run_folder(&mut self, user: UserId, body: CommandBody<'_>) -> Reply {
        match body {
            CommandBody::List {
                reference,
                mailbox_wildcard,
            } => self.list(user, (&reference, &mailbox_wildcard), (false, &[])),
            CommandBody::Lsub {
                reference,
                mailbox_wildcard,
            } => self.lsub(user, &reference, &mailbox_wildcard),
            CommandBody::Status {
                mailbox,
                item_names,
            } => match self.status(user, &name(&mailbox), &item_names) {
                Ok(()) => Reply::ok("That is all"),
                Err(error) => error.into(),
            },
            CommandBody::Select { mailbox } => self.select(user, &mailbox, false),
            CommandBody::Examine { mailbox } => self.select(user, &mailbox, true),
            CommandBody::Create { mailbox } => self.store.create(user, &name(&mailbox)).into(),
            CommandBody::Delete { mailbox } => self.store.delete(user, &name(&mailbox)).into(),
            CommandBody::Rename { from, to } => {
                self.store.rename(user, &name(&from), &name(&to)).into()
            }
            CommandBody::Subscribe { mailbox } => {
                self.store.subscribe(user, &name(&mailbox), true).into()
            }
            CommandBody::Unsubscribe { mailbox } => {
                self.store.subscribe(user, &name(&mailbox), false).into()
            }
            _ => Reply::bad("Not about mailboxes"),
        }
    }

    /// LIST with the attributes of SPECIAL-USE (RFC 6154) and CHILDREN
    /// (RFC 3348); with \Subscribed and STATUS when `(subscribed, status)` ask
    /// for them.
    pub(super) fn list(
        &mut self,
        user: UserId,
        (reference, wildcard): (&Mailbox<'_>, &ListMailbox<'_>),
        (subscribed, status): (bool, &[StatusDataItemName]),
    ) -> Reply {
        let pattern = pattern(wildcard);
        if pattern.is_empty() {
            // Asks for the separator only (RFC 3501, 6.3.8).
            self.line("* LIST (\\Noselect) \"/\" \"\"");
            return Reply::ok("That is all");
        }
        let pattern = name(reference) + &pattern;
        for listed in self.store.list(user) {
            if !matches(&pattern, &listed.name) {
                continue;
            }
            let Ok(mailbox) = Mailbox::try_from(listed.name.clone()) else {
                continue;
            };
            self.data(Data::List {
                items: attributes(&listed, subscribed),
                delimiter: QuotedChar::try_from(SEPARATOR).ok(),
                mailbox,
            });
            if !status.is_empty() {
                // A mailbox that went in between has no status to tell.
                let _ = self.status(user, &listed.name, status);
            }
        }
        Reply::ok("That is all")
    }

    fn lsub(&mut self, user: UserId, reference: &Mailbox<'_>, wildcard: &ListMailbox<'_>) -> Reply {
        let pattern = name(reference) + &pattern(wildcard);
        for listed in self.store.list(user) {
            if let Ok(mailbox) = Mailbox::try_from(listed.name.clone())
                && listed.subscribed
                && matches(&pattern, &listed.name)
            {
                self.data(Data::Lsub {
                    items: Vec::new(),
                    delimiter: QuotedChar::try_from(SEPARATOR).ok(),
                    mailbox,
                });
            }
        }
        Reply::ok("That is all")
    }

    fn status(
        &mut self,
        user: UserId,
        name: &str,
        items: &[StatusDataItemName],
    ) -> Result<(), MailboxError> {
        let snapshot = self.store.open(user, name)?;
        let items: Vec<_> = items
            .iter()
            .filter_map(|item| status_item(&snapshot, item))
            .collect();
        if let Ok(mailbox) = Mailbox::try_from(name.to_owned()) {
            self.data(Data::Status {
                mailbox,
                items: items.into(),
            });
        }
        Ok(())
    }

    fn select(&mut self, user: UserId, mailbox: &Mailbox<'_>, read_only: bool) -> Reply {
        // A failed SELECT leaves no mailbox selected (RFC 3501, 6.3.1).
        self.view = None;
        let snapshot = match self.store.open(user, &name(mailbox)) {
            Ok(snapshot) => snapshot,
            Err(error) => return error.into(),
        };
        self.line("* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)");
        self.line(&format!("* {} EXISTS", snapshot.messages.len()));
        self.line("* 0 RECENT");
        let unseen = snapshot
            .messages
            .iter()
            .position(|m| !m.flags.contains("\\Seen"));
        if let Some(index) = unseen {
            self.line(&format!("* OK [UNSEEN {}] First unseen", index + 1));
        }
        let permanent = if read_only {
            ""
        } else {
            "\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*"
        };
        self.line(&format!(
            "* OK [PERMANENTFLAGS ({permanent})] These are kept"
        ));
        self.line(&format!("* OK [UIDNEXT {}] Next UID", snapshot.uid_next));
        self.line(&format!(
            "* OK [UIDVALIDITY {}] UIDs valid",
            snapshot.validity.0
        ));
        self.view = Some(View::new(snapshot, read_only));
        Reply::ok(if read_only {
            "[READ-ONLY] Selected"
        } else {
            "[READ-WRITE] Selected"
        })
    }
}

/// The name of a mailbox as the store knows it.
pub(super) fn name(mailbox: &Mailbox<'_>) -> String {
    match mailbox {
        Mailbox::Inbox => INBOX.to_owned(),
        Mailbox::Other(other) => String::from_utf8_lossy(other.as_ref()).into_owned(),
    }
}

fn pattern(wildcard: &ListMailbox<'_>) -> String {
    let bytes = match wildcard {
        ListMailbox::Token(token) => token.as_ref(),
        ListMailbox::String(string) => string.as_ref(),
    };
    String::from_utf8_lossy(bytes).into_owned()
}

fn attributes(listed: &Listed, subscribed: bool) -> Vec<FlagNameAttribute<'static>> {
    let children = if listed.has_children {
        "HasChildren"
    } else {
        "HasNoChildren"
    };
    let subscribed = (subscribed && listed.subscribed).then_some("Subscribed");
    [Some(children), listed.special_use, subscribed]
        .into_iter()
        .flatten()
        .filter_map(|name| Atom::try_from(name).ok())
        .map(FlagNameAttribute::from)
        .collect()
}

fn status_item(snapshot: &Snapshot, item: &StatusDataItemName) -> Option<StatusDataItem> {
    let count = |wanted: &dyn Fn(&str) -> bool| {
        let found = snapshot.messages.iter();
        as_u32(
            found
                .filter(|m| m.flags.iter().any(|flag| wanted(flag)))
                .count(),
        )
    };
    let all = as_u32(snapshot.messages.len());
    Some(match item {
        StatusDataItemName::Messages => StatusDataItem::Messages(all),
        StatusDataItemName::Recent => StatusDataItem::Recent(0),
        StatusDataItemName::UidNext => StatusDataItem::UidNext(NonZeroU32::new(snapshot.uid_next)?),
        StatusDataItemName::UidValidity => {
            StatusDataItem::UidValidity(NonZeroU32::new(snapshot.validity.0)?)
        }
        StatusDataItemName::Unseen => StatusDataItem::Unseen(all - count(&|flag| flag == "\\Seen")),
        StatusDataItemName::Deleted => StatusDataItem::Deleted(count(&|flag| flag == "\\Deleted")),
        StatusDataItemName::DeletedStorage => return None,
    })
}

/// Whether a name fits a LIST pattern: `*` stands for anything, `%` for
/// anything without a separator. Takes time in proportion to both lengths,
/// whatever the pattern.
pub(super) fn matches(pattern: &str, name: &str) -> bool {
    let inbox = name == INBOX && pattern.eq_ignore_ascii_case(INBOX);
    let name: Vec<char> = name.chars().collect();
    // reached[i]: the pattern so far fits the first i characters.
    let mut reached = vec![false; name.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for wanted in pattern.chars() {
        let mut next = Vec::with_capacity(reached.len());
        let mut carried = false;
        for (index, here) in reached.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|index| name.get(index));
            let previous = index.checked_sub(1).and_then(|index| reached.get(index));
            carried = match wanted {
                '*' => *here || carried,
                '%' => *here || (carried && before != Some(&SEPARATOR)),
                _ => before == Some(&wanted) && previous == Some(&true),
            };
            next.push(carried);
        }
        reached = next;
    }
    inbox || reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_fit_as_the_rfc_says() {
        for (pattern, name, fits) in [
            ("*", "a/b/c", true),
            ("%", "a", true),
            ("%", "a/b", false),
            ("a/%", "a/b", true),
            ("a/%", "a/b/c", false),
            ("%/%", "a/b", true),
            ("a*c", "a/b/c", true),
            ("a*c", "a/b", false),
            ("inbox", "INBOX", true),
            ("sent", "Sent", false),
            ("", "a", false),
        ] {
            assert_eq!(matches(pattern, name), fits, "{pattern} {name}");
        }
        // A pattern that would take for ever to try out.
        assert!(!matches(&"*a".repeat(2000), &"a".repeat(500)));
    }
}
