//! Line ends as the wire wants them.

use std::borrow::Cow;

/// The same bytes with every line end as CRLF (RFC 5321, 2.3.8): a bare LF
/// and a bare CR each become one. Borrowed where nothing had to change.
///
/// A bare LF is how mail is smuggled past a server's idea of where a message
/// ends, so nothing goes out without having passed here.
pub(crate) fn normalise_crlf(bytes: &[u8]) -> Cow<'_, [u8]> {
    if is_crlf(bytes) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 32 + 16);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                out.extend_from_slice(b"\r\n");
                rest.next_if_eq(&b'\n');
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            other => out.push(other),
        }
    }
    Cow::Owned(out)
}

fn is_crlf(bytes: &[u8]) -> bool {
    let mut after_cr = false;
    for &byte in bytes {
        if (byte == b'\n') != after_cr {
            return false;
        }
        after_cr = byte == b'\r';
    }
    !after_cr
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_becomes_crlf() {
        for (given, wanted) in [
            ("", ""),
            ("a", "a"),
            ("a\nb", "a\r\nb"),
            ("a\rb", "a\r\nb"),
            ("a\r\nb\r\n", "a\r\nb\r\n"),
            ("a\r\r\nb", "a\r\n\r\nb"),
            ("a\n\rb", "a\r\n\r\nb"),
            ("a\r", "a\r\n"),
        ] {
            let out = normalise_crlf(given.as_bytes());
            assert_eq!(out.as_ref(), wanted.as_bytes(), "{given:?}");
            assert!(matches!(normalise_crlf(&out), Cow::Borrowed(_)));
        }
    }
}
