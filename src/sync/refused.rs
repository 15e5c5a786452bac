//! What becomes of a change that the server does not take: it is undone here,
//! and the person hears what happened and what to do.

use super::replay::kept_spellings;
use super::session::{Error, Session, Told};
use crate::model::{Flag, FolderId, PlacementId};
use crate::protocol::imap::{self, Selected};
use crate::store::{Change, Durability, FolderChange, FolderRow, PendingOp, Write};
use crate::{Error as EngineError, ErrorKind};

impl Session {
    /// The server refused these ops for good.
    pub(super) async fn refused(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        error: imap::Error,
    ) -> Result<(), Error> {
        let Some(first) = batch.first() else {
            return Ok(());
        };
        // The messages of the folder go to Trash instead: what was wanted.
        if let Change::Folder(FolderChange::Rename { deletes: true, .. }) = first.change {
            return self.undo_here(batch).await;
        }
        let target = match self.target_of(first).await? {
            Some(target) => target.folder.path,
            None => String::new(),
        };
        let sentence = sentence(&first.change, batch.len(), &row.folder.path, &target);
        let code = error.code().map(str::to_owned);
        let told = EngineError::from(error);
        self.is_full |= first.change == Change::Append && told.kind() == ErrorKind::Quota;
        let hint = remedy(code.as_deref()).or(told.remedy()).map(str::to_owned);
        let mut explained = EngineError::new(told.kind(), sentence);
        if let Some(words) = told.words_of_server() {
            explained = explained.server_said(words);
        }
        let hint = hint.unwrap_or_else(|| "Repeat it; ask your provider if it goes on.".to_owned());
        self.take_back(batch, row, explained.hint(hint)).await
    }

    async fn target_of(&self, op: &PendingOp) -> Result<Option<FolderRow>, Error> {
        let (Change::Move(target) | Change::Copy(target)) = op.change else {
            return Ok(None);
        };
        Ok(self.store.read(move |r| r.folder(target)).await.ok())
    }

    /// Undoes here what these ops are the other half of, and says why.
    pub(super) async fn take_back(
        &mut self,
        batch: &[PendingOp],
        row: &FolderRow,
        error: EngineError,
    ) -> Result<(), Error> {
        self.report(&row.folder.path)
            .notices
            .push(error.to_string());
        self.told(Told::Refused(error));
        self.undo_here(batch).await
    }

    async fn undo_here(&mut self, batch: &[PendingOp]) -> Result<(), Error> {
        let ops = batch.to_vec();
        let write = move |w: &Write<'_>| ops.iter().try_for_each(|op| w.take_back(op));
        self.store.write(Durability::Crash, write).await?;
        let rows = batch.iter().map(|op| op.placement);
        let rows: Vec<PlacementId> = rows.filter(|id| *id != PlacementId(0)).collect();
        if !rows.is_empty() {
            self.told(Told::Rows(rows));
        }
        for folder in folders(batch) {
            self.told(Told::Content(folder));
        }
        self.told(Told::Folders);
        Ok(())
    }

    /// Whether the selected folder keeps what the op changes. Where it does
    /// not, the server is not even asked.
    pub(super) async fn can_keep(
        &mut self,
        batch: &[PendingOp],
        change: &Change,
        selected: &Selected,
        row: &FolderRow,
    ) -> Result<bool, Error> {
        let path = &row.folder.path;
        if selected.read_only && !matches!(change, Change::Copy(_)) {
            let error = EngineError::new(
                ErrorKind::Server,
                format!("{path} can only be read, so the change was taken back."),
            )
            .hint("Ask whoever owns the folder for the right to change it.");
            self.take_back(batch, row, error).await?;
            return Ok(false);
        }
        let (kept, by_itself) = match change {
            Change::Flag(change) => (
                !kept_spellings(change.flag, selected).is_empty(),
                is_by_itself(change.flag),
            ),
            Change::Keyword(change) => (selected.keeps(change.keyword.as_str()), !change.on),
            _ => return Ok(true),
        };
        if kept {
            return Ok(true);
        }
        if by_itself {
            self.drop_ops(batch).await?;
            return Ok(false);
        }
        let what = match change {
            Change::Keyword(change) => format!("the tag “{}”", change.keyword),
            _ => "this mark".to_owned(),
        };
        let error = EngineError::new(
            ErrorKind::Server,
            format!("The server does not keep {what} in {path}, so it was taken back."),
        )
        .hint("This server has no place for it: use folders instead.");
        self.take_back(batch, row, error).await?;
        Ok(false)
    }
}

/// Marks that come with something else a person did: losing one is no reason
/// to trouble anybody.
fn is_by_itself(flag: Flag) -> bool {
    matches!(
        flag,
        Flag::Answered | Flag::Forwarded | Flag::Junk | Flag::NotJunk | Flag::Draft
    )
}

fn folders(batch: &[PendingOp]) -> Vec<FolderId> {
    let mut folders: Vec<FolderId> = batch.iter().map(|op| op.folder).collect();
    folders.extend(batch.iter().filter_map(|op| match op.change {
        Change::Move(target) | Change::Copy(target) => Some(target),
        _ => None,
    }));
    folders.sort_unstable();
    folders.dedup();
    folders
}

/// What happened, and what was done about it.
fn sentence(change: &Change, count: usize, from: &str, to: &str) -> String {
    let (messages, are) = if count == 1 {
        ("1 message".to_owned(), "is")
    } else {
        (format!("{count} messages"), "are")
    };
    match change {
        Change::Flag(_) => {
            format!("{messages} in {from} could not be marked; the mark was taken back.")
        }
        Change::Keyword(change) => format!(
            "The tag “{}” could not be changed on {messages} in {from}; it was taken back.",
            change.keyword
        ),
        Change::Move(_) => {
            format!("{messages} could not be moved from {from} to {to} and {are} back in {from}.")
        }
        Change::Copy(_) => {
            format!("{messages} could not be copied from {from} to {to}; nothing was copied.")
        }
        Change::Expunge => {
            format!("{messages} could not be removed from {from} and {are} shown again.")
        }
        Change::Append => format!(
            "A message written here could not be saved in {from} on the server; it stays here and \
             is tried again when you check for new mail."
        ),
        Change::Folder(FolderChange::Create { path }) => {
            format!("The folder {path} could not be made on the server and was removed here again.")
        }
        Change::Folder(FolderChange::Rename { was, to, .. }) => {
            format!("The folder {was} could not be renamed to {to} and has its old name again.")
        }
        Change::Folder(FolderChange::Delete { .. }) => {
            format!("The folder {from} could not be deleted and is shown again.")
        }
        Change::Folder(FolderChange::Subscribe(_)) => {
            format!("Whether other programs show {from} could not be changed.")
        }
    }
}

/// What to do about a refusal (RFC 5530).
fn remedy(code: Option<&str>) -> Option<&'static str> {
    match code? {
        "NOPERM" => Some("You may not do this there: ask whoever owns the folder."),
        "CANNOT" => Some("This server does not allow it; choose another name or folder."),
        "ALREADYEXISTS" => Some("There is one of that name already; choose another name."),
        "NONEXISTENT" | "TRYCREATE" => Some("The folder is not there; check for new mail."),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::FlagChange;

    #[test]
    fn a_refusal_says_what_happened_and_where_things_are() {
        let create = FolderChange::Create { path: "New".into() };
        for (change, count, said) in [
            (
                Change::Move(FolderId(2)),
                2,
                "2 messages could not be moved from INBOX to Work and are back in INBOX.",
            ),
            (
                Change::Flag(FlagChange::seen(true)),
                1,
                "1 message in INBOX could not be marked; the mark was taken back.",
            ),
            (
                Change::Folder(create),
                1,
                "The folder New could not be made on the server and was removed here again.",
            ),
        ] {
            assert_eq!(sentence(&change, count, "INBOX", "Work"), said);
        }
        assert!(remedy(Some("NOPERM")).is_some());
        assert!(remedy(None).is_none());
    }
}
