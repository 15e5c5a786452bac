//! Nothing a stranger sends may panic, overrun the stack or take for ever.

use std::time::{Duration, Instant};

use crate::mime::{attachment_bytes, headers_of, parse, prepare_raw, summary};

fn swallow(raw: &[u8]) {
    let email = parse(raw);
    for part in &email.attachments {
        let saved = attachment_bytes(raw, part.part).expect("a listed part can be taken out");
        assert!(!saved.name.is_empty());
    }
    let (row, _) = summary(raw);
    assert_eq!(row.header.subject, email.subject);
    // A row counts what is packed into one file as one.
    let listed = email.attachments.iter().filter(|part| !part.inline);
    let mut seen: Vec<u32> = listed.map(|part| part.part.0 & 0xf_ffff).collect();
    seen.dedup();
    let seen = seen.len();
    assert_eq!(row.attachments as usize, seen);
    headers_of(raw);
    let _ = prepare_raw(raw, chrono::Utc::now().fixed_offset());
}

/// A small generator, so that a failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % sides.max(1)
    }
}

#[test]
fn damaged_messages_are_still_messages() {
    let corpus = super::corpus::all();
    let mut dice = Dice(20_261_121);
    const HURT: [&[u8]; 12] = [
        b"\r\n\r\n",
        b"\n",
        b"\r",
        b"\0",
        b"\xff\xfe",
        b"--",
        b"=?utf-8?B?",
        b"?=",
        b"=",
        b"\"",
        b"<",
        b"boundary=",
    ];
    for round in 0..3000 {
        let mut raw = corpus[round % corpus.len()].1.clone();
        for _ in 0..=dice.roll(4) {
            let at = dice.roll(raw.len());
            match dice.roll(4) {
                0 => raw.truncate(at),
                1 => {
                    if let Some(byte) = raw.get_mut(at) {
                        *byte = dice.roll(256) as u8;
                    }
                }
                2 => {
                    let to = (at + dice.roll(80)).min(raw.len());
                    raw.drain(at..to);
                }
                _ => {
                    let piece = HURT[dice.roll(HURT.len())];
                    raw.splice(at..at, piece.iter().copied());
                }
            }
        }
        swallow(&raw);
    }
}

#[test]
fn messages_cut_at_any_byte_are_read() {
    for (_, raw) in super::corpus::all() {
        for end in (0..raw.len()).step_by(7) {
            swallow(&raw[..end]);
        }
    }
}

fn quick(what: &str, raw: &[u8]) {
    let begun = Instant::now();
    swallow(raw);
    let limit = Duration::from_secs(20);
    assert!(begun.elapsed() < limit, "{what} took {:?}", begun.elapsed());
}

#[test]
fn deep_nesting_neither_overruns_the_stack_nor_takes_long() {
    let multipart: String = (0..20_000)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect();
    quick("multiparts", multipart.as_bytes());
    let messages = "Content-Type: message/rfc822\n\n".repeat(50_000);
    quick("messages", messages.as_bytes());
    let hidden = "Con tent-Type:\tMessage/RFC822\n\n".repeat(50_000);
    quick("hidden messages", hidden.as_bytes());
    let digests: String = (0..20_000)
        .map(|n| format!("Content-Type: multipart/digest; boundary=b{n}\n\n--b{n}\n\n"))
        .collect();
    quick("digests", digests.as_bytes());
    use base64::Engine as _;
    let inner = base64::engine::general_purpose::STANDARD.encode(&messages);
    let encoded = format!(
        "Subject: x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n{inner}\n"
    );
    quick("encoded messages", encoded.as_bytes());
}

#[test]
fn floods_are_read_in_time() {
    quick(
        "recipients",
        format!("To: {}\n\nx", "a@b.test, ".repeat(50_000)).as_bytes(),
    );
    quick(
        "fields",
        format!("{}\n\nx", "X-A: b\n".repeat(50_000)).as_bytes(),
    );
    quick(
        "words",
        format!("Subject: {}\n\nx", "=?utf-8?Q?=C3?= ".repeat(20_000)).as_bytes(),
    );
    quick(
        "one line",
        format!("Subject: x\n\n{}", "a".repeat(5_000_000)).as_bytes(),
    );
    let html = format!(
        "Content-Type: text/html\n\n{}",
        "<table><tr><td>x</td></tr></table>".repeat(20_000)
    );
    quick("tables", html.as_bytes());
    let tags = format!("Content-Type: text/html\n\n{}x", "<div>".repeat(200_000));
    quick("tags", tags.as_bytes());
    let broken = format!("Content-Type: text/html\n\n{}", "<style".repeat(100_000));
    quick("unended elements", broken.as_bytes());
}
