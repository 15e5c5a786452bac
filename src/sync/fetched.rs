//! FETCH answers gathered into what a pass works with.

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset};

use super::session::{Error, Session};
use super::spool::{Spool, Spooled};
use crate::model::{Flags, ModSeq, Uid};
use crate::protocol::imap::{Ask, ChangedFlags, Fetch, Fetched};

/// What the server says of one message's flags.
#[derive(Debug, Clone)]
pub(super) struct FlagRow {
    pub(super) uid: Uid,
    pub(super) flags: Flags,
    pub(super) keywords: Vec<String>,
    /// RFC822.SIZE; 0 where it was not told.
    pub(super) size: u64,
}

impl From<ChangedFlags> for FlagRow {
    fn from(changed: ChangedFlags) -> Self {
        Self {
            uid: changed.uid,
            flags: changed.flags,
            keywords: changed.keywords,
            size: 0,
        }
    }
}

/// A message, or its header, as the server gave it.
#[derive(Debug, Clone)]
pub(super) struct Message {
    pub(super) uid: Uid,
    pub(super) flags: Flags,
    pub(super) keywords: Vec<String>,
    /// When the server received it.
    pub(super) received: Option<DateTime<FixedOffset>>,
    /// RFC822.SIZE: of the whole message.
    pub(super) size: u64,
    /// What the server knows it by in any folder; empty where it does not
    /// tell.
    pub(super) remote_id: String,
    pub(super) bytes: Vec<u8>,
}

/// Messages above this are fetched in pieces, so that no answer has to be
/// held twice and a stalled line is noticed early.
pub(super) const BIG: u64 = 8 << 20;
pub(super) const PIECE: u64 = 1 << 20;

/// No message is larger: what still goes on has no end.
pub(super) const BIGGEST: u64 = 1 << 30;

/// More messages than a folder can have here, and how many lines the server
/// may give beyond those asked for.
pub(super) const LINES_MAX: usize = 4 << 20;
pub(super) const LINES_MORE: usize = 10_000;

/// A size that no message has, but a server may claim and the store must hold.
const SIZE_MAX: u64 = 1 << 50;

impl Session {
    /// Flags and size of every message.
    pub(super) async fn list(&mut self) -> Result<Vec<FlagRow>, Error> {
        let most = self.lines_at_most();
        let fetch = self.conn.fetch_list().await?;
        flag_rows(fetch, most).await
    }

    /// Flags of every message from `first` on.
    pub(super) async fn flags_from(&mut self, first: Uid) -> Result<Vec<FlagRow>, Error> {
        let most = self.lines_at_most();
        let fetch = self.conn.fetch_flags(first, None, None).await?;
        let mut rows = flag_rows(fetch, most).await?;
        // `n:*` always brings the last message, even where its UID is below n.
        rows.retain(|row| row.uid >= first);
        Ok(rows)
    }

    /// Flags that changed since then (RFC 7162, 3.1.4).
    pub(super) async fn flags_since(&mut self, since: ModSeq) -> Result<Vec<FlagRow>, Error> {
        let most = self.lines_at_most();
        let fetch = self.conn.fetch_flags(Uid::FIRST, None, Some(since)).await?;
        flag_rows(fetch, most).await
    }

    /// How many lines about flags the selected folder can give rise to. A
    /// server that tells of more would fill the memory.
    pub(super) fn lines_at_most(&self) -> usize {
        usize::try_from(self.conn.exists())
            .unwrap_or(usize::MAX)
            .min(LINES_MAX)
            .saturating_mul(2)
            .saturating_add(LINES_MORE)
    }

    /// Headers of these messages; those gone in the meantime are left out.
    pub(super) async fn headers(&mut self, uids: &[Uid]) -> Result<Vec<Message>, Error> {
        self.messages(uids, Ask::Headers).await
    }

    /// These messages, each once, whatever else is told.
    pub(super) async fn messages(&mut self, uids: &[Uid], ask: Ask) -> Result<Vec<Message>, Error> {
        let mut awaited: HashSet<Uid> = uids.iter().copied().collect();
        let mut fetch = self.conn.fetch_uids(&[uids.to_vec()], ask).await?;
        let mut messages = Vec::new();
        while let Some(fetched) = fetch.next().await? {
            messages.extend(message(fetched).filter(|message| awaited.remove(&message.uid)));
        }
        Ok(messages)
    }

    /// One big message of that size, piece by piece, each packed while the next
    /// one comes. The size is what the server says, and not always true: it
    /// ends where nothing more comes, not before.
    pub(super) async fn big_message(
        &mut self,
        uid: Uid,
        size: u64,
    ) -> Result<Option<Spooled>, Error> {
        let mut spool = Spool::new(&self.store)?;
        let mut came = 0;
        let mut next = self.conn.fetch_piece(uid, came, PIECE).await?;
        while let Some(piece) = next.filter(|piece| !piece.is_empty()) {
            came += piece.len() as u64;
            if came > BIGGEST {
                return Err(self.conn.endless().into());
            }
            if (piece.len() as u64) < PIECE && came >= size {
                return Ok(Some(spool.add(piece).await?.finish().await?));
            }
            let (piece, packed) =
                tokio::join!(self.conn.fetch_piece(uid, came, PIECE), spool.add(piece));
            spool = packed?;
            next = piece?;
        }
        // Nothing of it comes when it is gone; nothing more, when it is over.
        // Some servers say NIL of what lies behind the end.
        let is_over =
            came > 0 && (came >= size || !self.conn.uids(uid, Some(uid)).await?.is_empty());
        Ok(if is_over {
            Some(spool.finish().await?)
        } else {
            None
        })
    }
}

async fn flag_rows(mut fetch: Fetch<'_>, most: usize) -> Result<Vec<FlagRow>, Error> {
    let mut rows: Vec<FlagRow> = Vec::new();
    while let Some(fetched) = fetch.next().await? {
        // An answer without UID or flags is news of another message: the next
        // pass sees it.
        if let (Some(uid), Some((flags, keywords))) = (fetched.uid, fetched.flags) {
            if rows.len() == most {
                return Err(fetch.endless().into());
            }
            rows.push(FlagRow {
                uid,
                flags,
                keywords,
                size: fetched.size.unwrap_or(0).min(SIZE_MAX),
            });
        }
    }
    // The server may tell of a message twice when it changes meanwhile.
    rows.sort_by_key(|row| row.uid);
    rows.dedup_by(|later, earlier| {
        let same = later.uid == earlier.uid;
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    Ok(rows)
}

/// A message out of a FETCH answer; none where the answer is news of another
/// kind.
pub(super) fn message(fetched: Fetched) -> Option<Message> {
    let (uid, bytes) = (fetched.uid?, fetched.bytes?);
    let (flags, keywords) = fetched.flags.unwrap_or_default();
    Some(Message {
        uid,
        flags,
        keywords,
        received: fetched.received,
        size: fetched.size.unwrap_or(bytes.len() as u64).min(SIZE_MAX),
        remote_id: fetched.email_id.unwrap_or_default(),
        bytes,
    })
}
