//! Looking for messages, with a made-up engine behind the screen.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced_test::selector::id;
use waxwing::config::settings::SavedSearch;
use waxwing::config::state::ListState;
use waxwing::model::{FolderId, FolderRole, ListView, PlacementId, SearchTerm, SortKey};
use waxwing::{Error, ErrorKind};

use super::Message;
use super::follow::FIELD;
use crate::ui::app::{Action, Keep, Query};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::dialog::Dialog;
use crate::ui::screen::mail::{Message as MailMessage, arrange, dialog};
use crate::ui::tests::fixture::ON_SERVER;
use crate::ui::tests::harness::{Harness, WIDE};
use crate::ui::widget::virtual_list::{Click, ClickKind};

const INBOX: ListView = ListView::Folder(FolderId(1));

fn named(named: Named) -> Press {
    Press {
        key: Key::Named(named),
        modified: Key::Named(named),
        modifiers: Modifiers::empty(),
    }
}

fn send(harness: &mut Harness, message: Message) {
    harness.send(MailMessage::Search(message));
}

/// Types a text and waits a moment.
fn type_in(harness: &mut Harness, text: &str) {
    harness.command(UserCommand::Search);
    send(harness, Message::Typed(text.to_owned()));
    let number = harness.mail.search.as_ref().unwrap().number;
    send(harness, Message::Paused(number));
}

fn click(harness: &mut Harness, index: usize) {
    harness.send(MailMessage::Click(Click {
        index,
        modifiers: Modifiers::empty(),
        kind: ClickKind::Single,
    }));
}

fn in_inbox() -> Harness {
    let mut harness = Harness::with_rows(30);
    harness.send(MailMessage::Folder(INBOX));
    harness
}

fn rows(harness: &Harness) -> Vec<i64> {
    harness.mail.list.order.iter().map(|id| id.0).collect()
}

#[test]
fn what_is_typed_is_found_and_escape_brings_everything_back() {
    let mut harness = in_inbox();
    click(&mut harness, 7);
    harness.send(MailMessage::Range(5, 12));
    type_in(&mut harness, "walk");
    assert_eq!(rows(&harness), [1000]);
    let row = harness.mail.list.row_at(0).unwrap();
    let found = row.found.unwrap();
    assert_eq!(row.line.get(found.line[0].clone()), Some("walk"));
    assert_eq!(found.place, "Inbox · Personal");
    // The piece of the text came after the row.
    assert!(row.weak.contains("river-walk"), "{}", row.weak);
    assert_eq!(harness.mail.title(), "walk – Waxwing");
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find(id(FIELD)).is_ok());
        assert!(ui.find("1 message found").is_ok());
        let uncovered = "The texts of 1,204 messages are not searched: not here yet.";
        assert!(ui.find(uncovered).is_ok());
    });
    click(&mut harness, 0);
    assert_eq!(harness.mail.reader.shown, Some(PlacementId(1000)));
    harness.press(&named(Named::Escape));
    assert!(harness.mail.search.is_none());
    assert_eq!(harness.mail.list.view, Some(INBOX));
    assert_eq!(harness.mail.list.order.len(), 30);
    assert!(harness.mail.list.selection.has(PlacementId(1007)));
    assert_eq!(harness.mail.reader.shown, Some(PlacementId(1007)));
    let scroll = harness.mail.list.scrolls.last().unwrap().1;
    assert_eq!(scroll, crate::ui::widget::virtual_list::Scroll::Show(5));
    assert!(harness.mail.list.row_at(7).unwrap().found.is_none());
}

#[test]
fn only_the_last_text_is_looked_for_and_late_answers_count_for_nothing() {
    let mut harness = in_inbox();
    harness.command(UserCommand::Search);
    harness.held = Some(Vec::new());
    for text in ["w", "wa", "walk"] {
        send(&mut harness, Message::Typed(text.to_owned()));
    }
    for number in 1..=3 {
        send(&mut harness, Message::Paused(number));
    }
    let held = harness.held.replace(Vec::new()).unwrap();
    let finds = |held: &[Query]| -> Vec<Query> {
        let finds = held.iter().filter(|query| matches!(query, Query::Find(..)));
        finds.cloned().collect()
    };
    let first = finds(&held);
    assert_eq!(first.len(), 1, "{held:?}");
    type_in(&mut harness, "schedule");
    let second = finds(&harness.held.take().unwrap());
    let answer = |query: &Query| crate::ui::tests::fixture::answer(query.clone(), 30);
    harness.send(answer(&second[0]));
    harness.send(answer(&first[0]));
    assert_eq!(rows(&harness), [1001]);
}

#[test]
fn an_empty_text_shows_the_folder_again() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk");
    type_in(&mut harness, "");
    assert_eq!(harness.mail.list.order.len(), 30);
    assert!(harness.mail.search.is_some());
    type_in(&mut harness, "is:");
    assert_eq!(harness.mail.list.order.len(), 30);
}

#[test]
fn where_is_searched_can_be_narrowed() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk");
    harness.held = Some(Vec::new());
    harness.with_ui(WIDE, |ui| {
        ui.click("Everywhere").unwrap();
    });
    send(&mut harness, Message::Everywhere(false));
    let held = harness.held.take().unwrap();
    let last = held.iter().rev().find_map(|query| match query {
        Query::Find(_, finding) => Some(finding.query.terms().into_iter().cloned().collect()),
        _ => None,
    });
    let terms: Vec<SearchTerm> = last.unwrap();
    assert!(terms.contains(&SearchTerm::InFolder(FolderId(1))));
    // All inboxes are narrowed by what they are for.
    let unified = ListView::Unified(FolderRole::Inbox);
    let term = super::within(unified);
    assert_eq!(term, Some(SearchTerm::Role(FolderRole::Inbox)));
}

#[test]
fn results_can_be_ordered_and_filtered_like_any_list() {
    let mut harness = in_inbox();
    type_in(&mut harness, "the");
    harness.held = Some(Vec::new());
    send(&mut harness, Message::BestFirst(true));
    harness.send(MailMessage::Choose(arrange::Choice::Unread));
    harness.send(MailMessage::Choose(arrange::Choice::Sort(SortKey::Size)));
    let asked: Vec<_> = harness
        .held
        .take()
        .unwrap()
        .into_iter()
        .filter_map(|query| match query {
            Query::Find(_, finding) => Some((finding.sort.map(|s| s.key), finding.filter.unread)),
            _ => None,
        })
        .collect();
    assert_eq!(
        asked,
        [(None, false), (None, true), (Some(SortKey::Size), true)]
    );
    // None of that is kept: it was a search.
    let kept = harness.actions.iter();
    assert!(
        !kept
            .into_iter()
            .any(|action| matches!(action, Action::Keep(_)))
    );
    harness.press(&named(Named::Escape));
    assert_eq!(harness.mail.list.chosen.sort.key, SortKey::Date);
    assert!(harness.mail.list.chosen.filter.is_empty());
}

#[test]
fn what_is_not_understood_is_said_once_the_text_is_finished() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk before:soon");
    assert!(harness.mail.search.as_ref().unwrap().remarks.is_empty());
    send(&mut harness, Message::Submitted);
    assert_eq!(rows(&harness), [1000], "the rest is looked for");
    let said = harness.mail.search.as_ref().unwrap().remarks.clone();
    assert!(said[0].starts_with("“soon” is no date"), "{said:?}");
    harness.with_ui(WIDE, |ui| assert!(ui.find(said[0].as_str()).is_ok()));
}

#[test]
fn what_is_looked_for_is_remembered() {
    let mut harness = in_inbox();
    type_in(&mut harness, " walk ");
    send(&mut harness, Message::Submitted);
    let kept = harness.actions.iter().find_map(|action| match action {
        Action::Keep(Keep::Search(text)) => Some(text.clone()),
        _ => None,
    });
    assert_eq!(kept.as_deref(), Some("walk"));
}

#[test]
fn nothing_found_offers_the_servers_and_what_they_find_is_listed() {
    let mut harness = in_inbox();
    type_in(&mut harness, "zebra");
    assert!(rows(&harness).is_empty());
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Nothing was found for “zebra”.").is_ok());
        assert!(ui.find("No message found").is_ok());
    });
    type_in(&mut harness, "walk");
    harness.with_ui(WIDE, |ui| {
        ui.click("Ask the servers").unwrap();
    });
    assert_eq!(rows(&harness), [1000, ON_SERVER.0]);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("The servers found 1 of them.").is_ok());
        let unknown = "2 more match there and come with the next check.";
        assert!(ui.find(unknown).is_ok());
    });
    // Another text asks nobody.
    type_in(&mut harness, "schedule");
    assert_eq!(rows(&harness), [1001]);
}

#[test]
fn a_search_that_fails_says_why() {
    let mut harness = in_inbox();
    harness.held = Some(Vec::new());
    type_in(&mut harness, "walk");
    let held = harness.held.take().unwrap();
    let epoch = held.iter().find_map(|query| match query {
        Query::Find(epoch, _) => Some(*epoch),
        _ => None,
    });
    let error = Error::new(ErrorKind::Storage, "The search index cannot be read.");
    send(&mut harness, Message::Found(epoch.unwrap(), Err(error)));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("The search index cannot be read.").is_ok());
        ui.click("Try again").unwrap();
    });
    assert_eq!(rows(&harness), [1000]);
}

#[test]
fn suggestions_are_taken_by_key_and_by_pointer() {
    let mut harness = in_inbox();
    type_in(&mut harness, "ada");
    harness.with_ui(WIDE, |ui| {
        ui.click("ada@lindqvist.example").unwrap();
    });
    let text = |harness: &Harness| harness.mail.search.as_ref().unwrap().text.clone();
    assert_eq!(text(&harness), "from:ada@lindqvist.example ");
    type_in(&mut harness, "walk is:unr");
    let tab = named(Named::Tab);
    assert!(harness.mail.completes(&tab));
    harness.press(&tab);
    assert_eq!(text(&harness), "walk is:unread ");
    // Nothing is left to complete: Tab moves the keyboard on.
    assert!(!harness.mail.completes(&tab));
    type_in(&mut harness, "in:fam");
    harness.press(&named(Named::ArrowDown));
    send(&mut harness, Message::Submitted);
    assert_eq!(text(&harness), "in:Family ");
    // Escape closes what was chosen from, then the search.
    type_in(&mut harness, "fr");
    harness.press(&named(Named::ArrowDown));
    harness.press(&named(Named::Escape));
    assert!(harness.mail.search.is_some());
    harness.press(&named(Named::Escape));
    assert!(harness.mail.search.is_none());
}

#[test]
fn past_searches_are_offered_until_they_are_forgotten() {
    let mut harness = in_inbox();
    harness.kept.remember_search("walk");
    harness.command(UserCommand::Search);
    harness.with_ui(WIDE, |ui| {
        ui.click("walk").unwrap();
    });
    assert_eq!(rows(&harness), [1000]);
    type_in(&mut harness, "");
    harness.with_ui(WIDE, |ui| {
        ui.click("Forget past searches").unwrap();
    });
    let forgotten = harness.actions.iter();
    assert!(
        forgotten
            .into_iter()
            .any(|a| matches!(a, Action::Keep(Keep::NoSearch)))
    );
}

#[test]
fn a_search_is_kept_under_a_name_renamed_and_removed() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk");
    send(&mut harness, Message::Name);
    harness.send(MailMessage::Dialog(dialog::Message::Typed("Walks".into())));
    harness.send(MailMessage::Dialog(dialog::Message::Confirm));
    let keeps = |harness: &mut Harness| -> Vec<Keep> {
        let actions = std::mem::take(&mut harness.actions).into_iter();
        let keeps = actions.filter_map(|action| match action {
            Action::Keep(keep) => Some(keep),
            _ => None,
        });
        keeps.collect()
    };
    let walks = SavedSearch {
        name: "Walks".into(),
        query: "walk".into(),
    };
    assert_eq!(keeps(&mut harness), [Keep::SavedSearch(walks.clone())]);
    harness.searches = vec![walks];
    harness.press(&named(Named::Escape));
    harness.with_ui(WIDE, |ui| {
        ui.click("Walks").unwrap();
    });
    assert_eq!(rows(&harness), [1000]);
    send(&mut harness, Message::Name);
    assert!(
        matches!(&harness.mail.dialog, Some(Dialog::NameSearch { saved: Some(0), name }) if name == "Walks")
    );
    harness.send(MailMessage::Dialog(dialog::Message::Typed("River".into())));
    harness.send(MailMessage::Dialog(dialog::Message::Confirm));
    send(&mut harness, Message::Remove);
    assert_eq!(
        keeps(&mut harness),
        [Keep::Renamed(0, "River".into()), Keep::Removed(0)]
    );
}

#[test]
fn another_folder_ends_the_search() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk");
    harness.send(MailMessage::Folder(ListView::Unread));
    assert!(harness.mail.search.is_none());
    assert_eq!(harness.mail.list.order.len(), 30);
    assert!(harness.mail.list.row_at(0).unwrap().found.is_none());
}

#[test]
fn a_message_found_in_trash_is_not_gone_for_good_without_a_question() {
    let mut harness = in_inbox();
    type_in(&mut harness, "walk");
    click(&mut harness, 0);
    let mut folders = crate::ui::tests::fixture::folders();
    folders[0].role = Some(FolderRole::Trash);
    harness.send(MailMessage::FoldersLoaded(Ok(folders)));
    harness.verbs();
    harness.command(UserCommand::Delete);
    assert!(matches!(
        harness.mail.dialog,
        Some(Dialog::DeleteForever(1))
    ));
    assert!(harness.verbs().is_empty());
}

#[test]
fn how_a_folder_is_arranged_is_kept_for_it_alone() {
    let mut harness = in_inbox();
    harness.send(MailMessage::Choose(arrange::Choice::Sort(SortKey::Sender)));
    harness.send(MailMessage::Choose(arrange::Choice::Starred));
    let mut kept: Vec<(String, Option<ListState>)> = Vec::new();
    for action in std::mem::take(&mut harness.actions) {
        if let Action::Keep(Keep::List(key, state)) = action {
            kept.push((key, state));
        }
    }
    let (key, state) = kept.pop().unwrap();
    assert_eq!(key, "1/INBOX");
    harness.kept.lists.insert(key, state.unwrap());
    harness.send(MailMessage::Folder(ListView::Folder(FolderId(9))));
    assert_eq!(harness.mail.list.chosen.sort.key, SortKey::Date);
    assert!(harness.mail.list.chosen.filter.is_empty());
    harness.send(MailMessage::Folder(INBOX));
    assert_eq!(harness.mail.list.chosen.sort.key, SortKey::Sender);
    assert!(harness.mail.list.chosen.filter.starred);
    // As usual again is not kept at all.
    harness.send(MailMessage::ShowAll);
    harness.send(MailMessage::Choose(arrange::Choice::Sort(SortKey::Date)));
    let last = harness
        .actions
        .iter()
        .rev()
        .find_map(|action| match action {
            Action::Keep(Keep::List(_, state)) => Some(*state),
            _ => None,
        });
    assert_eq!(last, Some(None));
}

#[test]
fn what_is_being_read_stays_though_it_is_unread_no_longer() {
    let mut harness = in_inbox();
    harness.send(MailMessage::Folder(ListView::Unread));
    click(&mut harness, 1);
    let read = PlacementId(1001);
    let anew = |harness: &mut Harness| {
        harness.held = Some(Vec::new());
        let action = harness.mail.reload();
        harness.settle(action);
        for query in harness.held.take().unwrap() {
            let answer = match query {
                Query::Order(epoch, _) => {
                    let rest = (1000..1005).map(PlacementId).filter(|id| *id != read);
                    MailMessage::OrderLoaded(epoch, Ok(rest.collect()))
                }
                other => crate::ui::tests::fixture::answer(other, 30),
            };
            harness.send(answer);
        }
    };
    anew(&mut harness);
    assert_eq!(rows(&harness), [1000, 1001, 1002, 1003, 1004]);
    assert_eq!(harness.mail.reader.shown, Some(read));
    // It can still be put away.
    assert_eq!(harness.mail.list.chosen_messages(), [read]);
    click(&mut harness, 3);
    anew(&mut harness);
    assert_eq!(rows(&harness), [1000, 1002, 1003, 1004]);
}
