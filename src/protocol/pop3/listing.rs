//! The messages of a mailbox with their sizes and names (LIST, UIDL).

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt;
use std::num::NonZeroU32;

use super::conn::Connection;
use super::error::{Error, Fault, Refusal};
use crate::model::Uidl;

/// The number of a message in one session (RFC 1939, 4). It means nothing in
/// the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Number(NonZeroU32);

impl Number {
    /// A number, unless it is 0, which no message has.
    pub(crate) fn new(number: u32) -> Option<Self> {
        NonZeroU32::new(number).map(Self)
    }

    /// The number as the protocol writes it.
    pub(crate) fn get(self) -> u32 {
        self.0.get()
    }

    fn read(word: &[u8]) -> Option<Self> {
        std::str::from_utf8(word).ok()?.parse().ok().map(Self)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a mailbox holds, message by message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Contents {
    /// See [`Connection::list`].
    pub(crate) sizes: Vec<(Number, u64)>,
    /// See [`Connection::uidl`].
    pub(crate) names: Option<Vec<(Number, Uidl)>>,
}

impl Connection {
    /// [`Connection::list`] and [`Connection::uidl`], in one exchange where the
    /// server lets it.
    ///
    /// # Errors
    ///
    /// What each of them fails with.
    pub(crate) async fn contents(&mut self) -> Result<Contents, Error> {
        if self.window() == 1 {
            let sizes = self.list().await?;
            let names = self.uidl().await?;
            return Ok(Contents { sizes, names });
        }
        self.begin("LIST and UIDL")?;
        let outcome = self.contents_now().await;
        self.settle(outcome)
    }

    async fn contents_now(&mut self) -> Result<Contents, Fault> {
        self.wire.queue("LIST");
        self.wire.queue("UIDL");
        self.wire.arm(self.patience.answer);
        let sizes = match self.sizes().await {
            // The other answer comes all the same.
            Err(Fault::Refused(refusal)) => Err(Fault::Refused(refusal)),
            outcome => Ok(outcome?),
        };
        self.wire.arm(self.patience.answer);
        let names = match self.names().await {
            Err(Fault::Refused(refusal)) if self.is_nameless(&refusal) => None,
            outcome => Some(outcome?),
        };
        let sizes = sizes?;
        Ok(Contents { sizes, names })
    }

    /// All messages, in order of their numbers, with their sizes in octets as
    /// the server tells them: hints, and 0 where it tells no number (LIST).
    /// Lines without a message's number are passed over.
    ///
    /// # Errors
    ///
    /// When the server refuses or the connection is lost.
    pub(crate) async fn list(&mut self) -> Result<Vec<(Number, u64)>, Error> {
        self.begin("LIST")?;
        self.wire.queue("LIST");
        self.wire.arm(self.patience.answer);
        let outcome = self.sizes().await;
        self.settle(outcome)
    }

    /// Reads the answer to LIST.
    async fn sizes(&mut self) -> Result<Vec<(Number, u64)>, Fault> {
        self.expect_ok().await?;
        let mut sizes: HashMap<Number, u64> = HashMap::new();
        self.listing(&mut |line| {
            if let Some((number, rest)) = numbered(line) {
                let word = rest.split(u8::is_ascii_whitespace).next();
                let size =
                    word.and_then(|word| std::str::from_utf8(word).ok()?.parse::<u64>().ok());
                let known = sizes.entry(number).or_default();
                *known = size.unwrap_or_default().max(*known);
            }
        })
        .await?;
        Ok(in_order(sizes))
    }

    /// The names of all messages, in order of their numbers (UIDL); none where
    /// the server gives no names. A message may be left out, or two may have
    /// the same name: servers do both. A number that came with two names has
    /// none.
    ///
    /// # Errors
    ///
    /// When the server refuses, though it says that it has names, or refuses
    /// for now; when the connection is lost.
    pub(crate) async fn uidl(&mut self) -> Result<Option<Vec<(Number, Uidl)>>, Error> {
        self.begin("UIDL")?;
        self.wire.queue("UIDL");
        self.wire.arm(self.patience.answer);
        let outcome = match self.names().await {
            Err(Fault::Refused(refusal)) if self.is_nameless(&refusal) => Ok(None),
            outcome => outcome.map(Some),
        };
        self.settle(outcome)
    }

    /// Whether a refused UIDL means that there are no names at all. A server
    /// that has them, and one in trouble, only does not give them now.
    fn is_nameless(&self, refusal: &Refusal) -> bool {
        refusal.code.is_none() && !self.capabilities.has("UIDL")
    }

    /// Reads the answer to UIDL.
    async fn names(&mut self) -> Result<Vec<(Number, Uidl)>, Fault> {
        self.expect_ok().await?;
        let mut names: HashMap<Number, Option<Uidl>> = HashMap::new();
        self.listing(&mut |line| {
            let Some((number, rest)) = numbered(line) else {
                return;
            };
            let name = Uidl::from_wire(rest);
            match names.entry(number) {
                Entry::Vacant(place) => {
                    place.insert(name);
                }
                Entry::Occupied(mut known) if *known.get() != name => {
                    known.insert(None);
                }
                Entry::Occupied(_) => {}
            }
        })
        .await?;
        let named = |(number, name): (Number, Option<Uidl>)| Some((number, name?));
        Ok(in_order(names.into_iter().filter_map(named)))
    }
}

/// A line of a listing: the message's number, and what follows.
fn numbered(line: &[u8]) -> Option<(Number, &[u8])> {
    let line = line.trim_ascii();
    let at = line.iter().position(u8::is_ascii_whitespace);
    let (word, rest) = line.split_at(at.unwrap_or(line.len()));
    Some((Number::read(word)?, rest.trim_ascii()))
}

fn in_order<T>(items: impl IntoIterator<Item = (Number, T)>) -> Vec<(Number, T)> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort_unstable_by_key(|(number, _)| *number);
    items
}
