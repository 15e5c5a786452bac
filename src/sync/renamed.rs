//! Folders that were renamed by another program: recognised, so that nothing
//! is fetched again. Pure, so that every case is a line in a table.

use std::collections::{HashMap, HashSet};

use crate::model::{FolderId, UidValidity};
use crate::protocol::imap::RemoteFolder;
use crate::store::FolderRow;

/// Which of the known folders are listed under other names, and which ones.
/// `spoken_for` are names that belong to known folders although the list does
/// not say so.
pub(super) fn renamed_elsewhere(
    known: &[FolderRow],
    listed: &[RemoteFolder],
    spoken_for: &HashSet<String>,
) -> Vec<(FolderId, String)> {
    let mut found = Matches {
        rows: known.iter().filter(|row| can_be_renamed(row)).collect(),
        listed: listed.iter().filter(|new| !is_inbox(&new.raw)).collect(),
        names: HashMap::new(),
    };
    found.by_id();
    found.by_numbers(known, listed, spoken_for);
    found.below(spoken_for);
    let mut names: Vec<_> = found.names.into_iter().collect();
    names.sort_unstable();
    names
}

fn is_inbox(raw: &str) -> bool {
    raw.eq_ignore_ascii_case("INBOX")
}

/// The inbox is never: renaming it moves its messages away (RFC 9051, 6.3.6).
fn can_be_renamed(row: &FolderRow) -> bool {
    !row.remote_name.is_empty() && !is_inbox(&row.remote_name)
}

struct Matches<'a> {
    rows: Vec<&'a FolderRow>,
    listed: Vec<&'a RemoteFolder>,
    names: HashMap<FolderId, String>,
}

impl<'a> Matches<'a> {
    /// What the server says identifies them (RFC 8474), where it says so of
    /// one folder only.
    fn by_id(&mut self) {
        let rows = only_ones(self.rows.iter().map(|row| (row.remote_id.as_str(), *row)));
        let ids = self.listed.iter().map(|new| {
            let id = new.folder_id.as_deref().unwrap_or_default();
            (id, *new)
        });
        for (id, new) in only_ones(ids) {
            if let Some(row) = rows.get(id)
                && !id.is_empty()
                && row.remote_name != new.raw
            {
                self.names.insert(row.folder.id, new.raw.clone());
            }
        }
    }

    /// Rows whose folders are not there any more under their names.
    fn lost(&self, spoken_for: &HashSet<String>) -> Vec<&'a FolderRow> {
        let is_lost = |row: &&&FolderRow| {
            !self.names.contains_key(&row.folder.id)
                && !spoken_for.contains(&row.remote_name)
                && self.listed.iter().all(|new| new.raw != row.remote_name)
        };
        self.rows.iter().filter(is_lost).copied().collect()
    }

    /// Folders whose names nobody has here.
    fn fresh(&self, spoken_for: &HashSet<String>) -> Vec<&'a RemoteFolder> {
        let is_fresh = |new: &&&RemoteFolder| {
            self.names.values().all(|name| *name != new.raw)
                && !spoken_for.contains(&new.raw)
                && self.rows.iter().all(|row| row.remote_name != new.raw)
        };
        self.listed.iter().filter(is_fresh).copied().collect()
    }

    /// The generation of their UIDs, where only one folder that went and one
    /// that came have it, and no other; and as many messages as there were.
    fn by_numbers(
        &mut self,
        known: &[FolderRow],
        listed: &[RemoteFolder],
        spoken_for: &HashSet<String>,
    ) {
        let fresh = self.fresh(spoken_for);
        for row in self.lost(spoken_for) {
            let Some(validity) = row.state.uid_validity else {
                continue;
            };
            let has_it = |new: &&RemoteFolder| validity_of(new) == Some(validity);
            let known = known
                .iter()
                .filter(|row| row.state.uid_validity == Some(validity));
            let unique = known.count() == 1 && listed.iter().filter(has_it).count() == 1;
            let new = fresh.iter().copied().find(has_it);
            if let Some(new) = new.filter(|new| unique && is_same(row, new)) {
                self.names.insert(row.folder.id, new.raw.clone());
            }
        }
    }

    /// What lay below a folder that was renamed lies below its new name.
    fn below(&mut self, spoken_for: &HashSet<String>) {
        let fresh = self.fresh(spoken_for);
        let parents: Vec<(&str, String)> = self
            .rows
            .iter()
            .filter_map(|row| {
                let name = self.names.get(&row.folder.id)?.clone();
                Some((row.remote_name.as_str(), name))
            })
            .collect();
        for row in self.lost(spoken_for) {
            let new = parents.iter().find_map(|(was, name)| {
                let rest = row.remote_name.strip_prefix(was)?;
                let moved = format!("{name}{rest}");
                fresh.iter().find(|new| {
                    new.raw == moved
                        && new.delimiter.is_some_and(|d| rest.starts_with(d))
                        && (row.state.uid_validity.is_none()
                            || row.state.uid_validity == validity_of(new))
                        && !are_told_apart(row, new)
                })
            });
            if let Some(new) = new {
                self.names.insert(row.folder.id, new.raw.clone());
            }
        }
    }
}

/// Those that have their key for themselves.
fn only_ones<'k, T: Copy>(pairs: impl Iterator<Item = (&'k str, T)>) -> HashMap<&'k str, T> {
    let mut all: HashMap<&str, Vec<T>> = HashMap::new();
    for (key, value) in pairs {
        all.entry(key).or_default().push(value);
    }
    all.into_iter()
        .filter_map(|(key, values)| match values.as_slice() {
            [only] => Some((key, *only)),
            _ => None,
        })
        .collect()
}

fn validity_of(new: &RemoteFolder) -> Option<UidValidity> {
    UidValidity::new(new.status?.uid_validity?)
}

/// Whether the server itself says that they are two.
fn are_told_apart(row: &FolderRow, new: &RemoteFolder) -> bool {
    let id = new.folder_id.as_deref();
    !row.remote_id.is_empty() && id.is_some_and(|id| id != row.remote_id)
}

/// Whether a new folder has what one that went had when it was last in step.
fn is_same(row: &FolderRow, new: &RemoteFolder) -> bool {
    let Some(status) = new.status else {
        return false;
    };
    row.state.uid_next > 0
        && status.uid_next == Some(row.state.uid_next)
        && status.messages == Some(row.state.total.into())
        && !are_told_apart(row, new)
}

#[cfg(test)]
mod tests;
