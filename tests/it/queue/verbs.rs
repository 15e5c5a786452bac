//! Tags, junk, copies: here at once, there with the next pass.

use super::super::bed::bed;
use super::super::fetching::{list, mail, sync, with_account};
use super::super::meddler::{Fate, Meddler};
use super::{NOTHING, PLAIN, assert_in_step, flags_of, id_of, on_server, subjects};

#[test]
fn a_tag_reaches_the_server_and_tags_of_others_stay() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile
        .run(&["mark", &a, "--tag", "work", "--tag", "later"])
        .objects();
    assert_eq!(flags_of(&profile, "INBOX", "a"), ["later", "work"]);
    // Meanwhile another program sets one and a star.
    bed.doveadm(&[
        "flags",
        "add",
        "-u",
        &user.address,
        "home \\Flagged",
        "mailbox",
        "INBOX",
        "all",
    ]);
    sync(&profile);
    assert_eq!(
        flags_of(&profile, "INBOX", "a"),
        ["\\Flagged", "home", "later", "work"]
    );
    for tag in ["work", "later", "home"] {
        assert_eq!(
            on_server(bed, &user, "INBOX", &["KEYWORD", tag]),
            1,
            "{tag}"
        );
    }
    profile.run(&["mark", &a, "--untag", "WORK"]).objects();
    sync(&profile);
    assert_eq!(on_server(bed, &user, "INBOX", &["KEYWORD", "work"]), 0);
    assert_eq!(
        flags_of(&profile, "INBOX", "a"),
        ["\\Flagged", "home", "later"]
    );
}

#[test]
fn a_server_that_keeps_no_tags_is_no_trouble_but_for_a_word() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile
        .run(&["mark", &a, "--tag", "work", "--star"])
        .objects();
    meddler.set(|command| {
        if command.contains("FLAGS.SILENT (work)") {
            Fate::Answer("NO [CANNOT] No such thing here")
        } else {
            Fate::Pass
        }
    });
    let told = sync(&profile);
    let notice = told["INBOX"]["notices"][0].as_str().unwrap();
    assert!(notice.contains("“work”"), "{notice}");
    assert!(notice.contains("No such thing here"), "{notice}");
    assert_eq!(flags_of(&profile, "INBOX", "a"), ["\\Flagged"]);
    meddler.let_pass();
    sync(&profile);
    assert!(
        !meddler
            .heard()
            .iter()
            .any(|said| said.contains("UID STORE"))
    );
}

#[test]
fn junk_goes_where_junk_belongs_and_comes_back() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    // What another program thought of it.
    bed.doveadm(&[
        "flags",
        "add",
        "-u",
        &user.address,
        "NonJunk",
        "mailbox",
        "INBOX",
        "all",
    ]);
    let profile = with_account(bed, &user);
    sync(&profile);
    assert_eq!(flags_of(&profile, "INBOX", "a"), ["$NotJunk"]);
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["mark", &a, "--junk"]).objects();
    assert_eq!(flags_of(&profile, "Junk", "a"), ["$Junk"]);
    sync(&profile);
    assert!(bed.raw_messages(&user, "INBOX").is_empty());
    assert_eq!(on_server(bed, &user, "Junk", &["KEYWORD", "$Junk"]), 1);
    assert_eq!(on_server(bed, &user, "Junk", &["KEYWORD", "NonJunk"]), 0);
    assert_eq!(id_of(&profile, "Junk", "a"), a, "the same row");
    profile.run(&["mark", &a, "--not-junk"]).objects();
    sync(&profile);
    assert_eq!(flags_of(&profile, "INBOX", "a"), ["$NotJunk"]);
    assert_eq!(on_server(bed, &user, "INBOX", &["KEYWORD", "$Junk"]), 0);
    assert_in_step(bed, &user, &profile, &["INBOX", "Junk"]);
}

#[test]
fn a_copy_is_here_at_once_and_there_once() {
    let bed = bed();
    for hidden in [PLAIN, NOTHING] {
        let user = bed.fresh_user();
        bed.deliver(&user, &mail("a", ""));
        let meddler = Meddler::before(bed, hidden);
        let profile = meddler.profile(bed, &user);
        sync(&profile);
        let a = id_of(&profile, "INBOX", "a");
        profile.run(&["copy", &a, "Archive"]).objects();
        let copy = id_of(&profile, "Archive", "a");
        assert_ne!(copy, a);
        // Changed before the server has it.
        profile.run(&["mark", &copy, "--star"]).objects();
        sync(&profile);
        let told = sync(&profile);
        assert_eq!(told["Archive"]["new"], 0, "{hidden:?}");
        assert_eq!(id_of(&profile, "Archive", "a"), copy, "{hidden:?}");
        assert_eq!(
            on_server(bed, &user, "Archive", &["FLAGGED"]),
            1,
            "{hidden:?}"
        );
        assert_eq!(
            on_server(bed, &user, "INBOX", &["FLAGGED"]),
            0,
            "{hidden:?}"
        );
        assert_in_step(bed, &user, &profile, &["INBOX", "Archive"]);
    }
}

#[test]
fn a_message_is_copied_moved_and_removed_in_the_order_it_was_done() {
    let bed = bed();
    for hidden in [PLAIN, NOTHING] {
        let user = bed.fresh_user();
        bed.deliver(&user, &mail("a", ""));
        bed.deliver(&user, &mail("b", ""));
        let meddler = Meddler::before(bed, hidden);
        let profile = meddler.profile(bed, &user);
        sync(&profile);
        let (a, b) = (id_of(&profile, "INBOX", "a"), id_of(&profile, "INBOX", "b"));
        // A copy of what is being moved, and then the original for good.
        profile.run(&["move", &a, "Archive"]).objects();
        profile.run(&["copy", &a, "Sent"]).objects();
        profile.run(&["delete", &a, "--permanently"]).objects();
        // A copy, and then the original elsewhere.
        profile.run(&["copy", &b, "Sent"]).objects();
        profile.run(&["move", &b, "Archive"]).objects();
        for _ in 0..3 {
            sync(&profile);
        }
        assert_eq!(subjects(&profile, "INBOX"), [""; 0], "{hidden:?}");
        assert_eq!(subjects(&profile, "Archive"), ["b"], "{hidden:?}");
        assert_eq!(subjects(&profile, "Sent"), ["a", "b"], "{hidden:?}");
        assert_in_step(bed, &user, &profile, &["INBOX", "Archive", "Sent"]);
    }
}

#[test]
fn a_refused_move_or_copy_is_taken_back_and_one_refused_for_now_waits() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver(&user, &mail("b", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    let b = id_of(&profile, "INBOX", "b");
    profile.run(&["move", &a, "Archive"]).objects();
    profile.run(&["copy", &b, "Archive"]).objects();
    meddler.set(|command| match command {
        command if command.starts_with("UID MOVE") => Fate::Answer("NO [INUSE] Busy"),
        command if command.starts_with("UID COPY") => Fate::Answer("NO [OVERQUOTA] Full"),
        _ => Fate::Pass,
    });
    let told = sync(&profile);
    let notices = told["INBOX"]["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].as_str().unwrap().contains("tried again"));
    assert!(notices[1].as_str().unwrap().contains("nothing was copied"));
    assert_eq!(subjects(&profile, "Archive"), ["a"], "one waits, one went");
    // Nobody asks twice within a pass.
    let asked = meddler.heard();
    let asked = |verb| asked.iter().filter(|said| said.starts_with(verb)).count();
    assert_eq!((asked("UID MOVE"), asked("UID COPY")), (1, 1));
    meddler.let_pass();
    sync(&profile);
    assert_in_step(bed, &user, &profile, &["INBOX", "Archive"]);
    assert_eq!(subjects(&profile, "INBOX"), ["b"]);
    // Refused for good.
    let b = id_of(&profile, "INBOX", "b");
    profile.run(&["move", &b, "Archive"]).objects();
    meddler.set(|command| {
        if command.starts_with("UID MOVE") {
            Fate::Answer("NO [NOPERM] Not yours")
        } else {
            Fate::Pass
        }
    });
    let told = sync(&profile);
    let notice = told["INBOX"]["notices"][0].as_str().unwrap();
    assert!(notice.contains("back in INBOX"), "{notice}");
    assert_eq!(id_of(&profile, "INBOX", "b"), b);
}

#[test]
fn a_command_the_server_does_not_understand_is_not_said_for_ever() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["mark", &a, "--star"]).objects();
    meddler.set(|command| {
        if command.contains("UID STORE") {
            Fate::Answer("BAD What?")
        } else {
            Fate::Pass
        }
    });
    profile.run(&["sync"]);
    sync(&profile);
    assert_eq!(flags_of(&profile, "INBOX", "a"), [""; 0]);
}

#[test]
fn a_target_that_went_meanwhile_is_made_again() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.doveadm(&["mailbox", "create", "-u", &user.address, "Work"]);
    let profile = with_account(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["move", &a, "Work"]).objects();
    bed.doveadm(&["mailbox", "delete", "-u", &user.address, "Work"]);
    sync(&profile);
    assert_eq!(subjects(&profile, "Work"), ["a"]);
    assert_eq!(list(&profile, "INBOX").len(), 0);
    assert_in_step(bed, &user, &profile, &["INBOX", "Work"]);
}

#[test]
fn a_folder_that_can_only_be_read_keeps_its_mail_and_its_marks() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver(&user, &mail("b", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let (a, b) = (id_of(&profile, "INBOX", "a"), id_of(&profile, "INBOX", "b"));
    profile.run(&["mark", &a, "--star"]).objects();
    profile.run(&["copy", &a, "Archive"]).objects();
    profile.run(&["move", &b, "Archive"]).objects();
    meddler.swap(Some(("[READ-WRITE]", "[READ-ONLY]")));
    let told = sync(&profile);
    let notices = told["INBOX"]["notices"].as_array().unwrap();
    assert_eq!(notices.len(), 2, "{notices:?}");
    for notice in notices {
        let notice = notice.as_str().unwrap();
        assert!(notice.contains("can only be read"), "{notice}");
    }
    assert_eq!(flags_of(&profile, "INBOX", "a"), [""; 0]);
    assert_eq!(id_of(&profile, "INBOX", "b"), b);
    assert_eq!(
        subjects(&profile, "Archive"),
        ["a"],
        "reading is enough to copy"
    );
    let heard = meddler.heard();
    assert!(
        !heard
            .iter()
            .any(|said| said.contains("UID STORE") || said.contains("UID MOVE")),
        "{heard:?}"
    );
}

#[test]
fn a_folder_without_room_for_keywords_is_not_even_asked() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["mark", &a, "--tag", "work"]).objects();
    meddler.swap(Some((" \\*)]", ")]")));
    let told = sync(&profile);
    let notice = told["INBOX"]["notices"][0].as_str().unwrap();
    assert!(notice.contains("does not keep the tag “work”"), "{notice}");
    assert_eq!(flags_of(&profile, "INBOX", "a"), [""; 0]);
    // Junk goes to Junk all the same, and its mark is nothing to talk about.
    profile.run(&["mark", &a, "--junk"]).objects();
    let told = sync(&profile);
    assert_eq!(told["INBOX"]["notices"].as_array().unwrap().len(), 0);
    assert_eq!(subjects(&profile, "Junk"), ["a"]);
    assert!(
        !meddler
            .heard()
            .iter()
            .any(|said| said.contains("UID STORE"))
    );
}
