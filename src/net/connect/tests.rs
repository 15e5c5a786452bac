use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use super::*;
use crate::ErrorKind;
use crate::model::{AuthMethod, Protocol};
use crate::net::Quiet;
use crate::net::error::CertificateProblem;

fn settings(host: &str, port: u16, security: Security) -> ServerSettings {
    ServerSettings {
        protocol: Protocol::Imap,
        host: host.to_owned(),
        port,
        security,
        username: String::new(),
        auth: AuthMethod::Password,
    }
}

/// A certificate for `name` and the key to it.
fn certificate(name: &str) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
    params
        .distinguished_name
        .push(rcgen::DnType::CommonName, name);
    let cert = params.self_signed(&key).unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    (cert.der().clone(), key)
}

/// A TLS server that says hello, and its port.
async fn tls_server(cert: CertificateDer<'static>, key: PrivateKeyDer<'static>) -> u16 {
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            if let Ok(mut tls) = acceptor.accept(tcp).await {
                tls.write_all(b"hello").await.unwrap();
                tls.shutdown().await.unwrap();
            }
        }
    });
    port
}

fn trusting(cert: &CertificateDer<'static>) -> Connector {
    let mut roots = RootCertStore::empty();
    roots.add(cert.clone()).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    Connector::with_config(config)
}

async fn problem(connector: &Connector, server: &ServerSettings) -> CertificateProblem {
    match connector.connect(server, &Quiet).await {
        Err(Error::Certificate { problem, .. }) => problem,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trusted_server_is_reached() {
    let (cert, key) = certificate("localhost");
    let connector = trusting(&cert);
    let port = tls_server(cert, key).await;
    let server = settings("localhost", port, Security::Tls);
    let mut stream = connector.connect(&server, &Quiet).await.unwrap();
    assert!(stream.peer().is_some());
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "hello");
}

#[tokio::test]
async fn certificates_are_refused_for_their_own_reason() {
    let (cert, key) = certificate("other.example.test");
    let trusts_it = trusting(&cert);
    let trusts_another = trusting(&certificate("localhost").0);
    let port = tls_server(cert, key).await;
    let server = settings("localhost", port, Security::Tls);
    assert_eq!(
        problem(&trusts_it, &server).await,
        CertificateProblem::WrongName
    );
    assert_eq!(
        problem(&trusts_another, &server).await,
        CertificateProblem::UnknownIssuer
    );
    // The system trusts neither; its verifier also sees who signed it.
    assert_eq!(
        problem(&Connector::new(), &server).await,
        CertificateProblem::SelfSigned
    );
}

#[tokio::test]
async fn a_port_without_tls_is_told_so() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut tcp, _) = listener.accept().await.unwrap();
        tcp.write_all(b"* OK IMAP4rev1 ready\r\n").await.unwrap();
        let _ = tcp.read_to_end(&mut Vec::new()).await;
    });
    let connector = trusting(&certificate("localhost").0);
    let server = settings("127.0.0.1", port, Security::Tls);
    let error = connector.connect(&server, &Quiet).await.unwrap_err();
    assert!(matches!(error, Error::NotTls { .. }), "{error:?}");
    let error = crate::Error::from(error);
    assert_eq!(error.kind(), ErrorKind::Tls);
    assert!(error.message().contains(&format!("127.0.0.1:{port}")));
    assert!(error.remedy().is_some());
}

#[tokio::test]
async fn a_closed_port_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let server = settings("127.0.0.1", port, Security::None);
    let error = Connector::new().connect(&server, &Quiet).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Refused);
}

#[tokio::test]
async fn what_is_no_host_name_is_not_asked_for() {
    for host in ["", " ", "a b", "a\r\nb"] {
        let server = settings(host, 1, Security::None);
        let error = Connector::new().connect(&server, &Quiet).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{host:?}");
    }
    assert_eq!(ascii_host("[::1]").unwrap(), "::1");
    assert_eq!(
        ascii_host("bücher.example").unwrap(),
        "xn--bcher-kva.example"
    );
}

#[test]
fn address_families_take_turns() {
    let parse = |text: &str| text.parse::<SocketAddr>().unwrap();
    let mixed = interleave(
        ["[::1]:1", "[::2]:1", "[::1]:1", "1.1.1.1:1", "2.2.2.2:1"]
            .map(parse)
            .to_vec(),
    );
    let expected = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1"].map(parse);
    // The doubled address is asked once.
    assert_eq!(mixed, expected);
}

#[tokio::test]
async fn the_system_notices_a_dead_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stream, peer) = reach("here", &[address]).await.unwrap();
    assert_eq!(peer, address);
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    #[cfg(target_os = "linux")]
    assert_eq!(
        socket.tcp_user_timeout().unwrap(),
        Some(limits::UNCONFIRMED)
    );
}
