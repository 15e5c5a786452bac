//! Lines, literals, tags.

use super::super::server::Then;
use super::Want::{Fails, Fine, Notice};
use super::{BODIES, FLAGS, HEADERS, Row, at, before, once, replace, row};
use crate::ErrorKind::{Offline, Protocol};

#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "BYE instead of a greeting",
            false,
            Fails(Offline, "Maintenance"),
            || {
                at("", |answers, _| {
                    *answers = vec![bye()];
                    Then::HangUp
                })
            },
        ),
        row(
            "BYE in the middle of the folder list",
            true,
            Fails(Offline, "Maintenance"),
            || {
                at("LIST", |answers, _| {
                    answers.truncate(1);
                    answers.push(bye());
                    Then::HangUp
                })
            },
        ),
        row(
            "BYE in the middle of fetching",
            true,
            Fails(Offline, "Maintenance"),
            || {
                once(BODIES, |answers, _| {
                    answers.truncate(1);
                    answers.push(bye());
                    Then::HangUp
                })
            },
        ),
        row(
            "BYE when changes are told",
            true,
            Fails(Offline, "Maintenance"),
            || {
                once("UID STORE", |answers, _| {
                    *answers = vec![bye()];
                    Then::HangUp
                })
            },
        ),
        row("a literal longer than what comes", false, Fine, || {
            once(BODIES, |answers, _| {
                grow(&mut answers[0], 5);
                Then::GoOn
            })
        }),
        row(
            "a literal shorter than what comes",
            false,
            Fails(Protocol, "IMAP"),
            || {
                once(BODIES, |answers, _| {
                    grow(&mut answers[0], -5);
                    Then::GoOn
                })
            },
        ),
        row(
            "a literal of 4 GiB",
            false,
            Fails(Protocol, "too long"),
            || replace(BODIES, "BODY[] {", "BODY[] {4294967296}\r\n{"),
        ),
        row(
            "a literal of a negative length",
            false,
            Fails(Protocol, "IMAP"),
            || replace(BODIES, "BODY[] {", "BODY[] {-"),
        ),
        row(
            "a literal length beyond all numbers",
            false,
            Fails(Protocol, "too long"),
            || replace(BODIES, "BODY[] {", "BODY[] {999999999999999999999999"),
        ),
        row(
            "a line that does not end",
            false,
            Fails(Protocol, "too long"),
            || {
                once("LIST", |answers, _| {
                    answers.insert(0, [b"* LIST (", vec![b'x'; 17 << 20].as_slice()].concat());
                    Then::GoOn
                })
            },
        ),
        row("100,000 remarks nobody asked for", false, Fine, || {
            once(FLAGS, |answers, _| {
                answers.insert(0, b"* OK still here\r\n".repeat(100_000));
                Then::GoOn
            })
        }),
        row(
            "parentheses 10,000 deep",
            false,
            Fails(Protocol, "nested"),
            || {
                once(HEADERS, |answers, _| {
                    answers.insert(
                        0,
                        [
                            b"* 1 FETCH (BODY ".to_vec(),
                            vec![b'('; 10_000],
                            b"\r\n".to_vec(),
                        ]
                        .concat(),
                    );
                    Then::GoOn
                })
            },
        ),
        row(
            "the OK of another command",
            false,
            Fails(Protocol, "makes no sense"),
            || before("LIST", b"W999 OK done\r\n"),
        ),
        row(
            "an answer before its command",
            false,
            Fails(Protocol, "makes no sense"),
            || {
                at("", |answers, _| {
                    answers.push(b"W99 OK done\r\n".to_vec());
                    Then::GoOn
                })
            },
        ),
        row("the OK before the data", true, Fine, || {
            once("CHANGEDSINCE", |answers, _| {
                answers.rotate_right(1);
                Then::GoOn
            })
        }),
        row(
            "the OK before all that was asked for",
            false,
            Notice("did not give 7"),
            || {
                once(FLAGS, |answers, _| {
                    answers.rotate_right(1);
                    Then::GoOn
                })
            },
        ),
        row(
            "a request for more, when there is no more",
            false,
            Fails(Protocol, "asks for more"),
            || before("SELECT", b"+ go on\r\n"),
        ),
        row("answers of a protocol of its own", false, Fine, || {
            before("LIST", b"* X-WEATHER (\"rain\" 12)\r\n* 7 BLAH\r\n* \r\n")
        }),
        row("no capabilities at all", false, Fine, || {
            at("CAPABILITY", |answers, _| {
                answers[0] = b"* CAPABILITY\r\n".to_vec();
                Then::GoOn
            })
        }),
    ]
}

fn bye() -> Vec<u8> {
    b"* BYE Maintenance\r\n".to_vec()
}

/// Changes the length a literal is announced with.
fn grow(answer: &mut Vec<u8>, by: i64) {
    let text = String::from_utf8_lossy(answer).into_owned();
    let (head, rest) = text.split_once("BODY[] {").unwrap();
    let (length, rest) = rest.split_once('}').unwrap();
    let length = length.parse::<i64>().unwrap() + by;
    *answer = format!("{head}BODY[] {{{length}}}{rest}").into_bytes();
}
