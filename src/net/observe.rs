//! Telling the steps of a connection while they happen.

use std::future::Future;
use std::time::{Duration, Instant};

use crate::model::CheckStepKind;

/// Who wants to know the steps of a connection.
pub(crate) trait StepObserver: Send + Sync {
    /// A step began.
    fn begun(&self, step: CheckStepKind);

    /// A step ended after `elapsed`. `told` says what happened; none where it
    /// failed: the failure is what the call returns.
    fn ended(&self, step: CheckStepKind, elapsed: Duration, told: Option<&str>);
}

/// Nobody.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quiet;

impl StepObserver for Quiet {
    fn begun(&self, _step: CheckStepKind) {}

    fn ended(&self, _step: CheckStepKind, _elapsed: Duration, _told: Option<&str>) {}
}

/// Runs one step and tells of it. `tell` says in a sentence what a success
/// means.
///
/// # Errors
///
/// What the step fails with.
pub(crate) async fn observed<T, E>(
    observer: &dyn StepObserver,
    step: CheckStepKind,
    work: impl Future<Output = Result<T, E>>,
    tell: impl FnOnce(&T) -> String,
) -> Result<T, E> {
    observer.begun(step);
    let start = Instant::now();
    let outcome = work.await;
    let told = outcome.as_ref().ok().map(tell);
    observer.ended(step, start.elapsed(), told.as_deref());
    outcome
}
