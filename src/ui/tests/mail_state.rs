//! The mail screen by its messages.

use iced::keyboard::Modifiers;
use waxwing::engine::Event;
use waxwing::model::{AccountId, Flag, FlagChange, FolderId, ListView, PlacementId};

use super::fixture;
use super::harness::Harness;
use crate::ui::app::{Action, ComposeRequest, Query, Verb};
use crate::ui::command::UserCommand;
use crate::ui::screen::mail::attachment::{self, Picked, Picker, Wanted};
use crate::ui::screen::mail::{Message, dialog};
use crate::ui::widget::virtual_list::{Click, ClickKind, Scroll};

fn click(index: usize, modifiers: Modifiers) -> Message {
    Message::Click(Click {
        index,
        modifiers,
        kind: ClickKind::Single,
    })
}

fn id(n: i64) -> PlacementId {
    PlacementId(1000 + n)
}

#[test]
fn all_inboxes_is_shown_first() {
    let harness = Harness::with_rows(30);
    assert_eq!(harness.mail.title(), "All inboxes – Waxwing");
    assert_eq!(harness.mail.list.order.len(), 30);
    assert!(harness.mail.list.entry_at(29).is_some());
}

#[test]
fn of_a_hundred_thousand_rows_only_those_near_are_asked_for() {
    let mut harness = Harness::with_rows(100_000);
    assert!(harness.mail.list.entry_at(0).is_some());
    assert!(harness.mail.list.entry_at(500).is_none());
    harness.held = Some(Vec::new());
    harness.send(Message::Range(50_000, 50_010));
    let held = harness.held.take().unwrap();
    let [Query::Envelopes(_, ids, _)] = held.as_slice() else {
        panic!("{held:?}");
    };
    assert_eq!(ids.first(), Some(&id(49_960)));
    assert_eq!(ids.len(), 90);
    // What was asked for is not asked for again.
    harness.held = Some(Vec::new());
    harness.send(Message::Range(50_001, 50_011));
    let held = harness.held.take().unwrap();
    assert!(matches!(held.as_slice(), [Query::Envelopes(_, ids, _)] if ids.len() == 1));
}

#[test]
fn rows_of_a_folder_left_since_are_dropped() {
    let mut harness = Harness::with_rows(30);
    harness.held = Some(Vec::new());
    harness.send(Message::Folder(ListView::Folder(FolderId(1))));
    let old = harness.held.take().unwrap().remove(0);
    harness.held = Some(Vec::new());
    harness.send(Message::Folder(ListView::Folder(FolderId(9))));
    let new = harness.held.take().unwrap().remove(0);
    harness.send(fixture::answer(old, 7));
    assert!(harness.mail.list.order.is_empty());
    harness.send(fixture::answer(new, 5));
    assert_eq!(harness.mail.list.order.len(), 5);
}

#[test]
fn a_message_that_comes_too_late_is_dropped() {
    let mut harness = Harness::with_rows(30);
    harness.held = Some(Vec::new());
    harness.send(click(0, Modifiers::empty()));
    harness.send(click(1, Modifiers::empty()));
    let held = harness.held.take().unwrap();
    let mut answers = held.into_iter().map(|query| fixture::answer(query, 30));
    harness.send(answers.next().unwrap());
    assert!(harness.mail.reader.attachment(0).is_none());
    harness.send(answers.next().unwrap());
    assert!(harness.mail.reader.attachment(0).is_some());
    assert_eq!(harness.mail.reader.shown, Some(id(1)));
}

#[test]
fn delete_takes_the_row_out_shows_the_next_and_asks_the_engine() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(2, Modifiers::empty()));
    harness.verbs();
    harness.command(UserCommand::Delete);
    assert_eq!(harness.mail.list.order.len(), 29);
    assert_eq!(harness.mail.reader.shown, Some(id(3)));
    assert_eq!(
        harness.verbs(),
        [Verb::Delete {
            ids: vec![id(2)],
            permanently: false
        }]
    );
}

#[test]
fn deleting_in_the_trash_asks_first() {
    let mut harness = Harness::with_rows(30);
    harness.send(Message::Folder(ListView::Folder(FolderId(6))));
    harness.send(click(0, Modifiers::empty()));
    harness.verbs();
    harness.command(UserCommand::Delete);
    assert!(harness.verbs().is_empty());
    harness.send(Message::Dialog(dialog::Message::Confirm));
    assert_eq!(
        harness.verbs(),
        [Verb::Delete {
            ids: vec![id(0)],
            permanently: true
        }]
    );
    assert!(harness.mail.dialog.is_none());
}

#[test]
fn an_unread_message_is_read_after_a_while_and_only_if_still_shown() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty()));
    harness.send(click(1, Modifiers::empty()));
    harness.verbs();
    // The reader was opened twice: the first look is over.
    harness.send(Message::Looked(2));
    assert!(harness.verbs().is_empty());
    harness.send(Message::Looked(3));
    assert_eq!(
        harness.verbs(),
        [Verb::Mark {
            ids: vec![id(1)],
            change: FlagChange::seen(true),
            quiet: true
        }]
    );
    let flags = harness.mail.list.entry(id(1)).unwrap().envelope.flags;
    assert!(flags.has(Flag::Seen));
}

#[test]
fn what_a_narrow_window_does_not_show_is_not_read() {
    let mut harness = Harness::with_rows(30);
    harness.mail.panes.size.width = 720.0;
    harness.command(UserCommand::Next);
    let first = harness.mail.list.selection.single().unwrap();
    harness.verbs();
    harness.send(Message::Looked(2));
    assert!(harness.verbs().is_empty());
    harness.command(UserCommand::Open);
    harness.send(Message::Looked(2));
    assert_eq!(
        harness.verbs(),
        [Verb::Mark {
            ids: vec![first],
            change: FlagChange::seen(true),
            quiet: true
        }]
    );
}

#[test]
fn marked_unread_by_hand_it_stays_so() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty()));
    harness.command(UserCommand::MarkUnread);
    harness.verbs();
    harness.send(Message::Looked(2));
    assert!(harness.verbs().is_empty());
}

#[test]
fn new_mail_moves_neither_what_is_read_nor_what_is_in_sight() {
    let mut harness = Harness::with_rows(100);
    harness.send(Message::Range(40, 50));
    harness.send(click(45, Modifiers::empty()));
    harness.held = Some(Vec::new());
    let event = Event::FolderContent(FolderId(1));
    let action = harness.mail.on_event(&event);
    harness.settle(action);
    let epoch = harness
        .held
        .take()
        .unwrap()
        .into_iter()
        .find_map(|query| match query {
            Query::Order(epoch, _) => Some(epoch),
            _ => None,
        })
        .unwrap();
    let order = (997..1100).map(PlacementId).collect();
    harness.held = Some(Vec::new());
    harness.send(Message::OrderLoaded(epoch, Ok(order)));
    assert_eq!(harness.mail.reader.shown, Some(id(45)));
    assert!(harness.mail.list.selection.has(id(45)));
    assert_eq!(
        harness.mail.list.scrolls.last().map(|(_, scroll)| *scroll),
        Some(Scroll::Keep(3))
    );
}

#[test]
fn the_star_is_cleared_only_when_all_have_it() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(1, Modifiers::empty()));
    harness.send(click(2, Modifiers::SHIFT));
    harness.verbs();
    harness.command(UserCommand::Star);
    harness.command(UserCommand::Star);
    let changes: Vec<_> = harness
        .verbs()
        .into_iter()
        .map(|verb| match verb {
            Verb::Mark { change, .. } => change.on,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(changes, [true, false]);
}

#[test]
fn reply_asks_for_a_composer_with_the_message() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Reply);
    assert!(harness.actions.is_empty(), "nothing is selected");
    harness.send(click(4, Modifiers::empty()));
    harness.actions.clear();
    harness.command(UserCommand::ReplyAll);
    let Some(Action::Compose(ComposeRequest::Start { mode, origin, .. })) = harness.actions.pop()
    else {
        panic!("no composer");
    };
    assert_eq!(mode, waxwing::model::ComposeMode::ReplyAll);
    assert_eq!(origin, Some(id(4)));
}

#[test]
fn moving_finds_the_folder_by_typing() {
    let mut harness = Harness::with_rows(30);
    harness.send(click(0, Modifiers::empty()));
    harness.verbs();
    harness.command(UserCommand::Move);
    harness.send(Message::Dialog(dialog::Message::Typed("rece".into())));
    harness.send(Message::Dialog(dialog::Message::Confirm));
    assert_eq!(harness.verbs(), [Verb::MoveTo(vec![id(0)], FolderId(9))]);
}

#[test]
fn without_a_file_dialog_a_path_is_typed() {
    let mut harness = Harness::with_rows(30);
    harness.mail.picker = Picker::Always(Picked::NoDialog);
    harness.send(click(0, Modifiers::empty()));
    let picked = attachment::Message::Picked(Wanted::One(0), Picked::NoDialog);
    harness.send(Message::Attachment(picked));
    harness.send(Message::Dialog(dialog::Message::Typed(
        "/tmp/map.pdf".into(),
    )));
    harness.actions.clear();
    harness.send(Message::Dialog(dialog::Message::Confirm));
    let Some(Action::Toast(toast)) = harness.actions.pop() else {
        panic!("no news");
    };
    assert_eq!(toast.words, "Saved as /tmp/map.pdf");
}

#[test]
fn many_changes_at_once_are_read_once() {
    let mut harness = Harness::with_rows(30);
    harness.held = Some(Vec::new());
    for _ in 0..50 {
        let action = harness.mail.on_event(&Event::FolderContent(FolderId(1)));
        harness.settle(action);
    }
    let held = harness.held.take().unwrap();
    assert_eq!(held.len(), 2, "{held:?}");
    // The answers were out of date before they came: one more round.
    harness.held = Some(Vec::new());
    for query in held {
        harness.send(fixture::answer(query, 30));
    }
    // What the rows in sight say of conversations is read with it.
    let mut held = harness.held.take().unwrap();
    held.retain(|query| !matches!(query, Query::Envelopes(..)));
    assert_eq!(held.len(), 2);
}

#[test]
fn a_refused_password_can_be_given_anew() {
    let mut harness = Harness::with_rows(30);
    let refused = waxwing::Error::new(waxwing::ErrorKind::Auth, "Refused.");
    harness.mail.states.insert(
        AccountId(1),
        waxwing::engine::AccountState::NeedsPassword(refused),
    );
    harness.actions.clear();
    harness.send(Message::SignIn(AccountId(1)));
    let asked = harness.actions.pop();
    assert!(matches!(asked, Some(Action::SignIn(AccountId(1)))));
    let wrong = harness.mail.wrong_with(AccountId(1)).unwrap();
    assert_eq!(wrong.message(), "Refused.");
}

#[test]
fn a_waiting_message_can_be_taken_back() {
    let mut harness = Harness::with_rows(30);
    harness.send(Message::OpenOutbox);
    let id = harness.mail.outbox[0].id;
    harness.send(Message::Dialog(dialog::Message::TakeBack(id)));
    assert_eq!(harness.verbs(), [Verb::TakeBack(id)]);
    assert!(harness.mail.dialog.is_none());
}

#[test]
fn quitting_says_once_what_is_still_to_be_sent() {
    let mut harness = Harness::with_rows(30);
    harness.send(Message::OpenOutbox);
    assert!(harness.mail.leave().is_some());
    assert!(matches!(harness.mail.dialog, Some(dialog::Dialog::Leave)));
    harness.actions.clear();
    harness.send(Message::Dialog(dialog::Message::Cancel));
    assert!(
        harness
            .actions
            .iter()
            .all(|action| !matches!(action, Action::Close))
    );
    assert!(harness.mail.leave().is_some());
    // Closing the window once more is an answer too.
    assert!(harness.mail.leave().is_none());
    harness.send(Message::Dialog(dialog::Message::Confirm));
    assert!(matches!(harness.actions.pop(), Some(Action::Close)));
    harness.mail.outbox.clear();
    assert!(harness.mail.leave().is_none());
}
