//! News that come by themselves: the engine as the window runs it, behind a
//! line that can die without a word.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::runtime::Runtime;
use waxwing::engine::{AccountState, Engine, Handle, Passwords};
use waxwing::model::{AccountSettings, Folder, ListView, Password, Protocol};

use super::bed::{User, bed, wait_until};
use super::fetching::mail;
use super::running::{account, start};

/// Far less than the minute between two looks at folders that are not told of.
const SOON: Duration = Duration::from_secs(5);
const PATIENCE: Duration = Duration::from_secs(30);

/// Passes on what client and server say, until the line dies: then nothing
/// arrives any more, and nobody says so.
#[derive(Clone)]
struct Line {
    port: u16,
    /// Connections of an earlier time are dead. Odd while the network is away.
    time: Arc<AtomicU64>,
    /// How many connections the server bears at once.
    bears: usize,
    refused: Arc<AtomicUsize>,
    /// How many came so far, and how many are there.
    came: Arc<AtomicUsize>,
    live: Arc<AtomicUsize>,
    /// A capability the server does not name.
    hidden: &'static [u8],
    /// A command the server does not understand.
    garbled: &'static [u8],
}

impl Line {
    fn to(server: u16, bears: usize, hidden: &'static [u8]) -> Self {
        Self::start(server, bears, hidden, b"")
    }

    /// Before a server that takes a command for nonsense, though it offers it.
    fn garbling(server: u16, command: &'static [u8]) -> Self {
        Self::start(server, 9, b"", command)
    }

    fn start(server: u16, bears: usize, hidden: &'static [u8], garbled: &'static [u8]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let line = Self {
            port: listener.local_addr().unwrap().port(),
            time: Arc::default(),
            bears,
            refused: Arc::default(),
            came: Arc::default(),
            live: Arc::default(),
            hidden,
            garbled,
        };
        let shared = line.clone();
        // Lives as long as the test process, and costs it nothing.
        thread::spawn(move || {
            for client in listener.incoming() {
                let (line, client) = (shared.clone(), client.unwrap());
                thread::spawn(move || line.serve(client, server));
            }
        });
        line
    }

    fn serve(&self, client: TcpStream, server: u16) {
        self.came.fetch_add(1, Ordering::SeqCst);
        if self.live.fetch_add(1, Ordering::SeqCst) >= self.bears {
            self.refused.fetch_add(1, Ordering::SeqCst);
            refuse(client);
        } else {
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).unwrap();
            let (line, up) = (
                self.clone(),
                (client.try_clone().unwrap(), server.try_clone().unwrap()),
            );
            let began = self.time.load(Ordering::SeqCst);
            let upwards = thread::spawn(move || line.pass_on(began, up.0, up.1, line.garbled));
            self.pass_on(began, server, client, self.hidden);
            upwards.join().ok();
        }
        self.live.fetch_sub(1, Ordering::SeqCst);
    }

    /// Passes on all but `word`.
    fn pass_on(&self, began: u64, mut from: TcpStream, mut to: TcpStream, word: &[u8]) {
        let mut buffer = [0; 4096];
        while let Ok(count) = from.read(&mut buffer) {
            if count == 0 {
                break;
            }
            let time = self.time.load(Ordering::SeqCst);
            if time != began || time % 2 == 1 {
                continue;
            }
            let mut places = buffer[..count].windows(word.len().max(1));
            if let Some(place) = places.position(|place| place == word) {
                buffer[place..place + word.len()].fill(b'X');
            }
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Both).ok();
    }

    /// The network goes away or comes back.
    fn switch(&self) {
        self.time.fetch_add(1, Ordering::SeqCst);
    }

    fn live(&self) -> usize {
        self.live.load(Ordering::SeqCst)
    }
}

/// What a server says that has enough of this person.
fn refuse(mut client: TcpStream) {
    let greeting = b"* OK [CAPABILITY IMAP4rev1 IDLE SASL-IR AUTH=PLAIN] ready\r\n";
    client.write_all(greeting).ok();
    let mut line = String::new();
    BufReader::new(client.try_clone().unwrap())
        .read_line(&mut line)
        .ok();
    let tag = line.split(' ').next().unwrap_or_default();
    let answer = format!("{tag} NO [LIMIT] Too many connections\r\n");
    client.write_all(answer.as_bytes()).ok();
}

/// An account in an engine that follows it.
struct Stage {
    handle: Handle,
    runtime: Runtime,
    engine: Engine,
    folder: TempDir,
}

impl Stage {
    /// Everything that is there is here.
    fn new(port: u16, user: &User) -> Self {
        Self::with(port, user, None)
    }

    /// The same for an account that may have so many connections.
    fn with(port: u16, user: &User, connections: Option<u8>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = start(folder.path());
        let stage = Self {
            handle: engine.handle(),
            runtime: Runtime::new().unwrap(),
            engine,
            folder,
        };
        let settings = AccountSettings {
            connections,
            ..account(&user.address, (Protocol::Imap, port), 9)
        };
        let passwords = Passwords::same(Password::new(user.password.clone()));
        stage
            .runtime
            .block_on(stage.handle.add_account(settings, passwords))
            .unwrap();
        let there = || matches!(stage.state(), AccountState::UpToDate(_));
        assert!(wait_until(PATIENCE, there), "{:?}", stage.state());
        stage
    }

    /// Ends the program and starts it anew, without its password.
    fn restarted(self) -> Self {
        self.engine.shutdown().unwrap();
        drop(self.handle);
        let engine = start(self.folder.path());
        Self {
            handle: engine.handle(),
            engine,
            ..self
        }
    }

    fn state(&self) -> AccountState {
        let states = self.runtime.block_on(self.handle.account_states()).unwrap();
        states.into_iter().next().unwrap().1
    }

    fn folder(&self, path: &str) -> Folder {
        let folders = self.runtime.block_on(self.handle.folders(None)).unwrap();
        let folder = folders.into_iter().find(|folder| folder.path == path);
        folder.unwrap()
    }

    fn holds(&self, path: &str) -> usize {
        let view = ListView::Folder(self.folder(path).id);
        self.runtime
            .block_on(self.handle.order(view))
            .unwrap()
            .len()
    }

    /// How long it took until a folder held so many messages.
    fn seen_after(&self, path: &str, count: usize) -> Duration {
        let began = Instant::now();
        let seen = wait_until(PATIENCE, || self.holds(path) == count);
        assert!(
            seen,
            "{path} holds {}; {:?}",
            self.holds(path),
            self.state()
        );
        began.elapsed()
    }
}

/// Tells what was measured, for whoever runs it with `--nocapture`.
fn soon(what: &str, took: Duration) {
    eprintln!("{what}: {} ms", took.as_millis());
    assert!(took < SOON, "{what} took {took:?}");
}

#[test]
fn one_connection_hears_of_every_folder_where_the_server_can() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 1, b"");
    let stage = Stage::new(line.port, &user);
    bed.deliver_to(&user, "Archive", &mail("filed", ""));
    soon("news of a folder by NOTIFY", stage.seen_after("Archive", 1));
    bed.deliver(&user, &mail("news", ""));
    soon("news of the inbox by NOTIFY", stage.seen_after("INBOX", 1));
    let unread = || stage.folder("INBOX").unread;
    assert_eq!(unread(), 1);
    let began = Instant::now();
    bed.doveadm(&[
        "flags",
        "add",
        "-u",
        &user.address,
        "\\Seen",
        "mailbox",
        "INBOX",
        "all",
    ]);
    assert!(wait_until(PATIENCE, || unread() == 0));
    soon("a flag set elsewhere", began.elapsed());
    assert_eq!(line.refused.load(Ordering::SeqCst), 0);
}

#[test]
fn watched_folders_have_connections_of_their_own_where_it_cannot() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 9, b"NOTIFY");
    let stage = Stage::new(line.port, &user);
    let archive = stage.folder("Archive");
    assert!(!archive.watched);
    let watching = stage.handle.watch(archive.id, true);
    stage.runtime.block_on(watching).unwrap();
    assert!(stage.folder("Archive").watched);
    assert!(wait_until(PATIENCE, || line.live() == 2), "{}", line.live());
    // Until it listens.
    thread::sleep(Duration::from_millis(500));
    bed.deliver_to(&user, "Archive", &mail("filed", ""));
    soon("news of a watched folder", stage.seen_after("Archive", 1));
    bed.deliver(&user, &mail("news", ""));
    soon("news of the inbox", stage.seen_after("INBOX", 1));

    // The folder on show is followed too, within the three connections.
    let junk = stage.folder("Junk").id;
    let looking = stage.handle.looking_at(Some(junk));
    stage.runtime.block_on(looking).unwrap();
    assert!(wait_until(PATIENCE, || line.live() == 3), "{}", line.live());
    thread::sleep(Duration::from_millis(500));
    bed.deliver_to(&user, "Junk", &mail("unwanted", ""));
    soon("news of the folder on show", stage.seen_after("Junk", 1));
}

#[test]
fn a_server_that_bears_one_connection_is_not_asked_for_more() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 1, b"NOTIFY");
    let stage = Stage::new(line.port, &user);
    let refused = || line.refused.load(Ordering::SeqCst);
    for path in ["Archive", "Junk"] {
        let watching = stage.handle.watch(stage.folder(path).id, true);
        stage.runtime.block_on(watching).unwrap();
    }
    assert!(wait_until(PATIENCE, || refused() > 0));
    thread::sleep(Duration::from_secs(1));
    // Both may have tried in the same moment, and one of them again before the
    // other was refused; then neither does.
    let tried = refused();
    assert!(tried <= 3, "{tried}");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(refused(), tried);
    assert!(matches!(stage.state(), AccountState::UpToDate(_)));
    bed.deliver(&user, &mail("news", ""));
    soon("news of the inbox", stage.seen_after("INBOX", 1));
}

#[test]
fn an_account_keeps_to_the_connections_it_may_have() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 9, b"NOTIFY");
    let stage = Stage::with(line.port, &user, Some(2));
    for path in ["Archive", "Junk", "Sent"] {
        let watching = stage.handle.watch(stage.folder(path).id, true);
        stage.runtime.block_on(watching).unwrap();
    }
    assert!(wait_until(PATIENCE, || line.live() == 2), "{}", line.live());
    thread::sleep(Duration::from_secs(1));
    assert_eq!(line.live(), 2);
    bed.deliver(&user, &mail("news", ""));
    soon("news of the inbox", stage.seen_after("INBOX", 1));
}

#[test]
fn a_server_that_cannot_wait_is_asked_from_time_to_time() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::garbling(bed.imap_plain(), b"IDLE");
    let stage = Stage::new(line.port, &user);
    let up_to_date = || matches!(stage.state(), AccountState::UpToDate(_));
    // The first connection breaks at it; the next one knows.
    let came = || line.came.load(Ordering::SeqCst);
    assert!(wait_until(PATIENCE, || came() == 2 && up_to_date()));
    thread::sleep(Duration::from_secs(1));
    assert!(up_to_date(), "{:?}", stage.state());
    bed.deliver(&user, &mail("news", ""));
    let check = stage.handle.sync_now(None);
    stage.runtime.block_on(check).unwrap();
    soon("a look when asked", stage.seen_after("INBOX", 1));
    assert_eq!((came(), line.live()), (2, 1));
}

#[test]
fn a_line_that_died_without_a_word_is_healed_when_the_network_is_back() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 9, b"");
    let stage = Stage::new(line.port, &user);
    line.switch();
    bed.deliver(&user, &mail("missed", ""));
    thread::sleep(Duration::from_secs(1));
    assert_eq!(stage.holds("INBOX"), 0);
    line.switch();
    stage.handle.network_changed();
    let took = stage.seen_after("INBOX", 1);
    eprintln!("healed after {} ms", took.as_millis());
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_line_that_died_without_a_word_is_healed_when_somebody_asks_for_news() {
    let bed = bed();
    let user = bed.fresh_user();
    let line = Line::to(bed.imap_plain(), 9, b"");
    let stage = Stage::new(line.port, &user);
    // Away and back: what stood before is dead, and nobody noticed.
    line.switch();
    line.switch();
    bed.deliver(&user, &mail("missed", ""));
    let check = stage.handle.sync_now(None);
    stage.runtime.block_on(check).unwrap();
    // An IDLE that nobody answers ends by itself after longer than this waits.
    let took = stage.seen_after("INBOX", 1);
    eprintln!("healed after {} ms", took.as_millis());
}

#[test]
fn who_waits_for_a_server_tries_when_the_network_is_back() {
    let bed = bed();
    let user = bed.fresh_user();
    // Nothing is let in.
    let line = Line::to(bed.imap_plain(), 9, b"");
    let stage = Stage::new(line.port, &user);
    line.switch();
    // The machine wakes without a network, and dials into nothing.
    stage.handle.network_changed();
    let away = || matches!(stage.state(), AccountState::Connecting);
    assert!(wait_until(PATIENCE, away), "{:?}", stage.state());
    bed.deliver(&user, &mail("missed", ""));
    thread::sleep(Duration::from_secs(1));
    line.switch();
    stage.handle.network_changed();
    let took = stage.seen_after("INBOX", 1);
    eprintln!("connected anew after {} ms", took.as_millis());
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn when_it_was_last_checked_outlives_the_program() {
    let bed = bed();
    let user = bed.fresh_user();
    let stage = Stage::new(bed.imap_plain(), &user);
    let checked = |stage: &Stage| {
        let id = stage.folder("INBOX").account;
        stage.runtime.block_on(stage.handle.checked(id)).unwrap()
    };
    let before = checked(&stage).unwrap();
    assert!(stage.folder("INBOX").checked.is_some());
    assert!(stage.folder("Archive").checked.is_some());
    let stage = stage.restarted();
    let told = || matches!(stage.state(), AccountState::NeedsPassword(_));
    assert!(wait_until(PATIENCE, told), "{:?}", stage.state());
    assert_eq!(checked(&stage), Some(before));
}
