//! HTML mail drawn by the built program, in its confined child.

mod hostile;
mod tricks;

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Profile};

/// A profile with these messages in a folder of its own, and their ids in turn.
fn profile_with(messages: &[(String, Vec<u8>)]) -> (Profile, Vec<String>) {
    let user = bed().fresh_user();
    let profile = Profile::new(bed());
    profile
        .add_account(&AccountFile::on(bed(), &user, Incoming::Pop3Tls))
        .objects();
    let folder = profile.path().join("../letters");
    fs::create_dir(&folder).unwrap();
    for (place, (_, raw)) in messages.iter().enumerate() {
        fs::write(folder.join(format!("{place:04}.eml")), raw).unwrap();
    }
    let folder = folder.to_str().unwrap();
    profile
        .run(&["import", folder, "--to", "Letters"])
        .objects();
    let rows = profile
        .run(&["list", "Letters", "--limit", "1000"])
        .objects();
    let id_of = |name: &String| {
        let row = rows.iter().find(|row| row["subject"] == name.as_str());
        row.unwrap_or_else(|| panic!("{name} is not there"))["id"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let ids = messages.iter().map(|(name, _)| id_of(name)).collect();
    (profile, ids)
}

/// A message that is this HTML, with its name as subject.
fn html_mail(name: &str, html: &str) -> (String, Vec<u8>) {
    let raw = format!(
        "From: Somebody <a@sender.test>\r\nTo: me@example.test\r\nSubject: {name}\r\n\
         Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{name}@sender.test>\r\n\
         MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n"
    );
    (name.to_owned(), raw.into_bytes())
}

fn render(profile: &Profile, id: &str, more: &[&str]) -> (Value, Vec<u8>) {
    let out = profile.path().join("../out.png");
    let arguments = [&["render", id, out.to_str().unwrap()], more].concat();
    let line = profile.run(&arguments).objects().remove(0);
    (line, fs::read(out).unwrap())
}

/// Width and height as a PNG file says them.
fn size_of(png: &[u8]) -> (u64, u64) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    (number(16), number(20))
}

#[test]
fn a_message_is_drawn_at_the_width_that_is_wanted() {
    let html = "<body style='margin:0'><div style='height:900px;background:#f00'></div>\
        <img src='https://elsewhere.test/a.png' width=100 height=20>";
    let text = "Subject: plain\r\n\r\nOnly words.\r\n";
    let messages = [html_mail("page", html), ("plain".to_owned(), text.into())];
    let (profile, ids) = profile_with(&messages);
    let (line, png) = render(&profile, &ids[0], &[]);
    assert_eq!(line["width"], 800);
    assert!(line["height"].as_u64().unwrap() >= 900, "{line}");
    assert_eq!(line["blocked_remote"], 1);
    let size = size_of(&png);
    assert_eq!(line["height"], size.1);
    let (line, png) = render(
        &profile,
        &ids[0],
        &["--width", "400", "--scale", "2", "--dark"],
    );
    assert_eq!((line["width"].as_u64(), size_of(&png).0), (Some(800), 800));
    assert!(line["height"].as_u64().unwrap() >= 1800);
    let (line, _) = render(&profile, &ids[1], &[]);
    assert_eq!(line["blocked_remote"], 0);
    let shown = profile.run(&["show", &ids[0]]).objects().remove(0);
    assert!(!shown["html"].as_str().unwrap().contains("elsewhere.test"));
}

#[test]
#[ignore = "takes long without the release build: tests/run runs it"]
fn hostile_mail_is_shown_or_refused_and_nothing_else_happens() {
    let count = std::env::var("WAXWING_HOSTILE").ok();
    let count = count.and_then(|count| count.parse().ok()).unwrap_or(30);
    let messages = hostile::mails(count);
    let (profile, ids) = profile_with(&messages);
    let mut refused = Vec::new();
    for (id, (name, _)) in ids.iter().zip(&messages) {
        let out = profile.path().join("../out.png");
        let outcome = profile.run(&["render", id, out.to_str().unwrap()]);
        match outcome.status {
            Some(0) => {}
            Some(1) => {
                let kind = outcome.error_kind();
                let known = ["timeout", "too_large", "input"].contains(&kind.as_str());
                assert!(known, "{name}: {outcome:#?}");
                refused.push(name.as_str());
            }
            _ => panic!("{name}: {outcome:#?}"),
        }
        assert!(!outcome.stderr.contains("panicked"), "{name}: {outcome:#?}");
        let paper = profile.path().join("../out.pdf");
        let printed = profile.run(&["print", id, "--to", paper.to_str().unwrap()]);
        assert!(
            matches!(printed.status, Some(0 | 1)),
            "{name}: {printed:#?}"
        );
        drop(fs::remove_file(paper));
    }
    println!("{} of {} refused: {refused:?}", refused.len(), ids.len());
    assert!(refused.len() * 2 < ids.len(), "{refused:?}");
}

/// Counts who connects.
struct Trap {
    port: u16,
    caught: Arc<AtomicUsize>,
}

impl Trap {
    fn set() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let caught = Arc::new(AtomicUsize::new(0));
        let counter = caught.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                counter.fetch_add(1, Ordering::SeqCst);
                let mut heard = [0; 512];
                drop(connection.map(|mut connection| connection.read(&mut heard)));
            }
        });
        Self { port, caught }
    }

    fn caught(&self) -> usize {
        self.caught.load(Ordering::SeqCst)
    }
}

#[test]
fn no_trick_makes_a_message_phone_home() {
    let trap = Trap::set();
    let messages: Vec<_> = tricks::all(trap.port)
        .into_iter()
        .enumerate()
        .map(|(place, html)| html_mail(&format!("trick-{place}"), &html))
        .collect();
    assert!(messages.len() >= 100, "{}", messages.len());
    let together: String = tricks::all(trap.port).concat();
    let (profile, ids) = profile_with(&messages);
    let here = format!("127.0.0.1:{}", trap.port);
    for (id, (name, raw)) in ids.iter().zip(&messages) {
        let shown = profile.run(&["show", id]).objects().remove(0);
        let html = shown["html"].as_str().unwrap_or_default();
        // Links stay, for a person to follow.
        let left = html.replace(&format!("<a href=\"http://{here}"), "");
        assert!(
            !left.contains(&here),
            "{name}: {} became {html}",
            String::from_utf8_lossy(raw)
        );
    }
    // Drawn one by one they take long, and together they meet each other.
    let (profile, ids) = profile_with(&[html_mail("together", &together)]);
    let (line, _) = render(&profile, &ids[0], &[]);
    assert!(line["blocked_remote"].as_u64().unwrap() >= 60, "{line}");
    let paper = profile.path().join("../out.pdf");
    let paper = ["print", &ids[0], "--to", paper.to_str().unwrap()];
    let line = profile.run(&paper).objects().remove(0);
    assert!(line["blocked_remote"].as_u64().unwrap() >= 60, "{line}");
    assert_eq!(trap.caught(), 0);
    // The trap works: whoever asks is caught.
    drop(std::net::TcpStream::connect(("127.0.0.1", trap.port)).unwrap());
    let patience = std::time::Duration::from_secs(20);
    assert!(super::bed::wait_until(patience, || trap.caught() == 1));
}
