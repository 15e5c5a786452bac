//! Every fault, played by a server, and what a person then reads: the golden
//! file `docs/diagnosis.md`. With `WAXWING_BLESS=1` it is written anew.

mod cases;
mod certificates;
mod network;
mod server;
mod tries;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use futures::future::join_all;

use super::*;
use crate::diagnosis::Around;
use crate::model::{Diagnosis, Security};
use cases::{Played, Reckoned};
use certificates::Authority;
use server::Server;

/// Soon enough for servers on this computer.
const SOON: Patience = Patience {
    connect: Duration::from_secs(60),
    greeting: Duration::from_millis(300),
};

fn settings(protocol: Protocol, security: Security, port: u16) -> ServerSettings {
    ServerSettings {
        protocol,
        host: "localhost".to_owned(),
        port,
        security,
        username: "jane@example.org".to_owned(),
        auth: AuthMethod::Password,
    }
}

/// A proof of one server, as a check makes it.
fn proof(
    connector: Connector,
    server: ServerSettings,
    password: &str,
) -> (Proof, mpsc::UnboundedReceiver<CheckProgress>) {
    let (sender, told) = mpsc::unbounded_channel();
    let proof = Proof {
        connector,
        beside: server.clone(),
        email: "jane@example.org".to_owned(),
        password: Password::new(password),
        teller: Teller::new(&server, sender),
        patience: SOON,
        server,
        barred: None,
        is_of_identity: false,
    };
    (proof, told)
}

/// The error a proof ends with, and the words of its last step.
async fn end_of(mut told: mpsc::UnboundedReceiver<CheckProgress>) -> (Option<Error>, String) {
    let mut last = (None, String::new());
    while let Some(progress) = told.recv().await {
        if let CheckProgress::Ended(step) = progress {
            last = (step.error, step.message);
        }
    }
    last
}

/// A row of the golden file.
struct Row {
    fault: Fault,
    about: String,
    message: String,
    hint: String,
    buttons: Vec<String>,
}

impl Row {
    /// `port`: where the server would be, if not on a port of the test.
    fn new(about: &str, diagnosis: &Diagnosis, server: &ServerSettings, port: u16) -> Self {
        let general = |text: &str| {
            let today = chrono::Utc::now().format("%-d %B %Y").to_string();
            text.replace(&server.port.to_string(), &port.to_string())
                .replace("localhost", "mail.example.org")
                .replace(&today, "TODAY")
        };
        let buttons = diagnosis.remedies.iter();
        let buttons = buttons.map(|remedy| general(remedy.words()));
        // Not offered where the settings say so already.
        let here = format!("Use port {port} with");
        Self {
            fault: diagnosis.fault,
            about: about.to_owned(),
            message: general(&diagnosis.message),
            hint: general(&diagnosis.hint),
            buttons: buttons.filter(|words| !words.starts_with(&here)).collect(),
        }
    }
}

/// Plays a server, proves it, and gives what a person reads.
async fn play(authority: &Authority, case: &Played) -> Row {
    let acceptor = case.leaf.map(|leaf| authority.acceptor(leaf));
    let server = Server::start(&case.script, acceptor).await;
    let usual = [Security::Tls, Security::StartTls].map(|s| case.protocol.default_port(s));
    let connector = authority.connector(&usual);
    let mut settings = settings(case.protocol, case.security, server.port);
    settings.auth = case.auth;
    if let Some(sha256) = case.trusted {
        connector.trust_only(vec![crate::model::TrustedCertificate {
            host: settings.host.clone(),
            port: settings.port,
            sha256: sha256.repeat(64),
        }]);
    }
    let (mut proof, told) = proof(connector, settings.clone(), case.password);
    case.email.clone_into(&mut proof.email);
    tokio::time::timeout(Duration::from_secs(60), proof.run())
        .await
        .unwrap_or_else(|_| panic!("{} takes too long", case.about));
    let (error, message) = end_of(told).await;
    let Some(error) = error else {
        panic!("{}: no failure, but {message:?}", case.about);
    };
    let diagnosis = error
        .diagnosis()
        .unwrap_or_else(|| panic!("{}: not diagnosed: {error}", case.about));
    assert_eq!(diagnosis.fault, case.fault, "{}: {error}", case.about);
    assert!(
        server.tries() <= 2,
        "{}: {} tries",
        case.about,
        server.tries()
    );
    let usual = case.protocol.default_port(case.security);
    let port = case.port.unwrap_or(usual);
    Row::new(case.about, diagnosis, &settings, port)
}

/// What cannot be played on this computer alone is made of what the system
/// would say.
fn reckon(case: Reckoned) -> Row {
    let mut server = settings(case.protocol, Security::Tls, case.port);
    case.host.clone_into(&mut server.host);
    let around: Around = case.around;
    let password = Password::new(case.password);
    let case_ = Case {
        around,
        password: Some(&password),
        ..Case::new(&server, case.email)
    };
    let error = diagnosis::explain(case.error, &case_);
    let diagnosis = error.diagnosis().expect(case.about);
    assert_eq!(diagnosis.fault, case.fault, "{}: {error}", case.about);
    Row::new(case.about, diagnosis, &server, server.port)
}

fn golden(rows: &[Row]) -> String {
    let mut out = String::from(
        "# What is wrong with a server, and what Waxwing says\n\n\
         Made by `cargo test --lib proving` with `WAXWING_BLESS=1` from a server that plays each of these\n\
         (`src/engine/proving/tests/cases.rs`), and compared with it by the same test without. “Check name and\n\
         password” is said only where the server did say so. A refused password is tried at most once more, with\n\
         the other form of the user name.\n",
    );
    let mut faults = BTreeSet::new();
    for row in rows {
        if faults.insert(row.fault) {
            writeln!(out, "\n## `{}`", row.fault.name()).unwrap();
        }
        writeln!(out, "\n{}\n\n> {} {}", row.about, row.message, row.hint).unwrap();
        if !row.buttons.is_empty() {
            let buttons: Vec<String> = row.buttons.iter().map(|b| format!("[{b}]")).collect();
            writeln!(out, ">\n> {}", buttons.join(" ")).unwrap();
        }
    }
    out
}

#[tokio::test]
async fn every_fault_is_told_apart_in_words_of_its_own() {
    let authority = Authority::new();
    let cases = cases::played();
    let mut rows = join_all(cases.iter().map(|case| play(&authority, case))).await;
    rows.extend(network::rows().await);
    rows.extend(cases::about_passwords().into_iter().map(reckon));
    rows.sort_by_key(|row| row.fault);
    let faults: BTreeSet<Fault> = rows.iter().map(|row| row.fault).collect();
    // A remark and no failure; a test of its own plays it.
    let missing: Vec<_> = Fault::ALL
        .iter()
        .filter(|fault| !faults.contains(fault) && **fault != Fault::NoUidl)
        .collect();
    assert!(missing.is_empty(), "nobody plays {missing:?}");
    for row in &rows {
        assert!(!row.buttons.is_empty(), "{} has no button", row.about);
        assert!(!row.message.contains(['{', '}']), "{}", row.message);
        let says_so = row.hint.contains("name and password.");
        let may = matches!(row.fault, Fault::WrongPassword | Fault::Unavailable);
        assert!(!says_so || may, "{}: {}", row.about, row.hint);
    }
    // Two faults never sound the same.
    for one in &rows {
        let twin = rows
            .iter()
            .find(|other| other.fault != one.fault && other.message == one.message);
        let twin = twin.map(|other| other.fault);
        assert_eq!(twin, None, "{:?} sounds as {}", one.fault, one.message);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/diagnosis.md");
    let seen = golden(&rows);
    if std::env::var_os("WAXWING_BLESS").is_some() {
        std::fs::write(&path, &seen).unwrap();
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(
        wanted, seen,
        "the words changed: WAXWING_BLESS=1, then read them"
    );
}
