//! Octets out, lines in, and a time limit on each wait.

use std::fmt;
use std::future::poll_fn;
use std::io;
use std::ops::Range;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use memchr::memchr;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Instant, timeout};

use super::error::Fault;
use crate::net::NetStream;
use crate::net::timeout as limits;

/// How much is read ahead.
const BUFFER: usize = 64 << 10;

/// The longest line of an answer that is no message. RFC 2449, 4, says 512
/// octets.
const LINE_MAX: usize = 8 << 10;

/// How many octets must come within the patience where an answer is not over
/// sooner.
const PROGRESS: usize = 1 << 10;

/// How long each wait may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// Until the greeting.
    pub(super) greeting: Duration,
    /// Until the server takes name and password: some copy the mailbox then.
    pub(super) sign_in: Duration,
    /// Until an answer begins, and each silence within it.
    pub(super) answer: Duration,
    /// Until all deletions are done.
    pub(super) update: Duration,
    /// A whole answer that is no message.
    pub(super) whole: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            greeting: limits::GREETING,
            sign_in: Duration::from_secs(180),
            answer: limits::READ,
            update: Duration::from_secs(300),
            whole: limits::ANSWER,
        }
    }
}

/// A connection: what was read ahead, and what waits to go out.
pub(super) struct Wire {
    stream: NetStream,
    buffer: Box<[u8]>,
    /// Where in the buffer that begins and ends which nobody took yet.
    unread: Range<usize>,
    /// Commands that wait to go out. They go while an answer is waited for, so
    /// that the two sides never wait for each other to read.
    out: Vec<u8>,
    /// How much of `out` went.
    sent: usize,
    unflushed: bool,
    patience: Duration,
    /// How long this answer was waited for, and what it brought, since the
    /// last look at its progress.
    waited: Duration,
    brought: usize,
}

impl fmt::Debug for Wire {
    /// Leaves out what goes over it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("unread", &self.unread)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

impl Wire {
    pub(super) fn new(stream: NetStream) -> Self {
        Self {
            stream,
            buffer: vec![0; BUFFER].into_boxed_slice(),
            unread: 0..0,
            out: Vec::new(),
            sent: 0,
            unflushed: false,
            patience: limits::READ,
            waited: Duration::ZERO,
            brought: 0,
        }
    }

    /// The connection itself. What was read ahead is dropped: nothing a server
    /// said before TLS may count after it.
    pub(super) fn into_stream(self) -> NetStream {
        self.stream
    }

    /// A new answer is waited for, with this limit on silence.
    pub(super) fn arm(&mut self, patience: Duration) {
        self.patience = patience;
        self.waited = Duration::ZERO;
        self.brought = 0;
    }

    /// The same for one more answer with the same limit.
    pub(super) fn rearm(&mut self) {
        self.arm(self.patience);
    }

    /// What was read and not taken.
    pub(super) fn unread(&self) -> &[u8] {
        self.slice(self.unread.clone())
    }

    /// Takes so many of the unread octets.
    pub(super) fn take(&mut self, count: usize) {
        self.unread.start = (self.unread.start + count).min(self.unread.end);
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &[u8] {
        self.buffer.get(range).unwrap_or_default()
    }

    /// Lets a command go out with the next wait for an answer.
    pub(super) fn queue(&mut self, command: &str) {
        self.out.extend_from_slice(command.as_bytes());
        self.out.extend_from_slice(b"\r\n");
    }

    /// Sends octets at once and keeps no copy of them.
    pub(super) async fn send_secret(&mut self, line: &[u8]) -> Result<(), Fault> {
        let sending = async {
            self.stream.write_all(line).await?;
            self.stream.flush().await
        };
        match timeout(limits::WRITE, sending).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(source)) => Err(lost(Some(source))),
            Err(_) => Err(Fault::Timeout),
        }
    }

    /// The place of the next line in the buffer, without its line end. It holds
    /// until the next call.
    pub(super) async fn line(&mut self) -> Result<Range<usize>, Fault> {
        let mut searched = 0;
        loop {
            let fresh = self.unread().get(searched..).unwrap_or_default();
            if let Some(at) = memchr(b'\n', fresh) {
                let start = self.unread.start;
                let mut end = start + searched + at;
                self.unread.start = end + 1;
                if self.slice(start..end).ends_with(b"\r") {
                    end -= 1;
                }
                return Ok(start..end);
            }
            searched = self.unread.len();
            if searched > LINE_MAX {
                return Err(Fault::Nonsense("a line of it does not end"));
            }
            self.fill().await?;
        }
    }

    /// Waits until more octets came.
    pub(super) async fn fill(&mut self) -> Result<(), Fault> {
        if self.unread.is_empty() {
            self.unread = 0..0;
        } else if self.unread.end == self.buffer.len() {
            let count = self.unread.len();
            self.buffer.copy_within(self.unread.clone(), 0);
            self.unread = 0..count;
        }
        let began = Instant::now();
        let pumped = timeout(self.patience, poll_fn(|cx| self.pump(cx))).await;
        self.waited += began.elapsed();
        match pumped {
            Ok(Ok(0)) => return Err(lost(None)),
            Ok(Ok(count)) => {
                self.unread.end += count;
                self.brought += count;
            }
            Ok(Err(source)) => return Err(lost(Some(source))),
            Err(_) => return Err(Fault::Timeout),
        }
        if self.waited >= self.patience {
            if self.brought < PROGRESS {
                return Err(Fault::Timeout);
            }
            self.rearm();
        }
        Ok(())
    }

    /// Writes what can be written; ready once something was read.
    fn pump(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let trouble = self.push_out(cx).err();
        let room = self.buffer.get_mut(self.unread.end..).unwrap_or_default();
        let mut room = ReadBuf::new(room);
        match Pin::new(&mut self.stream).poll_read(cx, &mut room) {
            Poll::Ready(Ok(())) => Poll::Ready(Ok(room.filled().len())),
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            // A server that closes may have said why: its words count first.
            Poll::Pending => trouble.map_or(Poll::Pending, |error| Poll::Ready(Err(error))),
        }
    }

    /// Writes as much as the other side takes now.
    fn push_out(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        while let Some(left) = self.out.get(self.sent..).filter(|left| !left.is_empty()) {
            match Pin::new(&mut self.stream).poll_write(cx, left) {
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(count)) => {
                    self.sent += count;
                    self.unflushed = true;
                }
                Poll::Ready(Err(error)) => return Err(error),
                Poll::Pending => return Ok(()),
            }
        }
        self.out.clear();
        self.sent = 0;
        if self.unflushed
            && let Poll::Ready(flushed) = Pin::new(&mut self.stream).poll_flush(cx)
        {
            flushed?;
            self.unflushed = false;
        }
        Ok(())
    }
}

fn lost(source: Option<io::Error>) -> Fault {
    Fault::Lost { said: None, source }
}
