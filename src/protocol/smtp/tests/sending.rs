use super::{mail, script, session, to};
use crate::protocol::smtp::error::Error;
use crate::protocol::smtp::{Outcome, Outgoing, State};

fn codes(outcome: &Outcome) -> Vec<Option<u16>> {
    outcome.recipients.iter().map(|one| one.code).collect()
}

#[tokio::test]
async fn a_message_is_sent_with_its_dots() {
    let (mut session, server) = session(script(&[])).await;
    let recipients = to(&["bob@example.test"]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    assert!(outcome.recipients[0].is_accepted());
    session.quit().await;
    let seen = server.await.unwrap();
    assert_eq!(
        seen,
        [
            "EHLO [127.0.0.1]",
            "MAIL FROM:<ada@example.test>",
            "RCPT TO:<bob@example.test>",
            "DATA",
            "Subject: Hi\r\n\r\n..hidden\r\n...two\r\nend\r\n",
            "QUIT",
        ]
    );
}

#[tokio::test]
async fn bare_line_ends_smuggle_nothing() {
    let (mut session, server) = session(script(&[])).await;
    let recipients = to(&["bob@example.test"]);
    let raw = "Subject: x\n\nbody\n.\nMAIL FROM:<evil@example.test>\r.\rend";
    let outcome = session.send(mail(&recipients, raw)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    session.quit().await;
    let seen = server.await.unwrap();
    assert_eq!(
        seen[4],
        "Subject: x\r\n\r\nbody\r\n..\r\nMAIL FROM:<evil@example.test>\r\n..\r\nend\r\n"
    );
    assert_eq!(seen.last().unwrap(), "QUIT");
}

#[tokio::test]
async fn every_recipient_has_an_answer_of_its_own() {
    let (mut session, _server) = session(script(&[
        (
            "RCPT TO:<b@",
            "550-5.1.1 <b@example.test>: unknown\r\n550 5.1.1 user\r\n",
        ),
        ("RCPT TO:<d@", "450 4.2.1 busy\r\n"),
    ]))
    .await;
    let recipients = to(&[
        "a@example.test",
        "b@example.test",
        "c@example.test",
        "d@example.test",
    ]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    assert_eq!(
        codes(&outcome),
        [Some(250), Some(550), Some(250), Some(450)]
    );
    assert_eq!(
        outcome.recipients[1].text,
        "5.1.1 <b@example.test>: unknown user"
    );
}

#[tokio::test]
async fn refusals_are_for_good_or_for_now() {
    type Case = (&'static [(&'static str, &'static str)], u16, bool);
    let cases: [Case; 6] = [
        (&[("MAIL", "451 4.3.0 later\r\n")], 451, false),
        (&[("MAIL", "552 5.3.4 too big\r\n")], 552, true),
        (
            &[("RCPT", "550 5.1.1 no\r\n"), ("RCPT", "550 5.1.1 no\r\n")],
            550,
            true,
        ),
        (
            &[("RCPT", "550 no\r\n"), ("RCPT", "450 4.2.0 later\r\n")],
            450,
            false,
        ),
        (&[("DATA", "554 no valid recipients\r\n")], 554, true),
        (&[("<message>", "554 5.7.1 spam\r\n")], 554, true),
    ];
    for (extra, wanted, for_good) in cases {
        let (mut session, _server) = session(script(extra)).await;
        let recipients = to(&["a@example.test", "b@example.test"]);
        let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
        let State::Refused { code, .. } = outcome.state.clone() else {
            panic!("{extra:?}: {:?}", outcome.state);
        };
        assert_eq!(code, wanted, "{extra:?}");
        let error = outcome.refusal(super::PLACE).unwrap();
        assert_eq!(error.is_transient(), !for_good, "{error}");
        assert!(
            outcome.recipients.iter().all(|one| !one.is_accepted()),
            "{extra:?}"
        );
        // The session is good for the next message.
        let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
        assert_eq!(outcome.state, State::Sent, "{extra:?}");
    }
}

#[tokio::test]
async fn a_server_that_closes_is_asked_nothing_more() {
    let (mut session, server) =
        session(script(&[("RCPT TO:<b@", "421 4.3.2 shutting down\r\n")])).await;
    let recipients = to(&["a@example.test", "b@example.test", "c@example.test"]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    let State::Refused {
        code: 421,
        enhanced,
        ..
    } = outcome.state.clone()
    else {
        panic!("{:?}", outcome.state);
    };
    assert_eq!(enhanced.as_deref(), Some("4.3.2"));
    drop(session);
    assert_eq!(
        server.await.unwrap().last().unwrap(),
        "RCPT TO:<b@example.test>"
    );
}

#[tokio::test]
async fn what_the_server_cannot_take_is_not_offered() {
    let (mut small, server) = session(script(&[(
        "EHLO",
        "250-x\r\n250-size 30\r\n250 8bitmime\r\n",
    )]))
    .await;
    assert_eq!(small.size_limit(), Some(30));
    let recipients = to(&["a@example.test"]);
    let error = small
        .send(mail(&recipients, super::MAIL))
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            Error::TooLarge {
                size: 36,
                limit: 30,
                ..
            }
        ),
        "{error:?}"
    );
    let error = crate::Error::from(error);
    assert_eq!(error.kind(), crate::ErrorKind::TooLarge);
    let outcome = small
        .send(mail(&recipients, "A: b\r\n\r\n\u{e4}\r\n"))
        .await
        .unwrap();
    assert_eq!(outcome.state, State::Sent);
    drop(small);
    assert_eq!(
        server.await.unwrap()[1],
        "MAIL FROM:<ada@example.test> SIZE=12 BODY=8BITMIME"
    );

    let (mut old, _server) =
        session(script(&[("EHLO", "500 what\r\n"), ("HELO", "250 x\r\n")])).await;
    let error = old
        .send(mail(&recipients, "A: b\r\n\r\n\u{e4}\r\n"))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::Needs8Bit { .. }));
    let recipients = to(&["j\u{f6}@example.test"]);
    let error = old.send(mail(&recipients, super::MAIL)).await.unwrap_err();
    assert!(matches!(error, Error::NeedsUtf8 { .. }));
    let recipients = to(&["a@example.test>\r\nRCPT TO:<b@example.test"]);
    let error = old.send(mail(&recipients, super::MAIL)).await.unwrap_err();
    assert!(matches!(error, Error::BadAddress(_)));
}

#[tokio::test]
async fn addresses_that_are_not_ascii_are_announced() {
    let (mut session, server) = session(script(&[("EHLO", "250-x\r\n250 SMTPUTF8\r\n")])).await;
    let recipients = to(&["j\u{f6}@example.test"]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    drop(session);
    assert_eq!(
        server.await.unwrap()[1],
        "MAIL FROM:<ada@example.test> SMTPUTF8"
    );
}

#[tokio::test]
async fn a_header_that_is_not_ascii_does_not_make_the_message_undeliverable() {
    let ehlo = "250-x\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n";
    let (mut session, server) = session(script(&[("EHLO", ehlo)])).await;
    let recipients = to(&["a@example.test"]);
    let raw = "Subject: h\u{e9}llo\r\n\r\nx\r\n";
    let outcome = session.send(mail(&recipients, raw)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    drop(session);
    assert_eq!(
        server.await.unwrap()[1],
        "MAIL FROM:<ada@example.test> BODY=8BITMIME"
    );
}

#[tokio::test]
async fn a_large_message_goes_out_whole() {
    let (mut session, server) = session(script(&[])).await;
    let raw = format!(
        "Subject: x\r\n\r\n{}",
        ".line of a large message\r\n".repeat(100_000)
    );
    let recipients = to(&["a@example.test"]);
    let outgoing = Outgoing {
        raw: raw.as_bytes(),
        ..mail(&recipients, "")
    };
    assert_eq!(session.send(outgoing).await.unwrap().state, State::Sent);
    drop(session);
    let seen = server.await.unwrap();
    assert_eq!(seen[4].replace("\r\n..", "\r\n."), raw);
}
