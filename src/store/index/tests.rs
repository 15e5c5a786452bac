//! The index keeps up, and finds its way back after anything.

use super::*;
use crate::model::{
    AccountId, Address, Flags, FolderId, FolderRole, MessageId, PlacementId, SearchQuery, Uid,
};
use crate::store::search::tests::newest;
use crate::store::tests::plan_of;
use crate::store::{NewEmail, NewFolder, NewPlacement, PackedRaw, Stop};

const ACCOUNT: AccountId = AccountId(1);

/// A store with one folder. Messages are whole, a day apart.
pub(in crate::store) struct Bench {
    pub(in crate::store) store: Store,
    pub(in crate::store) inbox: FolderId,
    pub(in crate::store) dir: tempfile::TempDir,
}

pub(in crate::store) async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let inbox = store
        .write(Durability::Crash, |w| {
            let folder = |path: &str, role| NewFolder::own(path, path, role);
            let folders = [
                folder("INBOX", Some(FolderRole::Inbox)),
                folder("Lists/Rust", None),
            ];
            w.set_folders(ACCOUNT, &folders)?;
            Ok(w.read()
                .folder_by_path(ACCOUNT, "INBOX")?
                .unwrap()
                .folder
                .id)
        })
        .await
        .unwrap();
    Bench { store, inbox, dir }
}

impl Bench {
    pub(in crate::store) async fn add(&self, n: u32, whole: bool) -> (EmailId, PlacementId) {
        let inbox = self.inbox;
        let date = chrono::DateTime::from_timestamp(1_700_000_000 + i64::from(n) * 86_400, 0);
        let email = NewEmail {
            account: ACCOUNT,
            message_id: Some(MessageId(format!("{n}@example.test"))),
            named: vec![],
            from: vec![Address::new("Ada", "ada@example.test")],
            to: vec![Address::new("Bob", "bob@example.test")],
            copies: vec![Address::new("Cleo", "cleo@example.test")],
            subject: format!("Subject{n}"),
            date: date.unwrap().fixed_offset(),
            size: 100 * u64::from(n),
            attachments: n % 2,
            snippet: String::new(),
            remote_id: String::new(),
        };
        self.store
            .write(Durability::Crash, move |w| {
                let id = w.add_email(&email)?;
                let placement = w.add_placement(&NewPlacement {
                    email: id,
                    folder: inbox,
                    uid: Uid::new(n),
                    flags: Flags::default(),
                    keywords: vec!["later".into()],
                    date: email.date.timestamp(),
                })?;
                if whole {
                    let raw = PackedRaw::new(&vec![b'x'; email.size as usize])?;
                    w.complete_email(id, &email, &raw)?;
                }
                Ok((id, placement))
            })
            .await
            .unwrap()
    }

    pub(in crate::store) async fn index(&self, email: EmailId, subject: &str, body: &str) {
        let text = IndexText {
            sender: "Ada ada@example.test".into(),
            recipients: "Bob bob@example.test".into(),
            subject: subject.into(),
            body: body.into(),
            whole: true,
            ..IndexText::default()
        };
        self.store.index(vec![(email, text)]);
        self.store.index_settled().await;
    }

    /// Lets the messages lie in a folder of that role too.
    pub(in crate::store) async fn also_in(
        &self,
        rows: &[PlacementId],
        role: FolderRole,
    ) -> Vec<PlacementId> {
        let rows = rows.to_vec();
        let copy = "INSERT INTO placement (email, folder, date)
                    SELECT email, ?2, date FROM placement WHERE id = ?1 RETURNING id";
        self.store
            .write(Durability::Crash, move |w| {
                let folder = w.folder_for(ACCOUNT, role)?.folder.id;
                let mut copy = w.mail.prepare(copy)?;
                let place = |row: &PlacementId| {
                    let id = copy.query_row([row.0, folder.0], |row| row.get(0));
                    Ok(PlacementId(id?))
                };
                rows.iter().map(place).collect()
            })
            .await
            .unwrap()
    }

    pub(in crate::store) async fn find(&self, query: SearchQuery) -> Vec<PlacementId> {
        let search = newest(query, 100);
        self.store
            .read(move |r| r.search(&search, &Stop::default()))
            .await
            .unwrap()
    }

    async fn word(&self, words: &str) -> Vec<PlacementId> {
        self.find(word(words)).await
    }

    async fn unindexed(&self) -> Vec<EmailId> {
        self.store.read(|r| r.unindexed(EmailId(0))).await.unwrap()
    }

    async fn uncovered(&self) -> u64 {
        let all = self.store.read(|r| r.uncovered(None)).await.unwrap();
        let own = self.store.read(|r| r.uncovered(Some(ACCOUNT))).await;
        assert_eq!(own.unwrap(), all);
        all
    }

    /// As if the program died: the files stay as they are.
    fn copy_of_files(&self) -> tempfile::TempDir {
        let copy = tempfile::tempdir().unwrap();
        for entry in std::fs::read_dir(self.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, copy.path().join(path.file_name().unwrap())).unwrap();
        }
        copy
    }
}

pub(in crate::store) fn word(words: &str) -> SearchQuery {
    SearchQuery::Term(crate::model::SearchTerm::Text {
        field: crate::model::SearchField::Any,
        words: words.into(),
        prefix: false,
    })
}

#[tokio::test]
async fn words_are_found_whatever_the_script() {
    let bench = bench().await;
    let texts = [
        "Die Gr\u{fc}\u{df}e aus M\u{fc}nchen",
        "Привет из Москвы",
        "明日は東京都で会いましょう",
        "한국어로 쓴 편지입니다",
        "ภาษาไทยไม่เว้นวรรค",
        "iPhone値段について",
        "r\u{e9}sum\u{e9} in one piece, re\u{301}sume\u{301} in two",
        "שָׁלוֹם مُحَمَّد ☺👍🏽 ılık",
    ];
    let mut rows = Vec::new();
    for (n, text) in (1..).zip(texts) {
        let (email, row) = bench.add(n, true).await;
        bench.index(email, "", text).await;
        rows.push(row);
    }
    for (words, found) in [
        ("grusse", vec![0]),
        ("gru\u{df}e", vec![0]),
        ("gr\u{fc}\u{df}e", vec![0]),
        ("GR\u{dc}\u{df}E", vec![0]),
        ("munchen", vec![0]),
        ("m\u{fc}nchen", vec![0]),
        ("привет", vec![1]),
        ("МОСКВЫ", vec![1]),
        ("東京", vec![2]),
        ("東京都", vec![2]),
        ("京都", vec![2]),
        ("都", vec![2]),
        ("う", vec![2]),
        ("東都", vec![]),
        ("한국", vec![3]),
        ("편지", vec![3]),
        ("ไทย", vec![4]),
        ("iphone", vec![5]),
        ("値段", vec![5]),
        ("iPhone値段", vec![5]),
        ("resume", vec![6]),
        ("r\u{e9}sum\u{e9}", vec![6]),
        ("re\u{301}sume\u{301} in two", vec![6]),
        ("שלום", vec![7]),
        ("محمد", vec![7]),
        ("☺", vec![7]),
        ("☺\u{fe0f}", vec![7]),
        ("👍", vec![7]),
        ("😀", vec![]),
        ("ILIK", vec![7]),
        ("ada@example.test", vec![7, 6, 5, 4, 3, 2, 1, 0]),
    ] {
        let expected: Vec<PlacementId> = found.into_iter().map(|at: usize| rows[at]).collect();
        assert_eq!(bench.word(words).await, expected, "{words}");
    }
}

#[tokio::test]
async fn a_body_takes_the_place_of_its_header() {
    let bench = bench().await;
    let (email, row) = bench.add(1, false).await;
    let header = IndexText {
        subject: "Subject1".into(),
        ..IndexText::default()
    };
    assert_eq!(bench.unindexed().await, [email]);
    bench.store.index(vec![(email, header.clone())]);
    bench.store.index_settled().await;
    assert_eq!(bench.word("subject1").await, [row]);
    assert!(bench.unindexed().await.is_empty());
    assert_eq!(bench.uncovered().await, 1);
    bench.index(email, "Other", "body").await;
    assert_eq!(bench.word("body").await, [row]);
    assert!(bench.word("subject1").await.is_empty());
    // The header says nothing more then.
    bench.store.index(vec![(email, header)]);
    bench.store.index_settled().await;
    assert_eq!(bench.word("body").await, [row]);
    assert_eq!(bench.uncovered().await, 0);
}

#[tokio::test]
async fn what_is_removed_is_not_found_and_leaves_the_index() {
    let bench = bench().await;
    let (email, row) = bench.add(1, true).await;
    let (other, _) = bench.add(2, true).await;
    bench.index(email, "gone", "").await;
    bench.index(other, "stays", "").await;
    bench
        .store
        .write(Durability::Crash, move |w| w.remove_placement(row))
        .await
        .unwrap();
    assert!(bench.word("gone").await.is_empty());
    assert_eq!(bench.uncovered().await, 0);
    bench.store.sweep_index(false).await.unwrap();
    assert_eq!(bench.uncovered().await, 0);
    let left = |r: &Read<'_>| {
        let count = |sql| r.mail.query_row(sql, [], |row| row.get::<_, i64>(0));
        Ok((
            count("SELECT count(*) FROM idx.covered")?,
            count("SELECT count(*) FROM email_gone")?,
        ))
    };
    assert_eq!(bench.store.read(left).await.unwrap(), (1, 0));
    // Handed over too late.
    bench.index(email, "gone", "").await;
    assert_eq!(bench.store.read(left).await.unwrap(), (1, 0));
}

#[tokio::test]
async fn a_crash_costs_nothing_that_was_taken_in() {
    let bench = bench().await;
    let mut rows = Vec::new();
    for n in 1..=50 {
        let (email, row) = bench.add(n, true).await;
        if n <= 30 {
            bench.index(email, "", "needle").await;
            rows.insert(0, row);
        }
    }
    let copy = bench.copy_of_files();
    let after = Bench {
        store: Store::open(copy.path()).unwrap(),
        inbox: bench.inbox,
        dir: copy,
    };
    assert_eq!(after.word("needle").await, rows);
    assert_eq!(after.unindexed().await.len(), 20);
    assert_eq!(after.uncovered().await, 20);
}

#[tokio::test]
async fn a_lost_or_broken_index_is_made_anew() {
    let bench = bench().await;
    let (email, row) = bench.add(1, true).await;
    bench.index(email, "", "needle").await;
    bench.store.close();
    let path = bench.dir.path().join("index.db");
    for spoil in ["lost", "broken", "older"] {
        match spoil {
            "lost" => std::fs::remove_file(&path).unwrap(),
            "broken" => std::fs::write(&path, [b'x'; 20_000]).unwrap(),
            _ => rusqlite::Connection::open(&path)
                .unwrap()
                .pragma_update(None, "user_version", 0)
                .unwrap(),
        }
        let store = Store::open(bench.dir.path()).unwrap();
        assert_eq!(
            store.read(|r| r.unindexed(EmailId(0))).await.unwrap(),
            [email],
            "{spoil}"
        );
        assert_eq!(store.read(|r| r.uncovered(None)).await.unwrap(), 1);
        let text = IndexText {
            body: "needle".into(),
            whole: true,
            ..IndexText::default()
        };
        store.index(vec![(email, text)]);
        store.index_settled().await;
        let search = newest(word("needle"), 9);
        let found = store
            .read(move |r| r.search(&search, &Stop::default()))
            .await;
        assert_eq!(found.unwrap(), [row], "{spoil}");
        store.close();
    }
}

#[tokio::test]
async fn the_index_of_another_store_is_not_believed() {
    let bench = bench().await;
    let (email, _) = bench.add(1, true).await;
    bench.index(email, "", "needle").await;
    bench.store.close();
    for name in ["mail.db", "raw.db"] {
        std::fs::remove_file(bench.dir.path().join(name)).unwrap();
    }
    let store = Store::open(bench.dir.path()).unwrap();
    let left = store.read(|r| {
        let sql = "SELECT count(*) FROM idx.covered";
        Ok(r.mail.query_row(sql, [], |row| row.get::<_, i64>(0))?)
    });
    assert_eq!(left.await.unwrap(), 0);
}

#[tokio::test]
async fn too_much_at_once_is_left_for_later() {
    let bench = bench().await;
    let big = IndexText {
        body: "x".repeat(WAITING_MAX),
        whole: true,
        ..IndexText::default()
    };
    let (email, _) = bench.add(1, true).await;
    bench
        .store
        .indexer()
        .state
        .waiting
        .store(1, Ordering::Relaxed);
    bench.store.index(vec![(email, big)]);
    bench.store.index_settled().await;
    assert!(bench.store.index_dropped() && !bench.store.index_dropped());
    assert_eq!(bench.unindexed().await, [email]);
}

/// A message of so many words, common ones more often.
pub(in crate::store) fn some_text(n: u32, words: u32) -> String {
    let mut state = u64::from(n).wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut text = String::new();
    for _ in 0..words {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let uniform = (state >> 11) as f64 / (1_u64 << 53) as f64;
        let rank = 60_000_f64.powf(uniform) as u32;
        text.push_str(&format!("w{rank}x "));
    }
    text
}

/// `cargo test --lib -- --ignored cost_of_the_index --nocapture`
#[tokio::test]
#[ignore = "measures"]
async fn cost_of_the_index() {
    const COUNT: u32 = 20_000;
    let bench = bench().await;
    let mut texts = Vec::new();
    let mut bytes = 0;
    for n in 1..=COUNT {
        let (email, _) = bench.add(n, true).await;
        let text = IndexText {
            sender: "Ada ada@example.test".into(),
            recipients: "Bob bob@example.test".into(),
            subject: some_text(n + 1_000_000, 6),
            body: some_text(n, 330),
            whole: true,
            ..IndexText::default()
        };
        bytes += text.size();
        texts.push((email, text));
    }
    let began = std::time::Instant::now();
    for chunk in texts.chunks(250) {
        bench.store.index(chunk.to_vec());
        // As fast as it can, without leaving anything out.
        bench.store.index_settled().await;
    }
    println!("{COUNT} messages, {bytes} bytes in {:?}", began.elapsed());
    let size = std::fs::metadata(bench.dir.path().join("index.db"))
        .unwrap()
        .len();
    println!("{size} bytes of index");
    for (name, query) in [
        ("common", word("w1x")),
        ("rare", word("w59000x")),
        ("two", SearchQuery::And(vec![word("w2x"), word("w700x")])),
        ("not", SearchQuery::Not(Box::new(word("w1x")))),
        ("all", SearchQuery::And(vec![])),
    ] {
        let began = std::time::Instant::now();
        let found = bench.find(query).await.len();
        println!("{name}: {found} in {:?}", began.elapsed());
    }
    let began = std::time::Instant::now();
    assert_eq!(bench.uncovered().await, 0);
    println!("uncovered, twice: {:?}", began.elapsed());
    let began = std::time::Instant::now();
    assert!(bench.unindexed().await.is_empty());
    println!("comparison: {:?}", began.elapsed());
    let began = std::time::Instant::now();
    let mut steps = 0;
    while bench.store.tidy_index().await {
        steps += 1;
    }
    println!("tidied in {steps} steps, {:?}", began.elapsed());
}

#[tokio::test]
async fn what_is_not_covered_is_counted_from_the_few_that_are_gone() {
    let bench = bench().await;
    let plan = bench.store.read(|r| plan_of(r, COVERED_BUT_GONE));
    let plan = plan.await.unwrap();
    assert_eq!(plan.first().map(String::as_str), Some("SCAN g"));
    assert!(
        plan.last().is_some_and(|step| step.starts_with("SEARCH c")),
        "{plan:?}"
    );
}

#[tokio::test]
async fn in_quiet_a_volume_becomes_one_piece_and_is_not_merged_for_little() {
    let bench = bench().await;
    let index = rusqlite::Connection::open(bench.dir.path().join("index.db")).unwrap();
    let pieces = || -> u64 {
        let volume = Volume::all(&index).unwrap()[0].table();
        let count = format!("SELECT count(DISTINCT segid) FROM {volume}_idx");
        index.query_row(&count, [], |row| row.get(0)).unwrap()
    };
    let add = async |days: std::ops::Range<u32>| {
        for n in days {
            let (email, _) = bench.add(n, true).await;
            bench.index(email, "topic", &format!("all n{n}")).await;
        }
        let before = pieces();
        while bench.store.tidy_index().await {}
        (before, pieces())
    };
    assert_eq!(add(1..33).await, (2, 1));
    // Two are less than an eighth, five are more.
    assert_eq!(add(33..35).await, (3, 3));
    assert_eq!(add(35..38).await, (6, 1));
    assert_eq!(bench.word("all").await.len(), 37);
}

#[tokio::test]
async fn a_batch_newest_first_is_written_in_one_piece() {
    let bench = bench().await;
    let mut texts = Vec::new();
    for n in (1..=300).rev() {
        let (email, _) = bench.add(n, true).await;
        let text = IndexText {
            subject: format!("Subject{n}"),
            body: "the same words again and again".into(),
            whole: true,
            ..IndexText::default()
        };
        texts.push((email, text));
    }
    bench.store.index(texts);
    bench.store.index_settled().await;
    let index = rusqlite::Connection::open(bench.dir.path().join("index.db")).unwrap();
    for volume in Volume::all(&index).unwrap() {
        let count = format!("SELECT count(*) FROM {}_data", volume.table());
        let rows: i64 = index.query_row(&count, [], |row| row.get(0)).unwrap();
        assert!(rows < 15, "{rows} pieces in {volume:?}");
    }
    assert_eq!(bench.word("again").await.len(), 100, "as many as asked for");
}

#[tokio::test]
async fn a_header_and_its_whole_message_in_one_batch_are_one_whole_entry() {
    let bench = bench().await;
    let (email, placement) = bench.add(1, true).await;
    let header = IndexText {
        subject: "Subject1".into(),
        ..IndexText::default()
    };
    let whole = IndexText {
        body: "orchard".into(),
        whole: true,
        ..header.clone()
    };
    bench.store.index(vec![(email, whole), (email, header)]);
    bench.store.index_settled().await;
    assert_eq!(bench.word("orchard").await, [placement]);
    assert_eq!(bench.unindexed().await, []);
}

#[tokio::test]
async fn messages_of_one_second_are_all_found() {
    let bench = bench().await;
    let inbox = bench.inbox;
    let mut rows = Vec::new();
    for _ in 0..3 {
        let added = bench.store.write(Durability::Crash, move |w| {
            let mut added = Vec::new();
            for _ in 0..400 {
                let date = chrono::DateTime::from_timestamp(0, 0).unwrap();
                let email = w.add_email(&NewEmail {
                    account: ACCOUNT,
                    message_id: None,
                    named: vec![],
                    from: vec![],
                    to: vec![],
                    copies: vec![],
                    subject: String::new(),
                    date: date.fixed_offset(),
                    size: 1,
                    attachments: 0,
                    snippet: String::new(),
                    remote_id: String::new(),
                })?;
                let row = w.add_placement(&NewPlacement {
                    email,
                    folder: inbox,
                    uid: None,
                    flags: Flags::default(),
                    keywords: vec![],
                    date: 0,
                })?;
                added.push((email, row));
            }
            Ok(added)
        });
        let added = added.await.unwrap();
        let text = IndexText {
            body: "needle".into(),
            whole: true,
            ..IndexText::default()
        };
        let texts = added.iter().map(|(email, _)| (*email, text.clone()));
        bench.store.index(texts.collect());
        rows.extend(added.into_iter().map(|(_, row)| row));
    }
    bench.store.index_settled().await;
    let typed = crate::search::parse("needle before:1970-01-03", chrono::NaiveDate::MAX);
    let search = newest(typed.query, usize::MAX);
    let found = bench.store.search(search, Stop::default()).await.unwrap();
    rows.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(found, rows);
}
