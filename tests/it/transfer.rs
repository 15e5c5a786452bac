//! Mail from files and into files.

use std::fs;
use std::path::Path;

use super::bed::{User, bed};
use super::profile::{AccountFile, Incoming, Profile};

/// A few messages that are hard to keep.
fn odd_messages() -> Vec<Vec<u8>> {
    let mut all: Vec<Vec<u8>> = [
        "Subject: one\r\nMessage-ID: <1@x>\r\n\r\nText.\r\n",
        "Subject: From\r\nMessage-ID: <2@x>\r\n\r\nFrom me at 10:00\r\n>From you\r\n\r\n",
        "Subject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nMessage-ID: <3@x>\r\n\r\n\r\n\r\n",
        "Subject: ../../etc/passwd\r\nMessage-ID: <4@x>\r\n\r\nNo name for a file.\r\n",
    ]
    .map(|text| text.as_bytes().to_vec())
    .into();
    let mut large = b"Subject: large\r\nMessage-ID: <5@x>\r\n\r\n".to_vec();
    for n in 0..30_000 {
        large.extend_from_slice(format!("line {n} of a long letter\r\n").as_bytes());
    }
    all.push(large);
    all
}

fn pop3_profile(user: &User) -> Profile {
    let profile = Profile::new(bed());
    profile
        .add_account(&AccountFile::on(bed(), user, Incoming::Pop3Tls))
        .objects();
    profile
}

fn export(profile: &Profile, folder: &str, path: &Path, format: &str) -> serde_json::Value {
    let path = path.to_str().unwrap();
    let arguments = ["export", folder, path, "--format", format];
    profile.run(&arguments).objects().remove(0)
}

fn import(profile: &Profile, path: &Path, folder: &str) -> serde_json::Value {
    let arguments = ["import", path.to_str().unwrap(), "--to", folder];
    profile.run(&arguments).objects().remove(0)
}

/// What SHA-256 says of the bytes of each message.
fn hashes(profile: &Profile, folder: &str) -> Vec<String> {
    let rows = profile.run(&["list", folder]).objects();
    let hash = |row: &serde_json::Value| row["sha256"].as_str().unwrap().to_owned();
    let mut hashes: Vec<String> = rows.iter().map(hash).collect();
    hashes.sort();
    hashes
}

#[test]
fn what_is_written_is_taken_over_again_byte_for_byte() {
    let user = bed().fresh_user();
    for raw in odd_messages() {
        bed().deliver(&user, &raw);
    }
    let profile = pop3_profile(&user);
    profile.run(&["sync"]).objects();
    let rows = profile.run(&["list", "INBOX"]).objects();
    let ids: Vec<&str> = rows.iter().map(|row| row["id"].as_str().unwrap()).collect();
    profile
        .run(&["mark", ids[0], ids[1], "--read", "--star", "--tag", "trip"])
        .objects();
    let wanted = hashes(&profile, "INBOX");
    let dir = tempfile::tempdir().unwrap();
    for format in ["mbox", "eml", "maildir"] {
        let path = dir.path().join(format);
        let written = export(&profile, "INBOX", &path, format);
        assert_eq!(written["messages"], 5, "{written}");
        let folder = format!("Back from {format}");
        let taken = import(&profile, &path, &folder);
        assert_eq!(taken["messages"], 5, "{taken}");
        assert_eq!(taken["skipped"].as_array().unwrap().len(), 0);
        assert_eq!(hashes(&profile, &folder), wanted, "{format}");
        // Once more: nothing is doubled.
        let again = import(&profile, &path, &folder);
        assert_eq!(again["messages"], 0, "{again}");
        assert_eq!(again["skipped"].as_array().unwrap().len(), 5);
        // Nothing is written over.
        let arguments = [
            "export",
            "INBOX",
            path.to_str().unwrap(),
            "--format",
            format,
        ];
        assert_eq!(profile.run(&arguments).error_kind(), "conflict");
    }
    let flagged = profile.run(&["list", "Back from maildir"]).objects();
    let flagged = flagged.iter().filter(|row| {
        let flags = row["flags"].to_string();
        flags.contains("\\\\Seen") && flags.contains("\\\\Flagged") && flags.contains("trip")
    });
    assert_eq!(flagged.count(), 2);
    let check = profile.run(&["check"]).objects();
    assert_eq!(
        check[0]["problems"].as_array().unwrap().len(),
        0,
        "{check:?}"
    );
}

#[test]
fn mail_that_is_taken_over_reaches_the_server() {
    let user = bed().fresh_user();
    let profile = Profile::new(bed());
    profile
        .add_account(&AccountFile::on(bed(), &user, Incoming::ImapTls))
        .objects();
    profile.run(&["sync"]).objects();
    let dir = tempfile::tempdir().unwrap();
    let tree = dir.path().join("Local Folders");
    fs::create_dir_all(tree.join("Trips.sbd")).unwrap();
    let mbox = "From - Tue Nov 21 10:00:00 2023\nX-Mozilla-Status: 0001\nSubject: one\n\nText\n\n\
                From - Tue Nov 21 10:00:01 2023\nSubject: two\n\nText\n";
    fs::write(tree.join("Trips"), mbox).unwrap();
    fs::write(tree.join("Trips.sbd").join("2020"), mbox).unwrap();
    fs::write(tree.join("Trips.msf"), "index").unwrap();
    let taken = import(&profile, &tree, "Old mail");
    assert_eq!(taken["messages"], 4, "{taken}");
    profile.run(&["sync"]).objects();
    for folder in ["Old mail/Trips", "Old mail/Trips/2020"] {
        let there = bed().raw_messages(&user, folder);
        assert_eq!(there.len(), 2, "{folder}");
        assert!(there[0].ends_with(b"\r\n"));
    }
    let rows = profile.run(&["list", "Old mail/Trips"]).objects();
    let read = rows
        .iter()
        .filter(|row| row["flags"].to_string().contains("Seen"));
    assert_eq!(read.count(), 1);
}

#[test]
fn what_is_no_mail_is_said() {
    let profile = pop3_profile(&bed().fresh_user());
    let dir = tempfile::tempdir().unwrap();
    let photo = dir.path().join("photo.jpg");
    fs::write(&photo, [0xff, 0xd8]).unwrap();
    let arguments = ["import", photo.to_str().unwrap(), "--to", "INBOX"];
    let refused = profile.run(&arguments);
    assert_eq!(refused.error_kind(), "input");
    assert!(
        refused.stderr.contains("photo.jpg is no mail"),
        "{refused:#?}"
    );
    let empty = ["import", dir.path().to_str().unwrap(), "--to", "INBOX"];
    assert_eq!(profile.run(&empty).error_kind(), "input");
}
