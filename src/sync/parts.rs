//! Large messages in parts: their text at once, their attachments when
//! somebody asks for them.

use futures::future::BoxFuture;

use super::batches::pieces;
use super::fetched::{BIGGEST, PIECE};
use super::portion::Portion;
use super::session::{Error, Session, Told};
use crate::mime;
use crate::model::{PartPath, PlacementId, Skeleton, Structure, Uid};
use crate::protocol::imap::{self, Section, Sections};
use crate::store::{Durability, FolderRow, NewPartial, Unfetched};

/// Messages above this size, in bytes, are opened in parts. A smaller one is
/// here whole about as soon as its structure is known and asked for.
const LARGE: u64 = 1_000_000;

/// How many sections one command asks for at most: a line should stay below
/// 8 kB (RFC 7162, 4).
const AT_ONCE: usize = 100;

impl Session {
    /// Fetches what it takes to read a large message, unless that is here. Says
    /// whether it is now; otherwise the message is to be fetched whole.
    pub(super) async fn skeleton(&mut self, wanted: &Unfetched) -> Result<bool, Error> {
        if wanted.size <= LARGE {
            return Ok(false);
        }
        let email = wanted.email;
        let here = self.store.read(move |r| r.partial_sha256(email)).await?;
        if here.is_some() {
            return Ok(true);
        }
        let Some(outline) = unless_refused(self.conn.fetch_outline(wanted.uid).await)? else {
            return Ok(false);
        };
        let (Some(structure), Some(header)) = (outline.structure, outline.header) else {
            return Ok(false);
        };
        let Some(portion) = Portion::of(&structure) else {
            return Ok(false);
        };
        let Some(sections) = self.sections(wanted, &portion.sections).await? else {
            return Ok(false);
        };
        self.keep_skeleton(wanted, move || {
            assembled(&portion, &structure, header, sections)
        })
        .await
    }

    /// Fetches parts that were left out. Says whether they are here now;
    /// otherwise the message is to be fetched whole.
    pub(super) async fn parts(
        &mut self,
        wanted: &Unfetched,
        folder: &FolderRow,
        paths: &[PartPath],
    ) -> Result<bool, Error> {
        let email = wanted.email;
        let Some(skeleton) = self.store.read(move |r| r.partial(email)).await? else {
            return Ok(false);
        };
        let left_out = skeleton.left_out.into_iter();
        let asked: Vec<_> = left_out.filter(|part| paths.contains(&part.path)).collect();
        let mut watch = Watch {
            folder,
            placement: wanted.placement,
            before: 0,
            total: asked.iter().map(|part| part.octets).sum(),
        };
        let mut fetched = Vec::with_capacity(asked.len());
        for part in asked {
            let bytes = self
                .part(wanted.uid, &part.path, part.octets, Some(&watch))
                .await?;
            // A part that has bytes by its structure and none when asked for:
            // the server does not mean what it says.
            let Some(bytes) = bytes.filter(|bytes| part.octets == 0 || !bytes.is_empty()) else {
                return Ok(false);
            };
            watch.before += part.octets;
            fetched.push((part.path, bytes));
        }
        // Others may have brought parts of it meanwhile, or all of it.
        let placement = wanted.placement;
        let read = self.store.read(move |r| {
            let whole = r.placement(placement)?.sha256.is_some();
            Ok((r.partial(email)?, whole))
        });
        let (skeleton, whole) = read.await?;
        let Some(mut skeleton) = skeleton else {
            return Ok(whole);
        };
        self.keep_skeleton(wanted, move || {
            for (path, bytes) in fetched {
                skeleton = skeleton.with(&path, &bytes);
            }
            Some(skeleton)
        })
        .await
    }

    /// Tells how far a part is, and does what others wait for: theirs may be a
    /// text, and this may go on for minutes.
    fn meanwhile<'a>(
        &'a mut self,
        watch: &'a Watch<'_>,
        done: u64,
    ) -> BoxFuture<'a, Result<(), Error>> {
        self.told(Told::Coming {
            placement: watch.placement,
            done: (watch.before + done).min(watch.total),
            total: watch.total,
        });
        // In a box, since theirs may have parts as well.
        Box::pin(self.serve_urgent(Some(watch.folder)))
    }

    /// These sections of a message, each whole. None where the server refuses
    /// one or the message is gone.
    async fn sections(
        &mut self,
        wanted: &Unfetched,
        asked: &[(Section, u64)],
    ) -> Result<Option<Sections>, Error> {
        let mut all = Sections::new();
        let (big, usual): (Vec<_>, Vec<_>) = asked.iter().partition(|(_, size)| *size > PIECE);
        for batch in pieces(&usual, AT_ONCE, PIECE, |section| section.1) {
            let batch: Vec<Section> = batch.iter().map(|(section, _)| section.clone()).collect();
            let fetched = self.conn.fetch_sections(wanted.uid, &batch).await;
            let Some(sections) = unless_refused(fetched)? else {
                return Ok(None);
            };
            all.extend(sections);
        }
        for (section, octets) in big {
            if let Section::Body(path) = section {
                let Some(bytes) = self.part(wanted.uid, path, *octets, None).await? else {
                    return Ok(None);
                };
                all.insert(section.clone(), bytes);
            }
        }
        Ok(Some(all))
    }

    /// One part, piece by piece; empty where the server gives nothing. None
    /// where it refuses, or the message is gone.
    async fn part(
        &mut self,
        uid: Uid,
        path: &PartPath,
        octets: u64,
        watch: Option<&Watch<'_>>,
    ) -> Result<Option<Vec<u8>>, Error> {
        let mut bytes = Vec::new();
        loop {
            let offset = bytes.len() as u64;
            let fetched = self.conn.fetch_part_piece(uid, path, offset, PIECE).await;
            let Some(piece) = unless_refused(fetched)? else {
                return Ok(None);
            };
            bytes.extend_from_slice(&piece);
            let done = bytes.len() as u64;
            if done > BIGGEST {
                return Err(self.conn.endless().into());
            }
            if let Some(watch) = watch {
                self.meanwhile(watch, done).await?;
            }
            // Not every server counts right, or fills a piece: where it is not
            // as long as was said, only an empty piece is the end.
            let short = (piece.len() as u64) < PIECE;
            if piece.is_empty() || short && done == octets {
                return Ok(Some(bytes));
            }
        }
    }

    /// Stores what was put together. Says whether there was something.
    async fn keep_skeleton(
        &self,
        wanted: &Unfetched,
        put_together: impl FnOnce() -> Option<Skeleton> + Send + 'static,
    ) -> Result<bool, Error> {
        let described = tokio::task::spawn_blocking(move || {
            let skeleton = put_together()?;
            let (summary, mut text) = mime::summary(&skeleton.raw);
            // Words may be missing: what is left out may have some.
            text.whole = false;
            let new = NewPartial::new(&skeleton, summary.attachments, summary.snippet);
            Some(new.map(|new| (new, text)))
        });
        let Some(described) = described.await? else {
            return Ok(false);
        };
        let (partial, text) = described?;
        let email = wanted.email;
        let write = self
            .store
            .write(Durability::Crash, move |w| w.keep_partial(email, &partial));
        if write.await? {
            self.store.index(vec![(email, text)]);
            self.told(Told::Rows(vec![wanted.placement]));
        }
        Ok(true)
    }
}

/// Who waits for parts, and how much they are together.
#[derive(Debug, Clone, Copy)]
struct Watch<'a> {
    folder: &'a FolderRow,
    placement: PlacementId,
    /// Bytes of the parts before this one.
    before: u64,
    total: u64,
}

/// The skeleton of what was fetched. None where the pieces do not fit.
fn assembled(
    portion: &Portion,
    structure: &Structure,
    header: Vec<u8>,
    sections: Sections,
) -> Option<Skeleton> {
    let piece = portion.pieces(structure, header, sections)?;
    mime::assemble(&piece)
}

/// A refusal is an answer here: the message is then fetched whole.
fn unless_refused<T>(answer: Result<Option<T>, imap::Error>) -> Result<Option<T>, Error> {
    match answer {
        Err(error) if error.is_refusal() => Ok(None),
        other => Ok(other?),
    }
}
