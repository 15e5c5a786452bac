//! The queue of what the server has still to be told.

use rusqlite::{OptionalExtension, Row, params};

use super::{Error, PlacementRow, Read, Result, Write};
use crate::model::{AccountId, Flag, FlagChange, FolderId, PlacementId, Uid, UidValidity};

/// What the server has still to be told of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Set or clear a flag.
    Flag(FlagChange),
    /// Move it there.
    Move(FolderId),
    /// Remove it for good.
    Expunge,
    /// Upload it: it was written here.
    Append,
}

/// The server's half of something a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingOp {
    pub(crate) id: i64,
    pub(crate) placement: PlacementId,
    /// Where the server has the message (for [`Change::Append`]: shall have).
    pub(crate) folder: FolderId,
    /// What the server calls it there.
    pub(crate) uid: Option<Uid>,
    /// The generation that UID is of.
    pub(crate) uid_validity: Option<UidValidity>,
    pub(crate) change: Change,
    pub(crate) attempts: u32,
}

const SELECT: &str = "SELECT id, placement, folder, uid, uid_validity, kind, target, flag, value, \
                      attempts FROM pending_op";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<PendingOp>> {
    let kind: String = row.get(5)?;
    let change = match kind.as_str() {
        "move" => Some(Change::Move(FolderId(row.get(6)?))),
        "expunge" => Some(Change::Expunge),
        "append" => Some(Change::Append),
        "flag" => {
            let on = row.get(8)?;
            Flag::from_imap(&row.get::<_, String>(7)?)
                .map(|flag| Change::Flag(FlagChange { flag, on }))
        }
        _ => None,
    };
    let (id, placement, folder) = (row.get(0)?, PlacementId(row.get(1)?), FolderId(row.get(2)?));
    let (uid, uid_validity) = (Uid::new(row.get(3)?), UidValidity::new(row.get(4)?));
    let attempts = row.get(9)?;
    Ok(change.map(|change| PendingOp {
        id,
        placement,
        folder,
        uid,
        uid_validity,
        change,
        attempts,
    }))
}

impl Read<'_> {
    /// What waits for an account's server, oldest first.
    pub(crate) fn pending(&self, account: AccountId) -> Result<Vec<PendingOp>> {
        let sql = format!("{SELECT} WHERE account = ?1 ORDER BY id");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([account.0], from_row)?;
        Ok(rows
            .filter_map(rusqlite::Result::transpose)
            .collect::<rusqlite::Result<_>>()?)
    }

    /// The messages that are leaving a folder: a pass must not bring them back.
    pub(crate) fn leaving(&self, folder: FolderId) -> Result<Vec<Uid>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT o.uid FROM pending_op o JOIN folder f ON f.id = o.folder
             WHERE o.folder = ?1 AND o.kind IN ('move', 'expunge')
                 AND o.uid_validity = f.uid_validity",
        )?;
        let rows = statement.query_map([folder.0], |row| row.get::<_, u32>(0))?;
        let uids = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(uids.into_iter().filter_map(Uid::new).collect())
    }

    /// The flags of a message that the server has still to be told.
    pub(crate) fn pending_flags(&self, placement: PlacementId) -> Result<Vec<FlagChange>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT flag, value FROM pending_op WHERE placement = ?1 AND kind = 'flag' ORDER BY id",
        )?;
        let rows = statement.query_map([placement.0], |row| {
            Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?))
        })?;
        let pairs = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(pairs
            .into_iter()
            .filter_map(|(flag, on)| Flag::from_imap(&flag).map(|flag| FlagChange { flag, on }))
            .collect())
    }

    /// One op, if the server has still to be told of it.
    pub(crate) fn pending_op(&self, id: i64) -> Result<Option<PendingOp>> {
        let sql = format!("{SELECT} WHERE id = ?1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row([id], from_row)
            .optional()?
            .flatten())
    }

    fn open_op(&self, placement: PlacementId, kind: &str) -> Result<Option<PendingOp>> {
        let sql = format!("{SELECT} WHERE placement = ?1 AND kind = ?2 ORDER BY id DESC LIMIT 1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row(params![placement.0, kind], from_row)
            .optional()?
            .flatten())
    }
}

impl Write<'_> {
    /// Sets or clears a flag here, and queues it for the server.
    pub(crate) fn change_flag(&self, row: &PlacementRow, change: FlagChange) -> Result<()> {
        if row.flags.has(change.flag) == change.on {
            return Ok(());
        }
        self.set_flags(
            row.id,
            row.flags.with(change.flag, change.on),
            &row.keywords,
        )?;
        // An older wish about the same flag that was not told yet is void.
        self.mail
            .prepare_cached(
                "DELETE FROM pending_op WHERE placement = ?1 AND kind = 'flag' AND flag = ?2",
            )?
            .execute(params![row.id.0, change.flag.imap()])?;
        self.queue(row, row.folder, row.uid, &Change::Flag(change))
    }

    /// Moves a message here, and queues it for the server.
    pub(crate) fn change_folder(&self, row: &PlacementRow, target: FolderId) -> Result<()> {
        if row.folder == target {
            return Ok(());
        }
        let read = self.read();
        if let Some(op) = read.open_op(row.id, "move")? {
            // The server has it where it was before; only the goal changes.
            if op.folder == target {
                self.drop_op(op.id)?;
                return self.place(row.id, target, op.uid);
            }
            self.mail.execute(
                "UPDATE pending_op SET target = ?2, attempts = 0 WHERE id = ?1",
                params![op.id, target.0],
            )?;
            return self.place(row.id, target, None);
        }
        if let Some(op) = read.open_op(row.id, "append")? {
            self.mail.execute(
                "UPDATE pending_op SET folder = ?2 WHERE id = ?1",
                params![op.id, target.0],
            )?;
            return self.place(row.id, target, None);
        }
        self.queue(row, row.folder, row.uid, &Change::Move(target))?;
        self.place(row.id, target, None)
    }

    /// Removes a message for good here, and queues it for the server.
    pub(crate) fn change_to_gone(&self, row: &PlacementRow) -> Result<()> {
        let on_server = match self.read().open_op(row.id, "move")? {
            Some(op) => Some((op.folder, op.uid)),
            None if self.read().open_op(row.id, "append")?.is_some() => None,
            None => Some((row.folder, row.uid)),
        };
        self.remove_placement(row.id)?;
        match on_server {
            Some((folder, Some(uid))) => self.queue(row, folder, Some(uid), &Change::Expunge),
            _ => Ok(()),
        }
    }

    /// Queues the upload of a message written here.
    pub(crate) fn queue_append(&self, placement: PlacementId) -> Result<()> {
        let row = self.read().placement(placement)?;
        self.queue(&row, row.folder, None, &Change::Append)
    }

    fn queue(
        &self,
        row: &PlacementRow,
        folder: FolderId,
        uid: Option<Uid>,
        change: &Change,
    ) -> Result<()> {
        let (kind, target, flag, value) = match change {
            Change::Flag(change) => ("flag", 0, change.flag.imap(), change.on),
            Change::Move(target) => ("move", target.0, "", false),
            Change::Expunge => ("expunge", 0, "", false),
            Change::Append => ("append", 0, "", false),
        };
        self.mail
            .prepare_cached(
                "INSERT INTO pending_op (account, placement, kind, folder, uid, uid_validity,
                     target, flag, value)
                 SELECT ?1, ?2, ?3, id, ?5, uid_validity, ?6, ?7, ?8 FROM folder WHERE id = ?4",
            )?
            .execute(params![
                row.account.0,
                row.id.0,
                kind,
                folder.0,
                uid.map_or(0, Uid::get),
                target,
                flag,
                value
            ])?;
        Ok(())
    }

    /// The server was told of a move or an upload: it has the message in
    /// `folder` now. What was done here while it was told follows it there, so
    /// that nobody's last word is lost.
    pub(crate) fn arrived(&self, op: &PendingOp, folder: FolderId, uid: Option<Uid>) -> Result<()> {
        self.drop_op(op.id)?;
        if uid.is_none() {
            // It may be where it was: nobody said where it went.
            self.distrust(op.folder)?;
        }
        let row = match self.read().placement(op.placement) {
            Ok(row) => row,
            Err(Error::NotFound) => return self.arrived_too_late(op.placement, folder, uid),
            Err(error) => return Err(error),
        };
        // Taken back and moved again meanwhile: that op names the old place.
        if let Some(newer) = self.read().open_op(row.id, "move")? {
            self.drop_op(newer.id)?;
        }
        self.readdress_ops(row.id, folder, uid)?;
        if row.folder == folder {
            return self.place(row.id, folder, uid);
        }
        self.queue(&row, folder, uid, &Change::Move(row.folder))?;
        self.place(row.id, row.folder, None)
    }

    /// The message was removed here for good while it was on its way.
    fn arrived_too_late(
        &self,
        placement: PlacementId,
        folder: FolderId,
        uid: Option<Uid>,
    ) -> Result<()> {
        self.mail
            .prepare_cached("DELETE FROM pending_op WHERE placement = ?1")?
            .execute([placement.0])?;
        if let Some(uid) = uid {
            self.mail
                .prepare_cached(
                    "INSERT INTO pending_op (account, placement, kind, folder, uid, uid_validity)
                     SELECT account, ?1, 'expunge', id, ?3, uid_validity FROM folder WHERE id = ?2",
                )?
                .execute([placement.0, folder.0, uid.get().into()])?;
        }
        Ok(())
    }

    /// The server has a message of unknown UID in `folder`, as `uid`. Says
    /// `false` where that is no longer so: it was moved or removed meanwhile.
    pub(crate) fn name_unnamed(&self, id: PlacementId, folder: FolderId, uid: Uid) -> Result<bool> {
        let row = match self.read().placement(id) {
            Ok(row) if row.uid.is_none() => row,
            Ok(_) | Err(Error::NotFound) => return Ok(false),
            Err(error) => return Err(error),
        };
        match self.read().open_op(id, "move")? {
            // It is leaving from here: only the op learns the name.
            Some(op) if op.folder == folder && op.uid.is_none() => {}
            None if row.folder == folder => {
                self.place(id, folder, Some(uid))?;
                // It is there: uploading it would make it two.
                if let Some(op) = self.read().open_op(id, "append")? {
                    self.drop_op(op.id)?;
                }
            }
            _ => return Ok(false),
        }
        self.readdress_ops(id, folder, Some(uid))?;
        Ok(true)
    }

    /// The server was told, or never can be.
    pub(crate) fn drop_op(&self, id: i64) -> Result<()> {
        self.mail
            .prepare_cached("DELETE FROM pending_op WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Counts a try that failed for now.
    pub(crate) fn count_attempt(&self, id: i64) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE pending_op SET attempts = attempts + 1 WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// The server calls a message something new: what waits about it follows.
    pub(crate) fn readdress_ops(
        &self,
        placement: PlacementId,
        folder: FolderId,
        uid: Option<Uid>,
    ) -> Result<()> {
        self.mail
            .prepare_cached(
                "UPDATE pending_op SET folder = ?2, uid = ?3,
                     uid_validity = (SELECT uid_validity FROM folder WHERE id = ?2)
                 WHERE placement = ?1 AND kind <> 'append'",
            )?
            .execute(params![placement.0, folder.0, uid.map_or(0, Uid::get)])?;
        Ok(())
    }

    /// The server calls the message of one op something new.
    pub(crate) fn renumber_op(&self, id: i64, uid: Uid, uid_validity: UidValidity) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE pending_op SET uid = ?2, uid_validity = ?3 WHERE id = ?1")?
            .execute(params![id, uid.get(), uid_validity.get()])?;
        Ok(())
    }
}
