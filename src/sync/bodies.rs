//! The messages themselves, byte for byte: newest first, the inbox before all.

use std::sync::Arc;
use std::time::Instant;

use super::arriving::Wanted;
use super::batches::pieces;
use super::fetched::BIG;
use super::keep::{Bodies, keep_bodies, keep_large};
use super::session::{Error, Need, Session, Told, Wish};
use crate::model::{Folder, FolderRole, Prefetch};
use crate::protocol::imap::Ask;
use crate::store::{FolderRow, Unfetched, WantedBodies};

/// How much one FETCH asks for: little enough that a message the person opens
/// does not wait behind it.
pub(super) const CHUNK_BYTES: u64 = 1 << 20;
const CHUNK_MESSAGES: usize = 250;

/// How many messages are planned together, so that memory does not grow with
/// the folder.
const PAGE: usize = 2000;

impl Session {
    /// Fetches every body that is wanted before anybody asks for it, and is
    /// not here yet.
    pub(super) async fn bodies(&mut self, only: Option<&str>) -> Result<(), Error> {
        let Some(policy) = self.prefetch() else {
            return Ok(());
        };
        let account = self.account;
        let lacking = self
            .store
            .read(move |r| r.folders_lacking_bodies(account, &policy))
            .await?;
        // Inboxes come first.
        for (row, wanted) in &lacking {
            let path = &row.folder.path;
            if only.is_none_or(|only| only == path) {
                let result = self.bodies_of_folder(row, *wanted).await;
                self.keep_going(path, result)?;
            }
        }
        Ok(())
    }

    /// Whether every message of a folder is fetched unasked, also those that
    /// fill a small folder by themselves. Not of one that only shows what lies
    /// in others, where headers tell which of them are here already.
    pub(super) fn wants_whole(&self, folder: &Folder, small: u64) -> bool {
        let shows_others = matches!(folder.role, Some(FolderRole::All | FolderRole::Flagged));
        if shows_others && self.conn.capabilities().identifies_messages() {
            return false;
        }
        self.prefetch().is_some_and(|policy| {
            policy.of(folder) == Prefetch::Everything && policy.largest() >= small
        })
    }

    async fn bodies_of_folder(
        &mut self,
        row: &FolderRow,
        bodies: WantedBodies,
    ) -> Result<(), Error> {
        let began = Instant::now();
        let id = row.folder.id;
        let mut before = None;
        loop {
            let page = self
                .store
                .read(move |r| r.unfetched(id, bodies, before, PAGE))
                .await?;
            // What the server leaves out is asked for again in the next pass,
            // not in this one.
            let Some(last) = page.last() else { break };
            before = Some((last.date, last.placement));
            self.select_if_needed(row).await?;
            let (big, usual): (Vec<_>, Vec<_>) = page.into_iter().partition(|m| m.size > BIG);
            let pieces = chunks(&usual, CHUNK_BYTES, |m| m.size)
                .map(|piece| piece.iter().map(|m| m.uid).collect());
            let wanted = Wanted::Uids(pieces.collect());
            self.bring_bodies(row, wanted, by_uid(&usual)).await?;
            for message in big {
                self.serve_urgent(Some(row)).await?;
                let bytes = self.big_body(&message).await?;
                self.report(&row.folder.path).bytes += bytes;
            }
        }
        self.report(&row.folder.path).time += began.elapsed();
        Ok(())
    }

    /// Fetches one message now, or what is needed of it: somebody wants to
    /// read it.
    pub(crate) async fn body_now(&mut self, wish: Wish) -> Result<(), Error> {
        let placement = wish.placement;
        let (folder, row) = self
            .store
            .read(move |r| {
                let row = r.placement(placement)?;
                Ok((r.folder(row.folder)?, row))
            })
            .await?;
        // It may have come while somebody waited.
        let Some(uid) = row.uid.filter(|_| row.sha256.is_none()) else {
            return Ok(());
        };
        self.select_if_needed(&folder).await?;
        let (email, size) = (row.email, row.size);
        let wanted = Unfetched {
            placement,
            email,
            uid,
            size,
            date: 0,
        };
        let enough = match wish.need {
            Need::Text => self.skeleton(&wanted).await?,
            Need::Parts(paths) => self.parts(&wanted, &folder, &paths).await?,
            Need::Whole => false,
        };
        if enough {
            return Ok(());
        }
        if size > BIG {
            self.big_body(&wanted).await?;
            return Ok(());
        }
        let messages = self.messages(&[uid], Ask::Whole).await?;
        let bodies = by_uid(&[wanted]);
        keep_bodies(self.store.clone(), self.account, bodies, messages).await?;
        self.told(Told::Rows(vec![placement]));
        Ok(())
    }

    /// Fetches a message piece by piece.
    async fn big_body(&mut self, wanted: &Unfetched) -> Result<u64, Error> {
        let Some(message) = self.big_message(wanted.uid, wanted.size).await? else {
            return Ok(0);
        };
        let kept = keep_large(self.store.clone(), self.account, wanted, message).await?;
        self.told(Told::Rows(kept.rows));
        Ok(kept.bytes)
    }

    pub(super) async fn select_if_needed(&mut self, row: &FolderRow) -> Result<(), Error> {
        if self.selected.as_deref() == Some(row.remote_name.as_str()) {
            return Ok(());
        }
        let selected = self.select(&row.remote_name).await?;
        if Some(selected.uid_validity) == row.state.uid_validity {
            Ok(())
        } else {
            // The UIDs in hand are of another generation: the next pass
            // matches anew; asking with them would fetch strangers.
            self.selected = None;
            Err(Error::Renumbered {
                folder: row.folder.path.clone(),
            })
        }
    }
}

fn by_uid(wanted: &[Unfetched]) -> Bodies {
    let row = |message: &Unfetched| (message.uid, (message.placement, message.email));
    Arc::new(wanted.iter().map(row).collect())
}

/// Cuts a list of messages by count and by their sizes.
pub(super) fn chunks<T>(
    wanted: &[T],
    most: u64,
    size: impl Fn(&T) -> u64,
) -> impl Iterator<Item = &[T]> {
    pieces(wanted, CHUNK_MESSAGES, most, size)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EmailId, PlacementId, Uid};

    fn sized(sizes: &[u64]) -> Vec<Unfetched> {
        let message = |(n, size): (usize, &u64)| Unfetched {
            placement: PlacementId(n as i64),
            email: EmailId(n as i64),
            uid: Uid::new(n as u32 + 1).unwrap(),
            size: *size,
            date: 0,
        };
        sizes.iter().enumerate().map(message).collect()
    }

    #[test]
    fn chunks_hold_everything_once_and_a_giant_goes_alone() {
        let wanted = sized(&[10, CHUNK_BYTES * 3, 20, 30, CHUNK_BYTES, 40]);
        let lengths: Vec<usize> = chunks(&wanted, CHUNK_BYTES, |m| m.size)
            .map(<[_]>::len)
            .collect();
        assert_eq!(lengths, [1, 1, 2, 1, 1]);
        assert_eq!(
            chunks(&sized(&[1; 600]), CHUNK_BYTES, |m| m.size)
                .map(<[_]>::len)
                .collect::<Vec<_>>(),
            [250, 250, 100]
        );
        assert_eq!(chunks(&[], CHUNK_BYTES, |m: &Unfetched| m.size).count(), 0);
    }
}
