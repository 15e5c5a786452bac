//! How much was heard of a server, seen from outside of its connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Counts what comes in on one connection. Cheap to clone; all clones count
/// the same. Whoever waits for an answer elsewhere can tell a slow server from
/// one that is no longer there.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pulse(Arc<AtomicU64>);

impl Pulse {
    /// Something came.
    pub(crate) fn beat(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// How often something came so far.
    pub(crate) fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
