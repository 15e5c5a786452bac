//! Finding the servers of an address.

use std::sync::Arc;

use futures::Stream;
use tokio::sync::mpsc;

use super::Handle;
use super::shared::Shared;
use crate::discovery::Discoverer;
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
    /// does. The last item is [`DiscoveryProgress::Done`]; nothing is found
    /// for what is no address. Dropping the stream ends all look-ups.
    pub fn discover(
        &self,
        email: &str,
        offline: bool,
    ) -> impl Stream<Item = DiscoveryProgress> + Send + use<> {
        self.shared.discover(Mailbox::parse(email), offline)
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
        futures::stream::unfold(told, async |mut told| {
            told.recv().await.map(|progress| (progress, told))
        })
    }
}
