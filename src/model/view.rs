//! What a message list shows, in which order.

use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AccountId, Address, FolderId, FolderRole, PlacementId, ThreadId};

/// Which messages a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListView {
    /// One folder.
    Folder(FolderId),
    /// The folders with this role of every account, as one.
    Unified(FolderRole),
    /// The whole of one account's folder with this role.
    Role(AccountId, FolderRole),
    /// What is unread in any account: in the inboxes, archives and folders of
    /// one's own.
    Unread,
    /// What has a star in any account, but in Trash or Junk.
    Starred,
    /// One conversation, wherever its messages lie, each once. What lies in
    /// Trash or Junk is left out unless nothing else is there.
    Conversation(ThreadId),
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SortKey {
    /// When it was written.
    #[default]
    Date,
    /// The author's name, else the address; then by date.
    Sender,
    /// The first recipient's name, else the address; then by date.
    Recipient,
    /// The subject without "Re:" and the like; then by date.
    Subject,
    /// Its size; then by date.
    Size,
    /// Whether it is unread; then by date.
    Unread,
}

/// The order of a list. Among equals the newest come first, unless it is
/// sorted by date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub key: SortKey,
    /// The newest, the largest, the unread first; names from Z to A.
    pub descending: bool,
}

impl Default for Sort {
    /// The newest first.
    fn default() -> Self {
        Self::by(SortKey::Date)
    }
}

impl Sort {
    /// The usual direction: names from A to Z, all else descending.
    #[must_use]
    pub fn by(key: SortKey) -> Self {
        Self {
            key,
            descending: !matches!(key, SortKey::Sender | SortKey::Recipient | SortKey::Subject),
        }
    }
}

/// What is left out of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct QuickFilter {
    /// All but unread messages.
    pub unread: bool,
    /// All without a star.
    pub starred: bool,
    /// All without attachments. As long as only the header of a message is
    /// here, it has none.
    pub attachments: bool,
    /// All that is older, Unix seconds.
    pub since: Option<i64>,
}

impl QuickFilter {
    /// Whether it leaves everything in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Everything that decides about the rows of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Listing {
    /// Which messages.
    pub view: ListView,
    /// In which order.
    pub sort: Sort,
    /// Without which.
    pub filter: QuickFilter,
    /// Whether a conversation is one row, where its first message would be.
    pub grouped: bool,
}

impl From<ListView> for Listing {
    /// Every message of it, the newest first; a conversation from its beginning.
    fn from(view: ListView) -> Self {
        Self {
            view,
            sort: Sort {
                key: SortKey::Date,
                descending: !matches!(view, ListView::Conversation(_)),
            },
            filter: QuickFilter::default(),
            grouped: false,
        }
    }
}

/// The rows of a list in their order; where it is grouped, with the messages
/// of each. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    rows: Arc<[PlacementId]>,
    groups: Option<Groups>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Groups {
    members: Arc<[PlacementId]>,
    /// Where the members of each row end.
    ends: Arc<[u32]>,
}

impl Default for Listed {
    /// No rows.
    fn default() -> Self {
        std::iter::empty::<PlacementId>().collect()
    }
}

impl Listed {
    /// A row for each group: the first of its members, in the order given.
    pub(crate) fn grouped(members: Vec<PlacementId>, ends: Vec<u32>) -> Self {
        let starts = std::iter::once(&0).chain(&ends).take(ends.len());
        let rows = starts.filter_map(|start| members.get(*start as usize).copied());
        Self {
            rows: rows.collect(),
            groups: Some(Groups {
                members: members.into(),
                ends: ends.into(),
            }),
        }
    }

    /// The rows, each by its first message.
    #[must_use]
    pub fn rows(&self) -> &Arc<[PlacementId]> {
        &self.rows
    }

    /// The messages of the row at a place, in the order of the list. Nothing
    /// where there is no such row.
    #[must_use]
    pub fn members(&self, index: usize) -> &[PlacementId] {
        let Some(groups) = &self.groups else {
            return self.rows.get(index..=index).unwrap_or_default();
        };
        let start = match index.checked_sub(1) {
            Some(before) => groups.ends.get(before).copied().unwrap_or(u32::MAX),
            None => 0,
        };
        let end = groups.ends.get(index).copied().unwrap_or(0);
        let range = start as usize..end as usize;
        groups.members.get(range).unwrap_or_default()
    }

    /// How many messages the rows stand for.
    #[must_use]
    pub fn messages(&self) -> usize {
        self.groups
            .as_ref()
            .map_or(self.rows.len(), |groups| groups.members.len())
    }
}

impl FromIterator<PlacementId> for Listed {
    /// A row for each message.
    fn from_iter<I: IntoIterator<Item = PlacementId>>(rows: I) -> Self {
        Self {
            rows: rows.into_iter().collect(),
            groups: None,
        }
    }
}

impl FromIterator<Vec<PlacementId>> for Listed {
    /// A row for each group: the first of its messages.
    fn from_iter<I: IntoIterator<Item = Vec<PlacementId>>>(groups: I) -> Self {
        let (mut members, mut ends) = (Vec::new(), Vec::new());
        for group in groups {
            members.extend(group);
            ends.push(u32::try_from(members.len()).unwrap_or(u32::MAX));
        }
        Self::grouped(members, ends)
    }
}

impl Deref for Listed {
    type Target = [PlacementId];

    fn deref(&self) -> &[PlacementId] {
        &self.rows
    }
}

/// How much of a conversation counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Within {
    /// What lies in the folders of a view.
    View(ListView),
    /// That, and all the rest but what lies in Trash or Junk: one's own answers
    /// too.
    Around(ListView),
}

/// A conversation, as one row shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conversation {
    /// Which.
    pub thread: ThreadId,
    /// How many messages it has, each counted once.
    pub messages: u32,
    /// How many of them are unread.
    pub unread: u32,
    /// Whether one has a star.
    pub starred: bool,
    /// Whether one has attachments.
    pub attachments: bool,
    /// Its authors, each once, in the order in which they spoke first.
    pub authors: Vec<Address>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grouped_list_knows_the_messages_of_each_row() {
        let ids = |ids: &[i64]| ids.iter().copied().map(PlacementId).collect::<Vec<_>>();
        let listed = Listed::grouped(ids(&[9, 7, 8, 5, 1]), vec![2, 3, 5]);
        assert_eq!(listed.rows()[..], ids(&[9, 8, 5])[..]);
        assert_eq!(listed.members(0), ids(&[9, 7]));
        assert_eq!(listed.members(2), ids(&[5, 1]));
        assert_eq!(listed.members(3), []);
        assert_eq!((listed.len(), listed.messages()), (3, 5));
        let again: Listed = [ids(&[9, 7]), ids(&[8]), ids(&[5, 1])]
            .into_iter()
            .collect();
        assert_eq!(again, listed);
        let flat: Listed = ids(&[4, 2]).into_iter().collect();
        assert_eq!(flat.members(1), ids(&[2]));
        assert_eq!(flat.members(2), []);
        assert_eq!(flat.messages(), 2);
    }
}
