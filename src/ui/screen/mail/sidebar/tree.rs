//! The folders of an account as a tree.

use std::collections::HashMap;

use waxwing::model::{AccountId, Folder, FolderRole, ListView};

use super::{FolderRow, key_of, role_icon, role_name};

/// Deeper rows are drawn no further right.
const DEEPEST: usize = 6;

/// What rows of one level are sorted by: those with a role first, in the order
/// of roles.
type Rank = (bool, Option<FolderRole>, String);

/// A row on each level from the top down to a folder itself.
struct Branch<'a> {
    folder: &'a Folder,
    /// What it is called below the one above it.
    name: &'a str,
    ranks: Vec<Rank>,
}

/// The rows in their order, each below the one it lies in. A folder with a role
/// stands at the top, wherever the server has it.
pub(super) fn arranged(folders: &[Folder], account: AccountId) -> Vec<FolderRow> {
    let mine = || folders.iter().filter(|folder| folder.account == account);
    let by_path: HashMap<&str, &Folder> = mine().map(|one| (one.path.as_str(), one)).collect();
    let mut branches: Vec<_> = mine().map(|folder| branch(folder, &by_path)).collect();
    branches.sort_by(|one, other| one.ranks.cmp(&other.ranks));
    let depths: Vec<_> = branches.iter().map(|one| one.ranks.len()).collect();
    let below = depths.iter().skip(1).copied().chain([0]);
    let rows = branches.iter().zip(below).map(|(branch, next)| {
        let has_below = next > branch.ranks.len();
        FolderRow::new(branch, has_below)
    });
    // Levels in which nothing is shown (Gmail's own) say nothing.
    rows.filter(|row| row.selectable || row.has_below).collect()
}

fn branch<'a>(folder: &'a Folder, by_path: &HashMap<&str, &'a Folder>) -> Branch<'a> {
    let above = |folder: &'a Folder| -> Option<&'a Folder> {
        let mut path = folder.path.as_str();
        while folder.role.is_none() {
            path = path.rsplit_once('/')?.0;
            if let Some(above) = by_path.get(path) {
                return Some(above);
            }
        }
        None
    };
    let rank = |folder: &Folder| {
        let name = folder.path.to_lowercase();
        (folder.role.is_none(), folder.role, name)
    };
    let mut ranks = vec![rank(folder)];
    let mut at = folder;
    while let Some(next) = above(at) {
        ranks.push(rank(next));
        at = next;
    }
    ranks.reverse();
    let within = above(folder).and_then(|above| folder.path.strip_prefix(&above.path));
    let name = within.map_or(folder.path.as_str(), |rest| rest.trim_start_matches('/'));
    Branch {
        folder,
        name,
        ranks,
    }
}

impl FolderRow {
    fn new(branch: &Branch<'_>, has_below: bool) -> Self {
        let folder = branch.folder;
        let counts = !matches!(
            folder.role,
            Some(FolderRole::Sent | FolderRole::Trash | FolderRole::All | FolderRole::Flagged)
        );
        let name = match folder.role {
            Some(role) => role_name(role).to_owned(),
            None => branch.name.replace('/', " / "),
        };
        Self {
            view: ListView::Folder(folder.id),
            name,
            icon: role_icon(folder.role),
            depth: branch.ranks.len().saturating_sub(1).min(DEEPEST),
            unread: if counts { folder.unread } else { 0 },
            selectable: folder.selectable,
            key: key_of(folder),
            has_below,
        }
    }
}

#[cfg(test)]
mod tests {
    use waxwing::model::FolderId;

    use super::*;

    fn folders(of: &[(&str, Option<FolderRole>)]) -> Vec<Folder> {
        let all = of.iter().zip(1..);
        all.map(|((path, role), id)| Folder {
            id: FolderId(id),
            account: AccountId(1),
            path: (*path).to_owned(),
            role: *role,
            selectable: *path != "[Gmail]",
            total: 0,
            unread: 0,
            watched: false,
            checked: None,
            prefetch: None,
            of_others: false,
            subscribed: true,
        })
        .collect()
    }

    fn drawn(of: &[(&str, Option<FolderRole>)]) -> Vec<String> {
        let rows = arranged(&folders(of), AccountId(1)).into_iter();
        rows.map(|row| format!("{}{}", "- ".repeat(row.depth), row.name))
            .collect()
    }

    #[test]
    fn each_folder_stands_below_the_one_it_lies_in() {
        use FolderRole::{Archive, Inbox, Sent};
        let rows = drawn(&[
            ("Work/Letters", None),
            ("INBOX", Some(Inbox)),
            ("Archive/2024", None),
            ("work-2", None),
            ("Work", None),
            ("Archive", Some(Archive)),
            ("INBOX/Sent", Some(Sent)),
            ("INBOX/Lists", None),
        ]);
        assert_eq!(
            rows,
            [
                "Inbox",
                "- Lists",
                "Sent",
                "Archive",
                "- 2024",
                "Work",
                "- Letters",
                "work-2"
            ]
        );
    }

    #[test]
    fn levels_that_are_no_folders_are_part_of_a_name() {
        let all = FolderRole::All;
        let rows = drawn(&[
            ("[Gmail]", None),
            ("[Gmail]/All Mail", Some(all)),
            ("Shared/Bob/Plans", None),
            ("Shared/Bob/Plans/Old", None),
        ]);
        assert_eq!(rows, ["All mail", "Shared / Bob / Plans", "- Old"]);
    }
}
