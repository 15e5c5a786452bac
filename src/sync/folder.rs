//! One pass over one folder: headers of what is new, flags of what changed,
//! and what went.

use std::collections::{HashMap, HashSet};

use super::fetched::{FlagRow, Message};
use super::plan::{FlagPlan, FolderPlan, Remote, plan};
use super::receive::{Arrived, merged};
use super::session::{Error, Session, Told};
use crate::model::{
    Flag, Flags, FolderId, FolderRole, MessageId, ModSeq, PlacementId, Uid, UidValidity,
};
use crate::protocol::imap;
use crate::store::{
    self, Durability, FolderRow, NewEmail, NewPlacement, PlacementRow, SyncState, Write,
};

/// The first headers, enough for a screen, then the rest in larger steps.
const FIRST_STEP: usize = 50;
const STEP: usize = 500;

/// What is known here of a folder's messages.
type Known = HashMap<Uid, (PlacementId, Flags, String)>;

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
            FolderPlan::Nothing | FolderPlan::Continue { .. } if strays => FolderPlan::Compare,
            plan => plan,
        };
        if let Some(remote) = status.and_then(|status| remote_of_status(&status))
            && plan_for(&remote) == FolderPlan::Nothing
        {
            return Ok(());
        }
        let selected = self.select(&row.remote_name).await?;
        let remote = remote_of_selected(&selected);
        let plan = plan_for(&remote);
        let row = self.note_generation(row, &remote, plan).await?;
        let pass = FolderPass { row, remote };
        match plan {
            FolderPlan::Nothing => {}
            FolderPlan::Rebuild | FolderPlan::Compare => self.compare(&pass).await?,
            FolderPlan::Continue { from, flags } => self.resume(&pass, from, flags).await?,
        }
        self.finish(&pass).await
    }

    /// Notes the generation of the UIDs before the first of them is stored: what
    /// is done here during a long first pass names messages by them, and a pass
    /// that is cut short goes on instead of beginning again.
    async fn note_generation(
        &self,
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
        self.store
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
        self.fetch_headers(pass, &fresh).await?;
        let id = pass.id();
        let here = self.store.read(move |r| r.count_with_uid(id)).await?;
        let leaving = self.store.read(move |r| r.leaving(id)).await?;
        // As many came as went: only a comparison tells which.
        if u64::from(here) + leaving.len() as u64 == u64::from(self.conn.exists()) {
            Ok(())
        } else {
            self.compare(pass).await
        }
    }

    /// Compares every UID and flag of the folder with what is here.
    async fn compare(&mut self, pass: &FolderPass) -> Result<(), Error> {
        // Asked before the list, which cannot name what comes into the folder
        // after it.
        let id = pass.id();
        let strays = self.store.read(move |r| r.strays(id)).await?;
        let rows = self.flags_from(Uid::FIRST).await?;
        let exists = self.conn.exists();
        // At once: what is done here while headers come is told to the server
        // in between, and these flags do not know of it.
        self.apply_flags(pass, &rows).await?;
        self.fetch_headers(pass, &rows).await?;
        // A list that is shorter than what the server says it has must not
        // cost a single message here.
        if rows.len() as u64 == u64::from(exists) {
            self.remove_vanished(pass, &rows, strays).await
        } else {
            let path = &pass.row.folder.path;
            let notice = format!(
                "{path}: the server listed {} of {exists} messages. Nothing was removed here.",
                rows.len(),
            );
            self.report(path).notices.push(notice);
            Ok(())
        }
    }

    async fn fetch_headers(&mut self, pass: &FolderPass, rows: &[FlagRow]) -> Result<(), Error> {
        let id = pass.id();
        let (known, leaving) = self
            .store
            .read(move |r| Ok((r.known_uids(id)?, r.leaving(id)?)))
            .await?;
        let leaving: HashSet<Uid> = leaving.into_iter().collect();
        let mut missing: Vec<Uid> = rows
            .iter()
            .map(|row| row.uid)
            .filter(|uid| !known.contains_key(uid) && !leaving.contains(uid))
            .collect();
        missing.sort_unstable_by(|a, b| b.cmp(a));
        let mut homeless = self.homeless(pass).await?;
        let mut rest = missing.as_slice();
        let mut step = FIRST_STEP;
        while !rest.is_empty() {
            self.serve_urgent(Some(&pass.row)).await?;
            let (now, later) = rest.split_at(step.min(rest.len()));
            let fetched = self.headers(now).await?;
            homeless = self.keep_headers(pass, fetched, homeless).await?;
            (rest, step) = (later, STEP);
        }
        Ok(())
    }

    /// The folder's rows that wait for a UID, by what they are.
    async fn homeless(&self, pass: &FolderPass) -> Result<Homeless, Error> {
        let id = pass.id();
        let rows = self.store.read(move |r| r.unnamed(id)).await?;
        let mut homeless = Homeless::new();
        for row in rows {
            if let Some(name) = row.message_id.clone() {
                homeless.entry((name, row.size)).or_default().push(row);
            }
        }
        Ok(homeless)
    }

    async fn keep_headers(
        &mut self,
        pass: &FolderPass,
        fetched: Vec<Message>,
        mut homeless: Homeless,
    ) -> Result<Homeless, Error> {
        let (account, folder) = (self.account, pass.id());
        let described = tokio::task::spawn_blocking(move || {
            let describe = |fetched: Message| {
                let arrived = Arrived {
                    account,
                    received: fetched.received,
                    size: fetched.size,
                };
                (arrived.by_header(&fetched.bytes), fetched)
            };
            fetched.into_iter().map(describe).collect::<Vec<_>>()
        })
        .await?;
        let inbox = pass.row.folder.role == Some(FolderRole::Inbox);
        let first_pass = pass.row.state.uid_next == 0;
        let (homeless, added, fresh) = self
            .store
            .write(Durability::Crash, move |w| {
                let (mut added, mut fresh) = (0_u64, Vec::new());
                for (email, fetched) in &described {
                    if let Some(row) = claim(&mut homeless, email)
                        && adopt(w, row.id, folder, fetched)?
                    {
                        continue;
                    }
                    let placement = add(w, email, folder, fetched)?;
                    added += 1;
                    if fetched.flags.is_unread() && !fetched.flags.has(Flag::Deleted) {
                        fresh.push(placement);
                    }
                }
                Ok((homeless, added, fresh))
            })
            .await?;
        self.report(&pass.row.folder.path).new += added;
        self.told(Told::Content(folder));
        self.told(Told::Folders);
        if inbox && !first_pass && !fresh.is_empty() {
            self.told(Told::NewMail(fresh));
        }
        self.progress(&pass.row.folder).await?;
        Ok(homeless)
    }

    async fn apply_flags(&mut self, pass: &FolderPass, rows: &[FlagRow]) -> Result<(), Error> {
        let id = pass.id();
        let known: Known = self.store.read(move |r| r.known_uids(id)).await?;
        let different: Vec<(PlacementId, FlagRow)> = rows
            .iter()
            .filter_map(|row| {
                let (placement, flags, keywords) = known.get(&row.uid)?;
                let same = *flags == row.flags && *keywords == row.keywords.join(" ");
                (!same).then(|| (*placement, row.clone()))
            })
            .collect();
        if different.is_empty() {
            return Ok(());
        }
        let changed = self
            .store
            .write(Durability::Crash, move |w| {
                let mut changed = Vec::new();
                for (placement, row) in different {
                    let before = match w.read().placement(placement) {
                        Ok(row) => row,
                        // Removed here since it was read.
                        Err(store::Error::NotFound) => continue,
                        Err(error) => return Err(error),
                    };
                    let flags = merged(row.flags, &w.read().pending_flags(placement)?);
                    let keywords = row.keywords.join(" ");
                    if before.flags != flags || before.keywords != keywords {
                        w.set_flags(placement, flags, &keywords)?;
                        changed.push(placement);
                    }
                }
                Ok(changed)
            })
            .await?;
        self.report(&pass.row.folder.path).changed += changed.len() as u64;
        if !changed.is_empty() {
            self.told(Told::Rows(changed));
            self.told(Told::Folders);
        }
        Ok(())
    }

    async fn remove_vanished(
        &mut self,
        pass: &FolderPass,
        rows: &[FlagRow],
        strays: Vec<PlacementId>,
    ) -> Result<(), Error> {
        let id = pass.id();
        let there: HashSet<Uid> = rows.iter().map(|row| row.uid).collect();
        let strays: HashSet<PlacementId> = strays.into_iter().collect();
        // What was moved here during the pass came after the list.
        let next = pass.remote.uid_next;
        let listed = move |uid: &Uid| next == 0 || uid.get() < next;
        let removed = self
            .store
            .write(Durability::Crash, move |w| {
                let read = w.read();
                let mut gone: Vec<PlacementId> = read
                    .known_uids(id)?
                    .into_iter()
                    .filter(|(uid, _)| listed(uid) && !there.contains(uid))
                    .map(|(_, (placement, ..))| placement)
                    .collect();
                // Rows that no message of the server matched.
                let unmatched = read.strays(id)?.into_iter();
                gone.extend(unmatched.filter(|row| strays.contains(row)));
                for placement in &gone {
                    w.remove_placement(*placement)?;
                }
                Ok(gone.len() as u64)
            })
            .await?;
        self.report(&pass.row.folder.path).removed += removed;
        if removed > 0 {
            self.told(Told::Content(id));
            self.told(Told::Folders);
        }
        Ok(())
    }

    async fn finish(&mut self, pass: &FolderPass) -> Result<(), Error> {
        let id = pass.id();
        let (here, leaving) = self
            .store
            .read(move |r| Ok((r.count_with_uid(id)?, r.leaving(id)?.len())))
            .await?;
        let here = u64::from(here) + leaving as u64;
        let exists = u64::from(self.conn.exists());
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
}

struct FolderPass {
    row: FolderRow,
    /// What the server said when the folder was selected: what came later is
    /// the next pass's.
    remote: Remote,
}

impl FolderPass {
    fn id(&self) -> FolderId {
        self.row.folder.id
    }
}

fn remote_of_status(status: &imap::FolderStatus) -> Option<Remote> {
    Some(Remote {
        uid_validity: UidValidity::new(status.uid_validity?)?,
        uid_next: status.uid_next.unwrap_or(0),
        exists: u32::try_from(status.messages?).ok()?,
        highest_modseq: status.highest_modseq.map(ModSeq),
    })
}

fn remote_of_selected(selected: &imap::Selected) -> Remote {
    Remote {
        uid_validity: selected.uid_validity,
        uid_next: selected.uid_next.unwrap_or(0),
        exists: selected.exists,
        highest_modseq: selected.highest_modseq,
    }
}

/// Rows without a UID, by Message-ID and size: what a moved or uploaded
/// message is recognised by when the server does not say its new UID.
type Homeless = HashMap<(MessageId, u64), Vec<PlacementRow>>;

fn claim(homeless: &mut Homeless, email: &NewEmail) -> Option<PlacementRow> {
    let name = email.message_id.clone()?;
    homeless.get_mut(&(name, email.size))?.pop()
}

fn adopt(
    w: &Write<'_>,
    row: PlacementId,
    folder: FolderId,
    fetched: &Message,
) -> store::Result<bool> {
    if !w.name_unnamed(row, folder, fetched.uid)? {
        return Ok(false);
    }
    let flags = merged(fetched.flags, &w.read().pending_flags(row)?);
    w.set_flags(row, flags, &fetched.keywords.join(" "))?;
    Ok(true)
}

fn add(
    w: &Write<'_>,
    email: &NewEmail,
    folder: FolderId,
    fetched: &Message,
) -> store::Result<PlacementId> {
    let id = w.add_email(email)?;
    w.add_placement(&NewPlacement {
        email: id,
        folder,
        uid: Some(fetched.uid),
        flags: fetched.flags,
        keywords: fetched.keywords.clone(),
        date: email.date.timestamp(),
    })
}
