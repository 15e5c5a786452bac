//! A store and a server, and what must hold between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::mpsc;

use super::server::{Fault, Mailbox, Server, no_fault};
use crate::error::Result;
use crate::model::{AccountId, Flag, FlagChange, Flags, FolderId, PrefetchPolicy, StoreCheck, Uid};
use crate::protocol::imap;
use crate::store::{Durability, NewPlacement, PackedRaw, PlacementRow, Store, Write};
use crate::sync::receive::Arrived;
use crate::sync::{FolderReport, Request, Session};

pub(super) const ACCOUNT: AccountId = AccountId(1);

/// No pass takes longer, whatever a server does.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) type Reports = BTreeMap<String, FolderReport>;

/// What lies in each folder: UID, flags, hash.
pub(super) type Mail = BTreeMap<String, BTreeSet<(u32, Vec<&'static str>, String)>>;

pub(super) struct Bench {
    pub(super) server: Server,
    pub(super) store: Store,
    _dir: tempfile::TempDir,
}

pub(super) fn letter(name: &str) -> Vec<u8> {
    format!(
        "From: Ada <ada@example.test>\r\nSubject: {name}\r\nMessage-ID: <{name}@example.test>\r\n\
         Date: Fri, 01 May 2026 07:00:00 +0000\r\n\r\nText of {name}.\r\n"
    )
    .into_bytes()
}

fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().take(8).map(|b| format!("{b:02x}")).collect()
}

impl Bench {
    /// A server with a dozen messages in three folders, and an empty store.
    pub(super) fn new() -> Self {
        let mut inbox = Mailbox::new("INBOX", "", 7);
        for n in 1..=8 {
            inbox.deliver(&letter(&format!("in-{n}")));
        }
        inbox.flag(2, "\\Seen", true);
        inbox.expunge(5);
        let mut archive = Mailbox::new("Archive", "\\Archive", 8);
        archive.deliver(&letter("kept-1"));
        archive.deliver(&letter("kept-2"));
        let trash = Mailbox::new("Trash", "\\Trash", 9);
        let dir = tempfile::tempdir().unwrap();
        Self {
            server: Server::new(vec![inbox, archive, trash]),
            store: Store::open(dir.path()).unwrap(),
            _dir: dir,
        }
    }

    /// The same, with a store that is in step, and news on both sides since.
    pub(super) async fn with_news() -> Self {
        let bench = Self::new();
        bench.pass(no_fault()).await.unwrap();
        bench.news().await;
        bench
    }

    /// Changes there and here.
    pub(super) async fn news(&self) {
        {
            let mut world = self.server.world();
            let inbox = world.named("INBOX");
            inbox.deliver(&letter("new-1"));
            inbox.deliver(&letter("new-2"));
            inbox.flag(1, "\\Flagged", true);
            inbox.expunge(3);
        }
        let archive = self.folder("Archive").await;
        let seen = FlagChange {
            flag: Flag::Answered,
            on: true,
        };
        self.with_row("INBOX", 2, move |w, row| w.change_flag(row, seen))
            .await;
        self.with_row("INBOX", 6, move |w, row| w.change_folder(row, archive))
            .await;
        #[expect(
            clippy::redundant_closure_for_method_calls,
            reason = "the method is of one lifetime only"
        )]
        let gone = self.with_row("INBOX", 7, |w, row| w.change_to_gone(row));
        gone.await;
        self.write_here("Archive", &letter("written-here")).await;
    }

    pub(super) async fn folder(&self, path: &str) -> FolderId {
        let path = path.to_owned();
        self.store
            .read(move |r| r.folder_by_path(ACCOUNT, &path))
            .await
            .unwrap()
            .unwrap()
            .folder
            .id
    }

    /// A message that exists only here so far.
    pub(super) async fn write_here(&self, path: &str, raw: &[u8]) {
        let folder = self.folder(path).await;
        let arrived = Arrived {
            account: ACCOUNT,
            received: None,
            size: raw.len() as u64,
        };
        let (described, packed) = (arrived.whole(raw), PackedRaw::new(raw).unwrap());
        let writing = self.store.write(Durability::PowerCut, move |w| {
            let email = w.add_email(&described)?;
            w.complete_email(email, &described, &packed)?;
            let placement = w.add_placement(&NewPlacement {
                email,
                folder,
                uid: None,
                flags: Flags::default(),
                keywords: vec![],
                date: described.date.timestamp(),
            })?;
            w.queue_append(placement)
        });
        writing.await.unwrap();
    }

    pub(super) async fn with_row(
        &self,
        path: &str,
        uid: u32,
        change: impl FnOnce(&Write<'_>, &PlacementRow) -> crate::store::Result<()> + Send + 'static,
    ) {
        let folder = self.folder(path).await;
        self.store
            .write(Durability::Crash, move |w| {
                let id = w.read().placement_by_uid(folder, Uid::new(uid).unwrap())?;
                change(w, &w.read().placement(id.unwrap())?)
            })
            .await
            .unwrap();
    }

    /// One whole pass over a connection of its own.
    pub(super) async fn pass(&self, fault: Fault) -> Result<Reports> {
        self.pass_by(PrefetchPolicy::default(), fault).await
    }

    /// The same for an account that does not fetch everything.
    pub(super) async fn pass_by(&self, policy: PrefetchPolicy, fault: Fault) -> Result<Reports> {
        self.run(policy, Request::default(), fault).await
    }

    /// The same as a person asks for it.
    pub(super) async fn pass_asked(&self, fault: Fault) -> Result<Reports> {
        let asked = Request {
            asked: true,
            ..Request::default()
        };
        self.run(PrefetchPolicy::default(), asked, fault).await
    }

    async fn run(&self, policy: PrefetchPolicy, request: Request, fault: Fault) -> Result<Reports> {
        let stream = self.server.connect(fault);
        let run = async {
            let conn = imap::signed_in(stream).await?;
            let (_urgent, requests) = mpsc::unbounded_channel();
            let tell = Arc::new(|_| {});
            let mut session = Session::new(self.store.clone(), conn, ACCOUNT, tell, requests);
            session.set_policy(policy);
            let reports = session.pass(&request).await?;
            session.end().await;
            Ok(reports)
        };
        tokio::time::timeout(PATIENCE, run).await.expect("hangs")
    }

    /// What the server has.
    pub(super) fn there(&self) -> Mail {
        let world = self.server.world();
        let of = |own: &Mailbox| {
            let mails = own.mails.iter().map(|mail| {
                let known = Flag::ALL.into_iter().map(Flag::imap);
                let flags = known.filter(|flag| mail.flags.contains(*flag)).collect();
                (mail.uid, flags, hash(&mail.bytes))
            });
            mails.collect()
        };
        let boxes = world.boxes.iter();
        boxes.map(|own| (own.name.clone(), of(own))).collect()
    }

    /// What is here; messages without bytes have no hash, those without a UID
    /// have 0.
    pub(super) async fn here(&self) -> Mail {
        self.store
            .read(|r| {
                let mut all = Mail::new();
                for folder in r.folders(Some(ACCOUNT))? {
                    let mut mails = BTreeSet::new();
                    for id in r.placement_ids(folder.folder.id)? {
                        let row = r.placement(id)?;
                        let raw = row.sha256.map(|sha256| r.raw(&sha256)).transpose()?;
                        let hash = raw.map_or(String::new(), |raw| hash(&raw));
                        let flags = row.flags.iter().map(Flag::imap).collect();
                        mails.insert((row.uid.map_or(0, Uid::get), flags, hash));
                    }
                    all.insert(folder.folder.path, mails);
                }
                Ok(all)
            })
            .await
            .unwrap()
    }

    /// After a pass that nothing disturbs the store is what the server is, and
    /// sound.
    pub(super) async fn assert_in_step(&self, name: &str) {
        // What was still to be told may change folders that were read before.
        for _ in 0..2 {
            if let Err(error) = self.pass_asked(no_fault()).await {
                panic!("{name}: the good pass failed: {error}");
            }
            if self.here().await == self.there() {
                break;
            }
        }
        assert_eq!(self.here().await, self.there(), "{name}");
        self.assert_sound(name).await;
        let waiting = self.store.read(|r| r.pending(ACCOUNT)).await.unwrap();
        assert_eq!(waiting, [], "{name}");
    }

    pub(super) async fn assert_sound(&self, name: &str) {
        let checked = self.store.check(vec![ACCOUNT], false).await.unwrap();
        let StoreCheck { problems, .. } = checked;
        assert_eq!(problems, [], "{name}");
    }
}
