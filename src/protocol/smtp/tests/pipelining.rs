//! Commands that fly together (RFC 2920), and reports of the delivery (RFC
//! 3461).

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{PLACE, QUICK, mail, script, session, to};
use crate::model::Recipient;
use crate::protocol::smtp::{HandedOver, Outgoing, Session, State, Stream};

/// A server that answers a flight only once all of it is there. Gives back
/// what it heard, flight by flight.
async fn serve(stream: impl Stream, rcpt: fn(usize) -> String) -> Vec<Vec<String>> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut reader = BufReader::new(reader);
    writer.write_all(b"220 here\r\n").await.unwrap();
    let mut flights = Vec::new();
    let (mut recipients, mut in_message, mut accepted) = (0, false, false);
    loop {
        let mut flight = Vec::new();
        let mut answers = String::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).await.unwrap_or(0) == 0 {
                return flights;
            }
            let line = line.trim_end().to_owned();
            if in_message {
                if line == "." {
                    in_message = false;
                    answers.push_str(if accepted {
                        "250 queued\r\n"
                    } else {
                        "554 no valid recipients\r\n"
                    });
                    flight.push("<message>".to_owned());
                }
            } else {
                match line.get(..4).unwrap_or_default() {
                    "EHLO" => answers.push_str("250-here\r\n250-DSN\r\n250 PIPELINING\r\n"),
                    "RCPT" => {
                        let answer = rcpt(recipients);
                        accepted |= answer.starts_with("250");
                        recipients += 1;
                        answers.push_str(&answer);
                    }
                    "DATA" => {
                        in_message = true;
                        answers.push_str("354 go\r\n");
                    }
                    _ => answers.push_str("250 ok\r\n"),
                }
                flight.push(line);
            }
            if reader.buffer().is_empty() && !flight.is_empty() {
                break;
            }
        }
        flights.push(flight);
        if writer.write_all(answers.as_bytes()).await.is_err() {
            return flights;
        }
    }
}

#[tokio::test]
async fn the_envelope_travels_in_one_go() {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(serve(theirs, |number| {
        let text = if number == 1 {
            "550 5.1.1 no"
        } else {
            "250 ok"
        };
        format!("{text}\r\n")
    }));
    let mut session = Session::start(ours, PLACE, QUICK).await.unwrap();
    let recipients = to(&["a@x.test", "b@x.test", "c@x.test"]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    assert_eq!(outcome.state, State::Sent);
    let codes: Vec<_> = outcome.recipients.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Some(250), Some(550), Some(250)]);
    drop(session);
    let flights = server.await.unwrap();
    assert_eq!(
        flights[1],
        [
            "MAIL FROM:<ada@example.test>",
            "RCPT TO:<a@x.test>",
            "RCPT TO:<b@x.test>",
            "RCPT TO:<c@x.test>",
            "DATA"
        ]
    );
}

#[tokio::test]
async fn a_server_that_wants_a_message_for_nobody_gets_an_empty_one() {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(serve(theirs, |_| "550 5.1.1 no\r\n".to_owned()));
    let mut session = Session::start(ours, PLACE, QUICK).await.unwrap();
    let recipients = to(&["a@x.test"]);
    let outcome = session.send(mail(&recipients, super::MAIL)).await.unwrap();
    assert!(matches!(outcome.state, State::Refused { code: 550, .. }));
    drop(session);
    let flights = server.await.unwrap();
    assert_eq!(flights[2], ["<message>"]);
    assert_eq!(flights[3], ["RSET"]);
}

#[tokio::test]
async fn a_thousand_recipients_do_not_choke_the_line() {
    // As little room as a slow line has.
    let (ours, theirs) = tokio::io::duplex(2048);
    let server = tokio::spawn(serve(theirs, |_| format!("250 {}\r\n", "ok ".repeat(10))));
    let mut session = Session::start(ours, PLACE, QUICK).await.unwrap();
    let recipients: Vec<String> = (0..1000).map(|n| format!("r{n}@x.test")).collect();
    let sent = session.send(mail(&recipients, super::MAIL));
    let outcome = tokio::time::timeout(std::time::Duration::from_secs(20), sent)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(outcome.state, State::Sent);
    assert!(outcome.recipients.iter().all(Recipient::is_accepted));
    drop(session);
    server.await.unwrap();
}

#[tokio::test]
async fn without_the_final_dot_nothing_is_sent() {
    let (mut session, server) = session(script(&[])).await;
    let recipients = to(&["a@x.test"]);
    let ready = session.hand_over(mail(&recipients, super::MAIL)).await;
    assert!(matches!(ready, Ok(HandedOver::Ready(_))));
    drop((ready, session));
    let seen = server.await.unwrap();
    assert_eq!(seen.last().unwrap(), "DATA", "{seen:?}");
}

#[tokio::test]
async fn a_report_is_asked_for_where_the_server_gives_any() {
    let recipients = to(&["a+b@x.test"]);
    for (ehlo, mail_line, rcpt_line) in [
        (
            "250-x\r\n250 DSN\r\n",
            "MAIL FROM:<ada@example.test> RET=HDRS ENVID=id@x.test",
            "RCPT TO:<a+b@x.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;a+2Bb@x.test",
        ),
        (
            "250 x\r\n",
            "MAIL FROM:<ada@example.test>",
            "RCPT TO:<a+b@x.test>",
        ),
    ] {
        let (mut session, server) = session(script(&[("EHLO", ehlo)])).await;
        let outgoing = Outgoing {
            report: Some("id@x.test"),
            ..mail(&recipients, super::MAIL)
        };
        assert_eq!(session.send(outgoing).await.unwrap().state, State::Sent);
        drop(session);
        let seen = server.await.unwrap();
        assert_eq!(seen[1..3], [mail_line, rcpt_line]);
    }
}
