//! `sync --watch`: a line per change, until it is stopped.

use std::collections::{BTreeMap, HashMap, HashSet};

use futures::StreamExt;
use waxwing::Result;
use waxwing::engine::Event;
use waxwing::model::{AccountId, Folder, FolderId, ListView, PlacementId};

use super::output::{SyncLine, warn};
use super::{Context, lookup};

/// The folders that are watched, and what was in them last.
struct Watch {
    account: Option<AccountId>,
    /// Only the folder with this path.
    path: Option<String>,
    known: HashMap<FolderId, (Folder, HashSet<PlacementId>)>,
}

pub(super) async fn run(
    context: &mut Context,
    account: Option<AccountId>,
    path: Option<String>,
) -> Result<()> {
    let mut events = std::pin::pin!(context.handle.events());
    let mut watch = Watch {
        account,
        path,
        known: HashMap::new(),
    };
    watch.look(context, false).await?;
    context.handle.sync_now(account).await?;
    while let Some(event) = events.next().await {
        match event {
            Event::FolderContent(folder) => watch.content(context, folder).await?,
            Event::Rows(ids) => watch.rows(context, ids).await?,
            Event::Folders(_) | Event::Accounts | Event::Resync => {
                watch.look(context, true).await?;
            }
            Event::Problem { error, .. } => warn("warning", &error),
            Event::AccountState(_)
            | Event::NewMail { .. }
            | Event::Coming { .. }
            | Event::Changing { .. }
            | Event::Outbox => {}
        }
    }
    Ok(())
}

impl Watch {
    /// Reads the folder list anew. What lies in a folder that came later is
    /// new; what lay there when the watch began is not.
    async fn look(&mut self, context: &mut Context, later: bool) -> Result<()> {
        let wanted = |folder: &Folder| {
            let path = self.path.as_ref();
            path.is_none_or(|path| lookup::is_at(folder, path))
        };
        let folders = context.handle.folders(self.account).await?;
        let any = !folders.is_empty();
        let folders: Vec<Folder> = folders.into_iter().filter(wanted).collect();
        if let Some(path) = &self.path
            && any
            && folders.is_empty()
            && !later
        {
            let told = format!("There is no folder “{path}” yet; it is watched once it comes.");
            warn("warning", &told);
        }
        for folder in folders {
            let id = folder.id;
            let before = match self.known.remove(&id) {
                Some((_, before)) => before,
                None if later => HashSet::new(),
                None => content(context, id).await?,
            };
            self.known.insert(id, (folder, before));
            if later {
                self.content(context, id).await?;
            }
        }
        Ok(())
    }

    /// Tells what came into a folder and what left it.
    async fn content(&mut self, context: &mut Context, id: FolderId) -> Result<()> {
        let Some((folder, before)) = self.known.get_mut(&id) else {
            return Ok(());
        };
        let now = content(context, id).await?;
        let new: Vec<PlacementId> = now.difference(before).copied().collect();
        let removed = before.difference(&now).count();
        *before = now;
        if new.is_empty() && removed == 0 {
            return Ok(());
        }
        let mut line = line(context, folder).await?;
        line.new = count(new.len());
        line.removed = count(removed);
        let rows = context.handle.envelopes(new).await?;
        line.bytes = rows.iter().map(|row| row.size).sum();
        print(context, &line)
    }

    /// Tells how many messages of each folder changed.
    async fn rows(&self, context: &mut Context, ids: Vec<PlacementId>) -> Result<()> {
        let mut changed: BTreeMap<FolderId, u64> = BTreeMap::new();
        for row in context.handle.envelopes(ids).await? {
            *changed.entry(row.folder).or_default() += 1;
        }
        for (id, changed) in changed {
            if let Some((folder, _)) = self.known.get(&id) {
                let mut line = line(context, folder).await?;
                line.changed = changed;
                print(context, &line)?;
            }
        }
        Ok(())
    }
}

async fn content(context: &Context, folder: FolderId) -> Result<HashSet<PlacementId>> {
    let order = context.handle.order(ListView::Folder(folder)).await?;
    Ok(order.iter().copied().collect())
}

async fn line(context: &Context, folder: &Folder) -> Result<SyncLine> {
    Ok(SyncLine {
        account: lookup::name_of(&context.handle.accounts().await?, folder.account),
        folder: folder.path.clone(),
        new: 0,
        changed: 0,
        removed: 0,
        bytes: 0,
        seconds: 0.0,
        notices: Vec::new(),
    })
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// At once, for whoever waits for it.
fn print(context: &mut Context, line: &SyncLine) -> Result<()> {
    context.out.row(line, || line.text())?;
    context.out.flush()
}
