use iced_test::Simulator;
use waxwing::ErrorKind;

use super::*;

const KEYRING: Keeping = Keeping {
    place: SecretsPlace::Keyring,
    is_locked: false,
    has_file: false,
};

fn in_trouble(trouble: SecretsTrouble) -> State {
    let keeping = match trouble {
        SecretsTrouble::FileLocked => Keeping {
            place: SecretsPlace::File,
            is_locked: true,
            has_file: true,
        },
        _ => KEYRING,
    };
    State::new(keeping, Some(error(trouble)))
}

fn error(trouble: SecretsTrouble) -> Error {
    Error::new(ErrorKind::Secrets, format!("It is so: {trouble}."))
        .hint("Use `--secrets file`.")
        .source(trouble)
}

/// The words on the page; clicks on one where that is wanted.
fn on_page<T>(
    state: &State,
    drive: impl FnOnce(&mut Simulator<'_, Message>) -> T,
) -> (T, Vec<Message>) {
    let mut ui = Simulator::with_size(crate::ui::settings(), (600.0, 900.0), state.view());
    let seen = drive(&mut ui);
    (seen, ui.into_messages().collect())
}

fn sees(state: &State, words: &str) -> bool {
    on_page(state, |ui| ui.find(words).is_ok()).0
}

fn click(state: &mut State, words: &str) -> Outcome {
    let ((), messages) = on_page(state, |ui| {
        ui.click(words)
            .unwrap_or_else(|error| panic!("{words}: {error}"));
    });
    let outcomes = messages.into_iter().map(|message| state.follow(message));
    outcomes.last().unwrap_or(Outcome::Stay)
}

fn types(state: &mut State, passphrase: &str, again: &str) {
    state.follow(Message::Passphrase(Password::new(passphrase)));
    state.follow(Message::Again(Password::new(again)));
}

#[test]
fn each_trouble_is_told_and_offers_what_helps_first() {
    use SecretsPlace::{Ask, File, Keyring};
    use SecretsTrouble as T;
    for (trouble, places) in [
        (T::Missing, [File, Ask, Keyring]),
        (T::Locked, [Keyring, File, Ask]),
        (T::Denied, [Keyring, File, Ask]),
        (T::Slow, [Keyring, File, Ask]),
        (T::Failed, [Keyring, File, Ask]),
        (T::FileLocked, [File, Ask, Keyring]),
    ] {
        let state = in_trouble(trouble);
        assert!(sees(&state, &format!("It is so: {trouble}.")));
        // Nobody at a window types options.
        assert!(!sees(&state, "Use `--secrets file`."));
        assert_eq!(state.places(), places, "{trouble}");
        assert_eq!(state.choice, places[0], "{trouble}");
    }
}

#[test]
fn a_new_file_takes_a_passphrase_that_was_typed_twice() {
    let mut state = in_trouble(SecretsTrouble::Missing);
    assert_eq!(
        click(&mut state, "Use the file"),
        Outcome::Focus(PASSPHRASE)
    );
    assert!(sees(&state, "The passphrase is missing."));
    types(&mut state, "sesame", "sesam");
    assert_eq!(click(&mut state, "Use the file"), Outcome::Focus(AGAIN));
    assert!(sees(&state, "The two are not the same."));
    types(&mut state, "sesame", "sesame");
    let passphrase = Password::new("sesame");
    assert_eq!(
        click(&mut state, "Use the file"),
        Outcome::Use(SecretsChoice::File { passphrase })
    );
    // Once is enough, and nobody leaves in the middle.
    assert_eq!(state.follow(Message::Submit), Outcome::Stay);
    assert_eq!(state.follow(Message::Back), Outcome::Stay);
    assert!(sees(&state, "Opening the file…"));
    let settled = state.follow(Message::Answered(Ok(())));
    assert_eq!(settled, Outcome::Settled(SecretsPlace::File));
}

#[test]
fn a_file_that_is_there_opens_with_its_passphrase_only() {
    let mut state = in_trouble(SecretsTrouble::FileLocked);
    assert!(sees(&state, "Open the file with your passwords"));
    assert!(!sees(&state, "The same once more"));
    state.follow(Message::Passphrase(Password::new("wrong")));
    let used = click(&mut state, "Open the file");
    assert!(matches!(used, Outcome::Use(SecretsChoice::File { .. })));
    let wrong = error(SecretsTrouble::WrongPassphrase);
    let words = wrong.message().to_owned();
    let outcome = state.follow(Message::Answered(Err(wrong)));
    assert_eq!(outcome, Outcome::Focus(PASSPHRASE));
    assert!(sees(&state, &words));
    state.follow(Message::Passphrase(Password::new("righ")));
    assert!(!sees(&state, &words));
}

#[test]
fn a_keyring_can_be_tried_again_and_passwords_be_asked_for() {
    let mut state = in_trouble(SecretsTrouble::Locked);
    assert_eq!(
        click(&mut state, "Try again"),
        Outcome::Use(SecretsChoice::Keyring)
    );
    let denied = error(SecretsTrouble::Denied);
    let words = denied.message().to_owned();
    assert_eq!(state.follow(Message::Answered(Err(denied))), Outcome::Stay);
    assert!(sees(&state, &words));
    click(&mut state, "Nowhere");
    assert_eq!(
        click(&mut state, "Ask me each time"),
        Outcome::Use(SecretsChoice::Ask(None))
    );
}

#[test]
fn without_trouble_the_place_in_use_is_chosen_and_escape_leaves() {
    let mut state = State::new(KEYRING, None);
    assert_eq!(state.choice, SecretsPlace::Keyring);
    assert_eq!(
        click(&mut state, "A protected file"),
        Outcome::Focus(PASSPHRASE)
    );
    let escape = Press {
        key: iced::keyboard::Key::Named(Named::Escape),
        modified: iced::keyboard::Key::Named(Named::Escape),
        modifiers: iced::keyboard::Modifiers::empty(),
    };
    let message = State::key_means(&escape).unwrap();
    assert_eq!(state.follow(message), Outcome::Left);
}

#[test]
fn a_passphrase_is_never_printed() {
    let mut state = in_trouble(SecretsTrouble::Missing);
    types(&mut state, "sesame", "sesame");
    assert!(!format!("{state:?}").contains("sesame"));
    let used = state.follow(Message::Submit);
    assert!(!format!("{used:?}").contains("sesame"));
}

#[test]
fn the_place_stays_while_it_is_being_opened() {
    let mut state = State::new(KEYRING, None);
    state.follow(Message::Choose(SecretsPlace::Ask));
    let begun = state.follow(Message::Submit);
    assert_eq!(begun, Outcome::Use(SecretsChoice::Ask(None)));
    state.follow(Message::Choose(SecretsPlace::File));
    let settled = state.follow(Message::Answered(Ok(())));
    assert_eq!(settled, Outcome::Settled(SecretsPlace::Ask));
}
