//! Taking over mail that other programs keep in files.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use futures::Stream;
use tokio::sync::mpsc;

use super::Event;
use super::filing::as_path;
use super::handle::Handle;
use super::reading::blocking;
use super::shared::Shared;
use crate::archive::{self, Entry, Mailbox, Skipped};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{AccountId, EmailId, Flags, FolderId, IndexText};
use crate::store::{self, Durability, NewEmail, NewPlacement, PackedRaw};
use crate::sync::Arrived;

/// So many messages, or bytes, are stored together.
const BATCH_MESSAGES: usize = 250;
const BATCH_BYTES: usize = 4 << 20;

/// So many batches are read ahead.
const AHEAD: usize = 2;

/// What is to be taken over.
#[derive(Debug, Clone)]
pub struct ImportRequest {
    /// A file (mbox, `.eml`), a Maildir, or a directory with such.
    pub path: PathBuf,
    /// The account that gets the messages.
    pub account: AccountId,
    /// The folder they go into; made where it is not there. Mailboxes below
    /// the path go into folders below it.
    pub folder: String,
}

/// What a running import tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ImportProgress {
    /// How far it is.
    Read {
        /// Messages that are here now.
        messages: u64,
        /// Bytes read.
        bytes: u64,
        /// Bytes there are.
        total: u64,
    },
    /// A message or file that was not taken over.
    Skipped {
        /// Which: a file, or a place in one.
        place: String,
        /// Why: the end of a sentence that begins with the place.
        why: String,
    },
    /// All is here that could be taken over.
    Done {
        /// How many messages are new.
        messages: u64,
    },
}

type Sender = mpsc::UnboundedSender<Result<ImportProgress>>;

impl Handle {
    /// Takes messages over from files. The folder of an IMAP account gets them
    /// on the server as well, with the next sync. What lies in the folder
    /// already is not taken over twice. Dropping the stream ends the work;
    /// what is here by then stays.
    pub fn import(
        &self,
        request: ImportRequest,
    ) -> impl Stream<Item = Result<ImportProgress>> + Send + use<> {
        self.shared
            .telling(async move |shared, sender| shared.import(request, &sender).await)
    }
}

/// A message ready to be stored.
struct Ready {
    place: String,
    flags: Flags,
    keywords: Vec<String>,
    email: NewEmail,
    packed: PackedRaw,
    text: IndexText,
}

/// Messages on their way into the store.
#[derive(Default)]
struct Batch {
    ready: Vec<Ready>,
    skipped: Vec<Skipped>,
    /// Bytes read for it.
    bytes: u64,
    /// Bytes of its messages.
    weight: usize,
}

impl Batch {
    fn is_full(&self) -> bool {
        self.ready.len() + self.skipped.len() >= BATCH_MESSAGES || self.weight >= BATCH_BYTES
    }

    fn add(&mut self, account: AccountId, step: archive::Step) -> store::Result<()> {
        match step {
            Ok(entry) => {
                self.weight += entry.raw.len();
                self.ready.push(describe(account, entry)?);
            }
            Err(skipped) => self.skipped.push(skipped),
        }
        Ok(())
    }
}

fn describe(account: AccountId, entry: Entry) -> store::Result<Ready> {
    let now = Utc::now().fixed_offset();
    let arrived = Arrived {
        account,
        received: Some(now),
        size: entry.raw.len() as u64,
    };
    let (mut email, text) = arrived.whole_with_text(&entry.raw);
    // The header tells best; of the times of files many are wrong.
    if email.date == now {
        email.date = entry.received.map_or(now, |received| received.min(now));
    }
    Ok(Ready {
        place: entry.place,
        flags: entry.flags,
        keywords: entry.keywords,
        email,
        packed: PackedRaw::new(&entry.raw)?,
        text,
    })
}

/// Reads a mailbox batch by batch until nobody takes them any more. Blocks.
fn read(account: AccountId, mailbox: Mailbox, batches: &mpsc::Sender<store::Result<Batch>>) {
    let mut batch = Batch::default();
    for (step, bytes) in mailbox.messages() {
        batch.bytes += bytes;
        let sent = match batch.add(account, step) {
            Ok(()) if batch.is_full() => batches.blocking_send(Ok(std::mem::take(&mut batch))),
            Ok(()) => continue,
            Err(error) => {
                // The receiver ends with the error, or has ended.
                return drop(batches.blocking_send(Err(error)));
            }
        };
        if sent.is_err() {
            return;
        }
    }
    drop(batches.blocking_send(Ok(batch)));
}

/// How far an import is.
struct Course<'a> {
    sender: &'a Sender,
    messages: u64,
    bytes: u64,
    total: u64,
}

impl Course<'_> {
    fn skipped(&self, skipped: Vec<Skipped>) {
        for Skipped { place, why } in skipped {
            self.tell(ImportProgress::Skipped { place, why });
        }
    }

    fn tell(&self, progress: ImportProgress) {
        // Nobody listening is noticed with the next batch.
        drop(self.sender.send(Ok(progress)));
    }
}

impl Shared {
    async fn import(self: &Arc<Self>, request: ImportRequest, sender: &Sender) -> Result<()> {
        let ImportRequest {
            path,
            account,
            folder,
        } = request;
        self.account(account)?;
        let home = self.home(account);
        let place = path.display().to_string();
        let found = blocking(move || Ok(archive::find(&path))).await?;
        if found.mailboxes.is_empty() {
            let why = found
                .skipped
                .first()
                .map(|one| format!("{} {}.", one.place, one.why));
            let message = why.unwrap_or_else(|| format!("There is no mail in {place}."));
            return Err(Error::new(ErrorKind::Input, message)
                .hint("Name an mbox file, an .eml file, a Maildir, or a directory with such."));
        }
        let mut course = Course {
            sender,
            messages: 0,
            bytes: 0,
            total: found.mailboxes.iter().map(|one| one.bytes).sum(),
        };
        course.skipped(found.skipped);
        for mailbox in found.mailboxes {
            let path = match mailbox.folder.as_str() {
                "" => folder.clone(),
                below => format!("{folder}/{below}"),
            };
            let target = match self.folder_for_import(home, &path).await {
                // One that cannot have a folder must not stop the others.
                Err(error) if error.kind() == ErrorKind::Input && path != folder => {
                    let place = mailbox.path.display().to_string();
                    let why = format!("has no folder to go into: {error}");
                    course.skipped(vec![Skipped { place, why }]);
                    continue;
                }
                target => target?,
            };
            if !self.import_one(home, target, mailbox, &mut course).await? {
                return Ok(());
            }
        }
        self.settle_index().await;
        course.tell(ImportProgress::Done {
            messages: course.messages,
        });
        Ok(())
    }

    /// Stores the messages of a mailbox; false where nobody wants it any more.
    async fn import_one(
        self: &Arc<Self>,
        home: AccountId,
        folder: FolderId,
        mailbox: Mailbox,
        course: &mut Course<'_>,
    ) -> Result<bool> {
        let (batches, mut incoming) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || read(home, mailbox, &batches));
        while let Some(batch) = incoming.recv().await {
            if course.sender.is_closed() {
                return Ok(false);
            }
            let batch = batch?;
            course.bytes += batch.bytes;
            course.skipped(batch.skipped);
            let (added, known) = self.keep_imported(home, folder, batch.ready).await?;
            course.skipped(known);
            course.messages += added;
            course.tell(ImportProgress::Read {
                messages: course.messages,
                bytes: course.bytes,
                total: course.total,
            });
            self.tell(Event::FolderContent(folder));
            self.tell_folders(home);
        }
        reading.await.map_err(|error| {
            Error::new(
                ErrorKind::Bug,
                "Reading the file failed. What is here stays.",
            )
            .source(error)
        })?;
        Ok(true)
    }

    async fn keep_imported(
        &self,
        home: AccountId,
        folder: FolderId,
        ready: Vec<Ready>,
    ) -> Result<(u64, Vec<Skipped>)> {
        let (added, known, texts) = self
            .store
            .write(Durability::PowerCut, move |w| {
                let (mut added, mut known) = (0, Vec::new());
                let mut texts: Vec<(EmailId, IndexText)> = Vec::new();
                for one in ready {
                    let (name, size) = (one.email.message_id.as_ref(), one.packed.size);
                    let listed = match name {
                        Some(name) => w.read().is_listed_in(name, size, home, folder)?,
                        None => false,
                    };
                    let there = |place| Skipped {
                        place,
                        why: "is in this folder already".to_owned(),
                    };
                    if listed {
                        known.push(there(one.place));
                        continue;
                    }
                    let (email, is_new) = w.add_whole_email(&one.email, &one.packed)?;
                    if !is_new && w.read().is_in(email, folder)? {
                        known.push(there(one.place));
                        continue;
                    }
                    let placement = w.add_placement(&NewPlacement {
                        email,
                        folder,
                        uid: None,
                        flags: one.flags,
                        keywords: one.keywords,
                        date: one.email.date.timestamp(),
                    })?;
                    w.queue_append(placement)?;
                    added += 1;
                    if is_new {
                        texts.push((email, one.text));
                    }
                }
                Ok((added, known, texts))
            })
            .await?;
        self.store.index(texts);
        Ok((added, known))
    }

    /// The folder of that path, made where it is not there. What no folder can
    /// be called becomes a line.
    async fn folder_for_import(self: &Arc<Self>, home: AccountId, path: &str) -> Result<FolderId> {
        let asked = path.to_owned();
        let known = self.store.read(move |r| {
            // Written as such a folder would be made.
            let path = match as_path(r, home, &asked)? {
                Ok(path) => path,
                Err(error) => return Ok(Err(error)),
            };
            let inside = r.top_path(home, &path)?;
            let folders = r.folders(Some(home))?;
            let known = folders
                .iter()
                .find(|row| row.folder.path == path)
                .or_else(|| folders.iter().find(|row| row.folder.path == inside));
            Ok(Ok(known.map(|row| row.folder.id)))
        });
        match known.await? {
            Ok(Some(id)) => Ok(id),
            Ok(None) => Ok(self.create_folder(home, path.to_owned()).await?.id),
            Err(error) => {
                let clean = path.replace(['*', '%', '.', '\\', '"'], "_");
                if clean == path {
                    return Err(error);
                }
                Box::pin(self.folder_for_import(home, &clean)).await
            }
        }
    }
}
