//! From the names people type to what they name.

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
    fn folders_are_found_by_their_whole_path() {
        assert_eq!(pick(folders(), "Work").unwrap().id, FolderId(1));
        let missing = pick(folders(), "work").unwrap_err();
        assert_eq!(missing.kind(), ErrorKind::NotFound);
        let several = pick(folders(), "inbox").unwrap_err();
        assert_eq!(several.kind(), ErrorKind::Conflict);
    }
}
