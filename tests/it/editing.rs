//! Changing accounts: other settings, off and on, their order.

use super::bed::bed;
use super::profile::{AccountFile, Incoming, Outcome, Profile};

/// Runs `account edit` with what the file says.
fn edit(profile: &Profile, name: &str, file: &AccountFile, password: Option<&str>) -> Outcome {
    let file = profile.file("edited.toml", file.to_toml().as_bytes());
    let file = file.to_str().unwrap();
    match password {
        Some(password) => profile.run_with(
            &["account", "edit", name, file, "--password-stdin"],
            password.as_bytes(),
        ),
        None => profile.run(&["account", "edit", name, file]),
    }
}

#[test]
fn settings_are_changed_once_the_servers_are_proven() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, b"Subject: one\r\n\r\nText.\r\n");
    let profile = Profile::new(bed);
    let mut account = AccountFile::on(bed, &user, Incoming::ImapTls);
    profile.add_account(&account).objects();
    profile.run(&["sync"]).objects();
    let before = profile.run(&["list", "INBOX"]).objects();

    // A wrong password changes nothing.
    let refused = edit(&profile, "Bed", &account, Some("wrong"));
    assert_eq!(refused.error_kind(), "auth");
    profile.run(&["account", "check", "Bed"]).objects();

    // Another name and another way to the same mailbox: nothing is fetched
    // twice, and the saved passwords serve.
    account = AccountFile::on(bed, &user, Incoming::ImapStartTls);
    account.name = "House".to_owned();
    let edited = edit(&profile, "Bed", &account, None).objects();
    assert_eq!(edited[0]["account"], "House");
    assert_eq!(edited[0]["verified"], true);
    bed.deliver(&user, b"Subject: two\r\n\r\nText.\r\n");
    profile.run(&["sync"]).objects();
    let after = profile.run(&["list", "INBOX"]).objects();
    assert_eq!(after.len(), 2);
    assert_eq!(after[1]["id"], before[0]["id"], "the same row");
}

#[test]
fn another_mailbox_brings_its_own_mail_and_no_other() {
    let bed = bed();
    let (first, second) = (bed.fresh_user(), bed.fresh_user());
    for n in 1..=3 {
        let text = |who| format!("Subject: {who} {n}\r\nMessage-ID: <{who}{n}@x>\r\n\r\nText.\r\n");
        bed.deliver(&first, text("first").as_bytes());
        bed.deliver(&second, text("second").as_bytes());
    }
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &first, Incoming::ImapTls))
        .objects();
    profile.run(&["sync"]).objects();
    let other = AccountFile::on(bed, &second, Incoming::ImapTls);
    edit(&profile, "Bed", &other, Some(&second.password)).objects();
    profile.run(&["sync"]).objects();
    let subjects: Vec<_> = profile
        .run(&["list", "INBOX"])
        .objects()
        .iter()
        .map(|row| row["subject"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(subjects.len(), 3, "{subjects:?}");
    assert!(
        subjects.iter().all(|s| s.starts_with("second")),
        "{subjects:?}"
    );
    let check = profile.run(&["check"]).objects();
    assert!(
        check[0]["problems"].as_array().unwrap().is_empty(),
        "{check:?}"
    );
    // The first one's mailbox lost nothing.
    assert_eq!(bed.raw_messages(&first, "INBOX").len(), 3);
}

#[test]
fn an_account_stays_of_its_kind() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &user, Incoming::ImapTls))
        .objects();
    let pop3 = AccountFile::on(bed, &user, Incoming::Pop3Tls);
    assert_eq!(edit(&profile, "Bed", &pop3, None).error_kind(), "conflict");
}

#[test]
fn an_account_that_is_off_asks_no_server() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, b"Subject: one\r\n\r\nText.\r\n");
    let profile = Profile::new(bed);
    profile
        .add_account(&AccountFile::on(bed, &user, Incoming::ImapTls))
        .objects();
    profile.run(&["sync"]).objects();
    let off = profile.run(&["account", "disable", "Bed"]).objects();
    assert_eq!(off[0]["enabled"], false);
    bed.deliver(&user, b"Subject: two\r\n\r\nText.\r\n");
    profile.run(&["sync"]).objects();
    assert_eq!(profile.run(&["list", "INBOX"]).objects().len(), 1);
    let asked = profile.run(&["sync", "--account", "Bed"]);
    assert_eq!(asked.error_kind(), "conflict");
    assert!(asked.stderr.contains("switched off"), "{asked:#?}");
    profile.run(&["account", "enable", "Bed"]).objects();
    profile.run(&["sync"]).objects();
    assert_eq!(profile.run(&["list", "INBOX"]).objects().len(), 2);
}

#[test]
fn accounts_stand_in_the_order_one_wants() {
    let bed = bed();
    let profile = Profile::new(bed);
    for name in ["One", "Two", "Three"] {
        let mut account = AccountFile::on(bed, &bed.fresh_user(), Incoming::ImapTls);
        account.name = name.to_owned();
        profile.add_account(&account).objects();
    }
    let names = |outcome: Outcome| -> Vec<String> {
        let rows = outcome.objects();
        let name = |row: &serde_json::Value| row["account"].as_str().unwrap().to_owned();
        rows.iter().map(name).collect()
    };
    let ordered = names(profile.run(&["account", "order", "three", "one"]));
    assert_eq!(ordered, ["Three", "One", "Two"]);
    assert_eq!(names(profile.run(&["account", "list"])), ordered);
    let unknown = profile.run(&["account", "order", "four"]);
    assert_eq!(unknown.error_kind(), "not_found");
}
