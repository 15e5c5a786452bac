//! What is built here, read by Python's `email` and by mail-parser; and what
//! Python writes of it, read here again.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::DateTime;
use serde::Deserialize;

use crate::mime::{attachment_bytes, build, new_message_id, parse};
use crate::model::{AccountId, Address, Draft, DraftAttachment, MessageId};

const SCRIPT: &str = r#"
import base64, email, email.policy, json, sys
out = []
for line in sys.stdin:
    raw = base64.b64decode(line)
    m = email.message_from_bytes(raw, policy=email.policy.default)
    def people(name):
        return [[a.display_name, a.addr_spec] for a in m[name].addresses] if m[name] else []
    defects = [str(d) for part in m.walk() for d in part.defects]
    defects += [f"{n}: {d}" for n, v in m.items() for d in v.defects]
    leaves = [p for p in m.walk() if not p.is_multipart()]
    out.append({
        "subject": str(m["subject"]), "date": m["date"].datetime.isoformat(),
        "from": people("from"), "to": people("to"), "cc": people("cc"),
        "reply_to": people("reply-to"),
        "message_id": str(m["message-id"]).strip(),
        "references": str(m["references"] or "").split(),
        "in_reply_to": str(m["in-reply-to"] or "").split(),
        "names": [n.lower() for n in m.keys()],
        "shape": [p.get_content_type() for p in m.walk()],
        "leaves": [{
            "kind": p.get_content_type(), "name": p.get_filename(),
            "disposition": p.get_content_disposition(), "cid": p["content-id"],
            "format": p.get_param("format"),
            "bytes": base64.b64encode(p.get_payload(decode=True)).decode(),
        } for p in leaves],
        "defects": defects,
        "again": base64.b64encode(m.as_bytes()).decode(),
    })
json.dump(out, sys.stdout)
"#;

#[derive(Debug, Deserialize)]
struct Seen {
    subject: String,
    date: String,
    from: Vec<[String; 2]>,
    to: Vec<[String; 2]>,
    cc: Vec<[String; 2]>,
    reply_to: Vec<[String; 2]>,
    message_id: String,
    references: Vec<String>,
    in_reply_to: Vec<String>,
    names: Vec<String>,
    shape: Vec<String>,
    leaves: Vec<Leaf>,
    defects: Vec<String>,
    again: String,
}

#[derive(Debug, Deserialize)]
struct Leaf {
    kind: String,
    name: Option<String>,
    disposition: Option<String>,
    cid: Option<String>,
    format: Option<String>,
    bytes: String,
}

fn python(messages: &[Vec<u8>]) -> Vec<Seen> {
    let mut child = Command::new("python3")
        .args(["-c", SCRIPT])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 is needed: tests/run installs it");
    let mut input = child.stdin.take().unwrap();
    for message in messages {
        writeln!(input, "{}", STANDARD.encode(message)).unwrap();
    }
    drop(input);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn file(name: &str, kind: &str, bytes: &[u8], cid: Option<&str>) -> DraftAttachment {
    DraftAttachment {
        name: name.into(),
        content_type: kind.into(),
        bytes: Arc::from(bytes),
        content_id: cid.map(str::to_owned),
    }
}

fn plain() -> Draft {
    Draft {
        account: AccountId(1),
        from: Address::new("Ada", "ada@x.test"),
        reply_to: vec![],
        to: vec![Address::new("Bob", "bob@y.test")],
        cc: vec![],
        bcc: vec![Address::new("", "hidden@z.test")],
        subject: "Hello".into(),
        body: "Hi Bob,\n\nall well.\n".into(),
        html: None,
        attachments: vec![],
        in_reply_to: vec![],
        references: vec![],
        origin: None,
    }
}

const LONG: &str = "Žluťoučký kůň úpěl ďábelské ódy, 日本語の件名、そして👩‍👩‍👧‍👦 noch viel mehr Worte, \
                    die keine Zeile fasst";

/// One of each kind, with what its parts are to be.
fn drafts() -> Vec<(Draft, Vec<&'static str>)> {
    let image = file(
        "dot.png",
        "image/png",
        b"\x89PNG\r\n\x1a\n\0",
        Some("dot@x.test"),
    );
    let text = file(
        "a,b;c \"d\".txt",
        "text/plain",
        b"one\nFrom two\r\n.\n",
        None,
    );
    let long_name = file(
        &format!("{LONG}.pdf"),
        "application/pdf",
        &[0, 10, 13, 46, 255],
        None,
    );
    let html = "<p>Größe: <b>viel</b> <img src=\"cid:dot@x.test\"></p>";
    let rich = Draft {
        html: Some(html.into()),
        ..plain()
    };
    let with = |draft: &Draft, attachments: &[&DraftAttachment]| Draft {
        attachments: attachments.iter().map(|one| (*one).clone()).collect(),
        ..draft.clone()
    };
    let (mixed, both, related) = (
        "multipart/mixed",
        "multipart/alternative",
        "multipart/related",
    );
    let foreign = Draft {
        from: Address::new(LONG, "ada@bücher.test"),
        reply_to: vec![Address::new("Büro, das", "office@x.test")],
        to: (0..40)
            .map(|n| Address::new(format!("Döe, \"J\" {n}"), format!("j{n}@y.test")))
            .collect(),
        cc: vec![Address::new("a.b (c) <d>", "c@y.test")],
        subject: LONG.into(),
        body: format!("{LONG} {LONG}\n\n> {LONG}\n>> x\n From me\n-- \n{LONG}\n"),
        in_reply_to: vec![MessageId("last@y.test".into())],
        references: (0..30)
            .map(|n| MessageId(format!("{n}-{}@y.test", "r".repeat(40))))
            .collect(),
        ..plain()
    };
    vec![
        (plain(), vec!["text/plain"]),
        (foreign, vec!["text/plain"]),
        (rich.clone(), vec![both, "text/plain", "text/html"]),
        (
            with(&rich, &[&image]),
            vec![both, "text/plain", related, "text/html", "image/png"],
        ),
        (
            with(&plain(), &[&text, &long_name]),
            vec![mixed, "text/plain", "text/plain", "application/pdf"],
        ),
        (
            with(&rich, &[&image, &text]),
            vec![
                mixed,
                both,
                "text/plain",
                related,
                "text/html",
                "image/png",
                "text/plain",
            ],
        ),
    ]
}

fn pairs(list: &[Address]) -> Vec<[String; 2]> {
    let ascii = |address: &str| address.replace("bücher", "xn--bcher-kva");
    list.iter()
        .map(|one| [without_blanks(&one.name), ascii(&one.address)])
        .collect()
}

/// Python keeps the blanks between two encoded words of a name, which do not
/// count (RFC 2047, 6.2), before 3.13; those of a subject it takes out.
fn without_blanks(name: &str) -> String {
    name.replace(' ', "")
}

fn seen_pairs(list: &[[String; 2]]) -> Vec<[String; 2]> {
    list.iter()
        .map(|[name, address]| [without_blanks(name), address.clone()])
        .collect()
}

#[test]
fn pythons_email_reads_what_was_meant() {
    let now = DateTime::parse_from_rfc3339("2026-11-21T12:00:00+05:30").unwrap();
    let drafts = drafts();
    let ids: Vec<MessageId> = drafts
        .iter()
        .map(|(draft, _)| new_message_id(&draft.from))
        .collect();
    let built: Vec<Vec<u8>> = drafts
        .iter()
        .zip(&ids)
        .map(|((draft, _), id)| build(draft, now, id).raw)
        .collect();
    let seen = python(&built);
    assert_eq!(seen.len(), drafts.len());
    for ((((draft, shape), id), raw), seen) in drafts.iter().zip(&ids).zip(&built).zip(&seen) {
        assert!(seen.defects.is_empty(), "{:?}", seen.defects);
        assert_eq!(seen.subject, draft.subject);
        assert_eq!(seen.date, "2026-11-21T12:00:00+05:30");
        assert_eq!(
            seen_pairs(&seen.from),
            pairs(std::slice::from_ref(&draft.from))
        );
        assert_eq!(seen_pairs(&seen.to), pairs(&draft.to));
        assert_eq!(seen_pairs(&seen.cc), pairs(&draft.cc));
        assert_eq!(seen_pairs(&seen.reply_to), pairs(&draft.reply_to));
        assert_eq!(seen.message_id, format!("<{id}>"));
        let bracketed =
            |ids: &[MessageId]| -> Vec<String> { ids.iter().map(|id| format!("<{id}>")).collect() };
        assert_eq!(seen.references, bracketed(&draft.references));
        assert_eq!(seen.in_reply_to, bracketed(&draft.in_reply_to));
        assert!(!seen.names.contains(&"bcc".to_owned()));
        assert_eq!(&seen.shape, shape);
        leaves_are(&seen.leaves, draft);
        is_discreet(raw);
        // What Python makes of it says the same to us.
        let again = parse(&STANDARD.decode(&seen.again).unwrap());
        let own = parse(raw);
        assert_eq!(own.subject, draft.subject);
        assert_eq!(
            (&again.subject, &again.from, &again.to),
            (&own.subject, &own.from, &own.to)
        );
        assert_eq!(again.text, own.text);
        assert_eq!(again.text, draft.body);
        for (part, given) in own.attachments.iter().zip(&draft.attachments) {
            let saved = attachment_bytes(raw, part.part).unwrap();
            assert!(
                draft
                    .attachments
                    .iter()
                    .any(|one| one.bytes[..] == saved.bytes[..])
            );
            assert_eq!(part.content_id.is_some(), part.inline, "{}", given.name);
        }
        assert_eq!(own.attachments.len(), draft.attachments.len());
    }
}

/// Each part byte for byte, under its name.
fn leaves_are(leaves: &[Leaf], draft: &Draft) {
    let mut wanted: BTreeMap<&str, &DraftAttachment> = draft
        .attachments
        .iter()
        .map(|one| (one.name.as_str(), one))
        .collect();
    for leaf in leaves {
        let bytes = STANDARD.decode(&leaf.bytes).unwrap();
        let Some(name) = leaf.name.as_deref() else {
            let text = String::from_utf8(bytes).unwrap();
            assert!(!text.replace("\r\n", "").contains(['\r', '\n']), "{text:?}");
            if leaf.kind == "text/html" {
                assert_eq!(Some(text.trim_end()), draft.html.as_deref());
            } else {
                assert_eq!(leaf.format.as_deref(), Some("flowed"));
                let fits = text.lines().all(|line| line.chars().count() <= 78);
                assert!(fits, "{text}");
            }
            continue;
        };
        // Names are made safe to write, and shortened, on the way.
        let start = |name: &str| -> String {
            let letters = name.chars().filter(|c| c.is_alphanumeric());
            letters.take(3).collect()
        };
        let known = wanted.keys().copied();
        let given = known.into_iter().find(|known| start(known) == start(name));
        let given = wanted
            .remove(given.unwrap_or_else(|| panic!("{name}")))
            .unwrap();
        assert_eq!(bytes[..], given.bytes[..], "{name}");
        let inline = given.content_id.is_some();
        let disposition = if inline { "inline" } else { "attachment" };
        assert_eq!(leaf.disposition.as_deref(), Some(disposition));
        let cid = given.content_id.as_ref().map(|id| format!("<{id}>"));
        assert_eq!(leaf.cid, cid);
    }
    assert!(wanted.is_empty(), "{:?}", wanted.keys());
}

/// Nothing of this machine, and nothing a server could stumble over.
fn is_discreet(raw: &[u8]) {
    assert!(raw.is_ascii());
    let text = String::from_utf8_lossy(raw);
    assert!(!text.replace("\r\n", "").contains(['\r', '\n']));
    assert!(text.lines().all(|line| line.len() <= 998));
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = host.trim();
    assert!(
        host.len() < 4 || !text.contains(host),
        "the name of the machine"
    );
    assert!(!text.contains("127.0.0.1") && !text.contains("localhost"));
}
