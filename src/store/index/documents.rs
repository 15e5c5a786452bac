//! The text of attached documents: read after the message is in the index, and
//! put in then.

use std::borrow::Cow;

use rusqlite::{Transaction, params};

use crate::model::{AccountId, DocumentText, EmailId, IndexText};
use crate::store::{Error, Read, Result};

/// No text of a document is longer; one that claims to be is damaged.
const TEXT_MAX: usize = 4 << 20;

/// The text of all that is attached.
pub(super) fn with_contents(text: &IndexText) -> Cow<'_, str> {
    if text.documents.is_empty() {
        return Cow::Borrowed(&text.contents);
    }
    let documents = text.documents.iter().map(|one| one.text.as_str());
    let all: Vec<&str> = std::iter::once(text.contents.as_str())
        .chain(documents)
        .collect();
    Cow::Owned(all.join("\n"))
}

/// Keeps what was read of a message's documents.
pub(super) fn keep(
    transaction: &Transaction<'_>,
    email: EmailId,
    documents: &[DocumentText],
) -> Result<()> {
    for (place, document) in documents.iter().enumerate() {
        let text = zstd::bulk::compress(document.text.as_bytes(), 3).map_err(|_| Error::Damaged)?;
        transaction
            .prepare_cached(
                "INSERT INTO document (email, place, name, text, failure)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )?
            .execute(params![
                email.0,
                place,
                document.name,
                text,
                document.failure
            ])?;
    }
    Ok(())
}

/// Forgets it.
pub(super) fn forget(transaction: &Transaction<'_>, email: EmailId) -> Result<()> {
    transaction
        .prepare_cached("DELETE FROM document WHERE email = ?1")?
        .execute([email.0])?;
    Ok(())
}

impl Read<'_> {
    /// Messages that are here with documents nobody read yet: the newest of
    /// those below that entry of the index, each with its own.
    pub(crate) fn unread_documents(&self, below: i64, limit: usize) -> Result<Vec<(i64, EmailId)>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT c.entry, c.email FROM idx.covered c CROSS JOIN email e ON e.id = c.email
             WHERE c.unread_documents = 1 AND c.entry < ?1 AND e.sha256 IS NOT NULL
             ORDER BY c.entry DESC LIMIT ?2",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = statement.query_map([below, limit], |row| {
            Ok((row.get(0)?, EmailId(row.get(1)?)))
        })?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many messages have documents that nobody read yet.
    pub(crate) fn count_unread_documents(&self, account: Option<AccountId>) -> Result<u64> {
        let mut statement = self.mail.prepare_cached(
            "SELECT count(*) FROM idx.covered
             WHERE unread_documents = 1 AND (?1 IS NULL OR account = ?1)",
        )?;
        Ok(statement.query_row([account.map(|id| id.0)], |row| row.get(0))?)
    }

    /// What was read of a message's documents, in their order.
    pub(crate) fn documents(&self, email: EmailId) -> Result<Vec<DocumentText>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT name, text, failure FROM idx.document WHERE email = ?1 ORDER BY place",
        )?;
        let mut rows = statement.query([email.0])?;
        let mut documents = Vec::new();
        while let Some(row) = rows.next()? {
            let packed: Vec<u8> = row.get(1)?;
            let text = zstd::bulk::decompress(&packed, TEXT_MAX).map_err(|_| Error::Damaged)?;
            documents.push(DocumentText {
                name: row.get(0)?,
                text: String::from_utf8(text).map_err(|_| Error::Damaged)?,
                failure: row.get(2)?,
            });
        }
        Ok(documents)
    }
}

#[cfg(test)]
mod tests;
