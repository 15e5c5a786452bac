//! UIDs that mean other messages without a word.

use super::bench::{ACCOUNT, Bench, letter};
use super::server::{Mailbox, no_fault};
use crate::model::{FlagChange, Prefetch, PrefetchPolicy};

const HEADERS: PrefetchPolicy = PrefetchPolicy {
    what: Prefetch::Headers,
    largest_mb: None,
};

impl Bench {
    /// The server has another message under this UID, and never says so.
    fn exchange(&self, path: &str, uid: u32, name: &str) {
        let mut world = self.server.world();
        let mut mails = world.named(path).mails.iter_mut();
        let mail = mails.find(|mail| mail.uid == uid).unwrap();
        mail.bytes = letter(name);
    }

    /// The server's folder is as it was when that was kept, but for what came
    /// since under the UIDs it gives again.
    fn restore(&self, kept: Mailbox, came: &[&str]) {
        let mut world = self.server.world();
        let own = world.named(&kept.name);
        *own = kept;
        for name in came {
            own.deliver(&letter(name));
        }
    }

    fn kept(&self, path: &str) -> Mailbox {
        self.server.world().named(path).clone()
    }

    /// Every body lies under its own header.
    async fn assert_unmixed(&self) {
        let read = self.store.read(|r| {
            let mut shown = Vec::new();
            for folder in r.folders(Some(ACCOUNT))? {
                for row in r.envelopes(&r.placement_ids(folder.folder.id)?)? {
                    let raw = row.sha256.map(|sha256| r.raw(&sha256)).transpose()?;
                    shown.push((row.subject, raw));
                }
            }
            Ok(shown)
        });
        for (subject, raw) in read.await.unwrap() {
            let text = raw.map(|raw| String::from_utf8(raw).unwrap());
            let header = format!("Subject: {subject}\r\n");
            assert!(
                text.is_none_or(|text| text.contains(&header)),
                "another body under {subject}"
            );
        }
    }
}

#[tokio::test]
async fn a_comparison_sees_another_message_by_its_size() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    bench.exchange("INBOX", 2, "another-message");
    // What makes the folder be compared: one went.
    bench.server.world().named("INBOX").expunge(7);
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.here().await, bench.there());
    bench.assert_unmixed().await;
    bench.assert_in_step("exchanged").await;
}

#[tokio::test]
async fn numbers_that_ran_back_make_every_message_say_what_it_is() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    let kept = bench.kept("INBOX");
    {
        let mut world = bench.server.world();
        let inbox = world.named("INBOX");
        for name in ["lost-1", "lost-2", "lost-3"] {
            inbox.deliver(&letter(name));
        }
    }
    bench.pass(no_fault()).await.unwrap();
    // As large as those before them, so only what they are tells.
    bench.restore(kept, &["came-1", "came-2"]);
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.here().await, bench.there());
    bench.assert_unmixed().await;
    bench.assert_in_step("restored").await;
}

#[tokio::test]
async fn a_message_under_a_new_uid_keeps_its_row_and_its_body() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    let kept = bench.kept("INBOX");
    {
        let mut world = bench.server.world();
        let inbox = world.named("INBOX");
        for name in ["one", "two", "three"] {
            inbox.deliver(&letter(name));
        }
    }
    bench.pass(no_fault()).await.unwrap();
    // They come back in another order, by the hand of another program.
    bench.restore(kept, &["two", "one"]);
    let reports = bench.pass(no_fault()).await.unwrap();
    assert_eq!(reports["INBOX"].new, 0);
    assert_eq!(reports["INBOX"].bytes, 0);
    assert_eq!(bench.here().await, bench.there());
    bench.assert_unmixed().await;
    bench.assert_in_step("in another order").await;
}

#[tokio::test]
async fn a_body_is_never_stored_under_the_header_of_another() {
    let bench = Bench::new();
    bench.pass_by(HEADERS, no_fault()).await.unwrap();
    // The numbers say nothing: only the body does.
    bench.exchange("INBOX", 2, "ox-2");
    bench.pass(no_fault()).await.unwrap();
    bench.assert_unmixed().await;
    bench.assert_sound("met by its body").await;
    bench.assert_in_step("met by its body").await;
    bench.assert_unmixed().await;
}

#[tokio::test]
async fn a_change_finds_the_message_it_was_meant_for() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    let kept = bench.kept("INBOX");
    let (meant, lost) = {
        let mut world = bench.server.world();
        let inbox = world.named("INBOX");
        let meant = inbox.deliver(&letter("meant"));
        let lost = inbox.deliver(&letter("lost"));
        inbox.deliver(&letter("last"));
        (meant, lost)
    };
    bench.pass(no_fault()).await.unwrap();
    bench
        .with_row("INBOX", meant, |w, row| {
            w.change_flag(row, FlagChange::flagged(true))
        })
        .await;
    #[expect(
        clippy::redundant_closure_for_method_calls,
        reason = "the method is of one lifetime only"
    )]
    let gone = bench.with_row("INBOX", lost, |w, row| w.change_to_gone(row));
    gone.await;
    bench.restore(kept, &["stranger", "meant"]);
    // Of what cannot be found again, the person is told.
    let reports = bench.pass(no_fault()).await.unwrap();
    assert_eq!(reports["INBOX"].notices.len(), 1);
    let flagged: Vec<u32> = {
        let mut world = bench.server.world();
        let mails = world.named("INBOX").mails.iter();
        let flagged = mails.filter(|mail| mail.flags.contains("\\Flagged"));
        flagged.map(|mail| mail.uid).collect()
    };
    assert_eq!(flagged, [lost]);
    bench.assert_in_step("told of the right one").await;
    assert_eq!(bench.there()["INBOX"].len(), 9);
}
