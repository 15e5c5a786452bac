//! The line breaks before or after any single command of the telling.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::bed::{Bed, User, bed};
use super::super::fetching::{mail, sync};
use super::super::meddler::{Fate, Meddler};
use super::super::profile::Profile;
use super::{NO_MOVE, NOTHING, PLAIN, assert_in_step, id_of, subjects};

/// Cuts the line at the n-th command after signing in, and says whether it
/// came to that before the telling was over.
fn cut_at(meddler: &Meddler, nth: usize, fate: &Fate, work: impl FnOnce()) -> bool {
    let cut = Arc::new(AtomicBool::new(false));
    let (was_cut, fate) = (Arc::clone(&cut), fate.clone());
    let (mut count, mut over, mut signed_in) = (0, false, false);
    meddler.set(move |command| {
        let verb = command.split(' ').next().unwrap_or_default();
        if matches!(verb, "LOGIN" | "AUTHENTICATE") {
            (count, signed_in) = (0, true);
            return Fate::Pass;
        }
        // Before it are only commands that change nothing.
        let greets = matches!(
            verb,
            "CAPABILITY" | "ID" | "ENABLE" | "NAMESPACE" | "LOGOUT"
        );
        // The telling ends with the look at the folders.
        over |= command.starts_with("LIST \"\" \"*\"");
        // Losing the answer to a question is like not asking it.
        let asks = ["SELECT", "STATUS", "NOOP", "UID SEARCH", "UID FETCH"];
        let asks = asks.iter().any(|verb| command.starts_with(verb));
        if !signed_in || over || greets || (asks && fate == Fate::CutAfter) {
            return Fate::Pass;
        }
        count += 1;
        if count == nth {
            was_cut.store(true, Ordering::SeqCst);
            return fate.clone();
        }
        Fate::Pass
    });
    work();
    meddler.let_pass();
    cut.load(Ordering::SeqCst)
}

fn nameless(subject: &str) -> Vec<u8> {
    format!("From: ada@example.test\r\nSubject: {subject}\r\n\r\nText of {subject}.\r\n")
        .into_bytes()
}

/// One round: a message and one without a name are moved, one is copied, one
/// removed for good.
fn change(bed: &Bed, user: &User, profile: &Profile, round: &str) {
    for kind in ["moved", "copied", "gone"] {
        bed.deliver(user, &mail(&format!("{kind} {round}"), ""));
    }
    bed.deliver(user, &nameless(&format!("nameless {round}")));
    sync(profile);
    let id = |kind: &str| id_of(profile, "INBOX", &format!("{kind} {round}"));
    profile
        .run(&["move", &id("moved"), &id("nameless"), "Archive"])
        .objects();
    profile.run(&["copy", &id("copied"), "Archive"]).objects();
    profile
        .run(&["delete", &id("gone"), "--permanently"])
        .objects();
}

fn assert_done_once(bed: &Bed, user: &User, profile: &Profile, round: &str, context: &str) {
    assert_in_step(bed, user, profile, &["INBOX", "Archive"]);
    let of_round = |folder: &str| -> Vec<String> {
        let mut subjects = subjects(profile, folder);
        subjects.retain(|subject| subject.ends_with(&format!(" {round}")));
        subjects
    };
    assert_eq!(of_round("INBOX"), [format!("copied {round}")], "{context}");
    let archived = ["copied", "moved", "nameless"].map(|kind| format!("{kind} {round}"));
    assert_eq!(of_round("Archive"), archived, "{context}");
}

fn every_command_may_be_the_last(hidden: &'static [&'static str], at_least: usize) {
    let bed = bed();
    let user = bed.fresh_user();
    let meddler = Meddler::before(bed, hidden);
    let profile = meddler.profile(bed, &user);
    bed.deliver_to(&user, "Archive", &mail("there before", ""));
    sync(&profile);
    let mut cuts = 0;
    for fate in [Fate::CutBefore, Fate::CutAfter] {
        for nth in 1.. {
            let round = format!("{nth}{}", if fate == Fate::CutAfter { "b" } else { "a" });
            change(bed, &user, &profile, &round);
            let context = format!("{fate:?} of command {nth}, hidden {hidden:?}");
            let cut = cut_at(&meddler, nth, &fate, || {
                let outcome = profile.run(&["sync"]);
                if outcome.status != Some(0) {
                    assert_eq!(outcome.error_kind(), "offline", "{context}");
                }
            });
            assert_done_once(bed, &user, &profile, &round, &context);
            if !cut {
                break;
            }
            cuts += 1;
        }
    }
    assert!(cuts >= at_least, "only {cuts} cuts");
    // The server really seemed to lack what was hidden.
    change(bed, &user, &profile, "last");
    meddler.let_pass();
    sync(&profile);
    let heard = meddler.heard();
    let said = |verb: &str| heard.iter().any(|line| line.starts_with(verb));
    assert_eq!(said("UID MOVE"), hidden == PLAIN, "{heard:#?}");
    assert_eq!(said("UID EXPUNGE"), hidden != NOTHING, "{heard:#?}");
    assert_eq!(said("EXPUNGE"), hidden == NOTHING, "{heard:#?}");
}

#[test]
fn nothing_is_lost_or_doubled_with_every_extension() {
    every_command_may_be_the_last(PLAIN, 8);
}

#[test]
fn nothing_is_lost_or_doubled_without_move() {
    every_command_may_be_the_last(NO_MOVE, 12);
}

#[test]
fn nothing_is_lost_or_doubled_without_move_and_uidplus() {
    every_command_may_be_the_last(NOTHING, 12);
}

#[test]
fn a_sent_message_is_kept_once_whatever_command_was_the_last() {
    let bed = bed();
    let user = bed.fresh_user();
    let meddler = Meddler::before(bed, NOTHING);
    let profile = meddler.profile(bed, &user);
    sync(&profile);
    let mut sent = 0;
    for fate in [Fate::CutBefore, Fate::CutAfter] {
        for nth in 1.. {
            let letter = format!(
                "From: {0}\r\nTo: {0}\r\nSubject: sent {fate:?} {nth}\r\n\r\nText.\r\n",
                user.address
            );
            let file = profile.file("letter.eml", letter.as_bytes());
            let cut = cut_at(&meddler, nth, &fate, || {
                profile.run(&["send", file.to_str().unwrap()]).objects();
            });
            sent += 1;
            assert_in_step(bed, &user, &profile, &["Sent"]);
            assert_eq!(subjects(&profile, "Sent").len(), sent, "{fate:?} {nth}");
            if !cut {
                break;
            }
        }
    }
    assert!(sent > 4, "only {sent} were sent");
}
