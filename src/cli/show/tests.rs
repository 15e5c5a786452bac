use chrono::DateTime;
use serde_json::json;
use waxwing::model::{Attachment, Doubt, MessageId, PartId, TextSource};

use super::*;

fn email() -> Email {
    Email {
        message_id: Some(MessageId("a@x.test".to_owned())),
        in_reply_to: Vec::new(),
        references: Vec::new(),
        subject: "Hello".to_owned(),
        from: vec![Address::new("Jo", "jo@x.test")],
        sender: None,
        reply_to: Vec::new(),
        to: vec![Address::new("", "me@x.test")],
        cc: Vec::new(),
        bcc: Vec::new(),
        date: DateTime::parse_from_rfc3339("2026-11-21T10:00:00+01:00").ok(),
        headers: vec![
            ("Received".to_owned(), "one".to_owned()),
            ("Received".to_owned(), "two".to_owned()),
            ("Subject".to_owned(), "Hello".to_owned()),
        ],
        text: "Hi\u{1b}]0;title\u{7}\n".to_owned(),
        text_source: TextSource::Plain,
        html: Some("<!DOCTYPE html><p onclick=x>Hi<script>1</script>".to_owned()),
        attachments: vec![Attachment {
            part: PartId(2),
            name: "a.pdf".to_owned(),
            content_type: "application/pdf".to_owned(),
            size: 10,
            here: true,
            content_id: None,
            inline: false,
            danger: None,
        }],
        enclosed: waxwing::model::Enclosed::default(),
    }
}

fn notes() -> SenderNotes {
    let doubt = Doubt {
        kind: DoubtKind::NameHoldsAddress,
        message: "The name lies.".to_owned(),
        why: String::new(),
        advice: String::new(),
    };
    SenderNotes {
        doubts: vec![doubt],
        ..SenderNotes::default()
    }
}

#[test]
fn signatures_are_told_where_they_were_checked() {
    let signature = CheckedSignature {
        verdict: SignatureVerdict::InPart,
        domain: "x.test".to_owned(),
        is_authors: true,
        message: "Signed in part.".to_owned(),
    };
    let checked = SenderNotes {
        signatures: Some(SignatureCheck {
            signatures: vec![signature],
        }),
        ..notes()
    };
    assert!(whole(&email(), &checked).contains("Signed:  Signed in part.\n"));
    let line = EmailLine::new(&Target::Id(PlacementId(7)), email(), vec![], checked);
    let told = serde_json::to_value(line).unwrap();
    let expected = json!([{"domain": "x.test", "verdict": "in-part", "authors": true,
                           "message": "Signed in part."}]);
    assert_eq!(told["signatures"], expected);
}

#[test]
fn a_message_has_the_fields_that_scripts_rely_on() {
    let attachment = AttachmentFields {
        part: 2,
        name: "a.pdf".to_owned(),
        content_type: "application/pdf".to_owned(),
        size: 10,
        sha256: Some("00".to_owned()),
        danger: None,
    };
    let target = Target::Id(PlacementId(7));
    let line = EmailLine::new(&target, email(), vec![attachment], notes());
    assert_eq!(
        serde_json::to_value(line).unwrap(),
        json!({
            "id": "7", "message_id": "a@x.test", "subject": "Hello",
            "from": [{"name": "Jo", "address": "jo@x.test"}],
            "to": [{"name": "", "address": "me@x.test"}], "cc": [],
            "date": "2026-11-21T10:00:00+01:00",
            "headers": {"Received": "one\ntwo", "Subject": "Hello"},
            "text": "Hi\u{1b}]0;title\u{7}\n", "html": "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><style>\n</style></head>\
                     <body><p>Hi</p></body></html>",
            "attachments": [{"part": 2, "name": "a.pdf", "type": "application/pdf",
                             "size": 10, "sha256": "00"}],
            "doubts": [{"kind": "name-holds-address", "message": "The name lies."}],
        })
    );
}

#[test]
fn people_see_a_header_the_files_and_harmless_text() {
    let shown = whole(&email(), &notes());
    assert!(shown.starts_with("From:    Jo <jo@x.test>\nTo:      me@x.test\n"));
    assert!(shown.contains("File:    a.pdf (10 B)\n"));
    assert!(shown.ends_with("\n\nHi␛]0;title␇\n"), "{shown:?}");
    assert_eq!(
        fields(&email()),
        "Received: one\nReceived: two\nSubject: Hello\n"
    );
}
