//! UIDs and counts.

use super::Want::{Fine, Notice};
use super::{FLAGS, Row, after, before, replace, row};

pub(super) fn rows() -> Vec<Row> {
    vec![
        row(
            "UIDVALIDITY changes between list and opening",
            true,
            Fine,
            || after("LIST", |world| world.named("INBOX").renumber()),
        ),
        row(
            "UIDVALIDITY changes between two openings",
            false,
            Notice("renumbered"),
            || {
                // The folder is opened again for its messages after all others.
                after("SELECT \"Archive\"", |world| {
                    world.named("INBOX").renumber();
                })
            },
        ),
        row("UIDVALIDITY changes while changes wait", true, Fine, || {
            after("CAPABILITY", |world| world.named("INBOX").renumber())
        }),
        row("UIDNEXT goes back", true, Fine, || {
            replace("", "UIDNEXT 11", "UIDNEXT 2")
        }),
        row("no UIDNEXT", true, Fine, || {
            replace("", "UIDNEXT", "NEXTUID")
        }),
        row("negative and absurd numbers in STATUS", true, Fine, || {
            replace(
                "LIST",
                "MESSAGES",
                "MESSAGES -1 UIDNEXT 99999999999999999999 SIZE -7 X",
            )
        }),
        row(
            "four thousand million messages",
            false,
            Notice("listed 7 of 4294967295"),
            || replace("SELECT \"INBOX\"", "7 EXISTS", "4294967295 EXISTS"),
        ),
        row(
            "a negative number of messages",
            false,
            Notice("numbered"),
            || replace("SELECT \"INBOX\"", "7 EXISTS", "-7 EXISTS"),
        ),
        row("EXISTS goes down without a word", false, Fine, || {
            before(FLAGS, b"* 2 EXISTS\r\n")
        }),
        row("change counters go back", true, Fine, || {
            after("CAPABILITY", |world| {
                for own in &mut world.boxes {
                    own.modseq = 1;
                    own.mails.iter_mut().for_each(|mail| mail.modseq = 1);
                }
            })
        }),
        row("a change counter beyond all numbers", true, Fine, || {
            replace("", "HIGHESTMODSEQ ", "HIGHESTMODSEQ 9999999999999999999")
        }),
    ]
}
