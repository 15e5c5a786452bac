//! Reads that need more than the store's rows.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::opened::Opened;
use super::shared::Shared;
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{Charset, Email, PartId, PartPath, PlacementId, Skeleton};
use crate::store::{self, Durability, WantedBodies};
use crate::sync::{Need, Urgent, Wish};

/// What is here of a message.
enum Stored {
    Header,
    /// All but parts that are still on the server.
    Partial(Skeleton),
    Whole(Vec<u8>),
    /// The bytes of this hash, which are missing or not what they were.
    Damaged([u8; 32]),
}

/// What can be read of a message.
pub(super) enum Readable {
    /// All but parts that are still on the server.
    Partial(Skeleton),
    /// All of it.
    Whole(Vec<u8>),
}

impl Readable {
    pub(super) fn raw(&self) -> &[u8] {
        match self {
            Self::Partial(skeleton) => &skeleton.raw,
            Self::Whole(raw) => raw,
        }
    }

    /// As it is shown, in the encoding that was chosen for it, and its bytes:
    /// those of a whole message only where it is here.
    pub(super) fn parsed(self, charset: Option<Charset>) -> (Email, Vec<u8>) {
        match self {
            Self::Partial(skeleton) => (mime::parse_skeleton(&skeleton, charset), skeleton.raw),
            Self::Whole(raw) => (mime::parse_as(&raw, charset), raw),
        }
    }
}

impl Shared {
    /// The exact bytes of a message; fetched now when they are not here, or
    /// when what is here is damaged.
    pub(super) async fn raw(self: &Arc<Self>, id: PlacementId) -> Result<Vec<u8>> {
        if Opened::is_letter(id) {
            return self.opened.letter(id).ok_or_else(closed);
        }
        if let Stored::Whole(raw) = self.stored(id).await? {
            return Ok(raw);
        }
        self.fetch_now(id, Need::Whole).await?;
        match self.stored(id).await? {
            Stored::Whole(raw) => Ok(raw),
            Stored::Damaged(_) => Err(store::Error::Damaged.into()),
            Stored::Header | Stored::Partial(_) => Err(gone()),
        }
    }

    /// A message as far as it takes to read it; fetched now when that is not
    /// here.
    pub(super) async fn readable(self: &Arc<Self>, id: PlacementId) -> Result<Readable> {
        if Opened::is_letter(id) {
            return Ok(Readable::Whole(self.raw(id).await?));
        }
        match self.stored(id).await? {
            Stored::Whole(raw) => return Ok(Readable::Whole(raw)),
            Stored::Partial(skeleton) => return Ok(Readable::Partial(skeleton)),
            Stored::Header | Stored::Damaged(_) => {}
        }
        let need = if self.is_wanted_whole(id).await? {
            Need::Whole
        } else {
            Need::Text
        };
        self.fetch_now(id, need).await?;
        match self.stored(id).await? {
            Stored::Whole(raw) => Ok(Readable::Whole(raw)),
            Stored::Partial(skeleton) => Ok(Readable::Partial(skeleton)),
            Stored::Damaged(_) => Err(store::Error::Damaged.into()),
            Stored::Header => Err(gone()),
        }
    }

    /// What is here of a message. Damaged bytes are forgotten, so that they can
    /// be fetched anew, unless they exist nowhere else.
    async fn stored(&self, id: PlacementId) -> Result<Stored> {
        let stored = self.what_is_here(id).await?;
        if let Stored::Damaged(sha256) = &stored {
            let sha256 = *sha256;
            let forgotten = self
                .store
                .write(Durability::Crash, move |w| w.forget_damaged(&sha256));
            if !forgotten.await? {
                return Err(store::Error::Damaged.into());
            }
        }
        Ok(stored)
    }

    async fn what_is_here(&self, id: PlacementId) -> store::Result<Stored> {
        self.store
            .read(move |r| {
                let row = r.placement(id)?;
                let (sha256, found) = if let Some(sha256) = row.sha256 {
                    (sha256, r.raw(&sha256).map(Stored::Whole))
                } else if let Some(sha256) = r.partial_sha256(row.email)? {
                    let skeleton = r.partial(row.email);
                    let found = skeleton.map(|s| s.map_or(Stored::Header, Stored::Partial));
                    (sha256, found)
                } else {
                    return Ok(Stored::Header);
                };
                match found {
                    Err(store::Error::Damaged | store::Error::NotFound) => {
                        Ok(Stored::Damaged(sha256))
                    }
                    other => other,
                }
            })
            .await
    }

    /// Whether all of a message is to be here after it was opened: one command
    /// brings what the account wants here, since no pass follows that would.
    async fn is_wanted_whole(&self, id: PlacementId) -> Result<bool> {
        if self.online {
            return Ok(false);
        }
        let account = self.store.read(move |r| r.placement(id)).await?.account;
        let policy = self.account(account)?.settings.prefetch;
        let wanted = self.store.read(move |r| {
            let row = r.placement(id)?;
            let folder = r.folder(row.folder)?.folder;
            let wanted = WantedBodies::of(&folder, &policy);
            wanted.map_or(Ok(false), |wanted| r.is_wanted(id, wanted))
        });
        Ok(wanted.await?)
    }

    /// Fetches what is needed of a message. Where the two talk past each other
    /// about its parts, the message is fetched whole.
    async fn fetch_now(self: &Arc<Self>, id: PlacementId, need: Need) -> Result<()> {
        let in_parts = need != Need::Whole;
        match self.ask_for(id, need).await {
            Err(error) if in_parts && error.kind() == ErrorKind::Protocol => {
                self.ask_for(id, Need::Whole).await
            }
            outcome => outcome,
        }
    }

    async fn ask_for(self: &Arc<Self>, placement: PlacementId, need: Need) -> Result<()> {
        // One account may have its mail in another's folders.
        let read = self.store.read(move |r| {
            let own = r.placement(placement)?.account;
            let source = r.pop3_source(placement)?;
            Ok(source.map_or(own, |(account, _)| account))
        });
        let account = read.await?;
        let not_here = || match need {
            Need::Parts(_) => attachment_not_here(),
            Need::Text | Need::Whole => not_here(),
        };
        let refused = not_here();
        let wish = Wish { placement, need };
        let Some(actor) = self.actor(account) else {
            return self.fetch_alone(account, wish).await;
        };
        let (asked, answer) = oneshot::channel();
        if actor.urgent.send(Urgent::Body(wish, asked)).is_err() {
            return Err(refused);
        }
        answer.await.unwrap_or(Err(refused))
    }

    /// The message as it is shown.
    pub(super) async fn email(self: &Arc<Self>, id: PlacementId) -> Result<Email> {
        let (readable, charset) = (self.readable(id).await?, self.opened.charset(id));
        blocking(move || Ok(readable.parsed(charset).0)).await
    }

    /// The bytes of one part; fetched now when it is still on the server.
    pub(super) async fn part(
        self: &Arc<Self>,
        id: PlacementId,
        part: PartId,
    ) -> Result<mime::SavedPart> {
        let readable = self.readable(id).await?;
        let (readable, left_out) = blocking(move || {
            let left_out = match &readable {
                Readable::Partial(skeleton) => mime::is_left_out(skeleton, part),
                Readable::Whole(_) => None,
            };
            Ok((readable, left_out))
        })
        .await?;
        let readable = match left_out {
            Some(left_out) => {
                let need = Need::Parts(vec![left_out.path.clone()]);
                self.fetch_now(id, need).await?;
                self.with_part(id, &left_out.path).await?
            }
            None => readable,
        };
        blocking(move || {
            mime::attachment_bytes(readable.raw(), part).ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "This message has no such attachment.")
            })
        })
        .await
    }

    /// Fetches all parts of a message that are still on the server.
    pub(super) async fn fetch_attachments(self: &Arc<Self>, id: PlacementId) -> Result<()> {
        let Readable::Partial(skeleton) = self.readable(id).await? else {
            return Ok(());
        };
        let paths: Vec<PartPath> = skeleton
            .left_out
            .into_iter()
            .map(|part| part.path)
            .collect();
        if paths.is_empty() {
            return Ok(());
        }
        self.fetch_now(id, Need::Parts(paths)).await
    }

    /// A message once that part of it was fetched.
    async fn with_part(self: &Arc<Self>, id: PlacementId, path: &PartPath) -> Result<Readable> {
        match self.readable(id).await? {
            Readable::Partial(skeleton) if skeleton.left_out.iter().any(|p| p.path == *path) => {
                Err(gone())
            }
            readable => Ok(readable),
        }
    }
}

fn closed() -> Error {
    Error::new(ErrorKind::NotFound, "This message was closed.")
}

fn gone() -> Error {
    Error::new(
        ErrorKind::NotFound,
        "The server no longer has this message.",
    )
    .hint("It was moved or deleted elsewhere; the list is put right with the next check.")
}

fn attachment_not_here() -> Error {
    Error::new(
        ErrorKind::Offline,
        "This attachment is still on the server, which cannot be reached.",
    )
    .hint("Save it again once there is a connection.")
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
