//! IDLE (RFC 2177) and NOTIFY (RFC 5465), played.

use std::future::{pending, ready};
use std::time::Duration;

use super::super::idle::IdleEnd;
use super::super::notify::Notices;
use super::connection;

const HOUR: Duration = Duration::from_secs(3600);

const SET: &str = "C: W1 NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange)) \
     (personal (MessageNew MessageExpunge FlagChange MailboxName))\n";

#[tokio::test]
async fn idle_that_the_server_ends_is_no_failure() {
    let mut conn = connection(
        "C: W1 IDLE\n\
         S: + idling\n\
         S: W1 OK enough of it\n\
         C: W2 IDLE\n\
         S: + idling\n\
         S: * 3 EXISTS\n\
         S: W2 OK enough of it\n\
         C: W3 IDLE\n\
         S: + idling\n\
         C: DONE\n\
         S: W3 OK done\n",
        "IDLE",
    );
    assert_eq!(conn.idle(HOUR, pending()).await.unwrap(), IdleEnd::Ended);
    // It ended while DONE was on its way: an OK is an OK.
    let end = conn.idle(HOUR, pending()).await.unwrap();
    assert_eq!(end, IdleEnd::Changed);
}

#[tokio::test]
async fn notify_tells_of_other_folders() {
    let script = format!(
        "{SET}\
         S: * STATUS Lists (MESSAGES 2 UIDNEXT 3 UIDVALIDITY 5)\n\
         S: W1 OK told\n\
         C: W2 IDLE\n\
         S: + idling\n\
         S: * STATUS \"Old mail\" (MESSAGES 7 UIDNEXT 9)\n\
         C: DONE\n\
         S: * STATUS Lists (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 5)\n\
         S: W2 OK done\n\
         C: W3 IDLE\n\
         S: + idling\n\
         S: * 4 EXISTS\n\
         C: DONE\n\
         S: W3 OK done\n\
         C: W4 IDLE\n\
         S: + idling\n\
         S: * LIST () \"/\" New (\"OLDNAME\" (Old))\n\
         C: DONE\n\
         S: W4 OK done\n"
    );
    let mut conn = connection(&script, "IDLE NOTIFY");
    assert!(conn.notify().await.unwrap());
    assert!(conn.is_notifying());
    // What came before IDLE counts, once.
    assert!(conn.take_notices().folders.is_empty());
    let end = conn.idle(HOUR, pending()).await.unwrap();
    assert_eq!(end, IdleEnd::Told);
    let notices = conn.take_notices();
    let names: Vec<_> = notices.folders.keys().map(String::as_str).collect();
    assert_eq!(names, ["Lists", "Old mail"]);
    assert_eq!(notices.folders["Lists"].messages, Some(3));
    assert!(!notices.everything);
    let end = conn.idle(HOUR, pending()).await.unwrap();
    assert_eq!(end, IdleEnd::Changed);
    let end = conn.idle(HOUR, pending()).await.unwrap();
    assert_eq!(end, IdleEnd::Told);
    assert!(conn.take_notices().everything);
}

#[tokio::test]
async fn a_server_that_lost_count_is_asked_for_everything() {
    let script = format!(
        "{SET}\
         S: W1 OK told\n\
         C: W2 IDLE\n\
         S: + idling\n\
         S: * OK [NOTIFICATIONOVERFLOW] too much\n\
         C: DONE\n\
         S: W2 OK done\n\
         C: W3 NOOP\n\
         S: * STATUS Lists (MESSAGES 2)\n\
         S: W3 OK done\n"
    );
    let mut conn = connection(&script, "IDLE NOTIFY");
    assert!(conn.notify().await.unwrap());
    let end = conn.idle(HOUR, pending()).await.unwrap();
    assert_eq!(end, IdleEnd::Told);
    assert!(!conn.is_notifying());
    let everything = Notices {
        everything: true,
        ..Notices::default()
    };
    assert_eq!(conn.take_notices(), everything);
    conn.noop().await.unwrap();
    assert!(conn.take_notices().is_empty());
}

#[tokio::test]
async fn a_server_that_gave_up_telling_is_asked_again_but_not_for_ever() {
    let asked = |tag: u32| SET.replace("W1", &format!("W{tag}"));
    let overflow = "S: * OK [NOTIFICATIONOVERFLOW] too much\n";
    let mut script = format!("{SET}S: W1 OK told\n");
    for round in 0..3 {
        let tag = 2 + round * 2;
        script.push_str(&format!("C: W{tag} NOOP\n{overflow}S: W{tag} OK\n"));
        if round < 2 {
            let tag = tag + 1;
            script.push_str(&format!("{}S: W{tag} OK told\n", asked(tag)));
        }
    }
    script.push_str(
        "C: W7 NOTIFY SET (selected-delayed (MessageNew MessageExpunge FlagChange))\n\
         S: W7 OK told\n\
         C: W8 NOOP\n\
         S: W8 OK\n",
    );
    let mut conn = connection(&script, "IDLE NOTIFY");
    assert!(conn.notify().await.unwrap());
    for round in 0..3 {
        conn.notify_again().await.unwrap();
        assert!(conn.is_notifying());
        conn.noop().await.unwrap();
        assert!(!conn.is_notifying(), "{round}");
    }
    conn.notify_again().await.unwrap();
    assert!(!conn.is_notifying());
    // Once is enough.
    conn.notify_again().await.unwrap();
    conn.noop().await.unwrap();
}

#[tokio::test]
async fn notify_refused_or_not_offered_is_no_failure() {
    let script = format!("{SET}S: W1 NO [BADEVENT (MessageNew)] not that\nC: W2 NOOP\nS: W2 OK\n");
    let mut conn = connection(&script, "IDLE NOTIFY");
    assert!(!conn.notify().await.unwrap());
    conn.noop().await.unwrap();
    let mut conn = connection("C: W1 NOOP\nS: W1 OK\n", "IDLE");
    assert!(!conn.notify().await.unwrap());
    conn.noop().await.unwrap();
    let script = format!("{SET}S: W1 BAD what?\n");
    let mut conn = connection(&script, "IDLE NOTIFY");
    let error = conn.notify().await.unwrap_err();
    assert!(error.is_confusion() && !error.is_refusal());
}

#[tokio::test]
async fn too_many_connections_are_told_from_a_wrong_password() {
    for (answer, expected) in [
        ("NO [LIMIT] no", true),
        (
            "NO [ALERT] Too many simultaneous connections. (Failure)",
            true,
        ),
        (
            "NO [UNAVAILABLE] Maximum number of connections from user+IP exceeded",
            true,
        ),
        ("NO Maximum number of connections exceeded", true),
        ("NO [AUTHENTICATIONFAILED] no", false),
        ("NO [UNAVAILABLE] later", false),
    ] {
        let script = format!("C: W1 LOGIN \"u\" \"p\"\nS: W1 {answer}\n");
        let mut conn = connection(&script, "IMAP4rev1");
        let password = crate::model::Password::new("p");
        let error = conn.sign_in("u", &password).await.unwrap_err();
        assert_eq!(error.is_about_connections(), expected, "{answer}");
        if expected {
            let error = crate::Error::from(error);
            assert!(error.is_transient(), "{answer}: {error:?}");
        }
    }
}

#[tokio::test]
async fn stopping_takes_what_the_server_said_last() {
    let mut conn = connection(
        "C: W1 IDLE\nS: + idling\nC: DONE\nS: * 1 EXISTS\nS: W1 OK\n",
        "IDLE",
    );
    let end = conn.idle(HOUR, ready(())).await.unwrap();
    assert_eq!(end, IdleEnd::Changed);
}
