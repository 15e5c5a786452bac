//! From servers that were found to what is offered to a person.

use super::autoconfig::{Config, Server};
use crate::model::{
    AuthMethod, Candidate, DiscoverySource, Preparation, Protocol, Security, ServerSettings,
};

/// Where servers were found.
#[derive(Debug, Clone)]
pub(super) struct Origin {
    pub(super) source: DiscoverySource,
    pub(super) place: String,
    pub(super) trusted: bool,
}

impl Origin {
    /// What is offered: IMAP before POP3, the provider's order otherwise, and
    /// passwords before other ways of signing in. A server without encryption
    /// is offered only where the provider has no other of its kind; then the
    /// person is told, and the whole is not trusted. None without a server for
    /// incoming mail.
    pub(super) fn offer(self, config: Config) -> Option<Candidate> {
        let (outgoing, incoming): (Vec<Server>, Vec<Server>) = config
            .servers
            .into_iter()
            .partition(|server| server.protocol == Protocol::Smtp);
        let (incoming, outgoing) = (settings(incoming), settings(outgoing));
        if incoming.is_empty() {
            return None;
        }
        let open: Vec<String> = [incoming.first(), outgoing.first()]
            .into_iter()
            .flatten()
            .filter(|server| server.security == Security::None)
            .map(ServerSettings::place)
            .collect();
        let mut preparations = config.preparations;
        if !open.is_empty() {
            preparations.push(warning(&open));
        }
        Some(Candidate {
            source: self.source,
            place: self.place,
            trusted: self.trusted && open.is_empty(),
            provider: config.provider,
            incoming,
            outgoing,
            preparations,
        })
    }
}

fn warning(open: &[String]) -> Preparation {
    let places = open.join(" and ");
    Preparation {
        words: format!(
            "The line to {places} is not encrypted: anybody on the way can read the password and the mail. Ask the provider for a protected server."
        ),
        url: None,
    }
}

/// All ways to reach all servers, best first.
fn settings(servers: Vec<Server>) -> Vec<ServerSettings> {
    let encrypted = |server: &Server| server.security != Security::None;
    let any = servers.iter().any(encrypted);
    let mut settings: Vec<ServerSettings> = servers
        .iter()
        .filter(|server| !any || encrypted(server))
        .flat_map(|server| server.auth.iter().map(|auth| with(server, *auth)))
        .collect();
    settings.sort_by_key(|server| {
        let way = match server.auth {
            AuthMethod::Password => 0,
            AuthMethod::OAuth2 => 1,
            AuthMethod::None => 2,
        };
        (server.protocol == Protocol::Pop3, way)
    });
    let mut unique = Vec::with_capacity(settings.len());
    for server in settings {
        if !unique.contains(&server) {
            unique.push(server);
        }
    }
    unique
}

fn with(server: &Server, auth: AuthMethod) -> ServerSettings {
    let username = match auth {
        AuthMethod::None => String::new(),
        _ => server.username.clone(),
    };
    ServerSettings {
        protocol: server.protocol,
        host: server.host.clone(),
        port: server.port,
        security: server.security,
        username,
        auth,
    }
}
