//! A server's TLS with a certificate that a client of the same test trusts.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::names::Names;
use super::{Connector, NetStream};

/// Both sides.
#[derive(Clone)]
pub(crate) struct Trusted {
    server: TlsAcceptor,
    client: ClientConfig,
}

impl Trusted {
    /// A certificate for these names (`*.example.org` among them).
    pub(crate) fn for_names(names: Vec<String>) -> Self {
        let key = rcgen::KeyPair::generate().unwrap();
        let params = rcgen::CertificateParams::new(names).unwrap();
        let cert: CertificateDer<'static> = params.self_signed(&key).unwrap().der().clone();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![cert.clone()], key)
            .unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(cert).unwrap();
        let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        Self {
            server: TlsAcceptor::from(Arc::new(server)),
            client,
        }
    }

    /// The server's side of a handshake.
    pub(crate) async fn accept(&self, tcp: TcpStream) -> io::Result<NetStream> {
        let peer = tcp.peer_addr().ok();
        Ok(NetStream::encrypted(self.server.accept(tcp).await?, peer))
    }

    /// A client that trusts the certificate, and asks these about names.
    pub(crate) fn connector(&self, names: Names) -> Connector {
        Connector::with_config(self.client.clone()).asking(names)
    }
}
