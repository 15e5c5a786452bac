//! Keeping the first bytes of what the other end says: what answers a TLS
//! handshake in clear text can be told by them.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// So many bytes are kept.
const KEPT: usize = 200;

/// A stream whose first bytes are kept.
#[derive(Debug)]
pub(super) struct Overheard<S> {
    inner: S,
    ear: Ear,
    full: bool,
}

/// What was heard so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Vec<u8>>>);

impl Ear {
    /// The first bytes.
    pub(super) fn heard(&self) -> Vec<u8> {
        let heard = self.0.lock();
        heard.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl<S> Overheard<S> {
    pub(super) fn new(inner: S) -> (Self, Ear) {
        let ear = Ear::default();
        let stream = Self {
            inner,
            ear: ear.clone(),
            full: false,
        };
        (stream, ear)
    }

    fn keep(&mut self, bytes: &[u8]) {
        let heard = self.ear.0.lock();
        let mut heard = heard.unwrap_or_else(PoisonError::into_inner);
        let room = KEPT.saturating_sub(heard.len());
        heard.extend(bytes.iter().take(room));
        self.full = heard.len() >= KEPT;
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Overheard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let read = Pin::new(&mut self.inner).poll_read(cx, buf);
        if !self.full
            && let Some(new) = buf.filled().get(before..)
            && !new.is_empty()
        {
            self.keep(new);
        }
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Overheard<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
