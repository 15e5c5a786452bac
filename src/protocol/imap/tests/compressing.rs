//! Compressed connections.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};

use super::super::deflate::Deflated;
use super::super::error::Fault;
use super::super::fetch::Ask;
use super::super::frame::FrameError;
use super::dovecot::Mailbox;
use super::{all, over, uids};
use crate::net::NetStream;

/// A server that takes COMPRESS and sends `packed` at once behind its OK.
fn packing(said: &'static [u8]) -> tokio::io::DuplexStream {
    let (client, server) = tokio::io::duplex(64 << 10);
    tokio::spawn(async move {
        let mut plain = BufReader::new(server);
        let mut line = String::new();
        plain.read_line(&mut line).await.unwrap();
        assert_eq!(line, "W1 COMPRESS DEFLATE\r\n");
        // The OK and what follows come in one piece.
        let (pack, mut packed) = tokio::io::duplex(1 << 20);
        let mut packer = Deflated::new(NetStream::plain(pack, None));
        packer.write_all(b"* 3 EXISTS\r\n").await.unwrap();
        packer.flush().await.unwrap();
        let mut first = b"W1 OK on\r\n".to_vec();
        let mut piece = vec![0; 4096];
        let count = packed.read(&mut piece).await.unwrap();
        first.extend_from_slice(&piece[..count]);
        plain.write_all(&first).await.unwrap();
        let packing = tokio::spawn(async move {
            packer.write_all(said).await.unwrap();
            packer.flush().await.unwrap();
        });
        let mut rest = Vec::new();
        packed.read_to_end(&mut rest).await.unwrap();
        packing.await.unwrap();
        // The client may have hung up by now.
        let _ = plain.write_all(&rest).await;
        let _ = plain.read_line(&mut line).await;
    });
    client
}

#[tokio::test]
async fn what_follows_the_ok_is_unpacked() {
    let mut conn = over(packing(b"W2 OK done\r\n"), "COMPRESS=DEFLATE");
    conn.compress_after(Vec::new()).await.unwrap();
    conn.noop().await.unwrap();
    assert_eq!(conn.exists(), 3);
}

#[tokio::test]
async fn a_bomb_meets_the_limits() {
    static BOMB: [u8; 20 << 20] = [b'x'; 20 << 20];
    let mut conn = over(packing(&BOMB), "COMPRESS=DEFLATE");
    conn.compress_after(Vec::new()).await.unwrap();
    let error = conn.noop().await.unwrap_err();
    assert!(matches!(error.fault, Fault::Unreadable(FrameError::Line)));
}

#[tokio::test]
async fn a_refusal_leaves_the_connection_as_it_is() {
    let script =
        "C: W1 COMPRESS DEFLATE\nS: W1 NO [COMPRESSIONACTIVE] no\nC: W2 NOOP\nS: W2 OK done\n";
    let mut conn = super::connection(script, "COMPRESS=DEFLATE");
    assert!(!conn.compress_after(Vec::new()).await.unwrap());
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn dovecot_is_spoken_to_compressed() {
    let mut mailbox = Mailbox::new();
    let mut conn = mailbox.connect().await;
    conn.noop().await.unwrap();
    assert!(conn.compress_after(Vec::new()).await.unwrap());
    let body = "Every line as the last. ".repeat(20_000);
    let message = format!("Subject: packed\r\n\r\n{body}\r\n");
    for _ in 0..3 {
        conn.append("INBOX", &[], None, message.as_bytes())
            .await
            .unwrap();
    }
    assert_eq!(conn.select("INBOX").await.unwrap().exists, 3);
    let asked = uids([1, 2, 3]);
    let messages = all(conn.fetch_uids(&[asked], Ask::Whole).await)
        .await
        .unwrap();
    assert_eq!(messages.len(), 3);
    assert!(
        messages
            .iter()
            .all(|(_, bytes)| bytes == message.as_bytes())
    );
}
