//! The folder list, and which folders need a look.

use super::renamed::renamed_elsewhere;
use super::session::{Error, Session, Told};
use crate::model::FolderId;
use crate::protocol::imap::{self, Space};
use crate::store::{Durability, FolderRow, NewFolder};

impl Session {
    /// Takes over the server's folders and gives those a pass shall look at
    /// with their STATUS, the inbox first.
    pub(super) async fn folders(
        &mut self,
        only: Option<&str>,
    ) -> Result<Vec<(FolderRow, Option<imap::FolderStatus>)>, Error> {
        let listed = self.conn.folders().await?;
        if listed.is_empty() {
            return Err(Error::NoFolders);
        }
        let account = self.account;
        let unlisted = self.unlisted(&listed).await?;
        let new = |folder: &imap::RemoteFolder| NewFolder {
            path: folder.path.clone(),
            remote_name: folder.raw.clone(),
            role: folder.role,
            selectable: folder.selectable,
            of_others: folder.space != Space::Personal,
            subscribed: folder.subscribed,
            remote_id: folder.folder_id.clone().unwrap_or_default(),
        };
        let renamed = self.renamed(&listed, &unlisted).await?;
        let folders: Vec<NewFolder> = listed.iter().map(new).chain(unlisted).collect();
        // Every server has an INBOX (RFC 9051, 5.1): a list without one is a
        // server in trouble, and no reason to throw folders away.
        if folders
            .iter()
            .any(|folder| folder.remote_name.eq_ignore_ascii_case("INBOX"))
        {
            let delimiter = listed.iter().find_map(|folder| folder.delimiter);
            let changed = self
                .store
                .write(Durability::Crash, move |w| {
                    w.folders_renamed_there(account, &renamed)?;
                    let changed = w.set_folders(account, &folders)?;
                    if let Some(delimiter) = delimiter {
                        w.set_delimiter(account, delimiter)?;
                    }
                    Ok(changed)
                })
                .await?;
            if changed {
                self.told(Told::Folders);
            }
        }
        let rows = self.store.read(move |r| r.folders(Some(account))).await?;
        let mut wanted = Vec::new();
        for row in rows {
            let listed = listed.iter().find(|folder| folder.raw == row.remote_name);
            let asked = only.is_none_or(|path| path == row.folder.path);
            if let Some(listed) = listed
                && asked
                && row.folder.selectable
            {
                wanted.push((row, listed.status));
            }
        }
        Ok(wanted)
    }

    /// What the server calls a folder that it does not have under the name
    /// known here: another program may have renamed it since it was listed.
    /// None where it has the folder, or it is not recognised.
    pub(super) async fn followed(&mut self, row: &FolderRow) -> Result<Option<FolderRow>, Error> {
        // Made here and not yet there, or there.
        if row.state.uid_validity.is_none() || self.conn.has_folder(&row.remote_name).await? {
            return Ok(None);
        }
        let listed = self.conn.folders().await?;
        let unlisted = self.unlisted(&listed).await?;
        let renamed = self.renamed(&listed, &unlisted).await?;
        let (account, id) = (self.account, row.folder.id);
        let write = self.store.write(Durability::Crash, move |w| {
            w.folders_renamed_there(account, &renamed)?;
            w.read().folder(id)
        });
        let now = write.await?;
        // The path follows with the next look at all folders.
        Ok((now.remote_name != row.remote_name && !now.remote_name.is_empty()).then_some(now))
    }

    /// Folders that another program renamed, and what the server calls them
    /// now. `unlisted` are there without being listed.
    async fn renamed(
        &mut self,
        listed: &[imap::RemoteFolder],
        unlisted: &[NewFolder],
    ) -> Result<Vec<(FolderId, String)>, Error> {
        let account = self.account;
        let read = self
            .store
            .read(move |r| Ok((r.folders(Some(account))?, r.gone_folders(account)?)));
        let (known, gone) = read.await?;
        let unlisted = unlisted.iter().map(|folder| folder.remote_name.clone());
        let gone = gone.into_iter().map(|(_, name)| name);
        let renamed = renamed_elsewhere(&known, listed, &unlisted.chain(gone).collect());
        if !renamed.is_empty() {
            // Whatever the connection made of it.
            self.selected = None;
        }
        Ok(renamed)
    }

    /// Folders that hold mail here and were left out of the server's list
    /// although it has them: before their mail goes, it is asked for each.
    async fn unlisted(&mut self, listed: &[imap::RemoteFolder]) -> Result<Vec<NewFolder>, Error> {
        let account = self.account;
        let known = self.store.read(move |r| r.folders(Some(account))).await?;
        let mut there = Vec::new();
        for row in known {
            let is_listed = listed
                .iter()
                .any(|folder| folder.path == row.folder.path || folder.raw == row.remote_name);
            if is_listed || row.folder.total == 0 || row.state.uid_validity.is_none() {
                continue;
            }
            match self.conn.status(&row.remote_name).await {
                // A server in trouble does not know what it has.
                Err(error) if error.is_refusal() && !error.is_passing() => continue,
                Err(error) if !error.is_refusal() => return Err(error.into()),
                _ => there.push(NewFolder {
                    path: row.folder.path,
                    remote_name: row.remote_name,
                    role: row.folder.role,
                    selectable: row.folder.selectable,
                    of_others: row.folder.of_others,
                    subscribed: None,
                    remote_id: row.remote_id,
                }),
            }
        }
        Ok(there)
    }
}
