//! Skeletons of large messages: what is here of a message whose attachments
//! are still on the server. Their bytes lie in `raw.db` among the messages,
//! under their own hash, which is never that of the message.

use rusqlite::{OptionalExtension, params};

use super::{Error, PackedRaw, Read, Result, Write};
use crate::model::{EmailId, LeftOut, Skeleton};

/// Whether a message or a skeleton has these bytes, by their hash `?1`.
pub(super) const IS_NAMED: &str = "(EXISTS (SELECT 1 FROM email WHERE sha256 = ?1)
     OR EXISTS (SELECT 1 FROM partial WHERE sha256 = ?1))";

/// A skeleton ready to be stored.
#[derive(Debug, Clone)]
pub(crate) struct NewPartial {
    packed: PackedRaw,
    left_out: Vec<LeftOut>,
    attachments: u32,
    snippet: String,
}

impl NewPartial {
    /// Hashes and compresses a skeleton. The rest is what a list shows of it.
    pub(crate) fn new(skeleton: &Skeleton, attachments: u32, snippet: String) -> Result<Self> {
        Ok(Self {
            packed: PackedRaw::new(&skeleton.raw)?,
            left_out: skeleton.left_out.clone(),
            attachments,
            snippet,
        })
    }
}

impl Read<'_> {
    /// The hash under which the skeleton of a message is kept.
    pub(crate) fn partial_sha256(&self, email: EmailId) -> Result<Option<[u8; 32]>> {
        Ok(self
            .mail
            .prepare_cached("SELECT sha256 FROM partial WHERE email = ?1")?
            .query_row([email.0], |row| row.get(0))
            .optional()?)
    }

    /// The skeleton of a message; none where it is here whole or not at all.
    ///
    /// # Errors
    /// When what is here of it is damaged: see [`Write::forget_damaged`].
    pub(crate) fn partial(&self, email: EmailId) -> Result<Option<Skeleton>> {
        let found: Option<([u8; 32], String)> = self
            .mail
            .prepare_cached("SELECT sha256, left_out FROM partial WHERE email = ?1")?
            .query_row([email.0], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let Some((sha256, left_out)) = found else {
            return Ok(None);
        };
        let raw = match self.raw(&sha256) {
            Err(Error::NotFound) => return Err(Error::Damaged),
            other => other?,
        };
        let left_out = serde_json::from_str(&left_out).map_err(|_| Error::Damaged)?;
        Ok(Some(Skeleton { raw, left_out }))
    }
}

impl Write<'_> {
    /// Keeps what is here of a message, in place of what was. Says whether it
    /// was kept: not where the message is here whole, or gone.
    pub(crate) fn keep_partial(&self, email: EmailId, new: &NewPartial) -> Result<bool> {
        let changed = self
            .mail
            .prepare_cached(
                "UPDATE email SET attachments = ?2, snippet = ?3
                 WHERE id = ?1 AND sha256 IS NULL",
            )?
            .execute(params![email.0, new.attachments, new.snippet])?;
        if changed == 0 {
            return Ok(false);
        }
        self.forget_partial(email)?;
        self.keep_raw(&new.packed)?;
        // Numbers and lists of them always serialise.
        let left_out = serde_json::to_string(&new.left_out).map_err(|_| Error::Damaged)?;
        self.mail
            .prepare_cached("INSERT INTO partial (email, sha256, left_out) VALUES (?1, ?2, ?3)")?
            .execute(params![email.0, new.packed.sha256, left_out])?;
        Ok(true)
    }

    /// Forgets the skeleton of a message, where there is one.
    pub(super) fn forget_partial(&self, email: EmailId) -> Result<()> {
        let sha256: Option<Vec<u8>> = self
            .mail
            .prepare_cached("DELETE FROM partial WHERE email = ?1 RETURNING sha256")?
            .query_row([email.0], |row| row.get(0))
            .optional()?;
        if let Some(sha256) = sha256 {
            self.forget_raw_if_unused(&sha256);
        }
        Ok(())
    }
}
