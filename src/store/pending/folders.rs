//! Whole folders: made, renamed, removed; here first, then on the server.
//!
//! `folder.path` is what a person sees and changes at once;
//! `folder.remote_name` is what the server calls it now and changes when the
//! server was told. So everything queued before a renaming still finds its
//! folder.

use rusqlite::params;

use super::{About, Change, FolderChange};
use crate::model::{AccountId, FolderId, FolderRole, PlacementId};
use crate::store::folder::below_inbox;
use crate::store::{FolderRow, NewFolder, Read, Result, SyncState, Write};

impl Read<'_> {
    /// What separates the levels of an account's folder names on its server,
    /// where that is known.
    pub(crate) fn delimiter(&self, account: AccountId) -> Result<Option<char>> {
        let text: String = self
            .mail
            .prepare_cached("SELECT coalesce(max(delimiter), '') FROM folder WHERE account = ?1")?
            .query_row([account.0], |row| row.get(0))?;
        Ok(text.chars().next())
    }

    /// Folders deleted here that the server still has: id and its name for it.
    pub(crate) fn gone_folders(&self, account: AccountId) -> Result<Vec<(FolderId, String)>> {
        let mut statement = self
            .mail
            .prepare_cached("SELECT id, remote_name FROM folder WHERE account = ?1 AND gone = 1")?;
        let rows =
            statement.query_map([account.0], |row| Ok((FolderId(row.get(0)?), row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// A folder and those below it, the deepest first.
    pub(crate) fn folder_tree(&self, root: &FolderRow) -> Result<Vec<FolderRow>> {
        let below = format!("{}/", root.folder.path);
        let mut rows = self.folders(Some(root.folder.account))?;
        rows.retain(|row| row.folder.id == root.folder.id || row.folder.path.starts_with(&below));
        rows.sort_by_key(|row| std::cmp::Reverse(row.folder.depth()));
        Ok(rows)
    }

    /// The path a folder of that name gets at the top of an account: some
    /// servers keep everything below the inbox.
    pub(crate) fn top_path(&self, account: AccountId, path: &str) -> Result<String> {
        let folders = self.folders(Some(account))?;
        Ok(match below_inbox(&folders) {
            Some(_) if !path.starts_with("INBOX/") => format!("INBOX/{path}"),
            _ => path.to_owned(),
        })
    }

    /// The server's names of folders whose subscription it is yet to be told of.
    fn subscribing(&self, account: AccountId) -> Result<Vec<String>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT f.remote_name FROM pending_op o JOIN folder f ON f.id = o.folder
             WHERE o.account = ?1 AND o.kind = 'subscribe'",
        )?;
        let rows = statement.query_map([account.0], |row| row.get(0))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    fn waits_to_be_renamed(&self, account: AccountId) -> Result<bool> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM pending_op WHERE account = ?1 AND kind = 'rename')",
            )?
            .query_row([account.0], |row| row.get(0))?)
    }
}

impl Write<'_> {
    /// Notes what separates the levels of folder names on the server.
    pub(crate) fn set_delimiter(&self, account: AccountId, delimiter: char) -> Result<()> {
        self.mail
            .prepare_cached(
                "UPDATE folder SET delimiter = ?2 WHERE account = ?1 AND delimiter <> ?2",
            )?
            .execute(params![account.0, delimiter.to_string()])?;
        Ok(())
    }

    /// Makes a folder here, and queues it for the server.
    pub(crate) fn create_folder(&self, account: AccountId, path: &str) -> Result<FolderId> {
        self.mail
            .prepare_cached("INSERT INTO folder (account, path, remote_name) VALUES (?1, ?2, '')")?
            .execute(params![account.0, path])?;
        let id = FolderId(self.mail.last_insert_rowid());
        let path = path.to_owned();
        let change = Change::Folder(FolderChange::Create { path });
        self.queue(&About::folder(account, id), &change)?;
        Ok(id)
    }

    /// Renames a folder with those below it here, and queues it for the server.
    pub(crate) fn rename_folder(&self, row: &FolderRow, to: &str, deletes: bool) -> Result<()> {
        let (account, id) = (row.folder.account, row.folder.id);
        self.set_path(row, to)?;
        // The last wish about this folder counts, if nothing was queued since
        // that may depend on it.
        let last = self.read().one_op("account = ?1", params![account.0])?;
        if let Some(op) = last.filter(|op| op.folder == id && op.attempts == 0)
            && let Change::Folder(FolderChange::Rename { was, .. }) = &op.change
        {
            self.drop_op(op.id)?;
            if was == to {
                return Ok(());
            }
            return self.queue_rename(account, id, was, to, deletes);
        }
        self.queue_rename(account, id, &row.folder.path, to, deletes)
    }

    fn queue_rename(
        &self,
        account: AccountId,
        id: FolderId,
        was: &str,
        to: &str,
        deletes: bool,
    ) -> Result<()> {
        let change = Change::Folder(FolderChange::Rename {
            was: was.to_owned(),
            to: to.to_owned(),
            deletes,
        });
        self.queue(&About::folder(account, id), &change)
    }

    /// A folder and those below it get another path here.
    fn set_path(&self, row: &FolderRow, to: &str) -> Result<()> {
        let was = &row.folder.path;
        self.mail
            .prepare_cached(
                "UPDATE folder SET path = ?3 || substr(path, length(?2) + 1)
                 WHERE account = ?1 AND gone = 0
                     AND (path = ?2 OR substr(path, 1, length(?2) + 1) = ?2 || '/')",
            )?
            .execute(params![row.folder.account.0, was, to])?;
        Ok(())
    }

    /// Removes a folder with those below it here, and queues it for the
    /// server. With `permanently` its messages go with it; else they go to
    /// Trash first, which is queued before.
    pub(crate) fn delete_folder(&self, root: &FolderRow, permanently: bool) -> Result<()> {
        let account = root.folder.account;
        for row in self.read().folder_tree(root)? {
            let id = row.folder.id;
            let trash = if permanently {
                None
            } else {
                Some(self.folder_for(account, FolderRole::Trash)?.folder.id)
            };
            for placement in self.read().placement_ids(id)? {
                self.take_out(placement, trash)?;
            }
            if self.read().is_local(account)? {
                self.remove_folder(id)?;
                continue;
            }
            self.mail
                .execute("UPDATE folder SET gone = 1 WHERE id = ?1", [id.0])?;
            let change = Change::Folder(FolderChange::Delete { permanently });
            self.queue(&About::folder(account, id), &change)?;
        }
        Ok(())
    }

    fn take_out(&self, id: PlacementId, trash: Option<FolderId>) -> Result<()> {
        let row = self.read().placement(id)?;
        match trash {
            Some(trash) => self.change_folder(&row, trash),
            // What the server has in the folder goes with the folder.
            None if self.read().arrival(id)?.is_none() => self.remove_placement(id),
            None => self.change_to_gone(&row),
        }
    }

    /// Queues that other programs show a folder, or no longer do.
    pub(crate) fn subscribe_folder(&self, row: &FolderRow, on: bool) -> Result<()> {
        self.mail.execute(
            "DELETE FROM pending_op WHERE folder = ?1 AND kind = 'subscribe' AND attempts = 0",
            [row.folder.id.0],
        )?;
        self.set_subscribed(row.folder.id, on)?;
        let about = About::folder(row.folder.account, row.folder.id);
        self.queue(&about, &Change::Folder(FolderChange::Subscribe(on)))
    }

    fn set_subscribed(&self, id: FolderId, on: bool) -> Result<()> {
        self.mail.execute(
            "UPDATE folder SET subscribed = ?2 WHERE id = ?1",
            params![id.0, on],
        )?;
        Ok(())
    }

    /// The server has the folder, and calls it so.
    pub(crate) fn folder_made(&self, id: FolderId, remote_name: &str) -> Result<()> {
        self.mail.execute(
            "UPDATE folder SET remote_name = ?2 WHERE id = ?1",
            params![id.0, remote_name],
        )?;
        Ok(())
    }

    /// The server calls a folder, and what lies below it, something new.
    pub(crate) fn folder_renamed(&self, row: &FolderRow, to: &str) -> Result<()> {
        let was = &row.remote_name;
        let delimiter = self.read().delimiter(row.folder.account)?;
        let below = delimiter.map_or_else(String::new, String::from);
        self.mail
            .prepare_cached(
                "UPDATE folder SET remote_name = ?3 || substr(remote_name, length(?2) + 1)
                 WHERE account = ?1 AND (remote_name = ?2 OR (?4 <> ''
                     AND substr(remote_name, 1, length(?2) + 1) = ?2 || ?4))",
            )?
            .execute(params![row.folder.account.0, was, to, below])?;
        Ok(())
    }

    /// The server said no to a change of a folder: it is undone here.
    pub(super) fn folder_taken_back(&self, id: FolderId, change: &FolderChange) -> Result<()> {
        let row = self.read().folder(id)?;
        match change {
            FolderChange::Create { .. } => self.uncreate(&row),
            FolderChange::Rename { was, deletes, .. } => {
                let is_free = self
                    .read()
                    .folder_by_path(row.folder.account, was)?
                    .is_none();
                if is_free {
                    self.set_path(&row, was)?;
                }
                // The messages can be deleted where the folder cannot be moved.
                if *deletes {
                    let row = self.read().folder(id)?;
                    return self.delete_folder(&row, false);
                }
                Ok(())
            }
            FolderChange::Delete { .. } => {
                let is_free = self
                    .read()
                    .folder_by_path(row.folder.account, &row.folder.path)?
                    .is_none();
                if !is_free {
                    // Another of that name was made here meanwhile.
                    return self.remove_folder(id);
                }
                self.mail
                    .execute("UPDATE folder SET gone = 0 WHERE id = ?1", [id.0])?;
                // What was removed here with it is fetched again.
                let state = SyncState {
                    uid_validity: row.state.uid_validity,
                    ..SyncState::default()
                };
                self.set_sync_state(id, state)
            }
            FolderChange::Subscribe(on) => self.set_subscribed(id, !on),
        }
    }

    /// The account has another mailbox from now on, or may have: which messages
    /// UIDs name there, and what folders are known by, is void whatever the
    /// server says, and everything is matched anew by what it is. What cannot be
    /// undone (a deletion for good, a folder renamed or removed) was meant for
    /// the other mailbox and is not told to this one.
    pub(crate) fn doubt_mailbox(&self, account: AccountId) -> Result<()> {
        let pending = self.read().pending(account)?;
        for op in pending.iter().rev() {
            match &op.change {
                Change::Expunge => {}
                Change::Folder(change @ FolderChange::Delete { .. }) => {
                    self.folder_taken_back(op.folder, change)?;
                }
                Change::Folder(FolderChange::Rename { was, to, .. }) => {
                    let (was, to) = (was.clone(), to.clone());
                    let back = FolderChange::Rename {
                        was,
                        to,
                        deletes: false,
                    };
                    self.folder_taken_back(op.folder, &back)?;
                }
                _ => continue,
            }
            self.drop_op(op.id)?;
        }
        self.mail.execute(
            "UPDATE pending_op SET uid_validity = 0, target_next = 0 WHERE account = ?1",
            [account.0],
        )?;
        self.mail.execute(
            "UPDATE folder SET uid_validity = 0, uid_next = 0, highest_modseq = 0,
                 remote_total = 0, remote_id = '' WHERE account = ?1",
            [account.0],
        )?;
        Ok(())
    }

    /// A folder that could not be made goes again; what was put into it goes
    /// back to where it was.
    fn uncreate(&self, row: &FolderRow) -> Result<()> {
        let id = row.folder.id;
        for placement in self.read().placement_ids(id)? {
            match self.read().arrival(placement)? {
                Some(op) if op.change == Change::Append => {
                    let drafts = self.folder_for(row.folder.account, FolderRole::Drafts)?;
                    let message = self.read().placement(placement)?;
                    self.change_folder(&message, drafts.folder.id)?;
                }
                Some(op) => self.take_back(&op)?,
                None => {}
            }
        }
        self.remove_folder(id)
    }

    /// The server's list as it looks with what was done here to folders and
    /// the server does not know yet.
    pub(in crate::store) fn as_changed_here(
        &self,
        account: AccountId,
        listed: &[NewFolder],
        before: &[FolderRow],
    ) -> Result<Vec<NewFolder>> {
        let gone = self.read().gone_folders(account)?;
        let renamed = self.read().waits_to_be_renamed(account)?;
        let subscribing = self.read().subscribing(account)?;
        let kept = listed
            .iter()
            .filter(|folder| gone.iter().all(|(_, name)| *name != folder.remote_name));
        let as_here = |folder: &NewFolder| {
            let mut folder = folder.clone();
            let known = before
                .iter()
                .find(|row| renamed && row.remote_name == folder.remote_name);
            if let Some(row) = known {
                folder.path.clone_from(&row.folder.path);
            }
            if subscribing.contains(&folder.remote_name) {
                folder.subscribed = None;
            }
            folder
        };
        Ok(kept.map(as_here).collect())
    }
}
