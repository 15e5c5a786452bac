use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use super::{HASTY, all, connection, numbers, over, server};
use crate::ErrorKind;

/// Answers each RETR, as far as it came, before it reads on: it blocks on its
/// own output like a real server. Gives the most commands it had at once.
async fn blocking_server(mut stream: DuplexStream, size: usize) -> usize {
    let body = "y".repeat(size);
    let mut heard = Vec::new();
    let mut most = 0;
    loop {
        let mut piece = [0; 4096];
        let Ok(count @ 1..) = stream.read(&mut piece).await else {
            return most;
        };
        heard.extend_from_slice(&piece[..count]);
        let mut commands = 0;
        while let Some(end) = heard.windows(2).position(|pair| pair == b"\r\n") {
            let command: Vec<u8> = heard.drain(..end + 2).collect();
            let number = String::from_utf8_lossy(&command[5..]).trim().to_owned();
            let answer = format!("+OK\r\n{number} {body}\r\n.\r\n");
            if stream.write_all(answer.as_bytes()).await.is_err() {
                return most;
            }
            commands += 1;
        }
        most = most.max(commands);
    }
}

#[tokio::test]
async fn two_sides_that_write_do_not_wait_for_each_other() {
    // Neither direction holds more than a few octets.
    for pipe in [1, 7, 64] {
        let (client, theirs) = tokio::io::duplex(pipe);
        let server = tokio::spawn(blocking_server(theirs, 300));
        let mut conn = over(client, &["PIPELINING"]);
        let reading = all(conn.retrieve(&numbers(1..=200)));
        let reading = tokio::time::timeout(Duration::from_secs(30), reading);
        let found = reading.await.expect("a deadlock").unwrap();
        assert_eq!(found.len(), 200);
        for (number, message) in found {
            let message = String::from_utf8(message).unwrap();
            assert!(message.starts_with(&format!("{number} yyy")));
            assert_eq!(message.len(), number.to_string().len() + 1 + 300 + 2);
        }
        drop(conn);
        server.await.unwrap();
    }
}

#[tokio::test]
async fn many_commands_are_under_way_where_the_server_lets_them() {
    for (capabilities, at_least, at_most) in [(&["PIPELINING"][..], 16, 64), (&[], 1, 1)] {
        let (client, theirs) = tokio::io::duplex(64 << 10);
        let server = tokio::spawn(blocking_server(theirs, 10));
        let mut conn = over(client, capabilities);
        assert_eq!(
            all(conn.retrieve(&numbers(1..=300))).await.unwrap().len(),
            300
        );
        drop(conn);
        let most = server.await.unwrap();
        assert!((at_least..=at_most).contains(&most), "{most} at once");
    }
}

#[tokio::test]
async fn deletions_are_told_apart_one_by_one() {
    let script = "C: DELE 1\nC: DELE 2\nC: DELE 3\n\
         S: +OK\nS: -ERR already deleted\nS: +OK marked\n\
         C: QUIT\nS: +OK bye\n";
    let (client, played) = server(script.as_bytes(), usize::MAX);
    let mut conn = over(client, &["PIPELINING"]);
    let three = numbers(1..=3);
    let marked = conn.delete(&three).await.unwrap();
    assert_eq!(marked.marked, [three[0], three[2]]);
    assert_eq!(marked.refused.len(), 1);
    assert_eq!(marked.refused[0].0, three[1]);
    assert_eq!(marked.refused[0].1.said, "already deleted");
    conn.quit().await.unwrap();
    played.await.unwrap().unwrap();
}

#[tokio::test]
async fn without_pipelining_one_waits_for_each_answer() {
    let script = "C: DELE 1\nS: +OK\nC: DELE 2\nS: +OK\nC: DELE 3\nS: +OK\n";
    let (client, played) = server(script.as_bytes(), usize::MAX);
    let mut conn = over(client, &["TOP"]);
    let three = numbers(1..=3);
    assert_eq!(conn.delete(&three).await.unwrap().marked, three);
    played.await.unwrap().unwrap();
}

#[tokio::test]
async fn more_deletions_than_fit_at_once_are_all_told() {
    let (client, theirs) = tokio::io::duplex(100);
    let server = tokio::spawn(async move {
        let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(theirs));
        let mut heard = Vec::new();
        while let Ok(Some(line)) = lines.next_line().await {
            heard.push(line);
            lines.get_mut().write_all(b"+OK\r\n").await.unwrap();
        }
        heard
    });
    let mut conn = over(client, &["PIPELINING"]);
    let many = numbers(1..=1000);
    assert_eq!(conn.delete(&many).await.unwrap().marked, many);
    conn.quit().await.unwrap();
    let heard = server.await.unwrap();
    let wanted = many.iter().map(|number| format!("DELE {number}"));
    let wanted: Vec<String> = wanted.chain(["QUIT".to_owned()]).collect();
    assert_eq!(heard, wanted);
}

#[tokio::test]
async fn only_a_yes_to_quit_proves_the_deletions() {
    for (answer, kind) in [
        (
            "S: -ERR some deleted messages not removed\n",
            ErrorKind::Server,
        ),
        ("S: -ERR [SYS/TEMP] disk full\n", ErrorKind::Temporary),
        ("", ErrorKind::Offline),
        ("S: +O\\\n", ErrorKind::Offline),
        ("S: hm\n", ErrorKind::Protocol),
        ("W: \n", ErrorKind::Timeout),
    ] {
        let script = format!("C: DELE 1\nS: +OK\nC: QUIT\n{answer}");
        let mut conn = connection(&script, &[]);
        conn.delete(&numbers(1..=1)).await.unwrap();
        if kind == ErrorKind::Timeout {
            conn.patience = HASTY;
        }
        let error = crate::Error::from(conn.quit().await.unwrap_err());
        assert_eq!(error.kind(), kind, "{answer:?}");
    }
}

#[tokio::test]
async fn a_connection_can_move_between_threads() {
    let script = "C: RETR 1\nS: +OK\nS: x\nS: .\nC: QUIT\nS: +OK\n";
    let mut conn = connection(script, &[]);
    let task = tokio::spawn(async move {
        let found = all(conn.retrieve(&numbers(1..=1))).await.unwrap();
        conn.quit().await.unwrap();
        found.len()
    });
    assert_eq!(task.await.unwrap(), 1);
}
