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

impl Shared {
    /// Marks messages.
    pub(super) async fn mark(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: FlagChange,
    ) -> Result<Done> {
        let changes: Vec<_> = ids.iter().map(|id| (*id, change)).collect();
        let applied = self.apply(ids, move |w| apply::flags(w, &changes)).await?;
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
        let changes: Vec<_> = ids.iter().map(|id| (*id, change)).collect();
        self.apply(ids, move |w| apply::flags(w, &changes)).await?;
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
        let changes: Vec<_> = ids.iter().map(|id| (*id, change.clone())).collect();
        let applied = self
            .apply(ids, move |w| apply::keywords(w, &changes))
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
        let marked = ids.clone();
        let applied = self
            .apply(ids, move |w| apply::junk(w, &marked, on))
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
        let moves: Vec<_> = ids.iter().map(|id| (*id, folder)).collect();
        let (target, applied) = self
            .into_folder(ids, folder, move |w| apply::folders(w, &moves))
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
        let originals = ids.clone();
        let (target, applied) = self
            .into_folder(ids, folder, move |w| apply::copies(w, &originals, folder))
            .await?;
        let label = format!("{} copied to {}", messages(applied.count), target.name());
        Ok(self.done(&label, applied))
    }

    async fn into_folder(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        folder: FolderId,
        change: impl FnOnce(&Write<'_>) -> store::Result<Applied> + Send + 'static,
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
        let same_account = move |w: &Write<'_>| {
            let read = w.read();
            let mine = |id: &PlacementId| {
                read.placement(*id)
                    .map_or(true, |row| row.account == account)
            };
            if asked.iter().all(mine) {
                change(w).map(Some)
            } else {
                Ok(None)
            }
        };
        let applied = self.store.write(Durability::Crash, same_account).await?;
        let Some(applied) = applied else {
            return Err(crate::Error::new(
                crate::ErrorKind::Input,
                "Messages can only be moved and copied within their own account so far.",
            )
            .hint("Choose a folder of the same account."));
        };
        self.announce(ids, &applied);
        Ok((target, applied))
    }

    /// Moves messages to the folder of that role.
    pub(super) async fn move_to_role(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        role: FolderRole,
    ) -> Result<Done> {
        let moved = ids.clone();
        let applied = self
            .apply(ids, move |w| apply::to_role(w, &moved, role))
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
        let gone = ids.clone();
        let applied = self
            .apply(ids, move |w| apply::delete(w, &gone, permanently))
            .await?;
        let what = match &applied.inverse {
            Inverse::Folders(moved) if !moved.is_empty() => "moved to Trash",
            _ => "deleted for good",
        };
        Ok(self.done(&format!("{} {what}", messages(applied.count)), applied))
    }

    /// Takes the last verb back.
    pub(super) async fn take_back(self: &Arc<Self>) -> Result<Option<String>> {
        let Some((label, inverse)) = self.undo().pop() else {
            return Ok(None);
        };
        let of_folder = matches!(inverse, Inverse::Path(..));
        let undone = self
            .apply(inverse.rows(), move |w| apply::reverse(w, &inverse))
            .await;
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

    pub(super) async fn apply(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: impl FnOnce(&Write<'_>) -> store::Result<Applied> + Send + 'static,
    ) -> Result<Applied> {
        let applied = self.store.write(Durability::Crash, change).await?;
        self.announce(ids, &applied);
        Ok(applied)
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
