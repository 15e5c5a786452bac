//! Who one is when writing.

use serde::{Deserialize, Serialize};

use super::{AccountSettings, Address, ServerSettings};

/// An address to write from besides the account's own, or more about that one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Identity {
    /// The address; `*@example.org` stands for every address of that domain.
    pub address: String,
    /// The name others see beside it; empty for the account's.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Where answers are to go, if not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// What stands below what one writes; without the line of dashes.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub signature: String,
    /// Where its mail goes out, if not where the account's does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outgoing: Option<ServerSettings>,
}

/// How well an address fits an identity. The best is the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It is the address.
    Same,
    /// It is the address with a tag: `name+tag@example.org`.
    Tagged,
    /// It is one of all the addresses of the domain.
    OfDomain,
}

impl Identity {
    fn is_for_all(&self) -> bool {
        self.address.starts_with("*@")
    }
}

/// An address in the one form in which it is compared: its domain as servers
/// write it, as A-labels (RFC 5890), however it was typed.
fn comparable(address: &str) -> String {
    let address = address.to_lowercase();
    match address.rsplit_once('@') {
        Some((local, domain)) if !domain.is_ascii() => match idna::domain_to_ascii(domain) {
            Ok(domain) => format!("{local}@{domain}"),
            Err(_) => address,
        },
        _ => address,
    }
}

fn fit(own: &str, given: &str) -> Option<Fit> {
    let (own, given) = (comparable(own), comparable(given));
    if own == given {
        return Some(Fit::Same);
    }
    let (own_local, own_domain) = own.rsplit_once('@')?;
    let (local, domain) = given.rsplit_once('@')?;
    if own_domain != domain || local.is_empty() {
        return None;
    }
    if own_local == "*" {
        return Some(Fit::OfDomain);
    }
    let (base, _tag) = local.split_once('+')?;
    (base == own_local).then_some(Fit::Tagged)
}

impl AccountSettings {
    /// Every address one can choose to write from: the account's own first.
    #[must_use]
    pub fn addresses(&self) -> Vec<Address> {
        let mut all = vec![self.identity()];
        for identity in self.identities.iter().filter(|one| !one.is_for_all()) {
            let address = self.named(identity, &identity.address);
            match all.iter_mut().find(|known| known.same_mailbox(&address)) {
                Some(known) => *known = address,
                None => all.push(address),
            }
        }
        all
    }

    fn named(&self, identity: &Identity, address: &str) -> Address {
        let name = if identity.name.is_empty() {
            &self.display_name
        } else {
            &identity.name
        };
        Address::new(name, address)
    }

    /// Whose address that is: the number of the identity, or nothing in it for
    /// the account's own. Nothing at all for a stranger's.
    fn whose(&self, address: &str) -> Option<(Fit, Option<usize>)> {
        let listed = self
            .identities
            .iter()
            .enumerate()
            .filter_map(|(number, one)| Some((fit(&one.address, address)?, Some(number))));
        let own = fit(&self.email, address).map(|fit| (fit, None));
        // An entry for the account's own address says more than the account.
        listed.chain(own).min_by_key(|(fit, _)| *fit)
    }

    /// What is settled for an address one writes from, where something is.
    #[must_use]
    pub fn identity_of(&self, address: &str) -> Option<&Identity> {
        let (_, number) = self.whose(address)?;
        number.and_then(|number| self.identities.get(number))
    }

    /// Whom an answer comes from: the address the message was sent to, tag and
    /// all, with the name that belongs to it. `recipients` in the order in
    /// which they count. Nothing where none of them is one's own.
    #[must_use]
    pub fn answers_as<'a>(&self, recipients: impl Iterator<Item = &'a str>) -> Option<Address> {
        let own = recipients.filter_map(|address| {
            let (fit, number) = self.whose(address)?;
            Some((fit, number, address))
        });
        // The first of those that fit best.
        let (_, number, address) = own.min_by_key(|(fit, ..)| *fit)?;
        let identity = number.and_then(|number| self.identities.get(number));
        Some(match identity {
            Some(identity) => self.named(identity, address),
            None => Address::new(&self.display_name, address),
        })
    }

    /// The identity whose own outgoing server mail from this address takes;
    /// nothing for the account's.
    #[must_use]
    pub fn outgoing_of(&self, mail_from: &str) -> Option<usize> {
        let (_, number) = self.whose(mail_from)?;
        number.filter(|number| {
            let identity = self.identities.get(*number);
            identity.is_some_and(|identity| identity.outgoing.is_some())
        })
    }

    /// The outgoing server of an identity, or the account's.
    #[must_use]
    pub fn outgoing_server(&self, identity: Option<usize>) -> &ServerSettings {
        identity
            .and_then(|number| self.identities.get(number))
            .and_then(|identity| identity.outgoing.as_ref())
            .unwrap_or(&self.outgoing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{AuthMethod, PrefetchPolicy, Protocol, Security};

    fn server(host: &str) -> ServerSettings {
        ServerSettings {
            protocol: Protocol::Smtp,
            host: host.into(),
            port: 465,
            security: Security::Tls,
            username: "ada".into(),
            auth: AuthMethod::Password,
        }
    }

    fn identity(address: &str, name: &str) -> Identity {
        Identity {
            address: address.into(),
            name: name.into(),
            reply_to: None,
            signature: String::new(),
            outgoing: None,
        }
    }

    fn settings() -> AccountSettings {
        let mut work = identity("ada@work.test", "Dr. Ada");
        work.outgoing = Some(server("smtp.work.test"));
        AccountSettings {
            name: "Home".into(),
            email: "ada@home.test".into(),
            display_name: "Ada".into(),
            incoming: server("in.home.test"),
            pop3: None,
            outgoing: server("smtp.home.test"),
            prefetch: PrefetchPolicy::default(),
            connections: None,
            identities: vec![work, identity("*@own.test", "")],
        }
    }

    #[test]
    fn an_answer_comes_from_the_address_the_message_was_sent_to() {
        let settings = settings();
        let from = |to: &[&str]| {
            let answered = settings.answers_as(to.iter().copied());
            answered.map(|from| from.to_string())
        };
        for (to, wanted) in [
            (&["bob@x.test", "ada@home.test"][..], "Ada <ada@home.test>"),
            (&["ADA@work.test"], "\"Dr. Ada\" <ADA@work.test>"),
            (&["ada+shop@home.test"], "Ada <ada+shop@home.test>"),
            (&["shop@own.test"], "Ada <shop@own.test>"),
            // What fits better counts more than what comes first.
            (&["shop@own.test", "ada@home.test"], "Ada <ada@home.test>"),
        ] {
            assert_eq!(from(to).as_deref(), Some(wanted), "{to:?}");
        }
        assert_eq!(
            from(&["bob@x.test", "ada@x.test", "adam+ada@home.test"]),
            None
        );
    }

    #[test]
    fn mail_leaves_by_the_server_of_its_identity() {
        let settings = settings();
        let host = |from: &str| {
            let identity = settings.outgoing_of(from);
            settings.outgoing_server(identity).host.clone()
        };
        assert_eq!(host("ada@work.test"), "smtp.work.test");
        assert_eq!(host("ada+tag@work.test"), "smtp.work.test");
        assert_eq!(host("ada@home.test"), "smtp.home.test");
        assert_eq!(host("any@own.test"), "smtp.home.test");
        assert_eq!(host("who@x.test"), "smtp.home.test");
    }

    #[test]
    fn an_international_domain_is_one_in_both_spellings() {
        let mut settings = settings();
        let mut typed = identity("ada@bücher.test", "");
        typed.outgoing = Some(server("smtp.books.test"));
        settings.identities = vec![typed, identity("*@xn--mnchen-3ya.test", "Shop")];
        for from in ["ada@bücher.test", "Ada+x@xn--bcher-kva.test"] {
            assert_eq!(settings.outgoing_of(from), Some(0), "{from}");
        }
        let shop = settings.identity_of("any@München.test");
        assert_eq!(shop.map(|one| one.name.as_str()), Some("Shop"));
    }

    #[test]
    fn the_addresses_to_choose_from_are_those_one_can_write_out() {
        let mut settings = settings();
        settings
            .identities
            .push(identity("Ada@home.test", "Ada L."));
        let all: Vec<String> = settings
            .addresses()
            .iter()
            .map(Address::to_string)
            .collect();
        assert_eq!(
            all,
            ["\"Ada L.\" <Ada@home.test>", "\"Dr. Ada\" <ada@work.test>"]
        );
    }
}
