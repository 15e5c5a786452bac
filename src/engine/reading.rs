//! Reads that need more than the store's rows.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{Email, PartId, PlacementId};
use crate::store::{self, Durability};
use crate::sync::Urgent;

/// What is here of a message.
enum Stored {
    Header,
    Whole(Vec<u8>),
    /// The bytes of this hash, which are missing or not what they were.
    Damaged([u8; 32]),
}

impl Shared {
    /// The exact bytes of a message; fetched now when only its header is
    /// here, or when what is here is damaged.
    pub(super) async fn raw(self: &Arc<Self>, id: PlacementId) -> Result<Vec<u8>> {
        match self.stored_raw(id).await? {
            Stored::Whole(raw) => return Ok(raw),
            Stored::Header => {}
            Stored::Damaged(sha256) => {
                let forgotten = self
                    .store
                    .write(Durability::Crash, move |w| w.forget_damaged(&sha256));
                if !forgotten.await? {
                    return Err(store::Error::Damaged.into());
                }
            }
        }
        self.fetch_now(id).await?;
        match self.stored_raw(id).await? {
            Stored::Whole(raw) => Ok(raw),
            Stored::Damaged(_) => Err(store::Error::Damaged.into()),
            Stored::Header => Err(Error::new(
                ErrorKind::NotFound,
                "The server no longer has this message.",
            )
            .hint("It was moved or deleted elsewhere; the list is put right with the next check.")),
        }
    }

    async fn stored_raw(&self, id: PlacementId) -> store::Result<Stored> {
        self.store
            .read(move |r| {
                let Some(sha256) = r.placement(id)?.sha256 else {
                    return Ok(Stored::Header);
                };
                match r.raw(&sha256) {
                    Ok(raw) => Ok(Stored::Whole(raw)),
                    Err(store::Error::Damaged | store::Error::NotFound) => {
                        Ok(Stored::Damaged(sha256))
                    }
                    Err(error) => Err(error),
                }
            })
            .await
    }

    async fn fetch_now(self: &Arc<Self>, id: PlacementId) -> Result<()> {
        let account = self.store.read(move |r| r.placement(id)).await?.account;
        let Some(actor) = self.actor(account) else {
            return self.fetch_alone(account, id).await;
        };
        let (asked, answer) = oneshot::channel();
        if actor.urgent.send(Urgent::Body(id, asked)).is_err() {
            return Err(not_here());
        }
        answer.await.unwrap_or_else(|_| Err(not_here()))
    }

    /// The whole message, parsed.
    pub(super) async fn email(self: &Arc<Self>, id: PlacementId) -> Result<Email> {
        let raw = self.raw(id).await?;
        blocking(move || Ok(mime::parse(&raw))).await
    }

    /// The bytes of one part.
    pub(super) async fn part(
        self: &Arc<Self>,
        id: PlacementId,
        part: PartId,
    ) -> Result<mime::SavedPart> {
        let raw = self.raw(id).await?;
        blocking(move || {
            mime::attachment_bytes(&raw, part).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "This message has no such attachment.")
            })
        })
        .await
    }

    /// Writes a part to `path`, beside a file that is there already.
    pub(super) async fn save_part(
        self: &Arc<Self>,
        id: PlacementId,
        part: PartId,
        path: PathBuf,
    ) -> Result<PathBuf> {
        let saved = self.part(id, part).await?;
        blocking(move || write_new(&path, &saved.bytes)).await
    }
}

fn not_here() -> Error {
    Error::new(
        ErrorKind::Offline,
        "This message is not on this computer yet, and the server cannot be reached.",
    )
    .hint("It is fetched as soon as there is a connection.")
}

/// Runs work that takes time off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(error) => Err(
            Error::new(ErrorKind::Bug, "A part of Waxwing failed. Nothing is lost.").source(error),
        ),
    }
}

/// How often a free name is looked for before giving up.
const TRIES: usize = 1000;

/// Creates a file that was not there: never writes over one.
fn write_new(path: &Path, bytes: &[u8]) -> Result<PathBuf> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    let given = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let given = given.unwrap_or_default();
    for _ in 0..TRIES {
        let free = folder.join(mime::name_in(folder, &given));
        let created = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&free);
        let mut file = match created {
            Ok(file) => file,
            // Somebody was quicker: look for the next free name.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(cannot_write(&free, error)),
        };
        if let Err(error) = file.write_all(bytes).and_then(|()| file.sync_all()) {
            drop(file);
            // Half a file would look like a whole one.
            drop(std::fs::remove_file(&free));
            return Err(cannot_write(&free, error));
        }
        return Ok(free);
    }
    Err(Error::new(
        ErrorKind::Conflict,
        format!("{} has no free name left.", folder.display()),
    ))
}

fn cannot_write(path: &Path, error: std::io::Error) -> Error {
    let full = error.kind() == std::io::ErrorKind::StorageFull;
    let (kind, hint) = if full {
        (
            ErrorKind::DiskFull,
            "The disk is full: free some space, then try again.",
        )
    } else {
        (
            ErrorKind::Input,
            "Choose another folder, or check that this one is writable.",
        )
    };
    Error::new(kind, format!("{} could not be written.", path.display()))
        .hint(hint)
        .source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        assert_eq!(write_new(&path, b"one").unwrap(), path);
        assert_eq!(
            write_new(&path, b"two").unwrap(),
            dir.path().join("a (2).txt")
        );
        assert_eq!(std::fs::read(&path).unwrap(), b"one");
    }

    #[test]
    fn a_folder_that_is_not_there_is_said() {
        let error = write_new(Path::new("/nowhere/at/all/a.txt"), b"x").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(error.to_string().contains("/nowhere/at/all/a.txt"));
    }
}
