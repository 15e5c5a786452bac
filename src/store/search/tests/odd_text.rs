//! Whatever a person types, it is a search and never an error.

use chrono::NaiveDate;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::search::{parse, parse_typing};

/// What is syntax somewhere: here, in the index, in SQL.
const PIECES: [&str; 60] = [
    "\"",
    "'",
    "(",
    ")",
    "-",
    "*",
    ":",
    "^",
    "+",
    "{",
    "}",
    "[",
    "]",
    ",",
    ";",
    "%",
    "_",
    "\\",
    "!",
    "?",
    "|",
    "&",
    "<",
    ">",
    "=",
    "/",
    "#",
    "~",
    "`",
    "\0",
    "\n",
    "\u{a0}",
    "\u{202e}",
    "\u{200d}",
    "OR",
    "AND",
    "NOT",
    "NEAR",
    "from:",
    "is:",
    "before:",
    "in:",
    "tag:",
    "larger:",
    "filename:",
    "--",
    "/*",
    "\u{201c}",
    "\u{301}",
    "東",
    "京都",
    "ก",
    "한",
    "שלום",
    "مرحبا",
    "é",
    "👍🏽",
    "\u{fffd}",
    "\u{10ffff}",
    "\u{fdfa}",
];

fn odd_text(random: &mut StdRng) -> String {
    let mut text = String::new();
    for _ in 0..random.random_range(0..12) {
        match random.random_range(0..6) {
            0 => text.push(' '),
            1 => text.push_str(
                ["all", "n3", "even", "7d", "unread", "inbox"][random.random_range(0..6)],
            ),
            2 => text.push(random.random()),
            _ => text.push_str(PIECES[random.random_range(0..PIECES.len())]),
        }
    }
    text
}

#[tokio::test]
async fn no_text_breaks_a_search() {
    let (bench, _) = ten().await;
    let mut random = StdRng::seed_from_u64(6);
    let mut texts: Vec<String> = (0..2000).map(|_| odd_text(&mut random)).collect();
    for piece in PIECES {
        texts.push(piece.repeat(3000));
        texts.push(format!("{piece} ").repeat(1000));
        texts.push(format!("-{piece}n3({piece} ").repeat(300));
    }
    for word in [
        "a",
        "-a",
        "(a",
        "-(a b)",
        "a OR",
        "in:x",
        "-is:read",
        "(a OR is:read)",
        "-(a is:read)",
    ] {
        texts.push(format!("{word} ").repeat(2000));
    }
    let today = NaiveDate::from_ymd_opt(2026, 5, 14).unwrap();
    for text in texts {
        for parsed in [parse(&text, today), parse_typing(&text, today)] {
            for remark in parsed.remarks {
                assert!(text.get(remark.at).is_some(), "{text:?}");
            }
            let search = newest(parsed.query, 9);
            let found = bench
                .store
                .read(move |r| r.search(&search, &Stop::default()));
            let found = found.await;
            assert!(found.is_ok(), "{text:?}: {found:?}");
        }
    }
}
