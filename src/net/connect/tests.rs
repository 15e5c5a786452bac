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
use crate::net::look::TlsAnswer;
use crate::net::tls::{CertificateProblem, Presented};

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
                // A client that does not trust it hangs up early.
                let _ = tls.write_all(b"hello").await;
                let _ = tls.shutdown().await;
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
    let (stream, peer) = reach("here", &[address], limits::CONNECT).await.unwrap();
    assert_eq!(peer, address);
    let socket = SockRef::from(&stream);
    assert!(socket.keepalive().unwrap());
    #[cfg(target_os = "linux")]
    assert_eq!(
        socket.tcp_user_timeout().unwrap(),
        Some(limits::UNCONFIRMED)
    );
}

fn presented(outcome: Result<NetStream, Error>) -> (CertificateProblem, Presented) {
    match outcome {
        Err(Error::Certificate {
            problem, presented, ..
        }) => (problem, *presented),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_trusted_certificate_is_for_one_server_and_one_port() {
    let (cert, key) = certificate("localhost");
    let (port, twin) = (
        tls_server(cert.clone(), key.clone_key()).await,
        tls_server(cert, key).await,
    );
    let connector = Connector::new();
    let server = settings("localhost", port, Security::Tls);
    let (problem, seen) = presented(connector.connect(&server, &Quiet).await);
    assert_eq!(problem, CertificateProblem::SelfSigned);
    connector.trust_only(vec![TrustedCertificate {
        host: "localhost".to_owned(),
        port,
        sha256: seen.sha256.clone(),
    }]);
    connector.connect(&server, &Quiet).await.unwrap();
    let elsewhere = settings("localhost", twin, Security::Tls);
    let (problem, again) = presented(connector.connect(&elsewhere, &Quiet).await);
    assert_eq!(
        (problem, again.sha256),
        (CertificateProblem::SelfSigned, seen.sha256)
    );
    connector.trust_only(Vec::new());
    let (problem, _) = presented(connector.connect(&server, &Quiet).await);
    assert_eq!(problem, CertificateProblem::SelfSigned);
}

#[tokio::test]
async fn a_changed_certificate_is_refused_even_when_the_system_trusts_it() {
    let (cert, key) = certificate("localhost");
    let trust = Trust::load(vec![cert.clone()]).unwrap();
    let port = tls_server(cert, key).await;
    let connector = Connector::with_trust(trust);
    let server = settings("localhost", port, Security::Tls);
    // The session of this connection could be taken up again.
    connector.connect(&server, &Quiet).await.unwrap();
    connector.trust_only(vec![TrustedCertificate {
        host: "localhost".to_owned(),
        port,
        sha256: "0".repeat(64),
    }]);
    let (problem, seen) = presented(connector.connect(&server, &Quiet).await);
    assert_eq!(problem, CertificateProblem::Changed);
    assert!(seen.is_trusted);
}

#[tokio::test]
async fn a_closer_look_tells_tls_from_clear_text() {
    let (cert, key) = certificate("localhost");
    let inside = settings("localhost", tls_server(cert, key).await, Security::None);
    let patience = std::time::Duration::from_secs(10);
    let connector = Connector::new();
    assert_eq!(
        connector.try_tls(&inside, patience).await,
        TlsAnswer::Speaks
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut tcp, _) = listener.accept().await.unwrap();
            tcp.write_all(b"+OK POP3 ready\r\n").await.unwrap();
            // A client that hangs up early is none of its business.
            let _ = tcp.read_to_end(&mut Vec::new()).await;
        }
    });
    let clear = settings("127.0.0.1", port, Security::Tls);
    let line = Some("+OK POP3 ready".to_owned());
    assert_eq!(connector.overhear(&clear, patience).await, line);
    assert_eq!(
        connector.try_tls(&clear, patience).await,
        TlsAnswer::Clear("+OK POP3 ready".to_owned())
    );
    assert!(connector.is_open(&inside, port, patience).await);
}
