//! The folder list, and which folders need a look.

use super::session::{Error, Session, Told};
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

    /// Folders that hold mail here and were left out of the server's list
    /// although it has them: before their mail goes, it is asked for each.
    async fn unlisted(&mut self, listed: &[imap::RemoteFolder]) -> Result<Vec<NewFolder>, Error> {
        let account = self.account;
        let known = self.store.read(move |r| r.folders(Some(account))).await?;
        let mut there = Vec::new();
        for row in known {
            let is_listed = listed.iter().any(|folder| folder.path == row.folder.path);
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
