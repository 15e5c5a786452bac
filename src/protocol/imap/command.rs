//! Building commands: what a person or a server named never becomes syntax.

use std::borrow::Cow;

use zeroize::Zeroize;

/// A piece of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Goes out as it is.
    Plain(Vec<u8>),
    /// A folder by its raw name: goes out after a blank, in the form this
    /// connection writes names in.
    Folder(&'a str),
    /// Goes out as a literal (RFC 9051, 4.3).
    Literal(Cow<'a, [u8]>),
}

/// A command without its tag.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Command<'a> {
    /// Its name, for errors.
    pub(super) name: &'static str,
    pub(super) pieces: Vec<Piece<'a>>,
}

impl<'a> Command<'a> {
    /// A command of this name.
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            pieces: vec![Piece::Plain(name.as_bytes().to_vec())],
        }
    }

    /// Adds a blank and words this program wrote itself.
    pub(super) fn words(mut self, words: &str) -> Self {
        debug_assert!(!words.contains(['\r', '\n']));
        self.add(b" ");
        self.add(words.as_bytes());
        self
    }

    /// Adds a blank and a string: quoted, or as a literal where quotes cannot
    /// hold it.
    pub(super) fn string(mut self, text: &'a str) -> Self {
        match quoted(text, false) {
            Some(quoted) => {
                self.add(b" ");
                self.add(quoted.as_bytes());
                self
            }
            None => self.literal(text.as_bytes()),
        }
    }

    /// Adds a blank and a folder by its raw name.
    pub(super) fn folder(mut self, raw: &'a str) -> Self {
        self.pieces.push(Piece::Folder(raw));
        self
    }

    /// Adds a blank and a literal.
    pub(super) fn literal(mut self, bytes: &'a [u8]) -> Self {
        self.add(b" ");
        self.pieces.push(Piece::Literal(Cow::Borrowed(bytes)));
        self
    }

    /// Adds a blank and a message whose header is in UTF-8 (RFC 6855, 4).
    pub(super) fn utf8_message(mut self, bytes: &'a [u8]) -> Self {
        // What becomes a `literal8` (RFC 4466) with what comes before it.
        self.add(b" UTF8 (~");
        self.pieces.push(Piece::Literal(Cow::Borrowed(bytes)));
        self.add(b")");
        self
    }

    fn add(&mut self, bytes: &[u8]) {
        if let Some(Piece::Plain(line)) = self.pieces.last_mut() {
            line.extend_from_slice(bytes);
        } else {
            self.pieces.push(Piece::Plain(bytes.to_vec()));
        }
    }
}

/// A text in quotes (RFC 9051, 4.3), where they can hold it: in `utf8` all but
/// control characters, else ASCII only.
pub(super) fn quoted(text: &str, utf8: bool) -> Option<String> {
    let fits = |c: char| !c.is_control() && (utf8 || c.is_ascii());
    if text.len() >= 1024 || !text.chars().all(fits) {
        return None;
    }
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    Some(quoted)
}

impl std::fmt::Debug for Command<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Its pieces may hold a password.
        f.debug_struct("Command").field("name", &self.name).finish()
    }
}

impl Drop for Command<'_> {
    fn drop(&mut self) {
        for piece in &mut self.pieces {
            if let Piece::Plain(line) = piece {
                line.zeroize();
            }
        }
    }
}
