//! The folders of a POP3 account are here, with all that can be done in them,
//! and no server is told.

use super::*;

fn one(profile: &Profile, folder: &str) -> String {
    let rows = list(profile, folder);
    assert_eq!(rows.len(), 1, "{folder}: {rows:?}");
    id(&rows[0])
}

fn run(profile: &Profile, words: &[&str]) {
    profile.run(words).objects();
}

#[test]
fn all_folders_are_there_from_the_start() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = with_policy(bed, &user, "");
    let folders = profile.run(&["folders"]).objects();
    let roles: Vec<&str> = folders
        .iter()
        .filter_map(|row| row["role"].as_str())
        .collect();
    assert_eq!(
        roles,
        ["inbox", "drafts", "sent", "archive", "junk", "trash"],
        "{folders:?}"
    );
}

#[test]
fn every_verb_works_here_and_waits_for_nobody() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("letter", ""));
    let profile = with_policy(bed, &user, LEAVE);
    sync(&profile);
    let letter = one(&profile, "INBOX");
    run(
        &profile,
        &["mark", &letter, "--read", "--star", "--tag", "Home"],
    );
    let row = &list(&profile, "INBOX")[0];
    assert_eq!(
        row["flags"],
        serde_json::json!(["\\Seen", "\\Flagged", "Home"])
    );
    run(&profile, &["folder", "create", "Work/Letters"]);
    run(&profile, &["move", &letter, "Work/Letters"]);
    assert_eq!(one(&profile, "Work/Letters"), letter);
    run(&profile, &["copy", &letter, "Archive"]);
    run(&profile, &["folder", "rename", "Work/Letters", "Post"]);
    assert_eq!(one(&profile, "Post"), letter);
    run(&profile, &["archive", &letter]);
    assert_eq!(list(&profile, "Archive").len(), 2);
    run(&profile, &["mark", &letter, "--junk"]);
    assert_eq!(one(&profile, "Junk"), letter);
    run(&profile, &["mark", &letter, "--not-junk"]);
    assert_eq!(one(&profile, "INBOX"), letter);
    run(&profile, &["delete", &letter]);
    assert_eq!(one(&profile, "Trash"), letter);
    run(&profile, &["delete", &letter]);
    assert_eq!(list(&profile, "Trash").len(), 0);
    run(&profile, &["folder", "delete", "Post"]);
    run(&profile, &["folder", "delete", "Trash/Post"]);
    let copy = one(&profile, "Archive");
    run(&profile, &["move", &copy, "INBOX"]);
    let before = there(bed, &user);
    assert_eq!(sync(&profile)["INBOX"]["new"], 0);
    assert_eq!(there(bed, &user), before);
    assert_eq!(one(&profile, "INBOX"), copy);
    let found = profile.run(&["search", "letter"]).objects();
    assert_eq!(found.len(), 1);
    let database = rusqlite::Connection::open(profile.find("mail.db")).unwrap();
    let waits: i64 = database
        .query_row("SELECT count(*) FROM pending_op", [], |row| row.get(0))
        .unwrap();
    assert_eq!(waits, 0);
    drop(database);
    assert_sound(&profile);
}

#[test]
fn what_is_sent_is_filed_here() {
    let bed = bed();
    let (user, other) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_policy(bed, &user, LEAVE);
    let text = format!(
        "From: {}\r\nTo: {}\r\nSubject: out\r\n\r\nText.\r\n",
        user.address, other.address
    );
    let file = profile.file("out.eml", text.as_bytes());
    let sent = profile.run(&["send", file.to_str().unwrap()]).objects();
    assert_eq!(sent[0]["state"], "sent", "{sent:?}");
    bed.wait_for_messages(&other, "INBOX", 1);
    let row = &list(&profile, "Sent")[0];
    assert_eq!(row["subject"], "out");
    assert_eq!(row["on_server"], false);
    assert_eq!(bed.raw_messages(&user, "Sent").len(), 0);
    assert_sound(&profile);
}
