//! Room: how much of it mail takes, and giving back what need not be here.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::{Durability, Read, Result, Store, Write};
use crate::model::{AccountId, EmailId, FolderId, FolderRole, FolderSize, PlacementId};

/// The folders of which bodies may go, and how old those must be (Unix
/// seconds): older than this.
pub(crate) type Unwanted = HashMap<FolderId, i64>;

/// How far a folder was looked through: date and row.
pub(crate) type Place = (i64, PlacementId);

/// What one step of cleaning up did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Dropped {
    /// Messages whose bodies went.
    pub(crate) messages: u64,
    /// Bytes of mail, as the server counts them.
    pub(crate) bytes: u64,
    /// Where to go on; nothing where the folder ends.
    pub(crate) next: Option<Place>,
}

/// How many rows one step looks at.
const STEP: usize = 100;

/// How many pages one step gives back: some milliseconds.
const PAGES: u32 = 100;

/// A file is made smaller once more than one page in so many is free: fewer
/// are soon used again.
const FREE_ONE_IN: i64 = 20;

/// A message that is here whole.
struct Candidate {
    email: EmailId,
    sha256: Vec<u8>,
    size: u64,
}

impl Read<'_> {
    /// How much each folder of an account, or of all, holds.
    pub(crate) fn folder_sizes(&self, account: Option<AccountId>) -> Result<Vec<FolderSize>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT p.folder, count(*), count(*) - count(p.missing), sum(p.told_size),
                 sum(p.told_size) - coalesce(sum(p.missing), 0)
             FROM folder f JOIN placement p ON p.folder = f.id
             WHERE ?1 IS NULL OR f.account = ?1 GROUP BY p.folder",
        )?;
        let rows = statement.query_map([account.map(|id| id.0)], |row| {
            let number = |index| Ok::<_, rusqlite::Error>(row.get::<_, i64>(index)?.max(0));
            Ok(FolderSize {
                folder: FolderId(row.get(0)?),
                messages: number(1)?.unsigned_abs(),
                messages_here: number(2)?.unsigned_abs(),
                bytes: number(3)?.unsigned_abs(),
                bytes_here: number(4)?.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Whether the server has a message in every place it lies in here, and
    /// knows all that was done to it, and none of those folders wants it here.
    fn is_unwanted(&self, email: EmailId, unwanted: &Unwanted) -> Result<bool> {
        let mut statement = self.mail.prepare_cached(
            "SELECT p.folder, p.date, p.uid IS NOT NULL AND f.role <> ?2
                 AND f.account NOT IN (SELECT account FROM local_account)
                 AND NOT EXISTS (SELECT 1 FROM pop3_message m WHERE m.placement = p.id)
                 AND NOT EXISTS (SELECT 1 FROM pending_op o WHERE o.placement = p.id)
                 AND NOT EXISTS (SELECT 1 FROM pending_op o
                     WHERE o.source = p.id AND o.source <> 0)
                 AND NOT EXISTS (SELECT 1 FROM sent_copy s
                     WHERE s.placement = p.id AND s.uploaded = 0)
             FROM placement p JOIN folder f ON f.id = p.folder WHERE p.email = ?1",
        )?;
        let mut rows = statement.query(params![email.0, FolderRole::Drafts.name()])?;
        let mut is_unwanted = false;
        while let Some(row) = rows.next()? {
            let before = unwanted.get(&FolderId(row.get(0)?));
            let date: i64 = row.get(1)?;
            let is_told: bool = row.get(2)?;
            if !is_told || before.is_none_or(|before| date >= *before) {
                return Ok(false);
            }
            is_unwanted = true;
        }
        Ok(is_unwanted)
    }

    /// The rows of a folder, oldest first, that are here whole and older than
    /// that, after a place; and how far that is.
    fn old_bodies(
        &self,
        folder: FolderId,
        before: i64,
        after: Option<Place>,
    ) -> Result<(Vec<Candidate>, Option<Place>)> {
        let mut statement = self.mail.prepare_cached(
            "SELECT p.date, p.id, p.missing IS NULL, p.email, e.sha256, e.size
             FROM placement p JOIN email e ON e.id = p.email
             WHERE p.folder = ?1 AND p.date < ?2 AND (p.date, p.id) > (?3, ?4)
             ORDER BY p.date, p.id LIMIT ?5",
        )?;
        let (date, id) = after.unwrap_or((i64::MIN, PlacementId(0)));
        let mut rows = statement.query(params![folder.0, before, date, id.0, STEP])?;
        let (mut found, mut last, mut count) = (Vec::new(), None, 0);
        while let Some(row) = rows.next()? {
            count += 1;
            last = Some((row.get(0)?, PlacementId(row.get(1)?)));
            let sha256: Option<Vec<u8>> = row.get(4)?;
            if let Some(sha256) = sha256.filter(|_| row.get(2).unwrap_or(false)) {
                found.push(Candidate {
                    email: EmailId(row.get(3)?),
                    sha256,
                    size: row.get(5)?,
                });
            }
        }
        Ok((found, last.filter(|_| count == STEP)))
    }
}

impl Write<'_> {
    /// Drops what is unwanted of the next rows of a folder, oldest first. Rows
    /// stay, with the words they are found by; the bodies are fetched again
    /// when somebody opens them.
    pub(crate) fn drop_bodies(
        &self,
        folder: FolderId,
        unwanted: &Unwanted,
        after: Option<Place>,
    ) -> Result<Dropped> {
        let Some(before) = unwanted.get(&folder) else {
            return Ok(Dropped::default());
        };
        let (candidates, next) = self.read().old_bodies(folder, *before, after)?;
        let mut dropped = Dropped {
            next,
            ..Dropped::default()
        };
        for one in candidates {
            if !self.read().is_unwanted(one.email, unwanted)? {
                continue;
            }
            // A row for each folder is told by a trigger.
            self.mail
                .prepare_cached("UPDATE email SET sha256 = NULL WHERE id = ?1")?
                .execute([one.email.0])?;
            self.forget_raw_if_unused(&one.sha256);
            dropped.messages += 1;
            dropped.bytes += one.size;
        }
        Ok(dropped)
    }
}

impl Store {
    /// Gives a little of what the files do not use back to the disk. Says
    /// whether there is more.
    pub(crate) async fn give_back(&self) -> Result<bool> {
        self.write(Durability::Crash, |w| {
            Ok(give_back(w.raw)? | give_back(w.mail)?)
        })
        .await
    }
}

fn give_back(file: &Connection) -> Result<bool> {
    let number = |pragma: &str| -> Result<i64> {
        Ok(file.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))?)
    };
    if number("freelist_count")? * FREE_ONE_IN <= number("page_count")? {
        return Ok(false);
    }
    file.execute_batch(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    Ok(true)
}

#[cfg(test)]
mod tests;
