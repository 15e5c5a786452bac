//! What a person did here is told to the server: in order, in batches, and
//! taken back here where the server says no.

use std::collections::HashSet;

use chrono::Local;

use super::session::{Error, Session, Told};
use crate::model::{Flag, FlagChange, FolderId, Uid, UidValidity};
use crate::store::{self, Change, Durability, FolderRow, PendingOp, Write};
use crate::{Error as EngineError, ErrorKind};

/// How many messages one command covers.
const BATCH: usize = 500;

impl Session {
    /// Tells the server everything that waits.
    pub(crate) async fn replay(&mut self) -> Result<(), Error> {
        let account = self.account;
        // Each op is tried once in a replay: one that has to wait (a full
        // mailbox) must neither spin here nor stop those behind it.
        let mut tried = HashSet::new();
        loop {
            let mut pending = self.store.read(move |r| r.pending(account)).await?;
            pending.retain(|op| !tried.contains(&op.id));
            let batch = next_batch(&pending);
            if batch.is_empty() {
                return Ok(());
            }
            tried.extend(batch.iter().map(|op| op.id));
            self.tell_server(&batch).await?;
        }
    }

    async fn tell_server(&mut self, batch: &[PendingOp]) -> Result<(), Error> {
        let Some(first) = batch.first() else {
            return Ok(());
        };
        let folder = first.folder;
        let row = match self.store.read(move |r| r.folder(folder)).await {
            Ok(row) => row,
            Err(store::Error::NotFound) => return self.drop_ops(batch).await,
            Err(error) => return Err(error.into()),
        };
        let result = match &first.change {
            Change::Append => self.append(first, &row).await,
            change => self.change_on_server(batch, change, &row).await,
        };
        match result {
            Err(Error::Imap(error)) if error.is_refusal() => {
                self.selected = None;
                self.take_back(batch, error.into()).await
            }
            other => other,
        }
    }

    async fn change_on_server(
        &mut self,
        batch: &[PendingOp],
        change: &Change,
        row: &FolderRow,
    ) -> Result<(), Error> {
        let selected = self.select(&row.remote_name).await?;
        let validity = Some(selected.uid_validity);
        if batch.iter().any(|op| op.uid_validity != validity) {
            // The UIDs are of another generation: the next pass finds the
            // messages anew and gives these ops their new UIDs.
            return self.readdress(batch, row, selected.uid_validity).await;
        }
        let uids: Vec<Uid> = batch.iter().filter_map(|op| op.uid).collect();
        match change {
            Change::Flag(FlagChange { flag, on }) => {
                self.conn.store_flags(&uids, &[flag.imap()], *on).await?;
                self.drop_ops(batch).await
            }
            Change::Expunge => {
                self.conn
                    .store_flags(&uids, &[Flag::Deleted.imap()], true)
                    .await?;
                self.conn.expunge(&uids).await?;
                self.drop_ops(batch).await
            }
            Change::Move(target) => self.move_there(batch, row, *target).await,
            Change::Append => Ok(()),
        }
    }

    async fn move_there(
        &mut self,
        batch: &[PendingOp],
        from: &FolderRow,
        target: FolderId,
    ) -> Result<(), Error> {
        let target_row = self.store.read(move |r| r.folder(target)).await?;
        self.make_if_new(&target_row).await?;
        let pairs = self.move_on_server(batch, from, &target_row).await?;
        let told: Vec<(PendingOp, Option<Uid>)> = batch
            .iter()
            .map(|op| {
                let new = pairs
                    .iter()
                    .find(|(old, _)| Some(*old) == op.uid)
                    .map(|(_, new)| *new);
                (op.clone(), new)
            })
            .collect();
        let write = move |w: &Write<'_>| {
            told.iter()
                .try_for_each(|(op, uid)| w.arrived(op, target, *uid))
        };
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    /// A folder that was only made here so far is made on the server.
    async fn make_if_new(&mut self, row: &FolderRow) -> Result<(), Error> {
        if row.state.uid_validity.is_some() {
            return Ok(());
        }
        match self.conn.create_folder(&row.remote_name).await {
            // There already: what was wanted.
            Err(error) if error.is_refusal() => Ok(()),
            other => Ok(other?),
        }
    }

    /// Uploads a message written here. A try that was cut short may have
    /// arrived: then it is found by its name instead of uploaded again.
    async fn append(&mut self, op: &PendingOp, row: &FolderRow) -> Result<(), Error> {
        let placement = op.placement;
        let read = self.store.read(move |r| {
            let row = r.placement(placement)?;
            let sha256 = row.sha256.ok_or(store::Error::NotFound)?;
            Ok((r.raw(&sha256)?, row))
        });
        let (raw, message) = match read.await {
            Err(store::Error::NotFound) => return self.drop_ops(std::slice::from_ref(op)).await,
            other => other?,
        };
        let mut uid = None;
        if op.attempts > 0 && row.state.uid_validity.is_some() {
            self.select(&row.remote_name).await?;
            if let Some(name) = &message.message_id {
                uid = self.conn.find_message_id(&name.0).await?.into_iter().max();
            }
        }
        if uid.is_none() {
            let id = op.id;
            self.store
                .write(Durability::Crash, move |w| w.count_attempt(id))
                .await?;
            self.make_if_new(row).await?;
            let flags: Vec<&str> = message.flags.iter().map(Flag::imap).collect();
            let when = Some(Local::now().fixed_offset());
            uid = self
                .conn
                .append(&row.remote_name, &flags, when, &raw)
                .await?
                .filter(|(validity, _)| row.state.uid_validity.is_none_or(|own| own == *validity))
                .map(|(_, uid)| uid);
        }
        let op = op.clone();
        let write = move |w: &Write<'_>| w.arrived(&op, op.folder, uid);
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    /// Finds messages under their new UIDs by their names.
    async fn readdress(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        validity: UidValidity,
    ) -> Result<(), Error> {
        for op in batch {
            let placement = op.placement;
            let message = self.store.read(move |r| r.placement(placement)).await;
            let found = match message {
                Ok(message) => match message.message_id {
                    Some(name) => self.conn.find_message_id(&name.0).await?,
                    None => Vec::new(),
                },
                Err(store::Error::NotFound) => Vec::new(),
                Err(error) => return Err(error.into()),
            };
            let [uid] = found.as_slice() else {
                let error = EngineError::new(
                    ErrorKind::Conflict,
                    format!(
                        "The server renumbered {}, so a change made here could not be passed on.",
                        row.folder.path
                    ),
                )
                .hint("The message is shown again as the server has it; please repeat the change.");
                self.take_back(std::slice::from_ref(op), error).await?;
                continue;
            };
            let (uid, op) = (*uid, op.clone());
            self.store
                .write(Durability::Crash, move |w| {
                    w.renumber_op(op.id, uid, validity)
                })
                .await?;
        }
        Ok(())
    }

    async fn drop_ops(&self, batch: &[PendingOp]) -> Result<(), Error> {
        let ids: Vec<i64> = batch.iter().map(|op| op.id).collect();
        let write = move |w: &Write<'_>| ids.into_iter().try_for_each(|id| w.drop_op(id));
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    /// The server said no: what was done here is undone here.
    async fn take_back(&self, batch: &[PendingOp], error: EngineError) -> Result<(), Error> {
        let ops = batch.to_vec();
        let write = move |w: &Write<'_>| ops.iter().try_for_each(|op| take_back(w, op));
        self.store.write(Durability::Crash, write).await?;
        self.told(Told::Refused(error));
        self.told(Told::Rows(batch.iter().map(|op| op.placement).collect()));
        for op in batch {
            self.told(Told::Content(op.folder));
            if let Change::Move(target) = op.change {
                self.told(Told::Content(target));
            }
        }
        self.told(Told::Folders);
        Ok(())
    }
}

fn take_back(w: &Write<'_>, op: &PendingOp) -> store::Result<()> {
    // What was written here exists nowhere else: it stays and waits.
    if op.change == Change::Append {
        return Ok(());
    }
    // Decided anew while the server was asked: that is told next.
    if w.read()
        .pending_op(op.id)?
        .is_none_or(|now| now.change != op.change)
    {
        return Ok(());
    }
    w.drop_op(op.id)?;
    let Ok(row) = w.read().placement(op.placement) else {
        // Gone here, but not there: the counts may hide that.
        return w.distrust(op.folder);
    };
    match op.change {
        Change::Move(target) if row.folder == target => {
            w.place(op.placement, op.folder, op.uid)?;
            w.readdress_ops(op.placement, op.folder, op.uid)
        }
        Change::Flag(FlagChange { flag, on }) => {
            w.set_flags(op.placement, row.flags.with(flag, !on), &row.keywords)
        }
        _ => Ok(()),
    }
}

/// The oldest op the server can be told of, with those behind it that one
/// command can carry as well. Ops that wait for a UID wait.
fn next_batch(pending: &[PendingOp]) -> Vec<PendingOp> {
    let ready = |op: &&PendingOp| op.uid.is_some() || op.change == Change::Append;
    let mut ops = pending.iter().filter(ready);
    let Some(first) = ops.next() else {
        return Vec::new();
    };
    let mut batch = vec![first.clone()];
    if first.change != Change::Append {
        let alike = |op: &&PendingOp| op.folder == first.folder && op.change == first.change;
        batch.extend(ops.take_while(alike).take(BATCH - 1).cloned());
    }
    batch
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PlacementId;

    fn op(id: i64, folder: i64, uid: u32, change: Change) -> PendingOp {
        PendingOp {
            id,
            placement: PlacementId(id),
            folder: FolderId(folder),
            uid: Uid::new(uid),
            uid_validity: None,
            change,
            attempts: 0,
        }
    }

    #[test]
    fn alike_neighbours_go_together_and_order_is_kept() {
        let seen = || Change::Flag(FlagChange::seen(true));
        let pending = [
            op(1, 1, 0, seen()),
            op(2, 1, 7, seen()),
            op(3, 1, 8, seen()),
            op(4, 1, 8, Change::Move(FolderId(2))),
            op(5, 1, 9, seen()),
        ];
        let ids = |batch: Vec<PendingOp>| batch.iter().map(|op| op.id).collect::<Vec<_>>();
        assert_eq!(ids(next_batch(&pending)), [2, 3]);
        assert_eq!(ids(next_batch(&pending[3..])), [4]);
        assert_eq!(ids(next_batch(&pending[..1])), Vec::<i64>::new());
    }
}
