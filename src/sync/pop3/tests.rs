//! Looks at a mailbox, undisturbed and not.

mod looks;
mod server;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};

use super::Mailbox;
use super::plan::tests::{leave, remove};
use crate::error::Result;
use crate::model::{AccountId, FolderRole, PlacementId, Pop3Policy};
use crate::protocol::pop3::signed_in;
use crate::store::{Durability, Here, PlacementRow, Store, Write};
use crate::sync::FolderReport;
use server::Server;

const ACCOUNT: AccountId = AccountId(1);

fn letter(name: &str) -> Vec<u8> {
    format!(
        "From: Ada <ada@example.test>\r\nSubject: {name}\r\nMessage-ID: <{name}@example.test>\r\n\
         Date: Fri, 01 May 2026 07:00:00 +0000\r\n\r\nText of {name}.\r\n.\r\n..\r\n"
    )
    .into_bytes()
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

struct Bench {
    server: Server,
    store: Store,
    /// What the clock shows.
    now: DateTime<Utc>,
    dir: tempfile::TempDir,
}

impl Bench {
    async fn new(mails: &[(&str, Vec<u8>)]) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let make = |w: &Write<'_>| w.set_local(ACCOUNT, ACCOUNT);
        store.write(Durability::Crash, make).await.unwrap();
        Self {
            server: Server::new(mails),
            store,
            now: DateTime::from_timestamp(1_790_000_000, 0).unwrap(),
            dir,
        }
    }

    /// Three messages: a, b and c.
    async fn of_three() -> Self {
        Self::new(&[("1", letter("a")), ("2", letter("b")), ("3", letter("c"))]).await
    }

    fn mailbox(&self, account: AccountId, policy: Pop3Policy) -> Mailbox {
        Mailbox {
            store: self.store.clone(),
            account,
            policy,
            headers_only: false,
            tell: Arc::new(|_| ()),
            now: self.now,
        }
    }

    async fn try_look(&self, policy: Pop3Policy) -> Result<FolderReport> {
        let conn = signed_in(self.server.connect()).await?;
        Ok(self.mailbox(ACCOUNT, policy).look(conn).await?.1)
    }

    async fn look(&self, policy: Pop3Policy) -> FolderReport {
        self.try_look(policy).await.unwrap()
    }

    fn pass_days(&mut self, days: i64) {
        self.now += TimeDelta::days(days);
    }

    async fn rows(&self) -> Vec<PlacementRow> {
        let read = self.store.read(|r| {
            let mut rows = Vec::new();
            for folder in r.folders(None)? {
                for id in r.placement_ids(folder.folder.id)? {
                    rows.push(r.placement(id)?);
                }
            }
            Ok(rows)
        });
        read.await.unwrap()
    }

    /// How often each content is here.
    async fn here(&self) -> BTreeMap<String, usize> {
        let mut here = BTreeMap::new();
        for row in self.rows().await {
            let content = match row.sha256 {
                Some(sha256) => {
                    let raw = self.store.read(move |r| r.raw(&sha256)).await.unwrap();
                    hash(&raw)
                }
                None => "a header".to_owned(),
            };
            *here.entry(content).or_default() += 1;
        }
        here
    }

    async fn assert_here(&self, names: &[&str]) {
        let expected: BTreeMap<String, usize> =
            names.iter().map(|name| (hash(&letter(name)), 1)).collect();
        assert_eq!(self.here().await, expected);
        let check = self.store.check(vec![ACCOUNT, AccountId(2)], false);
        let check = check.await.unwrap();
        assert_eq!(check.problems, [], "{check:?}");
    }

    fn there(&self) -> Vec<String> {
        let own = self.server.drop();
        own.mails.iter().map(|(_, mail)| hash(mail)).collect()
    }

    fn assert_there(&self, names: &[&str]) {
        let expected: Vec<String> = names.iter().map(|name| hash(&letter(name))).collect();
        assert_eq!(self.there(), expected);
    }

    /// The message of that name.
    async fn id(&self, name: &str) -> PlacementId {
        let name = format!("{name}@example.test");
        let rows = self.rows().await;
        let found = rows
            .iter()
            .find(|row| row.message_id.as_ref().is_some_and(|id| id.0 == name));
        found.unwrap_or_else(|| panic!("no {name}")).id
    }

    async fn change(
        &self,
        name: &str,
        change: impl FnOnce(&Write<'_>, &PlacementRow) -> crate::store::Result<()> + Send + 'static,
    ) {
        let id = self.id(name).await;
        let write = self.store.write(Durability::Crash, move |w| {
            let row = w.read().placement(id)?;
            change(w, &row)
        });
        write.await.unwrap();
    }

    async fn move_to(&self, name: &str, role: FolderRole) {
        let change = move |w: &Write<'_>, row: &PlacementRow| {
            let folder = w.folder_for(ACCOUNT, role)?.folder.id;
            w.change_folder(row, folder)
        };
        self.change(name, change).await;
    }

    async fn remove(&self, name: &str) {
        let change = |w: &Write<'_>, row: &PlacementRow| w.change_to_gone(row);
        self.change(name, change).await;
    }

    /// What is noted of what the server has: keys and where they are here.
    async fn noted(&self) -> Vec<(String, Here)> {
        let rows = self.store.read(|r| r.pop3_there(ACCOUNT)).await.unwrap();
        let mut noted: Vec<_> = rows.into_iter().map(|row| (row.key, row.here)).collect();
        noted.sort_by(|one, other| one.0.cmp(&other.0));
        noted
    }

    async fn waits(&self) -> usize {
        self.store.read(|r| r.pending(ACCOUNT)).await.unwrap().len()
    }
}
