//! What the name service says of a domain's mail services (SRV, RFC 6186 and
//! RFC 8314).

use futures::future::join_all;

use super::autoconfig::{Config, Server};
use super::candidate::Origin;
use super::search::{Finding, Search};
use crate::model::{AuthMethod, DiscoverySource, Protocol, Security, owner};
use crate::net::names::Service;

/// Encrypted from the first byte, and after STARTTLS; none in clear text.
const SERVICES: [(&str, Protocol, Security); 6] = [
    ("_imaps", Protocol::Imap, Security::Tls),
    ("_imap", Protocol::Imap, Security::StartTls),
    ("_pop3s", Protocol::Pop3, Security::Tls),
    ("_pop3", Protocol::Pop3, Security::StartTls),
    ("_submissions", Protocol::Smtp, Security::Tls),
    ("_submission", Protocol::Smtp, Security::StartTls),
];

impl Search<'_> {
    /// Asks for all services at once. Certificates protect hosts of the
    /// domain's own; other hosts can be somebody's invention.
    pub(super) async fn services(&self) -> Finding {
        let domain = self.mailbox.domain();
        let source = DiscoverySource::Srv;
        self.asking(&source, domain);
        let names = self.by.connector.names();
        let asked = SERVICES.map(|(service, protocol, security)| async move {
            let found = names.services(&format!("{service}._tcp.{domain}")).await;
            let best = found.into_iter().next()?;
            server(best, protocol, security, self.mailbox.address())
        });
        let servers: Vec<Server> = join_all(asked).await.into_iter().flatten().collect();
        let trusted = servers.iter().all(|one| owner::same(&one.host, domain));
        let origin = Origin {
            source,
            place: domain.to_owned(),
            trusted,
        };
        let config = Config {
            servers,
            ..Config::default()
        };
        origin.offer(config).into()
    }
}

/// A service that is there.
fn server(
    service: Service,
    protocol: Protocol,
    security: Security,
    username: &str,
) -> Option<Server> {
    // Some zones name the port for TLS under the service with STARTTLS.
    let security = if service.port == protocol.default_port(Security::Tls) {
        Security::Tls
    } else {
        security
    };
    let host = crate::providers::ascii_domain(&service.host)?;
    (service.port > 0).then(|| Server {
        protocol,
        host,
        port: service.port,
        security,
        username: username.to_owned(),
        auth: vec![AuthMethod::Password],
    })
}
