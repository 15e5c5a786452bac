//! Signing in again, and changing an account that is there.

use super::*;

fn signing_in(error: Error) -> State {
    State::sign_in_again(account(), Some(error)).0
}

#[test]
fn a_new_password_is_proven_for_both_servers_before_it_is_saved() {
    let mut state = signing_in(refused());
    assert!(sees(
        &state,
        "imap.x.test refused the password for ann@x.test."
    ));
    let effects = click(&mut state, "Sign in");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-password")]
    ));
    types(&mut state, Part::Password.id(), "new");
    let effects = click(&mut state, "Sign in");
    assert!(checks(&effects), "{effects:?}");
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    let effects = state.follow(Message::Checked(state.epoch));
    let [Effect::SavePasswords(AccountId(4), passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(passwords.incoming, Password::new("new"));
    assert_eq!(passwords.outgoing, Password::new("new"));
    let left = state.follow(Message::Saved(Ok(())));
    assert!(matches!(left.as_slice(), [Effect::Tell(_), Effect::Leave]));
}

#[test]
fn a_running_account_that_stops_working_has_the_same_buttons() {
    let other = ServerSettings {
        port: 143,
        security: Security::StartTls,
        ..server(Protocol::Imap, "imap.x.test")
    };
    let mut state = signing_in(diagnosed(
        ErrorKind::Refused,
        Fault::Refused,
        "Nothing answers at imap.x.test:993.",
        vec![Remedy::Change {
            words: "Use port 143 with STARTTLS".into(),
            server: other.clone(),
        }],
    ));
    let effects = click(&mut state, "Use port 143 with STARTTLS");
    let [Effect::Stop, Effect::CheckKept(1, AccountId(4), settings)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.incoming, other);
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    let effects = state.follow(Message::Checked(1));
    assert!(
        matches!(effects.as_slice(), [Effect::Change(AccountId(4), _, None)]),
        "{effects:?}"
    );
}

#[test]
fn an_account_that_works_again_as_it_is_needs_no_saving() {
    let mut state = signing_in(diagnosed(
        ErrorKind::Timeout,
        Fault::Silent,
        "imap.x.test does not answer.",
        vec![Remedy::TryAgain],
    ));
    let effects = click(&mut state, "Sign in");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Stop, Effect::CheckKept(1, ..)]
    ));
    proves(&mut state, Protocol::Imap);
    proves(&mut state, Protocol::Smtp);
    let effects = state.follow(Message::Checked(1));
    assert!(matches!(
        effects.as_slice(),
        [Effect::TryAgain, Effect::Leave]
    ));
}

#[test]
fn other_settings_of_an_account_are_proven_with_its_own_passwords() {
    let mut state = State::change(account()).0;
    assert!(sees(&state, "Settings of ann@x.test"));
    state.follow(Message::Label("Home".into()));
    let effects = click(&mut state, "Check and save");
    let [Effect::Stop, Effect::CheckKept(1, AccountId(4), settings)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.name, "Home");
    assert_eq!(settings.incoming, account().settings.incoming);
    assert!(matches!(
        state.follow(Message::Back).as_slice(),
        [Effect::Stop]
    ));
    state.follow(Message::Label(" ".into()));
    click(&mut state, "Check and save");
    assert!(sees(&state, "The account needs a name."));
}

#[test]
fn what_the_form_does_not_show_is_kept() {
    let mut account = account();
    account.settings.connections = Some(2);
    let mut state = State::change(account).0;
    state.follow(Message::Password(Password::new("new")));
    let (settings, passwords) = state.form.submit().unwrap();
    assert_eq!(settings.connections, Some(2));
    assert_eq!(passwords.unwrap().outgoing, Password::new("new"));
}

/// The form of an account whose servers are signed in to so.
fn changing(incoming: AuthMethod, outgoing: AuthMethod) -> State {
    let mut account = account();
    account.settings.incoming.auth = incoming;
    account.settings.outgoing.auth = outgoing;
    State::change(account).0
}

#[test]
fn a_sign_in_in_the_browser_is_never_saved_over_with_nothing() {
    use AuthMethod::{OAuth2, Password as Typed};
    for (side, typed) in [
        (
            Side::Outgoing,
            Message::OutgoingPassword as fn(Password) -> Message,
        ),
        (Side::Incoming, Message::Password),
    ] {
        let mut state = changing(OAuth2, OAuth2);
        state.follow(Message::Server(side, Change::Auth(Typed)));
        state.follow(typed(Password::new("p")));
        let effects = click(&mut state, "Check and save");
        assert!(
            matches!(effects.as_slice(), [Effect::SignIn(..)]),
            "{effects:?}"
        );
        let token = BrowserSignIn::Done(Password::new("{token}"));
        let effects = state.follow(Message::Browser(state.epoch, token));
        let [Effect::Stop, Effect::Check(_, _, passwords)] = effects.as_slice() else {
            panic!("{effects:?}");
        };
        let mut given = [passwords.incoming.reveal(), passwords.outgoing.reveal()];
        given.sort_unstable();
        assert_eq!(given, ["p", "{token}"]);
    }
}

#[test]
fn another_name_for_an_account_asks_for_no_sign_in() {
    use AuthMethod::{OAuth2, Password as Typed};
    for (incoming, outgoing) in [(OAuth2, OAuth2), (OAuth2, Typed), (Typed, OAuth2)] {
        let mut state = changing(incoming, outgoing);
        state.follow(Message::Label("Home".into()));
        let effects = click(&mut state, "Check and save");
        assert!(
            matches!(effects.as_slice(), [Effect::Stop, Effect::CheckKept(..)]),
            "{effects:?}"
        );
    }
}
