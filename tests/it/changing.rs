//! What is done here is done on the server, and only that.

use super::bed::bed;
use super::fetching::{id, list, mail, sync, with_account};

#[test]
fn marks_reach_the_server() {
    let bed = bed();
    let user = bed.fresh_user();
    for name in ["a", "b", "c"] {
        bed.deliver(&user, &mail(name, ""));
    }
    let profile = with_account(bed, &user);
    sync(&profile);
    let rows = list(&profile, "INBOX");
    profile
        .run(&["mark", &id(&rows[0]), &id(&rows[1]), "--read"])
        .objects();
    profile.run(&["mark", &id(&rows[1]), "--star"]).objects();
    sync(&profile);
    let on_server = |flag: &str| {
        let found = bed.doveadm(&["search", "-u", &user.address, "mailbox", "INBOX", flag]);
        found.lines().count()
    };
    assert_eq!(on_server("SEEN"), 2);
    assert_eq!(on_server("FLAGGED"), 1);
    profile
        .run(&["mark", &id(&rows[1]), "--unstar", "--unread"])
        .objects();
    sync(&profile);
    assert_eq!(on_server("SEEN"), 1);
    assert_eq!(on_server("FLAGGED"), 0);
}

#[test]
fn a_moved_message_keeps_its_id_and_is_there_once() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver(&user, &mail("b", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let row = id(&list(&profile, "INBOX")[0]);
    profile.run(&["move", &row, "Archive"]).objects();
    assert_eq!(id(&list(&profile, "Archive")[0]), row, "at once, here");
    assert_eq!(bed.raw_messages(&user, "INBOX").len(), 2, "not yet, there");
    sync(&profile);
    assert_eq!(bed.raw_messages(&user, "INBOX").len(), 1);
    assert_eq!(bed.raw_messages(&user, "Archive").len(), 1);
    let told = sync(&profile);
    assert_eq!(told["Archive"]["new"], 0);
    assert_eq!(id(&list(&profile, "Archive")[0]), row);
    assert_eq!(list(&profile, "INBOX").len(), 1);
}

#[test]
fn deleted_goes_to_trash_and_from_there_for_good() {
    let bed = bed();
    let user = bed.fresh_user();
    for name in ["a", "b", "c"] {
        bed.deliver(&user, &mail(name, ""));
    }
    let profile = with_account(bed, &user);
    sync(&profile);
    let rows = list(&profile, "INBOX");
    profile.run(&["delete", &id(&rows[0])]).objects();
    profile
        .run(&["delete", &id(&rows[1]), "--permanently"])
        .objects();
    sync(&profile);
    assert_eq!(bed.raw_messages(&user, "INBOX").len(), 1);
    assert_eq!(bed.raw_messages(&user, "Trash").len(), 1);
    profile.run(&["delete", &id(&rows[0])]).objects();
    sync(&profile);
    assert!(bed.raw_messages(&user, "Trash").is_empty());
    assert!(list(&profile, "Trash").is_empty());
}

#[test]
fn only_the_named_message_is_expunged() {
    let bed = bed();
    let user = bed.fresh_user();
    for name in ["a", "b", "c"] {
        bed.deliver(&user, &mail(name, ""));
    }
    // Another program marked one as deleted and left it there.
    bed.doveadm(&[
        "flags",
        "add",
        "-u",
        &user.address,
        "\\Deleted",
        "mailbox",
        "INBOX",
        "uid",
        "1",
    ]);
    let profile = with_account(bed, &user);
    sync(&profile);
    let row = list(&profile, "INBOX")
        .into_iter()
        .find(|row| row["uid"] == 2)
        .unwrap();
    profile
        .run(&["delete", &id(&row), "--permanently"])
        .objects();
    sync(&profile);
    assert_eq!(bed.raw_messages(&user, "INBOX").len(), 2);
}

#[test]
fn a_change_to_a_message_that_is_gone_is_no_trouble() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver(&user, &mail("b", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let rows = list(&profile, "INBOX");
    let gone = rows.iter().find(|row| row["uid"] == 1).unwrap();
    profile.run(&["mark", &id(gone), "--star"]).objects();
    profile.run(&["move", &id(gone), "Archive"]).objects();
    bed.doveadm(&[
        "expunge",
        "-u",
        &user.address,
        "mailbox",
        "INBOX",
        "uid",
        "1",
    ]);
    sync(&profile);
    sync(&profile);
    assert!(list(&profile, "Archive").is_empty());
    assert_eq!(list(&profile, "INBOX").len(), 1);
    assert_eq!(
        profile.run(&["mark", &id(gone), "--read"]).error_kind(),
        "not_found"
    );
}
