//! Where rows can be taken from, besides the words of the index.

use crate::model::{Flag, FolderId, SearchQuery, SearchTerm};
use crate::store::FolderRow;

/// Rows that an index of `mail.db` gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    /// The table and its index, as `p` or `e`.
    pub(super) from: &'static str,
    /// What selects them from that index.
    pub(super) condition: String,
    /// Whether the index gives them newest first.
    pub(super) ordered: bool,
}

/// All rows.
pub(super) fn everything() -> Source {
    Source {
        from: "placement p INDEXED BY placement_newest",
        condition: "1".to_owned(),
        ordered: true,
    }
}

/// The bits that few messages have, as `placement_marked` names them.
const MARKED: [Flag; 5] = [
    Flag::Answered,
    Flag::Deleted,
    Flag::Draft,
    Flag::Forwarded,
    Flag::Junk,
];

/// The rows that a condition leaves, where an index knows them.
pub(super) fn of(query: &SearchQuery, folders: &[FolderRow]) -> Option<Source> {
    let SearchQuery::Term(term) = query else {
        return None;
    };
    let ordered = |from, condition: &str| {
        Some(Source {
            from,
            condition: condition.to_owned(),
            ordered: true,
        })
    };
    let of_emails = |from, condition: String| {
        Some(Source {
            from,
            condition,
            ordered: false,
        })
    };
    match term {
        SearchTerm::Flag(Flag::Seen, false) => ordered(
            "placement p INDEXED BY placement_unread",
            "(p.flags & 1) = 0",
        ),
        SearchTerm::Flag(Flag::Flagged, true) => ordered(
            "placement p INDEXED BY placement_flagged",
            "(p.flags & 4) <> 0",
        ),
        SearchTerm::Flag(flag, true) if MARKED.contains(flag) => ordered(
            "placement p INDEXED BY placement_marked",
            "(p.flags & 122) <> 0",
        ),
        SearchTerm::Tag(tag) if Flag::from_imap(tag).is_none() => ordered(
            "placement p INDEXED BY placement_tagged",
            "p.keywords <> ''",
        ),
        SearchTerm::Folder(name) => in_folders(folders, |row| row.folder.is_called(name)),
        SearchTerm::Role(role) => in_folders(folders, |row| row.folder.role == Some(*role)),
        SearchTerm::InFolder(id) => in_folders(folders, |row| row.folder.id == *id),
        SearchTerm::Attachment => of_emails(
            "email e INDEXED BY email_attached",
            "e.attachments > 0".to_owned(),
        ),
        SearchTerm::Larger(bytes) => of_emails(
            "email e INDEXED BY email_by_size",
            format!("e.size > {}", super::compile::number(*bytes)),
        ),
        SearchTerm::Smaller(bytes) => of_emails(
            "email e INDEXED BY email_by_size",
            format!("e.size < {}", super::compile::number(*bytes)),
        ),
        _ => None,
    }
}

fn in_folders(folders: &[FolderRow], is_meant: impl Fn(&FolderRow) -> bool) -> Option<Source> {
    let meant: Vec<FolderId> = folders
        .iter()
        .filter(|row| is_meant(row))
        .map(|row| row.folder.id)
        .collect();
    let ids = meant.iter().map(|id| id.0);
    (!meant.is_empty()).then(|| Source {
        from: "placement p INDEXED BY placement_by_date",
        condition: super::compile::one_of("p.folder", ids),
        ordered: meant.len() == 1,
    })
}
