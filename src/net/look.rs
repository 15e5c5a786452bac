//! A look at what is there instead, after a server was not as it was set up.
//! Nothing secret is sent, and what is heard counts for an explanation only.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::time::timeout;

use super::connect::Connector;
use super::error::Error;
use super::observe::Quiet;
use crate::model::{Security, ServerSettings};

/// What a port makes of a TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum TlsAnswer {
    /// It speaks TLS, whatever comes of it.
    Speaks,
    /// It answers in clear text: the line, as far as it was heard.
    Clear(String),
    /// Neither.
    Nothing,
}

impl Connector {
    /// The first line that a port says by itself in clear text. Nothing is sent
    /// to it.
    pub(crate) async fn overhear(
        &self,
        server: &ServerSettings,
        patience: Duration,
    ) -> Option<String> {
        let open = ServerSettings {
            security: Security::None,
            ..server.clone()
        };
        let listen = async {
            let mut stream = self.connect(&open, &Quiet).await.ok()?;
            let mut heard = [0; 200];
            let length = stream.read(&mut heard).await.ok()?;
            let text = String::from_utf8_lossy(heard.get(..length)?).into_owned();
            let line = text.lines().next()?;
            Some(line.chars().filter(|c| !c.is_control()).collect())
        };
        timeout(patience, Box::pin(listen)).await.ok().flatten()
    }

    /// Whether a port speaks TLS from the start.
    pub(crate) async fn try_tls(&self, server: &ServerSettings, patience: Duration) -> TlsAnswer {
        let inside = ServerSettings {
            security: Security::Tls,
            ..server.clone()
        };
        let attempt = Box::pin(self.connect(&inside, &Quiet));
        match timeout(patience, attempt).await {
            Ok(Ok(_) | Err(Error::Certificate { .. } | Error::OldTls { .. })) => TlsAnswer::Speaks,
            Ok(Err(Error::NotTls { heard, .. })) => TlsAnswer::Clear(heard),
            _ => TlsAnswer::Nothing,
        }
    }

    /// Whether there is a way to a server at all: to this computer always.
    pub(crate) fn has_way(&self, server: &ServerSettings) -> bool {
        #[cfg(test)]
        if let Some(there) = self.network {
            return there;
        }
        has_way(server)
    }

    /// Whether anything listens on a port.
    pub(crate) async fn is_open(
        &self,
        server: &ServerSettings,
        port: u16,
        patience: Duration,
    ) -> bool {
        #[cfg(test)]
        if let Some(open) = &self.open {
            return open.contains(&port);
        }
        let there = ServerSettings {
            port,
            security: Security::None,
            ..server.clone()
        };
        let attempt = Box::pin(self.connect(&there, &Quiet));
        matches!(timeout(patience, attempt).await, Ok(Ok(_)))
    }
}

/// Whether there is a way to a server at all: to this computer always.
pub(crate) fn has_way(server: &ServerSettings) -> bool {
    server.is_here() || has_network()
}

/// Whether this computer has a way to anywhere else. Sends nothing: the system
/// only looks up the route.
fn has_network() -> bool {
    // Addresses of nobody (RFC 5737, RFC 3849).
    let v4 = (Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(198, 51, 100, 1));
    let v6 = (
        Ipv6Addr::UNSPECIFIED,
        Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1),
    );
    let leads = |from: SocketAddr, to: SocketAddr| {
        UdpSocket::bind(from).is_ok_and(|socket| socket.connect(to).is_ok())
    };
    leads((v4.0, 0).into(), (v4.1, 9).into()) || leads((v6.0, 0).into(), (v6.1, 9).into())
}
