use std::time::Duration;

use tokio::io::AsyncWriteExt;

use super::{MAIL, PLACE, QUICK, connect, drain, mail, script, session, to, who};
use crate::ErrorKind;
use crate::protocol::smtp::error::Error;
use crate::protocol::smtp::{Outcome, Session, State, Stream};

async fn whole(stream: impl Stream + 'static) -> Result<Outcome, Error> {
    let mut session = Session::start(stream, PLACE, QUICK).await?;
    session.sign_in(&who()).await?;
    let recipients = to(&["bob@example.test"]);
    let outcome = session.send(mail(&recipients, MAIL)).await;
    session.quit().await;
    outcome
}

const REPLIES: [&str; 7] = [
    "220 mail.example.test ESMTP\r\n",
    "250-mail.example.test\r\n250 AUTH PLAIN\r\n",
    "235 ok\r\n",
    "250 ok\r\n",
    "250 ok\r\n",
    "354 go\r\n",
    "250 2.0.0 queued\r\n",
];

/// A server that says these bytes, in step with what it hears, and hangs up.
async fn cut(upto: usize) -> Result<Outcome, Error> {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(async move {
        let (reader, mut writer) = tokio::io::split(theirs);
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(reader));
        let mut left = upto;
        for (number, reply) in REPLIES.iter().enumerate() {
            if number > 0 {
                loop {
                    let Ok(Some(line)) = lines.next_line().await else {
                        return;
                    };
                    if number < 6 || line == "." {
                        break;
                    }
                }
            }
            let piece = &reply.as_bytes()[..reply.len().min(left)];
            let _ = writer.write_all(piece).await;
            left -= piece.len();
            if piece.len() < reply.len() {
                return;
            }
        }
        let _ = lines.next_line().await;
    });
    let outcome = tokio::time::timeout(Duration::from_secs(20), whole(ours))
        .await
        .expect("a lost connection must not hang");
    server.await.unwrap();
    outcome
}

/// The engine runs sessions in tasks of its own.
#[tokio::test]
async fn a_session_can_move_between_threads() {
    let (ours, _server) = connect(script(&[]));
    let outcome = tokio::spawn(whole(ours)).await.unwrap().unwrap();
    assert_eq!(outcome.state, State::Sent);
    let (ours, _server) = connect(script(&[]));
    let mut told = 0;
    let mut tell = |_| told += 1;
    let check = crate::protocol::smtp::verify(ours, PLACE, None, None, "a@example.test", &mut tell);
    let check: std::pin::Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(check);
    check.await.unwrap();
    assert_eq!(told, 4);
}

#[tokio::test]
async fn a_connection_cut_anywhere_has_one_of_three_ends() {
    let total: usize = REPLIES.iter().map(|reply| reply.len()).sum();
    let before_dot = total - REPLIES[6].len();
    for upto in 0..=total {
        let outcome = cut(upto).await;
        if upto < before_dot {
            let error = outcome.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Offline, "{upto}: {error:?}");
            assert!(crate::Error::from(error).is_transient());
        } else if upto < total {
            assert_eq!(outcome.unwrap().state, State::Uncertain, "{upto}");
        } else {
            assert_eq!(outcome.unwrap().state, State::Sent);
        }
    }
}

#[tokio::test]
async fn a_server_that_stops_reading_is_lost_before_the_dot() {
    // All replies at once; what counts is how far the server listens.
    let commands = "EHLO [127.0.0.1]\r\nAUTH PLAIN AGFkYQBzM2NyZXQ=\r\n\
        MAIL FROM:<ada@example.test>\r\nRCPT TO:<bob@example.test>\r\nDATA\r\n";
    let message = MAIL.len() + 2;
    for upto in (commands.len()..commands.len() + message).step_by(5) {
        let (ours, theirs) = tokio::io::duplex(16);
        // `tokio::io::join` makes one stream of the two directions.
        let stream = tokio::io::join(Replies(0), ours);
        let server = tokio::spawn(drain(theirs, upto));
        let outcome = tokio::time::timeout(Duration::from_secs(20), whole(stream)).await;
        let outcome = outcome.expect("a lost connection must not hang");
        let read = server.await.unwrap();
        match outcome {
            Err(error) => assert_eq!(error.kind(), ErrorKind::Offline),
            Ok(outcome) => {
                assert_eq!(outcome.state, State::Uncertain, "{upto}");
                assert!(read + 16 + 3 >= commands.len() + message, "{upto}");
            }
        }
    }
}

/// Says the replies one by one, one for each time it is read, then ends.
#[derive(Debug)]
struct Replies(usize);

impl tokio::io::AsyncRead for Replies {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if self.0 < REPLIES.len() - 1 {
            buffer.put_slice(REPLIES[self.0].as_bytes());
            self.0 += 1;
        }
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn silence_is_a_time_out_and_after_the_dot_uncertain() {
    for step in ["EHLO", "MAIL", "RCPT", "DATA"] {
        let (ours, _server) = connect(script(&[(step, "")]));
        let error = whole(ours).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{step}");
    }
    let (ours, _server) = connect(script(&[("<message>", "")]));
    assert_eq!(whole(ours).await.unwrap().state, State::Uncertain);
    let (ours, _server) = connect(script(&[("<message>", "what?\r\n")]));
    assert_eq!(whole(ours).await.unwrap().state, State::Uncertain);
    let (ours, _theirs) = tokio::io::duplex(64);
    let error = whole(ours).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

#[tokio::test]
async fn strange_replies_neither_panic_nor_pass() {
    let long = format!("250 {}\r\n", "x".repeat(100_000));
    let many = "250-x\r\n".repeat(50_000);
    for greeting in [
        "",
        "\r\n",
        "\0\0\0",
        "* OK IMAP4rev1 ready\r\n",
        "+OK POP3\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "\u{15}\u{3}\u{1}\0\u{2}\u{2}\n",
        "99 x\r\n",
        "250x\r\n",
        "2é0 x\r\n",
        "999 x\r\n",
        "220-a\r\n250 b\r\n",
        &long,
        &many,
    ] {
        let (mut theirs, ours) = tokio::io::duplex(1024 * 1024);
        theirs.write_all(greeting.as_bytes()).await.unwrap();
        let outcome = Session::start(ours, PLACE, QUICK).await;
        assert!(outcome.is_err(), "{greeting:.40?}");
    }
    for (greeting, kind) in [
        ("554 5.7.1 go away\r\n", ErrorKind::Server),
        ("421 busy\r\n", ErrorKind::Temporary),
    ] {
        let (mut theirs, ours) = tokio::io::duplex(1024);
        theirs.write_all(greeting.as_bytes()).await.unwrap();
        let error = Session::start(ours, PLACE, QUICK).await.unwrap_err();
        assert_eq!(error.kind(), kind);
    }
}

#[tokio::test]
async fn odd_replies_of_real_servers_are_taken() {
    for (ehlo, size) in [
        ("250\r\n", None),
        ("250-\r\n250-\r\n250 SIZE 0\r\n", None),
        ("250-x\n250 SIZE=5000000\n", Some(5_000_000)),
        (
            "250-x\r\n250-size 99999999999999999999999\r\n250  \r\n",
            None,
        ),
    ] {
        let (session, _server) = session(script(&[("EHLO", ehlo)])).await;
        assert_eq!(session.size_limit(), size, "{ehlo:?}");
    }
    let (mut theirs, ours) = tokio::io::duplex(1024);
    theirs
        .write_all(b"550 5.7.1 gesch\xfctzt\r\n")
        .await
        .unwrap();
    let error = Session::start(ours, PLACE, QUICK).await.unwrap_err();
    assert!(
        matches!(error, Error::Refused { code: 550, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn an_answer_nobody_asked_for_is_not_taken_for_the_next_one() {
    let (ours, _server) = connect(script(&[("DATA", "250 done\r\n")]));
    assert_eq!(whole(ours).await.unwrap_err().kind(), ErrorKind::Protocol);
    let (ours, server) = connect(script(&[("RCPT", "250 ok\r\n354 go\r\n250 queued\r\n")]));
    let error = whole(ours).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Protocol);
    let seen = server.await.unwrap();
    assert!(!seen.iter().any(|line| line == "DATA"), "{seen:?}");
}

#[tokio::test]
async fn a_connection_whose_replies_may_be_out_of_step_is_not_used_again() {
    for (extra, usable) in [
        (vec![], true),
        (vec![("RCPT", "550 5.1.1 unknown\r\n")], true),
        (vec![("<message>", "554 5.7.1 spam\r\n")], true),
        (
            vec![("<message>", "554 5.7.1 spam\r\n"), ("RSET", "500 ?\r\n")],
            false,
        ),
        (vec![("<message>", "421 4.3.2 closing\r\n")], false),
        (vec![("<message>", "")], false),
        (vec![("<message>", "354 more\r\n")], false),
        (vec![("RCPT", "")], false),
        (vec![("DATA", "hello?\r\n")], false),
    ] {
        let (mut session, _server) = session(script(&extra)).await;
        session.sign_in(&who()).await.unwrap();
        let recipients = to(&["bob@example.test"]);
        drop(session.send(mail(&recipients, MAIL)).await);
        assert_eq!(session.is_usable(), usable, "{extra:?}");
    }
}
