//! Profiles that earlier versions wrote: a backup for each schema that was
//! released, and beside it what was in it.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::bed::bed;
use super::fetching::id;
use super::profile::{AccountFile, Incoming, Profile};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/profiles")
}

/// What a person sees of a profile, without what differs from day to day.
fn contents(profile: &Profile) -> Value {
    let accounts = profile.run(&["account", "list"]).objects();
    let mut all = Vec::new();
    for folder in profile.run(&["folders"]).objects() {
        let text = |name: &str| folder[name].as_str().unwrap().to_owned();
        let rows = profile.run(&["list", &text("folder"), "--account", &text("account")]);
        all.push(json!({
            "account": folder["account"],
            "folder": folder["folder"],
            "role": folder["role"],
            "total": folder["total"],
            "unread": folder["unread"],
            "messages": rows.objects(),
        }));
    }
    let outbox = profile.run(&["outbox"]).objects();
    let outbox = outbox
        .iter()
        .map(|one| json!({ "message_id": one["message_id"], "state": one["state"] }));
    json!({ "accounts": accounts, "folders": all, "outbox": outbox.collect::<Vec<_>>() })
}

#[test]
fn the_profiles_of_earlier_versions_open_with_all_they_hold() {
    let mut tried = 0;
    for entry in fs::read_dir(fixtures()).unwrap() {
        let backup = entry.unwrap().path();
        if backup.extension().is_none_or(|name| name != "waxwing") {
            continue;
        }
        let expected = fs::read_to_string(backup.with_extension("json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let profile = Profile::new(bed());
        profile
            .run(&["restore", backup.to_str().unwrap()])
            .objects();
        assert_eq!(contents(&profile), expected, "{}", backup.display());
        let checked = profile.run(&["check"]).objects();
        assert_eq!(checked[0]["problems"], json!([]), "{}", backup.display());
        tried += 1;
    }
    assert!(tried > 0);
}

/// `cargo test --locked --no-default-features --test it -- --ignored write_a_profile`
/// once for each schema that is released; its name is in the environment.
#[test]
#[ignore = "writes a fixture"]
fn write_a_profile() {
    let Ok(name) = std::env::var("WAXWING_FIXTURE") else {
        panic!("WAXWING_FIXTURE names the fixture, for example schema-1");
    };
    let profile = lived_in();
    let backup = fixtures().join(name).with_extension("waxwing");
    fs::create_dir_all(fixtures()).unwrap();
    profile.run(&["backup", backup.to_str().unwrap()]).objects();
    let restored = Profile::new(bed());
    restored
        .run(&["restore", backup.to_str().unwrap()])
        .objects();
    let text = serde_json::to_string_pretty(&contents(&restored)).unwrap();
    fs::write(backup.with_extension("json"), text).unwrap();
}

/// Something of everything: both kinds of accounts, marks, moves and deletions
/// that the server was not told of, a draft, mail that waits to leave.
fn lived_in() -> Profile {
    let profile = Profile::new(bed());
    let (home, old) = (bed().fresh_user(), bed().fresh_user());
    bed().fill(&home, "INBOX", 12);
    bed().fill(&home, "Lists", 5);
    bed().fill(&old, "INBOX", 6);
    profile
        .add_account(&AccountFile::on(bed(), &home, Incoming::ImapTls))
        .objects();
    let mut pop3 = AccountFile::on(bed(), &old, Incoming::Pop3Tls);
    pop3.name = "Old".to_owned();
    profile.add_account(&pop3).objects();
    profile.run(&["sync"]).objects();
    let of = |account: &str| {
        profile
            .run(&["list", "INBOX", "--account", account])
            .objects()
    };
    let (home, old) = (of("Bed"), of("Old"));
    profile
        .run(&["mark", &id(&home[0]), "--star", "--tag", "later"])
        .objects();
    profile.run(&["mark", &id(&home[1]), "--read"]).objects();
    profile.run(&["move", &id(&home[2]), "Lists"]).objects();
    profile.run(&["delete", &id(&home[3])]).objects();
    profile
        .run(&["delete", &id(&old[0]), "--permanently"])
        .objects();
    profile.run(&["archive", &id(&old[1])]).objects();
    let compose = |more: &[&str]| {
        let words = ["compose", "--account", "Bed", "--to", "a@example.test"];
        profile.run(&[&words[..], more].concat()).objects();
    };
    compose(&["--subject", "A draft", "--draft"]);
    let text = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: Waits\r\n\r\nText.\r\n";
    let letter = profile.file("letter.eml", text);
    let letter = letter.to_str().unwrap();
    profile
        .run(&["send", "--account", "Bed", "--queue-only", letter])
        .objects();
    profile
}
