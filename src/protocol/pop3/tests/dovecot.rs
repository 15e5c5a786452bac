//! The client against a real Dovecot.

use super::super::conn::Connection;
use super::{Retrieved, all, numbers};
use crate::protocol::dovecot;
use crate::protocol::pop3::Number;

/// A mailbox of its own. Dropping it ends the processes and removes it.
struct Mailbox(dovecot::Mailbox);

impl Mailbox {
    /// A mailbox with these messages, in this order.
    fn new(messages: &[Vec<u8>]) -> Self {
        let mailbox = dovecot::Mailbox::new("pop3", "");
        mailbox.fill(messages);
        Self(mailbox)
    }

    /// One more connection to it, signed in.
    async fn connect(&mut self) -> Connection {
        let mut conn = Connection::new(self.0.connect(), "dovecot");
        // Alone it does not greet.
        conn.ask_capabilities().await.unwrap();
        conn
    }
}

/// Messages with all that a reader may trip over: dots, 8-bit, NUL-free binary,
/// long lines, no text, no line end at the end, up to 300 kB.
fn messages(count: usize) -> Vec<Vec<u8>> {
    (0..count)
        .map(|index| {
            let mut message = format!("Subject: {index}\r\n").into_bytes();
            if index % 7 == 0 {
                return message;
            }
            message.extend_from_slice(b"\r\n");
            for line in 0..(index * 31) % 97 {
                match (index + line) % 9 {
                    0 => message.extend_from_slice(b".\r\n"),
                    1 => message.extend_from_slice(b"..\r\n...x\r\n"),
                    2 => message.extend_from_slice(b".\xff\xfe\x80 \x01\r\n"),
                    3 => message.extend_from_slice(b"\r\n"),
                    4 => message.extend_from_slice(&vec![b'x'; (index * line) % 3000]),
                    _ => message.extend_from_slice(b"A line of words.\r\n"),
                }
            }
            if index % 500 == 1 {
                message.extend_from_slice(&b"0123456789abcdef\r\n".repeat(17_000));
            }
            if !message.ends_with(b"\r\n") {
                message.extend_from_slice(b"\r\n");
            }
            message
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_thousand_messages_are_those_of_the_maildir() {
    let messages = messages(2000);
    let mut mailbox = Mailbox::new(&messages);
    let mut conn = mailbox.connect().await;
    assert!(conn.capabilities().pipelining() && conn.capabilities().top());
    let stat = conn.stat().await.unwrap();
    assert_eq!(stat.messages, 2000);
    let octets: usize = messages.iter().map(Vec::len).sum();
    assert_eq!(stat.octets, octets as u64);
    let sizes = conn.list().await.unwrap();
    let names = conn.uidl().await.unwrap().unwrap();
    assert_eq!((sizes.len(), names.len()), (2000, 2000));
    for ((number, size), message) in sizes.iter().zip(&messages) {
        assert_eq!(*size, message.len() as u64, "{number}");
    }
    let found = all(conn.retrieve(&numbers(1..=2000))).await.unwrap();
    for ((number, found), message) in found.iter().zip(&messages) {
        assert!(found == message, "message {number}");
    }
    assert_eq!(found.len(), 2000);
    let heads = all(conn.top(&numbers(1..=2000), 0)).await.unwrap();
    assert_eq!(heads.len(), 2000);
    for ((number, head), message) in heads.iter().zip(&messages) {
        let end = message.windows(4).position(|four| four == b"\r\n\r\n");
        let wanted = end.map_or(&message[..], |end| &message[..end + 4]);
        // A header without an empty line after it gets one.
        let head = head.strip_suffix(b"\r\n").unwrap();
        let wanted = wanted.strip_suffix(b"\r\n").unwrap();
        assert!(
            wanted.starts_with(head) || head.starts_with(wanted),
            "{number}"
        );
    }
    conn.quit().await.unwrap();
}

#[tokio::test]
async fn messages_go_at_a_clean_end_only() {
    let messages = messages(30);
    let mut mailbox = Mailbox::new(&messages);
    let mut conn = mailbox.connect().await;
    let first: Vec<Number> = numbers(1..=10);
    assert_eq!(conn.delete(&first).await.unwrap().marked, first);
    // Twice is refused, and so is reading them.
    let again = conn.delete(&first[..2]).await.unwrap();
    assert_eq!((again.marked.len(), again.refused.len()), (0, 2));
    let mut retrieval = conn.retrieve(&first[..1]).unwrap();
    let (_, gone) = retrieval.next().await.unwrap().unwrap();
    assert!(matches!(gone, Retrieved::Refused(_)), "{gone:?}");
    drop(conn);

    let mut conn = mailbox.connect().await;
    assert_eq!(conn.stat().await.unwrap().messages, 30);
    conn.delete(&first).await.unwrap();
    conn.reset().await.unwrap();
    conn.quit().await.unwrap();

    let mut conn = mailbox.connect().await;
    assert_eq!(conn.stat().await.unwrap().messages, 30);
    let names = conn.uidl().await.unwrap().unwrap();
    conn.delete(&first).await.unwrap();
    conn.quit().await.unwrap();

    let mut conn = mailbox.connect().await;
    let left = conn.uidl().await.unwrap().unwrap();
    let left: Vec<_> = left.into_iter().map(|(_, name)| name).collect();
    let kept: Vec<_> = names.into_iter().skip(10).map(|(_, name)| name).collect();
    assert_eq!(left, kept);
}
