//! Lines that break, answers that are lost, bytes that go bad: nothing is lost
//! and nothing doubled.

use super::*;
use crate::error::ErrorKind;

#[tokio::test]
async fn a_look_cut_after_any_octet_is_made_good() {
    let whole = {
        let bench = Bench::of_three().await;
        bench.server.drop().budget = 1 << 30;
        bench.look(remove()).await;
        (1 << 30) - bench.server.drop().budget
    };
    assert!(whole > 400, "{whole}");
    for octets in (0..whole).step_by(7).chain([whole - 2, whole - 1]) {
        let bench = Bench::of_three().await;
        bench.server.drop().budget = octets;
        let cut = bench.try_look(remove()).await;
        if let Err(error) = cut {
            assert_eq!(error.kind(), ErrorKind::Offline, "{octets}: {error}");
        }
        bench.server.drop().budget = usize::MAX;
        for _ in 0..2 {
            bench.look(remove()).await;
            bench.assert_here(&["a", "b", "c"]).await;
            bench.assert_there(&[]);
            assert_eq!(bench.noted().await, [], "{octets}");
        }
    }
}

#[tokio::test]
async fn a_deletion_nobody_confirmed_is_found_out() {
    let bench = Bench::of_three().await;
    bench.server.drop().confirms = false;
    let report = bench.look(remove()).await;
    assert_eq!(report.notices.len(), 1, "{report:?}");
    assert!(report.notices[0].contains("not known"), "{report:?}");
    assert_eq!(bench.noted().await.len(), 3);
    bench.look(remove()).await;
    assert_eq!(bench.noted().await, []);
    bench.assert_here(&["a", "b", "c"]).await;
}

#[tokio::test]
async fn what_cannot_be_read_back_stays_there_and_comes_again() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    let damage = |w: &Write<'_>| w.damage("", "UPDATE raw SET zstd = x'00' WHERE id = 1");
    bench.store.write(Durability::Crash, damage).await.unwrap();
    let report = bench.look(remove()).await;
    assert_eq!(bench.there().len(), 1);
    assert_eq!(report.notices.len(), 1, "{report:?}");
    bench.look(remove()).await;
    bench.assert_there(&[]);
    bench.assert_here(&["a", "b", "c"]).await;
}

#[tokio::test]
async fn what_got_lost_here_comes_again_and_is_not_deleted() {
    let bench = Bench::of_three().await;
    bench.look(leave()).await;
    let damage = |w: &Write<'_>| w.damage("DELETE FROM placement; DELETE FROM email", "");
    bench.store.write(Durability::Crash, damage).await.unwrap();
    bench.look(Pop3Policy::default()).await;
    bench.assert_there(&["a", "b", "c"]);
    bench.assert_here(&["a", "b", "c"]).await;
}

#[tokio::test]
async fn a_refused_message_stays_and_is_told_of() {
    let bench = Bench::of_three().await;
    bench.server.drop().refused = Some(2);
    let report = bench.look(remove()).await;
    assert_eq!(report.notices.len(), 1, "{report:?}");
    bench.assert_there(&["b"]);
    bench.server.drop().refused = None;
    assert_eq!(bench.look(remove()).await.new, 1);
    bench.assert_here(&["a", "b", "c"]).await;
    bench.assert_there(&[]);
}

#[tokio::test]
async fn an_empty_mailbox_takes_nothing_and_is_forgiven() {
    let bench = Bench::of_three().await;
    bench.look(Pop3Policy::default()).await;
    let mails = std::mem::take(&mut bench.server.drop().mails);
    bench.look(Pop3Policy::default()).await;
    bench.assert_here(&["a", "b", "c"]).await;
    bench.server.drop().mails = mails;
    assert_eq!(bench.look(Pop3Policy::default()).await.new, 0);
    bench.assert_here(&["a", "b", "c"]).await;
    assert_eq!(bench.noted().await.len(), 3);
}
