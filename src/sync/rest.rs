//! Waiting between two passes: which news a server tells, and of which folder.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::session::{Error, Session};
use crate::model::{FolderId, FolderRole};
use crate::net::Pulse;
use crate::protocol::imap::{self, IdleEnd};
use crate::store::{self, FolderRow};

/// How long one IDLE lasts: servers hang up after 30 minutes (RFC 2177).
const IDLE: Duration = Duration::from_secs(25 * 60);

/// How long at least from one IDLE to the next, with a server that ends them
/// by itself.
const IDLE_AT_LEAST: Duration = Duration::from_secs(10);

/// What a server offers and proved not to be able to. Remembered over its
/// connections, or the next one would fail in the same place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lacks {
    /// RFC 2177.
    pub(crate) idle: bool,
    /// RFC 5465.
    pub(crate) notify: bool,
}

/// What wants a look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// The whole account.
    pub(crate) whole: bool,
    /// These folders.
    pub(crate) folders: BTreeSet<FolderId>,
}

impl News {
    fn is_empty(&self) -> bool {
        !self.whole && self.folders.is_empty()
    }
}

impl Session {
    /// Counts what is heard of the server.
    pub(crate) fn pulse(&self) -> Pulse {
        self.conn.pulse()
    }

    /// What the server proved not to be able to.
    pub(crate) fn lacks(&self) -> Lacks {
        self.lacks
    }

    /// From an earlier connection: what not to try.
    pub(crate) fn set_lacks(&mut self, lacks: Lacks) {
        self.lacks = lacks;
    }

    /// Whether the server tells of news by itself.
    pub(crate) fn is_told(&self) -> bool {
        self.conn.capabilities().idle() && !self.lacks.idle
    }

    /// Asks the server to tell of all folders on this connection. Says whether
    /// it does. To be called before the first pass, so that nothing falls
    /// between.
    pub(crate) async fn hear_of_all(&mut self) -> Result<bool, Error> {
        if self.lacks.notify || !self.is_told() {
            return Ok(false);
        }
        let heard = self.conn.notify().await;
        if let Err(error) = &heard {
            self.lacks.notify |= error.is_confusion();
        }
        Ok(heard?)
    }

    /// Asks the server again to tell, where it gave up. To be called before a
    /// pass, which finds what happened in between.
    pub(crate) async fn hear_again(&mut self) -> Result<(), Error> {
        Ok(self.conn.notify_again().await?)
    }

    /// Whether the server tells of all folders on this connection.
    pub(crate) fn hears_of_all(&self) -> bool {
        self.conn.is_notifying()
    }

    /// Waits between two passes, doing what cannot wait, until the server tells
    /// of news or `interrupt` comes. No news at all mean: rest again.
    pub(crate) async fn rest(
        &mut self,
        interrupt: impl Future<Output = ()> + Send,
    ) -> Result<News, Error> {
        let inbox = self.inbox().await?;
        let news = self.news_so_far(inbox.as_ref()).await?;
        if !news.is_empty() {
            return Ok(news);
        }
        let is_told = self.is_told();
        let mut request = None;
        let urgent = &mut self.urgent;
        let mut stop = Box::pin(async {
            tokio::select! {
                Some(urgent) = urgent.recv() => request = Some(urgent),
                () = interrupt => {}
            }
        });
        let began = Instant::now();
        let end = if is_told {
            self.conn.idle(IDLE, &mut stop).await
        } else {
            stop.as_mut().await;
            Ok(IdleEnd::Stopped)
        };
        match &end {
            Ok(IdleEnd::Ended) => {
                tokio::select! {
                    () = &mut stop => {}
                    () = sleep_until(began + IDLE_AT_LEAST) => {}
                }
            }
            // It offers IDLE and cannot: looked at from time to time, then.
            Err(error) if error.is_refusal() || error.is_confusion() => {
                self.lacks.idle = true;
            }
            _ => {}
        }
        drop(stop);
        let mut news = News::default();
        match end {
            Ok(IdleEnd::Changed) => news.folders.extend(inbox.map(|row| row.folder.id)),
            Err(error) if !error.is_refusal() => return Err(error.into()),
            _ => {}
        }
        if let Some(request) = request {
            self.serve(request).await?;
        }
        self.add_notices(&mut news).await?;
        Ok(news)
    }

    async fn inbox(&self) -> Result<Option<FolderRow>, Error> {
        let account = self.account;
        let row = self
            .store
            .read(move |r| r.folder_with_role(account, FolderRole::Inbox));
        Ok(row.await?)
    }

    /// Selects the inbox, for the server to tell of its news, and says which
    /// there are already.
    async fn news_so_far(&mut self, inbox: Option<&FolderRow>) -> Result<News, Error> {
        let mut news = News::default();
        self.add_notices(&mut news).await?;
        let Some(inbox) = inbox.filter(|_| self.is_told()) else {
            return Ok(news);
        };
        let differs = if self.selected.as_deref() == Some(inbox.remote_name.as_str()) {
            self.conn.take_changed()
        } else {
            let selected = self.select(&inbox.remote_name).await?;
            differs(inbox, &status_of(&selected))
        };
        if differs {
            news.folders.insert(inbox.folder.id);
        }
        Ok(news)
    }

    /// What the server told of folders that are not selected.
    async fn add_notices(&mut self, news: &mut News) -> Result<(), Error> {
        let notices = self.conn.take_notices();
        if notices.is_empty() {
            return Ok(());
        }
        let account = self.account;
        let rows = self.store.read(move |r| r.folders(Some(account))).await?;
        news.whole |= notices.everything;
        // Of a folder not known yet the next pass finds all there is.
        let differing = rows.iter().filter(|row| {
            let status = notices.folders.get(&row.remote_name);
            row.folder.selectable && status.is_some_and(|status| differs(row, status))
        });
        news.folders.extend(differing.map(|row| row.folder.id));
        Ok(())
    }

    /// A look into one folder: what a pass does, without asking for all others.
    pub(crate) async fn look(&mut self, folder: FolderId) -> Result<(), Error> {
        self.replay().await?;
        let row = match self.store.read(move |r| r.folder(folder)).await {
            Ok(row) if row.folder.selectable => row,
            // Gone in the meantime.
            Ok(_) | Err(store::Error::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        self.reports.clear();
        let path = row.folder.path.clone();
        let result = self.folder(row, None).await;
        let is_fine = result.is_ok();
        self.keep_going(&path, result)?;
        self.bodies(Some(&path)).await?;
        if is_fine {
            self.note_checked(vec![folder], false).await?;
        }
        for notice in std::mem::take(&mut self.report(&path).notices) {
            tracing::warn!(account = %self.account, path, notice, "a folder was left out");
        }
        Ok(())
    }
}

/// What a server says of a folder as it opens it, in the words of STATUS.
pub(crate) fn status_of(selected: &imap::Selected) -> imap::FolderStatus {
    imap::FolderStatus {
        messages: Some(selected.exists.into()),
        uid_next: selected.uid_next,
        uid_validity: Some(selected.uid_validity.get()),
        highest_modseq: selected.highest_modseq.map(|modseq| modseq.0),
        ..imap::FolderStatus::default()
    }
}

/// Whether a folder changed since it was last in step, as far as these numbers
/// tell.
pub(crate) fn differs(row: &FolderRow, status: &imap::FolderStatus) -> bool {
    let state = &row.state;
    let known = state.uid_validity.map(crate::model::UidValidity::get);
    let told = |told: Option<u64>, known: u64| told.is_some_and(|told| told != known);
    let changes = match (status.highest_modseq, state.highest_modseq) {
        (Some(told), Some(known)) => told != known.0,
        // Without a count of changes, the unread ones are the only sign.
        (None, _) => told(status.unseen, row.folder.unread),
        (Some(_), None) => false,
    };
    changes
        || status.uid_validity.is_some_and(|told| Some(told) != known)
        || told(status.uid_next.map(u64::from), state.uid_next.into())
        || told(status.messages, state.total.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AccountId, Folder, ModSeq, UidValidity};
    use crate::store::SyncState;

    fn row(highest_modseq: Option<u64>) -> FolderRow {
        FolderRow {
            folder: Folder {
                id: FolderId(1),
                account: AccountId(1),
                path: "Lists".into(),
                role: None,
                selectable: true,
                total: 7,
                unread: 2,
                watched: true,
                checked: None,
                prefetch: None,
                of_others: false,
                subscribed: true,
            },
            remote_name: "Lists".into(),
            remote_id: String::new(),
            state: SyncState {
                uid_validity: UidValidity::new(5),
                uid_next: 10,
                highest_modseq: highest_modseq.map(ModSeq),
                total: 7,
            },
        }
    }

    #[test]
    fn any_other_number_than_the_known_one_is_news() {
        let same = imap::FolderStatus {
            messages: Some(7),
            unseen: Some(2),
            uid_next: Some(10),
            uid_validity: Some(5),
            highest_modseq: Some(90),
            size: None,
        };
        let silent = imap::FolderStatus::default();
        let cases = [
            (Some(90), same, false),
            (Some(90), silent, false),
            (Some(91), same, true),
            // A folder that did not count changes before.
            (None, same, false),
            (
                Some(90),
                imap::FolderStatus {
                    messages: Some(8),
                    ..silent
                },
                true,
            ),
            (
                Some(90),
                imap::FolderStatus {
                    uid_next: Some(11),
                    ..silent
                },
                true,
            ),
            (
                Some(90),
                imap::FolderStatus {
                    uid_validity: Some(6),
                    ..silent
                },
                true,
            ),
            (
                None,
                imap::FolderStatus {
                    unseen: Some(1),
                    ..silent
                },
                true,
            ),
            // The count of changes says more than the count of unread ones.
            (
                Some(90),
                imap::FolderStatus {
                    unseen: Some(1),
                    ..same
                },
                false,
            ),
        ];
        for (known, status, expected) in cases {
            assert_eq!(
                differs(&row(known), &status),
                expected,
                "{known:?} {status:?}"
            );
        }
    }
}
