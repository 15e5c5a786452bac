//! The IMAP server on the wire.

use super::{MULTIPART, Wire, server};

#[tokio::test]
async fn fetch_answers_sections_parts_and_pieces() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire
        .imap(
            "FETCH 1 (UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[HEADER.FIELDS (subject date)])",
        )
        .await;
    let size = format!("RFC822.SIZE {}", MULTIPART.len());
    for piece in [
        "* 1 FETCH (UID 1 ",
        &size,
        "INTERNALDATE \"20-Nov-2026 10:00:01 +0100\"",
        "FLAGS ($Forwarded)",
        "}\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\n\r\n)",
    ] {
        assert!(answer.contains(piece), "{piece} in {answer}");
    }
    for (section, wanted) in [
        ("1", "one\r\n.two"),
        ("2", "AAAA"),
        ("2.MIME", "Content-Type: image/png\r\n"),
        ("1]<1.3", "ne\r"),
        ("3", "BODY[3] NIL"),
        ("TEXT]<0.4", "--=x"),
    ] {
        let end = if section.contains('<') { ">" } else { "]" };
        let answer = wire
            .imap(&format!("FETCH 1 BODY.PEEK[{section}{end}"))
            .await;
        assert!(answer.contains(wanted), "{section}: {answer}");
        assert!(!answer.contains("Seen"), "{answer}");
    }
    let answer = wire.imap("FETCH 2 BODY[TEXT]").await;
    assert!(answer.contains("{7}\r\nhello\r\n)"), "{answer}");
    assert!(answer.contains("FLAGS ($Forwarded \\Seen)"), "{answer}");
}

#[tokio::test]
async fn envelope_and_structure_tell_what_is_there() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("FETCH 1 ENVELOPE").await;
    let from = "((\"Field, Robin\" NIL \"robin\" \"waxwing.test\"))";
    let wanted = format!(
        "ENVELOPE (\"Fri, 20 Nov 2026 10:00:00 +0100\" \"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\" \
         {from} {from} {from} ((NIL NIL \"wren\" \"waxwing.test\")) NIL NIL NIL \"<m1@waxwing.test>\")"
    );
    assert!(answer.contains(&wanted), "{answer}");
    let answer = wire.imap("FETCH 1 BODYSTRUCTURE").await;
    // 9 octets in 2 lines: the line end before a delimiter belongs to it.
    let wanted = "((\"TEXT\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 9 2 NIL NIL)\
        (\"image\" \"png\" NIL NIL NIL \"base64\" 4 NIL (\"attachment\" (\"filename\" \"a b.png\"))) \
        \"mixed\" (\"boundary\" \"=x\") NIL)";
    assert!(answer.contains(wanted), "{answer}");
}

#[tokio::test]
async fn search_finds_by_what_was_asked() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    for (criteria, found) in [
        ("ALL", " 1 2"),
        ("NOT SUBJECT plain", " 1"),
        ("OR FROM robin BODY hello", " 1 2"),
        ("SINCE 20-Nov-2026 BEFORE 21-Nov-2026", " 1 2"),
        ("SINCE 21-Nov-2026", ""),
        ("SENTON 20-Nov-2026", " 1"),
        ("KEYWORD $Forwarded 2:*", " 2"),
        ("SEEN", ""),
        ("UID 2 UNSEEN", " 2"),
        ("HEADER Message-ID m1@", " 1"),
    ] {
        let answer = wire.imap(&format!("SEARCH {criteria}")).await;
        assert!(
            answer.starts_with(&format!("* SEARCH{found}\r\n")),
            "{criteria}: {answer}"
        );
    }
    wire.send("x SEARCH CHARSET UTF-8 SUBJECT {7+}\r\ngrüße\r\n")
        .await;
    assert!(wire.tagged().await.starts_with("* SEARCH 1\r\n"));
    let refused = wire.imap("SEARCH CHARSET KLINGON ALL").await;
    assert!(refused.starts_with("x NO [BADCHARSET"), "{refused}");
}

#[tokio::test]
async fn sessions_learn_of_each_others_changes_when_they_may() {
    let server = server().await;
    let mut one = Wire::inbox(&server).await;
    let mut other = Wire::inbox(&server).await;
    let answer = one.imap("UID STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(answer, "x OK Stored\r\n");
    let answer = one.imap("UID EXPUNGE 1:*").await;
    assert_eq!(answer, "* 1 EXPUNGE\r\nx OK Expunged\r\n");
    // The other may not be told yet and can still read what it knows.
    let answer = other.imap("FETCH 1:2 (UID RFC822.SIZE)").await;
    assert!(answer.contains("* 1 FETCH (UID 1"), "{answer}");
    assert!(!answer.contains("EXPUNGE"), "{answer}");
    assert_eq!(
        other.imap("NOOP").await,
        "* 1 EXPUNGE\r\nx OK Nothing done\r\n"
    );
    let answer = one.imap("STORE 1 FLAGS (\\Flagged $Junk)").await;
    assert!(
        answer.starts_with("* 1 FETCH (UID 2 FLAGS ($Junk \\Flagged))"),
        "{answer}"
    );
    let answer = other.imap("NOOP").await;
    assert!(
        answer.starts_with("* 1 FETCH (UID 2 FLAGS ($Junk \\Flagged))"),
        "{answer}"
    );
    assert_eq!(one.imap("DELETE INBOX").await.get(..4), Some("x NO"));
}

#[tokio::test]
async fn folders_are_made_renamed_listed_and_deleted() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    assert!(
        wire.imap("CREATE Projects/Garden/")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("CREATE Projects")
            .await
            .starts_with("x NO [ALREADYEXISTS]")
    );
    assert!(
        wire.imap("RENAME Projects \"Old Projects\"")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("RENAME Sent Sent/Below")
            .await
            .starts_with("x NO")
    );
    let answer = wire.imap("LIST \"\" %").await;
    assert!(
        answer.starts_with("* LIST (\\HasNoChildren) \"/\" INBOX\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("* LIST (\\HasChildren) \"/\" \"Old Projects\"\r\n"),
        "{answer}"
    );
    assert!(!answer.contains("Garden"), "{answer}");
    let answer = wire
        .imap("LIST \"\" *Garden RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))")
        .await;
    assert!(
        answer.ends_with(
            "* STATUS \"Old Projects/Garden\" (MESSAGES 0 UNSEEN 0)\r\nx OK That is all\r\n"
        ),
        "{answer}"
    );
    assert!(wire.imap("UNSUBSCRIBE Junk").await.starts_with("x OK"));
    assert!(!wire.imap("LSUB \"\" *").await.contains("Junk"));
    assert!(
        wire.imap("DELETE \"Old Projects/Garden\"")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("SELECT \"Old Projects/Garden\"")
            .await
            .starts_with("x NO [NONEXISTENT]")
    );
    assert!(wire.imap("CHECK").await.starts_with("x BAD"));
}

#[tokio::test]
async fn literals_come_asked_and_unasked_and_too_large() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    wire.send("x APPEND Drafts (\\Draft) {4+}\r\na: b\r\n")
        .await;
    assert!(wire.tagged().await.starts_with("x OK [APPENDUID "));
    assert!(wire.ask("x APPEND Nowhere {4}").await.starts_with("+ "));
    assert!(wire.ask("a: b").await.starts_with("x NO [TRYCREATE]"));
    assert!(
        wire.ask("x APPEND Drafts {99999999}")
            .await
            .starts_with("x NO [TOOBIG]")
    );
    // A literal behind something unknown is not taken for commands.
    wire.send("x FROB {8+}\r\nx LOGOUT\r\n").await;
    assert!(wire.tagged().await.starts_with("x BAD"));
    let answer = wire.imap("STATUS Drafts (MESSAGES)").await;
    assert!(
        answer.starts_with("* STATUS Drafts (MESSAGES 1)"),
        "{answer}"
    );
}

#[tokio::test]
async fn copies_and_moves_tell_where_they_went() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("COPY 1:2 Archive").await;
    let code = answer.strip_prefix("x OK [COPYUID ").unwrap();
    assert!(code.ends_with(" 1:2 1:2] Copied\r\n"), "{answer}");
    let answer = wire.imap("UID MOVE 2 Archive").await;
    assert!(answer.starts_with("* OK [COPYUID "), "{answer}");
    assert!(
        answer.ends_with(" 2 3] Moved\r\n* 2 EXPUNGE\r\nx OK Moved\r\n"),
        "{answer}"
    );
    assert_eq!(wire.imap("UID COPY 7 Archive").await, "x OK Copied\r\n");
    assert!(
        wire.imap("COPY 1 Nowhere")
            .await
            .starts_with("x NO [TRYCREATE]")
    );
    assert!(
        wire.imap("STATUS Archive (MESSAGES UIDNEXT)")
            .await
            .contains("(MESSAGES 3 UIDNEXT 4)")
    );
}

#[tokio::test]
async fn an_examined_mailbox_stays_as_it_is() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("EXAMINE INBOX").await;
    for piece in [
        "* 2 EXISTS\r\n",
        "[UNSEEN 1]",
        "[PERMANENTFLAGS ()]",
        "x OK [READ-ONLY]",
    ] {
        assert!(answer.contains(piece), "{piece} in {answer}");
    }
    for command in ["STORE 1 +FLAGS (\\Deleted)", "EXPUNGE", "MOVE 1 Trash"] {
        assert!(wire.imap(command).await.starts_with("x NO"), "{command}");
    }
    assert!(!wire.imap("FETCH 1 (FLAGS BODY[])").await.contains("Seen"));
    assert_eq!(wire.imap("CLOSE").await, "x OK Closed\r\n");
    assert!(
        wire.imap("STATUS INBOX (MESSAGES UNSEEN)")
            .await
            .contains("(MESSAGES 2 UNSEEN 2)")
    );
}

#[tokio::test]
async fn an_idle_session_hears_of_all_that_others_do() {
    let server = server().await;
    let mut idle = Wire::inbox(&server).await;
    let mut other = Wire::inbox(&server).await;
    assert!(idle.ask("x IDLE").await.starts_with("+ "));
    other.imap("STORE 2 +FLAGS.SILENT (\\Seen)").await;
    assert_eq!(
        idle.line().await,
        "* 2 FETCH (UID 2 FLAGS ($Forwarded \\Seen))\r\n"
    );
    other.imap("MOVE 1 Trash").await;
    assert_eq!(idle.line().await, "* 1 EXPUNGE\r\n");
    other.send("x APPEND INBOX {4+}\r\na: b\r\n").await;
    assert_eq!(idle.line().await, "* 2 EXISTS\r\n");
    assert_eq!(idle.ask("DONE").await, "x OK Idled\r\n");
    // A deleted mailbox empties.
    other.imap("CREATE Gone").await;
    other.imap("COPY 1 Gone").await;
    idle.imap("SELECT Gone").await;
    assert!(idle.ask("x IDLE").await.starts_with("+ "));
    other.imap("DELETE Gone").await;
    assert_eq!(idle.line().await, "* 1 EXPUNGE\r\n");
    assert!(idle.ask("what?").await.starts_with("x BAD"));
}

#[tokio::test]
async fn many_clients_at_once_each_get_all() {
    let server = server().await;
    let clients = (0..40).map(|_| async {
        let mut wire = Wire::inbox(&server).await;
        for _ in 0..5 {
            wire.send("x APPEND INBOX {4+}\r\na: b\r\n").await;
            assert!(wire.tagged().await.contains("x OK [APPENDUID"));
        }
        wire
    });
    for mut wire in futures::future::join_all(clients).await {
        wire.imap("NOOP").await;
        let answer = wire.imap("UID SEARCH ALL").await;
        let uids: Vec<u32> = answer
            .lines()
            .find_map(|line| line.strip_prefix("* SEARCH "))
            .unwrap()
            .split(' ')
            .map(|uid| uid.parse().unwrap())
            .collect();
        assert_eq!(uids, (1..=202).collect::<Vec<_>>());
    }
}
