//! How far the proof of both servers is.

use std::time::Duration;

use waxwing::Error;
use waxwing::engine::{CheckProgress, CheckStep, CheckStepKind, SecretsTrouble};
use waxwing::model::{Protocol, Remedy};

use super::server::Side;

/// The steps, in their order.
pub(super) const STEPS: [CheckStepKind; 6] = [
    CheckStepKind::Lookup,
    CheckStepKind::Connect,
    CheckStepKind::Tls,
    CheckStepKind::Greeting,
    CheckStepKind::SignIn,
    CheckStepKind::Command,
];

/// What a step is called.
pub(super) fn step_name(step: CheckStepKind, server: Protocol) -> &'static str {
    match step {
        CheckStepKind::Lookup => "Find the server",
        CheckStepKind::Connect => "Connect",
        CheckStepKind::Tls => "Encrypt",
        CheckStepKind::Greeting => "Greet",
        CheckStepKind::SignIn => "Sign in",
        CheckStepKind::Command => match server {
            Protocol::Imap => "List the folders",
            Protocol::Pop3 => "List the messages",
            Protocol::Smtp => "Ready to send",
        },
    }
}

/// How one step is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// Its turn comes.
    Waiting,
    /// It runs.
    Running,
    /// It took this long.
    Done(Duration),
    /// It failed after this long.
    Failed(Duration),
    /// It was not needed or never reached.
    Skipped,
}

/// How one server is doing.
#[derive(Debug, Clone)]
pub(super) struct Lane {
    pub(super) side: Side,
    pub(super) steps: [Progress; STEPS.len()],
    /// Why it failed, in the sentence of the step.
    pub(super) failure: Option<Error>,
}

impl Lane {
    fn new(side: Side) -> Self {
        Self {
            side,
            steps: [Progress::Waiting; STEPS.len()],
            failure: None,
        }
    }

    fn set(&mut self, step: CheckStepKind, progress: Progress) {
        let place = STEPS.iter().position(|known| *known == step);
        for (index, slot) in self.steps.iter_mut().enumerate() {
            if Some(index) == place {
                *slot = progress;
            } else if place.is_some_and(|place| index < place) && *slot == Progress::Waiting {
                // Without encryption there is nothing to encrypt.
                *slot = Progress::Skipped;
            }
        }
    }

    fn ended(&mut self, step: CheckStep) {
        if let Some(error) = step.error {
            self.set(step.step, Progress::Failed(step.elapsed));
            self.failure = Some(error);
        } else {
            self.set(step.step, Progress::Done(step.elapsed));
        }
    }

    /// No step follows.
    fn close(&mut self) {
        for slot in &mut self.steps {
            if matches!(slot, Progress::Waiting | Progress::Running) {
                *slot = Progress::Skipped;
            }
        }
    }

    /// What mends its failure, best first.
    pub(super) fn remedies(&self) -> &[Remedy] {
        let found = self.failure.as_ref().and_then(Error::diagnosis);
        found.map_or(&[], |found| &found.remedies)
    }

    /// Whether one can sign in and nothing failed.
    pub(super) fn is_proven(&self) -> bool {
        let signed_in = STEPS.iter().zip(&self.steps).any(|(step, progress)| {
            *step == CheckStepKind::SignIn && matches!(progress, Progress::Done(_))
        });
        self.failure.is_none() && signed_in
    }
}

/// What comes of the proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// It runs.
    Running,
    /// Something failed, or the person stopped it.
    Stopped {
        /// Whether the person did.
        by_person: bool,
    },
    /// The account is being saved.
    Saving,
}

/// The proof of both servers.
#[derive(Debug, Clone)]
pub(super) struct Check {
    pub(super) incoming: Lane,
    pub(super) outgoing: Lane,
    pub(super) phase: Phase,
    /// Why the account could not be saved, or its passwords not be had.
    pub(super) failure: Option<Error>,
    /// Whether that was while it was being saved.
    pub(super) could_not_save: bool,
}

impl Check {
    pub(super) fn new() -> Self {
        Self {
            incoming: Lane::new(Side::Incoming),
            outgoing: Lane::new(Side::Outgoing),
            phase: Phase::Running,
            failure: None,
            could_not_save: false,
        }
    }

    pub(super) fn progress(&mut self, progress: CheckProgress) {
        match progress {
            CheckProgress::Begun { server, step } => {
                self.lane_mut(server).set(step, Progress::Running);
            }
            CheckProgress::Ended(step) => self.lane_mut(step.server).ended(step),
        }
    }

    /// How the server of that side is doing.
    pub(super) fn lane(&self, side: Side) -> &Lane {
        match side {
            Side::Incoming => &self.incoming,
            Side::Outgoing => &self.outgoing,
        }
    }

    /// Whether what failed beside both servers has a button that mends it.
    pub(super) fn is_saving_mended(&self) -> bool {
        self.failure.as_ref().is_some_and(|error| {
            let found = error.diagnosis();
            SecretsTrouble::of(error).is_some()
                || found.is_some_and(|found| !found.remedies.is_empty())
        })
    }

    /// Whether something failed or the person stopped it.
    pub(super) fn is_stopped(&self) -> bool {
        matches!(self.phase, Phase::Stopped { .. })
    }

    fn lane_mut(&mut self, server: Protocol) -> &mut Lane {
        if server == self.outgoing.side.protocol() {
            &mut self.outgoing
        } else {
            &mut self.incoming
        }
    }

    /// Nothing more comes. Says whether both servers are proven.
    pub(super) fn ended(&mut self, by_person: bool) -> bool {
        self.incoming.close();
        self.outgoing.close();
        let proven = self.incoming.is_proven() && self.outgoing.is_proven();
        self.phase = if proven && !by_person {
            Phase::Saving
        } else {
            Phase::Stopped { by_person }
        };
        self.phase == Phase::Saving
    }
}
