//! Who sent a message, leaving its list, telling that it was read: by the
//! commands, against the real servers.

use super::bed::{User, bed};
use super::fetching::{id, list, mail, sync, with_account};
use super::profile::Profile;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A profile with one message in its inbox, and the message's id.
fn with_message(me: &User, header: &str) -> (Profile, String) {
    let bed = bed();
    bed.deliver(me, &mail("News", header));
    let profile = with_account(bed, me);
    sync(&profile);
    let id = id(&list(&profile, "INBOX")[0]);
    (profile, id)
}

#[test]
fn a_list_is_left_by_a_message_to_it() {
    let bed = bed();
    let (me, owner) = (bed.fresh_user(), bed.fresh_user());
    let header = format!(
        "List-Unsubscribe: <mailto:{}?subject=leave%20birds&body=please&cc={}>,\
         <https://birds.test/leave>\r\n",
        owner.address, me.address
    );
    let (profile, id) = with_message(&me, &header);
    let left = profile.run(&["unsubscribe", &id]).objects();
    assert_eq!(left[0]["result"], "asked");
    assert_eq!(left[0]["with"], owner.address);
    let asked = text(&bed.wait_for_messages(&owner, "INBOX", 1)[0]);
    assert!(asked.contains("Subject: leave birds\r\n"), "{asked}");
    assert!(asked.contains(&format!("<{}>", me.address)), "{asked}");
    assert!(asked.contains("\r\n\r\nplease"), "{asked}");
    // Whom else a list wants to hear of it is not its to say.
    assert!(!asked.to_lowercase().contains("\ncc:"), "{asked}");
}

#[test]
fn a_page_is_named_and_nothing_else_is_done() {
    let me = bed().fresh_user();
    let page = "https://birds.test/leave?who=1";
    let (profile, id) = with_message(&me, &format!("List-Unsubscribe: <{page}>\r\n"));
    let left = profile.run(&["unsubscribe", &id]).objects();
    assert_eq!(left[0]["result"], "page");
    assert_eq!(left[0]["with"], page);
    assert!(profile.run(&["outbox"]).objects().is_empty());
}

#[test]
fn a_receipt_comes_from_nobody_and_only_once() {
    let bed = bed();
    let (me, ada) = (bed.fresh_user(), bed.fresh_user());
    let header = format!("Disposition-Notification-To: <{}>\r\n", ada.address);
    let (profile, id) = with_message(&me, &header);
    // Neither reading nor a pass tells anybody.
    profile.run(&["show", &id]).objects();
    sync(&profile);
    assert!(profile.run(&["outbox"]).objects().is_empty());
    assert!(bed.raw_messages(&ada, "INBOX").is_empty());
    let sent = profile.run(&["receipt", &id]).objects();
    assert_eq!(sent[0]["result"], "sent");
    assert_eq!(sent[0]["with"], ada.address);
    let receipt = text(&bed.wait_for_messages(&ada, "INBOX", 1)[0]);
    for piece in [
        "Return-Path: <>\r\n",
        "multipart/report",
        "message/disposition-notification",
        "Original-Message-ID: <News@example.test>\r\n",
        "Disposition: manual-action/MDN-sent-manually; displayed\r\n",
    ] {
        assert!(receipt.contains(piece), "{piece} in {receipt}");
    }
    // Other programs know, and no letter was written.
    sync(&profile);
    let query = ["fetch", "-u", &me.address, "flags", "mailbox", "INBOX"];
    let flags = bed.doveadm(&query);
    assert!(flags.contains("$MDNSent"), "{flags}");
    assert!(list(&profile, "Sent").is_empty());
    let folders = bed.raw_messages(&me, "Sent");
    assert!(folders.is_empty());
}

#[test]
fn whoever_is_refused_a_receipt_hears_nothing() {
    let bed = bed();
    let (me, ada) = (bed.fresh_user(), bed.fresh_user());
    let header = format!("Disposition-Notification-To: <{}>\r\n", ada.address);
    let (profile, id) = with_message(&me, &header);
    let refused = profile.run(&["receipt", &id, "--refuse"]).objects();
    assert_eq!(refused[0]["result"], "refused");
    sync(&profile);
    assert!(profile.run(&["outbox"]).objects().is_empty());
    assert!(bed.raw_messages(&ada, "INBOX").is_empty());
    let query = ["fetch", "-u", &me.address, "flags", "mailbox", "INBOX"];
    assert!(bed.doveadm(&query).contains("$MDNSent"));
}

#[test]
fn who_asks_for_nothing_gets_nothing() {
    let (profile, id) = with_message(&bed().fresh_user(), "");
    for command in ["unsubscribe", "receipt"] {
        assert_eq!(profile.run(&[command, &id]).error_kind(), "input");
    }
    assert!(profile.run(&["outbox"]).objects().is_empty());
}

#[test]
fn what_the_own_server_found_out_is_told() {
    // As the server wrote it, and as the sender would like it.
    let found = |by: &str, verdict: &str| {
        format!("Authentication-Results: {by}; dmarc={verdict} header.from=example.test\r\n")
    };
    for (header, doubted) in [
        (found("localhost", "fail"), true),
        (found("localhost", "pass"), false),
        (found("mx.elsewhere.test", "fail"), false),
    ] {
        let (profile, id) = with_message(&bed().fresh_user(), &header);
        let shown = profile.run(&["show", &id]).objects();
        let doubts = shown[0]["doubts"].as_array().unwrap();
        let told = doubts.iter().any(|doubt| doubt["kind"] == "not-authentic");
        assert_eq!(told, doubted, "{header} {doubts:?}");
        // Nobody knows the sender.
        assert!(doubts.iter().any(|doubt| doubt["kind"] == "first-time"));
    }
}
