//! Dialogues with servers that are odd, but right.

use chrono::DateTime;

use super::super::{Ask, FolderStatus, IdleEnd};
use super::{connection, uids};
use crate::model::{Flag, FolderRole, ModSeq, Password, Uid, UidValidity};

#[tokio::test]
async fn folders_come_with_roles_and_numbers() {
    let mut conn = connection(
        "C: W1 LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE))\n\
         S: * LIST (\\HasNoChildren) \".\" INBOX\n\
         S: * STATUS INBOX (MESSAGES 3 UNSEEN 1 UIDNEXT 9 UIDVALIDITY 7 SIZE 5000000000)\n\
         S: * LIST (\\Sent) \".\" {7}\n\
         S: Out.box\n\
         S: * LIST (\\NonExistent) \".\" \"a \\\"q\\\" \\\\b\" (CHILDINFO (\"SUBSCRIBED\"))\n\
         S: * LIST (\\Marked) \".\" Entw&APw-rfe\n\
         S: * NAMESPACE ((\"\" \".\")) NIL NIL\n\
         S: W1 OK done\n",
        "LIST-EXTENDED LIST-STATUS SPECIAL-USE STATUS=SIZE",
    );
    let folders = conn.folders().await.unwrap();
    let short: Vec<_> = folders
        .iter()
        .map(|f| (f.path.as_str(), f.role, f.selectable))
        .collect();
    assert_eq!(
        short,
        [
            ("INBOX", Some(FolderRole::Inbox), true),
            ("Out/box", Some(FolderRole::Sent), true),
            ("a \"q\" \\b", None, false),
            ("Entwürfe", Some(FolderRole::Drafts), true),
        ]
    );
    assert_eq!(folders[3].raw, "Entw&APw-rfe");
    assert_eq!(
        folders[0].status,
        Some(FolderStatus {
            messages: Some(3),
            unseen: Some(1),
            uid_next: Some(9),
            uid_validity: Some(7),
            highest_modseq: None,
            size: Some(5_000_000_000),
        })
    );
}

#[tokio::test]
async fn a_refused_status_leaves_a_folder_without_numbers() {
    let mut conn = connection(
        "C: W1 LIST \"\" \"*\"\n\
         C: W2 LSUB \"\" \"*\"\n\
         S: * LIST () \"/\" INBOX\n\
         S: * LIST () \"/\" \"a\\\\b\"\n\
         S: * LSUB () \"/\" inbox\n\
         S: * LSUB (\\Noselect) \"/\" \"a\\\\b\"\n\
         S: W1 OK done\n\
         S: W2 OK done\n\
         C: W3 STATUS \"INBOX\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
         C: W4 STATUS \"a\\\\b\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
         S: * STATUS inbox (MESSAGES 1)\n\
         S: W3 OK done\n\
         S: W4 NO no such thing\n",
        "IMAP4rev1",
    );
    let folders = conn.folders().await.unwrap();
    assert_eq!(folders[0].status.unwrap().messages, Some(1));
    assert_eq!(folders[1].status, None);
    let subscribed = folders.iter().map(|folder| folder.subscribed);
    assert_eq!(subscribed.collect::<Vec<_>>(), [Some(true), Some(false)]);
}

#[tokio::test]
async fn who_does_not_tell_of_subscriptions_is_not_heard_as_telling_of_none() {
    for refusal in ["NO not here", "BAD what is that"] {
        let script = format!(
            "C: W1 LIST \"\" \"*\"\n\
             C: W2 LSUB \"\" \"*\"\n\
             S: * LIST () \"/\" INBOX\n\
             S: W1 OK done\n\
             S: W2 {refusal}\n\
             C: W3 STATUS \"INBOX\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)\n\
             S: W3 OK done\n"
        );
        let mut conn = connection(&script, "IMAP4rev1");
        let folders = conn.folders().await.unwrap();
        assert_eq!(folders[0].subscribed, None, "{refusal}");
    }
}

#[tokio::test]
async fn a_warning_does_not_disturb_select() {
    let mut conn = connection(
        "C: W1 SELECT \"INBOX\" (CONDSTORE)\n\
         S: * NO [ALERT]Füll me not\n\
         S: * FLAGS (\\Seen x)\n\
         S: * OK [PERMANENTFLAGS (\\Seen \\*)]none\n\
         S: * 172 EXISTS\n\
         S: * OK [UIDVALIDITY 3857529045]\n\
         S: * OK [UIDNEXT 4392] next\n\
         S: * OK [HIGHESTMODSEQ 715194045007] high\n\
         S: * X-NEW (1 2) what\n\
         S: W1 OK [READ-ONLY] done\n",
        "CONDSTORE",
    );
    let selected = conn.select("INBOX").await.unwrap();
    assert_eq!(selected.exists, 172);
    assert_eq!(
        selected.uid_validity,
        UidValidity::new(3_857_529_045).unwrap()
    );
    assert_eq!(selected.uid_next, Some(4392));
    assert_eq!(selected.highest_modseq, Some(ModSeq(715_194_045_007)));
    assert!(selected.read_only);
    assert!(selected.keeps("\\seen") && selected.keeps("Work"));
    assert!(!selected.keeps("\\Draft"));
}

#[tokio::test]
async fn headers_are_fetched_whatever_the_order() {
    let mut conn = connection(
        "C: W1 UID FETCH 1:2,9 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         S: * 1 FETCH (BODY[HEADER] {12}\n\
         S: Subject: a\n\
         S:  UID 1 FLAGS (\\Seen $Label1) INTERNALDATE NIL RFC822.SIZE 99)\n\
         S: * 5 EXPUNGE\n\
         S: * 2 FETCH (UID 2 FLAGS () INTERNALDATE \" 1-Feb-2026 10:00:00 +0100\" BODY[HEADER] \"\")\n\
         S: * 3 FETCH (UID 9 BODY[HEADER] NIL)\n\
         S: W1 OK done\n",
        "IMAP4rev1",
    );
    let asked = uids([9, 1, 2]);
    let mut fetch = conn.fetch_uids(&[asked], Ask::Headers).await.unwrap();
    let first = fetch.next().await.unwrap().unwrap();
    assert_eq!(first.bytes.unwrap(), b"Subject: a\r\n");
    assert_eq!((first.uid, first.size), (Uid::new(1), Some(99)));
    let (flags, keywords) = first.flags.unwrap();
    assert!(flags.has(Flag::Seen));
    assert_eq!(keywords, ["$Label1"]);
    assert_eq!(first.received, None);
    let second = fetch.next().await.unwrap().unwrap();
    assert!(second.received.is_some());
    assert_eq!(second.bytes.as_deref(), Some(&b""[..]));
    assert_eq!(fetch.next().await.unwrap().unwrap().bytes, None);
    assert!(fetch.next().await.unwrap().is_none());
    assert!(conn.is_usable() && conn.take_changed());
}

#[tokio::test]
async fn a_message_told_in_an_odd_way_is_not_lost() {
    let mut conn = connection(
        "C: W1 UID FETCH 3 (UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])\n\
         S: * 1 FETCH ( UID 3  FLAGS(\\Seen Work ) RFC822.SIZE 5000000000 BODY[] {6}\n\
         S: a: b\n\
         S: ) \n\
         S: W1 OK done\n",
        "IMAP4rev1",
    );
    let asked = uids([3]);
    let mut fetch = conn.fetch_uids(&[asked], Ask::Whole).await.unwrap();
    let message = fetch.next().await.unwrap().unwrap();
    assert_eq!(message.uid, Uid::new(3));
    assert_eq!(message.size, Some(5_000_000_000));
    assert_eq!(message.bytes.as_deref(), Some(&b"a: b\r\n"[..]));
    let (flags, keywords) = message.flags.unwrap();
    assert!(flags.has(Flag::Seen) && keywords == ["Work"]);
    assert!(fetch.next().await.unwrap().is_none());
}

#[tokio::test]
async fn searches_are_read_in_both_forms() {
    let mut conn = connection(
        "C: W1 UID SEARCH RETURN (ALL) UID 5:*\n\
         S: * ESEARCH (TAG \"W1\") UID ALL 3,7:9,12\n\
         S: W1 OK done\n\
         C: W2 UID SEARCH HEADER Message-ID \"a\\\"b@c\"\n\
         S: * SEARCH 4 2 \n\
         S: * SEARCH 2\n\
         S: W2 OK done\n",
        "ESEARCH",
    );
    let found = conn.uids(Uid::new(5).unwrap(), None).await.unwrap();
    assert_eq!(found, uids([7, 8, 9, 12]));
    let found = conn.find_message_id("a\"b@c").await.unwrap();
    assert_eq!(found, uids([2, 4]));
}

#[tokio::test]
async fn a_move_tells_the_new_uids() {
    let mut conn = connection(
        "C: W1 UID MOVE 3:5 \"Old\"\n\
         S: * OK [COPYUID 77 3:5 10,12,11] moved\n\
         S: * 3 EXPUNGE\n\
         S: W1 OK done\n",
        "MOVE UIDPLUS",
    );
    let moved = conn.move_messages(&uids([3, 4, 5]), "Old").await.unwrap();
    assert_eq!(moved.uid_validity, UidValidity::new(77));
    let new: Vec<u32> = moved.pairs.iter().map(|(_, new)| new.get()).collect();
    assert_eq!(new, [10, 12, 11]);
}

#[tokio::test]
async fn without_uidplus_a_look_at_the_marks_comes_before_all_are_expunged() {
    let mut conn = connection(
        "C: W1 UID SEARCH DELETED\n\
         S: * SEARCH 9 4\n\
         S: W1 OK done\n\
         C: W2 EXPUNGE\n\
         S: * 2 EXPUNGE\n\
         S: W2 OK done\n",
        "IMAP4rev1",
    );
    assert!(!conn.expunge(&uids([3])).await.unwrap(), "nothing is said");
    assert_eq!(conn.find_deleted().await.unwrap(), uids([4, 9]));
    conn.expunge_all_marked().await.unwrap();
}

#[tokio::test]
async fn a_renamed_or_deleted_folder_takes_its_subscription_along() {
    let mut conn = connection(
        "C: W1 RENAME \"a\" \"b\"\n\
         S: W1 OK done\n\
         C: W2 UNSUBSCRIBE \"a\"\n\
         S: W2 NO it never was\n\
         C: W3 SUBSCRIBE \"b\"\n\
         S: W3 OK done\n\
         C: W4 DELETE \"b\"\n\
         S: W4 OK done\n\
         C: W5 UNSUBSCRIBE \"b\"\n\
         S: W5 OK done\n\
         C: W6 LIST \"\" \"b\"\n\
         S: * LIST (\\Noselect) \"/\" b\n\
         S: W6 OK done\n\
         C: W7 DELETE \"c\"\n\
         S: W7 NO [CANNOT] has children\n",
        "IMAP4rev1",
    );
    conn.rename_folder("a", "b").await.unwrap();
    conn.delete_folder("b").await.unwrap();
    assert!(!conn.has_folder("b").await.unwrap(), "only its children");
    let error = conn.delete_folder("c").await.unwrap_err();
    assert_eq!(error.code(), Some("CANNOT"));
}

#[tokio::test]
async fn a_refused_copy_leaves_the_source_alone() {
    let mut conn = connection(
        "C: W1 UID COPY 3 \"Old\"\n\
         S: W1 NO [TRYCREATE] not there\n\
         C: W2 NOOP\n\
         S: W2 OK done\n",
        "UIDPLUS",
    );
    let error = conn.copy_messages(&uids([3]), "Old").await.unwrap_err();
    assert!(error.is_refusal());
    assert_eq!(error.code(), Some("TRYCREATE"));
    assert!(!conn.noop().await.unwrap());
}

#[tokio::test]
async fn append_waits_for_leave_whatever_comes_first() {
    let script = "C: W1 APPEND \"Sent\" (\\Seen) \"01-Feb-2026 10:00:00 +0100\" {4}\n\
         S: * 5 EXISTS\n\
         S: * OK still here\n\
         S: + go\n\
         C: a\n\
         C: b\n\
         S: W1 OK [APPENDUID 38505 3955] done\n";
    let mut conn = connection(script, "IMAP4rev1");
    let date = DateTime::parse_from_rfc3339("2026-02-01T10:00:00+01:00").unwrap();
    let place = conn
        .append("Sent", &["\\Seen"], Some(date), b"a\r\nb")
        .await
        .unwrap();
    assert_eq!(place, UidValidity::new(38505).zip(Uid::new(3955)));
    assert!(conn.take_changed());
}

#[tokio::test]
async fn append_needs_no_leave_with_literal_plus() {
    let script = "C: W1 APPEND \"Sent\" {1+}\n\
         C: a\n\
         S: W1 OK done\n\
         C: W2 APPEND \"Sent\" {1+}\n\
         C: a\n\
         S: W2 NO [OVERQUOTA] full\n";
    let mut conn = connection(script, "LITERAL+");
    assert_eq!(conn.append("Sent", &[], None, b"a").await.unwrap(), None);
    let error = conn.append("Sent", &[], None, b"a").await.unwrap_err();
    let error = crate::Error::from(error);
    assert_eq!(error.kind(), crate::ErrorKind::Quota);
    assert_eq!(error.words_of_server(), Some("full"));
}

#[tokio::test]
async fn append_says_which_headers_are_utf8_where_that_is_on() {
    // Of the second message only the text is beyond ASCII.
    let script = "C: W1 APPEND \"Sent\" (\\Seen) UTF8 (~{16+}\n\
         C: Subject: \u{fc}\n\
         C:\u{20}\n\
         C: a)\n\
         S: W1 OK [APPENDUID 5 3] done\n\
         C: W2 APPEND \"Sent\" {16+}\n\
         C: Subject: u\n\
         C:\u{20}\n\
         C: \u{fc}\n\
         S: W2 OK done\n";
    let mut conn = connection(script, "LITERAL+");
    conn.enabled.insert("UTF8=ACCEPT".to_owned());
    let (header, text) = ("Subject: \u{fc}\r\n\r\na", "Subject: u\r\n\r\n\u{fc}");
    let place = conn
        .append("Sent", &["\\Seen"], None, header.as_bytes())
        .await;
    assert_eq!(place.unwrap(), UidValidity::new(5).zip(Uid::new(3)));
    let place = conn.append("Sent", &[], None, text.as_bytes()).await;
    assert_eq!(place.unwrap(), None);

    // Elsewhere nobody knows that form.
    let script = "C: W1 APPEND \"Sent\" {16+}\n\
         C: Subject: \u{fc}\n\
         C:\u{20}\n\
         C: a\n\
         S: W1 OK done\n";
    let mut conn = connection(script, "LITERAL+");
    let place = conn.append("Sent", &[], None, header.as_bytes()).await;
    assert_eq!(place.unwrap(), None);
}

#[tokio::test]
async fn an_append_refused_before_the_literal_is_a_refusal() {
    let script = "C: W1 APPEND \"Sent\" {1}\n\
         S: W1 NO [TOOBIG] too big\n\
         C: W2 NOOP\n\
         S: W2 OK done\n";
    let mut conn = connection(script, "IMAP4rev1");
    let error = conn.append("Sent", &[], None, b"a").await.unwrap_err();
    assert_eq!(crate::Error::from(error).kind(), crate::ErrorKind::TooLarge);
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn idle_tells_changes_and_goes_on() {
    let script = "C: W1 IDLE\n\
         S: * OK wait\n\
         S: + idling\n\
         S: * OK Still here\n\
         S: * 8 EXISTS\n\
         C: DONE\n\
         S: * 9 EXISTS\n\
         S: W1 OK done\n\
         C: W2 IDLE\n\
         S: + idling\n\
         C: DONE\n\
         S: W2 OK done\n\
         C: W3 IDLE\n\
         S: + idling\n\
         C: DONE\n\
         S: W3 OK done\n";
    let mut conn = connection(script, "IDLE");
    let hour = std::time::Duration::from_secs(3600);
    let never = std::future::pending();
    assert_eq!(conn.idle(hour, never).await.unwrap(), IdleEnd::Changed);
    assert_eq!(conn.exists(), 9);
    let at_once = std::future::ready(());
    assert_eq!(conn.idle(hour, at_once).await.unwrap(), IdleEnd::Stopped);
    let never = std::future::pending();
    let moment = std::time::Duration::from_millis(10);
    assert_eq!(conn.idle(moment, never).await.unwrap(), IdleEnd::TimedOut);
}

#[tokio::test]
async fn idle_refused_does_not_hang() {
    let mut conn = connection("C: W1 IDLE\nS: W1 NO not now\n", "IDLE");
    let hour = std::time::Duration::from_secs(3600);
    let error = conn.idle(hour, std::future::pending()).await.unwrap_err();
    assert!(error.is_refusal());
}

#[tokio::test]
async fn signing_in_quotes_what_it_can_and_sends_the_rest_as_literals() {
    let mut conn = connection(
        "C: W1 LOGIN \"a \\\"b\\\"\" {3}\n\
         S: + go\n\
         C: \u{e9}x\n\
         S: W1 OK in\n\
         C: W2 CAPABILITY\n\
         S: * CAPABILITY IMAP4rev2\n\
         S: W2 OK done\n",
        "IMAP4rev1",
    );
    conn.sign_in("a \"b\"", &Password::new("éx")).await.unwrap();
    assert!(conn.capabilities().moves());
}

#[tokio::test]
async fn signing_in_with_plain_sends_the_secret_only_when_asked() {
    let mut conn = connection(
        "C: W1 AUTHENTICATE PLAIN\n\
         S: +\n\
         C: AHUAcA==\n\
         S: W1 OK [CAPABILITY IMAP4rev1 Idle] in\n",
        "AUTH=PLAIN",
    );
    conn.sign_in("u", &Password::new("p")).await.unwrap();
    assert!(conn.capabilities().idle());
}

#[tokio::test]
async fn capabilities_told_while_signing_in_are_not_asked_for_again() {
    let mut conn = connection(
        "C: W1 LOGIN \"u\" \"p\"\n\
         S: * CAPABILITY IMAP4rev1 IDLE X-GM-EXT-1\n\
         S: W1 OK u authenticated (Success)\n\
         C: W2 NOOP\n\
         S: W2 OK done\n",
        "IMAP4rev1",
    );
    conn.sign_in("u", &Password::new("p")).await.unwrap();
    assert!(conn.capabilities().idle());
    conn.noop().await.unwrap();
}
