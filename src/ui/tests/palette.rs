//! The list of commands, and the sheet of keys.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use waxwing::model::{FolderId, ListView};

use super::harness::{Harness, WIDE, named};
use crate::ui::app::{Action, Keep, Verb};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::{Message, dialog};
use crate::ui::widget::virtual_list::{Click, ClickKind};

fn ctrl_k() -> Press {
    Press {
        key: Key::Character("k".into()),
        modified: Key::Character("k".into()),
        modifiers: Modifiers::COMMAND,
    }
}

fn select_first(harness: &mut Harness) {
    harness.send(Message::Click(Click {
        index: 0,
        modifiers: Modifiers::empty(),
        kind: ClickKind::Single,
    }));
    harness.actions.clear();
}

fn type_into(harness: &mut Harness, text: &str) {
    harness.send(Message::Dialog(dialog::Message::Typed(text.to_owned())));
}

#[test]
fn only_what_can_be_done_is_listed_with_its_keys() {
    let mut harness = Harness::with_rows(30);
    let names = |harness: &Harness| -> Vec<String> {
        let lines = harness.mail.palette(&harness.context());
        lines.into_iter().map(|line| line.name).collect()
    };
    let before = names(&harness);
    assert!(before.contains(&"New message".to_owned()));
    assert!(before.contains(&"Go to Family / Photos".to_owned()));
    assert!(!before.contains(&"Archive".to_owned()), "{before:?}");
    select_first(&mut harness);
    assert!(names(&harness).contains(&"Archive".to_owned()));
    harness.press(&ctrl_k());
    type_into(&mut harness, "archive");
    harness.with_ui(WIDE, |ui| {
        // The key of it stands beside it.
        assert!(ui.find("E").is_ok());
        assert!(ui.find("Go to Archive").is_ok());
    });
    harness.press(&ctrl_k());
    assert!(harness.mail.dialog.is_none(), "its key closes it as well");
}

#[test]
fn it_goes_to_folders_and_finds_them_by_some_of_their_letters() {
    let mut harness = Harness::with_rows(30);
    harness.press(&ctrl_k());
    type_into(&mut harness, "faphot");
    harness.send(Message::Dialog(dialog::Message::Confirm));
    assert_eq!(
        harness.mail.list.view,
        Some(ListView::Folder(FolderId(8))),
        "Family / Photos"
    );
    // Of two accounts the name of one decides.
    harness.press(&ctrl_k());
    type_into(&mut harness, "inbox work");
    harness.press(&named(Named::Enter));
    assert_eq!(harness.mail.list.view, Some(ListView::Folder(FolderId(21))));
}

#[test]
fn arrows_choose_and_what_was_used_last_stands_first() {
    let mut harness = Harness::with_rows(30);
    select_first(&mut harness);
    harness.press(&ctrl_k());
    type_into(&mut harness, "mark");
    let chosen = |harness: &Harness| match &harness.mail.dialog {
        Some(dialog::Dialog::Choose(chooser)) => chooser.chosen(),
        _ => None,
    };
    let first = chosen(&harness);
    harness.press(&named(Named::ArrowDown));
    assert_ne!(chosen(&harness), first);
    harness.press(&named(Named::ArrowUp));
    assert_eq!(chosen(&harness), first);
    type_into(&mut harness, "mark unread");
    harness.press(&named(Named::Enter));
    let kept = harness.actions.iter().find_map(|action| match action {
        Action::Keep(Keep::Chosen(key)) => Some(key.clone()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("MarkUnread"));
    assert!(matches!(harness.verbs()[..], [Verb::Mark { .. }]));
    harness.kept.remember_chosen("all/inbox");
    harness.kept.remember_chosen("MarkUnread");
    let lines = harness.mail.palette(&harness.context());
    let first: Vec<_> = lines
        .iter()
        .take(3)
        .map(|line| line.name.as_str())
        .collect();
    assert_eq!(
        first,
        ["Mark as unread", "Go to All inboxes", "New message"]
    );
}

#[test]
fn the_sheet_has_every_command_that_has_a_key() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Shortcuts);
    for size in [(1280.0, 1400.0), (700.0, 2400.0)] {
        harness.with_ui(size, |ui| {
            for command in UserCommand::all().filter(|one| !one.keys().is_empty()) {
                assert!(ui.find(command.label()).is_ok(), "{command:?}");
            }
        });
    }
}
