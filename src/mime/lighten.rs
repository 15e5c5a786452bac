//! Leaving out what neither a list nor the index looks at.
//!
//! Most bytes of most mailboxes are attachments in base64, and decoding them
//! is most of the work of reading a message. For a summary their beginning
//! does as well.

use std::borrow::Cow;

/// How much of a run of base64 is kept in a text part: more than the index
/// takes of it.
const KEPT_TEXT: usize = 512 << 10;

/// The same in any other part.
const KEPT: usize = 4 << 10;

/// How far before a run its content type is looked for.
const FIELDS_REACH: usize = 2048;

/// Lines of base64 are at most this long (RFC 2045, 6.8, says 76; some
/// programs write longer ones), and shorter ones are too likely to be words.
const LINE: std::ops::RangeInclusive<usize> = 56..=1000;

/// The message without the rest of very long runs of base64. The lines that
/// stay are whole, so that they decode to the same bytes as before.
pub(super) fn lighten(raw: &[u8]) -> Cow<'_, [u8]> {
    if raw.len() <= KEPT {
        return Cow::Borrowed(raw);
    }
    let mut light: Option<Vec<u8>> = None;
    // Where what is kept but not yet copied begins, and the run at hand.
    let (mut from, mut run) = (0, 0..0);
    let mut at = 0;
    while at < raw.len() {
        let rest = raw.get(at..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(raw.len(), |found| at + found + 1);
        if is_base64(raw.get(at..end).unwrap_or_default()) {
            if run.end != at {
                run = at..at;
            }
            run.end = end;
        } else {
            drop_rest(raw, &run, &mut from, &mut light);
            run = end..end;
        }
        at = end;
    }
    drop_rest(raw, &run, &mut from, &mut light);
    match light {
        None => Cow::Borrowed(raw),
        Some(mut light) => {
            light.extend_from_slice(raw.get(from..).unwrap_or_default());
            Cow::Owned(light)
        }
    }
}

/// How much of a message that comes in pieces is added before it is lightened.
const STEP: usize = 1 << 20;

/// What is left of it at most: enough for any header and many parts.
const MOST: usize = 8 << 20;

/// A message that comes in pieces, lightened as it comes: what a summary needs
/// of one that is too large to be held.
#[derive(Debug, Default)]
pub(crate) struct Excerpt {
    light: Vec<u8>,
    /// How much of it was lightened.
    done: usize,
}

impl Excerpt {
    /// Adds the next piece.
    pub(crate) fn add(&mut self, piece: &[u8]) {
        if self.light.len() >= MOST {
            return;
        }
        self.light.extend_from_slice(piece);
        if self.light.len() - self.done >= STEP {
            if let Cow::Owned(light) = lighten(&self.light) {
                self.light = light;
            }
            self.done = self.light.len();
        }
    }

    /// The message as far as it was kept.
    pub(crate) fn finish(self) -> Vec<u8> {
        self.light
    }
}

/// Leaves out what a run has beyond what is kept of it.
fn drop_rest(
    raw: &[u8],
    run: &std::ops::Range<usize>,
    from: &mut usize,
    light: &mut Option<Vec<u8>>,
) {
    if run.len() <= KEPT {
        return;
    }
    let most = if is_text(raw, run.start) {
        KEPT_TEXT
    } else {
        KEPT
    };
    if run.len() <= most {
        return;
    }
    let kept = raw.get(run.start..run.start + most).unwrap_or_default();
    let lines = memchr::memrchr(b'\n', kept).map_or(0, |found| found + 1);
    let upto = run.start + lines;
    light
        .get_or_insert_default()
        .extend_from_slice(raw.get(*from..upto).unwrap_or_default());
    *from = run.end;
}

/// Whether what begins there may be text a person reads: everything that is not
/// said to be something else.
fn is_text(raw: &[u8], start: usize) -> bool {
    const NAME: &[u8] = b"content-type:";
    let fields = raw.get(start.saturating_sub(FIELDS_REACH)..start);
    let fields = fields.unwrap_or_default().to_ascii_lowercase();
    let Some(at) = memchr::memmem::rfind(&fields, NAME) else {
        return true;
    };
    let value = fields.get(at + NAME.len()..).unwrap_or_default();
    let value = value.trim_ascii_start();
    value.starts_with(b"text/")
        || value.starts_with(b"message/")
        || value.starts_with(b"multipart/")
}

fn is_base64(line: &[u8]) -> bool {
    let line = line.trim_ascii_end();
    // Text shows soon that it is none; base64 is quickest read to the end
    // without a look at what came so far.
    let all = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(true, |all, byte| all & ALPHABET.contains(*byte))
    };
    LINE.contains(&line.len())
        && line.len().is_multiple_of(4)
        && line.first_chunk::<16>().is_some_and(|start| all(start))
        && all(line)
}

/// The bytes of base64, one bit for each of the 256 there are.
struct Alphabet([u64; 4]);

const ALPHABET: Alphabet =
    Alphabet::of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

impl Alphabet {
    #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler only")]
    const fn of(bytes: &[u8]) -> Self {
        let mut bits = [0; 4];
        let mut at = 0;
        while at < bytes.len() {
            bits[(bytes[at] >> 6) as usize] |= 1 << (bytes[at] & 63);
            at += 1;
        }
        Self(bits)
    }

    fn contains(&self, byte: u8) -> bool {
        let [a, b, c, d] = self.0;
        let word = match byte >> 6 {
            0 => a,
            1 => b,
            2 => c,
            _ => d,
        };
        word >> (byte & 63) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(lines: usize) -> Vec<u8> {
        let mut raw = b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
            Content-Type: text/plain\r\n\r\nHello there\r\n--b\r\n\
            Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            .to_vec();
        for _ in 0..lines {
            raw.extend_from_slice(&[b'A'; 76]);
            raw.extend_from_slice(b"\r\n");
        }
        raw.extend_from_slice(
            b"QUJD\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe end\r\n--b--\r\n",
        );
        raw
    }

    #[test]
    fn a_long_attachment_loses_its_rest_and_nothing_else_does() {
        let raw = message(1_000);
        let light = lighten(&raw);
        assert!(light.len() < KEPT + 1000, "{}", light.len());
        assert!(
            light.ends_with(b"QUJD\r\n--b\r\nContent-Type: text/plain\r\n\r\nThe end\r\n--b--\r\n")
        );
        let whole = crate::mime::summary(&raw).0;
        assert_eq!(whole.attachments, 1);
        assert_eq!(whole.snippet, crate::mime::summary(&message(3)).0.snippet);
    }

    #[test]
    fn a_message_in_pieces_is_lightened_as_it_comes() {
        let raw = message(200_000);
        for size in [1_000, 4_096, 77_777, 3 << 20, raw.len()] {
            let mut excerpt = Excerpt::default();
            for piece in raw.chunks(size) {
                excerpt.add(piece);
                assert!(excerpt.light.len() <= STEP + size.max(MOST));
            }
            let light = excerpt.finish();
            assert!(light.len() < raw.len() / 4, "{size}: {}", light.len());
            let (whole, _) = crate::mime::summary(&light);
            assert_eq!((whole.attachments, whole.header.subject.as_str()), (1, "x"));
            assert!(light.ends_with(b"The end\r\n--b--\r\n"));
        }
        let mut excerpt = Excerpt::default();
        for _ in 0..100 {
            excerpt.add("Words are no base64. ".repeat(20_000).as_bytes());
        }
        assert!(excerpt.finish().len() < MOST * 2);
    }

    #[test]
    fn what_is_short_or_no_base64_stays() {
        let mut text = message(1_000);
        let at = memchr::memmem::find(&text, b"application/pdf").unwrap();
        text[at..at + 15].copy_from_slice(b"text/plain; x=y");
        for raw in [
            message(3),
            text,
            vec![b'x'; KEPT * 2],
            vec![b'\n'; KEPT * 2],
        ] {
            assert_eq!(lighten(&raw), raw);
        }
        let words = "Words are no base64, however many of them there may be in a line of text\r\n";
        let raw = words.repeat(20_000).into_bytes();
        assert_eq!(lighten(&raw), raw);
    }
}
