//! Removing messages for good on the server.

use super::replay::Readdressed;
use super::session::{Error, Session, Told};
use crate::model::{Flag, Uid};
use crate::store::{Change, Durability, FolderRow, PendingOp, Write};

impl Session {
    /// Removes the messages of these ops from the selected folder.
    pub(super) async fn expunge(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
    ) -> Result<(), Error> {
        let batch = self.begin(batch, 0).await?;
        let single = self.conn.capabilities().uid_plus();
        let uids: Vec<Uid> = batch
            .iter()
            // Marked before: whoever took the mark away wants to keep it.
            .filter(|op| single || !op.marked)
            .filter_map(|op| op.uid)
            .collect();
        if !uids.is_empty() {
            self.conn
                .store_flags(&uids, &[Flag::Deleted.imap()], true)
                .await?;
        }
        if single {
            self.conn.expunge(&uids).await?;
            return self.drop_ops(&batch).await;
        }
        let marked = batch.clone();
        self.store
            .write(Durability::Crash, move |w| w.note_marked(&marked))
            .await?;
        self.expunge_if_all_ours(&batch, row).await
    }

    /// A server without UIDPLUS removes whatever is marked `\Deleted`, by
    /// whomever. So it is asked only when all of that is ours; until then our
    /// messages stay marked there and hidden here.
    async fn expunge_if_all_ours(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
    ) -> Result<(), Error> {
        let id = row.folder.id;
        let ours = self.store.read(move |r| r.to_be_expunged(id)).await?;
        let marked = self.conn.find_deleted().await?;
        let is_there = |op: &PendingOp| op.uid.is_some_and(|uid| marked.contains(&uid));
        if marked.iter().any(|uid| !ours.contains(uid)) {
            let mut settled = batch.to_vec();
            settled.retain(|op| !is_there(op));
            return self.drop_ops(&settled).await;
        }
        if batch.iter().any(is_there) {
            self.conn.expunge_all_marked().await?;
        }
        self.drop_ops(batch).await
    }

    /// Finds a message that no row here stands for any more, by its name, so
    /// that the next command can name it.
    pub(super) async fn find_by_name(
        &mut self,
        op: &PendingOp,
        row: &FolderRow,
    ) -> Result<Readdressed, Error> {
        let selected = self.select(&row.remote_name).await?;
        let mut found = match &op.message_id {
            Some(name) => self.conn.find_message_id(&name.0).await?,
            None => Vec::new(),
        };
        found.retain(|uid| uid.get() >= op.target_next);
        if !found.is_empty() {
            found = self.of_size(found, op.size).await?;
        }
        let (folder, removes) = (row.folder.id, op.change == Change::Expunge);
        let unsure = removes && op.target_next == 0;
        let known = self
            .store
            .read(move |r| {
                let mut known = Vec::with_capacity(found.len());
                for uid in found {
                    known.push((uid, r.placement_by_uid(folder, uid)?));
                }
                Ok(known)
            })
            .await?;
        // Of a folder never read to the end nobody knows which message of that
        // name is meant: one that is shown here is not removed.
        let wanted = known
            .into_iter()
            .filter(|(_, row)| !unsure || row.is_none())
            .max_by_key(|(uid, row)| (row.is_none(), *uid));
        let Some((uid, double)) = wanted else {
            self.drop_ops(std::slice::from_ref(op)).await?;
            return Ok(Vec::new());
        };
        let (id, validity) = (op.id, selected.uid_validity);
        let write = move |w: &Write<'_>| {
            w.renumber_op(id, uid, validity)?;
            match double.filter(|_| removes) {
                // A pass met it before it was known to be meant.
                Some(double) => w.remove_placement(double),
                None => Ok(()),
            }
        };
        self.store.write(Durability::Crash, write).await?;
        if removes && double.is_some() {
            self.told(Told::Content(folder));
            self.told(Told::Folders);
        }
        Ok(vec![id])
    }
}
