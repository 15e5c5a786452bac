//! The servers as they look on the wire. The clients of others drive them in
//! `tests/it/demo_clients.rs`.

mod imap;
mod pop3_smtp;
mod text;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

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
