//! Work in pieces: lists are cut, what comes is gathered until it is worth a
//! transaction, and some of it is at work while more comes.

use std::collections::VecDeque;

use tokio::task::JoinHandle;

use super::session::Error;

/// How many messages a batch holds: enough for one transaction to be worth it,
/// little enough for the memory. The first is what a person waits for.
pub(super) const BATCH_MESSAGES: usize = 500;
pub(super) const FIRST_MESSAGES: usize = 50;

/// What takes room in memory.
pub(super) trait Weight {
    /// Its bytes.
    fn weight(&self) -> usize;
}

/// Messages gathered until they are worth a transaction.
#[derive(Debug)]
pub(super) struct Batch<T> {
    messages: Vec<T>,
    bytes: usize,
    most: usize,
    /// Whether one was filled already.
    begun: bool,
}

impl<T: Weight> Batch<T> {
    /// One that is full with so many bytes.
    pub(super) fn up_to(most: usize) -> Self {
        Self {
            messages: Vec::new(),
            bytes: 0,
            most,
            begun: false,
        }
    }

    /// Adds a message; gives the batch back when it is full.
    pub(super) fn add(&mut self, message: T) -> Option<Vec<T>> {
        self.bytes += message.weight();
        self.messages.push(message);
        let most = if self.begun {
            BATCH_MESSAGES
        } else {
            FIRST_MESSAGES
        };
        let full = self.bytes >= self.most || self.messages.len() >= most;
        full.then(|| self.take()).flatten()
    }

    /// What is left.
    pub(super) fn take(&mut self) -> Option<Vec<T>> {
        self.bytes = 0;
        self.begun = true;
        let messages = std::mem::take(&mut self.messages);
        (!messages.is_empty()).then_some(messages)
    }
}

/// The batches at work, oldest first.
#[derive(Debug)]
pub(super) struct AtWork<D> {
    tasks: VecDeque<JoinHandle<Result<D, Error>>>,
    most: usize,
}

impl<D: Send + 'static> AtWork<D> {
    /// So many at once.
    pub(super) fn up_to(most: usize) -> Self {
        Self {
            tasks: VecDeque::new(),
            most,
        }
    }

    /// Puts a batch to work. Waits for the oldest when there are enough, and
    /// gives what that one did.
    pub(super) async fn start(
        &mut self,
        work: impl Future<Output = Result<D, Error>> + Send + 'static,
    ) -> Result<Option<D>, Error> {
        let done = if self.tasks.len() >= self.most {
            self.next().await?
        } else {
            None
        };
        self.tasks.push_back(tokio::spawn(work));
        Ok(done)
    }

    /// What the oldest batch did, once it is stored.
    pub(super) async fn next(&mut self) -> Result<Option<D>, Error> {
        match self.tasks.pop_front() {
            Some(task) => task.await?.map(Some),
            None => Ok(None),
        }
    }
}

/// Cuts a list by count and by size; what is larger than a piece goes alone.
pub(super) fn pieces<T>(
    list: &[T],
    count: usize,
    bytes: u64,
    size: impl Fn(&T) -> u64,
) -> impl Iterator<Item = &[T]> {
    let mut rest = list;
    std::iter::from_fn(move || {
        let mut sum = 0;
        let fits = |one: &&T| {
            sum += size(one);
            sum <= bytes
        };
        let fitting = rest.iter().take(count).take_while(fits).count();
        let (now, later) = rest.split_at(fitting.max(1).min(rest.len()));
        rest = later;
        (!now.is_empty()).then_some(now)
    })
}
