//! Which folders of an account the server shall tell of at once, beside the
//! inbox, and which of them have news.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::time::Instant;

use crate::model::FolderId;

/// How long a server that refused further connections is asked for fewer.
const FEWER: Duration = Duration::from_secs(24 * 60 * 60);

/// How many further connections there may be.
#[derive(Debug, Clone, Copy)]
struct Allowed {
    /// As the settings say.
    wanted: usize,
    /// As the server bears, and since when that is known.
    borne: Option<(usize, Instant)>,
}

impl Allowed {
    /// As of `now`: what a server refused yesterday it may bear today.
    fn at(&mut self, now: Instant) -> usize {
        let lasts = |(_, since): &(usize, Instant)| now.duration_since(*since) < FEWER;
        self.borne = self.borne.filter(lasts);
        self.borne.map_or(self.wanted, |(borne, _)| borne)
    }

    fn at_most(&mut self, count: usize, now: Instant) {
        self.borne = Some((self.at(now).min(count), now));
    }
}

/// What an account's connections tell each other.
#[derive(Debug)]
pub(super) struct Pushed {
    /// What each further connection listens to.
    slots: watch::Sender<Vec<Option<FolderId>>>,
    allowed: Mutex<Allowed>,
    /// Whether they are of any use: not with a server that tells nothing, or
    /// one that tells of all folders on the first connection.
    useful: AtomicBool,
    /// Folders that want a look.
    news: Mutex<BTreeSet<FolderId>>,
    came: Notify,
}

impl Pushed {
    /// With so many further connections at most.
    pub(super) fn new(slots: usize) -> Self {
        Self {
            slots: watch::Sender::new(vec![None; slots]),
            allowed: Mutex::new(Allowed {
                wanted: slots,
                borne: None,
            }),
            useful: AtomicBool::new(false),
            news: Mutex::default(),
            came: Notify::new(),
        }
    }

    /// A folder wants a look.
    pub(super) fn tell(&self, folder: FolderId) {
        self.lock().insert(folder);
        self.came.notify_one();
    }

    /// Waits until a folder wants a look.
    pub(super) async fn told(&self) {
        self.came.notified().await;
    }

    /// The folders that want a look; forgets them.
    pub(super) fn take(&self) -> BTreeSet<FolderId> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, BTreeSet<FolderId>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn allowed(&self) -> MutexGuard<'_, Allowed> {
        self.allowed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the further connections listen to, as it changes.
    pub(super) fn slots(&self) -> watch::Receiver<Vec<Option<FolderId>>> {
        self.slots.subscribe()
    }

    /// Lets the further connections listen to the first of `wanted`, as far as
    /// they go.
    pub(super) fn listen_to(&self, wanted: &[FolderId]) {
        let allowed = match self.useful.load(Ordering::Relaxed) {
            true => self.allowed().at(Instant::now()),
            false => 0,
        };
        self.slots.send_if_modified(|slots| {
            let before = slots.clone();
            assign(slots, wanted.get(..allowed).unwrap_or(wanted));
            *slots != before
        });
    }

    /// The server bears fewer connections than there are.
    pub(super) fn one_less(&self) {
        let listening = self.slots.borrow().iter().flatten().count();
        let fewer = listening.saturating_sub(1);
        self.allowed().at_most(fewer, Instant::now());
    }

    /// The server bears no connection but the first.
    pub(super) fn only_the_first(&self) {
        self.allowed().at_most(0, Instant::now());
        self.listen_to(&[]);
    }

    /// Whether further connections are of any use from now on.
    pub(super) fn set_useful(&self, useful: bool) {
        self.useful.store(useful, Ordering::Relaxed);
        if !useful {
            self.listen_to(&[]);
        }
    }
}

/// Gives each wanted folder a place, moving as few as can be: a place that
/// changes costs a SELECT, one that is left a sign-in.
fn assign(slots: &mut [Option<FolderId>], wanted: &[FolderId]) {
    let wanted = wanted.get(..slots.len()).unwrap_or(wanted);
    for slot in &mut *slots {
        *slot = slot.filter(|folder| wanted.contains(folder));
    }
    for folder in wanted {
        if !slots.contains(&Some(*folder))
            && let Some(free) = slots.iter_mut().find(|slot| slot.is_none())
        {
            *free = Some(*folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_keep_their_places_as_long_as_they_are_wanted() {
        for (before, wanted, after) in [
            ([0, 0], &[][..], [0, 0]),
            ([0, 0], &[3], [3, 0]),
            ([0, 3], &[4, 3], [4, 3]),
            ([3, 4], &[4, 5], [5, 4]),
            // The first of them count when there are too many.
            ([3, 4], &[5, 4, 3], [5, 4]),
            ([3, 4], &[], [0, 0]),
        ] {
            let id = |number: &i64| Some(FolderId(*number)).filter(|_| *number > 0);
            let mut slots: Vec<_> = before.iter().map(id).collect();
            let wanted: Vec<_> = wanted.iter().map(|number| FolderId(*number)).collect();
            assign(&mut slots, &wanted);
            let expected: Vec<_> = after.iter().map(id).collect();
            assert_eq!(slots, expected, "{before:?} {wanted:?}");
        }
    }

    #[test]
    fn a_server_that_bears_fewer_gets_fewer() {
        let pushed = Pushed::new(2);
        let wanted = [FolderId(3), FolderId(4)];
        let listening = || {
            pushed.listen_to(&wanted);
            pushed.slots().borrow().iter().flatten().count()
        };
        assert_eq!(listening(), 0, "not before they are of use");
        pushed.set_useful(true);
        assert_eq!(listening(), 2);
        pushed.one_less();
        assert_eq!(listening(), 1);
        pushed.set_useful(false);
        assert_eq!(listening(), 0);
        pushed.set_useful(true);
        assert_eq!(listening(), 1);
        pushed.only_the_first();
        pushed.one_less();
        assert_eq!(listening(), 0);
    }

    #[test]
    fn what_was_refused_yesterday_is_tried_today() {
        let mut allowed = Allowed {
            wanted: 2,
            borne: None,
        };
        let first = Instant::now();
        assert_eq!(allowed.at(first), 2);
        allowed.at_most(1, first);
        let later = first + FEWER / 2;
        assert_eq!(allowed.at(later), 1);
        allowed.at_most(2, later);
        assert_eq!(allowed.at(first + FEWER), 1, "counted anew");
        assert_eq!(allowed.at(later + FEWER), 2);
    }

    #[tokio::test]
    async fn news_are_taken_once() {
        let pushed = Pushed::new(0);
        pushed.tell(FolderId(3));
        pushed.tell(FolderId(3));
        pushed.told().await;
        assert_eq!(pushed.take().len(), 1);
        assert!(pushed.take().is_empty());
    }
}
