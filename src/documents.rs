//! The text of attached documents: PDF, and what word processors, spreadsheets
//! and presentations write (Office Open XML, OpenDocument).
//!
//! Reading them takes large programs, and who sends them may be anybody: all of
//! this runs in a confined child ([`crate::sandbox`]), a new one after each
//! that failed. What a file is, its bytes decide, not its name.

mod office;
mod pdf;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::sandbox::{self, Kind};

/// The child that reads documents.
pub(crate) const KIND: Kind = Kind {
    name: "documents",
    time: Duration::from_secs(5),
    memory: 256 << 20,
    question: 32 << 20,
    answer: (1 << 20) + 1024,
    background: true,
    threads: false,
    folders: &[],
};

/// How much text is taken of a document, in bytes.
pub(crate) const TEXT_MAX: usize = 1 << 20;

/// After this nothing new is begun: what was read until then is better than
/// nothing, which is what the end of [`Kind::time`] leaves.
const ENOUGH: Duration = Duration::from_secs(3);

/// Why a document has no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("it is protected by a password")]
    Locked,
    #[error("it is damaged")]
    Damaged,
    #[error("it is no document of a known kind")]
    Unknown,
}

/// What the child answers; the text comes along as bytes.
pub(crate) type Answer = Result<(), Unreadable>;

/// Reads documents as a confined child.
pub(crate) fn serve() -> ExitCode {
    sandbox::serve(&KIND, || {
        |(): (), bytes: Vec<u8>| match text(bytes) {
            Ok(text) => (Ok(()), text.into_bytes()),
            Err(why) => (Answer::Err(why), Vec::new()),
        }
    })
}

/// The text of a document, as much of it as there is room and time for.
pub(crate) fn text(bytes: Vec<u8>) -> Result<String, Unreadable> {
    let mut text = Text::new(TEXT_MAX, ENOUGH);
    if bytes.starts_with(b"PK\x03\x04") {
        office::read(&bytes, &mut text)?;
    } else if bytes.starts_with(LOCKED_OFFICE) {
        return Err(Unreadable::Locked);
    } else if pdf::is_pdf(&bytes) {
        pdf::read(bytes, &mut text)?;
    } else {
        return Err(Unreadable::Unknown);
    }
    Ok(text.words)
}

/// How an Office file begins that is protected by a password: it is put into
/// the container of older ones (MS-OFFCRYPTO 1.3.2).
const LOCKED_OFFICE: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// Text that grows until it is enough.
struct Text {
    words: String,
    most: usize,
    until: Instant,
}

impl Text {
    fn new(most: usize, time: Duration) -> Self {
        Self {
            words: String::new(),
            most,
            until: Instant::now() + time,
        }
    }

    /// Whether there is no room or no time for more.
    fn is_enough(&self) -> bool {
        self.words.len() >= self.most || Instant::now() >= self.until
    }

    /// Adds text as far as there is room.
    fn add(&mut self, text: &str) {
        let room = self.most.saturating_sub(self.words.len());
        let end = text.floor_char_boundary(room);
        self.words.push_str(text.get(..end).unwrap_or_default());
    }

    /// Keeps what follows apart from what came before, by that white space.
    fn part(&mut self, space: char) {
        let last = self.words.chars().next_back();
        if last.is_some_and(|last| !last.is_whitespace()) && self.words.len() < self.most {
            self.words.push(space);
        }
    }
}

#[cfg(test)]
mod tests;
