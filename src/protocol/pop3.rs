//! POP3 (RFC 1939) as a client speaks it.
//!
//! A [`Connection`] keeps four ends of every step apart: the server said yes,
//! the server said no, the connection was lost, what came is no answer. After
//! the last two it is given up; so it is when a call is dropped half way.
//!
//! Nothing is removed on the server before [`Connection::quit`] says so: DELE
//! only marks, and a connection that ends in any other way removes nothing
//! (RFC 1939, 6).
//!
//! **Byte for byte** means: what stands between the line of the server's `+OK`
//! and the line that is a lone dot, with the dots taken away that the server
//! put before dots at the start of a line, and nothing else changed. CRLF stays
//! CRLF, and the last CRLF before the dot belongs to the message. A server that
//! keeps a message without a line end at its end has to send one all the same.

mod auth;
mod capability;
mod conn;
mod connect;
mod error;
mod listing;
mod probe;
mod removal;
mod reply;
mod retrieval;
mod unstuff;
mod wire;

#[cfg(test)]
mod tests;

pub(crate) use capability::Capabilities;
pub(crate) use conn::{Connection, Stat};
pub(crate) use connect::connect;
#[cfg(test)]
pub(crate) use connect::signed_in;
pub(crate) use error::{Code, Error, Fault, Refusal};
pub(crate) use listing::{Contents, Number};
pub(crate) use probe::probe;
pub(crate) use removal::Marked;
pub(crate) use retrieval::{Retrieval, Retrieved};
