//! Several commands in one round trip.

use super::super::Known;
use super::super::connect::greet_and_sign_in;
use super::super::error::Fault;
use super::super::fetch::Ask;
use super::super::open::FolderAsk;
use super::dovecot::Mailbox;
use super::{all, connection, uids};
use crate::model::{ModSeq, Password, Uid, UidValidity};

fn known(modseq: u64) -> Option<Known> {
    Some(Known {
        uid_validity: UidValidity::new(7).unwrap(),
        modseq: ModSeq(modseq),
    })
}

#[tokio::test]
async fn sign_in_to_list_takes_one_round_trip_each() {
    // The server says nothing between ID and the end of LIST.
    let mut conn = connection(
        "S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] hi\n\
         C: W1 AUTHENTICATE PLAIN AHUAcA==\n\
         S: W1 OK [CAPABILITY IMAP4rev1 ID ENABLE QRESYNC LIST-EXTENDED LIST-STATUS] in\n\
         C: W2 ID (\"name\" \"Waxwing\")\n\
         C: W3 ENABLE QRESYNC\n\
         C: W4 LIST \"\" \"*\" RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ))\n\
         S: * ID NIL\n\
         S: W2 BAD never heard of it\n\
         S: * ENABLED QRESYNC\n\
         S: W3 OK on\n\
         S: * LIST () \"/\" INBOX\n\
         S: W4 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    assert!(!conn.has_enabled("QRESYNC"));
    assert_eq!(conn.folders().await.unwrap().len(), 1);
    assert!(conn.has_enabled("qresync") && conn.is_usable());
}

#[tokio::test]
async fn numbers_of_many_folders_come_together() {
    let names: Vec<String> = (0..23).map(|n| format!("f{n}")).collect();
    let mut script = "C: W1 LIST \"\" \"*\"\nC: W2 LSUB \"\" \"*\"\n".to_owned();
    for name in &names {
        script += &format!("S: * LIST () \"/\" {name}\n");
    }
    script += "S: W1 OK done\nS: W2 OK done\n";
    for window in [0..20, 20..23] {
        for n in window.clone() {
            script += &format!(
                "C: W{} STATUS \"f{n}\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n",
                n + 3
            );
        }
        for n in window {
            script += &match n {
                3 => format!("S: W{} NO [NOPERM] no\n", n + 3),
                5 => format!("S: W{} BAD what\n", n + 3),
                _ => format!(
                    "S: * STATUS f{n} (MESSAGES {n})\nS: * STATUS other (MESSAGES 1)\nS: W{} OK done\n",
                    n + 3
                ),
            };
        }
    }
    let mut conn = connection(&script, "IMAP4rev1");
    let folders = conn.folders().await.unwrap();
    assert_eq!(folders.len(), 23);
    for (n, folder) in (0..).zip(&folders) {
        let told = folder.status.map(|status| status.messages.unwrap());
        assert_eq!(told, (n != 3 && n != 5).then_some(n));
    }
    assert!(conn.is_usable());
}

#[tokio::test]
async fn a_name_that_needs_leave_waits_for_its_turn() {
    let mut conn = connection(
        "C: W1 LIST \"\" \"*\"\n\
         C: W2 LSUB \"\" \"*\"\n\
         S: * LIST () \"/\" a\n\
         S: * LIST () \"/\" \u{e9}\n\
         S: * LIST () \"/\" b\n\
         S: W1 OK done\n\
         S: W2 OK done\n\
         C: W3 STATUS \"a\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
         S: W3 OK done\n\
         C: W4 STATUS {2}\n\
         S: + go\n\
         C: \u{e9} (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
         S: * STATUS \u{e9} (MESSAGES 4)\n\
         S: W4 OK done\n\
         C: W5 STATUS \"b\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
         S: W5 OK done\n",
        "IMAP4rev1",
    );
    let folders = conn.folders().await.unwrap();
    assert_eq!(folders[1].status.unwrap().messages, Some(4));
}

#[tokio::test]
async fn the_next_group_is_asked_for_before_the_first_is_answered() {
    let mut conn = connection(
        "C: W1 UID FETCH 1 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         C: W2 UID FETCH 2 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         S: * 1 FETCH (UID 1 BODY[HEADER] \"a\")\n\
         S: W1 OK done\n\
         C: W3 UID FETCH 3 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         S: * 2 FETCH (UID 2 BODY[HEADER] \"b\")\n\
         S: W2 OK done\n\
         S: * 3 FETCH (UID 3 BODY[HEADER] \"c\")\n\
         S: W3 OK done\n\
         C: W4 NOOP\n\
         S: W4 OK done\n",
        "IMAP4rev1",
    );
    let numbers = uids([1, 2, 3]);
    let pieces: Vec<Vec<Uid>> = numbers.chunks(1).map(<[Uid]>::to_vec).collect();
    let mut fetch = conn.fetch_uids(&pieces, Ask::Headers).await.unwrap();
    for begun in [2, 3, 3] {
        assert!(fetch.next().await.unwrap().is_some());
        assert_eq!(fetch.begun(), begun);
    }
    assert!(fetch.next().await.unwrap().is_none());
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn a_refused_group_is_told_and_the_connection_goes_on() {
    const ITEMS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])";
    let mut conn = connection(
        &format!(
            "C: W1 UID FETCH 1 {ITEMS}\n\
             C: W2 UID FETCH 2 {ITEMS}\n\
             S: W1 NO [SERVERBUG] cannot\n\
             S: * 2 FETCH (UID 2 BODY[] \"b\")\n\
             S: W2 OK done\n\
             C: W3 NOOP\n\
             S: W3 OK done\n"
        ),
        "IMAP4rev1",
    );
    let numbers = uids([1, 2, 3]);
    let pieces: Vec<Vec<Uid>> = numbers.chunks(1).map(<[Uid]>::to_vec).collect();
    let error = all(conn.fetch_uids(&pieces, Ask::Whole).await)
        .await
        .unwrap_err();
    assert_eq!(error.code(), Some("SERVERBUG"));
    conn.noop().await.unwrap();
}

const HEADERS: &str = "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])";

#[tokio::test]
async fn folders_are_opened_and_their_news_fetched_in_one_go() {
    let mut conn = connection(
        &format!(
            "C: W1 SELECT \"a\" (QRESYNC (7 900))\n\
             C: W2 UID FETCH 5:6 {HEADERS}\n\
             C: W3 SELECT \"b\" (QRESYNC (7 900))\n\
             C: W4 UID FETCH 5:6 {HEADERS}\n\
             C: W5 SELECT \"c\" (CONDSTORE)\n\
             S: * 3 EXISTS\n\
             S: * OK [UIDVALIDITY 7] x\n\
             S: * OK [HIGHESTMODSEQ 901] x\n\
             S: * VANISHED (EARLIER) 1\n\
             S: W1 OK done\n\
             S: * 3 FETCH (UID 5 FLAGS () BODY[HEADER] \"h\" MODSEQ (901))\n\
             S: * 2 FETCH (UID 4 FLAGS () MODSEQ (902))\n\
             S: W2 OK done\n\
             S: * OK [CLOSED] x\n\
             S: W3 NO [NONEXISTENT] gone\n\
             S: W4 BAD no folder is open\n\
             S: * 9 EXISTS\n\
             S: * OK [UIDVALIDITY 8] x\n\
             S: W5 OK done\n\
             C: W6 NOOP\n\
             S: W6 OK done\n"
        ),
        "QRESYNC",
    );
    conn.enabled.insert("QRESYNC".to_owned());
    let new = Some((Uid::new(5).unwrap(), Uid::new(6).unwrap()));
    let ask = |raw, known, new| FolderAsk { raw, known, new };
    let asks = [
        ask("a", known(900), new),
        ask("b", known(900), new),
        ask("c", None, None),
    ];
    let found = conn.open_folders(&asks).await.unwrap();
    let a = found[0].as_ref().unwrap();
    assert!(a.resynced.complete && a.resynced.flags_complete);
    assert_eq!(a.resynced.changes.vanished, [(1, 1)]);
    let headers = a.headers.as_ref().unwrap();
    assert_eq!((headers.len(), headers[0].uid), (1, Uid::new(5)));
    assert_eq!(headers[0].bytes.as_deref(), Some(&b"h"[..]));
    let refused = found[1].as_ref().unwrap_err();
    assert_eq!(refused.code(), Some("NONEXISTENT"));
    let c = found[2].as_ref().unwrap();
    assert!(!c.resynced.flags_complete);
    assert_eq!((c.resynced.selected.exists, conn.exists()), (9, 9));
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn without_qresync_a_fetch_tells_the_flags() {
    for (end, complete) in [("OK done", true), ("BAD no counting here", false)] {
        let mut conn = connection(
            &format!(
                "C: W1 SELECT \"a\" (CONDSTORE)\n\
                 C: W2 UID FETCH 1:* (UID FLAGS MODSEQ) (CHANGEDSINCE 900)\n\
                 S: * 3 EXISTS\n\
                 S: * OK [UIDVALIDITY 7] x\n\
                 S: * OK [HIGHESTMODSEQ 901] x\n\
                 S: W1 OK done\n\
                 S: * 3 FETCH (UID 5 FLAGS (\\Seen) MODSEQ (901))\n\
                 S: W2 {end}\n"
            ),
            "CONDSTORE",
        );
        let opened = conn.select_resync("a", &known(900).unwrap()).await.unwrap();
        assert!(!opened.complete);
        assert_eq!(opened.flags_complete, complete);
        assert_eq!(opened.changes.changed.len(), usize::from(complete));
    }
}

#[tokio::test]
async fn a_line_cut_while_folders_are_opened_is_a_loss() {
    let script = "C: W1 SELECT \"a\"\n\
         C: W2 SELECT \"b\"\n\
         S: * 3 EXISTS\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: W1 OK done\n\
         S: * 3 EXISTS\n";
    let mut conn = connection(script, "IMAP4rev1");
    let ask = |raw| FolderAsk {
        raw,
        known: None,
        new: None,
    };
    let error = conn.open_folders(&[ask("a"), ask("b")]).await.unwrap_err();
    assert!(matches!(error.fault, Fault::Lost { .. }));
    assert!(!conn.is_usable());
}

#[tokio::test]
async fn dovecot_opens_many_folders_at_once() {
    let mut mailbox = Mailbox::new();
    let mut conn = mailbox.connect().await;
    let names: Vec<String> = (0..12).map(|n| format!("Folder {n}")).collect();
    for name in &names {
        conn.create_folder(name).await.unwrap();
        for n in 0..3 {
            let message = format!("Subject: {n} in {name}\r\n\r\n");
            conn.append(name, &[], None, message.as_bytes())
                .await
                .unwrap();
        }
    }
    let new = Some((Uid::new(2).unwrap(), Uid::new(400).unwrap()));
    let asks: Vec<FolderAsk<'_>> = names
        .iter()
        .map(|raw| FolderAsk {
            raw,
            known: None,
            new,
        })
        .collect();
    let found = conn.open_folders(&asks).await.unwrap();
    for (name, opened) in names.iter().zip(found) {
        let opened = opened.unwrap();
        assert_eq!(opened.resynced.selected.exists, 3);
        let headers = opened.headers.unwrap();
        assert_eq!(headers.len(), 2);
        let header = String::from_utf8(headers[1].bytes.clone().unwrap()).unwrap();
        assert_eq!(header, format!("Subject: 2 in {name}\r\n\r\n"));
    }
    assert_eq!(conn.status(&names[0]).await.unwrap().messages, Some(3));
}
