//! Sending what waits, and filing it in Sent: once each.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::receive::Arrived;
use super::session::Error;
use crate::model::{
    AccountId, ComposeMode, Flag, FlagChange, Flags, FolderId, FolderRole, OutboxItem, PlacementId,
    SendState,
};
use crate::protocol::smtp::{Outcome, State};
use crate::store::{self, Durability, NewEmail, NewPlacement, OutboxRow, PackedRaw, Store, Write};
use crate::{Error as EngineError, ErrorKind};

/// How long to wait before the second, third, … try. The last one is repeated.
const PAUSES: [Duration; 5] = [
    Duration::from_secs(30),
    Duration::from_secs(2 * 60),
    Duration::from_secs(10 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(60 * 60),
];

/// A refused password repeated locks accounts: the message goes at once when a
/// new one is given, and otherwise waits this long.
const NEW_PASSWORD: Duration = Duration::from_secs(24 * 60 * 60);

/// After how many tries a passing trouble is no longer taken for one: about
/// two days.
const TRIES: u32 = 48;

/// At the start: what was on the wire when the program ended may have left.
pub(crate) async fn settle_interrupted(store: &Store) -> store::Result<()> {
    store
        .write(Durability::PowerCut, |w| {
            for row in w.read().outbox(None)? {
                if row.item.state == SendState::Sending {
                    let item = OutboxItem {
                        state: SendState::Uncertain,
                        last_error: Some(UNCERTAIN.to_owned()),
                        next_attempt: None,
                        ..row.item
                    };
                    w.update_outbox(&item)?;
                }
            }
            Ok(())
        })
        .await
}

const UNCERTAIN: &str = "The connection ended before the server confirmed this message. It may have \
                         been delivered. Send it again only if it did not arrive.";

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
                    let item = OutboxItem {
                        next_attempt: None,
                        ..row.item
                    };
                    w.update_outbox(&item)?;
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

/// Notes that a message goes on the wire now: from here on its fate is
/// uncertain until the server answers. Nothing when it is no longer waiting.
pub(crate) async fn begin(store: &Store, row: &OutboxRow) -> store::Result<Option<Vec<u8>>> {
    let id = row.item.id;
    store
        .write(Durability::PowerCut, move |w| {
            let mut item = match w.read().outbox_item(id) {
                Ok(row) => row.item,
                Err(store::Error::NotFound) => return Ok(None),
                Err(error) => return Err(error),
            };
            if item.state != SendState::Waiting {
                return Ok(None);
            }
            item.state = SendState::Sending;
            item.attempts += 1;
            w.update_outbox(&item)?;
            w.read().outbox_raw(id).map(Some)
        })
        .await
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

/// Notes what the server at `place` answered.
pub(crate) async fn settle(
    store: &Store,
    row: &OutboxRow,
    raw: Vec<u8>,
    place: &str,
    answer: Result<Outcome, EngineError>,
) -> Result<Settled, Error> {
    let mut item = row.item.clone();
    item.attempts += 1;
    let mut why = None;
    let unreached = answer.as_ref().is_err_and(is_about_the_way);
    match answer {
        Ok(outcome) => {
            let refusal = outcome.refusal(place);
            item.recipients = outcome.recipients;
            match (outcome.state, refusal) {
                (State::Sent, _) => return sent(store, row, item, raw).await,
                (_, Some(error)) => {
                    postpone(&mut item, &error);
                    why = Some(error);
                }
                (_, None) => {
                    item.state = SendState::Uncertain;
                    item.last_error = Some(UNCERTAIN.to_owned());
                    item.next_attempt = None;
                }
            }
        }
        Err(error) => {
            postpone(&mut item, &error);
            why = Some(error);
        }
    }
    let kept = item.clone();
    store
        .write(Durability::PowerCut, move |w| {
            w.update_outbox(&kept)?;
            w.set_unreached(kept.id, unreached)
        })
        .await?;
    Ok(Settled {
        item,
        folders: Vec::new(),
        rows: Vec::new(),
        error: why,
    })
}

/// A passing trouble is tried again later, by itself; a lasting one stays for
/// the person to decide.
fn postpone(item: &mut OutboxItem, error: &EngineError) {
    item.last_error = Some(error.to_string());
    // A refused or locked password waits for the person; nothing is wrong with
    // the mail.
    let passing =
        error.is_transient() || matches!(error.kind(), ErrorKind::Auth | ErrorKind::Secrets);
    if passing && item.attempts < TRIES {
        let pause = if error.is_transient() {
            let pause = PAUSES.get(item.attempts.saturating_sub(1) as usize);
            pause.or(PAUSES.last()).copied().unwrap_or_default()
        } else {
            NEW_PASSWORD
        };
        item.state = SendState::Waiting;
        item.next_attempt = Some(Utc::now() + TimeDelta::from_std(pause).unwrap_or_default());
    } else {
        item.state = SendState::Failed;
        item.next_attempt = None;
    }
}

/// It left: out of the outbox and into Sent in one step, so that no crash
/// between the two can double or lose it.
async fn sent(
    store: &Store,
    row: &OutboxRow,
    mut item: OutboxItem,
    raw: Vec<u8>,
) -> Result<Settled, Error> {
    item.state = SendState::Sent;
    item.last_error = None;
    item.next_attempt = None;
    let raw = with_bcc(&row.bcc, raw);
    let account = item.account;
    let (packed, described) = tokio::task::spawn_blocking(move || {
        let arrived = Arrived {
            account,
            received: None,
            size: raw.len() as u64,
        };
        PackedRaw::new(&raw).map(|packed| (packed, arrived.whole(&raw)))
    })
    .await??;
    let (id, origin) = (item.id, row.origin);
    let (folders, rows) = store
        .write(Durability::PowerCut, move |w| {
            w.remove_from_outbox(id)?;
            let flags = std::iter::once(Flag::Seen).collect();
            let kept = file_locally(w, FolderRole::Sent, &described, &packed, flags)?;
            let mut folders = vec![w.read().placement(kept)?.folder];
            let mut rows = Vec::new();
            if let Some((mode, origin)) = origin
                && let Ok(row) = w.read().placement(origin)
            {
                let flag = |flag| FlagChange { flag, on: true };
                match mode {
                    ComposeMode::Reply | ComposeMode::ReplyAll => {
                        w.change_flag(&row, flag(Flag::Answered))?;
                    }
                    ComposeMode::Forward => w.change_flag(&row, flag(Flag::Forwarded))?,
                    ComposeMode::EditDraft => {
                        w.change_to_gone(&row)?;
                        folders.push(row.folder);
                    }
                    ComposeMode::New => {}
                }
                rows.push(origin);
            }
            Ok((folders, rows))
        })
        .await?;
    Ok(Settled {
        item,
        folders,
        rows,
        error: None,
    })
}

/// The copy in Sent names the hidden recipients; the sent message never did.
fn with_bcc(bcc: &[String], raw: Vec<u8>) -> Vec<u8> {
    if bcc.is_empty() {
        return raw;
    }
    let mut copy = format!("Bcc: {}\r\n", bcc.join(",\r\n ")).into_bytes();
    copy.extend(raw);
    copy
}

/// Puts a message written here into a folder, and queues its upload.
pub(crate) fn file_locally(
    w: &Write<'_>,
    role: FolderRole,
    described: &NewEmail,
    packed: &PackedRaw,
    flags: Flags,
) -> store::Result<PlacementId> {
    let folder = w.folder_for(described.account, role)?.folder;
    // The folders may be another account's.
    let described = &NewEmail {
        account: folder.account,
        ..described.clone()
    };
    let email = w.add_email(described)?;
    let email = w.complete_email(email, described, packed)?;
    let placement = w.add_placement(&NewPlacement {
        email,
        folder: folder.id,
        uid: None,
        flags,
        keywords: Vec::new(),
        date: described.date.timestamp(),
    })?;
    w.queue_append(placement)?;
    Ok(placement)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{MessageId, OutboxId};

    fn item(attempts: u32) -> OutboxItem {
        OutboxItem {
            id: OutboxId(1),
            account: AccountId(1),
            message_id: MessageId("a@b".into()),
            subject: String::new(),
            recipients: vec![],
            state: SendState::Sending,
            attempts,
            last_error: None,
            next_attempt: None,
        }
    }

    #[test]
    fn passing_trouble_waits_longer_each_time_and_lasting_trouble_stops() {
        let offline = EngineError::new(ErrorKind::Offline, "No network.");
        let mut pauses = Vec::new();
        for attempts in 1..=7 {
            let mut item = item(attempts);
            postpone(&mut item, &offline);
            assert_eq!(item.state, SendState::Waiting);
            let pause = item.next_attempt.unwrap() - Utc::now();
            pauses.push((pause.num_seconds() + 1) / 30 * 30);
        }
        assert_eq!(pauses, [30, 120, 600, 1800, 3600, 3600, 3600]);
        let mut locked = item(1);
        postpone(&mut locked, &EngineError::new(ErrorKind::Secrets, "No."));
        assert_eq!(locked.state, SendState::Waiting);
        let mut locked = item(1);
        postpone(&mut locked, &EngineError::new(ErrorKind::Auth, "Refused."));
        assert_eq!(locked.state, SendState::Waiting);
        assert!(locked.next_attempt.unwrap() - Utc::now() > TimeDelta::hours(23));
        let mut last = item(TRIES);
        postpone(&mut last, &offline);
        assert_eq!(last.state, SendState::Failed);
        let mut refused = item(1);
        postpone(&mut refused, &EngineError::new(ErrorKind::Server, "No."));
        assert_eq!(refused.state, SendState::Failed);
        assert_eq!(refused.last_error.as_deref(), Some("No."));
    }

    #[tokio::test]
    async fn a_new_password_frees_what_failed_and_not_what_is_held_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let later = Utc::now() + TimeDelta::hours(1);
        let new = move |name: &str| store::NewOutbox {
            account: AccountId(1),
            message_id: MessageId(name.into()),
            subject: name.into(),
            mail_from: "a@x".into(),
            recipients: vec!["b@x".into()],
            bcc: vec![],
            raw: vec![],
            not_before: later,
            origin: None,
        };
        store
            .write(Durability::Crash, move |w| {
                w.add_to_outbox(&new("held"))?;
                let failed = w.add_to_outbox(&new("failed"))?;
                let item = OutboxItem {
                    attempts: 1,
                    ..w.read().outbox_item(failed)?.item
                };
                w.update_outbox(&item)
            })
            .await
            .unwrap();
        assert!(due(&store, AccountId(1)).await.unwrap().is_empty());
        try_again_now(&store, AccountId(1)).await.unwrap();
        let due = due(&store, AccountId(1)).await.unwrap();
        let names: Vec<_> = due.iter().map(|row| row.item.subject.as_str()).collect();
        assert_eq!(names, ["failed"]);
    }

    #[tokio::test]
    async fn the_network_frees_what_it_held_up_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let account = AccountId(1);
        let mut rows = Vec::new();
        for name in ["unreached", "refused for now", "held"] {
            let new = store::NewOutbox {
                account,
                message_id: MessageId(name.into()),
                subject: name.into(),
                mail_from: "a@x".into(),
                recipients: vec!["b@x".into()],
                bcc: vec![],
                raw: vec![],
                not_before: Utc::now() + TimeDelta::hours(1),
                origin: None,
            };
            let write = store.write(Durability::Crash, move |w| {
                let id = w.add_to_outbox(&new)?;
                w.read().outbox_item(id)
            });
            rows.push(write.await.unwrap());
        }
        for (row, kind) in rows.iter().zip([ErrorKind::Offline, ErrorKind::Temporary]) {
            let failure = Err(EngineError::new(kind, "Not now."));
            settle(&store, row, vec![], "mail:465", failure)
                .await
                .unwrap();
        }
        assert!(due(&store, account).await.unwrap().is_empty());
        assert!(try_unreached_now(&store, account).await.unwrap());
        let due = due(&store, account).await.unwrap();
        let names: Vec<_> = due.iter().map(|row| row.item.subject.as_str()).collect();
        assert_eq!(names, ["unreached"]);
        assert!(!try_unreached_now(&store, account).await.unwrap());
    }

    #[test]
    fn only_the_kept_copy_names_hidden_recipients() {
        let copy = with_bcc(
            &["a@x".into(), "b@x".into()],
            b"Subject: s\r\n\r\nb".to_vec(),
        );
        assert_eq!(copy, b"Bcc: a@x,\r\n b@x\r\nSubject: s\r\n\r\nb");
        assert_eq!(with_bcc(&[], b"x".to_vec()), b"x");
    }
}
