//! A large folder at first sight: its list before its bodies, unless the line
//! is so fast that both can come at once. Then no header crosses it twice.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::arriving::{FIRST_STEP, Wanted};
use super::bodies::{CHUNK_BYTES, chunks};
use super::fetched::BIG;
use super::session::{Error, Session};
use crate::model::Uid;
use crate::protocol::imap::Ask;
use crate::store::FolderRow;

/// How many messages are looked at together: few to learn how fast the line is,
/// then many, for the line idles at the end of each window.
const FIRST_WINDOW: u32 = 250;
const WINDOW: u32 = 25_000;

/// How long a list may take to be complete for the sake of the bodies.
const LONGEST: Duration = Duration::from_secs(15);

/// What the first window is allowed: all begins slowly.
const LONGEST_AT_FIRST: Duration = Duration::from_secs(30);

/// How long messages come before their speed is judged.
const TASTE: Duration = Duration::from_secs(1);

/// How much is asked for at a time in the first window, so that a slow line is
/// not kept from the list for long.
const SIP: u64 = 256 << 10;

/// How fast whole messages of a folder come.
#[derive(Debug)]
pub(super) struct Speed {
    /// When the first one came: what the server does before it, it does once.
    began: Option<Instant>,
    /// How many messages are to come in all.
    messages: u64,
    /// How long they may take.
    longest: Duration,
    came: u64,
}

impl Speed {
    fn new(messages: u32, longest: Duration) -> Self {
        Self {
            began: None,
            messages: u64::from(messages),
            longest,
            came: 0,
        }
    }

    /// Takes note of a message that came.
    pub(super) fn note(&mut self) {
        self.began.get_or_insert_with(Instant::now);
        self.came += 1;
    }

    /// Whether all will have come soon, as far as one can tell.
    pub(super) fn is_high(&self) -> bool {
        self.began
            .is_none_or(|began| self.is_high_after(began.elapsed()))
    }

    fn is_high_after(&self, time: Duration) -> bool {
        if time < TASTE {
            return true;
        }
        let all = time.as_secs_f64() * self.messages as f64 / self.came.max(1) as f64;
        all <= self.longest.as_secs_f64()
    }
}

impl Session {
    /// Reads a large folder of which nothing is here and all is wanted, newest
    /// first.
    pub(super) async fn first_of_many(
        &mut self,
        row: &FolderRow,
        exists: u32,
    ) -> Result<(), Error> {
        let screen = exists.saturating_sub(FIRST_STEP as u32);
        let newest = Wanted::Numbers(vec![(screen + 1, exists)]);
        self.bring_in(row, newest, Ask::Headers).await?;
        let (mut last, mut many) = (screen, FIRST_WINDOW);
        let mut speed = Speed::new(last, LONGEST_AT_FIRST);
        while last > 0 && speed.is_high() {
            let first = last.saturating_sub(many - 1).max(1);
            self.window(row, first, last, &mut speed).await?;
            (last, many) = (first - 1, WINDOW);
            if speed.is_high() {
                speed = Speed::new(last, LONGEST);
            }
        }
        // Numbers only become fewer: what is left is not above.
        self.bring_in(row, Wanted::everything(last), Ask::Headers)
            .await
    }

    async fn window(
        &mut self,
        row: &FolderRow,
        first: u32,
        last: u32,
        speed: &mut Speed,
    ) -> Result<(), Error> {
        let sizes = self.sizes(first, last).await?;
        let is_first = last - first < FIRST_WINDOW;
        let (piece, most) = if is_first {
            (SIP, SIP)
        } else {
            (CHUNK_BYTES, BIG)
        };
        let largest = self.prefetch().map_or(0, |policy| policy.largest());
        let most = most.min(largest);
        let (usual, big): (Vec<_>, Vec<_>) = sizes.into_iter().partition(|(_, size)| *size <= most);
        let uids = |sizes: &[(Uid, u64)]| sizes.iter().map(|(uid, _)| *uid).collect();
        let wanted = Wanted::Uids(chunks(&usual, piece, |(_, size)| *size).map(uids).collect());
        let rest = self.bring_in_fast(row, wanted, speed).await?;
        self.bring_in(row, rest, Ask::Headers).await?;
        self.bring_in(row, Wanted::newest_first(uids(&big)), Ask::Headers)
            .await
    }

    /// UIDs and sizes of the messages with these sequence numbers, newest
    /// first.
    async fn sizes(&mut self, first: u32, last: u32) -> Result<Vec<(Uid, u64)>, Error> {
        let most = self.lines_at_most();
        let mut fetch = self.conn.fetch_numbers(&[(first, last)], Ask::Size).await?;
        let mut sizes = BTreeMap::new();
        let mut lines = 0;
        while let Some(fetched) = fetch.next().await? {
            lines += 1;
            if lines > most {
                return Err(fetch.endless().into());
            }
            if let (Some(uid), Some(size)) = (fetched.uid, fetched.size) {
                sizes.insert(uid, size);
            }
        }
        Ok(sizes.into_iter().rev().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_judged_by_the_time_all_would_take() {
        let mut speed = Speed::new(20_000, LONGEST);
        assert!(speed.is_high(), "nothing came yet");
        speed.came = 2_000;
        assert!(speed.is_high_after(Duration::from_millis(1_400)));
        assert!(!speed.is_high_after(Duration::from_millis(1_600)));
        speed.came = 1;
        assert!(speed.is_high_after(Duration::from_millis(900)));
        assert!(!speed.is_high_after(Duration::from_millis(1_100)));
        speed.came = 19_000;
        assert!(speed.is_high_after(Duration::from_secs(14)));
        assert!(!speed.is_high_after(Duration::from_secs(15)));
    }
}
