//! What is wrong with a server, as the commands tell it.

use serde_json::Value;

use super::bed::bed;
use super::bed::certificates::Leaf;
use super::profile::{AccountFile, Incoming, Profile};
use super::script_server::ScriptServer;

/// A server that lets everybody in, with one folder.
const WORKS: &str = "
    S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
    C: AUTHENTICATE PLAIN
    S: {tag} OK [CAPABILITY IMAP4rev1] in
    C: LIST
    S: * LIST () \"/\" INBOX
    S: {tag} OK done
    C: LOGOUT
    S: {tag} OK bye
";

/// An account whose incoming server is on that port.
fn account(port: u16) -> AccountFile {
    let bed = bed();
    let mut account = AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls);
    account.incoming.port = port;
    account
}

/// Keeps the account without a sign-in.
fn keep(profile: &Profile, account: &AccountFile) {
    let file = profile.file("kept.toml", account.to_toml().as_bytes());
    let password = format!("{}\n", account.user.password);
    let words = [
        "account",
        "add",
        file.to_str().unwrap(),
        "--password-stdin",
        "--no-verify",
    ];
    profile.run_with(&words, password.as_bytes()).objects();
}

/// The failing step of the incoming server.
fn failing(profile: &Profile) -> Value {
    let outcome = profile.run(&["account", "check", "Bed"]);
    let failed = |line: &Value| line["ok"] == false && line["server"] == "imap";
    outcome
        .lines()
        .into_iter()
        .find(failed)
        .unwrap_or_else(|| panic!("{outcome:#?}"))
}

#[test]
fn one_certificate_is_trusted_for_one_server_until_it_is_taken_back() {
    let bed = bed();
    let server = ScriptServer::start_tls(WORKS, bed.certificates(), Leaf::SelfSigned);
    let account = account(server.port());
    let profile = Profile::new(bed);
    keep(&profile, &account);
    let step = failing(&profile);
    assert_eq!(step["fault"], "certificate-self-signed", "{step}");
    let shown = step["remedies"].as_array().unwrap();
    let trust = shown
        .iter()
        .find(|remedy| remedy["kind"] == "trust-certificate")
        .unwrap();
    let sha256 = trust["certificate"]["sha256"].as_str().unwrap();
    let place = format!("localhost:{}", server.port());
    let words = ["account", "certificates", "--trust", &place, sha256];
    let listed = profile.run(&words).objects();
    assert_eq!(listed[0]["host"], "localhost");
    assert_eq!(listed[0]["sha256"], sha256);
    let steps = profile.run(&["account", "check", "Bed"]).objects();
    assert!(steps.iter().all(|step| step["ok"] == true), "{steps:#?}");
    let removed = profile.run(&["account", "certificates", "--remove", &place]);
    assert!(removed.objects().is_empty());
    assert_eq!(failing(&profile)["fault"], "certificate-self-signed");
    let again = profile.run(&["account", "certificates", "--remove", &place]);
    assert_eq!(again.error_kind(), "not_found");
}

/// Even a certificate that the system trusts is refused where another one was
/// trusted, and no password goes there.
#[test]
fn a_changed_certificate_stops_the_sign_in() {
    let bed = bed();
    let server = ScriptServer::start_tls(WORKS, bed.certificates(), Leaf::Good);
    let account = account(server.port());
    let profile = Profile::new(bed);
    keep(&profile, &account);
    let place = format!("localhost:{}", server.port());
    let other = "ab".repeat(32);
    profile
        .run(&["account", "certificates", "--trust", &place, &other])
        .objects();
    let step = failing(&profile);
    assert_eq!(step["fault"], "certificate-changed", "{step}");
    assert_eq!(profile.run(&["sync"]).error_kind(), "certificate");
    assert!(server.heard().is_empty(), "{:?}", server.heard());
}

#[test]
fn a_running_account_says_what_is_wrong_as_the_check_does() {
    let bed = bed();
    let script = "
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: {tag} NO [ALERT] Please log in via your web browser
    ";
    let server = ScriptServer::start_tls(script, bed.certificates(), Leaf::Good);
    let account = account(server.port());
    let profile = Profile::new(bed);
    keep(&profile, &account);
    let step = failing(&profile);
    assert_eq!(step["fault"], "web-login", "{step}");
    let outcome = profile.run(&["sync"]);
    assert_eq!(outcome.error_kind(), "auth");
    let message = step["message"].as_str().unwrap();
    let lines = outcome.lines();
    let told = lines
        .iter()
        .find_map(|line| line["error"]["message"].as_str());
    assert_eq!(told, Some(message), "{outcome:#?}");
}

/// Counted at the server: once as it is set up, once with the other form of
/// the user name, and no third time.
#[test]
fn a_check_tries_a_refused_password_twice() {
    let bed = bed();
    let script = "
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready
        C: AUTHENTICATE PLAIN
        S: {tag} NO [AUTHENTICATIONFAILED] Authentication failed.
    ";
    let server = ScriptServer::start_tls(script, bed.certificates(), Leaf::Good);
    let account = account(server.port());
    let profile = Profile::new(bed);
    keep(&profile, &account);
    let step = failing(&profile);
    assert_eq!(step["fault"], "wrong-password", "{step}");
    assert_eq!(step["hint"], "Check name and password.");
    let tries = server.finish();
    assert_eq!(tries.len(), 2, "{tries:#?}");
}
