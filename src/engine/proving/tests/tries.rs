//! How often a password is told to a server, and what is proven.

use super::*;

/// Proves a server that plays `script`; gives its error, the words of its last
/// step, and how often somebody tried to sign in.
async fn prove(
    protocol: Protocol,
    script: &str,
    change: impl FnOnce(&mut Proof),
) -> (Option<Error>, String, usize) {
    let server = Server::start(script, None).await;
    let settings = settings(protocol, Security::None, server.port);
    let connector = Connector::new().with_open_ports(&[]);
    let (mut proof, told) = proof(connector, settings, "secret");
    change(&mut proof);
    proof.run().await;
    let (error, message) = end_of(told).await;
    (error, message, server.tries())
}

const IMAP: &str = "S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\nC: AUTHENTICATE\n";
const POP3: &str = "S: +OK ready\nC: CAPA\nS: -ERR\nC: USER\nS: +OK\nC: PASS\n";
const SMTP: &str = "S: 220 mail\nC: EHLO\nS: 250-mail\nS: 250 AUTH SCRAM-SHA-256 PLAIN LOGIN\n";

fn account() -> AccountSettings {
    AccountSettings {
        name: "A".to_owned(),
        email: "jane@example.org".to_owned(),
        display_name: String::new(),
        incoming: settings(Protocol::Imap, Security::Tls, 1),
        pop3: None,
        outgoing: settings(Protocol::Smtp, Security::Tls, 2),
        prefetch: crate::model::PrefetchPolicy::default(),
        identities: Vec::new(),
        connections: None,
    }
}

fn refusing(protocol: Protocol) -> String {
    match protocol {
        Protocol::Imap => format!("{IMAP}S: {{tag}} NO [AUTHENTICATIONFAILED] no"),
        Protocol::Pop3 => format!("{POP3}S: -ERR [AUTH] no"),
        // The first way is one that the server has no password for.
        Protocol::Smtp => {
            format!("{SMTP}C: AUTH SCRAM\nS: 535 no\nC: AUTH PLAIN\nS: 535 5.7.8 no")
        }
    }
}

const ALL: [Protocol; 3] = [Protocol::Imap, Protocol::Pop3, Protocol::Smtp];

/// The way of the stronger mechanism, that tells no password, is not counted.
fn passwords(protocol: Protocol, tries: usize) -> usize {
    if protocol == Protocol::Smtp {
        tries / 2
    } else {
        tries
    }
}

#[tokio::test]
async fn a_refused_password_is_told_twice_at_most() {
    for protocol in ALL {
        let (error, _, tries) = prove(protocol, &refusing(protocol), |_| {}).await;
        let diagnosis = error.unwrap().diagnosis().cloned().unwrap();
        assert_eq!(diagnosis.fault, Fault::WrongPassword, "{protocol:?}");
        assert_eq!(passwords(protocol, tries), 2, "{protocol:?}");
    }
}

#[tokio::test]
async fn a_password_that_cannot_be_right_is_told_once() {
    for protocol in ALL {
        let copied = |proof: &mut Proof| proof.password = Password::new("secret\u{a0}");
        let (error, _, tries) = prove(protocol, &refusing(protocol), copied).await;
        let diagnosis = error.unwrap().diagnosis().cloned().unwrap();
        assert_eq!(diagnosis.fault, Fault::InvisibleCharacters, "{protocol:?}");
        assert_eq!(passwords(protocol, tries), 1, "{protocol:?}");
    }
}

#[tokio::test]
async fn a_server_that_says_why_hears_the_password_once() {
    let why = "Please log in via your web browser";
    for (protocol, script) in [
        (Protocol::Imap, format!("{IMAP}S: {{tag}} NO {why}")),
        (Protocol::Pop3, format!("{POP3}S: -ERR {why}")),
    ] {
        let (error, _, tries) = prove(protocol, &script, |_| {}).await;
        let error = error.unwrap();
        assert_eq!(error.diagnosis().unwrap().fault, Fault::WebLogin);
        assert_eq!(error.words_of_server(), Some(why));
        assert_eq!(tries, 1, "{protocol:?}");
    }
}

#[tokio::test]
async fn the_other_user_name_is_offered_as_a_change_of_settings() {
    let script =
        format!("{POP3}S: -ERR [AUTH] no\n---\n{POP3}S: +OK in\nC: CAPA\nS: -ERR\nC: QUIT\nS: +OK");
    let (error, _, tries) = prove(Protocol::Pop3, &script, |_| {}).await;
    let diagnosis = error.unwrap().diagnosis().cloned().unwrap();
    assert_eq!(diagnosis.fault, Fault::UserNameForm);
    let crate::model::Remedy::Change { server, .. } = &diagnosis.remedies[0] else {
        panic!("{diagnosis:?}");
    };
    assert_eq!(server.username, "jane");
    assert_eq!(tries, 2);
}

#[tokio::test]
async fn a_pop3_server_without_names_is_remarked_on_and_good() {
    let script = format!(
        "{POP3}S: +OK in\nC: CAPA\nS: -ERR\nC: STAT\nS: +OK 2 300\nC: UIDL\nS: -ERR unknown\n\
         C: QUIT\nS: +OK"
    );
    let (error, message, tries) = prove(Protocol::Pop3, &script, |_| {}).await;
    assert!(error.is_none(), "{error:?}");
    assert!(message.contains("2 messages."), "{message}");
    assert!(message.contains("UIDL"), "{message}");
    assert_eq!(tries, 1);
}

#[tokio::test]
async fn sending_is_proven_without_a_message() {
    let script = "S: 220 mail\nC: EHLO\nS: 250-mail\nS: 250 AUTH PLAIN\nC: AUTH PLAIN\nS: 235 in\n\
        C: RSET\nS: 250 ok\nC: NOOP\nS: 250 ok\nC: QUIT\nS: 221 bye";
    let (error, message, tries) = prove(Protocol::Smtp, script, |_| {}).await;
    assert!(error.is_none(), "{error:?}");
    assert!(message.contains("ready for mail"), "{message}");
    assert_eq!(tries, 1);
}

/// A look at a slow server must not end a connection that went on meanwhile.
#[tokio::test]
async fn a_server_that_goes_on_while_one_looks_is_proven() {
    let script = "AWAIT looked\n\
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\nC: AUTHENTICATE PLAIN\n\
        AWAIT answered\nS: {tag} OK [CAPABILITY IMAP4rev1] in\n\
        C: LIST\nS: * LIST () \"/\" INBOX\nS: {tag} OK listed\n\
        C: LSUB\nS: {tag} OK listed\n\
        C: STATUS\nS: * STATUS INBOX (MESSAGES 0 UNSEEN 0 UIDNEXT 1 UIDVALIDITY 1)\n\
        S: {tag} OK\nC: LOGOUT\nS: * BYE\nS: {tag} OK\n\
        ---\nTELL looked\nTLS\nTELL answered";
    let authority = Authority::new();
    let acceptor = authority.acceptor(certificates::Leaf::Good);
    let server = Server::start(script, Some(acceptor)).await;
    let settings = settings(Protocol::Imap, Security::None, server.port);
    let (proof, told) = proof(authority.connector(&[]), settings, "secret");
    proof.run().await;
    let (error, message) = end_of(told).await;
    assert!(error.is_none(), "{error:?}");
    assert!(message.contains("lists 1 folders"), "{message}");
}

/// What one press of the button costs, counted at both servers.
#[tokio::test]
async fn one_press_tells_each_server_a_password_twice_at_most() {
    for incoming in [Protocol::Imap, Protocol::Pop3] {
        let servers = [
            Server::start(&refusing(incoming), None).await,
            Server::start(&refusing(Protocol::Smtp), None).await,
        ];
        let [there, back] = &servers;
        let account = AccountSettings {
            incoming: settings(incoming, Security::None, there.port),
            outgoing: settings(Protocol::Smtp, Security::None, back.port),
            ..account()
        };
        let (sender, told) = mpsc::unbounded_channel();
        let passwords = Passwords::same(Password::new("secret"));
        let connector = Connector::new().with_open_ports(&[]);
        let all = proofs(&connector, account, passwords, &sender);
        drop(sender);
        join_all(all.into_iter().map(Proof::run)).await;
        let mut told = told;
        let mut failed = BTreeSet::new();
        while let Some(progress) = told.recv().await {
            if let CheckProgress::Ended(CheckStep {
                server,
                error: Some(error),
                ..
            }) = progress
            {
                assert_eq!(error.diagnosis().unwrap().fault, Fault::WrongPassword);
                failed.insert(server.name());
            }
        }
        assert_eq!(failed.len(), 2, "{failed:?}");
        assert_eq!(passwords_told(incoming, there), 2);
        assert_eq!(passwords_told(Protocol::Smtp, back), 2);
    }
}

fn passwords_told(protocol: Protocol, server: &Server) -> usize {
    passwords(protocol, server.tries())
}

#[test]
fn servers_of_identities_are_proven_too() {
    let server = |port| settings(Protocol::Smtp, Security::Tls, port);
    let identity = |address: &str, outgoing| crate::model::Identity {
        address: address.to_owned(),
        name: String::new(),
        reply_to: None,
        signature: String::new(),
        outgoing,
    };
    let mut open = server(4);
    open.auth = AuthMethod::None;
    let account = AccountSettings {
        outgoing: server(2),
        identities: vec![
            identity("a@example.org", None),
            identity("b@example.org", Some(open)),
            identity("c@example.org", Some(server(3))),
        ],
        ..account()
    };
    let passwords = Passwords {
        incoming: Password::new("in"),
        outgoing: Password::new("out"),
        identities: vec![Password::new("c")],
    };
    let (sender, _told) = mpsc::unbounded_channel();
    let all: Vec<_> = proofs(&Connector::new(), account, passwords, &sender)
        .iter()
        .map(|proof| {
            let password = proof.password.reveal().to_owned();
            (proof.server.port, proof.email.clone(), password)
        })
        .collect();
    let row = |port, email: &str, password: &str| (port, email.to_owned(), password.to_owned());
    assert_eq!(
        all,
        [
            row(1, "jane@example.org", "in"),
            row(2, "jane@example.org", "out"),
            row(4, "b@example.org", ""),
            row(3, "c@example.org", "c"),
        ]
    );
}
