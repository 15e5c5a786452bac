//! The order of all rows of a list.
//!
//! By date it comes from an index alone, row by row, so a list can begin before
//! its end is read; filters have indexes of their own, of few rows. What else a
//! list is sorted by is kept for the folders somebody asked for (`kept`). Until
//! then, and for few rows, keys are read and sorted in memory (`sorted`).

use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

use rusqlite::{Params, params};

use super::super::{Read, Result};
use crate::model::{
    FolderId, ListView, Listed, Listing, PlacementId, QuickFilter, Sort, SortKey, Within,
};

/// Folders in which something unread is news.
const WITH_NEWS: &str = "SELECT id FROM folder WHERE role IN ('', 'inbox', 'archive') AND gone = 0";

/// Where what has a star lies: of an account whose server shows that as a folder,
/// there alone, or each would be there twice.
const WITH_STARS: &str = "SELECT id FROM folder f WHERE gone = 0 AND (role = 'flagged'
     OR role NOT IN ('trash', 'junk', 'all') AND NOT EXISTS (SELECT 1 FROM folder o
         WHERE o.account = f.account AND o.role = 'flagged' AND o.gone = 0))";

/// Where a filter leaves less than one in so many, what is left is sorted faster
/// than a whole order is walked.
const FEW: usize = 16;

/// A message of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Row {
    /// What lists sort by, Unix seconds.
    pub(super) date: i64,
    pub(super) id: PlacementId,
    pub(super) thread: i64,
}

impl Row {
    /// Which is older.
    pub(super) fn by_age(&self, other: &Self) -> Ordering {
        (self.date, self.id).cmp(&(other.date, other.id))
    }
}

/// Which rows of a folder: each kind has an index that holds all that an order
/// needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    All,
    Unread,
    Starred,
    Attached,
}

impl Source {
    /// Rows of folder `?1` that are not older than `?2`, by date.
    pub(super) fn sql(self, descending: bool) -> String {
        let (index, condition) = match self {
            Self::All => ("placement_by_date", "1"),
            Self::Unread => ("placement_unread_in", "(flags & 1) = 0"),
            Self::Starred => ("placement_flagged_in", "(flags & 4) <> 0"),
            Self::Attached => ("placement_attached_in", "attached <> 0"),
        };
        let way = if descending { "DESC" } else { "ASC" };
        format!(
            "SELECT date, id, thread FROM placement INDEXED BY {index}
             WHERE folder = ?1 AND date >= ?2 AND {condition} ORDER BY date {way}, id {way}"
        )
    }

    /// What a filter asks for, the rarest first.
    fn of(filter: &QuickFilter) -> Vec<Self> {
        [
            (filter.starred, Self::Starred),
            (filter.unread, Self::Unread),
            (filter.attachments, Self::Attached),
        ]
        .into_iter()
        .filter_map(|(wanted, source)| wanted.then_some(source))
        .collect()
    }
}

/// How much of a list is wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Enough {
    pub(super) rows: usize,
    /// Whether a conversation is one row.
    pub(super) grouped: bool,
}

/// Rows by date, ascending or descending.
#[derive(Debug, Clone, Copy)]
struct ByDate {
    filter: QuickFilter,
    descending: bool,
    enough: Enough,
}

impl Read<'_> {
    /// The rows of a list in their order; with a limit, at most so many from
    /// its beginning, whose members are then not all there.
    pub(crate) fn listed(&self, listing: &Listing, limit: Option<usize>) -> Result<Listed> {
        let sort = listing.sort;
        let filter = listing.filter;
        let filter = QuickFilter {
            unread: filter.unread || listing.view == ListView::Unread,
            starred: filter.starred || listing.view == ListView::Starred,
            ..filter
        };
        let limit = limit.unwrap_or(usize::MAX);
        let by_date = ByDate {
            filter,
            descending: sort.descending,
            enough: Enough {
                rows: limit,
                grouped: listing.grouped,
            },
        };
        let mut newest_first = by_date;
        newest_first.descending = true;
        let rows = match (listing.view, sort.key) {
            (ListView::Conversation(thread), _) => {
                let rows = self.rows_of_conversation(thread, Within::Around(listing.view))?;
                self.sorted(rows, sort)?
            }
            (view, SortKey::Date) => self.rows_by_date(&self.folders_of(view)?, by_date)?,
            (view, SortKey::Unread) => {
                self.unread_apart(&self.folders_of(view)?, newest_first, sort.descending)?
            }
            (view, _) => self.rows_otherwise(&self.folders_of(view)?, sort, newest_first)?,
        };
        Ok(if listing.grouped {
            grouped(&rows, limit)
        } else {
            rows.into_iter().take(limit).map(|row| row.id).collect()
        })
    }

    /// The folders whose messages a view shows.
    pub(super) fn folders_of(&self, view: ListView) -> Result<Vec<FolderId>> {
        let (role, account) = match view {
            ListView::Folder(id) => return Ok(vec![id]),
            ListView::Conversation(_) => return Ok(Vec::new()),
            ListView::Unified(role) => (role, None),
            ListView::Role(account, role) => (role, Some(account.0)),
            ListView::Unread => return self.folder_ids(WITH_NEWS, []),
            ListView::Starred => return self.folder_ids(WITH_STARS, []),
        };
        self.folder_ids(
            "SELECT id FROM folder WHERE role = ?1 AND (?2 IS NULL OR account = ?2)",
            params![role.name(), account],
        )
    }

    fn folder_ids(&self, sql: &str, values: impl Params) -> Result<Vec<FolderId>> {
        let mut statement = self.mail.prepare_cached(sql)?;
        let rows = statement.query_map(values, |row| row.get(0).map(FolderId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Rows by anything else than the date or what is unread.
    fn rows_otherwise(
        &self,
        folders: &[FolderId],
        sort: Sort,
        newest_first: ByDate,
    ) -> Result<Vec<Row>> {
        let enough = newest_first.enough;
        if newest_first.filter == QuickFilter::default()
            && let Some(rows) = self.rows_in_kept_order(folders, sort, None, enough)?
        {
            return Ok(rows);
        }
        let all = ByDate {
            enough: Enough {
                rows: usize::MAX,
                ..enough
            },
            ..newest_first
        };
        let rows = self.rows_by_date(folders, all)?;
        if rows.len().saturating_mul(FEW) as u64 >= self.messages_in(folders)? {
            let only = rows.iter().map(|row| row.id).collect();
            if let Some(rows) = self.rows_in_kept_order(folders, sort, Some(&only), enough)? {
                return Ok(rows);
            }
        }
        self.sorted(rows, sort)
    }

    fn rows_by_date(&self, folders: &[FolderId], wanted: ByDate) -> Result<Vec<Row>> {
        let mut rows = Vec::new();
        for folder in folders {
            self.rows_of_folder(*folder, wanted, &mut rows)?;
        }
        if folders.len() > 1 {
            // As many sorted runs as there are folders: they are merged.
            rows.sort_by(Row::by_age);
            if wanted.descending {
                rows.reverse();
            }
        }
        if !wanted.enough.grouped {
            rows.truncate(wanted.enough.rows);
        }
        Ok(rows)
    }

    fn rows_of_folder(&self, folder: FolderId, wanted: ByDate, rows: &mut Vec<Row>) -> Result<()> {
        let sources = Source::of(&wanted.filter);
        let (first, others) = match sources.split_first() {
            Some((first, others)) => (*first, others),
            None => (Source::All, &[][..]),
        };
        let since = wanted.filter.since.unwrap_or(i64::MIN);
        let mut others_too: Vec<HashSet<PlacementId>> = Vec::new();
        for source in others {
            let mut ids = HashSet::new();
            self.each_row(*source, folder, (since, true), |row| ids.insert(row.id))?;
            others_too.push(ids);
        }
        let begin = rows.len();
        let mut threads = HashSet::new();
        self.each_row(first, folder, (since, wanted.descending), |row| {
            if !others_too.iter().all(|ids| ids.contains(&row.id)) {
                return true;
            }
            let count = if wanted.enough.grouped && wanted.enough.rows < usize::MAX {
                threads.insert(row.thread);
                threads.len()
            } else {
                rows.len() - begin + 1
            };
            if count <= wanted.enough.rows {
                rows.push(row);
            }
            count < wanted.enough.rows
        })
    }

    /// Visits rows of a folder since then, by date, ascending or (`since.1`)
    /// descending, for as long as `visit` says so.
    fn each_row(
        &self,
        source: Source,
        folder: FolderId,
        since: (i64, bool),
        mut visit: impl FnMut(Row) -> bool,
    ) -> Result<()> {
        let (since, descending) = since;
        let mut statement = self.mail.prepare_cached(&source.sql(descending))?;
        let mut rows = statement.query(params![folder.0, since])?;
        while let Some(row) = rows.next()? {
            let row = Row {
                date: row.get(0)?,
                id: PlacementId(row.get(1)?),
                thread: row.get(2)?,
            };
            if !visit(row) {
                break;
            }
        }
        Ok(())
    }

    /// The unread rows first (or last), both parts newest first.
    fn unread_apart(
        &self,
        folders: &[FolderId],
        mut wanted: ByDate,
        unread_first: bool,
    ) -> Result<Vec<Row>> {
        let all = wanted.enough.rows;
        let only_unread = ByDate {
            filter: QuickFilter {
                unread: true,
                ..wanted.filter
            },
            ..wanted
        };
        let mut unread = only_unread;
        // Which ones to leave out must be known for the other part.
        unread.enough.rows = usize::MAX;
        let mut unread = self.rows_by_date(folders, unread)?;
        if wanted.filter.unread {
            return Ok(unread);
        }
        let ids: HashSet<PlacementId> = unread.iter().map(|row| row.id).collect();
        wanted.enough.rows = all.saturating_add(ids.len());
        let mut rest = self.rows_by_date(folders, wanted)?;
        rest.retain(|row| !ids.contains(&row.id));
        if unread_first {
            unread.append(&mut rest);
            Ok(unread)
        } else {
            rest.append(&mut unread);
            Ok(rest)
        }
    }
}

/// Conversations in the order of their first rows, at most `limit`, each with
/// its messages in the order of the rows.
pub(super) fn grouped(rows: &[Row], limit: usize) -> Listed {
    let mut places: HashMap<i64, usize> = HashMap::new();
    let mut sizes: Vec<u32> = Vec::new();
    let mut place_of = Vec::with_capacity(rows.len());
    for row in rows {
        let place = *places.entry(row.thread).or_insert(sizes.len());
        match sizes.get_mut(place) {
            Some(size) => *size += 1,
            None => sizes.push(1),
        }
        place_of.push(place);
    }
    sizes.truncate(limit);
    let mut next: Vec<u32> = Vec::with_capacity(sizes.len());
    let mut end = 0;
    for size in &sizes {
        next.push(end);
        end += size;
    }
    let mut members = vec![PlacementId(0); end as usize];
    for (row, place) in rows.iter().zip(place_of) {
        let Some(at) = next.get_mut(place) else {
            continue;
        };
        if let Some(member) = members.get_mut(*at as usize) {
            *member = row.id;
        }
        *at += 1;
    }
    // Each is now where the next one begins.
    Listed::grouped(members, next)
}
