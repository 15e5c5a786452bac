//! Mail is found: in the local index once it is fetched, on the server where
//! it is not.

use std::collections::BTreeSet;

use super::bed::{Bed, User, bed};
use super::fetching::{id, list, mail, sync, with_account};
use super::profile::Profile;

/// A message with that text, in UTF-8, its subject encoded.
fn letter(subject: &str, from: &str, text: &str) -> Vec<u8> {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
    let subject = encode(subject);
    let text = encode(text);
    format!(
        "From: {from}\r\nTo: me@example.test\r\nSubject: =?utf-8?b?{subject}?=\r\n\
         Message-ID: <{id}@example.test>\r\nDate: Fri, 01 May 2026 07:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{text}\r\n",
        id = subject.replace(['/', '+', '='], "x"),
    )
    .into_bytes()
}

fn fill(bed: &Bed, user: &User) {
    for (subject, from, text) in [
        (
            "Rechnung f\u{fc}r M\u{e4}rz",
            "Jo <jo@firma.test>",
            "Gru\u{df} aus K\u{f6}ln, \u{dc}berweisung folgt",
        ),
        (
            "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}",
            "ivan@example.test",
            "\u{412}\u{441}\u{442}\u{440}\u{435}\u{447}\u{430} \u{432} \u{41c}\u{43e}\u{441}\u{43a}\u{432}\u{435}",
        ),
        (
            "\u{4f1a}\u{8b70}\u{306e}\u{304a}\u{77e5}\u{3089}\u{305b}",
            "taro@example.test",
            "\u{660e}\u{65e5}\u{6771}\u{4eac}\u{99c5}\u{3067}\u{4f1a}\u{3044}\u{307e}\u{3057}\u{3087}\u{3046}",
        ),
    ] {
        bed.deliver(user, &letter(subject, from, text));
    }
    let copied = "Cc: Carol <carol@example.test>\r\n";
    bed.deliver(user, &mail("plain", copied));
}

/// The subjects a search finds.
fn find(profile: &Profile, words: &[&str]) -> BTreeSet<String> {
    let command: Vec<&str> = ["search"].iter().chain(words).copied().collect();
    let rows = profile.run(&command).objects();
    rows.iter()
        .map(|row| row["subject"].as_str().unwrap().to_owned())
        .collect()
}

const GERMAN: &str = "Rechnung f\u{fc}r M\u{e4}rz";
const RUSSIAN: &str = "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}";
const JAPANESE: &str = "\u{4f1a}\u{8b70}\u{306e}\u{304a}\u{77e5}\u{3089}\u{305b}";

#[test]
fn what_was_fetched_is_found_at_once() {
    let bed = bed();
    let user = bed.fresh_user();
    fill(bed, &user);
    let profile = with_account(bed, &user);
    sync(&profile);
    for (query, found) in [
        ("rechnung", vec![GERMAN]),
        ("\u{fc}berweisung", vec![GERMAN]),
        ("koln", vec![GERMAN]),
        ("from:jo@firma.test", vec![GERMAN]),
        ("cc:carol", vec!["plain"]),
        ("to:carol", vec![]),
        ("subject:marz -from:ivan", vec![GERMAN]),
        ("\u{43c}\u{43e}\u{441}\u{43a}\u{432}\u{435}", vec![RUSSIAN]),
        ("\u{43f}\u{440}\u{438}\u{432}\u{435}\u{442}", vec![RUSSIAN]),
        ("\u{6771}\u{4eac}", vec![JAPANESE]),
        ("\u{4f1a}\u{8b70}", vec![JAPANESE]),
        ("body:\u{4f1a}\u{8b70}", vec![]),
        ("\"text of plain\"", vec!["plain"]),
        ("\"plain of text\"", vec![]),
        ("plain OR rechnung", vec!["plain", GERMAN]),
        (
            "in:inbox is:unread after:2026-05-01 before:2026-05-03",
            vec!["plain", GERMAN, RUSSIAN, JAPANESE],
        ),
        ("is:starred", vec![]),
        ("nowhere", vec![]),
        ("\"open quote (", vec![]),
    ] {
        let expected: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(find(&profile, &[query]), expected, "{query}");
    }
    // Hyphens, several words, and options on both sides.
    assert_eq!(
        find(&profile, &["-rechnung", "text", "--limit", "9"]).len(),
        1
    );
    assert_eq!(find(&profile, &["--limit", "2", "is:unread"]).len(), 2);
    assert_eq!(find(&profile, &["rechnung", "--account", "Bed"]).len(), 1);
    let outcome = profile.run(&["search", "rechnung"]);
    assert_eq!(outcome.stderr, "");
    assert_eq!(outcome.objects()[0]["stored"], "full");
    assert_eq!(profile.run(&["search", " "]).error_kind(), "input");
    // The best first, and the words where they stand.
    let best = profile.run(&["search", "--by", "relevance", "rechnung OR text"]);
    assert_eq!(best.objects().len(), 2);
    let excerpt = profile.run(&["search", "--excerpts", "\u{fc}berweisung"]);
    let excerpt = &excerpt.objects()[0]["excerpt"];
    let shown: Vec<char> = excerpt["text"].as_str().unwrap().chars().collect();
    let mark = &excerpt["marks"][0];
    let at = |end: usize| mark[end].as_u64().unwrap() as usize;
    let marked: String = shown[at(0)..at(1)].iter().collect();
    assert_eq!(marked, "\u{dc}berweisung");
    // What is not understood is said, and the rest is looked for.
    for (query, said) in [
        ("rechnung is:unraed", "Did you mean is:unread?"),
        ("rechnung before:soon", "is no date"),
        ("\"rechnung", "not closed"),
        ("rechnung -in:nowhere", "No folder is called “nowhere”."),
        ("rechnung -account:nobody", "No account is called “nobody”."),
    ] {
        let outcome = profile.run(&["search", query]);
        assert_eq!(outcome.objects().len(), 1, "{query}");
        assert!(outcome.stderr.contains(said), "{outcome:?}");
    }
    assert_eq!(find(&profile, &["rechnung account:bed"]).len(), 1);
    assert_eq!(find(&profile, &["rechnung on:May 2026"]).len(), 1);
}

#[test]
fn a_message_that_goes_is_found_no_more_and_a_lost_index_comes_back() {
    let bed = bed();
    let user = bed.fresh_user();
    fill(bed, &user);
    let profile = with_account(bed, &user);
    sync(&profile);
    let gone = list(&profile, "INBOX")
        .iter()
        .find(|row| row["subject"] == "plain")
        .map(id);
    profile
        .run(&["delete", &gone.unwrap(), "--permanently"])
        .objects();
    assert!(find(&profile, &["text"]).is_empty());
    sync(&profile);
    assert!(find(&profile, &["text"]).is_empty());
    std::fs::remove_file(profile.find("index.db")).unwrap();
    let outcome = profile.run(&["search", "rechnung"]);
    assert!(outcome.objects().is_empty());
    assert!(
        outcome.stderr.contains("3 messages are not in"),
        "{outcome:?}"
    );
    sync(&profile);
    assert_eq!(find(&profile, &["rechnung"]).len(), 1);
}

#[test]
fn headers_are_found_while_the_bodies_are_on_the_server() {
    let bed = bed();
    let user = bed.fresh_user();
    fill(bed, &user);
    let profile = with_account(bed, &user);
    profile.run(&["sync", "--headers-only"]).objects();
    assert_eq!(find(&profile, &["rechnung"]).len(), 1);
    assert_eq!(find(&profile, &["cc:carol"]), ["plain".to_owned()].into());
    assert!(find(&profile, &["to:carol"]).is_empty());
    let outcome = profile.run(&["search", "\u{fc}berweisung"]);
    assert!(outcome.objects().is_empty());
    assert!(
        outcome.stderr.contains("4 messages are not in"),
        "{outcome:?}"
    );
    for (query, found) in [
        ("\u{fc}berweisung", vec![GERMAN]),
        ("\u{41c}\u{43e}\u{441}\u{43a}\u{432}\u{435}", vec![RUSSIAN]),
        ("\u{6771}\u{4eac}", vec![JAPANESE]),
        ("body:\"text of plain\" in:inbox", vec!["plain"]),
        (
            "is:unread -from:firma.test (k\u{f6}ln OR \"text of plain\")",
            vec!["plain"],
        ),
        ("plain in:nowhere", vec![]),
        ("cc:carol account:bed on:May 2026", vec!["plain"]),
        ("cc:carol -account:bed", vec![]),
        ("cc:carol filename:x", vec!["plain"]),
    ] {
        let expected: BTreeSet<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(find(&profile, &[query, "--server"]), expected, "{query}");
    }
    // What came since is told of, though there is no row for it.
    bed.deliver(&user, &mail("fresh", ""));
    let outcome = profile.run(&["search", "--server", "fresh"]);
    assert!(outcome.objects().is_empty());
    assert!(
        outcome.stderr.contains("1 more message matches"),
        "{outcome:?}"
    );
    sync(&profile);
    assert_eq!(find(&profile, &["\u{fc}berweisung"]).len(), 1);
}
