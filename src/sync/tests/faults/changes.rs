//! What was done here and is told.

use super::super::server::{Mail, Then};
use super::Want::{Fails, Fine, Notice};
use super::{Fault, Row, once, only, replace, row};
use crate::ErrorKind::Offline;

pub(super) fn rows() -> Vec<Row> {
    vec![
        row("a change refused", true, Notice("taken back"), || {
            only("UID STORE", "NO no")
        }),
        row(
            "a change refused for now",
            true,
            Notice("tried again"),
            || only("UID STORE", "NO [UNAVAILABLE] later"),
        ),
        row(
            "a change not understood",
            true,
            Fails(Offline, "lost"),
            || only("UID STORE", "BAD what"),
        ),
        row("a move refused", true, Notice("tried again"), || {
            only("UID MOVE", "NO [LIMIT] no")
        }),
        row(
            "a move refused, the mailbox being full",
            true,
            Notice("is back"),
            || only("UID MOVE", "NO [OVERQUOTA] full"),
        ),
        row(
            "a move to a UID that is another message's",
            true,
            Fine,
            || replace("UID MOVE", "COPYUID 8 6 3", "COPYUID 8 6 1"),
        ),
        row("a move to UIDs that nobody can hold", true, Fine, || {
            replace(
                "UID MOVE",
                "COPYUID 8 6 3",
                "COPYUID 8 1:4294967295 1:4294967295",
            )
        }),
        row("a move without the new UIDs", true, Fine, || {
            replace("UID MOVE", "COPYUID 8 6 3", "X")
        }),
        row(
            "an upload refused, the mailbox being full",
            true,
            Notice("it stays here"),
            || refused_upload("NO [OVERQUOTA] full"),
        ),
        row(
            "an upload refused for now",
            true,
            Notice("tried again"),
            || refused_upload("NO [UNAVAILABLE] later"),
        ),
        row(
            "an upload not understood",
            true,
            Fails(Offline, "lost"),
            || refused_upload("BAD what"),
        ),
        row(
            "an upload under a UID that is another message's",
            true,
            Fine,
            || replace("APPEND", "APPENDUID 8 4", "APPENDUID 8 1"),
        ),
        row("an upload of another generation", true, Fine, || {
            replace("APPEND", "APPENDUID 8", "APPENDUID 99")
        }),
        row("a move that was none", true, Fine, || {
            once("UID MOVE", |answers, world| {
                // Everything is as it was, whatever was said.
                let mail = world.named("Archive").mails.pop().unwrap();
                let inbox = &mut world.named("INBOX").mails;
                let at = inbox.iter().position(|own| own.uid > 6).unwrap();
                inbox.insert(at, Mail { uid: 6, ..mail });
                answers.drain(..answers.len() - 1);
                Then::GoOn
            })
        }),
    ]
}

fn refused_upload(verdict: &'static str) -> Fault {
    let mut refuse = only("APPEND", verdict);
    Box::new(move |command, answers, world| {
        if command.starts_with("APPEND") {
            world.named("Archive").mails.pop();
        }
        refuse(command, answers, world)
    })
}
