//! How a question or an answer travels: the length of its JSON value and that of
//! its bytes (both `u32`, big-endian), then the two.

use std::io::{self, Read};

/// The two lengths.
pub(super) const LENGTHS: usize = 8;

/// A question or an answer.
#[derive(Debug, Default)]
pub(super) struct Frame {
    /// A JSON value.
    pub(super) value: Vec<u8>,
    /// What comes with it.
    pub(super) bytes: Vec<u8>,
}

/// How long the parts of a frame are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Lengths {
    value: u32,
    bytes: u32,
}

impl Lengths {
    /// Those of a frame that is to be sent, if it is no larger than `limit`.
    pub(super) fn of(value: &[u8], bytes: &[u8], limit: usize) -> Option<Self> {
        let lengths = Self {
            value: u32::try_from(value.len()).ok()?,
            bytes: u32::try_from(bytes.len()).ok()?,
        };
        lengths.within(limit)
    }

    /// Those that were read, if the frame is no larger than `limit`.
    pub(super) fn read(lengths: [u8; LENGTHS], limit: usize) -> Option<Self> {
        let [a, b, c, d, e, f, g, h] = lengths;
        let lengths = Self {
            value: u32::from_be_bytes([a, b, c, d]),
            bytes: u32::from_be_bytes([e, f, g, h]),
        };
        lengths.within(limit)
    }

    fn within(self, limit: usize) -> Option<Self> {
        let whole = u64::from(self.value) + u64::from(self.bytes);
        (whole <= u64::try_from(limit).unwrap_or(u64::MAX)).then_some(self)
    }

    /// As they are written.
    pub(super) fn written(self) -> [u8; LENGTHS] {
        let whole = (u64::from(self.value) << 32) | u64::from(self.bytes);
        whole.to_be_bytes()
    }

    /// Of the JSON value and of the bytes.
    pub(super) fn both(self) -> (u64, u64) {
        (self.value.into(), self.bytes.into())
    }
}

/// Reads `length` bytes, taking memory only for what comes.
pub(super) fn read_exactly(from: &mut impl Read, length: u64) -> io::Result<Vec<u8>> {
    let mut read = Vec::new();
    from.take(length).read_to_end(&mut read)?;
    if u64::try_from(read.len()).is_ok_and(|got| got == length) {
        Ok(read)
    } else {
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_come_back_and_are_held_against_the_limit() {
        let lengths = Lengths::of(b"{}", &[0; 300], 302).unwrap();
        assert_eq!(lengths.written(), [0, 0, 0, 2, 0, 0, 1, 44]);
        assert!(Lengths::of(b"{}", &[0; 300], 301).is_none());
        let both = Lengths::read(lengths.written(), 302).unwrap().both();
        assert_eq!(both, (2, 300));
        assert!(Lengths::read(lengths.written(), 301).is_none());
        assert!(Lengths::read([255; LENGTHS], usize::MAX).is_some());
        assert!(Lengths::read([255; LENGTHS], 1 << 30).is_none());
    }

    #[test]
    fn what_breaks_off_is_an_error() {
        assert_eq!(read_exactly(&mut &b"abc"[..], 2).unwrap(), b"ab");
        assert!(read_exactly(&mut &b"abc"[..], 4).is_err());
    }
}
