//! The mail screen as it is drawn and pressed.

use iced::keyboard::Modifiers;
use iced::{Event, Point, keyboard};
use iced_test::selector::id;
use waxwing::engine;
use waxwing::model::{PlacementId, SenderNotes};

use super::fixture;
use super::harness::{Harness, WIDE};
use crate::ui::app::{Query, Verb};
use crate::ui::command::UserCommand;
use crate::ui::component::toast::{Toast, Toasts, Undo};
use crate::ui::component::{empty, toast};
use crate::ui::icon::Icon;
use crate::ui::screen::mail::Message;
use crate::ui::screen::mail::layout::LIST;

const SMALL: (f32, f32) = (720.0, 480.0);

#[test]
fn folders_rows_and_states_are_drawn() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        for words in [
            "All inboxes",
            "Personal",
            "Wetlands survey",
            "Ada Lindqvist",
            "Saturday walk?",
            "Today",
            "31 messages",
            "Personal: Checked 12 s ago",
            "Work: Fetching mail: 1204 of 3810",
            "1 message waits to be sent",
            "Choose a message to read it here.",
        ] {
            assert!(ui.find(words).is_ok(), "{words}");
        }
        assert!(ui.find(id(LIST)).is_ok());
    });
}

#[test]
fn a_press_selects_and_opens() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        ui.click("Lens for the hide").unwrap_err();
        ui.click("Re: Lens for the hide").unwrap();
    });
    assert_eq!(harness.mail.reader.shown, Some(PlacementId(1002)));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("tomas@ferreira.example").is_ok());
        assert!(ui.find("to me, Oskar, priya@raman.example").is_ok());
        assert!(ui.find("4 attachments · 2.9 MB").is_ok());
    });
}

#[test]
fn an_attachment_on_the_server_says_so_and_how_far_it_is() {
    let mut harness = Harness::with_rows(30);
    harness.held = Some(Vec::new());
    harness.with_ui(WIDE, |ui| {
        ui.click("Re: Lens for the hide").unwrap();
    });
    let mut held = harness.held.take().unwrap().into_iter();
    let asked = held.find(|query| matches!(query, Query::Email(..)));
    let Message::EmailLoaded(epoch, Ok(mut email)) = fixture::answer(asked.unwrap(), 30) else {
        panic!("no message");
    };
    email.attachments[1].here = false;
    harness.send(Message::EmailLoaded(epoch, Ok(email)));
    let shown = harness.mail.reader.shown.unwrap();
    let coming = |id, done| engine::Event::Coming {
        id,
        done,
        total: 3_000_000,
    };
    for event in [coming(shown, 1_000_000), coming(PlacementId(1), 2_000_000)] {
        let action = harness.mail.on_event(&event);
        harness.settle(action);
    }
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("2.3 MB, on the server").is_ok());
        assert!(ui.find("Fetching: 1.0 MB of 3.0 MB").is_ok());
    });
    // Once there is more of it, the message is read again.
    for (changed, expected) in [(PlacementId(1), false), (shown, true)] {
        harness.held = Some(Vec::new());
        let action = harness.mail.on_event(&engine::Event::Rows(vec![changed]));
        harness.settle(action);
        let held = harness.held.take().unwrap();
        let asked = held.iter().any(|query| matches!(query, Query::Email(..)));
        assert_eq!(asked, expected, "{held:?}");
    }
}

#[test]
fn shift_selects_a_range() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        ui.click("Saturday walk?").unwrap();
        ui.simulate([Event::Keyboard(keyboard::Event::ModifiersChanged(
            Modifiers::SHIFT,
        ))]);
        ui.click("Two loans are due on Tuesday").unwrap();
    });
    assert_eq!(harness.mail.list.selection.len(), 4);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("4 messages are selected.").is_ok());
        assert!(ui.find("4 selected").is_ok());
    });
}

#[test]
fn the_wheel_moves_the_list_and_asks_for_rows() {
    let mut harness = Harness::with_rows(100_000);
    harness.with_ui(WIDE, |ui| {
        ui.point_at(Point::new(400.0, 400.0));
        ui.simulate([Event::Mouse(iced::mouse::Event::WheelScrolled {
            delta: iced::mouse::ScrollDelta::Pixels {
                x: 0.0,
                y: -60_000.0,
            },
        })]);
    });
    assert!(harness.mail.list.entry_at(1000).is_some());
    assert!(harness.mail.list.entry_at(5000).is_none());
}

#[test]
fn a_small_window_shows_one_pane_at_a_time() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(SMALL, |ui| {
        assert!(ui.find("Personal").is_err());
        ui.click("Recipe, as promised").unwrap();
    });
    harness.with_ui(SMALL, |ui| {
        assert!(ui.find("jean@marsh.example").is_ok());
        assert!(ui.find(id(LIST)).is_err());
    });
}

#[test]
fn keys_in_the_dialog_are_not_commands() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        ui.click("Saturday walk?").unwrap();
    });
    harness.verbs();
    harness.command(UserCommand::Move);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Move to folder").is_ok());
        // The folder of that name in the sidebar lies under the dialog.
        assert!(ui.find("Archive").is_ok());
        ui.click("Family / Photos").unwrap();
    });
    assert_eq!(
        harness.verbs(),
        [Verb::MoveTo(
            vec![PlacementId(1000)],
            waxwing::model::FolderId(8)
        )]
    );
}

#[test]
fn a_toast_takes_back() {
    let mut toasts = Toasts::default();
    let now = std::time::Instant::now();
    toasts.push(Toast::done("Message deleted").undo(Undo::LastVerb), now);
    let messages: Vec<_> = {
        let mut ui = iced_test::simulator(toasts.view());
        assert!(ui.find("Message deleted").is_ok());
        ui.click("Undo").unwrap();
        ui.into_messages().collect()
    };
    assert!(matches!(messages.as_slice(), [toast::Message::Undo(_)]));
    assert_eq!(toasts.update(&messages[0]), Some(Undo::LastVerb));
}

#[test]
fn an_empty_state_offers_one_thing_to_do() {
    let mut ui = iced_test::simulator(empty::empty(Icon::Inbox, "Nothing", Some(("Do", ()))));
    ui.click("Do").unwrap();
    assert_eq!(ui.into_messages().count(), 1);
}

#[test]
fn doubts_are_one_bar_and_nothing_about_the_sender_happens_unasked() {
    const ELSEWHERE: &str =
        "An answer would go to desk@pp-desk.example, not to service@paypa1.com.";
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        ui.click("Re: Lens for the hide").unwrap();
    });
    let notes = fixture::sender_notes();
    let epoch = harness.mail.reader.epoch;
    harness.send(Message::SenderKnown(epoch - 1, Ok(Box::new(notes.clone()))));
    harness.with_ui(WIDE, |ui| assert!(ui.find("Details").is_err()));
    harness.send(Message::SenderKnown(epoch, Ok(Box::new(notes))));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("paypa1.com is not PayPal.").is_ok());
        assert!(ui.find("There is one more thing to look at.").is_ok());
        assert!(ui.find(ELSEWHERE).is_err());
        let aside = "This is the first message from service@paypa1.com · By the list Birds";
        assert!(ui.find(aside).is_ok());
        ui.click("Details").unwrap();
    });
    harness.held = Some(Vec::new());
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find(ELSEWHERE).is_ok());
        let more = "Frauds want the answer elsewhere. Before you answer, make sure in another way \
                    who that is.";
        assert!(ui.find(more).is_ok());
        ui.click("Unsubscribe…").unwrap();
    });
    assert!(harness.held.as_ref().unwrap().is_empty());
    let shown = harness.mail.reader.shown.unwrap();
    harness.with_ui(WIDE, |ui| {
        ui.click("Unsubscribe").unwrap();
        ui.click("Don’t").unwrap();
    });
    let asked = harness.held.take().unwrap();
    let expected = [
        Query::Unsubscribe(shown),
        Query::AnswerReceipt(shown, false),
    ];
    assert_eq!(asked, expected);
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Ada asks to hear that you read this.").is_err());
    });
}

#[test]
fn signatures_are_checked_when_the_person_says_so() {
    let mut harness = Harness::with_rows(30);
    harness.with_ui(WIDE, |ui| {
        ui.click("Re: Lens for the hide").unwrap();
    });
    harness.send(Message::Recipients);
    let (epoch, shown) = (
        harness.mail.reader.epoch,
        harness.mail.reader.shown.unwrap(),
    );
    let known = |notes| Message::SenderKnown(epoch, Ok(Box::new(notes)));
    harness.held = Some(Vec::new());
    harness.send(known(SenderNotes::default()));
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("None").is_ok());
        assert!(ui.find("Check the signature").is_err());
    });
    harness.send(known(fixture::sender_notes()));
    assert!(harness.held.as_ref().unwrap().is_empty());
    harness.with_ui(WIDE, |ui| {
        let told = "By paypa1.com, mailer.example. Nobody has checked that here.";
        assert!(ui.find(told).is_ok());
        ui.click("Check the signature").unwrap();
    });
    harness.with_ui(WIDE, |ui| assert!(ui.find("Checking…").is_ok()));
    let asked = harness.held.take().unwrap();
    assert_eq!(asked, [Query::CheckSignatures(epoch, shown, true)]);
    for query in asked {
        harness.send(fixture::answer(query, 30));
    }
    harness.with_ui(WIDE, |ui| {
        assert!(ui.find("Signed by paypa1.com, unchanged since.").is_ok());
        assert!(ui.find("Check the signature").is_err());
    });
    // Once and for all.
    harness.held = Some(Vec::new());
    harness.send(known(SenderNotes {
        checks_signatures: true,
        ..fixture::sender_notes()
    }));
    let asked = harness.held.take().unwrap();
    assert_eq!(asked, [Query::CheckSignatures(epoch, shown, false)]);
}
