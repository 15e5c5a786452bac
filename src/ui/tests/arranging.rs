//! The order of the list, what it leaves out, and conversations.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use waxwing::config::settings::Conversations;
use waxwing::model::{FolderId, ListView, PlacementId, SortKey, Within};

use super::fixture::{ANSWER, OLDER, SEVERAL};
use super::harness::{Harness, WIDE, named};
use crate::ui::app::{Action, Query, Verb};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::Message;
use crate::ui::widget::virtual_list::{Click, ClickKind};

fn letter(letter: &str) -> Press {
    Press {
        key: Key::Character(letter.into()),
        modified: Key::Character(letter.into()),
        modifiers: Modifiers::empty(),
    }
}

fn click(harness: &mut Harness, index: usize, kind: ClickKind) {
    harness.send(Message::Click(Click {
        index,
        modifiers: Modifiers::empty(),
        kind,
    }));
}

/// The orders that were asked for.
fn orders(harness: &mut Harness, keys: &[Press]) -> Vec<waxwing::model::Listing> {
    harness.held = Some(Vec::new());
    for key in keys {
        harness.press(key);
    }
    let held = harness.held.take().unwrap();
    held.into_iter()
        .filter_map(|query| match query {
            Query::Order(_, listing) => Some(listing),
            _ => None,
        })
        .collect()
}

#[test]
fn the_menu_sorts_and_filters_by_keys_alone() {
    let mut harness = Harness::with_rows(30);
    let enter = named(Named::Enter);
    let down = named(Named::ArrowDown);
    // The second line; once more turns it round.
    let asked = orders(
        &mut harness,
        &[letter("w"), down.clone(), enter.clone(), enter.clone()],
    );
    let sorts: Vec<_> = asked.iter().map(|one| one.sort).collect();
    assert_eq!(sorts[0].key, SortKey::Sender);
    assert_eq!([sorts[0].descending, sorts[1].descending], [false, true]);
    // Up from the fifth: "Show only unread" is the sixth.
    let asked = orders(
        &mut harness,
        &[down.clone(), down.clone(), down.clone(), down, enter],
    );
    assert!(asked[0].filter.unread);
    assert_eq!(asked[0].sort.key, SortKey::Sender);
    harness.press(&named(Named::Escape));
    assert_eq!(harness.mail.menu, None);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Only: unread").is_ok());
        ui.click("Show all").unwrap();
    });
    assert!(harness.mail.list.chosen.filter.is_empty());
    // Another folder is shown whole, and as usual.
    harness.mail.list.chosen.filter.starred = true;
    harness.send(Message::Folder(ListView::Folder(FolderId(1))));
    assert!(harness.mail.list.chosen.filter.is_empty());
    assert_eq!(harness.mail.list.chosen.sort.key, SortKey::Date);
}

#[test]
fn what_was_shown_stays_until_the_new_order_is_here() {
    let mut harness = Harness::with_rows(30);
    orders(
        &mut harness,
        &[letter("w"), named(Named::ArrowDown), named(Named::Enter)],
    );
    assert_eq!(harness.mail.list.order.len(), 30);
    assert!(harness.mail.list.entry_at(0).is_some());
}

#[test]
fn how_conversations_are_shown_is_kept() {
    let mut harness = Harness::with_rows(30);
    harness.command(UserCommand::Arrange);
    harness.with_ui(WIDE, |ui| {
        ui.click("Single messages").unwrap();
    });
    let kept = harness.actions.iter().any(|action| {
        matches!(
            action,
            Action::Perform(Verb::ShowConversations(Conversations::Off))
        )
    });
    assert!(kept);
    let rows = harness.mail.list.order.clone();
    assert!(rows.contains(&SEVERAL));
    click(&mut harness, 4, ClickKind::Fold);
    assert_eq!(harness.mail.list.order, rows, "nothing to open");
}

#[test]
fn a_conversation_opens_and_closes_by_keys() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Jean, Me, Oskar").is_ok());
    });
    click(&mut harness, 4, ClickKind::Single);
    harness.held = Some(Vec::new());
    harness.press(&named(Named::ArrowRight));
    let held = harness.held.take().unwrap();
    let around = matches!(
        held[..],
        [Query::Conversation(_, SEVERAL, _, Within::Around(_))]
    );
    assert!(around, "{held:?}");
    for query in held {
        harness.send(super::fixture::answer(query, 30));
    }
    let order = &harness.mail.list.order;
    assert_eq!(order[4..8], [SEVERAL, ANSWER, OLDER, PlacementId(1005)]);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Robin Marsh").is_ok());
        assert!(ui.find("Mum").is_ok());
        assert!(ui.find("Jean, Me, Oskar").is_err());
    });
    // Each of its messages opens.
    harness.press(&named(Named::ArrowDown));
    assert_eq!(harness.mail.reader.shown, Some(ANSWER));
    harness.press(&named(Named::ArrowLeft));
    assert_eq!(harness.mail.list.order.len(), 30);
    assert_eq!(harness.mail.reader.shown, Some(SEVERAL));
    assert!(harness.mail.list.selection.has(SEVERAL));
}

#[test]
fn what_is_done_to_a_closed_conversation_is_done_to_all_of_it_here() {
    let mut harness = Harness::with_rows(30);
    click(&mut harness, 4, ClickKind::Single);
    harness.verbs();
    harness.command(UserCommand::Archive);
    assert_eq!(harness.verbs(), [Verb::Archive(vec![SEVERAL, OLDER])]);
    // Of an open one only what is selected.
    let mut harness = Harness::with_rows(30);
    click(&mut harness, 4, ClickKind::Fold);
    click(&mut harness, 4, ClickKind::Single);
    harness.verbs();
    harness.command(UserCommand::Archive);
    assert_eq!(harness.verbs(), [Verb::Archive(vec![SEVERAL])]);
}

#[test]
fn an_open_conversation_stays_open_when_the_list_is_read_anew() {
    let mut harness = Harness::with_rows(30);
    click(&mut harness, 4, ClickKind::Fold);
    assert_eq!(harness.mail.list.order.len(), 32);
    let action = harness.mail.reload();
    harness.settle(action);
    assert_eq!(harness.mail.list.order.len(), 32);
    assert_eq!(harness.mail.list.order[5], ANSWER);
}
