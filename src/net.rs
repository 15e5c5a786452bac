//! Connections: name look-up, TCP, TLS, time limits. Knows no mail protocol.

pub(crate) mod changes;
pub(crate) mod connect;
pub(crate) mod error;
#[allow(
    dead_code,
    reason = "what asks web servers comes with the next changes"
)]
pub(crate) mod http;
pub(crate) mod look;
pub(crate) mod names;
pub(crate) mod observe;
mod overhear;
pub(crate) mod pulse;
pub(crate) mod stream;
pub(crate) mod timeout;
pub(crate) mod tls;
#[cfg(test)]
pub(crate) mod trusted;

pub(crate) use changes::Changes;
pub(crate) use connect::Connector;
pub(crate) use error::Error;
pub(crate) use look::{TlsAnswer, has_way};
pub(crate) use observe::{Quiet, StepObserver, observed};
pub(crate) use pulse::Pulse;
pub(crate) use stream::NetStream;
pub(crate) use tls::{CertificateProblem, Presented};
