//! Where a message ends, and which dots are not its own (RFC 1939, 3).

use memchr::{memchr, memmem};

/// Takes the dots a server puts before dots out of a message, piece by piece,
/// and finds the lone dot that ends it.
///
/// A line ends with CRLF, and only there: a message that holds bare line feeds
/// must not be able to end itself and speak for the server after that. Servers
/// that end all lines with a bare LF are known by the first line, which is not
/// the sender's but the one the receiving server puts on top.
#[derive(Debug)]
pub(super) struct Unstuffer {
    at: At,
    /// Whether bare LF ends a line; not known before the first line ended.
    bare: Option<bool>,
    finder: memmem::Finder<'static>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// The start of a line.
    Start,
    /// After a dot at the start of a line.
    Dot,
    /// After a dot at the start of a line and a CR.
    DotCr,
    /// Within a line; whether the last octet was CR.
    Within { cr: bool },
    /// After the lone dot.
    End,
}

impl Unstuffer {
    pub(super) fn new() -> Self {
        Self {
            at: At::Start,
            bare: None,
            finder: memmem::Finder::new(b"\n."),
        }
    }

    /// Whether the lone dot came.
    pub(super) fn is_over(&self) -> bool {
        self.at == At::End
    }

    /// Adds the message's own octets among `wire` to `message`. Gives how many
    /// octets of `wire` were used: all, unless the message ended before.
    pub(super) fn feed(&mut self, wire: &[u8], message: &mut Vec<u8>) -> usize {
        let mut rest = wire;
        while let Some((&first, after)) = rest.split_first() {
            match self.at {
                At::End => break,
                At::Start if first == b'.' => {
                    self.at = At::Dot;
                    rest = after;
                }
                At::Start => self.at = At::Within { cr: false },
                At::Dot | At::DotCr if first == b'\n' => {
                    self.at = At::End;
                    rest = after;
                }
                At::Dot if first == b'\r' => {
                    self.at = At::DotCr;
                    rest = after;
                }
                // The dot was put there by the server.
                At::Dot => self.at = At::Within { cr: false },
                At::DotCr => {
                    message.push(b'\r');
                    self.at = At::Within { cr: true };
                }
                At::Within { cr } => {
                    let (piece, left) = rest.split_at(self.run(rest));
                    message.extend_from_slice(piece);
                    self.at = self.after_run(piece, cr);
                    rest = left;
                }
            }
        }
        wire.len() - rest.len()
    }

    /// How many octets can be copied at once: up to the end of the first line,
    /// later to any LF before a dot.
    fn run(&self, rest: &[u8]) -> usize {
        let found = match self.bare {
            None => memchr(b'\n', rest),
            Some(_) => self.finder.find(rest),
        };
        found.map_or(rest.len(), |at| at + 1)
    }

    /// Where a copied piece leads. `cr`: whether a CR came just before it.
    fn after_run(&mut self, piece: &[u8], cr: bool) -> At {
        let Some((&last, before)) = piece.split_last() else {
            return At::Within { cr };
        };
        if last != b'\n' {
            return At::Within { cr: last == b'\r' };
        }
        let crlf = before.last().map_or(cr, |&octet| octet == b'\r');
        if crlf || *self.bare.get_or_insert(!crlf) {
            self.bare.get_or_insert(false);
            At::Start
        } else {
            At::Within { cr: false }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds in pieces of this size; gives the message and what is left over.
    fn read(wire: &[u8], size: usize) -> (Vec<u8>, Option<usize>) {
        let mut unstuffer = Unstuffer::new();
        let mut message = Vec::new();
        let mut used = 0;
        for piece in wire.chunks(size) {
            used += unstuffer.feed(piece, &mut message);
            if unstuffer.is_over() {
                return (message, Some(used));
            }
        }
        (message, None)
    }

    #[track_caller]
    fn reads(wire: &[u8], message: &[u8]) {
        for size in 1..=wire.len() {
            let (found, used) = read(wire, size);
            let text = String::from_utf8_lossy(&found).into_owned();
            assert_eq!(found, message, "{text:?} in pieces of {size}");
            assert_eq!(used, Some(wire.len()), "in pieces of {size}");
        }
    }

    #[test]
    fn a_message_is_given_byte_for_byte() {
        reads(b".\r\n", b"");
        reads(b"\r\n.\r\n", b"\r\n");
        reads(b"a: b\r\n\r\nc\r\n.\r\n", b"a: b\r\n\r\nc\r\n");
        reads(
            b"a\r\n..\r\n...\r\n..b\r\n.c\r\nd.\r\n.\r\n",
            b"a\r\n.\r\n..\r\n.b\r\nc\r\nd.\r\n",
        );
        reads(b"a\0\xff\xfe\r\n\0\r\n.\r\n", b"a\0\xff\xfe\r\n\0\r\n");
        reads(b"a\r\n.\rb\r\n.\r\n", b"a\r\n\rb\r\n");
        reads(b"a\r\n.\r\r\n.\r\n", b"a\r\n\r\r\n");
        reads(b"a\r\r\n.\r\n", b"a\r\r\n");
        reads(b"a\r\n\r\r\n.\r\n", b"a\r\n\r\r\n");
    }

    #[test]
    fn bare_line_feeds_do_not_end_a_message_whose_lines_end_with_crlf() {
        reads(
            b"a: b\r\n\r\nx\n.\n+OK fake\n.\r\ny\r\n.\r\n",
            b"a: b\r\n\r\nx\n.\n+OK fake\n.\r\ny\r\n",
        );
        reads(b"a\r\nb\n..c\r\n.\r\n", b"a\r\nb\n..c\r\n");
        reads(b"a\r\nb\r.\r\n.\r\n", b"a\r\nb\r.\r\n");
    }

    #[test]
    fn a_server_with_bare_line_feeds_is_understood() {
        reads(b"a: b\n\n..c\n.\n", b"a: b\n\n.c\n");
        reads(b"a: b\n\nc\n.\r\n", b"a: b\n\nc\n");
        reads(b"a: b\r\nc\r\n.\n", b"a: b\r\nc\r\n");
        reads(b".\n", b"");
        reads(b"a: b\n..\r\n.\n", b"a: b\n.\r\n");
    }

    #[test]
    fn what_follows_the_message_is_left() {
        let wire = b"a\r\n.\r\n+OK next\r\n";
        let mut message = Vec::new();
        let mut unstuffer = Unstuffer::new();
        assert_eq!(unstuffer.feed(wire, &mut message), 6);
        assert_eq!(message, b"a\r\n");
        assert_eq!(unstuffer.feed(b"more", &mut message), 0);
    }

    #[test]
    fn a_message_without_its_dot_is_not_over() {
        for wire in [&b""[..], b"a", b"a\r\n", b"a\r\n.", b"a\r\n.\r", b"."] {
            assert_eq!(read(wire, 1).1, None, "{wire:?}");
        }
    }

    /// The same rules, octet by octet and slowly: the message, and how much of
    /// the wire it took.
    fn slowly(wire: &[u8]) -> (Vec<u8>, Option<usize>) {
        let first = wire.iter().position(|&octet| octet == b'\n');
        let bare = first.is_some_and(|at| at == 0 || wire[at - 1] != b'\r');
        let mut message = Vec::new();
        let mut at = 0;
        let mut start = true;
        while at < wire.len() {
            if start && wire[at] == b'.' {
                if wire[at + 1..].starts_with(b"\n") {
                    return (message, Some(at + 2));
                }
                if wire[at + 1..].starts_with(b"\r\n") {
                    return (message, Some(at + 3));
                }
                at += 1;
                start = false;
                continue;
            }
            message.push(wire[at]);
            start = wire[at] == b'\n' && (bare || at > 0 && wire[at - 1] == b'\r');
            at += 1;
        }
        (message, None)
    }

    #[test]
    fn any_octets_in_any_pieces_are_read_alike() {
        // A plain generator: the same octets in each run.
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut random = |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        let mut ended = 0;
        for _ in 0..20_000 {
            let length = random(40);
            let wire: Vec<u8> = (0..length)
                .map(|_| b"\r\n\r\n..ab"[usize::try_from(random(8)).unwrap()])
                .collect();
            let (wanted, used) = slowly(&wire);
            let size = usize::try_from(1 + random(9)).unwrap();
            let (found, end) = read(&wire, size);
            assert_eq!(end, used, "{wire:?} in pieces of {size}");
            if end.is_some() {
                assert_eq!(found, wanted, "{wire:?} in pieces of {size}");
                ended += 1;
            }
        }
        assert!(ended > 5000, "only {ended} came to an end");
    }
}
