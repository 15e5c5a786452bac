//! Messages on their way out. They live in `mail.db`, written through to the
//! disk, until the server has taken them.

use chrono::{DateTime, Utc};
use rusqlite::{OptionalExtension, Row, params};

use super::{Error, Read, Result, Write};
use crate::model::{
    AccountId, ComposeMode, MessageId, OutboxId, OutboxItem, PlacementId, Recipient, SendState,
};

/// A message to be sent.
#[derive(Debug, Clone)]
pub(crate) struct NewOutbox {
    pub(crate) account: AccountId,
    pub(crate) message_id: MessageId,
    pub(crate) subject: String,
    pub(crate) mail_from: String,
    pub(crate) recipients: Vec<String>,
    pub(crate) bcc: Vec<String>,
    pub(crate) raw: Vec<u8>,
    pub(crate) not_before: DateTime<Utc>,
    pub(crate) origin: Option<(ComposeMode, PlacementId)>,
    /// Whether a report of its delivery is asked for.
    pub(crate) report: bool,
}

/// A message in the outbox with what only sending needs.
#[derive(Debug, Clone)]
pub(crate) struct OutboxRow {
    pub(crate) item: OutboxItem,
    pub(crate) mail_from: String,
    pub(crate) bcc: Vec<String>,
    pub(crate) origin: Option<(ComposeMode, PlacementId)>,
    /// Whether the final dot may be on the wire.
    pub(crate) handed: bool,
    /// Whether some have it already, and the copy in Sent is made.
    pub(crate) filed: bool,
    /// Whether a report of its delivery is asked for.
    pub(crate) report: bool,
}

const COLUMNS: &str = "id, account, message_id, subject, recipients, state, attempts, last_error, \
                       next_attempt, mail_from, origin, origin_mode, bcc, handed, \
                       filed, report";

fn mode_name(mode: ComposeMode) -> &'static str {
    match mode {
        ComposeMode::New => "",
        ComposeMode::Reply => "reply",
        ComposeMode::ReplyAll => "reply-all",
        ComposeMode::Forward => "forward",
        ComposeMode::EditDraft => "draft",
    }
}

fn mode_from(name: &str) -> Option<ComposeMode> {
    [
        ComposeMode::Reply,
        ComposeMode::ReplyAll,
        ComposeMode::Forward,
        ComposeMode::EditDraft,
    ]
    .into_iter()
    .find(|mode| mode_name(*mode) == name)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    let recipients: String = row.get(4)?;
    let state: String = row.get(5)?;
    let last_error: String = row.get(7)?;
    let next_attempt: i64 = row.get(8)?;
    let mode: String = row.get(11)?;
    let origin = PlacementId(row.get(10)?);
    Ok(OutboxRow {
        item: OutboxItem {
            id: OutboxId(row.get(0)?),
            account: AccountId(row.get(1)?),
            message_id: MessageId(row.get(2)?),
            subject: row.get(3)?,
            recipients: serde_json::from_str(&recipients).unwrap_or_default(),
            // A state of a later version is not ours to send.
            state: SendState::from_name(&state).unwrap_or(SendState::Failed),
            attempts: row.get(6)?,
            last_error: (!last_error.is_empty()).then_some(last_error),
            next_attempt: (next_attempt > 0)
                .then(|| DateTime::from_timestamp(next_attempt, 0))
                .flatten(),
        },
        mail_from: row.get(9)?,
        bcc: serde_json::from_str(&row.get::<_, String>(12)?).unwrap_or_default(),
        origin: mode_from(&mode).map(|mode| (mode, origin)),
        handed: row.get(13)?,
        filed: row.get(14)?,
        report: row.get(15)?,
    })
}

/// The first whole second that is not before then.
fn due_from(time: DateTime<Utc>) -> i64 {
    time.timestamp() + i64::from(time.timestamp_subsec_nanos() > 0)
}

impl Read<'_> {
    /// What waits to be sent, oldest first.
    pub(crate) fn outbox(&self, account: Option<AccountId>) -> Result<Vec<OutboxRow>> {
        let sql =
            format!("SELECT {COLUMNS} FROM outbox WHERE ?1 IS NULL OR account = ?1 ORDER BY id");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([account.map(|a| a.0)], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// One message of the outbox.
    pub(crate) fn outbox_item(&self, id: OutboxId) -> Result<OutboxRow> {
        let sql = format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row([id.0], from_row)?)
    }

    /// Its bytes.
    pub(crate) fn outbox_raw(&self, id: OutboxId) -> Result<Vec<u8>> {
        self.mail
            .prepare_cached("SELECT raw FROM outbox WHERE id = ?1")?
            .query_row([id.0], |row| row.get(0))
            .optional()?
            .ok_or(Error::NotFound)
    }
}

impl Write<'_> {
    /// Puts a message into the outbox.
    pub(crate) fn add_to_outbox(&self, new: &NewOutbox) -> Result<OutboxId> {
        let recipients: Vec<Recipient> = new
            .recipients
            .iter()
            .map(|address| Recipient {
                address: address.clone(),
                code: None,
                text: String::new(),
            })
            .collect();
        let (mode, origin) = new
            .origin
            .map_or(("", 0), |(mode, id)| (mode_name(mode), id.0));
        self.mail.execute(
            "INSERT INTO outbox (account, message_id, subject, mail_from, recipients, raw,
                 next_attempt, origin, origin_mode, bcc, report)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            params![
                new.account.0,
                new.message_id.0,
                new.subject,
                new.mail_from,
                serde_json::to_string(&recipients).unwrap_or_else(|_| "[]".to_owned()),
                new.raw,
                due_from(new.not_before),
                origin,
                mode,
                serde_json::to_string(&new.bcc).unwrap_or_else(|_| "[]".to_owned()),
                new.report
            ],
        )?;
        Ok(OutboxId(self.mail.last_insert_rowid()))
    }

    /// Notes how far a message is on its way.
    pub(crate) fn update_outbox(&self, item: &OutboxItem) -> Result<()> {
        let changed = self.mail.execute(
            "UPDATE outbox SET state = ?2, attempts = ?3, last_error = ?4, next_attempt = ?5,
                 recipients = ?6 WHERE id = ?1",
            params![
                item.id.0,
                item.state.name(),
                item.attempts,
                item.last_error.as_deref().unwrap_or_default(),
                item.next_attempt.map_or(0, |time| time.timestamp()),
                serde_json::to_string(&item.recipients).unwrap_or_else(|_| "[]".to_owned()),
            ],
        )?;
        if changed == 0 {
            Err(Error::NotFound)
        } else {
            Ok(())
        }
    }

    /// Notes whether the final dot of a message may be on the wire.
    pub(crate) fn set_handed(&self, id: OutboxId, handed: bool) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE outbox SET handed = ?2 WHERE id = ?1")?
            .execute(params![id.0, handed])?;
        Ok(())
    }

    /// Notes that some have the message, and that its copy in Sent is made.
    pub(crate) fn set_filed(&self, id: OutboxId) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE outbox SET filed = 1 WHERE id = ?1")?
            .execute([id.0])?;
        Ok(())
    }

    /// Notes whether the last try did not even reach the server.
    pub(crate) fn set_unreached(&self, id: OutboxId, unreached: bool) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE outbox SET unreached = ?2 WHERE id = ?1")?
            .execute(params![id.0, unreached])?;
        Ok(())
    }

    /// Makes due what waits only because the server was out of reach. Says
    /// whether there was any.
    pub(crate) fn retry_unreached(&self, account: AccountId) -> Result<bool> {
        let changed = self
            .mail
            .prepare_cached(
                "UPDATE outbox SET next_attempt = 0, unreached = 0
                 WHERE account = ?1 AND state = ?2 AND unreached",
            )?
            .execute(params![account.0, SendState::Waiting.name()])?;
        Ok(changed > 0)
    }

    /// Takes a message out of the outbox.
    pub(crate) fn remove_from_outbox(&self, id: OutboxId) -> Result<()> {
        self.mail
            .execute("DELETE FROM outbox WHERE id = ?1", [id.0])?;
        Ok(())
    }
}
