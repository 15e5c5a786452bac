//! The text and its undo, through the real editor.

use std::sync::Arc;
use std::time::{Duration, Instant};

use iced::widget::text_editor::{Action, Edit, Motion};

use super::super::body::Body;

struct Typist {
    body: Body,
    now: Instant,
}

impl Typist {
    fn new(text: &str) -> Self {
        Self {
            body: Body::new(text),
            now: Instant::now(),
        }
    }

    fn does(&mut self, action: Action) {
        self.now += Duration::from_millis(50);
        self.body.perform(action, self.now);
    }

    fn types(&mut self, text: &str) {
        for c in text.chars() {
            self.does(Action::Edit(if c == '\n' {
                Edit::Enter
            } else {
                Edit::Insert(c)
            }));
        }
    }

    fn undo(&mut self) -> String {
        self.body.undo();
        self.body.text()
    }

    fn redo(&mut self) -> String {
        self.body.redo();
        self.body.text()
    }
}

#[test]
fn typing_is_taken_back_word_by_word() {
    let mut typist = Typist::new("");
    typist.types("one two three");
    assert_eq!(typist.undo(), "one two ");
    assert_eq!(typist.undo(), "one ");
    assert_eq!(typist.redo(), "one two ");
    assert_eq!(typist.redo(), "one two three");
    assert_eq!(typist.redo(), "one two three");
}

#[test]
fn a_pause_begins_a_new_step() {
    let mut typist = Typist::new("");
    typist.types("on");
    typist.now += Duration::from_secs(3);
    typist.types("ly");
    assert_eq!(typist.undo(), "on");
}

#[test]
fn new_lines_and_joined_lines_come_back() {
    let mut typist = Typist::new("");
    typist.types("a\nb");
    typist.does(Action::Move(Motion::Home));
    typist.does(Action::Edit(Edit::Backspace));
    assert_eq!(typist.body.text(), "ab");
    assert_eq!(typist.undo(), "a\nb");
    assert_eq!(typist.undo(), "a\n");
    assert_eq!(typist.undo(), "a");
    assert_eq!(typist.redo(), "a\n");
}

#[test]
fn deleting_everything_comes_back_with_the_caret() {
    let mut typist = Typist::new("first\nsecond\nthird");
    typist.does(Action::SelectAll);
    typist.does(Action::Edit(Edit::Delete));
    assert_eq!(typist.body.text(), "");
    assert_eq!(typist.undo(), "first\nsecond\nthird");
    typist.does(Action::Edit(Edit::Insert('x')));
    // The selection came back with the text, so the letter takes its place.
    assert_eq!(typist.body.text(), "x");
    assert_eq!(typist.undo(), "first\nsecond\nthird");
    assert_eq!(typist.redo(), "x");
}

#[test]
fn pasted_lines_are_one_step_amid_others() {
    let mut typist = Typist::new("top\nbottom");
    typist.does(Action::Move(Motion::End));
    typist.does(Action::Edit(Edit::Paste(Arc::new("\none\ntwo".into()))));
    typist.types(" more");
    assert_eq!(typist.body.text(), "top\none\ntwo more\nbottom");
    assert_eq!(typist.undo(), "top\none\ntwo \nbottom");
    assert_eq!(typist.undo(), "top\none\ntwo\nbottom");
    assert_eq!(typist.undo(), "top\nbottom");
    typist.redo();
    typist.redo();
    assert_eq!(typist.redo(), "top\none\ntwo more\nbottom");
}

#[test]
fn editing_after_undo_forgets_what_was_undone() {
    let mut typist = Typist::new("");
    typist.types("one two");
    typist.undo();
    typist.types("2");
    assert_eq!(typist.redo(), "one 2");
}

#[test]
fn letters_of_any_script_come_back_whole() {
    let mut typist = Typist::new("");
    typist.types("日本 süß 👩‍👧 ok");
    let whole = typist.body.text();
    for _ in 0..10 {
        typist.undo();
    }
    assert_eq!(typist.body.text(), "");
    for _ in 0..10 {
        typist.redo();
    }
    assert_eq!(typist.body.text(), whole);
}

#[test]
fn random_edits_can_all_be_taken_back_and_done_again() {
    let mut typist = Typist::new("alpha\nbeta\n\ngamma delta\nend");
    let start = typist.body.text();
    let mut seed = 7_u32;
    for _ in 0..400 {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let action = match (seed >> 16) % 12 {
            0 => Action::Edit(Edit::Enter),
            1 => Action::Edit(Edit::Backspace),
            2 => Action::Edit(Edit::Delete),
            3 => Action::Edit(Edit::Paste(Arc::new("p\nq\n".into()))),
            4 => Action::Move(Motion::Up),
            5 => Action::Move(Motion::WordRight),
            6 => Action::Select(Motion::Down),
            7 => Action::Select(Motion::WordLeft),
            8 => Action::Move(Motion::Home),
            9 => Action::Edit(Edit::Insert(' ')),
            _ => Action::Edit(Edit::Insert('x')),
        };
        typist.does(action);
    }
    let end = typist.body.text();
    while typist.body.undo() {}
    assert_eq!(typist.body.text(), start);
    while typist.body.redo() {}
    assert_eq!(typist.body.text(), end);
}

#[test]
fn memory_for_undo_is_bounded() {
    let mut typist = Typist::new("");
    for _ in 0..40 {
        typist.does(Action::SelectAll);
        typist.does(Action::Edit(Edit::Paste(Arc::new("x".repeat(300_000)))));
        typist.does(Action::Edit(Edit::Insert('y')));
    }
    let mut steps = 0;
    while typist.body.undo() {
        steps += 1;
    }
    assert!((1..40).contains(&steps), "{steps}");
}
