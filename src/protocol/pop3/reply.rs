//! The first line of an answer: yes, no, or more wanted.

use super::error::{Code, Fault, Refusal};

/// How much of what a server says is kept, in octets.
const SAID_MAX: usize = 512;

/// What the first line of an answer says (RFC 1939, 3; RFC 5034, 4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reply {
    /// `+OK`, and the words after it.
    Ok(String),
    /// `-ERR`.
    No(Refusal),
    /// `+` and a challenge: the server wants to hear more.
    More {
        /// Whether there is nothing after the `+`.
        empty: bool,
    },
}

impl Reply {
    /// Reads a line without its end. `+OK` and `-ERR` may be written in any
    /// case and stand alone.
    pub(super) fn read(line: &[u8]) -> Result<Self, Fault> {
        if let Some(rest) = after(line, b"+OK") {
            return Ok(Self::Ok(words(rest)));
        }
        if let Some(rest) = after(line, b"-ERR") {
            return Ok(Self::No(refusal(&words(rest))));
        }
        if line == b"+" || line.starts_with(b"+ ") {
            let empty = line.trim_ascii() == b"+";
            return Ok(Self::More { empty });
        }
        Err(Fault::NotPop3 { said: words(line) })
    }
}

/// What follows the word the line starts with.
fn after<'l>(line: &'l [u8], word: &[u8]) -> Option<&'l [u8]> {
    let (start, rest) = line.split_at_checked(word.len())?;
    let ends = rest
        .first()
        .is_none_or(|next| !next.is_ascii_alphanumeric());
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

fn words(bytes: &[u8]) -> String {
    let bytes = bytes.get(..SAID_MAX).unwrap_or(bytes);
    String::from_utf8_lossy(bytes).trim().to_owned()
}

/// Parts the response code from the words (RFC 2449, 8). A code nobody knows
/// stays with them.
fn refusal(text: &str) -> Refusal {
    let coded = text
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
        .and_then(|(name, said)| Some((Code::read(name)?, said)));
    match coded {
        Some((code, said)) => Refusal {
            code: Some(code),
            said: said.trim().to_owned(),
        },
        None => Refusal {
            code: None,
            said: text.to_owned(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yes_and_no_are_read_in_any_case_and_alone() {
        for (line, words) in [
            ("+OK", ""),
            ("+ok", ""),
            ("+Ok  2 320 ", "2 320"),
            ("+OK\tx", "x"),
            ("+OK, go on", ", go on"),
        ] {
            let read = Reply::read(line.as_bytes()).unwrap();
            assert_eq!(read, Reply::Ok(words.to_owned()), "{line}");
        }
        for (line, code, said) in [
            ("-ERR", None, ""),
            ("-err no", None, "no"),
            ("-ERR [IN-USE] locked", Some(Code::InUse), "locked"),
            ("-ERR [in-use]", Some(Code::InUse), ""),
            ("-ERR [LOGIN-DELAY] wait", Some(Code::LoginDelay), "wait"),
            ("-ERR [SYS/TEMP] x", Some(Code::SysTemp), "x"),
            ("-ERR [SYS/TEMP/DISK] x", Some(Code::SysTemp), "x"),
            ("-ERR [SYS/PERM] x", Some(Code::SysPerm), "x"),
            ("-ERR [AUTH] x", Some(Code::Auth), "x"),
            ("-ERR [UTF8] x", Some(Code::Utf8), "x"),
            ("-ERR [X-ODD] x", None, "[X-ODD] x"),
            ("-ERR [AUTH x", None, "[AUTH x"),
            ("-ERR [AUTHOR] x", None, "[AUTHOR] x"),
        ] {
            let read = Reply::read(line.as_bytes()).unwrap();
            let said = said.to_owned();
            assert_eq!(read, Reply::No(Refusal { code, said }), "{line}");
        }
        for (line, empty) in [("+", true), ("+ ", true), ("+ dGVzdA==", false)] {
            let read = Reply::read(line.as_bytes()).unwrap();
            assert_eq!(read, Reply::More { empty });
        }
    }

    #[test]
    fn anything_else_is_not_pop3() {
        for line in [
            &b""[..],
            b"OK",
            b"+OKAY",
            b"-ERROR",
            b"* OK IMAP4rev1 ready",
            b"220 smtp ready",
            b"HTTP/1.1 400 Bad Request",
            b"\x15\x03\x01\x00\x02\x02",
            b"\0\xff",
        ] {
            let read = Reply::read(line);
            assert!(matches!(read, Err(Fault::NotPop3 { .. })), "{line:?}");
        }
    }
}
