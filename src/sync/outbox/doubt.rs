//! A message that may have left: a server that files what it sends tells, by
//! what lies in Sent. Only where it does not is the person asked.

use super::filing::mark_origin;
use super::{not_to_all, still};
use crate::model::{
    AccountId, FolderId, FolderRole, OutboxId, OutboxItem, PlacementId, Recipient, SendState,
};
use crate::store::{self, Durability, OutboxRow, Write};
use crate::sync::session::{Error, Session, Told};
use crate::{Error as EngineError, ErrorKind};

/// What is said once the server was asked.
const NOT_IN_SENT: &str = "The connection ended before the server confirmed this message, and the \
                           server has no copy of it in Sent. It may have been delivered all the \
                           same. Send it again only if it did not arrive.";

/// Nobody has it who was not taken at `RCPT`.
const REST_WAITS: &str = "The message was sent, but not yet to all of its recipients.";

/// What became of a message that was found in Sent.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) item: OutboxItem,
    pub(super) folders: Vec<FolderId>,
    pub(super) rows: Vec<PlacementId>,
}

/// The server filed it: so it took it, for all whose fate was unknown. What it
/// did not take for somebody at `RCPT` it never delivered there.
pub(crate) fn found(item: &mut OutboxItem) {
    for one in item.recipients.iter_mut().filter(|one| one.code.is_none()) {
        one.code = Some(250);
    }
    item.next_attempt = None;
    if item.recipients.iter().any(Recipient::is_open) {
        item.state = SendState::Waiting;
        item.last_error = Some(REST_WAITS.to_owned());
    } else {
        item.state = SendState::Sent;
        item.last_error = None;
    }
}

/// Settles a message that was found in Sent, in one step. Nothing where it was
/// decided otherwise meanwhile.
pub(super) fn settle_found(
    w: &Write<'_>,
    id: OutboxId,
    account: AccountId,
) -> store::Result<Option<Found>> {
    let Some(row) = still(w, id, SendState::Uncertain)? else {
        return Ok(None);
    };
    let mut item = row.item;
    found(&mut item);
    if item.state == SendState::Sent {
        w.remove_from_outbox(id)?;
    } else {
        w.update_outbox(&item)?;
        w.set_handed(id, false)?;
        w.set_filed(id)?;
    }
    w.set_server_files(account, true)?;
    let mut folders = Vec::new();
    let rows = mark_origin(w, row.origin, &mut folders)?;
    Ok(Some(Found {
        item,
        folders,
        rows,
    }))
}

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
                Some(true) => self.settle_found(row.item.id).await?,
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

    async fn settle_found(&mut self, id: OutboxId) -> Result<(), Error> {
        let account = self.account;
        let found = self
            .store
            .write(Durability::PowerCut, move |w| settle_found(w, id, account))
            .await?;
        let Some(found) = found else { return Ok(()) };
        self.told(Told::Outbox);
        self.told(Told::Rows(found.rows));
        for folder in found.folders {
            self.told(Told::Content(folder));
        }
        self.told(Told::Folders);
        // Of a message that waits on they hear when it is done.
        let is_done = found.item.state == SendState::Sent;
        if let Some(error) = not_to_all(&found.item).filter(|_| is_done) {
            self.told(Told::Refused(error));
        }
        Ok(())
    }

    async fn ask_about(&mut self, row: OutboxRow) -> Result<(), Error> {
        if row.item.last_error.as_deref() == Some(NOT_IN_SENT) {
            return Ok(());
        }
        let id = row.item.id;
        let is_open = self
            .store
            .write(Durability::Crash, move |w| {
                let Some(OutboxRow { mut item, .. }) = still(w, id, SendState::Uncertain)? else {
                    return Ok(false);
                };
                item.last_error = Some(NOT_IN_SENT.to_owned());
                w.update_outbox(&item)?;
                Ok(true)
            })
            .await?;
        if !is_open {
            return Ok(());
        }
        self.told(Told::Outbox);
        self.told(Told::Refused(EngineError::new(
            ErrorKind::Temporary,
            format!("“{}”: {NOT_IN_SENT}", row.item.subject),
        )));
        Ok(())
    }
}
