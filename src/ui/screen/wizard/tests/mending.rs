//! The buttons that mend what failed.

use super::*;

fn failed(server: Protocol, step: CheckStepKind, error: Error) -> State {
    let mut state = found(listed());
    state.follow(Message::Submit);
    fails(&mut state, server, step, error);
    state
}

#[test]
fn a_refused_password_is_told_and_typed_again_right_there() {
    let mut state = found(listed());
    state.follow(Message::Submit);
    let effects = fails(&mut state, Protocol::Imap, CheckStepKind::SignIn, refused());
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-password")]
    ));
    for words in [
        "imap.x.test refused the password for ann@x.test.",
        "Type it again, or make an app password.",
        "Make an app password",
        "Save anyway",
    ] {
        assert!(sees(&state, words), "{words}");
    }
    state.follow(Message::Password(Password::new("right")));
    let effects = click(&mut state, "Try this password");
    let [Effect::Stop, Effect::Check(2, _, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(passwords.incoming, Password::new("right"));
}

#[test]
fn the_servers_own_words_are_one_click_away() {
    let said = "The server said: “[AUTHENTICATIONFAILED] Authentication failed.”";
    let mut state = failed(Protocol::Imap, CheckStepKind::SignIn, refused());
    assert!(!sees(&state, said));
    click(&mut state, "Details");
    assert!(sees(&state, said));
}

#[test]
fn other_settings_are_taken_and_checked_at_once() {
    let other = ServerSettings {
        port: 587,
        security: Security::StartTls,
        ..server(Protocol::Smtp, "smtp.x.test")
    };
    let error = diagnosed(
        ErrorKind::Tls,
        Fault::ClearOnTlsPort,
        "smtp.x.test:465 begins in clear text.",
        vec![Remedy::Change {
            words: "Use port 587 with STARTTLS".into(),
            server: other.clone(),
        }],
    );
    let mut state = failed(Protocol::Smtp, CheckStepKind::Tls, error);
    let effects = click(&mut state, "Use port 587 with STARTTLS");
    let [Effect::Stop, Effect::Check(2, settings, _)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.outgoing, other);
    assert_eq!(settings.incoming, server(Protocol::Imap, "imap.x.test"));
}

#[test]
fn a_page_is_opened_and_the_proof_stays_as_it_is() {
    let mut state = failed(Protocol::Imap, CheckStepKind::SignIn, refused());
    let effects = click(&mut state, "Make an app password");
    assert!(
        matches!(effects.as_slice(), [Effect::Open(url)] if url == "https://x.test/app-passwords")
    );
    assert!(check(&state).is_stopped());
}

#[test]
fn a_password_is_cleaned_only_by_its_button_and_then_tried() {
    let error = diagnosed(
        ErrorKind::Auth,
        Fault::InvisibleCharacters,
        "The password ends with a blank.",
        vec![Remedy::CleanPassword, Remedy::TypePassword],
    );
    let mut state = found(listed());
    state.follow(Message::Password(Password::new("secret ")));
    state.follow(Message::Submit);
    fails(&mut state, Protocol::Imap, CheckStepKind::SignIn, error);
    let effects = click(&mut state, Remedy::CleanPassword.words());
    let [Effect::Stop, Effect::Check(_, _, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(passwords.incoming, Password::new("secret"));
}

#[test]
fn trying_again_and_setting_up_by_hand_do_what_they_say() {
    let error = || {
        diagnosed(
            ErrorKind::Timeout,
            Fault::Silent,
            "imap.x.test does not answer.",
            vec![Remedy::TryAgain, Remedy::SetUpByHand],
        )
    };
    let mut state = failed(Protocol::Imap, CheckStepKind::Connect, error());
    assert!(checks(&click(&mut state, "Try again")));
    let mut state = failed(Protocol::Imap, CheckStepKind::Connect, error());
    click(&mut state, "Set up by hand");
    assert!(matches!(state.page, Page::ByHand));
    assert_eq!(state.form.incoming.host, "imap.x.test");
}

#[test]
fn the_browser_signs_in_where_the_provider_wants_it() {
    let error = diagnosed(
        ErrorKind::Auth,
        Fault::OAuthRequired,
        "X Mail takes no passwords.",
        vec![Remedy::SignInWithBrowser],
    );
    let mut state = failed(Protocol::Imap, CheckStepKind::SignIn, error);
    let effects = click(&mut state, "Sign in with the browser");
    let [Effect::SignIn(2, server, email)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(server.auth, AuthMethod::OAuth2);
    assert_eq!(email, "ann@x.test");
    let page = "https://login.x.test/authorize?x=y".to_owned();
    let effects = state.follow(Message::Browser(2, BrowserSignIn::Open(page)));
    assert!(matches!(effects.as_slice(), [Effect::Open(_)]));
    assert!(sees(&state, "Waiting for you to sign in at login.x.test…"));
    let token = Password::new("{token}");
    let effects = state.follow(Message::Browser(2, BrowserSignIn::Done(token.clone())));
    let [Effect::Stop, Effect::Check(3, settings, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.incoming.auth, AuthMethod::OAuth2);
    assert_eq!(passwords.incoming, token);
    assert_eq!(passwords.outgoing, token);
}

#[test]
fn the_browser_signs_in_to_the_server_that_takes_it_and_no_other() {
    let mut listed = listed();
    let mut browser = listed.incoming[0].clone();
    browser.auth = AuthMethod::OAuth2;
    listed.incoming.push(browser);
    let mut state = found(listed);
    state.follow(Message::Submit);
    let error = diagnosed(
        ErrorKind::Auth,
        Fault::OAuthRequired,
        "X Mail takes no passwords.",
        vec![Remedy::SignInWithBrowser],
    );
    fails(&mut state, Protocol::Imap, CheckStepKind::SignIn, error);
    click(&mut state, "Sign in with the browser");
    assert_eq!(state.form.incoming.auth, AuthMethod::OAuth2);
    assert_eq!(state.form.outgoing.auth, AuthMethod::Password);
}

#[test]
fn a_sign_in_in_the_browser_that_fails_says_why_and_can_be_tried_again() {
    let mut oauth = listed();
    for server in oauth.incoming.iter_mut().chain(&mut oauth.outgoing) {
        server.auth = AuthMethod::OAuth2;
    }
    let mut state = found(oauth);
    // There is no password to type.
    assert!(!sees(&state, "Password"));
    let effects = click(&mut state, "Sign in with the browser");
    assert!(matches!(effects.as_slice(), [Effect::SignIn(1, ..)]));
    let denied = Error::new(ErrorKind::Auth, "You did not let Waxwing in.");
    state.follow(Message::Browser(1, BrowserSignIn::Failed(denied)));
    assert!(sees(&state, "You did not let Waxwing in."));
    let effects = click(&mut state, "Try again");
    assert!(matches!(effects.as_slice(), [Effect::SignIn(2, ..)]));
    click(&mut state, "Cancel");
    assert!(matches!(state.page, Page::Person));
    let late = BrowserSignIn::Done(Password::new("late"));
    assert!(state.follow(Message::Browser(2, late)).is_empty());
}

#[test]
fn an_app_password_is_another_way_in_than_the_browser() {
    let mut both = listed();
    let mut by_browser = server(Protocol::Imap, "imap.x.test");
    by_browser.auth = AuthMethod::OAuth2;
    both.incoming.insert(0, by_browser);
    let mut state = found(both);
    assert!(sees(&state, "On the provider's own page"));
    click(&mut state, "Use a password for mail programs");
    assert!(sees(&state, "Password"));
    assert_eq!(state.form.incoming.auth, AuthMethod::Password);
}

/// Both servers signed in to as told; the outgoing one refuses and a password
/// is a way in.
fn outgoing_refuses(incoming: AuthMethod, outgoing: AuthMethod) -> State {
    let mut by = listed();
    for server in &mut by.incoming {
        server.auth = incoming;
    }
    for server in &mut by.outgoing {
        server.auth = outgoing;
    }
    let mut state = found(by);
    state.follow(Message::Submit);
    if matches!(state.page, Page::Browser(_)) {
        let token = BrowserSignIn::Done(Password::new("{token}"));
        state.follow(Message::Browser(state.epoch, token));
    }
    // Beside a sign-in in the browser, the outgoing server has its own field.
    if matches!(state.page, Page::ByHand) {
        state.follow(Message::OutgoingPassword(Password::new("old")));
        state.follow(Message::Submit);
    }
    let error = diagnosed(
        ErrorKind::Auth,
        Fault::AppPassword,
        "smtp.x.test wants an app password.",
        vec![Remedy::TryAgain, Remedy::TypePassword],
    );
    fails(&mut state, Protocol::Smtp, CheckStepKind::SignIn, error);
    state
}

#[test]
fn a_password_in_place_of_the_browser_is_typed_for_the_server_that_wants_it() {
    use AuthMethod::{OAuth2, Password as Typed};
    for (incoming, outgoing, after, field) in [
        (OAuth2, OAuth2, [Typed, Typed], "wizard-password"),
        (Typed, OAuth2, [Typed, Typed], "wizard-password"),
    ] {
        let mut state = outgoing_refuses(incoming, outgoing);
        // No field before the person wants to type.
        assert!(!sees(&state, "Try this password"));
        let effects = click(&mut state, Remedy::TypePassword.words());
        assert!(
            matches!(effects.as_slice(), [Effect::Focus(id)] if *id == field),
            "{effects:?}"
        );
        let auth = Side::BOTH.map(|side| state.form.server(side).auth);
        assert_eq!(auth, after);
        assert!(sees(&state, "Try this password"));
        state.follow(Message::Password(Password::new("app")));
        let effects = click(&mut state, "Try this password");
        let [Effect::Stop, Effect::Check(_, _, passwords)] = effects.as_slice() else {
            panic!("{effects:?}");
        };
        assert_eq!(passwords.outgoing, Password::new("app"));
    }
}

#[test]
fn a_password_of_the_outgoing_server_leaves_the_browser_to_the_incoming_one() {
    let mut state = outgoing_refuses(AuthMethod::OAuth2, AuthMethod::Password);
    assert!(sees(&state, "Try this password"));
    types(&mut state, Part::OutgoingPassword.id(), "er");
    assert_eq!(state.form.incoming.auth, AuthMethod::OAuth2);
    let effects = click(&mut state, "Try this password");
    let [Effect::Stop, Effect::Check(_, settings, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.incoming.auth, AuthMethod::OAuth2);
    assert_eq!(passwords.incoming, Password::new("{token}"));
    assert_eq!(passwords.outgoing, Password::new("older"));
}

#[test]
fn a_browser_that_is_not_to_be_had_leads_to_the_page_with_the_field() {
    let not_registered = || {
        let error = diagnosed(
            ErrorKind::Config,
            Fault::OAuthRequired,
            "Waxwing is not registered at X Mail.",
            vec![Remedy::TypePassword],
        );
        BrowserSignIn::Failed(error)
    };
    let mut changed = account();
    changed.settings.outgoing.auth = AuthMethod::OAuth2;
    let mut state = State::sign_in_again(changed, Some(refused())).0;
    state.follow(Message::Remedy(Side::Outgoing, Remedy::SignInWithBrowser));
    state.follow(Message::Browser(state.epoch, not_registered()));
    let effects = click(&mut state, Remedy::TypePassword.words());
    assert!(
        matches!(effects.as_slice(), [Effect::Focus("wizard-password")]),
        "{effects:?}"
    );
    assert!(matches!(state.page, Page::SignIn));
    assert!(state.form.takes_password(Side::Outgoing));
}

/// The remedy is taken and the proof left; then the address is another one.
fn moves_on_to_another_provider(error: Error) -> State {
    let words = match error.diagnosis().unwrap().remedies[0].clone() {
        Remedy::Change { words, .. } => words,
        remedy => remedy.words().to_owned(),
    };
    let mut state = failed(Protocol::Imap, CheckStepKind::SignIn, error);
    click(&mut state, &words);
    state.follow(Message::Back);
    assert!(matches!(state.page, Page::Person), "{:?}", state.page);
    state.follow(Message::Email("ann@y.test".into()));
    state.follow(Message::Password(Password::new("of y")));
    state
}

fn other_name() -> Error {
    let server = ServerSettings {
        username: "ann".into(),
        ..server(Protocol::Imap, "imap.x.test")
    };
    diagnosed(
        ErrorKind::Auth,
        Fault::UserNameForm,
        "imap.x.test knows nobody of that name.",
        vec![Remedy::Change {
            words: "Sign in as ann".into(),
            server,
        }],
    )
}

fn wants_browser(host: &str) -> Error {
    diagnosed(
        ErrorKind::Auth,
        Fault::OAuthRequired,
        &format!("{host} takes no passwords."),
        vec![Remedy::SignInWithBrowser],
    )
}

#[test]
fn what_mended_one_provider_is_not_used_for_another() {
    for error in [other_name(), wants_browser("imap.x.test")] {
        let mut state = moves_on_to_another_provider(error);
        for server in [&state.form.incoming, &state.form.outgoing] {
            assert!(server.host.ends_with(".y.test"), "{server:?}");
            assert_eq!(server.username, "ann@y.test");
            assert_eq!(server.auth, AuthMethod::Password);
        }
        // The search for the new provider is waited for.
        let effects = click(&mut state, "Continue");
        assert!(
            matches!(effects.as_slice(), [Effect::Search(_, email)] if email == "ann@y.test"),
            "{effects:?}"
        );
    }
}

#[test]
fn a_server_the_person_named_stays_for_another_address() {
    let mut state = failed(Protocol::Imap, CheckStepKind::SignIn, other_name());
    state.follow(Message::Back);
    let typed = Change::Host("imap.x.test".into());
    state.follow(Message::Server(Side::Incoming, typed));
    let remedy = other_name().diagnosis().unwrap().remedies[0].clone();
    state.follow(Message::Remedy(Side::Incoming, remedy));
    state.follow(Message::Email("ann@y.test".into()));
    assert_eq!(state.form.incoming.host, "imap.x.test");
}

#[test]
fn a_way_to_sign_in_is_no_server_set_up_by_hand() {
    let mut state = failed(
        Protocol::Imap,
        CheckStepKind::SignIn,
        wants_browser("imap.x.test"),
    );
    click(&mut state, "Sign in with the browser");
    state.follow(Message::Back);
    assert!(!state.form.is_by_hand());
    assert!(sees(&state, "The servers of X Mail are known."));
    // What the person chooses then counts.
    state.follow(Message::SignInBy(AuthMethod::Password));
    assert_eq!(state.form.incoming.auth, AuthMethod::Password);
}

#[test]
fn the_server_that_wants_the_browser_gets_it_whatever_is_said_of_it() {
    let mut listed = listed();
    for server in &mut listed.incoming {
        server.auth = AuthMethod::OAuth2;
    }
    let mut state = found(listed);
    state.follow(Message::OutgoingPassword(Password::new("p")));
    state.follow(Message::Submit);
    let token = BrowserSignIn::Done(Password::new("{token}"));
    state.follow(Message::Browser(state.epoch, token));
    let error = wants_browser("smtp.x.test");
    fails(&mut state, Protocol::Smtp, CheckStepKind::SignIn, error);
    click(&mut state, "Sign in with the browser");
    assert_eq!(state.form.outgoing.auth, AuthMethod::OAuth2);
}
