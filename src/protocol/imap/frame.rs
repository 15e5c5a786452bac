//! Cutting a server's bytes into whole answers (RFC 9051, 2.2.2) and mending
//! them before the parser sees them.
//!
//! The parser below ends a connection at the first answer it does not know,
//! and some answers take it down altogether. So every answer is framed here:
//! lines and the literals between them. What this program reads itself (and
//! what the parser would refuse) goes to a side queue, and a [`MARK`] takes
//! its place in the stream, so that the order of answers is kept. A long
//! message body is never held: it streams through.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::repair;

/// The limits of what a server may send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest line, in bytes.
    pub(crate) line: usize,
    /// The longest literal, in bytes.
    pub(crate) literal: u64,
    /// How deep parentheses may nest.
    pub(crate) depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            line: 16 << 20,
            literal: 256 << 20,
            depth: 64,
        }
    }
}

/// Why a server's bytes were refused. The connection is of no use afterwards.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FrameError {
    /// The line is not one of IMAP.
    #[error("the line is not IMAP: {0}")]
    NotImap(String),
    /// A line is longer than allowed.
    #[error("a line is too long")]
    Line,
    /// A literal is longer than allowed.
    #[error("a literal of {0} bytes is too long")]
    Literal(u64),
    /// Parentheses are nested too deeply.
    #[error("parentheses are nested too deeply")]
    Depth,
}

/// What stands in the stream where an answer went to the side queue.
const MARK_LINE: &[u8] = b"* OK \x01own\r\n";

/// The text of the answer that stands for one in the side queue.
pub(crate) const MARK: &str = "\u{1}own";

/// An answer up to this size is held whole and tried before it goes on.
const HOLD: usize = 256 << 10;

/// An answer this program reads itself may be this long.
const OWN_HOLD: usize = 20 << 20;

/// What the parser takes in one line; longer lines would take it too long.
const PARSED_LINE: usize = 1 << 20;

/// The answers that are read by this program: the parser does not know them,
/// or not all forms of them, or does not undo their quoting.
const OWN: [&[u8]; 13] = [
    b"LIST",
    b"LSUB",
    b"STATUS",
    b"SEARCH",
    b"ESEARCH",
    b"CAPABILITY",
    b"NAMESPACE",
    b"THREAD",
    b"SORT",
    b"VANISHED",
    b"ENABLED",
    b"ID",
    b"QUOTA",
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A tagged answer or a continuation request: must go on.
    Needed,
    /// An untagged OK, NO, BAD, BYE or PREAUTH.
    Status,
    /// Data this program reads itself.
    Own,
    /// Any other data.
    Data,
}

/// Frames the bytes of one connection.
#[derive(Debug)]
pub(crate) struct Framer {
    limits: Limits,
    /// The unfinished line.
    line: Vec<u8>,
    /// The lines and literals of the unfinished answer, mended.
    held: Vec<u8>,
    /// What the unfinished answer is; none between answers.
    kind: Option<Kind>,
    /// Whether the unfinished answer streams through instead of being held.
    passing: bool,
    /// Bytes left of the literal being read.
    literal_left: u64,
    depth: usize,
    own: VecDeque<Vec<u8>>,
    /// Whether answers that name what the parser loses go aside.
    ids: bool,
}

impl Framer {
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            line: Vec::new(),
            held: Vec::new(),
            kind: None,
            passing: false,
            literal_left: 0,
            depth: 0,
            own: VecDeque::new(),
            ids: false,
        }
    }

    /// Whether the bytes so far end in the middle of an answer.
    pub(crate) fn is_inside(&self) -> bool {
        self.kind.is_some() || !self.line.is_empty()
    }

    /// From now on, answers with identifiers or labels go aside: the parser
    /// takes them and loses what they say.
    pub(crate) fn keep_ids(&mut self) {
        self.ids = true;
    }

    /// The next answer for this program to read, in the order of the marks.
    pub(crate) fn take_own(&mut self) -> Option<Vec<u8>> {
        self.own.pop_front()
    }

    /// Takes bytes of the server and writes what the parser shall see to
    /// `out`.
    ///
    /// # Errors
    ///
    /// When the bytes break a limit or are not IMAP.
    pub(crate) fn push(&mut self, mut input: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        while !input.is_empty() {
            if self.literal_left > 0 {
                let take = usize::try_from(self.literal_left)
                    .unwrap_or(usize::MAX)
                    .min(input.len());
                let (bytes, rest) = input.split_at(take);
                self.literal_left -= take as u64;
                self.keep(bytes, out)?;
                input = rest;
                continue;
            }
            let end = input.iter().position(|&byte| byte == b'\n');
            let (bytes, rest) = input.split_at(end.map_or(input.len(), |at| at + 1));
            self.line.extend_from_slice(bytes);
            if self.line.len() > self.limits.line {
                return Err(FrameError::Line);
            }
            if end.is_some() {
                let line = std::mem::take(&mut self.line);
                self.take_line(line, out)?;
            }
            input = rest;
        }
        Ok(())
    }

    /// Takes a whole line, with its end.
    fn take_line(&mut self, mut line: Vec<u8>, out: &mut Vec<u8>) -> Result<(), FrameError> {
        line.pop();
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        let kind = match self.kind {
            Some(kind) => kind,
            // Some servers send an empty line after a literal.
            None if line.is_empty() => return Ok(()),
            None => kind_of(&line)?,
        };
        self.kind = Some(kind);
        let literal = match kind {
            Kind::Needed | Kind::Status => {
                repair::blank_after_code(&mut line);
                None
            }
            Kind::Own | Kind::Data => self.look_into(&mut line, kind)?,
        };
        if kind != Kind::Own && line.len() > PARSED_LINE {
            return Err(FrameError::Line);
        }
        // Before the parser sees the announcement and makes room for it.
        if let Some(length) = literal.filter(|&length| length > self.limits.literal) {
            return Err(FrameError::Literal(length));
        }
        line.extend_from_slice(b"\r\n");
        self.keep(&line, out)?;
        match literal {
            Some(length) => {
                self.literal_left = length;
                Ok(())
            }
            None => self.finish(out),
        }
    }

    /// Counts the parentheses of a line of data, mends it, and tells the
    /// length of the literal that follows it.
    fn look_into(&mut self, line: &mut Vec<u8>, kind: Kind) -> Result<Option<u64>, FrameError> {
        let seen = repair::scan(line, self.depth);
        if seen.deepest > self.limits.depth {
            return Err(FrameError::Depth);
        }
        self.depth = seen.depth;
        if kind == Kind::Data {
            repair::internal_date_nil(line);
        }
        if seen.in_quotes {
            return Ok(None);
        }
        Ok(repair::literal_at_end(line))
    }

    /// Keeps a piece of the unfinished answer: in hand, or on its way.
    fn keep(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), FrameError> {
        if self.passing {
            out.extend_from_slice(bytes);
            return Ok(());
        }
        self.held.extend_from_slice(bytes);
        match self.kind {
            Some(Kind::Data) if self.held.len() > HOLD => {
                self.passing = true;
                out.append(&mut self.held);
                self.held = Vec::new();
            }
            Some(Kind::Own) if self.held.len() > OWN_HOLD => return Err(FrameError::Line),
            _ => {}
        }
        Ok(())
    }

    /// Ends an answer: on to the parser, or to the side queue.
    fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), FrameError> {
        let kind = self.kind.take();
        let held = std::mem::take(&mut self.held);
        self.depth = 0;
        if std::mem::take(&mut self.passing) {
            return Ok(());
        }
        let aside = self.ids && kind == Some(Kind::Data) && names_ids(&held);
        if kind != Some(Kind::Own) && !aside && parses(&held) {
            out.extend_from_slice(&held);
        } else if kind == Some(Kind::Needed) {
            return Err(FrameError::NotImap(start_of(&held)));
        } else {
            self.own.push_back(held);
            out.extend_from_slice(MARK_LINE);
        }
        Ok(())
    }
}

/// Whether the parser takes the answer, all of it, and survives.
fn parses(answer: &[u8]) -> bool {
    let outcome = catch_unwind(AssertUnwindSafe(
        || matches!(imap_proto::Response::parse(answer), Ok((rest, _)) if rest.is_empty()),
    ));
    outcome.unwrap_or(false)
}

/// Whether an answer has something that only this program reads. A message
/// may have the same words in its text: that does no harm.
fn names_ids(answer: &[u8]) -> bool {
    let has = |name: &[u8]| answer.windows(name.len()).any(|here| here == name);
    has(b"X-GM-LABELS") || has(b"EMAILID")
}

/// What a first line begins.
fn kind_of(line: &[u8]) -> Result<Kind, FrameError> {
    if let Some(rest) = line.strip_prefix(b"* ") {
        let word = rest.split(|&byte| byte == b' ').next().unwrap_or_default();
        let is = |name: &[u8]| word.eq_ignore_ascii_case(name);
        if [&b"OK"[..], b"NO", b"BAD", b"BYE", b"PREAUTH"]
            .into_iter()
            .any(is)
        {
            return Ok(Kind::Status);
        }
        return Ok(if OWN.into_iter().any(is) {
            Kind::Own
        } else {
            Kind::Data
        });
    }
    // `+OK` is how POP3 greets.
    if line.first() == Some(&b'+') && !line.starts_with(b"+OK") {
        return Ok(Kind::Needed);
    }
    let mut words = line.split(|&byte| byte == b' ');
    let tag = words.next().unwrap_or_default();
    let status = words.next().unwrap_or_default();
    let is_tag = !tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric);
    let is_status = [&b"OK"[..], b"NO", b"BAD"]
        .into_iter()
        .any(|name| status.eq_ignore_ascii_case(name));
    if is_tag && is_status {
        Ok(Kind::Needed)
    } else {
        Err(FrameError::NotImap(start_of(line)))
    }
}

/// The start of a line as text, for a message.
fn start_of(line: &[u8]) -> String {
    String::from_utf8_lossy(line)
        .chars()
        .take(80)
        .filter(|c| !c.is_control())
        .collect()
}

#[cfg(test)]
mod tests;
