//! What searches cost. Build with `--release`:
//! `WAXWING_COST_MESSAGES=100000 cargo test --release --lib -- --ignored cost_of_searches --nocapture`

use std::time::{Duration, Instant};

use chrono::DateTime;

use super::*;
use crate::model::{FolderId, IndexText};
use crate::store::index::tests::some_text;
use crate::store::{NewEmail, NewFolder, NewPlacement};

/// In the inbox nearly all, in the other folder one in a thousand; one in 200
/// is unread, one in 500 starred, one in 10 has something attached.
async fn fill(store: &Store, count: u32) {
    let folders: Vec<FolderId> = store
        .write(Durability::Crash, |w| {
            let own = |path: &str, role| NewFolder::own(path, path, role);
            let folders = [own("INBOX", Some(FolderRole::Inbox)), own("Rare", None)];
            w.set_folders(AccountId(1), &folders)?;
            Ok(w.read()
                .folders(None)?
                .iter()
                .map(|row| row.folder.id)
                .collect())
        })
        .await
        .unwrap();
    for first in (0..count).step_by(2000) {
        let folders = folders.clone();
        let texts = store
            .write(Durability::Crash, move |w| {
                let mut texts = Vec::new();
                for n in first..(first + 2000).min(count) {
                    let date = DateTime::from_timestamp(1_500_000_000 + i64::from(n) * 300, 0);
                    let email = NewEmail {
                        account: AccountId(1),
                        message_id: None,
                        named: vec![],
                        from: vec![],
                        to: vec![],
                        copies: vec![],
                        subject: some_text(n + 5_000_000, 6),
                        date: date.unwrap().fixed_offset(),
                        size: if n % 1000 == 7 { 9_000_000 } else { 6000 },
                        attachments: u32::from(n % 10 == 3),
                        snippet: String::new(),
                        remote_id: String::new(),
                    };
                    let id = w.add_email(&email)?;
                    w.add_placement(&NewPlacement {
                        email: id,
                        folder: folders[usize::from(n % 1000 == 0)],
                        uid: None,
                        flags: Flags::default()
                            .with(Flag::Seen, n % 200 != 0)
                            .with(Flag::Flagged, n % 500 == 0),
                        keywords: vec![],
                        date: email.date.timestamp(),
                    })?;
                    let text = IndexText {
                        sender: format!("Ada{} ada{}@example.test", n % 777, n % 777),
                        recipients: "Bob bob@example.test".into(),
                        subject: email.subject,
                        body: some_text(n, 330),
                        whole: true,
                        ..IndexText::default()
                    };
                    texts.push((id, text));
                }
                Ok(texts)
            })
            .await
            .unwrap();
        store.index(texts);
        store.index_settled().await;
    }
    while store.tidy_index().await {}
}

#[tokio::test]
#[ignore = "measures"]
async fn cost_of_searches() {
    let count = std::env::var("WAXWING_COST_MESSAGES").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(20_000);
    let dir = std::env::temp_dir().join(format!("waxwing-cost-{count}"));
    let is_new = !dir.exists();
    std::fs::create_dir_all(&dir).unwrap();
    let store = Store::open(&dir).unwrap();
    if is_new {
        let began = Instant::now();
        fill(&store, count).await;
        println!(
            "{count} messages in {:?}, kept in {}",
            began.elapsed(),
            dir.display()
        );
    }
    let today = chrono::NaiveDate::from_ymd_opt(2026, 5, 14).unwrap();
    let queries = std::env::var("WAXWING_COST_QUERIES");
    let queries = queries.unwrap_or_else(|_| QUERIES.to_owned());
    for text in queries.lines() {
        for limit in [50, usize::MAX] {
            let mut times: Vec<Duration> = Vec::new();
            let mut found = 0;
            for _ in 0..5 {
                let search = newest(crate::search::parse(text, today).query, limit);
                let began = Instant::now();
                let ids = store.search(search, Stop::default()).await.unwrap();
                times.push(began.elapsed());
                found = ids.len();
            }
            times.sort_unstable();
            let limit = if limit == 50 { "50" } else { "all" };
            println!("{:>9.2?} {limit:>3} {found:>7} {text}", times[2]);
        }
    }
    store.close();
}

const QUERIES: &str = "w1x
w900x
w59000x
w2x w700x
\"w1x w2x\"
w9*
w12*
subject:w1x
from:ada5
w1x from:ada5
w1x is:unread
w1x is:starred
w1x in:rare
w1x has:attachment
w1x larger:5M
w1x -w2x
w1x after:2018-01-01 before:2018-01-05
w1x OR is:starred
(w1x OR is:starred) w900x
w900x OR larger:5M
-w1x
-w900x is:unread
is:unread
is:starred
in:rare
has:attachment
larger:5M
in:inbox larger:5M
on:2018
is:answered
tag:later";
