//! What a server can do beyond the base: identifiers, labels, whose folders,
//! names in UTF-8, quotas.

use super::super::connect::greet_and_sign_in;
use super::super::fetch::Ask;
use super::super::namespace::Space;
use super::dovecot::Mailbox;
use super::{connection, uids};
use crate::model::{FolderRole, Password, Quota, Uid};

#[tokio::test]
async fn gmail_identifies_messages_and_labels_them() {
    let mut conn = connection(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 X-GM-EXT-1] hi\n\
         C: W1 UID FETCH 1:2 (UID FLAGS INTERNALDATE RFC822.SIZE X-GM-MSGID X-GM-THRID X-GM-LABELS BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         S: * 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 1278455344230334866 X-GM-LABELS (\\Inbox \"a \\\"q\\\"\" {7}\n\
         S: Entw\u{fc}\\\n\
         S: r Work) UID 1 BODY[HEADER] \"h\")\n\
         S: * 2 FETCH (UID 2 X-GM-MSGID 18446744073709551615 X-GM-LABELS (\"Entw&APw-rfe\") BODY[HEADER] {13}\n\
         S: X-GM-LABELS\n\
         S: )\n\
         S: W1 OK done\n\
         C: W2 UID STORE 1 +X-GM-LABELS.SILENT (\\Starred \"Entw&APw-rfe\" \"a \\\"q\\\"\")\n\
         S: W2 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    let asked = uids([1, 2]);
    let mut fetch = conn.fetch_uids(&[asked], Ask::Headers).await.unwrap();
    let first = fetch.next().await.unwrap().unwrap();
    assert_eq!(first.email_id.as_deref(), Some("1278455344230334866"));
    assert_eq!(first.thread_id.as_deref(), Some("1278455344230334865"));
    let labels = first.labels.unwrap();
    assert_eq!(labels, ["\\Inbox", "a \"q\"", "Entwür", "Work"]);
    let second = fetch.next().await.unwrap().unwrap();
    assert_eq!(second.email_id.as_deref(), Some("18446744073709551615"));
    assert_eq!(second.labels.unwrap(), ["Entwürfe"]);
    assert_eq!(second.bytes.as_deref(), Some(&b"X-GM-LABELS\r\n"[..]));
    assert!(fetch.next().await.unwrap().is_none());
    let labels = ["\\Starred", "Entwürfe", "a \"q\"", "\\no label"];
    conn.store_labels(&uids([1]), &labels, true).await.unwrap();
}

#[tokio::test]
async fn identifiers_of_messages_and_folders_are_read() {
    let mut conn = connection(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 OBJECTID] hi\n\
         C: W1 LIST \"\" \"*\"\n\
         C: W2 LSUB \"\" \"*\"\n\
         S: * LIST () \"/\" Work\n\
         S: W1 OK done\n\
         S: W2 OK done\n\
         C: W3 STATUS \"Work\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY MAILBOXID)\n\
         S: * STATUS Work (MESSAGES 1 MAILBOXID (F2212ea87-6097-4256-9d51-71338625))\n\
         S: W3 OK done\n\
         C: W4 UID FETCH 3 (UID FLAGS INTERNALDATE RFC822.SIZE EMAILID THREADID BODY.PEEK[HEADER.FIELDS (DATE FROM SENDER TO CC SUBJECT MESSAGE-ID IN-REPLY-TO REFERENCES CONTENT-TYPE)])\n\
         S: * 3 FETCH (UID 3 EMAILID (M6d99ac3275bb4e) THREADID NIL BODY[HEADER] \"h\")\n\
         S: W4 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    let folders = conn.folders().await.unwrap();
    let id = folders[0].folder_id.as_deref();
    assert_eq!(id, Some("F2212ea87-6097-4256-9d51-71338625"));
    let asked = uids([3]);
    let mut fetch = conn.fetch_uids(&[asked], Ask::Headers).await.unwrap();
    let message = fetch.next().await.unwrap().unwrap();
    assert_eq!(message.email_id.as_deref(), Some("M6d99ac3275bb4e"));
    assert_eq!((message.thread_id, message.uid), (None, Uid::new(3)));
    assert!(fetch.next().await.unwrap().is_none());
}

#[tokio::test]
async fn names_are_utf8_where_that_is_on_and_the_same_to_us() {
    let mut conn = connection(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 IMAP4rev2 UTF8=ACCEPT] hi\n\
         C: W1 ENABLE UTF8=ACCEPT IMAP4rev2\n\
         C: W2 NAMESPACE\n\
         S: * ENABLED IMAP4rev2 UTF8=ACCEPT\n\
         S: W1 OK on\n\
         S: * NAMESPACE ((\"\" \"/\")) ((\"B\u{fc}ro/\" \"/\")) NIL\n\
         S: W2 OK done\n\
         C: W3 SELECT \"Entw\u{fc}rfe & mehr\"\n\
         S: * 0 EXISTS\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: W3 OK done\n\
         C: W4 LIST \"\" \"*\" RETURN (SUBSCRIBED SPECIAL-USE STATUS (MESSAGES UNSEEN UIDNEXT UIDVALIDITY SIZE))\n\
         S: * LIST (\\Subscribed) \"/\" \"Entw\u{fc}rfe & mehr\"\n\
         S: * STATUS \"Entw\u{fc}rfe & mehr\" (MESSAGES 4)\n\
         S: * LIST (\\NonExistent) \"/\" \"Gone\" (\"OLDNAME\" (\"Away\"))\n\
         S: W4 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    conn.select("Entw&APw-rfe &- mehr").await.unwrap();
    let folders = conn.folders().await.unwrap();
    assert_eq!(folders[0].raw, "Entw&APw-rfe &- mehr");
    assert_eq!(folders[0].path, "Entwürfe & mehr");
    assert_eq!(folders[0].status.unwrap().messages, Some(4));
    assert_eq!(folders[0].subscribed, Some(true));
    assert!(!folders[1].selectable);
    assert_eq!(conn.namespaces.of("B&APw-ro/x"), Space::Others);
}

#[tokio::test]
async fn a_server_of_the_second_revision_only_works() {
    let mut conn = connection(
        "S: * OK [CAPABILITY IMAP4rev2 AUTH=PLAIN] hi\n\
         C: W1 AUTHENTICATE PLAIN AHUAcA==\n\
         S: W1 OK [CAPABILITY IMAP4rev2 AUTH=PLAIN] in\n\
         C: W2 NAMESPACE\n\
         S: * NAMESPACE ((\"\" \"/\")) NIL NIL\n\
         S: W2 OK done\n\
         C: W3 SELECT \"\u{e9}t\u{e9}\"\n\
         S: * 2 EXISTS\n\
         S: * LIST () \"/\" \"\u{e9}t\u{e9}\"\n\
         S: * OK [UIDVALIDITY 7] x\n\
         S: W3 OK done\n\
         C: W4 UID SEARCH RETURN (ALL) UID 1:*\n\
         S: * ESEARCH (TAG \"W4\") UID ALL 4,9\n\
         S: W4 OK done\n\
         C: W5 UID SEARCH HEADER Message-ID \"a@b\"\n\
         S: * ESEARCH (TAG \"W5\") UID ALL 9\n\
         S: W5 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    conn.select("&AOk-t&AOk-").await.unwrap();
    let found = conn.uids(Uid::FIRST, None).await.unwrap();
    assert_eq!(found, uids([4, 9]));
    assert_eq!(conn.find_message_id("a@b").await.unwrap(), uids([9]));
}

#[tokio::test]
async fn new_folders_go_where_the_server_wants_them() {
    let mut conn = connection(
        "S: * PREAUTH [CAPABILITY IMAP4rev1 NAMESPACE ID] hi\n\
         C: W1 ID (\"name\" \"Waxwing\")\n\
         C: W2 NAMESPACE\n\
         S: * ID (\"vendor\" \"x\" \"name\" \"Courier\")\n\
         S: W1 OK done\n\
         S: * NAMESPACE ((\"INBOX.\" \".\")) NIL ((\"#shared.\" \".\"))\n\
         S: W2 OK done\n\
         C: W3 NOOP\n\
         S: W3 OK done\n",
        "",
    );
    greet_and_sign_in(&mut conn, "u", &Password::new("p"))
        .await
        .unwrap();
    conn.noop().await.unwrap();
    assert_eq!(conn.server_name(), Some("Courier"));
    for (path, raw) in [
        ("Work/A", "INBOX.Work.A"),
        ("INBOX/Work", "INBOX.Work"),
        ("#shared/x", "#shared.x"),
    ] {
        assert_eq!(conn.raw_of_new(path, Some('.')), raw);
    }
}

#[tokio::test]
async fn the_tightest_quota_counts() {
    let mut conn = connection(
        "C: W1 GETQUOTAROOT \"INBOX\"\n\
         S: * QUOTAROOT INBOX \"\" \"#all\"\n\
         S: * QUOTA \"\" (MESSAGE 5 1000 STORAGE 10 512)\n\
         S: * QUOTA \"#all\" (STORAGE 200 300)\n\
         S: * QUOTA x ()\n\
         S: W1 OK done\n\
         C: W2 GETQUOTAROOT \"INBOX\"\n\
         S: * QUOTAROOT INBOX\n\
         S: W2 OK done\n",
        "QUOTA",
    );
    let quota = Quota {
        used: 204_800,
        limit: 307_200,
    };
    assert_eq!(conn.quota_root("INBOX").await.unwrap(), Some(quota));
    assert_eq!(conn.quota_root("INBOX").await.unwrap(), None);
}

#[tokio::test]
async fn dovecot_tells_subscriptions_namespaces_and_its_name() {
    let mut mailbox = Mailbox::new();
    let mut conn = mailbox.connect().await;
    conn.create_folder("Entw&APw-rfe").await.unwrap();
    let folders = conn.folders().await.unwrap();
    let drafts = folders.iter().find(|f| f.path == "Entwürfe").unwrap();
    assert_eq!(drafts.subscribed, Some(true));
    assert_eq!(drafts.role, Some(FolderRole::Drafts));
    assert_eq!(drafts.status.unwrap().messages, Some(0));
    assert!(conn.namespaces.personal().is_some());
    assert_eq!(conn.server_name(), Some("Dovecot"));
    assert_eq!(conn.quota_root("INBOX").await.unwrap(), None);
}
