//! When a draft is saved by itself: a second after the last change, one save at
//! a time, each in place of the one before.

use std::time::Duration;

use chrono::{DateTime, Local};
use waxwing::Error;
use waxwing::model::PlacementId;

/// How long nothing may change before a draft is saved.
pub(super) const QUIET: Duration = Duration::from_secs(1);

/// What waits for a save that is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    /// The window closes.
    Close,
    /// The message is sent.
    Send,
    /// The draft is thrown away.
    Discard,
}

/// How the draft on disk compares to the one on screen.
#[derive(Debug, Default)]
pub(super) struct Saving {
    /// Grows with every change.
    edits: u64,
    /// Which change is on disk.
    saved: u64,
    /// Whether a save is under way.
    running: bool,
    /// Whether the clock is set.
    clock: bool,
    /// Where the draft lies.
    pub(super) placement: Option<PlacementId>,
    /// When it was saved last.
    pub(super) at: Option<DateTime<Local>>,
    /// Why it could not be.
    pub(super) failure: Option<Error>,
    /// What comes after the save that is under way.
    pub(super) then: Option<Then>,
}

impl Saving {
    /// Something changed. Says for which change a clock is to be set.
    pub(super) fn edited(&mut self) -> Option<u64> {
        self.edits += 1;
        self.set_clock()
    }

    fn set_clock(&mut self) -> Option<u64> {
        if self.clock {
            return None;
        }
        self.clock = true;
        Some(self.edits)
    }

    /// The clock rang for a change. Either the draft is to be saved now, or the
    /// clock is set again because more was written or a save is under way.
    pub(super) fn rang(&mut self, edit: u64) -> Rang {
        self.clock = false;
        if !self.is_unsaved() {
            return Rang::Nothing;
        }
        if edit == self.edits && !self.running {
            return Rang::Save;
        }
        self.set_clock().map_or(Rang::Nothing, Rang::Again)
    }

    /// Whether there is something that is not on disk.
    pub(super) fn is_unsaved(&self) -> bool {
        self.saved < self.edits
    }

    /// Whether anything was ever changed here.
    pub(super) fn is_touched(&self) -> bool {
        self.edits > 0
    }

    /// Whether a save is under way.
    pub(super) fn is_running(&self) -> bool {
        self.running
    }

    /// A save begins; says for which change.
    pub(super) fn begin(&mut self) -> u64 {
        self.running = true;
        self.edits
    }

    /// A save ended.
    pub(super) fn ended(
        &mut self,
        edit: u64,
        answer: Result<PlacementId, Error>,
        now: DateTime<Local>,
    ) {
        self.running = false;
        match answer {
            Ok(placement) => {
                self.saved = self.saved.max(edit);
                self.placement = Some(placement);
                self.at = Some(now);
                self.failure = None;
            }
            Err(error) => self.failure = Some(error),
        }
    }
}

/// What to do when the clock rings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rang {
    /// Nothing is unsaved, or a clock is set already.
    Nothing,
    /// Wait another second, for this change.
    Again(u64),
    /// Save now.
    Save,
}
