//! What a person did here is told to the server: in order, in batches, and
//! taken back here where the server says no.

use std::collections::HashSet;

use chrono::{DateTime, FixedOffset, Local};

use super::outbox::Filing;
use super::session::{Error, Session, Urgent};
use crate::model::{Flag, FlagChange, Uid, UidValidity};
use crate::protocol::imap;
use crate::store::{self, Change, Durability, FolderRow, PendingOp, Write};
use crate::{Error as EngineError, ErrorKind};

mod order;

use order::{next_batch, uploads_from};

/// How many ops are looked at for the next to tell, unless none of them can be.
const WINDOW: usize = 2000;

/// How many uploads are told before what waits is looked at anew.
const RUN: usize = 100;

/// Ops that got a new address and can be told at once.
pub(super) type Readdressed = Vec<i64>;

impl Session {
    /// Tells the server everything that waits.
    pub(crate) async fn replay(&mut self) -> Result<(), Error> {
        self.replay_some(usize::MAX).await?;
        Ok(())
    }

    /// Tells the server what waits, but uploads only so many messages; false
    /// where more are left.
    pub(super) async fn replay_some(&mut self, uploads: usize) -> Result<bool, Error> {
        let account = self.account;
        // Each op is tried once in a replay: one that has to wait (a full
        // mailbox) must neither spin here nor stop those it does not concern.
        let mut tried = HashSet::new();
        let mut readdressed = HashSet::new();
        let mut uploads = uploads;
        let mut window = WINDOW;
        self.is_full = false;
        loop {
            let (pending, unwritten) = self
                .store
                .read(move |r| Ok((r.first_pending(account, window)?, r.waiting_uploads()?)))
                .await?;
            let batch = next_batch(&pending, &tried, &unwritten);
            let Some(first) = batch.first() else {
                if pending.len() < window {
                    return Ok(uploads > 0);
                }
                window = window.saturating_mul(4);
                continue;
            };
            if first.change == Change::Append {
                let run = uploads_from(&pending, first, &tried, uploads.min(RUN));
                uploads -= run.len();
                for op in &run {
                    tried.insert(op.id);
                    self.serve_readers().await?;
                    self.tell_server(std::slice::from_ref(op)).await?;
                    if self.is_full {
                        break;
                    }
                }
                if self.is_full || uploads == 0 {
                    tried.extend(self.store.read(move |r| r.uploads(account)).await?);
                }
                continue;
            }
            tried.extend(batch.iter().map(|op| op.id));
            for id in self.tell_server(&batch).await? {
                if readdressed.insert(id) {
                    tried.remove(&id);
                }
            }
        }
    }

    /// Between two uploads of many, a message that somebody opened comes.
    async fn serve_readers(&mut self) -> Result<(), Error> {
        while let Ok(urgent) = self.urgent.try_recv() {
            // To tell the server what waits is what goes on here.
            if matches!(urgent, Urgent::Body(..)) {
                Box::pin(self.serve(urgent)).await?;
            }
        }
        Ok(())
    }

    /// Tells once more what the server refused. After all else: a server that
    /// does not understand it hangs up over it, with each try.
    pub(super) async fn replay_held(&mut self) -> Result<(), Error> {
        let account = self.account;
        let release = move |w: &Write<'_>| w.release_held(account);
        if !self.store.write(Durability::Crash, release).await? {
            return Ok(());
        }
        match self.replay().await {
            Err(Error::Imap(error)) => {
                tracing::info!(%error, account = %account, "the connection ended over an upload");
                Ok(())
            }
            told => told,
        }
    }

    async fn tell_server(&mut self, batch: &[PendingOp]) -> Result<Readdressed, Error> {
        let Some(first) = batch.first() else {
            return Ok(Vec::new());
        };
        let folder = first.folder;
        let row = match self.store.read(move |r| r.folder(folder)).await {
            Ok(row) => row,
            Err(store::Error::NotFound) => {
                self.drop_ops(batch).await?;
                return Ok(Vec::new());
            }
            Err(error) => return Err(error.into()),
        };
        let told = match &first.change {
            Change::Folder(change) => self.change_folder(first, change, &row).await,
            Change::Append => self.append(first, &row).await,
            _ if first.uid.is_none() => self.find_by_name(first, &row).await,
            change => self.change_on_server(batch, change, &row).await,
        };
        match told {
            Err(Error::Imap(error)) if error.is_for_now() => {
                self.wait_with(batch, &row, error).await?;
                Ok(Vec::new())
            }
            Err(Error::Imap(error)) if error.is_refusal() => {
                self.selected = None;
                if self.followed(&row).await?.is_some() {
                    return Ok(batch.iter().map(|op| op.id).collect());
                }
                self.refused(batch, &row, error).await?;
                Ok(Vec::new())
            }
            Err(Error::Imap(error)) if error.is_not_understood() => {
                // Asked again with the next connection it would end that too.
                self.refused(batch, &row, error).await?;
                self.conn.noop().await?;
                Ok(Vec::new())
            }
            other => other,
        }
    }

    /// The server cannot now: asked again with the next pass.
    async fn wait_with(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        error: imap::Error,
    ) -> Result<(), Error> {
        self.selected = None;
        let ops = batch.to_vec();
        self.store
            .write(Durability::Crash, move |w| w.unbegin(&ops))
            .await?;
        let error = EngineError::from(error).hint("Nothing is lost; it is tried again.");
        self.report(&row.folder.path)
            .notices
            .push(error.to_string());
        Ok(())
    }

    async fn change_on_server(
        &mut self,
        batch: &[PendingOp],
        change: &Change,
        row: &FolderRow,
    ) -> Result<Readdressed, Error> {
        let selected = self.select(&row.remote_name).await?;
        let validity = Some(selected.uid_validity);
        if batch.iter().any(|op| op.uid_validity != validity) {
            // The UIDs are of another generation.
            return self.readdress(batch, row, selected.uid_validity).await;
        }
        if let Some(found) = self.find_meant(batch, row, &selected).await? {
            return Ok(found);
        }
        if !self.can_keep(batch, change, &selected, row).await? {
            return Ok(Vec::new());
        }
        match change {
            Change::Flag(FlagChange { flag, on }) => {
                let mut spellings = kept_spellings(*flag, &selected);
                // Cleared however it is written; set in one way.
                if *on {
                    spellings.truncate(1);
                }
                self.mark(batch, &spellings, *on).await?;
            }
            Change::Keyword(change) => {
                self.mark(batch, &[change.keyword.as_str()], change.on)
                    .await?;
            }
            Change::Expunge => self.expunge(batch, row).await?,
            Change::Move(target) | Change::Copy(target) => {
                self.transfer(batch, row, *target).await?;
            }
            Change::Append | Change::Folder(_) => {}
        }
        Ok(Vec::new())
    }

    async fn mark(&mut self, batch: &[PendingOp], flags: &[&str], on: bool) -> Result<(), Error> {
        let batch = self.begin(batch, 0).await?;
        let uids: Vec<Uid> = batch.iter().filter_map(|op| op.uid).collect();
        self.conn.store_flags(&uids, flags, on).await?;
        self.drop_ops(&batch).await
    }

    /// Noted before the server hears of it: what is done here from now on must
    /// reckon with its having been done there.
    pub(super) async fn begin(
        &self,
        batch: &[PendingOp],
        target_next: u32,
    ) -> Result<Vec<PendingOp>, Error> {
        let ops = batch.to_vec();
        let write = move |w: &Write<'_>| w.begin(&ops, target_next);
        Ok(self.store.write(Durability::Crash, write).await?)
    }

    /// A folder that was only made here so far is made on the server.
    pub(super) async fn make_if_new(&mut self, row: &FolderRow) -> Result<(), Error> {
        if row.state.uid_validity.is_some() {
            return Ok(());
        }
        match self.conn.create_folder(&row.remote_name).await {
            // There already: what was wanted.
            Err(error) if error.is_refusal() => Ok(()),
            other => Ok(other?),
        }
    }

    /// The name of a folder that the server does not have under the one known
    /// here: renamed by another program, or made anew.
    pub(super) async fn name_that_is_there(&mut self, row: &FolderRow) -> Result<String, Error> {
        if let Some(row) = self.followed(row).await? {
            return Ok(row.remote_name);
        }
        self.conn.create_folder(&row.remote_name).await?;
        Ok(row.remote_name.clone())
    }

    /// Below this UID the folder cannot have what is put there from now on.
    pub(super) async fn next_uid(&mut self, row: &FolderRow) -> Result<u32, Error> {
        match self.conn.status(&row.remote_name).await {
            Ok(status) => Ok(status.uid_next.unwrap_or(row.state.uid_next)),
            Err(error) if error.is_refusal() => Ok(row.state.uid_next),
            Err(error) => Err(error.into()),
        }
    }

    /// Uploads a message written here. A try that was cut short may have
    /// arrived: then it is found by its name instead of uploaded again.
    async fn append(&mut self, op: &PendingOp, row: &FolderRow) -> Result<Readdressed, Error> {
        let placement = op.placement;
        let read = self.store.read(move |r| {
            let row = r.placement(placement)?;
            let sha256 = row.sha256.ok_or(store::Error::NotFound)?;
            let written = r.envelopes(&[placement])?.first().map(|one| one.date);
            Ok((r.raw(&sha256)?, row, written))
        });
        let (raw, message, written) = match read.await {
            Err(store::Error::NotFound) => {
                self.drop_ops(std::slice::from_ref(op)).await?;
                return Ok(Vec::new());
            }
            other => other?,
        };
        if self.file_once(op, row).await? == Filing::Leave {
            return Ok(Vec::new());
        }
        self.make_if_new(row).await?;
        let next = if op.attempts == 0 {
            self.next_uid(row).await?
        } else {
            op.target_next
        };
        let begun = self.begin(std::slice::from_ref(op), next).await?;
        let Some(op) = begun.into_iter().next() else {
            return Ok(Vec::new());
        };
        let mut uid = None;
        if op.attempts > 0 {
            uid = self.uploaded_before(&op, row).await?;
        }
        if uid.is_none() {
            let mut flags: Vec<&str> = message.flags.iter().map(Flag::imap).collect();
            flags.extend(message.keywords.split_whitespace());
            uid = self.upload(row, &flags, written, &raw).await?;
        }
        let write = move |w: &Write<'_>| {
            w.sent_copy_uploaded(op.placement)?;
            w.arrived(&op, op.folder, uid)
        };
        self.store.write(Durability::Crash, write).await?;
        Ok(Vec::new())
    }

    async fn uploaded_before(
        &mut self,
        op: &PendingOp,
        row: &FolderRow,
    ) -> Result<Option<Uid>, Error> {
        let Some(name) = &op.message_id else {
            return Ok(None);
        };
        self.select(&row.remote_name).await?;
        let mut found = self.conn.find_message_id(&name.0).await?;
        found.retain(|uid| uid.get() >= op.target_next);
        Ok(found.into_iter().max())
    }

    async fn upload(
        &mut self,
        row: &FolderRow,
        flags: &[&str],
        written: Option<DateTime<FixedOffset>>,
        raw: &[u8],
    ) -> Result<Option<Uid>, Error> {
        // Old mail that is taken over stays old for everybody.
        let now = Local::now().fixed_offset();
        let when = Some(written.map_or(now, |written| written.min(now)));
        let mut told = self.conn.append(&row.remote_name, flags, when, raw).await;
        if lacks_folder(&told) {
            let name = self.name_that_is_there(row).await?;
            told = self.conn.append(&name, flags, when, raw).await;
        }
        Ok(told?
            .filter(|(validity, _)| row.state.uid_validity.is_none_or(|own| own == *validity))
            .map(|(_, uid)| uid))
    }

    /// Finds messages under their new UIDs by their names.
    pub(super) async fn readdress(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        validity: UidValidity,
    ) -> Result<Readdressed, Error> {
        let mut readdressed = Vec::new();
        for op in batch {
            let mut found = match &op.message_id {
                Some(name) => self.conn.find_message_id(&name.0).await?,
                None => Vec::new(),
            };
            if found.len() > 1 {
                found = self.of_size(found, op.size).await?;
            }
            let [uid] = found.as_slice() else {
                let error = EngineError::new(
                    ErrorKind::Conflict,
                    format!(
                        "The server renumbered {}, so a change made here could not be passed on.",
                        row.folder.path
                    ),
                )
                .hint("The message is shown again as the server has it; please repeat the change.");
                self.take_back(std::slice::from_ref(op), row, error).await?;
                continue;
            };
            let (uid, id) = (*uid, op.id);
            self.store
                .write(Durability::Crash, move |w| w.renumber_op(id, uid, validity))
                .await?;
            readdressed.push(id);
        }
        Ok(readdressed)
    }

    /// Those messages of the selected folder that have that size.
    pub(super) async fn of_size(&mut self, uids: Vec<Uid>, size: u64) -> Result<Vec<Uid>, Error> {
        let messages = self.headers(&uids).await?;
        let same = messages.iter().filter(|message| message.size == size);
        Ok(same.map(|message| message.uid).collect())
    }

    pub(super) async fn drop_ops(&self, batch: &[PendingOp]) -> Result<(), Error> {
        let ids: Vec<i64> = batch.iter().map(|op| op.id).collect();
        let write = move |w: &Write<'_>| ids.into_iter().try_for_each(|id| w.drop_op(id));
        Ok(self.store.write(Durability::Crash, write).await?)
    }
}

/// Whether a target is not there (RFC 9051, 7.1).
pub(super) fn lacks_folder<T>(told: &Result<T, imap::Error>) -> bool {
    told.as_ref()
        .is_err_and(|error| error.code() == Some("TRYCREATE"))
}

/// How a folder can write a flag: our way first, then those of others.
pub(super) fn kept_spellings(flag: Flag, selected: &imap::Selected) -> Vec<&'static str> {
    std::iter::once(flag.imap())
        .chain(flag.other_spellings().iter().copied())
        .filter(|name| selected.keeps(name))
        .collect()
}
