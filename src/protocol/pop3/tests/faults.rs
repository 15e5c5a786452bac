//! Servers that lie, break off or attack. `docs/faults.md` lists them.

use std::time::Duration;

use super::{HASTY, all, connection, numbers, over, server};
use crate::ErrorKind;
use crate::model::Password;
use crate::protocol::pop3::Error;
use crate::protocol::pop3::error::Fault;

const SESSION: &str = "S: +OK ready\n\
    C: CAPA\n\
    S: +OK\n\
    S: USER\n\
    S: UIDL\n\
    S: PIPELINING\n\
    S: .\n\
    C: USER u\n\
    S: +OK\n\
    C: PASS p\n\
    S: +OK\n\
    C: CAPA\n\
    S: +OK\n\
    S: UIDL\n\
    S: PIPELINING\n\
    S: .\n\
    C: STAT\n\
    S: +OK 2 10\n\
    C: UIDL\n\
    S: +OK\n\
    S: 1 a\n\
    S: 2 b\n\
    S: .\n\
    C: RETR 1\n\
    C: RETR 2\n\
    S: +OK\n\
    S: a: b\n\
    S: .\n\
    S: +OK\n\
    S: c: d\n\
    S: .\n\
    C: DELE 1\n\
    S: +OK\n\
    C: QUIT\n\
    S: +OK\n";

/// A whole session over a server that hangs up after so many octets.
async fn session(budget: usize) -> Result<(), Error> {
    let (client, _) = server(SESSION.as_bytes(), budget);
    let mut conn = crate::protocol::pop3::signed_in(client).await?;
    assert_eq!(conn.stat().await?.messages, 2);
    let names = conn.uidl().await?.unwrap();
    assert_eq!(names.len(), 2, "a listing cut short is no short listing");
    let both = numbers(1..=2);
    let mut retrieval = conn.retrieve(&both)?;
    for wanted in ["a: b\r\n", "c: d\r\n"] {
        let message = super::Retrieved::Whole(wanted.as_bytes().to_vec());
        let (_, found) = retrieval.next().await?.unwrap();
        assert_eq!(found, message, "a message cut short is no message");
    }
    assert_eq!(retrieval.next().await?, None);
    let marked = conn.delete(&both[..1]).await?;
    assert_eq!(marked.marked.len(), 1);
    conn.quit().await
}

#[tokio::test]
async fn a_connection_cut_anywhere_is_lost() {
    let total: usize = SESSION
        .lines()
        .filter(|line| line.starts_with("S: "))
        .map(|line| line.len() - 3 + 2)
        .sum();
    for budget in 1..total {
        let outcome = tokio::time::timeout(Duration::from_secs(10), session(budget)).await;
        let error = outcome.expect("a lost connection must not hang");
        let error = crate::Error::from(error.unwrap_err());
        assert_eq!(
            error.kind(),
            ErrorKind::Offline,
            "after {budget}: {error:?}"
        );
        assert!(error.is_transient());
    }
    session(total).await.unwrap();
}

#[tokio::test]
async fn silence_is_a_time_out_at_every_step() {
    // The last line answers QUIT.
    let last = SESSION.lines().count() - 1;
    for cut in 0..last {
        let mut lines: Vec<&str> = SESSION.lines().collect();
        if !lines[cut].starts_with("S: ") {
            continue;
        }
        lines.truncate(cut);
        lines.push("W: ");
        let script = lines.join("\n") + "\n";
        let (client, _) = server(script.as_bytes(), usize::MAX);
        let mut conn = over(client, &[]);
        conn.patience = HASTY;
        let error = whole(&mut conn).await.unwrap_err();
        assert!(matches!(error.fault, Fault::Timeout), "{cut}: {error:?}");
        assert_eq!(crate::Error::from(error).kind(), ErrorKind::Timeout);
        assert!(!conn.is_usable());
    }
}

/// What a session does up to its last message, with little patience.
async fn whole(conn: &mut super::Connection) -> Result<(), Error> {
    let stamp = conn.greeting().await?;
    conn.ask_capabilities().await?;
    let settings = crate::model::ServerSettings {
        protocol: crate::model::Protocol::Pop3,
        host: "mail.example.test".to_owned(),
        port: 995,
        security: crate::model::Security::Tls,
        username: "u".to_owned(),
        auth: crate::model::AuthMethod::Password,
    };
    conn.sign_in(&settings, &Password::new("p"), stamp.as_deref())
        .await?;
    conn.ask_capabilities().await?;
    conn.stat().await?;
    conn.uidl().await?;
    all(conn.retrieve(&numbers(1..=2))).await?;
    conn.delete(&numbers(1..=1)).await?;
    // QUIT takes the connection with it: its time-out has a test of its own.
    conn.noop().await
}

#[tokio::test]
async fn an_answer_in_drops_ends() {
    let (client, mut theirs) = tokio::io::duplex(64);
    tokio::spawn(async move {
        let mut first = true;
        loop {
            let octets: &[u8] = if first { b"+OK\r\n" } else { b"x" };
            first = false;
            if tokio::io::AsyncWriteExt::write_all(&mut theirs, octets)
                .await
                .is_err()
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
    let mut conn = over(client, &[]);
    // Each silence is shorter, but it never comes to anything.
    conn.patience = HASTY;
    let outcome = all(conn.retrieve(&numbers(1..=1)));
    let outcome = tokio::time::timeout(Duration::from_secs(10), outcome).await;
    let error = outcome.expect("it never ends").unwrap_err();
    assert!(matches!(error.fault, Fault::Timeout), "{error:?}");
}

#[tokio::test]
async fn what_is_not_pop3_is_told_so() {
    for line in [
        "* OK IMAP4rev1 ready",
        "220 smtp.example.test ESMTP",
        "HTTP/1.1 400 Bad Request",
        "SSH-2.0-x",
        "OK",
        "\u{15}\u{3}\u{1}",
    ] {
        let mut conn = connection(&format!("S: {line}\n"), &[]);
        let error = crate::Error::from(conn.greeting().await.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Protocol, "{line}");
        assert!(error.message().contains("does not speak POP3"));
    }
    let mut conn = connection("S: +\n", &[]);
    let error = crate::Error::from(conn.greeting().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Protocol);
}

#[tokio::test]
async fn a_server_that_refuses_to_greet_is_told_from_a_wrong_one() {
    for (line, kind) in [
        ("-ERR too many connections", ErrorKind::Temporary),
        ("-ERR [SYS/TEMP] later", ErrorKind::Temporary),
        ("-ERR [SYS/PERM] closed for good", ErrorKind::Server),
    ] {
        let mut conn = connection(&format!("S: {line}\n"), &[]);
        let error = crate::Error::from(conn.greeting().await.unwrap_err());
        assert_eq!(error.kind(), kind, "{line}");
        assert!(error.words_of_server().is_some());
    }
}

#[tokio::test]
async fn answers_that_do_not_end_are_given_up() {
    for (command, line) in [("CAPA", "X"), ("LIST", "1 1"), ("UIDL", "1 a")] {
        let (client, mut theirs) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            let flood = format!("{line}\r\n").repeat(1000);
            let mut octets = b"+OK\r\n".to_vec();
            while tokio::io::AsyncWriteExt::write_all(&mut theirs, &octets)
                .await
                .is_ok()
            {
                octets = flood.clone().into_bytes();
            }
        });
        let mut conn = over(client, &[]);
        conn.listing_max = (5000, 1 << 20);
        let outcome = match command {
            "CAPA" => conn.ask_capabilities().await,
            "LIST" => conn.list().await.map(drop),
            _ => conn.uidl().await.map(drop),
        };
        let error = outcome.unwrap_err();
        assert!(matches!(error.fault, Fault::Nonsense(_)), "{error:?}");
        assert!(!conn.is_usable());
    }
}

#[tokio::test]
async fn a_line_that_does_not_end_is_given_up() {
    for start in ["+OK ", "", "1 "] {
        let (client, mut theirs) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            let mut octets = start.as_bytes().to_vec();
            while tokio::io::AsyncWriteExt::write_all(&mut theirs, &octets)
                .await
                .is_ok()
            {
                octets = vec![b'x'; 1000];
            }
        });
        let mut conn = over(client, &[]);
        let error = conn.list().await.unwrap_err();
        assert!(matches!(error.fault, Fault::Nonsense(_)), "{error:?}");
        assert_eq!(crate::Error::from(error).kind(), ErrorKind::Protocol);
    }
}

#[tokio::test]
async fn an_answer_nobody_asked_for_is_not_taken_for_the_next_one() {
    let (client, mut theirs) = tokio::io::duplex(1024);
    let mut conn = over(client, &[]);
    tokio::io::AsyncWriteExt::write_all(&mut theirs, b"+OK 1 1\r\n+OK 9 9\r\n")
        .await
        .unwrap();
    assert_eq!(conn.stat().await.unwrap().messages, 1);
    let error = conn.stat().await.unwrap_err();
    assert!(matches!(error.fault, Fault::Nonsense(_)), "{error:?}");
}

#[tokio::test]
async fn a_farewell_nobody_asked_for_is_told() {
    let (client, mut theirs) = tokio::io::duplex(1024);
    let mut conn = over(client, &[]);
    tokio::io::AsyncWriteExt::write_all(&mut theirs, b"+OK 1 1\r\n-ERR idle for too long\r\n")
        .await
        .unwrap();
    conn.stat().await.unwrap();
    let error = crate::Error::from(conn.stat().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Offline);
    assert_eq!(error.words_of_server(), Some("idle for too long"));
}

#[tokio::test]
async fn a_verb_that_is_dropped_half_way_gives_the_connection_up() {
    let mut conn = connection("C: STAT\nW: \n", &[]);
    let stat = tokio::time::timeout(Duration::from_millis(20), conn.stat()).await;
    assert!(stat.is_err());
    let error = conn.stat().await.unwrap_err();
    assert!(matches!(error.fault, Fault::GivenUp));
}

#[tokio::test]
async fn a_refused_command_leaves_the_connection_usable() {
    let script = "C: STAT\nS: -ERR [SYS/TEMP] busy\n\
         C: LIST\nS: -ERR\n\
         C: NOOP\nS: -ERR\n\
         C: NOOP\nS: +OK\n";
    let mut conn = connection(script, &[]);
    let error = conn.stat().await.unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(crate::Error::from(error).kind(), ErrorKind::Temporary);
    let error = crate::Error::from(conn.list().await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Server);
    assert!(conn.noop().await.unwrap_err().is_refusal());
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn sizes_that_lie_change_nothing() {
    for size in ["1", "0", "99999999999", "-1", "x"] {
        let script = format!(
            "C: LIST\nS: +OK\nS: 1 {size}\nS: .\n\
             C: RETR 1\nS: +OK {size} octets\nS: a: b\nS: \nS: text\nS: .\n\
             C: NOOP\nS: +OK\n"
        );
        let mut conn = connection(&script, &[]);
        assert_eq!(conn.list().await.unwrap().len(), 1);
        let found = all(conn.retrieve(&numbers(1..=1))).await.unwrap();
        assert_eq!(found[0].1, b"a: b\r\n\r\ntext\r\n");
        conn.noop().await.unwrap();
    }
}

#[tokio::test]
async fn damaged_answers_neither_hang_nor_panic() {
    // A plain generator: the same damage in each run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).unwrap()
    };
    let mut ended = [0, 0];
    for _ in 0..300 {
        let lines = SESSION.lines().map(|line| line.as_bytes().to_vec());
        let mut lines: Vec<Vec<u8>> = lines.collect();
        for _ in 0..=random(2) {
            let at = random(lines.len());
            let line = &mut lines[at];
            if !line.starts_with(b"S: ") {
                continue;
            }
            let at = 3 + random(line.len() - 2);
            match random(3) {
                0 if at < line.len() => line[at] = b"\r.+- 0\xff\0"[random(8)],
                1 if at < line.len() => drop(line.remove(at)),
                _ => line.insert(at, b"\r.+-19 \\"[random(8)]),
            }
        }
        let mut script = lines.join(&b'\n');
        script.push(b'\n');
        let (client, _) = server(&script, usize::MAX);
        let mut conn = over(client, &[]);
        conn.patience = HASTY;
        let outcome = tokio::time::timeout(Duration::from_secs(20), whole(&mut conn)).await;
        let outcome = outcome.expect("it never ends");
        // The last command of a whole session is not in the script.
        let whole = matches!(&outcome, Err(error) if error.doing == "NOOP");
        ended[usize::from(whole)] += 1;
    }
    assert!(ended[0] > 50 && ended[1] > 50, "{ended:?}");
}
