//! Finding the servers of an address.

use std::sync::Arc;

use futures::Stream;
use tokio::sync::mpsc;

use super::Handle;
use super::shared::{Shared, stream_of};
use crate::discovery::Discoverer;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Discovery, DiscoveryProgress, KnownProvider};
use crate::providers::{self, Mailbox};

/// The domain of an address, in ASCII and lower case; none where it is no
/// address whose servers could be looked for.
#[must_use]
pub fn mail_domain(email: &str) -> Option<String> {
    Mailbox::parse(email).map(|mailbox| mailbox.domain().to_owned())
}

impl Handle {
    /// Finds the servers of an address: at once where the table of providers
    /// knows its domain, else within six seconds from what the network says.
    /// Only the domain leaves this machine, to the domain's own hosts, the
    /// name service and Thunderbird's public database; with `offline` nothing
    /// does. The last item is [`DiscoveryProgress::Done`], with the best
    /// settings ([`Discovery::best`]) and the other ones that were found by
    /// then ([`Discovery::others`]); nothing is found for what is no address.
    /// Dropping the stream ends all look-ups.
    pub fn discover(
        &self,
        email: &str,
        offline: bool,
    ) -> impl Stream<Item = DiscoveryProgress> + Send + use<> {
        self.shared.discover(Mailbox::parse(email), offline)
    }

    /// Why nothing was found for an address, and what to do: there is no
    /// network, there is no such domain, or nobody there tells.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn nothing_found(&self, email: &str) -> Result<Error> {
        let email = email.to_owned();
        self.run(async move |shared| Ok(shared.nothing_found(&email).await))
            .await
    }

    /// The address that was probably meant, where its domain is a large
    /// provider's but for a slip of the fingers. Asks nobody.
    #[must_use]
    pub fn likely_meant(&self, email: &str) -> Option<String> {
        let mailbox = Mailbox::parse(email)?;
        let domain = providers::near(mailbox.domain())?;
        Some(format!("{}@{domain}", mailbox.local()))
    }

    /// What the table of providers knows of an address, of a mail domain, or
    /// of the host of a server. Asks nobody.
    #[must_use]
    pub fn provider(&self, of: &str) -> Option<KnownProvider> {
        if let Some(mailbox) = Mailbox::parse(of) {
            let provider = providers::of_domain(mailbox.domain())?;
            return Some(provider.known(Some(&mailbox)));
        }
        let name = providers::ascii_domain(of)?;
        let provider = providers::of_domain(&name).or_else(|| providers::of_server(&name))?;
        Some(provider.known(None))
    }
}

impl Shared {
    async fn nothing_found(&self, email: &str) -> Error {
        let Some(mailbox) = Mailbox::parse(email) else {
            return Error::new(ErrorKind::Input, format!("“{email}” is no e-mail address."))
                .hint("Give the whole address, such as ann@example.org.");
        };
        let domain = mailbox.domain();
        let discoverer = Discoverer::new(self.connector.clone());
        let is_there = discoverer.is_there(domain).await;
        let meant = providers::near(domain);
        nothing_found(&mailbox, is_there, meant)
    }

    fn discover(
        self: &Arc<Self>,
        mailbox: Option<Mailbox>,
        offline: bool,
    ) -> impl Stream<Item = DiscoveryProgress> + Send + use<> {
        let (sender, told) = mpsc::unbounded_channel();
        let discoverer = Discoverer::new(self.connector.clone());
        self.runtime.spawn(async move {
            let tell = |progress| drop(sender.send(progress));
            let search = async {
                match &mailbox {
                    Some(mailbox) => discoverer.discover(mailbox, offline, &tell).await,
                    None => Discovery::default(),
                }
            };
            tokio::select! {
                // The person closed the form: nobody waits for an answer.
                () = sender.closed() => {}
                discovery = search => tell(DiscoveryProgress::Done(discovery)),
            }
        });
        stream_of(told)
    }
}

/// Says why nothing was found, by whether the domain is there and which one
/// may have been meant.
fn nothing_found(mailbox: &Mailbox, is_there: Option<bool>, meant: Option<&str>) -> Error {
    let (domain, local) = (mailbox.domain(), mailbox.local());
    let or = |hint: &str| match meant {
        Some(meant) => format!("Did you mean {local}@{meant}? {hint}"),
        None => hint.to_owned(),
    };
    match is_there {
        None => Error::new(
            ErrorKind::Offline,
            format!("The servers of {domain} cannot be looked for: the name service does not answer."),
        )
        .hint("Check the network connection and try again, or set the account up by hand."),
        Some(false) => Error::new(ErrorKind::Dns, format!("There is no domain {domain}."))
            .hint(or("Check what stands after the @.")),
        Some(true) => Error::new(
            ErrorKind::NotFound,
            format!("No mail servers were found for {domain}."),
        )
        .hint(or(
            "Ask the provider for its IMAP or POP3 and SMTP servers, and set the account up by hand.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_nothing_was_found_is_told_apart() {
        let mailbox = Mailbox::parse("ann@gmial.com").unwrap();
        for (is_there, meant, kind, words) in [
            (None, None, ErrorKind::Offline, "network connection"),
            (Some(false), None, ErrorKind::Dns, "after the @"),
            (
                Some(false),
                Some("gmail.com"),
                ErrorKind::Dns,
                "Did you mean ann@gmail.com?",
            ),
            (Some(true), None, ErrorKind::NotFound, "by hand"),
            (
                Some(true),
                Some("gmail.com"),
                ErrorKind::NotFound,
                "Did you mean ann@gmail.com?",
            ),
        ] {
            let error = nothing_found(&mailbox, is_there, meant);
            assert_eq!(error.kind(), kind);
            assert!(error.remedy().unwrap().contains(words), "{error}");
        }
    }
}
