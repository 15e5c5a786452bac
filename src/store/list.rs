//! What lists show: the order of all rows, and the rows in sight.

mod conversation;
mod kept;
mod order;
mod sorted;

pub(crate) use kept::KeptOrder;

use chrono::{DateTime, FixedOffset};
use rusqlite::Row;

use super::{Read, Result};
use crate::model::{
    AccountId, Address, EmailId, Envelope, Flags, FolderId, MessageId, PlacementId, Stored,
    ThreadId, Uid, Uidl,
};

const ENVELOPE: &str = "SELECT p.id, p.email, e.account, p.folder, p.uid, p.flags, p.keywords, \
                        e.message_id, e.thread, e.sender, e.recipients, e.subject, e.date, e.zone, \
                        e.size, e.attachments, e.snippet, e.sha256, \
                        (SELECT m.key FROM pop3_message m WHERE m.placement = p.id \
                            ORDER BY m.left_at IS NOT NULL LIMIT 1), \
                        CASE WHEN EXISTS (SELECT 1 FROM local_account l WHERE l.account = e.account) \
                            THEN EXISTS (SELECT 1 FROM pop3_message m \
                                WHERE m.placement = p.id AND m.left_at IS NULL) END \
                        FROM placement p JOIN email e ON e.id = p.email";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Envelope> {
    let keywords: String = row.get(6)?;
    let message_id: String = row.get(7)?;
    let sha256: Option<[u8; 32]> = row.get(17)?;
    Ok(Envelope {
        id: PlacementId(row.get(0)?),
        email: EmailId(row.get(1)?),
        account: AccountId(row.get(2)?),
        folder: FolderId(row.get(3)?),
        uid: row.get::<_, Option<u32>>(4)?.and_then(Uid::new),
        flags: Flags::from_bits(row.get(5)?),
        keywords: keywords.split_whitespace().map(str::to_owned).collect(),
        message_id: (!message_id.is_empty()).then_some(MessageId(message_id)),
        thread: ThreadId(row.get(8)?),
        from: addresses(&row.get::<_, String>(9)?),
        to: addresses(&row.get::<_, String>(10)?),
        subject: row.get(11)?,
        date: date(row.get(12)?, row.get(13)?),
        size: row.get(14)?,
        attachments: row.get(15)?,
        snippet: row.get(16)?,
        sha256,
        stored: if sha256.is_some() {
            Stored::Full
        } else {
            Stored::Headers
        },
        // One of our own begins with a blank.
        uidl: row
            .get::<_, Option<String>>(18)?
            .filter(|key| !key.starts_with(' '))
            .map(Uidl::from_stored),
        on_server: row.get(19)?,
    })
}

fn addresses(json: &str) -> Vec<Address> {
    serde_json::from_str(json).unwrap_or_default()
}

fn date(seconds: i64, zone: i32) -> DateTime<FixedOffset> {
    let utc = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    let zone = FixedOffset::east_opt(zone).or_else(|| FixedOffset::east_opt(0));
    zone.map_or_else(|| utc.fixed_offset(), |zone| utc.with_timezone(&zone))
}

impl Read<'_> {
    /// Those rows, in the order asked for; what is gone is left out.
    pub(crate) fn envelopes(&self, ids: &[PlacementId]) -> Result<Vec<Envelope>> {
        let sql = format!("{ENVELOPE} WHERE p.id = ?1");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let mut list = Vec::with_capacity(ids.len());
        for id in ids {
            match statement.query_row([id.0], from_row) {
                Ok(envelope) => list.push(envelope),
                Err(rusqlite::Error::QueryReturnedNoRows) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(list)
    }
}

#[cfg(test)]
mod tests;
