//! Adding, checking and removing accounts.

use std::io::{BufRead, BufReader};

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Profile};

#[test]
fn an_account_is_proven_saved_listed_and_removed() {
    let bed = bed();
    for incoming in [
        Incoming::ImapTls,
        Incoming::ImapStartTls,
        Incoming::ImapPlain,
    ] {
        let user = bed.fresh_user();
        let profile = Profile::new(bed);
        let added = profile
            .add_account(&AccountFile::on(bed, &user, incoming))
            .objects();
        assert_eq!(added[0]["account"], "Bed");
        assert_eq!(added[0]["verified"], true);
        let listed = profile.run(&["account", "list"]).objects();
        assert_eq!(listed.len(), 1);
        assert_eq!(listed[0]["email"], user.address);
        assert_eq!(listed[0]["protocol"], "imap");
        profile.run(&["account", "remove", "Bed"]).objects();
        assert!(profile.run(&["account", "list"]).objects().is_empty());
    }
}

#[test]
fn submission_over_starttls_is_proven_too() {
    let bed = bed();
    let profile = Profile::new(bed);
    let mut account = AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls);
    account.outgoing.port = bed.smtp_starttls();
    account.outgoing.security = "starttls";
    assert_eq!(profile.add_account(&account).objects()[0]["verified"], true);
}

#[test]
fn a_check_names_every_step() {
    let bed = bed();
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls))
        .objects();
    let steps = profile.run(&["account", "check", "Bed"]).objects();
    for server in ["imap", "smtp"] {
        let names: Vec<_> = steps
            .iter()
            .filter(|step| {
                step["server"]
                    .as_str()
                    .unwrap()
                    .to_lowercase()
                    .contains(server)
            })
            .map(|step| {
                assert_eq!(step["ok"], true, "{step}");
                step["step"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(
            names,
            ["lookup", "connect", "tls", "greeting", "sign-in", "command"]
        );
    }
}

#[test]
fn a_wrong_password_is_said_and_nothing_is_saved() {
    let bed = bed();
    let profile = Profile::new(bed);
    let mut user = bed.fresh_user();
    user.password = "wrong".to_owned();
    let outcome = profile.add_account(&AccountFile::on(bed, &user, Incoming::ImapTls));
    assert_eq!(outcome.error_kind(), "auth");
    assert!(outcome.stderr.contains("localhost"), "{outcome:#?}");
    assert!(
        !outcome.stderr.contains("wrong"),
        "the password is in the error: {outcome:#?}"
    );
    assert!(profile.run(&["account", "list"]).objects().is_empty());
}

#[test]
fn servers_that_cannot_be_reached_are_told_apart() {
    let bed = bed();
    let profile = Profile::new(bed);
    let good = AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls);
    let kind_of = |change: &dyn Fn(&mut String)| {
        let mut text = good.to_toml();
        change(&mut text);
        let file = profile.file("odd.toml", text.as_bytes());
        let arguments = ["account", "add", file.to_str().unwrap(), "--password-stdin"];
        profile.run_with(&arguments, b"secret\n").error_kind()
    };
    let unknown =
        kind_of(&|text| *text = text.replace("\"localhost\"", "\"no-such-host.invalid\""));
    assert_eq!(unknown, "dns");
    let port = bed.imap_tls().to_string();
    // Port 1 of the loopback has no listener on any sane machine.
    let refused = kind_of(&|text| *text = text.replacen(&port, "1", 1));
    assert_eq!(refused, "refused");
    let plain = bed.imap_plain().to_string();
    let no_tls = kind_of(&|text| *text = text.replacen(&port, &plain, 1));
    assert_eq!(no_tls, "tls");
}

#[test]
fn a_certificate_of_a_stranger_is_refused() {
    let bed = bed();
    let mut profile = Profile::new(bed);
    profile.trust_nobody();
    let outcome = profile.add_account(&AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls));
    assert_eq!(outcome.error_kind(), "certificate");
}

#[test]
fn a_file_that_cannot_be_used_says_where() {
    let bed = bed();
    let profile = Profile::new(bed);
    let file = profile.file("bad.toml", b"name = \"x\"\nemail = 5\n");
    let outcome = profile.run(&["account", "add", file.to_str().unwrap(), "--no-verify"]);
    assert!(
        ["config", "input"].contains(&outcome.error_kind().as_str()),
        "{outcome:#?}"
    );
    assert!(outcome.stderr.contains("bad.toml"), "{outcome:#?}");
}

#[test]
fn a_second_program_on_the_profile_is_turned_away() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, b"Subject: one\r\n\r\nText.\r\n");
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &user, Incoming::ImapTls))
        .objects();
    let mut watching = profile.spawn(&["sync", "--watch"]);
    // Its first line says that it has the profile.
    let mut line = String::new();
    BufReader::new(watching.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    assert!(line.contains("INBOX"), "{line:?}");
    let refused = profile.run(&["folders"]);
    watching.kill().unwrap();
    watching.wait().unwrap();
    assert_eq!(refused.error_kind(), "busy");
    // The lock went with the process, and nothing is damaged.
    assert_eq!(profile.run(&["list", "INBOX"]).objects().len(), 1);
}

#[test]
fn unreadable_settings_are_said_and_never_written_over() {
    let bed = bed();
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls))
        .objects();
    let file = profile.find("accounts.toml");
    std::fs::write(&file, "this is not = = TOML").unwrap();
    assert_eq!(profile.run(&["folders"]).error_kind(), "config");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "this is not = = TOML"
    );
}
