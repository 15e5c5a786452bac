//! Sending what waits: to each recipient once, for as long as it takes.

mod doubt;
mod filing;
mod sent_once;
#[cfg(test)]
mod tests;

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::session::Error;
use crate::model::{AccountId, FolderId, OutboxId, OutboxItem, PlacementId, Recipient, SendState};
use crate::protocol::smtp::{Outcome, State};
use crate::store::{self, Durability, OutboxRow, Store, Write};
use crate::{Error as EngineError, ErrorKind};

pub(crate) use doubt::found;
pub(crate) use filing::file_locally;
pub(super) use sent_once::Filing;

/// How long to wait before the second, third, … try. The last one is repeated
/// for as long as it takes.
const PAUSES: [Duration; 7] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
    Duration::from_secs(2 * 60 * 60),
    Duration::from_secs(4 * 60 * 60),
];

/// A refused password repeated locks accounts: the message goes at once when a
/// new one is given, and otherwise waits this long.
const NEW_PASSWORD: Duration = Duration::from_secs(24 * 60 * 60);

/// How soon an answer that could not be noted is noted again, at first and in
/// the end.
const NOTED_AGAIN: Duration = Duration::from_secs(1);
const NOTED_AGAIN_LATEST: Duration = Duration::from_secs(60);

/// What is said of a message that may have left.
const UNCERTAIN: &str = "The connection ended before the server confirmed this message. It may have \
                         been delivered. Send it again only if it did not arrive.";

const BY_ITSELF: &str = "Nothing is lost; it is tried again by itself.";

/// At the start: what was on the wire when the program ended. What the server
/// had all of may have left; all else has not, and waits on.
pub(crate) async fn settle_interrupted(store: &Store) -> store::Result<()> {
    store
        .write(Durability::PowerCut, |w| {
            for row in w.read().outbox(None)? {
                if row.item.state != SendState::Sending {
                    continue;
                }
                let item = if row.handed {
                    uncertain(row.item)
                } else {
                    waiting(row.item)
                };
                w.update_outbox(&item)?;
            }
            Ok(())
        })
        .await
}

/// After a backup was restored: what it holds may have left, been uploaded or
/// copied since. It is looked for before it is done again; of a message that
/// is not found the person decides.
pub(crate) async fn doubt_all(store: &Store) -> store::Result<()> {
    store
        .write(Durability::PowerCut, |w| {
            for row in w.read().outbox(None)? {
                let is_open = matches!(row.item.state, SendState::Waiting | SendState::Sending);
                if is_open {
                    w.update_outbox(&uncertain(row.item))?;
                }
            }
            w.doubt_pending()
        })
        .await
}

/// After the store failed while a message was handed over: what cannot have
/// left waits again. Only while nothing is handed over.
pub(crate) async fn release_unsent(store: &Store, account: AccountId) -> store::Result<()> {
    store
        .write(Durability::Crash, move |w| {
            for row in w.read().outbox(Some(account))? {
                if row.item.state == SendState::Sending && !row.handed {
                    w.update_outbox(&waiting(row.item))?;
                }
            }
            Ok(())
        })
        .await
}

/// Due now.
fn waiting(item: OutboxItem) -> OutboxItem {
    OutboxItem {
        state: SendState::Waiting,
        next_attempt: None,
        ..item
    }
}

fn uncertain(item: OutboxItem) -> OutboxItem {
    OutboxItem {
        state: SendState::Uncertain,
        last_error: Some(UNCERTAIN.to_owned()),
        next_attempt: None,
        ..item
    }
}

/// What waits and is due, oldest first.
pub(crate) async fn due(store: &Store, account: AccountId) -> store::Result<Vec<OutboxRow>> {
    let rows = store.read(move |r| r.outbox(Some(account))).await?;
    let now = Utc::now();
    Ok(rows
        .into_iter()
        .filter(|row| row.item.state == SendState::Waiting)
        .filter(|row| row.item.next_attempt.is_none_or(|time| time <= now))
        .collect())
}

/// Makes what failed for now due at once. What a person still holds back
/// keeps its time.
pub(crate) async fn try_again_now(store: &Store, account: AccountId) -> store::Result<()> {
    store
        .write(Durability::Crash, move |w| {
            for row in w.read().outbox(Some(account))? {
                if row.item.state == SendState::Waiting && row.item.attempts > 0 {
                    w.update_outbox(&waiting(row.item))?;
                }
            }
            Ok(())
        })
        .await
}

/// The network is there again: makes due at once what waits only because the
/// server was out of reach. Says whether there was any.
pub(crate) async fn try_unreached_now(store: &Store, account: AccountId) -> store::Result<bool> {
    // Most often there is nothing to write.
    let rows = store.read(move |r| r.outbox(Some(account))).await?;
    if rows.iter().all(|row| row.item.attempts == 0) {
        return Ok(false);
    }
    store
        .write(Durability::Crash, move |w| w.retry_unreached(account))
        .await
}

/// Whether a failure lies on the way to the server and not with it.
fn is_about_the_way(error: &EngineError) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Offline | ErrorKind::Dns | ErrorKind::Refused | ErrorKind::Timeout
    )
}

/// When the next message is due.
pub(crate) async fn next_due(
    store: &Store,
    account: AccountId,
) -> store::Result<Option<DateTime<Utc>>> {
    let rows = store.read(move |r| r.outbox(Some(account))).await?;
    let waiting = rows
        .into_iter()
        .filter(|row| row.item.state == SendState::Waiting);
    Ok(waiting
        .map(|row| row.item.next_attempt.unwrap_or_else(Utc::now))
        .min())
}

/// A row as it is by now; nothing where it was decided otherwise meanwhile, by
/// the person or by another try.
fn still(w: &Write<'_>, id: OutboxId, state: SendState) -> store::Result<Option<OutboxRow>> {
    match w.read().outbox_item(id) {
        Ok(row) => Ok((row.item.state == state).then_some(row)),
        Err(store::Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Whom the server is still to be asked about: never again those who have it.
pub(crate) fn recipients(item: &OutboxItem) -> Vec<String> {
    let open = item.recipients.iter().filter(|one| one.is_open());
    open.map(|one| one.address.clone()).collect()
}

/// Notes that a message is being handed over. Until [`note_handed`] it has not
/// left, whatever becomes of the program. Gives the row as it is by now, this
/// try counted, and its bytes; nothing when it no longer waits.
pub(crate) async fn begin(
    store: &Store,
    id: OutboxId,
) -> store::Result<Option<(OutboxRow, Vec<u8>)>> {
    store
        .write(Durability::Crash, move |w| {
            let Some(mut row) = still(w, id, SendState::Waiting)? else {
                return Ok(None);
            };
            row.item.state = SendState::Sending;
            row.item.attempts += 1;
            row.handed = false;
            w.update_outbox(&row.item)?;
            w.set_handed(id, false)?;
            Ok(Some((row, w.read().outbox_raw(id)?)))
        })
        .await
}

/// Notes on disk that the final dot goes out now, and what the server `told` of
/// each recipient: from here on the message's fate is uncertain until the
/// server answers.
pub(crate) async fn note_handed(
    store: &Store,
    row: &OutboxRow,
    told: &[Recipient],
) -> store::Result<()> {
    let mut item = row.item.clone();
    note(&mut item, unconfirmed(told.to_vec()));
    store
        .write(Durability::PowerCut, move |w| {
            w.update_outbox(&item)?;
            w.set_handed(item.id, true)
        })
        .await
}

/// A recipient taken at `RCPT` of a message whose fate is unknown: nothing is
/// known of it, other than of one that was refused there.
fn unconfirmed(mut told: Vec<Recipient>) -> Vec<Recipient> {
    for one in told.iter_mut().filter(|one| one.is_accepted()) {
        one.code = None;
        one.text.clear();
    }
    told
}

/// What became of a message, and what it changed.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) item: OutboxItem,
    /// Folders that hold other messages now.
    pub(crate) folders: Vec<FolderId>,
    /// Rows that look different now.
    pub(crate) rows: Vec<PlacementId>,
    /// Why it did not leave, where that is known.
    pub(crate) error: Option<EngineError>,
}

impl Settled {
    /// It did not leave, so nothing else changed.
    fn here(item: OutboxItem, error: Option<EngineError>) -> Self {
        Self {
            item,
            folders: Vec::new(),
            rows: Vec::new(),
            error,
        }
    }
}

/// Notes what the server at `place` answered about a row that [`begin`] gave.
pub(crate) async fn settle(
    store: &Store,
    row: &OutboxRow,
    raw: Vec<u8>,
    place: &str,
    answer: Result<Outcome, EngineError>,
) -> Result<Settled, Error> {
    let mut item = row.item.clone();
    let unreached = answer.as_ref().is_err_and(is_about_the_way);
    let why = match answer {
        Ok(outcome) => judge(&mut item, outcome, place),
        Err(error) => {
            postpone(&mut item, &error);
            Some(error)
        }
    };
    let some_have_it = item.recipients.iter().any(Recipient::is_accepted);
    if item.state == SendState::Sent || (some_have_it && !row.filed) {
        return filing::left(store, row, item, raw, why).await;
    }
    let kept = item.clone();
    store
        .write(Durability::PowerCut, move |w| {
            w.update_outbox(&kept)?;
            w.set_handed(kept.id, false)?;
            w.set_unreached(kept.id, unreached)
        })
        .await?;
    Ok(Settled::here(item, why))
}

/// The same, tried until it stands on disk: after a full disk the answer would
/// be forgotten otherwise, and the message perhaps sent twice. `trouble` hears
/// once why it takes longer.
pub(crate) async fn settle_surely(
    store: &Store,
    row: &OutboxRow,
    raw: Vec<u8>,
    place: &str,
    answer: Result<Outcome, EngineError>,
    trouble: impl FnOnce(EngineError) + Send,
) -> Result<Settled, Error> {
    let id = row.item.id;
    match settle(store, row, raw, place, answer.clone()).await {
        Err(Error::Store(error)) if may_pass(&error) => trouble(error.into()),
        settled => return settled,
    }
    let mut pause = NOTED_AGAIN;
    loop {
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(NOTED_AGAIN_LATEST);
        let settled = match store.read(move |r| r.outbox_raw(id)).await {
            Ok(raw) => settle(store, row, raw, place, answer.clone()).await,
            Err(error) => Err(error.into()),
        };
        match settled {
            Err(Error::Store(error)) if may_pass(&error) => {
                tracing::warn!(%error, "what became of a message is not noted yet");
            }
            settled => return settled,
        }
    }
}

/// Whether the store may take it later: the row is there, and so is the store.
fn may_pass(error: &store::Error) -> bool {
    !matches!(error, store::Error::NotFound | store::Error::Closed)
}

/// The server could not even be reached: the message waits on. Nothing where
/// it no longer does.
pub(crate) async fn put_off(
    store: &Store,
    row: &OutboxRow,
    error: EngineError,
) -> store::Result<Option<Settled>> {
    let (id, unreached) = (row.item.id, is_about_the_way(&error));
    let why = error.clone();
    let item = store
        .write(Durability::Crash, move |w| {
            let Some(OutboxRow { mut item, .. }) = still(w, id, SendState::Waiting)? else {
                return Ok(None);
            };
            item.attempts += 1;
            postpone(&mut item, &why);
            w.update_outbox(&item)?;
            w.set_unreached(id, unreached)?;
            Ok(Some(item))
        })
        .await?;
    Ok(item.map(|item| Settled::here(item, Some(error))))
}

/// What the server's answers mean for a message; why it waits or failed.
fn judge(item: &mut OutboxItem, outcome: Outcome, place: &str) -> Option<EngineError> {
    if outcome.state == State::Uncertain {
        note(item, unconfirmed(outcome.recipients));
        *item = uncertain(item.clone());
        return None;
    }
    let refusal = outcome.refusal(place);
    note(item, outcome.recipients);
    let some_have_it = item.recipients.iter().any(Recipient::is_accepted);
    let some_wait = item.recipients.iter().any(Recipient::is_open);
    if some_have_it && !some_wait {
        item.state = SendState::Sent;
        item.last_error = None;
        item.next_attempt = None;
        return None;
    }
    let error = explained(item, refusal, place);
    postpone(item, &error);
    Some(error)
}

/// Takes over what the server said of those it was asked about.
fn note(item: &mut OutboxItem, told: Vec<Recipient>) {
    for told in told {
        let own = item.recipients.iter_mut();
        if let Some(own) = own.into_iter().find(|own| own.address == told.address) {
            *own = told;
        }
    }
}

/// The refusal of a message as a whole; or, where it is about recipients, who
/// does not get it, and why.
fn explained(item: &OutboxItem, refusal: Option<EngineError>, place: &str) -> EngineError {
    let missing: Vec<&Recipient> = item
        .recipients
        .iter()
        .filter(|one| !one.is_accepted())
        .collect();
    let same = missing
        .windows(2)
        .all(|two| matches!(two, [one, other] if one.code == other.code && one.text == other.text));
    if let Some(refusal) = refusal.as_ref().filter(|_| same && missing.len() > 1) {
        return refusal.clone();
    }
    let is_for_now = missing.iter().any(|one| one.is_open());
    let each: Vec<String> = missing
        .iter()
        .filter_map(|one| Some(format!("{}: {}", one.address, one.reason()?)))
        .collect();
    let what = if item.recipients.iter().any(Recipient::is_accepted) {
        "The others have the message. "
    } else {
        ""
    };
    let kind = match &refusal {
        _ if is_for_now => ErrorKind::Temporary,
        Some(refusal) => refusal.kind(),
        None => ErrorKind::Server,
    };
    let mut told = EngineError::new(
        kind,
        format!("{what}{place} did not take it for {}.", each.join("; ")),
    );
    if let Some(first) = missing.first() {
        let code = first.code.unwrap_or_default();
        told = told.server_said(format!("{code} {}", first.text));
    }
    let hint = refusal.as_ref().and_then(EngineError::remedy);
    told.hint(match hint {
        _ if is_for_now => BY_ITSELF,
        Some(hint) => hint,
        None => "Check the address.",
    })
}

/// Of a message that left: whom the server refused. Nothing where all have it.
pub(crate) fn not_to_all(item: &OutboxItem) -> Option<EngineError> {
    let refused = item.recipients.iter().filter(|one| one.is_refused());
    let refused: Vec<_> = refused.collect();
    let first = refused.first()?;
    let names: Vec<_> = refused.iter().map(|one| one.address.as_str()).collect();
    let names = names.join(", ");
    let what = format!("“{}” was sent, but not to {names}.", item.subject);
    Some(
        EngineError::new(ErrorKind::Server, what)
            .server_said(&first.text)
            .hint("Check these addresses."),
    )
}

/// Trouble that may pass is tried again later, for as long as it takes; what
/// the server refuses for good stays for the person to decide.
fn postpone(item: &mut OutboxItem, error: &EngineError) {
    item.last_error = Some(error.to_string());
    let pause = match error.kind() {
        ErrorKind::Server | ErrorKind::TooLarge | ErrorKind::Quota | ErrorKind::Input => {
            item.state = SendState::Failed;
            item.next_attempt = None;
            return;
        }
        // A refused or locked password waits for the person; nothing is wrong
        // with the mail.
        ErrorKind::Auth | ErrorKind::Secrets => NEW_PASSWORD,
        _ => {
            let pause = PAUSES.get(item.attempts.saturating_sub(1) as usize);
            pause.or(PAUSES.last()).copied().unwrap_or_default()
        }
    };
    item.state = SendState::Waiting;
    item.next_attempt = Some(Utc::now() + TimeDelta::from_std(pause).unwrap_or_default());
}
