//! A small reader for the answers this program reads itself (RFC 9051, 9):
//! atoms, strings and lists. The answers were framed before, so every literal
//! is whole and no list nests deeper than the framer allows.

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// An atom, a number, NIL, a flag: a word without quotes.
    Word(String),
    /// A quoted string or a literal.
    Text(Vec<u8>),
    /// A list in parentheses.
    List(Vec<Token>),
}

impl Token {
    /// The word, or the string as text.
    pub(super) fn text(&self) -> Option<String> {
        match self {
            Self::Word(word) => Some(word.clone()),
            Self::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            Self::List(_) => None,
        }
    }

    /// Whether it is this word; case does not count.
    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }

    /// The number it is.
    pub(super) fn number(&self) -> Option<u64> {
        match self {
            Self::Word(word) => word.parse().ok(),
            _ => None,
        }
    }

    /// The bytes, if it is a string.
    pub(super) fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Text(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The elements, if it is a list.
    pub(super) fn list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }
}

/// Reads the tokens of an answer after its `* `. Stops at the first thing that
/// is none; what was read until there counts.
pub(super) fn read(answer: &[u8]) -> Vec<Token> {
    read_far(answer).0
}

/// As [`read`], but none unless the answer was read to its end and every list
/// in it is closed.
pub(super) fn read_whole(answer: &[u8]) -> Option<Vec<Token>> {
    let (items, whole) = read_far(answer);
    whole.then_some(items)
}

/// The tokens, and whether they are all there is.
fn read_far(answer: &[u8]) -> (Vec<Token>, bool) {
    let mut reader = Reader {
        rest: answer.strip_prefix(b"* ").unwrap_or(answer),
    };
    let mut open: Vec<Vec<Token>> = Vec::new();
    let mut items = Vec::new();
    while let Some(piece) = reader.piece() {
        match piece {
            Piece::Token(token) => items.push(token),
            Piece::Open => open.push(std::mem::take(&mut items)),
            Piece::Close => {
                let Some(outer) = open.pop() else {
                    return (items, false);
                };
                let inner = std::mem::replace(&mut items, outer);
                items.push(Token::List(inner));
            }
        }
    }
    let whole = open.is_empty() && reader.rest.trim_ascii().is_empty();
    // An unclosed list counts as far as it goes.
    while let Some(outer) = open.pop() {
        let inner = std::mem::replace(&mut items, outer);
        items.push(Token::List(inner));
    }
    (items, whole)
}

enum Piece {
    Token(Token),
    Open,
    Close,
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl Reader<'_> {
    fn piece(&mut self) -> Option<Piece> {
        while let Some((b' ', rest)) = self.rest.split_first() {
            self.rest = rest;
        }
        let (&first, rest) = self.rest.split_first()?;
        match first {
            b'(' => {
                self.rest = rest;
                Some(Piece::Open)
            }
            b')' => {
                self.rest = rest;
                Some(Piece::Close)
            }
            b'"' => {
                self.rest = rest;
                self.quoted()
            }
            b'{' => self.literal(),
            b'\r' | b'\n' => None,
            _ => self.word(),
        }
    }

    fn quoted(&mut self) -> Option<Piece> {
        let mut bytes = Vec::new();
        let mut escaped = false;
        for (at, &byte) in self.rest.iter().enumerate() {
            match byte {
                b'\\' if !escaped => escaped = true,
                b'"' if !escaped => {
                    self.rest = self.rest.get(at + 1..)?;
                    return Some(Piece::Token(Token::Text(bytes)));
                }
                _ => {
                    escaped = false;
                    bytes.push(byte);
                }
            }
        }
        None
    }

    fn literal(&mut self) -> Option<Piece> {
        let end = self.rest.iter().position(|&byte| byte == b'\n')?;
        let mut line = self.rest.get(..end)?.strip_suffix(b"\r")?.to_vec();
        let length = usize::try_from(super::repair::literal_at_end(&mut line)?).ok()?;
        let (bytes, rest) = self.rest.get(end + 1..)?.split_at_checked(length)?;
        self.rest = rest;
        Some(Piece::Token(Token::Text(bytes.to_vec())))
    }

    fn word(&mut self) -> Option<Piece> {
        let end = self
            .rest
            .iter()
            .position(|byte| matches!(byte, b' ' | b'(' | b')' | b'"' | b'\r' | b'\n'))
            .unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest;
        Some(Piece::Token(Token::Word(
            String::from_utf8_lossy(word).into_owned(),
        )))
    }
}
