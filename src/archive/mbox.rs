//! mbox: all messages of a folder in one file, each behind a line that begins
//! with `From ` (RFC 4155).
//!
//! Written as mboxrd: a line of a message that would look like such a line, or
//! like one quoted so, gets one `>` more. Read as mboxrd, which reads what the
//! older mboxo wrote as well.

use std::io::{self, BufRead, Write};

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};

use super::{BIGGEST, Entry, Skipped, Step, starts_like_mail, status, with_crlf, with_lf};

/// A line longer than this is no line of text: it is taken in pieces.
const LONGEST_LINE: u64 = 1 << 20;

/// The messages of an mbox, one after the other.
pub(crate) struct MboxReader<R> {
    input: R,
    /// What it is called in what is told of it.
    name: String,
    /// Number of the message at hand, from 1.
    number: u64,
    /// The separator line that was read last, and of which no message was
    /// given yet.
    separator: Option<Vec<u8>>,
    /// The line behind a separator: read to see whether it is one.
    next_line: Option<Vec<u8>>,
    begun: bool,
    /// Bytes read so far.
    pub(crate) read: u64,
}

impl<R: BufRead> MboxReader<R> {
    /// Reads from the beginning of a file.
    pub(crate) fn new(input: R, name: String) -> Self {
        Self {
            input,
            name,
            number: 0,
            separator: None,
            next_line: None,
            begun: false,
            read: 0,
        }
    }

    /// A line with its end, or a piece of an endless one.
    fn line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        line.clear();
        if let Some(next) = self.next_line.take() {
            *line = next;
            return Ok(true);
        }
        let mut piece = io::Read::take(&mut self.input, LONGEST_LINE);
        let length = piece.read_until(b'\n', line)?;
        self.read += length as u64;
        Ok(length > 0)
    }

    /// The lines up to the next separator, unquoted. Of a message beyond all
    /// bounds only how long it is.
    fn message(&mut self) -> io::Result<(Vec<u8>, u64)> {
        let (mut raw, mut length) = (Vec::new(), 0);
        let mut line = Vec::new();
        let (mut after_blank, mut line_begins) = (false, true);
        while self.line(&mut line)? {
            if line_begins && after_blank && is_separator(&line) {
                let mut next = Vec::new();
                let more = self.line(&mut next)?;
                let is_one = !more || starts_like_mail(&next);
                self.next_line = more.then_some(next);
                // A sentence has no header behind it.
                if is_one {
                    self.separator = Some(std::mem::take(&mut line));
                    break;
                }
            }
            let text = if line_begins { unquoted(&line) } else { &line };
            length += text.len() as u64;
            if length <= BIGGEST {
                raw.extend_from_slice(text);
            }
            after_blank = line_begins && matches!(line.as_slice(), b"\n" | b"\r\n");
            line_begins = line.ends_with(b"\n");
        }
        // The blank line before a separator, or before the end, is not its own.
        for end in [&b"\n\r\n"[..], b"\n\n"] {
            if raw.ends_with(end) {
                raw.truncate(raw.len() - (end.len() - 1));
                break;
            }
        }
        Ok((raw, length))
    }

    fn step(&mut self) -> io::Result<Option<Step>> {
        if !self.begun {
            self.begun = true;
            let mut line = Vec::new();
            if self.line(&mut line)? {
                self.separator = Some(line);
            }
        }
        let Some(separator) = self.separator.take() else {
            return Ok(None);
        };
        self.number += 1;
        let place = format!("{}, message {}", self.name, self.number);
        let (raw, length) = self.message()?;
        Ok(Some(if length > BIGGEST {
            Err(Skipped::new(place, "is larger than 256 MB"))
        } else if !starts_like_mail(&raw) {
            Err(Skipped::new(place, "has no header"))
        } else {
            let is_mozilla = is_mozilla(&separator);
            match status::read(&raw, is_mozilla) {
                Some((flags, keywords)) => Ok(Entry {
                    place,
                    flags,
                    keywords,
                    received: arrival(&separator),
                    raw: with_crlf(if is_mozilla {
                        status::without_notes(raw)
                    } else {
                        raw
                    }),
                }),
                None => Err(Skipped::new(place, "was deleted in the other program")),
            }
        }))
    }
}

impl<R: BufRead> Iterator for MboxReader<R> {
    type Item = Step;

    fn next(&mut self) -> Option<Step> {
        match self.step() {
            Ok(step) => step,
            Err(error) => {
                // Nothing behind the fault can be told apart any more.
                self.begun = true;
                self.separator = None;
                let why = format!("cannot be read any further: {error}");
                Some(Err(Skipped::new(self.name.clone(), why)))
            }
        }
    }
}

/// Whether a file begins as an mbox does.
pub(super) fn begins_so(start: &[u8]) -> bool {
    let line = start.split(|byte| *byte == b'\n').next();
    line.is_some_and(is_separator)
}

/// `From `, a sender and a time: a sentence that begins with “From ” has no
/// time of day. Thunderbird writes nothing behind it by now.
fn is_separator(line: &[u8]) -> bool {
    line.starts_with(b"From ") && (line.windows(5).any(is_time) || line.trim_ascii() == b"From")
}

/// Whether Thunderbird wrote that separator: without a sender.
fn is_mozilla(separator: &[u8]) -> bool {
    let rest = separator.strip_prefix(b"From ").unwrap_or_default();
    rest.trim_ascii().is_empty() || rest.starts_with(b"- ")
}

fn is_time(text: &[u8]) -> bool {
    let [a, b, b':', c, d] = text else {
        return false;
    };
    [a, b, c, d].iter().all(|digit| digit.is_ascii_digit())
}

/// The line without one level of quoting.
fn unquoted(line: &[u8]) -> &[u8] {
    match line.strip_prefix(b">") {
        Some(rest) if is_quoted(rest) => rest,
        _ => line,
    }
}

/// Whether a line is `From ` behind any number of `>`.
fn is_quoted(line: &[u8]) -> bool {
    let marks = line.iter().take_while(|byte| **byte == b'>').count();
    line.get(marks..)
        .is_some_and(|rest| rest.starts_with(b"From "))
}

/// When a message arrived, from its separator: `From sender Tue Nov 21
/// 10:00:00 2026`, in UTC, some with a zone in front of the year.
fn arrival(separator: &[u8]) -> Option<DateTime<FixedOffset>> {
    let text = std::str::from_utf8(separator).ok()?;
    let words: Vec<&str> = text.split_whitespace().skip(2).collect();
    let [_, month, day, time, rest @ ..] = words.as_slice() else {
        return None;
    };
    let year = rest
        .iter()
        .find(|word| word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit()))?;
    let time = if time.len() == 5 {
        format!("{time}:00")
    } else {
        (*time).to_owned()
    };
    let text = format!("{day} {month} {year} {time}");
    let time = NaiveDateTime::parse_from_str(&text, "%d %b %Y %H:%M:%S").ok()?;
    Some(time.and_utc().fixed_offset())
}

/// Writes an mbox.
pub(crate) struct MboxWriter<W> {
    output: W,
}

impl<W: Write> MboxWriter<W> {
    /// Writes into an empty file.
    pub(crate) fn new(output: W) -> Self {
        Self { output }
    }

    /// Appends a message. One that does not end with a line end gets one: the
    /// format knows no other.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn add(&mut self, raw: &[u8], arrived: DateTime<Utc>) -> io::Result<()> {
        let date = arrived.format("%a %b %e %H:%M:%S %Y");
        writeln!(self.output, "From MAILER-DAEMON {date}")?;
        let raw = with_lf(raw);
        for line in raw.split_inclusive(|byte| *byte == b'\n') {
            if is_quoted(line) {
                self.output.write_all(b">")?;
            }
            self.output.write_all(line)?;
        }
        if !raw.ends_with(b"\n") {
            self.output.write_all(b"\n")?;
        }
        self.output.write_all(b"\n")
    }

    /// Ends the file.
    ///
    /// # Errors
    /// When the disk is full.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        self.output.flush()?;
        Ok(self.output)
    }
}
