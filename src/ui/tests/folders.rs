//! What is done to folders, by menu, key and dialog; and the menus themselves.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::{Event, Point, keyboard, mouse};
use waxwing::model::{AccountId, Address, Flag, FolderId, ListView, PlacementId};

use super::fixture;
use super::harness::{Harness, WIDE, middle_of, named};
use crate::ui::app::{Action, ComposeRequest, Keep, Verb};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::target::Target;
use crate::ui::screen::mail::{Message, dialog, menu};
use crate::ui::widget::virtual_list::{Click, ClickKind};

const FAMILY: FolderId = FolderId(7);
const PHOTOS: FolderId = FolderId(8);
const TRASH: FolderId = FolderId(6);

/// A key that widgets see.
fn key_event(named: Named) -> Event {
    Event::Keyboard(keyboard::Event::KeyPressed {
        key: Key::Named(named),
        modified_key: Key::Named(named),
        physical_key: keyboard::key::Physical::Unidentified(
            keyboard::key::NativeCode::Unidentified,
        ),
        location: keyboard::Location::Standard,
        modifiers: Modifiers::empty(),
        text: None,
        repeat: false,
    })
}

fn right_press() -> Event {
    Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Right))
}

fn on(harness: &mut Harness, command: UserCommand, folder: FolderId) {
    harness.send(Message::CommandOn(command, Target::Folder(folder)));
}

fn confirm(harness: &mut Harness) -> Vec<Verb> {
    harness.verbs();
    harness.send(Message::Dialog(dialog::Message::Confirm));
    harness.verbs()
}

#[test]
fn a_right_press_on_a_folder_shows_what_can_be_done_to_it() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        let family = middle_of(ui, "Family");
        ui.point_at(family);
        ui.simulate([right_press()]);
    });
    harness.with_ui(WIDE, |ui| {
        for words in [
            "New folder…",
            "Rename folder…",
            "Move folder…",
            "Delete folder…",
            "Add to favourites",
        ] {
            assert!(ui.find(words).is_ok(), "{words}");
        }
        assert!(ui.find("Empty this folder…").is_err());
        ui.click("Rename folder…").unwrap();
    });
    assert!(harness.mail.context_menu.is_none());
    harness.with_ui(WIDE, |ui| assert!(ui.find("Rename folder").is_ok()));
    harness.send(Message::Dialog(dialog::Message::Typed(" Kin ".into())));
    assert_eq!(
        confirm(&mut harness),
        [Verb::RenameFolder(FAMILY, "Kin".into())]
    );
    // A folder that mail programs need keeps its name.
    on(&mut harness, UserCommand::RenameFolder, TRASH);
    assert!(harness.mail.dialog.is_none());
}

#[test]
fn a_press_beside_the_menu_or_escape_closes_it_and_arrows_choose() {
    let mut harness = Harness::with_rows(30);
    let open = || Message::Menu(menu::Message::Open(Target::Folder(FAMILY)));
    harness.send(open());
    harness.with_ui(WIDE, |ui| {
        ui.point_at(Point::new(700.0, 400.0));
        ui.simulate([Event::Mouse(mouse::Event::ButtonPressed(
            mouse::Button::Left,
        ))]);
    });
    assert!(harness.mail.context_menu.is_none());
    assert_eq!(harness.mail.list.selection.len(), 0, "nothing below it");
    harness.send(open());
    harness.press(&named(Named::Escape));
    assert!(harness.mail.context_menu.is_none());
    harness.send(open());
    harness.press(&named(Named::ArrowUp));
    harness.press(&named(Named::Enter));
    let kept = harness.actions.iter().find_map(|action| match action {
        Action::Keep(keep) => Some(keep.clone()),
        _ => None,
    });
    assert_eq!(kept, Some(Keep::Favourite("1/Family".into(), true)));
}

#[test]
fn the_menu_of_messages_is_about_all_that_are_selected() {
    let mut harness = Harness::with_rows(30);
    let click = |index, modifiers, kind| {
        Message::Click(Click {
            index,
            modifiers,
            kind,
        })
    };
    harness.send(click(0, Modifiers::empty(), ClickKind::Single));
    harness.send(click(2, Modifiers::SHIFT, ClickKind::Single));
    harness.send(click(1, Modifiers::empty(), ClickKind::Right));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("3 messages").is_ok());
        assert!(ui.find("Reply").is_err(), "one cannot answer three");
    });
    harness.verbs();
    // By the key that stands beside its line.
    let e = Key::Character("!".into());
    harness.press(&Press {
        key: e.clone(),
        modified: e,
        modifiers: Modifiers::SHIFT,
    });
    let ids: Vec<_> = (1000..1003).map(PlacementId).collect();
    assert_eq!(harness.verbs(), [Verb::Junk(ids, true)]);
    // A press on another row is about that one.
    harness.send(click(5, Modifiers::empty(), ClickKind::Right));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Reply all").is_ok());
        assert!(ui.find("Mark as read").is_err(), "it is read");
    });
    assert_eq!(harness.mail.list.selection.len(), 1);
}

#[test]
fn the_key_for_menus_opens_it_at_the_row() {
    let mut harness = Harness::with_rows(30);
    harness.send(Message::Click(Click {
        index: 3,
        modifiers: Modifiers::empty(),
        kind: ClickKind::Single,
    }));
    harness.press(&named(Named::ContextMenu));
    harness.with_ui(WIDE, |ui| {
        ui.simulate([key_event(Named::ContextMenu)]);
        let line = middle_of(ui, "Archive");
        assert!(line.x < 800.0 && line.y < 600.0, "{line}");
    });
    harness.press(&named(Named::ContextMenu));
    assert!(harness.mail.context_menu.is_none());
}

#[test]
fn deleting_a_folder_says_what_goes_and_asks_first() {
    let mut harness = Harness::with_rows(30);
    on(&mut harness, UserCommand::DeleteFolder, FAMILY);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Delete the folder “Family”?").is_ok());
        let words = "80 messages and 1 folder are in it. All of it goes to Trash.";
        assert!(ui.find(words).is_ok());
    });
    assert_eq!(confirm(&mut harness), [Verb::DeleteFolder(FAMILY)]);
    assert!(harness.mail.dialog.is_none());
    // What lies in Trash is gone for good.
    let mut folders = fixture::folders();
    for folder in &mut folders {
        if folder.id == PHOTOS {
            folder.path = "Trash/Photos".into();
        }
    }
    harness.send(Message::FoldersLoaded(Ok(folders)));
    on(&mut harness, UserCommand::DeleteFolder, PHOTOS);
    harness.with_ui(WIDE, |ui| {
        let words = "40 messages are in it. This cannot be undone, here or on the server.";
        assert!(ui.find(words).is_ok());
    });
    // Emptying Trash takes it along.
    on(&mut harness, UserCommand::EmptyFolder, TRASH);
    assert_eq!(
        confirm(&mut harness),
        [Verb::EmptyFolder(TRASH, vec![PHOTOS])]
    );
}

#[test]
fn folders_are_made_beside_those_with_a_role_and_below_others() {
    let mut harness = Harness::with_rows(30);
    for (target, words, path) in [
        (
            Target::Folder(FolderId(1)),
            "It will be a folder of Personal.",
            "Trips",
        ),
        (
            Target::Folder(FAMILY),
            "It will lie in Family.",
            "Family/Trips",
        ),
        (
            Target::Account(AccountId(1)),
            "It will be a folder of Personal.",
            "Trips",
        ),
    ] {
        harness.send(Message::CommandOn(UserCommand::NewFolder, target));
        harness.with_ui(WIDE, |ui| assert!(ui.find(words).is_ok(), "{words}"));
        assert_eq!(confirm(&mut harness), [], "without a name");
        harness.send(Message::Dialog(dialog::Message::Typed("Trips".into())));
        assert_eq!(
            confirm(&mut harness),
            [Verb::CreateFolder(AccountId(1), path.into())]
        );
    }
}

#[test]
fn a_folder_is_moved_to_where_it_can_lie() {
    let mut harness = Harness::with_rows(30);
    on(&mut harness, UserCommand::MoveFolder, PHOTOS);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("At the top").is_ok());
    });
    harness.send(Message::Dialog(dialog::Message::Typed("rece".into())));
    assert_eq!(
        confirm(&mut harness),
        [Verb::RenameFolder(PHOTOS, "Receipts/Photos".into())]
    );
    let sidebar = &harness.mail.sidebar;
    let family = sidebar.folder(FAMILY).unwrap();
    let places = sidebar.places_for(family);
    // Not into itself, not below itself, and not to the top, where it is.
    let of = |id| places.iter().any(|(place, _)| *place == id);
    assert!(!of(Some(FAMILY)) && !of(Some(PHOTOS)) && !of(None) && !of(Some(TRASH)));
    assert!(of(Some(FolderId(9))) && of(Some(FolderId(4))));
}

#[test]
fn arrows_in_the_tree_fold_and_keys_act_on_the_folder() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        // Tab goes through rows from the top; this finds the one by its words.
        ui.click("Family").unwrap();
    });
    assert_eq!(harness.mail.list.view, Some(ListView::Folder(FAMILY)));
    harness.press(&named(Named::F2));
    assert!(matches!(harness.mail.dialog, Some(dialog::Dialog::Name(_))));
    harness.press(&named(Named::Escape));
    harness.actions.clear();
    harness.send(Message::Fold("1/Family".into(), true));
    assert!(matches!(
        &harness.actions[..],
        [Action::Keep(Keep::Folded(key, true))] if key == "1/Family"
    ));
    harness.kept.folded.insert("1/Family".into());
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Photos").is_err());
        assert!(ui.find("Receipts").is_ok());
    });
    harness.kept.folded.insert("1".into());
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Receipts").is_err());
        assert!(ui.find("Wetlands survey").is_ok(), "of the other account");
    });
}

#[test]
fn favourites_stand_at_the_top_and_follow_a_folder_that_is_renamed() {
    let mut harness = Harness::with_rows(30);
    harness.kept.favourites.push("1/Family/Photos".into());
    harness.with_ui(WIDE, |ui| {
        let heading = middle_of(ui, "Favourites");
        let photos = middle_of(ui, "Photos");
        assert!(photos.y > heading.y && photos.y < heading.y + 60.0);
    });
    let mut folders = fixture::folders();
    for folder in &mut folders {
        if folder.id == PHOTOS {
            folder.path = "Pictures".into();
        }
    }
    harness.actions.clear();
    harness.send(Message::FoldersLoaded(Ok(folders)));
    let moved = ("1/Family/Photos".to_owned(), "1/Pictures".to_owned());
    assert!(matches!(
        &harness.actions[..],
        [Action::Keep(Keep::Moved(all))] if *all == [moved.clone()]
    ));
    harness.kept.list_moved(&moved.0, &moved.1);
    assert_eq!(harness.kept.favourites, ["1/Pictures"]);
}

#[test]
fn somebody_can_be_written_to_and_looked_for() {
    let mut harness = Harness::with_rows(30);
    let jean = || Target::Address(Address::new("Jean", "jean@marsh.example"));
    harness.send(Message::Menu(menu::Message::Open(jean())));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("jean@marsh.example").is_ok());
        assert!(ui.find("Copy address").is_ok());
        ui.click("New message to this person").unwrap();
    });
    let Some(Action::Compose(ComposeRequest::Start { to, origin, .. })) = harness.actions.pop()
    else {
        panic!("no composer");
    };
    assert_eq!(to.unwrap().address, "jean@marsh.example");
    assert_eq!(origin, None);
    harness.send(Message::CommandOn(UserCommand::FindFrom, jean()));
    assert_eq!(harness.mail.title(), "from:jean@marsh.example – Waxwing");
}

#[test]
fn what_is_marked_is_what_is_meant() {
    let mut harness = Harness::with_rows(30);
    on(&mut harness, UserCommand::MarkFolderRead, PHOTOS);
    assert_eq!(harness.verbs(), [Verb::MarkFolderRead(PHOTOS)]);
    let account = Target::Account(AccountId(2));
    harness.send(Message::CommandOn(UserCommand::CheckAccount, account));
    assert_eq!(harness.verbs(), [Verb::SyncNow(Some(AccountId(2)))]);
    let flags = harness.mail.list.entry_at(0).unwrap().envelope.flags;
    assert!(!flags.has(Flag::Seen), "nothing was done to messages");
}
