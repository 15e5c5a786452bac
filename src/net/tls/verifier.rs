//! Whether a certificate is to be trusted, and if not, exactly why.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::{
    self, CertificateError, DigitallySignedStruct, OtherError, RootCertStore, SignatureScheme,
};

/// Why a certificate was not trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CertificateProblem {
    /// Its time is over.
    Expired,
    /// Its time has not come, or this machine's clock is wrong.
    NotYetValid,
    /// It was made for another host name.
    WrongName,
    /// It was made by somebody this machine does not trust.
    UnknownIssuer,
    /// The server made it itself.
    SelfSigned,
    /// It is one for issuing certificates (`CA:TRUE`), as `openssl req -x509`
    /// makes them.
    Authority,
    /// It was taken back by its maker.
    Revoked,
    /// It is not the one that the person trusts here.
    Changed,
    /// Anything else.
    Other,
}

/// What a certificate that was refused tells of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Presented {
    /// SHA-256 of it (DER), in lower case; empty where it is not known.
    pub(crate) sha256: String,
    /// The host names it is for, where it is for others.
    pub(crate) names: Vec<String>,
    /// When its time ended or begins, in seconds since 1970, where that is
    /// what is wrong.
    pub(crate) time: Option<u64>,
    /// Whether the system trusts it, where it is not the one that is trusted
    /// here.
    pub(crate) is_trusted: bool,
    /// Whether another one is trusted here, and this is not it.
    pub(crate) is_another: bool,
}

/// A refusal with all that is known of the certificate.
#[derive(Debug, thiserror::Error)]
#[error("the certificate is not trusted: {source}")]
pub(super) struct Refused {
    pub(super) problem: CertificateProblem,
    pub(super) presented: Presented,
    #[source]
    source: rustls::Error,
}

impl Refused {
    fn into_error(self) -> rustls::Error {
        CertificateError::Other(OtherError(Arc::new(self))).into()
    }
}

/// SHA-256 of a certificate, in lower case.
fn fingerprint(cert: &CertificateDer<'_>) -> String {
    HEXLOWER.encode(&Sha256::digest(cert.as_ref()))
}

/// The platform's verifier, whose refusals say why, and of which certificate.
/// It never accepts what the platform refuses.
#[derive(Debug)]
pub(super) struct Explaining {
    inner: Verifier,
    provider: Arc<CryptoProvider>,
}

impl Explaining {
    pub(super) fn load(
        further: Vec<CertificateDer<'static>>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, rustls::Error> {
        Ok(Self {
            inner: load(further, provider.clone())?,
            provider: provider.clone(),
        })
    }

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

#[cfg(any(target_os = "linux", target_os = "freebsd"))]
fn load(
    further: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    if further.is_empty() {
        return Verifier::new(provider);
    }
    Verifier::new_with_extra_roots(further, provider)
}

/// Elsewhere the system's own roots are all there is.
#[cfg(not(any(target_os = "linux", target_os = "freebsd")))]
fn load(
    _further: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
) -> Result<Verifier, rustls::Error> {
    Verifier::new(provider)
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
        let error = match outcome {
            Err(rustls::Error::InvalidCertificate(error)) => error,
            other => return other,
        };
        let mut problem = problem_of(&error);
        if problem == CertificateProblem::UnknownIssuer
            && self.is_self_signed(end_entity, server_name, now)
        {
            problem = CertificateProblem::SelfSigned;
        }
        let presented = Presented {
            sha256: fingerprint(end_entity),
            names: names_of(&error),
            time: time_of(&error),
            ..Presented::default()
        };
        let source = error.into();
        Err(Refused {
            problem,
            presented,
            source,
        }
        .into_error())
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

/// Takes one certificate and no other, not even one that the system trusts:
/// the person settled on that one.
#[derive(Debug)]
pub(super) struct Pinned {
    inner: Arc<Explaining>,
    sha256: String,
}

impl Pinned {
    pub(super) fn new(inner: Arc<Explaining>, sha256: &str) -> Self {
        Self {
            inner,
            sha256: sha256.to_ascii_lowercase(),
        }
    }
}

/// Why a certificate in the place of the trusted one is refused, by what the
/// platform makes of it. One that nobody vouches for is no worse than the one
/// before it: what counts is that it changed. What is wrong with it beyond that
/// is said.
fn successor(judged: Result<(), rustls::Error>, sha256: String) -> Refused {
    use CertificateProblem as P;
    let source = CertificateError::ApplicationVerificationFailure.into();
    let (problem, presented, source) = match judged {
        Ok(()) => {
            let presented = Presented {
                is_trusted: true,
                ..Presented::default()
            };
            (P::Changed, presented, source)
        }
        Err(rustls::Error::InvalidCertificate(error)) => match super::refused(&error) {
            (P::UnknownIssuer | P::SelfSigned, _) => (P::Changed, Presented::default(), source),
            (problem, presented) => (problem, *presented, error.into()),
        },
        Err(error) => (P::Other, Presented::default(), error),
    };
    let presented = Presented {
        sha256,
        is_another: true,
        ..presented
    };
    Refused {
        problem,
        presented,
        source,
    }
}

impl ServerCertVerifier for Pinned {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let sha256 = fingerprint(end_entity);
        if sha256 == self.sha256 {
            return Ok(ServerCertVerified::assertion());
        }
        let judged = self.inner.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        Err(successor(judged.map(drop), sha256).into_error())
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

fn names_of(error: &CertificateError) -> Vec<String> {
    let CertificateError::NotValidForNameContext { presented, .. } = error else {
        return Vec::new();
    };
    // They come as `DnsName("mail.example.org")`.
    let inner = |name: &String| {
        let (_, rest) = name.split_once('"')?;
        let (name, _) = rest.split_once('"')?;
        Some(name.to_owned())
    };
    presented.iter().filter_map(inner).collect()
}

fn time_of(error: &CertificateError) -> Option<u64> {
    match error {
        CertificateError::ExpiredContext { not_after, .. } => Some(not_after.as_secs()),
        CertificateError::NotValidYetContext { not_before, .. } => Some(not_before.as_secs()),
        _ => None,
    }
}

pub(super) fn problem_of(error: &CertificateError) -> CertificateProblem {
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
        // The latter are of one that has the name of a trusted issuer, and not
        // its key.
        CertificateError::UnknownIssuer
        | CertificateError::BadSignature
        | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            CertificateProblem::UnknownIssuer
        }
        CertificateError::Revoked => CertificateProblem::Revoked,
        // The name is all that rustls passes on of this one.
        CertificateError::Other(OtherError(cause)) if cause.to_string() == "CaUsedAsEndEntity" => {
            CertificateProblem::Authority
        }
        _ => CertificateProblem::Other,
    }
}

#[cfg(test)]
mod tests {
    use tokio_rustls::rustls::crypto::ring;

    use super::*;

    #[test]
    fn a_successor_is_refused_for_what_is_worst_about_it() {
        use CertificateProblem as P;
        let bad = |error: CertificateError| Err(rustls::Error::InvalidCertificate(error));
        for (judged, problem, is_trusted) in [
            (Ok(()), P::Changed, true),
            (bad(CertificateError::UnknownIssuer), P::Changed, false),
            (bad(CertificateError::Revoked), P::Revoked, false),
            (bad(CertificateError::Expired), P::Expired, false),
            (bad(CertificateError::NotValidYet), P::NotYetValid, false),
            (bad(CertificateError::NotValidForName), P::WrongName, false),
            (bad(CertificateError::BadEncoding), P::Other, false),
            (Err(rustls::Error::DecryptError), P::Other, false),
        ] {
            let said = format!("{judged:?}");
            let refused = successor(judged, "ab".to_owned());
            assert_eq!(refused.problem, problem, "{said}");
            let presented = refused.presented;
            assert_eq!(presented.is_trusted, is_trusted, "{said}");
            assert!(presented.is_another && presented.sha256 == "ab", "{said}");
        }
    }

    /// What `openssl req -x509` makes unless it is told otherwise.
    #[test]
    fn the_certificate_of_an_authority_is_called_so() {
        let key = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let cert = params.self_signed(&key).unwrap();
        let provider = Arc::new(ring::default_provider());
        let verifier = Explaining::load(Vec::new(), &provider).unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let refused = verifier.verify_server_cert(cert.der(), &[], &name, &[], UnixTime::now());
        let Err(rustls::Error::InvalidCertificate(error)) = refused else {
            panic!("{refused:?}");
        };
        let (problem, presented) = super::super::refused(&error);
        assert_eq!(problem, CertificateProblem::Authority);
        assert_eq!(presented.sha256.len(), 64);
    }
}
