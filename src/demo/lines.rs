//! Line by line over a connection, with an upper bound for a line.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

/// The longest line a client may send, in bytes. IMAP asks for 8,000 at least
/// (RFC 7162, 4); long UID sets want more.
const LINE_MAX: usize = 64 * 1024;

/// What a client sent.
pub(super) enum Line {
    /// A line without its line end.
    Text(Vec<u8>),
    /// More than [`LINE_MAX`] bytes without a line end; they were thrown away
    /// up to and with the line end.
    TooLong,
    /// The client has gone.
    End,
}

/// A client's connection.
pub(super) struct Lines {
    stream: BufReader<TcpStream>,
}

impl Lines {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self {
            stream: BufReader::new(stream),
        }
    }

    /// Reads the next line. Cancelling loses what was read of it.
    pub(super) async fn read(&mut self) -> io::Result<Line> {
        let mut line = Vec::new();
        let mut too_long = false;
        loop {
            let available = self.stream.fill_buf().await?;
            if available.is_empty() {
                // A line that was cut off is not a command.
                return Ok(Line::End);
            }
            let end = available.iter().position(|byte| *byte == b'\n');
            let taken = end.map_or(available.len(), |end| end + 1);
            if line.len() + taken > LINE_MAX {
                too_long = true;
                line.clear();
            } else if !too_long {
                line.extend_from_slice(available.get(..taken).unwrap_or_default());
            }
            self.stream.consume(taken);
            if end.is_some() {
                break;
            }
        }
        if too_long {
            return Ok(Line::TooLong);
        }
        line.pop();
        line.pop_if(|byte| *byte == b'\r');
        Ok(Line::Text(line))
    }

    /// Waits until something can be read. May be cancelled without loss.
    pub(super) async fn wait(&mut self) -> io::Result<()> {
        self.stream.fill_buf().await.map(|_| ())
    }

    /// Reads `count` bytes and appends them to `to`.
    pub(super) async fn read_bytes(&mut self, count: u32, to: &mut Vec<u8>) -> io::Result<()> {
        let read = (&mut self.stream)
            .take(u64::from(count))
            .read_to_end(to)
            .await?;
        if u32::try_from(read) == Ok(count) {
            Ok(())
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }

    /// Reads `count` bytes and throws them away.
    pub(super) async fn skip_bytes(&mut self, count: u32) -> io::Result<()> {
        let mut rest = (&mut self.stream).take(u64::from(count));
        tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
        Ok(())
    }

    /// Sends bytes as they are.
    pub(super) async fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }
}
