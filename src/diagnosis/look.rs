//! A look at the surroundings of a failure, to tell what cannot be told from
//! the failure alone. Nothing secret is sent.

use std::time::Duration;

use futures::future::join_all;

use super::typed::is_web;
use crate::model::{Fault, Protocol, Security, ServerSettings};
use crate::net::{Connector, TlsAnswer};

/// What a look around told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Around {
    /// Whether this computer has a way to anywhere; none: nobody looked.
    pub(crate) network: Option<bool>,
    /// What the port says by itself in clear text.
    pub(crate) clear: Option<String>,
    /// What the port makes of TLS; none: nobody looked.
    pub(crate) inside: Option<TlsAnswer>,
    /// Which of the protocol's usual ports are open; none: nobody looked.
    pub(crate) open: Option<Vec<u16>>,
    /// Whether another port of the host, or the account's other server,
    /// answers.
    pub(crate) elsewhere: bool,
}

/// How long one look may take.
const PATIENCE: Duration = Duration::from_secs(4);

/// Ports that nobody closes, to find out whether a host is there at all.
const COMMON_PORTS: [u16; 2] = [443, 993];

/// The ports and securities that belong to a protocol (RFC 8314), best first.
pub(super) fn usual(protocol: Protocol) -> [(u16, Security); 2] {
    [Security::Tls, Security::StartTls].map(|security| (protocol.default_port(security), security))
}

/// Looks at what may be behind a fault. `beside`: the account's other server.
pub(crate) async fn look_around(
    connector: &Connector,
    server: &ServerSettings,
    beside: Option<&ServerSettings>,
    fault: Fault,
) -> Around {
    let mut around = Around::default();
    match fault {
        Fault::UnknownHost | Fault::NoNameService => {
            around.network = Some(connector.has_way(server));
        }
        Fault::Silent => {
            around.network = Some(connector.has_way(server));
            let (inside, clear, open, elsewhere) = tokio::join!(
                try_inside(connector, server),
                overhear(connector, server),
                open_ports(connector, server),
                elsewhere(connector, server, beside),
            );
            around.inside = inside;
            around.clear = clear;
            around.elsewhere = elsewhere || !open.is_empty();
            around.open = Some(open);
        }
        Fault::Dropped | Fault::ClearOnTlsPort => {
            let (clear, open) =
                tokio::join!(overhear(connector, server), open_ports(connector, server));
            around.clear = clear;
            around.open = Some(open);
        }
        Fault::Refused
        | Fault::OtherProtocol
        | Fault::NoStartTls
        | Fault::NoCommonMethod
        | Fault::PasswordNeedsTls => around.open = Some(open_ports(connector, server).await),
        _ => {}
    }
    around
}

/// What the port says in clear text, where TLS was tried.
async fn overhear(connector: &Connector, server: &ServerSettings) -> Option<String> {
    if server.security != Security::Tls {
        return None;
    }
    connector.overhear(server, PATIENCE).await
}

/// Whether the port answers to TLS, where clear text was tried: by TLS, or as
/// web servers do.
pub(crate) async fn answers_to_tls(connector: &Connector, server: &ServerSettings) -> bool {
    match try_inside(connector, server).await {
        Some(TlsAnswer::Speaks) => true,
        Some(TlsAnswer::Clear(line)) => is_web(&line),
        Some(TlsAnswer::Nothing) | None => false,
    }
}

/// What the port makes of TLS, where clear text was tried.
async fn try_inside(connector: &Connector, server: &ServerSettings) -> Option<TlsAnswer> {
    if server.security == Security::Tls {
        return None;
    }
    Some(connector.try_tls(server, PATIENCE).await)
}

async fn open_ports(connector: &Connector, server: &ServerSettings) -> Vec<u16> {
    let usual = usual(server.protocol).map(|(port, _)| port);
    let others = usual.into_iter().filter(|port| *port != server.port);
    let looks = others.map(async |port| {
        let open = connector.is_open(server, port, PATIENCE).await;
        open.then_some(port)
    });
    join_all(looks).await.into_iter().flatten().collect()
}

/// Whether the host answers on another port than ours.
pub(crate) async fn other_port_answers(connector: &Connector, server: &ServerSettings) -> bool {
    let usual = usual(server.protocol).map(|(port, _)| port);
    let ports = usual.into_iter().chain(COMMON_PORTS);
    let others = ports.filter(|port| *port != server.port);
    let looks = others.map(async |port| connector.is_open(server, port, PATIENCE).await);
    join_all(looks).await.contains(&true)
}

async fn elsewhere(
    connector: &Connector,
    server: &ServerSettings,
    beside: Option<&ServerSettings>,
) -> bool {
    let beside_answers = async {
        match beside {
            Some(other) => connector.is_open(other, other.port, PATIENCE).await,
            None => false,
        }
    };
    let (host, beside) = tokio::join!(other_port_answers(connector, server), beside_answers);
    host || beside
}
