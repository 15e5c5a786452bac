//! An outbox whose program is killed again and again while it sends. In the
//! end everybody has every message, once.

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use super::super::bed::{Bed, User, bed, wait_until};
use super::super::checking::assert_sound;
use super::super::fetching::{sync, with_account};
use super::super::profile::Profile;
use super::super::sending::letter;
use super::soak::{Dice, seed};

const PATIENCE: Duration = Duration::from_secs(60);

struct Outbox<'b> {
    bed: &'b Bed,
    me: User,
    you: User,
    profile: Profile,
    dice: Dice,
    /// How many messages were written.
    written: usize,
    /// How long a run takes that nobody disturbs.
    whole: Duration,
    /// How many a person had to be asked about.
    asked: usize,
}

fn name(number: usize) -> String {
    format!("post-{number}@example.test")
}

impl Outbox<'_> {
    fn write(&mut self) {
        let more = format!("Message-ID: <{}>\n", name(self.written));
        let to = &self.you.address;
        let mut raw = letter(&self.me.address, to, &format!("{}", self.written), &more);
        let lines = self.dice.roll(2000);
        raw.extend("A line that takes its time.\n".repeat(lines).bytes());
        let file = self.profile.file("post.eml", &raw);
        let queued = self
            .profile
            .run(&["send", "--queue-only", file.to_str().unwrap()])
            .objects();
        assert_eq!(queued[0]["state"], "waiting");
        self.written += 1;
    }

    /// Sends what waits, and is killed at some moment. Says whether it was
    /// killed before it came to its end.
    fn killed_run(&mut self) -> bool {
        let all = usize::try_from(self.whole.as_millis()).unwrap();
        let patience = Duration::from_millis(self.dice.roll(all + all / 10) as u64);
        let mut child = self.profile.spawn(&["outbox", "retry"]);
        thread::sleep(patience);
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        !ended
    }

    /// What the person is asked about: they look whether it arrived.
    fn answer(&mut self) {
        for item in self.profile.run(&["outbox"]).objects() {
            if item["state"] != "uncertain" {
                continue;
            }
            self.asked += 1;
            let id = item["id"].as_str().unwrap();
            let message_id = item["message_id"].as_str().unwrap().to_owned();
            // Postfix may still be at it.
            thread::sleep(Duration::from_secs(2));
            if self.arrived().contains_key(&message_id) {
                self.profile.run(&["outbox", "cancel", id]).objects();
            } else {
                self.profile.run(&["outbox", "retry", id]);
            }
        }
    }

    /// How often each message arrived.
    fn arrived(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for raw in self.bed.raw_messages(&self.you, "INBOX") {
            let text = String::from_utf8_lossy(&raw).into_owned();
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("Message-ID: <"));
            let id = line.unwrap().trim_end_matches('>').to_owned();
            *counts.entry(id).or_default() += 1;
        }
        counts
    }

    fn assert_whole(&mut self, when: &str) {
        self.answer();
        self.profile.run(&["outbox", "retry"]);
        self.answer();
        let left = self.profile.run(&["outbox"]).objects();
        assert!(left.is_empty(), "{when}: {left:#?}");
        let wanted: BTreeMap<String, usize> =
            (0..self.written).map(|number| (name(number), 1)).collect();
        wait_until(PATIENCE, || self.arrived().len() >= self.written);
        // A second one would come a moment later.
        thread::sleep(Duration::from_secs(1));
        let arrived = self.arrived();
        let lost: Vec<_> = wanted
            .keys()
            .filter(|id| !arrived.contains_key(*id))
            .collect();
        assert!(lost.is_empty(), "{when}: lost {lost:?}");
        let doubled: Vec<_> = arrived.iter().filter(|(_, count)| **count > 1).collect();
        assert!(doubled.is_empty(), "{when}: doubled {doubled:?}");
        assert_eq!(arrived, wanted, "{when}");
        sync(&self.profile);
        let mut copies = BTreeMap::new();
        for raw in self.bed.raw_messages(&self.me, "Sent") {
            let text = String::from_utf8_lossy(&raw).into_owned();
            let line = text
                .lines()
                .find_map(|line| line.strip_prefix("Message-ID: <"));
            *copies.entry(line.unwrap().to_owned()).or_insert(0) += 1;
        }
        assert!(
            copies.values().all(|count| *count == 1),
            "{when}: {copies:?}"
        );
        // What the person took out because it had arrived has no copy.
        assert!(
            copies.len() + self.asked >= self.written,
            "{when}: {copies:?}"
        );
        assert_sound(&self.profile);
    }
}

fn soak(kills: usize, seed: u64) {
    println!("outbox soak: {kills} kills, WAXWING_SOAK_SEED={seed}");
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let mut outbox = Outbox {
        bed,
        profile: with_account(bed, &me),
        me,
        you,
        dice: Dice::new(seed),
        written: 0,
        whole: Duration::ZERO,
        asked: 0,
    };
    sync(&outbox.profile);
    outbox.write();
    let began = Instant::now();
    outbox.profile.run(&["outbox", "retry"]).objects();
    outbox.whole = began.elapsed();
    let (mut done, mut runs) = (0, 0);
    while done < kills {
        for _ in 0..=outbox.dice.roll(2) {
            outbox.write();
        }
        done += usize::from(outbox.killed_run());
        runs += 1;
        if runs % 20 == 0 {
            outbox.assert_whole(&format!("after {done} kills, seed {seed}"));
            println!(
                "outbox soak: {done} kills, {} messages, {} asked about",
                outbox.written, outbox.asked
            );
        }
    }
    outbox.assert_whole(&format!("in the end, after {done} kills, seed {seed}"));
    println!(
        "outbox soak: {done} kills, {} messages, {} asked about: none lost, none doubled",
        outbox.written, outbox.asked
    );
}

#[test]
fn an_outbox_killed_six_times_loses_and_doubles_nothing() {
    soak(6, seed());
}

/// `tests/run --soak` runs it.
#[test]
#[ignore = "takes minutes: tests/run --soak"]
fn an_outbox_killed_many_times_loses_and_doubles_nothing() {
    let kills = std::env::var("WAXWING_SOAK").ok();
    soak(kills.map_or(200, |text| text.parse().unwrap()), seed());
}
