//! The store's own promises.

mod on_the_way;
mod queue_rules;
mod sent_twice;

use chrono::{DateTime, FixedOffset};

use super::*;
use crate::model::{
    AccountId, Address, EmailId, FlagChange, Flags, FolderId, FolderRole, MessageId, PlacementId,
    PrefetchPolicy, Uid, UidValidity,
};

pub(super) const ACCOUNT: AccountId = AccountId(1);

fn at(minute: i64) -> DateTime<FixedOffset> {
    DateTime::from_timestamp(1_700_000_000 + minute * 60, 0)
        .unwrap()
        .fixed_offset()
}

fn folder(path: &str, role: Option<FolderRole>) -> NewFolder {
    NewFolder::own(path, path, role)
}

pub(crate) fn email(name: &str, named: &[&str], minute: i64) -> NewEmail {
    NewEmail {
        account: ACCOUNT,
        message_id: Some(MessageId(name.into())),
        named: named.iter().map(|id| MessageId((*id).into())).collect(),
        from: vec![Address::new("Ada", "ada@example.test")],
        to: vec![],
        copies: vec![],
        subject: format!("About {name}"),
        date: at(minute),
        size: 100,
        attachments: 0,
        snippet: String::new(),
        remote_id: String::new(),
    }
}

pub(super) struct Bench {
    pub(super) store: Store,
    pub(super) inbox: FolderId,
    pub(super) trash: FolderId,
    pub(super) dir: tempfile::TempDir,
}

pub(super) async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let (inbox, trash) = store
        .write(Durability::Crash, |w| {
            w.set_folders(
                ACCOUNT,
                &[
                    folder("INBOX", Some(FolderRole::Inbox)),
                    folder("Trash", Some(FolderRole::Trash)),
                ],
            )?;
            let inbox = w
                .read()
                .folder_by_path(ACCOUNT, "INBOX")?
                .unwrap()
                .folder
                .id;
            let state = SyncState {
                uid_validity: UidValidity::new(7),
                ..SyncState::default()
            };
            w.set_sync_state(inbox, state)?;
            Ok((
                inbox,
                w.read()
                    .folder_by_path(ACCOUNT, "Trash")?
                    .unwrap()
                    .folder
                    .id,
            ))
        })
        .await
        .unwrap();
    Bench {
        store,
        inbox,
        trash,
        dir,
    }
}

impl Bench {
    /// The same files, opened anew.
    pub(super) fn reopened(self) -> Self {
        let store = Store::open(self.dir.path()).unwrap();
        Self { store, ..self }
    }

    pub(super) async fn add(&self, email: NewEmail, uid: u32) -> (EmailId, PlacementId) {
        let inbox = self.inbox;
        self.write(move |w| {
            let id = w.add_email(&email)?;
            let placement = w.add_placement(&NewPlacement {
                email: id,
                folder: inbox,
                uid: Uid::new(uid),
                flags: Flags::default(),
                keywords: vec![],
                date: email.date.timestamp(),
            })?;
            Ok((id, placement))
        })
        .await
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Write<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.write(Durability::Crash, change).await.unwrap()
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Read<'_>) -> Result<T> + Send + 'static,
    ) -> T {
        self.store.read(query).await.unwrap()
    }

    async fn counts(&self, id: FolderId) -> (u64, u64) {
        let folder = self.read(move |r| r.folder(id)).await.folder;
        (folder.total, folder.unread)
    }
}

/// Changes `mail.db` behind the store's back.
pub(crate) fn meddle(dir: &std::path::Path, sql: &str) {
    let mail = rusqlite::Connection::open(dir.join("mail.db")).unwrap();
    mail.execute_batch(sql).unwrap();
}

#[tokio::test]
async fn counts_follow_every_change() {
    let bench = bench().await;
    let (_, first) = bench.add(email("a", &[], 1), 1).await;
    bench.add(email("b", &[], 2), 2).await;
    assert_eq!(bench.counts(bench.inbox).await, (2, 2));
    bench
        .write(move |w| {
            let row = w.read().placement(first)?;
            w.change_flag(&row, FlagChange::seen(true))
        })
        .await;
    assert_eq!(bench.counts(bench.inbox).await, (2, 1));
    let trash = bench.trash;
    bench
        .write(move |w| {
            let row = w.read().placement(first)?;
            w.change_folder(&row, trash)
        })
        .await;
    assert_eq!(bench.counts(bench.inbox).await, (1, 1));
    assert_eq!(bench.counts(bench.trash).await, (1, 0));
    bench.write(move |w| w.remove_placement(first)).await;
    assert_eq!(bench.counts(bench.trash).await, (0, 0));
}

#[tokio::test]
async fn a_move_taken_back_before_the_server_heard_of_it_leaves_nothing_to_tell() {
    let bench = bench().await;
    let (_, id) = bench.add(email("a", &[], 1), 5).await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, trash))
        .await;
    assert_eq!(
        bench.read(move |r| r.leaving(inbox)).await,
        [Uid::new(5).unwrap()]
    );
    assert_eq!(bench.read(move |r| r.placement(id)).await.uid, None);
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, inbox))
        .await;
    assert!(bench.read(|r| r.pending(ACCOUNT)).await.is_empty());
    assert_eq!(bench.read(move |r| r.placement(id)).await.uid, Uid::new(5));
}

#[tokio::test]
async fn flags_set_and_cleared_before_the_server_heard_of_it_are_told_once() {
    let bench = bench().await;
    let (_, id) = bench.add(email("a", &[], 1), 5).await;
    for on in [true, false, true] {
        bench
            .write(move |w| w.change_flag(&w.read().placement(id)?, FlagChange::flagged(on)))
            .await;
    }
    let pending = bench.read(|r| r.pending(ACCOUNT)).await;
    assert_eq!(pending.len(), 1);
    assert_eq!(pending[0].change, Change::Flag(FlagChange::flagged(true)));
    assert_eq!(pending[0].uid_validity, UidValidity::new(7));
}

#[tokio::test]
async fn a_message_removed_for_good_is_expunged_where_the_server_has_it() {
    let bench = bench().await;
    let (_, id) = bench.add(email("a", &[], 1), 5).await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    bench
        .write(move |w| w.change_folder(&w.read().placement(id)?, trash))
        .await;
    bench
        .write(move |w| w.change_to_gone(&w.read().placement(id)?))
        .await;
    let pending = bench.read(|r| r.pending(ACCOUNT)).await;
    assert_eq!(pending.len(), 1);
    assert_eq!((pending[0].folder, pending[0].uid), (inbox, Uid::new(5)));
    assert_eq!(pending[0].change, Change::Expunge);
}

#[tokio::test]
async fn folders_that_are_only_here_give_way_to_no_servers() {
    let bench = bench().await;
    let local = AccountId(9);
    bench.write(move |w| w.set_local(local, local)).await;
    let list = bench.store.write(Durability::Crash, move |w| {
        w.set_folders(local, &[folder("INBOX", Some(FolderRole::Inbox))])
    });
    assert!(matches!(list.await, Err(Error::OnlyHere)));
    let folders = bench.read(move |r| r.folders(Some(local))).await;
    assert_eq!(folders.len(), 6);
}

#[tokio::test]
async fn the_same_bytes_in_two_folders_are_one_message() {
    let bench = bench().await;
    let raw = b"Subject: x\r\n\r\nbody".to_vec();
    let (one, first) = bench.add(email("a", &[], 1), 1).await;
    let (two, second) = bench.add(email("a", &[], 1), 2).await;
    for id in [one, two] {
        let packed = PackedRaw::new(&raw).unwrap();
        bench
            .write(move |w| w.complete_email(id, &email("a", &[], 1), &packed))
            .await;
    }
    let rows = bench.read(move |r| r.envelopes(&[first, second])).await;
    assert_eq!(rows[0].email, rows[1].email);
    let sha = rows[0].sha256.unwrap();
    assert_eq!(bench.read(move |r| r.raw(&sha)).await, raw);
    // The bytes go with the last folder, not before.
    bench.write(move |w| w.remove_placement(first)).await;
    assert_eq!(bench.read(move |r| r.raw(&sha)).await, raw);
    bench.write(move |w| w.remove_placement(second)).await;
    assert!(matches!(
        bench.store.read(move |r| r.raw(&sha)).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn conversations_join_in_whatever_order_they_arrive() {
    let bench = bench().await;
    let (_, c) = bench.add(email("c", &["b"], 3), 1).await;
    let (_, a) = bench.add(email("a", &[], 1), 2).await;
    let (_, x) = bench.add(email("x", &[], 9), 3).await;
    let (_, b) = bench.add(email("b", &["a"], 2), 4).await;
    let rows = bench.read(move |r| r.envelopes(&[a, b, c, x])).await;
    assert_eq!(rows[0].thread, rows[1].thread);
    assert_eq!(rows[1].thread, rows[2].thread);
    assert_ne!(rows[2].thread, rows[3].thread);
}

#[tokio::test]
async fn a_failed_write_leaves_nothing() {
    let bench = bench().await;
    let result: Result<()> = bench
        .store
        .write(Durability::Crash, |w| {
            w.add_email(&email("a", &[], 1))?;
            Err(Error::NotFound)
        })
        .await;
    assert!(result.is_err());
    let policy = PrefetchPolicy::default();
    let lacking = bench.read(move |r| r.folders_lacking_bodies(ACCOUNT, &policy));
    assert!(lacking.await.is_empty());
    let progress = bench.read(move |r| r.progress(ACCOUNT, Some(&policy)));
    assert_eq!(progress.await, (0, 0));
    // A panic costs the one write only.
    let panicked: Result<()> = bench
        .store
        .write(Durability::Crash, |_| panic!("as if by a bug"))
        .await;
    assert!(matches!(panicked, Err(Error::Closed)));
    bench.add(email("b", &[], 1), 1).await;
}

/// How SQLite would go about a question, step by step.
pub(in crate::store) fn plan_of(r: &Read<'_>, sql: &str) -> Result<Vec<String>> {
    let mut statement = r.mail.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let steps = statement.raw_query().mapped(|row| row.get(3));
    Ok(steps.collect::<rusqlite::Result<_>>()?)
}

impl Bench {
    async fn plan(&self, sql: &str) -> Vec<String> {
        let sql = sql.to_owned();
        self.read(move |r| plan_of(r, &sql)).await
    }
}

#[tokio::test]
async fn whether_bytes_are_still_named_is_found_by_an_index() {
    let bench = bench().await;
    assert_eq!(
        bench.plan("SELECT 1 FROM email WHERE sha256 = ?1").await,
        ["SEARCH email USING COVERING INDEX email_by_content (sha256=?)"]
    );
}

#[tokio::test]
async fn whether_a_folder_has_a_message_costs_the_same_in_a_large_one() {
    let bench = bench().await;
    assert_eq!(
        bench.plan(placement::LISTED_IN).await,
        [
            "SEARCH e USING INDEX email_by_message_id (account=? AND message_id=?)",
            "SEARCH p USING INDEX placement_by_email (email=?)"
        ]
    );
    assert_eq!(
        bench.plan(placement::IS_IN).await,
        ["SEARCH placement USING INDEX placement_by_email (email=?)"]
    );
}

#[tokio::test]
async fn a_long_queue_is_not_read_from_end_to_end_for_each_message() {
    let bench = bench().await;
    let mut plans = Vec::new();
    for sql in [placement::FORGET_SOURCE, pending::READDRESS] {
        plans.extend(bench.plan(sql).await);
    }
    let scans: Vec<_> = plans
        .iter()
        .filter(|step| step.starts_with("SCAN"))
        .collect();
    assert!(scans.is_empty(), "{plans:?}");
}

#[tokio::test]
async fn bytes_stay_when_the_removal_of_their_row_fails() {
    let bench = bench().await;
    let raw = b"Subject: x\r\n\r\nonly copy".to_vec();
    let packed = PackedRaw::new(&raw).unwrap();
    let sha = packed.sha256;
    let (id, placement) = bench.add(email("a", &[], 1), 1).await;
    bench
        .write(move |w| w.complete_email(id, &email("a", &[], 1), &packed))
        .await;
    let failed = bench.store.write(Durability::PowerCut, move |w| {
        w.remove_placement(placement)?;
        // As if the disk were full when the rows are written.
        w.mail.pragma_update(None, "defer_foreign_keys", true)?;
        w.mail.execute(
            "INSERT INTO placement (email, folder, date) VALUES (999, 1, 0)",
            [],
        )?;
        Ok(())
    });
    assert!(failed.await.is_err());
    assert!(
        bench
            .read(move |r| r.placement(placement))
            .await
            .sha256
            .is_some()
    );
    assert_eq!(bench.read(move |r| r.raw(&sha)).await, raw);
}

#[tokio::test]
async fn a_body_that_comes_after_its_message_went_leaves_nothing() {
    let bench = bench().await;
    let packed = PackedRaw::new(b"late").unwrap();
    let sha = packed.sha256;
    let (id, placement) = bench.add(email("a", &[], 1), 1).await;
    bench.write(move |w| w.remove_placement(placement)).await;
    bench
        .write(move |w| w.complete_email(id, &email("a", &[], 1), &packed))
        .await;
    assert!(matches!(
        bench.store.read(move |r| r.raw(&sha)).await,
        Err(Error::NotFound)
    ));
}

#[tokio::test]
async fn a_store_of_a_later_version_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    Store::open(dir.path()).unwrap().close();
    let path = dir.path().join("mail.db");
    rusqlite::Connection::open(&path)
        .unwrap()
        .pragma_update(None, "user_version", 999)
        .unwrap();
    assert!(matches!(
        Store::open(dir.path()),
        Err(Error::Newer { found: 999, .. })
    ));
}

#[test]
fn damaged_bytes_are_noticed() {
    let dir = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let packed = PackedRaw::new(b"some mail").unwrap();
    let sha = packed.sha256;
    runtime
        .block_on(store.write(Durability::PowerCut, move |w| w.keep_raw(&packed)))
        .unwrap();
    store.close();
    let other = zstd::bulk::compress(b"some m@il", 3).unwrap();
    rusqlite::Connection::open(dir.path().join("raw.db"))
        .unwrap()
        .execute("UPDATE raw SET zstd = ?1", [other])
        .unwrap();
    let store = Store::open(dir.path()).unwrap();
    let read = runtime.block_on(store.read(move |r| r.raw(&sha)));
    assert!(matches!(read, Err(Error::Damaged)));
}
