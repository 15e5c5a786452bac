//! POP3: mail comes once and goes from the server when the person wants it,
//! never before it is safely here.

mod folders;
mod following;
mod soak;

use serde_json::Value;

use super::bed::{Bed, User, bed};
use super::checking::assert_sound;
use super::fetching::{id, list, mail, sha256, sync};
use super::profile::{AccountFile, Incoming, Outcome, Profile};
use super::script_server::ScriptServer;

/// A POP3 account of that name, with lines for its `[incoming.pop3]` table.
fn account(bed: &Bed, user: &User, name: &str, policy: &str) -> AccountFile {
    let mut account = AccountFile::on(bed, user, Incoming::Pop3Tls);
    account.name = name.to_owned();
    account.more = format!("[incoming.pop3]\n{policy}\n");
    account
}

/// Saves an account unchecked.
fn add(profile: &Profile, account: &AccountFile) -> Outcome {
    let name = format!("{}.toml", account.name);
    let file = profile.file(&name, account.to_toml().as_bytes());
    let password = format!("{}\n", account.user.password);
    profile.run_with(
        &[
            "account",
            "add",
            file.to_str().unwrap(),
            "--password-stdin",
            "--no-verify",
        ],
        password.as_bytes(),
    )
}

fn with_policy(bed: &Bed, user: &User, policy: &str) -> Profile {
    let profile = Profile::new(bed);
    add(&profile, &account(bed, user, "Bed", policy)).objects();
    profile
}

const REMOVE: &str = "leave_on_server = false";
const LEAVE: &str = "delete_when_removed = false";

fn hashes(rows: &[Value]) -> Vec<String> {
    let mut hashes: Vec<String> = rows
        .iter()
        .map(|row| row["sha256"].as_str().unwrap_or("not here").to_owned())
        .collect();
    hashes.sort();
    hashes
}

/// What the server has, as POP3 gives it.
fn there(bed: &Bed, user: &User) -> Vec<String> {
    let raw = bed.raw_messages(user, "INBOX");
    let mut hashes: Vec<String> = raw.iter().map(|raw| sha256(raw)).collect();
    hashes.sort();
    hashes
}

#[test]
fn every_byte_arrives_and_stays_on_the_server() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 120);
    bed.deliver(&user, &mail("dots", "\r\n.\r\n..two\r\n"));
    bed.deliver(&user, b"no header at all\r\n");
    bed.deliver(&user, b"Subject: raw \xe9\xff\r\n\r\n8 bit \xe9\xff\r\n");
    let profile = with_policy(bed, &user, LEAVE);
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["new"], 123);
    assert_eq!(told["INBOX"]["notices"], serde_json::json!([]));
    let rows = list(&profile, "INBOX");
    assert_eq!(hashes(&rows), there(bed, &user));
    assert!(rows.iter().all(|row| row["on_server"] == true));
    assert!(rows.iter().all(|row| row["uidl"].is_string()));
    assert!(rows.iter().all(|row| row["uid"].is_null()));
    for (folder, line) in sync(&profile) {
        for count in ["new", "changed", "removed", "bytes"] {
            assert_eq!(line[count], 0, "{folder} {count}");
        }
    }
    let found = profile.run(&["search", "subject:dots"]).objects();
    assert_eq!(found.len(), 1);
    let raw = profile.run(&["show", &id(&found[0]), "--raw"]);
    assert!(raw.stdout.contains("\n.\r\n..two\r\n"), "{raw:?}");
    assert_sound(&profile);
}

#[test]
fn fetched_and_removed() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 40);
    let before = there(bed, &user);
    let profile = with_policy(bed, &user, REMOVE);
    assert_eq!(sync(&profile)["INBOX"]["new"], 40);
    assert_eq!(there(bed, &user), Vec::<String>::new());
    let rows = list(&profile, "INBOX");
    assert_eq!(hashes(&rows), before);
    assert!(rows.iter().all(|row| row["on_server"] == false));
    bed.deliver(&user, &mail("later", ""));
    assert_eq!(sync(&profile)["INBOX"]["new"], 1);
    assert_eq!(there(bed, &user), Vec::<String>::new());
    assert_sound(&profile);
}

#[test]
fn removed_here_removed_there() {
    let bed = bed();
    let user = bed.fresh_user();
    for n in 0..4 {
        bed.deliver(&user, &mail(&format!("letter {n}"), ""));
    }
    let profile = with_policy(bed, &user, "");
    sync(&profile);
    let of = |n: usize| {
        let rows = list(&profile, "INBOX");
        let named = |row: &&Value| row["subject"] == format!("letter {n}");
        id(rows.iter().find(named).unwrap())
    };
    profile.run(&["delete", &of(0)]).objects();
    profile.run(&["delete", &of(1), "--permanently"]).objects();
    profile.run(&["mark", &of(2), "--star", "--read"]).objects();
    sync(&profile);
    assert_eq!(there(bed, &user).len(), 2);
    assert_eq!(list(&profile, "INBOX").len(), 2);
    assert_eq!(list(&profile, "Trash").len(), 1);
    sync(&profile);
    assert_eq!(list(&profile, "INBOX").len(), 2);
    assert_sound(&profile);
}

#[test]
fn two_accounts_have_one_inbox() {
    let bed = bed();
    let (first, second) = (bed.fresh_user(), bed.fresh_user());
    bed.deliver(&first, &mail("one", ""));
    bed.deliver(&second, &mail("two", ""));
    let profile = Profile::new(bed);
    let into = |name: &str| format!("deliver_to = \"{name}\"");
    let odd = account(bed, &second, "Second", &into("Nobody"));
    assert_eq!(add(&profile, &odd).error_kind(), "not_found");
    add(&profile, &account(bed, &first, "First", "")).objects();
    add(&profile, &account(bed, &second, "Second", &into("first"))).objects();
    let third = account(bed, &second, "Third", &into("Second"));
    assert_eq!(add(&profile, &third).error_kind(), "config");
    let lines = profile.run(&["sync"]).objects();
    let new: u64 = lines.iter().filter_map(|line| line["new"].as_u64()).sum();
    assert_eq!(new, 2, "{lines:?}");
    assert_eq!(list(&profile, "INBOX").len(), 2);
    let of_second = profile.run(&["list", "INBOX", "--account", "Second"]);
    assert_eq!(of_second.objects().len(), 2);
    let folders = profile.run(&["folders"]).objects();
    let inboxes = folders.iter().filter(|row| row["folder"] == "INBOX");
    assert_eq!(inboxes.count(), 1, "{folders:?}");
    let removed = profile.run(&["account", "remove", "First"]);
    assert_eq!(removed.error_kind(), "conflict");
    profile.run(&["account", "remove", "Second"]).objects();
    assert_eq!(list(&profile, "INBOX").len(), 2);
    assert_eq!(
        (there(bed, &first).len(), there(bed, &second).len()),
        (1, 1)
    );
    assert_sound(&profile);
}

#[test]
fn a_former_home_is_not_removed_with_mail_that_is_nowhere_else() {
    let bed = bed();
    let (first, second) = (bed.fresh_user(), bed.fresh_user());
    bed.deliver(&second, &mail("two", ""));
    let profile = Profile::new(bed);
    add(&profile, &account(bed, &first, "First", "")).objects();
    let policy = format!("{REMOVE}\ndeliver_to = \"First\"");
    add(&profile, &account(bed, &second, "Second", &policy)).objects();
    sync(&profile);
    // What left the server is noticed with the second look at the latest.
    sync(&profile);
    let file = profile.find("accounts.toml");
    let accounts = std::fs::read_to_string(&file).unwrap();
    let changed = accounts.replace("deliver_to = \"First\"\n", "");
    assert_ne!(accounts, changed);
    std::fs::write(&file, changed).unwrap();
    let removed = profile.run(&["account", "remove", "First"]);
    assert_eq!(removed.error_kind(), "conflict");
    let rows = profile.run(&["list", "INBOX", "--account", "First"]);
    let two = id(&rows.objects()[0]);
    profile.run(&["delete", &two, "--permanently"]).objects();
    profile.run(&["account", "remove", "First"]).objects();
    assert_sound(&profile);
}

#[test]
fn mail_that_is_nowhere_else_goes_with_its_account_only_where_that_is_said() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 2);
    let profile = with_policy(bed, &user, REMOVE);
    sync(&profile);
    // What left the server is noticed with the second look at the latest.
    sync(&profile);
    assert_eq!(there(bed, &user).len(), 0);
    let removed = profile.run(&["account", "remove", "Bed"]);
    assert_eq!(removed.error_kind(), "conflict");
    assert!(removed.stdout.contains("2 messages"), "{removed:#?}");
    assert!(removed.stdout.contains("--delete-mail"), "{removed:#?}");
    assert_eq!(list(&profile, "INBOX").len(), 2);
    profile
        .run(&["account", "remove", "Bed", "--delete-mail"])
        .objects();
    assert!(profile.run(&["account", "list"]).objects().is_empty());
    assert_sound(&profile);
}

#[test]
fn an_account_that_is_added_again_finds_its_mail() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 10);
    let profile = with_policy(bed, &user, LEAVE);
    sync(&profile);
    profile.forget_mail();
    assert_eq!(sync(&profile)["INBOX"]["new"], 10);
    profile.run(&["account", "remove", "Bed"]).objects();
    add(&profile, &account(bed, &user, "Bed", LEAVE)).objects();
    assert_eq!(list(&profile, "INBOX").len(), 0);
    assert_eq!(sync(&profile)["INBOX"]["new"], 10);
    assert_sound(&profile);
}

#[test]
fn an_account_that_is_given_another_protocol_by_hand_keeps_its_mail() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.fill(&user, "INBOX", 3);
    let profile = with_policy(bed, &user, REMOVE);
    sync(&profile);
    let rows = list(&profile, "INBOX");
    let filed = id(&rows[0]);
    profile.run(&["folder", "create", "Work"]).objects();
    profile.run(&["move", &filed, "Work"]).objects();
    let file = profile.find("accounts.toml");
    let accounts = std::fs::read_to_string(&file).unwrap();
    let changed = accounts
        .replace("protocol = \"pop3\"", "protocol = \"imap\"")
        .replace(&bed.pop3_tls().to_string(), &bed.imap_tls().to_string());
    std::fs::write(&file, changed).unwrap();
    assert_eq!(profile.run(&["sync"]).error_kind(), "config");
    assert_eq!(list(&profile, "Work").len(), 1);
    assert_eq!(list(&profile, "INBOX").len(), 2);
    std::fs::write(&file, accounts).unwrap();
    sync(&profile);
    assert_sound(&profile);
}

#[test]
fn a_watched_mailbox_is_looked_into_again() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = with_policy(bed, &user, LEAVE);
    sync(&profile);
    bed.deliver(&user, &mail("news", ""));
    let mut child = profile.spawn(&["sync", "--watch"]);
    let mut lines = std::io::BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    std::io::BufRead::read_line(&mut lines, &mut line).unwrap();
    let told: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(
        (&told["folder"], &told["new"]),
        (&"INBOX".into(), &1.into())
    );
    child.kill().unwrap();
    child.wait().unwrap();
}

/// What a server says up to the sign-in, and its answer to that.
fn signing_in(answer: &str) -> String {
    format!("S: +OK ready\nC: CAPA\nS: +OK\nS: USER\nS: .\nC: USER\nS: +OK\nC: PASS\nS: {answer}\n")
}

#[test]
fn a_mailbox_that_is_open_elsewhere_is_waited_for() {
    let bed = bed();
    let busy = signing_in("-ERR [IN-USE] another session has it");
    let free = signing_in("+OK")
        + "C: CAPA\nS: +OK\nS: USER\nS: .\nC: LIST\nS: +OK\nS: 1 30\nS: .\n\
           C: UIDL\nS: -ERR no\nC: RETR 1\nS: +OK\nS: Subject: freed\nS: \nS: Text.\nS: .\n\
           C: DELE 1\nS: +OK\nC: QUIT\nS: +OK\n";
    let server = ScriptServer::start_each(&[&busy, &busy, &free]);
    let user = bed.fresh_user();
    let profile = Profile::new(bed);
    let mut account = account(bed, &user, "Bed", REMOVE);
    account.incoming.port = server.port();
    account.incoming.security = "none";
    add(&profile, &account).objects();
    assert_eq!(sync(&profile)["INBOX"]["new"], 1);
    assert_eq!(list(&profile, "INBOX")[0]["subject"], "freed");
    assert_eq!(server.connections(), 3);
    let heard = server.finish();
    assert!(heard.iter().any(|line| line == "DELE 1"), "{heard:?}");
}
