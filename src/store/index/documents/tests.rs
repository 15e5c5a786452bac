use crate::model::{DocumentText, EmailId, IndexText};
use crate::store::index::tests::{Bench, bench, word};
use crate::store::{Durability, PackedRaw};

fn read(name: &str, text: &str, failure: &str) -> DocumentText {
    DocumentText {
        name: name.into(),
        text: text.into(),
        failure: failure.into(),
    }
}

async fn waiting(bench: &Bench, below: i64) -> Vec<EmailId> {
    let read = bench.store.read(move |r| r.unread_documents(below, 10));
    read.await
        .unwrap()
        .into_iter()
        .map(|(_, email)| email)
        .collect()
}

async fn count(bench: &Bench) -> u64 {
    let read = bench.store.read(|r| r.count_unread_documents(None));
    read.await.unwrap()
}

async fn index(bench: &Bench, email: EmailId, text: &IndexText) {
    bench.store.index(vec![(email, text.clone())]);
    bench.store.index_settled().await;
}

#[tokio::test]
async fn documents_wait_until_they_are_read_and_are_found_then() {
    let bench = bench().await;
    let (old, old_row) = bench.add(1, true).await;
    let (new, _) = bench.add(2, true).await;
    let (header, _) = bench.add(3, false).await;
    let mut text = IndexText {
        body: "see the file".into(),
        contents: "attached".into(),
        whole: true,
        has_unread_documents: true,
        ..IndexText::default()
    };
    for email in [old, new] {
        index(&bench, email, &text).await;
    }
    // A skeleton has no documents that could be read.
    text.whole = false;
    index(&bench, header, &text).await;
    text.whole = true;
    assert_eq!(waiting(&bench, i64::MAX).await, [new, old]);
    assert_eq!(count(&bench).await, 2);
    let own = |id| {
        bench
            .store
            .read(move |r| r.count_unread_documents(Some(crate::model::AccountId(id))))
    };
    assert_eq!((own(1).await.unwrap(), own(2).await.unwrap()), (2, 0));
    let entries = bench
        .store
        .read(|r| r.unread_documents(i64::MAX, 1))
        .await
        .unwrap();
    assert_eq!(waiting(&bench, entries[0].0).await, [old]);

    text.has_unread_documents = false;
    text.documents = vec![
        read("a.pdf", "the gearbox", ""),
        read("b.pdf", "", "it is damaged"),
    ];
    index(&bench, old, &text).await;
    assert_eq!(waiting(&bench, i64::MAX).await, [new]);
    for words in ["gearbox", "attached", "see"] {
        assert!(bench.find(word(words)).await.contains(&old_row), "{words}");
    }
    let kept = bench.store.read(move |r| r.documents(old)).await.unwrap();
    assert_eq!(kept, text.documents);
    // Read again, it replaces what was there.
    text.documents.truncate(1);
    index(&bench, old, &text).await;
    let kept = bench.store.read(move |r| r.documents(old)).await.unwrap();
    assert_eq!(kept.len(), 1);
}

#[tokio::test]
async fn what_was_read_goes_with_the_message_and_with_the_index() {
    let bench = bench().await;
    let (first, row) = bench.add(1, true).await;
    let (second, _) = bench.add(2, true).await;
    let text = IndexText {
        whole: true,
        documents: vec![read("a.pdf", "gearbox", "")],
        ..IndexText::default()
    };
    for email in [first, second] {
        index(&bench, email, &text).await;
    }
    let gone = bench
        .store
        .write(Durability::Crash, move |w| w.remove_placement(row));
    gone.await.unwrap();
    bench.store.sweep_index(false).await.unwrap();
    let kept = |email| bench.store.read(move |r| Ok(r.documents(email)?.len()));
    assert_eq!(
        (kept(first).await.unwrap(), kept(second).await.unwrap()),
        (0, 1)
    );
    bench.store.renew_index().await;
    assert_eq!(kept(second).await.unwrap(), 0);
}

#[tokio::test]
async fn documents_without_their_bytes_are_not_read() {
    let bench = bench().await;
    let (email, _) = bench.add(1, false).await;
    let text = IndexText {
        whole: true,
        has_unread_documents: true,
        ..IndexText::default()
    };
    index(&bench, email, &text).await;
    // Its body was here when it was indexed, and was dropped to save room.
    assert_eq!(waiting(&bench, i64::MAX).await, []);
    assert_eq!(count(&bench).await, 1);
    let packed = PackedRaw::new(b"Subject: back\r\n\r\n").unwrap();
    let back = bench.store.write(Durability::Crash, move |w| {
        w.mail.execute(
            "UPDATE email SET sha256 = ?1 WHERE id = ?2",
            rusqlite::params![packed.sha256, email.0],
        )?;
        Ok(())
    });
    back.await.unwrap();
    assert_eq!(waiting(&bench, i64::MAX).await, [email]);
}
