//! A program that is killed again and again, while another one changes the
//! same mail. In the end every message is where it was last put, once.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use super::super::bed::{Bed, User, bed};
use super::super::checking::assert_sound;
use super::super::fetching::{id, list, mail, sha256, sync, with_account};
use super::super::line_client::LineClient;
use super::super::profile::Profile;
use super::{Contents, here, on_server};

const FOLDERS: &[&str] = &["INBOX", "Archive", "Work", "Trash"];

/// After so many kills all is compared.
const STRETCH: usize = 20;

/// Random numbers (xorshift): the same seed gives the same story.
pub(in super::super) struct Dice(u64);

impl Dice {
    pub(in super::super) fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    pub(in super::super) fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    pub(in super::super) fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        (!from.is_empty()).then(|| &from[self.roll(from.len())])
    }
}

/// Another mail program on the same account. It changes the messages of even
/// numbers only, so that everybody's last word is known.
struct Other {
    wire: LineClient,
}

impl Other {
    fn on(bed: &Bed, user: &User) -> Self {
        let mut wire = LineClient::plain(bed.imap_plain());
        wire.until("* OK");
        let mut own = Self { wire };
        own.command(&format!("LOGIN \"{}\" \"{}\"", user.address, user.password));
        own
    }

    fn command(&mut self, line: &str) -> Vec<String> {
        self.wire.send(&format!("x {line}"));
        let mut answers = Vec::new();
        while let Some(line) = self.wire.line() {
            if line.starts_with("x ") {
                assert!(line.starts_with("x OK"), "{line}");
                return answers;
            }
            answers.push(line);
        }
        panic!("the server closed");
    }

    /// The UID of a message in the folder it opens.
    fn find(&mut self, folder: &str, number: usize) -> Option<String> {
        self.command(&format!("SELECT {folder}"));
        let answers = self.command(&format!(
            "UID SEARCH HEADER Message-ID \"<soak-{number}@example.test>\""
        ));
        let found = answers
            .iter()
            .find_map(|line| line.strip_prefix("* SEARCH"));
        let uid = found?.trim();
        (!uid.is_empty()).then(|| uid.to_owned())
    }
}

struct Soak<'b> {
    bed: &'b Bed,
    user: User,
    profile: Profile,
    other: Other,
    dice: Dice,
    /// Where each message has to be in the end, by its number.
    places: BTreeMap<usize, &'static str>,
    next: usize,
}

impl<'b> Soak<'b> {
    fn new(bed: &'b Bed, seed: u64) -> Self {
        let user = bed.fresh_user();
        bed.doveadm(&["mailbox", "create", "-u", &user.address, "Work"]);
        let mut soak = Self {
            bed,
            profile: with_account(bed, &user),
            other: Other::on(bed, &user),
            user,
            dice: Dice::new(seed),
            places: BTreeMap::new(),
            next: 0,
        };
        for _ in 0..40 {
            soak.deliver();
        }
        sync(&soak.profile);
        soak
    }

    fn raw(number: usize) -> Vec<u8> {
        mail(&format!("soak {number}"), &"Line.\r\n".repeat(number % 50))
    }

    fn deliver(&mut self) {
        self.bed.deliver(&self.user, &Self::raw(self.next));
        self.places.insert(self.next, "INBOX");
        self.next += 1;
    }

    /// Somebody changes something here, by way of the commands.
    fn change_here(&mut self) {
        let Some(from) = self.dice.pick(FOLDERS).copied() else {
            return;
        };
        let number = |row: &serde_json::Value| -> usize {
            let subject = row["subject"].as_str().unwrap();
            subject.strip_prefix("soak ").unwrap().parse().unwrap()
        };
        let mut rows = list(&self.profile, from);
        rows.retain(|row| number(row) % 2 == 1);
        let some: Vec<_> = (0..=self.dice.roll(4))
            .filter_map(|_| self.dice.pick(&rows).cloned())
            .collect();
        let mut chosen: Vec<(usize, String)> =
            some.iter().map(|row| (number(row), id(row))).collect();
        chosen.sort();
        chosen.dedup();
        if chosen.is_empty() {
            return;
        }
        let ids: Vec<&str> = chosen.iter().map(|(_, id)| id.as_str()).collect();
        let (verb, more, goes): (&str, &[&str], Option<Option<&'static str>>) =
            match self.dice.roll(8) {
                0 => ("mark", &["--star"], None),
                1 => ("mark", &["--read"], None),
                2 => ("mark", &["--unstar", "--unread"], None),
                3 => ("delete", &["--permanently"], Some(None)),
                4 if from == "Trash" => ("delete", &[], Some(None)),
                4 => ("delete", &[], Some(Some("Trash"))),
                5 => ("archive", &[], Some(Some("Archive"))),
                6 => ("move", &["Work"], Some(Some("Work"))),
                _ => ("move", &["INBOX"], Some(Some("INBOX"))),
            };
        let words: Vec<&str> = [&[verb], ids.as_slice(), more].concat();
        self.profile.run(&words).objects();
        for (number, _) in &chosen {
            match goes {
                Some(Some(place)) => drop(self.places.insert(*number, place)),
                Some(None) => drop(self.places.remove(number)),
                None => {}
            }
        }
    }

    /// The other program changes something there.
    fn change_there(&mut self) {
        let own: Vec<usize> = self.places.keys().copied().filter(|n| n % 2 == 0).collect();
        let Some(number) = self.dice.pick(&own).copied() else {
            return;
        };
        let place = self.places[&number];
        // What was just delivered may be seen a moment later.
        let Some(uid) = self.other.find(place, number) else {
            return;
        };
        match self.dice.roll(6) {
            0 => drop(
                self.other
                    .command(&format!("UID STORE {uid} +FLAGS (\\Flagged)")),
            ),
            1 => drop(
                self.other
                    .command(&format!("UID STORE {uid} +FLAGS (\\Seen $Work)")),
            ),
            2 => drop(
                self.other
                    .command(&format!("UID STORE {uid} -FLAGS (\\Seen)")),
            ),
            3 => {
                self.other
                    .command(&format!("UID STORE {uid} +FLAGS (\\Deleted)"));
                self.other.command(&format!("UID EXPUNGE {uid}"));
                self.places.remove(&number);
            }
            _ => {
                let to = FOLDERS[self.dice.roll(FOLDERS.len())];
                if to != place {
                    self.other.command(&format!("UID MOVE {uid} {to}"));
                    self.places.insert(number, to);
                }
            }
        }
    }

    /// One run of the program that does not reach its end. Says whether it was
    /// killed before that.
    fn killed_run(&mut self) -> bool {
        for _ in 0..self.dice.roll(3) {
            self.change_here();
        }
        // Up to a second and a half, and mostly early: a run is short.
        let patience = self.dice.roll(40) * self.dice.roll(40);
        let patience = Duration::from_millis(patience as u64);
        let mut child = self.profile.spawn(&["sync"]);
        let deadline = Instant::now() + patience;
        for _ in 0..self.dice.roll(4) {
            if self.dice.roll(3) == 0 {
                self.deliver();
            } else {
                self.change_there();
            }
        }
        thread::sleep(deadline.saturating_duration_since(Instant::now()));
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        !ended
    }

    fn expected(&self) -> Contents {
        let mut all: Contents = FOLDERS
            .iter()
            .map(|folder| ((*folder).to_owned(), BTreeMap::new()))
            .collect();
        for (number, place) in &self.places {
            let hash = sha256(&Self::raw(*number));
            *all.get_mut(*place).unwrap().entry(hash).or_default() += 1;
        }
        all
    }

    /// After undisturbed runs all three agree: what everybody wanted, what the
    /// server has, what is here.
    fn assert_whole(&self, when: &str) {
        // The first tells what waits, which may change folders read before.
        for _ in 0..2 {
            sync(&self.profile);
        }
        assert_sound(&self.profile);
        let there = on_server(self.bed, &self.user, FOLDERS);
        assert_eq!(there, self.expected(), "the server, {when}");
        assert_eq!(here(&self.profile, FOLDERS), there, "here, {when}");
    }
}

fn soak(kills: usize, seed: u64) {
    println!("soak: {kills} kills, WAXWING_SOAK_SEED={seed}");
    let mut soak = Soak::new(bed(), seed);
    let (mut done, mut runs) = (0, 0);
    while done < kills {
        runs += 1;
        done += usize::from(soak.killed_run());
        if runs % STRETCH == 0 {
            soak.assert_whole(&format!("after {done} kills, seed {seed}"));
            println!("soak: {done} kills, {} messages", soak.places.len());
        }
    }
    soak.assert_whole(&format!("in the end, after {done} kills, seed {seed}"));
}

/// What the environment says, or the clock.
pub(in super::super) fn seed() -> u64 {
    let given = std::env::var("WAXWING_SOAK_SEED").ok();
    given.and_then(|text| text.parse().ok()).unwrap_or_else(|| {
        let now = std::time::SystemTime::now();
        now.duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_micros() as u64
    })
}

#[test]
fn a_program_killed_eight_times_loses_and_doubles_nothing() {
    soak(8, seed());
}

/// `tests/run --soak` runs it.
#[test]
#[ignore = "takes minutes: tests/run --soak"]
fn a_program_killed_many_times_loses_and_doubles_nothing() {
    let kills = std::env::var("WAXWING_SOAK").ok();
    soak(kills.map_or(500, |text| text.parse().unwrap()), seed());
}
