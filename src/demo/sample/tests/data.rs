//! The text format: what its fields mean, and what it refuses.

use chrono::NaiveDate;

use super::super::format::entries;
use super::super::people::People;
use super::super::{charset, when};
use super::on;

#[test]
fn a_message_wins_over_the_head_of_its_file() {
    let file =
        "folder: Choir\n# a remark: x\n=== one\nfolder: INBOX\n\nText: yes\n\n=== two\nto: wren\n";
    let [one, two] = &entries(file)[..] else {
        panic!("not two messages");
    };
    assert_eq!(one.get("folder"), Some("INBOX"));
    assert_eq!(one.text, "Text: yes");
    assert_eq!(two.get("folder"), Some("Choir"));
    assert_eq!((two.text.as_str(), two.has("# a remark")), ("", false));
}

#[test]
fn parts_end_where_the_next_one_starts() {
    let file =
        "=== one\nto: wren\n\nText\n\n%html\n<p>\n\n%part text/calendar; method=REQUEST\nBEGIN\n";
    let entry = &entries(file)[0];
    assert_eq!(entry.text, "Text");
    let parts: Vec<(&str, &str)> = entry
        .sections
        .iter()
        .map(|(kind, content)| (kind.as_str(), content.as_str()))
        .collect();
    assert_eq!(
        parts,
        [
            ("text/html", "<p>"),
            ("text/calendar; method=REQUEST", "BEGIN")
        ]
    );
}

#[test]
fn times_count_back_from_now() {
    let now = on("2026-11-21T12:00:00Z");
    for (text, date) in [
        ("12m", "2026-11-21T12:48:00+01:00"),
        ("3h +0900", "2026-11-21T18:00:00+09:00"),
        ("2d 09:14", "2026-11-19T09:14:00+01:00"),
        ("100d 09:14", "2026-08-13T09:14:00+02:00"),
        ("1d 23:30 -0330", "2026-11-20T23:30:00-03:30"),
        // The 21st is a Saturday.
        ("1d wed 20:00", "2026-11-18T20:00:00+01:00"),
        ("3d wed 20:00", "2026-11-18T20:00:00+01:00"),
        ("4d wed 20:00", "2026-11-11T20:00:00+01:00"),
    ] {
        assert_eq!(when::ago(text, now).unwrap().to_rfc3339(), date, "{text}");
    }
    for text in ["", "soon", "3", "2d", "2d 25:00", "xd 10:00"] {
        assert_eq!(when::ago(text, now), None, "{text}");
    }
}

#[test]
fn only_placeholders_are_replaced() {
    let day = NaiveDate::from_ymd_opt(2026, 12, 30).unwrap();
    for (text, expected) in [
        ("{date+3}", "Saturday 2 January"),
        ("on {day-1}!", "on Tuesday!"),
        ("{num+0} {iso+2} {ics+2}", "30.12.2026 2027-01-01 20270101"),
        (
            "fn f() { a-1 } {x+1} {date+}",
            "fn f() { a-1 } {x+1} {date+}",
        ),
        ("{ {day+0}", "{ Wednesday"),
        ("open {", "open {"),
    ] {
        assert_eq!(when::expand(text, day), expected);
    }
}

#[test]
fn people_are_short_names_or_addresses() {
    let people = People::read("maud = Maud Castellan <maud@castellan.example>\n\nnonsense\n");
    let found = people.find("maud; Jo <jo@x.example>; a@b.example").unwrap();
    let all: Vec<(&str, &str)> = found
        .iter()
        .map(|person| (person.name.as_str(), person.address.as_str()))
        .collect();
    assert_eq!(
        all,
        [
            ("Maud Castellan", "maud@castellan.example"),
            ("Jo", "jo@x.example"),
            ("", "a@b.example")
        ]
    );
    assert_eq!(people.find("nobody"), None);
    assert_eq!(people.find(""), Some(Vec::new()));
}

#[test]
fn a_character_set_refuses_what_it_cannot_hold() {
    assert!(charset::encode("Köln", "iso-8859-1").is_some());
    assert!(charset::encode("свиристель", "iso-8859-1").is_none());
    assert!(charset::encode("a", "no-such-set").is_none());
    assert_eq!(charset::words("plain", "gb18030").as_deref(), Some("plain"));
}
