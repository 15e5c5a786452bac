//! The servers as they look on the wire. The clients of others drive them in
//! `tests/it/demo_clients.rs`.

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::mailstore::modified_utf7;
use super::message::{Part, addresses, decode_words};
use super::{DemoServer, SampleMessage};

const MULTIPART: &str = "From: \"Field, Robin\" <robin@waxwing.test>\r\n\
    To: wren@waxwing.test, undisclosed:;\r\n\
    Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
    Date: Fri, 20 Nov 2026 10:00:00 +0100\r\n\
    Message-ID: <m1@waxwing.test>\r\n\
    Content-Type: multipart/mixed; boundary=\"=x\"\r\n\
    \r\n\
    --=x\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    \r\n\
    one\r\n\
    .two\r\n\
    --=x\r\n\
    Content-Type: image/png\r\n\
    Content-Disposition: attachment; filename=\"a b.png\"\r\n\
    Content-Transfer-Encoding: base64\r\n\
    \r\n\
    AAAA\r\n\
    --=x--\r\n";

/// A connection that reads answers whole.
struct Wire(BufReader<TcpStream>);

impl Wire {
    async fn open(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let mut wire = Self(BufReader::new(stream));
        wire.line().await;
        wire
    }

    /// An IMAP connection with the inbox of wren selected.
    async fn inbox(server: &DemoServer) -> Self {
        let mut wire = Self::open(server.ports().imap).await;
        wire.imap("LOGIN wren wren").await;
        wire.imap("SELECT INBOX").await;
        wire
    }

    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.0.read_line(&mut line).await.unwrap();
        line
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
    }

    /// Sends an IMAP command and reads up to its tagged answer.
    async fn imap(&mut self, command: &str) -> String {
        self.send(&format!("x {command}\r\n")).await;
        self.tagged().await
    }

    async fn tagged(&mut self) -> String {
        let mut answer = String::new();
        loop {
            let line = self.line().await;
            assert!(!line.is_empty(), "lost after {answer:?}");
            answer.push_str(&line);
            if line.starts_with("x ") {
                return answer;
            }
        }
    }

    /// Sends a line and reads one line.
    async fn ask(&mut self, line: &str) -> String {
        self.send(&format!("{line}\r\n")).await;
        self.line().await
    }
}

fn sample(raw: &str) -> SampleMessage {
    SampleMessage {
        user: "wren",
        folder: "INBOX".to_owned(),
        flags: vec!["$Forwarded"],
        received: "2026-11-20T10:00:01.5+01:00".parse().unwrap(),
        raw: raw.as_bytes().to_vec(),
    }
}

async fn server() -> DemoServer {
    let plain = "Subject: plain\r\n\r\nhello\r\n";
    DemoServer::start(vec![sample(MULTIPART), sample(plain)])
        .await
        .unwrap()
}

#[tokio::test]
async fn fetch_answers_sections_parts_and_pieces() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire
        .imap(
            "FETCH 1 (UID RFC822.SIZE INTERNALDATE FLAGS BODY.PEEK[HEADER.FIELDS (subject date)])",
        )
        .await;
    let size = format!("RFC822.SIZE {}", MULTIPART.len());
    for piece in [
        "* 1 FETCH (UID 1 ",
        &size,
        "INTERNALDATE \"20-Nov-2026 10:00:01 +0100\"",
        "FLAGS ($Forwarded)",
        "}\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nDate: Fri, 20 Nov 2026 10:00:00 +0100\r\n\r\n)",
    ] {
        assert!(answer.contains(piece), "{piece} in {answer}");
    }
    for (section, wanted) in [
        ("1", "one\r\n.two"),
        ("2", "AAAA"),
        ("2.MIME", "Content-Type: image/png\r\n"),
        ("1]<1.3", "ne\r"),
        ("3", "BODY[3] NIL"),
        ("TEXT]<0.4", "--=x"),
    ] {
        let end = if section.contains('<') { ">" } else { "]" };
        let answer = wire
            .imap(&format!("FETCH 1 BODY.PEEK[{section}{end}"))
            .await;
        assert!(answer.contains(wanted), "{section}: {answer}");
        assert!(!answer.contains("Seen"), "{answer}");
    }
    let answer = wire.imap("FETCH 2 BODY[TEXT]").await;
    assert!(answer.contains("{7}\r\nhello\r\n)"), "{answer}");
    assert!(answer.contains("FLAGS ($Forwarded \\Seen)"), "{answer}");
}

#[tokio::test]
async fn envelope_and_structure_tell_what_is_there() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("FETCH 1 ENVELOPE").await;
    let from = "((\"Field, Robin\" NIL \"robin\" \"waxwing.test\"))";
    let wanted = format!(
        "ENVELOPE (\"Fri, 20 Nov 2026 10:00:00 +0100\" \"=?utf-8?Q?Gr=C3=BC=C3=9Fe?=\" \
         {from} {from} {from} ((NIL NIL \"wren\" \"waxwing.test\")) NIL NIL NIL \"<m1@waxwing.test>\")"
    );
    assert!(answer.contains(&wanted), "{answer}");
    let answer = wire.imap("FETCH 1 BODYSTRUCTURE").await;
    // 9 octets in 2 lines: the line end before a delimiter belongs to it.
    let wanted = "((\"TEXT\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 9 2 NIL NIL)\
        (\"image\" \"png\" NIL NIL NIL \"base64\" 4 NIL (\"attachment\" (\"filename\" \"a b.png\"))) \
        \"mixed\" (\"boundary\" \"=x\") NIL)";
    assert!(answer.contains(wanted), "{answer}");
}

#[tokio::test]
async fn search_finds_by_what_was_asked() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    for (criteria, found) in [
        ("ALL", " 1 2"),
        ("NOT SUBJECT plain", " 1"),
        ("OR FROM robin BODY hello", " 1 2"),
        ("SINCE 20-Nov-2026 BEFORE 21-Nov-2026", " 1 2"),
        ("SINCE 21-Nov-2026", ""),
        ("SENTON 20-Nov-2026", " 1"),
        ("KEYWORD $Forwarded 2:*", " 2"),
        ("SEEN", ""),
        ("UID 2 UNSEEN", " 2"),
        ("HEADER Message-ID m1@", " 1"),
    ] {
        let answer = wire.imap(&format!("SEARCH {criteria}")).await;
        assert!(
            answer.starts_with(&format!("* SEARCH{found}\r\n")),
            "{criteria}: {answer}"
        );
    }
    wire.send("x SEARCH CHARSET UTF-8 SUBJECT {7+}\r\ngrüße\r\n")
        .await;
    assert!(wire.tagged().await.starts_with("* SEARCH 1\r\n"));
    let refused = wire.imap("SEARCH CHARSET KLINGON ALL").await;
    assert!(refused.starts_with("x NO [BADCHARSET"), "{refused}");
}

#[tokio::test]
async fn sessions_learn_of_each_others_changes_when_they_may() {
    let server = server().await;
    let mut one = Wire::inbox(&server).await;
    let mut other = Wire::inbox(&server).await;
    let answer = one.imap("UID STORE 1 +FLAGS.SILENT (\\Deleted)").await;
    assert_eq!(answer, "x OK Stored\r\n");
    let answer = one.imap("UID EXPUNGE 1:*").await;
    assert_eq!(answer, "* 1 EXPUNGE\r\nx OK Expunged\r\n");
    // The other may not be told yet and can still read what it knows.
    let answer = other.imap("FETCH 1:2 (UID RFC822.SIZE)").await;
    assert!(answer.contains("* 1 FETCH (UID 1"), "{answer}");
    assert!(!answer.contains("EXPUNGE"), "{answer}");
    assert_eq!(
        other.imap("NOOP").await,
        "* 1 EXPUNGE\r\nx OK Nothing done\r\n"
    );
    let answer = one.imap("STORE 1 FLAGS (\\Flagged $Junk)").await;
    assert!(
        answer.starts_with("* 1 FETCH (UID 2 FLAGS ($Junk \\Flagged))"),
        "{answer}"
    );
    let answer = other.imap("NOOP").await;
    assert!(
        answer.starts_with("* 1 FETCH (UID 2 FLAGS ($Junk \\Flagged))"),
        "{answer}"
    );
    assert_eq!(one.imap("DELETE INBOX").await.get(..4), Some("x NO"));
}

#[tokio::test]
async fn folders_are_made_renamed_listed_and_deleted() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    assert!(
        wire.imap("CREATE Projects/Garden/")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("CREATE Projects")
            .await
            .starts_with("x NO [ALREADYEXISTS]")
    );
    assert!(
        wire.imap("RENAME Projects \"Old Projects\"")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("RENAME Sent Sent/Below")
            .await
            .starts_with("x NO")
    );
    let answer = wire.imap("LIST \"\" %").await;
    assert!(
        answer.starts_with("* LIST (\\HasNoChildren) \"/\" INBOX\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("* LIST (\\HasNoChildren \\Sent) \"/\" Sent\r\n"),
        "{answer}"
    );
    assert!(
        answer.contains("* LIST (\\HasChildren) \"/\" \"Old Projects\"\r\n"),
        "{answer}"
    );
    assert!(!answer.contains("Garden"), "{answer}");
    let answer = wire
        .imap("LIST \"\" *Garden RETURN (SPECIAL-USE STATUS (MESSAGES UNSEEN))")
        .await;
    assert!(
        answer.ends_with(
            "* STATUS \"Old Projects/Garden\" (MESSAGES 0 UNSEEN 0)\r\nx OK That is all\r\n"
        ),
        "{answer}"
    );
    assert!(wire.imap("UNSUBSCRIBE Junk").await.starts_with("x OK"));
    assert!(!wire.imap("LSUB \"\" *").await.contains("Junk"));
    assert!(
        wire.imap("DELETE \"Old Projects/Garden\"")
            .await
            .starts_with("x OK")
    );
    assert!(
        wire.imap("SELECT \"Old Projects/Garden\"")
            .await
            .starts_with("x NO [NONEXISTENT]")
    );
    assert!(wire.imap("CHECK").await.starts_with("x BAD"));
}

#[tokio::test]
async fn literals_come_asked_and_unasked_and_too_large() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    wire.send("x APPEND Drafts (\\Draft) {4+}\r\na: b\r\n")
        .await;
    assert!(wire.tagged().await.starts_with("x OK [APPENDUID "));
    assert!(wire.ask("x APPEND Nowhere {4}").await.starts_with("+ "));
    assert!(wire.ask("a: b").await.starts_with("x NO [TRYCREATE]"));
    assert!(
        wire.ask("x APPEND Drafts {99999999}")
            .await
            .starts_with("x NO [TOOBIG]")
    );
    // A literal behind something unknown is not taken for commands.
    wire.send("x FROB {8+}\r\nx LOGOUT\r\n").await;
    assert!(wire.tagged().await.starts_with("x BAD"));
    let answer = wire.imap("STATUS Drafts (MESSAGES)").await;
    assert!(
        answer.starts_with("* STATUS Drafts (MESSAGES 1)"),
        "{answer}"
    );
}

#[tokio::test]
async fn signing_in_takes_the_right_password_by_either_way() {
    let server = server().await;
    let mut wire = Wire::open(server.ports().imap).await;
    assert!(wire.imap("SELECT INBOX").await.starts_with("x BAD"));
    assert!(
        wire.imap("LOGIN wren robin")
            .await
            .starts_with("x NO [AUTHENTICATIONFAILED]")
    );
    assert!(wire.ask("x AUTHENTICATE PLAIN").await.starts_with("+ "));
    // NUL wren@waxwing.test NUL wren
    let message = "AHdyZW5Ad2F4d2luZy50ZXN0AHdyZW4=";
    assert!(wire.ask(message).await.starts_with("x OK"));
    let mut wire = Wire::open(server.ports().imap).await;
    assert!(
        wire.imap(&format!("AUTHENTICATE PLAIN {message}"))
            .await
            .starts_with("x OK")
    );
    let mut wire = Wire::open(server.ports().pop3).await;
    assert!(wire.ask("STAT").await.starts_with("-ERR"));
    assert!(wire.ask("AUTH PLAIN").await.starts_with("+ "));
    assert!(wire.ask(message).await.starts_with("+OK"));
    let mut wire = Wire::open(server.ports().smtp).await;
    assert!(wire.ask("AUTH LOGIN").await.starts_with("334 "));
    assert!(wire.ask("d3Jlbg==").await.starts_with("334 "));
    assert!(wire.ask("d3Jlbg==").await.starts_with("235 "));
}

#[tokio::test]
async fn garbage_and_endless_lines_cost_an_error_only() {
    let server = server().await;
    let ports = server.ports();
    for (port, refusal) in [
        (ports.imap, "* BAD"),
        (ports.pop3, "-ERR"),
        (ports.smtp, "50"),
    ] {
        let mut wire = Wire::open(port).await;
        wire.send(&format!("{}\r\n", "y".repeat(300_000))).await;
        assert!(wire.line().await.starts_with(refusal));
        wire.0.write_all(b"\x00\xff\x01 \xfe{\r\n").await.unwrap();
        assert!(wire.line().await.starts_with(refusal));
        // Half a command, then gone.
        wire.send("x NOO").await;
        drop(wire);
        let mut wire = Wire::open(port).await;
        assert!(!wire.ask("x NOOP").await.is_empty());
    }
}

#[tokio::test]
async fn pop3_stuffs_dots_and_deletes_at_quit_only() {
    let server = server().await;
    let sign_in = async || {
        let mut wire = Wire::open(server.ports().pop3).await;
        wire.ask("USER wren").await;
        assert!(wire.ask("PASS wren").await.starts_with("+OK"));
        wire
    };
    let mut wire = sign_in().await;
    wire.send("RETR 1\r\n").await;
    let mut answer = String::new();
    while !answer.ends_with("\r\n.\r\n") {
        answer.push_str(&wire.line().await);
    }
    let body = answer
        .split_once("\r\n")
        .unwrap()
        .1
        .strip_suffix(".\r\n")
        .unwrap();
    assert_eq!(body.replace("\r\n..two", "\r\n.two"), MULTIPART);
    wire.send("TOP 2 0\r\n").await;
    for wanted in ["+OK", "Subject: plain", "\r\n", ".\r\n"] {
        assert!(wire.line().await.starts_with(wanted));
    }
    assert!(wire.ask("DELE 1").await.starts_with("+OK"));
    assert!(wire.ask("RETR 1").await.starts_with("-ERR"));
    drop(wire);
    let mut wire = sign_in().await;
    assert_eq!(
        wire.ask("STAT").await,
        format!("+OK 2 {}\r\n", MULTIPART.len() + 25)
    );
    wire.ask("DELE 2").await;
    assert!(wire.ask("QUIT").await.starts_with("+OK"));
    let mut wire = sign_in().await;
    assert_eq!(
        wire.ask("STAT").await,
        format!("+OK 1 {}\r\n", MULTIPART.len())
    );
}

#[tokio::test]
async fn smtp_delivers_each_message_once_and_as_it_was_sent() {
    let server = server().await;
    let mut wire = Wire::open(server.ports().smtp).await;
    wire.ask("HELO here").await;
    assert!(
        wire.ask("MAIL FROM:<wren@waxwing.test>")
            .await
            .starts_with("530 ")
    );
    wire.ask("AUTH PLAIN AHdyZW4Ad3Jlbg==").await;
    assert!(
        wire.ask("MAIL FROM:<wren@waxwing.test> SIZE=99999999")
            .await
            .starts_with("552 ")
    );
    assert!(wire.ask("DATA").await.starts_with("503 "));
    assert!(
        wire.ask("mail from: <wren@waxwing.test> BODY=8BITMIME")
            .await
            .starts_with("250 ")
    );
    assert!(wire.ask("DATA").await.starts_with("554 "));
    for recipient in ["wren", "Wren", "robin"] {
        let answer = wire
            .ask(&format!("RCPT TO:<{recipient}@waxwing.test>"))
            .await;
        assert!(answer.starts_with("250 "), "{answer}");
    }
    assert!(wire.ask("RCPT TO:wren").await.starts_with("501 "));
    assert!(wire.ask("DATA").await.starts_with("354 "));
    assert!(
        wire.ask("a: ü\r\n\r\n..\r\n...two\r\n.")
            .await
            .starts_with("250 ")
    );
    // All at once, as PIPELINING allows.
    wire.send("RSET\r\nNOOP\r\nQUIT\r\n").await;
    for code in ["250 ", "250 ", "221 "] {
        assert!(wire.line().await.starts_with(code));
    }
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("FETCH 3:* (FLAGS BODY.PEEK[TEXT])").await;
    assert_eq!(
        answer,
        "* 3 FETCH (FLAGS () BODY[TEXT] {10}\r\n.\r\n..two\r\n)\r\nx OK Fetched\r\n"
    );
    assert!(
        wire.imap("FETCH 3 BODY[HEADER]")
            .await
            .contains("\r\na: ü\r\n\r\n")
    );
}

#[tokio::test]
async fn stopping_cuts_all_connections() {
    let server = server().await;
    let mut wire = Wire::inbox(&server).await;
    let port = server.ports().imap;
    server.stop().await;
    let mut rest = Vec::new();
    // Cut or reset, but not waiting.
    let _ = wire.0.read_to_end(&mut rest).await;
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

#[test]
fn mailbox_names_are_written_in_modified_utf7() {
    assert_eq!(
        modified_utf7("Projects/Garden & Co"),
        "Projects/Garden &- Co"
    );
    // The example of RFC 3501, 5.1.3.
    assert_eq!(
        modified_utf7("~peter/mail/台北/日本語"),
        "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
    );
}

#[test]
fn headers_read_as_people_do() {
    assert_eq!(
        decode_words("=?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?q?_=FC?= x"),
        "Grüße ü x"
    );
    assert_eq!(decode_words("a =?broken b"), "a =?broken b");
    let found = addresses("\"a, b\" <a@x.test>, c@y.test (C), friends: d@z.test;");
    let found: Vec<_> = found
        .iter()
        .map(|m| {
            (
                m.name.as_deref().unwrap_or(""),
                format!("{}@{}", m.local, m.domain),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("a, b", "a@x.test".to_owned()),
            ("C", "c@y.test".to_owned()),
            ("", "d@z.test".to_owned())
        ]
    );
}

#[test]
fn endless_nesting_is_not_followed() {
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(10_000);
    let mut part = &Part::parse(nested.as_bytes());
    let mut depth = 0;
    while let Some(message) = part.message() {
        part = message;
        depth += 1;
    }
    assert_eq!(depth, 16);
}
