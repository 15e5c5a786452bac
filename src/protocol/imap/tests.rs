//! The client against scripted servers: `S:` is what the server says, `C:`
//! what the client must have said before it goes on.

mod compressing;
mod dialogues;
mod dovecot;
mod extensions;
mod faults;
mod flights;
mod parts;
mod resync;
mod searching;
mod tokens;
mod waiting;

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::conn::ImapConn;
use super::error::Error;
use super::frame::Limits;
use crate::model::Uid;
use crate::net::NetStream;

/// Starts a server that follows the script and then hangs up. It hangs up at
/// once where the client says something else, or after `budget` bytes.
fn server(script: &[u8], budget: usize) -> DuplexStream {
    let (client, server) = tokio::io::duplex(8 << 10);
    let script = script.to_vec();
    tokio::spawn(async move { follow(server, &script, budget).await });
    client
}

async fn follow(stream: DuplexStream, script: &[u8], mut budget: usize) {
    let mut stream = BufReader::new(stream);
    for line in script.split_inclusive(|&byte| byte == b'\n') {
        let text = &line[3..];
        if line.starts_with(b"S: ") {
            // A line that ends with `\` goes on without a line end.
            let text = text.strip_suffix(b"\\\n").unwrap_or(text);
            let mut bytes = Vec::new();
            for &byte in text {
                if byte == b'\n' {
                    bytes.push(b'\r');
                }
                bytes.push(byte);
            }
            bytes.truncate(budget);
            budget -= bytes.len();
            if stream.write_all(&bytes).await.is_err() || budget == 0 {
                return;
            }
        } else {
            let mut said = Vec::new();
            let reading = stream.read_until(b'\n', &mut said);
            let read = tokio::time::timeout(Duration::from_secs(2), reading).await;
            if !matches!(read, Ok(Ok(_))) || said.trim_ascii() != text.trim_ascii() {
                eprintln!(
                    "expected {:?}, got {:?}",
                    String::from_utf8_lossy(text),
                    String::from_utf8_lossy(&said)
                );
                return;
            }
        }
    }
}

/// A connection to a server with this script, capabilities given, before the
/// greeting.
fn connection(script: &str, capabilities: &str) -> ImapConn {
    over(server(script.as_bytes(), usize::MAX), capabilities)
}

fn over(stream: DuplexStream, capabilities: &str) -> ImapConn {
    let limits = Limits {
        literal: 1 << 20,
        ..Limits::default()
    };
    let mut conn = ImapConn::new(
        NetStream::plain(stream, None),
        "mail.example.test:993",
        limits,
    );
    conn.capabilities = capabilities.split(' ').map(str::to_owned).collect();
    conn
}

fn uids(numbers: impl IntoIterator<Item = u32>) -> Vec<Uid> {
    numbers.into_iter().filter_map(Uid::new).collect()
}

/// All of a FETCH as UID and bytes.
async fn all(fetch: Result<super::Fetch<'_>, Error>) -> Result<Vec<(u32, Vec<u8>)>, Error> {
    let mut fetch = fetch?;
    let mut found = Vec::new();
    while let Some(item) = fetch.next().await? {
        found.push((item.uid.map_or(0, Uid::get), item.bytes.unwrap_or_default()));
    }
    Ok(found)
}
