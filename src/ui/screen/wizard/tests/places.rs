//! Where passwords are kept, when that is what stands in the way.

use waxwing::config::settings::SecretsPlace;
use waxwing::engine::{SecretsChoice, SecretsTrouble};

use super::*;

pub(super) const KEYRING: Keeping = Keeping {
    place: SecretsPlace::Keyring,
    is_locked: false,
    has_file: false,
};

pub(super) fn no_keyring() -> Error {
    Error::new(
        ErrorKind::Secrets,
        "No keyring runs on this computer, so Waxwing has no place there for passwords.",
    )
    .hint("Use `--secrets file`.")
    .source(SecretsTrouble::Missing)
}

/// The engine says how passwords are kept.
fn opens(state: &mut State, effects: &[Effect], keeping: Keeping) {
    let [Effect::AskKeeping(error)] = effects else {
        panic!("{effects:?}");
    };
    state.follow(Message::Troubled(error.clone(), keeping));
}

/// A passphrase is typed, and the file takes it.
fn uses_the_file(state: &mut State) -> Vec<Effect> {
    let typed = || Password::new("sesame");
    for message in [
        keeping::Message::Choose(SecretsPlace::File),
        keeping::Message::Passphrase(typed()),
        keeping::Message::Again(typed()),
    ] {
        state.follow(Message::Keeping(message));
    }
    let effects = state.follow(Message::Keeping(keeping::Message::Submit));
    assert!(
        matches!(
            effects.as_slice(),
            [Effect::Keep(SecretsChoice::File { .. })]
        ),
        "{effects:?}"
    );
    state.follow(Message::Keeping(keeping::Message::Answered(Ok(()))))
}

#[test]
fn a_new_account_is_saved_after_another_place_for_its_password_was_found() {
    let mut state = found(listed());
    state.follow(Message::Submit);
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    let effects = state.follow(Message::Checked(state.epoch));
    assert!(matches!(effects.as_slice(), [Effect::Add(..)]));
    let effects = state.follow(Message::Added(Err(no_keyring())));
    opens(&mut state, &effects, KEYRING);
    assert!(sees(&state, no_keyring().message()));
    // The page can be left, and found again.
    click(&mut state, "Back");
    assert!(!sees(&state, "Use `--secrets file`."));
    let effects = click(&mut state, "Choose where passwords are kept");
    opens(&mut state, &effects, KEYRING);
    let effects = uses_the_file(&mut state);
    let [Effect::Add(_, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(passwords.incoming, Password::new("secret"));
    assert!(state.keeping.is_none());
}

#[test]
fn a_proof_that_could_not_have_its_passwords_runs_after_they_are_there() {
    let mut state = State::change(account()).0;
    let effects = click(&mut state, "Check and save");
    assert!(checks(&effects));
    let effects = state.follow(Message::Saved(Err(no_keyring())));
    opens(&mut state, &effects, KEYRING);
    assert!(checks(&uses_the_file(&mut state)));
}

#[test]
fn a_locked_file_is_opened_and_the_account_goes_on_by_itself() {
    let locked = Error::new(ErrorKind::Secrets, "The file with the passwords is locked.")
        .source(SecretsTrouble::FileLocked);
    let mut state = State::sign_in_again(account(), Some(locked)).0;
    let file = Keeping {
        place: SecretsPlace::File,
        is_locked: true,
        has_file: true,
    };
    let effects = state.follow(Message::KeepElsewhere);
    opens(&mut state, &effects, file);
    assert!(sees(&state, "Open the file with your passwords"));
    let effects = uses_the_file(&mut state);
    assert!(
        matches!(effects.as_slice(), [Effect::Tell(_), Effect::Leave]),
        "{effects:?}"
    );
}

#[test]
fn where_the_password_did_not_come_along_it_is_asked_for() {
    let mut state = State::sign_in_again(account(), Some(no_keyring())).0;
    let effects = state.follow(Message::KeepElsewhere);
    opens(&mut state, &effects, KEYRING);
    let effects = uses_the_file(&mut state);
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-password")]
    ));
    assert!(sees(&state, "The password for ann@x.test is needed."));
    // Nothing is tried without one.
    assert!(matches!(
        click(&mut state, "Sign in").as_slice(),
        [Effect::Focus("wizard-password")]
    ));
}

#[test]
fn a_password_that_is_nowhere_is_typed_on_the_page_that_has_its_field() {
    for (incoming, field) in [
        (AuthMethod::Password, "wizard-password"),
        (AuthMethod::OAuth2, "wizard-outgoing-password"),
    ] {
        let mut changed = account();
        changed.settings.incoming.auth = incoming;
        let mut state = State::change(changed).0;
        click(&mut state, "Check and save");
        let missing = diagnosed(
            ErrorKind::Auth,
            Fault::NoPassword,
            "The password is not kept on this computer.",
            vec![Remedy::TypePassword],
        );
        state.follow(Message::Saved(Err(missing)));
        // One primary button: that of the failure.
        assert!(check(&state).is_saving_mended());
        let effects = click(&mut state, Remedy::TypePassword.words());
        assert!(
            matches!(effects.as_slice(), [Effect::Focus(id)] if *id == field),
            "{effects:?}"
        );
        assert!(matches!(state.page, Page::ByHand));
        assert_eq!(state.form.incoming.auth, incoming);
    }
}
