//! What FETCH tells.

use super::super::server::Then;
use super::Want::{Fails, Fine, Notice};
use super::{BODIES, FLAGS, Fault, HEADERS, Row, before, once, only, replace, row, swapped};
use crate::ErrorKind::Protocol;

#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn rows() -> Vec<Row> {
    vec![
        row("every header twice", false, Fine, || twice(HEADERS)),
        row("every message twice", false, Fine, || twice(BODIES)),
        row("every line of flags twice", false, Fine, || twice(FLAGS)),
        row("headers nobody asked for", true, Fine, || {
            before(HEADERS, b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 9 BODY[HEADER] {4}\r\na: b)\r\n* 9 FETCH (UID 4000000000 FLAGS () BODY[HEADER] {4}\r\na: b)\r\n")
        }),
        row("messages nobody asked for", true, Fine, || {
            before(BODIES, b"* 1 FETCH (UID 1 FLAGS () BODY[] {4}\r\na: b)\r\n* 9 FETCH (UID 4000000000 BODY[] {4}\r\na: b)\r\n")
        }),
        row("flags without a UID", true, Fine, || {
            before("UID FETCH", b"* 1 FETCH (FLAGS (\\Deleted))\r\n")
        }),
        row("a UID of zero", true, Fine, || {
            before("UID FETCH", b"* 1 FETCH (UID 0 FLAGS (\\Deleted))\r\n")
        }),
        row(
            "a million lines about messages that are not there",
            false,
            Fails(Protocol, "goes on"),
            || {
                once(FLAGS, |answers, _| {
                    let flood = (0..300_000)
                        .map(|n| format!("* 1 FETCH (UID {} FLAGS ())\r\n", n + 1000))
                        .collect::<String>();
                    answers.insert(0, flood.into_bytes());
                    Then::GoOn
                })
            },
        ),
        row("EXPUNGE in the middle of headers", false, Fine, || {
            expunging(HEADERS, b"* 1 EXPUNGE\r\n")
        }),
        row("EXPUNGE in the middle of messages", false, Fine, || {
            expunging(BODIES, b"* 1 EXPUNGE\r\n")
        }),
        row("VANISHED in the middle of headers", false, Fine, || {
            expunging(HEADERS, b"* VANISHED 1\r\n")
        }),
        row("EXPUNGE in the middle of flags", false, Fine, || {
            expunging(FLAGS, b"* 1 EXPUNGE\r\n")
        }),
        row(
            "a header that is NIL",
            false,
            Notice("did not give 1"),
            || nil(HEADERS, "BODY[HEADER]"),
        ),
        row("a message that is NIL", false, Fine, || {
            nil(BODIES, "BODY[]")
        }),
        row("messages left out", false, Fine, || {
            once(BODIES, |answers, _| {
                answers.drain(..3);
                Then::GoOn
            })
        }),
        row("fetching refused", false, Notice("SERVERBUG"), || {
            only(BODIES, "NO [SERVERBUG] SERVERBUG")
        }),
        row(
            "fetching not understood",
            false,
            Fails(Protocol, "did not understand"),
            || only(BODIES, "BAD what"),
        ),
        row("a size of 0", false, Fine, || {
            replace(HEADERS, "RFC822.SIZE ", "RFC822.SIZE 0 X ")
        }),
        row("a size of 4 GiB", false, Fine, || {
            replace(HEADERS, "RFC822.SIZE ", "RFC822.SIZE 4294967296 X ")
        }),
        row("a size beyond all numbers", false, Fine, || {
            replace(
                HEADERS,
                "RFC822.SIZE ",
                "RFC822.SIZE 18446744073709551615 X ",
            )
        }),
        row("a negative size", false, Fine, || {
            replace(HEADERS, "RFC822.SIZE ", "RFC822.SIZE -")
        }),
        row(
            "pieces that are the whole message",
            false,
            Fine,
            whole_for_piece,
        ),
        row("a message larger than it said", false, Fine, || {
            let small = replace(HEADERS, "RFC822.SIZE ", "RFC822.SIZE 5 X ");
            with_big(small)
        }),
        row("INTERNALDATE that is no date", false, Fine, || {
            replace(HEADERS, "01-May-2026 07:00:00", "99-Foo-0000 77:00:00")
        }),
        row("INTERNALDATE NIL", false, Fine, || {
            replace(HEADERS, "\"01-May-2026 07:00:00 +0000\"", "NIL")
        }),
        row("a year of 300,000", false, Fine, || {
            replace(HEADERS, "01-May-2026", "01-May-300000")
        }),
    ]
}

/// A message of more than one piece comes first.
fn with_big(mut fault: Fault) -> Fault {
    let mut there = false;
    Box::new(move |command, answers, world| {
        if !there {
            there = true;
            let line = "Line of a large message.\r\n";
            let big = format!("Subject: big\r\n\r\n{}", line.repeat(60_000));
            world.named("INBOX").deliver(big.as_bytes());
        }
        fault(command, answers, world)
    })
}

/// A server that does not know what a piece is, and says of a message that it
/// has to be fetched in pieces.
fn whole_for_piece() -> Fault {
    with_big(Box::new(|command, answers, world| {
        if command.contains(HEADERS) {
            for answer in answers.iter_mut() {
                *answer = swapped(answer, b"RFC822.SIZE ", b"RFC822.SIZE 99999999 X ");
            }
        }
        let words: Vec<&str> = command.split(' ').collect();
        if let ["UID", "FETCH", uid, ..] = words.as_slice()
            && command.contains("BODY.PEEK[]<")
        {
            let uid: u32 = uid.parse().unwrap();
            let mut mails = world.named("INBOX").mails.iter();
            if let Some(mail) = mails.find(|mail| mail.uid == uid && mail.bytes.len() > 1 << 20) {
                let head = format!("* 1 FETCH (UID {uid} BODY[] {{{}}}\r\n", mail.bytes.len());
                answers[0] = [head.as_bytes(), &mail.bytes, b")\r\n"].concat();
            }
        }
        Then::GoOn
    }))
}

fn twice(words: &'static str) -> Fault {
    Box::new(move |command, answers, _| {
        if command.contains(words) {
            let all = answers[..answers.len() - 1].to_vec();
            answers.splice(0..0, all);
        }
        Then::GoOn
    })
}

/// Message 1 of the inbox goes while this is answered, and is left out.
fn expunging(words: &'static str, told: &'static [u8]) -> Fault {
    once(words, move |answers, world| {
        world.named("INBOX").expunge(1);
        let is_of_1 = |answer: &Vec<u8>| answer.windows(7).any(|own| own == b"(UID 1 ");
        answers.retain(|answer| !is_of_1(answer));
        answers.insert(1, told.to_vec());
        Then::GoOn
    })
}

fn nil(words: &'static str, name: &'static str) -> Fault {
    Box::new(move |command, answers, _| {
        if command.contains(words)
            && let Some(answer) = answers
                .iter_mut()
                .find(|own| own.windows(6).any(|w| w == b"UID 1 "))
        {
            *answer = format!("* 1 FETCH (UID 1 FLAGS () {name} NIL)\r\n").into_bytes();
        }
        Then::GoOn
    })
}
