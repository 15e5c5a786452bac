//! A connection that breaks after any number of octets.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use super::super::bed::{Bed, User, bed};
use super::super::fetching::{id, list, mail, sync};
use super::super::profile::{AccountFile, Incoming, Profile};
use super::{all, assert_in_step, on_server};

/// At how many points, evenly spread, the line is cut.
const STEPS: u64 = 30;
const FOLDERS: &[&str] = &["INBOX", "Archive"];

/// Passes on what client and server say, up to an octet of the server's.
struct Cutter {
    port: u16,
    /// How much the server may say on the next connection.
    limit: Arc<AtomicU64>,
    /// How much it said on the last one.
    said: Arc<AtomicU64>,
}

impl Cutter {
    fn before(server: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let limit = Arc::new(AtomicU64::new(u64::MAX));
        let said = Arc::new(AtomicU64::new(0));
        let (allowed, counted) = (Arc::clone(&limit), Arc::clone(&said));
        // Lives as long as the test process, and costs it nothing.
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).unwrap();
                counted.store(0, Ordering::SeqCst);
                relay(
                    client.unwrap(),
                    server,
                    allowed.load(Ordering::SeqCst),
                    &counted,
                );
            }
        });
        Self { port, limit, said }
    }

    fn cut_after(&self, octets: u64) {
        self.limit.store(octets, Ordering::SeqCst);
    }

    fn said(&self) -> u64 {
        self.said.load(Ordering::SeqCst)
    }
}

fn relay(client: TcpStream, server: TcpStream, mut left: u64, said: &AtomicU64) {
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
    let star = if round % 2 == 0 { "--star" } else { "--unstar" };
    run_on(profile, &["mark"], &ids[..6], &[star]);
    run_on(profile, &["move"], &ids[6..9], &["Archive"]);
    let back: Vec<String> = list(profile, "Archive").iter().skip(4).map(id).collect();
    if !back.is_empty() {
        run_on(profile, &["move"], &back, &["INBOX"]);
    }
}

/// Runs a pass over a line that breaks; whatever it says is a network trouble.
fn cut_pass(profile: &Profile, octets: u64) {
    let outcome = profile.run(&["sync"]);
    if outcome.status != Some(0) {
        assert_eq!(outcome.error_kind(), "offline", "cut after {octets}");
    }
    assert!(
        !outcome.stderr.contains("panicked"),
        "cut after {octets}: {outcome:#?}"
    );
}

#[test]
fn a_first_pass_cut_anywhere_is_made_good() {
    let bed = bed();
    let user = bed.fresh_user();
    stock(bed, &user);
    let before = all(&on_server(bed, &user, &["INBOX"]));
    let cutter = Cutter::before(bed.imap_plain());
    let whole = through(&cutter, bed, &user);
    sync(&whole);
    let length = cutter.said();
    assert!(length > 10_000, "the session was recorded: {length}");
    for step in 0..STEPS {
        let octets = 1 + length * step / STEPS;
        let profile = through(&cutter, bed, &user);
        cutter.cut_after(octets);
        cut_pass(&profile, octets);
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
    for step in 1..=STEPS {
        changes(&profile, step);
        let octets = length * step / STEPS;
        cutter.cut_after(octets);
        cut_pass(&profile, octets);
        cutter.cut_after(u64::MAX);
        assert_eq!(all(&assert_in_step(bed, &user, &profile, FOLDERS)), before);
    }
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
        let (from, to) = if moment % 2 == 0 {
            ("INBOX", "Archive")
        } else {
            ("Archive", "INBOX")
        };
        let mark = if moment % 2 == 0 {
            "--star"
        } else {
            "--unstar"
        };
        let ids: Vec<String> = list(&profile, from).iter().map(id).collect();
        // In turns, so that no one command to the server carries them all.
        for some in ids.chunks(10) {
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
