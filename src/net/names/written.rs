//! A name service that knows what is written down, for tests.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use super::{MailExchanger, NoText, Service};
use crate::net::Error;

/// What it knows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Written {
    /// Where the web server of a host really listens.
    pub(crate) web: HashMap<String, SocketAddr>,
    /// Where a port of a host really listens. A host with one has an address;
    /// its other ports refuse.
    pub(crate) ports: HashMap<(String, u16), SocketAddr>,
    /// Hosts whose look-up never ends.
    pub(crate) silent: Vec<String>,
    pub(crate) exchangers: HashMap<String, Vec<MailExchanger>>,
    pub(crate) services: HashMap<String, Vec<Service>>,
    /// Whether domains are there; of others nobody says anything.
    pub(crate) domains: HashMap<String, bool>,
    /// Texts, by their names in lower case.
    pub(crate) texts: HashMap<String, Result<Vec<Vec<u8>>, NoText>>,
    /// The names at which texts were asked for.
    pub(crate) asked: Arc<Mutex<Vec<String>>>,
}

impl Written {
    pub(super) async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
        if self.silent.iter().any(|silent| silent == host) {
            std::future::pending::<()>().await;
        }
        let found = match port {
            0 => self.web.get(host).copied(),
            _ => self.ports.get(&(host.to_owned(), port)).copied(),
        };
        let is_there = self.ports.keys().any(|(known, _)| known == host);
        // Nothing listens on port 1.
        let refusing = (is_there && port != 0).then(|| (Ipv4Addr::LOCALHOST, 1).into());
        let address = found.or(refusing).ok_or_else(|| Error::NoAddress {
            host: host.to_owned(),
        })?;
        Ok(vec![address])
    }

    pub(super) fn mail_exchangers(&self, domain: &str) -> Vec<MailExchanger> {
        self.exchangers.get(domain).cloned().unwrap_or_default()
    }

    pub(super) fn is_there(&self, domain: &str) -> Option<bool> {
        self.domains.get(domain).copied()
    }

    pub(super) fn texts(&self, at: &str) -> Result<Vec<Vec<u8>>, NoText> {
        self.asked.lock().unwrap().push(at.to_owned());
        let found = self.texts.get(at).cloned();
        found.unwrap_or(Err(NoText::Nothing))
    }

    pub(super) fn services(&self, service: &str) -> Vec<Service> {
        self.services.get(service).cloned().unwrap_or_default()
    }
}
