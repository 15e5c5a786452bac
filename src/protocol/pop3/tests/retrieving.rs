use super::{all, connection, numbers, over, server};
use crate::ErrorKind;
use crate::protocol::pop3::error::Fault;
use crate::protocol::pop3::retrieval::Sizes;
use crate::protocol::pop3::{Code, Retrieved};

#[tokio::test]
async fn a_message_comes_byte_for_byte() {
    let script = b"C: RETR 1\n\
        S: +OK 99 octets\n\
        S: Subject: \xe9\xff\n\
        S: \n\
        S: ..\n\
        S: ...two\n\
        S: \0 NUL\n\
        S:  . \n\
        S: .\n\
        C: RETR 2\n\
        S: +OK\n\
        S: .\n\
        C: RETR 3\n\
        S: +ok\n\
        S: \n\
        S: .\n";
    let (client, _) = server(script, usize::MAX);
    let mut conn = over(client, &[]);
    let found = all(conn.retrieve(&numbers(1..=3))).await.unwrap();
    let first = b"Subject: \xe9\xff\r\n\r\n.\r\n..two\r\n\0 NUL\r\n . \r\n".to_vec();
    assert_eq!(found, [(1, first), (2, Vec::new()), (3, b"\r\n".to_vec())]);
    assert!(conn.is_usable());
}

#[tokio::test]
async fn a_header_and_some_lines_are_asked_for() {
    let script = "C: TOP 7 0\nS: +OK\nS: a: b\nS: \nS: .\nC: NOOP\nS: +OK\n";
    let mut conn = connection(script, &["TOP"]);
    let found = all(conn.top(&numbers(7..=7), 0)).await.unwrap();
    assert_eq!(found, [(7, b"a: b\r\n\r\n".to_vec())]);
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn a_refused_message_does_not_stop_the_others() {
    let script = "C: RETR 1\nS: -ERR [SYS/TEMP] not now\n\
         C: RETR 2\nS: +OK\nS: x\nS: .\n\
         C: RETR 3\nS: -ERR no such message\n";
    let mut conn = connection(script, &[]);
    let mut retrieval = conn.retrieve(&numbers(1..=3)).unwrap();
    let (number, refused) = retrieval.next().await.unwrap().unwrap();
    assert_eq!(number.get(), 1);
    let Retrieved::Refused(refusal) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(refusal.code, Some(Code::SysTemp));
    let (_, second) = retrieval.next().await.unwrap().unwrap();
    assert_eq!(second, Retrieved::Whole(b"x\r\n".to_vec()));
    let (_, third) = retrieval.next().await.unwrap().unwrap();
    assert!(matches!(third, Retrieved::Refused(_)));
    assert_eq!(retrieval.next().await.unwrap(), None);
    assert_eq!(retrieval.next().await.unwrap(), None);
    assert!(conn.is_usable());
}

#[tokio::test]
async fn nothing_to_ask_for_is_no_failure() {
    let mut conn = connection("C: NOOP\nS: +OK\n", &[]);
    assert_eq!(all(conn.retrieve(&[])).await.unwrap(), []);
    let marked = conn.delete(&[]).await.unwrap();
    assert!(marked.marked.is_empty());
    conn.noop().await.unwrap();
}

/// Small limits, so that a message of some kB is a large one.
const SMALL: Sizes = Sizes {
    whole: 1000,
    piece: 700,
    message: 100_000,
};

/// A server that gives messages of `lines` lines, one after the other, as often
/// as it is asked, and reads nothing while it writes.
async fn lines_server(stream: tokio::io::DuplexStream, lines: usize) {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
        let mut answer = b"+OK\r\n".to_vec();
        for count in 0..lines {
            answer.extend_from_slice(format!("{} line {count}\r\n", line.trim_end()).as_bytes());
        }
        answer.extend_from_slice(b".\r\n");
        if stream.write_all(&answer).await.is_err() {
            return;
        }
        line.clear();
    }
}

#[tokio::test]
async fn a_large_message_comes_in_pieces() {
    let (client, theirs) = tokio::io::duplex(256);
    tokio::spawn(lines_server(theirs, 300));
    let mut conn = over(client, &["PIPELINING"]);
    let mut retrieval = conn.retrieve(&numbers(1..=3)).unwrap();
    retrieval.sizes = SMALL;
    for wanted in 1..=3 {
        let (number, retrieved) = retrieval.next().await.unwrap().unwrap();
        assert_eq!(number.get(), wanted);
        let Retrieved::Begun(mut message) = retrieved else {
            panic!("{retrieved:?}");
        };
        assert!(message.len() < 1000 + 512);
        if wanted == 2 {
            // Not wanted after all: the rest is passed over.
            continue;
        }
        let mut pieces = 0;
        while let Some(piece) = retrieval.next_chunk().await.unwrap() {
            assert!(!piece.is_empty() && piece.len() < 700 + 512);
            message.extend_from_slice(&piece);
            pieces += 1;
        }
        assert!(pieces > 2);
        assert_eq!(retrieval.next_chunk().await.unwrap(), None);
        let text = String::from_utf8(message).unwrap();
        let lines: Vec<String> = (0..300)
            .map(|count| format!("RETR {wanted} line {count}\r\n"))
            .collect();
        assert_eq!(text, lines.concat());
    }
    assert_eq!(retrieval.next().await.unwrap(), None);
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn a_message_that_does_not_end_is_given_up() {
    let (client, theirs) = tokio::io::duplex(4096);
    tokio::spawn(lines_server(theirs, 1_000_000));
    let mut conn = over(client, &[]);
    let mut retrieval = conn.retrieve(&numbers(1..=2)).unwrap();
    retrieval.sizes = SMALL;
    let begun = retrieval.next().await.unwrap().unwrap();
    assert!(matches!(begun.1, Retrieved::Begun(_)));
    let error = loop {
        match retrieval.next_chunk().await {
            Ok(piece) => assert!(piece.is_some()),
            Err(error) => break error,
        }
    };
    assert!(matches!(error.fault, Fault::Nonsense(_)), "{error:?}");
    let error = retrieval.next().await.unwrap_err();
    assert!(matches!(error.fault, Fault::GivenUp));
    assert!(!conn.is_usable());
}

#[tokio::test]
async fn one_endless_line_is_a_message_like_any_other() {
    let long = "x".repeat(3_000_000);
    let script = format!("C: RETR 1\nS: +OK\nS: {long}\nS: .\n");
    let mut conn = connection(&script, &[]);
    let found = all(conn.retrieve(&numbers(1..=1))).await.unwrap();
    assert_eq!(found[0].1.len(), long.len() + 2);
}

#[tokio::test]
async fn a_retrieval_given_up_half_way_ends_the_connection() {
    let script = "C: RETR 1\nS: +OK\nS: x\nS: .\nC: RETR 2\nS: +OK\nS: x\nS: .\n";
    let mut conn = connection(script, &[]);
    let mut retrieval = conn.retrieve(&numbers(1..=2)).unwrap();
    retrieval.next().await.unwrap();
    drop(retrieval);
    assert!(!conn.is_usable());
    let error = conn.quit().await.unwrap_err();
    assert!(matches!(error.fault, Fault::GivenUp));
    assert_eq!(crate::Error::from(error).kind(), ErrorKind::Offline);
}

#[tokio::test]
async fn a_wait_that_is_dropped_half_way_is_not_taken_up_again() {
    let mut conn = connection("C: RETR 1\nS: +OK\nS: half\nW: \n", &[]);
    let mut retrieval = conn.retrieve(&numbers(1..=1)).unwrap();
    let limit = std::time::Duration::from_millis(50);
    let cut = tokio::time::timeout(limit, retrieval.next()).await;
    assert!(cut.is_err());
    let error = retrieval.next().await.unwrap_err();
    assert!(matches!(error.fault, Fault::GivenUp));
}
