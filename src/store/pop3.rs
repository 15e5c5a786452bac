//! What POP3 servers have or had, and what became of it here.

use rusqlite::{OptionalExtension, Row, params};

use super::{NewEmail, NewPlacement, PackedRaw, Read, Result, Write};
use crate::model::{AccountId, EmailId, Flags, FolderId, FolderRole, PlacementId};

/// SHA-256.
pub(crate) type Hash = [u8; 32];

/// Where a message is that came from a POP3 server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Here {
    /// In the inbox.
    Inbox,
    /// In another folder.
    Elsewhere,
    /// A person removed it for good.
    Removed,
    /// It should be here and is not.
    Lost,
}

/// What is known of a message of a POP3 server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pop3Row {
    pub(crate) id: i64,
    /// Its unique id, or what it is recognised by where it has none.
    pub(crate) key: String,
    /// As the server listed it.
    pub(crate) size: u64,
    /// Of its header.
    pub(crate) header: Hash,
    /// Of all of it; none where it was never fetched whole.
    pub(crate) sha256: Option<Hash>,
    /// The age of its account when it was stored.
    pub(crate) seen: i64,
    pub(crate) here: Here,
    /// Of the bytes that are here now; none where they are not.
    pub(crate) stored: Option<Hash>,
    pub(crate) placement: PlacementId,
    /// Whether it was found to be gone from the server.
    pub(crate) left: bool,
}

const SELECT: &str = "SELECT m.id, m.key, m.size, m.header, m.sha256, m.seen, m.removed, \
                      m.left_at IS NOT NULL, m.placement, f.role, e.sha256 \
                      FROM pop3_message m LEFT JOIN placement p ON p.id = m.placement \
                      LEFT JOIN email e ON e.id = p.email LEFT JOIN folder f ON f.id = p.folder";

fn from_row(row: &Row<'_>) -> rusqlite::Result<Pop3Row> {
    let role: Option<String> = row.get(9)?;
    let here = match role.as_deref() {
        Some(role) if role == FolderRole::Inbox.name() => Here::Inbox,
        Some(_) => Here::Elsewhere,
        None if row.get(6)? => Here::Removed,
        None => Here::Lost,
    };
    Ok(Pop3Row {
        id: row.get(0)?,
        key: row.get(1)?,
        size: row.get(2)?,
        header: row.get(3)?,
        sha256: row.get(4)?,
        seen: row.get(5)?,
        left: row.get(7)?,
        placement: PlacementId(row.get(8)?),
        here,
        stored: row.get(10)?,
    })
}

/// A message, or its header, as a POP3 server gave it.
#[derive(Debug)]
pub(crate) struct NewPop3 {
    /// Whose server.
    pub(crate) account: AccountId,
    /// As [`Pop3Row::key`].
    pub(crate) key: String,
    /// As the server lists it.
    pub(crate) size: u64,
    pub(crate) header: Hash,
    /// The age of the account now.
    pub(crate) seen: i64,
    /// The inbox that takes it.
    pub(crate) inbox: FolderId,
    /// Of the account that has the inbox.
    pub(crate) email: NewEmail,
    /// All of it; none where only its header came.
    pub(crate) packed: Option<PackedRaw>,
    /// A row whose message this one is, though not byte for byte.
    pub(crate) twin: Option<i64>,
}

/// What became of a message that was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pop3Kept {
    /// It is new here.
    Added(PlacementId, EmailId),
    /// Its header was here, now all of it is.
    Completed(PlacementId, EmailId),
    /// It was here, or had been.
    Known,
}

impl Read<'_> {
    /// What an account's server had when it was last asked.
    pub(crate) fn pop3_there(&self, account: AccountId) -> Result<Vec<Pop3Row>> {
        let sql = format!("{SELECT} WHERE m.account = ?1 AND m.left_at IS NULL");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map([account.0], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Those of these keys that it had once and then no longer; of each the
    /// last.
    pub(crate) fn pop3_left(&self, account: AccountId, keys: &[String]) -> Result<Vec<Pop3Row>> {
        let sql = format!(
            "{SELECT} WHERE m.account = ?1 AND m.key = ?2 AND m.left_at IS NOT NULL
             ORDER BY m.id DESC LIMIT 1"
        );
        let mut statement = self.mail.prepare_cached(&sql)?;
        let mut found = Vec::new();
        for key in keys {
            let row = statement.query_row(params![account.0, key], from_row);
            found.extend(row.optional()?);
        }
        Ok(found)
    }

    /// Those of an account that have this header.
    pub(crate) fn pop3_alike(&self, account: AccountId, header: &Hash) -> Result<Vec<Pop3Row>> {
        let sql = format!("{SELECT} WHERE m.account = ?1 AND m.header = ?2 ORDER BY m.id");
        let mut statement = self.mail.prepare_cached(&sql)?;
        let rows = statement.query_map(params![account.0, header], from_row)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// Which account's server has a message, and as what; none where it is
    /// only here.
    pub(crate) fn pop3_source(&self, id: PlacementId) -> Result<Option<(AccountId, Pop3Row)>> {
        // It may be named by another copy of the same message.
        let sql = format!(
            "{SELECT} WHERE m.left_at IS NULL AND m.placement IN (
                 SELECT copy.id FROM placement asked JOIN placement copy ON copy.email = asked.email
                 WHERE asked.id = ?1)
             ORDER BY m.id LIMIT 1"
        );
        let row = self
            .mail
            .prepare_cached(&sql)?
            .query_row([id.0], from_row)
            .optional()?;
        let Some(row) = row else { return Ok(None) };
        let account = self
            .mail
            .prepare_cached("SELECT account FROM pop3_message WHERE id = ?1")?
            .query_row([row.id], |row| row.get(0).map(AccountId))?;
        Ok(Some((account, row)))
    }

    /// Other accounts whose mail lies in the folders of this one and is on no
    /// server any more.
    pub(crate) fn pop3_only_with(&self, home: AccountId) -> Result<Vec<AccountId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT DISTINCT m.account FROM pop3_message m JOIN placement p ON p.id = m.placement
             JOIN folder f ON f.id = p.folder
             WHERE m.account <> ?1 AND m.left_at IS NOT NULL AND f.account = ?1",
        )?;
        let rows = statement.query_map([home.0], |row| row.get(0).map(AccountId))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }

    /// How many messages in the folders of an account are nowhere else: on no
    /// server when it was last asked, and in no other account.
    pub(crate) fn only_here(&self, account: AccountId) -> Result<u64> {
        let mut statement = self.mail.prepare_cached(
            "SELECT count(DISTINCT p.email) FROM placement p JOIN folder f ON f.id = p.folder
             WHERE f.account = ?1 AND NOT EXISTS (
                 SELECT 1 FROM placement copy JOIN folder o ON o.id = copy.folder
                 LEFT JOIN pop3_message m ON m.placement = copy.id AND m.left_at IS NULL
                 WHERE copy.email = p.email AND (o.account <> ?1 OR m.id IS NOT NULL))",
        )?;
        Ok(statement.query_row([account.0], |row| row.get(0))?)
    }

    /// What these rows are here; those that are not here are left out.
    pub(crate) fn pop3_placements(&self, rows: &[i64]) -> Result<Vec<PlacementId>> {
        let mut statement = self.mail.prepare_cached(
            "SELECT p.id FROM pop3_message m JOIN placement p ON p.id = m.placement
             WHERE m.id = ?1",
        )?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let id = statement.query_row([row], |row| row.get(0).map(PlacementId));
            found.extend(id.optional()?);
        }
        Ok(found)
    }

    fn pop3_one(
        &self,
        condition: &str,
        values: &[&dyn rusqlite::ToSql],
    ) -> Result<Option<Pop3Row>> {
        let sql = format!("{SELECT} WHERE {condition} LIMIT 1");
        Ok(self
            .mail
            .prepare_cached(&sql)?
            .query_row(values, from_row)
            .optional()?)
    }

    /// The row of the same content, one whose message is here before others.
    fn pop3_by_content(&self, account: AccountId, sha256: &Hash) -> Result<Option<Pop3Row>> {
        self.pop3_one(
            "m.account = ?1 AND m.sha256 = ?2 ORDER BY p.id IS NULL, m.removed DESC, m.id",
            params![account.0, sha256],
        )
    }

    /// A message of these bytes, wherever in the account it lies.
    fn placement_of_content(&self, home: AccountId, sha256: &Hash) -> Result<Option<PlacementId>> {
        Ok(self
            .mail
            .prepare_cached(
                "SELECT p.id FROM email e JOIN placement p ON p.email = e.id
                 WHERE e.sha256 = ?2 AND e.account = ?1 ORDER BY p.id LIMIT 1",
            )?
            .query_row(params![home.0, sha256], |row| row.get(0).map(PlacementId))
            .optional()?)
    }
}

impl Write<'_> {
    /// Stores what was fetched and what it is on the server, in one go. What
    /// is or was here already gets no second copy.
    pub(crate) fn keep_pop3(&self, new: &NewPop3) -> Result<Pop3Kept> {
        let sha256 = new.packed.as_ref().map(|packed| packed.sha256);
        let same_key = self.read().pop3_one(
            "m.account = ?1 AND m.key = ?2 ORDER BY m.left_at IS NOT NULL, m.id DESC",
            params![new.account.0, new.key],
        )?;
        if let Some(row) = same_key {
            if is_of(&row, new) {
                return self.keep_known(&row, new);
            }
            if !row.left {
                // The id names another message now.
                self.pop3_gone(&[row.id], chrono::Utc::now().timestamp())?;
            }
        }
        let known = match (&sha256, new.twin) {
            (_, Some(twin)) => self.read().pop3_one("m.id = ?1", params![twin])?,
            (Some(sha256), None) => self.read().pop3_by_content(new.account, sha256)?,
            // The same header under another id: the server gave new ids.
            (None, None) => self.read().pop3_one(
                "m.account = ?1 AND m.header = ?2 AND m.size = ?3 AND m.left_at IS NOT NULL
                 ORDER BY m.id DESC",
                params![new.account.0, new.header, new.size],
            )?,
        };
        if let Some(row) = known.filter(|row| row.here != Here::Lost) {
            let kept = self.complete(&row, new)?;
            self.add_pop3(
                new,
                row.sha256.or(sha256),
                row.placement,
                row.here == Here::Removed,
            )?;
            return Ok(kept);
        }
        let (placement, kept) = self.put_once(new)?;
        self.add_pop3(new, sha256, placement, false)?;
        Ok(kept)
    }

    /// The message of a row came again, for its body or because it was lost.
    fn keep_known(&self, row: &Pop3Row, new: &NewPop3) -> Result<Pop3Kept> {
        let mut placement = row.placement;
        let kept;
        if row.here == Here::Lost {
            (placement, kept) = self.put_once(new)?;
        } else {
            kept = self.complete(row, new)?;
        }
        self.mail
            .prepare_cached(
                "UPDATE pop3_message SET size = ?2, header = ?3, sha256 = coalesce(?4, sha256),
                     placement = ?5, left_at = NULL WHERE id = ?1",
            )?
            .execute(params![
                row.id,
                new.size,
                new.header,
                new.packed.as_ref().map(|packed| packed.sha256),
                placement.0
            ])?;
        Ok(kept)
    }

    /// Adds the body to a message of which only the header is here.
    fn complete(&self, row: &Pop3Row, new: &NewPop3) -> Result<Pop3Kept> {
        let is_lacking = row.stored.is_none() && matches!(row.here, Here::Inbox | Here::Elsewhere);
        let Some(packed) = new.packed.as_ref().filter(|_| is_lacking) else {
            return Ok(Pop3Kept::Known);
        };
        let email = self.read().placement(row.placement)?.email;
        let email = self.complete_email(email, &new.email, packed)?;
        Ok(Pop3Kept::Completed(row.placement, email))
    }

    /// Puts a message into the inbox, unless these bytes are here already: they
    /// came by another account, or under an id nobody remembers.
    fn put_once(&self, new: &NewPop3) -> Result<(PlacementId, Pop3Kept)> {
        if let Some(packed) = &new.packed
            && let Some(placement) = self
                .read()
                .placement_of_content(new.email.account, &packed.sha256)?
        {
            return Ok((placement, Pop3Kept::Known));
        }
        let email = match &new.packed {
            Some(packed) => self.add_whole_email(&new.email, packed)?.0,
            None => self.add_email(&new.email)?,
        };
        let placement = self.add_placement(&NewPlacement {
            email,
            folder: new.inbox,
            uid: None,
            flags: Flags::default(),
            keywords: Vec::new(),
            date: new.email.date.timestamp(),
        })?;
        Ok((placement, Pop3Kept::Added(placement, email)))
    }

    fn add_pop3(
        &self,
        new: &NewPop3,
        sha256: Option<Hash>,
        placement: PlacementId,
        removed: bool,
    ) -> Result<()> {
        self.mail
            .prepare_cached(
                "INSERT INTO pop3_message (account, key, size, header, sha256, placement, seen,
                     removed) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                new.account.0,
                new.key,
                new.size,
                new.header,
                sha256,
                placement.0,
                new.seen,
                removed
            ])?;
        Ok(())
    }

    /// Notes that the server no longer has these.
    pub(crate) fn pop3_gone(&self, rows: &[i64], when: i64) -> Result<()> {
        let mut statement = self
            .mail
            .prepare_cached("UPDATE pop3_message SET left_at = ?2 WHERE id = ?1")?;
        for row in rows {
            statement.execute([*row, when])?;
        }
        Ok(())
    }

    /// Notes that the server has these after all, as large as that.
    pub(crate) fn pop3_found(&self, rows: &[(i64, u64)]) -> Result<()> {
        let mut statement = self
            .mail
            .prepare_cached("UPDATE pop3_message SET left_at = NULL, size = ?2 WHERE id = ?1")?;
        for (row, size) in rows {
            statement.execute(params![row, size])?;
        }
        Ok(())
    }

    /// Folders go in which mail of other accounts still lies, which had their
    /// mail there once: no person removed it, so their servers must not lose
    /// it, and it is fetched again.
    pub(super) fn pop3_lost_with(&self, home: AccountId) -> Result<()> {
        // No row has this id.
        self.mail
            .prepare_cached(
                "UPDATE pop3_message SET placement = 0 WHERE account <> ?1 AND placement IN (
                     SELECT p.id FROM folder f JOIN placement p ON p.folder = f.id
                     WHERE f.account = ?1)",
            )?
            .execute([home.0])?;
        Ok(())
    }

    /// A person removed a row of this email for good. While a copy of it is
    /// here, that is the message from now on: nothing of it was given up.
    pub(super) fn pop3_removed(&self, id: PlacementId, email: Option<EmailId>) -> Result<()> {
        let email = email.map(|email| email.0);
        self.mail
            .prepare_cached(
                "UPDATE pop3_message SET
                     removed = NOT EXISTS (SELECT 1 FROM placement WHERE email = ?2),
                     placement = coalesce((SELECT min(id) FROM placement WHERE email = ?2),
                         placement)
                 WHERE placement = ?1",
            )?
            .execute(params![id.0, email])?;
        Ok(())
    }
}

/// Whether a message is the one that a row of its key is about.
fn is_of(row: &Pop3Row, new: &NewPop3) -> bool {
    match (&new.packed, row.sha256) {
        _ if new.twin == Some(row.id) => true,
        (Some(packed), Some(sha256)) => packed.sha256 == sha256,
        _ => row.header == new.header,
    }
}
