//! Every refusal at every step, and the sentence a person sees for it. The
//! same table stands in `docs/faults.md`.

use super::{PLACE, QUICK, connect, mail, script, to, who};
use crate::ErrorKind;
use crate::model::Recipient;
use crate::protocol::smtp::{Session, State, Stream};

/// A step, what the server says there, the kind, and the sentence.
type Case = (&'static str, &'static str, ErrorKind, &'static str);

const CASES: &[Case] = &[
    (
        "220",
        "421 4.3.2 busy",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "220",
        "450 4.0.0 x",
        ErrorKind::Temporary,
        "takes no mail now.",
    ),
    (
        "220",
        "554 5.7.1 x",
        ErrorKind::Server,
        "does not let this computer connect.",
    ),
    (
        "EHLO",
        "421 4.3.2 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "EHLO",
        "452 4.3.1 x",
        ErrorKind::Temporary,
        "takes no mail now.",
    ),
    (
        "EHLO",
        "554 5.7.1 x",
        ErrorKind::Server,
        "does not let this computer connect.",
    ),
    (
        "AUTH",
        "421 4.7.0 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "AUTH",
        "454 4.7.0 x",
        ErrorKind::Temporary,
        "cannot let anybody sign in now.",
    ),
    (
        "AUTH",
        "535 5.7.8 x",
        ErrorKind::Auth,
        "refused the name or the password.",
    ),
    (
        "AUTH",
        "550 5.7.1 x",
        ErrorKind::Auth,
        "refused the name or the password.",
    ),
    (
        "MAIL",
        "421 4.3.2 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "MAIL",
        "450 4.1.8 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "MAIL",
        "451 4.3.0 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "MAIL",
        "452 4.3.1 x",
        ErrorKind::Temporary,
        "has no room for mail now.",
    ),
    (
        "MAIL",
        "530 5.7.0 x",
        ErrorKind::Server,
        "wants you to sign in before it takes mail.",
    ),
    (
        "MAIL",
        "535 5.7.8 x",
        ErrorKind::Server,
        "wants you to sign in before it takes mail.",
    ),
    (
        "MAIL",
        "550 5.7.1 x",
        ErrorKind::Server,
        "does not let you send from this address.",
    ),
    (
        "MAIL",
        "552 5.3.4 x",
        ErrorKind::TooLarge,
        "The message is larger than ",
    ),
    (
        "MAIL",
        "554 5.7.1 x",
        ErrorKind::Server,
        "does not let you send from this address.",
    ),
    (
        "RCPT",
        "421 4.3.2 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "RCPT",
        "450 4.2.0 x",
        ErrorKind::Temporary,
        "takes mail for no recipient now.",
    ),
    (
        "RCPT",
        "451 4.7.1 x",
        ErrorKind::Temporary,
        "takes mail for no recipient now.",
    ),
    (
        "RCPT",
        "452 4.5.3 x",
        ErrorKind::Temporary,
        "takes fewer recipients at a time.",
    ),
    (
        "RCPT",
        "550 5.1.1 x",
        ErrorKind::Server,
        "refused every recipient.",
    ),
    (
        "RCPT",
        "552 5.2.2 x",
        ErrorKind::Quota,
        "has no room for this message: a mailbox is full.",
    ),
    (
        "RCPT",
        "554 5.7.1 x",
        ErrorKind::Server,
        "refused every recipient.",
    ),
    (
        "DATA",
        "421 4.3.2 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "DATA",
        "450 4.0.0 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "DATA",
        "451 4.3.0 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "DATA",
        "452 4.3.1 x",
        ErrorKind::Temporary,
        "has no room for mail now.",
    ),
    (
        "DATA",
        "550 5.7.1 x",
        ErrorKind::Server,
        "refused the message.",
    ),
    (
        "DATA",
        "552 5.3.4 x",
        ErrorKind::TooLarge,
        "The message is larger than ",
    ),
    (
        "DATA",
        "554 5.5.1 x",
        ErrorKind::Server,
        "refused the message.",
    ),
    (
        "<message>",
        "421 4.3.2 x",
        ErrorKind::Temporary,
        "closes the connection for now.",
    ),
    (
        "<message>",
        "450 4.2.0 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "<message>",
        "451 4.3.0 x",
        ErrorKind::Temporary,
        "does not take the message now.",
    ),
    (
        "<message>",
        "452 4.3.1 x",
        ErrorKind::Temporary,
        "has no room for mail now.",
    ),
    (
        "<message>",
        "550 5.7.1 spam",
        ErrorKind::Server,
        "refused the message.",
    ),
    (
        "<message>",
        "552 too big",
        ErrorKind::TooLarge,
        "The message is larger than ",
    ),
    (
        "<message>",
        "554 5.6.0 x",
        ErrorKind::Server,
        "refused the message.",
    ),
];

async fn whole(stream: impl Stream + 'static) -> crate::Error {
    let started = Session::start(stream, PLACE, QUICK).await;
    let mut session = match started {
        Ok(session) => session,
        Err(error) => return error.into(),
    };
    if let Err(error) = session.sign_in(&who()).await {
        return error.into();
    }
    let recipients = to(&["a@example.test"]);
    match session.send(mail(&recipients, super::MAIL)).await {
        Err(error) => error.into(),
        Ok(outcome) => {
            assert!(matches!(outcome.state, State::Refused { .. }));
            assert!(!outcome.recipients.iter().any(Recipient::is_accepted));
            outcome.refusal(PLACE).unwrap()
        }
    }
}

#[tokio::test]
async fn each_refusal_has_its_sentence() {
    for (step, reply, kind, said) in CASES {
        let line: &'static str = format!("{reply}\r\n").leak();
        let error = if *step == "220" {
            let (ours, theirs) = tokio::io::duplex(1024);
            let server = tokio::spawn(super::serve(theirs, line, script(&[])));
            let error = whole(ours).await;
            drop(server);
            error
        } else {
            // Twice, for EHLO is followed by HELO.
            let (ours, _server) = connect(script(&[(step, line), ("HELO", line)]));
            whole(ours).await
        };
        let told = error.message();
        assert_eq!(error.kind(), *kind, "{step} {reply}: {error}");
        assert!(told.contains(said), "{step} {reply}: {told}");
        assert!(told.contains(PLACE), "{step} {reply}: {told}");
        assert_eq!(error.words_of_server(), Some(*reply), "{step}");
        assert!(error.remedy().is_some(), "{step} {reply}: what to do?");
    }
}

/// Whether the table and the document tell the same.
#[test]
fn the_document_has_every_row() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/faults.md");
    let document = std::fs::read_to_string(path).unwrap();
    for (step, reply, _, said) in CASES {
        let code = reply.split(' ').next().unwrap();
        let step = match *step {
            "220" => "greeting",
            "<message>" => "final dot",
            other => other,
        };
        let row = document.lines().find(|line| {
            let mut cells = line.split('|').map(str::trim).skip(1);
            cells.next() == Some(step)
                && cells
                    .next()
                    .is_some_and(|codes| codes.split(", ").any(|one| one == code))
                && line.contains(said.trim())
        });
        assert!(row.is_some(), "docs/faults.md lacks: {step} {code} {said}");
    }
}
