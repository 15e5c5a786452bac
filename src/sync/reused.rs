//! UIDs that were given to other messages: no server may do it without a new
//! UIDVALIDITY (RFC 9051, 2.3.1.1), and a restored backup does.
//!
//! What gives it away: numbers that ran back, a size that changed, a body that
//! does not belong to its header. The row then loses its UID and is found again
//! by what it is, like one that was moved; the message under the UID is new.

use std::collections::HashMap;

use super::compare::ROWS;
use super::fetched::{FlagRow, Message};
use super::folder::FolderPass;
use super::plan::ran_back;
use super::receive::Arrived;
use super::replay::Readdressed;
use super::session::{Error, Session};
use crate::mime;
use crate::model::{AccountId, PlacementId, Uid};
use crate::protocol::imap::Selected;
use crate::store::{self, Durability, FolderRow, NewEmail, PendingOp, Write};

/// How many messages are asked together what they are.
const STEP: usize = 500;

/// Which messages of a folder may be others than those known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// Those whose size is another one.
    BySize,
    /// All of them.
    OfAll,
}

/// Messages known here that may be others, in the order of UIDs.
#[derive(Debug, Default)]
pub(super) struct Suspects(Vec<(Uid, PlacementId)>);

impl Suspects {
    pub(super) fn contains(&self, uid: Uid) -> bool {
        self.0.binary_search_by_key(&uid, |(uid, _)| *uid).is_ok()
    }
}

impl Session {
    /// Messages that have to be asked what they are.
    pub(super) async fn suspects(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
        which: Suspicion,
    ) -> Result<Suspects, Error> {
        let mut suspects = Suspects::default();
        for rows in rows.chunks(ROWS) {
            let known = self.known_among(pass, rows).await?;
            suspects.0.extend(rows.iter().filter_map(|row| {
                let at = known.binary_search_by_key(&row.uid, |known| known.uid);
                let known = known.get(at.ok()?)?;
                let told = row.size > 0 && known.told_size > 0;
                let odd = which == Suspicion::OfAll || (told && row.size != known.told_size);
                odd.then_some((row.uid, known.placement))
            }));
        }
        Ok(suspects)
    }

    /// Asks messages what they are. The rows of those that are others lose
    /// their UIDs, and are given back.
    pub(super) async fn question(
        &mut self,
        pass: &FolderPass,
        suspects: &Suspects,
    ) -> Result<Vec<PlacementId>, Error> {
        let mut unnamed = Vec::new();
        for piece in suspects.0.chunks(STEP) {
            self.serve_urgent(Some(&pass.row)).await?;
            unnamed.extend(self.question_some(pass, piece).await?);
        }
        if !unnamed.is_empty() {
            let (path, count) = (&pass.row.folder.path, unnamed.len());
            tracing::warn!(path, count, "UIDs were given to other messages");
        }
        Ok(unnamed)
    }

    /// Takes the UIDs from this one on from their rows.
    pub(super) async fn unname_from(&self, pass: &FolderPass, uid: u32) -> Result<(), Error> {
        let (folder, before) = (pass.id(), Uid::new(uid.saturating_sub(1)));
        let unname = move |w: &Write<'_>| {
            loop {
                let known = w.read().known_after(folder, before, ROWS)?;
                if known.is_empty() {
                    return Ok(());
                }
                for row in known {
                    w.unname(row.placement, folder)?;
                }
            }
        };
        Ok(self.store.write(Durability::Crash, unname).await?)
    }

    async fn question_some(
        &mut self,
        pass: &FolderPass,
        piece: &[(Uid, PlacementId)],
    ) -> Result<Vec<PlacementId>, Error> {
        let uids: Vec<Uid> = piece.iter().map(|(uid, _)| *uid).collect();
        let messages = self.headers(&uids).await?;
        // As of now, where the list may know less.
        let flags: Vec<FlagRow> = messages.iter().map(FlagRow::from).collect();
        let rows: HashMap<Uid, PlacementId> = piece.iter().copied().collect();
        let (account, folder) = (self.account, pass.id());
        let described = move || -> Vec<(PlacementId, Uid, NewEmail)> {
            let describe = |message: Message| {
                let row = *rows.get(&message.uid)?;
                Some((row, message.uid, by_header(account, &message)))
            };
            messages.into_iter().filter_map(describe).collect()
        };
        let described = tokio::task::spawn_blocking(described).await?;
        let judge = move |w: &Write<'_>| {
            let mut others = Vec::new();
            for (id, uid, email) in described {
                let row = match w.read().placement(id) {
                    Ok(row) if row.uid == Some(uid) && row.folder == folder => row,
                    // Moved or removed here meanwhile.
                    Ok(_) | Err(store::Error::NotFound) => continue,
                    Err(error) => return Err(error),
                };
                if w.read().describes(row.email, &email)? {
                    w.set_told_size(id, email.size)?;
                } else {
                    w.unname(id, folder)?;
                    others.push(id);
                }
            }
            Ok(others)
        };
        let others = self.store.write(Durability::Crash, judge).await?;
        self.apply_flags(pass, &flags).await?;
        Ok(others)
    }

    /// Before the selected folder is changed: where its numbers ran back, none
    /// of the ops may hit a message it was not meant for. Those whose UIDs are
    /// others' are looked for by name. Gives what can be told then, or nothing
    /// where all is well.
    pub(super) async fn find_meant(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        selected: &Selected,
    ) -> Result<Option<Readdressed>, Error> {
        let uid_next = selected.uid_next.unwrap_or(0);
        if !ran_back(&row.state, uid_next, selected.highest_modseq) {
            return Ok(None);
        }
        let uids: Vec<Uid> = batch.iter().filter_map(|op| op.uid).collect();
        let messages = self.headers(&uids).await?;
        let is_meant = |op: &PendingOp| {
            let message = messages.iter().find(|message| Some(message.uid) == op.uid);
            message.is_some_and(|message| match &op.message_id {
                Some(_) => mime::headers_of(&message.bytes).message_id == op.message_id,
                None => message.size == op.size,
            })
        };
        let (meant, others): (Vec<PendingOp>, _) = batch.iter().cloned().partition(is_meant);
        if others.is_empty() {
            return Ok(None);
        }
        let mut found = self.readdress(&others, row, selected.uid_validity).await?;
        found.extend(meant.iter().map(|op| op.id));
        Ok(Some(found))
    }
}

impl From<&Message> for FlagRow {
    fn from(message: &Message) -> Self {
        Self {
            uid: message.uid,
            flags: message.flags,
            keywords: message.keywords.clone(),
            size: message.size,
        }
    }
}

fn by_header(account: AccountId, message: &Message) -> NewEmail {
    let arrived = Arrived {
        account,
        received: message.received,
        size: message.size,
    };
    arrived.by_header(&message.bytes)
}
