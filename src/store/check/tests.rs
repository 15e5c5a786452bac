//! A store damaged by hand: each damage is named, and mended where it can be.

use rusqlite::Connection;

use super::*;
use crate::model::{EmailId, FlagChange, Flags, FolderId, IndexText, PlacementId, Skeleton, Uid};
use crate::store::tests::{ACCOUNT, Bench, bench, email};
use crate::store::{NewPartial, NewPlacement, PackedRaw};
use crate::store::{Read, Unfetched, WantedBodies};

/// Three messages with bytes, one with its header alone, a change that waits.
async fn stocked() -> Bench {
    let bench = bench().await;
    for (n, name) in (1..).zip(["a@x", "b@x", "c@x", "d@x"]) {
        let (id, placement) = bench.add(email(name, &["root@x"], n), n as u32).await;
        let described = email(name, &[], n);
        bench
            .write(move |w| {
                if name != "d@x" {
                    let raw = PackedRaw::new(format!("Text of {name}").as_bytes())?;
                    w.complete_email(id, &described, &raw)?;
                }
                let row = w.read().placement(placement)?;
                w.change_flag(&row, FlagChange::seen(true))
            })
            .await;
    }
    bench
}

impl Bench {
    /// Changes a file behind the store's back.
    fn damage(&self, file: &str, sql: &str) {
        let raw = Connection::open(self.dir.path().join(file)).unwrap();
        raw.execute_batch(sql).unwrap();
    }

    async fn kinds(&self, repair: bool) -> Vec<(StoreProblemKind, u64, bool)> {
        let checked = self.store.check(vec![ACCOUNT], repair).await.unwrap();
        let problems = checked.problems.into_iter();
        problems.map(|p| (p.kind, p.count, p.repaired)).collect()
    }
}

#[tokio::test]
async fn a_sound_store_has_no_problems() {
    let bench = stocked().await;
    let checked = bench.store.check(vec![ACCOUNT], true).await.unwrap();
    assert_eq!(checked.messages, 4);
    assert_eq!(checked.problems, []);
}

#[tokio::test]
#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
async fn every_damage_is_named_and_mended() {
    use StoreProblemKind as Kind;
    let table: &[(&str, &str, Kind, u64)] = &[
        (
            "mail.db",
            "UPDATE folder SET total = 7, unread = 9",
            Kind::Counts,
            2,
        ),
        (
            "mail.db",
            "PRAGMA foreign_keys = 0; DELETE FROM folder WHERE path = 'INBOX'",
            Kind::Placement,
            4,
        ),
        (
            "mail.db",
            "PRAGMA foreign_keys = 0; DELETE FROM email WHERE id = 1",
            Kind::Placement,
            1,
        ),
        (
            "mail.db",
            "DELETE FROM placement WHERE id = 1",
            Kind::Unplaced,
            1,
        ),
        (
            "mail.db",
            "UPDATE placement SET uid = 0 WHERE id = 2",
            Kind::Uid,
            1,
        ),
        (
            "mail.db",
            "DROP INDEX placement_by_uid; UPDATE placement SET uid = 2 WHERE id = 3",
            Kind::Uid,
            1,
        ),
        (
            "mail.db",
            "UPDATE placement SET missing = NULL WHERE uid = 4",
            Kind::Content,
            1,
        ),
        ("mail.db", "DROP INDEX email_by_thread", Kind::Schema, 1),
        ("mail.db", "DROP TRIGGER placement_added", Kind::Schema, 1),
        (
            "mail.db",
            "UPDATE pending_op SET placement = 99 WHERE id = 1",
            Kind::Pending,
            1,
        ),
        (
            "mail.db",
            "UPDATE pending_op SET folder = 99 WHERE id < 3",
            Kind::Pending,
            2,
        ),
        (
            "mail.db",
            "UPDATE thread_member SET thread = 1 + thread WHERE message_id = 'a@x'",
            Kind::Thread,
            1,
        ),
        (
            "mail.db",
            "UPDATE placement SET thread = 77 WHERE id = 1",
            Kind::Thread,
            1,
        ),
        (
            "mail.db",
            "INSERT INTO thread_member VALUES (1, 'stray@x', 77)",
            Kind::Thread,
            1,
        ),
        (
            "mail.db",
            "UPDATE placement SET attached = 1 WHERE id = 1",
            Kind::Content,
            1,
        ),
        (
            "mail.db",
            "UPDATE email SET account = 2 WHERE id = 1",
            Kind::Account,
            1,
        ),
        ("raw.db", "DELETE FROM raw WHERE id = 1", Kind::Content, 1),
        (
            "raw.db",
            "UPDATE raw SET zstd = x'00' WHERE id < 3",
            Kind::Content,
            2,
        ),
        (
            "raw.db",
            "UPDATE raw SET size = 3 WHERE id = 1",
            Kind::Content,
            1,
        ),
        (
            "raw.db",
            "UPDATE raw SET zstd = (SELECT zstd FROM raw WHERE id = 2) WHERE id = 1",
            Kind::Content,
            1,
        ),
        (
            "raw.db",
            "INSERT INTO raw (sha256, size, zstd) VALUES (zeroblob(32), 1, x'00')",
            Kind::UnusedBytes,
            1,
        ),
    ];
    for (file, sql, kind, count) in table {
        let bench = stocked().await;
        bench.damage(file, sql);
        let found = bench.kinds(false).await;
        assert!(found.contains(&(*kind, *count, false)), "{sql}: {found:?}");
        let mended = bench.kinds(true).await;
        assert!(mended.contains(&(*kind, *count, true)), "{sql}: {mended:?}");
        assert_eq!(bench.kinds(false).await, [], "{sql}");
    }
}

#[tokio::test]
async fn a_skeleton_is_no_stray_and_a_damaged_one_goes() {
    use StoreProblemKind as Kind;
    for (file, sql, found) in [
        ("mail.db", "SELECT 1", vec![]),
        (
            "mail.db",
            "UPDATE partial SET left_out = '?'",
            vec![(Kind::Content, 1, true)],
        ),
        (
            "mail.db",
            "PRAGMA foreign_keys = 0; UPDATE partial SET email = 99",
            vec![(Kind::Content, 1, true)],
        ),
        (
            "mail.db",
            "DELETE FROM partial",
            vec![(Kind::UnusedBytes, 1, true)],
        ),
        (
            "raw.db",
            "DELETE FROM raw WHERE id = 4",
            vec![(Kind::Content, 1, true)],
        ),
    ] {
        let bench = stocked().await;
        let header_only = bench.store.read(unfetched).await.unwrap()[0].email;
        let skeleton = Skeleton {
            raw: b"Subject: large\r\n\r\n".to_vec(),
            left_out: vec![],
        };
        let partial = NewPartial::new(&skeleton, 1, "Text".to_owned()).unwrap();
        assert!(
            bench
                .write(move |w| w.keep_partial(header_only, &partial))
                .await
        );
        let kept = bench.store.read(move |r| r.partial(header_only)).await;
        assert_eq!(kept.unwrap(), Some(skeleton));
        bench.damage(file, sql);
        assert_eq!(bench.kinds(true).await, found, "{sql}");
        assert_eq!(bench.kinds(false).await, [], "{sql}");
        let still = bench.store.read(move |r| r.partial(header_only)).await;
        assert_eq!(still.unwrap().is_some(), found.is_empty(), "{sql}");
    }
}

#[tokio::test]
async fn a_skeleton_goes_with_its_message_or_when_that_is_whole() {
    let bench = stocked().await;
    let wanted = bench.store.read(unfetched).await.unwrap()[0];
    let partial = |text: &str| {
        let raw = format!("Subject: large\r\n\r\n{text}").into_bytes();
        NewPartial::new(
            &Skeleton {
                raw,
                left_out: vec![],
            },
            1,
            String::new(),
        )
        .unwrap()
    };
    let id = wanted.email;
    for text in ["one", "two"] {
        let partial = partial(text);
        bench.write(move |w| w.keep_partial(id, &partial)).await;
        assert_eq!(bench.kinds(false).await, []);
    }
    let described = email("d@x", &[], 4);
    bench
        .write(move |w| w.complete_email(id, &described, &PackedRaw::new(b"Whole")?))
        .await;
    let here = bench.store.read(move |r| r.partial(id)).await;
    assert_eq!(here.unwrap(), None);
    // Too late for another one, and nothing of the first is left.
    let late = partial("three");
    assert!(!bench.write(move |w| w.keep_partial(id, &late)).await);
    assert_eq!(bench.kinds(false).await, []);
    let gone = stocked().await;
    let wanted = gone.store.read(unfetched).await.unwrap()[0];
    let one = partial("one");
    gone.write(move |w| w.keep_partial(wanted.email, &one))
        .await;
    gone.write(move |w| w.remove_account(ACCOUNT)).await;
    assert_eq!(gone.store.check(vec![], false).await.unwrap().problems, []);
}

fn unfetched(r: &Read<'_>) -> Result<Vec<Unfetched>> {
    let mut all = Vec::new();
    for row in r.folders(Some(ACCOUNT))? {
        all.extend(r.unfetched(row.folder.id, WantedBodies::ALL, None, 100)?);
    }
    Ok(all)
}

#[tokio::test]
async fn what_is_damaged_is_fetched_anew_and_nothing_else() {
    let bench = stocked().await;
    let before = bench.store.read(unfetched).await.unwrap();
    assert_eq!(before.len(), 1);
    bench.damage("raw.db", "UPDATE raw SET zstd = x'00' WHERE id = 2");
    bench.kinds(true).await;
    let wanted = bench.store.read(unfetched).await.unwrap();
    let mut uids: Vec<u32> = wanted.iter().map(|w| w.uid.get()).collect();
    uids.sort_unstable();
    assert_eq!(uids, [2, 4]);
    let (id, described) = (wanted[1].email, email("b@x", &[], 2));
    bench
        .write(move |w| w.complete_email(id, &described, &PackedRaw::new(b"Text of b@x")?))
        .await;
    assert_eq!(bench.kinds(false).await, []);
}

#[tokio::test]
async fn a_damaged_index_is_named_emptied_and_filled_again() {
    let bench = stocked().await;
    let emails: Vec<EmailId> = bench.read(|r| r.unindexed(EmailId(0))).await;
    let fill = async || {
        let text = IndexText {
            body: "needle".into(),
            whole: true,
            ..IndexText::default()
        };
        let texts = emails.iter().map(|email| (*email, text.clone()));
        bench.store.index(texts.collect());
        bench.store.index_settled().await;
    };
    fill().await;
    assert_eq!(bench.kinds(false).await, []);
    let volumes = bench.read(|r| Ok(r.index_shape()?.volumes)).await;
    let table = volumes[0].table();
    for damage in [
        "DELETE FROM covered_count".to_owned(),
        "UPDATE covered_count SET total = 9".to_owned(),
        "DELETE FROM covered WHERE email = 1".to_owned(),
        format!("DELETE FROM {table}_docsize WHERE id = (SELECT min(id) FROM {table}_docsize)"),
        format!("DELETE FROM {table}_data WHERE id > 10"),
    ] {
        bench.damage("index.db", &damage);
        let told = bench.kinds(false).await;
        assert!(
            matches!(told[..], [(StoreProblemKind::Index, 1.., false)]),
            "{damage}: {told:?}"
        );
        let told = bench.kinds(true).await;
        assert!(
            matches!(told[..], [(StoreProblemKind::Index, 1.., true)]),
            "{damage}: {told:?}"
        );
        assert!(bench.store.index_dropped(), "nobody would look for it");
        assert_eq!(bench.read(|r| r.unindexed(EmailId(0))).await, emails);
        fill().await;
        assert_eq!(bench.kinds(false).await, [], "{damage}");
    }
}

#[tokio::test]
async fn a_lost_file_of_bytes_is_fetched_anew() {
    let bench = stocked().await;
    bench.store.close();
    std::fs::remove_file(bench.dir.path().join("raw.db")).unwrap();
    let bench = bench.reopened();
    assert_eq!(
        bench.kinds(true).await,
        [(StoreProblemKind::Content, 3, true)]
    );
    let wanted = bench.store.read(unfetched).await.unwrap();
    assert_eq!(wanted.len(), 4);
}

#[tokio::test]
async fn what_exists_only_here_is_kept_however_damaged() {
    let bench = stocked().await;
    let inbox = bench.inbox;
    let placement = bench
        .write(move |w| {
            let draft = email("draft@x", &[], 9);
            let id = w.add_email(&draft)?;
            w.complete_email(id, &draft, &PackedRaw::new(b"A draft")?)?;
            let placement = placed(w, id, inbox)?;
            w.queue_append(placement)?;
            Ok(placement)
        })
        .await;
    bench.damage("raw.db", "UPDATE raw SET zstd = x'00' WHERE id = 4");
    let found = bench.kinds(true).await;
    assert_eq!(found, [(StoreProblemKind::Content, 1, false)]);
    let row = bench.store.read(move |r| r.placement(placement)).await;
    assert!(row.unwrap().sha256.is_some());
}

fn placed(w: &Write<'_>, email: crate::model::EmailId, folder: FolderId) -> Result<PlacementId> {
    w.add_placement(&NewPlacement {
        email,
        folder,
        uid: None::<Uid>,
        flags: Flags::default(),
        keywords: vec![],
        date: 0,
    })
}

#[tokio::test]
async fn the_outbox_is_never_mended_by_throwing_mail_away() {
    let bench = stocked().await;
    bench.damage(
        "mail.db",
        "INSERT INTO outbox (account, message_id, mail_from, recipients, raw, state)
         VALUES (1, 'o@x', 'me@x', 'no list', x'41', 'lost')",
    );
    let found = bench.kinds(true).await;
    assert_eq!(found, [(StoreProblemKind::Outbox, 1, false)]);
}

#[tokio::test]
async fn mail_of_an_account_that_was_removed_goes() {
    let bench = stocked().await;
    let gone = bench.store.check(vec![], true).await.unwrap();
    assert_eq!(gone.messages, 0);
    assert!(gone.problems.iter().all(|problem| problem.repaired));
    let after = bench.store.check(vec![], false).await.unwrap();
    assert_eq!(after, StoreCheck::default());
}

#[tokio::test]
async fn a_file_full_of_nonsense_is_an_error_and_no_panic() {
    let bench = stocked().await;
    bench.store.close();
    let path = bench.dir.path().join("mail.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let length = bytes.len();
    bytes[4096..length].fill(0x5a);
    std::fs::write(&path, bytes).unwrap();
    match Store::open(bench.dir.path()) {
        Ok(store) => {
            let told = store.check(vec![ACCOUNT], true).await;
            let named = told.map(|checked| {
                let mut problems = checked.problems.iter();
                problems.any(|p| p.kind == StoreProblemKind::Database && !p.repaired)
            });
            assert!(
                matches!(named, Ok(true) | Err(Error::Sqlite(_))),
                "{named:?}"
            );
        }
        Err(error) => assert!(matches!(error, Error::Sqlite(_)), "{error:?}"),
    }
}

#[tokio::test]
async fn bytes_a_dead_program_left_go_when_the_store_is_opened() {
    let bench = stocked().await;
    // A second handle keeps the log, as a killed program would.
    let holder = Connection::open(bench.dir.path().join("raw.db")).unwrap();
    holder
        .execute_batch("INSERT INTO raw (sha256, size, zstd) VALUES (zeroblob(32), 1, x'00')")
        .unwrap();
    bench.store.close();
    let bench = bench.reopened();
    // The writer sweeps before its first job.
    bench.write(|_| Ok(())).await;
    assert_eq!(bench.kinds(false).await, []);
    drop(holder);
}
