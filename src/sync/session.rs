//! One pass over an account on one connection.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{mpsc, oneshot};

use super::rest::Lacks;
use crate::model::{AccountId, FolderId, FolderRole, PartPath, PlacementId, PrefetchPolicy};
use crate::protocol::imap::{self, ImapConn};
use crate::protocol::pop3;
use crate::store::{self, Durability, FolderRow, Store};

/// What went wrong with a pass.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// The server or the line.
    #[error(transparent)]
    Imap(#[from] imap::Error),
    /// The same of a POP3 server.
    #[error(transparent)]
    Pop3(#[from] pop3::Error),
    /// The local store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The folder's UIDs are of another generation than those known here.
    #[error("the server renumbered {folder}")]
    Renumbered {
        /// Path of the folder.
        folder: String,
    },
    /// The server cannot search for letters beyond ASCII.
    #[error("the server does not take UTF-8")]
    Charset(#[source] imap::Error),
    /// The server lists nothing at all, not even an inbox (RFC 9051, 5.1).
    #[error("the server listed no folders")]
    NoFolders,
    /// A worker died.
    #[error("a part of the program failed")]
    Worker(#[from] tokio::task::JoinError),
}

impl Error {
    /// Whether the connection can go on and other folders are not concerned.
    pub(super) fn is_of_one_folder(&self) -> bool {
        match self {
            Self::Imap(error) => error.is_refusal(),
            Self::Renumbered { .. } => true,
            Self::NoFolders
            | Self::Pop3(_)
            | Self::Store(_)
            | Self::Charset(_)
            | Self::Worker(_) => false,
        }
    }
}

impl From<Error> for crate::Error {
    fn from(error: Error) -> Self {
        match error {
            Error::Imap(error) => error.into(),
            Error::Pop3(error) => error.into(),
            Error::Store(error) => error.into(),
            Error::Renumbered { folder } => Self::new(
                crate::ErrorKind::Conflict,
                format!("The server renumbered the messages of {folder}."),
            )
            .hint("They are matched anew with the next check."),
            Error::Charset(error) => Self::new(
                crate::ErrorKind::Server,
                format!("{} cannot search for letters beyond A to Z.", error.place),
            )
            .hint("Search for words without them, or sync and search on this computer.")
            .source(error),
            Error::NoFolders => Self::new(
                crate::ErrorKind::Temporary,
                "The server says that there are no folders, not even an inbox.",
            )
            .hint("Nothing was changed here; it is asked again with the next check."),
            Error::Worker(error) => Self::new(
                crate::ErrorKind::Bug,
                "A part of Waxwing failed while fetching mail.",
            )
            .hint("Nothing is lost; it is tried again.")
            .source(error),
        }
    }
}

/// What a pass tells while it runs: what changed, never what it is now.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    /// The folder list or counts.
    Folders,
    /// Which messages a folder holds.
    Content(FolderId),
    /// Rows that look different now.
    Rows(Vec<PlacementId>),
    /// Unread mail came into the inbox.
    NewMail(Vec<PlacementId>),
    /// How far fetching is.
    Progress {
        /// Path of the folder at work.
        folder: String,
        /// Messages whole here.
        done: u64,
        /// Messages there are.
        total: u64,
    },
    /// How far a part is that somebody waits for.
    Coming {
        /// Of which message.
        placement: PlacementId,
        /// Bytes that are here.
        done: u64,
        /// Bytes there are, as far as is known.
        total: u64,
    },
    /// The server refused what a person had done here; it was taken back.
    Refused(crate::Error),
    /// What waits to be sent.
    Outbox,
}

/// Who is told.
pub(crate) type Tell = Arc<dyn Fn(Told) + Send + Sync>;

/// What a pass shall cover.
#[derive(Debug, Clone, Default)]
pub(crate) struct Request {
    /// Only the folder with this path.
    pub(crate) folder: Option<String>,
    /// Leave the bodies on the server.
    pub(crate) headers_only: bool,
    /// A person asks for it: what the server refused is tried once more.
    pub(crate) asked: bool,
}

/// What a pass did to one folder.
#[derive(Debug, Clone, Default)]
pub(crate) struct FolderReport {
    /// Messages that came.
    pub(crate) new: u64,
    /// Messages whose flags changed.
    pub(crate) changed: u64,
    /// Messages that went.
    pub(crate) removed: u64,
    /// Bytes of the bodies fetched.
    pub(crate) bytes: u64,
    /// Time spent on it.
    pub(crate) time: Duration,
    /// What went wrong although the pass went on, as sentences.
    pub(crate) notices: Vec<String>,
}

impl FolderReport {
    /// Adds what another part of the pass did.
    pub(super) fn add(&mut self, other: &Self) {
        self.new += other.new;
        self.changed += other.changed;
        self.removed += other.removed;
        self.bytes += other.bytes;
        self.time += other.time;
        self.notices.extend(other.notices.iter().cloned());
    }
}

/// How much of a message somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Need {
    /// What it takes to read it: of a large message not its large parts.
    Text,
    /// All of it, byte for byte.
    Whole,
    /// These of the parts that were left out.
    Parts(Vec<PartPath>),
}

/// A message somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Which.
    pub(crate) placement: PlacementId,
    /// How much of it.
    pub(crate) need: Need,
}

/// What must not wait until a pass is over.
#[derive(Debug)]
pub(crate) enum Urgent {
    /// Somebody wants to read a message.
    Body(Wish, oneshot::Sender<Result<(), crate::Error>>),
    /// Something was done here that the server should hear of.
    Push,
}

/// A signed-in connection with everything a pass needs.
pub(crate) struct Session {
    pub(crate) store: Store,
    pub(crate) conn: ImapConn,
    pub(crate) account: AccountId,
    pub(super) tell: Tell,
    /// The folder that is selected, by the server's name.
    pub(super) selected: Option<String>,
    pub(super) reports: BTreeMap<String, FolderReport>,
    /// What the account fetches before anybody asks for it.
    policy: PrefetchPolicy,
    /// Whether this pass does.
    prefetches: bool,
    pub(super) urgent: mpsc::UnboundedReceiver<Urgent>,
    /// What the server proved not to be able to, though it offers it.
    pub(super) lacks: Lacks,
    /// Whether the mailbox was too full for an upload of this replay.
    pub(super) is_full: bool,
}

/// So many messages are uploaded before a pass looks for news; the rest after.
const UPLOADS_FIRST: usize = 20;

impl Session {
    /// Takes a signed-in connection.
    pub(crate) fn new(
        store: Store,
        conn: ImapConn,
        account: AccountId,
        tell: Tell,
        urgent: mpsc::UnboundedReceiver<Urgent>,
    ) -> Self {
        Self {
            store,
            conn,
            account,
            tell,
            selected: None,
            reports: BTreeMap::new(),
            policy: PrefetchPolicy::default(),
            prefetches: true,
            urgent,
            lacks: Lacks::default(),
            is_full: false,
        }
    }

    /// Takes over what the account fetches before anybody asks for it.
    pub(crate) fn set_policy(&mut self, policy: PrefetchPolicy) {
        self.policy = policy;
    }

    /// What is fetched now before anybody asks for it; none where headers will
    /// do.
    pub(super) fn prefetch(&self) -> Option<PrefetchPolicy> {
        self.prefetches.then_some(self.policy)
    }

    /// Ends politely and gives back what was not served.
    pub(crate) async fn end(self) -> mpsc::UnboundedReceiver<Urgent> {
        let Self { conn, urgent, .. } = self;
        conn.logout().await;
        urgent
    }

    /// Gives back what was not served, without a word to the server.
    pub(crate) fn abandon(self) -> mpsc::UnboundedReceiver<Urgent> {
        self.urgent
    }

    /// Does what cannot wait, and selects `back` again afterwards.
    pub(super) async fn serve_urgent(&mut self, back: Option<&FolderRow>) -> Result<(), Error> {
        while let Ok(urgent) = self.urgent.try_recv() {
            self.serve(urgent).await?;
        }
        match back {
            Some(row) => self.select_if_needed(row).await,
            None => Ok(()),
        }
    }

    /// Does one thing that could not wait.
    pub(crate) async fn serve(&mut self, urgent: Urgent) -> Result<(), Error> {
        match urgent {
            Urgent::Push => {
                self.replay().await?;
                self.look_for_uncertain().await
            }
            Urgent::Body(wish, asked) => {
                let result = self.body_now(wish).await;
                let lost = result
                    .as_ref()
                    .is_err_and(|error| !error.is_of_one_folder());
                // Nobody waiting any more is fine: the body is here.
                drop(asked.send(result.map_err(crate::Error::from)));
                // The next command meets the lost connection and says why.
                if lost {
                    self.conn.noop().await?;
                }
                Ok(())
            }
        }
    }

    /// One whole pass: tells the server what was done here, then makes what is
    /// here what the server has. What it did is told per folder, by path.
    pub(crate) async fn pass(
        &mut self,
        request: &Request,
    ) -> Result<BTreeMap<String, FolderReport>, Error> {
        self.reports.clear();
        self.prefetches = !request.headers_only;
        let told_all = self.replay_some(UPLOADS_FIRST).await?;
        let folders = self.folders(request.folder.as_deref()).await?;
        let checked = self.look_at(folders).await?;
        self.look_for_uncertain().await?;
        self.one_copy_in_sent().await?;
        self.bodies(request.folder.as_deref()).await?;
        if !told_all {
            self.replay().await?;
        }
        self.note_checked(checked, request.folder.is_none()).await?;
        if request.asked {
            self.replay_held().await?;
        }
        Ok(std::mem::take(&mut self.reports))
    }

    /// Brings these folders in step and gives those that are. The first, which
    /// is the inbox, comes first; small ones never seen before are read
    /// together.
    async fn look_at(
        &mut self,
        folders: Vec<(FolderRow, Option<imap::FolderStatus>)>,
    ) -> Result<Vec<FolderId>, Error> {
        let mut checked = Vec::with_capacity(folders.len());
        let (mut small, mut others) = (Vec::new(), VecDeque::new());
        for (row, status) in folders {
            self.reports.entry(row.folder.path.clone()).or_default();
            if self.is_toured(&row, status.as_ref()) {
                small.push(row);
            } else {
                others.push_back((row, status));
            }
        }
        let inbox = |row: &FolderRow| row.folder.role == Some(FolderRole::Inbox);
        if others.front().is_some_and(|(row, _)| inbox(row))
            && let Some((row, status)) = others.pop_front()
        {
            checked.extend(self.look_at_one(row, status).await?);
        }
        checked.extend(self.tour(small).await?);
        for (row, status) in others {
            checked.extend(self.look_at_one(row, status).await?);
        }
        Ok(checked)
    }

    async fn look_at_one(
        &mut self,
        row: FolderRow,
        status: Option<imap::FolderStatus>,
    ) -> Result<Option<FolderId>, Error> {
        let (id, path) = (row.folder.id, row.folder.path.clone());
        let began = Instant::now();
        let result = self.folder(row, status).await;
        let checked = result.is_ok().then_some(id);
        self.keep_going(&path, result)?;
        self.report(&path).time += began.elapsed();
        Ok(checked)
    }

    /// Notes that folders are in step as of now; all of them, with `whole`.
    pub(super) async fn note_checked(
        &self,
        folders: Vec<FolderId>,
        whole: bool,
    ) -> Result<(), Error> {
        let account = self.account;
        let write = self.store.write(Durability::Crash, move |w| {
            let now = chrono::Utc::now();
            w.set_checked(&folders, now)?;
            if whole {
                w.set_account_checked(account, now)?;
            }
            Ok(())
        });
        Ok(write.await?)
    }

    /// A folder that the server will not open must not stop the others: its
    /// refusal becomes a notice. A lost connection stops the pass.
    pub(super) fn keep_going(
        &mut self,
        path: &str,
        result: Result<(), Error>,
    ) -> Result<(), Error> {
        match result {
            Err(error) if error.is_of_one_folder() => {
                let error = crate::Error::from(error);
                self.selected = None;
                self.report(path).notices.push(error.to_string());
                Ok(())
            }
            other => other,
        }
    }

    pub(super) fn report(&mut self, path: &str) -> &mut FolderReport {
        self.reports.entry(path.to_owned()).or_default()
    }

    pub(super) fn told(&self, told: Told) {
        (self.tell)(told);
    }

    /// Selects a folder unless it is selected already.
    pub(super) async fn select(&mut self, remote_name: &str) -> Result<imap::Selected, Error> {
        self.selected = None;
        let selected = self.conn.select(remote_name).await?;
        self.selected = Some(remote_name.to_owned());
        Ok(selected)
    }
}
