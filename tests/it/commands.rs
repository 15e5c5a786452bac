//! The commands as a careless person and a hostile script use them: what is
//! wrong is said in one sentence, and nothing is done by half.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::bed::bed;
use super::bed::certificates::Leaf;
use super::fetching::{id, list, mail, sync, with_account};
use super::profile::{AccountFile, Incoming, Outcome, Profile};
use super::script_server::ScriptServer;

/// The error object, once everything about the failure is as promised.
fn told(outcome: &Outcome, kind: &str) -> Value {
    assert_eq!(outcome.error_kind(), kind, "{outcome:#?}");
    let sentences = outcome.stderr.lines();
    let errors: Vec<&str> = sentences.filter(|l| l.starts_with("error: ")).collect();
    assert_eq!(errors.len(), 1, "{outcome:#?}");
    let last = outcome.stdout.lines().last().unwrap();
    let error = serde_json::from_str::<Value>(last).unwrap()["error"].take();
    let message = error["message"].as_str().unwrap();
    assert!(errors[0].contains(message), "{outcome:#?}");
    error
}

#[test]
fn a_person_without_an_account_hears_how_to_add_one() {
    let profile = Profile::new(bed());
    for arguments in [["list", "INBOX"], ["send", "no.eml"]] {
        let error = told(&profile.run(&arguments), "not_found");
        assert!(error["hint"].as_str().unwrap().contains("account add"));
    }
    let synced = profile.run(&["sync"]);
    assert_eq!(synced.objects()[0]["total"]["folders"], 0);
    assert!(synced.stderr.contains("account add"), "{synced:#?}");
}

#[test]
fn a_wrong_id_is_named_before_anything_is_done() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let good = id(&list(&profile, "INBOX")[0]);
    let to = profile.file("here", b"");
    let to = to.with_file_name("saved");
    for arguments in [
        vec!["show", &good, "777"],
        vec!["show", "--raw", &good, "777"],
        vec!["attachments", &good, "777", "--to", to.to_str().unwrap()],
        vec!["mark", &good, "777", "--read"],
        vec!["move", &good, "777", "Archive"],
        vec!["delete", &good, "777"],
        vec!["archive", &good, "777"],
    ] {
        let outcome = profile.run(&arguments);
        let error = told(&outcome, "not_found");
        assert!(error["message"].as_str().unwrap().contains("777"));
        assert_eq!(outcome.stdout.lines().count(), 1, "{outcome:#?}");
    }
    assert!(!to.exists());
    assert_eq!(list(&profile, "INBOX")[0]["flags"], serde_json::json!([]));
}

#[test]
fn a_folder_is_asked_for_in_the_accounts_that_have_it() {
    let bed = bed();
    let (one, two) = (bed.fresh_user(), bed.fresh_user());
    bed.doveadm(&["mailbox", "create", "-u", &two.address, "Only here"]);
    let profile = with_account(bed, &one);
    let mut other = AccountFile::on(bed, &two, Incoming::ImapTls);
    other.name = "Other".to_owned();
    profile.add_account(&other).objects();
    let synced = profile.run(&["sync", "--folder", "Only here"]).objects();
    assert_eq!(synced[0]["account"], "Other");
    assert_eq!(synced.len(), 2);
    assert_eq!(
        profile.run(&["sync", "--folder", "inbox"]).objects().len(),
        3
    );
    told(&profile.run(&["sync", "--folder", "Nowhere"]), "not_found");
    let error = told(&profile.run(&["list", "INBOX"]), "conflict");
    assert!(error["hint"].as_str().unwrap().contains("--account"));
}

#[test]
fn a_failed_send_has_the_kind_and_the_words_of_the_server() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = Profile::new(bed);
    let account = AccountFile::on(bed, &me, Incoming::ImapTls);
    let file = profile.file("account.toml", account.to_toml().as_bytes());
    let add = [
        "account",
        "add",
        file.to_str().unwrap(),
        "--password-stdin",
        "--no-verify",
    ];
    let passwords = format!("{}\nwrong for sending\n", me.password);
    profile.run_with(&add, passwords.as_bytes()).objects();
    let letter = format!("From: {}\nTo: {}\n\nx\n", me.address, you.address);
    let outcome = profile.run_with(&["send", "-"], letter.as_bytes());
    let error = told(&outcome, "auth");
    assert!(error["server_said"].as_str().unwrap().starts_with("535"));
    let hint = error["hint"].as_str().unwrap();
    assert!(
        hint.contains("password") && hint.contains("outbox retry"),
        "{hint}"
    );
    let waiting = profile.run(&["outbox"]).objects();
    assert_eq!(waiting[0]["state"], "waiting");
    assert!(!outcome.stderr.contains("wrong for sending"));
    let cancelled = profile.run(&["outbox", "cancel", &id(&waiting[0]), "777"]);
    told(&cancelled, "not_found");
    assert_eq!(profile.run(&["outbox"]).objects().len(), 1);
}

#[test]
fn a_message_with_an_8_bit_header_and_body_arrives() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    let letter = format!(
        "From: {}\nBcc: {}\nSubject: h\u{e9}llo\n\nb\u{f6}dy\n",
        me.address, you.address
    );
    let sent = profile
        .run_with(&["send", "-"], letter.as_bytes())
        .objects();
    assert_eq!(sent[0]["state"], "sent");
    let arrived = bed.wait_for_messages(&you, "INBOX", 1);
    let arrived = String::from_utf8(arrived[0].clone()).unwrap();
    assert!(arrived.contains("Subject: h\u{e9}llo\r\n"), "{arrived}");
    assert!(arrived.contains("\r\n\r\nb\u{f6}dy\r\n"), "{arrived}");
    assert!(arrived.contains("\r\nMessage-ID: <"), "{arrived}");
}

#[test]
fn when_both_servers_fail_both_are_told() {
    let bed = bed();
    let profile = Profile::new(bed);
    let mut account = AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls);
    // Port 1 of the loopback has no listener on any sane machine.
    account.outgoing.port = 1;
    account.user.password = "wrong".to_owned();
    let outcome = profile.add_account(&account);
    told(&outcome, "auth");
    let warned = |line: &str| line.starts_with("warning: localhost:1 ");
    assert!(outcome.stderr.lines().any(warned), "{outcome:#?}");
}

#[test]
fn a_bad_certificate_is_told_with_its_reason() {
    let bed = bed();
    let profile = Profile::new(bed);
    for (leaf, reason) in [
        (Leaf::Expired, "expired on 1 January 2021"),
        (Leaf::WrongName, "and not for localhost"),
        (Leaf::SelfSigned, "signed its certificate itself"),
    ] {
        let server = ScriptServer::start_tls("S: * OK ready", bed.certificates(), leaf);
        let mut account = AccountFile::on(bed, &bed.user(1), Incoming::ImapTls);
        account.incoming.port = server.port();
        let error = told(&profile.add_account(&account), "certificate");
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(reason), "{message}");
        let place = format!("localhost:{}", server.port());
        assert!(message.contains(&place), "{message}");
    }
}

#[test]
fn a_password_that_never_ends_is_refused() {
    let bed = bed();
    let profile = Profile::new(bed);
    let account = AccountFile::on(bed, &bed.user(1), Incoming::ImapTls);
    let file = profile.file("account.toml", account.to_toml().as_bytes());
    let add = ["account", "add", file.to_str().unwrap(), "--password-stdin"];
    told(&profile.run_with(&add, &vec![0; 1 << 20]), "input");
}

#[test]
fn junk_is_marked_and_moved_on_the_server_and_told_in_words() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let row = id(&list(&profile, "INBOX")[0]);
    for (option, words, flag, folder) in [
        ("--junk", "1 message marked as junk", "$Junk", "Junk"),
        (
            "--not-junk",
            "1 message marked as not junk",
            "$NotJunk",
            "INBOX",
        ),
    ] {
        let done = profile.run(&["mark", &row, option]).objects();
        assert_eq!(done[0]["done"], words);
        sync(&profile);
        let flags = bed.doveadm(&["fetch", "-u", &user.address, "flags", "mailbox", folder]);
        let words: Vec<&str> = flags.split_whitespace().collect();
        assert!(words.contains(&flag), "{flags}");
        assert_eq!(words.iter().filter(|w| w.starts_with('$')).count(), 1);
    }
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let mut child = profile.spawn(&["list", "INBOX"]);
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_folder_is_watched_by_the_name_people_type() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = with_account(bed, &user);
    sync(&profile);
    let mut watching = profile.spawn(&["sync", "--watch", "--folder", "inbox"]);
    let stdout = watching.stdout.take().unwrap();
    // Before or after the first look: it is new to the watcher in any case.
    bed.deliver(&user, &mail("a", ""));
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    watching.kill().unwrap();
    watching.wait().unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(told["folder"], "INBOX");
    assert_eq!(told["new"], 1);
}

#[test]
fn a_damaged_store_is_called_damaged() {
    let profile = Profile::new(bed());
    profile.run(&["account", "list"]).objects();
    std::fs::write(profile.find("mail.db"), [7; 5000]).unwrap();
    let error = told(&profile.run(&["folders"]), "storage");
    assert!(error["message"].as_str().unwrap().contains("damaged"));
    assert!(error["hint"].as_str().unwrap().contains("mail.db"));
}
