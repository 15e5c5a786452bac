//! The page, without an engine.

use iced::Size;
use iced_test::Simulator;

use super::*;

fn kept(action: Action<Message>) -> Reading {
    match action {
        Action::Keep(Keep::Reading(reading)) => reading,
        other => panic!("{other:?}"),
    }
}

/// Presses what `drive` presses, and says what is kept after it.
fn pressed(state: &mut State, drive: impl FnOnce(&mut Simulator<'_, Message>)) -> Vec<Reading> {
    let messages: Vec<_> = {
        let size = Size::new(900.0, 900.0);
        let mut ui = Simulator::with_size(crate::ui::settings(), size, state.view());
        drive(&mut ui);
        ui.into_messages().collect()
    };
    let actions = messages.into_iter().map(|message| state.update(message));
    actions.map(kept).collect()
}

#[test]
fn senders_are_put_on_the_list_and_taken_off() {
    let mut state = State::default();
    for (typed, expected) in [
        (" Ada@Example.org ", Some("ada@example.org")),
        ("example.org", Some("@example.org")),
        ("@example.org", Some("@example.org")),
        ("example", None),
        ("a@b@c.d e", None),
        ("", None),
    ] {
        assert_eq!(sender(typed).as_deref(), expected, "{typed}");
    }
    assert!(matches!(state.update(Message::Add), Action::None));
    for typed in ["example.org", "ada@wren.example", "EXAMPLE.org"] {
        state.update(Message::Typed(typed.into()));
        kept(state.update(Message::Add));
    }
    assert_eq!(
        state.reading.pictures_from,
        ["@example.org", "ada@wren.example"]
    );
    pressed(&mut state, |ui| {
        assert!(ui.find("Everybody at example.org").is_ok());
        assert!(ui.find("Original colours").is_err());
    });
    let off = Message::Remove(Whose::Pictures, "@example.org".into());
    assert_eq!(kept(state.update(off)).pictures_from, ["ada@wren.example"]);
}

#[test]
fn when_mail_counts_as_read_is_chosen() {
    let mut state = State::default();
    let kept = pressed(&mut state, |ui| {
        ui.click("By hand").unwrap();
    });
    assert_eq!(kept[0].mark_read, MarkRead::ByHand);
    // What only a file says is told.
    state.reading.mark_read = MarkRead::AfterSeconds(7);
    state.reading.keep_colours("Ada@wren.example", true);
    pressed(&mut state, |ui| {
        assert!(ui.find("Now: after 7 seconds.").is_ok());
        assert!(ui.find("Original colours").is_ok());
        assert!(ui.find("ada@wren.example").is_ok());
    });
}

#[test]
fn signatures_are_checked_unasked_only_where_one_says_so() {
    let mut state = State::default();
    assert_eq!(state.reading.check_signatures, CheckSignatures::WhenAsked);
    let kept = pressed(&mut state, |ui| {
        ui.click("Where my server says nothing").unwrap();
    });
    assert_eq!(kept[0].check_signatures, CheckSignatures::IfServerSilent);
}
