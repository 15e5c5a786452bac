//! Attachments, and messages as files.

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use waxwing::engine::charset_named;
use waxwing::model::{ComposeMode, PlacementId};
use waxwing::{Error, ErrorKind};

use super::harness::Harness;
use crate::ui::app::{Action, ComposeRequest, Query};
use crate::ui::command::{Press, UserCommand};
use crate::ui::screen::mail::attachment::{self, Picked, Wanted};
use crate::ui::screen::mail::{Message, State, dialog, menu, printing};
use crate::ui::widget::virtual_list::{Click, ClickKind};

/// The numbers of the made-up attachments.
const LETTER: usize = 2;
const PROGRAM: usize = 3;

fn reading() -> Harness {
    let mut harness = Harness::with_rows(30);
    harness.send(Message::Click(Click {
        index: 0,
        modifiers: Modifiers::empty(),
        kind: ClickKind::Single,
    }));
    harness.actions.clear();
    harness
}

fn send(harness: &mut Harness, message: attachment::Message) {
    harness.send(Message::Attachment(message));
}

fn confirm(harness: &mut Harness) {
    harness.send(Message::Dialog(dialog::Message::Confirm));
}

#[test]
fn what_can_do_harm_is_never_opened_and_saved_only_by_choice() {
    for asked in [
        attachment::Message::Open(PROGRAM),
        attachment::Message::Save(Wanted::One(PROGRAM)),
    ] {
        let mut harness = reading();
        harness.held = Some(Vec::new());
        send(&mut harness, asked);
        let Some(dialog::Dialog::Held { danger, .. }) = &harness.mail.dialog else {
            panic!("nobody was told");
        };
        assert!(danger.disguised);
        // A key pressed too often saves nothing.
        let enter = Key::Named(Named::Enter);
        harness.press(&Press {
            key: enter.clone(),
            modified: enter,
            modifiers: Modifiers::empty(),
        });
        assert!(harness.mail.dialog.is_none());
        let ran = |action: &Action<Message>| matches!(action, Action::Run(_));
        assert!(!harness.actions.iter().any(ran));
        send(&mut harness, attachment::Message::Open(PROGRAM));
        harness.actions.clear();
        confirm(&mut harness);
        assert!(harness.actions.iter().any(ran), "{:?}", harness.actions);
        assert_eq!(harness.held, Some(Vec::new()));
    }
}

#[test]
fn saving_all_holds_back_what_can_do_harm() {
    let mut harness = reading();
    let folder = Picked::Path("/tmp/walk".into());
    send(
        &mut harness,
        attachment::Message::Picked(Wanted::All, folder),
    );
    let Some(Action::Toast(toast)) = harness.actions.pop() else {
        panic!("no news");
    };
    assert_eq!(
        toast.words,
        "3 files saved in /tmp/walk. Held back: invoice.pdf.exe"
    );
}

#[test]
fn an_attached_message_opens_in_a_window_of_its_own() {
    let mut harness = reading();
    send(&mut harness, attachment::Message::Open(LETTER));
    assert!(matches!(
        harness.actions.as_slice(),
        [Action::Letter(PlacementId(-1))]
    ));
    let (mut letter, asked) = State::letter(PlacementId(-1), &harness.context());
    assert!(matches!(
        asked,
        Action::Ask(Query::Email(_, PlacementId(-1)))
    ));
    let answer = letter.command(UserCommand::Reply, &harness.context());
    let Action::Compose(ComposeRequest::Start { mode, origin, .. }) = answer else {
        panic!("{answer:?}");
    };
    assert_eq!((mode, origin), (ComposeMode::Reply, Some(PlacementId(-1))));
    for command in [
        UserCommand::Archive,
        UserCommand::Arrange,
        UserCommand::Search,
    ] {
        let nothing = letter.command(command, &harness.context());
        assert!(matches!(nothing, Action::None), "{command:?}");
    }
    assert!(letter.menu.is_none());
}

#[test]
fn another_encoding_reads_the_message_anew() {
    let mut harness = reading();
    harness.command(UserCommand::Encoding);
    harness.send(Message::Dialog(dialog::Message::Typed("koi8-r".into())));
    harness.held = Some(Vec::new());
    let before = harness.mail.reader.epoch;
    confirm(&mut harness);
    let shown = harness.mail.reader.shown.unwrap();
    assert_eq!(
        harness.held.take().unwrap(),
        [Query::Email(before + 1, shown)]
    );
    assert!(charset_named("koi8-r").is_some());
}

#[test]
fn a_message_is_saved_and_its_source_shown() {
    let mut harness = reading();
    let place = Picked::Path("/tmp/walk.eml".into());
    send(
        &mut harness,
        attachment::Message::Picked(Wanted::Message, place),
    );
    let Some(Action::Toast(toast)) = harness.actions.pop() else {
        panic!("no news");
    };
    assert_eq!(toast.words, "Saved as /tmp/walk.eml");
    harness.command(UserCommand::More);
    assert!(harness.mail.context_menu.is_some());
    let source = menu::Message::Choose(UserCommand::Source);
    harness.send(Message::Menu(source));
    assert!(harness.mail.context_menu.is_none());
    assert!(matches!(harness.actions.pop(), Some(Action::Source(..))));
}

#[test]
fn a_message_is_printed_or_else_offered_as_a_pdf() {
    let mut harness = reading();
    harness.command(UserCommand::Print);
    let Some(Action::Toast(toast)) = harness.actions.pop() else {
        panic!("no news");
    };
    assert_eq!(toast.words, "Sent to the printer: 1 page.");
    harness.actions.clear();
    let nothing = Error::new(ErrorKind::NotFound, "There is no print command here.");
    let printed = printing::Message::Printed(Err(nothing));
    harness.send(Message::Printing(printed));
    let told = |action: &Action<Message>| matches!(action, Action::Toast(_));
    let asked = |action: &Action<Message>| matches!(action, Action::Run(_));
    assert!(harness.actions.iter().any(told), "{:?}", harness.actions);
    assert!(harness.actions.iter().any(asked), "{:?}", harness.actions);
    harness.actions.clear();
    let place = Picked::Path("/tmp/walk.pdf".into());
    send(
        &mut harness,
        attachment::Message::Picked(Wanted::Pdf, place),
    );
    let Some(Action::Toast(toast)) = harness.actions.pop() else {
        panic!("no news");
    };
    assert_eq!(toast.words, "Saved as /tmp/walk.pdf");
}

#[test]
fn a_message_file_opens_in_a_window_of_its_own() {
    let mut harness = reading();
    let picked = |picked| Message::Printing(printing::Message::Picked(picked));
    harness.send(picked(Picked::Path("/tmp/letter.eml".into())));
    assert!(matches!(
        harness.actions.as_slice(),
        [Action::Letter(PlacementId(-1))]
    ));
    harness.actions.clear();
    harness.send(picked(Picked::Cancelled));
    assert!(harness.actions.is_empty(), "{:?}", harness.actions);
}
