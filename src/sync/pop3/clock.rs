//! How long an account was followed, by a clock that may be wrong.

use crate::store::Age;

/// A step of the clock beyond this is no time that passed: somebody set it, or
/// the machine's battery is empty. Mail rather stays longer on the server.
const MOST: i64 = 60 * 24 * 60 * 60;

/// The age of an account now, Unix seconds being `now`. It counts what the
/// clock went on beyond what it ever showed; so a clock that is put back and
/// forth counts nothing twice.
pub(super) fn advanced(age: Age, now: i64) -> Age {
    let step = now.saturating_sub(age.clock);
    let (counted, clock) = match step {
        _ if age.clock == 0 => (0, now),
        0..=MOST => (step, now),
        // Put back a little: what it showed already was counted.
        _ if (-MOST..0).contains(&step) => (0, age.clock),
        _ => (0, now),
    };
    Age {
        seconds: age.seconds.saturating_add(counted),
        clock,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 24 * 60 * 60;
    const START: i64 = 1_790_000_000;

    #[test]
    fn only_time_that_passed_counts() {
        for (days, expected) in [
            // Each look by what the clock shows, in days from the first one.
            (vec![0, 1, 3, 14], 14),
            (vec![0, 20], 20),
            // Put back for good, and back to what it was.
            (vec![0, 5, 2, 3, 4], 5),
            (vec![0, 5, 2, 6], 6),
            // Far ahead, and mended: it goes on from there.
            (vec![0, 1, 4000, 2, 3, 5], 4),
            (vec![0, 10_000], 0),
            // Far behind, and mended.
            (vec![0, -9000, 1, 2], 1),
            (vec![-9000, 0, 1], 1),
        ] {
            let age = days
                .iter()
                .fold(Age::default(), |age, day| advanced(age, START + day * DAY));
            assert_eq!(age.seconds, expected * DAY, "{days:?}");
        }
    }

    #[test]
    fn no_clock_is_too_odd() {
        let odd = Age {
            seconds: 7,
            clock: i64::MIN,
        };
        for now in [i64::MIN, -1, 0, i64::MAX] {
            assert!(advanced(odd, now).seconds >= 7);
        }
    }
}
