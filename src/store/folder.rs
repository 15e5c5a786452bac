//! Folders and how far each is in step with the server.

use std::collections::{HashMap, HashSet};

use rusqlite::{OptionalExtension, Row, params};

use super::checked::time;
use super::{Read, Result, Write};
use crate::model::{AccountId, Folder, FolderId, FolderRole, ModSeq, Prefetch, UidValidity};

/// A folder as the server lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewFolder {
    /// UTF-8, levels separated by `/`.
    pub(crate) path: String,
    /// As the server writes it.
    pub(crate) remote_name: String,
    pub(crate) role: Option<FolderRole>,
    pub(crate) selectable: bool,
    /// Whether it belongs to another person, or to many.
    pub(crate) of_others: bool,
    /// Whether the person subscribed to it, where the server tells.
    pub(crate) subscribed: Option<bool>,
    /// What the server knows it by whatever it is named; empty where it does
    /// not tell.
    pub(crate) remote_id: String,
}

impl NewFolder {
    /// A folder of the person's own.
    pub(crate) fn own(path: &str, remote_name: &str, role: Option<FolderRole>) -> Self {
        Self {
            path: path.to_owned(),
            remote_name: remote_name.to_owned(),
            role,
            selectable: true,
            of_others: false,
            subscribed: None,
            remote_id: String::new(),
        }
    }
}

/// The server's state up to which a folder is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct SyncState {
    pub(crate) uid_validity: Option<UidValidity>,
    /// Every message below this UID is known.
    pub(crate) uid_next: u32,
    /// Every change up to here is known; none where the server does not count.
    pub(crate) highest_modseq: Option<ModSeq>,
    /// How many messages the server had.
    pub(crate) total: u32,
}

/// A folder with what only syncing needs.
#[derive(Debug, Clone)]
pub(crate) struct FolderRow {
    pub(crate) folder: Folder,
    pub(crate) remote_name: String,
    /// What the server knows it by whatever it is named; empty where it does
    /// not tell.
    pub(crate) remote_id: String,
    pub(crate) state: SyncState,
}

const COLUMNS: &str = "id, account, path, role, selectable, total, unread, remote_name, \
                       uid_validity, uid_next, highest_modseq, remote_total, watched, checked_at, \
                       prefetch, of_others, subscribed, remote_id";

fn from_row(row: &Row<'_>) -> rusqlite::Result<FolderRow> {
    let role: String = row.get(3)?;
    let modseq: i64 = row.get(10)?;
    Ok(FolderRow {
        folder: Folder {
            id: FolderId(row.get(0)?),
            account: AccountId(row.get(1)?),
            path: row.get(2)?,
            role: FolderRole::from_name(&role),
            selectable: row.get(4)?,
            // Never negative: the triggers mirror the rows. A damaged count
            // shows as 0 and is found by a check.
            total: u64::try_from(row.get::<_, i64>(5)?).unwrap_or(0),
            unread: u64::try_from(row.get::<_, i64>(6)?).unwrap_or(0),
            watched: row.get(12)?,
            checked: time(row.get(13)?),
            // Nothing that can be read is what an account says.
            prefetch: row.get::<_, String>(14)?.parse().ok(),
            of_others: row.get(15)?,
            subscribed: row.get(16)?,
        },
        remote_id: row.get(17)?,
        remote_name: row.get(7)?,
        state: SyncState {
            uid_validity: UidValidity::new(row.get(8)?),
            uid_next: row.get(9)?,
            highest_modseq: u64::try_from(modseq).ok().filter(|m| *m > 0).map(ModSeq),
            total: row.get(11)?,
        },
    })
}

impl Read<'_> {
    /// The folders of one account or of all, the well-known ones first, then
    /// by name.
    pub(crate) fn folders(&self, account: Option<AccountId>) -> Result<Vec<FolderRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM folder WHERE (?1 IS NULL OR account = ?1) AND gone = 0
             ORDER BY account, path"
        );
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([account.map(|a| a.0)], from_row)?;
        let mut folders = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        folders.sort_by_cached_key(|row| {
            let folder = &row.folder;
            let role = FolderRole::ALL
                .iter()
                .position(|role| Some(*role) == folder.role);
            (
                folder.account,
                role.unwrap_or(usize::MAX),
                folder.path.to_lowercase(),
            )
        });
        Ok(folders)
    }

    /// One folder.
    pub(crate) fn folder(&self, id: FolderId) -> Result<FolderRow> {
        let sql = format!("SELECT {COLUMNS} FROM folder WHERE id = ?1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row([id.0], from_row)?)
    }

    /// The folder of an account with that role.
    pub(crate) fn folder_with_role(
        &self,
        account: AccountId,
        role: FolderRole,
    ) -> Result<Option<FolderRow>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM folder WHERE account = ?1 AND role = ?2 AND gone = 0 LIMIT 1"
        );
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row(params![account.0, role.name()], from_row)
            .optional()?)
    }

    /// The folder of an account with that path.
    pub(crate) fn folder_by_path(
        &self,
        account: AccountId,
        path: &str,
    ) -> Result<Option<FolderRow>> {
        let sql =
            format!("SELECT {COLUMNS} FROM folder WHERE account = ?1 AND path = ?2 AND gone = 0");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row(params![account.0, path], from_row)
            .optional()?)
    }
}

impl Write<'_> {
    /// Makes the account's folders those that the server lists. Says whether
    /// anything changed. A folder the server no longer has goes with its rows:
    /// the caller must be sure that the list was complete.
    ///
    /// # Errors
    /// `OnlyHere` for an account whose folders no server has.
    pub(crate) fn set_folders(&self, account: AccountId, listed: &[NewFolder]) -> Result<bool> {
        // By hand an account can be given another protocol than it had.
        if self.read().is_local(account)? {
            return Err(super::Error::OnlyHere);
        }
        let before = self.read().folders(Some(account))?;
        let listed = self.as_changed_here(account, listed, &before)?;
        let mut changed = self.follow_names(&listed, &before)?;
        let before = self.read().folders(Some(account))?;
        for folder in &listed {
            changed |= self.upsert_folder(account, folder, &before)?;
        }
        let paths: HashSet<&str> = listed.iter().map(|folder| folder.path.as_str()).collect();
        for gone in before
            .iter()
            .filter(|row| !paths.contains(row.folder.path.as_str()))
        {
            if !self.is_awaited(gone.folder.id)? {
                self.remove_folder(gone.folder.id)?;
                changed = true;
            }
        }
        Ok(changed)
    }

    /// The server calls folders something new: another program renamed them.
    /// [`Write::set_folders`] must follow, for what a person sees.
    pub(crate) fn folders_renamed_there(
        &self,
        account: AccountId,
        renamed: &[(FolderId, String)],
    ) -> Result<()> {
        for (_, name) in renamed {
            // Whoever had the name has lost it: renamed too, or deleted.
            self.mail
                .prepare_cached(
                    "UPDATE folder SET remote_name = ''
                     WHERE account = ?1 AND remote_name = ?2 AND gone = 0",
                )?
                .execute(params![account.0, name])?;
        }
        for (id, name) in renamed {
            self.mail
                .prepare_cached("UPDATE folder SET remote_name = ?2 WHERE id = ?1")?
                .execute(params![id.0, name])?;
        }
        Ok(())
    }

    /// Rows that the server lists under another path get it, with all that
    /// lies in them. Says whether there were any.
    fn follow_names(&self, listed: &[NewFolder], before: &[FolderRow]) -> Result<bool> {
        let paths: HashMap<&str, &str> = listed
            .iter()
            .map(|new| (new.remote_name.as_str(), new.path.as_str()))
            .collect();
        let path_of = |row: &FolderRow| paths.get(row.remote_name.as_str()).copied();
        let mut moves: HashMap<&str, FolderId> = HashMap::new();
        for row in before.iter().filter(|row| !row.remote_name.is_empty()) {
            if let Some(path) = path_of(row).filter(|path| *path != row.folder.path) {
                moves.entry(path).or_insert(row.folder.id);
            }
        }
        if moves.is_empty() {
            return Ok(false);
        }
        let mut gone = Vec::new();
        for row in before {
            if path_of(row).is_none() && !self.is_awaited(row.folder.id)? {
                gone.push(row.folder.id);
            }
        }
        // A path is free once who has it gets another one, or is gone.
        loop {
            let in_the_way = before.iter().find(|row| {
                moves.contains_key(row.folder.path.as_str())
                    && !gone.contains(&row.folder.id)
                    && moves.values().all(|id| *id != row.folder.id)
            });
            let Some(row) = in_the_way else { break };
            moves.remove(row.folder.path.as_str());
        }
        for row in before {
            if moves.contains_key(row.folder.path.as_str()) && gone.contains(&row.folder.id) {
                self.remove_folder(row.folder.id)?;
            }
        }
        // Two folders may have changed their names with each other.
        let mut set = self
            .mail
            .prepare_cached("UPDATE folder SET path = ?2 WHERE id = ?1")?;
        for id in moves.values() {
            set.execute(params![id.0, format!("\0{}", id.0)])?;
        }
        for (path, id) in &moves {
            set.execute(params![id.0, path])?;
        }
        Ok(!moves.is_empty())
    }

    /// Whether messages are on their way into a folder: it is made on the
    /// server with the first of them.
    fn is_awaited(&self, id: FolderId) -> Result<bool> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM pending_op
                     WHERE (kind IN ('move', 'copy') AND target = ?1)
                     OR (kind IN ('append', 'create') AND folder = ?1))",
            )?
            .query_row([id.0], |row| row.get(0))?)
    }

    /// The folder of that role that takes an account's mail. Where the server
    /// has none, one of the usual name is made here; the server gets it with
    /// the first message that goes into it.
    pub(crate) fn folder_for(&self, account: AccountId, role: FolderRole) -> Result<FolderRow> {
        let account = self.read().home_of(account)?;
        if let Some(row) = self.read().folder_with_role(account, role)? {
            return Ok(row);
        }
        let before = self.read().folders(Some(account))?;
        let prefix = below_inbox(&before);
        let name = role.title();
        let path = if prefix.is_some() {
            format!("INBOX/{name}")
        } else {
            name.to_owned()
        };
        let remote_name = format!("{}{name}", prefix.unwrap_or_default());
        let new = NewFolder::own(&path, &remote_name, Some(role));
        self.upsert_folder(account, &new, &before)?;
        self.read()
            .folder_with_role(account, role)?
            .ok_or(super::Error::NotFound)
    }

    pub(super) fn upsert_folder(
        &self,
        account: AccountId,
        new: &NewFolder,
        before: &[FolderRow],
    ) -> Result<bool> {
        let known = before.iter().find(|row| row.folder.path == new.path);
        if known.is_some_and(|row| {
            row.remote_name == new.remote_name
                && row.folder.role == new.role
                && row.folder.selectable == new.selectable
                && row.folder.of_others == new.of_others
                && new.subscribed.is_none_or(|on| row.folder.subscribed == on)
                && row.remote_id == new.remote_id
        }) {
            return Ok(false);
        }
        self.mail
            .prepare_cached(
                "INSERT INTO folder (account, path, remote_name, role, selectable, of_others,
                     subscribed, remote_id)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, coalesce(?7, 1), ?8)
                 ON CONFLICT (account, path) WHERE gone = 0 DO UPDATE SET
                     remote_name = excluded.remote_name, role = excluded.role,
                     selectable = excluded.selectable, of_others = excluded.of_others,
                     subscribed = coalesce(?7, subscribed), remote_id = excluded.remote_id",
            )?
            .execute(params![
                account.0,
                new.path,
                new.remote_name,
                new.role.map_or("", FolderRole::name),
                new.selectable,
                new.of_others,
                new.subscribed,
                new.remote_id
            ])?;
        Ok(true)
    }

    /// Notes how much of a folder is fetched before anybody asks; none for
    /// what the account says.
    pub(crate) fn set_prefetch(&self, id: FolderId, prefetch: Option<Prefetch>) -> Result<()> {
        let text = prefetch.map(|prefetch| prefetch.to_string());
        let changed = self
            .mail
            .prepare_cached("UPDATE folder SET prefetch = ?2 WHERE id = ?1")?
            .execute(params![id.0, text.unwrap_or_default()])?;
        if changed == 0 {
            return Err(super::Error::NotFound);
        }
        Ok(())
    }

    /// Removes a folder and what lay in it.
    pub(crate) fn remove_folder(&self, id: FolderId) -> Result<()> {
        for placement in self.read().placement_ids(id)? {
            self.remove_placement(placement)?;
        }
        self.mail
            .execute("DELETE FROM pending_op WHERE folder = ?1", [id.0])?;
        self.mail
            .execute("DELETE FROM folder WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// Notes how far the folder is in step with the server.
    pub(crate) fn set_sync_state(&self, id: FolderId, state: SyncState) -> Result<()> {
        let modseq = state.highest_modseq.map_or(0, |modseq| modseq.0);
        self.mail
            .prepare_cached(
                "UPDATE folder SET uid_validity = ?2, uid_next = ?3, highest_modseq = ?4,
                     remote_total = ?5 WHERE id = ?1",
            )?
            .execute(params![
                id.0,
                state.uid_validity.map_or(0, UidValidity::get),
                state.uid_next,
                i64::try_from(modseq).unwrap_or(0),
                state.total
            ])?;
        Ok(())
    }

    /// From now on it is not sure that what is here of a folder is what the
    /// server has, whatever the counts say: the next pass compares all of it.
    pub(crate) fn distrust(&self, id: FolderId) -> Result<()> {
        self.mail
            .prepare_cached("UPDATE folder SET highest_modseq = 0 WHERE id = ?1")?
            .execute([id.0])?;
        Ok(())
    }

    /// Forgets every UID of a folder: its UIDVALIDITY changed. The messages
    /// stay and are matched anew by what they are.
    pub(crate) fn forget_uids(&self, id: FolderId) -> Result<()> {
        self.mail
            .execute("UPDATE placement SET uid = NULL WHERE folder = ?1", [id.0])?;
        self.set_sync_state(id, SyncState::default())
    }

    /// Removes everything of an account.
    pub(crate) fn remove_account(&self, account: AccountId) -> Result<()> {
        self.pop3_lost_with(account)?;
        for (id, _) in self.read().gone_folders(account)? {
            self.remove_folder(id)?;
        }
        for row in self.read().folders(Some(account))? {
            self.remove_folder(row.folder.id)?;
        }
        for table in [
            "pending_op",
            "outbox",
            "sent_copy",
            "server_files",
            "thread_member",
            "account_check",
            "pop3_message",
            "local_account",
            "own_address",
        ] {
            self.mail.execute(
                &format!("DELETE FROM {table} WHERE account = ?1"),
                [account.0],
            )?;
        }
        Ok(())
    }
}

/// Some servers keep every folder below the inbox ("INBOX.Sent"): what their
/// names begin with there.
pub(super) fn below_inbox(folders: &[FolderRow]) -> Option<String> {
    let below = |row: &FolderRow| {
        let prefix = row.remote_name.get(..6)?;
        prefix
            .to_uppercase()
            .starts_with("INBOX")
            .then(|| prefix.to_owned())
    };
    let mut others = folders
        .iter()
        .filter(|row| row.folder.role != Some(FolderRole::Inbox) && !row.remote_name.is_empty());
    let prefix = others.next().and_then(below)?;
    others
        .all(|row| below(row).as_ref() == Some(&prefix))
        .then_some(prefix)
}
