//! The messages byte for byte: whether each that is named is there, whole, and
//! whether each that is there is named.

use std::collections::HashSet;

use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use super::super::{Read, Result, Write, partial::IS_NAMED, raw::unpack};
use super::Findings;
use crate::model::StoreProblemKind as Kind;

pub(super) fn check(r: &Read<'_>, found: &mut Findings) -> Result<()> {
    let mut whole: HashSet<[u8; 32]> = HashSet::new();
    let mut unused = 0_u64;
    // One row at a time: a store holds more than the memory does.
    let mut statement = r.mail.prepare(
        "SELECT sha256, size, zstd, EXISTS (SELECT 1 FROM main.email e WHERE e.sha256 = raw.sha256)
             OR EXISTS (SELECT 1 FROM main.partial p WHERE p.sha256 = raw.sha256)
         FROM rawdb.raw",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (named, size): (bool, u64) = (row.get(3)?, row.get(1).unwrap_or(0));
        if !named {
            unused += 1;
            continue;
        }
        let Ok(sha256) = row.get::<_, [u8; 32]>(0) else {
            continue;
        };
        let packed = row.get_ref(2)?.as_blob().unwrap_or_default();
        let raw = unpack(packed, size);
        if raw.is_ok_and(|raw| Sha256::digest(&raw)[..] == sha256[..]) {
            whole.insert(sha256);
        }
    }
    let mut statement = r.mail.prepare(
        "SELECT sha256 FROM email WHERE sha256 IS NOT NULL UNION SELECT sha256 FROM partial",
    )?;
    let named = statement.query_map([], |row| row.get(0))?;
    for sha256 in named {
        let sha256 = sha256?;
        if !whole.contains(&sha256) {
            found.damaged.push(sha256);
        }
    }
    let damaged = found.damaged.len() as u64;
    found.add(
        Kind::Content,
        damaged,
        "Stored messages are missing or damaged; the server is asked for them again.",
    );
    found.add(
        Kind::UnusedBytes,
        unused,
        "Stored bytes belong to no message.",
    );
    Ok(())
}

/// Marks the bytes that no message names for removal, once all else is stored.
pub(super) fn mend(w: &Write<'_>) -> Result<()> {
    let mut statement = w.raw.prepare("SELECT sha256 FROM raw")?;
    let mut named = w.mail.prepare(&format!("SELECT {IS_NAMED}"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let sha256: Vec<u8> = row.get(0)?;
        if !named.query_row([&sha256], |row| row.get::<_, bool>(0))? {
            w.forget_raw_if_unused(&sha256);
        }
    }
    Ok(())
}

impl Write<'_> {
    /// Forgets bytes that are missing or damaged, so that the messages they
    /// belonged to are fetched anew. Says whether that can be: a message that
    /// was not uploaded yet, or is only here, keeps them: no server has any.
    pub(crate) fn forget_damaged(&self, sha256: &[u8; 32]) -> Result<bool> {
        let only_here: Option<i64> = self
            .mail
            .prepare_cached(
                "SELECT p.id FROM email e JOIN placement p ON p.email = e.id
                 WHERE e.sha256 = ?1 AND (EXISTS (SELECT 1 FROM pending_op o
                         WHERE o.placement = p.id AND o.kind = 'append')
                     OR (e.account IN (SELECT account FROM local_account)
                         AND NOT EXISTS (SELECT 1 FROM pop3_message m
                             WHERE m.placement = p.id AND m.left_at IS NULL)))
                 LIMIT 1",
            )?
            .query_row([sha256], |row| row.get(0))
            .optional()?;
        if only_here.is_some() {
            return Ok(false);
        }
        self.mail
            .prepare_cached("UPDATE email SET sha256 = NULL WHERE sha256 = ?1")?
            .execute([sha256])?;
        self.mail
            .prepare_cached("DELETE FROM partial WHERE sha256 = ?1")?
            .execute([sha256])?;
        // At once and not afterwards: what is fetched anew has this hash too,
        // and bytes that are here already are not kept twice.
        self.raw
            .prepare_cached("DELETE FROM raw WHERE sha256 = ?1")?
            .execute([sha256])?;
        Ok(true)
    }
}
