//! Moving and copying on the server: moving in one step where it can (RFC
//! 6851), else by copying and removing, of which each may be the last that was
//! done before the line broke.

use super::fetched::Message;
use super::replay::lacks_folder;
use super::session::{Error, Session};
use crate::mime;
use crate::model::{FolderId, Uid};
use crate::store::{self, Change, Durability, FolderRow, PendingOp, Write};
use crate::{Error as EngineError, ErrorKind};

/// Old and new UIDs, as far as they are known.
type Pairs = Vec<(Uid, Uid)>;

impl Session {
    /// Moves or copies the messages of these ops from the selected folder.
    pub(super) async fn transfer(
        &mut self,
        batch: &[PendingOp],
        from: &FolderRow,
        target: FolderId,
    ) -> Result<(), Error> {
        let to = match self.store.read(move |r| r.folder(target)).await {
            Ok(to) => to,
            Err(store::Error::NotFound) => {
                let error = EngineError::new(
                    ErrorKind::NotFound,
                    format!(
                        "The folder that messages of {} were to go into is no longer there.",
                        from.folder.path
                    ),
                )
                .hint("They are back in their folder; choose another one.");
                return self.take_back(batch, from, error).await;
            }
            Err(error) => return Err(error.into()),
        };
        self.make_if_new(&to).await?;
        let moves = batch
            .first()
            .is_some_and(|op| matches!(op.change, Change::Move(_)));
        let in_one_step = moves && self.conn.capabilities().moves();
        let is_first = batch.iter().all(|op| op.attempts == 0);
        let next = if in_one_step || !is_first {
            to.state.uid_next
        } else {
            self.next_uid(&to).await?
        };
        let batch = self.begin(batch, next).await?;
        let uids: Vec<Uid> = batch.iter().filter_map(|op| op.uid).collect();
        let pairs = if in_one_step {
            self.move_there(&uids, &to).await?
        } else {
            self.copy_once(&batch, &uids, from, &to).await?
        };
        let new = |op: &PendingOp| {
            let pair = pairs.iter().find(|(old, _)| Some(*old) == op.uid);
            pair.map(|(_, new)| *new)
        };
        let told: Vec<(PendingOp, Option<Uid>)> =
            batch.iter().map(|op| (op.clone(), new(op))).collect();
        let leaves_source = moves && !in_one_step;
        let write = move |w: &Write<'_>| {
            told.iter().try_for_each(|(op, uid)| {
                if leaves_source {
                    w.arrived_by_copy(op, target, *uid)
                } else {
                    w.arrived(op, target, *uid)
                }
            })
        };
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    async fn move_there(&mut self, uids: &[Uid], to: &FolderRow) -> Result<Pairs, Error> {
        let mut told = self.conn.move_messages(uids, &to.remote_name).await;
        if lacks_folder(&told) {
            let name = self.name_that_is_there(to).await?;
            told = self.conn.move_messages(uids, &name).await;
        }
        Ok(told?.pairs)
    }

    /// Copies what an earlier try did not.
    async fn copy_once(
        &mut self,
        batch: &[PendingOp],
        uids: &[Uid],
        from: &FolderRow,
        to: &FolderRow,
    ) -> Result<Pairs, Error> {
        let mut pairs = self.copied_before(batch, from, to).await?;
        let mut rest = uids.to_vec();
        rest.retain(|uid| pairs.iter().all(|(old, _)| old != uid));
        if !rest.is_empty() {
            let mut told = self.conn.copy_messages(&rest, &to.remote_name).await;
            if lacks_folder(&told) {
                let name = self.name_that_is_there(to).await?;
                told = self.conn.copy_messages(&rest, &name).await;
            }
            pairs.extend(told?.pairs);
        }
        Ok(pairs)
    }

    /// The copies an earlier try made before the line broke: what came into
    /// the target since, and is the same message.
    async fn copied_before(
        &mut self,
        batch: &[PendingOp],
        from: &FolderRow,
        to: &FolderRow,
    ) -> Result<Pairs, Error> {
        let tried: Vec<&PendingOp> = batch.iter().filter(|op| op.attempts > 0).collect();
        let next = tried.iter().map(|op| op.target_next).min();
        // Where nothing is known of what the target had before: rather two
        // copies than none.
        let Some(next) = next.and_then(Uid::new) else {
            return Ok(Vec::new());
        };
        let nameless: Vec<Uid> = tried
            .iter()
            .filter(|op| op.message_id.is_none())
            .filter_map(|op| op.uid)
            .collect();
        let originals = self.headers(&nameless).await?;
        self.select(&to.remote_name).await?;
        let rows = self.flags_from(next).await?;
        let since: Vec<Uid> = rows.iter().map(|row| row.uid).collect();
        let candidates = self.headers(&since).await?;
        self.select(&from.remote_name).await?;
        Ok(match_copies(&tried, &originals, &candidates))
    }
}

fn match_copies(tried: &[&PendingOp], originals: &[Message], candidates: &[Message]) -> Pairs {
    let mut pairs = Pairs::new();
    for op in tried {
        let Some(old) = op.uid else { continue };
        let original = originals.iter().find(|message| message.uid == old);
        let is_copy = |candidate: &&Message| {
            candidate.uid.get() >= op.target_next
                && pairs.iter().all(|(_, taken)| *taken != candidate.uid)
                && is_same(op, original, candidate)
        };
        if let Some(copy) = candidates.iter().find(is_copy) {
            pairs.push((old, copy.uid));
        }
    }
    pairs
}

fn is_same(op: &PendingOp, original: Option<&Message>, candidate: &Message) -> bool {
    if op.message_id.is_some() {
        return candidate.size == op.size
            && mime::headers_of(&candidate.bytes).message_id == op.message_id;
    }
    original.is_some_and(|original| {
        original.size == candidate.size && original.bytes == candidate.bytes
    })
}
