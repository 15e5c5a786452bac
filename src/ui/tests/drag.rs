//! Messages and folders that are drawn onto folders, and what is at hand on a
//! row.

use iced::keyboard::Modifiers;
use iced::keyboard::key::Named;
use iced::{Event, Point, mouse};
use waxwing::model::{FlagChange, FolderId, ListView, PlacementId};

use super::harness::{Harness, WIDE, go_to, middle_of, named};
use crate::ui::app::Verb;
use crate::ui::screen::mail::drag::Message as Drag;
use crate::ui::screen::mail::{Message, dialog};
use crate::ui::widget::virtual_list::{Click, ClickKind};

const FAMILY: FolderId = FolderId(7);
const PHOTOS: FolderId = FolderId(8);
const RECEIPTS: FolderId = FolderId(9);

fn id(n: i64) -> PlacementId {
    PlacementId(1000 + n)
}

fn click(index: usize, modifiers: Modifiers, kind: ClickKind) -> Message {
    Message::Click(Click {
        index,
        modifiers,
        kind,
    })
}

fn drags(harness: &mut Harness, all: impl IntoIterator<Item = Drag>) {
    for message in all {
        harness.send(Message::Drag(message));
    }
}

fn button(down: bool) -> Event {
    let left = mouse::Button::Left;
    Event::Mouse(if down {
        mouse::Event::ButtonPressed(left)
    } else {
        mouse::Event::ButtonReleased(left)
    })
}

#[test]
fn rows_are_drawn_onto_a_folder_by_the_pointer() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.send(click(2, Modifiers::SHIFT, ClickKind::Single));
    harness.with_ui(WIDE, |ui| {
        // The second of three that are selected: the press changes nothing.
        go_to(ui, Point::new(420.0, 48.0 + 28.0 + 90.0));
        ui.simulate([button(true)]);
        go_to(ui, Point::new(300.0, 200.0));
    });
    assert_eq!(harness.mail.list.selection.len(), 3);
    harness.verbs();
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("3 messages").is_ok(), "hangs on the pointer");
        let receipts = middle_of(ui, "Receipts");
        go_to(ui, receipts);
    });
    harness.with_ui(WIDE, |ui| {
        ui.simulate([button(false)]);
    });
    let ids = (0..3).map(id).collect();
    assert_eq!(harness.verbs(), [Verb::MoveTo(ids, RECEIPTS)]);
    assert_eq!(harness.mail.list.order.len(), 27);
    harness.with_ui(WIDE, |ui| assert!(ui.find("3 messages").is_err()));
}

#[test]
fn a_press_on_what_is_selected_counts_when_the_button_is_released() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.send(click(2, Modifiers::SHIFT, ClickKind::Single));
    let second = Point::new(420.0, 48.0 + 28.0 + 90.0);
    harness.with_ui(WIDE, |ui| {
        go_to(ui, second);
        ui.simulate([button(true)]);
    });
    assert_eq!(harness.mail.list.selection.len(), 3);
    harness.with_ui(WIDE, |ui| {
        go_to(ui, second);
        ui.simulate([button(true), button(false)]);
    });
    assert_eq!(harness.mail.list.selection.single(), Some(id(1)));
}

#[test]
fn messages_land_only_where_they_can_lie() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    let other_account = FolderId(21);
    for (folder, lands) in [(RECEIPTS, true), (other_account, false)] {
        harness.verbs();
        drags(&mut harness, [Drag::Messages, Drag::Over(folder)]);
        harness.with_ui(WIDE, |ui| {
            assert_eq!(ui.find("not here").is_err(), lands);
        });
        drags(&mut harness, [Drag::Dropped]);
        assert_eq!(!harness.verbs().is_empty(), lands, "{folder:?}");
    }
    // Not into the folder they lie in, and nowhere once the pointer left it.
    harness.send(Message::Folder(ListView::Folder(RECEIPTS)));
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.verbs();
    drags(
        &mut harness,
        [Drag::Messages, Drag::Over(RECEIPTS), Drag::Dropped],
    );
    drags(
        &mut harness,
        [
            Drag::Messages,
            Drag::Over(PHOTOS),
            Drag::Over(FAMILY),
            Drag::Left(PHOTOS),
            Drag::Left(FAMILY),
            Drag::Dropped,
        ],
    );
    assert_eq!(harness.verbs(), []);
}

#[test]
fn ctrl_copies_and_escape_lets_go() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.verbs();
    drags(&mut harness, [Drag::Messages, Drag::Over(RECEIPTS)]);
    harness.press(&named(Named::Escape));
    drags(&mut harness, [Drag::Dropped]);
    assert_eq!(harness.verbs(), []);
    // A press: the release before it was outside of the window.
    drags(&mut harness, [Drag::Messages, Drag::Over(RECEIPTS)]);
    harness.with_ui(WIDE, |ui| {
        go_to(ui, Point::new(700.0, 400.0));
        ui.simulate([button(true), button(false)]);
    });
    assert!(
        !harness
            .verbs()
            .iter()
            .any(|verb| matches!(verb, Verb::MoveTo(..)))
    );
    harness.modifiers = Modifiers::COMMAND;
    drags(&mut harness, [Drag::Messages, Drag::Over(RECEIPTS)]);
    harness.with_ui(WIDE, |ui| assert!(ui.find("Copy 1 message").is_ok()));
    drags(&mut harness, [Drag::Dropped]);
    assert_eq!(harness.verbs(), [Verb::CopyTo(vec![id(0)], RECEIPTS)]);
    assert_eq!(harness.mail.list.order.len(), 30, "it stays here as well");
}

#[test]
fn a_folder_is_drawn_into_another() {
    let mut harness = Harness::with_rows(30);
    let open = harness.mail.list.view;
    harness.with_ui(WIDE, |ui| {
        let from = middle_of(ui, "Photos");
        let to = middle_of(ui, "Receipts");
        go_to(ui, from);
        ui.simulate([button(true)]);
        go_to(ui, to);
    });
    harness.with_ui(WIDE, |ui| {
        let to = middle_of(ui, "Receipts");
        go_to(ui, to);
    });
    harness.with_ui(WIDE, |ui| {
        ui.simulate([button(false)]);
    });
    assert_eq!(
        harness.verbs(),
        [Verb::RenameFolder(PHOTOS, "Receipts/Photos".into())]
    );
    assert_eq!(harness.mail.list.view, open, "no folder was opened by it");
    // Not into itself or below it, and none that mail programs need.
    for (folder, into) in [(FAMILY, PHOTOS), (FAMILY, FAMILY), (FolderId(3), FAMILY)] {
        drags(
            &mut harness,
            [Drag::Folder(folder), Drag::Over(into), Drag::Dropped],
        );
        assert_eq!(harness.verbs(), [], "{folder:?} into {into:?}");
    }
}

#[test]
fn what_is_at_hand_is_done_to_the_row_under_the_pointer_alone() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.verbs();
    let (mark, archive, delete) = (0, 1, 2);
    let at_hand = |index, number| click(index, Modifiers::empty(), ClickKind::AtHand(number));
    harness.send(at_hand(2, archive));
    assert_eq!(harness.verbs(), [Verb::Archive(vec![id(2)])]);
    assert_eq!(harness.mail.list.order.len(), 29);
    assert_eq!(harness.mail.reader.shown, Some(id(0)), "one reads on");
    // It was unread.
    harness.send(at_hand(1, mark));
    let change = FlagChange::seen(true);
    let ids = vec![id(1)];
    assert_eq!(
        harness.verbs(),
        [Verb::Mark {
            ids,
            change,
            quiet: false
        }]
    );
    // What is read itself gives way to the next.
    harness.send(at_hand(0, delete));
    assert_eq!(harness.mail.reader.shown, Some(id(1)));
    harness.send(Message::Folder(ListView::Folder(FolderId(6))));
    harness.verbs();
    harness.mail.sidebar.set_folders(vec![]);
    harness.send(at_hand(0, delete));
    assert!(matches!(&harness.verbs()[..], [Verb::Delete { .. }]));
}

#[test]
fn in_trash_it_is_asked_about() {
    let mut harness = Harness::with_rows(30);
    let mut folders = super::fixture::folders();
    // The made-up messages all lie in this one.
    folders[0].role = Some(waxwing::model::FolderRole::Trash);
    harness.send(Message::FoldersLoaded(Ok(folders)));
    harness.send(click(4, Modifiers::empty(), ClickKind::AtHand(2)));
    assert!(matches!(
        harness.mail.dialog,
        Some(dialog::Dialog::DeleteForever(_))
    ));
}

#[test]
fn the_signs_at_hand_are_pressed_on_the_row_itself() {
    let mut harness = Harness::with_rows(30);
    // Left of the star of the first row: the pane ends at 617.
    let row = 48.0 + 1.0 + 28.0;
    harness.with_ui(WIDE, |ui| {
        let delete = Point::new(617.0 - 36.0 - 30.0 + 8.0, row + 31.0 + 8.0);
        go_to(ui, delete);
        ui.simulate([button(true), button(false)]);
    });
    assert_eq!(
        harness.verbs(),
        [Verb::Delete {
            ids: vec![id(0)],
            permanently: false
        }]
    );
    assert_eq!(harness.mail.list.selection.len(), 0);
}
