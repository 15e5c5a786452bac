//! Mail as other programs keep it in files: mbox, folders of `.eml` files,
//! Maildir. Reads and writes files; knows neither store nor servers.

mod bundle;
mod find;
mod maildir;
mod mbox;
mod status;
#[cfg(test)]
mod tests;

use std::path::Path;

use chrono::{DateTime, FixedOffset};

use crate::model::Flags;

pub(crate) use bundle::{BundleWriter, Unfit, unpack};
pub(crate) use find::{Mailbox, find};
pub(crate) use maildir::MaildirWriter;
use mbox::MboxReader;
pub(crate) use mbox::MboxWriter;

/// A message is not larger than this, in bytes: what goes on has no end.
const BIGGEST: u64 = 256 << 20;

/// A message out of a file.
#[derive(Debug, Clone, Default)]
pub(crate) struct Entry {
    /// Which it is, for a person: a file, or a place in one.
    pub(crate) place: String,
    /// Its bytes. Where all its lines ended as on Unix, they end as in mail now
    /// (RFC 5322, 2.1).
    pub(crate) raw: Vec<u8>,
    /// What the other program noted about it.
    pub(crate) flags: Flags,
    /// Its tags.
    pub(crate) keywords: Vec<String>,
    /// When it arrived, where that was noted.
    pub(crate) received: Option<DateTime<FixedOffset>>,
}

/// A message or file that cannot be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skipped {
    /// Which it is, for a person: a file, or a place in one.
    pub(crate) place: String,
    /// Why, in words that end a sentence.
    pub(crate) why: String,
}

impl Skipped {
    fn new(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            why: why.into(),
        }
    }

    fn file(path: &Path, why: impl Into<String>) -> Self {
        Self::new(path.display().to_string(), why)
    }
}

/// What one step of reading gives.
pub(crate) type Step = Result<Entry, Skipped>;

/// A message of a file with one message.
pub(crate) fn read_file(path: &Path) -> Step {
    let read = || {
        let length = std::fs::metadata(path)?.len();
        (length <= BIGGEST).then(|| std::fs::read(path)).transpose()
    };
    let raw = match read() {
        Ok(Some(raw)) => raw,
        Ok(None) => return Err(Skipped::file(path, "is larger than 256 MB")),
        Err(error) => return Err(Skipped::file(path, format!("cannot be read: {error}"))),
    };
    if !starts_like_mail(&raw) {
        return Err(Skipped::file(path, "does not begin as a message does"));
    }
    Ok(Entry {
        place: path.display().to_string(),
        raw: with_crlf(raw),
        ..Entry::default()
    })
}

/// Whether a message may begin so: with the name of a header field (RFC 5322,
/// 2.2) before the first line ends. Some programs put a byte order mark or the
/// first line of an mbox in front.
fn starts_like_mail(raw: &[u8]) -> bool {
    let raw = raw.strip_prefix(b"\xef\xbb\xbf").unwrap_or(raw);
    let raw = if raw.starts_with(b"From ") {
        let end = memchr::memchr(b'\n', raw).map_or(raw.len(), |end| end + 1);
        raw.get(end..).unwrap_or_default()
    } else {
        raw
    };
    let line = raw.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let Some(colon) = line.iter().position(|byte| *byte == b':') else {
        return false;
    };
    let name = line.get(..colon).unwrap_or_default();
    let name = name.trim_ascii_end();
    !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

/// Line ends as mail has them, where none of them is so yet.
fn with_crlf(raw: Vec<u8>) -> Vec<u8> {
    if memchr::memchr(b'\r', &raw).is_some() {
        return raw;
    }
    let lines = memchr::memchr_iter(b'\n', &raw).count();
    let mut turned = Vec::with_capacity(raw.len() + lines);
    for line in raw.split_inclusive(|byte| *byte == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                turned.extend_from_slice(line);
                turned.extend_from_slice(b"\r\n");
            }
            None => turned.extend_from_slice(line),
        }
    }
    turned
}

/// Line ends as on Unix, where all of them are those of mail: then
/// [`with_crlf`] gives the same bytes again.
fn with_lf(raw: &[u8]) -> Vec<u8> {
    let clean = memchr::memchr_iter(b'\n', raw).all(|at| at > 0 && raw.get(at - 1) == Some(&b'\r'));
    let returns = memchr::memchr_iter(b'\r', raw).count();
    if !clean || returns != memchr::memchr_iter(b'\n', raw).count() {
        return raw.to_vec();
    }
    raw.iter().copied().filter(|byte| *byte != b'\r').collect()
}
