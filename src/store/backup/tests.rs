use super::super::PackedRaw;
use super::super::tests::{bench, email};
use super::*;

/// The subjects in a copy, and how many bytes of messages it has.
fn of_copy(folder: &Path) -> (Vec<String>, i64) {
    let mail = Connection::open(folder.join("mail.db")).unwrap();
    let mut statement = mail
        .prepare("SELECT subject FROM email ORDER BY id")
        .unwrap();
    let subjects = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .collect::<rusqlite::Result<_>>()
        .unwrap();
    let raw = Connection::open(folder.join("raw.db")).unwrap();
    let count = raw
        .query_row("SELECT count(*) FROM raw", [], |row| row.get(0))
        .unwrap();
    (subjects, count)
}

#[tokio::test]
async fn a_copy_is_of_one_moment_whatever_happens_meanwhile() {
    let bench = bench().await;
    let (id, placement) = bench.add(email("before", &[], 1), 1).await;
    let raw = PackedRaw::new(b"Subject: before\r\n\r\nText.").unwrap();
    bench
        .write(move |w| w.complete_email(id, &email("before", &[], 1), &raw))
        .await;
    let snapshot = bench.store.snapshot().await.unwrap();
    bench.write(move |w| w.remove_placement(placement)).await;
    bench.add(email("after", &[], 2), 2).await;
    let folder = tempfile::tempdir().unwrap();
    for file in StoreFile::ALL {
        let to = folder.path().join(file.name());
        snapshot.copy(file, &to, &|| true).unwrap();
        assert_eq!(to.metadata().unwrap().len(), snapshot.size(file).unwrap());
    }
    assert_eq!(of_copy(folder.path()), (vec!["About before".to_owned()], 1));
}

#[tokio::test]
async fn a_copy_nobody_waits_for_ends() {
    let bench = bench().await;
    // More pages than one step copies, and nothing to compress.
    let noise: Vec<u8> = (0..6_000_000).map(|_| rand::random()).collect();
    let raw = PackedRaw::new(&noise).unwrap();
    bench.write(move |w| w.keep_raw(&raw)).await;
    let snapshot = bench.store.snapshot().await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("copy");
    let stopped = snapshot.copy(StoreFile::Raw, &to, &|| false);
    assert!(matches!(stopped, Err(Error::Stopped)));
}
