//! Noticing that the network changed or that the machine slept: connections
//! that looked alive may be dead then, and servers out of reach be there again.

use std::collections::BTreeSet;
use std::net::IpAddr;
use std::time::{Duration, Instant, SystemTime};

use futures::{FutureExt, StreamExt};
use if_watch::IpNet;
use if_watch::tokio::IfWatcher;
use tokio::time::sleep;

/// How often the clocks are looked at. They are the only sign of a sleep that
/// every platform gives.
const TICK: Duration = Duration::from_secs(3);

/// How much later than planned, or how far apart, the clocks may be before it
/// counts: a machine under load is late too.
const SLACK: Duration = Duration::from_secs(10);

/// Addresses come one by one, and before routes and name servers.
const SETTLE: Duration = Duration::from_secs(1);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// This machine has other addresses than before.
    Addresses,
    /// The clocks jumped: it slept, or somebody set them.
    Clocks,
}

/// Watches this machine's addresses and clocks.
#[derive(Debug)]
pub(crate) struct Changes {
    /// None where the platform does not tell; the clocks are left then.
    watcher: Option<IfWatcher>,
    known: Option<BTreeSet<IpNet>>,
}

impl Changes {
    /// Begins to watch. To be called inside a runtime.
    pub(crate) fn new() -> Self {
        let watcher = IfWatcher::new();
        if let Err(error) = &watcher {
            tracing::info!(%error, "network changes are not told on this machine");
        }
        Self {
            watcher: watcher.ok(),
            known: None,
        }
    }

    /// Waits for the next change. What comes within a second is one change.
    pub(crate) async fn next(&mut self) -> Change {
        if self.known.is_none() {
            // What is there already is told as if it came.
            let settled = sleep(SETTLE);
            tokio::pin!(settled);
            loop {
                tokio::select! {
                    () = told(&mut self.watcher) => {}
                    () = &mut settled => break,
                }
            }
            self.known = Some(self.addresses());
        }
        loop {
            let before = Clocks::now();
            tokio::select! {
                () = told(&mut self.watcher) => {
                    sleep(SETTLE).await;
                    let now = Some(self.addresses());
                    if now != self.known {
                        self.known = now;
                        return Change::Addresses;
                    }
                }
                () = sleep(TICK) => {
                    if before.jumped(TICK) {
                        return Change::Clocks;
                    }
                }
            }
        }
    }

    /// The addresses others can be reached from, as of now.
    fn addresses(&mut self) -> BTreeSet<IpNet> {
        while let Some(watcher) = &mut self.watcher {
            match watcher.next().now_or_never() {
                Some(Some(Ok(_))) => {}
                Some(_) => self.watcher = None,
                None => break,
            }
        }
        let all = self.watcher.iter().flat_map(IfWatcher::iter);
        all.filter(|net| leads_out(net.addr())).copied().collect()
    }
}

/// Waits until the platform tells anything; for ever where it does not.
async fn told(watcher: &mut Option<IfWatcher>) {
    if let Some(some) = watcher {
        match some.next().await {
            Some(Ok(_)) => return,
            _ => *watcher = None,
        }
    }
    std::future::pending::<()>().await;
}

/// Whether mail could come by this address: not by one that ends at this
/// machine or at its own cable.
fn leads_out(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !address.is_loopback() && !address.is_link_local(),
        IpAddr::V6(address) => !address.is_loopback() && !address.is_unicast_link_local(),
    }
}

/// Both clocks at one moment: the steady one stands still while most machines
/// sleep, the one on the wall goes on.
struct Clocks {
    steady: Instant,
    wall: SystemTime,
}

impl Clocks {
    fn now() -> Self {
        Self {
            steady: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    fn jumped(&self, planned: Duration) -> bool {
        let wall = SystemTime::now().duration_since(self.wall);
        jumped(planned, self.steady.elapsed(), wall.ok())
    }
}

/// Whether more time went by than was planned; no time on the wall means that
/// its clock was set back.
fn jumped(planned: Duration, steady: Duration, wall: Option<Duration>) -> bool {
    let late = |elapsed: Duration| elapsed > planned + SLACK;
    late(steady) || wall.is_none_or(late)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_real_jump_of_a_clock_counts() {
        let seconds = Duration::from_secs;
        for (steady, wall, expected) in [
            (3, Some(3), false),
            // A slow machine.
            (12, Some(12), false),
            // It slept, on a platform whose steady clock stood still,
            (3, Some(3600), true),
            // and on one whose steady clock went on.
            (3600, Some(3600), true),
            // Somebody set the clock back.
            (3, None, true),
        ] {
            let jumped = jumped(TICK, seconds(steady), wall.map(seconds));
            assert_eq!(jumped, expected, "{steady} {wall:?}");
        }
    }

    #[test]
    fn addresses_of_this_machine_alone_do_not_count() {
        for (address, expected) in [
            ("127.0.0.1", false),
            ("169.254.3.4", false),
            ("::1", false),
            ("fe80::1", false),
            ("192.168.1.4", true),
            ("2001:db8::1", true),
        ] {
            assert_eq!(leads_out(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[tokio::test]
    async fn what_is_there_from_the_start_is_no_change() {
        let mut changes = Changes::new();
        let quiet = tokio::time::timeout(SETTLE * 5 / 2, changes.next());
        assert_eq!(quiet.await.ok(), None);
        assert!(changes.known.is_some());
    }
}
