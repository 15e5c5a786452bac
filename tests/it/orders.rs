//! Orders of long folders in the engine as the window runs it: kept behind the
//! first list, and in step with what comes later.

use std::fs;
use std::path::Path;
use std::time::Duration;

use futures::StreamExt;
use rusqlite::Connection;
use waxwing::engine::{Handle, ImportRequest, Passwords};
use waxwing::model::{Account, ListView, Listing, Password, PlacementId, Protocol, Sort, SortKey};

use super::bed::wait_until;
use super::running::{account, start};

/// As many as make an order worth keeping.
const MANY: usize = 5_000;
const PATIENCE: Duration = Duration::from_secs(60);

async fn import(handle: &Handle, account: &Account, senders: impl Iterator<Item = String>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail.mbox");
    let one = |(n, sender): (usize, String)| {
        format!(
            "From x Thu Jan  1 00:00:00 1970\nMessage-ID: <{n}.{sender}@example.test>\n\
             From: {sender} <a@example.test>\nDate: Thu, 1 Jan 2026 00:00:00 +0000\n\n{n}\n\n"
        )
    };
    fs::write(&path, senders.enumerate().map(one).collect::<String>()).unwrap();
    let mut told = std::pin::pin!(handle.import(ImportRequest {
        path,
        account: account.id,
        folder: "Inbox".to_owned(),
    }));
    while let Some(progress) = told.next().await {
        progress.unwrap();
    }
}

async fn senders(handle: &Handle, listing: Listing) -> Vec<String> {
    let ids: Vec<PlacementId> = handle.order(listing).await.unwrap().to_vec();
    let rows = handle.envelopes(ids).await.unwrap();
    rows.into_iter()
        .map(|row| row.from[0].name.clone())
        .collect()
}

fn is_kept(profile: &Path) -> bool {
    let database = Connection::open(profile.join("data/mail.db")).unwrap();
    let kept = "SELECT EXISTS (SELECT 1 FROM kept_order WHERE whole)";
    database.query_row(kept, [], |row| row.get(0)).unwrap()
}

#[test]
fn the_order_of_a_long_folder_is_kept_and_follows_what_comes() {
    let profile = tempfile::tempdir().unwrap();
    let engine = start(profile.path());
    let handle = engine.handle();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let password = Passwords::same(Password::new("none"));
        let settings = account("me@example.test", (Protocol::Pop3, 1), 1);
        let account = handle.add_account(settings, password).await.unwrap();
        handle.set_account_enabled(account.id, false).await.unwrap();
        let names = (0..MANY).map(|n| format!("B{:04}", (n * 7919) % MANY));
        import(&handle, &account, names).await;
        let folders = handle.folders(None).await.unwrap();
        let inbox = folders.iter().find(|folder| folder.total > 0).unwrap().id;
        let mut listing = Listing::from(ListView::Folder(inbox));
        listing.sort = Sort {
            key: SortKey::Sender,
            descending: false,
        };
        let mut expected: Vec<String> = (0..MANY).map(|n| format!("B{n:04}")).collect();
        assert_eq!(senders(&handle, listing).await, expected);
        assert!(wait_until(PATIENCE, || is_kept(profile.path())));
        assert_eq!(senders(&handle, listing).await, expected);

        import(
            &handle,
            &account,
            ["Zoe", "Ada"].map(str::to_owned).into_iter(),
        )
        .await;
        expected.insert(0, "Ada".to_owned());
        expected.push("Zoe".to_owned());
        assert_eq!(senders(&handle, listing).await, expected);
        listing.sort.descending = true;
        expected.reverse();
        assert_eq!(senders(&handle, listing).await, expected);
    });
    drop(handle);
    engine.shutdown().unwrap();
}
