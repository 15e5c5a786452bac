use super::*;

#[test]
fn every_certificate_fault_has_its_reason() {
    let problem = |error: CertificateError| {
        let error = io::Error::other(rustls::Error::InvalidCertificate(error));
        match classify("mail.example.test:993", error, b"") {
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
}

#[test]
fn other_faults_of_tls_are_no_certificate_faults() {
    let lost = classify("a:1", io::ErrorKind::UnexpectedEof.into(), b"");
    assert!(matches!(lost, Error::Tls { .. }));
    let alert = |description| {
        let alert = rustls::Error::AlertReceived(description);
        classify("a:1", io::Error::other(alert), b"")
    };
    assert!(matches!(
        alert(AlertDescription::ProtocolVersion),
        Error::OldTls { .. }
    ));
    assert!(matches!(
        alert(AlertDescription::InternalError),
        Error::Tls { .. }
    ));
}

#[test]
fn what_answers_in_clear_text_is_quoted() {
    let error = rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType);
    let heard = b"* OK\x07 IMAP4rev1 ready\r\n* more";
    match classify("a:1", io::Error::other(error), heard) {
        Error::NotTls { heard, .. } => assert_eq!(heard, "* OK IMAP4rev1 ready"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_system_has_roots() {
    Trust::load(Vec::new()).unwrap();
}
