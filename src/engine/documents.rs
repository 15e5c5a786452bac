//! Reading attached documents for the search: after the messages are in the
//! index, one at a time, in a confined child.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Handle;
use super::opened::Opened;
use super::searching::Pace;
use super::shared::Shared;
use crate::documents::{Answer, KIND, TEXT_MAX};
use crate::error::Result;
use crate::mime::{self, SavedPart};
use crate::model::{DocumentText, EmailId, IndexText, PlacementId, UnreadDocument};
use crate::sandbox::{Sandbox, Trouble};
use crate::store;

/// So many messages, or so many bytes of text, go into the index at a time.
const BATCH: usize = 50;
const BATCH_BYTES: usize = 2 << 20;

/// How long a command reads documents after its mail was stored.
const AFTER_PASS: Duration = Duration::from_secs(30);

/// How much text is taken of the documents of one message.
const MESSAGE_MAX: usize = 2 * TEXT_MAX;

/// Why documents are left for another time.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Sandbox(#[from] Trouble),
}

impl Handle {
    /// The attached documents of a message whose text no search looks into,
    /// because they could not be read.
    ///
    /// # Errors
    /// When the store fails or the message is gone.
    pub async fn unread_documents(&self, id: PlacementId) -> Result<Vec<UnreadDocument>> {
        self.run(async move |shared| {
            if Opened::is_letter(id) {
                return Ok(Vec::new());
            }
            let read = shared
                .store
                .read(move |r| r.documents(r.placement(id)?.email));
            let documents = read.await?.into_iter();
            let unread = documents.filter(|document| !document.failure.is_empty());
            Ok(unread
                .map(|document| UnreadDocument {
                    name: document.name,
                    why: document.failure,
                })
                .collect())
        })
        .await
    }
}

impl Shared {
    /// Reads documents whenever the index was brought in step, for as long as
    /// accounts are followed.
    pub(super) fn keep_documents(self: &Arc<Self>) {
        self.meanwhile(async move |shared| {
            loop {
                shared.indexed.notified().await;
                shared.read_documents(Pace::Calm, None).await;
            }
        });
    }

    /// Reads documents, but not without end, so that what was stored can be
    /// searched.
    pub(super) async fn settle_documents(&self) {
        let until = Instant::now() + AFTER_PASS;
        self.read_documents(Pace::Full, Some(until)).await;
    }

    async fn read_documents(&self, pace: Pace, until: Option<Instant>) {
        if let Err(error) = self.try_reading_documents(pace, until).await {
            tracing::warn!(%error, "attached documents are not searched yet");
        }
    }

    /// Reads the documents of all messages that have some, newest first. What
    /// cannot be read is noted and not tried again; only what the index lost is.
    async fn try_reading_documents(
        &self,
        pace: Pace,
        until: Option<Instant>,
    ) -> Result<(), Failure> {
        let child = Sandbox::new(&KIND, self.program.clone());
        let mut below = i64::MAX;
        loop {
            let read = move |r: &store::Read<'_>| r.unread_documents(below, BATCH);
            let messages = self.store.read(read).await?;
            let (mut texts, mut bytes) = (Vec::new(), 0);
            let (mut is_late, mut trouble) = (messages.is_empty(), None);
            for (entry, email) in messages {
                is_late = until.is_some_and(|until| Instant::now() >= until);
                if is_late || bytes >= BATCH_BYTES {
                    break;
                }
                let began = Instant::now();
                match self.with_documents(&child, email).await {
                    Ok(text) => texts.extend(text.map(|text| (email, text))),
                    Err(why) => {
                        trouble = Some(why);
                        break;
                    }
                }
                bytes = texts.iter().map(|(_, text)| text.size()).sum();
                below = entry;
                pace.rest(began).await;
            }
            self.store.index(texts);
            self.store.index_settled().await;
            if let Some(trouble) = trouble {
                return Err(trouble);
            }
            if is_late {
                return Ok(());
            }
        }
    }

    /// The words of a message and of its documents; nothing where its bytes
    /// are not here.
    async fn with_documents(
        &self,
        child: &Sandbox,
        email: EmailId,
    ) -> Result<Option<IndexText>, Failure> {
        let read = self.store.read(move |r| {
            let sha256 = r.index_source(email)?.and_then(|source| source.sha256);
            let raw = match sha256.map(|sha256| r.raw(&sha256)) {
                Some(Ok(raw)) => raw,
                // The check names damaged messages.
                None | Some(Err(store::Error::Damaged | store::Error::NotFound)) => {
                    return Ok(None);
                }
                Some(Err(error)) => return Err(error),
            };
            Ok(Some((
                mime::index_text(&raw),
                mime::attached_documents(&raw),
            )))
        });
        let Some((mut text, documents)) = read.await? else {
            return Ok(None);
        };
        text.has_unread_documents = false;
        let mut room = MESSAGE_MAX;
        for document in documents {
            let mut read = read_document(child, document).await?;
            read.text.truncate(read.text.floor_char_boundary(room));
            room -= read.text.len();
            text.documents.push(read);
        }
        Ok(Some(text))
    }
}

/// Has a document read.
///
/// # Errors
/// Only where no child can be started: that says nothing of the document.
async fn read_document(child: &Sandbox, document: SavedPart) -> Result<DocumentText, Trouble> {
    let answer = child.ask::<_, Answer>(&(), &document.bytes).await;
    let text = match answer {
        Ok((Ok(()), text)) => String::from_utf8(text).map_err(|_| "it is damaged".to_owned()),
        Ok((Err(why), _)) => Err(why.to_string()),
        Err(trouble @ Trouble::CannotStart(_)) => return Err(trouble),
        Err(Trouble::Died(how)) => {
            tracing::info!(how, "a document could not be read");
            Err("reading it fails".to_owned())
        }
        Err(trouble) => Err(trouble.to_string()),
    };
    let name = document.name;
    Ok(match text {
        Ok(text) => DocumentText {
            name,
            text,
            failure: String::new(),
        },
        Err(failure) => DocumentText {
            name,
            text: String::new(),
            failure,
        },
    })
}
