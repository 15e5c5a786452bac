//! What the server made of it.

use rusqlite::params;

use super::here::{Gone, with_keyword};
use super::{About, Change, PendingOp};
use crate::model::{FlagChange, FolderId, KeywordChange, PlacementId, Uid};
use crate::store::{Error, PlacementRow, Result, Write};

impl Write<'_> {
    /// The server was told of a move, a copy or an upload: it has the message
    /// in `folder` now. What was done here while it was told follows it there,
    /// so that nobody's last word is lost.
    pub(crate) fn arrived(&self, op: &PendingOp, folder: FolderId, uid: Option<Uid>) -> Result<()> {
        self.drop_op(op.id)?;
        if uid.is_none() {
            // It may be where it was: nobody said where it went.
            self.distrust(op.folder)?;
        }
        let row = match self.read().placement(op.placement) {
            Ok(row) => row,
            Err(Error::NotFound) => return self.arrived_too_late(op, folder, uid),
            Err(error) => return Err(error),
        };
        // Taken back and moved again meanwhile: that op names the old place.
        if let Some(newer) = self.read().arrival(row.id)? {
            self.drop_op(newer.id)?;
        }
        self.readdress_ops(row.id, folder, uid)?;
        if row.folder == folder {
            return self.place(row.id, folder, uid);
        }
        self.queue(&About::row(&row, folder, uid), &Change::Move(row.folder))?;
        self.place(row.id, row.folder, None)
    }

    /// The server copied a message that is to be moved: what is left of it in
    /// its old folder goes with the next op.
    pub(crate) fn arrived_by_copy(
        &self,
        op: &PendingOp,
        folder: FolderId,
        uid: Option<Uid>,
    ) -> Result<()> {
        let account = self.read().folder(op.folder)?.folder.account;
        self.arrived(op, folder, uid)?;
        self.queue_expunge(&Gone {
            account,
            folder: op.folder,
            uid: op.uid,
            next: 0,
            message_id: op.message_id.as_ref(),
            size: op.size,
            by: None,
        })
    }

    /// The message was removed here for good while it was on its way.
    fn arrived_too_late(&self, op: &PendingOp, folder: FolderId, uid: Option<Uid>) -> Result<()> {
        let account = self.read().folder(folder)?.folder.account;
        // Queued when it was removed, as far as was known then.
        let by: Option<i64> = self
            .mail
            .prepare_cached(
                "DELETE FROM pending_op WHERE kind = 'expunge' AND folder = ?1 AND uid = 0
                     AND message_id = ?2 AND size = ?3 RETURNING source",
            )?
            .query_map(
                params![
                    folder.0,
                    op.message_id.as_ref().map_or("", |id| id.0.as_str()),
                    op.size
                ],
                |row| row.get(0),
            )?
            .try_fold(None, |_, source| source.map(Some))?;
        self.queue_expunge(&Gone {
            account,
            folder,
            uid,
            next: op.target_next,
            message_id: op.message_id.as_ref(),
            size: op.size,
            by: by.filter(|source| *source != 0).map(PlacementId),
        })
    }

    /// The server has a message of unknown UID in `folder`, as `uid`. Says
    /// `false` where that is no longer so: it was moved or removed meanwhile.
    pub(crate) fn name_unnamed(&self, id: PlacementId, folder: FolderId, uid: Uid) -> Result<bool> {
        let row = match self.read().placement(id) {
            Ok(row) if row.uid.is_none() => row,
            Ok(_) | Err(Error::NotFound) => return Ok(false),
            Err(error) => return Err(error),
        };
        match self.read().arrival(id)? {
            // It is leaving from here: only the op learns the name.
            Some(PendingOp {
                change: Change::Move(_),
                folder: from,
                uid: None,
                ..
            }) if from == folder => {}
            // It is there: uploading it would make it two.
            Some(op) if op.change == Change::Append && row.folder == folder => {
                self.place(id, folder, Some(uid))?;
                self.drop_op(op.id)?;
            }
            None if row.folder == folder => self.place(id, folder, Some(uid))?,
            _ => return Ok(false),
        }
        self.readdress_ops(id, folder, Some(uid))?;
        Ok(true)
    }

    /// The server said no: what was done here is undone here.
    pub(crate) fn take_back(&self, op: &PendingOp) -> Result<()> {
        // What was written here exists nowhere else: it stays and waits.
        if op.change == Change::Append {
            return self.hold(op);
        }
        // Decided anew while the server was asked: that is told next.
        if self
            .read()
            .pending_op(op.id)?
            .is_none_or(|now| now.change != op.change)
        {
            return Ok(());
        }
        self.drop_op(op.id)?;
        if let Change::Folder(change) = &op.change {
            return self.folder_taken_back(op.folder, change);
        }
        match self.read().placement(op.placement) {
            Ok(row) => self.row_taken_back(&row, op),
            // Gone here, but not there: the counts may hide that.
            Err(Error::NotFound) => self.distrust(op.folder),
            Err(error) => Err(error),
        }
    }

    /// An upload waits until somebody asks for another try, or wants the
    /// message elsewhere.
    fn hold(&self, op: &PendingOp) -> Result<()> {
        self.mail
            .prepare_cached(
                "UPDATE pending_op SET attempts = 0, target_next = 0, folder = p.folder,
                     held = (pending_op.folder = p.folder)
                 FROM placement p WHERE p.id = pending_op.placement AND pending_op.id = ?1",
            )?
            .execute([op.id])?;
        Ok(())
    }

    fn row_taken_back(&self, row: &PlacementRow, op: &PendingOp) -> Result<()> {
        match &op.change {
            Change::Flag(FlagChange { flag, on }) => {
                self.set_flags(row.id, row.flags.with(*flag, !on), &row.keywords)
            }
            Change::Keyword(change) => {
                let change = KeywordChange {
                    on: !change.on,
                    ..change.clone()
                };
                self.set_flags(row.id, row.flags, &with_keyword(&row.keywords, &change))
            }
            Change::Move(target) if row.folder == *target || row.folder == op.folder => {
                self.place(row.id, op.folder, op.uid)?;
                self.readdress_ops(row.id, op.folder, op.uid)
            }
            // It was to go on from there: then straight from where it is.
            Change::Move(_) => {
                let about = About::row(row, op.folder, op.uid);
                self.queue(&about, &Change::Move(row.folder))
            }
            Change::Copy(target) if row.folder != *target => {
                let about = About {
                    source: op.source,
                    ..About::row(row, op.folder, op.uid)
                };
                self.queue(&about, &Change::Copy(row.folder))
            }
            Change::Copy(_) => self.remove_placement(row.id),
            Change::Expunge | Change::Append | Change::Folder(_) => Ok(()),
        }
    }
}
