use super::*;

fn kinds(text: &str) -> Vec<(usize, Kind, String)> {
    let pieces = pieces(text).into_iter();
    pieces.map(|one| (one.depth, one.kind, one.text)).collect()
}

#[test]
fn quotes_become_stretches_by_depth() {
    let text = "Yes.\n\nOn Monday Ada wrote:\n> Shall we?\n>> When?\n> > Soon.\n>\n> Fine.\n\nBye";
    let prose = |depth, text: &str| (depth, Kind::Prose, text.to_owned());
    assert_eq!(
        kinds(text),
        [
            prose(0, "Yes.\n\nOn Monday Ada wrote:"),
            prose(1, "Shall we?"),
            prose(2, "When?\nSoon."),
            prose(1, "Fine."),
            prose(0, "Bye"),
        ]
    );
    assert_eq!(kinds("\n \n"), []);
}

#[test]
fn signatures_are_told_from_the_text() {
    let of = |text| {
        let all = kinds(text).into_iter();
        all.map(|(_, kind, text)| (kind, text)).collect::<Vec<_>>()
    };
    let signed = [
        (Kind::Prose, "Hello".to_owned()),
        (Kind::Signature, "Ada\nLovelace".to_owned()),
    ];
    assert_eq!(of("Hello\n\n-- \nAda\nLovelace\n"), signed);
    // The blank is lost often enough.
    assert_eq!(of("Hello\n--\nAda\nLovelace"), signed);
    assert_eq!(of("> Hello\n> -- \n> Ada\n> Lovelace"), signed);
    let long = format!("Hello\n--\n{}", "more\n".repeat(20));
    assert_eq!(of(&long).len(), 1);
}

#[test]
fn what_needs_letters_of_one_width_is_recognised() {
    let fixed = |text: &str| kinds(text).iter().all(|(_, kind, _)| *kind == Kind::Fixed);
    assert!(fixed(
        "Apples      3.50\nPears      12.00\nNuts        7.10"
    ));
    assert!(fixed(
        "Name    Size  Type\nmap.pdf 482k  PDF\nmill    2.3M  JPEG"
    ));
    assert!(fixed("a\tb\nlonger\tc\nmore\td"));
    assert!(fixed("+----+---+\n| a  | b |\n+----+---+"));
    assert!(fixed("┌──┐\n│ab│\n└──┘"));
    assert!(fixed("    let a = 1;\n    let b = 2;"));
    for prose in [
        "One sentence.  Another one.\nA third one.  And the fourth.\nYes.  And more of it.",
        "Dear Ada,\nhow are you?\nRobin",
        "  A list\n  - of few\n  - words",
        "Justified  text stands\nin lines  of one width\nby blanks that are many.",
        "One line   with a gap",
    ] {
        assert!(!fixed(prose), "{prose}");
    }
    let mixed = kinds("Here it is:\n\na   1\nb   2\nc   3\n\nd   4\ne   5\nf   6\n\nGood?");
    let mixed: Vec<_> = mixed.iter().map(|(_, kind, _)| *kind).collect();
    assert_eq!(mixed, [Kind::Prose, Kind::Fixed, Kind::Prose]);
}

#[test]
fn patches_keep_every_blank() {
    let text = "Please apply.\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n old\n+\tnew\n\n-- \n2.40";
    assert_eq!(
        kinds(text),
        [
            (0, Kind::Prose, "Please apply.".to_owned()),
            (
                0,
                Kind::Patch,
                "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n old\n+       new".to_owned()
            ),
            (0, Kind::Signature, "2.40".to_owned()),
        ]
    );
}

#[test]
fn lines_without_end_are_looked_at_in_good_time() {
    // Comparing each edge with each other one would take minutes.
    let line = "a  1  ".repeat(60_000);
    assert_eq!(kinds(&format!("{line}\n{line}")).len(), 1);
}
