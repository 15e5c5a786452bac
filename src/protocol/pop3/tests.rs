//! The client against scripted servers: `S:` is what the server says, `C:`
//! what the client must have said before it goes on.

mod connecting;
mod dovecot;
mod faults;
mod listing;
mod pipelines;
mod retrieving;
mod signing_in;

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};
use tokio::task::JoinHandle;

use super::conn::Connection;
use super::error::Error;
use super::listing::Number;
use super::retrieval::{Retrieval, Retrieved};
use super::wire::Patience;
use crate::net::NetStream;

/// Longer than any answer of these servers takes, on a busy machine too.
const CALM: Patience = patience(Duration::from_secs(20));

/// Short, so that silence is seen at once.
const HASTY: Patience = patience(Duration::from_millis(60));

const fn patience(each: Duration) -> Patience {
    Patience {
        greeting: each,
        sign_in: each,
        answer: each,
        update: each,
        whole: Duration::from_secs(120),
    }
}

/// Starts a server that follows the script and then hangs up. It hangs up at
/// once where the client says something else, or after `budget` octets. It
/// gives what went wrong.
fn server(script: &[u8], budget: usize) -> (DuplexStream, JoinHandle<Result<(), String>>) {
    let (client, server) = tokio::io::duplex(8 << 10);
    let script = script.to_vec();
    let played = tokio::spawn(async move { follow(server, &script, budget).await });
    (client, played)
}

async fn follow(stream: DuplexStream, script: &[u8], mut budget: usize) -> Result<(), String> {
    let mut stream = BufReader::new(stream);
    for line in script.split_inclusive(|&octet| octet == b'\n') {
        let text = &line[3..];
        if line.starts_with(b"S: ") {
            // A line that ends with `\` goes on without a line end.
            let text = text.strip_suffix(b"\\\n").unwrap_or(text);
            let mut octets = Vec::new();
            for &octet in text {
                if octet == b'\n' {
                    octets.push(b'\r');
                }
                octets.push(octet);
            }
            octets.truncate(budget);
            budget -= octets.len();
            if stream.write_all(&octets).await.is_err() || budget == 0 {
                return Ok(());
            }
        } else if line.starts_with(b"W: ") {
            // Silence, until the client has given up.
            let mut rest = Vec::new();
            let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut rest).await;
            return Ok(());
        } else {
            let mut said = Vec::new();
            let reading = stream.read_until(b'\n', &mut said);
            let read = tokio::time::timeout(Duration::from_secs(5), reading).await;
            if !matches!(read, Ok(Ok(_))) || said.trim_ascii() != text.trim_ascii() {
                return Err(format!(
                    "expected {:?}, got {:?}",
                    String::from_utf8_lossy(text),
                    String::from_utf8_lossy(&said)
                ));
            }
        }
    }
    Ok(())
}

/// A connection to a server with this script, capabilities given, before the
/// greeting.
fn connection(script: &str, capabilities: &[&str]) -> Connection {
    over(server(script.as_bytes(), usize::MAX).0, capabilities)
}

fn over(stream: DuplexStream, capabilities: &[&str]) -> Connection {
    let stream = NetStream::plain(stream, None);
    let mut connection = Connection::new(stream, "mail.example.test:995");
    connection.patience = CALM;
    for line in capabilities {
        connection.capabilities.push(line.as_bytes());
    }
    connection
}

fn numbers(range: std::ops::RangeInclusive<u32>) -> Vec<Number> {
    range.filter_map(Number::new).collect()
}

/// All of a retrieval, the pieces of large messages put together.
async fn all(retrieval: Result<Retrieval<'_>, Error>) -> Result<Vec<(u32, Vec<u8>)>, Error> {
    let mut retrieval = retrieval?;
    let mut found = Vec::new();
    while let Some((number, retrieved)) = retrieval.next().await? {
        match retrieved {
            Retrieved::Whole(message) => found.push((number.get(), message)),
            Retrieved::Begun(mut message) => {
                while let Some(piece) = retrieval.next_chunk().await? {
                    message.extend_from_slice(&piece);
                }
                found.push((number.get(), message));
            }
            Retrieved::Refused(_) => {}
        }
    }
    Ok(found)
}
