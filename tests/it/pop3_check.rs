//! Proving a POP3 server, against Dovecot, our demo server and bad ones.

use serde_json::Value;
use waxwing::demo::{DemoServer, sample};

use super::bed::certificates::Leaf;
use super::bed::{Bed, User, bed};
use super::profile::{AccountFile, Incoming, Outcome, Profile};
use super::script_server::ScriptServer;

const STEPS: [&str; 6] = ["lookup", "connect", "tls", "greeting", "sign-in", "command"];

/// What `account check` says of this IMAP account, once it fetches by POP3
/// from that port.
fn check_account(bed: &Bed, account: &AccountFile, port: u16, security: &str) -> Outcome {
    let profile = Profile::new(bed);
    profile.add_account(account).objects();
    let file = profile.find("accounts.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let mut table: toml::Table = text.parse().unwrap();
    let incoming = &mut table["accounts"][0]["incoming"];
    let incoming = incoming.as_table_mut().unwrap();
    incoming.insert("protocol".into(), "pop3".into());
    incoming.insert("port".into(), i64::from(port).into());
    incoming.insert("security".into(), security.into());
    std::fs::write(&file, table.to_string()).unwrap();
    profile.run(&["account", "check", "Bed"])
}

/// The same of a new user's account on the bed.
fn check(bed: &Bed, port: u16, security: &str) -> Outcome {
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 3);
    let account = AccountFile::on(bed, &user, Incoming::ImapTls);
    check_account(bed, &account, port, security)
}

/// The steps of the incoming server.
fn incoming(outcome: &Outcome) -> Vec<Value> {
    let ours = |line: &Value| line["server"] == "pop3";
    outcome.lines().into_iter().filter(ours).collect()
}

/// What a failed check says: its last step.
fn failure(outcome: &Outcome) -> String {
    let steps = incoming(outcome);
    let last = steps.last().unwrap();
    assert_eq!(last["ok"], false, "{steps:#?}");
    last["message"].as_str().unwrap().to_owned()
}

#[test]
fn a_check_names_every_step() {
    let bed = bed();
    for (port, security) in [
        (bed.pop3_tls(), "tls"),
        (bed.pop3_plain(), "starttls"),
        (bed.pop3_plain(), "none"),
    ] {
        let outcome = check(bed, port, security);
        assert_eq!(outcome.status, Some(0), "{outcome:#?}");
        let steps = incoming(&outcome);
        let mut names: Vec<&str> = Vec::new();
        for step in &steps {
            assert_eq!(step["ok"], true, "{step}");
            names.push(step["step"].as_str().unwrap());
        }
        match security {
            "tls" => assert_eq!(names, STEPS),
            "starttls" => {
                let order = ["lookup", "connect", "greeting", "tls", "sign-in", "command"];
                assert_eq!(names, order);
            }
            _ => assert_eq!(
                names,
                ["lookup", "connect", "greeting", "sign-in", "command"]
            ),
        }
        let last = steps.last().unwrap();
        assert_eq!(last["message"], "localhost holds 3 messages.");
    }
}

#[test]
fn a_wrong_password_is_said() {
    let bed = bed();
    let mut user = bed.fresh_user();
    user.password = "wrong".to_owned();
    let profile = Profile::new(bed);
    let outcome = profile.add_account(&AccountFile::on(bed, &user, Incoming::Pop3Tls));
    assert_eq!(outcome.error_kind(), "auth");
    assert!(outcome.stderr.contains("localhost"), "{outcome:#?}");
    assert!(!outcome.stderr.contains("wrong"), "{outcome:#?}");
}

#[test]
fn a_certificate_of_a_stranger_is_refused() {
    let bed = bed();
    let mut profile = Profile::new(bed);
    profile.trust_nobody();
    let outcome = profile.add_account(&AccountFile::on(bed, &bed.fresh_user(), Incoming::Pop3Tls));
    assert_eq!(outcome.error_kind(), "certificate");
}

#[test]
fn what_comes_before_the_handshake_counts_for_nothing() {
    let bed = bed();
    // The man in between adds his own answers, to be taken for those to the
    // first commands inside TLS.
    let script = "S: +OK ready <1@evil>
        C: STLS
        PART: +OK go\\r\\n+OK\\r\\nSASL LOGIN\\r\\nX-EVIL\\r\\n.\\r\\n
        TLS
        C: CAPA
        S: +OK
        S: USER
        S: .
        C: USER
        S: +OK
        C: PASS
        S: +OK
        C: CAPA
        S: -ERR
        C: STAT
        S: +OK 0 0
        C: UIDL
        S: +OK
        S: .
        C: QUIT
        S: +OK";
    let server = ScriptServer::start_tls(script, bed.certificates(), Leaf::Good);
    let outcome = check(bed, server.port(), "starttls");
    let heard = server.finish();
    assert_eq!(outcome.status, Some(0), "{outcome:#?}");
    assert_eq!(heard[..2], ["STLS", "CAPA"]);
}

#[test]
fn nothing_is_sent_where_tls_is_not_offered() {
    let bed = bed();
    let server = ScriptServer::start("S: +OK ready\nC: STLS\nS: -ERR unknown command\n");
    let outcome = check(bed, server.port(), "starttls");
    assert!(
        failure(&outcome).contains("does not offer STARTTLS"),
        "{outcome:#?}"
    );
    assert_eq!(server.finish(), ["STLS"]);
}

#[test]
fn a_mailbox_that_is_open_elsewhere_is_said() {
    let bed = bed();
    for answer in [
        "-ERR [IN-USE] Do you have another POP session running?",
        "-ERR maildrop already locked",
    ] {
        let script =
            format!("S: +OK ready\nC: CAPA\nS: -ERR\nC: USER\nS: +OK\nC: PASS\nS: {answer}\n");
        let server = ScriptServer::start(&script);
        let outcome = check(bed, server.port(), "none");
        let message = failure(&outcome);
        assert!(
            message.starts_with("Another mail program has the mailbox"),
            "{message}"
        );
        // One password, once.
        assert_eq!(server.finish().len(), 3);
    }
}

#[test]
fn a_server_without_names_is_said() {
    let bed = bed();
    let script = "S: +OK\nC: CAPA\nS: -ERR\nC: USER\nS: +OK\nC: PASS\nS: +OK\nC: CAPA\nS: -ERR\n\
        C: STAT\nS: +OK 1 20\nC: UIDL\nS: -ERR\nC: QUIT\nS: +OK";
    let server = ScriptServer::start(script);
    let outcome = check(bed, server.port(), "none");
    assert_eq!(outcome.status, Some(0), "{outcome:#?}");
    server.finish();
    let steps = incoming(&outcome);
    let message = steps.last().unwrap()["message"].as_str().unwrap();
    assert!(
        message.starts_with("localhost holds 1 message. It has no names"),
        "{message}"
    );
}

#[test]
fn the_demo_server_is_proven_too() {
    let bed = bed();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let demo = runtime
        .block_on(DemoServer::start(sample::messages(chrono::Utc::now())))
        .unwrap();
    let user = User {
        address: "wren@waxwing.test".to_owned(),
        password: "wren".to_owned(),
    };
    let mut account = AccountFile::on(bed, &user, Incoming::ImapPlain);
    account.incoming.port = demo.ports().imap;
    account.outgoing.port = demo.ports().smtp;
    account.outgoing.security = "none";
    let outcome = check_account(bed, &account, demo.ports().pop3, "none");
    assert_eq!(outcome.status, Some(0), "{outcome:#?}");
    let steps = incoming(&outcome);
    let message = steps.last().unwrap()["message"].as_str().unwrap();
    assert!(message.starts_with("localhost holds "), "{message}");
    assert!(!message.contains("no names"), "{message}");
}
