//! A message too large to be held, packed while it comes.

use super::session::Error;
use crate::mime::Excerpt;
use crate::store::{PackedRaw, RawWriter, Store};

/// A large message on its way into the store.
pub(super) struct Spool {
    writer: RawWriter,
    excerpt: Excerpt,
}

/// A large message, ready to be stored.
pub(super) struct Spooled {
    /// What a summary needs of it.
    pub(super) excerpt: Vec<u8>,
    pub(super) packed: PackedRaw,
}

impl Spool {
    /// One that holds nothing yet.
    ///
    /// # Errors
    /// When the disk takes no file.
    pub(super) fn new(store: &Store) -> Result<Self, Error> {
        Ok(Self {
            writer: store.raw_writer()?,
            excerpt: Excerpt::default(),
        })
    }

    /// Packs the next piece.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) async fn add(mut self, piece: Vec<u8>) -> Result<Self, Error> {
        let packing = tokio::task::spawn_blocking(move || {
            self.writer.add(&piece)?;
            self.excerpt.add(&piece);
            Ok(self)
        });
        packing.await?
    }

    /// That was all of it.
    ///
    /// # Errors
    /// When the disk is full.
    pub(super) async fn finish(self) -> Result<Spooled, Error> {
        let finishing = tokio::task::spawn_blocking(move || {
            Ok(Spooled {
                packed: self.writer.finish()?,
                excerpt: self.excerpt.finish(),
            })
        });
        finishing.await?
    }
}
