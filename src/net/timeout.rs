//! The time limits of the network. Every wait for a server has one.

use std::time::Duration;

/// Looking up a host name.
pub(crate) const LOOKUP: Duration = Duration::from_secs(15);

/// Reaching a port, over all addresses of the host.
pub(crate) const CONNECT: Duration = Duration::from_secs(20);

/// The head start of one address before the next is tried beside it
/// (RFC 8305, 5).
pub(crate) const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// The TLS handshake.
pub(crate) const TLS: Duration = Duration::from_secs(20);

/// The first line of a server. Some look up the client's name first.
pub(crate) const GREETING: Duration = Duration::from_secs(30);

/// A question to a web server, with its answer.
pub(crate) const HTTP: Duration = Duration::from_secs(20);

/// Silence in the middle of an answer. Servers think long about a search in a
/// large folder, but not longer than this without a byte.
pub(crate) const READ: Duration = Duration::from_secs(60);

/// A whole answer that is no transfer: a server that keeps talking without
/// coming to the end is as good as silent.
pub(crate) const ANSWER: Duration = Duration::from_secs(15 * 60);

/// A piece of at most 64 KiB that the server does not take.
pub(crate) const WRITE: Duration = Duration::from_secs(60);

/// Silence on a connection before the system asks whether the other end is
/// still there. Short enough for the address tables of home routers.
pub(crate) const KEEPALIVE: Duration = Duration::from_secs(120);

/// Between two such questions.
pub(crate) const KEEPALIVE_AGAIN: Duration = Duration::from_secs(15);

/// How many of them stay without an answer before the connection is dead.
pub(crate) const KEEPALIVE_TIMES: u32 = 4;

/// How long anything sent may stay unconfirmed by the other machine.
#[cfg(target_os = "linux")]
pub(crate) const UNCONFIRMED: Duration = Duration::from_secs(60);
