use super::parse::{Wrong, split};
use super::*;

fn typed(state: &mut State, text: &str) {
    for end in 1..=text.chars().count() {
        let mut soon = state.input.clone();
        soon.extend(text.chars().nth(end - 1));
        state.update(Message::Input(soon));
    }
}

fn shown(state: &State) -> Vec<String> {
    state.addresses().map(ToString::to_string).collect()
}

#[test]
fn lists_are_taken_apart_where_rfc_5322_parts_them() {
    let (entries, rest) = split("\"Doe, Jo\" <jo@x.test>; Ann <ann@x.test>,\nbob@y.test\nhal");
    let addresses: Vec<_> = entries
        .iter()
        .map(|entry| entry.address.clone().unwrap())
        .collect();
    assert_eq!(
        addresses,
        [
            Address::new("Doe, Jo", "jo@x.test"),
            Address::new("Ann", "ann@x.test"),
            Address::new("", "bob@y.test"),
        ]
    );
    assert_eq!(rest, "hal");
}

#[test]
fn blanks_part_bare_addresses_but_not_names() {
    let (entries, rest) = split("a@x.test b@y.test ");
    assert_eq!((entries.len(), rest.as_str()), (2, ""));
    let (entries, rest) = split("Jo Doe ");
    assert_eq!((entries.len(), rest.as_str()), (0, "Jo Doe "));
}

#[test]
fn each_fault_is_named() {
    for (text, wrong) in [
        ("jo", Wrong::NoAt),
        ("@x.test", Wrong::NoName),
        ("jo@", Wrong::NoDomain),
        ("jo doe@x.test", Wrong::Blank),
        ("jo@x..test", Wrong::Dots),
        ("Jo <jo@x.test", Wrong::Open),
        ("\"Jo <jo@x.test>", Wrong::Open),
        ("jo@x@y.test", Wrong::Character),
        ("jo@x/y", Wrong::Character),
    ] {
        assert_eq!(Entry::read(text).address, Err(wrong), "{text}");
    }
    for good in [
        "jo@localhost",
        "jörg@exämple.test",
        "<jo@x.test>",
        "mailto:jo@x.test",
    ] {
        assert!(Entry::read(good).address.is_ok(), "{good}");
    }
}

#[test]
fn a_comma_makes_a_chip_and_the_rest_stays_text() {
    let mut state = State::new("to", Vec::new());
    typed(&mut state, "jo@x.test, an");
    assert_eq!(shown(&state), ["jo@x.test"]);
    assert_eq!(state.input, "an");
    state.update(Message::Commit);
    assert_eq!(state.problems().collect::<Vec<_>>(), ["“an” has no @."]);
}

#[test]
fn backspace_takes_the_last_chip_back_into_text() {
    let mut state = State::new("to", vec![Address::new("Jo", "jo@x.test")]);
    assert!(state.update(Message::TakeBack));
    assert_eq!(state.input, "Jo <jo@x.test>");
    // Pressed again before the field is drawn anew, it takes a letter.
    state.update(Message::TakeBack);
    assert_eq!(state.input, "Jo <jo@x.test");
}

#[test]
fn editing_a_chip_first_keeps_what_is_half_typed() {
    let mut state = State::new("to", vec![Address::new("", "a@x.test")]);
    state.update(Message::Input("b@y.test".into()));
    state.update(Message::Edit(0));
    assert_eq!(shown(&state), ["b@y.test"]);
    assert_eq!(state.input, "a@x.test");
}

#[test]
fn the_same_mailbox_is_added_once() {
    let mut state = State::new("to", vec![Address::new("Jo", "jo@x.test")]);
    state.update(Message::Pasted("JO@x.test\nann@x.test".into()));
    assert_eq!(shown(&state), ["Jo <jo@x.test>", "ann@x.test"]);
}

#[test]
fn a_draft_keeps_wrong_and_half_typed_addresses() {
    let mut state = State::new("to", Vec::new());
    state.update(Message::Input("jo, an".into()));
    assert_eq!(
        state.everything(),
        [Address::new("", "jo"), Address::new("", "an")]
    );
}

#[test]
fn pasted_control_characters_cannot_start_a_header() {
    let entry = Entry::read("jo@x.test\u{0}Bcc: z@z.test");
    assert_eq!(entry.address, Err(Wrong::Blank));
    assert!(!entry.typed.contains('\u{0}'));
}

#[test]
fn keys_that_come_faster_than_the_view_make_each_chip_once() {
    let mut state = State::new("to", Vec::new());
    let messages: Vec<Message> = {
        let mut ui = iced_test::simulator(state.view(""));
        ui.click(iced_test::selector::id("to")).unwrap();
        ui.typewrite("jo@x.test, ann@x.test,bob");
        ui.into_messages().collect()
    };
    for message in messages {
        state.update(message);
    }
    assert_eq!(shown(&state), ["jo@x.test", "ann@x.test"]);
    assert_eq!(state.input, "bob");
}

#[test]
fn the_caret_stays_behind_the_text_however_fast_one_types() {
    for at_once in [1, 2, 3, 5, 8] {
        let state = type_in_batches("jo@x.test, ann@x.test,bob", at_once);
        assert_eq!(shown(&state), ["jo@x.test", "ann@x.test"], "{at_once}");
        assert_eq!(state.input, "bob", "{at_once}");
    }
}

/// Types as the program runs: several keys may come before the next view, and
/// the widgets' state outlives each view.
fn type_in_batches(text: &str, at_once: usize) -> State {
    use iced::advanced::{clipboard, renderer::Headless};
    use iced_test::runtime::{UserInterface, user_interface::Cache};

    let mut state = State::new("to", Vec::new());
    let mut renderer =
        iced_test::futures::futures::executor::block_on(<iced::Renderer as Headless>::new(
            crate::ui::font::REGULAR,
            iced::Pixels(14.0),
            Some("tiny-skia"),
        ))
        .unwrap();
    let mut cache = Cache::default();
    let size = iced::Size::new(400.0, 200.0);
    let letters: Vec<char> = text.chars().collect();
    for (index, batch) in letters.chunks(at_once).enumerate() {
        let batch: String = batch.iter().collect();
        let mut messages = Vec::new();
        let mut ui = UserInterface::build(state.view(""), size, cache, &mut renderer);
        if index == 0 {
            let mut focus = iced::advanced::widget::operation::focusable::focus::<()>("to".into());
            ui.operate(&renderer, &mut focus);
        }
        let events: Vec<_> = iced_test::simulator::typewrite(&batch).collect();
        let _ = ui.update(
            &events,
            iced::mouse::Cursor::Unavailable,
            &mut renderer,
            &mut clipboard::Null,
            &mut messages,
        );
        cache = ui.into_cache();
        for message in messages {
            state.update(message);
        }
    }
    state
}
