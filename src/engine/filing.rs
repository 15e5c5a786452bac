//! The verbs on whole folders: local half, event, and a nudge for the
//! account's task.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::apply::Applied;
use super::handle::Handle;
use super::shared::Shared;
use super::undo::Inverse;
use super::{Done, Event};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{AccountId, Folder, FolderId, FolderRole};
use crate::store::{self, Durability, FolderRow, Read, Write};

/// The longest name of one level, in bytes: what usual servers store.
const LEVEL_MAX: usize = 200;

impl Handle {
    /// Makes a folder; levels of `path` are separated by `/`. It is there at
    /// once; the server is told next.
    ///
    /// # Errors
    /// When the name cannot be one, is taken, or the store fails.
    pub async fn create_folder(&self, account: AccountId, path: String) -> Result<Folder> {
        self.run(async move |shared| shared.create_folder(account, path).await)
            .await
    }

    /// Gives a folder, with those below it, another path. Messages keep their
    /// ids.
    ///
    /// # Errors
    /// As [`Handle::create_folder`], and for a folder that mail programs need
    /// (the inbox, Sent, Trash and so on).
    pub async fn rename_folder(&self, folder: FolderId, path: String) -> Result<Done> {
        self.run(async move |shared| shared.rename_folder(folder, path).await)
            .await
    }

    /// Moves a folder, with those below it, below Trash. One that lies there
    /// already, or any with `permanently`, is removed for good with all its
    /// messages: ask the person first.
    ///
    /// # Errors
    /// When it is needed (the inbox, Sent, Trash and so on) or the store fails.
    pub async fn delete_folder(&self, folder: FolderId, permanently: bool) -> Result<Done> {
        self.run(async move |shared| shared.delete_folder(folder, permanently).await)
            .await
    }

    /// Says whether other programs shall show a folder.
    ///
    /// # Errors
    /// When it is not there or the store fails.
    pub async fn subscribe_folder(&self, folder: FolderId, on: bool) -> Result<Done> {
        self.run(async move |shared| shared.subscribe_folder(folder, on).await)
            .await
    }

    /// Tells an account's server now what waits, over a connection of its own:
    /// for a front end that does not stay. What the server refuses is taken
    /// back and told as [`Event::Problem`].
    ///
    /// # Errors
    /// When the server cannot be reached or does not let us in. What waits
    /// stays and is told later.
    pub async fn tell_now(&self, account: AccountId) -> Result<()> {
        self.run(async move |shared| shared.tell_now(account).await)
            .await
    }
}

impl Shared {
    pub(super) async fn create_folder(
        self: &Arc<Self>,
        account: AccountId,
        path: String,
    ) -> Result<Folder> {
        let made = self
            .in_one_write(move |w| {
                let read = w.read();
                let account = read.home_of(account)?;
                let path = match as_path(&read, account, &path)? {
                    Ok(path) => read.top_path(account, &path)?,
                    Err(error) => return Ok(Err(error)),
                };
                if let Err(error) = is_free(&read, account, &path)? {
                    return Ok(Err(error));
                }
                let id = w.create_folder(account, &path)?;
                Ok(Ok(w.read().folder(id)?.folder))
            })
            .await?;
        self.tell_folders(made.account);
        Ok(made)
    }

    async fn rename_folder(self: &Arc<Self>, id: FolderId, path: String) -> Result<Done> {
        let (row, to) = self
            .in_one_write(move |w| {
                let read = w.read();
                let row = read.folder(id)?;
                let account = row.folder.account;
                if let Err(error) = is_not_needed(&read, &row, "renamed")? {
                    return Ok(Err(error));
                }
                let path = match as_path(&read, account, &path)? {
                    Ok(path) => read.top_path(account, &path)?,
                    Err(error) => return Ok(Err(error)),
                };
                if path.starts_with(&format!("{}/", row.folder.path)) {
                    return Ok(Err(input(
                        format!("{} cannot be moved below itself.", row.folder.path),
                        "Choose a name outside of it.",
                    )));
                }
                if path != row.folder.path {
                    if let Err(error) = is_free(&read, account, &path)? {
                        return Ok(Err(error));
                    }
                    w.rename_folder(&row, &path, false)?;
                }
                Ok(Ok((row, path)))
            })
            .await?;
        let label = format!("{} renamed to {to}", row.folder.path);
        Ok(self.renamed(&row, &to, &label))
    }

    async fn delete_folder(self: &Arc<Self>, id: FolderId, permanently: bool) -> Result<Done> {
        let (row, to, touched) = self
            .in_one_write(move |w| {
                let row = w.read().folder(id)?;
                if let Err(error) = is_not_needed(&w.read(), &row, "deleted")? {
                    return Ok(Err(error));
                }
                let trash = w.folder_for(row.folder.account, FolderRole::Trash)?;
                let touched = vec![id, trash.folder.id];
                let is_in_trash = row
                    .folder
                    .path
                    .starts_with(&format!("{}/", trash.folder.path));
                if permanently || is_in_trash {
                    w.delete_folder(&row, true)?;
                    return Ok(Ok((row, None, touched)));
                }
                // Without levels there is no place below Trash.
                if w.read().delimiter(row.folder.account)?.is_none() {
                    w.delete_folder(&row, false)?;
                    return Ok(Ok((row, Some(None), touched)));
                }
                let to = free_path_below(&w.read(), &trash, row.folder.name())?;
                w.rename_folder(&row, &to, true)?;
                Ok(Ok((row, Some(Some(to)), touched)))
            })
            .await?;
        for folder in touched {
            self.tell(Event::FolderContent(folder));
        }
        let path = &row.folder.path;
        Ok(match to {
            Some(Some(to)) => self.renamed(&row, &to, &format!("{path} moved to Trash")),
            Some(None) => self.settled(&row, &format!("{path} deleted, its messages are in Trash")),
            None => self.settled(&row, &format!("{path} deleted for good")),
        })
    }

    async fn subscribe_folder(self: &Arc<Self>, id: FolderId, on: bool) -> Result<Done> {
        let row = self
            .in_one_write(move |w| {
                let row = w.read().folder(id)?;
                w.subscribe_folder(&row, on)?;
                Ok(Ok(row))
            })
            .await?;
        let what = if on { "shown" } else { "not shown" };
        let label = format!("{} is {what} in other programs", row.folder.path);
        Ok(self.settled(&row, &label))
    }

    /// A change whose conditions are looked at in the same transaction.
    async fn in_one_write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Write<'_>) -> store::Result<Result<T>> + Send + 'static,
    ) -> Result<T> {
        self.store.write(Durability::Crash, change).await?
    }

    fn renamed(self: &Arc<Self>, row: &FolderRow, to: &str, label: &str) -> Done {
        let was = &row.folder.path;
        let inverse = if was == to {
            Inverse::Folders(Vec::new())
        } else {
            Inverse::Path(row.folder.id, was.clone())
        };
        self.tell_folders(row.folder.account);
        self.done(label, Applied::new(inverse))
    }

    fn settled(self: &Arc<Self>, row: &FolderRow, label: &str) -> Done {
        self.tell_folders(row.folder.account);
        Done {
            label: label.to_owned(),
            can_undo: false,
        }
    }

    pub(super) fn tell_folders(self: &Arc<Self>, account: AccountId) {
        self.tell(Event::Folders(account));
        self.push(&BTreeSet::from([account]));
    }

    async fn tell_now(self: &Arc<Self>, account: AccountId) -> Result<()> {
        let account = self.account(account)?;
        if account.settings.is_local() {
            return Ok(());
        }
        let session = self.session(&account, mpsc::unbounded_channel().1).await;
        let mut session = session.map_err(|(_, error)| error)?;
        session.replay().await.map_err(Error::from)?;
        drop(session.end().await);
        Ok(())
    }
}

fn input(sentence: impl Into<String>, hint: &str) -> Error {
    Error::new(ErrorKind::Input, sentence).hint(hint)
}

/// A name as a path that the account's server can have.
pub(super) fn as_path(
    r: &Read<'_>,
    account: AccountId,
    path: &str,
) -> store::Result<Result<String>> {
    let delimiter = r.delimiter(account)?;
    Ok(checked(path, delimiter))
}

fn checked(path: &str, delimiter: Option<char>) -> Result<String> {
    if delimiter.is_none() && path.contains('/') {
        return Err(input(
            format!("“{path}” has levels, and this server keeps folders without them."),
            "Choose a name without “/”.",
        ));
    }
    let levels: Vec<&str> = path.split('/').map(str::trim).collect();
    for level in &levels {
        if level.is_empty() {
            return Err(input(
                format!("“{path}” is no name for a folder: a part of it is empty."),
                "Write it like Work or Work/Letters.",
            ));
        }
        if level.len() > LEVEL_MAX {
            return Err(input(
                "This name for a folder is too long for mail servers.",
                "Choose a shorter one.",
            ));
        }
        let bad = level
            .chars()
            .find(|c| c.is_control() || "*%".contains(*c) || Some(*c) == delimiter);
        if let Some(bad) = bad {
            return Err(input(
                format!("A folder on this server cannot have {bad:?} in its name."),
                "Choose a name without it.",
            ));
        }
    }
    let inbox = levels
        .first()
        .is_some_and(|level| level.eq_ignore_ascii_case("INBOX"));
    let mut levels = levels;
    if inbox && let Some(first) = levels.first_mut() {
        *first = "INBOX";
    }
    Ok(levels.join("/"))
}

fn is_free(r: &Read<'_>, account: AccountId, path: &str) -> store::Result<Result<()>> {
    Ok(match r.folder_by_path(account, path)? {
        None => Ok(()),
        Some(_) => Err(Error::new(
            ErrorKind::Conflict,
            format!("There is a folder “{path}” already."),
        )
        .hint("Choose another name.")),
    })
}

/// Folders that a mail program needs stay what they are, and so does what
/// they lie in.
fn is_not_needed(r: &Read<'_>, row: &FolderRow, what: &str) -> store::Result<Result<()>> {
    let tree = r.folder_tree(row)?;
    let needed = tree.iter().find(|row| row.folder.role.is_some());
    Ok(match needed {
        None => Ok(()),
        Some(needed) => Err(Error::new(
            ErrorKind::Conflict,
            format!(
                "{} cannot be {what}: mail programs need {}.",
                row.folder.path, needed.folder.path
            ),
        )
        .hint("Move its messages elsewhere instead.")),
    })
}

/// A path below a folder that no other has.
fn free_path_below(r: &Read<'_>, parent: &FolderRow, name: &str) -> store::Result<String> {
    let plain = format!("{}/{name}", parent.folder.path);
    let mut path = plain.clone();
    let mut number = 1_u32;
    while r.folder_by_path(parent.folder.account, &path)?.is_some() {
        number += 1;
        path = format!("{plain} ({number})");
    }
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_a_server_can_have_are_taken() {
        for (name, delimiter, path) in [
            ("Work", Some('/'), Some("Work")),
            (" Work / Letters ", Some('/'), Some("Work/Letters")),
            ("inbox/x", Some('.'), Some("INBOX/x")),
            ("日本", None, Some("日本")),
            ("a.b", Some('/'), Some("a.b")),
            ("a.b", Some('.'), None),
            ("a/b", None, None),
            ("", Some('/'), None),
            ("a//b", Some('/'), None),
            ("a*", Some('/'), None),
            ("a\r\nb", Some('/'), None),
        ] {
            let found = checked(name, delimiter);
            assert_eq!(found.as_deref().ok(), path, "{name}");
            if let Err(error) = found {
                assert!(error.remedy().is_some(), "{name}");
            }
        }
    }
}
