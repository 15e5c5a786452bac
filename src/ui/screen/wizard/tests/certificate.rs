//! Trusting one certificate, after a look at it.

use super::*;

fn certificate() -> TrustedCertificate {
    TrustedCertificate {
        host: "imap.x.test".into(),
        port: 993,
        sha256: "0123456789abcdef".repeat(4),
    }
}

fn asked() -> State {
    let error = diagnosed(
        ErrorKind::Certificate,
        Fault::CertificateSelfSigned,
        "The certificate of imap.x.test was signed by the server itself.",
        vec![Remedy::TrustCertificate(certificate())],
    );
    let mut state = found(listed());
    state.follow(Message::Submit);
    fails(&mut state, Protocol::Imap, CheckStepKind::Tls, error);
    click(&mut state, "Trust this certificate");
    state
}

#[test]
fn the_person_sees_server_port_and_fingerprint_before_anything_is_trusted() {
    let state = asked();
    for words in ["imap.x.test", "993", "0123", "CDEF"] {
        assert!(sees(&state, words), "{words}");
    }
}

#[test]
fn a_certificate_that_is_the_same_is_trusted_and_the_proof_runs_again() {
    let mut state = asked();
    let effects = click(&mut state, "It is the same: trust it");
    let [Effect::Trust(trusted)] = effects.as_slice() else {
        panic!("{effects:?}");
    };
    assert_eq!(*trusted, certificate());
    assert!(checks(&state.follow(Message::Trusted(Ok(())))));
}

#[test]
fn without_a_yes_nothing_is_trusted() {
    let mut state = asked();
    assert!(click(&mut state, "Do not trust it").is_empty());
    assert!(check(&state).is_stopped());
    let mut state = asked();
    assert!(state.follow(Message::Back).is_empty());
    assert!(check(&state).is_stopped());
    // Enter is no yes.
    use iced::keyboard::{Key, key::Named};
    let enter = Press {
        key: Key::Named(Named::Enter),
        modified: Key::Named(Named::Enter),
        modifiers: iced::keyboard::Modifiers::empty(),
    };
    assert!(asked().key_means(&enter).is_none());
}
