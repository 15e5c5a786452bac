//! The stream the parser reads from: a connection behind a [`Framer`], with a
//! limit on silence.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::deflate::Deflated;
use super::frame::{FrameError, Framer, Limits};
use crate::net::{NetStream, Pulse, timeout};

const READ_SIZE: usize = 16 << 10;

/// How many bytes must come within the patience where an answer is not over
/// sooner.
const PROGRESS: usize = 1 << 10;

/// A connection whose answers are framed and mended before they are read.
#[derive(Debug)]
pub(crate) struct Guard {
    stream: NetStream,
    framer: Framer,
    /// What the parser has not read yet, from `read` on.
    ready: Vec<u8>,
    read: usize,
    scratch: Box<[u8]>,
    /// How many bytes are read at once at most.
    at_once: usize,
    patience: Duration,
    alarm: Pin<Box<Sleep>>,
    /// Bytes that came since the alarm was set.
    since_alarm: usize,
    refused: Option<FrameError>,
    pulse: Pulse,
}

impl Guard {
    pub(crate) fn new(stream: NetStream, limits: Limits) -> Self {
        Self {
            stream,
            framer: Framer::new(limits),
            ready: Vec::new(),
            read: 0,
            scratch: vec![0; READ_SIZE].into_boxed_slice(),
            at_once: READ_SIZE,
            patience: timeout::READ,
            alarm: Box::pin(tokio::time::sleep(timeout::READ)),
            since_alarm: 0,
            refused: None,
            pulse: Pulse::default(),
        }
    }

    /// From now on, silence of `patience` ends the connection, and so does an
    /// answer that comes in drops.
    pub(crate) fn arm(&mut self, patience: Duration) {
        self.patience = patience;
        self.reset_alarm();
    }

    /// Reads byte by byte (`on`), so that nothing is read ahead.
    pub(crate) fn read_by_byte(&mut self, on: bool) {
        self.at_once = if on { 1 } else { READ_SIZE };
    }

    /// Packs and unpacks all bytes from now on (RFC 4978).
    pub(crate) fn deflate(&mut self) {
        let none = NetStream::plain(tokio::io::empty(), None);
        let stream = std::mem::replace(&mut self.stream, none);
        let peer = stream.peer();
        self.stream = NetStream::plain(Deflated::new(stream), peer);
    }

    /// See [`Framer::keep_ids`].
    pub(crate) fn keep_ids(&mut self) {
        self.framer.keep_ids();
    }

    /// The next answer for this program to read.
    pub(crate) fn take_own(&mut self) -> Option<Vec<u8>> {
        self.framer.take_own()
    }

    /// How much was heard of the server.
    pub(crate) fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Why the server's bytes were refused, if they were.
    pub(crate) fn refused(&self) -> Option<&FrameError> {
        self.refused.as_ref()
    }

    /// The connection itself. What was read ahead is dropped: nothing a server
    /// said before TLS may count after it.
    pub(crate) fn into_inner(self) -> NetStream {
        self.stream
    }

    fn reset_alarm(&mut self) {
        let deadline = Instant::now() + self.patience;
        self.since_alarm = 0;
        self.alarm.as_mut().reset(deadline);
    }

    fn hand_out(&mut self, buf: &mut ReadBuf<'_>) -> bool {
        let left = self.ready.get(self.read..).unwrap_or_default();
        let take = left.len().min(buf.remaining());
        let Some(piece) = left.get(..take).filter(|piece| !piece.is_empty()) else {
            return false;
        };
        buf.put_slice(piece);
        self.read += take;
        if self.read == self.ready.len() {
            self.ready.clear();
            self.read = 0;
        }
        true
    }
}

impl AsyncRead for Guard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        loop {
            if this.hand_out(buf) {
                return Poll::Ready(Ok(()));
            }
            // What came before the fault was handed out; now the fault.
            if let Some(refused) = &this.refused {
                return Poll::Ready(Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    refused.clone(),
                )));
            }
            let room = this.scratch.len().min(this.at_once);
            let mut fresh = ReadBuf::new(this.scratch.get_mut(..room).unwrap_or_default());
            match Pin::new(&mut this.stream).poll_read(cx, &mut fresh) {
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Pending => {
                    return this
                        .alarm
                        .as_mut()
                        .poll(cx)
                        .map(|()| Err(io::ErrorKind::TimedOut.into()));
                }
            }
            let bytes = fresh.filled();
            if bytes.is_empty() {
                return Poll::Ready(if this.framer.is_inside() {
                    Err(io::ErrorKind::UnexpectedEof.into())
                } else {
                    Ok(())
                });
            }
            this.since_alarm += bytes.len();
            this.pulse.beat();
            this.refused = this.framer.push(bytes, &mut this.ready).err();
            // Drops are as good as silence: an answer has to get on.
            if this.since_alarm >= PROGRESS {
                this.reset_alarm();
            }
        }
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// Reads what comes in drops of `drop` bytes, one each 10 ms.
    async fn dripped(drop: usize) -> io::Result<Vec<u8>> {
        let (client, mut server) = tokio::io::duplex(64 << 10);
        let mut guard = Guard::new(NetStream::plain(client, None), Limits::default());
        guard.arm(Duration::from_millis(300));
        tokio::spawn(async move {
            let text = [b"* OK ".to_vec(), vec![b'x'; 40 * 256], b"\r\n".to_vec()].concat();
            for piece in text.chunks(drop) {
                if server.write_all(piece).await.is_err() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        let mut all = Vec::new();
        guard.read_to_end(&mut all).await.map(|_| all)
    }

    #[tokio::test]
    async fn an_answer_that_gets_on_is_waited_for_and_drops_are_not() {
        assert_eq!(dripped(256).await.unwrap().len(), 40 * 256 + 7);
        let error = dripped(1).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }
}
