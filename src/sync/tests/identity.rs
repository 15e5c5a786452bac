//! What the server says a folder or a message is, whatever its name or place.

use std::sync::{Arc, Mutex};

use super::bench::{ACCOUNT, Bench, letter};
use super::server::{CAPABILITIES, Fault, Mailbox, Then, no_fault};
use crate::model::{FlagChange, PlacementId};
use crate::store::{Durability, FolderRow, PlacementRow, Write};

/// Notes every command that reads messages.
fn noting() -> (Fault, Arc<Mutex<Vec<String>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let noted = asked.clone();
    let fault: Fault = Box::new(move |command, _, _| {
        if command.contains("FETCH") {
            noted.lock().unwrap().push(command.to_owned());
        }
        Then::GoOn
    });
    (fault, asked)
}

impl Bench {
    fn tells_identities(&self) {
        self.server.world().capabilities = format!("{CAPABILITIES} OBJECTID");
    }

    fn rename(&self, was: &str, is: &str) {
        self.server.world().named(was).name = is.to_owned();
    }

    async fn ids(&self, path: &str) -> Vec<PlacementId> {
        let folder = self.folder(path).await;
        let read = self.store.read(move |r| r.placement_ids(folder));
        read.await.unwrap()
    }

    async fn row(&self, path: &str) -> FolderRow {
        let id = self.folder(path).await;
        self.store.read(move |r| r.folder(id)).await.unwrap()
    }

    async fn change(
        &self,
        change: impl FnOnce(&Write<'_>) -> crate::store::Result<()> + Send + 'static,
    ) {
        self.store.write(Durability::Crash, change).await.unwrap();
    }

    /// How many rows of messages there are, whatever the folders.
    async fn emails(&self) -> usize {
        let read = self.store.read(|r| {
            let mut emails = std::collections::BTreeSet::new();
            for folder in r.folders(Some(ACCOUNT))? {
                for id in r.placement_ids(folder.folder.id)? {
                    emails.insert(r.placement(id)?.email);
                }
            }
            Ok(emails.len())
        });
        read.await.unwrap()
    }
}

#[tokio::test]
async fn a_folder_renamed_elsewhere_costs_nothing() {
    for tells in [false, true] {
        let bench = Bench::new();
        if tells {
            bench.tells_identities();
        }
        bench.pass(no_fault()).await.unwrap();
        let (folder, before) = (bench.folder("Archive").await, bench.ids("Archive").await);
        bench.rename("Archive", "Old");
        let (fault, asked) = noting();
        bench.pass(fault).await.unwrap();
        assert_eq!(*asked.lock().unwrap(), Vec::<String>::new(), "{tells}");
        assert_eq!(bench.folder("Old").await, folder);
        assert_eq!(bench.ids("Old").await, before);
        assert_eq!(bench.here().await.keys().len(), 3);
        bench.assert_in_step("renamed").await;
    }
}

#[tokio::test]
async fn what_waits_follows_a_folder_renamed_meanwhile() {
    for tells in [false, true] {
        let bench = Bench::new();
        if tells {
            bench.tells_identities();
        }
        bench.pass(no_fault()).await.unwrap();
        let archive = bench.folder("Archive").await;
        let flag =
            |w: &Write<'_>, row: &PlacementRow| w.change_flag(row, FlagChange::flagged(true));
        // Whichever comes first finds out.
        if tells {
            bench.with_row("Archive", 1, flag).await;
        }
        bench
            .with_row("INBOX", 6, move |w, row| w.change_folder(row, archive))
            .await;
        if !tells {
            bench.with_row("Archive", 1, flag).await;
        }
        bench
            .with_row("INBOX", 7, move |w, row| w.copy_to(row, archive).map(drop))
            .await;
        bench.write_here("Archive", &letter("written-here")).await;
        bench.rename("Archive", "Old");
        let reports = bench.pass(no_fault()).await.unwrap();
        let notices = reports.values().flat_map(|report| &report.notices);
        assert_eq!(notices.count(), 0, "{tells}");
        assert_eq!(bench.folder("Old").await, archive);
        let there = bench.there();
        assert!(!there.contains_key("Archive"), "made anew");
        assert_eq!(there["Old"].len(), 5);
        let mut flagged = there["Old"].iter().filter(|mail| !mail.1.is_empty());
        assert_eq!(flagged.next().unwrap().0, 1);
        bench.assert_in_step("followed").await;
    }
}

#[tokio::test]
async fn what_waits_for_a_folder_that_went_is_taken_back() {
    let bench = Bench::new();
    bench.pass(no_fault()).await.unwrap();
    bench
        .with_row("Archive", 1, |w, row| {
            w.change_flag(row, FlagChange::flagged(true))
        })
        .await;
    bench
        .server
        .world()
        .boxes
        .retain(|own| own.name != "Archive");
    let reports = bench.pass(no_fault()).await.unwrap();
    let notices = &reports["Archive"].notices;
    assert!(notices[0].contains("taken back"), "{notices:?}");
    bench.assert_in_step("gone").await;
}

#[tokio::test]
async fn two_folders_may_take_each_others_names() {
    let bench = Bench::new();
    bench.tells_identities();
    bench.pass(no_fault()).await.unwrap();
    let (archive, trash) = (bench.folder("Archive").await, bench.folder("Trash").await);
    bench.rename("Archive", "x");
    bench.rename("Trash", "Archive");
    bench.rename("x", "Trash");
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.folder("Trash").await, archive);
    assert_eq!(bench.folder("Archive").await, trash);
    bench.assert_in_step("exchanged").await;
}

#[tokio::test]
async fn one_takes_the_name_of_another_that_was_deleted() {
    let bench = Bench::new();
    bench.tells_identities();
    bench.pass(no_fault()).await.unwrap();
    let archive = bench.folder("Archive").await;
    bench.server.world().boxes.retain(|own| own.name != "Trash");
    bench.rename("Archive", "Trash");
    let (fault, asked) = noting();
    bench.pass(fault).await.unwrap();
    assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    assert_eq!(bench.folder("Trash").await, archive);
    assert_eq!(bench.here().await.keys().len(), 2);
    bench.assert_in_step("in its place").await;
}

#[tokio::test]
async fn a_renaming_that_waits_here_does_not_hide_one_there() {
    let bench = Bench::new();
    {
        let mut world = bench.server.world();
        world.boxes.push(Mailbox::new("Work", "", 10));
        world.named("Work").deliver(&letter("work"));
    }
    bench.pass(no_fault()).await.unwrap();
    let (work, archive) = (bench.row("Work").await, bench.folder("Archive").await);
    let id = work.folder.id;
    bench
        .change(move |w| w.rename_folder(&work, "Here", false))
        .await;
    bench.rename("Archive", "Old");
    let (mut fault, asked) = noting();
    let not_now: Fault = Box::new(move |command, answers, world| {
        if command.starts_with("RENAME") {
            world.named("Here").name = "Work".to_owned();
            let tag = String::from_utf8_lossy(&answers[0]).into_owned();
            let (tag, _) = tag.split_once(' ').unwrap();
            *answers = vec![format!("{tag} NO [INUSE] not now\r\n").into_bytes()];
        }
        fault(command, answers, world)
    });
    bench.pass(not_now).await.unwrap();
    assert_eq!(bench.folder("Here").await, id);
    let (fault, asked_again) = noting();
    bench.pass(fault).await.unwrap();
    assert_eq!(bench.folder("Here").await, id);
    assert_eq!(bench.row("Here").await.remote_name, "Here");
    assert_eq!(bench.folder("Old").await, archive);
    for asked in [asked, asked_again] {
        assert_eq!(*asked.lock().unwrap(), Vec::<String>::new());
    }
    bench.assert_in_step("both").await;
}

#[tokio::test]
async fn a_message_in_many_folders_is_fetched_once() {
    let bench = Bench::new();
    bench.tells_identities();
    {
        let mut world = bench.server.world();
        let mut all = Mailbox::new("All", "\\All", 10);
        for own in &world.boxes {
            for mail in &own.mails {
                all.deliver(&mail.bytes);
            }
        }
        all.deliver(&letter("only-in-all"));
        world.boxes.push(all);
    }
    let reports = bench.pass(no_fault()).await.unwrap();
    let world_bytes: usize = {
        let mut world = bench.server.world();
        let all = world.named("All");
        all.mails.iter().map(|mail| mail.bytes.len()).sum()
    };
    let fetched: u64 = reports.values().map(|report| report.bytes).sum();
    assert_eq!(fetched, world_bytes as u64);
    assert_eq!(bench.emails().await, 10);
    bench.assert_in_step("all of them").await;
    // Moved by another program: a new place, and nothing to fetch.
    let mail = letter("in-1");
    {
        let mut world = bench.server.world();
        world.named("Archive").deliver(&mail);
        world.named("INBOX").expunge(1);
    }
    let reports = bench.pass(no_fault()).await.unwrap();
    assert_eq!(reports["Archive"].new, 1);
    assert!(reports.values().all(|report| report.bytes == 0));
    bench.assert_in_step("moved").await;
}

#[tokio::test]
async fn what_a_liar_calls_the_same_stays_apart() {
    let bench = Bench::new();
    bench.tells_identities();
    let liar: Fault = Box::new(|command, answers, _| {
        if command.contains("EMAILID") {
            for answer in answers.iter_mut() {
                let text = String::from_utf8_lossy(answer).into_owned();
                if let Some((before, rest)) = text.split_once("EMAILID (M") {
                    let (_, after) = rest.split_once(')').unwrap();
                    *answer = format!("{before}EMAILID (M1){after}").into_bytes();
                }
            }
        }
        Then::GoOn
    });
    bench.pass(liar).await.unwrap();
    assert_eq!(bench.emails().await, 9);
    bench.assert_in_step("after the liar").await;
}

#[tokio::test]
async fn marks_of_a_shared_message_stay_with_their_folder() {
    let bench = Bench::new();
    bench.tells_identities();
    bench
        .server
        .world()
        .named("Archive")
        .deliver(&letter("in-1"));
    bench.pass(no_fault()).await.unwrap();
    let first = bench.ids("INBOX").await[0];
    bench
        .change(move |w| w.change_flag(&w.read().placement(first)?, FlagChange::seen(true)))
        .await;
    bench.pass(no_fault()).await.unwrap();
    assert_eq!(bench.row("Archive").await.folder.unread, 3);
    bench.assert_in_step("marked").await;
}
