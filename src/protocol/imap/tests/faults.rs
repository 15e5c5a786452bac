//! Servers that lie, break off or attack.

use std::time::Duration;

use super::super::Ask;
use super::super::connect::greet_and_sign_in;
use super::super::error::{Error, Fault};
use super::super::frame::FrameError;
use super::{all, connection, over, server, uids};
use crate::ErrorKind;
use crate::model::{Password, Uid};

/// A whole session, as a server tells it.
const SESSION: &str = "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hello\n\
     C: W1 AUTHENTICATE PLAIN AHUAcA==\n\
     S: W1 OK in\n\
     C: W2 CAPABILITY\n\
     S: * CAPABILITY IMAP4rev1 CONDSTORE MOVE UIDPLUS IDLE ESEARCH ID\n\
     S: W2 OK done\n\
     C: W3 ID (\"name\" \"Waxwing\")\n\
     S: * ID (\"name\" \"Scripted\")\n\
     S: W3 OK done\n\
     C: W4 LIST \"\" \"*\"\n\
     C: W5 LSUB \"\" \"*\"\n\
     S: * LIST (\\HasNoChildren) \"/\" INBOX\n\
     S: * LIST (\\Trash) \"/\" {3}\n\
     S: Bin\n\
     S: W4 OK done\n\
     S: W5 OK done\n\
     C: W6 STATUS \"INBOX\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n\
     S: * STATUS INBOX (MESSAGES 2 UNSEEN 1 UIDNEXT 4 UIDVALIDITY 9 HIGHESTMODSEQ 5)\n\
     S: W6 OK done\n\
     C: W7 STATUS \"Bin\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)\n\
     S: W7 NO not now\n\
     C: W8 SELECT \"INBOX\" (CONDSTORE)\n\
     S: * 2 EXISTS\n\
     S: * OK [UIDVALIDITY 9] ok\n\
     S: * OK [UIDNEXT 4] ok\n\
     S: W8 OK [READ-WRITE] done\n\
     C: W9 UID SEARCH RETURN (ALL) UID 1:*\n\
     S: * ESEARCH (TAG \"W9\") UID ALL 1,3\n\
     S: W9 OK done\n\
     C: W10 UID FETCH 1,3 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])\n\
     S: * 1 FETCH (UID 1 FLAGS (\\Seen) INTERNALDATE \"01-Feb-2026 10:00:00 +0100\" RFC822.SIZE 6 BODY[] {6}\n\
     S: a: b\n\
     S: )\n\
     S: * 2 FETCH (UID 3 FLAGS () RFC822.SIZE 6 BODY[] {6}\n\
     S: c: d\n\
     S: )\n\
     S: W10 OK done\n\
     C: W11 UID MOVE 1 \"Bin\"\n\
     S: * OK [COPYUID 8 1 1] moved\n\
     S: * 1 EXPUNGE\n\
     S: W11 OK done\n\
     C: W12 APPEND \"Bin\" {1}\n\
     S: + go\n\
     C: x\n\
     S: W12 OK [APPENDUID 8 2] done\n\
     C: W13 IDLE\n\
     S: + idling\n\
     S: * 4 EXISTS\n\
     C: DONE\n\
     S: W13 OK done\n";

async fn session(stream: tokio::io::DuplexStream) -> Result<(), Error> {
    let mut conn = over(stream, "");
    greet_and_sign_in(&mut conn, "u", &Password::new("p")).await?;
    assert_eq!(conn.folders().await?.len(), 2);
    assert_eq!(conn.select("INBOX").await?.exists, 2);
    let found = conn.uids(Uid::new(1).unwrap(), None).await?;
    assert_eq!(found, uids([1, 3]));
    let bodies = all(conn
        .fetch_uids(std::slice::from_ref(&found), Ask::Whole)
        .await)
    .await?;
    assert_eq!(
        bodies,
        [(1, b"a: b\r\n".to_vec()), (3, b"c: d\r\n".to_vec())]
    );
    conn.move_messages(&uids([1]), "Bin").await?;
    conn.append("Bin", &[], None, b"x").await?;
    conn.take_changed();
    let hour = Duration::from_secs(3600);
    sendable(conn.idle(hour, std::future::pending())).await?;
    Ok(())
}

/// The engine runs connections in tasks of their own.
fn sendable<T: Future + Send>(future: T) -> T {
    future
}

fn length_of(script: &str) -> usize {
    let lines = script.lines().filter_map(|line| line.strip_prefix("S: "));
    lines.map(|line| line.len() + 2).sum()
}

async fn in_time<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work)
        .await
        .expect("hangs")
}

#[tokio::test]
async fn a_server_that_knows_the_caller_is_not_signed_in_to() {
    let script = "S: * PREAUTH [CAPABILITY IMAP4rev1] welcome\nC: W1 NOOP\nS: W1 OK done\n";
    let mut conn = connection(script, "");
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn a_whole_session_works() {
    in_time(session(server(SESSION.as_bytes(), usize::MAX)))
        .await
        .unwrap();
}

#[tokio::test]
async fn a_session_cut_at_any_byte_is_never_a_success() {
    for cut in 0..length_of(SESSION) {
        let outcome = in_time(session(server(SESSION.as_bytes(), cut))).await;
        let error = outcome.expect_err(&format!("cut at {cut}"));
        assert!(!error.is_refusal(), "cut at {cut}: {error:?}");
        assert_eq!(crate::Error::from(error).kind(), ErrorKind::Offline);
    }
}

/// All that may happen to a spoiled session is an error or a success.
async fn try_session(stream: tokio::io::DuplexStream) -> Result<(), Error> {
    let mut conn = over(stream, "");
    greet_and_sign_in(&mut conn, "u", &Password::new("p")).await?;
    conn.folders().await?;
    conn.select("INBOX").await?;
    let found = conn.uids(Uid::new(1).unwrap(), None).await?;
    all(conn
        .fetch_uids(std::slice::from_ref(&found), Ask::Whole)
        .await)
    .await?;
    conn.move_messages(&uids([1]), "Bin").await?;
    Ok(())
}

#[tokio::test]
async fn a_session_with_any_byte_spoiled_neither_panics_nor_hangs() {
    const SPOIL: [u8; 5] = [b'(', b'"', b'\\', 0, 0xff];
    let mut tasks = tokio::task::JoinSet::new();
    let mut start = 0;
    for line in SESSION.split_inclusive('\n') {
        let said = line.starts_with("S: ");
        for at in (start + 3..start + line.len() - 1).filter(|_| said) {
            let mut script = SESSION.as_bytes().to_vec();
            script[at] = SPOIL[at % SPOIL.len()];
            tasks.spawn(try_session(server(&script, usize::MAX)));
        }
        start += line.len();
    }
    while let Some(outcome) = in_time(tasks.join_next()).await {
        assert!(outcome.is_ok(), "{outcome:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_never_an_empty_success() {
    let script = "C: W1 UID SEARCH UID 1:*\n\
         S: W1 NO [SERVERBUG] later\n\
         C: W2 UID FETCH 1 (UID FLAGS)\n\
         S: W2 NO [EXPUNGEISSUED] gone\n\
         C: W3 LIST \"\" \"*\"\n\
         C: W4 LSUB \"\" \"*\"\n\
         S: W3 NO no\n\
         S: W4 OK done\n\
         C: W5 UID STORE 1 +FLAGS.SILENT (\\Seen)\n\
         S: W5 BAD what\n";
    let mut conn = connection(script, "IMAP4rev1");
    let one = uids([1]);
    let error = conn.uids(one[0], None).await.unwrap_err();
    assert_eq!(error.code(), Some("SERVERBUG"));
    assert_eq!(crate::Error::from(error).kind(), ErrorKind::Temporary);
    assert!(
        all(conn
            .fetch_uids(std::slice::from_ref(&one), Ask::Flags)
            .await)
        .await
        .unwrap_err()
        .is_refusal()
    );
    assert!(conn.folders().await.unwrap_err().is_refusal());
    let error = conn.store_flags(&one, &["\\Seen"], true).await.unwrap_err();
    assert!(matches!(error.fault, Fault::Bad { .. }));
    let error = conn.noop().await.unwrap_err();
    assert!(matches!(error.fault, Fault::Poisoned));
}

#[tokio::test]
async fn a_fetch_given_up_in_the_middle_ends_the_connection() {
    let script = "C: W1 UID FETCH 1:2 (UID FLAGS)\n\
         S: * 1 FETCH (UID 1 FLAGS ())\n\
         S: * 2 FETCH (UID 2 FLAGS ())\n\
         S: W1 OK done\n";
    let mut conn = connection(script, "IMAP4rev1");
    let mut fetch = conn.fetch_uids(&[uids([1, 2])], Ask::Flags).await.unwrap();
    fetch.next().await.unwrap();
    drop(fetch);
    assert!(!conn.is_usable());
    assert!(conn.noop().await.is_err());
}

#[tokio::test]
async fn a_refused_sign_in_tells_password_from_trouble() {
    for (answer, kind) in [
        ("NO [AUTHENTICATIONFAILED] no", ErrorKind::Auth),
        ("NO wrong", ErrorKind::Auth),
        ("NO [UNAVAILABLE] later", ErrorKind::Temporary),
        (
            "NO Temporary failure, try again later",
            ErrorKind::Temporary,
        ),
        ("NO [PRIVACYREQUIRED] no", ErrorKind::Server),
    ] {
        let script = format!("C: W1 LOGIN \"u\" \"p\"\nS: W1 {answer}\n");
        let mut conn = connection(&script, "IMAP4rev1");
        let error = conn.sign_in("u", &Password::new("p")).await.unwrap_err();
        assert_eq!(crate::Error::from(error).kind(), kind, "{answer}");
    }
}

#[tokio::test]
async fn no_password_goes_where_login_is_disabled() {
    let mut conn = connection("", "IMAP4rev1 LOGINDISABLED");
    let error = conn.sign_in("u", &Password::new("p")).await.unwrap_err();
    assert!(matches!(error.fault, Fault::NoMechanism { .. }));
}

#[tokio::test]
async fn what_is_not_imap_is_told_so() {
    for line in [
        "+OK POP3 ready",
        "220 smtp",
        "HTTP/1.1 400 Bad",
        "SSH-2.0-x",
    ] {
        let mut conn = connection(&format!("S: {line}\n"), "");
        let error = crate::Error::from(conn.greeting().await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert_eq!(error.words_of_server(), Some(line));
    }
}

#[tokio::test]
async fn a_farewell_is_kept_for_the_person() {
    let script = "C: W1 NOOP\nS: * BYE Too many connections\n";
    let mut conn = connection(script, "");
    let error = crate::Error::from(conn.noop().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Offline);
    assert_eq!(error.words_of_server(), Some("Too many connections"));
}

#[tokio::test]
async fn limits_hold() {
    let deep = format!("* 1 FETCH (BODYSTRUCTURE {}", "(".repeat(400));
    for (line, wanted) in [
        (
            "* 1 FETCH (BODY[] {2000000}",
            FrameError::Literal(2_000_000),
        ),
        (
            "* 1 FETCH (BODY[] {99999999999999999999}",
            FrameError::Literal(u64::MAX),
        ),
        (deep.as_str(), FrameError::Depth),
    ] {
        let script = format!("C: W1 UID FETCH 1 (UID FLAGS)\nS: {line}\n");
        let mut conn = connection(&script, "");
        let error = all(conn.fetch_uids(&[uids([1])], Ask::Flags).await)
            .await
            .unwrap_err();
        match error.fault {
            Fault::Unreadable(fault) => assert_eq!(fault, wanted),
            other => panic!("{line}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten() {
    let script = "C: W1 STARTTLS\n\
         S: W1 OK go\n\
         S: * CAPABILITY IMAP4rev1 EVIL\n";
    let mut conn = connection(script, "");
    let greeting = super::super::conn::Greeting {
        preauth: false,
        capabilities: None,
    };
    conn.start_tls(&greeting).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut stream = conn.into_stream();
    let mut rest = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest)
        .await
        .unwrap();
    let fresh = super::super::conn::ImapConn::new(stream, "x", Default::default());
    assert!(!fresh.capabilities().has("EVIL"));
}

#[tokio::test]
async fn a_server_signed_in_before_tls_gets_nothing() {
    let mut conn = connection("S: * PREAUTH welcome\n", "");
    let greeting = conn.greeting().await.unwrap();
    let error = conn.start_tls(&greeting).await.unwrap_err();
    assert!(matches!(error.fault, Fault::SignedInBeforeTls));
    assert_eq!(crate::Error::from(error).kind(), ErrorKind::Tls);
}

#[tokio::test]
async fn starttls_refused_ends_it() {
    let mut conn = connection("S: * OK hi\nC: W1 STARTTLS\nS: W1 BAD what\n", "");
    let greeting = conn.greeting().await.unwrap();
    let error = conn.start_tls(&greeting).await.unwrap_err();
    assert!(matches!(error.fault, Fault::NotOffered("STARTTLS")));
}
