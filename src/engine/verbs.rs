//! The verbs: local half, event, and a nudge for the account's task.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apply::{self, Applied};
use super::shared::Shared;
use super::undo::Inverse;
use super::words::messages;
use super::{Done, Event};
use crate::error::Result;
use crate::model::{
    AccountId, Flag, FlagChange, Folder, FolderId, FolderRole, Keyword, KeywordChange, PlacementId,
};
use crate::store::{self, Durability, Write};
use crate::sync::Urgent;

/// How many messages one step changes: some 20 ms of the writer's time.
const STEP: usize = 1000;

/// What is done to messages, in one transaction.
pub(super) trait Change:
    Fn(&Write<'_>, &[PlacementId]) -> store::Result<Applied> + Clone + Send + 'static
{
}

impl<F> Change for F where
    F: Fn(&Write<'_>, &[PlacementId]) -> store::Result<Applied> + Clone + Send + 'static
{
}

/// Work of one turn of the writer.
type Turn = Box<dyn FnOnce(&Write<'_>) -> store::Result<Applied> + Send>;

/// One step of a change.
struct Step {
    /// How many messages it is about.
    size: usize,
    change: Turn,
}

impl Step {
    fn new(
        size: usize,
        change: impl FnOnce(&Write<'_>) -> store::Result<Applied> + Send + 'static,
    ) -> Self {
        Self {
            size,
            change: Box::new(change),
        }
    }
}

fn flags(change: FlagChange) -> impl Change {
    move |w: &Write<'_>, ids: &[PlacementId]| {
        let changes: Vec<_> = ids.iter().map(|id| (*id, change)).collect();
        apply::flags(w, &changes)
    }
}

impl Shared {
    /// Marks messages.
    pub(super) async fn mark(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: FlagChange,
    ) -> Result<Done> {
        let applied = self.apply(ids, flags(change)).await?;
        let what = match (change.flag, change.on) {
            (Flag::Seen, true) => "marked as read",
            (Flag::Seen, false) => "marked as unread",
            (Flag::Flagged, true) => "starred",
            (Flag::Flagged, false) => "unstarred",
            (Flag::Junk, true) => "marked as junk",
            (Flag::NotJunk, true) => "marked as not junk",
            _ => "marked",
        };
        Ok(self.done(&format!("{} {what}", messages(applied.count)), applied))
    }

    /// Marks messages without a person's asking: not to be taken back.
    pub(super) async fn mark_by_itself(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: FlagChange,
    ) -> Result<()> {
        self.apply(ids, flags(change)).await?;
        Ok(())
    }

    /// Sets a tag, or takes it off.
    pub(super) async fn tag(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        keyword: Keyword,
        on: bool,
    ) -> Result<Done> {
        let tag = keyword.to_string();
        let change = KeywordChange { keyword, on };
        let applied = self
            .apply(ids, move |w, ids| {
                let changes: Vec<_> = ids.iter().map(|id| (*id, change.clone())).collect();
                apply::keywords(w, &changes)
            })
            .await?;
        let messages = messages(applied.count);
        let label = if on {
            format!("{messages} tagged “{tag}”")
        } else {
            format!("Tag “{tag}” taken off {messages}")
        };
        Ok(self.done(&label, applied))
    }

    /// Marks messages as junk and moves them to Junk, or the other way round.
    pub(super) async fn junk(self: &Arc<Self>, ids: Vec<PlacementId>, on: bool) -> Result<Done> {
        let applied = self
            .apply(ids, move |w, ids| apply::junk(w, ids, on))
            .await?;
        let what = if on { "junk" } else { "not junk" };
        let label = format!("{} marked as {what}", messages(applied.count));
        Ok(self.done(&label, applied))
    }

    /// Moves messages into a folder of their account.
    pub(super) async fn move_to(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        folder: FolderId,
    ) -> Result<Done> {
        let (target, applied) = self
            .into_folder(ids, folder, move |w, ids| {
                let moves: Vec<_> = ids.iter().map(|id| (*id, folder)).collect();
                apply::folders(w, &moves)
            })
            .await?;
        let label = format!("{} moved to {}", messages(applied.count), target.name());
        Ok(self.done(&label, applied))
    }

    /// Puts a second one of each message into a folder of their account.
    pub(super) async fn copy_to(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        folder: FolderId,
    ) -> Result<Done> {
        let (target, applied) = self
            .into_folder(ids, folder, move |w, ids| apply::copies(w, ids, folder))
            .await?;
        let label = format!("{} copied to {}", messages(applied.count), target.name());
        Ok(self.done(&label, applied))
    }

    async fn into_folder(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        folder: FolderId,
        change: impl Change,
    ) -> Result<(Folder, Applied)> {
        let target = self.store.read(move |r| r.folder(folder)).await?.folder;
        if !target.selectable {
            return Err(crate::Error::new(
                crate::ErrorKind::Input,
                format!("{} holds only folders, no messages.", target.path),
            )
            .hint("Choose a folder below it."));
        }
        let (account, asked) = (target.account, ids.clone());
        let same_account = self.store.read(move |r| r.are_of(account, &asked));
        if !same_account.await? {
            return Err(crate::Error::new(
                crate::ErrorKind::Input,
                "Messages can only be moved and copied within their own account so far.",
            )
            .hint("Choose a folder of the same account."));
        }
        let applied = self.apply(ids, change).await?;
        Ok((target, applied))
    }

    /// Moves messages to the folder of that role.
    pub(super) async fn move_to_role(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        role: FolderRole,
    ) -> Result<Done> {
        let applied = self
            .apply(ids, move |w, ids| apply::to_role(w, ids, role))
            .await?;
        Ok(self.done(
            &format!("{} moved to {}", messages(applied.count), role.title()),
            applied,
        ))
    }

    /// Deletes messages.
    pub(super) async fn delete(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        permanently: bool,
    ) -> Result<Done> {
        let applied = self
            .apply(ids, move |w, ids| apply::delete(w, ids, permanently))
            .await?;
        let what = if applied.inverse.is_empty() {
            "deleted for good"
        } else {
            "moved to Trash"
        };
        Ok(self.done(&format!("{} {what}", messages(applied.count)), applied))
    }

    /// Takes the last verb back.
    pub(super) async fn take_back(self: &Arc<Self>) -> Result<Option<String>> {
        let Some((label, inverse)) = self.undo().pop() else {
            return Ok(None);
        };
        let of_folder = matches!(inverse, Inverse::Path(..));
        let rows = inverse.rows();
        let steps = if rows.len() > STEP {
            inverse.in_steps(STEP)
        } else {
            vec![inverse]
        };
        let steps = steps.into_iter().map(|inverse| {
            let size = inverse.rows().len();
            Step::new(size, move |w| apply::reverse(w, &inverse))
        });
        let undone = self.in_steps(rows, steps.collect()).await;
        match undone {
            Err(error) if of_folder && error.kind() == crate::ErrorKind::NotFound => {
                return Err(crate::Error::new(
                    crate::ErrorKind::Conflict,
                    "The folder cannot get its old name back.",
                )
                .hint("It is gone, or another folder has the name now."));
            }
            other => other?,
        };
        Ok(Some(label))
    }

    /// Applies a verb to messages, step by step where they are many.
    pub(super) async fn apply(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: impl Change,
    ) -> Result<Applied> {
        let steps = if ids.is_empty() {
            vec![Vec::new()]
        } else {
            ids.chunks(STEP).map(<[PlacementId]>::to_vec).collect()
        };
        let steps = steps.into_iter().map(|ids| {
            let change = change.clone();
            Step::new(ids.len(), move |w| change(w, &ids))
        });
        let steps = steps.collect();
        self.in_steps(ids, steps).await
    }

    /// Each step is one transaction, and others read and write in between. Where
    /// one fails, those before it stay and can be taken back.
    async fn in_steps(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        steps: Vec<Step>,
    ) -> Result<Applied> {
        let (mut done, total, are_many) = (0, ids.len(), steps.len() > 1);
        let mut all: Option<Applied> = None;
        let mut failed = None;
        for step in steps {
            match self.store.write(Durability::Crash, step.change).await {
                Ok(applied) => {
                    all = Some(match all {
                        Some(before) => before.and(applied),
                        None => applied,
                    });
                }
                // All of this step are gone by now; those of others may not be.
                Err(store::Error::NotFound) if are_many => {}
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
            done += step.size;
            if are_many {
                self.tell(Event::Changing { done, total });
            }
        }
        if let Some(applied) = &all {
            self.announce(ids, applied);
        }
        match (failed, all) {
            (None, Some(applied)) => Ok(applied),
            (None, None) => Err(store::Error::NotFound.into()),
            (Some(error), part) => {
                if are_many {
                    self.tell(Event::Changing { done: total, total });
                }
                if let Some(part) = part {
                    self.done(&format!("{} changed", messages(part.count)), part);
                }
                Err(error.into())
            }
        }
    }

    pub(super) fn announce(self: &Arc<Self>, ids: Vec<PlacementId>, applied: &Applied) {
        for folder in &applied.folders {
            self.tell(Event::FolderContent(*folder));
        }
        self.tell(Event::Rows(ids));
        for account in &applied.accounts {
            self.tell(Event::Folders(*account));
        }
        self.push(&applied.accounts);
    }

    /// Lets the accounts' tasks tell their servers.
    pub(super) fn push(&self, accounts: &BTreeSet<AccountId>) {
        for account in accounts {
            if let Some(actor) = self.actor(*account) {
                // A task that just ended reads the queue when it starts again.
                drop(actor.urgent.send(Urgent::Push));
            }
        }
    }

    pub(super) fn done(&self, label: &str, applied: Applied) -> Done {
        let can_undo = self.undo().push(label, applied.inverse);
        Done {
            label: label.to_owned(),
            can_undo,
        }
    }
}

#[cfg(test)]
mod tests;
