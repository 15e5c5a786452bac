//! Every `tests/fixtures/eml/**/*.eml` has beside it, as `.txt`, what a person
//! sees of it. A new bug report is a new pair of files; run the test with
//! `WAXWING_BLESS=1` to write the second one, then read it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::mime::{headers_of, parse, summary};
use crate::model::{Address, Email};

/// All fixtures with their names, in order.
pub(in crate::mime) fn all() -> Vec<(PathBuf, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/eml");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(root).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|end| end == "eml") {
                let raw = std::fs::read(&path).unwrap();
                found.push((path, raw));
            }
        }
    }
    found.sort();
    assert!(found.len() >= 25, "the corpus is gone");
    found
}

#[test]
fn messages_look_as_they_should() {
    for (path, raw) in all() {
        let seen = told(&parse(&raw), &summary(&raw).0.snippet);
        let golden = path.with_extension("txt");
        if std::env::var_os("WAXWING_BLESS").is_some() {
            std::fs::write(&golden, &seen).unwrap();
        }
        let wanted = std::fs::read_to_string(&golden).unwrap_or_default();
        assert_eq!(seen, wanted, "{}", path.display());
    }
}

#[test]
fn line_ends_do_not_change_what_is_read() {
    for (path, raw) in all() {
        let crlf = crate::mime::normalise_crlf(&raw).into_owned();
        let wanted = parse(&raw);
        let seen = parse(&crlf);
        assert_eq!(seen.subject, wanted.subject, "{}", path.display());
        assert_eq!(seen.text, wanted.text, "{}", path.display());
        assert_eq!(
            seen.attachments.len(),
            wanted.attachments.len(),
            "{}",
            path.display()
        );
    }
}

#[test]
fn the_header_alone_tells_the_same() {
    for (path, raw) in all() {
        let email = parse(&raw);
        let end = crate::mime::repair::header_len(&raw);
        let header = headers_of(&raw[..end]);
        if email.headers.is_empty() || raw.starts_with(b"\n") || raw.contains(&b'\r') {
            continue;
        }
        assert_eq!(header.subject, email.subject, "{}", path.display());
        assert_eq!(header.from, email.from, "{}", path.display());
        assert_eq!(header.date, email.date, "{}", path.display());
        assert_eq!(header.message_id, email.message_id, "{}", path.display());
    }
}

fn told(email: &Email, snippet: &str) -> String {
    let mut out = String::new();
    let list = |list: &[Address]| {
        let all: Vec<String> = list.iter().map(Address::to_string).collect();
        all.join(", ")
    };
    writeln!(out, "subject: {}", email.subject).unwrap();
    writeln!(out, "from: {}", list(&email.from)).unwrap();
    writeln!(out, "to: {}", list(&email.to)).unwrap();
    if !email.cc.is_empty() {
        writeln!(out, "cc: {}", list(&email.cc)).unwrap();
    }
    if let Some(date) = email.date {
        writeln!(out, "date: {}", date.to_rfc3339()).unwrap();
    }
    if let Some(id) = &email.message_id {
        writeln!(out, "id: {id}").unwrap();
    }
    let references: Vec<&str> = email.references.iter().map(|id| id.0.as_str()).collect();
    if !references.is_empty() {
        writeln!(out, "references: {}", references.join(" ")).unwrap();
    }
    for part in &email.attachments {
        let inline = if part.inline { " inline" } else { "" };
        writeln!(
            out,
            "attachment {}: {} ({}, {} bytes){inline}",
            part.part.0, part.name, part.content_type, part.size
        )
        .unwrap();
    }
    writeln!(out, "snippet: {snippet}").unwrap();
    writeln!(out, "html: {}", email.html.is_some()).unwrap();
    writeln!(out, "text ({:?}):\n{}", email.text_source, email.text).unwrap();
    out
}
