use std::sync::Arc;

use chrono::DateTime;

use crate::mime::prepare::PrepareError;
use crate::mime::{attachment_bytes, build, new_message_id, parse, prepare_raw};
use crate::model::{AccountId, Address, Draft, DraftAttachment, MessageId};

fn draft() -> Draft {
    Draft {
        account: AccountId(1),
        from: Address::new("Ada Lövelace", "ada@x.test"),
        reply_to: Vec::new(),
        to: vec![Address::new("Bob, \"B\"", "bob@y.test")],
        cc: vec![Address::new("", "c@bücher.test")],
        bcc: vec![Address::new("Secret", "hidden@z.test")],
        subject: "Grüße 👋 an alle, die diese sehr lange Betreffzeile bis zum Ende lesen mögen"
            .into(),
        body: "Hallo,\n\n.\n..dots\nFrom here\nžluťoučký\nno end".into(),
        html: None,
        attachments: vec![
            DraftAttachment {
                name: "Überaus langer Dateiname mit vielen Zeichen und Umlauten äöü ß.txt".into(),
                content_type: "text/plain".into(),
                bytes: Arc::from(&b"one\ntwo\r\nthree\0\xff"[..]),
                content_id: None,
            },
            DraftAttachment {
                name: "../x.eml".into(),
                content_type: "message/rfc822".into(),
                bytes: Arc::from(&b"Subject: x\n\ny"[..]),
                content_id: None,
            },
        ],
        in_reply_to: vec![MessageId("a@b".into())],
        references: vec![MessageId("first@b".into()), MessageId("a@b".into())],
        origin: None,
    }
}

fn now() -> DateTime<chrono::FixedOffset> {
    DateTime::parse_from_rfc3339("2026-11-21T12:00:00+01:00").unwrap()
}

#[test]
fn what_is_built_can_be_read_again() {
    let draft = draft();
    let built = build(&draft, now(), &MessageId("id@x.test".into()));
    assert!(built.raw.is_ascii());
    assert_eq!(crate::mime::normalise_crlf(&built.raw), built.raw);
    assert!(
        built
            .raw
            .split(|&b| b == b'\n')
            .all(|line| line.len() <= 998)
    );
    let text = String::from_utf8_lossy(&built.raw);
    assert!(!text.contains("Bcc") && !text.contains("hidden"));
    let email = parse(&built.raw);
    assert_eq!(email.subject, draft.subject);
    assert_eq!(email.from, std::slice::from_ref(&draft.from));
    assert_eq!(email.to, draft.to);
    assert_eq!(email.cc[0].address, "c@xn--bcher-kva.test");
    assert_eq!(email.text, format!("{}\n", draft.body));
    assert_eq!(email.date, Some(now()));
    assert_eq!(email.message_id, Some(MessageId("id@x.test".into())));
    assert_eq!(email.references, draft.references);
    assert_eq!(email.in_reply_to, draft.in_reply_to);
    for (part, given) in email.attachments.iter().zip(&draft.attachments) {
        let saved = attachment_bytes(&built.raw, part.part).unwrap();
        assert_eq!(saved.bytes[..], given.bytes[..]);
        assert_eq!(part.size, given.bytes.len() as u64);
    }
    assert_eq!(email.attachments[0].name, draft.attachments[0].name);
    assert_eq!(email.attachments[1].name, "x.eml");
    let kept = parse(&built.raw_with_bcc);
    assert_eq!(kept.bcc, draft.bcc);
}

#[test]
fn no_field_can_inject_another() {
    let evil = "x\r\nBcc: victim@z.test\r\n\r\nbody";
    let mut draft = draft();
    draft.subject = evil.into();
    draft.from = Address::new(evil, "ada@x.test");
    draft.to = vec![Address::new(evil, format!("b@x.test>{evil}"))];
    draft.in_reply_to = vec![MessageId(evil.into())];
    draft.references = vec![MessageId(evil.into())];
    draft.attachments[0].name = evil.into();
    draft.attachments[0].content_type = evil.into();
    let built = build(&draft, now(), &MessageId(evil.into()));
    let email = parse(&built.raw);
    assert!(email.bcc.is_empty());
    let names: Vec<&str> = email
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert!(
        names.iter().all(|name| !name.eq_ignore_ascii_case("bcc")),
        "{names:?}"
    );
}

#[test]
fn message_ids_do_not_name_the_machine() {
    let id = new_message_id(&Address::new("", "ada@bücher.test")).0;
    assert!(id.ends_with("@xn--bcher-kva.test"), "{id}");
    assert!(
        new_message_id(&Address::new("", "x"))
            .0
            .ends_with("@waxwing.invalid")
    );
}

#[test]
fn an_eml_is_made_ready_without_touching_its_body() {
    let raw = b"From: Ada <ada@x.test>\nTo: b@y.test, B@Y.test\nCc: Group: c@z.test;\n\
        Bcc: d@z.test,\n\te@z.test\nSubject: S\nX-Folded: a\n b\n\n.body\n \xff\n\n";
    let ready = prepare_raw(raw, now()).unwrap();
    assert_eq!(ready.mail_from, "ada@x.test");
    assert_eq!(
        ready.recipients,
        ["b@y.test", "c@z.test", "d@z.test", "e@z.test"]
    );
    assert!(ready.is_8bit);
    let text = String::from_utf8_lossy(&ready.raw).into_owned();
    assert!(
        !text.contains("Bcc") && !text.contains("d@z") && !text.contains("e@z"),
        "{text}"
    );
    assert!(text.contains("X-Folded: a\r\n b\r\n"));
    assert!(text.contains("\r\nMIME-Version: 1.0\r\n"));
    assert!(text.contains("\r\nDate: Sat, 21 Nov 2026 12:00:00 +0100\r\n"));
    assert!(text.contains(&format!("\r\nMessage-ID: <{}>\r\n", ready.message_id)));
    assert!(ready.raw.ends_with(b"\r\n\r\n.body\r\n \xff\r\n\r\n"));
}

#[test]
fn what_is_complete_stays_as_it_is() {
    let raw = b"Message-ID: <m@x.test>\r\nDate: Sat, 21 Nov 2026 12:00:00 +0100\r\n\
        MIME-Version: 1.0\r\nFrom: a@x.test\r\nTo: b@x.test\r\n\r\nbody\r\n";
    let ready = prepare_raw(raw, now()).unwrap();
    assert_eq!(ready.raw, raw);
    assert_eq!(ready.message_id.0, "m@x.test");
    assert!(!ready.is_8bit);
}

#[test]
fn what_stands_before_the_header_stays_behind() {
    let raw = b"\xef\xbb\xbf\nFrom ada Tue Mar  3 10:11:12 2026\nFrom: a@x.test\nTo: b@x.test\n\nx";
    let ready = prepare_raw(raw, now()).unwrap();
    assert!(ready.raw.starts_with(b"From: a@x.test\r\n"));
    assert_eq!(parse(raw).from[0].address, "a@x.test");
}

#[test]
fn what_cannot_be_sent_is_refused() {
    for (raw, wanted) in [
        (&b""[..], PrepareError::NoHeader),
        (b"just text", PrepareError::NoHeader),
        (b"To: b@x.test\n\nx", PrepareError::NoFrom),
        (b"From: a@x.test\n\nx", PrepareError::NoRecipient),
        (
            b"From: a@x.test\nTo: undisclosed-recipients:;\n\nx",
            PrepareError::NoRecipient,
        ),
        (b"From: a@x.test\nTo: b@x.test\n\nx\0", PrepareError::Nul),
        (
            b"From: a@x.test\nTo: nobody\n\nx",
            PrepareError::BadAddress("nobody".into()),
        ),
    ] {
        assert_eq!(prepare_raw(raw, now()), Err(wanted));
    }
}
