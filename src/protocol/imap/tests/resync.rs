//! Opening a folder with what is known of it (RFC 7162).

use super::super::{ChangedFlags, Known};
use super::dovecot::Mailbox;
use super::{connection, uids};
use crate::model::{Flag, Flags, ModSeq, Uid, UidValidity};

fn known(validity: u32, modseq: u64) -> Known {
    Known {
        uid_validity: UidValidity::new(validity).unwrap(),
        modseq: ModSeq(modseq),
    }
}

/// A connection on which QRESYNC is on.
fn resyncing(script: &str) -> super::super::ImapConn {
    let mut conn = connection(script, "QRESYNC ENABLE");
    conn.enabled.insert("QRESYNC".to_owned());
    conn
}

const SELECT: &str = "C: W1 SELECT \"INBOX\" (QRESYNC (7 900))\n";

#[tokio::test]
async fn one_answer_brings_all_that_changed() {
    let mut conn = resyncing(&format!(
        "{SELECT}S: * 5 EXISTS\n\
         S: * VANISHED 3\n\
         S: * 1 FETCH (UID 1 FLAGS (\\Seen) MODSEQ (2))\n\
         S: * OK [CLOSED] the old one\n\
         S: * 10 EXISTS\n\
         S: * OK [UIDVALIDITY 7] VANISHED\n\
         S: * OK [UIDNEXT 550] Predicted next UID\n\
         S: * OK [HIGHESTMODSEQ 90060115205545359] high\n\
         S: * VANISHED (EARLIER) 300:310,405,411,41,43:116\n\
         S: * 9 FETCH (UID 117 FLAGS () MODSEQ (901))\n\
         S: * 9 FETCH (UID 117 FLAGS (\\Seen \\Answered Work) MODSEQ (90060115194045001))\n\
         S: * 2 FETCH ( UID 5 FLAGS () MODSEQ (902))\n\
         S: W1 OK [READ-WRITE] done\n"
    ));
    let opened = conn.select_resync("INBOX", &known(7, 900)).await.unwrap();
    assert!(opened.complete);
    assert_eq!((opened.selected.exists, conn.exists()), (10, 10));
    assert_eq!(
        opened.changes.vanished,
        [(41, 41), (43, 116), (300, 310), (405, 405), (411, 411)]
    );
    let row = |uid, flags: &[Flag], keywords: &[&str], modseq| ChangedFlags {
        uid: Uid::new(uid).unwrap(),
        flags: flags
            .iter()
            .fold(Flags::default(), |all, flag| all.with(*flag, true)),
        keywords: keywords.iter().map(ToString::to_string).collect(),
        modseq: Some(ModSeq(modseq)),
    };
    let seen = row(
        117,
        &[Flag::Seen, Flag::Answered],
        &["Work"],
        90_060_115_194_045_001,
    );
    assert_eq!(opened.changes.changed, [row(5, &[], &[], 902), seen]);
    assert!(!conn.take_changed());
}

#[tokio::test]
async fn what_cannot_be_trusted_is_not_complete() {
    const VANISHED: &str = "S: * VANISHED (EARLIER) 1:4294967295\n";
    for (why, answer) in [
        (
            "another generation",
            "S: * OK [UIDVALIDITY 8] x\nS: * OK [HIGHESTMODSEQ 901] x\n",
        ),
        (
            "no count",
            "S: * OK [UIDVALIDITY 7] x\nS: * OK [NOMODSEQ] x\n",
        ),
        (
            // As Purelymail's empty folders do.
            "a count of 0",
            "S: * OK [UIDVALIDITY 7] x\nS: * OK [HIGHESTMODSEQ 0] x\n",
        ),
        (
            "a count that ran backwards",
            "S: * OK [UIDVALIDITY 7] x\nS: * OK [HIGHESTMODSEQ 899] x\n",
        ),
    ] {
        let script = format!("{SELECT}S: * 3 EXISTS\n{answer}{VANISHED}S: W1 OK done\n");
        let mut conn = resyncing(&script);
        let opened = conn.select_resync("INBOX", &known(7, 900)).await.unwrap();
        assert!(!opened.complete, "{why}");
        assert_eq!(opened.changes, Default::default(), "{why}");
        assert_eq!(opened.selected.exists, 3, "{why}");
    }
}

#[tokio::test]
async fn a_count_where_none_was_offered_is_not_used() {
    let mut conn = connection(
        "C: W1 SELECT \"INBOX\"\n\
         S: * 3 EXISTS\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: * OK [HIGHESTMODSEQ 900] x\n\
         S: W1 OK done\n\
         C: W2 UID FETCH 1:* (UID FLAGS)\n\
         S: W2 OK done\n",
        "IMAP4rev1 XYMHIGHESTMODSEQ",
    );
    assert_eq!(conn.select("INBOX").await.unwrap().highest_modseq, None);
    let mut fetch = conn.fetch_flags(Uid::FIRST, None, None).await.unwrap();
    assert_eq!(fetch.next().await.unwrap(), None);
}

#[tokio::test]
async fn an_absurd_range_costs_nothing() {
    let set = "1:4294967295,".repeat(1000);
    let script = format!(
        "{SELECT}S: * 3 EXISTS\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: * OK [HIGHESTMODSEQ 900] x\n\
         S: * VANISHED (EARLIER) {set}9\n\
         S: W1 OK done\n\
         C: W2 NOOP\n\
         S: * VANISHED 4294967295:1\n\
         S: W2 OK done\n"
    );
    let mut conn = resyncing(&script);
    let opened = conn.select_resync("INBOX", &known(7, 900)).await.unwrap();
    assert_eq!(opened.changes.vanished, [(1, u32::MAX)]);
    assert!(conn.noop().await.unwrap());
    assert_eq!(conn.exists(), 0);
}

#[tokio::test]
async fn only_what_was_confirmed_counts_as_on() {
    for (answer, select) in [
        ("S: * ENABLED QRESYNC\nS: W1 OK on\n", "(QRESYNC (7 900))"),
        ("S: * ENABLED\nS: W1 OK nothing\n", "(CONDSTORE)"),
        ("S: W1 NO not now\n", "(CONDSTORE)"),
    ] {
        let rest = if select == "(CONDSTORE)" {
            "C: W3 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 900)\nS: W3 OK done\n"
        } else {
            ""
        };
        let script = format!(
            "S: * PREAUTH [CAPABILITY IMAP4rev1 ENABLE QRESYNC] hi\n\
             C: W1 ENABLE QRESYNC\n{answer}\
             C: W2 SELECT \"INBOX\" {select}\n\
             S: * 3 EXISTS\n\
             S: * OK [UIDVALIDITY 7] x\n\
             S: * OK [HIGHESTMODSEQ 900] x\n\
             S: W2 OK done\n{rest}"
        );
        let mut conn = connection(&script, "");
        let password = crate::model::Password::new("p");
        super::super::connect::greet_and_sign_in(&mut conn, "u", &password)
            .await
            .unwrap();
        let opened = conn.select_resync("INBOX", &known(7, 900)).await.unwrap();
        assert_eq!(opened.complete, select.contains("QRESYNC"), "{answer}");
    }
}

#[tokio::test]
async fn vanished_counts_down_and_is_news() {
    let mut conn = resyncing(
        "C: W1 SELECT \"INBOX\" (CONDSTORE)\n\
         S: * 10 EXISTS\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: W1 OK done\n\
         C: W2 UID STORE 1 +FLAGS.SILENT (\\Seen)\n\
         S: * VANISHED 5:7,9\n\
         S: * VANISHED (EARLIER) 100:200\n\
         S: * 8 EXISTS\n\
         S: * VANISHED 2\n\
         S: W2 OK [HIGHESTMODSEQ 1] done\n",
    );
    conn.select("INBOX").await.unwrap();
    conn.store_flags(&uids([1]), &["\\Seen"], true)
        .await
        .unwrap();
    assert_eq!(conn.exists(), 7);
    assert!(conn.take_changed());
}

#[tokio::test]
async fn a_folder_without_a_count_is_not_asked_for_changes() {
    let mut conn = resyncing("");
    let error = conn.changes_since(Uid::FIRST, ModSeq(1)).await.unwrap_err();
    assert!(matches!(
        error.fault,
        super::super::error::Fault::NotOffered("QRESYNC")
    ));
}

#[tokio::test]
async fn dovecot_tells_what_changed() {
    let mut mailbox = Mailbox::new();
    let mut one = mailbox.connect().await;
    let mut two = mailbox.connect().await;
    for n in 1..=6 {
        let message = format!("Subject: {n}\r\n\r\nbody\r\n");
        one.append("INBOX", &[], None, message.as_bytes())
            .await
            .unwrap();
    }
    assert!(one.has_enabled("QRESYNC"));
    let before = one.select("INBOX").await.unwrap();
    let since = Known {
        uid_validity: before.uid_validity,
        modseq: before.highest_modseq.unwrap(),
    };
    two.select("INBOX").await.unwrap();
    two.store_flags(&uids([2]), &["\\Flagged", "Work"], true)
        .await
        .unwrap();
    two.store_flags(&uids([4, 5]), &["\\Deleted"], true)
        .await
        .unwrap();
    assert!(two.expunge(&uids([4, 5])).await.unwrap());
    assert_eq!(two.exists(), 4);
    two.append("INBOX", &[], None, b"Subject: 7\r\n\r\n")
        .await
        .unwrap();

    // The first connection hears of it while it does something else.
    one.noop().await.unwrap();
    assert_eq!(one.exists(), 5);
    let changes = one
        .changes_since(Uid::FIRST, since.modseq)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(changes.vanished, [(4, 5)]);
    // And after it was closed, in the answer to SELECT.
    let opened = one.select_resync("INBOX", &since).await.unwrap();
    assert!(opened.complete);
    assert_eq!(opened.selected.exists, 5);
    assert_eq!(opened.changes, changes);
    let changed = opened.changes.changed;
    let numbers: Vec<u32> = changed.iter().map(|row| row.uid.get()).collect();
    assert_eq!(numbers, [2, 7]);
    assert!(changed[0].flags.has(Flag::Flagged) && changed[0].keywords == ["Work"]);
    assert!(changed[0].modseq > Some(since.modseq));

    let other = Known {
        uid_validity: UidValidity::new(1).unwrap(),
        ..since
    };
    let opened = one.select_resync("INBOX", &other).await.unwrap();
    assert!(!opened.complete);
    assert_eq!(opened.selected.exists, 5);
}
