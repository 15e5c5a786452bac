//! A connection that breaks after any number of octets.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use super::super::bed::{Bed, User, bed};
use super::super::fetching::{id, list, mail, sync};
use super::super::profile::{AccountFile, Incoming, Profile};
use super::{all, assert_in_step, on_server};

/// At how many points, evenly spread, the line is cut.
const STEPS: u64 = 24;
const CHANGES: u64 = 16;
const FOLDERS: &[&str] = &["INBOX", "Archive"];

/// Passes on what client and server say, up to an octet of the server's.
struct Cutter {
    port: u16,
    /// How much the server may say on the next connection.
    limit: Arc<AtomicU64>,
    /// How much it said on the last one.
    said: Arc<AtomicU64>,
    /// The answer with this word never comes. Empty: all do.
    lost: Arc<Mutex<&'static [u8]>>,
}

impl Cutter {
    fn before(server: u16) -> Self {
        Self::hiding(server, b"")
    }

    /// The server does not say that it can do this.
    fn hiding(server: u16, capability: &'static [u8]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let limit = Arc::new(AtomicU64::new(u64::MAX));
        let said = Arc::new(AtomicU64::new(0));
        let lost = Arc::new(Mutex::new(b"".as_slice()));
        let (allowed, counted, word) = (Arc::clone(&limit), Arc::clone(&said), Arc::clone(&lost));
        // Lives as long as the test process, and costs it nothing.
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).unwrap();
                counted.store(0, Ordering::SeqCst);
                let rules = Rules {
                    limit: allowed.load(Ordering::SeqCst),
                    lost: *word.lock().unwrap(),
                    hidden: capability,
                };
                relay(client.unwrap(), server, &rules, &counted);
            }
        });
        Self {
            port,
            limit,
            said,
            lost,
        }
    }

    fn cut_after(&self, octets: u64) {
        self.limit.store(octets, Ordering::SeqCst);
    }

    fn cut_at(&self, word: &'static [u8]) {
        *self.lost.lock().unwrap() = word;
    }

    fn said(&self) -> u64 {
        self.said.load(Ordering::SeqCst)
    }
}

/// What a connection lets through.
struct Rules {
    limit: u64,
    lost: &'static [u8],
    hidden: &'static [u8],
}

fn find(said: &[u8], word: &[u8]) -> Option<usize> {
    let mut places = said.windows(word.len().max(1));
    places.position(|place| place == word)
}

fn relay(client: TcpStream, server: TcpStream, rules: &Rules, said: &AtomicU64) {
    let mut left = rules.limit;
    let (mut from_client, mut to_server) =
        (client.try_clone().unwrap(), server.try_clone().unwrap());
    let up = thread::spawn(move || {
        std::io::copy(&mut from_client, &mut to_server).ok();
        to_server.shutdown(Shutdown::Write).ok();
    });
    let (mut from_server, mut to_client) = (server, client);
    let mut buffer = [0; 4096];
    while left > 0 {
        let room = buffer
            .len()
            .min(usize::try_from(left).unwrap_or(usize::MAX));
        match from_server.read(&mut buffer[..room]) {
            Ok(0) | Err(_) => break,
            Ok(count) => {
                left -= count as u64;
                if find(&buffer[..count], rules.lost).is_some() {
                    break;
                }
                // Capabilities come in one piece.
                if let Some(place) = find(&buffer[..count], rules.hidden) {
                    buffer[place..place + rules.hidden.len()].fill(b'X');
                }
                said.fetch_add(count as u64, Ordering::SeqCst);
                if to_client.write_all(&buffer[..count]).is_err() {
                    break;
                }
            }
        }
    }
    to_client.shutdown(Shutdown::Both).ok();
    from_server.shutdown(Shutdown::Both).ok();
    up.join().ok();
}

fn through(cutter: &Cutter, bed: &Bed, user: &User) -> Profile {
    let profile = Profile::new(bed);
    let mut account = AccountFile::on(bed, user, Incoming::ImapPlain);
    account.incoming.port = cutter.port;
    cutter.cut_after(u64::MAX);
    profile.add_account(&account).objects();
    profile
}

/// Thirty messages, some of them twice, some without a name.
fn stock(bed: &Bed, user: &User) {
    for n in 0..24 {
        bed.deliver(
            user,
            &mail(&format!("letter {n}"), &"Line.\r\n".repeat(n * 9)),
        );
    }
    for n in 0..3 {
        bed.deliver(
            user,
            format!("Subject: nameless {n}\r\n\r\nText.\r\n").as_bytes(),
        );
        bed.deliver(user, &mail("twin", ""));
    }
}

fn run_on(profile: &Profile, verb: &[&str], ids: &[String], more: &[&str]) {
    let ids = ids.iter().map(String::as_str);
    let words: Vec<&str> = verb
        .iter()
        .copied()
        .chain(ids)
        .chain(more.iter().copied())
        .collect();
    profile.run(&words).objects();
}

/// Does something to the mail, so that the next pass has much to tell.
fn changes(profile: &Profile, round: u64) {
    let rows = list(profile, "INBOX");
    let ids: Vec<String> = rows.iter().map(id).collect();
    let star = if round.is_multiple_of(2) {
        "--star"
    } else {
        "--unstar"
    };
    run_on(profile, &["mark"], &ids[..6], &[star]);
    run_on(profile, &["move"], &ids[6..9], &["Archive"]);
    let back: Vec<String> = list(profile, "Archive").iter().skip(4).map(id).collect();
    if !back.is_empty() {
        run_on(profile, &["move"], &back, &["INBOX"]);
    }
}

/// Runs a pass over a line that breaks, and says whether it failed: as offline,
/// and in no other way.
fn cut_pass(profile: &Profile, octets: u64) -> bool {
    let outcome = profile.run(&["sync"]);
    if outcome.status != Some(0) {
        assert_eq!(outcome.error_kind(), "offline", "cut after {octets}");
    }
    assert!(
        !outcome.stderr.contains("panicked"),
        "cut after {octets}: {outcome:#?}"
    );
    outcome.status != Some(0)
}

#[test]
fn a_first_pass_cut_anywhere_is_made_good() {
    let bed = bed();
    let user = bed.fresh_user();
    stock(bed, &user);
    let before = all(&on_server(bed, &user, &["INBOX"]));
    let cutter = Cutter::before(bed.imap_plain());
    let profile = through(&cutter, bed, &user);
    sync(&profile);
    let length = cutter.said();
    assert!(length > 10_000, "the session was recorded: {length}");
    for step in 0..STEPS {
        let octets = 1 + length * step / STEPS;
        profile.forget_mail();
        cutter.cut_after(octets);
        assert!(cut_pass(&profile, octets), "cut after {octets}");
        cutter.cut_after(u64::MAX);
        assert_eq!(
            all(&assert_in_step(bed, &user, &profile, &["INBOX"])),
            before
        );
    }
}

#[test]
fn changes_told_over_a_line_cut_anywhere_are_told_once() {
    let bed = bed();
    let user = bed.fresh_user();
    stock(bed, &user);
    let before = all(&on_server(bed, &user, FOLDERS));
    let cutter = Cutter::before(bed.imap_plain());
    let profile = through(&cutter, bed, &user);
    sync(&profile);
    changes(&profile, 0);
    sync(&profile);
    let length = cutter.said();
    let mut failed = 0;
    for step in 1..=CHANGES {
        changes(&profile, step);
        let octets = length * step / CHANGES;
        cutter.cut_after(octets);
        failed += u64::from(cut_pass(&profile, octets));
        cutter.cut_after(u64::MAX);
        assert_eq!(all(&assert_in_step(bed, &user, &profile, FOLDERS)), before);
    }
    assert!(failed > CHANGES / 2, "only {failed} passes were cut");
}

#[test]
fn a_command_whose_answer_is_lost_is_not_done_twice() {
    let bed = bed();
    let lost_answers: [(&[u8], &[u8]); 3] = [
        (b"", b"COPYUID"),
        (b"MOVE", b"COPYUID"),
        (b"MOVE", b"Expunge completed"),
    ];
    for (hidden, lost) in lost_answers {
        let user = bed.fresh_user();
        for n in 0..6 {
            bed.deliver(&user, &mail(&format!("letter {n}"), ""));
        }
        let cutter = Cutter::hiding(bed.imap_plain(), hidden);
        let profile = through(&cutter, bed, &user);
        bed.deliver_to(&user, "Archive", &mail("there before", ""));
        let before = all(&on_server(bed, &user, FOLDERS));
        sync(&profile);
        let ids: Vec<String> = list(&profile, "INBOX").iter().map(id).collect();
        run_on(&profile, &["move"], &ids[..4], &["Archive"]);
        cutter.cut_at(lost);
        assert!(cut_pass(&profile, 0), "{}", text(lost));
        cutter.cut_at(b"");
        let there = assert_in_step(bed, &user, &profile, FOLDERS);
        assert_eq!(all(&there), before, "{} {}", text(hidden), text(lost));
        let moved: Vec<String> = list(&profile, "Archive").iter().map(id).collect();
        assert!(
            ids[..4].iter().all(|id| moved.contains(id)),
            "the same rows"
        );
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_program_killed_while_it_tells_leaves_each_message_once() {
    let bed = bed();
    let user = bed.fresh_user();
    for n in 0..40 {
        bed.deliver(&user, &mail(&format!("letter {n}"), ""));
    }
    let before = all(&on_server(bed, &user, FOLDERS));
    let cutter = Cutter::before(bed.imap_plain());
    let profile = through(&cutter, bed, &user);
    sync(&profile);
    for moment in 0..8_u64 {
        let (from, to) = if moment.is_multiple_of(2) {
            ("INBOX", "Archive")
        } else {
            ("Archive", "INBOX")
        };
        let mark = if moment.is_multiple_of(2) {
            "--star"
        } else {
            "--unstar"
        };
        let ids: Vec<String> = list(&profile, from).iter().map(id).collect();
        // In turns, so that no one command to the server carries them all.
        for some in ids.chunks(20) {
            run_on(&profile, &["mark"], some, &[mark]);
            run_on(&profile, &["move"], some, &[to]);
        }
        let mut child = profile.spawn(&["sync"]);
        thread::sleep(Duration::from_millis(20 + 30 * moment));
        child.kill().unwrap();
        child.wait().unwrap();
        let there = assert_in_step(bed, &user, &profile, FOLDERS);
        assert_eq!(all(&there), before, "killed after {moment}");
    }
}
