//! A stream both of whose directions are compressed (RFC 4978, RFC 1951).
//!
//! What comes is unpacked straight into the reader's buffer and never further
//! ahead: a few bytes that unpack to gigabytes meet the limits of what reads
//! them, not the memory.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::net::NetStream;

const CHUNK: usize = 16 << 10;

/// A connection whose bytes are packed on the way.
#[derive(Debug)]
pub(super) struct Deflated {
    inner: NetStream,
    unpacker: Decompress,
    /// Packed bytes that came, from `read` to `filled`.
    came: Box<[u8]>,
    read: usize,
    filled: usize,
    packer: Compress,
    /// Packed bytes that wait to go, from `sent` on.
    going: Vec<u8>,
    sent: usize,
    /// Whether the packer may hold something back.
    holds_back: bool,
}

impl Deflated {
    pub(super) fn new(inner: NetStream) -> Self {
        Self {
            inner,
            unpacker: Decompress::new(false),
            came: vec![0; CHUNK].into_boxed_slice(),
            read: 0,
            filled: 0,
            packer: Compress::new(Compression::default(), false),
            going: Vec::new(),
            sent: 0,
            holds_back: false,
        }
    }

    /// Unpacks into `buf`; false where that needs more bytes of the server.
    fn unpack(&mut self, buf: &mut ReadBuf<'_>) -> io::Result<Unpacked> {
        let packed = self.came.get(self.read..self.filled).unwrap_or_default();
        let (before_in, before_out) = (self.unpacker.total_in(), self.unpacker.total_out());
        let status = self
            .unpacker
            .decompress(packed, buf.initialize_unfilled(), FlushDecompress::None)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
        let length = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
        self.read += length(self.unpacker.total_in() - before_in);
        let made = length(self.unpacker.total_out() - before_out);
        buf.advance(made);
        Ok(match status {
            _ if made > 0 => Unpacked::Some,
            Status::StreamEnd => Unpacked::End,
            _ => Unpacked::Nothing,
        })
    }

    /// Sends what is packed already.
    fn drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(rest) = self.going.get(self.sent..).filter(|rest| !rest.is_empty()) {
            let count = ready!(Pin::new(&mut self.inner).poll_write(cx, rest))?;
            if count == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.sent += count;
        }
        self.going.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }

    /// Packs what fits; returns how many bytes were taken.
    fn pack(&mut self, bytes: &[u8], flush: FlushCompress) -> io::Result<usize> {
        self.going.reserve(CHUNK);
        let before = self.packer.total_in();
        self.packer
            .compress_vec(bytes, &mut self.going, flush)
            .map_err(io::Error::other)?;
        Ok(usize::try_from(self.packer.total_in() - before).unwrap_or(usize::MAX))
    }
}

enum Unpacked {
    Some,
    Nothing,
    End,
}

impl AsyncRead for Deflated {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if buf.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        loop {
            match this.unpack(buf)? {
                Unpacked::Some | Unpacked::End => return Poll::Ready(Ok(())),
                Unpacked::Nothing if this.read < this.filled => {}
                Unpacked::Nothing => {
                    let mut fresh = ReadBuf::new(&mut this.came);
                    ready!(Pin::new(&mut this.inner).poll_read(cx, &mut fresh))?;
                    (this.read, this.filled) = (0, fresh.filled().len());
                    if this.filled == 0 {
                        return Poll::Ready(Ok(()));
                    }
                }
            }
        }
    }
}

impl AsyncWrite for Deflated {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        // One piece waits at most.
        ready!(self.drain(cx))?;
        let piece = buf.get(..buf.len().min(CHUNK)).unwrap_or_default();
        self.holds_back = true;
        Poll::Ready(self.pack(piece, FlushCompress::None))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.holds_back {
            ready!(self.drain(cx))?;
            self.pack(&[], FlushCompress::Sync)?;
            // Room was left: that was all.
            self.holds_back = self.going.len() == self.going.capacity();
        }
        ready!(self.drain(cx))?;
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn pair() -> (Deflated, Deflated) {
        let (one, two) = tokio::io::duplex(1000);
        let end = |stream| Deflated::new(NetStream::plain(stream, None));
        (end(one), end(two))
    }

    #[tokio::test]
    async fn what_goes_in_comes_out_in_pieces_of_any_size() {
        let (mut one, mut two) = pair();
        let mut bytes = Vec::new();
        for n in 0..40_000_u32 {
            bytes.extend_from_slice(&n.wrapping_mul(2_654_435_761).to_le_bytes());
            bytes.extend_from_slice(b"again and again");
        }
        let sent = bytes.clone();
        let writing = tokio::spawn(async move {
            for piece in sent.chunks(70_001) {
                one.write_all(piece).await.unwrap();
                one.flush().await.unwrap();
            }
            one.shutdown().await.unwrap();
        });
        let mut came = Vec::new();
        two.read_to_end(&mut came).await.unwrap();
        writing.await.unwrap();
        assert!(came == bytes);
    }

    #[tokio::test]
    async fn each_flush_arrives_without_waiting_for_more() {
        let (mut one, mut two) = pair();
        for line in ["W1 NOOP\r\n", "x\r\n"] {
            one.write_all(line.as_bytes()).await.unwrap();
            one.flush().await.unwrap();
            let mut came = vec![0; line.len()];
            two.read_exact(&mut came).await.unwrap();
            assert_eq!(came, line.as_bytes());
        }
    }

    #[tokio::test]
    async fn what_is_not_packed_is_an_error() {
        let (client, mut server) = tokio::io::duplex(100);
        server.write_all(&[0xff; 20]).await.unwrap();
        let mut stream = Deflated::new(NetStream::plain(client, None));
        let error = stream.read_u8().await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    }
}
