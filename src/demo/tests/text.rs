//! The pieces that read and write text.

use crate::demo::mailstore::modified_utf7;
use crate::demo::message::{Part, addresses, decode_words};

#[test]
fn mailbox_names_are_written_in_modified_utf7() {
    assert_eq!(
        modified_utf7("Projects/Garden & Co"),
        "Projects/Garden &- Co"
    );
    // The example of RFC 3501, 5.1.3.
    assert_eq!(
        modified_utf7("~peter/mail/台北/日本語"),
        "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
    );
}

#[test]
fn headers_read_as_people_do() {
    assert_eq!(
        decode_words("=?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?q?_=FC?= x"),
        "Grüße ü x"
    );
    assert_eq!(decode_words("a =?broken b"), "a =?broken b");
    let found = addresses("\"a, b\" <a@x.test>, c@y.test (C), friends: d@z.test;");
    let found: Vec<_> = found
        .iter()
        .map(|m| {
            (
                m.name.as_deref().unwrap_or(""),
                format!("{}@{}", m.local, m.domain),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a, b", "a@x.test".to_owned()),
            ("C", "c@y.test".to_owned()),
            ("", "d@z.test".to_owned())
        ]
    );
}

#[test]
fn endless_nesting_is_not_followed() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    let mut part = &Part::parse(nested.as_bytes());
    let mut depth = 0;
    while let Some(message) = part.message() {
        part = message;
        depth += 1;
    }
    assert_eq!(depth, 16);
}
