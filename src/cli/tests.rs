use chrono::DateTime;
use clap::{CommandFactory, Parser};
use serde_json::{Value, json};
use waxwing::engine::Attempt;
use waxwing::model::{
    AccountId, Address, EmailId, Envelope, Flag, Flags, FolderId, MessageId, OutboxId, OutboxItem,
    PlacementId, Recipient, SendState, Stored, ThreadId, Uid,
};

use super::output::{EnvelopeLine, ErrorLine, OutboxLine, SyncLine, TotalLine};
use super::*;

pub(super) fn envelope(id: i64) -> Envelope {
    Envelope {
        id: PlacementId(id),
        email: EmailId(id),
        account: AccountId(1),
        folder: FolderId(1),
        uid: Uid::new(42),
        message_id: Some(MessageId("a@x.test".to_owned())),
        date: DateTime::parse_from_rfc3339("2026-11-21T10:00:00+01:00").unwrap(),
        from: vec![Address::new("Jo Doe", "jo@x.test")],
        to: vec![Address::new("", "a@x.test"), Address::new("", "b@x.test")],
        subject: "Hello \u{1b}[31mred".to_owned(),
        flags: [Flag::Seen, Flag::Flagged].into_iter().collect::<Flags>(),
        keywords: vec!["work".to_owned()],
        size: 1234,
        attachments: 2,
        snippet: "Hi".to_owned(),
        thread: ThreadId(5),
        sha256: Some([0xab; 32]),
        stored: Stored::Full,
        uidl: None,
        on_server: None,
    }
}

pub(super) fn outbox_item(id: i64, state: SendState) -> OutboxItem {
    let recipient = |address: &str, code, text: &str| Recipient {
        address: address.to_owned(),
        code,
        text: text.to_owned(),
    };
    OutboxItem {
        id: OutboxId(id),
        account: AccountId(1),
        message_id: MessageId("m@x.test".to_owned()),
        subject: "Hello".to_owned(),
        recipients: vec![
            recipient("a@x.test", Some(250), "OK"),
            recipient("b@x.test", Some(550), "No such user"),
            recipient("c@x.test", None, ""),
        ],
        state,
        attempts: 1,
        last_error: None,
        next_attempt: None,
    }
}

fn value(line: &impl serde::Serialize) -> Value {
    serde_json::to_value(line).unwrap()
}

#[test]
fn a_row_has_the_fields_that_scripts_rely_on() {
    assert_eq!(
        value(&EnvelopeLine::new(&envelope(7), "INBOX")),
        json!({
            "id": "7", "folder": "INBOX", "uid": 42, "uidl": null, "message_id": "a@x.test",
            "date": "2026-11-21T10:00:00+01:00", "from": "Jo Doe <jo@x.test>",
            "to": "a@x.test, b@x.test", "subject": "Hello \u{1b}[31mred",
            "flags": ["\\Seen", "\\Flagged", "work"], "size": 1234, "attachments": 2,
            "snippet": "Hi", "thread": "5", "sha256": "ab".repeat(32), "stored": "full", "on_server": null,
        })
    );
    let headers = Envelope {
        sha256: None,
        stored: Stored::Headers,
        ..envelope(7)
    };
    let line = value(&EnvelopeLine::new(&headers, "INBOX"));
    assert_eq!(
        (&line["sha256"], &line["stored"]),
        (&Value::Null, &json!("headers"))
    );
}

#[test]
fn a_sent_message_names_who_was_refused_and_why() {
    assert_eq!(
        value(&OutboxLine::new(&outbox_item(3, SendState::Sent))),
        json!({
            "id": "3", "message_id": "m@x.test", "state": "sent", "attempts": 1,
            "last_error": null, "next_attempt": null, "accepted": ["a@x.test"],
            "rejected": [{"address": "b@x.test", "code": 550, "text": "No such user"}],
        })
    );
}

#[test]
fn only_what_was_sent_is_a_success() {
    let outcome = |state, error| {
        let mut item = outbox_item(1, state);
        if state != SendState::Sent {
            item.recipients.retain(|recipient| !recipient.is_accepted());
        }
        send::outcome(&Attempt { item, error })
    };
    assert!(outcome(SendState::Sent, None).is_ok());
    // Who repeats a command that failed must not send it twice to those who
    // have it.
    let item = outbox_item(1, SendState::Waiting);
    assert!(send::outcome(&Attempt { item, error: None }).is_ok());
    for state in [SendState::Waiting, SendState::Failed, SendState::Uncertain] {
        let error = outcome(state, None).unwrap_err();
        assert!(error.remedy().is_some(), "{state:?}");
    }
    let why = Error::new(ErrorKind::Auth, "No.")
        .server_said("535")
        .hint("Mend.");
    let error = outcome(SendState::Waiting, Some(why)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.words_of_server(), Some("535"));
    let remedy = error.remedy().unwrap();
    assert!(
        remedy.starts_with("Mend. It stays in the outbox"),
        "{remedy}"
    );
}

#[test]
fn a_pass_tells_each_folder_and_then_the_total() {
    let line = SyncLine {
        account: "Home".to_owned(),
        folder: "INBOX".to_owned(),
        new: 3,
        changed: 2,
        removed: 1,
        bytes: 2048,
        seconds: 0.5,
        notices: vec!["one\u{1b}".to_owned()],
    };
    assert_eq!(
        value(&line),
        json!({
            "account": "Home", "folder": "INBOX", "new": 3, "changed": 2, "removed": 1,
            "bytes": 2048, "seconds": 0.5, "notices": ["one\u{1b}"],
        })
    );
    assert!(!line.text().contains('\u{1b}'));
    let total = value(&TotalLine::default());
    assert_eq!(total["total"]["new"], json!(0));
}

#[test]
fn an_error_has_its_four_fields() {
    let error = Error::new(ErrorKind::Auth, "No.")
        .server_said("Go away")
        .hint("Try.");
    assert_eq!(
        value(&ErrorLine::new(&error)),
        json!({"error": {
            "kind": "auth", "message": "No.", "server_said": "Go away", "hint": "Try.",
        }})
    );
}

#[test]
fn text_for_people_moves_no_cursor() {
    let line = EnvelopeLine::text(&envelope(7));
    assert!(line.contains("Hello ␛[31mred"), "{line}");
    assert_eq!(
        text::clean("a\r\nb\u{9b}c\u{202e}d\t"),
        "a\nb\u{fffd}c\u{fffd}d\t"
    );
    assert_eq!(text::cell("abcdef", 4), "abc…");
    assert_eq!(text::cell("a\nb", 4), "a b ");
    assert_eq!(text::name("abcdef", 4), "abcdef");
    assert_eq!(text::name("a\nb", 4), "a b ");
    assert_eq!(text::size(1_250_000), "1.2 MB");
}

#[test]
fn the_command_line_is_sound() {
    Cli::command().debug_assert();
    for (line, is_right) in [
        ("waxwing", true),
        ("waxwing --json list INBOX --limit 3", true),
        (
            "waxwing list INBOX --json --profile /p --secrets file",
            true,
        ),
        ("waxwing move 1 2 3 Archive/2026", true),
        ("waxwing move 1", false),
        ("waxwing mark 1 2 --read --star", true),
        ("waxwing mark 1 2", false),
        ("waxwing mark 1 --read --unread", false),
        ("waxwing mark 1 --tag work --tag later --untag old", true),
        ("waxwing mark 1 --tag Müll", false),
        ("waxwing mark 1 --junk --not-junk", false),
        ("waxwing copy 1 2 Archive", true),
        ("waxwing folder create Work/Letters --account Home", true),
        ("waxwing folder rename Work Play", true),
        ("waxwing folder rename Work", false),
        ("waxwing folder delete Work --permanently", true),
        ("waxwing folder unsubscribe Work", true),
        ("waxwing show 1 --raw --text", false),
        ("waxwing show one", false),
        ("waxwing show one.eml --charset koi8-r", true),
        ("waxwing show 1 --charset nonsense", false),
        ("waxwing letter.eml", true),
        ("waxwing lsit", false),
        ("waxwing outbox", true),
        ("waxwing outbox retry", true),
        ("waxwing outbox cancel", false),
        ("waxwing send - --queue-only", true),
        ("waxwing account check Home -vv", true),
    ] {
        let parsed = Cli::try_parse_from(line.split(' '));
        assert_eq!(parsed.is_ok(), is_right, "{line}");
    }
}

#[test]
fn only_jobs_that_sign_in_need_the_passphrase() {
    for (line, needs) in [
        ("waxwing list INBOX", Needs::Store),
        ("waxwing outbox", Needs::Store),
        ("waxwing outbox retry", Needs::Secrets),
        ("waxwing send - --queue-only", Needs::Store),
        ("waxwing send -", Needs::Secrets),
        ("waxwing account remove Home", Needs::Secrets),
        ("waxwing sync", Needs::Secrets),
        ("waxwing sync --watch", Needs::Everything),
    ] {
        let command = Cli::parse_from(line.split(' ')).command.unwrap();
        assert_eq!(command.needs(), needs, "{line}");
    }
}
