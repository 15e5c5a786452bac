use super::*;

#[test]
fn every_certificate_fault_has_its_reason() {
    let problem = |error: CertificateError| {
        let error = io::Error::other(rustls::Error::InvalidCertificate(error));
        match classify("mail.example.test:993", error) {
            Error::Certificate { problem, .. } => problem,
            other => panic!("{other:?}"),
        }
    };
    use CertificateProblem as P;
    assert_eq!(problem(CertificateError::Expired), P::Expired);
    assert_eq!(problem(CertificateError::NotValidYet), P::NotYetValid);
    assert_eq!(problem(CertificateError::NotValidForName), P::WrongName);
    assert_eq!(problem(CertificateError::UnknownIssuer), P::UnknownIssuer);
    assert_eq!(problem(CertificateError::Revoked), P::Revoked);
    assert_eq!(problem(CertificateError::BadEncoding), P::Other);
    let own = CertificateError::Other(OtherError(Arc::new(SelfSigned)));
    assert_eq!(problem(own), P::SelfSigned);
}

#[test]
fn other_faults_of_tls_are_no_certificate_faults() {
    let lost = classify("a:1", io::ErrorKind::UnexpectedEof.into());
    assert!(matches!(lost, Error::Tls { .. }));
    let old = rustls::Error::AlertReceived(rustls::AlertDescription::ProtocolVersion);
    assert!(matches!(
        classify("a:1", io::Error::other(old)),
        Error::Tls { .. }
    ));
}

#[test]
fn the_system_has_roots() {
    load_config().unwrap();
}

/// What `openssl req -x509` makes unless it is told otherwise.
#[test]
fn the_certificate_of_an_authority_is_called_so() {
    let key = rcgen::KeyPair::generate().unwrap();
    let mut params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let cert = params.self_signed(&key).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = Explaining {
        inner: Verifier::new(Arc::clone(&provider)).unwrap(),
        provider,
    };
    let name = ServerName::try_from("localhost").unwrap();
    let refused = verifier.verify_server_cert(cert.der(), &[], &name, &[], UnixTime::now());
    let Err(rustls::Error::InvalidCertificate(error)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(problem_of(&error), CertificateProblem::Authority);
}
