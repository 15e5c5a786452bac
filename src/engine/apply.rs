//! The local half of each verb, in one transaction.

use std::collections::BTreeSet;

use super::undo::Inverse;
use crate::model::{AccountId, FlagChange, FolderId, FolderRole, PlacementId};
use crate::store::{Error, PlacementRow, Result, Write};

/// What a verb changed.
#[derive(Debug)]
pub(super) struct Applied {
    pub(super) inverse: Inverse,
    /// Whose servers have something to be told.
    pub(super) accounts: BTreeSet<AccountId>,
    /// Folders that hold other messages now.
    pub(super) folders: BTreeSet<FolderId>,
    /// How many messages changed.
    pub(super) count: usize,
}

impl Applied {
    fn new(inverse: Inverse) -> Self {
        Self {
            inverse,
            accounts: BTreeSet::new(),
            folders: BTreeSet::new(),
            count: 0,
        }
    }

    fn note(&mut self, row: &PlacementRow) {
        self.accounts.insert(row.account);
        self.count += 1;
    }
}

/// The rows that are still there: what another machine removed in the
/// meantime must not stop the rest.
fn rows(w: &Write<'_>, ids: &[PlacementId]) -> Result<Vec<PlacementRow>> {
    let read = w.read();
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        match read.placement(*id) {
            Ok(row) => rows.push(row),
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    if rows.is_empty() && !ids.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(rows)
}

/// Sets or clears flags, each message its own.
pub(super) fn flags(w: &Write<'_>, changes: &[(PlacementId, FlagChange)]) -> Result<Applied> {
    let mut before = Vec::new();
    let mut applied = Applied::new(Inverse::Flags(Vec::new()));
    let ids: Vec<PlacementId> = changes.iter().map(|(id, _)| *id).collect();
    let wanted: std::collections::HashMap<_, _> = changes.iter().copied().collect();
    for row in rows(w, &ids)? {
        let Some(change) = wanted.get(&row.id) else {
            continue;
        };
        if row.flags.has(change.flag) == change.on {
            continue;
        }
        w.change_flag(&row, *change)?;
        before.push((
            row.id,
            FlagChange {
                on: !change.on,
                ..*change
            },
        ));
        applied.note(&row);
    }
    applied.inverse = Inverse::Flags(before);
    Ok(applied)
}

/// Moves messages, each to its own folder.
pub(super) fn folders(w: &Write<'_>, moves: &[(PlacementId, FolderId)]) -> Result<Applied> {
    let mut before = Vec::new();
    let mut applied = Applied::new(Inverse::Folders(Vec::new()));
    let ids: Vec<PlacementId> = moves.iter().map(|(id, _)| *id).collect();
    let wanted: std::collections::HashMap<_, _> = moves.iter().copied().collect();
    for row in rows(w, &ids)? {
        let Some(target) = wanted.get(&row.id).copied() else {
            continue;
        };
        if row.folder == target {
            continue;
        }
        w.change_folder(&row, target)?;
        before.push((row.id, row.folder));
        applied.folders.extend([row.folder, target]);
        applied.note(&row);
    }
    applied.inverse = Inverse::Folders(before);
    Ok(applied)
}

/// Moves messages to the folder of that role in their own account.
pub(super) fn to_role(w: &Write<'_>, ids: &[PlacementId], role: FolderRole) -> Result<Applied> {
    let mut moves = Vec::with_capacity(ids.len());
    for row in rows(w, ids)? {
        moves.push((row.id, w.folder_for(row.account, role)?.folder.id));
    }
    folders(w, &moves)
}

/// Moves messages to Trash; what lies there already, or everything when
/// `permanently`, is removed for good.
pub(super) fn delete(w: &Write<'_>, ids: &[PlacementId], permanently: bool) -> Result<Applied> {
    let mut moves = Vec::new();
    let mut gone = Vec::new();
    for row in rows(w, ids)? {
        let trash = w.folder_for(row.account, FolderRole::Trash)?.folder.id;
        if permanently || row.folder == trash {
            gone.push(row);
        } else {
            moves.push((row.id, trash));
        }
    }
    let mut applied = folders(w, &moves)?;
    for row in gone {
        w.change_to_gone(&row)?;
        applied.folders.insert(row.folder);
        applied.note(&row);
    }
    Ok(applied)
}
