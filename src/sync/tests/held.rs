//! Messages written here that the server does not want.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::bench::{Bench, letter};
use super::server::{Fault, Then, no_fault};

/// Refuses uploads in these words, and counts them.
fn refusing(verdict: &'static str, count: &Arc<AtomicUsize>) -> Fault {
    let count = count.clone();
    Box::new(move |command, answers, world| {
        if command.starts_with("APPEND") {
            count.fetch_add(1, Ordering::SeqCst);
            world.named("Archive").mails.pop();
            let last = String::from_utf8(answers.pop().unwrap()).unwrap();
            let (tag, _) = last.split_once(' ').unwrap();
            *answers = vec![format!("{tag} {verdict}\r\n").into_bytes()];
        }
        Then::GoOn
    })
}

#[tokio::test]
async fn a_refused_upload_waits_until_somebody_asks() {
    for verdict in [
        "BAD what is that",
        "NO [CANNOT] never",
        "NO [OVERQUOTA] full",
    ] {
        let bench = Bench::new();
        bench.pass(no_fault()).await.unwrap();
        bench.write_here("Archive", &letter("written-here")).await;
        let tries = Arc::new(AtomicUsize::new(0));
        let tried = || tries.swap(0, Ordering::SeqCst);
        // Over BAD the connection ends, once.
        let first = bench.pass(refusing(verdict, &tries)).await;
        assert_eq!((tried(), first.is_err()), (1, verdict.starts_with("BAD")));
        for _ in 0..2 {
            let reports = bench.pass(refusing(verdict, &tries)).await.unwrap();
            assert!(reports.values().all(|report| report.notices.is_empty()));
        }
        assert_eq!(tried(), 0, "{verdict}");
        let reports = bench.pass_asked(refusing(verdict, &tries)).await.unwrap();
        assert_eq!(tried(), 1, "{verdict}");
        let notices = &reports["Archive"].notices;
        assert!(notices[0].contains("stays here"), "{notices:?}");
        // It is the one without a UID.
        assert!(bench.here().await["Archive"].iter().any(|mail| mail.0 == 0));
        bench.assert_sound(verdict).await;
        bench.pass_asked(no_fault()).await.unwrap();
        assert_eq!(bench.here().await, bench.there());
        assert_eq!(bench.there()["Archive"].len(), 3);
        bench.assert_in_step(verdict).await;
    }
}

#[tokio::test]
async fn a_refused_upload_is_tried_elsewhere_at_once() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    bench.write_here("Archive", &letter("written-here")).await;
    let tries = Arc::new(AtomicUsize::new(0));
    bench.pass(refusing("NO never", &tries)).await.unwrap();
    let (archive, trash) = (bench.folder("Archive").await, bench.folder("Trash").await);
    let moving = bench
        .store
        .write(crate::store::Durability::Crash, move |w| {
            for id in w.read().placement_ids(archive)? {
                let row = w.read().placement(id)?;
                if row.uid.is_none() {
                    w.change_folder(&row, trash)?;
                }
            }
            Ok(())
        });
    moving.await.unwrap();
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.there()["Trash"].len(), 1);
    bench.assert_in_step("elsewhere").await;
}
