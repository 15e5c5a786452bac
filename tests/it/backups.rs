//! Everything in one file, and back.

use std::fs;
use std::path::Path;

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Profile};

fn back_up(profile: &Profile, path: &Path) {
    let made = profile.run(&["backup", path.to_str().unwrap()]).objects();
    let size = fs::metadata(path).unwrap().len();
    assert_eq!(made[0]["bytes"].as_u64(), Some(size));
}

fn subjects(profile: &Profile) -> Vec<String> {
    let rows = profile.run(&["list", "INBOX"]).objects();
    let subject = |row: &serde_json::Value| row["subject"].as_str().unwrap().to_owned();
    rows.iter().map(subject).collect()
}

fn filled() -> Profile {
    let user = bed().fresh_user();
    bed().deliver(
        &user,
        b"Subject: kept\r\nMessage-ID: <kept@x>\r\n\r\nA word: porcupine.\r\n",
    );
    let profile = Profile::new(bed());
    profile
        .add_account(&AccountFile::on(bed(), &user, Incoming::ImapTls))
        .objects();
    profile.run(&["sync"]).objects();
    profile
}

#[test]
fn a_backup_is_everything_and_works_on_another_computer() {
    let first = filled();
    let path = first.path().join("all.waxwing");
    back_up(&first, &path);
    let other = Profile::new(bed());
    let restored = other.run(&["restore", path.to_str().unwrap()]).objects();
    assert_eq!(restored[0]["accounts"], 1);
    assert_eq!(subjects(&other), ["kept"]);
    let checked = other.run(&["check"]).objects();
    assert_eq!(
        checked[0]["problems"].as_array().unwrap().len(),
        0,
        "{checked:?}"
    );
    // The passwords lay in the encrypted file, and the index is made anew.
    let synced = other.run(&["sync"]).objects();
    assert!(
        synced
            .iter()
            .all(|line| line["new"].as_u64().unwrap_or(0) == 0),
        "{synced:?}"
    );
    assert_eq!(other.run(&["search", "porcupine"]).objects().len(), 1);
}

#[test]
fn nothing_is_written_over_and_nothing_restored_over_accounts() {
    let profile = filled();
    let path = profile.path().join("all.waxwing");
    back_up(&profile, &path);
    let before = fs::read(&path).unwrap();
    let again = profile.run(&["backup", path.to_str().unwrap()]);
    assert_eq!(again.error_kind(), "conflict");
    assert_eq!(fs::read(&path).unwrap(), before);
    let restored = profile.run(&["restore", path.to_str().unwrap()]);
    assert_eq!(restored.error_kind(), "conflict");
    assert_eq!(subjects(&profile), ["kept"]);
}

#[test]
fn half_a_backup_leaves_the_profile_as_it_was() {
    let first = filled();
    let path = first.path().join("all.waxwing");
    back_up(&first, &path);
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() * 2 / 3]).unwrap();
    let other = Profile::new(bed());
    let failed = other.run(&["restore", path.to_str().unwrap()]);
    assert_eq!(failed.error_kind(), "input");
    assert_eq!(other.run(&["account", "list"]).objects().len(), 0);
    fs::write(&path, whole).unwrap();
    other.run(&["restore", path.to_str().unwrap()]).objects();
    assert_eq!(subjects(&other), ["kept"]);
}

#[test]
fn what_waited_to_leave_is_doubted_after_a_restore() {
    let profile = filled();
    let text = b"From: a@example.test\r\nTo: b@example.test\r\nSubject: waits\r\n\r\nText.\r\n";
    let letter = profile.file("letter.eml", text);
    profile
        .run(&["send", "--queue-only", letter.to_str().unwrap()])
        .objects();
    let path = profile.path().join("all.waxwing");
    back_up(&profile, &path);
    let other = Profile::new(bed());
    other.run(&["restore", path.to_str().unwrap()]).objects();
    let outbox = other.run(&["outbox"]).objects();
    assert_eq!(outbox[0]["state"], "uncertain", "{outbox:?}");
}
