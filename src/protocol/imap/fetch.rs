//! Fetching (RFC 9051, 6.4.5): what is there, headers, whole messages.

use std::collections::VecDeque;

use async_imap::imap_proto::{AttributeValue, Response};
use chrono::{DateTime, FixedOffset};

use super::command::Command;
use super::conn::{Flight, ImapConn, Step, Untagged};
use super::error::{Error, Fault};
use super::own::Own;
use super::token::Token;
use super::uidset;
use crate::model::utf7;
use crate::model::{Flag, Flags, ModSeq, Uid};
use crate::net::timeout as limits;

/// What a FETCH answer told of one message. What was not asked for or not
/// told is absent.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Fetched {
    /// Its UID; none in an answer the server gave by itself.
    pub(crate) uid: Option<Uid>,
    /// The flags this program knows and the keywords it does not; none where
    /// the answer says nothing of flags.
    pub(crate) flags: Option<(Flags, Vec<String>)>,
    /// Its modification sequence.
    pub(crate) modseq: Option<ModSeq>,
    /// When the server received it.
    pub(crate) received: Option<DateTime<FixedOffset>>,
    /// Its size in bytes.
    pub(crate) size: Option<u64>,
    /// What identifies the message in any folder, where the server tells
    /// (RFC 8474 EMAILID, Gmail's X-GM-MSGID).
    pub(crate) email_id: Option<String>,
    /// What identifies its conversation (THREADID, X-GM-THRID).
    pub(crate) thread_id: Option<String>,
    /// Gmail's labels as a person reads them; those of the program begin with
    /// a backslash.
    pub(crate) labels: Option<Vec<String>>,
    /// The bytes that were asked for: a header, a message, a piece of one.
    /// None where the server gave NIL or nothing.
    pub(crate) bytes: Option<Vec<u8>>,
}

/// What is asked of each message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    /// Its flags.
    Flags,
    /// How large it is.
    Size,
    /// Its flags and its size.
    List,
    /// A summary and the header fields that lists show.
    Headers,
    /// A summary and the whole message.
    Whole,
}

/// A running FETCH. Take its answers with [`Fetch::next`] until there are no
/// more: dropped before, the connection is of no use.
#[derive(Debug)]
pub(crate) struct Fetch<'c> {
    conn: &'c mut ImapConn,
    verb: &'static str,
    flight: Flight,
    /// The commands still to be given: which piece of the work each belongs
    /// to, and its set.
    waiting: VecDeque<(usize, String)>,
    /// How many pieces of the work were begun.
    begun: usize,
    items: String,
}

/// By UID, and by sequence number.
pub(super) const BY_UID: &str = "UID FETCH";
const BY_NUMBER: &str = "FETCH";

/// More than one search can find: a server may answer it again and again.
const FOUND_MAX: usize = 4 << 20;

/// How many commands are under way at once: while one is answered the next is
/// at the server already, so that the line never idles.
const AHEAD: usize = 2;

/// What a list of messages needs, besides bytes.
const SUMMARY: &str = "UID FLAGS INTERNALDATE RFC822.SIZE";

/// The header fields a list is made of.
const LISTED: &str =
    "DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE";

impl ImapConn {
    /// Starts fetching flags of all messages with `first` ≤ UID ≤ `last`
    /// (none: to the end). With `since`, only of those changed after it (RFC
    /// 7162, 3.1.4).
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn fetch_flags(
        &mut self,
        first: Uid,
        last: Option<Uid>,
        since: Option<ModSeq>,
    ) -> Result<Fetch<'_>, Error> {
        let last = last.map_or_else(|| "*".to_owned(), |last| last.to_string());
        let mut items = self.items(Ask::Flags);
        if let Some(ModSeq(since)) = since {
            items.push_str(&format!(" (CHANGEDSINCE {since})"));
        }
        let set = VecDeque::from([(0, format!("{first}:{last}"))]);
        self.start(BY_UID, set, items).await
    }

    /// Starts fetching the flags and sizes of all messages.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn fetch_list(&mut self) -> Result<Fetch<'_>, Error> {
        let items = self.items(Ask::List);
        let set = VecDeque::from([(0, "1:*".to_owned())]);
        self.start(BY_UID, set, items).await
    }

    /// Starts fetching messages by their sequence numbers, `(first, last)`
    /// each a piece of work of its own. While only such a FETCH runs, no
    /// number changes its meaning (RFC 9051, 7.5.1).
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn fetch_numbers(
        &mut self,
        pieces: &[(u32, u32)],
        ask: Ask,
    ) -> Result<Fetch<'_>, Error> {
        let sets = pieces.iter().map(|(first, last)| format!("{first}:{last}"));
        let items = self.items(ask);
        self.start(BY_NUMBER, sets.enumerate().collect(), items)
            .await
    }

    /// Starts fetching these messages, each list of UIDs a piece of work of
    /// its own. One message at a time is in memory; big ones are for
    /// [`ImapConn::fetch_piece`].
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn fetch_uids(
        &mut self,
        pieces: &[Vec<Uid>],
        ask: Ask,
    ) -> Result<Fetch<'_>, Error> {
        let sets = |(n, uids): (usize, &Vec<Uid>)| {
            let sets = uidset::sets(uids).into_iter();
            sets.map(move |set| (n, set)).collect::<Vec<_>>()
        };
        let sets = pieces.iter().enumerate().flat_map(sets).collect();
        let items = self.items(ask);
        self.start(BY_UID, sets, items).await
    }

    pub(super) fn items(&self, ask: Ask) -> String {
        let ids = self.id_items();
        let modseq = if self.counts_changes { " MODSEQ" } else { "" };
        match ask {
            Ask::Size => "(UID RFC822.SIZE)".to_owned(),
            Ask::Flags => format!("(UID FLAGS{modseq})"),
            Ask::List => format!("(UID FLAGS RFC822.SIZE{modseq})"),
            Ask::Headers => format!("({SUMMARY}{ids} BODY.PEEK[HEADER.FIELDS ({LISTED})])"),
            Ask::Whole => format!("({SUMMARY}{ids} BODY.PEEK[])"),
        }
    }

    /// Fetches a piece of a message: at most `length` bytes from `offset` on, and
    /// none behind its end. None where the message is gone.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn fetch_piece(
        &mut self,
        uid: Uid,
        offset: u64,
        length: u64,
    ) -> Result<Option<Vec<u8>>, Error> {
        let items = format!("(UID BODY.PEEK[]<{offset}.{length}>)");
        let set = VecDeque::from([(0, uid.to_string())]);
        let mut fetch = self.start(BY_UID, set, items).await?;
        let mut piece = None;
        while let Some(fetched) = fetch.next().await? {
            if fetched.uid == Some(uid) && fetched.bytes.is_some() {
                piece = fetched.bytes;
            }
        }
        // Some servers give the whole message whatever piece is asked for.
        if let Some(bytes) = &mut piece
            && bytes.len() as u64 > length
        {
            let skip = usize::try_from(offset).unwrap_or(usize::MAX);
            bytes.drain(..skip.min(bytes.len()));
            bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        }
        Ok(piece)
    }

    /// The failure of a server whose answer has no end.
    pub(crate) fn endless(&mut self) -> Error {
        self.fail(Fault::Nonsense("it goes on and on"))
    }

    /// The UIDs in a range, in order (RFC 9051, 6.4.4). One command per
    /// range: ask in windows of some ten thousand.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn uids(&mut self, first: Uid, last: Option<Uid>) -> Result<Vec<Uid>, Error> {
        let end = last.map_or_else(|| "*".to_owned(), |last| last.to_string());
        let mut found = self.search(&format!("UID {first}:{end}")).await?;
        // `n:*` always brings the last message, even where its UID is below n.
        found.retain(|uid| *uid >= first && last.is_none_or(|last| *uid <= last));
        Ok(found)
    }

    /// Messages with this `Message-ID` (without brackets), in order.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn find_message_id(&mut self, id: &str) -> Result<Vec<Uid>, Error> {
        let mut found = Vec::new();
        let command = Command::new("UID SEARCH")
            .words("HEADER Message-ID")
            .string(id);
        self.run_search(command, &mut found).await?;
        Ok(found)
    }

    async fn search(&mut self, criteria: &str) -> Result<Vec<Uid>, Error> {
        let command = if self.capabilities.esearch() {
            Command::new("UID SEARCH").words("RETURN (ALL)")
        } else {
            Command::new("UID SEARCH")
        };
        let mut found = Vec::new();
        self.run_search(command.words(criteria), &mut found).await?;
        Ok(found)
    }

    /// Messages of the selected folder that are marked `\\Deleted`, in order.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost.
    pub(crate) async fn find_deleted(&mut self) -> Result<Vec<Uid>, Error> {
        let mut found = Vec::new();
        self.run_search(Command::new("UID SEARCH").words("DELETED"), &mut found)
            .await?;
        Ok(found)
    }

    pub(super) async fn run_search(
        &mut self,
        command: Command<'_>,
        found: &mut Vec<Uid>,
    ) -> Result<(), Error> {
        self.run(command, &mut |untagged| {
            if let Untagged::Own(Own::Search(numbers)) = untagged {
                let room = FOUND_MAX.saturating_sub(found.len());
                found.extend(numbers.into_iter().filter_map(Uid::new).take(room));
            }
        })
        .await?;
        found.sort_unstable();
        found.dedup();
        Ok(())
    }

    async fn start(
        &mut self,
        verb: &'static str,
        waiting: VecDeque<(usize, String)>,
        items: String,
    ) -> Result<Fetch<'_>, Error> {
        let mut fetch = Fetch {
            conn: self,
            verb,
            flight: Flight::default(),
            waiting,
            begun: 0,
            items,
        };
        fetch.ask().await?;
        Ok(fetch)
    }

    /// What identifies a message on this server.
    fn id_items(&self) -> &'static str {
        if self.capabilities.gmail() {
            " X-GM-MSGID X-GM-THRID X-GM-LABELS"
        } else if self.capabilities.object_id() {
            " EMAILID THREADID"
        } else {
            ""
        }
    }
}

impl Fetch<'_> {
    /// The next message that is told of, or none when all commands ended
    /// well. A server leaves out messages that are gone, and may tell of
    /// others by itself.
    ///
    /// # Errors
    ///
    /// When it is refused or the connection is lost: then what came so far is
    /// not all.
    pub(crate) async fn next(&mut self) -> Result<Option<Fetched>, Error> {
        let mut pick = |untagged: Untagged<'_>| match untagged {
            Untagged::Data(Response::Fetch(_, values)) => Some(read(values)),
            Untagged::Own(Own::Fetch(items)) => Some(read_odd(&items)),
            _ => None,
        };
        while self.flight.len() > 0 {
            let step = self.conn.next_of(&mut self.flight, limits::READ, &mut pick);
            // A server may keep talking of other things, but not for ever.
            let Ok(step) = tokio::time::timeout(limits::ANSWER, step).await else {
                return Err(self.conn.fail(Fault::Timeout { doing: self.verb }));
            };
            match step {
                Ok(Step::Got(fetched)) => return Ok(Some(fetched)),
                Ok(Step::Done(_)) => self.ask().await?,
                Err(error) => return Err(self.give_up(error).await),
            }
        }
        Ok(None)
    }

    /// The failure of a server whose answer has no end.
    pub(crate) fn endless(&mut self) -> Error {
        self.conn.endless()
    }

    /// Begins no further piece of the work; what is begun comes to its end.
    pub(crate) fn hold(&mut self) {
        let begun = self.begun;
        self.waiting.retain(|(piece, _)| *piece < begun);
    }

    /// How many pieces of the work were begun, of those from the first on.
    pub(crate) fn begun(&self) -> usize {
        self.begun
    }

    /// After a refusal, reads to the end of what is under way, so that the
    /// connection can go on.
    async fn give_up(&mut self, error: Error) -> Error {
        if !error.is_refusal() {
            return self.conn.fail(error.fault);
        }
        while self.flight.len() > 0 && !self.conn.is_lost() {
            // It was asked together with the refused one: refused as well, or
            // too late to matter.
            drop(self.conn.land(&mut self.flight, &mut |_| {}).await);
        }
        error
    }

    /// Keeps the server busy.
    async fn ask(&mut self) -> Result<(), Error> {
        while self.flight.len() < AHEAD {
            let Some((piece, set)) = self.waiting.pop_front() else {
                break;
            };
            self.begun = piece + 1;
            let command = Command::new(self.verb).words(&set).words(&self.items);
            self.conn
                .join(&mut self.flight, command, &mut |_| {})
                .await?;
        }
        Ok(())
    }
}

/// Reads the values of one FETCH answer.
pub(super) fn read(values: &[AttributeValue<'_>]) -> Fetched {
    let mut fetched = Fetched::default();
    for value in values {
        match value {
            AttributeValue::Uid(uid) => fetched.uid = Uid::new(*uid),
            AttributeValue::Flags(flags) => {
                fetched.flags = Some(split(flags.iter().map(AsRef::as_ref)));
            }
            AttributeValue::ModSeq(modseq) => fetched.modseq = Some(ModSeq(*modseq)),
            AttributeValue::InternalDate(date) => fetched.received = internal_date(date),
            AttributeValue::Rfc822Size(size) => fetched.size = Some(u64::from(*size)),
            AttributeValue::GmailMsgId(id) => fetched.email_id = Some(id.to_string()),
            AttributeValue::GmailThrId(id) => fetched.thread_id = Some(id.to_string()),
            AttributeValue::BodySection { data, .. } => {
                fetched.bytes = data.as_ref().map(|data| data.to_vec());
            }
            _ => {}
        }
    }
    fetched
}

/// Reads the same from an answer that only this program could read.
pub(super) fn read_odd(items: &[Token]) -> Fetched {
    let mut fetched = Fetched::default();
    let mut items = items.iter();
    while let (Some(name), Some(value)) = (items.next(), items.next()) {
        let Some(name) = name.text() else { continue };
        match name.to_ascii_uppercase().as_str() {
            "UID" => {
                let uid = value.number().and_then(|uid| u32::try_from(uid).ok());
                fetched.uid = uid.and_then(Uid::new);
            }
            "FLAGS" => {
                let flags = value.list().unwrap_or_default().iter();
                let flags: Vec<String> = flags.filter_map(Token::text).collect();
                fetched.flags = Some(split(flags.iter().map(AsRef::as_ref)));
            }
            "MODSEQ" => {
                let modseq = value.list().and_then(|list| list.first()?.number());
                fetched.modseq = modseq.map(ModSeq);
            }
            "INTERNALDATE" => {
                fetched.received = value.text().as_deref().and_then(internal_date);
            }
            "RFC822.SIZE" => fetched.size = value.number(),
            "EMAILID" | "X-GM-MSGID" => fetched.email_id = object_id(value),
            "THREADID" | "X-GM-THRID" => fetched.thread_id = object_id(value),
            "X-GM-LABELS" => {
                let labels = value.list().unwrap_or_default().iter();
                let labels = labels.filter_map(Token::text);
                fetched.labels = Some(labels.map(|label| utf7::decode(&label)).collect());
            }
            name if name.starts_with("BODY[") => {
                fetched.bytes = value.bytes().map(<[u8]>::to_vec);
            }
            _ => {}
        }
    }
    fetched
}

/// An identifier: in parentheses (RFC 8474, 5), or a number as Gmail has it.
fn object_id(value: &Token) -> Option<String> {
    let id = match value.list() {
        Some(list) => list.first()?.text()?,
        None => value.number()?.to_string(),
    };
    // At most 255 characters (RFC 8474, 7).
    (id.len() <= 255).then_some(id)
}

/// Parts the flags this program knows from other keywords. `\Recent` says
/// nothing to anybody.
fn split<'f>(flags: impl Iterator<Item = &'f str>) -> (Flags, Vec<String>) {
    let mut known = Flags::default();
    let mut keywords = Vec::new();
    for flag in flags {
        match Flag::from_imap(flag) {
            Some(flag) => known = known.with(flag, true),
            None if flag.starts_with('\\') => {}
            None => keywords.push(flag.to_owned()),
        }
    }
    (known, keywords)
}

/// Reads an `INTERNALDATE` (RFC 9051, 9: `date-time`); the day may have one
/// digit or a blank before it.
fn internal_date(text: &str) -> Option<DateTime<FixedOffset>> {
    DateTime::parse_from_str(text.trim(), "%d-%b-%Y %H:%M:%S %z").ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_the_server_are_read() {
        for (text, utc) in [
            ("17-Jul-1996 02:44:25 -0700", "1996-07-17T09:44:25+00:00"),
            (" 1-Feb-2026 00:00:00 +0000", "2026-02-01T00:00:00+00:00"),
            ("1-Feb-2026 00:00:00 +0000", "2026-02-01T00:00:00+00:00"),
        ] {
            let date = internal_date(text).unwrap();
            assert_eq!(date.to_utc().to_rfc3339(), utc);
        }
        assert_eq!(internal_date("yesterday"), None);
    }

    #[test]
    fn known_flags_part_from_keywords() {
        let (flags, keywords) = split(["\\Seen", "\\Recent", "$forwarded", "Work"].into_iter());
        assert!(flags.has(Flag::Seen) && flags.has(Flag::Forwarded));
        assert_eq!(keywords, ["Work"]);
    }
}
