//! TLS 1.2 and newer with the system's trusted roots, and with the single
//! certificates that the person trusts.
//!
//! On Linux the platform verifier reads the roots the way OpenSSL does, so
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` count.

use std::io;
use std::sync::Arc;

use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::{
    self, AlertDescription, CertificateError, ClientConfig, InvalidMessage, OtherError,
};

use super::error::Error;

mod verifier;

pub(crate) use verifier::{CertificateProblem, Presented};
use verifier::{Explaining, Pinned, Refused};

/// What decides whom to trust.
#[derive(Debug, Clone)]
pub(crate) struct Trust {
    config: Arc<ClientConfig>,
    verifier: Arc<Explaining>,
}

impl Trust {
    /// Trust in the system's roots and in `further` ones. Reads files: not for
    /// an async thread.
    ///
    /// # Errors
    ///
    /// When the machine has no usable root certificate.
    pub(crate) fn load(further: Vec<CertificateDer<'static>>) -> Result<Self, rustls::Error> {
        let provider = Arc::new(ring::default_provider());
        let verifier = Arc::new(Explaining::load(further, &provider)?);
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
            .dangerous()
            .with_custom_certificate_verifier(verifier.clone())
            .with_no_client_auth();
        Ok(Self {
            config: Arc::new(config),
            verifier,
        })
    }

    /// Puts other TLS settings in the place of the usual ones.
    #[cfg(test)]
    pub(crate) fn with_config(self, config: ClientConfig) -> Self {
        let config = Arc::new(config);
        Self { config, ..self }
    }

    /// The settings of all connections.
    pub(crate) fn config(&self) -> Arc<ClientConfig> {
        self.config.clone()
    }

    /// The settings of a connection to a server that has to show one
    /// certificate, and no other: that with this SHA-256.
    pub(crate) fn pinned(&self, sha256: &str) -> Arc<ClientConfig> {
        let mut config = (*self.config).clone();
        let verifier = Pinned::new(self.verifier.clone(), sha256);
        config
            .dangerous()
            .set_certificate_verifier(Arc::new(verifier));
        // What is taken up again shows no certificate.
        config.resumption = Resumption::disabled();
        Arc::new(config)
    }
}

/// Gives a failed handshake its name. `heard`: the first bytes that came.
pub(crate) fn classify(place: &str, error: io::Error, heard: &[u8]) -> Error {
    let place = place.to_owned();
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<rustls::Error>())
        .cloned();
    match cause {
        Some(rustls::Error::InvalidCertificate(problem)) => {
            let (problem, presented) = refused(&problem);
            Error::Certificate {
                place,
                problem,
                presented,
                source: error,
            }
        }
        Some(cause) if is_old(&cause) => Error::OldTls {
            place,
            source: error,
        },
        Some(rustls::Error::InvalidMessage(_)) => Error::NotTls {
            place,
            heard: printable(heard),
            source: error,
        },
        _ => Error::Tls {
            place,
            source: error,
        },
    }
}

/// Whether the two have no version or no way to encrypt in common.
fn is_old(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion
                | AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity
        ) | rustls::Error::PeerIncompatible(_)
            | rustls::Error::InvalidMessage(InvalidMessage::UnknownProtocolVersion)
    )
}

/// The start of what was heard, as a line to show.
fn printable(heard: &[u8]) -> String {
    let text = String::from_utf8_lossy(heard);
    let line = text.lines().next().unwrap_or_default();
    line.chars().filter(|c| !c.is_control()).collect()
}

fn refused(error: &CertificateError) -> (CertificateProblem, Box<Presented>) {
    if let CertificateError::Other(OtherError(cause)) = error
        && let Some(refused) = cause.downcast_ref::<Refused>()
    {
        return (refused.problem, Box::new(refused.presented.clone()));
    }
    (verifier::problem_of(error), Box::default())
}

#[cfg(test)]
mod tests;
