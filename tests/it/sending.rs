//! Mail goes out: once, with one copy in Sent, and never half unsaid.

use serde_json::Value;

use super::bed::{Bed, User, bed};
use super::fetching::{list, sync, with_account};
use super::profile::{AccountFile, Incoming, Outcome, Profile};
use super::script_server::ScriptServer;

pub(super) fn letter(from: &str, to: &str, subject: &str, more: &str) -> Vec<u8> {
    format!("From: Me <{from}>\nTo: {to}\nSubject: {subject}\n{more}\nHello.\n.\n..and dots\n")
        .into_bytes()
}

pub(super) fn send(profile: &Profile, raw: &[u8]) -> Outcome {
    let file = profile.file("letter.eml", raw);
    profile.run(&["send", file.to_str().unwrap()])
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_message_arrives_and_one_copy_is_kept() {
    let bed = bed();
    let (me, you, hidden) = (bed.fresh_user(), bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    sync(&profile);
    let more = format!("Bcc: {}\n", hidden.address);
    let sent = send(&profile, &letter(&me.address, &you.address, "Hello", &more)).objects();
    assert_eq!(sent[0]["state"], "sent");
    assert_eq!(sent[0]["accepted"].as_array().unwrap().len(), 2);
    assert!(sent[0]["rejected"].as_array().unwrap().is_empty());
    for user in [&you, &hidden] {
        let arrived = text(&bed.wait_for_messages(user, "INBOX", 1)[0]);
        assert!(arrived.contains("Subject: Hello"));
        assert!(
            !arrived.contains(&hidden.address) || user.address == hidden.address,
            "{arrived}"
        );
        assert!(!arrived.to_lowercase().contains("\nbcc:"), "{arrived}");
        assert!(
            arrived.contains("Hello.\r\n.\r\n..and dots\r\n"),
            "{arrived}"
        );
    }
    sync(&profile);
    sync(&profile);
    let kept = bed.raw_messages(&me, "Sent");
    assert_eq!(kept.len(), 1);
    assert!(
        text(&kept[0]).contains(&hidden.address),
        "the own copy names the hidden ones"
    );
    assert_eq!(list(&profile, "Sent").len(), 1);
    assert!(profile.run(&["outbox"]).objects().is_empty());
}

#[test]
fn a_refused_recipient_is_named_and_the_others_get_it() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    let to = format!("{}, nobody-at-all@example.test", you.address);
    let sent = send(&profile, &letter(&me.address, &to, "Two", "")).objects();
    assert_eq!(sent[0]["state"], "sent");
    let rejected = sent[0]["rejected"].as_array().unwrap();
    assert_eq!(rejected.len(), 1, "{sent:?}");
    assert_eq!(rejected[0]["address"], "nobody-at-all@example.test");
    assert_eq!(rejected[0]["code"], 550);
    bed.wait_for_messages(&you, "INBOX", 1);
}

#[test]
fn a_message_to_nobody_is_refused_before_anything_happens() {
    let bed = bed();
    let me = bed.fresh_user();
    let profile = with_account(bed, &me);
    let outcome = send(&profile, format!("From: {}\n\nx\n", me.address).as_bytes());
    assert_eq!(outcome.error_kind(), "input");
    assert!(profile.run(&["outbox"]).objects().is_empty());
}

/// An account whose mail goes out through a scripted server.
pub(super) fn scripted(bed: &Bed, script: &str) -> (Profile, ScriptServer, String) {
    let me = bed.fresh_user();
    let (profile, server) = scripted_for(bed, &me, script);
    (profile, server, me.address)
}

/// The same for a user of one's own.
pub(super) fn scripted_for(bed: &Bed, me: &User, script: &str) -> (Profile, ScriptServer) {
    scripted_each(bed, me, &[script])
}

/// The same with a script for each connection.
pub(super) fn scripted_each(bed: &Bed, me: &User, scripts: &[&str]) -> (Profile, ScriptServer) {
    let server = ScriptServer::start_each(scripts);
    let mut account = AccountFile::on(bed, me, Incoming::ImapTls);
    account.outgoing.port = server.port();
    account.outgoing.security = "none";
    let profile = Profile::new(bed);
    let file = profile.file("account.toml", account.to_toml().as_bytes());
    let arguments = [
        "account",
        "add",
        file.to_str().unwrap(),
        "--password-stdin",
        "--no-verify",
    ];
    profile
        .run_with(&arguments, format!("{}\n", me.password).as_bytes())
        .objects();
    (profile, server)
}

pub(super) const HELLO: &str =
    "S: 220 ready\nC: EHLO\nS: 250-here\nS: 250 AUTH PLAIN\nC: AUTH\nS: 235 ok\n";

pub(super) fn only(outbox: &[Value]) -> &Value {
    assert_eq!(outbox.len(), 1, "{outbox:?}");
    &outbox[0]
}

#[test]
fn an_answer_that_never_came_is_uncertain_and_not_repeated() {
    let bed = bed();
    let script =
        format!("{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nCUT\n");
    let (profile, server, me) = scripted(bed, &script);
    let sent = send(&profile, &letter(&me, "you@example.test", "Lost", ""));
    assert!(sent.stdout.contains("uncertain"), "{sent:#?}");
    let outbox = profile.run(&["outbox"]).objects();
    assert_eq!(only(&outbox)["state"], "uncertain");
    let connections = server.connections();
    profile.run(&["sync"]);
    profile.run(&["outbox"]).objects();
    assert_eq!(
        server.connections(),
        connections,
        "it was tried again unasked"
    );
}

#[test]
fn a_temporary_refusal_waits_and_a_lasting_one_stays() {
    let bed = bed();
    for (answer, state) in [
        ("450 4.2.0 later", "waiting"),
        ("554 5.7.1 never", "failed"),
    ] {
        let script = format!("{HELLO}C: MAIL\nS: {answer}\n");
        let (profile, _server, me) = scripted(bed, &script);
        let sent = send(&profile, &letter(&me, "you@example.test", "No", ""));
        assert!(sent.stdout.contains(state), "{answer}: {sent:#?}");
        let outbox = profile.run(&["outbox", "list"]).objects();
        assert_eq!(only(&outbox)["state"], state);
        assert_eq!(only(&outbox)["attempts"], 1);
        assert!(
            only(&outbox)["last_error"]
                .as_str()
                .unwrap()
                .contains(answer.rsplit(' ').next().unwrap()),
            "{outbox:?}"
        );
        let id = only(&outbox)["id"].as_str().unwrap().to_owned();
        profile.run(&["outbox", "cancel", &id]).objects();
        assert!(profile.run(&["outbox"]).objects().is_empty());
    }
}

#[test]
fn queued_only_stays_until_it_is_sent() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    let file = profile.file("q.eml", &letter(&me.address, &you.address, "Queued", ""));
    let queued = profile
        .run(&["send", "--queue-only", file.to_str().unwrap()])
        .objects();
    assert_eq!(queued[0]["state"], "waiting");
    assert_eq!(
        only(&profile.run(&["outbox"]).objects())["state"],
        "waiting"
    );
    let retried = profile.run(&["outbox", "retry"]).objects();
    assert_eq!(only(&retried)["state"], "sent");
    bed.wait_for_messages(&you, "INBOX", 1);
    assert!(profile.run(&["outbox"]).objects().is_empty());
}

#[test]
fn a_program_killed_while_sending_does_not_send_twice() {
    let bed = bed();
    let script = format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nPAUSE 5000\n"
    );
    let (profile, server, me) = scripted(bed, &script);
    let file = profile.file("k.eml", &letter(&me, "you@example.test", "Killed", ""));
    let mut child = profile.spawn(&["send", file.to_str().unwrap()]);
    let patience = std::time::Duration::from_secs(10);
    assert!(super::bed::wait_until(patience, || server
        .heard()
        .iter()
        .any(|line| line == "DATA")));
    std::thread::sleep(std::time::Duration::from_millis(300));
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        only(&profile.run(&["outbox"]).objects())["state"],
        "uncertain"
    );
}
