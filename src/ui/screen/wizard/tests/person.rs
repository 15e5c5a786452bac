//! The first page: what is typed, and when it is enough.

use super::*;

#[test]
fn the_first_page_asks_for_name_address_and_password_and_nothing_else() {
    let state = first_page();
    for words in ["Your name", "Address", "Password"] {
        assert!(sees(&state, words), "{words}");
    }
    for words in ["Server", "Port", "Security", "User name"] {
        assert!(!sees(&state, words), "{words}");
    }
}

#[test]
fn problems_are_told_once_the_person_was_done() {
    let mut state = first_page();
    assert!(!sees(&state, "The address is missing."));
    let effects = click(&mut state, "Continue");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-email")]
    ));
    assert!(sees(&state, "The address is missing."));
    assert!(sees(&state, "The password is missing."));
    state.follow(Message::Email("ann".into()));
    assert!(sees(&state, "An address has an @, as in you@example.org."));
}

#[test]
fn what_typing_on_does_not_mend_is_told_at_once() {
    let mut state = first_page();
    types(&mut state, Part::Email.id(), "ann@x");
    assert_eq!(state.form.email_hint(), None);
    state.follow(Message::Email("ann@x,test".into()));
    assert!(sees(&state, "There is a comma where a dot belongs."));
}

#[test]
fn a_pasted_address_loses_what_does_not_belong_to_it_and_says_so() {
    let mut state = first_page();
    state.follow(Message::Email("Ann Lee <ann@x.test>\u{200b} ".into()));
    assert_eq!(state.form.email, "ann@x.test");
    assert_eq!(state.form.name, "Ann Lee");
    assert!(sees(
        &state,
        "Invisible characters were removed. A blank at the end was removed."
    ));
}

#[test]
fn a_password_with_a_blank_is_remarked_on_and_mended_by_a_button_only() {
    let mut state = typed();
    state.follow(Message::Password(Password::new("secret ")));
    assert!(sees(&state, "The password ends with a blank."));
    assert_eq!(state.form.password, Password::new("secret "));
    click(&mut state, "Remove the blank");
    assert_eq!(state.form.password, Password::new("secret"));
    assert!(!sees(&state, "The password ends with a blank."));
}

#[test]
fn with_servers_found_the_first_page_is_enough() {
    let mut state = found(listed());
    let effects = click(&mut state, "Continue");
    let [Effect::Stop, Effect::Check(1, settings, passwords)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(settings.incoming.place(), "imap.x.test:993");
    assert_eq!(settings.outgoing.place(), "smtp.x.test:465");
    assert_eq!(settings.display_name, "Ann Lee");
    assert_eq!(settings.pop3, None);
    assert_eq!(passwords.incoming, Password::new("secret"));
    assert_eq!(passwords.outgoing, Password::new("secret"));
}

#[test]
fn who_is_quicker_than_the_search_waits_for_it_and_goes_on_by_itself() {
    let mut state = typed();
    let effects = click(&mut state, "Continue");
    // The pause after typing is over with it.
    assert!(matches!(effects.as_slice(), [Effect::Search(_, email)] if email == "ann@x.test"));
    assert!(sees(&state, "Looking for the servers…"));
    let search = state.search;
    let done = DiscoveryProgress::Done(Discovery {
        candidates: vec![listed()],
        impossible: None,
    });
    let effects = state.follow(Message::Seen(search, done));
    assert!(checks(&effects), "{effects:?}");
}

#[test]
fn waiting_for_the_search_can_be_stopped() {
    let mut state = typed();
    state.follow(Message::Submit);
    click(&mut state, "Stop");
    let search = state.search;
    let effects = state.follow(Message::Seen(
        search,
        DiscoveryProgress::Done(Discovery::default()),
    ));
    assert!(effects.is_empty(), "{effects:?}");
    assert!(matches!(state.page, Page::Person));
}

#[test]
fn with_nothing_found_the_servers_are_asked_for_and_guessed() {
    let mut state = typed();
    ends(&mut state, Discovery::default());
    assert!(sees(
        &state,
        "No servers are known for x.test. The next page asks for them."
    ));
    let effects = click(&mut state, "Continue");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-incoming-host")]
    ));
    assert_eq!(state.form.incoming.host, "imap.x.test");
    assert_eq!(state.form.outgoing.host, "smtp.x.test");
    assert!(checks(&click(&mut state, "Check and add")));
}
