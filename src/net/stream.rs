//! One type for every connection, plain or TLS.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// What a connection must be able to do.
trait Io: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug {}

impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug> Io for T {}

/// A connection to a server, whatever lies below.
#[derive(Debug)]
pub(crate) struct NetStream {
    inner: Box<dyn Io>,
    peer: Option<SocketAddr>,
}

impl NetStream {
    /// A connection in clear text.
    pub(crate) fn plain(
        inner: impl AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug + 'static,
        peer: Option<SocketAddr>,
    ) -> Self {
        Self {
            inner: Box::new(inner),
            peer,
        }
    }

    /// A connection inside TLS.
    pub(crate) fn encrypted(
        inner: impl AsyncRead + AsyncWrite + Send + Sync + Unpin + std::fmt::Debug + 'static,
        peer: Option<SocketAddr>,
    ) -> Self {
        Self {
            inner: Box::new(inner),
            peer,
        }
    }

    /// The address of the other end; none for a connection without a socket.
    pub(crate) fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }
}

impl AsyncRead for NetStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(cx, buf)
    }
}

impl AsyncWrite for NetStream {
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
