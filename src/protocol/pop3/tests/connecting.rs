use super::{connection, over, server};
use crate::ErrorKind;
use crate::protocol::pop3::error::Fault;
use crate::protocol::pop3::signed_in;

#[tokio::test]
async fn capabilities_are_asked_again_after_signing_in() {
    let script = "S: +OK ready <1@x>\n\
         C: CAPA\nS: +OK\nS: USER\nS: UTF8\nS: PIPELINING\nS: .\n\
         C: UTF8\nS: -ERR not today\n\
         C: USER u\nS: +OK\nC: PASS p\nS: +OK\n\
         C: CAPA\nC: NOOP\nS: +OK\nS: TOP\nS: X-NEW 1\nS: .\nS: +OK\n\
         C: QUIT\nS: +OK\n";
    let (client, played) = server(script.as_bytes(), usize::MAX);
    let mut conn = signed_in(client).await.unwrap();
    // They cost no round trip of their own.
    conn.noop().await.unwrap();
    assert!(conn.capabilities().has("X-NEW") && conn.capabilities().top());
    assert!(!conn.capabilities().pipelining());
    conn.quit().await.unwrap();
    played.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_server_without_capa_is_signed_in_to() {
    let script = "S: +OK\n\
         C: CAPA\nS: -ERR\n\
         C: USER u\nS: +OK\nC: PASS p\nS: +OK\n\
         C: CAPA\nS: -ERR unknown command\n\
         C: STAT\nS: +OK 1 2\n";
    let (client, _) = server(script.as_bytes(), usize::MAX);
    let mut conn = signed_in(client).await.unwrap();
    assert!(!conn.capabilities().is_told());
    assert_eq!(conn.stat().await.unwrap().messages, 1);
}

#[tokio::test]
async fn capabilities_stay_where_a_server_tells_them_before_signing_in_only() {
    let script = "S: +OK\n\
         C: CAPA\nS: +OK\nS: USER\nS: TOP\nS: .\n\
         C: USER u\nS: +OK\nC: PASS p\nS: +OK\n\
         C: CAPA\nS: -ERR\n";
    let (client, _) = server(script.as_bytes(), usize::MAX);
    let conn = signed_in(client).await.unwrap();
    assert!(conn.capabilities().top());
}

#[tokio::test]
async fn stls_refused_ends_it() {
    for answer in ["-ERR unknown command", "-ERR [SYS/TEMP] no certificate"] {
        let mut conn = connection(&format!("S: +OK\nC: STLS\nS: {answer}\nC: \n"), &[]);
        conn.greeting().await.unwrap();
        let error = conn.start_tls().await.unwrap_err();
        assert!(matches!(error.fault, Fault::NotOffered("STLS")));
        assert_eq!(crate::Error::from(error).kind(), ErrorKind::Tls);
    }
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten() {
    let script = "S: +OK <1@evil>\nC: STLS\nS: +OK go\nS: +OK\nS: X-EVIL\nS: .\n";
    let (client, played) = server(script.as_bytes(), usize::MAX);
    let mut conn = over(client, &["X-BEFORE"]);
    conn.greeting().await.unwrap();
    // All of it is read along with the answer to STLS.
    conn.wire.queue("STLS");
    conn.wire.arm(super::CALM.answer);
    conn.wire.fill().await.unwrap();
    played.await.unwrap().unwrap();
    while conn.wire.fill().await.is_ok() {}
    conn.wire.line().await.unwrap();
    assert!(conn.wire.unread().starts_with(b"+OK\r\nX-EVIL"));
    let mut stream = conn.wire.into_stream();
    let mut rest = Vec::new();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest)
        .await
        .unwrap();
    assert_eq!(rest, b"");
}
