//! What is done here reaches the server once and in order: over lines that
//! break after any command, with servers that lack extensions or say no, and
//! with other programs at work on the same mail.

mod folders;
mod lines;
mod others;
mod verbs;

use std::collections::BTreeMap;

use serde_json::Value;

use super::bed::{Bed, User};
use super::fetching::{list, sha256, sync};
use super::profile::Profile;

/// What every test here hides: once the line is compressed nobody understands
/// its commands.
const PLAIN: &[&str] = &["COMPRESS=DEFLATE", "IMAP4rev2"];
const NO_MOVE: &[&str] = &["COMPRESS=DEFLATE", "IMAP4rev2", "MOVE"];
const NOTHING: &[&str] = &["COMPRESS=DEFLATE", "IMAP4rev2", "MOVE", "UIDPLUS"];

fn subjects(profile: &Profile, folder: &str) -> Vec<String> {
    let mut subjects: Vec<String> = list(profile, folder)
        .iter()
        .map(|row| row["subject"].as_str().unwrap().to_owned())
        .collect();
    subjects.sort();
    subjects
}

fn with_subject(profile: &Profile, folder: &str, subject: &str) -> Value {
    let rows = list(profile, folder);
    let found = rows.iter().find(|row| row["subject"] == subject);
    found
        .unwrap_or_else(|| panic!("no {subject:?} in {folder}: {rows:#?}"))
        .clone()
}

fn id_of(profile: &Profile, folder: &str, subject: &str) -> String {
    super::fetching::id(&with_subject(profile, folder, subject))
}

fn flags_of(profile: &Profile, folder: &str, subject: &str) -> Vec<String> {
    let row = with_subject(profile, folder, subject);
    let flags = row["flags"].as_array().unwrap();
    let mut flags: Vec<String> = flags
        .iter()
        .map(|flag| flag.as_str().unwrap().to_owned())
        .collect();
    flags.sort();
    flags
}

fn tally(hashes: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for hash in hashes {
        *counts.entry(hash).or_default() += 1;
    }
    counts
}

/// After a pass that nothing disturbs, the folders are what the server has.
fn assert_in_step(bed: &Bed, user: &User, profile: &Profile, folders: &[&str]) {
    sync(profile);
    for folder in folders {
        let there = bed.raw_messages(user, folder);
        let here = list(profile, folder);
        let hash = |row: &Value| row["sha256"].as_str().unwrap_or("not here").to_owned();
        assert_eq!(
            tally(here.iter().map(hash)),
            tally(there.iter().map(|raw| sha256(raw))),
            "{folder}: {here:#?}"
        );
    }
}

/// Searches a folder on the server.
fn on_server(bed: &Bed, user: &User, folder: &str, query: &[&str]) -> usize {
    let mut words = vec!["search", "-u", &user.address, "mailbox", folder];
    words.extend(query);
    bed.doveadm(&words).lines().count()
}
