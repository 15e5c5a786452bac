//! One copy in Sent, whoever files it: many servers do by themselves, at once
//! or after some seconds, and none of them says so.

use chrono::{TimeDelta, Utc};

use crate::model::{FolderRole, Uid};
use crate::store::{Durability, FolderRow, PendingOp, SentCopy};
use crate::sync::session::{Error, Session, Told};

/// How long a server that files by itself may take before we do it.
const FILES_WITHIN: TimeDelta = TimeDelta::minutes(10);

/// What is to be done about a copy that waits to be uploaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sync) enum Filing {
    /// Upload it.
    Upload,
    /// The server has it, or will have it soon.
    Leave,
}

impl Session {
    /// Whether a copy of what was sent is still to be uploaded. Where the
    /// server filed one by itself, that is the one.
    pub(in crate::sync) async fn file_once(
        &mut self,
        op: &PendingOp,
        row: &FolderRow,
    ) -> Result<Filing, Error> {
        let placement = op.placement;
        let copy = self.store.read(move |r| r.sent_copy(placement)).await?;
        let Some(copy) = copy.filter(|_| row.folder.role == Some(FolderRole::Sent)) else {
            return Ok(Filing::Upload);
        };
        let name = op.message_id.as_ref().map(|id| id.0.clone());
        let found = match name.filter(|_| row.state.uid_validity.is_some()) {
            Some(name) => self.find_in(row, &name).await?.into_iter().max(),
            None => None,
        };
        match found {
            Some(uid) => {
                self.adopt(op, row, uid).await?;
                Ok(Filing::Leave)
            }
            None => self.wait_for_server(copy).await,
        }
    }

    async fn adopt(&mut self, op: &PendingOp, row: &FolderRow, uid: Uid) -> Result<(), Error> {
        let (op, account, folder) = (op.clone(), self.account, row.folder.id);
        self.store
            .write(Durability::Crash, move |w| {
                w.adopt_filed(&op, folder, uid)?;
                // After a try of our own it may be ours.
                if op.attempts == 0 {
                    w.set_server_files(account, true)?;
                }
                Ok(())
            })
            .await?;
        self.told(Told::Content(folder));
        Ok(())
    }

    /// Whether a copy is not uploaded because the server is to file one.
    pub(crate) async fn waits_for_servers_copy(&self) -> Result<bool, Error> {
        let (account, gmail) = (self.account, self.conn.capabilities().gmail());
        let waits = self.store.read(move |r| {
            Ok((gmail || r.server_files(account)?) && r.sent_copies_waiting(account)? > 0)
        });
        Ok(waits.await?)
    }

    /// A server that is known to file by itself gets the time to do so.
    async fn wait_for_server(&mut self, copy: SentCopy) -> Result<Filing, Error> {
        let account = self.account;
        let was_seen = self.store.read(move |r| r.server_files(account)).await?;
        if !was_seen && !self.conn.capabilities().gmail() {
            return Ok(Filing::Upload);
        }
        if Utc::now() - copy.sent_at < FILES_WITHIN {
            return Ok(Filing::Leave);
        }
        // It does so no longer.
        self.store
            .write(Durability::Crash, move |w| {
                w.set_server_files(account, false)
            })
            .await?;
        Ok(Filing::Upload)
    }

    /// Takes away one of two copies of a message sent from here: the server
    /// filed its own after ours was there. The one that names hidden
    /// recipients stays.
    pub(in crate::sync) async fn one_copy_in_sent(&mut self) -> Result<(), Error> {
        let account = self.account;
        let twice = self.store.read(move |r| r.double_sent(account)).await?;
        if twice.is_empty() {
            return Ok(());
        }
        let folders = self
            .store
            .write(Durability::Crash, move |w| {
                let mut folders = Vec::new();
                for double in twice {
                    let goes = if double.has_bcc {
                        double.other
                    } else {
                        double.own
                    };
                    let row = w.read().placement(goes)?;
                    w.change_to_gone(&row)?;
                    w.forget_sent_copy(double.own)?;
                    folders.push(row.folder);
                }
                w.set_server_files(account, true)?;
                Ok(folders)
            })
            .await?;
        for folder in folders {
            self.told(Told::Content(folder));
        }
        self.told(Told::Folders);
        self.replay().await
    }

    /// The messages of a folder with that `Message-ID`; none where the server
    /// does not open it.
    pub(super) async fn find_in(
        &mut self,
        row: &FolderRow,
        message_id: &str,
    ) -> Result<Vec<Uid>, Error> {
        match self.select(&row.remote_name).await {
            Ok(_) => {}
            Err(error) if error.is_of_one_folder() => return Ok(Vec::new()),
            Err(error) => return Err(error),
        }
        match self.conn.find_message_id(message_id).await {
            Ok(found) => Ok(found),
            Err(error) if error.is_refusal() => Ok(Vec::new()),
            Err(error) => Err(error.into()),
        }
    }
}
