//! The table as a file, and looking things up in it.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de};

use super::words::Step;
use crate::model::{AuthMethod, Protocol, Security};

/// The table of providers.
const FILE: &str = include_str!("../../assets/providers.toml");

/// A provider as the file has it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) name: String,
    #[serde(default)]
    pub(super) domains: Vec<String>,
    #[serde(default)]
    pub(super) mx: Vec<String>,
    #[serde(default)]
    pub(super) imap: Vec<Place>,
    #[serde(default)]
    pub(super) pop3: Vec<Place>,
    #[serde(default)]
    pub(super) smtp: Vec<Place>,
    #[serde(default)]
    pub(super) username: Form,
    pub(super) incoming_username: Option<Form>,
    #[serde(default = "with_password")]
    pub(super) auth: Vec<AuthMethod>,
    #[serde(default)]
    pub(super) prepare: Vec<Step>,
    pub(super) impossible: Option<String>,
    pub(super) url: Option<String>,
}

fn with_password() -> Vec<AuthMethod> {
    vec![AuthMethod::Password]
}

/// What a server wants as user name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Form {
    /// The whole address.
    #[default]
    Address,
    /// What stands before the `@`.
    Local,
}

/// A server: `host[:port][ starttls]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) host: String,
    port: Option<u16>,
    pub(super) security: Security,
}

impl Place {
    /// Its port, or the usual one.
    pub(super) fn port_for(&self, protocol: Protocol) -> u16 {
        self.port
            .unwrap_or_else(|| protocol.default_port(self.security))
    }

    fn read(words: &str) -> Option<Self> {
        let (place, security) = match words.strip_suffix(" starttls") {
            Some(place) => (place, Security::StartTls),
            None => (words, Security::Tls),
        };
        let (host, port) = match place.split_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (place, None),
        };
        let is_host = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let fits = host.bytes().all(|b| is_host(b) || matches!(b, b'.' | b'-'));
        (fits && host.contains('.')).then(|| Self {
            host: host.to_owned(),
            port,
            security,
        })
    }
}

impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let words = String::deserialize(deserializer)?;
        Self::read(&words).ok_or_else(|| de::Error::custom(format!("“{words}” is no server")))
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    provider: Vec<Row>,
}

/// The table with its indexes.
#[derive(Debug, Default)]
pub(super) struct Table {
    rows: Vec<Row>,
    domains: HashMap<String, usize>,
    exchangers: HashMap<String, usize>,
    servers: HashMap<String, usize>,
}

impl Table {
    /// The one table.
    pub(super) fn get() -> &'static Self {
        static TABLE: OnceLock<Table> = OnceLock::new();
        TABLE.get_or_init(|| match Self::read(FILE) {
            Ok(table) => table,
            // A test reads it too; without it, the network is asked.
            Err(error) => {
                tracing::error!(%error, "the table of providers cannot be read");
                Self::default()
            }
        })
    }

    /// Reads a table. What is named twice belongs to the first that names it.
    pub(super) fn read(text: &str) -> Result<Self, toml::de::Error> {
        let File { provider: rows } = toml::from_str(text)?;
        let (mut domains, mut exchangers) = (HashMap::new(), HashMap::new());
        let mut servers = HashMap::new();
        for (at, row) in rows.iter().enumerate() {
            for domain in &row.domains {
                domains.entry(domain.clone()).or_insert(at);
            }
            for exchanger in &row.mx {
                exchangers.entry(exchanger.clone()).or_insert(at);
            }
            for place in row.imap.iter().chain(&row.pop3).chain(&row.smtp) {
                servers.entry(place.host.clone()).or_insert(at);
            }
        }
        Ok(Self {
            rows,
            domains,
            exchangers,
            servers,
        })
    }

    pub(super) fn of_domain(&self, domain: &str) -> Option<&Row> {
        let below = || parents(domain).find_map(|parent| self.domains.get(&format!("*.{parent}")));
        let at = self.domains.get(domain).or_else(below)?;
        self.rows.get(*at)
    }

    /// The longest end of the host's name counts.
    pub(super) fn of_mail_exchanger(&self, host: &str) -> Option<&Row> {
        let mut ends = std::iter::once(host).chain(parents(host));
        let at = ends.find_map(|end| self.exchangers.get(end))?;
        self.rows.get(*at)
    }

    pub(super) fn of_server(&self, host: &str) -> Option<&Row> {
        self.rows.get(*self.servers.get(host)?)
    }

    /// All domains, those of the largest providers first.
    pub(super) fn domains(&self) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .flat_map(|row| &row.domains)
            .map(String::as_str)
    }

    #[cfg(test)]
    pub(super) fn rows(&self) -> &[Row] {
        &self.rows
    }
}

/// The domains above a domain, the nearest first.
fn parents(domain: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(domain.split_once('.'), |(_, rest)| rest.split_once('.'))
        .map(|(_, parent)| parent)
}

#[cfg(test)]
pub(super) const TEXT: &str = FILE;
