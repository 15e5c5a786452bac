//! Which message lies in which folder, under which UID, with which flags.

use rusqlite::{OptionalExtension, Row, params};

use super::{Error, Read, Result, Write};
use crate::model::{AccountId, EmailId, Flags, FolderId, MessageId, PlacementId, Uid};

/// A message newly found in a folder.
#[derive(Debug, Clone)]
pub(crate) struct NewPlacement {
    pub(crate) email: EmailId,
    pub(crate) folder: FolderId,
    pub(crate) uid: Option<Uid>,
    pub(crate) flags: Flags,
    pub(crate) keywords: Vec<String>,
    /// What lists sort by, Unix seconds.
    pub(crate) date: i64,
}

/// A message in a folder, as verbs and syncing need it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PlacementRow {
    pub(crate) id: PlacementId,
    pub(crate) email: EmailId,
    pub(crate) account: AccountId,
    pub(crate) folder: FolderId,
    pub(crate) uid: Option<Uid>,
    pub(crate) flags: Flags,
    pub(crate) keywords: String,
    pub(crate) message_id: Option<MessageId>,
    pub(crate) sha256: Option<[u8; 32]>,
    pub(crate) size: u64,
}

/// What a comparison with the server needs of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownRow {
    pub(crate) uid: Uid,
    pub(crate) placement: PlacementId,
    pub(crate) flags: Flags,
    pub(crate) keywords: String,
    /// How large the server said it is; 0 where it did not.
    pub(crate) told_size: u64,
}

fn known_row(row: &Row<'_>) -> rusqlite::Result<Option<KnownRow>> {
    let (placement, flags) = (PlacementId(row.get(1)?), Flags::from_bits(row.get(2)?));
    let (keywords, told_size) = (row.get(3)?, row.get(4)?);
    Ok(Uid::new(row.get(0)?).map(|uid| KnownRow {
        uid,
        placement,
        flags,
        keywords,
        told_size,
    }))
}

const SELECT: &str = "SELECT p.id, p.email, e.account, p.folder, p.uid, p.flags, p.keywords, \
                      e.message_id, e.sha256, e.size FROM placement p JOIN email e ON e.id = p.email";

/// Whether a message of a name and size is listed in a folder. The name comes
/// first and the folder's own index is kept out of it: that one is as long as
/// the folder.
pub(super) const LISTED_IN: &str = "SELECT 1 FROM email e CROSS JOIN placement p ON p.email = e.id \
     WHERE e.account = ?1 AND e.message_id = ?2 AND e.message_id <> '' \
         AND e.size = ?3 AND +e.sha256 IS NULL AND +p.folder = ?4";

/// Whether a message is in a folder.
pub(super) const IS_IN: &str = "SELECT 1 FROM placement WHERE email = ?1 AND +folder = ?2";

/// Of folder `?1`: without a UID, and not on its way from somewhere else.
const UNNAMED: &str = "((p.folder = ?1 AND p.uid IS NULL AND NOT EXISTS (SELECT 1 \
                       FROM pending_op m WHERE m.placement = p.id AND m.kind IN ('move', 'copy'))) \
                       OR p.id IN (SELECT m.placement FROM pending_op m \
                       WHERE m.folder = ?1 AND m.uid = 0 AND m.kind = 'move'))";

fn from_row(row: &Row<'_>) -> rusqlite::Result<PlacementRow> {
    let message_id: String = row.get(7)?;
    Ok(PlacementRow {
        id: PlacementId(row.get(0)?),
        email: EmailId(row.get(1)?),
        account: AccountId(row.get(2)?),
        folder: FolderId(row.get(3)?),
        uid: row.get::<_, Option<u32>>(4)?.and_then(Uid::new),
        flags: Flags::from_bits(row.get(5)?),
        keywords: row.get(6)?,
        message_id: (!message_id.is_empty()).then_some(MessageId(message_id)),
        sha256: row.get(8)?,
        size: row.get(9)?,
    })
}

impl Read<'_> {
    /// Whether a folder has a message of that name and size of which only the
    /// header is here.
    pub(crate) fn is_listed_in(
        &self,
        name: &MessageId,
        size: u64,
        account: AccountId,
        folder: FolderId,
    ) -> Result<bool> {
        let mut statement = self.mail.prepare_cached(LISTED_IN)?;
        Ok(statement.exists(params![account.0, name.0, size, folder.0])?)
    }

    /// Whether a message is in a folder.
    pub(crate) fn is_in(&self, email: EmailId, folder: FolderId) -> Result<bool> {
        let mut statement = self.mail.prepare_cached(IS_IN)?;
        Ok(statement.exists([email.0, folder.0])?)
    }

    /// One message in a folder.
    pub(crate) fn placement(&self, id: PlacementId) -> Result<PlacementRow> {
        let sql = format!("{SELECT} WHERE p.id = ?1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row([id.0], from_row)?)
    }

    /// Whether these messages lie in folders of an account, as far as they are
    /// still there.
    pub(crate) fn are_of(&self, account: AccountId, ids: &[PlacementId]) -> Result<bool> {
        let mut statement = self.mail.prepare_cached(
            "SELECT 1 FROM placement p JOIN folder f ON f.id = p.folder
             WHERE p.id = ?1 AND f.account <> ?2",
        )?;
        for id in ids {
            if statement.exists([id.0, account.0])? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The ids of everything in a folder.
    pub(crate) fn placement_ids(&self, folder: FolderId) -> Result<Vec<PlacementId>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT id FROM placement WHERE folder = ?1")?;
        let rows = statement.query_map([folder.0], |row| row.get(0).map(PlacementId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// What is known of a folder's messages from `first` to `last`, in the
    /// order of UIDs.
    pub(crate) fn known_between(
        &self,
        folder: FolderId,
        first: Uid,
        last: Uid,
    ) -> Result<Vec<KnownRow>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT uid, id, flags, keywords, told_size FROM placement
             WHERE folder = ?1 AND uid BETWEEN ?2 AND ?3 ORDER BY uid",
        )?;
        let rows = statement.query_map(params![folder.0, first.get(), last.get()], known_row)?;
        Ok(rows
            .filter_map(rusqlite::Result::transpose)
            .collect::<rusqlite::Result<_>>()?)
    }

    /// What is known of a folder's messages after `uid` (none: from the
    /// first), at most `limit`, in the order of UIDs.
    pub(crate) fn known_after(
        &self,
        folder: FolderId,
        uid: Option<Uid>,
        limit: usize,
    ) -> Result<Vec<KnownRow>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT uid, id, flags, keywords, told_size FROM placement
             WHERE folder = ?1 AND uid > ?2 ORDER BY uid LIMIT ?3",
        )?;
        let after = uid.map_or(0, Uid::get);
        let rows = statement.query_map(params![folder.0, after, limit], known_row)?;
        Ok(rows
            .filter_map(rusqlite::Result::transpose)
            .collect::<rusqlite::Result<_>>()?)
    }

    /// Those of these UIDs that are known in a folder, and maybe others.
    pub(crate) fn known_among(
        &self,
        folder: FolderId,
        uids: impl Iterator<Item = Uid> + Clone,
    ) -> Result<Vec<Uid>> {
        let (Some(first), Some(last)) = (uids.clone().min(), uids.clone().max()) else {
            return Ok(Vec::new());
        };
        // Usually they are neighbours, and none is known.
        if last.get() - first.get() > 4 * u32::try_from(uids.clone().count()).unwrap_or(u32::MAX) {
            let mut known = Vec::new();
            for uid in uids {
                known.extend(self.placement_by_uid(folder, uid)?.map(|_| uid));
            }
            return Ok(known);
        }
        let known = self.known_between(folder, first, last)?;
        Ok(known.into_iter().map(|row| row.uid).collect())
    }

    /// The messages of a folder whose UIDs lie in one of these ranges, both
    /// ends counted.
    pub(crate) fn placements_in(
        &self,
        folder: FolderId,
        ranges: &[(u32, u32)],
    ) -> Result<Vec<PlacementId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT id FROM placement WHERE folder = ?1 AND uid BETWEEN ?2 AND ?3",
        )?;
        let mut found = Vec::new();
        for (first, last) in ranges {
            let rows = statement.query_map(params![folder.0, first, last], |row| {
                row.get(0).map(PlacementId)
            })?;
            for row in rows {
                found.push(row?);
            }
        }
        Ok(found)
    }

    /// How many messages with a UID a folder has.
    pub(crate) fn count_with_uid(&self, folder: FolderId) -> Result<u32> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT (SELECT total FROM folder WHERE id = ?1)
                     - (SELECT count(*) FROM placement WHERE folder = ?1 AND uid IS NULL)",
            )?
            .query_row([folder.0], |row| row.get(0))?)
    }

    /// The messages that the server has, or shall get, in a folder under a UID
    /// not known here; also those that lie elsewhere here already.
    pub(crate) fn unnamed(&self, folder: FolderId) -> Result<Vec<PlacementRow>> {
        let sql = format!("{SELECT} WHERE {UNNAMED}");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([folder.0], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Those of them that no op can find: only a comparison shows whether the
    /// server has them.
    pub(crate) fn strays(&self, folder: FolderId) -> Result<Vec<PlacementId>> {
        let sql = format!(
            "SELECT p.id FROM placement p WHERE {UNNAMED} AND NOT EXISTS (SELECT 1
                 FROM pending_op o WHERE o.placement = p.id AND (o.uid <> 0 OR o.kind = 'append'))"
        );
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([folder.0], |row| row.get(0).map(PlacementId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// The message with that UID.
    pub(crate) fn placement_by_uid(
        &self,
        folder: FolderId,
        uid: Uid,
    ) -> Result<Option<PlacementId>> {
        Ok(self
            .mail
            .prepare_cached("SELECT id FROM placement WHERE folder = ?1 AND uid = ?2")?
            .query_row(params![folder.0, uid.get()], |row| {
                row.get(0).map(PlacementId)
            })
            .optional()?)
    }
}

impl Write<'_> {
    /// Puts a message into a folder.
    // OR FAIL: nothing of one row is ever half done, so no journal is kept of
    // what its triggers change.
    pub(crate) fn add_placement(&self, new: &NewPlacement) -> Result<PlacementId> {
        let added = self
            .mail
            .prepare_cached(
                "INSERT OR FAIL INTO placement
                     (email, folder, uid, flags, keywords, date, missing, told_size, thread,
                      attached)
                 SELECT ?1, ?2, ?3, ?4, ?5, ?6, iif(sha256 IS NULL, size, NULL), size, thread,
                     attachments > 0
                 FROM email WHERE id = ?1",
            )?
            .execute(params![
                new.email.0,
                new.folder.0,
                new.uid.map(Uid::get),
                new.flags.bits(),
                new.keywords.join(" "),
                new.date
            ])?;
        if added == 0 {
            return Err(Error::NotFound);
        }
        Ok(PlacementId(self.mail.last_insert_rowid()))
    }

    /// Takes a message out of its folder, and away altogether when that was
    /// the last one. What waits for the server about it is dropped too.
    pub(crate) fn remove_placement(&self, id: PlacementId) -> Result<()> {
        let email: Option<i64> = self
            .mail
            .prepare_cached("DELETE FROM placement WHERE id = ?1 RETURNING email")?
            .query_row([id.0], |row| row.get(0))
            .optional()?;
        self.mail
            .prepare_cached("DELETE FROM pending_op WHERE placement = ?1")?
            .execute([id.0])?;
        self.pop3_removed(id, email.map(EmailId))?;
        // Copies still to be made of it find it by its name from now on.
        self.mail
            .prepare_cached("UPDATE pending_op SET source = 0 WHERE source = ?1")?
            .execute([id.0])?;
        match email {
            Some(email) => self.remove_email_if_unplaced(EmailId(email)),
            None => Ok(()),
        }
    }

    /// Takes the UID from a row: it is another message's by now. What waits
    /// about the row waits until it is found again.
    pub(crate) fn unname(&self, id: PlacementId, folder: FolderId) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE placement SET uid = NULL WHERE id = ?1")?
            .execute([id.0])?;
        self.readdress_ops(id, folder, None)
    }

    /// Notes how large the server says a message is.
    pub(crate) fn set_told_size(&self, id: PlacementId, size: u64) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE placement SET told_size = ?2 WHERE id = ?1")?
            .execute(params![id.0, size])?;
        Ok(())
    }

    /// Sets flags and keywords as the server has them.
    pub(crate) fn set_flags(&self, id: PlacementId, flags: Flags, keywords: &str) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE placement SET flags = ?2, keywords = ?3 WHERE id = ?1")?
            .execute(params![id.0, flags.bits(), keywords])?;
        Ok(())
    }

    /// Whether two rows can stand for the same message.
    fn are_one_message(&self, one: PlacementId, other: PlacementId) -> Result<bool> {
        let (one, other) = (self.read().placement(one)?, self.read().placement(other)?);
        Ok(one.email == other.email
            || (one.message_id == other.message_id && one.size == other.size))
    }

    /// Says where a message lies now and what the server calls it there.
    pub(crate) fn place(
        &self,
        id: PlacementId,
        folder: FolderId,
        mut uid: Option<Uid>,
    ) -> Result<()> {
        if let Some(taken) = uid
            && let Some(other) = self.read().placement_by_uid(folder, taken)?
            && other != id
        {
            if self.are_one_message(id, other)? {
                // A pass found the message under its new UID before its move
                // was confirmed: the row the person knows stays, its double
                // goes.
                self.remove_placement(other)?;
            } else {
                // The server names another message: the next pass finds out
                // what this one is called.
                uid = None;
            }
        }
        self.mail
            .prepare_cached("UPDATE placement SET folder = ?2, uid = ?3 WHERE id = ?1")?
            .execute(params![id.0, folder.0, uid.map(Uid::get)])?;
        Ok(())
    }
}
