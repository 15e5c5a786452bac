//! The quote, words that announce an attachment, files.

use std::time::Instant;

use iced::widget::text_editor::{Action, Edit};

use super::super::attachments::{self, Picked, sum_words, too_large, typed_path};
use super::super::body::Body;
use super::super::send::announces_attachment;
use super::file;

fn announces(text: &str) -> bool {
    announces_attachment(text.lines().map(ToOwned::to_owned))
}

#[test]
fn attachments_are_announced_in_several_languages() {
    for text in [
        "See the attached file.",
        "Anbei die Rechnung",
        "Die Datei ist im Anhang.",
        "Vous trouverez ci-joint le devis",
        "Te lo mando adjunto.",
        "In allegato il contratto",
        "Enclosed: the plan",
    ] {
        assert!(announces(text), "{text}");
    }
    for text in ["I am unattached.", "Heranbeißen", "Hello Bob", ""] {
        assert!(!announces(text), "{text}");
    }
}

#[test]
fn the_caret_of_a_reply_stands_above_the_quote() {
    let mut body = Body::new("\r\n\r\nBob wrote:\r\n> hi\r\n");
    body.perform(Action::Edit(Edit::Insert('A')), Instant::now());
    assert_eq!(body.text(), "A\n\nBob wrote:\n> hi\n");
    assert!(body.own_lines().all(|line| !line.contains("hi")));
}

#[test]
fn a_long_quote_is_folded_and_still_sent() {
    let quote = "> some words that were said before\n".repeat(7000);
    let mut body = Body::new(&format!("\n\nBob wrote:\n{quote}"));
    assert_eq!(body.folded_size(), Some(quote.len() as u64));
    assert_eq!(body.content().line_count(), 4);
    body.perform(Action::Edit(Edit::Insert('A')), Instant::now());
    assert_eq!(body.text(), format!("A\n\nBob wrote:\n{quote}"));
    body.unfold();
    assert_eq!(body.text(), format!("A\n\nBob wrote:\n{quote}"));
    assert!(body.undo());
    assert_eq!(body.text(), format!("\n\nBob wrote:\n{quote}"));
}

#[test]
fn a_quote_of_200_kb_does_not_slow_typing() {
    let quote = "> some words that were said before\n".repeat(5600);
    let mut body = Body::new(&format!("\n\n{quote}"));
    assert_eq!(body.folded_size(), None);
    let began = Instant::now();
    for _ in 0..200 {
        body.perform(Action::Edit(Edit::Insert('A')), Instant::now());
    }
    // Unoptimised and on a busy machine: still far less than a frame a letter.
    assert!(
        began.elapsed().as_millis() < 200 * 16,
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test]
async fn unreadable_files_are_named_in_a_sentence() {
    let folder = tempfile::tempdir().unwrap();
    let good = folder.path().join("report.PDF");
    std::fs::write(&good, b"%PDF").unwrap();
    let read = attachments::read_all(vec![
        good,
        folder.path().join("gone.txt"),
        folder.path().to_path_buf(),
    ])
    .await;
    let first = read[0].as_ref().unwrap();
    assert_eq!(
        (first.name.as_str(), first.content_type.as_str()),
        ("report.PDF", "application/pdf")
    );
    assert_eq!(
        read[1].as_ref().unwrap_err(),
        "“gone.txt” was not attached: there is no such file."
    );
    assert!(read[2].as_ref().unwrap_err().contains("it is a folder"));
}

#[tokio::test]
async fn a_dialog_that_never_came_is_told_from_one_that_was_closed() {
    let absent: attachments::Picker = std::sync::Arc::new(|| Box::pin(async { None }));
    assert_eq!(attachments::pick(absent).await, Picked::NoDialog);
    let closed: attachments::Picker = std::sync::Arc::new(|| {
        Box::pin(async {
            tokio::time::sleep(std::time::Duration::from_millis(800)).await;
            None
        })
    });
    assert_eq!(attachments::pick(closed).await, Picked::Nothing);
}

#[test]
fn sizes_in_words() {
    assert_eq!(
        sum_words(&[file("a", 600), file("b", 600)]),
        "2 files, 2 kB"
    );
    assert!(too_large(&[file("a", 10_000_000)]).is_none());
    assert!(too_large(&[file("a", 19_000_000)]).is_some());
}

#[test]
fn typed_paths_may_be_quoted_or_urls() {
    assert_eq!(typed_path(" '/tmp/a b' ").unwrap().as_os_str(), "/tmp/a b");
    assert_eq!(typed_path("file:///tmp/a").unwrap().as_os_str(), "/tmp/a");
    assert_eq!(typed_path("  "), None);
}
