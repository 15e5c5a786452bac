//! A message that may have left: a server that files what it sends tells, by
//! what lies in Sent. Only where it does not is the person asked.

use super::filing::mark_origin;
use crate::model::{FolderRole, OutboxItem, SendState};
use crate::store::{Durability, OutboxRow};
use crate::sync::session::{Error, Session, Told};
use crate::{Error as EngineError, ErrorKind};

/// What is said once the server was asked.
const NOT_IN_SENT: &str = "The connection ended before the server confirmed this message, and the \
                           server has no copy of it in Sent. It may have been delivered all the \
                           same. Send it again only if it did not arrive.";

impl Session {
    /// Looks for what may have left where the server would have filed it. What
    /// is found there was sent; about the rest the person is asked, once.
    pub(crate) async fn look_for_uncertain(&mut self) -> Result<(), Error> {
        let account = self.account;
        let mut rows = self.store.read(move |r| r.outbox(Some(account))).await?;
        // A copy of our own would be found of what some have already.
        rows.retain(|row| row.item.state == SendState::Uncertain && !row.filed);
        for row in rows {
            match self.is_filed(&row.item).await? {
                Some(true) => self.settle_found(row).await?,
                Some(false) => self.ask_about(row).await?,
                None => {}
            }
        }
        Ok(())
    }

    /// Nothing where no such folder is known yet.
    async fn is_filed(&mut self, item: &OutboxItem) -> Result<Option<bool>, Error> {
        let account = self.account;
        let mut filed = None;
        for role in [FolderRole::Sent, FolderRole::All] {
            let folder = self
                .store
                .read(move |r| r.folder_with_role(account, role))
                .await?;
            let Some(folder) = folder.filter(|row| row.state.uid_validity.is_some()) else {
                continue;
            };
            if !self.find_in(&folder, &item.message_id.0).await?.is_empty() {
                return Ok(Some(true));
            }
            filed = Some(false);
        }
        Ok(filed)
    }

    async fn settle_found(&mut self, row: OutboxRow) -> Result<(), Error> {
        let (id, account, origin) = (row.item.id, self.account, row.origin);
        let (folders, rows) = self
            .store
            .write(Durability::PowerCut, move |w| {
                w.remove_from_outbox(id)?;
                w.set_server_files(account, true)?;
                let mut folders = Vec::new();
                let rows = mark_origin(w, origin, &mut folders)?;
                Ok((folders, rows))
            })
            .await?;
        self.told(Told::Outbox);
        self.told(Told::Rows(rows));
        for folder in folders {
            self.told(Told::Content(folder));
        }
        self.told(Told::Folders);
        Ok(())
    }

    async fn ask_about(&mut self, row: OutboxRow) -> Result<(), Error> {
        if row.item.last_error.as_deref() == Some(NOT_IN_SENT) {
            return Ok(());
        }
        let item = OutboxItem {
            last_error: Some(NOT_IN_SENT.to_owned()),
            ..row.item
        };
        let question = format!("“{}”: {NOT_IN_SENT}", item.subject);
        self.store
            .write(Durability::Crash, move |w| {
                // Decided by the person meanwhile.
                match w.read().outbox_item(item.id) {
                    Ok(now) if now.item.state == SendState::Uncertain => w.update_outbox(&item),
                    _ => Ok(()),
                }
            })
            .await?;
        self.told(Told::Outbox);
        self.told(Told::Refused(EngineError::new(
            ErrorKind::Temporary,
            question,
        )));
        Ok(())
    }
}
