//! News for the window at a rate a window can use.

use std::time::{Duration, Instant};

/// How often a list that grows is worth reading anew.
const STEP: Duration = Duration::from_millis(250);

/// Lets the first through at once, and then one in a while.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<Instant>,
    held_back: bool,
}

impl Pace {
    /// Whether it is time to tell. What is held back is to be told at the end
    /// (see [`Pace::rest`]).
    pub(super) fn due(&mut self) -> bool {
        let now = Instant::now();
        let due = self.last.is_none_or(|last| now - last >= STEP);
        if due {
            self.last = Some(now);
        }
        self.held_back = !due;
        due
    }

    /// Whether something was held back and not told since.
    pub(super) fn rest(&mut self) -> bool {
        std::mem::take(&mut self.held_back)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_last_are_told() {
        let mut pace = Pace::default();
        assert!(pace.due());
        assert!(!pace.rest());
        assert!(!pace.due());
        assert!(pace.rest());
        assert!(!pace.rest());
    }
}
