//! What is here against what the server lists: UIDs, flags, and what went.

use std::collections::HashSet;

use super::arriving::Wanted;
use super::fetched::FlagRow;
use super::folder::FolderPass;
use super::receive::merged;
use super::reused::{Suspects, Suspicion};
use super::session::{Error, Session, Told};
use crate::model::{PlacementId, Uid};
use crate::protocol::imap::Ask;
use crate::store::{self, Durability, KnownRow};

/// How many rows are looked at together, so that memory does not grow with
/// the folder.
pub(super) const ROWS: usize = 4000;

impl Session {
    /// Compares every UID, flag and size of the folder with what is here.
    pub(super) async fn compare(&mut self, pass: &FolderPass) -> Result<(), Error> {
        self.compare_with(pass, Suspicion::BySize).await
    }

    /// The same, and asks of each message what it is.
    pub(super) async fn compare_all(&mut self, pass: &FolderPass) -> Result<(), Error> {
        // The server never gave these, as it counts now.
        self.unname_from(pass, pass.remote.uid_next).await?;
        self.compare_with(pass, Suspicion::OfAll).await
    }

    async fn compare_with(&mut self, pass: &FolderPass, which: Suspicion) -> Result<(), Error> {
        // Asked before the list, which cannot name what comes into the folder
        // after it.
        let id = pass.id();
        let mut strays = self.store.read(move |r| r.strays(id)).await?;
        let rows = self.list().await?;
        let exists = self.conn.exists();
        let suspects = self.suspects(pass, &rows, which).await?;
        // At once: what is done here while headers come is told to the server
        // in between, and these flags do not know of it.
        self.apply_flags_but(pass, &rows, &suspects).await?;
        strays.extend(self.question(pass, &suspects).await?);
        self.bring_in_unknown(pass, &rows).await?;
        // A list that is shorter than what the server says it has must not
        // cost a single message here.
        if rows.len() as u64 == u64::from(exists) {
            self.remove_unlisted(pass, &rows, strays).await
        } else {
            self.notice_short_list(pass, rows.len() as u64);
            Ok(())
        }
    }

    /// Fetches the headers of those of the messages that are not known here.
    pub(super) async fn bring_in_unknown(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
    ) -> Result<(), Error> {
        let id = pass.id();
        let leaving = self.store.read(move |r| r.leaving(id)).await?;
        let leaving: HashSet<Uid> = leaving.into_iter().collect();
        let mut unknown = Vec::new();
        for rows in rows.chunks(ROWS) {
            let known = self.known_among(pass, rows).await?;
            let is_known = |uid: &Uid| known.binary_search_by_key(uid, |row| row.uid).is_ok();
            let uids = rows.iter().map(|row| row.uid);
            unknown.extend(uids.filter(|uid| !is_known(uid) && !leaving.contains(uid)));
        }
        let wanted = Wanted::newest_first(unknown);
        self.bring_in(&pass.row, wanted, Ask::Headers).await
    }

    /// What is known of messages between the first and the last of `rows`,
    /// in the order of UIDs as those are.
    pub(super) async fn known_among(
        &self,
        pass: &FolderPass,
        rows: &[FlagRow],
    ) -> Result<Vec<KnownRow>, Error> {
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else {
            return Ok(Vec::new());
        };
        let (id, first, last) = (pass.id(), first.uid, last.uid);
        let known = self.store.read(move |r| r.known_between(id, first, last));
        Ok(known.await?)
    }

    /// Takes over the server's flags.
    pub(super) async fn apply_flags(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
    ) -> Result<(), Error> {
        self.apply_flags_but(pass, rows, &Suspects::default()).await
    }

    /// The same, but for messages that may be others.
    async fn apply_flags_but(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
        suspects: &Suspects,
    ) -> Result<(), Error> {
        for rows in rows.chunks(ROWS) {
            let known = self.known_among(pass, rows).await?;
            let different: Vec<(PlacementId, FlagRow)> = rows
                .iter()
                .filter_map(|row| {
                    let at = known.binary_search_by_key(&row.uid, |known| known.uid);
                    let known = known.get(at.ok()?)?;
                    let same = known.flags == row.flags && known.keywords == row.keywords.join(" ");
                    let sure = !suspects.contains(row.uid);
                    (!same && sure).then(|| (known.placement, row.clone()))
                })
                .collect();
            if !different.is_empty() {
                self.change_flags(pass, different).await?;
            }
        }
        Ok(())
    }

    async fn change_flags(
        &mut self,
        pass: &FolderPass,
        different: Vec<(PlacementId, FlagRow)>,
    ) -> Result<(), Error> {
        let changed = self
            .store
            .write(Durability::Crash, move |w| {
                let mut changed = Vec::new();
                for (placement, row) in different {
                    let before = match w.read().placement(placement) {
                        Ok(row) => row,
                        // Removed here since it was read.
                        Err(store::Error::NotFound) => continue,
                        Err(error) => return Err(error),
                    };
                    let pending = w.read().pending_marks(placement)?;
                    let (flags, keywords) = merged(row.flags, &row.keywords, &pending);
                    if before.flags != flags || before.keywords != keywords {
                        w.set_flags(placement, flags, &keywords)?;
                        changed.push(placement);
                    }
                }
                Ok(changed)
            })
            .await?;
        self.report(&pass.row.folder.path).changed += changed.len() as u64;
        if !changed.is_empty() {
            self.told(Told::Rows(changed));
            self.told(Told::Folders);
        }
        Ok(())
    }

    /// Removes what a complete list does not name.
    async fn remove_unlisted(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
        strays: Vec<PlacementId>,
    ) -> Result<(), Error> {
        let (id, next) = (pass.id(), pass.remote.uid_next);
        let mut gone = Vec::new();
        let mut after = None;
        loop {
            let known = self
                .store
                .read(move |r| r.known_after(id, after, ROWS))
                .await?;
            let Some(last) = known.last() else { break };
            after = Some(last.uid);
            // What was moved here during the pass came after the list.
            let listed = |uid: Uid| next == 0 || uid.get() < next;
            let there = |uid: &Uid| rows.binary_search_by_key(uid, |row| row.uid).is_ok();
            let unlisted = known
                .iter()
                .filter(|row| listed(row.uid) && !there(&row.uid));
            gone.extend(unlisted.map(|row| row.placement));
        }
        let removed = self
            .store
            .write(Durability::Crash, move |w| {
                // Rows that no message of the server matched.
                let mut unmatched = w.read().strays(id)?;
                unmatched.retain(|row| strays.contains(row));
                for placement in &unmatched {
                    w.remove_placement(*placement)?;
                }
                Ok(unmatched.len() as u64)
            })
            .await?;
        self.gone(pass, removed);
        self.remove(pass, gone).await
    }

    /// Removes messages that the server no longer has.
    pub(super) async fn remove(
        &mut self,
        pass: &FolderPass,
        gone: Vec<PlacementId>,
    ) -> Result<(), Error> {
        if gone.is_empty() {
            return Ok(());
        }
        let id = pass.id();
        let removed = self
            .store
            .write(Durability::Crash, move |w| {
                let mut removed = 0;
                for placement in gone {
                    // Moved elsewhere here since it was read: that is another
                    // folder's matter now.
                    let row = w.read().placement(placement);
                    if row.is_ok_and(|row| row.folder == id) {
                        w.remove_placement(placement)?;
                        removed += 1;
                    }
                }
                Ok(removed)
            })
            .await?;
        self.gone(pass, removed);
        Ok(())
    }

    fn gone(&mut self, pass: &FolderPass, removed: u64) {
        self.report(&pass.row.folder.path).removed += removed;
        if removed > 0 {
            self.told(Told::Content(pass.id()));
            self.told(Told::Folders);
        }
    }
}
