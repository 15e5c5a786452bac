//! What a FETCH brings is described, packed and stored while more is on its
//! way: the line, the parser and the disk each work all the time.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::batches::Weight;
use super::fetched::Message;
use super::receive::{Arrived, merged};
use super::session::Error;
use super::spool::Spooled;
use crate::model::{
    AccountId, EmailId, Flag, Flags, FolderId, IndexText, MessageId, PlacementId, Uid,
};
use crate::store::{
    self, Durability, NewEmail, NewPlacement, PackedRaw, PlacementRow, Store, Unfetched, Write,
};

/// How many batches are packed and stored while the next one is fetched.
pub(super) const AT_ONCE: usize = 3;

/// How much a batch holds.
pub(super) const BATCH_BYTES: usize = 2 << 20;

/// Rows without a UID, by Message-ID and size: what a moved or uploaded
/// message is recognised by when the server does not say its new UID.
#[derive(Debug, Clone, Default)]
pub(super) struct Homeless(Arc<Mutex<ByName>>);

type ByName = HashMap<(MessageId, u64), Vec<PlacementRow>>;

impl Homeless {
    pub(super) fn new(rows: Vec<PlacementRow>) -> Self {
        let mut by_name = ByName::new();
        for row in rows {
            if let Some(name) = row.message_id.clone() {
                by_name.entry((name, row.size)).or_default().push(row);
            }
        }
        Self(Arc::new(Mutex::new(by_name)))
    }

    fn claim(&self, email: &NewEmail) -> Option<PlacementRow> {
        let name = email.message_id.clone()?;
        let mut rows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rows.get_mut(&(name, email.size))?.pop()
    }
}

/// Where new messages belong.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) account: AccountId,
    pub(super) folder: FolderId,
    pub(super) homeless: Homeless,
    /// Whether the bytes are whole messages, not headers.
    pub(super) whole: bool,
}

/// The messages whose bodies are fetched, by UID.
pub(super) type Bodies = Arc<HashMap<Uid, (PlacementId, EmailId)>>;

/// What was stored.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Messages that came.
    pub(super) added: u64,
    /// Bytes of whole messages.
    pub(super) bytes: u64,
    /// The unread ones of those that came.
    pub(super) fresh: Vec<PlacementId>,
    /// Messages that are whole now.
    pub(super) rows: Vec<PlacementId>,
}

impl Weight for Message {
    fn weight(&self) -> usize {
        self.bytes.len()
    }
}

/// A message described, and packed where it is whole.
struct Described {
    email: NewEmail,
    packed: Option<(PackedRaw, IndexText)>,
    message: Message,
}

fn describe(account: AccountId, whole: bool, mut message: Message) -> store::Result<Described> {
    let arrived = Arrived {
        account,
        received: message.received,
        size: message.size,
    };
    let bytes = std::mem::take(&mut message.bytes);
    let (mut email, packed) = if whole {
        let (email, text) = arrived.whole_with_text(&bytes);
        (email, Some((PackedRaw::new(&bytes)?, text)))
    } else {
        (arrived.by_header(&bytes), None)
    };
    email.remote_id = std::mem::take(&mut message.remote_id);
    Ok(Described {
        email,
        packed,
        message,
    })
}

/// Stores messages that are new in a folder. Those that are known already, or
/// on their way out of it, are passed over.
pub(super) async fn keep_new(
    store: Store,
    place: Place,
    messages: Vec<Message>,
) -> Result<Kept, Error> {
    let (account, whole) = (place.account, place.whole);
    let described = tokio::task::spawn_blocking(move || {
        let describe = |message| describe(account, whole, message);
        messages
            .into_iter()
            .map(describe)
            .collect::<store::Result<Vec<_>>>()
    })
    .await??;
    let (kept, texts) = store
        .write(Durability::Crash, move |w| {
            let mut known: HashSet<Uid> = w.read().leaving(place.folder)?.into_iter().collect();
            let (mut kept, mut texts) = (Kept::default(), Vec::new());
            let uids = described.iter().map(|described| described.message.uid);
            known.extend(w.read().known_among(place.folder, uids)?);
            for described in described {
                if known.insert(described.message.uid) {
                    store_one(w, &place, described, &mut kept, &mut texts)?;
                }
            }
            Ok((kept, texts))
        })
        .await?;
    store.index(texts);
    Ok(kept)
}

/// Stores the bodies of messages whose headers are here. What the server gave
/// unasked is passed over.
pub(super) async fn keep_bodies(
    store: Store,
    account: AccountId,
    bodies: Bodies,
    messages: Vec<Message>,
) -> Result<Kept, Error> {
    let described = tokio::task::spawn_blocking(move || {
        let describe = |message: Message| {
            let (placement, email) = *bodies.get(&message.uid)?;
            Some(describe(account, true, message).map(|described| (placement, email, described)))
        };
        messages
            .into_iter()
            .filter_map(describe)
            .collect::<store::Result<Vec<_>>>()
    })
    .await??;
    complete(store, described).await
}

/// Stores the body of a message whose header is here and that was too large to
/// be held.
pub(super) async fn keep_large(
    store: Store,
    account: AccountId,
    wanted: &Unfetched,
    spooled: Spooled,
) -> Result<Kept, Error> {
    let Spooled { excerpt, packed } = spooled;
    let message = Message {
        uid: wanted.uid,
        flags: Flags::default(),
        keywords: Vec::new(),
        received: None,
        size: packed.size,
        remote_id: String::new(),
        bytes: Vec::new(),
    };
    let arrived = Arrived {
        account,
        received: None,
        size: packed.size,
    };
    let describing = tokio::task::spawn_blocking(move || arrived.whole_with_text(&excerpt));
    let (email, text) = describing.await?;
    let described = Described {
        email,
        packed: Some((packed, text)),
        message,
    };
    complete(store, vec![(wanted.placement, wanted.email, described)]).await
}

/// Gives messages whose headers are here their bodies.
async fn complete(
    store: Store,
    described: Vec<(PlacementId, EmailId, Described)>,
) -> Result<Kept, Error> {
    let (kept, texts) = store
        .write(Durability::Crash, move |w| {
            let (mut kept, mut texts) = (Kept::default(), Vec::new());
            for (placement, email, described) in described {
                if !w.read().describes(email, &described.email)? {
                    part(w, placement, described, &mut kept, &mut texts)?;
                    continue;
                }
                if let Some((raw, text)) = described.packed {
                    kept.bytes += raw.size;
                    kept.rows.push(placement);
                    texts.push((w.complete_email(email, &described.email, &raw)?, text));
                }
            }
            Ok((kept, texts))
        })
        .await?;
    store.index(texts);
    Ok(kept)
}

/// The server gives another message under the UID of a row: that one gets a
/// row of its own, and the folder is compared with the next pass.
fn part(
    w: &Write<'_>,
    placement: PlacementId,
    described: Described,
    kept: &mut Kept,
    texts: &mut Vec<(EmailId, IndexText)>,
) -> store::Result<()> {
    let row = match w.read().placement(placement) {
        Ok(row) if row.uid == Some(described.message.uid) => row,
        // Moved or removed here meanwhile.
        Ok(_) | Err(store::Error::NotFound) => return Ok(()),
        Err(error) => return Err(error),
    };
    w.unname(placement, row.folder)?;
    w.distrust(row.folder)?;
    let place = Place {
        account: row.account,
        folder: row.folder,
        homeless: Homeless::default(),
        whole: true,
    };
    store_one(w, &place, described, kept, texts)
}

fn store_one(
    w: &Write<'_>,
    place: &Place,
    described: Described,
    kept: &mut Kept,
    texts: &mut Vec<(EmailId, IndexText)>,
) -> store::Result<()> {
    let Described {
        email,
        packed,
        message,
    } = described;
    if let Some(row) = place.homeless.claim(&email)
        && adopt(w, row.id, place.folder, &message)?
    {
        return w.set_remote_id(row.email, &email.remote_id);
    }
    // The same message in another folder needs no second row, and no second
    // body.
    let is_whole = packed.is_some();
    let id = match (w.read().email_known_as(&email)?, packed) {
        (Some((known, true)), _) | (Some((known, false)), None) => known,
        (Some((known, false)), Some((raw, text))) => {
            kept.bytes += raw.size;
            let id = w.complete_email(known, &email, &raw)?;
            texts.push((id, text));
            id
        }
        (None, Some((raw, text))) => {
            kept.bytes += raw.size;
            let (id, is_new) = w.add_whole_email(&email, &raw)?;
            if is_new {
                texts.push((id, text));
            }
            id
        }
        (None, None) => w.add_email(&email)?,
    };
    let placement = w.add_placement(&NewPlacement {
        email: id,
        folder: place.folder,
        uid: Some(message.uid),
        flags: message.flags,
        keywords: message.keywords,
        date: email.date.timestamp(),
    })?;
    if is_whole {
        kept.rows.push(placement);
    }
    kept.added += 1;
    if message.flags.is_unread() && !message.flags.has(Flag::Deleted) {
        kept.fresh.push(placement);
    }
    Ok(())
}

fn adopt(
    w: &Write<'_>,
    row: PlacementId,
    folder: FolderId,
    message: &Message,
) -> store::Result<bool> {
    if !w.name_unnamed(row, folder, message.uid)? {
        return Ok(false);
    }
    let pending = w.read().pending_marks(row)?;
    let (flags, keywords) = merged(message.flags, &message.keywords, &pending);
    w.set_flags(row, flags, &keywords)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::batches::{BATCH_MESSAGES, Batch, FIRST_MESSAGES};

    fn message(uid: u32, size: usize) -> Message {
        Message {
            uid: Uid::new(uid).unwrap(),
            flags: Flags::default(),
            keywords: Vec::new(),
            received: None,
            size: size as u64,
            remote_id: String::new(),
            bytes: vec![b'x'; size],
        }
    }

    #[test]
    fn a_batch_is_bounded_by_size_and_by_number() {
        let mut batch = Batch::up_to(BATCH_BYTES);
        for n in 1..FIRST_MESSAGES as u32 {
            assert!(batch.add(message(n, 1)).is_none());
        }
        assert_eq!(batch.add(message(77, 1)).unwrap().len(), FIRST_MESSAGES);
        assert!(batch.add(message(1, 10)).is_none());
        assert_eq!(batch.add(message(2, BATCH_BYTES)).unwrap().len(), 2);
        assert!(batch.take().is_none());
        for n in 1..BATCH_MESSAGES as u32 {
            assert!(batch.add(message(n, 1)).is_none());
        }
        assert_eq!(batch.add(message(9999, 1)).unwrap().len(), BATCH_MESSAGES);
    }
}
