//! One pass over one folder: headers of what is new, flags of what changed,
//! and what went.

use super::arriving::Wanted;
use super::fetched::LINES_MAX;
use super::plan::{FlagPlan, FolderPlan, Remote, plan};
use super::session::{Error, Session};
use crate::model::{FolderId, ModSeq, Uid, UidValidity};
use crate::protocol::imap::{self, Ask, Changes};
use crate::store::{Durability, FolderRow, Store, SyncState};

/// A folder up to this size is fetched whole at first sight, in one go: its
/// list is complete as soon as headers would have been, and no header crosses
/// the line twice.
pub(super) const SMALL_BYTES: u64 = 8 << 20;

/// A folder with what the server said when it was opened: what came later is
/// the next pass's.
pub(super) struct FolderPass {
    pub(super) row: FolderRow,
    pub(super) remote: Remote,
}

impl FolderPass {
    pub(super) fn id(&self) -> FolderId {
        self.row.folder.id
    }
}

impl Session {
    /// Brings one folder in step.
    pub(super) async fn folder(
        &mut self,
        row: FolderRow,
        status: Option<imap::FolderStatus>,
    ) -> Result<(), Error> {
        let id = row.folder.id;
        let (here, strays) = self
            .store
            .read(move |r| Ok((r.count_with_uid(id)?, !r.strays(id)?.is_empty())))
            .await?;
        let plan_for = |remote: &Remote| match plan(&row.state, here, remote) {
            // Rows that wait for a UID nobody will tell: only a comparison
            // shows whether the server has their messages.
            FolderPlan::Nothing | FolderPlan::Continue { .. } | FolderPlan::First if strays => {
                FolderPlan::Compare
            }
            // A server that claims more than anybody has is asked what it has.
            FolderPlan::First if remote.exists as usize > LINES_MAX => FolderPlan::Compare,
            plan => plan,
        };
        if let Some(remote) = status.and_then(|status| remote_of_status(&status))
            && plan_for(&remote) == FolderPlan::Nothing
        {
            return Ok(());
        }
        let (selected, changes) = self.open(&row).await?;
        let remote = remote_of_selected(&selected);
        let plan = plan_for(&remote);
        let row = note_generation(&self.store, row, &remote, plan).await?;
        let pass = FolderPass { row, remote };
        match (plan, changes) {
            (FolderPlan::Nothing, _) => {}
            (FolderPlan::First, _) => self.first(&pass, status).await?,
            (FolderPlan::Compare | FolderPlan::Continue { .. }, Some(changes)) if !strays => {
                self.catch_up(&pass, changes).await?;
            }
            (FolderPlan::Rebuild | FolderPlan::Compare, _) => self.compare(&pass).await?,
            (FolderPlan::Doubt, _) => self.compare_all(&pass).await?,
            (FolderPlan::Continue { from, flags }, _) => self.resume(&pass, from, flags).await?,
        }
        let exists = self.conn.exists();
        self.finish(&pass, exists).await
    }

    /// Opens a folder, and learns what changed in the same answer where the
    /// server can tell (RFC 7162, QRESYNC).
    async fn open(&mut self, row: &FolderRow) -> Result<(imap::Selected, Option<Changes>), Error> {
        let (Some(uid_validity), Some(modseq), true) = (
            row.state.uid_validity,
            row.state.highest_modseq,
            // Of a folder never read to the end nobody knows what is missing.
            row.state.uid_next > 0,
        ) else {
            return Ok((self.select(&row.remote_name).await?, None));
        };
        let known = imap::Known {
            uid_validity,
            modseq,
        };
        self.selected = None;
        let resynced = self.conn.select_resync(&row.remote_name, &known).await?;
        self.selected = Some(row.remote_name.clone());
        // Without QRESYNC only removals stay untold, which the counts show.
        let told = resynced.complete || resynced.flags_complete;
        let changes = told.then_some(resynced.changes);
        Ok((resynced.selected, changes))
    }

    /// Reads a folder of which nothing is here.
    async fn first(
        &mut self,
        pass: &FolderPass,
        status: Option<imap::FolderStatus>,
    ) -> Result<(), Error> {
        let exists = pass.remote.exists;
        if exists == 0 {
            return Ok(());
        }
        let row = &pass.row;
        if !self.wants_whole(&row.folder, SMALL_BYTES) {
            let wanted = Wanted::everything(exists);
            return self.bring_in(row, wanted, Ask::Headers).await;
        }
        if is_small(status.as_ref()) {
            let wanted = Wanted::Numbers(vec![(1, exists)]);
            return self.bring_in(row, wanted, Ask::Whole).await;
        }
        self.first_of_many(row, exists).await
    }

    /// Looks at what came since, and at flags.
    async fn resume(&mut self, pass: &FolderPass, from: u32, flags: FlagPlan) -> Result<(), Error> {
        match flags {
            FlagPlan::All => return self.compare(pass).await,
            FlagPlan::Since(modseq) => {
                let rows = self.flags_since(modseq).await?;
                self.apply_flags(pass, &rows).await?;
            }
            FlagPlan::Nothing => {}
        }
        let fresh = match Uid::new(from) {
            Some(from) => self.flags_from(from).await?,
            None => Vec::new(),
        };
        self.bring_in_unknown(pass, &fresh).await?;
        // As many came as went: only a comparison tells which.
        if self.counts_agree(pass.id(), 0).await? {
            Ok(())
        } else {
            self.compare(pass).await
        }
    }

    /// Takes over what the server says changed since the last pass. What is
    /// said to be gone is believed only where the numbers agree afterwards.
    async fn catch_up(&mut self, pass: &FolderPass, changes: Changes) -> Result<(), Error> {
        let id = pass.id();
        let rows: Vec<_> = changes.changed.into_iter().map(Into::into).collect();
        self.apply_flags(pass, &rows).await?;
        self.bring_in_unknown(pass, &rows).await?;
        let vanished = changes.vanished;
        let gone = self
            .store
            .read(move |r| r.placements_in(id, &vanished))
            .await?;
        if self.counts_agree(id, gone.len() as u64).await? {
            self.remove(pass, gone).await
        } else {
            self.compare(pass).await
        }
    }

    /// Whether as many messages are here as the server has, once `going` of
    /// those here are gone.
    async fn counts_agree(&self, id: FolderId, going: u64) -> Result<bool, Error> {
        let (here, leaving) = self
            .store
            .read(move |r| Ok((r.count_with_uid(id)?, r.leaving(id)?.len())))
            .await?;
        Ok(u64::from(here) + leaving as u64 == u64::from(self.conn.exists()) + going)
    }

    /// Notes how far the folder is in step, of which the server has `exists`
    /// messages now.
    pub(super) async fn finish(&mut self, pass: &FolderPass, exists: u32) -> Result<(), Error> {
        let id = pass.id();
        let (here, leaving) = self
            .store
            .read(move |r| Ok((r.count_with_uid(id)?, r.leaving(id)?.len())))
            .await?;
        let here = u64::from(here) + leaving as u64;
        let exists = u64::from(exists);
        let lacking = exists
            .min(u64::from(pass.remote.exists))
            .saturating_sub(here);
        let path = &pass.row.folder.path;
        let report = self.reports.entry(path.clone()).or_default();
        if lacking > 0 && report.notices.is_empty() {
            report.notices.push(format!(
                "{path}: the server did not give {lacking} of its messages. It is asked again with \
                 the next check."
            ));
        }
        let state = SyncState {
            uid_validity: Some(pass.remote.uid_validity),
            uid_next: pass.remote.uid_next,
            // Where something is missing here, the next pass compares all: the
            // counts may agree again when something else goes.
            highest_modseq: pass.remote.highest_modseq.filter(|_| here == exists),
            total: pass.remote.exists,
        };
        Ok(self
            .store
            .write(Durability::Crash, move |w| w.set_sync_state(id, state))
            .await?)
    }

    pub(super) fn notice_short_list(&mut self, pass: &FolderPass, told: u64) {
        let path = &pass.row.folder.path;
        let exists = pass.remote.exists;
        let notice = format!(
            "{path}: the server listed {told} of {exists} messages. Nothing was removed here."
        );
        self.report(path).notices.push(notice);
    }
}

/// Notes the generation of the UIDs before the first of them is stored: what
/// is done here during a long first pass names messages by them, and a pass
/// that is cut short goes on instead of beginning again.
pub(super) async fn note_generation(
    store: &Store,
    mut row: FolderRow,
    remote: &Remote,
    plan: FolderPlan,
) -> Result<FolderRow, Error> {
    let void = plan == FolderPlan::Rebuild;
    if !void && row.state.uid_validity == Some(remote.uid_validity) {
        return Ok(row);
    }
    let id = row.folder.id;
    let state = SyncState {
        uid_validity: Some(remote.uid_validity),
        ..SyncState::default()
    };
    store
        .write(Durability::Crash, move |w| {
            if void {
                w.forget_uids(id)?;
            }
            w.set_sync_state(id, state)
        })
        .await?;
    // The rest still says whether the folder was ever complete.
    row.state.uid_validity = state.uid_validity;
    Ok(row)
}

/// Whether a folder is better read whole at once.
pub(super) fn is_small(status: Option<&imap::FolderStatus>) -> bool {
    let size = status.and_then(|status| status.size);
    size.is_some_and(|size| size <= SMALL_BYTES)
}

fn remote_of_status(status: &imap::FolderStatus) -> Option<Remote> {
    Some(Remote {
        uid_validity: UidValidity::new(status.uid_validity?)?,
        uid_next: status.uid_next.unwrap_or(0),
        exists: u32::try_from(status.messages?).ok()?,
        highest_modseq: status.highest_modseq.map(ModSeq),
    })
}

pub(super) fn remote_of_selected(selected: &imap::Selected) -> Remote {
    Remote {
        uid_validity: selected.uid_validity,
        uid_next: selected.uid_next.unwrap_or(0),
        exists: selected.exists,
        highest_modseq: selected.highest_modseq,
    }
}
