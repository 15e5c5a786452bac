//! What a person does to messages: made here, and queued for the server.

use rusqlite::params;

use super::{About, Change, NO_ROW, PendingOp};
use crate::model::{AccountId, FlagChange, FolderId, KeywordChange, MessageId, PlacementId, Uid};
use crate::store::{PlacementRow, Result, Write};

impl Write<'_> {
    /// Sets or clears a flag here, and queues it for the server. A flag that
    /// excludes another clears that one.
    pub(crate) fn change_flag(&self, row: &PlacementRow, change: FlagChange) -> Result<()> {
        if let Some(flag) = change.flag.opposite().filter(|_| change.on) {
            let cleared = FlagChange { flag, on: false };
            if row.flags.has(flag) {
                self.change_flag(row, cleared)?;
                return self.change_flag(&self.read().placement(row.id)?, change);
            }
        }
        if row.flags.has(change.flag) == change.on {
            return Ok(());
        }
        let flags = row.flags.with(change.flag, change.on);
        self.set_flags(row.id, flags, &row.keywords)?;
        self.queue_mark(row, change.flag.imap(), change.on, &Change::Flag(change))
    }

    /// Sets or clears a keyword here, and queues it for the server.
    pub(crate) fn change_keyword(&self, row: &PlacementRow, change: &KeywordChange) -> Result<()> {
        if has_keyword(&row.keywords, change) == change.on {
            return Ok(());
        }
        let keywords = with_keyword(&row.keywords, change);
        self.set_flags(row.id, row.flags, &keywords)?;
        let wanted = Change::Keyword(change.clone());
        self.queue_mark(row, change.keyword.as_str(), change.on, &wanted)
    }

    /// What the server never heard of is cancelled by its opposite; what it may
    /// have heard of is followed by it.
    fn queue_mark(&self, row: &PlacementRow, mark: &str, on: bool, change: &Change) -> Result<()> {
        // Mostly nothing waits: of very many messages each statement counts.
        let waits = self
            .mail
            .prepare_cached("SELECT 1 FROM pending_op WHERE placement = ?1")?
            .exists([row.id.0])?;
        if !waits {
            return self.queue(&About::row(row, row.folder, row.uid), change);
        }
        let cancelled = self
            .mail
            .prepare_cached(
                "DELETE FROM pending_op WHERE placement = ?1 AND kind = 'flag'
                     AND flag = ?2 COLLATE NOCASE AND value <> ?3 AND attempts = 0",
            )?
            .execute(params![row.id.0, mark, on])?;
        if cancelled > 0 {
            return Ok(());
        }
        self.mail
            .prepare_cached(
                "DELETE FROM pending_op WHERE placement = ?1 AND kind = 'flag'
                     AND flag = ?2 COLLATE NOCASE",
            )?
            .execute(params![row.id.0, mark])?;
        self.queue(&About::row(row, row.folder, row.uid), change)
    }

    /// Moves a message here, and queues it for the server.
    pub(crate) fn change_folder(&self, row: &PlacementRow, target: FolderId) -> Result<()> {
        if row.folder == target {
            return Ok(());
        }
        let Some(op) = self.read().arrival(row.id)? else {
            self.queue(&About::row(row, row.folder, row.uid), &Change::Move(target))?;
            return self.place(row.id, target, None);
        };
        // The server may have done it: once that is known, it is told the rest.
        if op.attempts > 0 {
            return self.place(row.id, target, None);
        }
        match op.change {
            // The server has it where it was before.
            Change::Move(_) if op.folder == target => {
                self.drop_op(op.id)?;
                self.place(row.id, target, op.uid)?;
                self.readdress_ops(row.id, target, op.uid)
            }
            Change::Append => {
                self.mail.execute(
                    "UPDATE pending_op SET folder = ?2, held = 0 WHERE id = ?1",
                    params![op.id, target.0],
                )?;
                self.place(row.id, target, None)
            }
            _ => {
                self.mail.execute(
                    "UPDATE pending_op SET target = ?2 WHERE id = ?1",
                    params![op.id, target.0],
                )?;
                self.place(row.id, target, None)
            }
        }
    }

    /// Puts a second one of a message into a folder here, and queues it for
    /// the server.
    pub(crate) fn copy_to(&self, row: &PlacementRow, target: FolderId) -> Result<PlacementId> {
        let (folder, uid, source) = match self.read().arrival(row.id)? {
            None => (row.folder, row.uid, Some(row.id)),
            // A copy of what is a copy only here so far.
            Some(op) if matches!(op.change, Change::Copy(_)) => (op.folder, op.uid, op.source),
            Some(op) if op.change == Change::Append => (op.folder, None, Some(row.id)),
            Some(op) => (op.folder, op.uid, Some(row.id)),
        };
        self.mail
            .prepare_cached(
                "INSERT INTO placement
                     (email, folder, uid, flags, keywords, date, missing, told_size, thread,
                      attached)
                 SELECT email, ?2, NULL, flags, keywords, date, missing, told_size, thread,
                     attached
                 FROM placement WHERE id = ?1",
            )?
            .execute([row.id.0, target.0])?;
        let copy = PlacementId(self.mail.last_insert_rowid());
        let about = About {
            placement: copy,
            source,
            ..About::row(row, folder, uid)
        };
        self.queue(&about, &Change::Copy(target))?;
        Ok(copy)
    }

    /// Removes a message for good here, and queues it for the server: at every
    /// place where the server may have it.
    pub(crate) fn change_to_gone(&self, row: &PlacementRow) -> Result<()> {
        self.gone_for(row, None)
    }

    /// The same, once another row, written here in its place, is on the
    /// server: there is always one of the two.
    pub(crate) fn change_to_replaced(&self, row: &PlacementRow, by: PlacementId) -> Result<()> {
        // What this row was to take the place of.
        self.mail
            .prepare_cached(
                "UPDATE pending_op SET source = ?2 WHERE source = ?1 AND kind = 'expunge'",
            )?
            .execute(params![row.id.0, by.0])?;
        self.gone_for(row, Some(by))
    }

    fn gone_for(&self, row: &PlacementRow, by: Option<PlacementId>) -> Result<()> {
        let arrival = self.read().arrival(row.id)?;
        let next =
            |folder| Ok::<u32, crate::store::Error>(self.read().folder(folder)?.state.uid_next);
        let gone = |folder, uid, next| {
            self.queue_expunge(&Gone {
                account: row.account,
                folder,
                uid,
                next,
                message_id: row.message_id.as_ref(),
                size: row.size,
                by,
            })
        };
        self.remove_placement(row.id)?;
        match arrival {
            None => gone(row.folder, row.uid, next(row.folder)?),
            Some(op) => {
                if let Change::Move(_) = op.change {
                    gone(op.folder, op.uid, next(op.folder)?)?;
                }
                if op.attempts > 0 {
                    gone(op.goal(), None, op.target_next)?;
                }
                Ok(())
            }
        }
    }

    /// Queues the removal of a message that is no longer here.
    pub(super) fn queue_expunge(&self, gone: &Gone<'_>) -> Result<()> {
        // Without a UID it is found by its name, or never.
        if gone.uid.is_none() && gone.message_id.is_none() {
            return Ok(());
        }
        let about = About {
            account: gone.account,
            placement: NO_ROW,
            source: gone.by,
            folder: gone.folder,
            uid: gone.uid,
            target_next: gone.next,
            message_id: gone.message_id,
            size: gone.size,
        };
        self.queue(&about, &Change::Expunge)
    }

    /// Queues the upload of a message written here.
    pub(crate) fn queue_append(&self, placement: PlacementId) -> Result<()> {
        let row = self.read().placement(placement)?;
        self.queue(&About::row(&row, row.folder, None), &Change::Append)
    }
}

/// A message that is to go for good.
pub(super) struct Gone<'a> {
    pub(super) account: AccountId,
    pub(super) folder: FolderId,
    pub(super) uid: Option<Uid>,
    /// Where its UID is not known: it is not below this one.
    pub(super) next: u32,
    pub(super) message_id: Option<&'a MessageId>,
    pub(super) size: u64,
    /// What has to be on the server before it goes.
    pub(super) by: Option<PlacementId>,
}

impl PendingOp {
    /// Where the server has the message once it was told.
    pub(super) fn goal(&self) -> FolderId {
        match self.change {
            Change::Move(target) | Change::Copy(target) => target,
            _ => self.folder,
        }
    }
}

fn has_keyword(keywords: &str, change: &KeywordChange) -> bool {
    keywords.split(' ').any(|own| change.keyword.is(own))
}

/// A message's keywords, as they are stored, after a change.
pub(crate) fn with_keyword(keywords: &str, change: &KeywordChange) -> String {
    let others = keywords
        .split(' ')
        .filter(|own| !own.is_empty() && !change.keyword.is(own));
    let set = change.on.then_some(change.keyword.as_str());
    others.chain(set).collect::<Vec<_>>().join(" ")
}
