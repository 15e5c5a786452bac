//! The queue of what the server has still to be told.
//!
//! A change is made here and queued in one transaction (`here`); what the
//! server made of it is noted in another (`outcome`). `folders` has both for
//! whole folders.

mod folders;
mod here;
mod outcome;

pub(crate) use here::with_keyword;

use std::collections::HashSet;

use rusqlite::{OptionalExtension, Row, params};

use super::{PlacementRow, Read, Result, Write};
use crate::model::{
    AccountId, Flag, FlagChange, FolderId, Keyword, KeywordChange, MessageId, PlacementId, Uid,
    UidValidity,
};

/// What the server has still to be told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// Set or clear a flag.
    Flag(FlagChange),
    /// Set or clear a keyword.
    Keyword(KeywordChange),
    /// Move the message there.
    Move(FolderId),
    /// Put a second one there.
    Copy(FolderId),
    /// Remove it for good.
    Expunge,
    /// Upload it: it was written here.
    Append,
    /// Not a message: the folder itself.
    Folder(FolderChange),
}

/// What is done to a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FolderChange {
    /// Make it.
    Create {
        /// Its path.
        path: String,
    },
    /// Give it, and what lies below it, another name.
    Rename {
        /// The path before.
        was: String,
        /// The path it has here now.
        to: String,
        /// It goes below Trash: where the server does not want that, its
        /// messages go to Trash instead.
        deletes: bool,
    },
    /// Remove it.
    Delete {
        /// With all that is in it; else only when it is empty.
        permanently: bool,
    },
    /// Other programs show it, or no longer do.
    Subscribe(bool),
}

/// The server's half of something a person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PendingOp {
    pub(crate) id: i64,
    /// The row that changed here; none where it is gone, or for a folder.
    pub(crate) placement: PlacementId,
    /// [`Change::Copy`]: the row it was copied from, while that is here.
    /// [`Change::Expunge`]: the row that takes its place, and has to be on the
    /// server before.
    pub(crate) source: Option<PlacementId>,
    /// Where the server has the message (for [`Change::Append`]: shall have).
    pub(crate) folder: FolderId,
    /// What the server calls it there.
    pub(crate) uid: Option<Uid>,
    /// The generation that UID is of.
    pub(crate) uid_validity: Option<UidValidity>,
    pub(crate) change: Change,
    /// [`Change::Expunge`]: the server marked it `\\Deleted` for us.
    pub(crate) marked: bool,
    /// How often the server was asked. 0: it never heard of it.
    pub(crate) attempts: u32,
    /// Below this UID the target cannot have what an earlier try put there;
    /// 0 where that is not known.
    pub(crate) target_next: u32,
    /// What the message is recognised by where its UID is not known.
    pub(crate) message_id: Option<MessageId>,
    pub(crate) size: u64,
    /// [`Change::Append`]: the server refused it, and it is not told again
    /// before somebody asks for it.
    pub(crate) held: bool,
}

const SELECT: &str = "SELECT id, placement, source, folder, uid, uid_validity, kind, target, \
                      target_next, flag, value, name, was, message_id, size, attempts, held \
                      FROM pending_op";

/// No row of this store has it: the message is gone here.
const NO_ROW: PlacementId = PlacementId(0);

fn change_of(row: &Row<'_>) -> rusqlite::Result<Option<Change>> {
    let kind: String = row.get(6)?;
    let target = FolderId(row.get(7)?);
    let on = row.get(10)?;
    let folder = |change| Some(Change::Folder(change));
    Ok(match kind.as_str() {
        "move" => Some(Change::Move(target)),
        "copy" => Some(Change::Copy(target)),
        "expunge" => Some(Change::Expunge),
        "append" => Some(Change::Append),
        "flag" => mark(&row.get::<_, String>(9)?, on),
        "create" => folder(FolderChange::Create { path: row.get(11)? }),
        "rename" => folder(FolderChange::Rename {
            was: row.get(12)?,
            to: row.get(11)?,
            deletes: on,
        }),
        "delete" => folder(FolderChange::Delete { permanently: on }),
        "subscribe" => folder(FolderChange::Subscribe(on)),
        _ => None,
    })
}

/// A flag this program knows, or a keyword.
fn mark(text: &str, on: bool) -> Option<Change> {
    match Flag::from_imap(text) {
        Some(flag) => Some(Change::Flag(FlagChange { flag, on })),
        None => text
            .parse::<Keyword>()
            .ok()
            .map(|keyword| Change::Keyword(KeywordChange { keyword, on })),
    }
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<PendingOp>> {
    let source: i64 = row.get(2)?;
    let message_id: String = row.get(13)?;
    let op = |change| -> rusqlite::Result<PendingOp> {
        Ok(PendingOp {
            id: row.get(0)?,
            placement: PlacementId(row.get(1)?),
            source: (source != 0).then_some(PlacementId(source)),
            folder: FolderId(row.get(3)?),
            uid: Uid::new(row.get(4)?),
            uid_validity: UidValidity::new(row.get(5)?),
            marked: change == Change::Expunge && row.get(10)?,
            change,
            attempts: row.get(15)?,
            target_next: row.get(8)?,
            message_id: (!message_id.is_empty()).then_some(MessageId(message_id.clone())),
            size: row.get(14)?,
            held: row.get(16)?,
        })
    };
    change_of(row)?.map(op).transpose()
}

/// Marks of a message that the server has still to be told.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct PendingMarks {
    pub(crate) flags: Vec<FlagChange>,
    pub(crate) keywords: Vec<KeywordChange>,
}

impl Read<'_> {
    /// What waits for an account's server, oldest first.
    pub(crate) fn pending(&self, account: AccountId) -> Result<Vec<PendingOp>> {
        self.first_pending(account, usize::MAX)
    }

    /// What waits for an account's server, oldest first, at most `limit`.
    pub(crate) fn first_pending(&self, account: AccountId, limit: usize) -> Result<Vec<PendingOp>> {
        let sql = format!("{SELECT} WHERE account = ?1 ORDER BY id LIMIT ?2");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map([account.0, limit], from_row)?;
        Ok(rows
            .filter_map(rusqlite::Result::transpose)
            .collect::<rusqlite::Result<_>>()?)
    }

    /// The rows of all accounts that wait to be uploaded.
    pub(crate) fn waiting_uploads(&self) -> Result<HashSet<PlacementId>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT placement FROM pending_op WHERE kind = 'append'")?;
        let rows = statement.query_map([], |row| Ok(PlacementId(row.get(0)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The uploads that wait for an account's server.
    pub(crate) fn uploads(&self, account: AccountId) -> Result<Vec<i64>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT id FROM pending_op WHERE account = ?1 AND kind = 'append'")?;
        let rows = statement.query_map([account.0], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The messages that are leaving a folder: a pass must not bring them back.
    pub(crate) fn leaving(&self, folder: FolderId) -> Result<Vec<Uid>> {
        self.uids_of_ops(folder, "'move', 'expunge'")
    }

    /// Those of them that leave for good.
    pub(crate) fn to_be_expunged(&self, folder: FolderId) -> Result<Vec<Uid>> {
        self.uids_of_ops(folder, "'expunge'")
    }

    fn uids_of_ops(&self, folder: FolderId, kinds: &str) -> Result<Vec<Uid>> {
        let mut statement = self.mail.prepare_cached(&format!(
            "SELECT DISTINCT o.uid FROM pending_op o JOIN folder f ON f.id = o.folder
             WHERE o.folder = ?1 AND o.kind IN ({kinds}) AND o.uid_validity = f.uid_validity",
        ))?;
        let rows = statement.query_map([folder.0], |row| row.get::<_, u32>(0))?;
        let uids = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(uids.into_iter().filter_map(Uid::new).collect())
    }

    /// The marks of a message that the server has still to be told.
    pub(crate) fn pending_marks(&self, placement: PlacementId) -> Result<PendingMarks> {
        let mut statement = self.mail.prepare_cached(
            "SELECT flag, value FROM pending_op WHERE placement = ?1 AND kind = 'flag' ORDER BY id",
        )?;
        let rows = statement.query_map([placement.0], |row| {
            Ok(mark(&row.get::<_, String>(0)?, row.get(1)?))
        })?;
        let mut marks = PendingMarks::default();
        for change in rows {
            match change? {
                Some(Change::Flag(change)) => marks.flags.push(change),
                Some(Change::Keyword(change)) => marks.keywords.push(change),
                _ => {}
            }
        }
        Ok(marks)
    }

    /// One op, if the server has still to be told of it.
    pub(crate) fn pending_op(&self, id: i64) -> Result<Option<PendingOp>> {
        self.one_op("id = ?1", params![id])
    }

    /// The op by which a message comes to where it lies here: the server has
    /// it elsewhere, or not at all. There is one at most.
    fn arrival(&self, placement: PlacementId) -> Result<Option<PendingOp>> {
        self.one_op(
            "placement = ?1 AND kind IN ('move', 'copy', 'append')",
            params![placement.0],
        )
    }

    fn one_op(
        &self,
        condition: &str,
        parameters: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<PendingOp>> {
        let sql = format!("{SELECT} WHERE {condition} ORDER BY id DESC LIMIT 1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row(parameters, from_row)
            .optional()?
            .flatten())
    }
}

/// What an op is about.
struct About<'a> {
    account: AccountId,
    placement: PlacementId,
    source: Option<PlacementId>,
    folder: FolderId,
    uid: Option<Uid>,
    target_next: u32,
    message_id: Option<&'a MessageId>,
    size: u64,
}

impl<'a> About<'a> {
    /// A message that is here, where the server has it.
    fn row(row: &'a PlacementRow, folder: FolderId, uid: Option<Uid>) -> Self {
        Self {
            account: row.account,
            placement: row.id,
            source: None,
            folder,
            uid,
            target_next: 0,
            message_id: row.message_id.as_ref(),
            size: row.size,
        }
    }

    fn folder(account: AccountId, folder: FolderId) -> Self {
        Self {
            account,
            placement: NO_ROW,
            source: None,
            folder,
            uid: None,
            target_next: 0,
            message_id: None,
            size: 0,
        }
    }
}

impl Write<'_> {
    /// Puts a change into the queue. The one place that knows that an account
    /// without a server's folders has none.
    fn queue(&self, about: &About<'_>, change: &Change) -> Result<()> {
        let (mut kind, mut target, mut flag, mut value) = ("flag", 0, "", false);
        let (mut name, mut was) = ("", "");
        match change {
            Change::Flag(change) => (flag, value) = (change.flag.imap(), change.on),
            Change::Keyword(change) => (flag, value) = (change.keyword.as_str(), change.on),
            Change::Move(to) => (kind, target) = ("move", to.0),
            Change::Copy(to) => (kind, target) = ("copy", to.0),
            Change::Expunge => kind = "expunge",
            Change::Append => kind = "append",
            Change::Folder(change) => match change {
                FolderChange::Create { path } => (kind, name) = ("create", path),
                FolderChange::Rename {
                    was: old,
                    to,
                    deletes,
                } => {
                    (kind, name, was, value) = ("rename", to, old, *deletes);
                }
                FolderChange::Delete { permanently } => (kind, value) = ("delete", *permanently),
                FolderChange::Subscribe(on) => (kind, value) = ("subscribe", *on),
            },
        }
        self.mail
            .prepare_cached(
                "INSERT INTO pending_op (account, placement, source, kind, folder, uid,
                     uid_validity, target, target_next, flag, value, name, was, message_id, size)
                 SELECT ?1, ?2, ?3, ?4, id, ?6, uid_validity, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
                 FROM folder WHERE id = ?5
                     AND account NOT IN (SELECT account FROM local_account)",
            )?
            .execute(params![
                about.account.0,
                about.placement.0,
                about.source.map_or(0, |id| id.0),
                kind,
                about.folder.0,
                about.uid.map_or(0, Uid::get),
                target,
                about.target_next,
                flag,
                value,
                name,
                was,
                about.message_id.map_or("", |id| id.0.as_str()),
                about.size
            ])?;
        Ok(())
    }

    /// Notes that the server is about to be asked, and gives those ops that
    /// are still wanted, as they were before. `target_next` is the target's
    /// UIDNEXT now, for ops whose first try this is.
    pub(crate) fn begin(&self, batch: &[PendingOp], target_next: u32) -> Result<Vec<PendingOp>> {
        let mut wanted = Vec::with_capacity(batch.len());
        for op in batch {
            let Some(mut now) = self.read().pending_op(op.id)? else {
                continue;
            };
            if now.change != op.change || now.uid != op.uid {
                continue;
            }
            if now.attempts == 0 && now.change != Change::Expunge {
                now.target_next = target_next;
            }
            self.mail
                .prepare_cached(
                    "UPDATE pending_op SET attempts = attempts + 1, target_next = ?2 WHERE id = ?1",
                )?
                .execute(params![op.id, now.target_next])?;
            wanted.push(now);
        }
        Ok(wanted)
    }

    /// The server refused for now, and did nothing: as if it never heard of it.
    pub(crate) fn unbegin(&self, batch: &[PendingOp]) -> Result<()> {
        for op in batch {
            self.mail
                .prepare_cached(
                    "UPDATE pending_op SET attempts = 0, target_next = 0
                     WHERE id = ?1 AND kind <> 'expunge'",
                )?
                .execute([op.id])?;
        }
        Ok(())
    }

    /// Lets whatever makes a message on the server look for it first, as if
    /// each had been tried already.
    pub(crate) fn doubt_pending(&self) -> Result<()> {
        self.mail.execute(
            "UPDATE pending_op SET attempts = 1, target_next = 1
             WHERE attempts = 0 AND kind IN ('append', 'copy')",
            [],
        )?;
        Ok(())
    }

    /// What the server refused is told again: somebody asks for it. Says
    /// whether there is any.
    pub(crate) fn release_held(&self, account: AccountId) -> Result<bool> {
        let released = self
            .mail
            .prepare_cached("UPDATE pending_op SET held = 0 WHERE account = ?1 AND held = 1")?
            .execute([account.0])?;
        Ok(released > 0)
    }

    /// These wait to be expunged, and the server marked them so.
    pub(crate) fn note_marked(&self, batch: &[PendingOp]) -> Result<()> {
        for op in batch {
            self.mail
                .prepare_cached(
                    "UPDATE pending_op SET value = 1 WHERE id = ?1 AND kind = 'expunge'",
                )?
                .execute([op.id])?;
        }
        Ok(())
    }

    /// The server was told, or never can be.
    pub(crate) fn drop_op(&self, id: i64) -> Result<()> {
        self.mail
            .prepare_cached("DELETE FROM pending_op WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// The server calls a message something new: what waits about it follows,
    /// also copies that are to be made of it.
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
                 WHERE (placement = ?1 AND kind NOT IN ('append', 'copy'))
                     OR (source = ?1 AND kind = 'copy')",
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
