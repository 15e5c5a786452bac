//! Lines out, replies in, and a time limit on each.

use std::fmt::{self, Display};
use std::time::Duration;

use lettre::transport::smtp::response::Response;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::timeout;

use super::error::{Error, Step};

/// What a session speaks over.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug {}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + Sync + fmt::Debug> Stream for S {}

/// The longest line of a reply. RFC 5321, 4.5.3.1.5, says 512; servers send
/// longer ones.
const LINE_MAX: usize = 4096;

/// The longest reply, all lines together.
const REPLY_MAX: usize = 64 * 1024;

/// How many bytes of a message are written before the clock starts anew.
const BLOCK: usize = 32 * 1024;

/// How long each step may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timeouts {
    /// Until the greeting, and each step before the message.
    pub(crate) greeting: Duration,
    /// `MAIL` and each `RCPT`.
    pub(crate) command: Duration,
    /// `DATA`, until the server is ready for the message.
    pub(crate) data_start: Duration,
    /// Each block of the message.
    pub(crate) data_block: Duration,
    /// After the final dot.
    pub(crate) data_end: Duration,
}

impl Timeouts {
    /// What RFC 5321, 4.5.3.2, asks for.
    pub(crate) const SENDING: Self = Self {
        greeting: Duration::from_secs(300),
        command: Duration::from_secs(300),
        data_start: Duration::from_secs(120),
        data_block: Duration::from_secs(180),
        data_end: Duration::from_secs(600),
    };

    /// For a person who watches.
    pub(crate) const CHECKING: Self = Self {
        greeting: Duration::from_secs(20),
        command: Duration::from_secs(20),
        data_start: Duration::from_secs(20),
        data_block: Duration::from_secs(20),
        data_end: Duration::from_secs(20),
    };

    /// How long a server may take over a message of `size` bytes once it has
    /// all of it: it is scanned and stored meanwhile.
    pub(super) fn end_of(&self, size: usize) -> Duration {
        let megabytes = u32::try_from(size / 1_000_000).unwrap_or(u32::MAX);
        self.data_end
            .saturating_add(PER_MEGABYTE.saturating_mul(megabytes))
    }
}

/// How much longer a server may take for each megabyte.
const PER_MEGABYTE: Duration = Duration::from_secs(6);

/// A reply of the server (RFC 5321, 4.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reply {
    /// The three digits.
    pub(super) code: u16,
    /// Its lines without the code.
    pub(super) lines: Vec<String>,
}

impl Reply {
    pub(super) fn is_ok(&self) -> bool {
        (200..300).contains(&self.code)
    }

    /// Whether the server says no (4yz or 5yz); else it is out of step.
    pub(super) fn is_no(&self) -> bool {
        self.code >= 400
    }

    /// The words on one line, without the enhanced code repeated on each.
    pub(super) fn text(&self) -> String {
        let enhanced = self.enhanced();
        let mut out = String::new();
        for (number, line) in self.lines.iter().enumerate() {
            let mut line = line.trim();
            if number > 0 {
                let code = enhanced.as_deref().unwrap_or_default();
                line = line.strip_prefix(code).unwrap_or(line).trim_start();
                out.push(' ');
            }
            out.push_str(line);
        }
        out.trim().to_owned()
    }

    /// The enhanced status code (RFC 2034): `5.1.1`.
    pub(super) fn enhanced(&self) -> Option<String> {
        let word = self.lines.first()?.split_whitespace().next()?;
        let mut numbers = word.split('.');
        let class = numbers.next()?;
        let rest: Vec<&str> = numbers.collect();
        let is_number =
            |text: &&str| (1..=3).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        let fits = class == (self.code / 100).to_string();
        (fits && rest.len() == 2 && rest.iter().all(is_number)).then(|| word.to_owned())
    }
}

/// One conversation with a server.
#[derive(Debug)]
pub(super) struct Dialogue {
    stream: Box<dyn Stream>,
    received: Vec<u8>,
    /// Whether replies may be missing or out of step: the next one could be
    /// that to an earlier command.
    pub(super) broken: bool,
    pub(super) place: String,
    pub(super) step: Step,
}

impl Dialogue {
    pub(super) fn new(stream: Box<dyn Stream>, place: &str) -> Self {
        Self {
            stream,
            received: Vec::new(),
            broken: false,
            place: place.to_owned(),
            step: Step::Greeting,
        }
    }

    /// The bare stream. What was received and not read is dropped: it came
    /// before TLS and may come from anybody.
    pub(super) fn into_stream(self) -> Box<dyn Stream> {
        self.stream
    }

    /// Sends a command and waits for the reply to it.
    pub(super) async fn command(
        &mut self,
        command: impl Display,
        limit: Duration,
    ) -> Result<Reply, Error> {
        self.line(command.to_string().as_bytes(), limit).await?;
        self.reply(limit).await
    }

    /// Sends one line that ends in CRLF.
    pub(super) async fn line(&mut self, line: &[u8], limit: Duration) -> Result<(), Error> {
        // A reply nobody asked for: we would take it for the next answer. Only
        // the farewell of a server that closes (RFC 5321, 3.8) may come so.
        if !self.received.is_empty() && !self.received.starts_with(b"421") {
            self.broken = true;
            return Err(self.nonsense(&self.received));
        }
        self.write(line, limit).await
    }

    /// Sends commands together (RFC 2920). Their replies come one by one.
    pub(super) async fn lines(&mut self, lines: &[String], limit: Duration) -> Result<(), Error> {
        self.line(lines.concat().as_bytes(), limit).await
    }

    /// Writes bytes as they are, in blocks with a time limit each.
    pub(super) async fn write(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Error> {
        let written = self.write_blocks(bytes, limit).await;
        self.broken |= written.is_err();
        written
    }

    async fn write_blocks(&mut self, bytes: &[u8], limit: Duration) -> Result<(), Error> {
        for block in bytes.chunks(BLOCK) {
            let written = timeout(limit, async {
                self.stream.write_all(block).await?;
                self.stream.flush().await
            })
            .await;
            match written {
                Ok(Ok(())) => {}
                Ok(Err(error)) => return Err(self.lost(Some(error))),
                Err(_) => return Err(self.late()),
            }
        }
        Ok(())
    }

    /// Reads one reply, however many lines it has.
    pub(super) async fn reply(&mut self, limit: Duration) -> Result<Reply, Error> {
        let reply = match timeout(limit, self.read_reply()).await {
            Ok(reply) => reply,
            Err(_) => Err(self.late()),
        };
        self.broken |= reply.is_err();
        reply
    }

    async fn read_reply(&mut self) -> Result<Reply, Error> {
        let mut wire = String::new();
        loop {
            let line = self.read_line().await?;
            let is_last = self.add_line(&mut wire, &line)?;
            if is_last {
                break;
            }
            if wire.len() > REPLY_MAX {
                return Err(self.nonsense(wire.as_bytes()));
            }
        }
        let response: Response = wire.parse().map_err(|_| self.nonsense(wire.as_bytes()))?;
        Ok(Reply {
            code: response.code().into(),
            lines: response.message().map(str::to_owned).collect(),
        })
    }

    /// Adds a line in the form the parser wants; tells whether it ends the
    /// reply. Words in any charset and lines without words are taken.
    fn add_line(&self, wire: &mut String, line: &[u8]) -> Result<bool, Error> {
        let is_code = line
            .get(..3)
            .is_some_and(|code| code.iter().all(u8::is_ascii_digit));
        let mark = line.get(3).copied().unwrap_or(b' ');
        if !is_code || !matches!(mark, b' ' | b'-') {
            return Err(self.nonsense(line));
        }
        wire.push_str(&String::from_utf8_lossy(line.get(..3).unwrap_or_default()));
        wire.push(char::from(mark));
        let words = String::from_utf8_lossy(line.get(4..).unwrap_or_default());
        wire.extend(words.chars().filter(|c| !matches!(c, '\r' | '\n')));
        wire.push_str("\r\n");
        Ok(mark == b' ')
    }

    /// One line without its end.
    async fn read_line(&mut self) -> Result<Vec<u8>, Error> {
        let mut searched = 0;
        loop {
            let fresh = self.received.get(searched..).unwrap_or_default();
            if let Some(at) = fresh.iter().position(|&b| b == b'\n') {
                let mut line: Vec<u8> = self.received.drain(..=searched + at).collect();
                line.pop();
                if line.last() == Some(&b'\r') {
                    line.pop();
                }
                return Ok(line);
            }
            searched = self.received.len();
            if searched > LINE_MAX {
                return Err(self.nonsense(&self.received));
            }
            let mut block = [0; 2048];
            let count = match self.stream.read(&mut block).await {
                Ok(0) => return Err(self.lost(None)),
                Ok(count) => count,
                Err(error) => return Err(self.lost(Some(error))),
            };
            self.received
                .extend_from_slice(block.get(..count).unwrap_or_default());
        }
    }

    /// Closes the connection, best effort.
    pub(super) async fn close(&mut self, limit: Duration) {
        let _ = timeout(limit, self.stream.shutdown()).await;
    }

    /// What a reply that is not the wanted one means.
    pub(super) fn refused(&self, reply: &Reply) -> Error {
        if !reply.is_no() {
            return self.nonsense(format!("{} {}", reply.code, reply.text()).as_bytes());
        }
        Error::Refused {
            place: self.place.clone(),
            step: self.step,
            code: reply.code,
            text: reply.text(),
        }
    }

    fn lost(&self, source: Option<std::io::Error>) -> Error {
        Error::Lost {
            place: self.place.clone(),
            step: self.step,
            source,
        }
    }

    fn late(&self) -> Error {
        Error::Timeout {
            place: self.place.clone(),
            step: self.step,
        }
    }

    pub(super) fn nonsense(&self, said: &[u8]) -> Error {
        let start = said.get(..200).unwrap_or(said);
        Error::Protocol {
            place: self.place.clone(),
            said: String::from_utf8_lossy(start).into_owned(),
        }
    }
}
