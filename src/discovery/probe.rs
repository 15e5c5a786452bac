//! Trying the usual names and ports: greeting and what the server can, inside
//! TLS with a trusted certificate, and never a password.

use std::time::Duration;

use futures::StreamExt;
use futures::future::join_all;
use futures::stream::FuturesUnordered;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::autoconfig::{Config, Server};
use super::candidate::Origin;
use super::search::{Finding, Search};
use crate::model::{
    AuthMethod, Candidate, DiscoverySource, Protocol, Security, ServerSettings, owner,
};
use crate::protocol::{imap, pop3, smtp};

/// Between the beginnings of two attempts.
const STEP: Duration = Duration::from_millis(30);

/// Once mail can come and go, what would be better has this long to answer.
const GRACE: Duration = Duration::from_millis(700);

/// How long the look-up of a name may take.
const LOOK_UP: Duration = Duration::from_secs(2);

/// The protocols with their usual names, best first.
const NAMES: [(Protocol, &[&str]); 3] = [
    (Protocol::Imap, &["imap.", "mail.", ""]),
    (Protocol::Smtp, &["smtp.", "mail.", ""]),
    (Protocol::Pop3, &["pop.", "pop3.", "mail.", ""]),
];

impl Search<'_> {
    /// Tries all names that have an address. The host that takes the domain's
    /// mail is tried too: who serves his own mail often has but one.
    pub(super) async fn probe(&self) -> Finding {
        let exchanger = self.best_exchanger().await;
        let attempts = self.with_addresses(self.attempts(exchanger)).await;
        let found = self.try_all(&attempts).await;
        self.offered(&found).into()
    }

    /// Everything to try, for each protocol best first: TLS from the first
    /// byte before STARTTLS, then the order of names.
    fn attempts(&self, exchanger: Option<String>) -> Vec<ServerSettings> {
        let domain = self.mailbox.domain();
        let mut attempts = Vec::new();
        for security in [Security::Tls, Security::StartTls] {
            for (protocol, names) in NAMES {
                let usual = names.iter().map(|name| format!("{name}{domain}"));
                for host in usual.chain(exchanger.clone()) {
                    let attempt = ServerSettings {
                        protocol,
                        host,
                        port: protocol.default_port(security),
                        security,
                        username: self.mailbox.address().to_owned(),
                        auth: AuthMethod::Password,
                    };
                    if !attempts.contains(&attempt) {
                        attempts.push(attempt);
                    }
                }
            }
        }
        attempts
    }

    async fn with_addresses(&self, attempts: Vec<ServerSettings>) -> Vec<ServerSettings> {
        let mut hosts: Vec<String> = attempts.iter().map(|one| one.host.clone()).collect();
        hosts.sort();
        hosts.dedup();
        let looked_up = hosts.into_iter().map(|host| async {
            self.asking(&DiscoverySource::Probe, &host);
            let found = self.by.connector.names().addresses(&host, 993);
            let is_there = matches!(timeout(LOOK_UP, found).await, Ok(Ok(_)));
            is_there.then_some(host)
        });
        let there: Vec<String> = join_all(looked_up).await.into_iter().flatten().collect();
        let mut attempts = attempts;
        attempts.retain(|one| there.contains(&one.host));
        attempts
    }

    /// Tries them all, and gives those that work, in the order they were
    /// given. Ends when mail can come and go and nothing better answers soon.
    async fn try_all(&self, attempts: &[ServerSettings]) -> Vec<ServerSettings> {
        let end = Instant::now() + self.time_left();
        let mut running: FuturesUnordered<_> = attempts
            .iter()
            .zip(0u32..)
            .map(|(server, turn)| async move {
                sleep(STEP * turn).await;
                (turn, self.works(server).await)
            })
            .collect();
        let mut working: Vec<(u32, &ServerSettings)> = Vec::new();
        let mut until = end;
        loop {
            let next = tokio::select! {
                next = running.next() => next,
                () = sleep_until(until) => None,
            };
            let Some((turn, works)) = next else { break };
            let server = usize::try_from(turn).ok().and_then(|at| attempts.get(at));
            if let (true, Some(server)) = (works, server) {
                working.push((turn, server));
            }
            let has = |outgoing| {
                let is = |(_, server): &(u32, &ServerSettings)| {
                    (server.protocol == Protocol::Smtp) == outgoing
                };
                working.iter().any(is)
            };
            if until == end && has(true) && has(false) {
                until = end.min(Instant::now() + GRACE);
            }
        }
        working.sort_by_key(|(turn, _)| *turn);
        working
            .into_iter()
            .map(|(_, server)| server.clone())
            .collect()
    }

    async fn works(&self, server: &ServerSettings) -> bool {
        let connector = &self.by.connector;
        let asked = async {
            match server.protocol {
                Protocol::Imap => imap::probe(connector, server).await.unwrap_or(false),
                Protocol::Pop3 => pop3::probe(connector, server).await.unwrap_or(false),
                Protocol::Smtp => smtp::probe(connector, server).await.unwrap_or(false),
            }
        };
        let works = timeout(self.patience(), asked).await.unwrap_or(false);
        tracing::debug!(place = server.place(), works, "tried a server");
        works
    }

    /// The best of each protocol. The certificates say that the names are
    /// right; a name of another owner came from the name service.
    fn offered(&self, found: &[ServerSettings]) -> Option<Candidate> {
        let best = [Protocol::Imap, Protocol::Pop3, Protocol::Smtp]
            .into_iter()
            .filter_map(|protocol| found.iter().find(|one| one.protocol == protocol));
        let best: Vec<&ServerSettings> = best.collect();
        let mut hosts: Vec<&str> = best.iter().map(|one| one.host.as_str()).collect();
        hosts.dedup();
        let domain = self.mailbox.domain();
        let origin = Origin {
            source: DiscoverySource::Probe,
            place: hosts.join(", "),
            trusted: hosts.iter().all(|host| owner::same(host, domain)),
        };
        origin.offer(Config {
            servers: best.into_iter().map(server).collect(),
            ..Config::default()
        })
    }
}

fn server(settings: &ServerSettings) -> Server {
    Server {
        protocol: settings.protocol,
        host: settings.host.clone(),
        port: settings.port,
        security: settings.security,
        username: settings.username.clone(),
        auth: vec![settings.auth],
    }
}
