//! A submission that breaks off at every stage.

use super::super::bed::bed;
use super::super::sending::{HELLO, letter, only, scripted, send};

const ENVELOPE: &str = "C: MAIL\nS: 250 ok\nC: RCPT\nS: 250 ok\nC: DATA\n";

fn state_after(script: &str, size: usize) -> (String, u64) {
    let (profile, _server, me) = scripted(bed(), script);
    let mut raw = letter(&me, "you@example.test", "Cut", "");
    raw.extend(
        "A line of text that fills the mail.\n"
            .repeat(size / 36)
            .bytes(),
    );
    let sent = send(&profile, &raw);
    assert!(!sent.stderr.contains("panicked"), "{sent:#?}");
    let outbox = profile.run(&["outbox"]).objects();
    let item = only(&outbox);
    assert!(
        !item["last_error"].as_str().unwrap_or_default().is_empty(),
        "{item}"
    );
    (
        item["state"].as_str().unwrap().to_owned(),
        item["attempts"].as_u64().unwrap(),
    )
}

#[test]
fn a_line_cut_before_the_end_of_the_message_waits() {
    let stages = [
        "CUT",
        "S: 220 ready\nCUT",
        "S: 220 ready\nC: EHLO\nCUT",
        "S: 220 ready\nC: EHLO\nS: 250-here\nPART: 250 AU\nCUT",
        "S: 220 ready\nC: EHLO\nS: 250-here\nS: 250 AUTH PLAIN\nC: AUTH\nCUT",
        &format!("{HELLO}CUT"),
        &format!("{HELLO}C: MAIL\nCUT"),
        &format!("{HELLO}C: MAIL\nS: 250 ok\nC: RCPT\nCUT"),
        &format!("{HELLO}{ENVELOPE}CUT"),
    ];
    for script in stages {
        let after = state_after(script, 0);
        assert_eq!(after, ("waiting".to_owned(), 1), "{script}");
    }
}

#[test]
fn a_line_cut_within_the_message_waits() {
    // More than the line itself can hold, so that the end is not on its way.
    let script = format!("{HELLO}{ENVELOPE}S: 354 go\nBYTES 500000\nCUT\n");
    assert_eq!(state_after(&script, 24 << 20), ("waiting".to_owned(), 1));
}

#[test]
fn a_line_cut_after_the_final_dot_is_uncertain() {
    for answer in ["", "PART: 25\n"] {
        let script = format!("{HELLO}{ENVELOPE}S: 354 go\nBODY\n{answer}CUT\n");
        assert_eq!(
            state_after(&script, 0),
            ("uncertain".to_owned(), 1),
            "{answer:?}"
        );
    }
}
