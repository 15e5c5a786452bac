mod data;
mod shapes;

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Datelike, Duration, Utc};
use mail_parser::{HeaderValue, Message, MessageParser};

use super::*;

/// Days in summer and winter and at all times of day: dates are relative.
const DAYS: [&str; 5] = [
    "2026-11-21T12:00:00Z",
    "2027-06-30T00:01:00Z",
    "2027-03-31T07:30:00Z",
    "2027-11-01T18:00:00Z",
    "2028-02-29T23:59:59Z",
];

fn on(day: &str) -> DateTime<Utc> {
    day.parse().unwrap()
}

fn today() -> Vec<SampleMessage> {
    messages(on(DAYS[0]))
}

fn parse(message: &SampleMessage) -> Message<'_> {
    MessageParser::new().parse(&message.raw).unwrap()
}

fn of(user: &str) -> Vec<SampleMessage> {
    let mut all = today();
    all.retain(|message| message.user == user);
    all
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    match value {
        HeaderValue::Text(id) => vec![id.to_string()],
        HeaderValue::TextList(ids) => ids.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

/// The message of this name: the left part of its Message-ID.
fn named(id: &str) -> SampleMessage {
    let start = format!("{id}@");
    of("wren")
        .into_iter()
        .find(|message| {
            parse(message)
                .message_id()
                .is_some_and(|found| found.starts_with(&start))
        })
        .unwrap_or_else(|| panic!("no message {id}"))
}

#[test]
fn no_message_has_a_fault() {
    for day in DAYS {
        let (_, faults) = mailbox::fill(on(day));
        assert!(faults.is_empty(), "{faults:#?}");
    }
}

#[test]
fn there_are_about_three_hundred() {
    let (wren, robin) = (of("wren").len(), of("robin").len());
    assert!((290..=350).contains(&wren), "Wren has {wren}");
    assert!((12..=40).contains(&robin), "Robin has {robin}");
}

#[test]
fn every_message_is_complete() {
    for message in today() {
        let parsed = parse(&message);
        let text = String::from_utf8_lossy(&message.raw);
        let name = parsed.message_id().expect("a Message-ID").to_owned();
        assert!(parsed.date().is_some_and(mail_parser::DateTime::is_valid));
        let from = parsed.from().and_then(|from| from.first()).unwrap();
        let address = from.address().unwrap();
        let reserved = address.ends_with(".example") || address.ends_with(".test");
        assert!(reserved, "{name}: {address}");
        assert!(text.contains("\r\nSubject:"), "{name}");
        assert!(text.contains("\r\nMIME-Version: 1.0\r\n"), "{name}");
        assert!(parsed.to().is_some(), "{name} goes to nobody");
    }
}

#[test]
fn lines_end_with_crlf_and_are_ascii() {
    for message in today() {
        let mut last = 0;
        for &byte in &message.raw {
            assert_eq!(
                byte == b'\n',
                last == b'\r',
                "{}",
                parse(&message).message_id().unwrap()
            );
            last = byte;
        }
        assert_eq!(last, b'\n');
        assert!(message.raw.is_ascii());
        // RFC 5322, 2.1.1.
        let text = String::from_utf8(message.raw).unwrap();
        assert!(text.lines().all(|line| line.len() <= 998));
    }
}

#[test]
fn message_ids_are_unique_in_a_mailbox() {
    for user in ["wren", "robin"] {
        let messages = of(user);
        let mut seen = HashSet::new();
        for message in &messages {
            let id = parse(message).message_id().unwrap().to_owned();
            assert!(seen.insert(id.clone()), "{id} twice for {user}");
        }
    }
}

#[test]
fn answers_come_after_what_they_answer() {
    for day in DAYS {
        let all = messages(on(day));
        let dates: HashMap<String, i64> = all
            .iter()
            .map(|message| {
                let parsed = parse(message);
                let date = parsed.date().unwrap().to_timestamp();
                (parsed.message_id().unwrap().to_owned(), date)
            })
            .collect();
        let mut answers = 0;
        for message in &all {
            let parsed = parse(message);
            let name = parsed.message_id().unwrap();
            let parent = ids(parsed.in_reply_to());
            let references = ids(parsed.references());
            assert_eq!(parent.last(), references.last(), "{name}");
            for above in &references {
                let date = dates
                    .get(above)
                    .unwrap_or_else(|| panic!("{above} is missing"));
                assert!(
                    *date <= dates[name],
                    "{name} is older than {above} on {day}"
                );
            }
            answers += parent.len();
        }
        assert!(answers > 100, "only {answers} answers");
    }
}

#[test]
fn nothing_comes_from_the_future_and_something_is_new() {
    for day in DAYS {
        let now = on(day);
        let all = messages(now);
        for message in &all {
            let date = parse(message).date().unwrap().to_timestamp();
            assert!(message.received <= now);
            assert!(date <= message.received.timestamp());
        }
        let newest = all.last().unwrap().received;
        assert!(now.signed_duration_since(newest) < Duration::minutes(30));
        let oldest = all.first().unwrap().received;
        assert!(oldest.year() <= now.year() - 3);
        // Enough in each of the groups that the list shows.
        for (from, to, least) in [
            (0, 1, 12),
            (1, 2, 12),
            (2, 7, 30),
            (7, 31, 60),
            (31, 365, 60),
        ] {
            let count = all
                .iter()
                .map(|message| now.signed_duration_since(message.received).num_hours())
                .filter(|hours| (from * 24..to * 24).contains(hours))
                .count();
            assert!(count >= least, "{count} messages {from} to {to} days old");
        }
    }
}

#[test]
fn every_folder_has_mail() {
    let folders: HashSet<String> = of("wren")
        .into_iter()
        .map(|message| message.folder)
        .collect();
    for folder in [
        "INBOX",
        "Drafts",
        "Sent",
        "Archive",
        "Junk",
        "Trash",
        "Projects/Garden",
        "Family",
        "Travel/2026",
        "Rechnungen",
        "Lists/rust-embedded",
        "Lists/birdnews",
        "Choir",
        "Ringing station",
        "Café & Kuchen",
    ] {
        assert!(folders.contains(folder), "{folder} is empty");
    }
    let robin: HashSet<String> = of("robin")
        .into_iter()
        .map(|message| message.folder)
        .collect();
    assert_eq!(
        robin,
        HashSet::from(["INBOX".to_owned(), "Sent".to_owned()])
    );
}

#[test]
fn rehearsals_are_on_thursdays() {
    for day in DAYS {
        let all = messages(on(day));
        let plans: Vec<chrono::NaiveDate> = all
            .iter()
            .filter(|message| {
                parse(message)
                    .subject()
                    .is_some_and(|subject| subject.starts_with("Rehearsal on Thursday"))
            })
            .map(|message| message.received.date_naive())
            .collect();
        assert_eq!(plans.len(), 13);
        assert!(plans.is_sorted_by(|one, next| *next - *one >= Duration::days(7)));
    }
}

#[test]
fn flags_tell_the_story() {
    let wren = of("wren");
    let count = |wanted: &dyn Fn(&SampleMessage) -> bool| wren.iter().filter(|m| wanted(m)).count();
    assert!(count(&|m| !m.flags.contains(&"\\Seen")) >= 20);
    assert!(count(&|m| m.flags.contains(&"\\Flagged")) >= 8);
    assert!(count(&|m| m.flags.contains(&"\\Answered")) >= 40);
    assert_eq!(count(&|m| m.flags.contains(&"\\Draft")), 2);
    assert!(
        wren.iter()
            .all(|m| (m.folder == "Drafts") == m.flags.contains(&"\\Draft"))
    );
    assert!(
        wren.iter()
            .all(|m| !m.flags.contains(&"\\Answered") || m.flags.contains(&"\\Seen"))
    );
    assert!(named("hom-bounce").flags.contains(&"$Forwarded"));
    assert!(named("hom-yes").flags.contains(&"\\Answered"));
    assert!(
        !named("fam-dunja").flags.contains(&"\\Answered"),
        "a draft is no answer"
    );
}

#[test]
fn no_placeholder_is_left() {
    for message in today() {
        let parsed = parse(&message);
        let text = parsed.body_text(0).unwrap_or_default();
        for left in [
            "{date", "{day", "{num", "{ics", "[[", "%quote", "%sig", "%html",
        ] {
            assert!(!text.contains(left), "{left} in {:?}", parsed.message_id());
        }
    }
}

#[test]
fn the_same_moment_makes_the_same_bytes() {
    let (one, two) = (today(), today());
    assert!(one.iter().zip(&two).all(|(one, two)| one.raw == two.raw));
}
