use iced::widget::text_editor::{Action, Edit};
use iced_test::Simulator;
use waxwing::html::page::Link;

use super::{BodyText, LONGEST, Message, Outcome, links};

fn found(line: &str) -> Vec<&str> {
    links(line)
        .into_iter()
        .filter_map(|range| line.get(range))
        .collect()
}

#[test]
fn a_quotation_is_hidden_with_all_it_quotes() {
    let shown = |body: &BodyText| {
        let texts = body.in_sight().map(|(_, block)| block.text.as_str());
        texts.collect::<Vec<_>>().join("|")
    };
    let text = "Yes.\n> one\n> two\n>> deep\n>> deeper\n>> deepest\n>> down\n> three\n-- \nAda";
    let mut body = BodyText::new(text);
    assert_eq!(shown(&body), "Yes.|Ada");
    assert_eq!(body.blocks[1].fold.unwrap().lines, 7);
    body.update(Message::Fold(1));
    assert_eq!(
        shown(&body),
        "Yes.|one\ntwo|deep\ndeeper\ndeepest\ndown|three|Ada"
    );
    // An answer line by line shows what it answers, unless that is very long.
    let answered = "> one\n> two\n> three\n> four\nYes.";
    assert_eq!(
        shown(&BodyText::new(answered)),
        "one\ntwo\nthree\nfour|Yes."
    );
    let long = format!("{}Yes.", "> line\n".repeat(20));
    assert_eq!(shown(&BodyText::new(&long)), "Yes.");
    // Where all is quoted, nothing is left to show but that.
    let all = "> line\n".repeat(20);
    assert!(shown(&BodyText::new(&all)).starts_with("line"));
}

#[test]
fn words_are_found_in_order_and_hidden_ones_are_shown() {
    let mut body = BodyText::new("One mill.\n> a\n> b\n> Mill and mill\n> c\n");
    assert_eq!(body.in_sight().count(), 1);
    assert_eq!(body.find("mill", 1), 3);
    assert_eq!(body.in_sight().count(), 2);
    let marks = |body: &BodyText| -> Vec<_> {
        let all = body.blocks.iter().flat_map(|block| &block.marks);
        all.map(|mark| (mark.range.clone(), mark.current)).collect()
    };
    assert_eq!(marks(&body), [(4..8, false), (4..8, true), (13..17, false)]);
    // After the last comes the first, and before the first the last.
    assert_eq!(body.find("mill", 3), 3);
    assert!(marks(&body)[0].1);
    assert_eq!(body.find("", 0), 0);
    assert_eq!(marks(&body), []);
}

#[test]
fn links_end_where_sentences_do() {
    assert_eq!(
        found("See https://a.test/x?y=1. Or (http://b.test/é)!"),
        ["https://a.test/x?y=1", "http://b.test/é"]
    );
    assert_eq!(
        found("<mailto:ada@x.test> https:// nothing"),
        ["mailto:ada@x.test"]
    );
    assert_eq!(found("https://w.test/A_(b)"), ["https://w.test/A_(b)"]);
    assert_eq!(found("www.a.test, awww.b.test"), ["www.a.test"]);
    assert!(found("no link here, nor www. here").is_empty());
}

#[test]
fn nothing_edits_the_text() {
    let mut body = BodyText::new("Hello");
    body.update(Message::Act(0, Action::Edit(Edit::Insert('x'))));
    assert_eq!(body.blocks[0].content.text().trim_end(), "Hello");
}

#[test]
fn very_long_text_is_cut_at_a_character() {
    let body = BodyText::new(&"é".repeat(LONGEST));
    assert_eq!(body.cut, LONGEST);
    assert_eq!(body.blocks.len(), 1);
}

fn pressed(shown: &str, target: &str) -> BodyText {
    let mut body = BodyText::new("Hello");
    body.update(Message::Pressed(Link {
        shown: shown.to_owned(),
        target: target.to_owned(),
    }));
    body
}

/// Clicks on words of the link bar, which have to be there.
fn click(body: &mut BodyText, words: &str) -> Outcome {
    let view = body.link_view().unwrap();
    let mut ui = Simulator::with_size(crate::ui::settings(), (600.0, 300.0), view);
    ui.click(words).unwrap();
    let messages: Vec<_> = ui.into_messages().collect();
    let outcomes = messages.into_iter().map(|message| body.update(message));
    outcomes.last().unwrap()
}

fn says(body: &BodyText, words: &str) -> bool {
    let view = body.link_view().unwrap();
    let mut ui = Simulator::with_size(crate::ui::settings(), (600.0, 300.0), view);
    ui.find(words).is_ok()
}

#[test]
fn a_link_that_deceives_is_asked_about() {
    let mut body = pressed("www.paypal.com", "https://evil.com/paypal.com");
    let asks = "This link shows www.paypal.com, but leads to evil.com.";
    assert!(says(&body, asks));
    assert!(says(&body, "https://evil.com/paypal.com"));
    assert!(!says(&body, "Open link"));
    let target = "https://evil.com/paypal.com".to_owned();
    assert_eq!(click(&mut body, "Open anyway"), Outcome::Open(target));
    click(&mut body, "Don’t open");
    assert!(body.link_view().is_none());
    let honest = pressed("www.paypal.com", "https://paypal.com/");
    assert!(says(&honest, "Open link") && !says(&honest, "Open anyway"));
}

#[test]
fn a_link_is_opened_and_copied_without_tracking_where_that_is_wanted() {
    let target = "https://x.test/a?id=1&utm_source=news";
    let mut body = pressed("Read on", target);
    assert_eq!(
        click(&mut body, "Open link"),
        Outcome::Open(target.to_owned())
    );
    click(&mut body, "Remove tracking");
    let cleaned = "https://x.test/a?id=1".to_owned();
    assert!(says(&body, &cleaned) && !says(&body, "Remove tracking"));
    assert_eq!(
        click(&mut body, "Copy link"),
        Outcome::Copy(cleaned.clone())
    );
    assert_eq!(click(&mut body, "Open link"), Outcome::Open(cleaned));
}

#[test]
fn an_address_is_shown_as_it_reads_and_never_fills_the_window() {
    let long = format!("https://x.test/\u{202e}{}", "é".repeat(9_000));
    let body = pressed("Read on", &long);
    let shown = format!("https://x.test/\u{fffd}{}…", "é".repeat(284));
    assert!(says(&body, &shown));
}
