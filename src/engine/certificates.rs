//! Certificates that the person trusts for one server and port.

use std::sync::Arc;

use super::Handle;
use super::reading::blocking;
use super::shared::Shared;
use crate::config::Certificates;
use crate::error::Result;
use crate::model::host::is_same_host;
use crate::model::{AccountId, TrustedCertificate};

impl Handle {
    /// The certificates that the person trusts, each for one server and port.
    ///
    /// # Errors
    /// Only while the engine ends.
    pub async fn trusted_certificates(&self) -> Result<Vec<TrustedCertificate>> {
        self.run(async move |shared| Ok(shared.certificates().all().to_vec()))
            .await
    }

    /// Trusts this one certificate for its server and port, in the place of
    /// another, and lets the accounts that need it try again.
    ///
    /// # Errors
    /// `Input` when it is no certificate's SHA-256, and when it cannot be saved.
    pub async fn trust_certificate(&self, certificate: TrustedCertificate) -> Result<()> {
        self.run(async move |shared| shared.trust_certificate(certificate).await)
            .await
    }

    /// Trusts no single certificate for this server and port any more;
    /// connections that it opened end.
    ///
    /// # Errors
    /// `NotFound` when none was trusted there, and when it cannot be saved.
    pub async fn distrust_certificate(&self, host: String, port: u16) -> Result<()> {
        self.run(async move |shared| shared.distrust_certificate(host, port).await)
            .await
    }
}

impl Shared {
    /// Trusts a certificate, and lets the accounts that need it try again.
    pub(super) async fn trust_certificate(
        self: &Arc<Self>,
        certificate: TrustedCertificate,
    ) -> Result<()> {
        let (host, port) = (certificate.host.clone(), certificate.port);
        self.change_certificates(move |all| all.trust(certificate))
            .await?;
        self.restart_those_at(&host, port).await;
        Ok(())
    }

    /// Trusts it no longer. Connections that it opened end.
    pub(super) async fn distrust_certificate(
        self: &Arc<Self>,
        host: String,
        port: u16,
    ) -> Result<()> {
        let server = host.clone();
        self.change_certificates(move |all| all.distrust(&server, port))
            .await?;
        self.restart_those_at(&host, port).await;
        Ok(())
    }

    async fn change_certificates(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Certificates) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        let shared = self.clone();
        blocking(move || {
            let mut certificates = shared.certificates();
            let mut changed = certificates.clone();
            change(&mut changed)?;
            changed.save(&shared.profile)?;
            shared.connector.trust_only(changed.all().to_vec());
            *certificates = changed;
            Ok(())
        })
        .await
    }

    /// Follows the accounts with this server anew.
    async fn restart_those_at(self: &Arc<Self>, host: &str, port: u16) {
        let is_at = |server: &crate::model::ServerSettings| {
            server.port == port && is_same_host(&server.host, host)
        };
        let concerned: Vec<AccountId> = self
            .accounts()
            .all()
            .iter()
            .filter(|account| {
                let settings = &account.settings;
                let mut further = settings.identities.iter();
                is_at(&settings.incoming)
                    || is_at(&settings.outgoing)
                    || further.any(|one| one.outgoing.as_ref().is_some_and(is_at))
            })
            .map(|account| account.id)
            .collect();
        for id in concerned {
            if self.actor(id).is_none() {
                continue;
            }
            self.remove_actor(id).await;
            if let Ok(account) = self.account(id) {
                self.follow(account);
            }
        }
    }
}
