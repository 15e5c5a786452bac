//! Every field by hand: what follows what, and what is told while typing.

use super::*;
use waxwing::model::Pop3Policy;

fn by_hand() -> State {
    let mut state = typed();
    ends(&mut state, Discovery::default());
    state.follow(Message::ByHand);
    state
}

fn change(state: &mut State, side: Side, change: Change) {
    state.follow(Message::Server(side, change));
}

fn incoming(state: &mut State) -> ServerSettings {
    state.form.submit().unwrap().0.incoming
}

fn outgoing(state: &mut State) -> ServerSettings {
    state.form.submit().unwrap().0.outgoing
}

#[test]
fn what_the_person_typed_is_not_guessed_over() {
    let mut state = by_hand();
    change(
        &mut state,
        Side::Incoming,
        Change::Host("mail.y.test".into()),
    );
    change(&mut state, Side::Incoming, Change::Username("ann".into()));
    state.follow(Message::Email("ann@z.test".into()));
    assert_eq!(incoming(&mut state).host, "mail.y.test");
    assert_eq!(incoming(&mut state).username, "ann");
}

#[test]
fn ports_follow_the_security_until_one_is_typed() {
    let mut state = by_hand();
    change(
        &mut state,
        Side::Incoming,
        Change::Security(Security::StartTls),
    );
    assert_eq!(incoming(&mut state).port, 143);
    change(&mut state, Side::Incoming, Change::Port("1143".into()));
    change(&mut state, Side::Incoming, Change::Security(Security::Tls));
    assert_eq!(incoming(&mut state).port, 1143);
}

#[test]
fn the_security_follows_the_port_until_one_is_chosen() {
    let mut state = by_hand();
    for (port, security) in [
        ("587", Security::StartTls),
        ("465", Security::Tls),
        ("2525", Security::Tls),
    ] {
        change(&mut state, Side::Outgoing, Change::Port(port.into()));
        assert_eq!(outgoing(&mut state).security, security, "{port}");
    }
    change(&mut state, Side::Outgoing, Change::Security(Security::None));
    change(&mut state, Side::Outgoing, Change::Port("465".into()));
    assert_eq!(outgoing(&mut state).security, Security::None);
    assert!(sees(
        &state,
        "Servers speak TLS from the first byte on this port as a rule."
    ));
}

#[test]
fn the_name_of_one_server_hints_at_the_others() {
    for (typed, wanted) in [
        ("imap.provider.test", "smtp.provider.test"),
        ("pop3.provider.test", "smtp.provider.test"),
        ("mail.provider.test", "mail.provider.test"),
        ("in.provider.test", "out.provider.test"),
        ("provider.test", "smtp.x.test"),
    ] {
        let mut state = by_hand();
        change(&mut state, Side::Incoming, Change::Host(typed.into()));
        assert_eq!(outgoing(&mut state).host, wanted, "{typed}");
    }
    let mut state = by_hand();
    change(
        &mut state,
        Side::Outgoing,
        Change::Host("own.y.test".into()),
    );
    change(
        &mut state,
        Side::Incoming,
        Change::Host("imap.y.test".into()),
    );
    assert_eq!(outgoing(&mut state).host, "own.y.test");
}

#[test]
fn a_pasted_url_fills_the_fields_and_says_so() {
    let mut state = by_hand();
    let pasted = " pop3s://ann%40y.test@pop.y.test:1995/ ";
    change(&mut state, Side::Incoming, Change::Host(pasted.into()));
    let server = incoming(&mut state);
    assert_eq!(server.protocol, Protocol::Pop3);
    assert_eq!(server.place(), "pop.y.test:1995");
    assert_eq!(server.security, Security::Tls);
    assert_eq!(server.username, "ann@y.test");
    assert!(sees(
        &state,
        "A blank at the beginning was removed. A blank at the end was removed. \
         Taken from it: port, security and user name."
    ));
}

#[test]
fn a_name_with_a_port_that_is_typed_is_understood_at_the_next_field() {
    let mut state = by_hand();
    change(&mut state, Side::Incoming, Change::Host(String::new()));
    types(
        &mut state,
        Part::Host(Side::Incoming).id(),
        "mail.y.test:143",
    );
    assert_eq!(state.form.incoming.host, "mail.y.test:143");
    change(&mut state, Side::Outgoing, Change::Username("ann".into()));
    assert_eq!(state.form.incoming.host, "mail.y.test");
    assert_eq!(incoming(&mut state).port, 143);
    assert_eq!(incoming(&mut state).security, Security::StartTls);
}

#[test]
fn an_incoming_url_does_not_become_an_outgoing_server() {
    let mut state = by_hand();
    let pasted = "imaps://mail.y.test:993";
    change(&mut state, Side::Outgoing, Change::Host(pasted.into()));
    let server = outgoing(&mut state);
    assert_eq!(server.place(), "mail.y.test:465");
    assert_eq!(server.protocol, Protocol::Smtp);
}

#[test]
fn without_encryption_there_is_a_warning() {
    let warning = "Password and mail would travel readable for everyone on the way.";
    let mut state = by_hand();
    assert!(!sees(&state, warning));
    change(&mut state, Side::Outgoing, Change::Security(Security::None));
    assert!(sees(&state, warning));
}

#[test]
fn pop3_brings_its_port_its_guess_and_its_rules_in_words() {
    let mut state = by_hand();
    assert!(!sees(&state, "Leave it there"));
    click(&mut state, "POP3");
    assert!(sees(&state, "Leave it there"));
    assert_eq!(incoming(&mut state).place(), "pop.x.test:995");
    let policy = |state: &mut State| state.form.submit().unwrap().0.pop3.unwrap();
    assert_eq!(policy(&mut state), Pop3Policy::default());
    click(&mut state, "Remove it after some days");
    assert_eq!(policy(&mut state).delete_after_days, Some(14));
    state.follow(Message::Rules(pop3::Change::Days("0".into())));
    assert_eq!(state.form.submit().unwrap_err(), Part::Days);
    assert!(sees(&state, "A number of days, 1 to 3650."));
    click(&mut state, "Remove it once it is here");
    assert!(!policy(&mut state).leave_on_server);
    click(&mut state, "Fetch large messages only when I open them");
    assert_eq!(policy(&mut state).headers_only_over_mb, Some(10));
    click(&mut state, "IMAP");
    assert_eq!(incoming(&mut state).port, 993);
    assert_eq!(state.form.submit().unwrap().0.pop3, None);
}

#[test]
fn hosts_and_ports_that_cannot_be_are_refused() {
    for (host, fine) in [
        ("mail.x.test", true),
        ("127.0.0.1", true),
        ("::1", true),
        ("x.test:993", true),
        ("", false),
        ("ftp://x.test", false),
        ("mail x", false),
    ] {
        let mut state = by_hand();
        change(&mut state, Side::Incoming, Change::Host(host.into()));
        assert_eq!(state.form.submit().is_ok(), fine, "{host}");
    }
    for (port, fine) in [("993", true), ("0", false), ("70000", false), ("x", false)] {
        let mut state = by_hand();
        change(&mut state, Side::Outgoing, Change::Port(port.into()));
        assert_eq!(state.form.submit().is_ok(), fine, "{port}");
    }
}

#[test]
fn the_outgoing_server_can_have_its_own_password_or_none() {
    let mut state = by_hand();
    click(&mut state, "Same password as for the incoming server");
    assert_eq!(state.form.submit().unwrap_err(), Part::OutgoingPassword);
    state.follow(Message::OutgoingPassword(Password::new("other")));
    let (_, passwords) = state.form.submit().unwrap();
    let passwords = passwords.unwrap();
    assert_eq!(passwords.incoming, Password::new("secret"));
    assert_eq!(passwords.outgoing, Password::new("other"));
    change(&mut state, Side::Outgoing, Change::Auth(AuthMethod::None));
    change(&mut state, Side::Outgoing, Change::Username(String::new()));
    let (settings, passwords) = state.form.submit().unwrap();
    assert_eq!(settings.outgoing.auth, AuthMethod::None);
    assert_eq!(passwords.unwrap().outgoing, Password::new(""));
}

#[test]
fn back_from_by_hand_the_first_page_shows_what_was_set() {
    let mut state = found(listed());
    click(&mut state, "Set up by hand");
    change(&mut state, Side::Incoming, Change::Port("1993".into()));
    click(&mut state, "Back");
    assert!(sees(&state, "The servers are those you set up by hand."));
    assert!(sees(&state, "IMAP · port 1993 · TLS"));
    click(&mut state, "Use what was found instead");
    assert!(sees(&state, "The servers of X Mail are known."));
    assert_eq!(incoming(&mut state).port, 993);
}

#[test]
fn mail_of_a_pop3_account_can_go_into_the_inbox_of_another() {
    let mut home = account();
    home.settings.name = "Home".into();
    home.settings.incoming = server(Protocol::Pop3, "pop.home.test");
    let mut guest = home.clone();
    guest.settings.name = "Guest".into();
    guest.settings.pop3 = Some(Pop3Policy {
        deliver_to: Some("Home".into()),
        ..Pop3Policy::default()
    });
    let accounts = [account(), guest.clone(), home];
    let mut state = by_hand();
    let pop3 = Change::Protocol(Protocol::Pop3);
    change(&mut state, Side::Incoming, pop3);
    let sees = |state: &State, words: &str| {
        let options = Options::default();
        let view = state.view(&beside(&options, &accounts));
        simulator(view).find(words).is_ok()
    };
    // Neither IMAP accounts nor guests have room for others.
    assert!(!sees(&state, "Into the inbox of ann@x.test"));
    assert!(!sees(&state, "Into the inbox of Guest"));
    click_beside(&mut state, &accounts, "Into the inbox of Home");
    let policy = state.form.submit().unwrap().0.pop3.unwrap();
    assert_eq!(policy.deliver_to.as_deref(), Some("Home"));
    click_beside(&mut state, &accounts, "Into folders of its own");
    let policy = state.form.submit().unwrap().0.pop3.unwrap();
    assert_eq!(policy.deliver_to, None);
    // Nobody else there: nothing to choose.
    assert!(!super::sees(&state, "Into folders of its own"));
    // Later it is told, and stays.
    let changed = State::change(guest).0;
    assert!(sees(&changed, "Into the inbox of Home."));
    assert!(!sees(&changed, "Into folders of its own"));
}
