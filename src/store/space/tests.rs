//! What may go from this computer, and what never.

use super::*;
use crate::model::{FlagChange, Uid};
use crate::store::tests::{ACCOUNT, Bench, bench, email};
use crate::store::{NewPlacement, PackedRaw};

/// A message in the inbox that is here whole, `minute` minutes after the first.
async fn whole(bench: &Bench, name: &str, minute: i64) -> PlacementId {
    let raw = format!("Message-ID: <{name}>\r\n\r\n{}", name.repeat(2000));
    let packed = PackedRaw::new(raw.as_bytes()).unwrap();
    let (inbox, email) = (bench.inbox, email(name, &[], minute));
    bench
        .write(move |w| {
            let (id, _) = w.add_whole_email(&email, &packed)?;
            w.add_placement(&NewPlacement {
                email: id,
                folder: inbox,
                uid: Uid::new(1 + minute as u32),
                flags: crate::model::Flags::default(),
                keywords: vec![],
                date: email.date.timestamp(),
            })
        })
        .await
}

async fn drop_all(bench: &Bench, unwanted: Unwanted) -> u64 {
    let folders: Vec<FolderId> = unwanted.keys().copied().collect();
    bench
        .write(move |w| {
            let mut messages = 0;
            for folder in folders {
                let mut after = None;
                loop {
                    let step = w.drop_bodies(folder, &unwanted, after)?;
                    messages += step.messages;
                    after = step.next;
                    if after.is_none() {
                        break;
                    }
                }
            }
            Ok(messages)
        })
        .await
}

async fn is_here(bench: &Bench, id: PlacementId) -> bool {
    let row = bench.read(move |r| r.placement(id)).await;
    let Some(sha256) = row.sha256 else {
        return false;
    };
    bench.read(move |r| r.is_raw_whole(&sha256)).await
}

/// Minutes after the first message, as lists sort.
fn minute(minute: i64) -> i64 {
    email("x", &[], minute).date.timestamp()
}

#[tokio::test]
async fn old_bodies_go_and_can_come_again() {
    let bench = bench().await;
    let old = whole(&bench, "old@x", 1).await;
    let new = whole(&bench, "new@x", 9).await;
    let inbox = bench.inbox;
    let sizes = bench.read(|r| r.folder_sizes(Some(ACCOUNT))).await;
    assert_eq!(sizes[0].messages_here, 2);
    assert_eq!(sizes[0].bytes, sizes[0].bytes_here);
    let unwanted = Unwanted::from([(inbox, minute(5))]);
    assert_eq!(drop_all(&bench, unwanted.clone()).await, 1);
    assert!(!is_here(&bench, old).await);
    assert!(is_here(&bench, new).await);
    let sizes = bench.read(|r| r.folder_sizes(None)).await;
    assert_eq!((sizes[0].messages, sizes[0].messages_here), (2, 1));
    assert!(sizes[0].bytes_here < sizes[0].bytes);
    // No bytes are left behind that nothing names.
    let count = "SELECT count(*) FROM rawdb.raw";
    let raws = bench.read(move |r| Ok(r.raw.query_row(count, [], |row| row.get::<_, u64>(0))?));
    assert_eq!(raws.await, 1);
    assert_eq!(drop_all(&bench, unwanted).await, 0);
    // It can be fetched again.
    let row = bench.read(move |r| r.placement(old)).await;
    let packed = PackedRaw::new(b"old, fetched again").unwrap();
    let again = email("old@x", &[], 1);
    bench
        .write(move |w| w.complete_email(row.email, &again, &packed))
        .await;
    assert!(is_here(&bench, old).await);
}

#[tokio::test]
async fn what_is_only_here_or_wanted_somewhere_stays() {
    let unwanted = |bench: &Bench| Unwanted::from([(bench.inbox, i64::MAX)]);
    // Moved here, and the server was not told.
    let bench = bench().await;
    let (moved, marked) = (
        whole(&bench, "moved@x", 1).await,
        whole(&bench, "marked@x", 2).await,
    );
    let both = whole(&bench, "both@x", 3).await;
    let unnamed = whole(&bench, "unnamed@x", 4).await;
    let (inbox, trash) = (bench.inbox, bench.trash);
    bench
        .write(move |w| {
            w.change_folder(&w.read().placement(moved)?, trash)?;
            w.change_folder(&w.read().placement(moved)?, inbox)?;
            w.change_flag(&w.read().placement(marked)?, FlagChange::seen(true))?;
            // It lies in a folder too of which all is wanted.
            let row = w.read().placement(both)?;
            let copy = w.copy_to(&row, trash)?;
            w.mail
                .execute("DELETE FROM pending_op WHERE placement = ?1", [copy.0])?;
            w.mail
                .execute("UPDATE placement SET uid = 77 WHERE id = ?1", [copy.0])?;
            w.unname(unnamed, inbox)
        })
        .await;
    assert_eq!(drop_all(&bench, unwanted(&bench)).await, 1);
    assert!(!is_here(&bench, moved).await, "it is where it was");
    for id in [marked, both, unnamed] {
        assert!(is_here(&bench, id).await);
    }
    // Drafts, and folders that no server has.
    for sql in [
        "UPDATE folder SET role = 'drafts'",
        "INSERT INTO local_account (account, home) VALUES (1, 1)",
    ] {
        let bench = self::bench().await;
        let id = whole(&bench, "only@x", 1).await;
        bench.write(move |w| Ok(w.mail.execute_batch(sql)?)).await;
        assert_eq!(drop_all(&bench, unwanted(&bench)).await, 0, "{sql}");
        assert!(is_here(&bench, id).await, "{sql}");
    }
}

#[tokio::test]
async fn files_shrink_step_by_step() {
    let bench = bench().await;
    for n in 0..60_u32 {
        // What cannot be compressed.
        let raw: Vec<u8> = (0..40_000_u32)
            .map(|i| (i.wrapping_mul(2_654_435_761).wrapping_add(n * 977) >> 13) as u8 ^ n as u8)
            .collect();
        let packed = PackedRaw::new(&raw).unwrap();
        bench.write(move |w| w.keep_raw(&packed)).await;
    }
    let pages = async || {
        let read = bench.read(|r| {
            Ok(r.raw
                .query_row("PRAGMA rawdb.page_count", [], |row| row.get::<_, i64>(0))?)
        });
        read.await
    };
    let before = pages().await;
    assert!(!bench.store.give_back().await.unwrap(), "nothing is free");
    bench
        .write(|w| Ok(w.raw.execute_batch("DELETE FROM raw")?))
        .await;
    let mut steps = 0;
    while bench.store.give_back().await.unwrap() {
        steps += 1;
    }
    assert!(steps > 1, "in steps");
    assert!(pages().await < before / 2);
}
