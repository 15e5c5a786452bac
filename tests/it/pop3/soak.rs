//! A program that is killed again and again while it fetches and deletes. In
//! the end every message is here once, and nothing is left on the server that
//! should be gone.

use std::collections::BTreeMap;
use std::thread;
use std::time::Duration;

use super::super::trouble::soak::{Dice, seed};
use super::*;

/// After so many runs all is compared.
const STRETCH: usize = 20;

struct Soak<'b> {
    bed: &'b Bed,
    user: User,
    profile: Profile,
    dice: Dice,
    /// How often each content has to be here in the end.
    wanted: BTreeMap<String, usize>,
    next: usize,
}

impl<'b> Soak<'b> {
    fn new(bed: &'b Bed, seed: u64, policy: &str) -> Self {
        let user = bed.fresh_user();
        let mut soak = Self {
            bed,
            profile: with_policy(bed, &user, policy),
            user,
            dice: Dice::new(seed),
            wanted: BTreeMap::new(),
            next: 0,
        };
        for _ in 0..60 {
            soak.deliver();
        }
        soak
    }

    fn deliver(&mut self) {
        let size = 1 + self.dice.roll(2000);
        let raw = mail(
            &format!("soak {}", self.next),
            &"X-Line: of a header\r\n".repeat(size),
        );
        self.next += 1;
        self.bed.deliver(&self.user, &raw);
        *self.wanted.entry(sha256(&raw)).or_default() += 1;
    }

    /// Somebody removes a few messages here for good.
    fn remove_here(&mut self) {
        let rows = list(&self.profile, "INBOX");
        let Some(row) = self.dice.pick(&rows).cloned() else {
            return;
        };
        self.profile
            .run(&["delete", &id(&row), "--permanently"])
            .objects();
        self.wanted.remove(row["sha256"].as_str().unwrap());
    }

    /// One run of the program that does not reach its end. Says whether it was
    /// killed before that.
    fn killed_run(&mut self) -> bool {
        for _ in 0..self.dice.roll(20) {
            self.deliver();
        }
        if self.dice.roll(3) == 0 {
            self.remove_here();
        }
        // Up to a second and a half, and mostly early: a run is short.
        let patience = self.dice.roll(40) * self.dice.roll(40);
        let mut child = self.profile.spawn(&["sync"]);
        thread::sleep(Duration::from_millis(patience as u64));
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        !ended
    }

    fn here(&self) -> BTreeMap<String, usize> {
        let mut here = BTreeMap::new();
        for hash in hashes(&list(&self.profile, "INBOX")) {
            *here.entry(hash).or_default() += 1;
        }
        here
    }

    /// After an undisturbed run everything is here once, and what should be
    /// gone from the server is.
    fn assert_whole(&self, removes: bool, when: &str) {
        sync(&self.profile);
        assert_sound(&self.profile);
        assert_eq!(self.here(), self.wanted, "here, {when}");
        let left = there(self.bed, &self.user);
        if removes {
            assert_eq!(left, Vec::<String>::new(), "there, {when}");
        } else {
            let wanted: Vec<String> = self.wanted.keys().cloned().collect();
            assert_eq!(left, wanted, "there, {when}");
        }
    }
}

fn soak(kills: usize, seed: u64) {
    for (policy, removes) in [(REMOVE, true), ("", false)] {
        println!("soak: {kills} kills, {policy:?}, WAXWING_SOAK_SEED={seed}");
        let mut soak = Soak::new(bed(), seed, policy);
        let (mut done, mut runs) = (0, 0);
        while done < kills {
            runs += 1;
            done += usize::from(soak.killed_run());
            if runs % STRETCH == 0 {
                soak.assert_whole(removes, &format!("after {done} kills, seed {seed}"));
                println!("soak: {done} kills, {} messages", soak.wanted.len());
            }
        }
        soak.assert_whole(removes, &format!("in the end, {done} kills, seed {seed}"));
    }
}

#[test]
fn a_program_killed_while_it_fetches_loses_and_doubles_nothing() {
    soak(4, seed());
}

/// `tests/run --soak` runs it.
#[test]
#[ignore = "takes minutes: tests/run --soak"]
fn a_program_killed_many_times_while_it_fetches() {
    let kills = std::env::var("WAXWING_SOAK").ok();
    soak(kills.map_or(200, |text| text.parse().unwrap()), seed());
}
