//! Folders made, renamed and removed on the server.

use super::replay::Readdressed;
use super::session::{Error, Session, Told};
use crate::model::FolderRole;
use crate::protocol::imap::{self, raw_of};
use crate::store::{Durability, FolderChange, FolderRow, PendingOp, Write};
use crate::{Error as EngineError, ErrorKind};

impl Session {
    /// Tells the server what was done to a folder. A try that was cut short
    /// may have been done: then the folders there say so.
    pub(super) async fn change_folder(
        &mut self,
        op: &PendingOp,
        change: &FolderChange,
        row: &FolderRow,
    ) -> Result<Readdressed, Error> {
        if self.begin(std::slice::from_ref(op), 0).await?.is_empty() {
            return Ok(Vec::new());
        }
        match change {
            FolderChange::Create { path } => self.create(row, path).await?,
            FolderChange::Rename { to, deletes, .. } => {
                if *deletes {
                    self.make_trash().await?;
                }
                self.rename(row, to).await?;
            }
            FolderChange::Delete { permanently } => {
                if !permanently && !self.is_empty(row).await? {
                    let error = still_in_use(row);
                    self.take_back(std::slice::from_ref(op), row, error).await?;
                    return Ok(Vec::new());
                }
                return self.delete(row).await.map(|()| Vec::new());
            }
            FolderChange::Subscribe(on) => {
                self.conn.set_subscribed(&row.remote_name, *on).await?;
            }
        }
        self.drop_ops(std::slice::from_ref(op)).await?;
        self.told(Told::Folders);
        Ok(Vec::new())
    }

    async fn create(&mut self, row: &FolderRow, path: &str) -> Result<(), Error> {
        let raw = self.raw_name(row, path).await?;
        let told = self.conn.create_folder(&raw).await;
        self.unless_so(told, &raw, true).await?;
        let id = row.folder.id;
        let write = move |w: &Write<'_>| w.folder_made(id, &raw);
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    async fn rename(&mut self, row: &FolderRow, path: &str) -> Result<(), Error> {
        let raw = self.raw_name(row, path).await?;
        if raw == row.remote_name {
            return Ok(());
        }
        self.leave().await?;
        let told = self.conn.rename_folder(&row.remote_name, &raw).await;
        if told.is_err() && !self.was_renamed(&told, row, &raw).await? {
            return Ok(told?);
        }
        let row = row.clone();
        let write = move |w: &Write<'_>| w.folder_renamed(&row, &raw);
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    async fn was_renamed(
        &mut self,
        told: &Result<(), imap::Error>,
        row: &FolderRow,
        raw: &str,
    ) -> Result<bool, Error> {
        let refused = told.as_ref().is_err_and(imap::Error::is_refusal);
        Ok(refused
            && self.conn.has_folder(raw).await?
            && !self.conn.has_folder(&row.remote_name).await?)
    }

    async fn delete(&mut self, row: &FolderRow) -> Result<(), Error> {
        // One that was never made on the server is gone with its row.
        if !row.remote_name.is_empty() {
            self.leave().await?;
            let told = self.conn.delete_folder(&row.remote_name).await;
            self.unless_so(told, &row.remote_name, false).await?;
        }
        let id = row.folder.id;
        let write = move |w: &Write<'_>| w.remove_folder(id);
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    /// A refusal does not count where the server is as was wanted.
    async fn unless_so(
        &mut self,
        told: Result<(), imap::Error>,
        raw: &str,
        there: bool,
    ) -> Result<(), Error> {
        match told {
            Err(error) if error.is_refusal() && self.conn.has_folder(raw).await? == there => Ok(()),
            other => Ok(other?),
        }
    }

    /// A folder that is selected cannot be renamed or removed everywhere.
    async fn leave(&mut self) -> Result<(), Error> {
        if self.selected.as_deref().is_some_and(|name| name != "INBOX") {
            self.select("INBOX").await?;
        }
        Ok(())
    }

    async fn make_trash(&mut self) -> Result<(), Error> {
        let account = self.account;
        let trash = self
            .store
            .read(move |r| r.folder_with_role(account, FolderRole::Trash))
            .await?;
        match trash {
            Some(trash) => self.make_if_new(&trash).await,
            None => Ok(()),
        }
    }

    /// Whether nothing would be lost with the folder.
    async fn is_empty(&mut self, row: &FolderRow) -> Result<bool, Error> {
        let id = row.folder.id;
        let here = self.store.read(move |r| r.placement_ids(id)).await?;
        if !here.is_empty() {
            return Ok(false);
        }
        if row.remote_name.is_empty() {
            return Ok(true);
        }
        // Selected, its STATUS may be old.
        self.leave().await?;
        match self.conn.status(&row.remote_name).await {
            Ok(status) => Ok(status.messages.is_none_or(|messages| messages == 0)),
            // It cannot hold messages, or is gone.
            Err(error) if error.is_refusal() => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// What the server calls a folder of that path: below the name of its
    /// parent where that is known.
    async fn raw_name(&self, row: &FolderRow, path: &str) -> Result<String, Error> {
        let account = row.folder.account;
        let parent = path.rsplit_once('/').map(|(parent, _)| parent.to_owned());
        let (delimiter, parent) = self
            .store
            .read(move |r| {
                let parent = match parent {
                    Some(parent) => r.folder_by_path(account, &parent)?,
                    None => None,
                };
                Ok((r.delimiter(account)?, parent))
            })
            .await?;
        let name = path.rsplit('/').next().unwrap_or(path);
        let parent = parent.map(|row| row.remote_name);
        Ok(match (parent.filter(|raw| !raw.is_empty()), delimiter) {
            (Some(parent), Some(delimiter)) => {
                format!("{parent}{delimiter}{}", raw_of(name, Some(delimiter)))
            }
            _ => raw_of(path, delimiter),
        })
    }
}

fn still_in_use(row: &FolderRow) -> EngineError {
    EngineError::new(
        ErrorKind::Conflict,
        format!(
            "{} still holds messages on the server, so it was not deleted.",
            row.folder.path
        ),
    )
    .hint("Look through them with the next check, then delete the folder again.")
}
