//! From the names people type to what they name.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use waxwing::config::accounts::named;
use waxwing::engine::Handle;
use waxwing::model::{Account, AccountId, Envelope, Folder, PlacementId};
use waxwing::{Error, ErrorKind, Result};

/// The account with that name, where one is given.
pub(super) async fn account(handle: &Handle, name: Option<&str>) -> Result<Option<AccountId>> {
    let Some(name) = name else { return Ok(None) };
    Ok(Some(named(&handle.accounts().await?, name)?.id))
}

/// The account that is meant: the one named, else the only one there is.
pub(super) async fn the_account(handle: &Handle, name: Option<&str>) -> Result<Account> {
    let accounts = handle.accounts().await?;
    if let Some(name) = name {
        return named(&accounts, name).cloned();
    }
    match accounts.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(no_account()),
        _ => Err(
            Error::new(ErrorKind::Conflict, "There are several accounts.")
                .hint("Name one with --account NAME."),
        ),
    }
}

/// The name of an account, for printing.
pub(super) fn name_of(accounts: &[Account], id: AccountId) -> String {
    let account = accounts.iter().find(|account| account.id == id);
    account.map_or_else(String::new, |account| account.settings.name.clone())
}

/// The folder with that path. `INBOX` is written in any case (RFC 9051, 5.1).
pub(super) async fn folder(
    handle: &Handle,
    account: Option<AccountId>,
    path: &str,
) -> Result<Folder> {
    let folders = handle.folders(account).await?;
    if folders.is_empty() && handle.accounts().await?.is_empty() {
        return Err(no_account());
    }
    pick(folders, path)
}

/// The first thing a new person has to hear.
pub(super) fn no_account() -> Error {
    Error::new(ErrorKind::NotFound, "There is no account yet.")
        .hint("Add one with `account add FILE.toml`.")
}

/// Whether a folder is the one that a person calls `path`.
pub(super) fn is_at(folder: &Folder, path: &str) -> bool {
    let is_inbox = |path: &str| path.eq_ignore_ascii_case("INBOX");
    folder.path == path || is_inbox(path) && is_inbox(&folder.path)
}

fn pick(folders: Vec<Folder>, path: &str) -> Result<Folder> {
    let mut found = folders.into_iter().filter(|folder| is_at(folder, path));
    let Some(first) = found.next() else {
        return Err(
            Error::new(ErrorKind::NotFound, format!("There is no folder “{path}”."))
                .hint("`folders` lists those there are; `sync` looks for new ones."),
        );
    };
    if found.next().is_some() {
        return Err(Error::new(
            ErrorKind::Conflict,
            format!("Several accounts have a folder “{path}”."),
        )
        .hint("Name one with --account NAME."));
    }
    Ok(first)
}

/// The rows with these ids, in their order. All must be there.
pub(super) async fn envelopes(handle: &Handle, ids: &[PlacementId]) -> Result<Vec<Envelope>> {
    let rows = handle.envelopes(ids.to_vec()).await?;
    let missing: Vec<String> = ids
        .iter()
        .filter(|id| rows.iter().all(|row| row.id != **id))
        .map(ToString::to_string)
        .collect();
    if missing.is_empty() {
        return Ok(rows);
    }
    Err(Error::new(
        ErrorKind::NotFound,
        format!("There is no message with the id {}.", missing.join(", ")),
    )
    .hint("`list FOLDER` names the ids there are."))
}

/// A message by its id, or a file that is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Id(PlacementId),
    File(PathBuf),
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        if let Ok(id) = text.parse() {
            return Ok(Self::Id(id));
        }
        let path = PathBuf::from(text);
        let is_eml = path.extension().is_some_and(|end| end == "eml");
        if is_eml || path.is_file() {
            return Ok(Self::File(path));
        }
        Err("neither the id of a message nor a file".to_owned())
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::File(path) => path.display().fmt(f),
        }
    }
}

/// The messages that are meant, in their order. All must be there.
pub(super) async fn messages(handle: &Handle, targets: &[Target]) -> Result<Vec<PlacementId>> {
    let ids = targets.iter().filter_map(|target| match target {
        Target::Id(id) => Some(*id),
        Target::File(_) => None,
    });
    envelopes(handle, &ids.collect::<Vec<_>>()).await?;
    let mut meant = Vec::with_capacity(targets.len());
    for target in targets {
        meant.push(match target {
            Target::Id(id) => *id,
            Target::File(path) => handle.open_letter(path.clone()).await?,
        });
    }
    Ok(meant)
}

#[cfg(test)]
mod tests {
    use super::*;
    use waxwing::model::FolderId;

    fn folders() -> Vec<Folder> {
        [(1, "INBOX"), (1, "Work"), (2, "INBOX")]
            .into_iter()
            .enumerate()
            .map(|(id, (account, path))| Folder {
                id: FolderId(i64::try_from(id).unwrap()),
                account: AccountId(account),
                path: path.to_owned(),
                role: None,
                selectable: true,
                watched: false,
                checked: None,
                prefetch: None,
                of_others: false,
                subscribed: true,
                total: 0,
                unread: 0,
            })
            .collect()
    }

    #[test]
    fn a_message_is_an_id_or_a_file() {
        assert_eq!("17".parse(), Ok(Target::Id(PlacementId(17))));
        let file = Target::File("mail/a.eml".into());
        assert_eq!("mail/a.eml".parse(), Ok(file));
        assert!("nonsense".parse::<Target>().is_err());
    }

    #[test]
    fn folders_are_found_by_their_whole_path() {
        assert_eq!(pick(folders(), "Work").unwrap().id, FolderId(1));
        let missing = pick(folders(), "work").unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        let several = pick(folders(), "inbox").unwrap_err();
        assert_eq!(several.kind(), ErrorKind::Conflict);
    }
}
