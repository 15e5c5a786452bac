//! All sources at once, and the decision among what they say.

use std::collections::BTreeMap;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::Discoverer;
use crate::model::{Candidate, Discovery, DiscoveryProgress, DiscoverySource, Impossible};
use crate::providers::Mailbox;

/// All of it is decided within this time.
const ALL: Duration = Duration::from_secs(6);

/// One question takes at most this long.
const ONE: Duration = Duration::from_secs(4);

/// Room to gather what a source has when the time is over.
const GATHERING: Duration = Duration::from_millis(200);

/// As long as nobody said anything, guessing starts after this time.
const HEAD_START: Duration = Duration::from_millis(1500);

/// Once the best is known, others that are about to answer have this long: a
/// person may need them where the best does not work.
const OTHERS: Duration = Duration::from_millis(400);

/// What one source knows.
#[derive(Debug, Default)]
pub(super) struct Finding {
    pub(super) candidates: Vec<Candidate>,
    pub(super) impossible: Option<Impossible>,
}

impl Finding {
    fn is_answer(&self) -> bool {
        self.impossible.is_some() || self.candidates.iter().any(Candidate::is_complete)
    }
}

impl From<Option<Candidate>> for Finding {
    fn from(candidate: Option<Candidate>) -> Self {
        Self {
            candidates: candidate.into_iter().collect(),
            impossible: None,
        }
    }
}

/// The sources in the order of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Autoconfig,
    WellKnown,
    Ispdb,
    Exchanger,
    Service,
    Autodiscover,
    Probe,
    PlainHttp,
}

/// Those that are asked at once.
const FIRST: [Rank; 6] = [
    Rank::Autoconfig,
    Rank::WellKnown,
    Rank::Ispdb,
    Rank::Exchanger,
    Rank::Service,
    Rank::Autodiscover,
];

/// Those that are tried when nobody else knows.
const LAST: [Rank; 2] = [Rank::Probe, Rank::PlainHttp];

/// One search for the servers of an address.
pub(super) struct Search<'a> {
    pub(super) by: &'a Discoverer,
    pub(super) mailbox: &'a Mailbox,
    tell: &'a (dyn Fn(DiscoveryProgress) + Send + Sync),
    end: Instant,
}

type Running<'a> = FuturesUnordered<BoxFuture<'a, (Rank, Finding)>>;

impl<'a> Search<'a> {
    pub(super) fn new(
        by: &'a Discoverer,
        mailbox: &'a Mailbox,
        tell: &'a (dyn Fn(DiscoveryProgress) + Send + Sync),
    ) -> Self {
        Self {
            by,
            mailbox,
            tell,
            end: Instant::now() + ALL,
        }
    }

    /// Asks everybody, and stops when nobody better can answer any more.
    pub(super) async fn run(self) -> Discovery {
        let mut running: Running<'_> = FIRST.iter().map(|rank| self.ask(*rank)).collect();
        let mut known: BTreeMap<Rank, Finding> = BTreeMap::new();
        let (mut waited, mut guessing) = (false, false);
        let head_start = self.end - ALL + HEAD_START;
        while !is_decided(&known) {
            let silence = waited && !known.values().any(Finding::is_answer);
            if !guessing && (silence || running.is_empty()) {
                guessing = true;
                running.extend(LAST.iter().map(|rank| self.ask(*rank)));
            } else if guessing && running.is_empty() {
                break;
            }
            tokio::select! {
                biased;
                Some(next) = running.next() => self.note(next, &mut known),
                () = sleep_until(head_start), if !waited => waited = true,
                () = sleep_until(self.end) => break,
            }
        }
        let end = self.end.min(Instant::now() + OTHERS);
        while let Ok(Some(next)) = timeout_at(end, running.next()).await {
            self.note(next, &mut known);
        }
        verdict(known)
    }

    fn note(&self, (rank, finding): (Rank, Finding), known: &mut BTreeMap<Rank, Finding>) {
        for candidate in &finding.candidates {
            self.tell(DiscoveryProgress::Found(candidate.clone()));
        }
        known.insert(rank, finding);
    }

    fn ask(&self, rank: Rank) -> BoxFuture<'_, (Rank, Finding)> {
        let finding = match rank {
            Rank::Autoconfig => self.autoconfig().boxed(),
            Rank::WellKnown => self.well_known().boxed(),
            Rank::Ispdb => self.ispdb().boxed(),
            Rank::Exchanger => self.by_exchanger().boxed(),
            Rank::Service => self.services().boxed(),
            Rank::Autodiscover => self.autodiscover().boxed(),
            Rank::Probe => self.probe().boxed(),
            Rank::PlainHttp => self.plain_http().boxed(),
        };
        finding.map(move |finding| (rank, finding)).boxed()
    }

    pub(super) fn tell(&self, progress: DiscoveryProgress) {
        (self.tell)(progress);
    }

    /// Says who is asked now.
    pub(super) fn asking(&self, source: &DiscoverySource, place: &str) {
        tracing::debug!(source = source.name(), place, "asking for servers");
        self.tell(DiscoveryProgress::Asking {
            source: source.clone(),
            place: place.to_owned(),
        });
    }

    /// How long a question that is asked now may take.
    pub(super) fn patience(&self) -> Duration {
        self.time_left().min(ONE)
    }

    /// Until what was found has to be on the table.
    pub(super) fn time_left(&self) -> Duration {
        (self.end - GATHERING).saturating_duration_since(Instant::now())
    }
}

/// Whether an answer is there and all that would be preferred to it said that
/// they know nothing.
fn is_decided(known: &BTreeMap<Rank, Finding>) -> bool {
    let mut all = FIRST.iter().chain(&LAST).map(|rank| known.get(rank));
    all.find_map(|finding| match finding {
        None => Some(false),
        Some(finding) if finding.is_answer() => Some(true),
        Some(_) => None,
    })
    .unwrap_or(true)
}

/// All that was found, best first: what lacks a direction comes last, and
/// what has no server that a better one lacks is left out.
fn verdict(known: BTreeMap<Rank, Finding>) -> Discovery {
    let mut candidates: Vec<Candidate> = Vec::new();
    let mut impossible = None;
    for finding in known.into_values() {
        if !candidates.iter().any(Candidate::is_complete) {
            impossible = impossible.or(finding.impossible);
        }
        candidates.extend(finding.candidates);
    }
    candidates.sort_by_key(|candidate| !candidate.is_complete());
    let mut telling: Vec<Candidate> = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        if !telling.iter().any(|better| better.covers(&candidate)) {
            telling.push(candidate);
        }
    }
    Discovery {
        candidates: telling,
        impossible,
    }
}
