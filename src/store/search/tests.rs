//! Queries against rows.

mod cost;
mod odd_text;
mod recall;

use chrono::Local;

use super::*;
use crate::model::{Flag, Flags, FolderRole, Period, SearchField, SearchTerm};
use crate::store::Durability;
use crate::store::index::tests::{Bench, bench, word};
use crate::store::tests::plan_of;

/// The newest of what a query finds anywhere.
pub(in crate::store) fn newest(query: SearchQuery, limit: usize) -> Search {
    Search {
        query,
        account: None,
        accounts: vec![],
        order: SearchOrder::Newest,
        limit,
    }
}

fn term(term: SearchTerm) -> SearchQuery {
    SearchQuery::Term(term)
}

fn not(query: SearchQuery) -> SearchQuery {
    SearchQuery::Not(Box::new(query))
}

fn text(field: SearchField, words: &str, prefix: bool) -> SearchQuery {
    let words = words.to_owned();
    term(SearchTerm::Text {
        field,
        words,
        prefix,
    })
}

/// Ten messages: `even` or `odd`, `all`, and `nN`. Message 3 is starred, 4 is
/// read, 5 lies in another folder.
async fn ten() -> (Bench, Vec<PlacementId>) {
    let bench = bench().await;
    let mut rows = Vec::new();
    for n in 1..=10 {
        let (email, row) = bench.add(n, true).await;
        let parity = if n % 2 == 0 { "even" } else { "odd" };
        bench
            .index(email, &format!("topic {parity}"), &format!("all n{n} body"))
            .await;
        rows.push(row);
    }
    let marked = [(rows[2], Flag::Flagged), (rows[3], Flag::Seen)];
    let moved = rows[4];
    bench
        .store
        .write(Durability::Crash, move |w| {
            for (row, flag) in marked {
                w.set_flags(row, Flags::default().with(flag, true), "")?;
            }
            let other = w.read().folder_by_path(AccountId(1), "Lists/Rust")?;
            w.place(moved, other.unwrap().folder.id, None)
        })
        .await
        .unwrap();
    (bench, rows)
}

/// Checks which of the ten each query finds.
async fn finds(cases: Vec<(SearchQuery, Vec<usize>)>) {
    let (bench, rows) = ten().await;
    for (query, found) in cases {
        let expected: Vec<PlacementId> = found.into_iter().map(|n| rows[n - 1]).collect();
        assert_eq!(bench.find(query.clone()).await, expected, "{query}");
    }
}

#[tokio::test]
async fn odd_words_are_words() {
    let and = SearchQuery::And;
    finds(vec![
        // Signs that no index holds.
        (word("\u{2014}"), vec![]),
        (word("\u{1f600}"), vec![]),
        (and(vec![word("n3"), word("-")]), vec![3]),
        // What would be syntax of the index or of SQL.
        (word("n3\" OR \"n4"), vec![]),
        (word("n3*"), vec![3]),
        (word("subject:topic"), vec![]),
        (word("' OR 1=1 --"), vec![]),
        (word("NEAR(n3 n4)"), vec![]),
        (word("a\0b\u{e9}"), vec![]),
    ])
    .await;
}

#[tokio::test]
async fn words_are_combined() {
    let and = SearchQuery::And;
    let or = SearchQuery::Or;
    finds(vec![
        (and(vec![]), vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (word("all"), vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1]),
        (and(vec![word("even"), word("all")]), vec![10, 8, 6, 4, 2]),
        (word("all n3"), vec![3]),
        (word("n3 all"), vec![]),
        (and(vec![word("n3"), word("n4")]), vec![]),
        (or(vec![word("n3"), word("n4")]), vec![4, 3]),
        (and(vec![word("even"), not(word("n4"))]), vec![10, 8, 6, 2]),
        (not(word("even")), vec![9, 7, 5, 3, 1]),
        (not(not(word("even"))), vec![10, 8, 6, 4, 2]),
        (
            and(vec![not(word("even")), not(word("n1"))]),
            vec![9, 7, 5, 3],
        ),
        (
            text(SearchField::Subject, "even", false),
            vec![10, 8, 6, 4, 2],
        ),
        (text(SearchField::Body, "even", false), vec![]),
        (
            text(SearchField::From, "ada", false),
            vec![10, 9, 8, 7, 6, 5, 4, 3, 2, 1],
        ),
        (text(SearchField::To, "ada", false), vec![]),
        (text(SearchField::Cc, "ada", false), vec![]),
        (text(SearchField::Any, "eve", true), vec![10, 8, 6, 4, 2]),
        (text(SearchField::Any, "n1", true), vec![10, 1]),
    ])
    .await;
}

#[tokio::test]
async fn conditions_are_combined_with_words() {
    let and = SearchQuery::And;
    let or = SearchQuery::Or;
    let day = |n: i64| {
        let time = chrono::DateTime::from_timestamp(1_700_000_000 + n * 86_400, 0).unwrap();
        time.with_timezone(&Local).date_naive()
    };
    let days = |first: i64, end: i64| Period {
        first: day(first),
        end: day(end),
    };
    let starred = || term(SearchTerm::Flag(Flag::Flagged, true));
    finds(vec![
        (starred(), vec![3]),
        (and(vec![word("odd"), starred()]), vec![3]),
        (or(vec![word("n9"), starred()]), vec![9, 3]),
        (
            or(vec![and(vec![word("odd"), not(starred())]), word("n2")]),
            vec![9, 7, 5, 2, 1],
        ),
        (
            term(SearchTerm::Flag(Flag::Seen, false)),
            vec![10, 9, 8, 7, 6, 5, 3, 2, 1],
        ),
        (term(SearchTerm::Folder("lists/rust".into())), vec![5]),
        (term(SearchTerm::Folder("RUST".into())), vec![5]),
        (
            and(vec![word("odd"), term(SearchTerm::Folder("inbox".into()))]),
            vec![9, 7, 3, 1],
        ),
        (term(SearchTerm::Folder("nowhere".into())), vec![]),
        (
            term(SearchTerm::Tag("LATER".into())),
            vec![10, 9, 8, 7, 6, 5, 2, 1],
        ),
        (term(SearchTerm::Tag("late_".into())), vec![]),
        (term(SearchTerm::Tag("\\Flagged".into())), vec![3]),
        (term(SearchTerm::Attachment), vec![9, 7, 5, 3, 1]),
        (term(SearchTerm::Larger(800)), vec![10, 9]),
        (term(SearchTerm::Smaller(300)), vec![2, 1]),
        (term(SearchTerm::Before(day(3))), vec![2, 1]),
        (term(SearchTerm::After(day(9))), vec![10, 9]),
        (
            and(vec![word("all"), term(SearchTerm::After(day(9)))]),
            vec![10, 9],
        ),
        (
            and(vec![word("all"), term(SearchTerm::Before(day(2)))]),
            vec![1],
        ),
        (
            and(vec![word("all"), term(SearchTerm::On(days(7, 8)))]),
            vec![7],
        ),
        (term(SearchTerm::On(days(7, 8))), vec![7]),
        (term(SearchTerm::On(days(2, 5))), vec![4, 3, 2]),
        (term(SearchTerm::Role(FolderRole::Junk)), vec![]),
        (
            and(vec![word("n4"), term(SearchTerm::Role(FolderRole::Inbox))]),
            vec![4],
        ),
        (term(SearchTerm::Account("home".into())), vec![]),
    ])
    .await;
}

#[tokio::test]
async fn a_search_can_be_kept_to_one_very_folder() {
    let (bench, rows) = ten().await;
    let other = bench
        .store
        .read(|r| r.folder_by_path(AccountId(1), "Lists/Rust"));
    let other = other.await.unwrap().unwrap().folder.id;
    let within = |id| SearchQuery::And(vec![word("odd"), term(SearchTerm::InFolder(id))]);
    for (query, found) in [
        (within(other), vec![rows[4]]),
        (term(SearchTerm::InFolder(other)), vec![rows[4]]),
        (within(crate::model::FolderId(9999)), vec![]),
    ] {
        let search = newest(query, 10);
        let ids = bench.store.search(search, Stop::default()).await.unwrap();
        assert_eq!(ids, found);
    }
}

#[tokio::test]
async fn a_message_in_several_folders_is_found_once() {
    let (bench, rows) = ten().await;
    let (inbox, all) = (rows.clone(), bench.also_in(&rows, FolderRole::All).await);
    // The other way round: the place that says little comes first.
    let trash = bench.also_in(&rows[..1], FolderRole::Trash).await;
    let find = async |query: SearchQuery, order, limit| {
        let search = Search {
            order,
            ..newest(query, limit)
        };
        let found = bench.store.search(search, Stop::default()).await;
        found.unwrap()
    };
    let newest_first: Vec<PlacementId> = inbox.iter().rev().copied().collect();
    for query in [word("all"), SearchQuery::And(vec![])] {
        for order in [SearchOrder::Newest, SearchOrder::Relevance] {
            for limit in [1, 2, 9, 10, 100] {
                let found = find(query.clone(), order, limit).await;
                assert_eq!(found, newest_first[..limit.min(10)], "{query} {limit}");
            }
        }
    }
    for (role, found) in [(FolderRole::All, all[0]), (FolderRole::Trash, trash[0])] {
        let query = SearchQuery::And(vec![word("n1"), term(SearchTerm::Role(role))]);
        assert_eq!(find(query, SearchOrder::Newest, 9).await, [found]);
    }
}

#[tokio::test]
async fn newest_first_and_no_more_than_asked_for() {
    let (bench, rows) = ten().await;
    for query in [word("all"), SearchQuery::And(vec![])] {
        let search = Search {
            account: Some(AccountId(1)),
            ..newest(query, 2)
        };
        let found = bench
            .store
            .read(move |r| r.search(&search, &Stop::default()));
        assert_eq!(found.await.unwrap(), [rows[9], rows[8]]);
    }
    let search = Search {
        account: Some(AccountId(2)),
        ..newest(word("all"), 9)
    };
    let found = bench
        .store
        .read(move |r| r.search(&search, &Stop::default()));
    assert!(found.await.unwrap().is_empty());
}

#[tokio::test]
async fn a_search_can_be_stopped_and_harms_no_other() {
    let (bench, _) = ten().await;
    let stop = Stop::default();
    stop.stop();
    let search = newest(word("all"), 9);
    let (asked, stopped) = (search.clone(), stop.clone());
    let found = bench.store.read(move |r| r.search(&asked, &stopped)).await;
    assert!(matches!(found, Err(Error::Stopped)), "{found:?}");
    // In the middle of it: the interrupt reaches the running statement.
    let running = Stop::default();
    let other = running.clone();
    let stopper = std::thread::spawn(move || {
        let began = std::time::Instant::now();
        while Arc::strong_count(&other.0) > 1 && began.elapsed().as_secs() < 60 {
            let is_running = super::super::pool::lock(&other.0).running.is_some();
            if is_running {
                other.stop();
            }
            std::thread::yield_now();
        }
    });
    let found = bench
        .store
        .read(move |r| {
            running.guard(r.mail, || {
                let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                               SELECT count(*) FROM n WHERE i < 0";
                Ok(r.mail.query_row(endless, [], |row| row.get::<_, i64>(0))?)
            })
        })
        .await;
    assert!(matches!(found, Err(Error::Stopped)), "{found:?}");
    stopper.join().unwrap();
    let found = bench
        .store
        .read(move |r| r.search(&search, &Stop::default()));
    assert_eq!(found.await.unwrap().len(), 9);
}

#[tokio::test]
async fn the_newest_are_found_without_older_volumes() {
    let bench = bench().await;
    let mut rows = Vec::new();
    for n in [1, 400, 401] {
        let (email, row) = bench.add(n, true).await;
        bench.index(email, "topic", &format!("all n{n}")).await;
        rows.push(row);
    }
    let index = rusqlite::Connection::open(bench.dir.path().join("index.db")).unwrap();
    let volumes = bench.store.read(|r| Ok(r.index_shape()?.volumes));
    let volumes = volumes.await.unwrap();
    assert_eq!(volumes.len(), 2);
    let oldest = volumes[1].table();
    index
        .execute_batch(&format!("DELETE FROM {oldest}_data"))
        .unwrap();
    let find = async |query, limit| {
        let search = newest(query, limit);
        let found = bench
            .store
            .read(move |r| r.search(&search, &Stop::default()));
        found.await
    };
    for query in [word("all"), text(SearchField::Any, "al", true)] {
        assert_eq!(find(query, 2).await.unwrap(), [rows[2], rows[1]]);
    }
    assert!(find(word("all"), 3).await.is_err());
}

#[tokio::test]
async fn no_search_looks_through_a_table() {
    let (bench, _) = ten().await;
    let mut sources = 0;
    for typed in [
        "all",
        "\"all n3\" -b from:ada*",
        "is:unread",
        "all is:unread",
        "is:starred larger:10",
        "is:answered",
        "is:draft",
        "tag:later",
        "in:inbox",
        "in:inbox is:read",
        "-in:inbox",
        "has:attachment",
        "larger:1M",
        "smaller:10 is:read",
        "on:2024",
        "all before:2024",
        "account:home",
        "-all",
        "all OR is:unread",
        "",
    ] {
        for account in [None, Some(AccountId(1))] {
            let query = crate::search::parse(typed, chrono::NaiveDate::MAX).query;
            let search = Search {
                account,
                accounts: vec![(AccountId(1), vec!["home".into()])],
                ..newest(query, 50)
            };
            let plans = bench.store.read(move |r| {
                let mut plans = Vec::new();
                for compiled in compile::compile(&search, &r.folders(None)?, &r.index_shape()?) {
                    for (sql, is_ordered) in run::statements(&compiled) {
                        plans.push((plan_of(r, &sql)?, is_ordered));
                    }
                }
                Ok(plans)
            });
            for (plan, is_ordered) in plans.await.unwrap() {
                sources += 1;
                for line in &plan {
                    let is_scan = line.starts_with("SCAN") && !line.contains("subquery");
                    assert!(!is_scan || line.contains("USING"), "{typed}: {plan:?}");
                    assert!(
                        !is_ordered || !line.contains("TEMP B-TREE"),
                        "{typed}: {plan:?}"
                    );
                }
            }
        }
    }
    assert!(sources > 100, "{sources}");
    let plan = bench.store.read(|r| {
        let volumes = r.index_shape()?.volumes;
        plan_of(r, &run::entries_sql(volumes[0]))
    });
    let plan = plan.await.unwrap();
    assert!(
        plan.len() == 1 && plan[0].contains("VIRTUAL TABLE INDEX"),
        "{plan:?}"
    );
}
