//! One pass for a front end that does not stay.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::Stream;
use tokio::sync::mpsc;

use super::shared::{Shared, stream_of};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Account, AccountId, FolderRole};
use crate::sync::{FolderReport, Request, Urgent, Wish};

/// What one pass shall cover.
#[derive(Debug, Clone, Default)]
pub struct SyncRequest {
    /// Only this account.
    pub account: Option<AccountId>,
    /// Only the folder with this path.
    pub folder: Option<String>,
    /// Leave the bodies on the server.
    pub headers_only: bool,
}

/// What a pass did to one folder.
#[derive(Debug, Clone)]
pub struct SyncReport {
    /// Whose.
    pub account: String,
    /// Path of the folder.
    pub folder: String,
    /// Messages that came.
    pub new: u64,
    /// Messages whose flags changed.
    pub changed: u64,
    /// Messages that went.
    pub removed: u64,
    /// Bytes of the bodies fetched.
    pub bytes: u64,
    /// Time spent on it.
    pub time: Duration,
    /// What went wrong although the pass went on, as sentences.
    pub notices: Vec<String>,
}

impl Shared {
    /// One pass over the accounts asked for, told folder by folder.
    pub(super) fn sync_pass(
        self: &Arc<Self>,
        request: SyncRequest,
    ) -> impl Stream<Item = Result<SyncReport>> + Send + use<> {
        let (sender, reports) = mpsc::unbounded_channel();
        let shared = self.clone();
        self.runtime.spawn(async move {
            let wanted = |account: &Account| match request.account {
                Some(id) => id == account.id,
                None => !account.disabled,
            };
            let accounts: Vec<Account> = shared
                .accounts()
                .all()
                .iter()
                .filter(|a| wanted(a))
                .cloned()
                .collect();
            // A folder that is asked for need not be in every account.
            let (mut found, mut missing) = (false, Vec::new());
            for account in accounts {
                match shared.pass_once(&account, &request).await {
                    Ok(list) => {
                        found = true;
                        list.into_iter()
                            .for_each(|report| drop(sender.send(Ok(report))));
                    }
                    Err(error) if error.kind() == ErrorKind::NotFound => missing.push(error),
                    Err(error) => drop(sender.send(Err(error))),
                }
            }
            shared.settle_index().await;
            if !found {
                missing
                    .into_iter()
                    .for_each(|error| drop(sender.send(Err(error))));
            }
        });
        stream_of(reports)
    }

    async fn pass_once(
        self: &Arc<Self>,
        account: &Account,
        request: &SyncRequest,
    ) -> Result<Vec<SyncReport>> {
        let folder = request.folder.as_deref().map(|path| {
            // Written in any case (RFC 9051, 5.1).
            if path.eq_ignore_ascii_case("INBOX") {
                "INBOX"
            } else {
                path
            }
        });
        let reports = if account.settings.is_local() {
            self.local_reports(account, folder, request.headers_only)
                .await?
        } else {
            let session = self.session(account, mpsc::unbounded_channel().1).await;
            let mut session = session.map_err(|(_, error)| error)?;
            let asked = Request {
                folder: folder.map(str::to_owned),
                headers_only: request.headers_only,
                asked: true,
            };
            let reports = session.pass(&asked).await.map_err(Error::from)?;
            drop(session.end().await);
            reports
        };
        if let Some(folder) = folder
            && !reports.contains_key(folder)
        {
            return Err(Error::new(
                ErrorKind::NotFound,
                format!("{} has no folder “{folder}”.", account.settings.name),
            )
            .hint("`waxwing folders` lists those it has."));
        }
        let report = |(folder, report): (String, FolderReport)| SyncReport {
            account: account.settings.name.clone(),
            folder,
            new: report.new,
            changed: report.changed,
            removed: report.removed,
            bytes: report.bytes,
            time: report.time,
            notices: report.notices,
        };
        Ok(reports.into_iter().map(report).collect())
    }

    /// A look into a POP3 mailbox, unless only another folder is asked for: all
    /// there is of that is here.
    async fn local_reports(
        self: &Arc<Self>,
        account: &Account,
        folder: Option<&str>,
        headers_only: bool,
    ) -> Result<BTreeMap<String, FolderReport>> {
        let home = self.home(account.id);
        let rows = self.store.read(move |r| r.folders(Some(home))).await?;
        let mut reports: BTreeMap<String, FolderReport> = rows
            .into_iter()
            .map(|row| (row.folder.path, FolderReport::default()))
            .collect();
        if folder.is_none_or(|folder| folder == FolderRole::Inbox.title()) {
            let (path, report) = self.look_once(account, headers_only).await?;
            reports.insert(path, report);
        }
        if let Some(folder) = folder {
            reports.retain(|path, _| path == folder);
        }
        Ok(reports)
    }

    /// Fetches one message with a connection made for it.
    pub(super) async fn fetch_alone(
        self: &Arc<Self>,
        account: AccountId,
        wish: Wish,
    ) -> Result<()> {
        let account = self.account(account)?;
        if account.settings.is_local() {
            return self.fetch_pop3(wish.placement).await;
        }
        let (urgent, requests) = mpsc::unbounded_channel::<Urgent>();
        drop(urgent);
        let session = self.session(&account, requests).await;
        let mut session = session.map_err(|(_, error)| error)?;
        session.body_now(wish).await.map_err(Error::from)?;
        drop(session.end().await);
        Ok(())
    }
}
