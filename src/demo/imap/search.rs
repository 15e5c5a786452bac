//! SEARCH (RFC 3501, 6.4.4). Header values are compared in plain text, bodies
//! as they are transferred.

use std::num::NonZeroU32;

use chrono::NaiveDate;
use imap_codec::imap_types::core::{AString, Charset};
use imap_codec::imap_types::response::Data;
use imap_codec::imap_types::search::SearchKey;

use super::session::{Reply, Session};
use super::view::{View, as_u32};
use crate::demo::mailstore::Message;
use crate::demo::message::{decode_words, split, value};

impl Session {
    pub(super) fn search(
        &mut self,
        charset: Option<&Charset<'_>>,
        criteria: &SearchKey<'_>,
        by_uid: bool,
    ) -> Reply {
        let charset = charset.map_or("UTF-8", |charset| charset.as_ref());
        if !["UTF-8", "US-ASCII"]
            .iter()
            .any(|c| charset.eq_ignore_ascii_case(c))
        {
            return Reply::no("[BADCHARSET (US-ASCII UTF-8)] Unknown charset");
        }
        let Some(view) = &self.view else {
            return Reply::bad("Select a mailbox first");
        };
        let found = view
            .numbered()
            .filter(|(number, message)| matches(criteria, view, *number, message))
            .filter_map(|(number, message)| {
                NonZeroU32::new(if by_uid { message.uid } else { as_u32(number) })
            })
            .collect();
        self.data(Data::Search(found));
        Reply::ok("Searched")
    }
}

fn matches(key: &SearchKey<'_>, view: &View, number: usize, message: &Message) -> bool {
    let flag = |flag: &str| message.flags.contains(flag);
    let header = |name: &str, wanted: &AString<'_>| in_header(message, name, wanted);
    let received = || message.received.date_naive();
    let sent = |compare: &dyn Fn(NaiveDate) -> bool| sent_on(message).is_some_and(compare);
    match key {
        SearchKey::And(keys) => keys
            .as_ref()
            .iter()
            .all(|key| matches(key, view, number, message)),
        SearchKey::Or(one, other) => {
            matches(one, view, number, message) || matches(other, view, number, message)
        }
        SearchKey::Not(key) => !matches(key, view, number, message),
        SearchKey::SequenceSet(set) => view.contains(set, false, number, message),
        SearchKey::Uid(set) => view.contains(set, true, number, message),
        // No session is told that a message is recent, so all are old.
        SearchKey::All | SearchKey::Old => true,
        SearchKey::New | SearchKey::Recent => false,
        SearchKey::Answered => flag("\\Answered"),
        SearchKey::Deleted => flag("\\Deleted"),
        SearchKey::Draft => flag("\\Draft"),
        SearchKey::Flagged => flag("\\Flagged"),
        SearchKey::Seen => flag("\\Seen"),
        SearchKey::Unanswered => !flag("\\Answered"),
        SearchKey::Undeleted => !flag("\\Deleted"),
        SearchKey::Undraft => !flag("\\Draft"),
        SearchKey::Unflagged => !flag("\\Flagged"),
        SearchKey::Unseen => !flag("\\Seen"),
        SearchKey::Keyword(keyword) => flag(keyword.inner()),
        SearchKey::Unkeyword(keyword) => !flag(keyword.inner()),
        SearchKey::Before(date) => received() < *date.as_ref(),
        SearchKey::On(date) => received() == *date.as_ref(),
        SearchKey::Since(date) => received() >= *date.as_ref(),
        SearchKey::SentBefore(date) => sent(&|sent| sent < *date.as_ref()),
        SearchKey::SentOn(date) => sent(&|sent| sent == *date.as_ref()),
        SearchKey::SentSince(date) => sent(&|sent| sent >= *date.as_ref()),
        SearchKey::Larger(size) => as_u32(message.raw.len()) > *size,
        SearchKey::Smaller(size) => as_u32(message.raw.len()) < *size,
        SearchKey::Bcc(wanted) => header("Bcc", wanted),
        SearchKey::Cc(wanted) => header("Cc", wanted),
        SearchKey::From(wanted) => header("From", wanted),
        SearchKey::Subject(wanted) => header("Subject", wanted),
        SearchKey::To(wanted) => header("To", wanted),
        SearchKey::Header(name, wanted) => header(&lower(name.as_ref()), wanted),
        SearchKey::Body(wanted) => contains(split(&message.raw).1, wanted),
        SearchKey::Text(wanted) => {
            contains(&message.raw, wanted)
                || ["From", "To", "Cc", "Subject"]
                    .iter()
                    .any(|name| header(name, wanted))
        }
    }
}

fn in_header(message: &Message, name: &str, wanted: &AString<'_>) -> bool {
    let (header, _) = split(&message.raw);
    value(header, name).is_some_and(|value| contains(decode_words(&value).as_bytes(), wanted))
}

fn sent_on(message: &Message) -> Option<NaiveDate> {
    let (header, _) = split(&message.raw);
    let date = value(header, "Date")?;
    let date = chrono::DateTime::parse_from_rfc2822(&date).ok()?;
    Some(date.date_naive())
}

/// Whether a text contains another, whatever the case.
fn contains(text: &[u8], wanted: &AString<'_>) -> bool {
    lower(text).contains(&lower(wanted.as_ref()))
}

fn lower(text: &[u8]) -> String {
    String::from_utf8_lossy(text).to_lowercase()
}
