//! TLS 1.2 and newer with the system's trusted roots.
//!
//! On Linux the platform verifier reads the roots the way OpenSSL does, so
//! `SSL_CERT_FILE` and `SSL_CERT_DIR` count.

use std::io;
use std::sync::Arc;

use rustls_platform_verifier::Verifier;
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    self, CertificateError, ClientConfig, DigitallySignedStruct, OtherError, RootCertStore,
    SignatureScheme,
};

use super::error::{CertificateProblem, Error};

/// Reads the system's roots and makes the settings every TLS connection
/// shares. Reads files: not for an async thread.
///
/// # Errors
///
/// When the machine has no usable root certificate.
pub(crate) fn load_config() -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Explaining {
        inner: Verifier::new(Arc::clone(&provider))?,
        provider: Arc::clone(&provider),
    };
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(config)
}

/// The platform's verifier, whose refusals tell a self-signed certificate from
/// one of an unknown issuer. It never accepts what the platform refuses.
#[derive(Debug)]
struct Explaining {
    inner: Verifier,
    provider: Arc<CryptoProvider>,
}

/// The server made its certificate itself.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is self-signed")]
struct SelfSigned;

impl Explaining {
    /// Whether the certificate would be trusted if it were its own issuer.
    fn is_self_signed(
        &self,
        cert: &CertificateDer<'_>,
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> bool {
        let mut roots = RootCertStore::empty();
        if roots.add(cert.clone().into_owned()).is_err() {
            return false;
        }
        let Ok(verifier) =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&self.provider))
                .build()
        else {
            return false;
        };
        !matches!(
            verifier.verify_server_cert(cert, &[], name, &[], now),
            Err(rustls::Error::InvalidCertificate(
                CertificateError::UnknownIssuer
            ))
        )
    }
}

impl ServerCertVerifier for Explaining {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let outcome = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match outcome {
            Err(rustls::Error::InvalidCertificate(CertificateError::UnknownIssuer))
                if self.is_self_signed(end_entity, server_name, now) =>
            {
                Err(CertificateError::Other(OtherError(Arc::new(SelfSigned))).into())
            }
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}

/// Gives a failed handshake its name.
pub(crate) fn classify(place: &str, error: io::Error) -> Error {
    let place = place.to_owned();
    let cause = error
        .get_ref()
        .and_then(|cause| cause.downcast_ref::<rustls::Error>())
        .cloned();
    match cause {
        Some(rustls::Error::InvalidCertificate(problem)) => Error::Certificate {
            place,
            problem: problem_of(&problem),
            source: rustls::Error::InvalidCertificate(problem),
        },
        Some(rustls::Error::InvalidMessage(_)) => Error::NotTls {
            place,
            source: error,
        },
        _ => Error::Tls {
            place,
            source: error,
        },
    }
}

fn problem_of(error: &CertificateError) -> CertificateProblem {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            CertificateProblem::Expired
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            CertificateProblem::NotYetValid
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::WrongName
        }
        CertificateError::UnknownIssuer => CertificateProblem::UnknownIssuer,
        CertificateError::Revoked => CertificateProblem::Revoked,
        CertificateError::Other(OtherError(cause)) if cause.is::<SelfSigned>() => {
            CertificateProblem::SelfSigned
        }
        // The name is all that rustls passes on of this one.
        CertificateError::Other(OtherError(cause)) if cause.to_string() == "CaUsedAsEndEntity" => {
            CertificateProblem::Authority
        }
        _ => CertificateProblem::Other,
    }
}

#[cfg(test)]
mod tests;
