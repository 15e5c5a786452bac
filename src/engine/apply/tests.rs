//! Verbs and their reversal, on a store without a server.

use chrono::DateTime;

use super::*;
use crate::model::{Flags, Keyword, MessageId, Uid};
use crate::store::{Durability, NewEmail, NewFolder, NewPlacement, Store};

const ACCOUNT: AccountId = AccountId(1);

struct Bench {
    store: Store,
    id: PlacementId,
    _dir: tempfile::TempDir,
}

async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let folder = |path: &str, role| NewFolder::own(path, path, role);
    let folders = [
        folder("INBOX", Some(FolderRole::Inbox)),
        folder("Junk", Some(FolderRole::Junk)),
        folder("Work", None),
        folder("Work/Old", None),
    ];
    let id = store
        .write(Durability::Crash, move |w| {
            w.set_folders(ACCOUNT, &folders)?;
            let date = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
            let email = w.add_email(&NewEmail {
                account: ACCOUNT,
                message_id: Some(MessageId("a".to_owned())),
                named: vec![],
                from: vec![],
                to: vec![],
                copies: vec![],
                subject: "A".to_owned(),
                date: date.fixed_offset(),
                size: 100,
                attachments: 0,
                snippet: String::new(),
                remote_id: String::new(),
            })?;
            let inbox = w.folder_for(ACCOUNT, FolderRole::Inbox)?.folder.id;
            w.add_placement(&NewPlacement {
                email,
                folder: inbox,
                uid: Uid::new(5),
                flags: [Flag::NotJunk].into_iter().collect::<Flags>(),
                keywords: vec!["home".to_owned()],
                date: 0,
            })
        })
        .await
        .unwrap();
    Bench {
        store,
        id,
        _dir: dir,
    }
}

impl Bench {
    async fn apply(
        &self,
        verb: impl FnOnce(&Write<'_>) -> Result<Applied> + Send + 'static,
    ) -> Applied {
        self.store.write(Durability::Crash, verb).await.unwrap()
    }

    /// Where the message is, with its marks; and how much waits for the server.
    async fn state(&self) -> (String, Vec<String>, usize) {
        let id = self.id;
        self.store
            .read(move |r| {
                let row = r.placement(id)?;
                let flags = row.flags.iter().map(|flag| flag.imap().to_owned());
                let keywords = row.keywords.split_whitespace().map(str::to_owned);
                let marks = flags.chain(keywords).collect();
                let path = r.folder(row.folder)?.folder.path;
                Ok((path, marks, r.pending(ACCOUNT)?.len()))
            })
            .await
            .unwrap()
    }

    async fn assert(&self, path: &str, marks: &[&str], pending: usize) {
        let marks = marks.iter().map(|mark| (*mark).to_owned()).collect();
        assert_eq!(self.state().await, (path.to_owned(), marks, pending));
    }
}

#[tokio::test]
async fn junk_is_one_verb_with_one_way_back() {
    let bench = bench().await;
    let id = bench.id;
    let done = bench.apply(move |w| junk(w, &[id], true)).await;
    assert_eq!(done.count, 1);
    bench.assert("Junk", &["$Junk", "home"], 3).await;
    let inverse = done.inverse;
    bench.apply(move |w| reverse(w, &inverse)).await;
    bench.assert("INBOX", &["$NotJunk", "home"], 0).await;
    // What is no junk already stays in its place.
    let done = bench.apply(move |w| junk(w, &[id], false)).await;
    assert_eq!(done.count, 0);
    bench.assert("INBOX", &["$NotJunk", "home"], 0).await;
}

#[tokio::test]
async fn tags_come_and_go_and_case_does_not_count() {
    let bench = bench().await;
    let id = bench.id;
    let change = move |tag: &str, on| {
        let keyword = tag.parse::<Keyword>().unwrap();
        [(id, KeywordChange { keyword, on })]
    };
    let home = change("HOME", true);
    let done = bench.apply(move |w| keywords(w, &home)).await;
    assert_eq!(done.count, 0, "it has it already");
    let gone = change("Home", false);
    let done = bench.apply(move |w| keywords(w, &gone)).await;
    bench.assert("INBOX", &["$NotJunk"], 1).await;
    bench.apply(move |w| reverse(w, &done.inverse)).await;
    let (path, marks, pending) = bench.state().await;
    assert_eq!((path.as_str(), marks.len(), pending), ("INBOX", 2, 0));
}

#[tokio::test]
async fn an_undone_copy_is_gone() {
    let bench = bench().await;
    let id = bench.id;
    let work = bench
        .store
        .read(|r| r.folder_by_path(ACCOUNT, "Work"))
        .await
        .unwrap();
    let work = work.unwrap().folder.id;
    let done = bench.apply(move |w| copies(w, &[id], work)).await;
    let count = async || {
        let row = bench.store.read(move |r| r.folder(work)).await;
        row.unwrap().folder.total
    };
    assert_eq!(count().await, 1);
    let inverse = done.inverse;
    bench.apply(move |w| reverse(w, &inverse)).await;
    assert_eq!(count().await, 0);
    bench.assert("INBOX", &["$NotJunk", "home"], 0).await;
}

#[tokio::test]
async fn a_renamed_folder_gets_its_path_back_with_those_below() {
    let bench = bench().await;
    let row = bench
        .store
        .read(|r| r.folder_by_path(ACCOUNT, "Work"))
        .await
        .unwrap()
        .unwrap();
    let id = row.folder.id;
    bench
        .store
        .write(Durability::Crash, move |w| {
            w.rename_folder(&row, "Play", false)
        })
        .await
        .unwrap();
    let paths = || async {
        let rows = bench
            .store
            .read(|r| r.folders(Some(ACCOUNT)))
            .await
            .unwrap();
        rows.into_iter()
            .map(|row| row.folder.path)
            .collect::<Vec<_>>()
    };
    assert_eq!(paths().await, ["INBOX", "Junk", "Play", "Play/Old"]);
    bench
        .apply(move |w| reverse(w, &Inverse::Path(id, "Work".to_owned())))
        .await;
    assert_eq!(paths().await, ["INBOX", "Junk", "Work", "Work/Old"]);
    bench.assert("INBOX", &["$NotJunk", "home"], 0).await;
}
