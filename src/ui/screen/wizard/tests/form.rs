//! What is typed and what is guessed from it.

use super::*;

fn incoming(state: &State) -> ServerSettings {
    form(state).clone().submit().unwrap().0.incoming
}

#[test]
fn servers_are_guessed_from_the_address_as_it_is_typed() {
    let (mut state, _) = State::welcome();
    state.follow(Message::AddAccount);
    types(&mut state, Part::Email.id(), "ann@x.test");
    state.follow(Message::Password(Password::new("secret")));
    let (settings, _) = form(&state).clone().submit().unwrap();
    assert_eq!(settings.incoming.place(), "imap.x.test:993");
    assert_eq!(settings.outgoing.place(), "smtp.x.test:465");
    assert_eq!(settings.incoming.username, "ann@x.test");
    assert_eq!(settings.name, "ann@x.test");
}

#[test]
fn what_the_person_typed_is_not_guessed_over() {
    let mut state = filled();
    state.follow(Message::Server(
        Side::Incoming,
        Change::Host("mail.y.test".into()),
    ));
    state.follow(Message::Server(
        Side::Incoming,
        Change::Username("ann".into()),
    ));
    state.follow(Message::Email("ann@z.test".into()));
    assert_eq!(incoming(&state).host, "mail.y.test");
    assert_eq!(incoming(&state).username, "ann");
    assert_eq!(form(&state).outgoing.host, "smtp.z.test");
}

#[test]
fn ports_follow_the_security_until_one_is_typed() {
    let mut state = filled();
    let security = |security| Message::Server(Side::Incoming, Change::Security(security));
    state.follow(security(Security::StartTls));
    assert_eq!(incoming(&state).port, 143);
    state.follow(Message::Server(Side::Incoming, Change::Port("1143".into())));
    state.follow(security(Security::Tls));
    assert_eq!(incoming(&state).port, 1143);
}

#[test]
fn without_encryption_there_is_a_warning() {
    let warning = "Password and mail would travel readable for everyone on the way.";
    let mut state = filled();
    assert!(!sees(&state, warning));
    state.follow(Message::Server(
        Side::Outgoing,
        Change::Security(Security::None),
    ));
    assert!(sees(&state, warning));
}

#[test]
fn pop3_brings_its_port_its_guess_and_its_own_question() {
    let leave = "Leave mail on the server until it is removed here";
    let mut state = filled();
    assert!(!sees(&state, leave));
    click(&mut state, "POP3");
    assert!(sees(&state, leave));
    assert_eq!(incoming(&state).protocol, Protocol::Pop3);
    assert_eq!(incoming(&state).port, 995);
    state.follow(Message::Server(Side::Incoming, Change::Leave(false)));
    let policy = form(&state).clone().submit().unwrap().0.pop3.unwrap();
    assert!(!policy.leave_on_server);
    click(&mut state, "IMAP");
    assert_eq!(incoming(&state).port, 993);
    assert_eq!(form(&state).clone().submit().unwrap().0.pop3, None);
}

#[test]
fn problems_are_told_in_words_once_the_person_was_done() {
    let (mut state, _) = State::welcome();
    state.follow(Message::AddAccount);
    assert!(!sees(&state, "The address is missing."));
    let effects = click(&mut state, "Check and add");
    assert!(matches!(
        effects.as_slice(),
        [Effect::Focus("wizard-email")]
    ));
    assert!(sees(&state, "The address is missing."));
    assert!(sees(&state, "The password is missing."));
    state.follow(Message::Email("ann".into()));
    assert!(sees(
        &state,
        "This is no whole address yet. It looks like you@example.org."
    ));
}

#[test]
fn hosts_and_ports_that_cannot_be_are_refused() {
    for (host, fine) in [
        ("mail.x.test", true),
        ("127.0.0.1", true),
        ("::1", true),
        ("", false),
        ("https://x.test", false),
        ("mail x", false),
        ("x.test:993", false),
        ("ann@x.test", false),
    ] {
        let mut state = filled();
        state.follow(Message::Server(Side::Incoming, Change::Host(host.into())));
        assert_eq!(
            form(&state).incoming.host_problem().is_none(),
            fine,
            "{host}"
        );
    }
    for (port, fine) in [("993", true), ("0", false), ("70000", false), ("x", false)] {
        let mut state = filled();
        state.follow(Message::Server(Side::Outgoing, Change::Port(port.into())));
        let done = form(&state).clone().submit();
        assert_eq!(done.is_ok(), fine, "{port}");
    }
}

#[test]
fn the_outgoing_server_can_have_its_own_password() {
    let mut state = filled();
    click(&mut state, "Same password as for the incoming server");
    assert_eq!(
        form(&state).clone().submit().unwrap_err(),
        Part::OutgoingPassword
    );
    state.follow(Message::OutgoingPassword(Password::new("other")));
    let (_, passwords) = form(&state).clone().submit().unwrap();
    assert_eq!(passwords.incoming, Password::new("secret"));
    assert_eq!(passwords.outgoing, Password::new("other"));
}

#[test]
fn a_message_never_prints_the_password() {
    let message = Message::Password(Password::new("secret"));
    assert!(!format!("{message:?}").contains("secret"));
    assert!(!format!("{:?}", filled()).contains("secret"));
}
