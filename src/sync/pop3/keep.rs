//! What came is described, packed and stored while more is on its way, so sure
//! that it may be deleted on the server.

use super::plan::{Wanted, content_key};
use super::{Mailbox, fingerprint};
use crate::model::{AccountId, EmailId, Folder, FolderId, IndexText, PlacementId};
use crate::store::{self, Durability, Hash, NewPop3, PackedRaw, Pop3Kept, Store};
use crate::sync::batches::{AtWork, Weight};
use crate::sync::receive::Arrived;
use crate::sync::session::Error;

/// How many batches are packed and stored while the next one is fetched.
const AT_ONCE: usize = 2;

/// How much a batch holds.
pub(super) const BATCH_BYTES: usize = 4 << 20;

/// What came of a message.
pub(super) enum Body {
    Header(Vec<u8>),
    Whole(Vec<u8>),
    /// One too large to be held.
    Large {
        header: Hash,
        /// What a summary needs of it.
        excerpt: Vec<u8>,
        packed: Box<PackedRaw>,
    },
}

/// A message that came.
pub(super) struct Arrival {
    pub(super) wanted: Wanted,
    pub(super) body: Body,
}

impl Weight for Arrival {
    fn weight(&self) -> usize {
        match &self.body {
            Body::Header(bytes) | Body::Whole(bytes) | Body::Large { excerpt: bytes, .. } => {
                bytes.len()
            }
        }
    }
}

/// What was stored.
#[derive(Debug, Default)]
pub(super) struct Stored {
    /// Messages that are new here.
    pub(super) added: u64,
    /// Bytes of whole messages.
    pub(super) bytes: u64,
    /// Those that are new.
    pub(super) fresh: Vec<PlacementId>,
    /// Those that are whole now.
    pub(super) completed: Vec<PlacementId>,
    /// What came whole, by number.
    pub(super) contents: Vec<(u32, Hash)>,
}

impl Stored {
    pub(super) fn add(&mut self, other: Self) {
        self.added += other.added;
        self.bytes += other.bytes;
        self.contents.extend(other.contents);
    }
}

/// Where messages go.
#[derive(Clone)]
struct Place {
    store: Store,
    /// Whose server they come from, and whose inbox takes them.
    account: AccountId,
    home: AccountId,
    inbox: FolderId,
    /// The age of the account.
    age: i64,
}

/// The batches at work.
pub(super) struct Keeper {
    place: Place,
    at_work: AtWork<Stored>,
}

impl Keeper {
    pub(super) fn new(mailbox: &Mailbox, inbox: &Folder, age: i64) -> Self {
        Self {
            place: Place {
                store: mailbox.store.clone(),
                account: mailbox.account,
                home: inbox.account,
                inbox: inbox.id,
                age,
            },
            at_work: AtWork::up_to(AT_ONCE),
        }
    }

    /// Puts a batch to work, as [`AtWork::start`] does.
    pub(super) async fn start(&mut self, batch: Vec<Arrival>) -> Result<Option<Stored>, Error> {
        self.at_work.start(self.place.clone().keep(batch)).await
    }

    /// What the oldest batch did, once it is stored.
    pub(super) async fn next(&mut self) -> Result<Option<Stored>, Error> {
        self.at_work.next().await
    }
}

/// A message ready to be stored.
struct Ready {
    number: u32,
    new: NewPop3,
    text: Option<IndexText>,
    /// Its bytes, where the server keeps notes in its header: they may be all
    /// that is new.
    noted: Option<Vec<u8>>,
}

impl Place {
    /// Stores a batch so that not even a power cut takes it back.
    async fn keep(self, batch: Vec<Arrival>) -> Result<Stored, Error> {
        let place = self.clone();
        let ready = tokio::task::spawn_blocking(move || {
            let describe = |arrival| place.describe(arrival);
            batch
                .into_iter()
                .map(describe)
                .collect::<store::Result<Vec<_>>>()
        });
        let mut ready = ready.await??;
        for one in &mut ready {
            if let Some(bytes) = one.noted.take() {
                one.new.twin = self.twin(one.new.header, bytes).await?;
            }
        }
        let (stored, texts) = self
            .store
            .write(Durability::PowerCut, move |w| {
                let (mut stored, mut texts) = (Stored::default(), Vec::new());
                for one in ready {
                    let kept = w.keep_pop3(&one.new)?;
                    note(one, kept, &mut stored, &mut texts);
                }
                Ok((stored, texts))
            })
            .await?;
        self.store.index(texts);
        Ok(stored)
    }

    fn describe(&self, arrival: Arrival) -> store::Result<Ready> {
        let Arrival { wanted, body } = arrival;
        let arrived = |size| Arrived {
            account: self.home,
            received: None,
            size,
        };
        let (header, packed, noted);
        let (email, text) = match body {
            Body::Header(bytes) => {
                (header, packed, noted) = (fingerprint::of_header(&bytes), None, None);
                (arrived(wanted.size).by_header(&bytes), None)
            }
            Body::Whole(bytes) => {
                header = fingerprint::of_header(&bytes);
                packed = Some(PackedRaw::new(&bytes)?);
                let (email, text) = arrived(bytes.len() as u64).whole_with_text(&bytes);
                noted = fingerprint::has_notes(&bytes).then_some(bytes);
                (email, Some(text))
            }
            Body::Large {
                header: its,
                excerpt,
                packed: its_bytes,
            } => {
                let (email, text) = arrived(its_bytes.size).whole_with_text(&excerpt);
                (header, packed, noted) = (its, Some(*its_bytes), None);
                (email, Some(text))
            }
        };
        let content = packed.as_ref().map(|packed| packed.sha256);
        let key = wanted.key.or(content.as_ref().map(content_key));
        Ok(Ready {
            number: wanted.number,
            new: NewPop3 {
                account: self.account,
                key: key.unwrap_or_default(),
                size: wanted.size,
                header,
                seen: self.age,
                inbox: self.inbox,
                email,
                packed,
                twin: None,
            },
            text,
            noted,
        })
    }

    /// The row of a message that differs in the server's notes only.
    async fn twin(&self, header: Hash, bytes: Vec<u8>) -> Result<Option<i64>, Error> {
        let account = self.account;
        let read = self.store.read(move |r| {
            for row in r.pop3_alike(account, &header)? {
                let Some(stored) = row.stored else { continue };
                match r.raw(&stored) {
                    Ok(other) if fingerprint::are_one(&bytes, &other) => return Ok(Some(row.id)),
                    // What cannot be read is no reason not to store this one.
                    Ok(_) | Err(store::Error::Damaged | store::Error::NotFound) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(None)
        });
        Ok(read.await?)
    }
}

fn note(one: Ready, kept: Pop3Kept, stored: &mut Stored, texts: &mut Vec<(EmailId, IndexText)>) {
    let Ready {
        number, new, text, ..
    } = one;
    if let Some(packed) = &new.packed {
        stored.contents.push((number, packed.sha256));
        stored.bytes += packed.size;
    }
    let email = match kept {
        Pop3Kept::Added(placement, email) => {
            stored.added += 1;
            stored.fresh.push(placement);
            email
        }
        Pop3Kept::Completed(placement, email) => {
            stored.completed.push(placement);
            email
        }
        Pop3Kept::Known => return,
    };
    texts.extend(text.map(|text| (email, text)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sync::batches::{BATCH_MESSAGES, Batch, FIRST_MESSAGES};

    fn arrival(size: usize) -> Arrival {
        Arrival {
            wanted: Wanted {
                number: 1,
                size: 0,
                key: None,
            },
            body: Body::Whole(vec![b'x'; size]),
        }
    }

    #[test]
    fn a_batch_is_bounded_by_size_and_by_number() {
        let mut batch = Batch::up_to(BATCH_BYTES);
        for _ in 1..FIRST_MESSAGES {
            assert!(batch.add(arrival(1)).is_none());
        }
        assert_eq!(batch.add(arrival(1)).unwrap().len(), FIRST_MESSAGES);
        assert!(batch.add(arrival(10)).is_none());
        assert_eq!(batch.add(arrival(BATCH_BYTES)).unwrap().len(), 2);
        assert!(batch.take().is_none());
        for _ in 1..BATCH_MESSAGES {
            assert!(batch.add(arrival(1)).is_none());
        }
        assert_eq!(batch.add(arrival(1)).unwrap().len(), BATCH_MESSAGES);
    }
}
