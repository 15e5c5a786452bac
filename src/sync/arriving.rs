//! New messages of a folder, from the wire into the store.

use std::collections::HashSet;

use super::batches::{AtWork, Batch};
use super::fetched::{self, Message};
use super::keep::{AT_ONCE, BATCH_BYTES, Bodies, Homeless, Kept, Place, keep_bodies, keep_new};
use super::pace::Pace;
use super::session::{Error, FolderReport, Session, Tell, Told};
use super::swift::Speed;
use crate::model::{AccountId, Folder, FolderRole, PrefetchPolicy, Uid};
use crate::protocol::imap::Ask;
use crate::store::{FolderRow, Store};

/// The first messages of a long list, enough for a screen, then the rest in
/// larger steps.
pub(super) const FIRST_STEP: usize = 50;
const STEP: usize = 500;

/// Which messages are to be fetched, in pieces that the person's wishes may
/// come between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// By sequence number, first and last of each piece.
    Numbers(Vec<(u32, u32)>),
    /// By UID.
    Uids(Vec<Vec<Uid>>),
}

impl Wanted {
    /// All messages of a folder that holds `exists`, newest first.
    pub(super) fn everything(exists: u32) -> Self {
        let mut pieces = Vec::new();
        let (mut last, mut step) = (exists, FIRST_STEP);
        while last > 0 {
            let first = last
                .saturating_sub(u32::try_from(step).unwrap_or(u32::MAX) - 1)
                .max(1);
            pieces.push((first, last));
            (last, step) = (first - 1, STEP);
        }
        Self::Numbers(pieces)
    }

    /// These messages, newest first.
    pub(super) fn newest_first(mut uids: Vec<Uid>) -> Self {
        uids.sort_unstable_by(|a, b| b.cmp(a));
        let (first, rest) = uids.split_at(FIRST_STEP.min(uids.len()));
        let first = (!first.is_empty()).then(|| first.to_vec());
        let rest = rest.chunks(STEP).map(<[Uid]>::to_vec);
        Self::Uids(first.into_iter().chain(rest).collect())
    }

    /// The UIDs, where it is those that are wanted.
    fn uids(&self) -> Option<HashSet<Uid>> {
        match self {
            Self::Numbers(_) => None,
            Self::Uids(pieces) => Some(pieces.iter().flatten().copied().collect()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        match self {
            Self::Numbers(pieces) => pieces.is_empty(),
            Self::Uids(pieces) => pieces.is_empty(),
        }
    }

    fn drop_first(&mut self, count: usize) {
        match self {
            Self::Numbers(pieces) => drop(pieces.drain(..count.min(pieces.len()))),
            Self::Uids(pieces) => drop(pieces.drain(..count.min(pieces.len()))),
        }
    }
}

/// Tells what arrives while it arrives.
pub(super) struct Teller {
    tell: Tell,
    store: Store,
    account: AccountId,
    folder: Folder,
    /// Whether unread mail that comes here is news to the person.
    announces: bool,
    /// What is wanted whole.
    policy: Option<PrefetchPolicy>,
    pace: Pace,
    pub(super) report: FolderReport,
}

impl Teller {
    /// What a batch did.
    pub(super) async fn kept(&mut self, kept: Kept) -> Result<(), Error> {
        self.report.new += kept.added;
        self.report.bytes += kept.bytes;
        if self.announces && !kept.fresh.is_empty() {
            (self.tell)(Told::NewMail(kept.fresh));
        }
        if kept.added == 0 && !kept.rows.is_empty() {
            (self.tell)(Told::Rows(kept.rows));
        }
        if self.pace.due() {
            self.now(kept.added > 0).await?;
        }
        Ok(())
    }

    /// What was held back.
    pub(super) async fn end(&mut self) -> Result<(), Error> {
        if self.pace.rest() {
            self.now(self.report.new > 0).await?;
        }
        Ok(())
    }

    async fn now(&self, added: bool) -> Result<(), Error> {
        if added {
            (self.tell)(Told::Content(self.folder.id));
            (self.tell)(Told::Folders);
        }
        let account = self.account;
        let policy = self.policy;
        let (done, total) = self
            .store
            .read(move |r| r.progress(account, policy.as_ref()))
            .await?;
        (self.tell)(Told::Progress {
            folder: self.folder.path.clone(),
            done,
            total,
        });
        Ok(())
    }
}

impl Session {
    /// What is needed to store what arrives, apart from the connection.
    pub(super) fn sink(&self) -> Sink {
        Sink {
            store: self.store.clone(),
            account: self.account,
            tell: self.tell.clone(),
            policy: self.prefetch(),
        }
    }

    /// Fetches messages that are new in the selected folder and stores them,
    /// their headers or all of them.
    pub(super) async fn bring_in(
        &mut self,
        row: &FolderRow,
        wanted: Wanted,
        ask: Ask,
    ) -> Result<(), Error> {
        if wanted.is_empty() {
            return Ok(());
        }
        let inbox = row.folder.role == Some(FolderRole::Inbox);
        let announces = inbox && row.state.uid_next != 0;
        let place = self.sink().place(&row.folder, ask).await?;
        let inflow = self.sink().inflow(&row.folder, Goal::New(place), announces);
        let mut rest = wanted;
        self.flow(row, &mut rest, ask, inflow, None).await
    }

    /// Fetches messages that are new in the selected folder whole, for as long
    /// as they come fast; gives back those that were not begun.
    pub(super) async fn bring_in_fast(
        &mut self,
        row: &FolderRow,
        wanted: Wanted,
        speed: &mut Speed,
    ) -> Result<Wanted, Error> {
        let place = self.sink().place(&row.folder, Ask::Whole).await?;
        let inflow = self.sink().inflow(&row.folder, Goal::New(place), false);
        let mut rest = wanted;
        self.flow(row, &mut rest, Ask::Whole, inflow, Some(speed))
            .await?;
        Ok(rest)
    }

    /// Fetches the bodies of messages whose headers are here.
    pub(super) async fn bring_bodies(
        &mut self,
        row: &FolderRow,
        wanted: Wanted,
        bodies: Bodies,
    ) -> Result<(), Error> {
        let goal = Goal::Bodies(self.account, bodies);
        let inflow = self.sink().inflow(&row.folder, goal, false);
        let mut rest = wanted;
        self.flow(row, &mut rest, Ask::Whole, inflow, None).await
    }

    async fn flow(
        &mut self,
        row: &FolderRow,
        wanted: &mut Wanted,
        ask: Ask,
        mut inflow: Inflow,
        speed: Option<&mut Speed>,
    ) -> Result<(), Error> {
        let fetched = self.fetch_into(row, wanted, ask, &mut inflow, speed).await;
        // What came is kept, also where the line broke.
        let report = inflow.end().await?;
        self.report(&row.folder.path).add(&report);
        fetched
    }

    async fn fetch_into(
        &mut self,
        row: &FolderRow,
        wanted: &mut Wanted,
        ask: Ask,
        inflow: &mut Inflow,
        mut speed: Option<&mut Speed>,
    ) -> Result<(), Error> {
        let mut lines = 0;
        let mut awaited = wanted.uids();
        while !wanted.is_empty() && speed.as_ref().is_none_or(|speed| speed.is_high()) {
            self.serve_urgent(Some(row)).await?;
            let most = self.lines_at_most();
            let mut fetch = match &*wanted {
                Wanted::Numbers(pieces) => self.conn.fetch_numbers(pieces, ask).await?,
                Wanted::Uids(pieces) => self.conn.fetch_uids(pieces, ask).await?,
            };
            while let Some(fetched) = fetch.next().await? {
                if !self.urgent.is_empty() {
                    fetch.hold();
                }
                lines += 1;
                if lines > most {
                    return Err(fetch.endless().into());
                }
                let asked = |message: &Message| match &mut awaited {
                    Some(uids) => uids.remove(&message.uid),
                    None => true,
                };
                if let Some(message) = fetched::message(fetched).filter(asked) {
                    if let Some(speed) = &mut speed {
                        speed.note();
                        if !speed.is_high() {
                            fetch.hold();
                        }
                    }
                    inflow.add(message).await?;
                }
            }
            let done = fetch.begun();
            wanted.drop_first(done);
        }
        Ok(())
    }
}

/// Where what arrives goes, and who is told.
pub(super) struct Sink {
    pub(super) store: Store,
    pub(super) account: AccountId,
    tell: Tell,
    policy: Option<PrefetchPolicy>,
}

impl Sink {
    /// Where new messages of a folder belong.
    pub(super) async fn place(&self, folder: &Folder, ask: Ask) -> Result<Place, Error> {
        let id = folder.id;
        let unnamed = self.store.read(move |r| r.unnamed(id)).await?;
        Ok(Place {
            account: self.account,
            folder: id,
            homeless: Homeless::new(unnamed),
            whole: ask == Ask::Whole,
        })
    }

    /// A way in for messages of a folder.
    pub(super) fn inflow(&self, folder: &Folder, goal: Goal, announces: bool) -> Inflow {
        Inflow {
            store: self.store.clone(),
            goal,
            batch: Batch::up_to(BATCH_BYTES),
            at_work: AtWork::up_to(AT_ONCE),
            teller: Teller {
                tell: self.tell.clone(),
                store: self.store.clone(),
                account: self.account,
                folder: folder.clone(),
                announces,
                policy: self.policy,
                pace: Pace::default(),
                report: FolderReport::default(),
            },
        }
    }
}

/// What the messages are fetched for.
pub(super) enum Goal {
    /// They are new here.
    New(Place),
    /// Their headers are here.
    Bodies(AccountId, Bodies),
}

/// From the wire into the store.
pub(super) struct Inflow {
    store: Store,
    goal: Goal,
    batch: Batch<Message>,
    at_work: AtWork<Kept>,
    teller: Teller,
}

impl Inflow {
    pub(super) async fn add(&mut self, message: Message) -> Result<(), Error> {
        match self.batch.add(message) {
            Some(full) => self.keep(full).await,
            None => Ok(()),
        }
    }

    async fn keep(&mut self, messages: Vec<Message>) -> Result<(), Error> {
        let store = self.store.clone();
        let done = match &self.goal {
            Goal::New(place) => {
                let work = keep_new(store, place.clone(), messages);
                self.at_work.start(work).await?
            }
            Goal::Bodies(account, bodies) => {
                let work = keep_bodies(store, *account, bodies.clone(), messages);
                self.at_work.start(work).await?
            }
        };
        match done {
            Some(kept) => self.teller.kept(kept).await,
            None => Ok(()),
        }
    }

    /// Waits until all of it is stored, and says what it was.
    pub(super) async fn end(mut self) -> Result<FolderReport, Error> {
        if let Some(rest) = self.batch.take() {
            self.keep(rest).await?;
        }
        while let Some(kept) = self.at_work.next().await? {
            self.teller.kept(kept).await?;
        }
        self.teller.end().await?;
        Ok(self.teller.report)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_cut_newest_first() {
        let Wanted::Numbers(pieces) = Wanted::everything(1_060) else {
            panic!("by number");
        };
        assert_eq!(pieces, [(1_011, 1_060), (511, 1_010), (11, 510), (1, 10)]);
        assert_eq!(Wanted::everything(0), Wanted::Numbers(vec![]));
        assert_eq!(Wanted::everything(3), Wanted::Numbers(vec![(1, 3)]));
        let uids = (1..=600).filter_map(Uid::new).collect();
        let Wanted::Uids(pieces) = Wanted::newest_first(uids) else {
            panic!("by UID");
        };
        let ends: Vec<_> = pieces
            .iter()
            .map(|piece| (piece[0].get(), piece.len()))
            .collect();
        assert_eq!(ends, [(600, 50), (550, 500), (50, 50)]);
    }
}
