use super::*;
use crate::html::page::printer;
use crate::html::{sanitize, text_page};

fn document() -> Printed {
    Printed {
        pdf: vec![b'x'; 1 << 20],
        title: "-o page\nranges".to_owned(),
        pages: 1,
        cut: false,
        blocked_remote: 0,
    }
}

#[test]
fn jobs_have_harmless_names() {
    assert_eq!(name_of_job("-o page\nranges"), "Waxwing: -o page ranges");
    assert!(name_of_job(&"ä".repeat(1_000)).chars().count() < 100);
}

#[tokio::test]
async fn a_command_that_is_missing_or_refuses_is_told() {
    let missing = hand_over("waxwing-has-no-such-program", "-t", &document()).await;
    assert!(!missing.unwrap());
    // `false` reads nothing and fails, `true` neither.
    let refused = hand_over("false", "-t", &document()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Input);
    assert!(hand_over("true", "-t", &document()).await.unwrap());
}

/// A head and a letter, printed, and what one can read there.
fn read(head: &str, html: String) -> (Made, String) {
    let sheets = [(head.to_owned(), true), (html, false)];
    let sheets = sheets.map(|(html, is_head)| Sheet {
        html,
        parts: Vec::new(),
        is_head,
    });
    let (job, bytes) = Job::packed(Paper::A4, "The title", sheets.into());
    let (made, pdf) = printer()(job, bytes);
    let text = crate::documents::text(pdf).unwrap();
    let words: Vec<_> = text.split_whitespace().collect();
    (made.unwrap(), words.join(" "))
}

#[test]
fn the_text_of_a_letter_is_text_in_the_pdf() {
    let letter = "<p>Grüße aus <b>Köln</b>: office, Ελλάδα, Привет.<ul><li>one<li>two</ul>";
    let letter = sanitize(&format!("<!DOCTYPE html>{letter}"), false).html;
    let (made, text) = read("<h1>About mills</h1>", letter);
    assert_eq!((made.pages, made.cut), (1, false));
    for words in [
        "About mills",
        "Grüße aus Köln: office, Ελλάδα, Привет.",
        "one",
        "The title",
        "1 of 1",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

#[test]
fn every_line_of_a_long_letter_is_on_one_page_and_once() {
    let lines: String = (0..300).map(|line| format!("Line <{line}>\n")).collect();
    let (made, text) = read("<p>Head", text_page(&lines).html);
    // 20 pixels and a bit a line, 1001 a page.
    assert!((6..=8).contains(&made.pages), "{made:?}");
    let mut before = 0;
    for line in 0..300 {
        let line = format!("Line <{line}>");
        assert_eq!(text.matches(&line).count(), 1, "{line}");
        let at = text.find(&line).unwrap();
        assert!(at >= before, "{line}");
        before = at;
    }
    for page in 1..=made.pages {
        assert!(
            text.contains(&format!("{page} of {}", made.pages)),
            "{page}"
        );
    }
}
