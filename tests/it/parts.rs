//! Large messages against a real Dovecot: the text at once, the files when
//! they are asked for.

use std::fs;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::bed::{Bed, User, bed, wait_until};
use super::fetching::{id, list, sha256, sync};
use super::profile::{AccountFile, Incoming, Profile};

/// Noise that does not pack.
fn noise(length: usize, mut seed: u64) -> Vec<u8> {
    let mut byte = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed >> 32) as u8
    };
    (0..length).map(|_| byte()).collect()
}

fn in_lines(bytes: &[u8]) -> String {
    let encoded = STANDARD.encode(bytes).into_bytes();
    let lines = encoded.chunks(76).map(|line| [line, b"\r\n"].concat());
    String::from_utf8(lines.collect::<Vec<_>>().concat()).unwrap()
}

/// A message of 20 MB: a text in two forms, a picture in it, a small file, a
/// large one.
fn large(name: &str, film: &[u8], picture: &[u8]) -> Vec<u8> {
    format!(
        "From: Ada <ada@example.test>\r\nTo: me@example.test\r\nSubject: {name}\r\n\
         Message-ID: <{name}@example.test>\r\nDate: Fri, 01 May 2026 07:00:00 +0000\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"outer\"\r\n\r\n\
         This is a message in MIME format.\r\n\
         --outer\r\nContent-Type: multipart/related; boundary=\"inner\"\r\n\r\n\
         --inner\r\nContent-Type: multipart/alternative; boundary=\"both\"\r\n\r\n\
         --both\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
         The gr=C3=BCne whirligigs are attached.\r\n\
         --both\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
         <p>The whirligigs <img src=\"cid:p@x\"> are attached.</p>\r\n--both--\r\n\
         --inner\r\nContent-Type: image/jpeg; name=\"p.jpg\"\r\nContent-ID: <p@x>\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{}--inner--\r\n\
         --outer\r\nContent-Type: text/csv; name=\"small.csv\"\r\n\
         Content-Disposition: attachment; filename=\"small.csv\"\r\n\r\na;b\r\n1;2\r\n\
         --outer\r\nContent-Type: video/mp4\r\nContent-Disposition: attachment;\r\n \
         filename*=utf-8''%C3%9Cbersicht.mp4\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--outer--\r\n",
        in_lines(picture),
        in_lines(film),
    )
    .into_bytes()
}

/// A profile that leaves the bodies of an account on the server.
fn headers_only(bed: &Bed, user: &User) -> Profile {
    let profile = Profile::new(bed);
    let mut file = AccountFile::on(bed, user, Incoming::ImapTls);
    file.more = "[incoming.imap]\nprefetch = \"headers\"\n".to_owned();
    profile.add_account(&file).objects();
    profile
}

/// How many connections of this user came to their end, and how many bytes
/// the server sent on them.
fn sent(bed: &Bed, user: &User) -> (usize, u64) {
    let name = format!("({})", user.address);
    let logs = bed.logs();
    let lines = logs.lines().filter(|line| line.contains(&name));
    let counts: Vec<u64> = lines
        .filter_map(|line| {
            let (_, rest) = line.split_once(" out=")?;
            let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
            digits.parse().ok()
        })
        .collect();
    (counts.len(), counts.iter().sum())
}

/// How many bytes the server sent on the connection that `work` makes.
fn cost(bed: &Bed, user: &User, work: impl FnOnce()) -> u64 {
    let (connections, before) = sent(bed, user);
    work();
    let ended = wait_until(Duration::from_secs(10), || sent(bed, user).0 > connections);
    assert!(ended, "{}", bed.logs());
    sent(bed, user).1 - before
}

fn row(profile: &Profile) -> Value {
    list(profile, "INBOX").remove(0)
}

fn show(profile: &Profile, id: &str) -> Value {
    profile.run(&["show", id]).objects().remove(0)
}

/// The attachments as `show` lists them: name, size, hash.
fn attached(shown: &Value) -> Vec<(String, u64, Option<String>)> {
    let list = shown["attachments"].as_array().unwrap().iter();
    list.map(|part| {
        let name = part["name"].as_str().unwrap().to_owned();
        let hash = part["sha256"].as_str().map(str::to_owned);
        (name, part["size"].as_u64().unwrap(), hash)
    })
    .collect()
}

#[test]
fn a_message_of_20_mb_is_read_at_once() {
    let bed = bed();
    let user = bed.fresh_user();
    let (film, picture) = (noise(14_000_000, 7), noise(600_000, 9));
    let raw = large("film", &film, &picture);
    bed.deliver(&user, &raw);
    let profile = headers_only(bed, &user);
    sync(&profile);
    let id = id(&row(&profile));
    let mut shown = Value::Null;
    let bytes = cost(bed, &user, || shown = show(&profile, &id));
    let text = shown["text"].as_str().unwrap();
    assert_eq!(text.trim(), "The grüne whirligigs are attached.");
    assert!((1_000..100_000).contains(&bytes), "{bytes}");
    println!("{bytes} bytes for the text of {}", raw.len());
    let files = attached(&shown);
    let names: Vec<&str> = files.iter().map(|file| file.0.as_str()).collect();
    assert_eq!(names, ["p.jpg", "small.csv", "Übersicht.mp4"]);
    assert!(files[2].1.abs_diff(14_000_000) < 1_000, "{files:?}");
    let known: Vec<bool> = files.iter().map(|file| file.2.is_some()).collect();
    assert_eq!(known, [false, true, false]);
    // It is no stored message, and its text can be found.
    let listed = row(&profile);
    assert_eq!(
        (&listed["stored"], &listed["sha256"]),
        (&"headers".into(), &Value::Null)
    );
    assert_eq!(listed["attachments"], 2);
    let found = profile.run(&["search", "whirligigs"]).objects();
    assert_eq!(found.len(), 1);

    let dir = profile.path().join("files");
    profile
        .run(&["attachments", &id, "--to", dir.to_str().unwrap()])
        .objects();
    assert_eq!(fs::read(dir.join("Übersicht.mp4")).unwrap(), film);
    assert_eq!(fs::read(dir.join("p.jpg")).unwrap(), picture);
    assert_eq!(fs::read(dir.join("small.csv")).unwrap(), b"a;b\r\n1;2");
    // Kept, and still not the message.
    let before = sent(bed, &user).0;
    let files = attached(&show(&profile, &id));
    assert_eq!(files[2].2, Some(sha256(&film)));
    assert_eq!(sent(bed, &user).0, before);
    assert_eq!(row(&profile)["stored"], "headers");
    assert_sound(&profile);

    let whole = profile.run(&["show", &id, "--raw"]);
    assert_eq!(whole.stdout.as_bytes(), raw);
    let listed = row(&profile);
    assert_eq!(
        (&listed["stored"], &listed["sha256"]),
        (&"full".into(), &sha256(&raw).into())
    );
    assert_sound(&profile);
}

fn assert_sound(profile: &Profile) {
    let checked = profile.run(&["check"]).objects();
    assert_eq!(checked[0]["problems"], Value::Array(vec![]), "{checked:?}");
}

#[test]
fn without_a_server_the_text_stays_and_the_file_says_where_it_is() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(
        &user,
        &large("film", &noise(1_000_000, 3), &noise(200_000, 4)),
    );
    let profile = headers_only(bed, &user);
    sync(&profile);
    let id = id(&row(&profile));
    let shown = show(&profile, &id);
    let accounts = profile.find("accounts.toml");
    let text = fs::read_to_string(&accounts).unwrap();
    // Nobody listens on port 1.
    let moved = text.replace(&format!("port = {}", bed.imap_tls()), "port = 1");
    assert_ne!(moved, text);
    fs::write(&accounts, moved).unwrap();
    assert_eq!(show(&profile, &id), shown);
    let dir = profile.path().join("files");
    let failed = profile.run(&["attachments", &id, "--to", dir.to_str().unwrap()]);
    assert_eq!(failed.error_kind(), "refused");
    assert_eq!(profile.run(&["show", &id, "--raw"]).error_kind(), "refused");
    fs::write(&accounts, text).unwrap();
    let saved = profile
        .run(&["attachments", &id, "--to", dir.to_str().unwrap()])
        .objects();
    assert_eq!(saved.len(), 3);
}

#[test]
fn what_is_wanted_here_comes_whole() {
    let bed = bed();
    let user = bed.fresh_user();
    let raw = large("film", &noise(1_000_000, 5), &noise(200_000, 6));
    bed.deliver(&user, &raw);
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &user, Incoming::ImapTls))
        .objects();
    profile.run(&["sync", "--headers-only"]).objects();
    let id = id(&row(&profile));
    let files = attached(&show(&profile, &id));
    assert!(files.iter().all(|file| file.2.is_some()), "{files:?}");
    assert_eq!(row(&profile)["sha256"], sha256(&raw));
}
