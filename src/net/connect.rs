//! From a host name to a connection, step by step.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{self, ClientConfig, pki_types::ServerName};

use super::error::{DOING_TLS, Error};
use super::names::Names;
use super::observe::{StepObserver, observed};
use super::overhear::Overheard;
use super::stream::NetStream;
use super::timeout as limits;
use super::tls::{self, Trust};
use crate::model::{CheckStepKind, Security, ServerSettings, TrustedCertificate};

/// Makes connections. Cheap to clone; all clones share the trusted roots,
/// which are read once, at the first TLS connection, and the certificates that
/// the person trusts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Connector {
    trust: Arc<OnceCell<Trust>>,
    trusted: Arc<RwLock<Vec<TrustedCertificate>>>,
    names: Names,
    limits: Limits,
    /// The ports that a look finds open, whatever this machine has.
    #[cfg(test)]
    pub(super) open: Option<Vec<u16>>,
    /// Whether there is a way to anywhere, whatever this machine has.
    #[cfg(test)]
    pub(super) network: Option<bool>,
}

/// How long the first steps may take.
#[derive(Debug, Clone, Copy)]
struct Limits {
    lookup: Duration,
    connect: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            lookup: limits::LOOKUP,
            connect: limits::CONNECT,
        }
    }
}

impl Connector {
    /// A connector with the system's trusted roots.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// A connector with these TLS settings.
    #[cfg(test)]
    pub(crate) fn with_config(config: ClientConfig) -> Self {
        let trust = Trust::load(Vec::new()).unwrap().with_config(config);
        Self::with_trust(trust)
    }

    /// A connector that trusts as `trust` does.
    #[cfg(test)]
    pub(crate) fn with_trust(trust: Trust) -> Self {
        Self {
            trust: Arc::new(OnceCell::new_with(Some(trust))),
            ..Self::default()
        }
    }

    /// Lets looks find these ports open, and no others.
    #[cfg(test)]
    pub(crate) fn with_open_ports(self, ports: &[u16]) -> Self {
        let open = Some(ports.to_vec());
        Self { open, ..self }
    }

    /// Gives up looking up and connecting after that time each.
    #[cfg(test)]
    pub(crate) fn within(self, limit: Duration) -> Self {
        let limits = Limits {
            lookup: limit,
            connect: limit,
        };
        Self { limits, ..self }
    }

    /// Lets looks find a way to anywhere, or none.
    #[cfg(test)]
    pub(crate) fn with_network(self, there: bool) -> Self {
        let network = Some(there);
        Self { network, ..self }
    }

    /// From now on each of these servers has to show this certificate and no
    /// other. Connections that stand stay.
    pub(crate) fn trust_only(&self, certificates: Vec<TrustedCertificate>) {
        *self.trusted.write().unwrap_or_else(PoisonError::into_inner) = certificates;
    }

    /// The same, asking these about names.
    #[cfg(test)]
    pub(crate) fn asking(mut self, names: Names) -> Self {
        self.names = names;
        self
    }

    /// Who is asked about names.
    pub(crate) fn names(&self) -> &Names {
        &self.names
    }

    /// Connects to the server. With [`Security::Tls`] the handshake is done;
    /// otherwise the connection is in clear text, and [`Connector::upgrade`]
    /// makes it TLS after the protocol's STARTTLS.
    ///
    /// # Errors
    ///
    /// When a step fails or takes too long.
    pub(crate) async fn connect(
        &self,
        server: &ServerSettings,
        observer: &dyn StepObserver,
    ) -> Result<NetStream, Error> {
        let place = server.place();
        tracing::debug!(place, "connecting");
        let addresses = observed(
            observer,
            CheckStepKind::Lookup,
            self.look_up(server),
            |found| told_of_lookup(&server.host, found),
        )
        .await?;
        let (tcp, peer) = observed(
            observer,
            CheckStepKind::Connect,
            reach(&place, &addresses, self.limits.connect),
            |(_, peer)| format!("{peer} answers."),
        )
        .await?;
        let plain = NetStream::plain(tcp, Some(peer));
        if server.security == Security::Tls {
            self.upgrade(plain, server, observer).await
        } else {
            Ok(plain)
        }
    }

    async fn look_up(&self, server: &ServerSettings) -> Result<Vec<SocketAddr>, Error> {
        let found = self.names.addresses(&server.host, server.port);
        let found = timeout(self.limits.lookup, found).await;
        found.unwrap_or_else(|elapsed| {
            Err(Error::Lookup {
                host: server.host.clone(),
                source: elapsed.into(),
            })
        })
    }

    /// Does the TLS handshake on a connection in clear text.
    ///
    /// # Errors
    ///
    /// When TLS cannot be spoken or the certificate is not trusted.
    pub(crate) async fn upgrade(
        &self,
        stream: NetStream,
        server: &ServerSettings,
        observer: &dyn StepObserver,
    ) -> Result<NetStream, Error> {
        observed(
            observer,
            CheckStepKind::Tls,
            self.handshake(stream, server),
            |_| format!("The certificate of {} is trusted.", server.host),
        )
        .await
    }

    async fn handshake(
        &self,
        stream: NetStream,
        server: &ServerSettings,
    ) -> Result<NetStream, Error> {
        let place = server.place();
        let config = self.config_for(server).await?;
        let host = ascii_host(&server.host)?;
        let name = ServerName::try_from(host).map_err(|_| Error::BadHost {
            host: server.host.clone(),
        })?;
        let peer = stream.peer();
        let (stream, ear) = Overheard::new(stream);
        let handshake = Box::pin(TlsConnector::from(config).connect(name, stream));
        match timeout(limits::TLS, handshake).await {
            Ok(Ok(encrypted)) => Ok(NetStream::encrypted(encrypted, peer)),
            Ok(Err(error)) => Err(tls::classify(&place, error, &ear.heard())),
            Err(_) => Err(Error::Timeout {
                place,
                doing: DOING_TLS,
            }),
        }
    }

    /// The TLS settings of a connection to this server.
    async fn config_for(&self, server: &ServerSettings) -> Result<Arc<ClientConfig>, Error> {
        let sha256 = {
            let trusted = self.trusted.read().unwrap_or_else(PoisonError::into_inner);
            let here = trusted
                .iter()
                .find(|one| one.is_for(&server.host, server.port));
            here.map(|one| one.sha256.clone())
        };
        match sha256 {
            Some(sha256) => Ok(self.trust().await?.pinned(&sha256)),
            None => self.config().await,
        }
    }

    /// The TLS settings of all connections.
    ///
    /// # Errors
    ///
    /// When this machine has no trusted roots.
    pub(super) async fn config(&self) -> Result<Arc<ClientConfig>, Error> {
        Ok(self.trust().await?.config())
    }

    async fn trust(&self) -> Result<&Trust, Error> {
        let load = async {
            tokio::task::spawn_blocking(|| Trust::load(Vec::new()))
                .await
                .map_err(|error| rustls::Error::General(error.to_string()))
                .flatten()
        };
        self.trust
            .get_or_try_init(|| load)
            .await
            .map_err(|source| Error::Setup { source })
    }
}

/// The host in ASCII (RFC 5890), without the brackets of an IPv6 address.
fn ascii_host(host: &str) -> Result<String, Error> {
    let trimmed = host.trim();
    let bare = trimmed
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(trimmed);
    let bad = || Error::BadHost {
        host: host.to_owned(),
    };
    if bare.is_empty() || bare.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return Err(bad());
    }
    if bare.is_ascii() {
        return Ok(bare.to_owned());
    }
    idna::domain_to_ascii(bare).map_err(|_| bad())
}

/// The addresses of a host, in the order they are to be tried.
///
/// # Errors
///
/// When it has none.
pub(super) async fn look_up(host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    let ascii = ascii_host(host)?;
    let found = tokio::net::lookup_host((ascii.as_str(), port)).await;
    let found = found.map_err(|source| Error::Lookup {
        host: host.to_owned(),
        source,
    })?;
    let addresses = interleave(found.collect());
    if addresses.is_empty() {
        return Err(Error::NoAddress {
            host: host.to_owned(),
        });
    }
    Ok(addresses)
}

fn told_of_lookup(host: &str, addresses: &[SocketAddr]) -> String {
    let listed: Vec<String> = addresses.iter().map(|a| a.ip().to_string()).collect();
    format!("{host} is {}.", listed.join(", "))
}

/// Alternates the two address families, starting with the system's favourite
/// (RFC 8305, 4).
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (favourite, other): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut mixed = Vec::with_capacity(favourite.len() + other.len());
    let (mut favourite, mut other) = (favourite.into_iter(), other.into_iter());
    loop {
        let pair = [favourite.next(), other.next()];
        if pair.iter().all(Option::is_none) {
            break;
        }
        for address in pair.into_iter().flatten() {
            if !mixed.contains(&address) {
                mixed.push(address);
            }
        }
    }
    mixed
}

/// Tries every address, each a moment after the one before, and takes the
/// first that answers.
async fn reach(
    place: &str,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<(TcpStream, SocketAddr), Error> {
    let attempts = addresses
        .iter()
        .zip(0u32..)
        .map(|(&address, turn)| async move {
            sleep(limits::NEXT_ADDRESS * turn).await;
            let stream = TcpStream::connect(address).await?;
            // Mail protocols are dialogues of small pieces: waiting to fill a
            // packet only slows them.
            stream.set_nodelay(true)?;
            notice_death(&stream)?;
            Ok::<_, io::Error>((stream, address))
        });
    let mut running: FuturesUnordered<_> = attempts.collect();
    let all = async {
        let mut worst: Option<io::Error> = None;
        while let Some(outcome) = running.next().await {
            match outcome {
                Ok(reached) => return Ok(reached),
                // A refusal says most: the machine is there.
                Err(error) => {
                    if worst.is_none() || error.kind() == io::ErrorKind::ConnectionRefused {
                        worst = Some(error);
                    }
                }
            }
        }
        Err(worst.unwrap_or_else(|| io::ErrorKind::AddrNotAvailable.into()))
    };
    match timeout(limit, all).await {
        Ok(Ok(reached)) => Ok(reached),
        Ok(Err(source)) => Err(unreached(place, source)),
        Err(_) => Err(unreached(place, io::ErrorKind::TimedOut.into())),
    }
}

/// Lets the system find out that the other end is gone, though nobody says so:
/// a connection that waits for news is silent by nature.
fn notice_death(stream: &TcpStream) -> io::Result<()> {
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(limits::KEEPALIVE)
        .with_interval(limits::KEEPALIVE_AGAIN)
        .with_retries(limits::KEEPALIVE_TIMES);
    socket.set_tcp_keepalive(&keepalive)?;
    #[cfg(target_os = "linux")]
    socket.set_tcp_user_timeout(Some(limits::UNCONFIRMED))?;
    Ok(())
}

fn unreached(place: &str, source: io::Error) -> Error {
    let place = place.to_owned();
    match source.kind() {
        io::ErrorKind::ConnectionRefused => Error::Refused { place, source },
        io::ErrorKind::TimedOut => Error::Timeout {
            place,
            doing: "while connecting",
        },
        _ => Error::Unreachable { place, source },
    }
}

#[cfg(test)]
mod tests;
