//! Reading many small folders whole, one after the other: the next is opened
//! and asked for while the answers about the last are still on their way, so
//! that a slow line never idles between two folders.

use std::collections::VecDeque;

use async_imap::imap_proto::Response;

use super::conn::{Flight, ImapConn, Step, Untagged};
use super::error::Error;
use super::fetch::{Ask, BY_UID, Fetched, read, read_odd};
use super::own::Own;
use super::select::{Opening, Selected};
use super::{command::Command, conn::Done};
use crate::net::timeout as limits;

/// How many commands are under way at once: the two of the folder that is
/// read, and those of the next.
const AHEAD: usize = 4;

/// What is met on the way.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The next folder was opened, or refused; then nothing follows of it.
    Opened(Result<Selected, Error>),
    /// A message of the folder that is open.
    Message(Fetched),
    /// All of its messages came, or their fetching was refused.
    Over(Result<(), Error>),
}

/// A tour of folders. Follow it with [`Tour::next`] until its end: dropped
/// before, the connection is of no use.
#[derive(Debug)]
pub(crate) struct Tour<'c> {
    conn: &'c mut ImapConn,
    flight: Flight,
    waiting: VecDeque<String>,
    items: String,
    /// Which of the folders is at hand.
    at: usize,
    open: bool,
    begun: usize,
}

impl ImapConn {
    /// Starts reading these folders whole, by their raw names. Only names that
    /// fit one line can be toured ([`ImapConn::can_tour`]).
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(crate) async fn tour(&mut self, names: Vec<String>) -> Result<Tour<'_>, Error> {
        self.settle().await?;
        let items = self.items(Ask::Whole);
        let mut tour = Tour {
            conn: self,
            flight: Flight::default(),
            waiting: names.into(),
            items,
            at: 0,
            open: false,
            begun: 0,
        };
        tour.ask().await?;
        Ok(tour)
    }

    /// Whether a folder of this raw name can be part of a tour.
    pub(crate) fn can_tour(&self, raw: &str) -> bool {
        self.flies(&self.select_command(raw))
    }
}

impl Tour<'_> {
    /// What is met next, and in which of the folders; none at the end.
    ///
    /// # Errors
    ///
    /// When the connection is lost: then what came so far is not all.
    pub(crate) async fn next(&mut self) -> Result<Option<(usize, Stop)>, Error> {
        if self.flight.len() == 0 {
            return Ok(None);
        }
        let stop = if self.open {
            self.read_on().await?
        } else {
            self.enter().await?
        };
        let at = self.at;
        let left = match &stop {
            Stop::Opened(Err(_)) | Stop::Over(_) => true,
            Stop::Opened(Ok(_)) | Stop::Message(_) => false,
        };
        self.open = !left;
        if left {
            self.at += 1;
            self.ask().await?;
        }
        Ok(Some((at, stop)))
    }

    /// Begins no further folder; what is begun comes to its end.
    pub(crate) fn hold(&mut self) {
        self.waiting.clear();
    }

    /// How many of the folders were begun, from the first on.
    pub(crate) fn begun(&self) -> usize {
        self.begun
    }

    /// The failure of a server whose answer has no end.
    pub(crate) fn endless(&mut self) -> Error {
        self.conn.endless()
    }

    async fn enter(&mut self) -> Result<Stop, Error> {
        self.conn.begin_opening();
        let mut opening = Opening::default();
        let done = self
            .conn
            .land(&mut self.flight, &mut |untagged| {
                opening.see(untagged);
            })
            .await;
        let selected = match done {
            Ok(done) => self.conn.end_opening(opening, &done),
            Err(error) => Err(error),
        };
        match selected {
            Ok(selected) => Ok(Stop::Opened(Ok(selected))),
            Err(error) if self.conn.is_lost() => Err(error),
            Err(error) => {
                // Nothing is open: what was asked of it is refused as well.
                let rest = self.conn.land(&mut self.flight, &mut |_| {}).await;
                self.told(rest)?;
                Ok(Stop::Opened(Err(error)))
            }
        }
    }

    async fn read_on(&mut self) -> Result<Stop, Error> {
        let mut pick = |untagged: Untagged<'_>| match untagged {
            Untagged::Data(Response::Fetch(_, values)) => Some(read(values)),
            Untagged::Own(Own::Fetch(items)) => Some(read_odd(&items)),
            _ => None,
        };
        let step = self
            .conn
            .next_of(&mut self.flight, limits::READ, &mut pick)
            .await;
        match step {
            Ok(Step::Got(fetched)) => Ok(Stop::Message(fetched)),
            Ok(Step::Done(_)) => Ok(Stop::Over(Ok(()))),
            Err(error) if self.conn.is_lost() => Err(error),
            Err(error) => Ok(Stop::Over(Err(error))),
        }
    }

    fn told(&self, done: Result<Done, Error>) -> Result<(), Error> {
        match done {
            Err(error) if self.conn.is_lost() => Err(error),
            _ => Ok(()),
        }
    }

    /// Keeps the server busy.
    async fn ask(&mut self) -> Result<(), Error> {
        while self.flight.len() + 2 <= AHEAD {
            let Some(name) = self.waiting.pop_front() else {
                break;
            };
            self.begun += 1;
            let select = self.conn.select_command(&name);
            // By UID: of an empty folder that is no error.
            let fetch = Command::new(BY_UID).words("1:*").words(&self.items);
            let flight = &mut self.flight;
            self.conn.join(flight, select, &mut |_| {}).await?;
            self.conn.join(flight, fetch, &mut |_| {}).await?;
        }
        Ok(())
    }
}
