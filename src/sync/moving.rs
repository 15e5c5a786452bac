//! Moving on the server: in one step where it can (RFC 6851), else by copying,
//! marking and removing, of which each may be the last that was done before
//! the line broke.

use super::session::{Error, Session};
use crate::model::{FolderId, Uid};
use crate::store::{Durability, FolderRow, PendingOp};

/// Old and new UIDs, as far as they are known.
type Pairs = Vec<(Uid, Uid)>;

impl Session {
    /// Moves the messages of these ops from the selected folder `from`.
    pub(super) async fn move_on_server(
        &mut self,
        batch: &[PendingOp],
        from: &FolderRow,
        to: &FolderRow,
    ) -> Result<Pairs, Error> {
        let uids: Vec<Uid> = batch.iter().filter_map(|op| op.uid).collect();
        if self.conn.capabilities().moves() {
            return Ok(self.conn.move_messages(&uids, &to.remote_name).await?.pairs);
        }
        let mut pairs = self.copied_before(batch, from, to).await?;
        let copied: Vec<Uid> = pairs.iter().map(|(old, _)| *old).collect();
        let mut rest = uids.clone();
        rest.retain(|uid| !copied.contains(uid));
        if !rest.is_empty() {
            self.count_attempts(batch).await?;
            pairs.extend(self.conn.copy_messages(&rest, &to.remote_name).await?.pairs);
        }
        self.conn.store_flags(&uids, &["\\Deleted"], true).await?;
        self.conn.expunge(&uids).await?;
        Ok(pairs)
    }

    /// The copies an earlier try made before the line broke: of that name, in
    /// the target, and newer than all that is known of it.
    async fn copied_before(
        &mut self,
        batch: &[PendingOp],
        from: &FolderRow,
        to: &FolderRow,
    ) -> Result<Pairs, Error> {
        let tried: Vec<PendingOp> = batch.iter().filter(|op| op.attempts > 0).cloned().collect();
        if tried.is_empty() {
            return Ok(Vec::new());
        }
        let named = self
            .store
            .read(move |r| {
                let mut named = Vec::new();
                for op in tried {
                    let name = r
                        .placement(op.placement)
                        .ok()
                        .and_then(|row| row.message_id);
                    named.extend(op.uid.zip(name));
                }
                Ok(named)
            })
            .await?;
        self.select(&to.remote_name).await?;
        let mut pairs = Pairs::new();
        for (old, name) in named {
            let mut found = self.conn.find_message_id(&name.0).await?;
            found.retain(|uid| !pairs.iter().any(|(_, taken)| taken == uid));
            if let Some(new) = self.first_unknown(to, found).await? {
                pairs.push((old, new));
            }
        }
        self.select(&from.remote_name).await?;
        Ok(pairs)
    }

    async fn first_unknown(&self, to: &FolderRow, found: Vec<Uid>) -> Result<Option<Uid>, Error> {
        let (folder, next): (FolderId, u32) = (to.folder.id, to.state.uid_next);
        // Of a folder never read to the end nothing is known to be new: rather
        // two copies than none.
        if next == 0 {
            return Ok(None);
        }
        let unknown = self.store.read(move |r| {
            for uid in found {
                if uid.get() >= next && r.placement_by_uid(folder, uid)?.is_none() {
                    return Ok(Some(uid));
                }
            }
            Ok(None)
        });
        Ok(unknown.await?)
    }

    /// Noted before the server hears of it.
    async fn count_attempts(&self, batch: &[PendingOp]) -> Result<(), Error> {
        let ids: Vec<i64> = batch.iter().map(|op| op.id).collect();
        Ok(self
            .store
            .write(Durability::Crash, move |w| {
                ids.into_iter().try_for_each(|id| w.count_attempt(id))
            })
            .await?)
    }
}
