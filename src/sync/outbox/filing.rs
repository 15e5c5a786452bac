//! What left goes out of the outbox and into Sent.

use super::Settled;
use crate::Error as EngineError;
use crate::model::{
    ComposeMode, Flag, FlagChange, Flags, FolderId, FolderRole, OutboxItem, PlacementId, SendState,
};
use crate::store::{self, Durability, NewEmail, NewPlacement, OutboxRow, PackedRaw, Store, Write};
use crate::sync::receive::Arrived;
use crate::sync::session::Error;

/// Some have it, or all: out of the outbox (where nobody waits for it any
/// more) and into Sent in one step, so that no crash between the two can
/// double or lose it.
pub(super) async fn left(
    store: &Store,
    row: &OutboxRow,
    item: OutboxItem,
    raw: Vec<u8>,
    why: Option<EngineError>,
) -> Result<Settled, Error> {
    let mut folders = Vec::new();
    let mut rows = Vec::new();
    if row.filed {
        let kept = item.clone();
        store
            .write(Durability::PowerCut, move |w| leave_or_wait(w, &kept))
            .await?;
    } else {
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
        let (kept, origin) = (item.clone(), row.origin);
        let has_bcc = !row.bcc.is_empty();
        (folders, rows) = store
            .write(Durability::PowerCut, move |w| {
                leave_or_wait(w, &kept)?;
                let flags = std::iter::once(Flag::Seen).collect();
                let copy = file_locally(w, FolderRole::Sent, &described, &packed, flags)?;
                let copy = w.read().placement(copy)?;
                w.note_sent_copy(&copy, has_bcc)?;
                let mut folders = vec![copy.folder];
                let rows = mark_origin(w, origin, &mut folders)?;
                Ok((folders, rows))
            })
            .await?;
    }
    Ok(Settled {
        item,
        folders,
        rows,
        error: why,
    })
}

/// Those who have it never get it again: the copy in Sent is made by now.
fn leave_or_wait(w: &Write<'_>, item: &OutboxItem) -> store::Result<()> {
    if item.state == SendState::Sent {
        return w.remove_from_outbox(item.id);
    }
    w.update_outbox(item)?;
    w.set_handed(item.id, false)?;
    w.set_unreached(item.id, false)?;
    w.set_filed(item.id)
}

/// The message that was answered or forwarded says so; a draft goes.
pub(super) fn mark_origin(
    w: &Write<'_>,
    origin: Option<(ComposeMode, PlacementId)>,
    folders: &mut Vec<FolderId>,
) -> store::Result<Vec<PlacementId>> {
    let Some((mode, origin)) = origin else {
        return Ok(Vec::new());
    };
    let Ok(row) = w.read().placement(origin) else {
        return Ok(Vec::new());
    };
    let flag = |flag| FlagChange { flag, on: true };
    match mode {
        ComposeMode::Reply | ComposeMode::ReplyAll => w.change_flag(&row, flag(Flag::Answered))?,
        ComposeMode::Forward => w.change_flag(&row, flag(Flag::Forwarded))?,
        ComposeMode::EditDraft => {
            w.change_to_gone(&row)?;
            folders.push(row.folder);
        }
        ComposeMode::New => {}
    }
    Ok(vec![origin])
}

/// The copy in Sent names the hidden recipients; the sent message never did.
pub(super) fn with_bcc(bcc: &[String], raw: Vec<u8>) -> Vec<u8> {
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
    let (email, _) = w.add_whole_email(described, packed)?;
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
