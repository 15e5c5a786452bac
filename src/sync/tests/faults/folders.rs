//! Folders and their names.

use super::super::server::Then;
use super::Want::{Fails, Fine, Notice};
use super::{Row, after, at, before, only, replace, row};
use crate::ErrorKind::{Protocol, Temporary};

#[expect(clippy::too_many_lines, reason = "a table reads best in one piece")]
pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "an empty folder list",
            true,
            Fails(Temporary, "no folders"),
            || {
                at("LIST", |answers, _| {
                    answers.drain(..answers.len() - 1);
                    Then::GoOn
                })
            },
        ),
        row("a folder list without the inbox", true, Fine, || {
            at("LIST", |answers, _| {
                answers.drain(..2);
                Then::GoOn
            })
        }),
        row("a folder list that leaves a folder out", true, Fine, || {
            at("LIST", |answers, _| {
                answers.drain(2..4);
                Then::GoOn
            })
        }),
        row(
            "a refused folder list",
            true,
            Fails(Temporary, "LIST"),
            || only("LIST", "NO [UNAVAILABLE] later"),
        ),
        row("30,000 folders", true, Fails(Protocol, "folders"), || {
            at("LIST", |answers, _| {
                let more = (0..30_000)
                    .map(|n| format!("* LIST () \"/\" f{n}\r\n"))
                    .collect::<String>();
                answers.insert(0, more.into_bytes());
                Then::GoOn
            })
        }),
        row(
            "folder names that are no UTF-8",
            true,
            Notice("refused"),
            || before("LIST", b"* LIST () \"/\" \"caf\xe9 \xff\xfe\"\r\n"),
        ),
        row("folder names that climb", true, Notice("refused"), || {
            before(
                "LIST",
                b"* LIST () \"/\" \"../../../etc/passwd\"\r\n* LIST () \"/\" \"C:\\\\con\"\r\n",
            )
        }),
        row(
            "folder names with line ends",
            true,
            Notice("refused"),
            || before("LIST", b"* LIST () \"/\" {12}\r\na\r\nW2 OK \x1b[1\r\n"),
        ),
        row(
            "a folder 10,000 levels deep",
            true,
            Notice("refused"),
            || {
                at("LIST", |answers, _| {
                    answers.insert(
                        0,
                        format!("* LIST () \"/\" \"{}\"\r\n", "a/".repeat(10_000)).into_bytes(),
                    );
                    Then::GoOn
                })
            },
        ),
        row("the same folder twice in the list", true, Fine, || {
            at("LIST", |answers, _| {
                let twice = answers[..2].to_vec();
                answers.splice(0..0, twice);
                Then::GoOn
            })
        }),
        row(
            "a folder that is deleted during the pass",
            true,
            Notice("refused"),
            || {
                after("LIST", |world| {
                    world
                        .boxes
                        .retain(|own| own.name != "Trash" && own.name != "Archive");
                })
            },
        ),
        row(
            "a folder that is renamed during the pass",
            true,
            Notice("refused"),
            || {
                after("LIST", |world| {
                    world.named("Archive").name = "Old".to_owned();
                })
            },
        ),
        row(
            "a folder that may not be opened",
            true,
            Notice("not now"),
            || only("SELECT \"INBOX\"", "NO [INUSE] not now"),
        ),
        row(
            "one folder without UIDVALIDITY",
            false,
            Notice("numbered"),
            || replace("SELECT \"Archive\"", "UIDVALIDITY 8", "X 8"),
        ),
        row("UIDVALIDITY zero", false, Notice("numbered"), || {
            replace("SELECT \"Archive\"", "UIDVALIDITY 8", "UIDVALIDITY 0")
        }),
    ]
}
