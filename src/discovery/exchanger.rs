//! By the host that takes the domain's mail: mostly the provider's.

use futures::future::join_all;

use super::search::{Finding, Search};
use crate::model::{Candidate, DiscoverySource, owner};
use crate::providers;

impl Search<'_> {
    /// Asks for the host, and then in the table, at its owner and in the
    /// database about it. Answers of the name service can be forged, so none
    /// of it is trusted.
    pub(super) async fn by_exchanger(&self) -> Finding {
        let domain = self.mailbox.domain();
        let nobody_yet = DiscoverySource::MailExchanger {
            host: String::new(),
        };
        self.asking(&nobody_yet, domain);
        let Some(host) = self.best_exchanger().await else {
            return Finding::default();
        };
        let source = DiscoverySource::MailExchanger { host: host.clone() };
        if let Some(provider) = providers::of_mail_exchanger(&host) {
            let candidate = provider.candidate(self.mailbox);
            return Finding {
                candidates: candidate
                    .map(|candidate| Candidate {
                        place: host,
                        source,
                        trusted: false,
                        ..candidate
                    })
                    .into_iter()
                    .collect(),
                impossible: provider.impossible(),
            };
        }
        if owner::same(&host, domain) {
            // Asked already, under the domain's own name.
            return Finding::default();
        }
        let asked = names_of_owner(&host).into_iter().map(|name| async {
            let name = name;
            let at_owner = self.autoconfig_of(&name, source.clone());
            let in_database = self.ispdb_of(&name, source.clone());
            let (at_owner, in_database) = futures::join!(at_owner, in_database);
            at_owner.or(in_database).map(|candidate| Candidate {
                trusted: false,
                ..candidate
            })
        });
        let found = join_all(asked).await;
        found.into_iter().find_map(|found| found).into()
    }

    /// The host that takes the domain's mail first.
    pub(super) async fn best_exchanger(&self) -> Option<String> {
        let domain = self.mailbox.domain();
        if !domain.contains('.') {
            return None;
        }
        let found = self.by.connector.names().mail_exchangers(domain).await;
        let mut hosts = found.into_iter().map(|one| one.host);
        hosts.find(|host| !host.is_empty())
    }
}

/// The names to ask about: the host's without its first label, where that is
/// more than the registered one (it tells Outlook.com from Microsoft 365), and
/// the registered one.
fn names_of_owner(host: &str) -> Vec<String> {
    let registered = owner::registered(host);
    let longer = host
        .split_once('.')
        .map(|(_, longer)| longer)
        .filter(|longer| longer.len() > registered.len());
    longer
        .into_iter()
        .chain([registered])
        .map(str::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::names_of_owner;

    #[test]
    fn the_longer_name_is_asked_first() {
        for (host, names) in [
            (
                "mx1.mail.example.org",
                vec!["mail.example.org", "example.org"],
            ),
            ("mx.example.co.uk", vec!["example.co.uk"]),
            ("example.org", vec!["example.org"]),
        ] {
            assert_eq!(names_of_owner(host), names, "{host}");
        }
    }
}
