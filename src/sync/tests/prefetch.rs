//! What is fetched before anybody asks is what the person wants, no more.

use std::sync::{Arc, Mutex};

use super::bench::{ACCOUNT, Bench, letter};
use super::server::{Fault, Then, no_fault};
use crate::model::{Prefetch, PrefetchPolicy};
use crate::store::Durability;

/// Notes every command that asks for bodies.
fn noting_bodies() -> (Fault, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let fault: Fault = Box::new(move |command, _, _| {
        if command.contains("BODY.PEEK[]") {
            noted.lock().unwrap().push(command.to_owned());
        }
        Then::GoOn
    });
    (fault, asked)
}

fn policy(what: Prefetch, largest_mb: Option<u32>) -> PrefetchPolicy {
    PrefetchPolicy { what, largest_mb }
}

impl Bench {
    /// How many messages of a folder are here, and how many of them whole.
    async fn whole(&self, path: &str) -> (usize, usize) {
        let here = self.here().await;
        let mails = &here[path];
        let whole = mails.iter().filter(|(_, _, hash)| !hash.is_empty());
        (mails.len(), whole.count())
    }

    async fn progress(&self, policy: PrefetchPolicy) -> (u64, u64) {
        let read = self.store.read(move |r| r.progress(ACCOUNT, Some(&policy)));
        read.await.unwrap()
    }

    async fn set_prefetch(&self, path: &str, prefetch: Option<Prefetch>) {
        let id = self.folder(path).await;
        let write = move |w: &crate::store::Write<'_>| w.set_prefetch(id, prefetch);
        self.store.write(Durability::Crash, write).await.unwrap();
    }
}

#[tokio::test]
async fn headers_only_is_done_with_the_headers() {
    let bench = Bench::new();
    let policy = policy(Prefetch::Headers, None);
    for _ in 0..2 {
        let (fault, asked) = noting_bodies();
        bench.pass_by(policy, fault).await.unwrap();
        assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    }
    assert_eq!(bench.whole("INBOX").await, (7, 0));
    assert_eq!(bench.progress(policy).await, (9, 9));
    // One folder wants more, and gets it with the next pass.
    bench
        .set_prefetch("Archive", Some(Prefetch::Everything))
        .await;
    assert_eq!(bench.progress(policy).await, (7, 9));
    bench.pass_by(policy, no_fault()).await.unwrap();
    assert_eq!(bench.whole("Archive").await, (2, 2));
    assert_eq!(bench.whole("INBOX").await, (7, 0));
    assert_eq!(bench.progress(policy).await, (9, 9));
}

#[tokio::test]
async fn a_folder_may_want_less_than_its_account() {
    let bench = Bench::new();
    let all = PrefetchPolicy::default();
    bench
        .pass_by(policy(Prefetch::Headers, None), no_fault())
        .await
        .unwrap();
    bench.set_prefetch("INBOX", Some(Prefetch::Headers)).await;
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.whole("INBOX").await, (7, 0));
    assert_eq!(bench.whole("Archive").await, (2, 2));
    assert_eq!(bench.progress(all).await, (9, 9));
    bench.set_prefetch("INBOX", None).await;
    assert_eq!(bench.progress(all).await, (2, 9));
    bench.assert_in_step("wanted again").await;
}

#[tokio::test]
async fn months_and_size_are_bounds() {
    let bench = Bench::new();
    {
        let mut world = bench.server.world();
        let archive = world.named("Archive");
        let old = String::from_utf8(letter("old")).unwrap();
        archive.deliver(old.replace("2026", "2001").as_bytes());
        let mut large = letter("large");
        large.resize(1_100_000, b'x');
        archive.deliver(&large);
    }
    let days = (chrono::Utc::now().timestamp() - 1_777_593_600) / 86_400;
    let months = u32::try_from(days / 28 + 1).unwrap();
    let bounded = policy(Prefetch::Months(months), Some(1));
    let (fault, asked) = noting_bodies();
    bench.pass_by(bounded, fault).await.unwrap();
    assert!(!asked.lock().unwrap().is_empty());
    assert_eq!(bench.whole("Archive").await, (4, 2));
    assert_eq!(bench.whole("INBOX").await, (7, 7));
    assert_eq!(bench.progress(bounded).await, (11, 11));
    let (fault, asked) = noting_bodies();
    bench.pass_by(bounded, fault).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    bench.assert_in_step("all of it").await;
}
