//! The local half of each verb, in one transaction.

use std::collections::BTreeSet;

use super::undo::Inverse;
use crate::model::{AccountId, Flag, FlagChange, FolderId, FolderRole, KeywordChange, PlacementId};
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
    pub(super) fn new(inverse: Inverse) -> Self {
        Self {
            inverse,
            accounts: BTreeSet::new(),
            folders: BTreeSet::new(),
            count: 0,
        }
    }

    /// What was done before and this, as one: taken back the other way round.
    pub(super) fn and(self, next: Self) -> Self {
        let before = match self.inverse {
            Inverse::Several(list) => list,
            one => vec![one],
        };
        let mut inverses = match next.inverse {
            Inverse::Several(list) => list,
            one => vec![one],
        };
        inverses.extend(before);
        Self {
            inverse: Inverse::Several(inverses),
            accounts: &self.accounts | &next.accounts,
            folders: &self.folders | &next.folders,
            count: self.count + next.count,
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
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.extend(row(w, *id)?);
    }
    if rows.is_empty() && !ids.is_empty() {
        return Err(Error::NotFound);
    }
    Ok(rows)
}

/// One row as it is now, if it is still there.
fn row(w: &Write<'_>, id: PlacementId) -> Result<Option<PlacementRow>> {
    match w.read().placement(id) {
        Ok(row) => Ok(Some(row)),
        Err(Error::NotFound) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Sets or clears flags, in the order given.
pub(super) fn flags(w: &Write<'_>, changes: &[(PlacementId, FlagChange)]) -> Result<Applied> {
    let mut before = Vec::new();
    let mut applied = Applied::new(Inverse::Flags(Vec::new()));
    let mut changed = BTreeSet::new();
    let mut found = changes.is_empty();
    for (id, change) in changes {
        // Read anew: an earlier change may be about the same message.
        let Some(row) = row(w, *id)? else {
            continue;
        };
        found = true;
        if row.flags.has(change.flag) == change.on {
            continue;
        }
        w.change_flag(&row, *change)?;
        let excluded = change.flag.opposite().filter(|_| change.on);
        if let Some(flag) = excluded.filter(|flag| row.flags.has(*flag)) {
            before.push((row.id, FlagChange { flag, on: true }));
        }
        let on = !change.on;
        before.push((row.id, FlagChange { on, ..*change }));
        if changed.insert(row.id) {
            applied.note(&row);
        }
    }
    if !found {
        return Err(Error::NotFound);
    }
    // What was changed last is undone first.
    before.reverse();
    applied.inverse = Inverse::Flags(before);
    Ok(applied)
}

/// Sets or clears keywords, in the order given.
pub(super) fn keywords(w: &Write<'_>, changes: &[(PlacementId, KeywordChange)]) -> Result<Applied> {
    let mut before = Vec::new();
    let mut applied = Applied::new(Inverse::Keywords(Vec::new()));
    let mut found = changes.is_empty();
    for (id, change) in changes {
        let Some(row) = row(w, *id)? else {
            continue;
        };
        found = true;
        let has = row.keywords.split(' ').any(|own| change.keyword.is(own));
        if has == change.on {
            continue;
        }
        w.change_keyword(&row, change)?;
        let keyword = change.keyword.clone();
        let on = !change.on;
        before.push((row.id, KeywordChange { keyword, on }));
        applied.note(&row);
    }
    if !found {
        return Err(Error::NotFound);
    }
    applied.inverse = Inverse::Keywords(before);
    Ok(applied)
}

/// Marks messages as junk, or as none, and puts them where they belong then:
/// into Junk, or from there into the inbox.
pub(super) fn junk(w: &Write<'_>, ids: &[PlacementId], on: bool) -> Result<Applied> {
    let flag = if on { Flag::Junk } else { Flag::NotJunk };
    let marks: Vec<_> = ids
        .iter()
        .map(|id| (*id, FlagChange { flag, on: true }))
        .collect();
    let mut moves = Vec::new();
    for row in rows(w, ids)? {
        let junk = w.folder_for(row.account, FolderRole::Junk)?.folder.id;
        if on {
            moves.push((row.id, junk));
        } else if row.folder == junk {
            let inbox = w.folder_for(row.account, FolderRole::Inbox)?.folder.id;
            moves.push((row.id, inbox));
        }
    }
    let marked = flags(w, &marks)?;
    let moved = folders(w, &moves)?;
    let changed: BTreeSet<PlacementId> = marked
        .inverse
        .rows()
        .into_iter()
        .chain(moved.inverse.rows())
        .collect();
    let mut applied = Applied::new(Inverse::Several(vec![moved.inverse, marked.inverse]));
    applied.accounts.extend(marked.accounts);
    applied.accounts.extend(moved.accounts);
    applied.folders = moved.folders;
    applied.count = changed.len();
    Ok(applied)
}

/// Puts a second one of each message into a folder.
pub(super) fn copies(w: &Write<'_>, ids: &[PlacementId], target: FolderId) -> Result<Applied> {
    let mut made = Vec::new();
    let mut applied = Applied::new(Inverse::Copies(Vec::new()));
    for row in rows(w, ids)? {
        made.push(w.copy_to(&row, target)?);
        applied.folders.insert(target);
        applied.note(&row);
    }
    applied.inverse = Inverse::Copies(made);
    Ok(applied)
}

/// Removes messages for good.
fn gone(w: &Write<'_>, ids: &[PlacementId]) -> Result<Applied> {
    let mut applied = Applied::new(Inverse::Folders(Vec::new()));
    for row in rows(w, ids)? {
        w.change_to_gone(&row)?;
        applied.folders.insert(row.folder);
        applied.note(&row);
    }
    Ok(applied)
}

/// Gives a folder the path it had, if no other has it now.
fn path(w: &Write<'_>, folder: FolderId, path: &str) -> Result<Applied> {
    let row = w.read().folder(folder)?;
    let account = row.folder.account;
    if w.read().folder_by_path(account, path)?.is_some() {
        return Err(Error::NotFound);
    }
    w.rename_folder(&row, path, false)?;
    let mut applied = Applied::new(Inverse::Folders(Vec::new()));
    applied.accounts.insert(account);
    Ok(applied)
}

/// Takes a verb back.
pub(super) fn reverse(w: &Write<'_>, inverse: &Inverse) -> Result<Applied> {
    match inverse {
        Inverse::Flags(changes) => flags(w, changes),
        Inverse::Keywords(changes) => keywords(w, changes),
        Inverse::Folders(moves) => folders(w, moves),
        Inverse::Copies(ids) => gone(w, ids),
        Inverse::Path(folder, was) => path(w, *folder, was),
        Inverse::Several(list) => {
            let mut applied = Applied::new(Inverse::Several(Vec::new()));
            for inverse in list {
                let part = reverse(w, inverse)?;
                applied.accounts.extend(part.accounts);
                applied.folders.extend(part.folders);
                applied.count += part.count;
            }
            Ok(applied)
        }
    }
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
            gone.push(row.id);
        } else {
            moves.push((row.id, trash));
        }
    }
    let mut applied = folders(w, &moves)?;
    let removed = self::gone(w, &gone)?;
    applied.accounts.extend(removed.accounts);
    applied.folders.extend(removed.folders);
    applied.count += removed.count;
    Ok(applied)
}

#[cfg(test)]
mod tests;
