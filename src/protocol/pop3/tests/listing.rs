use super::{connection, numbers};
use crate::ErrorKind;
use crate::model::Uidl;
use crate::protocol::pop3::{Code, Stat};

fn name(text: &str) -> Uidl {
    Uidl::from_wire(text.as_bytes()).unwrap()
}

#[tokio::test]
async fn a_mailbox_is_counted() {
    for (answer, messages, octets) in [
        ("+OK 2 320", 2, 320),
        ("+ok 2 320 and more words", 2, 320),
        ("+OK 0 0", 0, 0),
        ("+OK 3", 3, 0),
        // A mailbox of more than 2 GB on a server with small numbers.
        ("+OK 3 -2094967296", 3, 0),
        ("+OK 3 99999999999999999999999999", 3, 0),
        ("+OK 4000000000 4", 4_000_000_000, 4),
    ] {
        let mut conn = connection(&format!("C: STAT\nS: {answer}\n"), &[]);
        let stat = Stat { messages, octets };
        assert_eq!(conn.stat().await.unwrap(), stat, "{answer}");
        assert!(conn.is_usable());
    }
    for answer in ["+OK", "+OK two messages", "+OK -1 0", "+OK 2messages"] {
        let mut conn = connection(&format!("C: STAT\nS: {answer}\n"), &[]);
        let error = crate::Error::from(conn.stat().await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Protocol, "{answer}");
        assert!(!conn.is_usable());
    }
}

#[tokio::test]
async fn headings_with_numbers_are_no_messages() {
    let script = "C: LIST\n\
         S: +OK 2 messages (320 octets)\n\
         S: 1 120\n\
         S: 2 200\n\
         S: .\n\
         C: UIDL\n\
         S: +OK 2 messages\n\
         S: 1 whqtswO00WBw418f9t5JxYwZ\n\
         S: 2 QhdPYR:00WBw1Ph7x7\n\
         S: .\n";
    let mut conn = connection(script, &[]);
    let both = numbers(1..=2);
    let sizes = conn.list().await.unwrap();
    assert_eq!(sizes, [(both[0], 120), (both[1], 200)]);
    let names = conn.uidl().await.unwrap().unwrap();
    let first = name("whqtswO00WBw418f9t5JxYwZ");
    assert_eq!(
        names,
        [(both[0], first), (both[1], name("QhdPYR:00WBw1Ph7x7"))]
    );
}

#[tokio::test]
async fn absurd_and_repeated_numbers_do_no_harm() {
    let script = "C: LIST\n\
         S: +OK\n\
         S: 2 10 and more\n\
         S: 0 1\n\
         S: -1 1\n\
         S: 4294967296 1\n\
         S: x y\n\
         S: \n\
         S: ..5 1\n\
         S: 1 -5\n\
         S: 3\n\
         S: 2 99999999999999999999999\n\
         S: 2 30\n\
         S: .\n";
    let mut conn = connection(script, &[]);
    let three = numbers(1..=3);
    let sizes = conn.list().await.unwrap();
    assert_eq!(sizes, [(three[0], 0), (three[1], 30), (three[2], 0)]);
}

#[tokio::test]
async fn odd_names_are_taken_and_impossible_ones_left_out() {
    let long = "n".repeat(Uidl::MAX);
    let script = format!(
        "C: UIDL\n\
         S: +OK\n\
         S: 1 {long}\n\
         S: 2 {long}x\n\
         S: 3\n\
         S: 4 same\n\
         S: 5 same\n\
         S: 6 one\n\
         S: 6 another\n\
         S: 6 one\n\
         S: 7 twice\n\
         S: 7 twice\n\
         S: 8   with blanks  in it \n\
         S: 9 a\u{1}b\n\
         S: 10 é\n\
         S: .\n"
    );
    let mut conn = connection(&script, &[]);
    let found = conn.uidl().await.unwrap().unwrap();
    let found: Vec<_> = found
        .iter()
        .map(|(number, name)| (number.get(), name.as_str()))
        .collect();
    let wanted = [
        (1, long.as_str()),
        (4, "same"),
        (5, "same"),
        (7, "twice"),
        (8, "with blanks  in it"),
        (10, "\u{c3}\u{a9}"),
    ];
    assert_eq!(found, wanted);
    let stored = Uidl::from_stored(found[5].1);
    assert_eq!(stored, name("é"));
}

#[tokio::test]
async fn bare_line_feeds_end_lines_of_listings() {
    let (client, mut theirs) = tokio::io::duplex(1024);
    tokio::io::AsyncWriteExt::write_all(&mut theirs, b"+OK\n1 a\n2 b\n.\n")
        .await
        .unwrap();
    let mut conn = super::over(client, &[]);
    // What came early is what a verb would wait for.
    conn.wire.arm(super::CALM.answer);
    conn.expect_ok().await.unwrap();
    let mut lines = Vec::new();
    conn.listing(&mut |line| lines.push(line.to_vec()))
        .await
        .unwrap();
    assert_eq!(lines, [b"1 a", b"2 b"]);
}

#[tokio::test]
async fn a_server_without_names_is_told_from_one_in_trouble() {
    let refused = "C: UIDL\nS: -ERR what?\n";
    let mut conn = connection(refused, &[]);
    assert_eq!(conn.uidl().await.unwrap(), None);
    let mut conn = connection(refused, &["TOP"]);
    assert_eq!(conn.uidl().await.unwrap(), None);
    assert!(conn.is_usable());
    // It has names, and does not give them now: not the same thing.
    let mut conn = connection(refused, &["UIDL"]);
    assert!(conn.uidl().await.unwrap_err().is_refusal());
    let mut conn = connection("C: UIDL\nS: -ERR [SYS/TEMP] later\n", &[]);
    let error = conn.uidl().await.unwrap_err();
    assert_eq!(error.code(), Some(Code::SysTemp));
    assert!(conn.is_usable());
}

#[tokio::test]
async fn an_empty_mailbox_is_no_failure() {
    let script = "C: LIST\nS: +OK\nS: .\nC: UIDL\nS: +OK\nS: .\nC: NOOP\nS: +OK\nC: RSET\nS: +OK\n";
    let mut conn = connection(script, &[]);
    assert_eq!(conn.list().await.unwrap(), []);
    assert_eq!(conn.uidl().await.unwrap(), Some(Vec::new()));
    conn.noop().await.unwrap();
    conn.reset().await.unwrap();
}

#[tokio::test]
async fn sizes_and_names_come_in_one_exchange() {
    let script = "C: LIST\nC: UIDL\n\
         S: +OK\nS: 1 10\nS: 2 20\nS: .\n\
         S: +OK\nS: 1 a\nS: .\n\
         C: LIST\nC: UIDL\n\
         S: +OK\nS: 1 10\nS: .\n\
         S: -ERR unknown\n\
         C: LIST\nC: UIDL\n\
         S: -ERR [SYS/TEMP] busy\n\
         S: +OK\nS: 1 a\nS: .\n\
         C: LIST\nC: UIDL\n\
         S: +OK\nS: .\n\
         S: -ERR [SYS/TEMP] busy\n\
         C: NOOP\nS: +OK\n";
    let mut conn = connection(script, &["PIPELINING"]);
    let both = numbers(1..=2);
    let found = conn.contents().await.unwrap();
    assert_eq!(found.sizes, [(both[0], 10), (both[1], 20)]);
    assert_eq!(found.names, Some(vec![(both[0], name("a"))]));
    let found = conn.contents().await.unwrap();
    assert_eq!((found.sizes.len(), found.names), (1, None));
    for _ in 0..2 {
        let error = conn.contents().await.unwrap_err();
        assert_eq!(error.code(), Some(Code::SysTemp));
    }
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn sizes_and_names_come_one_after_the_other_without_pipelining() {
    let script = "C: LIST\nS: +OK\nS: 1 10\nS: .\nC: UIDL\nS: +OK\nS: 1 a\nS: .\n";
    let mut conn = connection(script, &["UIDL"]);
    let found = conn.contents().await.unwrap();
    assert_eq!((found.sizes.len(), found.names.unwrap().len()), (1, 1));
}
