use super::*;
use crate::model::{Protocol, Remedy, Security};
use crate::net::{self, CertificateProblem, Presented};
use crate::protocol::imap;

fn server(host: &str) -> ServerSettings {
    ServerSettings {
        protocol: Protocol::Imap,
        host: host.to_owned(),
        port: 993,
        security: Security::Tls,
        username: "jane@example.org".to_owned(),
        auth: AuthMethod::Password,
    }
}

fn sign_in(code: &str, said: &str) -> Error {
    imap::Error {
        place: "mail.example.org:993".to_owned(),
        fault: imap::Fault::SignIn {
            code: (!code.is_empty()).then(|| code.to_owned()),
            said: said.to_owned(),
        },
    }
    .into()
}

/// What servers were seen to say.
#[test]
fn what_servers_say_is_understood() {
    let server = server("mail.example.org");
    let case = Case::new(&server, "jane@example.org");
    for (code, said, fault) in [
        ("AUTHENTICATIONFAILED", "", Fault::WrongPassword),
        ("", "LOGIN Invalid credentials", Fault::WrongPassword),
        ("", "Incorrect username or password.", Fault::WrongPassword),
        ("", "authentication failed", Fault::WrongPassword),
        ("", "Login incorrect", Fault::WrongPassword),
        ("", "", Fault::Unexplained),
        ("", "Access denied", Fault::Unexplained),
        ("ALERT", "Hello", Fault::Unexplained),
        ("UNAVAILABLE", "Authentication failed", Fault::Unavailable),
        ("WEBALERT", "Web login required.", Fault::WebLogin),
        ("EXPIRED", "Password expired", Fault::WebLogin),
        ("PRIVACYREQUIRED", "No", Fault::PasswordNeedsTls),
        (
            "ALERT",
            "Login failed: IMAP access is disabled",
            Fault::AccessOff,
        ),
        ("", "Too many invalid login attempts", Fault::TooManyTries),
        (
            "",
            "Login failed: account is temporarily blocked",
            Fault::TooManyTries,
        ),
        ("INUSE", "Login failed", Fault::Unavailable),
        ("LIMIT", "No", Fault::TooManyConnections),
        (
            "AUTHENTICATIONFAILED",
            "Unsafe Login. Please contact the provider for help",
            Fault::WebLogin,
        ),
        (
            "",
            "Please use the authorization code to log in",
            Fault::AppPassword,
        ),
    ] {
        let found = fault_of(&sign_in(code, said), &case);
        assert_eq!(found, Some(fault), "[{code}] {said}");
    }
}

#[test]
fn the_class_of_a_failure_follows_the_fault() {
    let server = server("mail.example.org");
    let case = Case::new(&server, "jane@example.org");
    for (said, kind) in [
        ("Authentication failed", ErrorKind::Auth),
        ("Please log in via your web browser", ErrorKind::Auth),
        ("no reason", ErrorKind::Auth),
        ("Too many login attempts", ErrorKind::Temporary),
        ("Too many connections", ErrorKind::Temporary),
        ("Mailbox is full", ErrorKind::Quota),
    ] {
        let error = explain(sign_in("", said), &case);
        assert_eq!(error.kind(), kind, "{said}");
        assert_eq!(error.words_of_server(), Some(said));
        assert!(error.diagnosis().is_some());
    }
}

#[test]
fn what_is_not_about_a_server_is_left_alone() {
    let server = server("mail.example.org");
    let error = Error::new(ErrorKind::DiskFull, "The disk is full.").hint("Free some space.");
    let same = explain(error, &Case::new(&server, "jane@example.org"));
    assert_eq!(same.message(), "The disk is full.");
    assert!(same.diagnosis().is_none());
}

/// Without its password known, nobody can say what is wrong with it.
#[test]
fn a_provider_of_app_passwords_is_believed_once_one_was_tried() {
    let server = server("imap.mail.me.com");
    let fault = |password: Option<&str>| {
        let password = password.map(Password::new);
        let case = Case {
            password: password.as_ref(),
            ..Case::new(&server, "jane@icloud.com")
        };
        fault_of(&sign_in("AUTHENTICATIONFAILED", "no"), &case).unwrap()
    };
    assert_eq!(fault(Some("my usual one")), Fault::AppPassword);
    assert_eq!(fault(Some("abcd-efgh-ijkl-mnop")), Fault::WrongPassword);
    assert_eq!(fault(None), Fault::WrongPassword);
}

fn refused(problem: CertificateProblem, names: &[&str]) -> Error {
    net::Error::Certificate {
        place: "mail.example.org:993".to_owned(),
        problem,
        presented: Box::new(Presented {
            sha256: "a".repeat(64),
            names: names.iter().map(|&name| name.to_owned()).collect(),
            ..Presented::default()
        }),
        source: std::io::ErrorKind::InvalidData.into(),
    }
    .into()
}

fn remedies(error: Error, host: &str) -> Vec<Remedy> {
    let server = server(host);
    let error = explain(error, &Case::new(&server, "jane@example.org"));
    error.diagnosis().unwrap().remedies.clone()
}

#[test]
fn a_certificate_that_was_called_back_cannot_be_trusted() {
    let trusts = |problem| {
        let remedies = remedies(refused(problem, &[]), "mail.example.org");
        let trust = |remedy: &Remedy| matches!(remedy, Remedy::TrustCertificate(_));
        remedies.iter().any(trust)
    };
    assert!(trusts(CertificateProblem::SelfSigned));
    assert!(!trusts(CertificateProblem::Revoked));
    assert!(!trusts(CertificateProblem::Other));
}

/// Whoever stands between may have a good certificate of a domain of his own.
#[test]
fn only_a_host_of_the_same_domain_is_offered_instead() {
    let offered = |host: &str, name: &str| {
        let remedies = remedies(refused(CertificateProblem::WrongName, &[name]), host);
        remedies.into_iter().find_map(|remedy| match remedy {
            Remedy::Change { server, .. } => Some(server.host),
            _ => None,
        })
    };
    let same = Some("imap.example.org".to_owned());
    assert_eq!(offered("mail.example.org", "imap.example.org"), same);
    assert_eq!(offered("mail.example.org", "imap.evil.example"), None);
    assert_eq!(offered("mail.example.org", "evilexample.org"), None);
    assert_eq!(offered("mail.example.org", "*.example.org"), None);
    assert_eq!(offered("mail.co.uk", "evil.co.uk"), None);
}

#[test]
fn only_ports_that_are_open_are_offered_once_somebody_looked() {
    let offered = |open: Option<Vec<u16>>| {
        let server = ServerSettings {
            port: 10993,
            ..server("mail.example.org")
        };
        let error = net::Error::Refused {
            place: server.place(),
            source: std::io::ErrorKind::ConnectionRefused.into(),
        };
        let case = Case {
            around: Around {
                open,
                ..Around::default()
            },
            ..Case::new(&server, "jane@example.org")
        };
        let error = explain(error.into(), &case);
        let remedies = error.diagnosis().unwrap().remedies.iter();
        let ports = remedies.filter_map(|remedy| match remedy {
            Remedy::Change { server, .. } => Some(server.port),
            _ => None,
        });
        ports.collect::<Vec<_>>()
    };
    assert_eq!(offered(None), [993, 143]);
    assert_eq!(offered(Some(vec![143])), [143]);
    assert!(offered(Some(Vec::new())).is_empty());
}

#[test]
fn the_names_of_faults_are_not_those_of_classes() {
    // Scripts read both: `fault` is the finer one.
    assert_eq!(Fault::WrongPassword.name(), "wrong-password");
    assert_eq!(Fault::NoStartTls.name(), "no-starttls");
}
