//! Searching, and keeping the index of it complete.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Local;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, oneshot};

use super::shared::Shared;
use super::{Event, Handle};
use crate::error::Result;
use crate::mime;
use crate::model::{
    Account, AccountId, EmailId, Folder, IndexText, ParsedSearch, PlacementId, SearchOrder,
    SearchQuery, SearchTerm,
};
use crate::search;
use crate::store::{self, Read, Search, Stop};
use crate::sync::Found;

/// What a search found here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchResults {
    /// The messages, in the order asked for.
    pub ids: Arc<[PlacementId]>,
    /// How many messages could not be looked into: those whose text is not
    /// here, or not indexed yet. The server can be asked for them.
    pub uncovered: u64,
    /// How many messages have attached documents whose text was not read yet.
    pub unread_documents: u64,
    /// What the search names and is not there, as sentences.
    pub notices: Vec<String>,
}

/// What servers found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerResults {
    /// The messages, newest first.
    pub ids: Arc<[PlacementId]>,
    /// How many more match that are not listed here yet.
    pub unknown: u64,
    /// What went wrong with single folders or accounts, as sentences.
    pub notices: Vec<String>,
}

/// Reads what a person wrote as a search; every word is whole. Never fails:
/// what makes no sense is remarked, and the rest is looked for.
#[must_use]
pub fn parse_search(text: &str) -> ParsedSearch {
    search::parse(text, Local::now().date_naive())
}

/// Reads a search that is being typed: the word at its very end may go on, and
/// nothing is said yet about what is not finished.
#[must_use]
pub fn parse_search_typing(text: &str) -> ParsedSearch {
    search::parse_typing(text, Local::now().date_naive())
}

/// Ends the search when the future that holds this is dropped.
struct StopWhenDropped(Stop);

impl Drop for StopWhenDropped {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Handle {
    /// Looks for messages in the local index: the first `limit` in that order.
    /// Dropping the future ends the search.
    ///
    /// # Errors
    /// When the store fails or has no index.
    pub async fn search(
        &self,
        query: SearchQuery,
        account: Option<AccountId>,
        order: SearchOrder,
        limit: usize,
    ) -> Result<SearchResults> {
        let stop = Stop::default();
        let _guard = StopWhenDropped(stop.clone());
        self.run(async move |shared| {
            let accounts = shared.accounts().all().to_vec();
            let folders = shared.store.read(|r| r.folders(None)).await?;
            let folders: Vec<Folder> = folders.into_iter().map(|row| row.folder).collect();
            let notices = missing(&query, &accounts, &folders);
            let search = Search {
                query,
                account,
                accounts: accounts.iter().map(|one| (one.id, names(one))).collect(),
                order,
                limit,
            };
            let found = shared.store.search(search, stop).await?;
            let (uncovered, unread_documents) = shared
                .store
                .read(move |r| Ok((r.uncovered(account)?, r.count_unread_documents(account)?)))
                .await?;
            Ok(SearchResults {
                ids: found.into(),
                uncovered,
                unread_documents,
                notices,
            })
        })
        .await
    }
}

/// What a person may call an account.
fn names(account: &Account) -> Vec<String> {
    let addresses = account.settings.addresses().into_iter();
    std::iter::once(account.settings.name.clone())
        .chain(addresses.map(|own| own.address))
        .collect()
}

fn is_called(account: &Account, name: &str) -> bool {
    let name = name.to_lowercase();
    names(account).iter().any(|own| own.to_lowercase() == name)
}

/// What the search names and is not there.
fn missing(query: &SearchQuery, accounts: &[Account], folders: &[Folder]) -> Vec<String> {
    let mut missing: Vec<String> = query
        .terms()
        .into_iter()
        .filter_map(|term| match term {
            SearchTerm::Folder(name) if !folders.iter().any(|own| own.is_called(name)) => {
                Some(format!("No folder is called “{name}”."))
            }
            SearchTerm::Account(name) if !accounts.iter().any(|own| is_called(own, name)) => {
                Some(format!("No account is called “{name}”."))
            }
            _ => None,
        })
        .collect();
    missing.dedup();
    missing
}

impl Handle {
    /// Lets the servers search: also through what is not on this computer.
    /// They compare substrings rather than words. Dropping the future ends
    /// the search.
    ///
    /// # Errors
    /// When no server could be asked, or one cannot search for such letters.
    pub async fn search_on_server(
        &self,
        query: SearchQuery,
        account: Option<AccountId>,
        limit: usize,
    ) -> Result<ServerResults> {
        let (_waiting, gone) = oneshot::channel::<()>();
        self.run(async move |shared| {
            tokio::select! {
                found = shared.search_on_server(query, account, limit) => found,
                _ = gone => Err(store::Error::Stopped.into()),
            }
        })
        .await
    }
}

impl Shared {
    async fn search_on_server(
        self: &Arc<Self>,
        query: SearchQuery,
        account: Option<AccountId>,
        limit: usize,
    ) -> Result<ServerResults> {
        let accounts = self.accounts().all().to_vec();
        let wanted = |one: &&Account| account.is_none_or(|id| id == one.id);
        let mut all = Found::default();
        let (mut asked, mut failed) = (0, None);
        for account in accounts.iter().filter(wanted) {
            match self.search_account(account, &query).await {
                Ok(found) => {
                    asked += 1;
                    all.ids.extend(found.ids);
                    all.unknown += found.unknown;
                    all.notices.extend(found.notices);
                }
                Err(error) => {
                    let name = &account.settings.name;
                    all.notices.push(format!("{name}: {error}"));
                    failed = failed.or(Some(error));
                }
            }
        }
        if let Some(error) = failed.filter(|_| asked == 0) {
            return Err(error);
        }
        let found = all.ids;
        let mut ids = self.store.read(move |r| r.newest_first(&found)).await?;
        ids.truncate(limit);
        Ok(ServerResults {
            ids: ids.into(),
            unknown: all.unknown,
            notices: all.notices,
        })
    }

    async fn search_account(
        self: &Arc<Self>,
        account: &Account,
        query: &SearchQuery,
    ) -> Result<Found> {
        // What a POP3 server has is here, and it could not search.
        if account.settings.is_local() {
            return Ok(Found::default());
        }
        let query = &query.decided(&|term, _| match term {
            SearchTerm::Account(name) => Some(is_called(account, name)),
            _ => None,
        });
        if query.is_never() {
            return Ok(Found::default());
        }
        let (urgent, requests) = mpsc::unbounded_channel();
        drop(urgent);
        let session = self.session(account, requests).await;
        let mut session = session.map_err(|(_, error)| error)?;
        let found = session.search(query).await?;
        drop(session.end().await);
        Ok(found)
    }
}

/// How much is read for the index at a time: messages, and bytes of text.
const CHUNK: usize = 1000;
const CHUNK_BYTES: usize = 2 << 20;

/// How long after a change the index looks for it: a pass tells of many.
const CALM: Duration = Duration::from_millis(300);

/// How long while many come: their headers first, and soon their bodies.
const BUSY: Duration = Duration::from_secs(5);

/// So many at once are many.
const MANY: usize = 200;

/// How often the index is compared without being told of anything.
const INTERVAL: Duration = Duration::from_secs(300);

/// How long a command waits for the index after its mail was stored.
const AFTER_PASS: Duration = Duration::from_secs(120);

/// How hard the index works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pace {
    /// Half of the time, so that whoever uses the program notices nothing.
    Calm,
    /// All the time: somebody waits.
    Full,
}

impl Pace {
    /// Rests after work that began then.
    pub(super) async fn rest(self, began: Instant) {
        if self == Self::Calm {
            tokio::time::sleep(began.elapsed()).await;
        }
    }
}

impl Shared {
    /// Keeps the index complete for as long as accounts are followed.
    pub(super) fn keep_index(self: &Arc<Self>) {
        self.meanwhile(async move |shared| shared.follow_index().await);
    }

    async fn follow_index(&self) {
        let mut events = self.events.subscribe();
        let mut known = None;
        loop {
            let mut rest = CALM;
            match self.complete_index(known, Pace::Calm).await {
                Ok((newest, count)) => {
                    known = Some(newest);
                    if count >= MANY {
                        rest = BUSY;
                    }
                }
                Err(error) => tracing::warn!(%error, "the search index is behind"),
            }
            self.indexed.notify_one();
            let news = async {
                loop {
                    match events.recv().await {
                        Ok(Event::FolderContent(_)) | Err(RecvError::Lagged(_)) => return,
                        Ok(_) => {}
                        Err(RecvError::Closed) => std::future::pending().await,
                    }
                }
            };
            // A quiet moment: tidy up until something happens.
            tokio::select! {
                () = news => {}
                () = self.tidy_index() => {}
            }
            tokio::time::sleep(rest).await;
        }
    }

    /// Tidies the index step by step, then waits.
    async fn tidy_index(&self) {
        while self.store.tidy_index().await {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        tokio::time::sleep(INTERVAL).await;
    }

    /// Waits, but not without end, until what was stored can be searched.
    pub(super) async fn settle_index(&self) {
        let completing = tokio::time::timeout(AFTER_PASS, self.complete_index(None, Pace::Full));
        match completing.await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the search index is behind"),
            Err(_) => tracing::info!("the search index is completed with the next sync"),
        }
        self.settle_documents().await;
    }

    /// Brings the index in step with the store, newest first. Messages up to
    /// `known` were compared before; the newest compared is returned, and how
    /// many were missing.
    async fn complete_index(
        &self,
        known: Option<EmailId>,
        pace: Pace,
    ) -> store::Result<(EmailId, usize)> {
        self.store.index_settled().await;
        let dropped = self.store.index_dropped();
        let above = known.filter(|_| !dropped);
        self.store.sweep_index(above.is_none()).await?;
        let above = above.unwrap_or(EmailId(0));
        let (newest, missing) = self
            .store
            .read(move |r| Ok((r.newest_email()?, r.unindexed(above)?)))
            .await?;
        let count = missing.len();
        let mut missing = missing.as_slice();
        while !missing.is_empty() {
            let began = Instant::now();
            let chunk = missing.get(..CHUNK).unwrap_or(missing).to_vec();
            let (texts, read) = self.store.read(move |r| texts(r, &chunk)).await?;
            missing = missing.get(read..).unwrap_or_default();
            // One chunk is read while the one before is written.
            self.store.index_settled().await;
            self.store.index(texts);
            pace.rest(began).await;
        }
        self.store.index_settled().await;
        Ok((newest, count))
    }
}

/// The words of the first of these messages, as many as make a chunk, and how
/// many those are; those gone in the meantime are left out.
fn texts(read: &Read<'_>, emails: &[EmailId]) -> store::Result<(Vec<(EmailId, IndexText)>, usize)> {
    let mut texts = Vec::with_capacity(emails.len());
    let (mut bytes, mut count) = (0, 0);
    for email in emails {
        if bytes >= CHUNK_BYTES {
            break;
        }
        count += 1;
        if let Some(text) = text(read, *email)? {
            bytes += text.size();
            texts.push((*email, text));
        }
    }
    Ok((texts, count))
}

/// The words of a message, as far as it is here; nothing where it is gone.
pub(super) fn text(read: &Read<'_>, email: EmailId) -> store::Result<Option<IndexText>> {
    let Some(source) = read.index_source(email)? else {
        return Ok(None);
    };
    let whole = source.sha256.is_some();
    let raw = match source.sha256 {
        Some(sha256) => Some(read.raw(&sha256)),
        None => match read.partial(email) {
            Ok(skeleton) => skeleton.map(|skeleton| Ok(skeleton.raw)),
            Err(error) => Some(Err(error)),
        },
    };
    Ok(Some(match raw {
        Some(Ok(raw)) => IndexText {
            whole,
            ..mime::index_text(&raw)
        },
        // The check names damaged messages; their headers can be found.
        Some(Err(store::Error::Damaged | store::Error::NotFound)) | None => IndexText {
            sender: mime::people(&source.from),
            recipients: mime::people(&source.to),
            copies: mime::people(&source.copies),
            subject: source.subject,
            ..IndexText::default()
        },
        Some(Err(error)) => return Err(error),
    }))
}
