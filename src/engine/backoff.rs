//! How long to leave a server alone after a failure.

use std::time::Duration;

/// The pauses after the first, second, … failure in a row. The last one is
/// repeated.
const PAUSES: [u64; 7] = [5, 10, 20, 40, 80, 160, 300];

/// How far a pause may be off, in per cent of it, so that programs that lost
/// the same server do not all come back at once.
const JITTER: u32 = 20;

/// How long a connection must have stood for its end to be no failure in a
/// row: some servers let in and then hang up, again and again.
const STOOD: Duration = Duration::from_secs(60);

/// The failures in a row of one server.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Backoff {
    failures: usize,
}

impl Backoff {
    /// Counts a failure and gives the pause that follows. `chance` is a random
    /// number from 0 to 1.
    pub(super) fn failed(&mut self, chance: f64) -> Duration {
        let pause = PAUSES.get(self.failures).or(PAUSES.last());
        let pause = Duration::from_secs(pause.copied().unwrap_or(300));
        self.failures = self.failures.saturating_add(1);
        let spread = f64::from(JITTER) / 100.0 * (chance.clamp(0.0, 1.0) * 2.0 - 1.0);
        pause.mul_f64(1.0 + spread)
    }

    /// A connection that worked stood for `time` before it ended.
    pub(super) fn stood(&mut self, time: Duration) {
        if time >= STOOD {
            self.forget();
        }
    }

    /// Something changed that may have mended it: counts anew.
    pub(super) fn forget(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pauses of ten failures in a row, in seconds.
    fn pauses(chance: f64) -> Vec<f64> {
        let mut backoff = Backoff::default();
        (0..10)
            .map(|_| backoff.failed(chance).as_secs_f64().round())
            .collect()
    }

    #[test]
    fn pauses_grow_from_five_seconds_to_five_minutes() {
        assert_eq!(
            pauses(0.5),
            [
                5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0, 300.0, 300.0, 300.0
            ]
        );
    }

    #[test]
    fn chance_moves_a_pause_by_a_fifth_at_most() {
        assert_eq!(
            pauses(0.0),
            [
                4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 240.0, 240.0, 240.0, 240.0
            ]
        );
        assert_eq!(
            pauses(1.0),
            [
                6.0, 12.0, 24.0, 48.0, 96.0, 192.0, 360.0, 360.0, 360.0, 360.0
            ]
        );
    }

    #[test]
    fn only_a_connection_that_stood_ends_the_count() {
        let mut backoff = Backoff::default();
        backoff.failed(0.5);
        backoff.failed(0.5);
        backoff.stood(Duration::from_secs(3));
        assert_eq!(backoff.failed(0.5), Duration::from_secs(20));
        backoff.stood(Duration::from_secs(60));
        assert_eq!(backoff.failed(0.5), Duration::from_secs(5));
        backoff.forget();
        assert_eq!(backoff.failed(0.5), Duration::from_secs(5));
    }
}
