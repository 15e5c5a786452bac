//! The name service: addresses of hosts, and where a domain's mail is served.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::ResolverOpts;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::Error;

#[cfg(test)]
mod written;
#[cfg(test)]
pub(crate) use written::Written;

/// How long an answer about a domain (MX, SRV) may take.
const PATIENCE: Duration = Duration::from_secs(3);

/// How long the answer about a text may take: a person waits for it.
const TEXT_PATIENCE: Duration = Duration::from_secs(5);

/// How many answers to one question are looked at.
const MOST: usize = 50;

/// A host that takes a domain's mail (MX, RFC 5321, 5.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MailExchanger {
    /// The lower, the sooner it is tried.
    pub(crate) preference: u16,
    /// Its name in lower case, without a dot at the end; empty where the
    /// domain takes no mail (RFC 7505).
    pub(crate) host: String,
}

/// A host that serves a service of a domain (SRV, RFC 2782).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Service {
    /// The lower, the sooner it is tried.
    pub(crate) priority: u16,
    /// Within a priority, the higher the more often.
    pub(crate) weight: u16,
    /// Its name in lower case, without a dot at the end; empty where the
    /// service is not there.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

/// Why there is no text at a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoText {
    /// There is none, or there is no such name.
    #[error("there is none")]
    Nothing,
    /// Nobody said so in time, as without a network.
    #[error("the name service gave no answer")]
    NoAnswer,
}

/// Asks the name service. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Names {
    resolver: Arc<OnceCell<Option<TokioResolver>>>,
    #[cfg(test)]
    written: Option<Arc<Written>>,
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Names")
    }
}

impl Names {
    /// Answers from a written list, and asks nobody.
    #[cfg(test)]
    pub(crate) fn written(written: Written) -> Self {
        Self {
            written: Some(Arc::new(written)),
            ..Self::default()
        }
    }

    /// Asks this server only.
    #[cfg(test)]
    fn of_server(server: SocketAddr) -> Self {
        use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
        let mut way = ConnectionConfig::udp();
        way.port = server.port();
        let server = NameServerConfig::new(server.ip(), true, vec![way]);
        let config = ResolverConfig::from_parts(None, vec![], vec![server]);
        let mut builder = TokioResolver::builder_with_config(config, Default::default());
        be_patient(builder.options_mut());
        Self {
            resolver: Arc::new(OnceCell::new_with(Some(builder.build().ok()))),
            ..Self::default()
        }
    }

    /// The addresses of a host, as the system finds them, in the order they
    /// are to be tried. Without a `port` (0), whoever connects fills it in.
    ///
    /// # Errors
    ///
    /// When it has none. How long that may take is the caller's to say.
    pub(crate) async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
        #[cfg(test)]
        if let Some(written) = &self.written {
            return written.addresses(host, port).await;
        }
        super::connect::look_up(host, port).await
    }

    /// The hosts that take a domain's mail, best first. None where nobody
    /// knows, or knows in time.
    pub(crate) async fn mail_exchangers(&self, domain: &str) -> Vec<MailExchanger> {
        #[cfg(test)]
        if let Some(written) = &self.written {
            return written.mail_exchangers(domain);
        }
        let mut found = self
            .ask(domain, RecordType::MX, |record| match &record.data {
                RData::MX(told) => Some(MailExchanger {
                    preference: told.preference,
                    host: name(&told.exchange.to_ascii()),
                }),
                _ => None,
            })
            .await;
        found.sort_by_key(|one| one.preference);
        found
    }

    /// The hosts of a service, such as `_imaps._tcp.example.org`, best first.
    /// None where nobody knows, or knows in time.
    pub(crate) async fn services(&self, service: &str) -> Vec<Service> {
        #[cfg(test)]
        if let Some(written) = &self.written {
            return written.services(service);
        }
        let mut found = self
            .ask(service, RecordType::SRV, |record| match &record.data {
                RData::SRV(told) => Some(Service {
                    priority: told.priority,
                    weight: told.weight,
                    host: name(&told.target.to_ascii()),
                    port: told.port,
                }),
                _ => None,
            })
            .await;
        found.sort_by_key(|one| (one.priority, std::cmp::Reverse(one.weight)));
        found
    }

    /// Whether there is such a domain at all; none where nobody says so in
    /// time, as without a network.
    pub(crate) async fn is_there(&self, domain: &str) -> Option<bool> {
        #[cfg(test)]
        if let Some(written) = &self.written {
            return written.is_there(domain);
        }
        let resolver = self.resolver().await?;
        let question = resolver.lookup(format!("{domain}."), RecordType::MX);
        match timeout(PATIENCE, question).await.ok()? {
            Ok(_) => Some(true),
            Err(error) if error.is_nx_domain() => Some(false),
            // It is there, and has no such record.
            Err(error) if error.is_no_records_found() => Some(true),
            Err(_) => None,
        }
    }

    /// The texts at a name (TXT, RFC 1035, 3.3.14), each of its pieces joined.
    ///
    /// # Errors
    ///
    /// When there is none, or nobody says so within five seconds.
    pub(crate) async fn texts(&self, at: &str) -> Result<Vec<Vec<u8>>, NoText> {
        #[cfg(test)]
        if let Some(written) = &self.written {
            return written.texts(at);
        }
        let resolver = self.resolver().await.ok_or(NoText::NoAnswer)?;
        let question = resolver.lookup(format!("{at}."), RecordType::TXT);
        let told = match timeout(TEXT_PATIENCE, question).await {
            Ok(Ok(told)) => told,
            Ok(Err(error)) if error.is_nx_domain() || error.is_no_records_found() => {
                return Err(NoText::Nothing);
            }
            Ok(Err(error)) => {
                tracing::debug!(%error, "the name service has no text");
                return Err(NoText::NoAnswer);
            }
            Err(_) => return Err(NoText::NoAnswer),
        };
        let texts = told
            .answers()
            .iter()
            .filter_map(|record| match &record.data {
                RData::TXT(told) => Some(told.txt_data.concat()),
                _ => None,
            });
        let texts: Vec<_> = texts.take(MOST).collect();
        if texts.is_empty() {
            return Err(NoText::Nothing);
        }
        Ok(texts)
    }

    async fn ask<T>(
        &self,
        about: &str,
        kind: RecordType,
        read: impl Fn(&Record) -> Option<T>,
    ) -> Vec<T> {
        let Some(resolver) = self.resolver().await else {
            return Vec::new();
        };
        // With the dot, no search list of this computer is gone through.
        let question = resolver.lookup(format!("{about}."), kind);
        match timeout(PATIENCE, question).await {
            Ok(Ok(told)) => told.answers().iter().filter_map(read).take(MOST).collect(),
            Ok(Err(error)) => {
                tracing::debug!(about, %kind, %error, "the name service has no answer");
                Vec::new()
            }
            Err(_) => {
                tracing::debug!(about, %kind, "the name service is silent");
                Vec::new()
            }
        }
    }

    /// The resolver with this computer's settings; none where it has none.
    async fn resolver(&self) -> Option<&TokioResolver> {
        let build = async || {
            let built = TokioResolver::builder_tokio().and_then(|mut builder| {
                be_patient(builder.options_mut());
                builder.build()
            });
            built
                .inspect_err(|error| tracing::debug!(%error, "no name service is set up"))
                .ok()
        };
        self.resolver.get_or_init(build).await.as_ref()
    }
}

fn be_patient(options: &mut ResolverOpts) {
    options.timeout = Duration::from_millis(1500);
    options.attempts = 2;
}

/// A name as others write it.
fn name(absolute: &str) -> String {
    absolute.trim_end_matches('.').to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
