use super::*;

/// What the parser sees of these bytes, and what went aside, however they are
/// cut.
fn framed(input: &[u8]) -> (String, Vec<String>) {
    let mut whole = None;
    for step in [1, 2, 3, 7, input.len().max(1)] {
        let mut framer = Framer::new(Limits::default());
        let mut out = Vec::new();
        for piece in input.chunks(step) {
            framer.push(piece, &mut out).unwrap();
        }
        assert!(!framer.is_inside());
        let mut own = Vec::new();
        while let Some(answer) = framer.take_own() {
            own.push(String::from_utf8(answer).unwrap());
        }
        let seen = (String::from_utf8(out).unwrap(), own);
        assert_eq!(*whole.get_or_insert_with(|| seen.clone()), seen);
    }
    whole.unwrap()
}

fn refused(input: &[u8], limits: Limits) -> FrameError {
    let mut framer = Framer::new(limits);
    framer.push(input, &mut Vec::new()).unwrap_err()
}

#[test]
fn faults_of_servers_are_mended() {
    for (sent, seen) in [
        ("* OK [ALERT]été\r\n", "* OK [ALERT] été\r\n"),
        ("A1 OK [READ-WRITE]x\r\n", "A1 OK [READ-WRITE] x\r\n"),
        ("* OK [UIDNEXT 3]\r\n", "* OK [UIDNEXT 3]\r\n"),
        (
            "* OK [PERMANENTFLAGS (a-[b]/c)] ok\r\n",
            "* OK [PERMANENTFLAGS (a-[b]/c)] ok\r\n",
        ),
        ("* 3 EXISTS\n", "* 3 EXISTS\r\n"),
        ("* OK see {5}\r\n", "* OK see {5}\r\n"),
        (
            "* 1 FETCH (INTERNALDATE NIL UID 3)\r\n",
            "* 1 FETCH (UID 3)\r\n",
        ),
        (
            "* 1 FETCH (UID 3 internaldate NIL)\r\n",
            "* 1 FETCH (UID 3)\r\n",
        ),
        (
            "* 1 FETCH (UID 3 BODY[] ~{2}\r\nab)\r\n",
            "* 1 FETCH (UID 3 BODY[] {2}\r\nab)\r\n",
        ),
        (
            "* 1 FETCH (UID 3 BODY[] \"INTERNALDATE NIL )\")\n",
            "* 1 FETCH (UID 3 BODY[] \"INTERNALDATE NIL )\")\r\n",
        ),
        ("\r\n* 1 EXISTS\r\n", "* 1 EXISTS\r\n"),
        (
            "* 1 FETCH (BODY[] {0}\r\n)\r\n",
            "* 1 FETCH (BODY[] {0}\r\n)\r\n",
        ),
    ] {
        let (out, own) = framed(sent.as_bytes());
        assert_eq!(out, seen);
        assert!(own.is_empty(), "{sent}");
    }
}

#[test]
fn what_the_parser_does_not_know_goes_aside_in_order() {
    let mark = std::str::from_utf8(MARK_LINE).unwrap();
    for sent in [
        "* NAMESPACE ((\"\" \"/\")) NIL NIL\r\n",
        "* ESEARCH (TAG \"A1\") UID ALL 1:3\r\n",
        "* SEARCH 1 2 3\r\n",
        "* STATUS {3}\r\na\r\n (SIZE 3)\r\n",
        "* LIST () \"/\" x (CHILDINFO (\"SUBSCRIBED\"))\r\n",
        "* CAPABILITY IMAP4rev2\r\n",
        "* 1 FETCH ( UID 3 )\r\n",
        "* XFOO bar\r\n",
        "* 3 \0 \r\n",
    ] {
        let (out, own) = framed(format!("{sent}* 2 EXISTS\r\n").as_bytes());
        assert_eq!(out, format!("{mark}* 2 EXISTS\r\n"));
        assert_eq!(own, [sent]);
    }
}

#[test]
fn a_long_message_streams_through() {
    let body = "x".repeat(3 * HOLD);
    let sent = format!(
        "* 1 FETCH (UID 1 BODY[] {{{}}}\r\n{body})\r\nA1 OK\r\n",
        body.len()
    );
    let mut framer = Framer::new(Limits::default());
    let mut out = Vec::new();
    let mut held = 0;
    for piece in sent.as_bytes().chunks(1000) {
        framer.push(piece, &mut out).unwrap();
        held = held.max(framer.held.len());
    }
    assert_eq!(out, sent.as_bytes());
    assert!(held <= HOLD + 1000);
}

#[test]
fn limits_are_kept() {
    let tight = Limits {
        line: 100,
        literal: 10,
        depth: 3,
    };
    let long = format!("* SEARCH {}", "1 ".repeat(100));
    assert_eq!(refused(long.as_bytes(), tight), FrameError::Line);
    assert_eq!(
        refused(b"* 1 FETCH (BODY[] {11}\r\n", tight),
        FrameError::Literal(11)
    );
    assert_eq!(refused(b"* 1 FETCH ((((\r\n", tight), FrameError::Depth);
    assert_eq!(
        refused(b"* 1 FETCH (((BODY[] {1}\r\nx(\r\n", tight),
        FrameError::Depth
    );
    assert_eq!(
        refused(b"* 1 FETCH (BODY \"((((\\\"((((\")\r\n* X ((((\r\n", tight),
        FrameError::Depth
    );
}

#[test]
fn a_tagged_answer_that_cannot_be_read_is_a_fault() {
    for line in [
        "A1 OK a\0b\r\n",
        "+OK hello\r\n",
        "220 hi\r\n",
        "A1 MAYBE\r\n",
    ] {
        assert!(matches!(
            refused(line.as_bytes(), Limits::default()),
            FrameError::NotImap(_)
        ));
    }
}
