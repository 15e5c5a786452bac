//! One conversation, wherever its messages lie.

use std::collections::HashSet;

use rusqlite::Row as SqlRow;

use super::super::{Read, Result};
use super::addresses;
use super::order::Row;
use crate::model::{
    Address, Conversation, EmailId, Flag, Flags, FolderId, FolderRole, PlacementId, ThreadId,
    Within,
};

/// A message of a conversation in one of its folders.
struct Member {
    row: Row,
    email: EmailId,
    folder: FolderId,
    role: Option<FolderRole>,
    flags: Flags,
    /// What two rows of one message share, as long as nobody knows that they
    /// are one: the name, the size.
    name: (String, u64),
    sender: String,
    attachments: bool,
}

/// All rows of a conversation.
pub(super) const MEMBERS: &str = "SELECT p.id, p.date, p.email, p.folder, f.role, p.flags, e.message_id, \
                       e.size, e.sender, e.attachments > 0 \
                       FROM email e JOIN placement p ON p.email = e.id \
                       JOIN folder f ON f.id = p.folder WHERE e.thread = ?1";

impl Member {
    fn read(row: &SqlRow<'_>, thread: ThreadId) -> rusqlite::Result<Self> {
        Ok(Self {
            row: Row {
                id: PlacementId(row.get(0)?),
                date: row.get(1)?,
                thread: thread.0,
            },
            email: EmailId(row.get(2)?),
            folder: FolderId(row.get(3)?),
            role: FolderRole::from_name(&row.get::<_, String>(4)?),
            flags: Flags::from_bits(row.get(5)?),
            name: (row.get(6)?, row.get(7)?),
            sender: row.get(8)?,
            attachments: row.get(9)?,
        })
    }

    fn is_put_away(&self) -> bool {
        matches!(self.role, Some(FolderRole::Trash | FolderRole::Junk))
    }
}

impl Read<'_> {
    /// The rows of a conversation, each message once, oldest first. Of one that
    /// lies in several places, the place in the view counts.
    fn members(&self, thread: ThreadId, within: Within) -> Result<Vec<Member>> {
        let mut statement = self.mail.prepare_cached(MEMBERS)?;
        let rows = statement.query_map([thread.0], |row| Member::read(row, thread))?;
        let mut members = rows.collect::<rusqlite::Result<Vec<_>>>()?;
        let (view, around) = match within {
            Within::View(view) => (view, false),
            Within::Around(view) => (view, true),
        };
        let folders = self.folders_of(view)?;
        let is_in_view = |member: &Member| folders.contains(&member.folder);
        let counts = |member: &Member| is_in_view(member) || (around && !member.is_put_away());
        if members.iter().any(counts) || !around {
            members.retain(counts);
        }
        // A folder that has everything says least about where a message is.
        let has_all = |member: &Member| member.role == Some(FolderRole::All);
        members.sort_by_key(|member| {
            let row = member.row;
            (!is_in_view(member), has_all(member), row.date, row.id)
        });
        let (mut emails, mut names) = (HashSet::new(), HashSet::new());
        members.retain(|member| {
            let is_new_name = member.name.0.is_empty() || names.insert(member.name.clone());
            emails.insert(member.email) && is_new_name
        });
        members.sort_by(|a, b| a.row.by_age(&b.row));
        Ok(members)
    }

    /// The rows of a conversation, oldest first.
    pub(super) fn rows_of_conversation(
        &self,
        thread: ThreadId,
        within: Within,
    ) -> Result<Vec<Row>> {
        let members = self.members(thread, within)?;
        Ok(members.into_iter().map(|member| member.row).collect())
    }

    /// The messages of a conversation, each once, oldest first.
    pub(crate) fn conversation_order(
        &self,
        thread: ThreadId,
        within: Within,
    ) -> Result<Vec<PlacementId>> {
        let rows = self.rows_of_conversation(thread, within)?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// What one row says of a conversation. Nothing where nothing of it is there.
    pub(crate) fn conversation(
        &self,
        thread: ThreadId,
        within: Within,
    ) -> Result<Option<Conversation>> {
        let members = self.members(thread, within)?;
        if members.is_empty() {
            return Ok(None);
        }
        let count = |wanted: fn(&Member) -> bool| {
            let count = members.iter().filter(|member| wanted(member)).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let mut authors: Vec<Address> = Vec::new();
        for member in &members {
            let author = addresses(&member.sender).into_iter().next();
            authors.extend(author.filter(|author| {
                let same = |one: &Address| one.address.eq_ignore_ascii_case(&author.address);
                !authors.iter().any(same)
            }));
        }
        Ok(Some(Conversation {
            thread,
            messages: count(|_| true),
            unread: count(|member| member.flags.is_unread()),
            starred: count(|member| member.flags.has(Flag::Flagged)) > 0,
            attachments: count(|member| member.attachments) > 0,
            authors,
        }))
    }
}
