//! Writing the messages of a folder into files that other programs read.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::Stream;
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::mpsc;

use super::handle::Handle;
use super::reading::blocking;
use super::saving::{cannot_do, folder_of, must_be_free};
use super::shared::Shared;
use crate::archive::{MaildirWriter, MboxWriter};
use crate::error::{Error, ErrorKind, Result};
use crate::mime;
use crate::model::{Envelope, FolderId, ListView, Listing, PlacementId};

/// How the messages are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportFormat {
    /// One file with all of them (mboxrd).
    Mbox,
    /// A directory with an `.eml` file for each.
    Eml,
    /// A Maildir, which keeps flags and tags as well.
    Maildir,
}

/// What is to be written where.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// The folder.
    pub folder: FolderId,
    /// The file or directory to make; nothing may be there.
    pub path: PathBuf,
    /// How.
    pub format: ExportFormat,
}

/// What a running export tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExportProgress {
    /// How far it is.
    Written {
        /// Messages written.
        messages: u64,
        /// Messages there are.
        total: u64,
    },
    /// A message that was left out.
    Skipped {
        /// Which.
        id: PlacementId,
        /// Why, in a sentence.
        why: String,
    },
    /// The file or directory is there.
    Done {
        /// How many messages are in it.
        messages: u64,
    },
}

type Sender = mpsc::UnboundedSender<Result<ExportProgress>>;

/// Progress is told after so many messages.
const STEP: u64 = 100;

impl Handle {
    /// Writes the messages of a folder into files, oldest first, byte for byte.
    /// What is not here is fetched. The file or directory appears once all is
    /// in it; dropping the stream leaves nothing behind.
    pub fn export(
        &self,
        request: ExportRequest,
    ) -> impl Stream<Item = Result<ExportProgress>> + Send + use<> {
        self.shared
            .telling(async move |shared, sender| shared.export(request, &sender).await)
    }
}

/// What is being written, beside its place.
enum Output {
    Mbox(MboxWriter<BufWriter<File>>, NamedTempFile),
    Eml(TempDir),
    Maildir(MaildirWriter, TempDir),
}

/// In the directory that is made for a Maildir until it is whole.
const INNER: &str = "Maildir";

impl Output {
    fn begin(path: &Path, format: ExportFormat) -> io::Result<Self> {
        let parent = folder_of(path);
        Ok(match format {
            ExportFormat::Mbox => {
                let file = NamedTempFile::new_in(parent)?;
                let writer = MboxWriter::new(BufWriter::new(file.reopen()?));
                Self::Mbox(writer, file)
            }
            ExportFormat::Eml => Self::Eml(TempDir::new_in(parent)?),
            ExportFormat::Maildir => {
                let dir = TempDir::new_in(parent)?;
                Self::Maildir(MaildirWriter::create(&dir.path().join(INNER))?, dir)
            }
        })
    }

    fn add(&mut self, raw: &[u8], envelope: &Envelope) -> io::Result<()> {
        let date: DateTime<Utc> = envelope.date.to_utc();
        match self {
            Self::Mbox(writer, _) => writer.add(raw, date),
            Self::Maildir(writer, _) => writer.add(raw, envelope.flags, &envelope.keywords, date),
            Self::Eml(dir) => {
                let name = format!(
                    "{} {}.eml",
                    date.format("%Y-%m-%d %H%M%S"),
                    envelope.subject
                );
                fs::write(dir.path().join(mime::name_in(dir.path(), &name)), raw)
            }
        }
    }

    fn finish(self, path: &Path) -> io::Result<()> {
        match self {
            Self::Mbox(writer, file) => {
                writer.finish()?.into_inner()?.sync_all()?;
                file.persist_noclobber(path)?;
            }
            Self::Eml(dir) => {
                fs::rename(dir.path(), path)?;
                // Its place is another now: nothing is left to tidy away.
                drop(dir.keep());
            }
            Self::Maildir(writer, dir) => {
                writer.finish()?;
                fs::rename(dir.path().join(INNER), path)?;
            }
        }
        Ok(())
    }
}

impl Shared {
    async fn export(self: &Arc<Self>, request: ExportRequest, sender: &Sender) -> Result<()> {
        let ExportRequest {
            folder,
            path,
            format,
        } = request;
        let place = path.clone();
        let mut output = blocking(move || begin(&place, format)).await?;
        let mut listing = Listing::from(ListView::Folder(folder));
        listing.sort.descending = false;
        let oldest_first = self.store.read(move |r| r.listed(&listing, None)).await?;
        let (mut messages, total) = (0, oldest_first.len() as u64);
        for id in oldest_first.iter().copied() {
            if sender.is_closed() {
                return Ok(());
            }
            let envelopes = self.store.read(move |r| r.envelopes(&[id])).await?;
            // It may have gone meanwhile.
            let Some(envelope) = envelopes.into_iter().next() else {
                continue;
            };
            match self.raw(id).await {
                Ok(raw) => {
                    let place = path.clone();
                    output = blocking(move || {
                        output
                            .add(&raw, &envelope)
                            .map_err(|error| cannot_do(&place, "written", error))?;
                        Ok(output)
                    })
                    .await?;
                    messages += 1;
                }
                // A server that fails for one message fails for all: a refused
                // password is not tried for each.
                Err(error) if !is_of_one_message(&error) => return Err(error),
                Err(error) => {
                    let why = error.to_string();
                    drop(sender.send(Ok(ExportProgress::Skipped { id, why })));
                }
            }
            if messages % STEP == 0 {
                drop(sender.send(Ok(ExportProgress::Written { messages, total })));
            }
        }
        blocking(move || {
            output
                .finish(&path)
                .map_err(|error| cannot_do(&path, "written", error))
        })
        .await?;
        drop(sender.send(Ok(ExportProgress::Done { messages })));
        Ok(())
    }
}

fn is_of_one_message(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Storage)
}

fn begin(path: &Path, format: ExportFormat) -> Result<Output> {
    must_be_free(path)?;
    Output::begin(path, format).map_err(|error| cannot_do(path, "written", error))
}
