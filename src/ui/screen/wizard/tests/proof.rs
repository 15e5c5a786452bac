//! The proof of both servers, and what is saved when.

use super::*;

fn proving() -> State {
    let mut state = filled();
    let effects = click(&mut state, "Check and add");
    assert!(
        matches!(effects.as_slice(), [Effect::Check(1, ..)]),
        "{effects:?}"
    );
    state
}

#[test]
fn two_proven_servers_are_saved_and_the_wizard_is_left() {
    let mut state = proving();
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    let effects = state.follow(Message::Checked(state.epoch));
    assert!(
        matches!(effects.as_slice(), [Effect::Add(..)]),
        "{effects:?}"
    );
    let left = state.follow(Message::Added(Ok(Box::new(account()))));
    assert!(matches!(left.as_slice(), [Effect::Tell(_), Effect::Leave]));
}

#[test]
fn a_refused_password_is_told_with_the_servers_words_and_nothing_is_saved() {
    let mut state = proving();
    proves(&mut state, Protocol::Smtp);
    let failure = ended(Protocol::Imap, CheckStepKind::SignIn, Some(refused()));
    state.follow(Message::Progress(1, failure));
    assert!(state.follow(Message::Checked(1)).is_empty());
    for words in [
        "imap.x.test refused the password for ann@x.test.",
        "The server said: “[AUTHENTICATIONFAILED] Authentication failed.”",
        "Type the password again. Some providers want an app password here.",
        "Save anyway",
    ] {
        assert!(sees(&state, words), "{words}");
    }
    let effects = click(&mut state, "Save anyway");
    assert!(matches!(effects.as_slice(), [Effect::Add(..)]));
}

#[test]
fn settings_can_be_changed_after_a_failure_and_are_all_still_there() {
    let mut state = proving();
    state.follow(Message::Checked(1));
    click(&mut state, "Change settings");
    assert_eq!(form(&state).email, "ann@x.test");
    assert_eq!(form(&state).password, Password::new("secret"));
    let effects = click(&mut state, "Check and add");
    assert!(matches!(effects.as_slice(), [Effect::Check(epoch, ..)] if *epoch > 1));
}

#[test]
fn answers_of_a_proof_that_was_stopped_are_dropped() {
    let mut state = proving();
    assert!(matches!(
        click(&mut state, "Cancel").as_slice(),
        [Effect::Stop]
    ));
    assert!(sees(&state, "You stopped it. Nothing was saved."));
    proves_late(&mut state);
    assert!(!check(&state).incoming.is_proven());
}

fn proves_late(state: &mut State) {
    for server in [Protocol::Imap, Protocol::Smtp] {
        for step in check::STEPS {
            state.follow(Message::Progress(1, ended(server, step, None)));
        }
    }
    assert!(state.follow(Message::Checked(1)).is_empty());
}

#[test]
fn a_proof_that_ends_early_proves_nothing() {
    let mut state = proving();
    proves(&mut state, Protocol::Imap);
    assert!(state.follow(Message::Checked(1)).is_empty());
    assert!(check(&state).incoming.is_proven());
    assert!(!check(&state).outgoing.is_proven());
}

#[test]
fn a_step_that_is_not_needed_is_no_failure() {
    let mut state = proving();
    for server in [Protocol::Imap, Protocol::Smtp] {
        for step in check::STEPS {
            if step != CheckStepKind::Tls {
                state.follow(Message::Progress(1, ended(server, step, None)));
            }
        }
    }
    assert!(!state.follow(Message::Checked(1)).is_empty());
}

#[test]
fn an_account_that_could_not_be_saved_says_why() {
    let mut state = proving();
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    state.follow(Message::Checked(1));
    let error = Error::new(
        ErrorKind::Conflict,
        "There is an account for ann@x.test already.",
    );
    assert!(state.follow(Message::Added(Err(error))).is_empty());
    assert!(sees(&state, "There is an account for ann@x.test already."));
}

#[test]
fn enter_in_any_field_begins_the_proof() {
    for part in [Part::Email, Part::Password, Part::Host(Side::Outgoing)] {
        let mut state = filled();
        let options = Options::default();
        let messages: Vec<Message> = {
            let mut ui = simulator(state.view(&context(&options)));
            ui.click(iced_test::selector::id(part.id())).unwrap();
            ui.tap_key(iced::keyboard::key::Named::Enter);
            ui.into_messages().collect()
        };
        for message in messages {
            state.follow(message);
        }
        assert!(matches!(state.page, Page::Check(..)), "{part:?}");
    }
}
