//! Messages from the wire into the store, many under way, in bounded memory.

use std::collections::HashMap;

use super::keep::{Arrival, BATCH_BYTES, Body, Keeper, Stored};
use super::plan::{Plan, Wanted};
use super::{Look, Mailbox, as_numbers, fingerprint};
use crate::model::Folder;
use crate::protocol::pop3::{Retrieval, Retrieved};
use crate::store::Store;
use crate::sync::batches::Batch;
use crate::sync::pace::Pace;
use crate::sync::session::{Error, Told};
use crate::sync::spool::{Spool, Spooled};

impl Look {
    /// Fetches what a plan wants: headers first, for they are few and small.
    pub(super) async fn fetch(&mut self, plan: Plan) -> Result<(), Error> {
        let Plan {
            mut whole, headers, ..
        } = plan;
        let total = whole.len() + headers.len();
        if total == 0 {
            return Ok(());
        }
        let mut inflow = Inflow::new(self, total);
        let unshown = self.fetch_each(&mut inflow, headers, false).await;
        let fetched = match unshown {
            Ok(unshown) => {
                // Without its header a message can only be shown whole.
                whole.splice(0..0, unshown);
                self.fetch_each(&mut inflow, whole, true).await
            }
            Err(error) => Err(error),
        };
        // What came is kept, also where the line broke.
        let stored = inflow.end().await?;
        self.report.new += stored.added;
        self.report.bytes += stored.bytes;
        self.seen.contents.extend(stored.contents);
        let refused = fetched?;
        if !refused.is_empty() {
            let path = &self.inbox.folder.path;
            self.report.notices.push(format!(
                "{path}: the server did not give {} of its messages. It is asked again with the \
                 next check.",
                refused.len()
            ));
        }
        Ok(())
    }

    /// Fetches messages, and gives back those that the server refused.
    async fn fetch_each(
        &mut self,
        inflow: &mut Inflow,
        wanted: Vec<Wanted>,
        whole: bool,
    ) -> Result<Vec<Wanted>, Error> {
        let mut refused = Vec::new();
        if wanted.is_empty() {
            return Ok(refused);
        }
        let numbers: Vec<u32> = wanted.iter().map(|one| one.number).collect();
        let mut wanted: HashMap<u32, Wanted> =
            wanted.into_iter().map(|one| (one.number, one)).collect();
        let numbers = as_numbers(&numbers);
        let Self { conn, mailbox, .. } = self;
        let mut messages = if whole {
            conn.retrieve(&numbers)?
        } else {
            conn.top(&numbers, 0)?
        };
        while let Some((number, came)) = messages.next().await? {
            let Some(wanted) = wanted.remove(&number.get()) else {
                continue;
            };
            let body = match (came, whole) {
                (Retrieved::Refused(refusal), _) => {
                    tracing::warn!(number = number.get(), ?refusal, "a message was refused");
                    refused.push(wanted);
                    continue;
                }
                (Retrieved::Whole(bytes), true) => Body::Whole(bytes),
                (Retrieved::Begun(bytes), true) => {
                    spooled(&mailbox.store, bytes, &mut messages).await?
                }
                (Retrieved::Whole(bytes) | Retrieved::Begun(bytes), false) => Body::Header(bytes),
            };
            inflow.add(Arrival { wanted, body }).await?;
        }
        Ok(refused)
    }
}

/// A large message, packed while it comes.
async fn spooled(store: &Store, first: Vec<u8>, rest: &mut Retrieval<'_>) -> Result<Body, Error> {
    let header = fingerprint::of_header(&first);
    let mut spool = Spool::new(store)?;
    let mut next = Some(first);
    while let Some(piece) = next {
        // The next piece comes while this one is packed.
        let (piece, packed) = tokio::join!(rest.next_chunk(), spool.add(piece));
        spool = packed?;
        next = piece?;
    }
    let Spooled { excerpt, packed } = spool.finish().await?;
    Ok(Body::Large {
        header,
        excerpt,
        packed: Box::new(packed),
    })
}

/// What comes in, on its way into the store.
struct Inflow {
    mailbox: Mailbox,
    inbox: Folder,
    announces: bool,
    batch: Batch<Arrival>,
    keeper: Keeper,
    pace: Pace,
    total: u64,
    stored: Stored,
}

impl Inflow {
    fn new(look: &Look, total: usize) -> Self {
        Self {
            mailbox: look.mailbox.clone(),
            inbox: look.inbox.folder.clone(),
            announces: look.announces,
            batch: Batch::up_to(BATCH_BYTES),
            keeper: Keeper::new(&look.mailbox, &look.inbox.folder, look.rules.age),
            pace: Pace::default(),
            total: total as u64,
            stored: Stored::default(),
        }
    }

    async fn add(&mut self, arrival: Arrival) -> Result<(), Error> {
        match self.batch.add(arrival) {
            Some(full) => self.keep(full).await,
            None => Ok(()),
        }
    }

    async fn keep(&mut self, arrivals: Vec<Arrival>) -> Result<(), Error> {
        if let Some(stored) = self.keeper.start(arrivals).await? {
            self.took(stored);
        }
        Ok(())
    }

    /// Tells what was stored.
    fn took(&mut self, mut stored: Stored) {
        if self.announces && !stored.fresh.is_empty() {
            self.mailbox
                .tell(Told::NewMail(std::mem::take(&mut stored.fresh)));
        }
        if !stored.completed.is_empty() {
            self.mailbox
                .tell(Told::Rows(std::mem::take(&mut stored.completed)));
        }
        self.stored.add(stored);
        if self.pace.due() {
            self.tell();
        }
    }

    fn tell(&self) {
        if self.stored.added > 0 {
            self.mailbox.tell(Told::Content(self.inbox.id));
            self.mailbox.tell(Told::Folders);
        }
        self.mailbox.tell(Told::Progress {
            folder: self.inbox.path.clone(),
            done: self.stored.contents.len() as u64,
            total: self.total,
        });
    }

    /// Waits until all of it is stored, and says what it was.
    async fn end(mut self) -> Result<Stored, Error> {
        if let Some(rest) = self.batch.take() {
            self.keep(rest).await?;
        }
        while let Some(stored) = self.keeper.next().await? {
            self.took(stored);
        }
        if self.pace.rest() {
            self.tell();
        }
        Ok(self.stored)
    }
}
