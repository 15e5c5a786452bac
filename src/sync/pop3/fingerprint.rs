//! What a message is recognised by when its id says nothing.

use sha2::{Digest, Sha256};

use crate::store::Hash;

/// Fields that servers keep their own notes in: they come and change while the
/// message stays.
const NOTES: [&[u8]; 9] = [
    b"status",
    b"x-status",
    b"x-uidl",
    b"x-uid",
    b"x-keywords",
    b"x-imap",
    b"x-imapbase",
    b"content-length",
    b"lines",
];

/// The lines of a header, each with its end, up to the empty line.
fn lines(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    header
        .split_inclusive(|byte| *byte == b'\n')
        .take_while(|line| !line.trim_ascii().is_empty())
}

/// The same without the server's notes.
fn lasting(header: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut in_note = false;
    lines(header).filter(move |line| {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            in_note = is_note(line);
        }
        !in_note
    })
}

fn is_note(line: &[u8]) -> bool {
    let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
    let name = name.trim_ascii_end();
    NOTES.iter().any(|note| note.eq_ignore_ascii_case(name))
}

/// The hash of the header at the start of a message, apart from the server's
/// notes and the way lines end.
pub(super) fn of_header(raw: &[u8]) -> Hash {
    let mut hash = Sha256::new();
    for line in lasting(raw) {
        hash.update(line.trim_ascii_end());
        hash.update(b"\n");
    }
    hash.finalize().into()
}

/// Whether the server keeps notes in this header.
pub(super) fn has_notes(raw: &[u8]) -> bool {
    lines(raw).any(is_note)
}

/// Whether two messages are the same but for the server's notes.
pub(super) fn are_one(one: &[u8], other: &[u8]) -> bool {
    body(one) == body(other) && lasting(one).eq(lasting(other))
}

fn body(raw: &[u8]) -> &[u8] {
    let length: usize = lines(raw).map(<[u8]>::len).sum();
    raw.get(length..).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_servers_note_in_a_header_changes_nothing() {
        let plain = b"Subject: a\r\n b\r\nFrom: x\r\n\r\nStatus: text\r\n".as_slice();
        let noted = b"STATUS : RO\r\nSubject: a\r\n b\r\nX-UIDL: 1\r\n 2\r\nFrom: x\r\n\r\n\
                      Status: text\r\n";
        let bare = b"Subject: a\n b\nFrom: x\n\n";
        assert_eq!(of_header(plain), of_header(noted));
        assert_eq!(of_header(plain), of_header(bare));
        assert!(are_one(plain, noted));
        assert!(!are_one(plain, bare));
        assert!(has_notes(noted) && !has_notes(plain));
        for other in [
            b"Subject: a\r\n c\r\nFrom: x\r\n\r\nStatus: text\r\n".as_slice(),
            b"Subject: a\r\n b\r\nFrom: x\r\n y\r\n\r\nStatus: text\r\n",
            b"Subject: a\r\n b\r\n\r\nFrom: x\r\n",
            b"",
        ] {
            assert_ne!(of_header(plain), of_header(other));
            assert!(!are_one(plain, other));
        }
        let longer = b"Subject: a\r\n b\r\nFrom: x\r\n\r\nStatus: text\r\n\r\n";
        assert!(!are_one(plain, longer));
        assert!(are_one(b"", b""));
    }
}
