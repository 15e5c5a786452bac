//! Other programs at work on the same mail.

use super::super::bed::bed;
use super::super::fetching::{list, mail, sync, with_account};
use super::super::meddler::{Fate, Meddler};
use super::{NOTHING, assert_in_step, flags_of, id_of, on_server, subjects};

#[test]
fn two_profiles_at_once_end_with_the_same_mail() {
    let bed = bed();
    let user = bed.fresh_user();
    for name in ["a", "b", "c", "d"] {
        bed.deliver(&user, &mail(name, ""));
    }
    let (one, two) = (with_account(bed, &user), with_account(bed, &user));
    sync(&one);
    sync(&two);
    let id = |profile, subject| id_of(profile, "INBOX", subject);
    // Different flags of the same message: both hold.
    one.run(&["mark", &id(&one, "a"), "--star", "--tag", "one"])
        .objects();
    two.run(&["mark", &id(&two, "a"), "--read", "--tag", "two"])
        .objects();
    // Moved by the one, marked by the other: it stays moved.
    one.run(&["move", &id(&one, "b"), "Archive"]).objects();
    two.run(&["mark", &id(&two, "b"), "--star"]).objects();
    // Moved by both: one of the two places, once.
    one.run(&["move", &id(&one, "c"), "Archive"]).objects();
    two.run(&["move", &id(&two, "c"), "Sent"]).objects();
    // Removed by the one, moved by the other: gone.
    one.run(&["delete", &id(&one, "d"), "--permanently"])
        .objects();
    two.run(&["move", &id(&two, "d"), "Archive"]).objects();
    for _ in 0..2 {
        sync(&one);
        sync(&two);
    }
    let folders = ["INBOX", "Archive", "Sent"];
    assert_in_step(bed, &user, &one, &folders);
    assert_in_step(bed, &user, &two, &folders);
    for profile in [&one, &two] {
        assert_eq!(subjects(profile, "INBOX"), ["a"]);
        assert_eq!(subjects(profile, "Archive"), ["b", "c"]);
        assert!(subjects(profile, "Sent").is_empty());
        assert_eq!(
            flags_of(profile, "INBOX", "a"),
            ["\\Flagged", "\\Seen", "one", "two"]
        );
    }
}

#[test]
fn what_another_program_marked_is_never_expunged() {
    let bed = bed();
    let user = bed.fresh_user();
    for name in ["theirs", "moved", "gone"] {
        bed.deliver(&user, &mail(name, ""));
    }
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
    let meddler = Meddler::before(bed, NOTHING);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let moved = id_of(&profile, "INBOX", "moved");
    let gone = id_of(&profile, "INBOX", "gone");
    profile.run(&["move", &moved, "Archive"]).objects();
    profile.run(&["delete", &gone, "--permanently"]).objects();
    for _ in 0..2 {
        sync(&profile);
        // Still there, marked; but not shown as messages.
        assert_eq!(on_server(bed, &user, "INBOX", &["DELETED"]), 3);
        assert_eq!(subjects(&profile, "INBOX"), ["theirs"]);
        assert_eq!(subjects(&profile, "Archive"), ["moved"]);
    }
    assert_eq!(id_of(&profile, "Archive", "moved"), moved);
    // They take their mark away: now all that is marked is ours.
    bed.doveadm(&[
        "flags",
        "remove",
        "-u",
        &user.address,
        "\\Deleted",
        "mailbox",
        "INBOX",
        "uid",
        "1",
    ]);
    sync(&profile);
    assert_in_step(bed, &user, &profile, &["INBOX", "Archive"]);
    assert_eq!(bed.raw_messages(&user, "INBOX").len(), 1);
}

#[test]
fn what_another_program_wants_back_comes_back() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("theirs", ""));
    bed.deliver(&user, &mail("gone", ""));
    let mark = |verb: &str, uid: &str| {
        bed.doveadm(&[
            "flags",
            verb,
            "-u",
            &user.address,
            "\\Deleted",
            "mailbox",
            "INBOX",
            "uid",
            uid,
        ]);
    };
    mark("add", "1");
    let meddler = Meddler::before(bed, NOTHING);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let gone = id_of(&profile, "INBOX", "gone");
    profile.run(&["delete", &gone, "--permanently"]).objects();
    sync(&profile);
    assert_eq!(subjects(&profile, "INBOX"), ["theirs"]);
    mark("remove", "2");
    sync(&profile);
    assert_eq!(subjects(&profile, "INBOX"), ["gone", "theirs"]);
    assert_in_step(bed, &user, &profile, &["INBOX"]);
}

#[test]
fn what_was_moved_without_word_of_its_uid_can_be_removed_for_good() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver_to(&user, "Trash", &mail("there before", ""));
    let meddler = Meddler::before(bed, NOTHING);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["delete", &a]).objects();
    // The server copies and removes it, but the folder is not read after that.
    meddler.set(|command| {
        if command.starts_with("LIST") {
            Fate::CutBefore
        } else {
            Fate::Pass
        }
    });
    assert_eq!(profile.run(&["sync"]).error_kind(), "offline");
    meddler.let_pass();
    assert_eq!(bed.raw_messages(&user, "Trash").len(), 2, "it is there");
    profile.run(&["delete", &a, "--permanently"]).objects();
    sync(&profile);
    sync(&profile);
    assert_eq!(subjects(&profile, "Trash"), ["there before"]);
    assert_in_step(bed, &user, &profile, &["INBOX", "Trash"]);
}

#[test]
fn a_change_made_elsewhere_meanwhile_merges() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    let flags = |verb: &str, flags: &str| {
        bed.doveadm(&[
            "flags",
            verb,
            "-u",
            &user.address,
            flags,
            "mailbox",
            "INBOX",
            "all",
        ]);
    };
    flags("add", "\\Flagged \\Answered");
    // Of the star ours is the last word, the rest is theirs.
    profile.run(&["mark", &a, "--star"]).objects();
    profile.run(&["mark", &a, "--unstar"]).objects();
    sync(&profile);
    assert_eq!(
        flags_of(&profile, "INBOX", "a"),
        ["\\Answered", "\\Flagged"],
        "star and unstar cancelled each other: nothing was ours"
    );
    profile.run(&["mark", &a, "--unstar"]).objects();
    flags("add", "\\Flagged \\Seen");
    sync(&profile);
    assert_eq!(flags_of(&profile, "INBOX", "a"), ["\\Answered", "\\Seen"]);
    assert_eq!(on_server(bed, &user, "INBOX", &["FLAGGED"]), 0);
    assert_eq!(list(&profile, "INBOX").len(), 1);
}
