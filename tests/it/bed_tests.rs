//! The bed itself: what the other tests rely on, seen with bare lines.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::bed::certificates::Leaf;
use super::bed::{Bed, User, bed, wait_until};
use super::line_client::LineClient;
use super::profile::{AccountFile, Incoming, Profile};
use super::script_server::ScriptServer;

const HELLO: &[u8] = b"From: a@example.test\r\nSubject: Hello\r\n\r\n.dotted\r\nbody\r\n";

fn imap_in(client: &mut LineClient, user: &User) {
    let login = format!("a1 LOGIN \"{}\" \"{}\"", user.address, user.password);
    assert!(client.ask(&login, "a1 ").starts_with("a1 OK"));
}

fn plain_token(user: &User) -> String {
    STANDARD.encode(format!("\0{}\0{}", user.address, user.password))
}

#[test]
fn imap_signs_in_over_tls_and_has_the_special_folders() {
    let bed = bed();
    let user = bed.fresh_user();
    let mut client = LineClient::tls(bed.imap_tls(), bed.ca_file()).unwrap();
    client.until("* OK");
    imap_in(&mut client, &user);
    client.send("a2 LIST \"\" \"*\" RETURN (SPECIAL-USE)");
    let mut listed = String::new();
    loop {
        let line = client.line().unwrap();
        if line.starts_with("a2 ") {
            break;
        }
        listed.push_str(&line);
    }
    for role in ["\\Drafts", "\\Sent", "\\Junk", "\\Trash", "\\Archive"] {
        assert!(listed.contains(role), "{role} in {listed}");
    }
}

#[test]
fn a_delivered_message_shows_in_an_idle_client() {
    let bed = bed();
    let user = bed.fresh_user();
    let mut client = LineClient::plain(bed.imap_plain());
    imap_in(&mut client, &user);
    client.ask("a2 SELECT INBOX", "a2 OK");
    client.ask("a3 IDLE", "+");
    bed.deliver(&user, HELLO);
    assert_eq!(client.until("* 1 EXISTS"), "* 1 EXISTS");
    assert_eq!(bed.raw_messages(&user, "INBOX"), [HELLO]);
}

#[test]
fn imap_offers_starttls() {
    let bed = bed();
    let mut client = LineClient::plain(bed.imap_plain());
    assert!(client.until("* OK").contains("STARTTLS"));
    assert!(client.ask("a1 STARTTLS", "a1 ").starts_with("a1 OK"));
}

#[test]
fn pop3_gives_the_message_with_and_without_tls() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, HELLO);
    let tls = LineClient::tls(bed.pop3_tls(), bed.ca_file()).unwrap();
    for mut client in [LineClient::plain(bed.pop3_plain()), tls] {
        client.until("+OK");
        client.ask(&format!("USER {}", user.address), "+OK");
        client.ask(&format!("PASS {}", user.password), "+OK");
        assert!(client.ask("STAT", "+OK").starts_with("+OK 1 "));
        client.ask("RETR 1", "+OK");
        assert_eq!(client.until(".."), "..dotted");
        client.until(".");
        client.ask("QUIT", "+OK");
    }
}

#[test]
fn a_refused_sign_in_answers_quickly() {
    let bed = bed();
    let user = bed.fresh_user();
    let begun = Instant::now();
    for _ in 0..3 {
        let mut client = LineClient::plain(bed.imap_plain());
        let login = format!("a1 LOGIN {} wrong", user.address);
        assert!(client.ask(&login, "a1 ").starts_with("a1 NO"));
    }
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[test]
fn a_changed_password_is_known_to_the_servers() {
    let bed = bed();
    let old = bed.fresh_user();
    let new = bed.set_password(&old, "another secret");
    imap_in(&mut LineClient::plain(bed.imap_plain()), &new);
    let mut client = LineClient::plain(bed.imap_plain());
    let login = format!("a1 LOGIN \"{}\" \"{}\"", old.address, old.password);
    assert!(client.ask(&login, "a1 ").starts_with("a1 NO"));
}

#[test]
fn submission_over_tls_arrives_in_the_inbox() {
    let bed = bed();
    let user = bed.fresh_user();
    let mut client = LineClient::tls(bed.smtp_tls(), bed.ca_file()).unwrap();
    client.until("220 ");
    client.ask("EHLO client.test", "250 ");
    client.ask(&format!("AUTH PLAIN {}", plain_token(&user)), "235 ");
    client.ask(&format!("MAIL FROM:<{}>", user.address), "250 ");
    client.ask("RCPT TO:<elsewhere@outside.test>", "554 ");
    client.ask("RCPT TO:<nobody@example.test>", "550 ");
    client.ask("RCPT TO:<later@example.test>", "450 ");
    client.ask("RCPT TO:<full@example.test>", "552 ");
    client.ask(&format!("RCPT TO:<{}>", user.address), "250 ");
    client.ask("DATA", "354 ");
    client.send("Subject: Through Postfix\r\n\r\n..dotted");
    client.ask(".", "250 ");
    client.ask("QUIT", "221 ");
    let arrived = bed.wait_for_messages(&user, "INBOX", 1);
    let text = String::from_utf8_lossy(&arrived[0]);
    assert!(text.contains("\r\nSubject: Through Postfix\r\n"), "{text}");
    assert!(text.ends_with("\r\n\r\n.dotted\r\n"), "{text}");
}

#[test]
fn submission_wants_tls_and_a_sign_in() {
    let bed = bed();
    let user = bed.fresh_user();
    let mut client = LineClient::plain(bed.smtp_starttls());
    client.until("220 ");
    client.ask("EHLO client.test", "250 ");
    client.ask(&format!("MAIL FROM:<{}>", user.address), "530 ");
    client.ask("STARTTLS", "220 ");

    let mut client = LineClient::tls(bed.smtp_tls(), bed.ca_file()).unwrap();
    client.until("220 ");
    client.ask("EHLO client.test", "250 ");
    client.ask(&format!("MAIL FROM:<{}>", user.address), "250 ");
    let refused = client.ask(&format!("RCPT TO:<{}>", user.address), "55");
    assert!(refused.starts_with("554 5.7.1"), "{refused}");

    let mut client = LineClient::plain(bed.smtp_plain());
    client.until("220 ");
    client.ask("EHLO client.test", "250 ");
    client.ask(&format!("MAIL FROM:<{}>", user.address), "250 ");
    client.ask(&format!("RCPT TO:<{}>", user.address), "250 ");
}

#[test]
fn filled_folders_are_served() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "Archive/2024", 200);
    bed.deliver_to(&user, "Archive/2024", HELLO);
    let count = bed.doveadm(&[
        "mailbox",
        "status",
        "-u",
        &user.address,
        "messages",
        "Archive/2024",
    ]);
    assert!(count.contains("messages=201"), "{count}");
    let sizes: usize = bed
        .raw_messages(&user, "Archive/2024")
        .iter()
        .map(Vec::len)
        .sum();
    assert!(sizes > 200 * 3000, "{sizes}");
}

#[test]
fn servers_stop_and_come_back() {
    let bed = Bed::start();
    let user = bed.user(1);
    let mut client = LineClient::plain(bed.imap_plain());
    imap_in(&mut client, &user);
    bed.stop_imap();
    assert!(wait_until(Duration::from_secs(5), || client
        .line()
        .is_none()));
    // Mail still goes out, sign-in included.
    let mut smtp = LineClient::tls(bed.smtp_tls(), bed.ca_file()).unwrap();
    smtp.until("220 ");
    smtp.ask("EHLO client.test", "250 ");
    smtp.ask(&format!("AUTH PLAIN {}", plain_token(&user)), "235 ");
    bed.start_imap();
    imap_in(&mut LineClient::plain(bed.imap_plain()), &user);
    bed.stop_smtp();
    bed.start_smtp();
    LineClient::plain(bed.smtp_plain()).until("220 ");
}

#[test]
fn a_dropped_bed_leaves_nothing() {
    let bed = Bed::start();
    let (dir, port) = (
        bed.ca_file().ancestors().nth(2).unwrap().to_owned(),
        bed.imap_plain(),
    );
    assert!(dir.join("passwd").exists());
    drop(bed);
    assert!(!dir.exists());
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
}

#[test]
fn bad_certificates_are_bad() {
    let bed = bed();
    let greet = |leaf| {
        let server = ScriptServer::start_tls("S: * OK ready", bed.certificates(), leaf);
        let client = LineClient::tls(server.port(), bed.ca_file());
        client.map(|mut client| client.until("* OK"))
    };
    assert!(greet(Leaf::Good).is_ok());
    for (leaf, word) in [
        (Leaf::Expired, "certificate expired"),
        (Leaf::WrongName, "not valid for name"),
        (Leaf::SelfSigned, "UnknownIssuer"),
    ] {
        let error = greet(leaf).unwrap_err().to_string();
        assert!(error.contains(word), "{leaf:?}: {error}");
    }
}

#[test]
fn a_script_is_played_and_its_expectations_bind() {
    let script = "
        S: * OK ready
        C: login
        S: {tag} OK in
        C: FETCH
        PART: * 1 FET
        CUT";
    let server = ScriptServer::start_each(&[script, "S: * BYE closed"]);
    let mut client = LineClient::plain(server.port());
    client.until("* OK");
    assert_eq!(client.ask("x7 LOGIN a b", "x7"), "x7 OK in");
    client.send("x8 FETCH 1 FLAGS");
    assert_eq!(client.line().as_deref(), Some("* 1 FET"));
    assert_eq!(client.line(), None);
    drop(client);
    LineClient::plain(server.port()).until("* BYE");
    assert_eq!(server.connections(), 2);
    assert_eq!(server.finish(), ["x7 LOGIN a b", "x8 FETCH 1 FLAGS"]);

    let smtp = ScriptServer::start("C: DATA\nS: 354 go\nBODY\nPAUSE 1\nS: 250 ok\nBYTES 3\nS: bye");
    let mut client = LineClient::plain(smtp.port());
    client.ask("DATA", "354");
    client.ask("text\r\n.", "250");
    client.ask("x", "bye");
    drop(client);
    smtp.finish();

    let strict = ScriptServer::start("C: LOGIN");
    LineClient::plain(strict.port()).send("a1 LOGOUT");
    let failure = strict.verdict().unwrap_err();
    assert!(failure.starts_with("expected \"LOGIN\""), "{failure}");
}

#[test]
fn account_files_are_toml_in_the_program_s_words() {
    let bed = bed();
    let user = bed.fresh_user();
    for incoming in [
        Incoming::ImapTls,
        Incoming::ImapStartTls,
        Incoming::ImapPlain,
        Incoming::Pop3Tls,
    ] {
        let mut file = AccountFile::on(bed, &user, incoming);
        file.more = "[incoming.pop3]\nleave_on_server = true\n".to_owned();
        let table: toml::Table = file.to_toml().parse().unwrap();
        let security = table["incoming"]["security"].as_str().unwrap();
        assert_eq!(
            security == "tls",
            matches!(incoming, Incoming::ImapTls | Incoming::Pop3Tls)
        );
        assert_eq!(table["email"].as_str(), Some(user.address.as_str()));
        assert_eq!(
            table["incoming"]["pop3"]["leave_on_server"].as_bool(),
            Some(true)
        );
    }
}

#[test]
fn the_program_runs_on_a_profile_of_its_own() {
    let bed = bed();
    let profile = Profile::new(bed);
    let outcome = profile.run(&["--version"]);
    assert_eq!(outcome.status, Some(0), "{outcome:#?}");
    assert_eq!((&*outcome.command, &*outcome.stderr), ("--version", ""));
    assert!(!profile.path().exists(), "--version needs no profile");

    let user = bed.fresh_user();
    let file = AccountFile::on(bed, &user, Incoming::ImapTls);
    let added = profile.add_account(&file);
    assert_eq!(added.status, Some(0), "{added:#?}");
}

/// The servers must not outlive a test process that is killed.
#[test]
fn a_killed_test_process_leaves_no_servers() {
    if std::env::var_os("WAXWING_BED_VICTIM").is_some() {
        let bed = Bed::start();
        println!("bed at {}", bed.ca_file().display());
        std::thread::sleep(Duration::from_secs(600));
    }
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture"])
        .arg("it::bed_tests::a_killed_test_process_leaves_no_servers")
        .env("WAXWING_BED_VICTIM", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = std::io::BufReader::new(victim.stdout.take().unwrap());
    let mut line = String::new();
    while !line.contains("bed at ") {
        line.clear();
        let read = std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        assert!(read > 0, "the victim ended before its bed was up");
    }
    let ca_file = line.split("bed at ").nth(1).unwrap().trim();
    let dir = Path::new(ca_file).ancestors().nth(2).unwrap();
    assert!(dir.exists());
    victim.kill().unwrap();
    victim.wait().unwrap();
    assert!(wait_until(Duration::from_secs(15), || !dir.exists()));
}
