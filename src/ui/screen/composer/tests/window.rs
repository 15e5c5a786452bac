//! The composer as a person uses it, without a window.

use iced::Event;
use iced::keyboard::{self, Key, Location, key};
use iced_test::simulator;

use super::*;

/// Presses a key with modifiers, as the window system would.
fn press(key: Key, modifiers: Modifiers) -> Event {
    Event::Keyboard(keyboard::Event::KeyPressed {
        key: key.clone(),
        modified_key: key,
        physical_key: key::Physical::Unidentified(key::NativeCode::Unidentified),
        location: Location::Standard,
        modifiers,
        repeat: false,
        text: None,
    })
}

impl World {
    /// Clicks at a named widget and then does things to it.
    fn at(&self, state: &mut State, id: &'static str, events: Vec<Event>) {
        let messages: Vec<Message> = {
            let context = self.context();
            let mut ui = simulator(state.view(&context));
            ui.click(iced_test::selector::id(id)).unwrap();
            ui.simulate(events);
            ui.into_messages().collect()
        };
        for message in messages {
            self.follow(state, message);
        }
    }

    /// Types letter by letter, the view rebuilt after each.
    fn types(&self, state: &mut State, id: &'static str, text: &str) {
        for c in text.chars() {
            let letter = c.to_string();
            let events = iced_test::simulator::typewrite(&letter).collect();
            self.at(state, id, events);
        }
    }

    fn click(&self, state: &mut State, words: &str) -> Vec<Effect> {
        let messages: Vec<Message> = {
            let context = self.context();
            let mut ui = simulator(state.view(&context));
            ui.click(words).unwrap();
            ui.into_messages().collect()
        };
        messages
            .into_iter()
            .flat_map(|message| self.follow(state, message))
            .collect()
    }

    fn sees(&self, state: &State, words: &str) -> bool {
        simulator(state.view(&self.context())).find(words).is_ok()
    }
}

#[test]
fn a_message_is_written_and_sent() {
    let world = World::new();
    let mut state = world.composer();
    world.types(&mut state, addressing::TO, "bob@y.test,");
    world.types(&mut state, follow::SUBJECT, "Hi");
    world.types(&mut state, follow::BODY, "ok");
    assert!(world.sees(&state, "bob@y.test"));
    assert_eq!(state.title(), "Hi");
    let effects = world.click(&mut state, "Send");
    let [Effect::Send(draft, None)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(draft.to, [Address::new("", "bob@y.test")]);
    assert_eq!((draft.subject.as_str(), draft.body.as_str()), ("Hi", "ok"));
    assert!(world.sees(&state, "Sending…"));
}

#[test]
fn enter_and_leaving_the_field_make_chips_and_backspace_takes_one_back() {
    let world = World::new();
    let mut state = world.composer();
    world.types(&mut state, addressing::TO, "bob@y.test");
    let enter = press(Key::Named(key::Named::Enter), Modifiers::default());
    world.at(&mut state, addressing::TO, vec![enter]);
    assert_eq!(state.head.to.len(), 1);
    let back = press(Key::Named(key::Named::Backspace), Modifiers::default());
    world.at(&mut state, addressing::TO, vec![back]);
    assert_eq!(state.head.to.len(), 0);
    assert!(!state.head.to.is_empty());

    let messages: Vec<Message> = {
        let context = world.context();
        let mut ui = simulator(state.view(&context));
        ui.click(iced_test::selector::id(addressing::TO)).unwrap();
        ui.click(iced_test::selector::id(follow::SUBJECT)).unwrap();
        ui.into_messages().collect()
    };
    for message in messages {
        world.follow(&mut state, message);
    }
    assert_eq!(state.head.to.len(), 1);
}

#[test]
fn keys_in_the_text_undo_redo_send_and_delete_words() {
    let world = World::new();
    let mut state = world.composer();
    world.types(&mut state, follow::BODY, "ab");
    let ctrl = |letter: &str| press(Key::Character(letter.into()), Modifiers::CTRL);
    world.at(&mut state, follow::BODY, vec![ctrl("z")]);
    assert_eq!(state.body.text(), "");
    world.at(&mut state, follow::BODY, vec![ctrl("y")]);
    assert_eq!(state.body.text(), "ab");
    let delete_word = press(Key::Named(key::Named::Backspace), Modifiers::CTRL);
    let end = press(Key::Named(key::Named::End), Modifiers::default());
    world.at(&mut state, follow::BODY, vec![end]);
    let messages: Vec<Message> = {
        let context = world.context();
        let mut ui = simulator(state.view(&context));
        ui.click(iced_test::selector::id(follow::BODY)).unwrap();
        let far = press(Key::Named(key::Named::End), Modifiers::CTRL);
        ui.simulate([far, delete_word]);
        ui.into_messages().collect()
    };
    for message in messages {
        world.follow(&mut state, message);
    }
    assert_eq!(state.body.text(), "");
    let enter = press(Key::Named(key::Named::Enter), Modifiers::CTRL);
    world.at(&mut state, follow::BODY, vec![enter]);
    assert!(matches!(state.refusal, Some(Refusal::Mend(_))));
}

#[test]
fn copies_are_shown_when_asked_for_or_filled() {
    let world = World::new();
    let mut state = world.composer();
    assert!(!world.sees(&state, "Bcc"));
    world.click(&mut state, "Cc, Bcc");
    assert!(world.sees(&state, "Bcc"));
    let filled = world.open(Draft {
        cc: vec![Address::new("", "c@z.test")],
        ..draft()
    });
    assert!(world.sees(&filled, "Cc"));
}

#[test]
fn one_account_needs_no_choice_two_do() {
    let mut world = World::new();
    let mut state = world.composer();
    assert!(!world.sees(&state, "From"));
    world.accounts.push(account(2, "Ann", "work@z.test"));
    world.click(&mut state, "Ann Lee <ann@x.test>");
    world.click(&mut state, "Ann <work@z.test>");
    assert_eq!(state.head.account, AccountId(2));
    assert_eq!(state.draft(None).from, Address::new("Ann", "work@z.test"));
}

#[test]
fn without_a_file_dialog_a_path_can_be_typed() {
    let world = World::new();
    let mut state = world.composer();
    assert_eq!(world.click(&mut state, "Attach"), [Effect::Pick]);
    world.follow(&mut state, Message::Picked(Picked::NoDialog));
    world.follow(&mut state, Message::Path(Some("/tmp/plan.pdf".into())));
    let read = world.follow(&mut state, Message::AttachPath);
    assert_eq!(read, [Effect::Read(vec!["/tmp/plan.pdf".into()])]);
    world.follow(
        &mut state,
        Message::FilesRead(vec![Ok(file("plan.pdf", 2000))]),
    );
    assert!(world.sees(&state, "plan.pdf"));
    assert!(world.sees(&state, "1 file, 2 kB"));
    world.follow(&mut state, Message::RemoveAttachment(0));
    assert!(!world.sees(&state, "plan.pdf"));
}

#[test]
fn what_failed_is_said_in_the_window() {
    let world = World::new();
    let mut state = world.written();
    world.follow(&mut state, Message::Saved(1, Err(offline())));
    assert!(world.sees(&state, "Not saved: The disk is full."));
    world.follow(&mut state, Message::Sent(Err(offline())));
    assert!(world.sees(&state, "Not sent. The disk is full."));
    world.follow(&mut state, Message::Saved(2, Ok(PlacementId(1))));
    assert!(world.sees(&state, "Saved just now"));
}

#[test]
fn one_writes_from_any_of_ones_addresses() {
    let mut world = World::new();
    world.accounts.push(account(2, "Ann Lee", "ann@z.test"));
    world.accounts.push(account(3, "Ann Lee", "ann@off.test"));
    world.accounts[2].disabled = true;
    world.accounts[0].settings.identities = vec![waxwing::model::Identity {
        address: "choir@x.test".into(),
        name: "The choir".into(),
        reply_to: None,
        signature: String::new(),
        outgoing: None,
    }];
    let mut state = world.composer();
    world.click(&mut state, "Ann Lee <ann@x.test>");
    assert!(world.sees(&state, "Ann Lee <ann@z.test>"));
    assert!(!world.sees(&state, "Ann Lee <ann@off.test>"));
    world.click(&mut state, "The choir <choir@x.test>");
    assert_eq!(state.head.account, AccountId(1));
    assert_eq!(state.head.from.address, "choir@x.test");
    world.click(&mut state, "The choir <choir@x.test>");
    world.click(&mut state, "Ann Lee <ann@z.test>");
    assert_eq!(state.head.account, AccountId(2));
}
