//! Reading a message: by keys, words found in it, its size, what is next.

use iced::keyboard::{Key, Modifiers, key::Named};
use iced_test::selector::id;
use waxwing::model::PlacementId;

use super::harness::{Harness, WIDE};
use crate::ui::app::{Action, Keep};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::reader::find;
use crate::ui::screen::mail::{Message, keys};
use crate::ui::widget::marked::FOUND;

fn named(named: Named) -> Press {
    Press {
        key: Key::Named(named),
        modified: Key::Named(named),
        modifiers: Modifiers::empty(),
    }
}

fn ctrl(sign: &str) -> Press {
    Press {
        key: Key::Character(sign.into()),
        modified: Key::Character(sign.into()),
        modifiers: Modifiers::COMMAND,
    }
}

fn typed(words: &str) -> Message {
    let message = find::Message::Typed(words.to_owned());
    Message::Reading(keys::Message::Find(message))
}

fn says(harness: &mut Harness, words: &str) -> bool {
    let mut found = false;
    harness.with_ui(WIDE, |ui| found = ui.find(words).is_ok());
    found
}

#[test]
fn words_are_found_in_the_message_and_counted() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Next);
    harness.press(&ctrl("f"));
    assert!(harness.mail.search.is_none());
    harness.send(typed("MILL"));
    assert!(says(&mut harness, "1 of 2"));
    // It is where it can be scrolled to.
    harness.with_ui(WIDE, |ui| assert!(ui.find(id(FOUND)).is_ok()));
    harness.press(&named(Named::F3));
    assert!(says(&mut harness, "2 of 2"));
    harness.press(&named(Named::F3));
    assert!(says(&mut harness, "1 of 2"));
    harness.command(UserCommand::FindPrevious);
    assert!(says(&mut harness, "2 of 2"));
    // What is found in a folded quotation is shown.
    assert!(says(&mut harness, "Show 5 quoted lines"));
    harness.send(typed("reproachful"));
    assert!(says(&mut harness, "1 of 1"));
    assert!(says(&mut harness, "Hide quoted text"));
    harness.send(typed("zebra"));
    assert!(says(&mut harness, "Not found"));
    harness.press(&named(Named::Escape));
    assert!(!harness.mail.reader.finds());
    // Another message begins without.
    harness.press(&ctrl("f"));
    harness.command(UserCommand::Next);
    assert!(!harness.mail.reader.finds());
}

#[test]
fn where_no_message_is_read_all_are_searched() {
    let mut harness = Harness::with_rows(30);
    harness.press(&ctrl("f"));
    assert!(harness.mail.search.is_some());
    assert!(!harness.mail.reader.finds());
}

#[test]
fn keys_move_in_the_message_once_it_was_entered() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Next);
    let first = harness.mail.reader.shown;
    harness.press(&named(Named::ArrowDown));
    let second = harness.mail.reader.shown;
    assert_ne!(first, second);
    harness.press(&named(Named::Enter));
    for key in [
        Named::ArrowDown,
        Named::ArrowUp,
        Named::PageDown,
        Named::Home,
        Named::End,
    ] {
        harness.press(&named(key));
        assert_eq!(harness.mail.reader.shown, second, "{key:?}");
    }
    harness.press(&named(Named::Escape));
    harness.press(&named(Named::ArrowUp));
    assert_eq!(harness.mail.reader.shown, first);
    // A press into the message enters it, one into the list leaves it.
    harness.send(Message::Reading(keys::Message::Pressed));
    assert!(harness.mail.is_in_message());
    harness.with_ui(WIDE, |ui| {
        ui.click("Recipe, as promised").unwrap();
    });
    assert!(!harness.mail.is_in_message());
}

#[test]
fn at_its_end_the_next_unread_message_is_read() {
    let mut harness = Harness::with_rows(30);
    let end = || Message::Reading(keys::Message::Scrolled(false));
    let mut read = Vec::new();
    harness.command(UserCommand::NextUnread);
    for _ in 0..4 {
        read.extend(harness.mail.reader.shown);
        harness.send(end());
    }
    let expected = [1000, 1001, 1003, 1007].map(PlacementId);
    assert_eq!(read, expected);
    // From the last the first is next, as long as that is unread.
    assert_eq!(harness.mail.reader.shown, Some(expected[0]));
    harness.send(Message::Reading(keys::Message::Scrolled(true)));
    assert_eq!(harness.mail.reader.shown, Some(expected[0]));
    for id in expected {
        harness.mail.list.selection.only(id);
        harness.command(UserCommand::MarkRead);
    }
    harness.actions.clear();
    harness.command(UserCommand::NextUnread);
    let told = harness.actions.iter().any(
        |action| matches!(action, Action::Toast(toast) if toast.words == "Nothing else here is unread."),
    );
    assert!(told, "{:?}", harness.actions);
}

#[test]
fn messages_are_shown_larger_and_that_is_kept() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Next);
    harness.actions.clear();
    harness.press(&ctrl("+"));
    harness.press(&Press {
        key: Key::Character("=".into()),
        modified: Key::Character("+".into()),
        modifiers: Modifiers::COMMAND | Modifiers::SHIFT,
    });
    harness.press(&ctrl("0"));
    harness.press(&ctrl("-"));
    let kept: Vec<u16> = harness
        .actions
        .iter()
        .filter_map(|action| match action {
            Action::Keep(Keep::Zoom(percent)) => Some(*percent),
            _ => None,
        })
        .collect();
    assert_eq!(kept, [110, 125, 100, 90]);
}
