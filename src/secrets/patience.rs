//! Calls that may never return, such as those of a keyring whose question
//! nobody sees: they run on a thread of their own, one after the other, and
//! are waited for only so long.

use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use super::trouble::SecretsTrouble;
use crate::error::Result;

/// How long a keyring is waited for. Typing its password takes a while.
pub(super) const USUAL: Duration = Duration::from_secs(30);

type Job = Box<dyn FnOnce() + Send>;

/// The thread. It ends after its last call, when this is dropped.
pub(super) struct Patience {
    jobs: Sender<Job>,
    limit: Duration,
}

impl Patience {
    pub(super) fn new(limit: Duration) -> Self {
        let (jobs, todo) = channel::<Job>();
        let run = move || todo.into_iter().for_each(|job| job());
        // Without the thread every call fails as one that is not answered.
        if let Err(error) = std::thread::Builder::new()
            .name("keyring".into())
            .spawn(run)
        {
            tracing::error!(%error, "the keyring's thread could not be started");
        }
        Self { jobs, limit }
    }

    /// What `call` gives. A call that takes too long goes on by itself: what it
    /// does beside its answer happens later.
    pub(super) fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (sender, answer) = channel();
        // Who waits no longer does not hear of it.
        let job = Box::new(move || drop(sender.send(call())));
        if self.jobs.send(job).is_err() {
            return Err(SecretsTrouble::Failed.error());
        }
        answer
            .recv_timeout(self.limit)
            .unwrap_or_else(|_| Err(SecretsTrouble::Slow.error()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_is_not_answered_is_given_up_and_goes_on() {
        let patience = Patience::new(Duration::from_millis(20));
        let (let_go, held) = channel::<()>();
        let (done, late) = channel();
        let slow = patience.call(move || {
            let _ = held.recv();
            done.send("late").unwrap();
            Ok(1)
        });
        assert_eq!(
            SecretsTrouble::of(&slow.unwrap_err()),
            Some(SecretsTrouble::Slow)
        );
        // The next one waits for its turn, and is given up as well.
        let behind = patience.call(|| Ok(2));
        assert!(behind.is_err());
        drop(let_go);
        assert_eq!(late.recv().unwrap(), "late");
        // The line is free again; how soon is the machine's affair.
        let free = (0..500).any(|_| patience.call(|| Ok(3)).is_ok());
        assert!(free);
    }
}
