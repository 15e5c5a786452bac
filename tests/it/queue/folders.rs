//! Folders made, renamed and removed: here at once, and on the server.

use super::super::bed::{Bed, User, bed};
use super::super::fetching::{id, list, mail, sync, with_account};
use super::super::meddler::{Fate, Meddler};
use super::super::profile::Profile;
use super::{PLAIN, assert_in_step, id_of, subjects};

fn there(bed: &Bed, user: &User) -> Vec<String> {
    let listed = bed.doveadm(&["mailbox", "list", "-u", &user.address]);
    let mut folders: Vec<String> = listed.lines().map(str::to_owned).collect();
    folders.sort();
    folders
}

fn here(profile: &Profile) -> Vec<String> {
    let rows = profile.run(&["folders"]).objects();
    rows.iter()
        .map(|row| row["folder"].as_str().unwrap().to_owned())
        .collect()
}

fn has(folders: &[String], path: &str) -> bool {
    folders.iter().any(|folder| folder == path)
}

#[test]
fn a_folder_is_made_renamed_and_removed() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let profile = with_account(bed, &user);
    sync(&profile);
    profile.run(&["folder", "create", "Bücher"]).objects();
    profile
        .run(&["folder", "create", "Bücher/Neu & alt"])
        .objects();
    assert!(
        has(&there(bed, &user), "Bücher/Neu & alt"),
        "{:?}",
        there(bed, &user)
    );
    let a = id_of(&profile, "INBOX", "a");
    profile.run(&["move", &a, "Bücher/Neu & alt"]).objects();
    sync(&profile);
    // The children come along, and no message is fetched again.
    profile
        .run(&["folder", "rename", "Bücher", "Lesen"])
        .objects();
    assert!(
        has(&there(bed, &user), "Lesen/Neu & alt"),
        "{:?}",
        there(bed, &user)
    );
    let told = sync(&profile);
    assert_eq!(told["Lesen/Neu & alt"]["new"], 0);
    assert_eq!(told["Lesen/Neu & alt"]["bytes"], 0);
    assert_eq!(id(&list(&profile, "Lesen/Neu & alt")[0]), a);
    assert!(!has(&here(&profile), "Bücher"));
    // Deleted: it is below Trash with what it holds.
    profile.run(&["folder", "delete", "Lesen"]).objects();
    sync(&profile);
    assert!(
        has(&there(bed, &user), "Trash/Lesen/Neu & alt"),
        "{:?}",
        there(bed, &user)
    );
    assert_eq!(id(&list(&profile, "Trash/Lesen/Neu & alt")[0]), a);
    // From there: for good.
    profile.run(&["folder", "delete", "Trash/Lesen"]).objects();
    sync(&profile);
    for folders in [there(bed, &user), here(&profile)] {
        assert!(
            !folders.iter().any(|folder| folder.contains("Lesen")),
            "{folders:?}"
        );
    }
    assert_in_step(bed, &user, &profile, &["INBOX", "Trash"]);
}

#[test]
fn names_that_cannot_be_and_folders_that_are_needed_are_refused() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = with_account(bed, &user);
    sync(&profile);
    profile.run(&["folder", "create", "Work"]).objects();
    for (words, kind) in [
        (vec!["create", "Work"], "conflict"),
        (vec!["create", "inbox"], "conflict"),
        (vec!["create", "a//b"], "input"),
        (vec!["create", "a*"], "input"),
        (vec!["rename", "Work", "Work/Below"], "input"),
        (vec!["rename", "INBOX", "Outbox"], "conflict"),
        (vec!["rename", "Sent", "Gone"], "conflict"),
        (vec!["delete", "Trash"], "conflict"),
        (vec!["delete", "inbox", "--permanently"], "conflict"),
        (vec!["delete", "Nowhere"], "not_found"),
    ] {
        let words: Vec<&str> = std::iter::once("folder").chain(words).collect();
        assert_eq!(profile.run(&words).error_kind(), kind, "{words:?}");
    }
}

#[test]
fn what_was_done_to_folders_without_the_server_is_done_in_order() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    bed.deliver(&user, &mail("b", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    meddler.set(|_| Fate::CutBefore);
    profile.run(&["folder", "create", "New"]).objects();
    let (a, b) = (id_of(&profile, "INBOX", "a"), id_of(&profile, "INBOX", "b"));
    profile.run(&["move", &a, "New"]).objects();
    profile.run(&["folder", "rename", "New", "Newer"]).objects();
    profile.run(&["copy", &b, "Newer"]).objects();
    profile
        .run(&["folder", "rename", "Newer", "Newest"])
        .objects();
    assert_eq!(list(&profile, "Newest").len(), 2);
    assert!(
        !there(bed, &user)
            .iter()
            .any(|folder| folder.contains("New"))
    );
    meddler.let_pass();
    sync(&profile);
    assert!(has(&there(bed, &user), "Newest"));
    assert_eq!(id_of(&profile, "Newest", "a"), a);
    assert_in_step(bed, &user, &profile, &["INBOX", "Newest"]);
    assert_eq!(subjects(&profile, "Newest"), ["a", "b"]);
}

#[test]
fn a_refused_folder_goes_and_what_was_put_into_it_comes_back() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    meddler.set(|_| Fate::CutBefore);
    profile.run(&["folder", "create", "New"]).objects();
    profile.run(&["move", &a, "New"]).objects();
    profile.run(&["mark", &a, "--star"]).objects();
    meddler.set(|command| {
        if command.starts_with("CREATE") {
            Fate::Answer("NO [NOPERM] Not here")
        } else {
            Fate::Pass
        }
    });
    sync(&profile);
    assert!(!has(&here(&profile), "New"));
    assert_eq!(id_of(&profile, "INBOX", "a"), a);
    meddler.let_pass();
    sync(&profile);
    assert_eq!(super::on_server(bed, &user, "INBOX", &["FLAGGED"]), 1);
    assert_in_step(bed, &user, &profile, &["INBOX"]);
}

#[test]
fn a_server_that_moves_no_folder_to_trash_gets_its_messages_there() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.doveadm(&["mailbox", "create", "-u", &user.address, "Work"]);
    bed.deliver_to(&user, "Work", &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "Work", "a");
    meddler.set(|command| {
        if command.starts_with("RENAME") {
            Fate::Answer("NO [CANNOT] Trash has no levels")
        } else {
            Fate::Pass
        }
    });
    profile.run(&["folder", "delete", "Work"]).objects();
    assert!(!has(&there(bed, &user), "Work"));
    assert!(!has(&here(&profile), "Work"));
    assert_eq!(id_of(&profile, "Trash", "a"), a);
    assert_in_step(bed, &user, &profile, &["INBOX", "Trash"]);
}

#[test]
fn a_folder_that_got_mail_meanwhile_is_not_deleted_with_it() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.doveadm(&["mailbox", "create", "-u", &user.address, "Work"]);
    bed.deliver_to(&user, "Work", &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    bed.deliver_to(&user, "Work", &mail("unseen", ""));
    meddler.set(|command| {
        if command.starts_with("RENAME") {
            Fate::Answer("NO [CANNOT] Trash has no levels")
        } else {
            Fate::Pass
        }
    });
    let outcome = profile.run(&["folder", "delete", "Work"]);
    assert_eq!(outcome.error_kind(), "conflict");
    meddler.let_pass();
    sync(&profile);
    assert_eq!(subjects(&profile, "Work"), ["unseen"]);
    assert_eq!(subjects(&profile, "Trash"), ["a"]);
    assert_in_step(bed, &user, &profile, &["INBOX", "Trash", "Work"]);
}

#[test]
fn a_folder_command_whose_answer_is_lost_is_done_once() {
    let bed = bed();
    let user = bed.fresh_user();
    bed.deliver(&user, &mail("a", ""));
    let meddler = Meddler::before(bed, PLAIN);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let a = id_of(&profile, "INBOX", "a");
    let lose = |verb: &'static str| {
        meddler.set(move |command| {
            if command.starts_with(verb) {
                Fate::CutAfter
            } else {
                Fate::Pass
            }
        });
    };
    lose("CREATE");
    profile.run(&["folder", "create", "One"]).objects();
    meddler.let_pass();
    profile.run(&["move", &a, "One"]).objects();
    sync(&profile);
    lose("RENAME");
    profile.run(&["folder", "rename", "One", "Two"]).objects();
    meddler.let_pass();
    let told = sync(&profile);
    assert_eq!(told["Two"]["new"], 0);
    assert_eq!(id_of(&profile, "Two", "a"), a);
    lose("DELETE");
    profile
        .run(&["folder", "delete", "Two", "--permanently"])
        .objects();
    meddler.let_pass();
    sync(&profile);
    assert!(!has(&here(&profile), "Two"));
    assert!(!has(&there(bed, &user), "Two"));
    assert_in_step(bed, &user, &profile, &["INBOX"]);
}

#[test]
fn a_subscription_reaches_the_server() {
    let bed = bed();
    let user = bed.fresh_user();
    let profile = with_account(bed, &user);
    sync(&profile);
    let subscribed = || bed.doveadm(&["mailbox", "list", "-s", "-u", &user.address]);
    profile.run(&["folder", "create", "Work"]).objects();
    assert!(subscribed().lines().any(|line| line == "Work"));
    profile.run(&["folder", "unsubscribe", "Work"]).objects();
    assert!(!subscribed().lines().any(|line| line == "Work"));
    profile.run(&["folder", "subscribe", "Work"]).objects();
    assert!(subscribed().lines().any(|line| line == "Work"));
}
