//! What goes wrong on the way: lines that break, disks that fill up, a program
//! that is killed. Afterwards nothing may be lost, doubled or half done.

mod cut_line;
mod disk;
mod mailing;
mod odd_mail;
mod posting;
pub(super) mod soak;

use std::collections::BTreeMap;

use serde_json::Value;

use super::bed::{Bed, User};
use super::fetching::{list, sha256, sync};
use super::profile::Profile;

/// How often each content lies in each folder.
type Contents = BTreeMap<String, BTreeMap<String, usize>>;

fn tally(hashes: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for hash in hashes {
        *counts.entry(hash).or_default() += 1;
    }
    counts
}

fn on_server(bed: &Bed, user: &User, folders: &[&str]) -> Contents {
    let of = |folder: &str| {
        let raw = bed.raw_messages(user, folder);
        tally(raw.iter().map(|raw| sha256(raw)))
    };
    let pair = |folder: &&str| ((*folder).to_owned(), of(folder));
    folders.iter().map(pair).collect()
}

fn here(profile: &Profile, folders: &[&str]) -> Contents {
    let hash = |row: &Value| row["sha256"].as_str().unwrap_or("not here").to_owned();
    let of = |folder: &str| tally(list(profile, folder).iter().map(hash));
    let pair = |folder: &&str| ((*folder).to_owned(), of(folder));
    folders.iter().map(pair).collect()
}

/// After a pass that nothing disturbs, the store is what the server is.
fn assert_in_step(bed: &Bed, user: &User, profile: &Profile, folders: &[&str]) -> Contents {
    sync(profile);
    let there = on_server(bed, user, folders);
    assert_eq!(here(profile, folders), there);
    super::checking::assert_sound(profile);
    there
}

/// All contents whatever folder they lie in.
fn all(contents: &Contents) -> BTreeMap<String, usize> {
    let mut sum = BTreeMap::new();
    for (hash, count) in contents.values().flatten() {
        *sum.entry(hash.clone()).or_default() += count;
    }
    sum
}
