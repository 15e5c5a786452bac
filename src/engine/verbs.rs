//! The verbs: local half, event, and a nudge for the account's task.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::apply::{self, Applied};
use super::shared::Shared;
use super::undo::Inverse;
use super::words::messages;
use super::{Done, Event};
use crate::error::Result;
use crate::model::{AccountId, Flag, FlagChange, FolderId, FolderRole, PlacementId};
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

    /// Moves messages into a folder of their account.
    pub(super) async fn move_to(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        folder: FolderId,
    ) -> Result<Done> {
        let target = self.store.read(move |r| r.folder(folder)).await?.folder;
        let moves: Vec<_> = ids.iter().map(|id| (*id, folder)).collect();
        let account = target.account;
        let same_account = move |w: &Write<'_>| {
            let read = w.read();
            let mine = |id: &PlacementId| {
                read.placement(*id)
                    .map_or(true, |row| row.account == account)
            };
            Ok::<bool, store::Error>(moves.iter().all(|(id, _)| mine(id))).and_then(|same| {
                if same {
                    apply::folders(w, &moves).map(Some)
                } else {
                    Ok(None)
                }
            })
        };
        let applied = self.store.write(Durability::Crash, same_account).await?;
        let Some(applied) = applied else {
            return Err(crate::Error::new(
                crate::ErrorKind::Input,
                "Messages can only be moved within their own account so far.",
            )
            .hint("Choose a folder of the same account."));
        };
        self.announce(ids, &applied);
        Ok(self.done(
            &format!("{} moved to {}", messages(applied.count), target.name()),
            applied,
        ))
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
        match inverse {
            Inverse::Flags(changes) => {
                let ids = changes.iter().map(|(id, _)| *id).collect();
                self.apply(ids, move |w| apply::flags(w, &changes)).await?;
            }
            Inverse::Folders(moves) => {
                let ids = moves.iter().map(|(id, _)| *id).collect();
                self.apply(ids, move |w| apply::folders(w, &moves)).await?;
            }
        }
        Ok(Some(label))
    }

    async fn apply(
        self: &Arc<Self>,
        ids: Vec<PlacementId>,
        change: impl FnOnce(&Write<'_>) -> store::Result<Applied> + Send + 'static,
    ) -> Result<Applied> {
        let applied = self.store.write(Durability::Crash, change).await?;
        self.announce(ids, &applied);
        Ok(applied)
    }

    fn announce(self: &Arc<Self>, ids: Vec<PlacementId>, applied: &Applied) {
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

    fn done(&self, label: &str, applied: Applied) -> Done {
        let can_undo = self.undo().push(label, applied.inverse);
        Done {
            label: label.to_owned(),
            can_undo,
        }
    }
}
