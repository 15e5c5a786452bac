//! Guards the layers: no file speaks of a layer above it, no crate leaks out of
//! its home, no file outgrows one reading, and nothing is `unsafe`.
//!
//! Reads the sources as text, comments and strings taken out, and needs nothing
//! but std. There is no list of exceptions.

#![cfg(test)]

use std::fs;
use std::path::{Path, PathBuf};

/// A file longer than this wants to be two.
const MOST_LINES: usize = 600;

/// Our own modules, each with those it may name besides itself. `model` and
/// `error` are for everybody; the window and the commands (the binary) see the
/// library's public face only.
const LAYERS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("error", &["model"]),
    ("mime", &["model", "error"]),
    ("html", &["model", "error", "mime", "sandbox"]),
    ("archive", &["model"]),
    ("sandbox", &["model", "error"]),
    ("documents", &["model", "sandbox"]),
    ("search", &["model"]),
    ("config", &["model", "error"]),
    ("providers", &["model"]),
    ("trust", &["model", "mime", "providers"]),
    ("secrets", &["model", "error", "config"]),
    ("store", &["model", "error", "search"]),
    ("net", &["model", "error"]),
    ("protocol", &["model", "error", "net", "mime"]),
    (
        "diagnosis",
        &["model", "error", "net", "protocol", "providers"],
    ),
    ("oauth", &["model", "error", "net", "config"]),
    ("discovery", &["model", "net", "protocol", "providers"]),
    (
        "sync",
        &[
            "model", "error", "net", "mime", "search", "protocol", "store",
        ],
    ),
    (
        "engine",
        &[
            "model",
            "error",
            "net",
            "mime",
            "archive",
            "search",
            "protocol",
            "diagnosis",
            "trust",
            "store",
            "sync",
            "config",
            "secrets",
            "oauth",
            "providers",
            "discovery",
            "sandbox",
            "documents",
            "html",
        ],
    ),
    (
        "demo",
        &["model", "error", "mime", "config", "secrets", "engine"],
    ),
    ("platform", &["model", "error", "config"]),
    (
        "ui",
        &[
            "model", "error", "config", "engine", "demo", "html", "platform",
        ],
    ),
    (
        "cli",
        &[
            "model", "error", "config", "engine", "demo", "html", "sandbox", "platform",
        ],
    ),
    (
        "main",
        &[
            "model", "error", "config", "engine", "demo", "html", "sandbox", "platform", "ui",
            "cli",
        ],
    ),
];

/// Crates with a home, and the files that are it.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["src/store"]),
    ("zstd", &["src/store"]),
    ("tar", &["src/archive"]),
    ("async_imap", &["src/protocol/imap"]),
    ("flate2", &["src/protocol/imap"]),
    ("imap_proto", &["src/protocol/imap"]),
    ("async_pop", &[]),
    ("imap_codec", &["src/demo"]),
    ("lettre", &["src/protocol/smtp"]),
    ("hmac", &["src/protocol"]),
    ("md5", &["src/protocol"]),
    ("mail_parser", &["src/mime", "src/demo/sample/tests"]),
    ("mail_auth", &["src/trust/signature"]),
    ("calcard", &["src/mime"]),
    ("mail_builder", &["src/mime", "src/demo/sample"]),
    ("html2text", &["src/mime"]),
    ("html5ever", &["src/html"]),
    ("cssparser", &["src/html"]),
    ("blitz_dom", &["src/html/page"]),
    ("blitz_html", &["src/html/page"]),
    ("blitz_paint", &["src/html/page"]),
    ("blitz_traits", &["src/html/page"]),
    ("anyrender", &["src/html/page"]),
    ("anyrender_vello_cpu", &["src/html/page"]),
    ("fontique", &["src/html/page"]),
    ("parley", &["src/html/page"]),
    ("peniko", &["src/html/page"]),
    ("image", &["src/html/page"]),
    ("krilla", &["src/html/page"]),
    ("iced", &["src/ui", "src/main"]),
    ("iced_test", &["src/ui"]),
    ("nucleo_matcher", &["src/ui"]),
    ("rfd", &["src/ui"]),
    ("ashpd", &["src/ui"]),
    ("keyring", &["src/secrets"]),
    ("directories", &["src/config"]),
    ("toml", &["src/config", "src/cli", "src/providers"]),
    ("tokio_rustls", &["src/net", "src/engine/proving/tests"]),
    ("rustls_platform_verifier", &["src/net"]),
    ("rustix", &["src/store", "src/platform", "src/sandbox"]),
    ("landlock", &["src/sandbox"]),
    ("seccompiler", &["src/sandbox"]),
    ("libc", &["src/sandbox"]),
    ("hayro_interpret", &["src/documents"]),
    ("quick_xml", &["src/documents"]),
    ("zip", &["src/documents"]),
    ("hickory_resolver", &["src/net/names"]),
    ("icu_normalizer", &["src/search", "src/store/list"]),
    ("strsim", &["src/search"]),
    ("roxmltree", &["src/discovery"]),
    ("psl", &["src/model/owner"]),
    ("unicode_security", &["src/trust"]),
    ("reqwest", &["src/net"]),
    ("url", &["src/net", "src/html", "src/providers/tests"]),
    ("oauth2", &["src/oauth"]),
    ("socket2", &["src/net", "src/engine/proving/tests"]),
    ("if_watch", &["src/net"]),
    ("clap", &["src/cli", "src/main"]),
];

/// One source file: its path from the project's root, and its text.
struct Source {
    path: String,
    text: String,
}

#[test]
fn the_sources_keep_the_rules() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = read_all(root);
    assert!(sources.len() > 20, "only {} files found", sources.len());
    let complaints: Vec<String> = sources.iter().flat_map(check).collect();
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Everything wrong with a file, a sentence each.
fn check(source: &Source) -> Vec<String> {
    let code = bare_code(&source.text);
    let words = words(&code);
    let path = &source.path;
    let mut complaints = Vec::new();
    let lines = source.text.lines().count();
    if lines > MOST_LINES {
        complaints.push(format!("{path}: {lines} lines, more than {MOST_LINES}"));
    }
    if words.iter().any(|word| word.text == "unsafe") {
        complaints.push(format!("{path}: unsafe code"));
    }
    // Tests may use any crate and name any layer they can see.
    if path.starts_with("src/") {
        complaints.extend(layer_complaints(path, &words));
        complaints.extend(home_complaints(path, &words));
    }
    complaints
}

fn layer_complaints(path: &str, words: &[Word<'_>]) -> Vec<String> {
    let Some(layer) = layer_of(path) else {
        return Vec::new();
    };
    if layer == "lib" {
        return Vec::new();
    }
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
        return vec![format!("{path}: no layer is called {layer}")];
    };
    named_layers(path, words)
        .into_iter()
        .filter(|named| *named != layer && !allowed.contains(named))
        .filter(|named| LAYERS.iter().any(|(name, _)| name == named))
        .map(|named| format!("{path}: {layer} must not know {named}"))
        .collect()
}

/// The layers a file names: after `crate::`, after `waxwing::`, after as many
/// `super::` as lead to the root, and within `use crate::{…}`.
fn named_layers<'a>(path: &str, words: &[Word<'a>]) -> Vec<&'a str> {
    let depth = path.trim_end_matches(".rs").split('/').count() - 1;
    let mut named = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let root = match word.text {
            "crate" | "waxwing" => true,
            // In `src/store/list.rs` two `super` reach the root.
            "super" => {
                let chain = words[..=at].iter().rev();
                let supers = chain.take_while(|w| w.text == "super" && w.path).count();
                supers >= depth
            }
            _ => false,
        };
        if root && word.path {
            named.extend(heads(&words[at + 1..]));
        }
    }
    named.sort_unstable();
    named.dedup();
    named
}

/// The first names of a path's rest: one, or those of a `{…}` group.
fn heads<'a>(rest: &[Word<'a>]) -> Vec<&'a str> {
    let Some(first) = rest.first() else {
        return Vec::new();
    };
    if first.text != "{" {
        return vec![first.text];
    }
    let mut heads = Vec::new();
    let mut depth = 0;
    let mut fresh = false;
    for word in rest {
        match word.text {
            "{" => {
                depth += 1;
                fresh = depth == 1;
            }
            "}" => depth -= 1,
            "," => fresh = depth == 1,
            name => {
                if fresh {
                    heads.push(name);
                }
                fresh = false;
            }
        }
        if depth == 0 {
            break;
        }
    }
    heads
}

fn home_complaints(path: &str, words: &[Word<'_>]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, homes) in HOMES {
        let at_home = homes
            .iter()
            .any(|home| path == format!("{home}.rs") || path.starts_with(&format!("{home}/")));
        let uses = |at: usize, word: &Word<'_>| {
            let before = at.checked_sub(1).map(|i| &words[i]);
            let inner = before.is_some_and(|w| w.path && w.text != "use");
            let imported = before.is_some_and(|w| w.text == "use");
            // A module of the same name is no crate.
            let declared = before.is_some_and(|w| w.text == "mod");
            word.text == *name && !inner && !declared && (word.path || imported)
        };
        let used = words.iter().enumerate().any(|(at, word)| uses(at, word));
        if used && !at_home {
            complaints.push(format!("{path}: the crate {name} belongs to {homes:?}"));
        }
    }
    complaints
}

/// `src/store/list.rs` and `src/store.rs` are of the layer `store`.
fn layer_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let first = inside.split('/').next()?;
    Some(first.trim_end_matches(".rs"))
}

/// An identifier or one of `{ } ,`, and whether `::` follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word<'a> {
    text: &'a str,
    path: bool,
}

fn words(code: &str) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    let mut rest = code;
    while let Some(start) = rest.find(|c: char| is_word(c) || "{},".contains(c)) {
        rest = rest.split_at(start).1;
        let end = if rest.starts_with(is_word) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            1
        };
        let (text, after) = rest.split_at(end);
        let path = after.trim_start().starts_with("::");
        words.push(Word { text, path });
        rest = after;
    }
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text without comments and without what stands in strings and characters.
fn bare_code(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let rest = &chars[at..];
        let skipped = match rest {
            ['/', '/', ..] => line_comment(rest),
            ['/', '*', ..] => block_comment(rest),
            ['"', ..] => string(rest),
            ['b', 'r', '"' | '#', ..] if !out.ends_with(is_word) => after_b(rest),
            ['r', '"' | '#', ..] if !out.ends_with(is_word) => raw_string(rest),
            ['\'', ..] => character(rest),
            _ => 0,
        };
        if skipped == 0 {
            out.push(rest[0]);
            at += 1;
        } else {
            out.push(' ');
            at += skipped;
        }
    }
    out
}

fn line_comment(text: &[char]) -> usize {
    text.iter().position(|&c| c == '\n').unwrap_or(text.len())
}

/// Block comments nest.
fn block_comment(text: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        match &text[at..] {
            ['/', '*', ..] => {
                depth += 1;
                at += 2;
            }
            ['*', '/', ..] => {
                depth -= 1;
                at += 2;
            }
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn string(text: &[char]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// `r"…"` and `r#"…"#`; nothing for a raw identifier like `r#type`.
fn raw_string(text: &[char]) -> usize {
    let hashes = text[1..].iter().take_while(|&&c| c == '#').count();
    if text.get(1 + hashes) != Some(&'"') {
        return 0;
    }
    let body = 2 + hashes;
    let ends = |at: &usize| {
        let after = text[*at..].iter().skip(1).take(hashes);
        text[*at] == '"' && after.filter(|&&c| c == '#').count() == hashes
    };
    (body..text.len())
        .find(ends)
        .map_or(text.len(), |at| at + 1 + hashes)
}

/// `br"…"` and `br#"…"#`.
fn after_b(text: &[char]) -> usize {
    match raw_string(&text[1..]) {
        0 => 0,
        length => length + 1,
    }
}

/// `'x'` and `'\n'`; nothing for a lifetime.
fn character(text: &[char]) -> usize {
    match text {
        ['\'', '\\', _, rest @ ..] => {
            let end = rest.iter().position(|&c| c == '\'');
            end.map_or(0, |end| end + 4)
        }
        ['\'', _, '\'', ..] => 3,
        _ => 0,
    }
}

fn read_all(root: &Path) -> Vec<Source> {
    let mut waiting: Vec<PathBuf> = vec![root.join("src"), root.join("tests")];
    let mut sources = Vec::new();
    while let Some(directory) = waiting.pop() {
        for entry in fs::read_dir(&directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let path = path.strip_prefix(root).unwrap();
                let path = path.to_str().unwrap().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

#[cfg(test)]
mod checker {
    use super::{MOST_LINES, Source, bare_code, check};

    fn complaints(path: &str, text: &str) -> Vec<String> {
        check(&Source {
            path: path.to_owned(),
            text: text.to_owned(),
        })
    }

    #[test]
    fn a_layer_that_looks_up_is_named() {
        for (path, text) in [
            ("src/model/email.rs", "use crate::store::Store;"),
            ("src/store.rs", "use crate::{error::Error, net};"),
            (
                "src/store/list.rs",
                "use crate::{model::{Uid, Flag}, sync};",
            ),
            (
                "src/store/list.rs",
                "fn f() { super::super::protocol::go(); }",
            ),
            (
                "src/protocol/imap/fetch.rs",
                "type S = crate :: store::Store;",
            ),
            ("src/engine.rs", "pub use crate::ui::App;"),
            ("src/ui/app.rs", "use waxwing::store::Store;"),
            ("src/cli.rs", "use waxwing::{engine, protocol};"),
            ("src/sync/plan.rs", "pub(in crate::engine) fn f() {}"),
        ] {
            let found = complaints(path, text);
            assert_eq!(found.len(), 1, "{path} {text}: {found:?}");
            assert!(found[0].contains("must not know"), "{found:?}");
        }
    }

    #[test]
    fn a_layer_that_looks_down_is_left_alone() {
        for (path, text) in [
            (
                "src/engine/runtime.rs",
                "use crate::{store, sync, net::tls};",
            ),
            (
                "src/store/list.rs",
                "use super::open; use crate::model::Uid;",
            ),
            ("src/store/list/tests.rs", "use super::super::engine;"),
            ("src/sync.rs", "use crate::protocol::imap; mod engine_side;"),
            (
                "src/ui/app.rs",
                "use waxwing::{engine::Handle, model}; use crate::ui;",
            ),
            (
                "src/net.rs",
                "// crate::store\n/* crate::ui /* x */ */ fn f() {}",
            ),
            (
                "src/net.rs",
                "const S: &str = \"crate::store\"; const C: char = '\"';",
            ),
            ("src/net.rs", "const S: &str = r#\"a \" crate::store\"#;"),
            ("src/net.rs", "const S: &[u8] = br#\"a \" crate::store\"#;"),
            (
                "tests/it/bed.rs",
                "use waxwing::store; use rusqlite::Connection;",
            ),
        ] {
            let found = complaints(path, text);
            assert!(found.is_empty(), "{path} {text}: {found:?}");
        }
    }

    #[test]
    fn a_new_layer_must_be_placed() {
        let found = complaints("src/helpers/misc.rs", "fn f() {}");
        assert_eq!(found, ["src/helpers/misc.rs: no layer is called helpers"]);
    }

    #[test]
    fn a_crate_away_from_home_is_named() {
        for (path, text) in [
            ("src/engine.rs", "use rusqlite::Connection;"),
            ("src/sync/outbox.rs", "fn f() { lettre::send(); }"),
            ("src/protocol.rs", "use ::async_imap::Client;"),
            ("src/protocol/imaps.rs", "use imap_proto as proto;"),
            ("src/cli.rs", "use iced;"),
        ] {
            let found = complaints(path, text);
            assert_eq!(found.len(), 1, "{path} {text}: {found:?}");
            assert!(found[0].contains("belongs to"), "{found:?}");
        }
    }

    #[test]
    fn a_crate_at_home_is_left_alone() {
        for (path, text) in [
            ("src/store/open.rs", "use rusqlite::Connection;"),
            ("src/protocol/imap.rs", "use async_imap::Client;"),
            (
                "src/demo/sample/news.rs",
                "use mail_builder::MessageBuilder;",
            ),
            ("src/ui.rs", "use iced::widget;"),
            ("src/secrets.rs", "mod keyring; use self::keyring::Ring;"),
            ("src/config.rs", "let toml = 1; use toml::Table;"),
        ] {
            let found = complaints(path, text);
            assert!(found.is_empty(), "{path} {text}: {found:?}");
        }
    }

    #[test]
    fn long_and_unsafe_files_are_named() {
        let long = "// a line\n".repeat(MOST_LINES + 1);
        assert!(complaints("src/net.rs", &long)[0].contains("601 lines"));
        let bold = "fn f() { unsafe { g() } }";
        assert_eq!(complaints("src/net.rs", bold), ["src/net.rs: unsafe code"]);
        let meek = "#![forbid(unsafe_code)] // unsafe\nconst S: &str = \"unsafe\";";
        assert!(complaints("src/net.rs", meek).is_empty());
    }

    #[test]
    fn comments_strings_and_characters_go_code_stays() {
        let bare = bare_code("a /* b */ 'c' '\\'' \"d\\\"e\" r#\"f\"# <'g> r#type // h\ni");
        let words: Vec<&str> = bare.split_whitespace().collect();
        assert_eq!(words, ["a", "<'g>", "r#type", "i"]);
    }
}
