use iced::widget::text_editor::{Action, Edit};

use super::parse::blocks;
use super::{BodyText, LONGEST, Message, links};

fn found(line: &str) -> Vec<&str> {
    links(line)
        .into_iter()
        .filter_map(|range| line.get(range))
        .collect()
}

#[test]
fn quotes_become_stretches_by_depth() {
    let text = "Yes.\n\nOn Monday Ada wrote:\n> Shall we?\n>> When?\n> > Soon.\n>\n> Fine.\n\nBye";
    assert_eq!(
        blocks(text),
        [
            (0, "Yes.\n\nOn Monday Ada wrote:".to_owned()),
            (1, "Shall we?".to_owned()),
            (2, "When?\nSoon.".to_owned()),
            (1, "Fine.".to_owned()),
            (0, "Bye".to_owned()),
        ]
    );
    assert_eq!(blocks("\n \n"), []);
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
    assert!(found("no link here").is_empty());
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
