//! The folder list, and which folders need a look.

use super::session::{Error, Session, Told};
use crate::protocol::imap;
use crate::store::{Durability, FolderRow, NewFolder};

impl Session {
    /// Takes over the server's folders and gives those a pass shall look at
    /// with their STATUS, the inbox first.
    pub(super) async fn folders(
        &mut self,
        only: Option<&str>,
    ) -> Result<Vec<(FolderRow, Option<imap::FolderStatus>)>, Error> {
        let listed = self.conn.folders().await?;
        let account = self.account;
        let folders: Vec<NewFolder> = listed
            .iter()
            .map(|folder| NewFolder {
                path: folder.path.clone(),
                remote_name: folder.raw.clone(),
                role: folder.role,
                selectable: folder.selectable,
            })
            .collect();
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
}
