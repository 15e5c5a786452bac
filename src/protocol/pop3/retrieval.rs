//! Messages, whole or by their beginning (RETR, TOP), many under way.

use std::collections::VecDeque;

use super::conn::Connection;
use super::error::{Error, Fault, Refusal};
use super::listing::Number;
use super::reply::Reply;
use super::unstuff::Unstuffer;

/// What is larger is given in pieces, in octets.
const WHOLE_MAX: usize = 4 << 20;

/// About the size of such a piece, in octets.
const PIECE: usize = 1 << 20;

/// The most octets of one message.
const MESSAGE_MAX: u64 = 2 << 30;

/// The limits of a retrieval; tests have smaller ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) whole: usize,
    pub(super) piece: usize,
    pub(super) message: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self {
            whole: WHOLE_MAX,
            piece: PIECE,
            message: MESSAGE_MAX,
        }
    }
}

/// What came of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Retrieved {
    /// All of it.
    Whole(Vec<u8>),
    /// The start of a large one: [`Retrieval::next_chunk`] gives the rest.
    Begun(Vec<u8>),
    /// The server does not give this one.
    Refused(Refusal),
}

/// What is asked of each message.
#[derive(Debug, Clone, Copy)]
enum Ask {
    Retr,
    /// The header and so many lines.
    Top(u32),
}

/// Messages under way. Memory is bounded, whatever their number and size: what
/// is not taken waits at the server. Dropped before the end, the connection is
/// given up.
#[derive(Debug)]
pub(crate) struct Retrieval<'c> {
    connection: &'c mut Connection,
    ask: Ask,
    window: usize,
    pub(super) sizes: Sizes,
    /// Not asked for yet.
    waiting: VecDeque<Number>,
    /// Asked for, in order.
    under_way: VecDeque<Number>,
    /// The message that is not over yet, and how much of it came.
    open: Option<(Unstuffer, u64)>,
    /// A wait for the server runs, or did not come to its end: what comes now
    /// would be another answer.
    in_doubt: bool,
}

impl Connection {
    /// Asks for whole messages, byte for byte, in this order.
    ///
    /// # Errors
    ///
    /// When the connection was given up.
    pub(crate) fn retrieve(&mut self, numbers: &[Number]) -> Result<Retrieval<'_>, Error> {
        Retrieval::new(self, Ask::Retr, numbers)
    }

    /// Asks for headers and the first `lines` lines of the text (TOP).
    ///
    /// # Errors
    ///
    /// When the connection was given up.
    pub(crate) fn top(&mut self, numbers: &[Number], lines: u32) -> Result<Retrieval<'_>, Error> {
        Retrieval::new(self, Ask::Top(lines), numbers)
    }
}

impl<'c> Retrieval<'c> {
    fn new(connection: &'c mut Connection, ask: Ask, numbers: &[Number]) -> Result<Self, Error> {
        connection.begin(match ask {
            Ask::Retr => "RETR",
            Ask::Top(_) => "TOP",
        })?;
        let mut retrieval = Self {
            window: connection.window(),
            connection,
            ask,
            sizes: Sizes::default(),
            waiting: numbers.iter().copied().collect(),
            under_way: VecDeque::new(),
            open: None,
            in_doubt: false,
        };
        retrieval.ask_on();
        Ok(retrieval)
    }

    /// The next message; none after the last. What was not taken of a large one
    /// is passed over.
    ///
    /// # Errors
    ///
    /// When the connection is lost or an answer makes no sense. Messages given
    /// so far are whole.
    pub(crate) async fn next(&mut self) -> Result<Option<(Number, Retrieved)>, Error> {
        while self.next_chunk().await?.is_some() {}
        self.ask_on();
        let Some(&number) = self.under_way.front() else {
            return self.connection.settle(Ok(None));
        };
        self.in_doubt = true;
        let outcome = self.begin_message().await;
        Ok(Some((number, self.settle(outcome)?)))
    }

    /// Ends a wait for the server.
    fn settle<T>(&mut self, outcome: Result<T, Fault>) -> Result<T, Error> {
        self.in_doubt = outcome.is_err();
        outcome.map_err(|fault| self.connection.error(fault))
    }

    /// The next piece of the message that [`Retrieved::Begun`] began; none
    /// after its last.
    ///
    /// # Errors
    ///
    /// When the connection is lost: the message is not whole then.
    pub(crate) async fn next_chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        if self.in_doubt {
            return Err(self.connection.error(Fault::GivenUp));
        }
        if self.open.is_none() {
            return Ok(None);
        }
        self.in_doubt = true;
        let outcome = self.read(self.sizes.piece).await;
        let piece = self.settle(outcome)?;
        // The lone dot may come alone.
        Ok((!piece.is_empty()).then_some(piece))
    }

    /// Keeps the window full.
    fn ask_on(&mut self) {
        if self.under_way.len() > self.window / 2 {
            return;
        }
        let room = self.window - self.under_way.len();
        let room = room.min(self.waiting.len());
        for number in self.waiting.drain(..room) {
            let wire = &mut self.connection.wire;
            match self.ask {
                Ask::Retr => wire.queue(&format!("RETR {number}")),
                Ask::Top(lines) => wire.queue(&format!("TOP {number} {lines}")),
            }
            self.under_way.push_back(number);
        }
    }

    async fn begin_message(&mut self) -> Result<Retrieved, Fault> {
        let connection = &mut *self.connection;
        connection.wire.arm(connection.patience.answer);
        match connection.reply().await? {
            Reply::Ok(_) => {}
            Reply::No(refusal) => {
                self.under_way.pop_front();
                return Ok(Retrieved::Refused(refusal));
            }
            Reply::More { .. } => return Err(Fault::Nonsense("it asks for more")),
        }
        self.open = Some((Unstuffer::new(), 0));
        let bytes = self.read(self.sizes.whole).await?;
        Ok(match self.open {
            None => Retrieved::Whole(bytes),
            Some(_) => Retrieved::Begun(bytes),
        })
    }

    /// Reads on in the open message, up to its end or about so many octets.
    async fn read(&mut self, most: usize) -> Result<Vec<u8>, Fault> {
        let mut message = Vec::new();
        let Some((unstuffer, total)) = &mut self.open else {
            return Ok(message);
        };
        let wire = &mut self.connection.wire;
        while !unstuffer.is_over() && message.len() < most {
            if wire.unread().is_empty() {
                wire.fill().await?;
            }
            let before = message.len();
            let used = unstuffer.feed(wire.unread(), &mut message);
            wire.take(used);
            *total += (message.len() - before) as u64;
            if *total > self.sizes.message {
                return Err(Fault::Nonsense("the message does not end"));
            }
        }
        if unstuffer.is_over() {
            self.open = None;
            self.under_way.pop_front();
        }
        Ok(message)
    }
}
