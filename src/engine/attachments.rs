//! What is attached to a message: its bytes, and files of them.

use std::path::PathBuf;
use std::sync::Arc;

use super::Handle;
use super::reading::{Readable, blocking};
use super::saving::write_new;
use super::shared::Shared;
use crate::error::Result;
use crate::mime::{self, SavedPart};
use crate::model::{PartId, PlacementId};

/// A part of a message, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartBytes {
    /// A file name safe to write.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// Its bytes, transfer encoding undone.
    pub bytes: Vec<u8>,
}

impl Handle {
    /// The decoded bytes of one part; fetched at once when it is still on the
    /// server.
    ///
    /// # Errors
    /// As [`Handle::email`], and when there is no such part.
    pub async fn part(&self, id: PlacementId, part: PartId) -> Result<PartBytes> {
        self.run(async move |shared| {
            let saved = shared.part(id, part).await?;
            Ok(PartBytes {
                name: saved.name,
                content_type: saved.content_type,
                bytes: saved.bytes,
            })
        })
        .await
    }

    /// Fetches all attachments of a message that are still on the server, over
    /// one connection; [`super::Event::Coming`] says how far that is. Nothing
    /// where all are here.
    ///
    /// # Errors
    /// As [`Handle::email`].
    pub async fn fetch_attachments(&self, id: PlacementId) -> Result<()> {
        self.run(async move |shared| shared.fetch_attachments(id).await)
            .await
    }

    /// Writes an attachment to `path`; a file that is there gets company
    /// (`name (2).pdf`), never a successor. Says where it wrote.
    ///
    /// # Errors
    /// As [`Handle::part`], and when the file cannot be written.
    pub async fn save_attachment(
        &self,
        id: PlacementId,
        part: PartId,
        path: PathBuf,
    ) -> Result<PathBuf> {
        self.run(async move |shared| {
            let saved = shared.part(id, part).await?;
            blocking(move || write_new(&path, &saved.bytes)).await
        })
        .await
    }

    /// Writes attachments into a folder, in their order and under their safe
    /// names; files that are there get company. Says where it wrote.
    ///
    /// # Errors
    /// As [`Handle::save_attachment`]. What was written until then stays.
    pub async fn save_attachments(
        &self,
        id: PlacementId,
        parts: Vec<PartId>,
        folder: PathBuf,
    ) -> Result<Vec<PathBuf>> {
        self.run(async move |shared| {
            let saved = shared.parts(id, parts).await?;
            blocking(move || {
                let write = |part: SavedPart| write_new(&folder.join(&part.name), &part.bytes);
                saved.into_iter().map(write).collect()
            })
            .await
        })
        .await
    }
}

impl Shared {
    /// Several parts of a message, with one pass over it. Those it does not
    /// have are left out.
    pub(super) async fn parts(
        self: &Arc<Self>,
        id: PlacementId,
        parts: Vec<PartId>,
    ) -> Result<Vec<SavedPart>> {
        self.fetch_attachments(id).await?;
        self.parts_here(id, parts).await
    }

    /// The same, without those that are still on the server.
    pub(super) async fn parts_here(
        self: &Arc<Self>,
        id: PlacementId,
        mut parts: Vec<PartId>,
    ) -> Result<Vec<SavedPart>> {
        let readable = self.readable(id).await?;
        blocking(move || {
            if let Readable::Partial(skeleton) = &readable {
                parts.retain(|&part| mime::is_left_out(skeleton, part).is_none());
            }
            Ok(mime::saved_parts(readable.raw(), &parts))
        })
        .await
    }
}
