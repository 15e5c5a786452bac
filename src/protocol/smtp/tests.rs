//! Servers that follow a script, in this process, over a pipe.

mod faults;
mod mechanisms;
mod pipelining;
mod refusals;
mod sending;
mod signing_in;

use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

use super::error::Error;
use super::{Credentials, HandedOver, Outcome, Outgoing, Session, Stream, Timeouts};
use crate::model::{AuthMethod, Password};

const QUICK: Timeouts = Timeouts {
    greeting: Duration::from_millis(300),
    command: Duration::from_millis(300),
    data_start: Duration::from_millis(300),
    data_block: Duration::from_millis(300),
    data_end: Duration::from_millis(300),
};

const PLACE: &str = "smtp.example.test:587";

const MAIL: &str = "Subject: Hi\r\n\r\n.hidden\r\n..two\r\nend\r\n";

/// What the server answers, command by command: the first line whose start
/// fits (without regard to case) is used and crossed out. `<message>` stands
/// for the message after DATA. An answer of `!` closes the connection.
type Script = Vec<(&'static str, &'static str)>;

fn script(extra: &[(&'static str, &'static str)]) -> Script {
    let mut lines = extra.to_vec();
    lines.extend([
        (
            "EHLO",
            "250-mail.example.test\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN\r\n",
        ),
        ("AUTH PLAIN", "235 2.7.0 ok\r\n"),
        ("MAIL", "250 2.1.0 ok\r\n"),
        ("DATA", "354 go\r\n"),
        ("<message>", "250 2.0.0 queued as 1\r\n"),
        ("QUIT", "221 bye\r\n"),
    ]);
    lines
}

/// Plays a server. Gives back every line it read.
async fn serve(stream: impl Stream, greeting: &str, mut script: Script) -> Vec<String> {
    let mut stream = BufReader::new(stream);
    let mut seen = Vec::new();
    if stream.write_all(greeting.as_bytes()).await.is_err() {
        return seen;
    }
    let mut in_message = false;
    let mut message = Vec::new();
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await.unwrap_or(0) == 0 {
            return seen;
        }
        let command = if in_message {
            if line != b".\r\n" {
                message.extend_from_slice(&line);
                continue;
            }
            seen.push(String::from_utf8_lossy(&message).into_owned());
            "<message>".to_owned()
        } else {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            seen.push(text.clone());
            text
        };
        let fits = |(start, _): &(&str, &str)| {
            command
                .get(..start.len())
                .is_some_and(|given| given.eq_ignore_ascii_case(start))
        };
        let answer = match script.iter().position(fits) {
            Some(at) => script.remove(at).1,
            None if command.eq_ignore_ascii_case("DATA") => "354 go\r\n",
            None => "250 ok\r\n",
        };
        if answer == "!" {
            return seen;
        }
        in_message = answer.starts_with("354");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return seen;
        }
    }
}

fn connect(script: Script) -> (DuplexStream, tokio::task::JoinHandle<Vec<String>>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(serve(theirs, "220 mail.example.test ESMTP\r\n", script));
    (ours, server)
}

async fn session(script: Script) -> (Session, tokio::task::JoinHandle<Vec<String>>) {
    let (ours, server) = connect(script);
    (Session::start(ours, PLACE, QUICK).await.unwrap(), server)
}

fn who() -> Credentials {
    Credentials {
        username: "ada".into(),
        secret: Password::new("s3cret"),
        method: AuthMethod::Password,
        encrypted: true,
    }
}

impl Session {
    /// Hands a message over with its final dot.
    async fn send(&mut self, mail: Outgoing<'_>) -> Result<Outcome, Error> {
        match self.hand_over(mail).await? {
            HandedOver::Ready(ready) => Ok(self.finish(ready).await),
            HandedOver::Refused(outcome) => Ok(outcome),
        }
    }
}

fn to(recipients: &[&str]) -> Vec<String> {
    recipients.iter().map(|one| (*one).to_owned()).collect()
}

fn mail<'a>(recipients: &'a [String], raw: &'a str) -> Outgoing<'a> {
    Outgoing {
        mail_from: "ada@example.test",
        recipients,
        raw: raw.as_bytes(),
        report: None,
    }
}

async fn drain(mut stream: DuplexStream, upto: usize) -> usize {
    let mut count = 0;
    let mut block = [0; 64];
    while count < upto {
        let room = block.len().min(upto - count);
        match stream.read(&mut block[..room]).await {
            Ok(0) | Err(_) => break,
            Ok(read) => count += read,
        }
    }
    count
}
