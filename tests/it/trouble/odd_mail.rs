//! Mail as nobody should write it, all the way through.

use std::fs;
use std::path::{Path, PathBuf};

use super::super::bed::bed;
use super::super::fetching::{id, list, sync, with_account};
use super::on_server;

fn samples(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            samples(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "eml") {
            found.push(path);
        }
    }
}

#[test]
fn every_sample_is_fetched_listed_and_shown() {
    let bed = bed();
    let user = bed.fresh_user();
    let mut files = Vec::new();
    samples(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/eml"),
        &mut files,
    );
    assert!(files.len() > 30, "{files:?}");
    for file in &files {
        bed.deliver(&user, &fs::read(file).unwrap());
    }
    let profile = with_account(bed, &user);
    sync(&profile);
    let rows = list(&profile, "INBOX");
    assert_eq!(rows.len(), files.len());
    for row in &rows {
        assert_eq!(row["stored"], "full", "{row}");
        profile.run(&["show", &id(row)]).objects();
    }
    assert_eq!(
        super::here(&profile, &["INBOX"]),
        on_server(bed, &user, &["INBOX"])
    );
    assert_eq!(
        sync(&profile)["INBOX"]["bytes"],
        0,
        "nothing is fetched twice"
    );
}
