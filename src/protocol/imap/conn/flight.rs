//! Several commands under way at once (RFC 9051, 5.5): all are written before
//! the first is answered, so that together they cost one round trip.
//!
//! Only commands go together whose answers cannot be mixed up. The server
//! ends them in the order they were given.

use std::collections::VecDeque;

use tokio::time::timeout;

use super::super::command::{Command, Piece, quoted};
use super::super::error::{Error, Fault};
use super::{Answer, Done, ImapConn, Look, State, Step, Untagged, Verdict};
use crate::net::timeout as limits;

/// Commands that were written and not yet answered, in their order.
#[derive(Debug, Default)]
pub(in super::super) struct Flight(VecDeque<(&'static str, String)>);

impl Flight {
    /// How many are still to be answered.
    pub(in super::super) fn len(&self) -> usize {
        self.0.len()
    }
}

/// How many commands are under way at once at most: more would let a server
/// and this program wait for each other, both with full buffers.
pub(in super::super) const IN_FLIGHT: usize = 20;

impl ImapConn {
    /// Whether a command can go together with others: none of its literals
    /// needs leave.
    pub(in super::super) fn flies(&self, command: &Command<'_>) -> bool {
        let free = self.capabilities.free_literal();
        command.pieces.iter().all(|piece| match piece {
            Piece::Plain(_) => true,
            Piece::Folder(raw) => {
                let name = self.name_on_wire(raw);
                quoted(&name, self.utf8_names()).is_some() || name.len() <= free
            }
            Piece::Literal(bytes) => bytes.len() <= free,
        })
    }

    /// Cuts a list of commands into pieces that can fly together.
    pub(in super::super) fn flocks<'a>(&self, commands: Vec<Command<'a>>) -> Vec<Vec<Command<'a>>> {
        let mut flocks: Vec<Vec<Command<'a>>> = Vec::new();
        let mut open = false;
        for command in commands {
            let flies = self.flies(&command);
            match flocks.last_mut() {
                Some(flock) if open && flies && flock.len() < IN_FLIGHT => flock.push(command),
                _ => flocks.push(vec![command]),
            }
            open = flies;
        }
        flocks
    }

    /// Writes commands without waiting for answers; each is to be ended by
    /// [`ImapConn::land`].
    ///
    /// # Errors
    ///
    /// When the connection is lost, or a single command is refused before its
    /// literal.
    pub(in super::super) async fn launch(
        &mut self,
        commands: Vec<Command<'_>>,
        look: Look<'_>,
    ) -> Result<Flight, Error> {
        let mut flight = Flight::default();
        for command in commands {
            self.join(&mut flight, command, look).await?;
        }
        Ok(flight)
    }

    /// Writes one more command of a flight.
    pub(in super::super) async fn join(
        &mut self,
        flight: &mut Flight,
        command: Command<'_>,
        look: Look<'_>,
    ) -> Result<(), Error> {
        debug_assert!(flight.0.is_empty() || self.flies(&command));
        if !flight.0.is_empty() && self.state == State::Busy {
            self.state = State::Ready;
        }
        let name = command.name;
        let tag = self.begin(command, look).await?;
        flight.0.push_back((name, tag));
        Ok(())
    }

    /// Reads to the end of the next command of a flight. A refusal, and here a
    /// BAD too, ends only this one: its tag says which it was.
    ///
    /// # Errors
    ///
    /// When the command is refused or not understood, or the connection is
    /// lost.
    pub(in super::super) async fn land(
        &mut self,
        flight: &mut Flight,
        look: Look<'_>,
    ) -> Result<Done, Error> {
        let reading = async {
            loop {
                let mut pick = |untagged: Untagged<'_>| {
                    look(untagged);
                    None::<()>
                };
                if let Step::Done(done) = self.next_of(flight, limits::READ, &mut pick).await? {
                    return Ok(done);
                }
            }
        };
        match timeout(limits::ANSWER, reading).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.fail(Fault::Timeout { doing: "answering" })),
        }
    }

    /// Reads answers until `pick` takes something from one, or the next
    /// command of the flight ends.
    pub(in super::super) async fn next_of<T: Send>(
        &mut self,
        flight: &mut Flight,
        patience: std::time::Duration,
        pick: &mut (dyn FnMut(Untagged<'_>) -> Option<T> + Send),
    ) -> Result<Step<T>, Error> {
        let Some((name, own_tag)) = flight.0.front().cloned() else {
            return Err(self.fail(Fault::Nonsense("there is nothing to wait for")));
        };
        loop {
            let mut got = None;
            let answer = self
                .answer(name, patience, &mut |untagged| got = pick(untagged))
                .await?;
            if let Some(got) = got {
                return Ok(Step::Got(got));
            }
            let Some(ended) = self.ended(name, &own_tag, answer)? else {
                continue;
            };
            flight.0.pop_front();
            if flight.0.is_empty() && self.state == State::Busy {
                self.state = State::Ready;
            }
            return match ended {
                Ok(done) => Ok(Step::Done(done)),
                Err(fault) => Err(Error {
                    place: self.place.clone(),
                    fault,
                }),
            };
        }
    }

    /// How the command of this tag ended, if the answer ends it. The ends of
    /// the early commands are passed over.
    ///
    /// # Errors
    ///
    /// When the answer fits no command.
    pub(super) fn ended(
        &mut self,
        name: &'static str,
        own_tag: &str,
        answer: Answer,
    ) -> Result<Option<Result<Done, Fault>>, Error> {
        let (tag, status, code, said) = match answer {
            Answer::Untagged => return Ok(None),
            Answer::Continue(_) => {
                return Err(self.fail(Fault::Nonsense("it asks for more, and there is no more")));
            }
            Answer::Tagged {
                tag,
                status,
                code,
                said,
            } => (tag, status, code, said),
        };
        if !tag.eq_ignore_ascii_case(own_tag) {
            let early = self.early.0.front();
            if early.is_some_and(|(_, early)| tag.eq_ignore_ascii_case(early)) {
                self.early.0.pop_front();
                return Ok(None);
            }
            return Err(self.fail(Fault::Nonsense("it answers a command that was not given")));
        }
        Ok(Some(match status {
            Verdict::Ok => Ok(Done { code }),
            Verdict::No => {
                let code = code.and_then(|code| code.name().map(str::to_owned));
                Err(Fault::No {
                    command: name,
                    code: code.filter(|code| !code.is_empty()),
                    said,
                })
            }
            Verdict::Bad => Err(Fault::Bad {
                command: name,
                said,
            }),
        }))
    }

    /// Writes commands whose outcome matters to nobody. Their answers are
    /// taken in passing, before those of the next command.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(in super::super) async fn send_early(
        &mut self,
        commands: Vec<Command<'_>>,
    ) -> Result<(), Error> {
        let flight = self.launch(commands, &mut |_| {}).await?;
        self.early.0.extend(flight.0);
        if self.state == State::Busy {
            self.state = State::Ready;
        }
        Ok(())
    }

    /// Waits for the ends of the early commands: then all that is enabled is
    /// known.
    ///
    /// # Errors
    ///
    /// When the connection is lost.
    pub(in super::super) async fn settle(&mut self) -> Result<(), Error> {
        if self.early.0.is_empty() {
            return Ok(());
        }
        if self.state != State::Ready {
            return Err(self.fail(Fault::Poisoned));
        }
        self.state = State::Busy;
        let mut early = std::mem::take(&mut self.early);
        while early.len() > 0 {
            match self.land(&mut early, &mut |_| {}).await {
                Err(error) if error.is_refusal() || self.state != State::Lost => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(())
    }
}
