//! Mail comes in: whole, once, and only what changed the next time.

use std::collections::{BTreeMap, BTreeSet};

use data_encoding::HEXLOWER;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::bed::{Bed, User, bed};
use super::profile::{AccountFile, Incoming, Profile};

/// A profile with the user's account on it.
pub(super) fn with_account(bed: &Bed, user: &User) -> Profile {
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, user, Incoming::ImapTls))
        .objects();
    profile
}

/// What a pass said, by folder; the last line is the sum.
pub(super) fn sync(profile: &Profile) -> BTreeMap<String, Value> {
    let mut lines = profile.run(&["sync"]).objects();
    let total = lines.pop().unwrap();
    assert!(total.get("total").is_some(), "{total}");
    lines
        .into_iter()
        .map(|line| (line["folder"].as_str().unwrap().to_owned(), line))
        .collect()
}

pub(super) fn list(profile: &Profile, folder: &str) -> Vec<Value> {
    profile
        .run(&["list", folder, "--limit", "100000"])
        .objects()
}

pub(super) fn id(row: &Value) -> String {
    row["id"].as_str().unwrap().to_owned()
}

pub(super) fn mail(subject: &str, more: &str) -> Vec<u8> {
    format!(
        "From: Ada <ada@example.test>\r\nTo: me@example.test\r\nSubject: {subject}\r\n\
         Message-ID: <{}@example.test>\r\nDate: Fri, 01 May 2026 07:00:00 +0000\r\n{more}\r\n\
         Text of {subject}.\r\n",
        subject.replace(' ', "-")
    )
    .into_bytes()
}

fn flags(row: &Value) -> Vec<String> {
    let flags = row["flags"].as_array().unwrap();
    flags
        .iter()
        .map(|flag| flag.as_str().unwrap().to_owned())
        .collect()
}

/// The hashes of what is here and of what the server has.
fn assert_same_bytes(profile: &Profile, bed: &Bed, user: &User) {
    let here: BTreeSet<String> = list(profile, "INBOX")
        .iter()
        .map(|row| row["sha256"].as_str().unwrap_or("none").to_owned())
        .collect();
    let there = bed.raw_messages(user, "INBOX");
    let there: BTreeSet<String> = there.iter().map(|raw| sha256(raw)).collect();
    let lost: Vec<_> = there.difference(&here).collect();
    let invented: Vec<_> = here.difference(&there).collect();
    assert!(
        lost.is_empty() && invented.is_empty(),
        "{lost:?} {invented:?}"
    );
}

#[test]
fn every_byte_arrives() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 120);
    bed.deliver(&user, &mail("dots", "\r\n.\r\n..two\r\n"));
    bed.deliver(&user, b"no header at all\r\n");
    // No NUL: Dovecot itself replaces it, for a literal cannot hold one
    // (RFC 9051, 4.3.1).
    bed.deliver(
        &user,
        b"Subject: raw \xe9\xff\r\n\r\n8 bit \xe9\xff and no end",
    );
    let profile = with_account(bed, &user);
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["new"], 123);
    let rows = list(&profile, "INBOX");
    assert_eq!(rows.len(), 123);
    assert!(rows.iter().all(|row| row["stored"] == "full"));
    assert_same_bytes(&profile, bed, &user);
}

pub(super) fn sha256(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

#[test]
fn a_second_pass_finds_nothing_and_a_third_only_what_changed() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 80);
    let profile = with_account(bed, &user);
    sync(&profile);
    for (folder, line) in sync(&profile) {
        for count in ["new", "changed", "removed", "bytes"] {
            assert_eq!(line[count], 0, "{folder} {count}");
        }
    }
    bed.deliver(&user, &mail("news", ""));
    bed.doveadm(&[
        "flags",
        "add",
        "-u",
        &user.address,
        "\\Flagged",
        "mailbox",
        "INBOX",
        "uid",
        "3",
    ]);
    bed.doveadm(&[
        "expunge",
        "-u",
        &user.address,
        "mailbox",
        "INBOX",
        "uid",
        "5",
    ]);
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["new"], 1);
    assert_eq!(told["INBOX"]["changed"], 1);
    assert_eq!(told["INBOX"]["removed"], 1);
    let rows = list(&profile, "INBOX");
    assert_eq!(rows.len(), 80);
    let starred: Vec<_> = rows.iter().filter(|row| row["uid"] == 3).collect();
    assert!(
        flags(starred[0]).contains(&"\\Flagged".to_owned()),
        "{starred:?}"
    );
    assert!(!rows.iter().any(|row| row["uid"] == 5));
}

#[test]
fn headers_alone_then_the_rest() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 30);
    let profile = with_account(bed, &user);
    profile.run(&["sync", "--headers-only"]).objects();
    let rows = list(&profile, "INBOX");
    assert_eq!(rows.len(), 30);
    assert!(
        rows.iter()
            .all(|row| row["stored"] == "headers" && row["sha256"].is_null())
    );
    // One that is opened is fetched on the spot.
    let shown = profile.run(&["show", &id(&rows[7])]).objects();
    assert_eq!(shown[0]["subject"], rows[7]["subject"]);
    assert_eq!(list(&profile, "INBOX")[7]["stored"], "full");
    sync(&profile);
    assert!(
        list(&profile, "INBOX")
            .iter()
            .all(|row| row["stored"] == "full")
    );
}

#[test]
fn folders_come_with_names_roles_and_counts() {
    let bed = bed();
    let user = bed.fresh_user();
    for folder in ["Projekte/Müll & Käse", "A \"quoted\" one", "日本語"] {
        bed.doveadm(&["mailbox", "create", "-u", &user.address, folder]);
    }
    bed.deliver(&user, &mail("one", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let folders = profile.run(&["folders"]).objects();
    let by_name: BTreeMap<_, _> = folders
        .iter()
        .map(|folder| (folder["folder"].as_str().unwrap(), folder))
        .collect();
    assert_eq!(by_name["INBOX"]["role"], "inbox");
    assert_eq!(by_name["INBOX"]["unread"], 1);
    for role in ["sent", "drafts", "trash", "junk"] {
        assert!(
            folders.iter().any(|folder| folder["role"] == role),
            "{role}"
        );
    }
    for folder in ["Projekte/Müll & Käse", "A \"quoted\" one", "日本語"] {
        assert!(by_name.contains_key(folder), "{folder}: {folders:?}");
    }
}

#[test]
fn renumbered_messages_are_matched_not_fetched_twice() {
    let bed = bed();
    let user = bed.fresh_user();
    for n in 0..20 {
        bed.deliver(&user, &mail(&format!("mail {n}"), ""));
    }
    let profile = with_account(bed, &user);
    sync(&profile);
    let before: BTreeMap<String, Value> = list(&profile, "INBOX")
        .into_iter()
        .map(|row| (id(&row), row))
        .collect();
    bed.renumber(&user);
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["new"], 0, "{told:?}");
    assert_eq!(told["INBOX"]["bytes"], 0, "{told:?}");
    let after: BTreeMap<String, Value> = list(&profile, "INBOX")
        .into_iter()
        .map(|row| (id(&row), row))
        .collect();
    assert_eq!(after.len(), 20);
    for (id, row) in &after {
        assert_eq!(row["sha256"], before[id]["sha256"]);
    }
}

#[test]
fn a_program_killed_at_any_time_goes_on_where_it_was() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 600);
    let profile = with_account(bed, &user);
    for pause in [30, 120, 250, 400] {
        let mut child = profile.spawn(&["sync"]);
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    sync(&profile);
    assert_eq!(list(&profile, "INBOX").len(), 600);
    assert_same_bytes(&profile, bed, &user);
}
