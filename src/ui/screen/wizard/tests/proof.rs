//! The proof of both servers, and what is saved when.

use super::*;

fn proving() -> State {
    let mut state = found(listed());
    assert!(checks(&click(&mut state, "Continue")));
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
fn nothing_is_saved_unless_both_are_proven_or_the_person_wants_it_anyway() {
    let mut state = proving();
    let effects = fails(&mut state, Protocol::Imap, CheckStepKind::SignIn, refused());
    assert!(
        !effects
            .iter()
            .any(|effect| matches!(effect, Effect::Add(..))),
        "{effects:?}"
    );
    let effects = click(&mut state, "Save anyway");
    assert!(matches!(effects.as_slice(), [Effect::Add(..)]));
}

#[test]
fn settings_can_be_changed_after_a_failure_and_are_all_still_there() {
    let mut state = proving();
    state.follow(Message::Checked(1));
    click(&mut state, "Change settings");
    assert!(matches!(state.page, Page::Person));
    assert_eq!(state.form.email, "ann@x.test");
    assert_eq!(state.form.password, Password::new("secret"));
    let effects = click(&mut state, "Continue");
    assert!(matches!(effects.as_slice(), [Effect::Stop, Effect::Check(epoch, ..)] if *epoch > 1));
}

#[test]
fn answers_of_a_proof_that_was_stopped_are_dropped() {
    let mut state = proving();
    assert!(matches!(
        click(&mut state, "Cancel").as_slice(),
        [Effect::Stop]
    ));
    assert!(sees(&state, "You stopped it. Nothing was saved."));
    for server in [Protocol::Imap, Protocol::Smtp] {
        for step in check::STEPS {
            state.follow(Message::Progress(1, ended(server, step, None)));
        }
    }
    assert!(state.follow(Message::Checked(1)).is_empty());
    assert!(!check(&state).incoming.is_proven());
}

#[test]
fn escape_stops_a_proof_before_it_leads_back() {
    use iced::keyboard::{Key, key::Named};
    let escape = Press {
        key: Key::Named(Named::Escape),
        modified: Key::Named(Named::Escape),
        modifiers: iced::keyboard::Modifiers::empty(),
    };
    let mut state = proving();
    let message = state.key_means(&escape).unwrap();
    state.follow(message);
    assert!(check(&state).is_stopped());
    let message = state.key_means(&escape).unwrap();
    state.follow(message);
    assert!(matches!(state.page, Page::Person));
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
    let server = Protocol::Smtp;
    for step in [
        CheckStepKind::Lookup,
        CheckStepKind::Connect,
        CheckStepKind::Greeting,
        CheckStepKind::SignIn,
        CheckStepKind::Command,
    ] {
        state.follow(Message::Progress(1, ended(server, step, None)));
    }
    assert!(check(&state).outgoing.is_proven());
    assert_eq!(
        check(&state).outgoing.steps.get(2),
        Some(&check::Progress::Skipped)
    );
}

#[test]
fn an_account_that_cannot_be_saved_says_why_and_nothing_is_lost() {
    let mut state = proving();
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    state.follow(Message::Checked(1));
    let taken = Error::new(
        ErrorKind::Conflict,
        "There is an account named “ann@x.test” already.",
    );
    state.follow(Message::Added(Err(taken)));
    assert!(sees(
        &state,
        "There is an account named “ann@x.test” already."
    ));
    assert!(matches!(
        click(&mut state, "Save").as_slice(),
        [Effect::Add(..)]
    ));
}
