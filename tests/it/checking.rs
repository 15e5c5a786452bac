//! `check`: a store damaged by hand is named, mended, and fetched again.

use std::io::{BufRead, BufReader};

use rusqlite::Connection;

use super::bed::bed;
use super::fetching::{id, list, mail, sha256, sync, with_account};
use super::profile::Profile;

fn damage(profile: &Profile, file: &str, sql: &str) {
    let database = Connection::open(profile.find(file)).unwrap();
    database.execute_batch(sql).unwrap();
}

/// The kinds of what is wrong, each with whether it was mended.
pub(super) fn check(profile: &Profile, arguments: &[&str]) -> (u64, Vec<(String, bool)>) {
    let words: Vec<&str> = ["check"]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    let lines = profile.run(&words).objects();
    assert_eq!(lines.len(), 1, "{lines:?}");
    let problems = lines[0]["problems"].as_array().unwrap().iter();
    let problems = problems.map(|problem| {
        let kind = problem["kind"].as_str().unwrap().to_owned();
        (kind, problem["repaired"].as_bool().unwrap())
    });
    (lines[0]["messages"].as_u64().unwrap(), problems.collect())
}

/// Nothing is wrong with the store.
pub(super) fn assert_sound(profile: &Profile) {
    let outcome = profile.run(&["check"]);
    let lines = outcome.objects();
    assert_eq!(lines[0]["problems"], serde_json::json!([]), "{outcome:#?}");
}

#[test]
fn a_damaged_store_is_named_mended_and_fetched_again() {
    let bed = bed();
    let user = bed.fresh_user();
    for n in 0..5 {
        bed.deliver(&user, &mail(&format!("letter {n}"), ""));
    }
    let profile = with_account(bed, &user);
    sync(&profile);
    assert_eq!(check(&profile, &[]), (5, vec![]));
    damage(
        &profile,
        "raw.db",
        "UPDATE raw SET zstd = x'00' WHERE id IN (2, 3)",
    );
    damage(
        &profile,
        "mail.db",
        "UPDATE folder SET unread = 77 WHERE path = 'INBOX'",
    );
    let wrong = |repaired| {
        let kinds = ["counts", "content"];
        kinds.map(|kind| (kind.to_owned(), repaired)).to_vec()
    };
    assert_eq!(check(&profile, &[]), (5, wrong(false)));
    assert_eq!(check(&profile, &["--repair"]), (5, wrong(true)));
    assert_sound(&profile);
    let headers = |profile: &Profile| {
        let rows = list(profile, "INBOX");
        rows.iter().filter(|row| row["stored"] == "headers").count()
    };
    assert_eq!(headers(&profile), 2);
    sync(&profile);
    assert_eq!(headers(&profile), 0);
    assert_sound(&profile);
}

#[test]
fn a_damaged_message_that_is_opened_is_fetched_again() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("torn", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    for damaged in ["UPDATE raw SET zstd = x'00'", "DELETE FROM raw"] {
        damage(&profile, "raw.db", damaged);
        let row = &list(&profile, "INBOX")[0];
        let shown = profile.run(&["show", &id(row), "--raw"]);
        assert_eq!(shown.status, Some(0), "{shown:#?}");
        assert_eq!(
            row["sha256"],
            sha256(&bed.raw_messages(&user, "INBOX")[0]),
            "{damaged}"
        );
        assert_eq!(shown.stdout.as_bytes(), bed.raw_messages(&user, "INBOX")[0]);
        assert_sound(&profile);
    }
}

#[test]
fn two_programs_on_one_profile_do_not_meet() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 300);
    let profile = with_account(bed, &user);
    let mut first = profile.spawn(&["sync", "--watch"]);
    let mut told = String::new();
    let said = first.stdout.as_mut().unwrap();
    BufReader::new(said).read_line(&mut told).unwrap();
    assert!(!told.is_empty(), "it is at work");
    for command in ["check", "sync", "folders"] {
        assert_eq!(profile.run(&[command]).error_kind(), "busy", "{command}");
    }
    first.kill().unwrap();
    first.wait().unwrap();
    sync(&profile);
    assert_eq!(list(&profile, "INBOX").len(), 300);
    assert_sound(&profile);
}
