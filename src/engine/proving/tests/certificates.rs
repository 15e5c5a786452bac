//! Certificates, good and bad, and the trust in their issuer.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::net::Connector;
use crate::net::tls::Trust;

/// What a server shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaf {
    Good,
    Expired,
    NotYetValid,
    WrongName,
    SelfSigned,
    UnknownIssuer,
    Authority,
}

/// An authority, and who trusts it.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    trust: Trust,
}

impl Authority {
    pub(super) fn new() -> Self {
        let (issuer, certificate) = authority("Waxwing test authority");
        let trust = Trust::load(vec![certificate]).unwrap();
        Self { issuer, trust }
    }

    /// One who trusts it, and finds these ports open.
    pub(super) fn connector(&self, open: &[u16]) -> Connector {
        Connector::with_trust(self.trust.clone()).with_open_ports(open)
    }

    pub(super) fn acceptor(&self, leaf: Leaf) -> TlsAcceptor {
        let key = KeyPair::generate().unwrap();
        let name = if leaf == Leaf::WrongName {
            "mail.elsewhere.example"
        } else {
            "localhost"
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let common = "Waxwing test server";
        params.distinguished_name.push(DnType::CommonName, common);
        match leaf {
            Leaf::Expired => params.not_after = date_time_ymd(2020, 3, 1),
            Leaf::NotYetValid => params.not_before = date_time_ymd(2090, 3, 1),
            Leaf::Authority => params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            _ => {}
        }
        let certificate = match leaf {
            Leaf::SelfSigned => params.self_signed(&key),
            Leaf::UnknownIssuer => params.signed_by(&key, &authority("Nobody's authority").0),
            _ => params.signed_by(&key, &self.issuer),
        };
        let der = certificate.unwrap().der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![der], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

fn authority(name: &str) -> (Issuer<'static, KeyPair>, CertificateDer<'static>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    params.distinguished_name.push(DnType::CommonName, name);
    let certificate = params.self_signed(&key).unwrap().der().clone();
    (Issuer::new(params, key), certificate)
}
