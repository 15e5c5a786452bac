//! One copy in Sent, whoever files it; and what may have left is looked for
//! there before anybody is asked.

use std::thread;
use std::time::Duration;

use super::bed::{Bed, User, bed, wait_until};
use super::checking::assert_sound;
use super::fetching::{list, sync, with_account};
use super::profile::Profile;
use super::sending::{HELLO, letter, only, scripted_for, send};

const PATIENCE: Duration = Duration::from_secs(20);

fn named(from: &str, to: &str, name: &str, more: &str) -> Vec<u8> {
    letter(
        from,
        to,
        name,
        &format!("Message-ID: <{name}@example.test>\n{more}"),
    )
}

/// What a server would file: the message, with a line of its own.
fn filed(raw: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(raw).replace('\n', "\r\n");
    format!("Received: by mail.example.test\r\n{text}").into_bytes()
}

fn sent_there(bed: &Bed, user: &User) -> Vec<String> {
    let raw = bed.raw_messages(user, "Sent");
    raw.iter()
        .map(|raw| String::from_utf8_lossy(raw).into_owned())
        .collect()
}

fn assert_one(bed: &Bed, user: &User, profile: &Profile, when: &str) -> String {
    let there = sent_there(bed, user);
    assert_eq!(there.len(), 1, "{when}: {there:#?}");
    assert_eq!(list(profile, "Sent").len(), 1, "{when}");
    assert!(profile.run(&["outbox"]).objects().is_empty(), "{when}");
    assert_sound(profile);
    there.into_iter().next().unwrap()
}

#[test]
fn a_copy_the_server_filed_at_once_is_the_copy() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    sync(&profile);
    let raw = named(&me.address, &you.address, "at-once", "");
    bed.deliver_to(&me, "Sent", &filed(&raw));
    let sent = send(&profile, &raw).objects();
    assert_eq!(sent[0]["state"], "sent");
    sync(&profile);
    let copy = assert_one(bed, &me, &profile, "filed at once");
    assert!(copy.starts_with("Received: by"), "{copy}");
    bed.wait_for_messages(&you, "INBOX", 1);
}

#[test]
fn of_two_copies_one_goes_and_next_time_the_server_is_waited_for() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    sync(&profile);
    let raw = named(&me.address, &you.address, "later", "");
    send(&profile, &raw).objects();
    assert_eq!(sent_there(bed, &me).len(), 1, "uploaded at once");
    bed.deliver_to(&me, "Sent", &filed(&raw));
    sync(&profile);
    sync(&profile);
    let copy = assert_one(bed, &me, &profile, "filed after ours");
    assert!(
        copy.starts_with("Received: by"),
        "the server's stays: {copy}"
    );
    // Now it is known: nothing is uploaded, and the server's is waited for.
    let raw = named(&me.address, &you.address, "again", "");
    let file = profile.file("again.eml", &raw);
    let mut child = profile.spawn(&["send", file.to_str().unwrap()]);
    bed.wait_for_messages(&you, "INBOX", 2);
    thread::sleep(Duration::from_secs(1));
    assert_eq!(sent_there(bed, &me).len(), 1, "nothing was uploaded");
    bed.deliver_to(&me, "Sent", &filed(&raw));
    assert!(child.wait().unwrap().success());
    sync(&profile);
    assert_eq!(sent_there(bed, &me).len(), 2);
    assert_eq!(list(&profile, "Sent").len(), 2);
    assert_sound(&profile);
}

#[test]
fn the_copy_that_names_hidden_recipients_is_the_one_that_stays() {
    let bed = bed();
    let (me, you, hidden) = (bed.fresh_user(), bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    sync(&profile);
    let open = named(&me.address, &you.address, "hidden", "");
    let bcc = format!("Bcc: {}\n", hidden.address);
    let raw = named(&me.address, &you.address, "hidden", &bcc);
    send(&profile, &raw).objects();
    bed.deliver_to(&me, "Sent", &filed(&open));
    sync(&profile);
    sync(&profile);
    let copy = assert_one(bed, &me, &profile, "with a hidden recipient");
    assert!(copy.contains(&hidden.address), "{copy}");
    let arrived = bed.wait_for_messages(&hidden, "INBOX", 1);
    let arrived = String::from_utf8_lossy(&arrived[0]).to_lowercase();
    assert!(!arrived.contains("\nbcc:"), "{arrived}");
}

#[test]
fn what_may_have_left_was_sent_if_the_server_filed_it() {
    let bed = bed();
    let script =
        format!("{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\nCUT\n");
    let me = bed.fresh_user();
    let (profile, server) = scripted_for(bed, &me, &script);
    sync(&profile);
    let raw = named(&me.address, "you@example.test", "unsure", "");
    let sent = send(&profile, &raw);
    assert!(sent.stdout.contains("uncertain"), "{sent:#?}");
    let outbox = profile.run(&["outbox"]).objects();
    let asked = only(&outbox)["last_error"].as_str().unwrap().to_owned();
    assert!(asked.contains("no copy of it in Sent"), "{asked}");
    // It files a little later.
    bed.deliver_to(&me, "Sent", &filed(&raw));
    sync(&profile);
    assert_one(bed, &me, &profile, "found");
    assert_eq!(server.connections(), 1, "it was sent again");
    // And at once.
    let raw = named(&me.address, "you@example.test", "sure", "");
    bed.deliver_to(&me, "Sent", &filed(&raw));
    let sent = send(&profile, &raw).objects();
    assert_eq!(sent[0]["state"], "sent", "{sent:?}");
}

#[test]
fn whom_the_server_put_off_gets_what_was_found_in_sent() {
    let bed = bed();
    let first = format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT TO:<a@\nS: 250 ok\nC: RCPT TO:<b@\n\
         S: 450 4.2.0 busy\nC: DATA\nS: 354 go\nBODY\nCUT\n"
    );
    let second = format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT TO:<b@\nS: 250 ok\nC: DATA\nS: 354 go\nBODY\n\
         S: 250 ok\n"
    );
    let me = bed.fresh_user();
    let (profile, server) = super::sending::scripted_each(bed, &me, &[&first, &second]);
    sync(&profile);
    let to = "a@example.test, b@example.test";
    let raw = named(&me.address, to, "put-off", "");
    bed.deliver_to(&me, "Sent", &filed(&raw));
    let sent = send(&profile, &raw).objects();
    assert_eq!(sent[0]["state"], "waiting", "{sent:?}");
    assert_eq!(sent[0]["accepted"][0], "a@example.test");
    let sent = profile.run(&["outbox", "retry"]).objects();
    assert_eq!(sent[0]["state"], "sent", "{sent:?}");
    sync(&profile);
    assert_one(bed, &me, &profile, "all have it");
    server.finish();
}

#[test]
fn some_who_have_it_never_get_it_twice() {
    let bed = bed();
    let rest = "C: DATA\nS: 354 go\nBODY\nS: 250 ok\n";
    let first = format!(
        "{HELLO}C: MAIL\nS: 250 ok\nC: RCPT TO:<a@\nS: 250 ok\nC: RCPT TO:<b@\n\
         S: 450 4.2.0 busy\n{rest}"
    );
    let second = format!("{HELLO}C: MAIL\nS: 250 ok\nC: RCPT TO:<b@\nS: 250 ok\n{rest}");
    let me = bed.fresh_user();
    let (profile, server) = super::sending::scripted_each(bed, &me, &[&first, &second]);
    let raw = named(&me.address, "a@example.test, b@example.test", "parts", "");
    let outcome = send(&profile, &raw);
    let sent = outcome.objects();
    assert_eq!(sent[0]["state"], "waiting", "{outcome:#?}");
    assert_eq!(sent[0]["accepted"][0], "a@example.test");
    assert_eq!(sent[0]["rejected"][0]["code"], 450);
    assert_eq!(sent_there(bed, &me).len(), 1, "some have it: it is in Sent");
    let sent = profile.run(&["outbox", "retry"]).objects();
    assert_eq!(sent[0]["state"], "sent", "{sent:?}");
    sync(&profile);
    assert_one(bed, &me, &profile, "all have it");
    server.finish();
}

#[test]
fn a_message_for_later_leaves_later() {
    let bed = bed();
    let (me, you) = (bed.fresh_user(), bed.fresh_user());
    let profile = with_account(bed, &me);
    let file = profile.file("l.eml", &named(&me.address, &you.address, "then", ""));
    let later = |seconds| {
        let time = chrono::Utc::now() + chrono::TimeDelta::seconds(seconds);
        time.to_rfc3339()
    };
    let hour = later(3600);
    let words = ["send", "--at", &hour, file.to_str().unwrap()];
    let queued = profile.run(&words).objects();
    assert_eq!(queued[0]["state"], "waiting");
    // It is not due, whoever retries what failed.
    assert!(profile.run(&["outbox", "retry"]).objects().is_empty());
    let id = queued[0]["id"].as_str().unwrap().to_owned();
    profile.run(&["outbox", "cancel", &id]).objects();
    let soon = later(3);
    profile
        .run(&["send", "--at", &soon, file.to_str().unwrap()])
        .objects();
    let mut follower = profile.spawn(&["sync", "--watch"]);
    let came = wait_until(PATIENCE, || !bed.raw_messages(&you, "INBOX").is_empty());
    let gone = wait_until(PATIENCE, || sent_there(bed, &me).len() == 1);
    follower.kill().unwrap();
    follower.wait().unwrap();
    assert!(came && gone, "{came} {gone}");
    assert!(chrono::Utc::now().to_rfc3339() >= soon);
    let wrong = profile.run(&["send", "--at", "tomorrow", file.to_str().unwrap()]);
    assert!(
        wrong.stderr.contains("2026-12-24T18:00:00+01:00"),
        "{wrong:#?}"
    );
}
