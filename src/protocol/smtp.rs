//! Mail submission (RFC 6409, RFC 5321).
//!
//! A [`Session`] speaks over a stream somebody else connected. It keeps three
//! ends of every step apart: the server said yes, the server said no, the
//! connection was lost. The third one matters most after the final dot: then
//! nobody knows whether the message left (RFC 1047), and it is called
//! [`State::Uncertain`] instead of being sent again.
//!
//! Commands and replies are lettre's; the dialogue is our own, for lettre's
//! has no time-outs, stops at the first refused recipient, reads keywords by
//! their case and does not mind line ends that smuggle a second message.

mod auth;
mod dialogue;
mod error;
mod features;
mod probe;
mod sasl;
mod send;
mod session;
mod verify;
mod words;

pub(crate) use dialogue::{Stream, Timeouts};
pub(crate) use error::{Error, Step};
pub(crate) use probe::probe;
pub(crate) use send::{HandedOver, Outcome, Outgoing, State};
pub(crate) use session::{Credentials, Session, Upgrade};
pub(crate) use verify::{Progress, verify};
#[cfg(test)]
pub(crate) use words::At;

#[cfg(test)]
mod tests;
