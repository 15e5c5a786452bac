//! From an address to its servers: what the table of providers knows, and
//! else what the network says, asked for in all ways at once.
//!
//! Only the domain leaves this machine, never the address. What comes over
//! HTTPS from where it was asked for is trusted. What a forged answer on the
//! way could have changed (MX and SRV that lead to another owner's hosts,
//! redirections to another owner, plain HTTP) is marked, and the person looks
//! at it before a password goes there.

mod autoconfig;
mod autodiscover;
mod candidate;
mod exchanger;
mod probe;
mod search;
mod service;
mod text;
mod web;

#[cfg(test)]
mod tests;

pub(crate) use crate::model::owner::same as same_owner;
use crate::model::{BrowserWay, Discovery, DiscoveryProgress, owner};
use crate::net::Connector;
use crate::net::http::Http;
use crate::providers::{self, Mailbox};
use search::Search;
pub(crate) use web::Unanswered;

/// Finds the servers of addresses.
#[derive(Debug, Clone)]
pub(crate) struct Discoverer {
    connector: Connector,
    http: Http,
}

impl Discoverer {
    /// Asks with these connections.
    pub(crate) fn new(connector: Connector) -> Self {
        Self {
            http: Http::new(connector.clone()),
            connector,
        }
    }

    /// Finds the servers of an address within six seconds; at once, and
    /// without the network, where the table knows its provider. `offline`
    /// leaves the network alone in any case. Dropping the future ends all
    /// look-ups.
    pub(crate) async fn discover(
        &self,
        mailbox: &Mailbox,
        offline: bool,
        tell: &(dyn Fn(DiscoveryProgress) + Send + Sync),
    ) -> Discovery {
        if let Some(provider) = providers::of_domain(mailbox.domain()) {
            let candidate = provider.candidate(mailbox);
            if let Some(candidate) = &candidate {
                tell(DiscoveryProgress::Found(candidate.clone()));
            }
            return Discovery {
                candidates: candidate.into_iter().collect(),
                impossible: provider.impossible(),
            };
        }
        if offline {
            return Discovery::default();
        }
        Search::new(self, mailbox, tell).run().await
    }

    /// Where the owner of a mail server signs people in through the browser, as
    /// his own settings file or Thunderbird's database says over HTTPS. Only
    /// what is his counts: the issuer and both pages too. Asks about the name
    /// that he registered, and about no address.
    ///
    /// # Errors
    /// When nobody answered.
    pub(crate) async fn browser_way(&self, host: &str) -> Result<Option<BrowserWay>, Unanswered> {
        let domain = providers::ascii_domain(host).filter(|host| owner::is_public(host));
        let domain = domain.as_deref().map(owner::registered);
        let Some(mailbox) = domain.and_then(|domain| Mailbox::parse(&format!("user@{domain}")))
        else {
            return Ok(None);
        };
        Search::new(self, &mailbox, &drop).browser_way().await
    }

    /// Whether there is such a domain at all; none where nobody could be
    /// asked.
    pub(crate) async fn is_there(&self, domain: &str) -> Option<bool> {
        self.connector.names().is_there(domain).await
    }
}
