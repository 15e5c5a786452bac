//! The POP3 server (RFC 1939, CAPA of RFC 2449, AUTH of RFC 5034) on a user's
//! inbox.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;

use super::lines::{Line, Lines};
use super::mailstore::{INBOX, Mailstore, Message, Snapshot, UserId};
use super::{message, sasl};

/// Speaks with one client until it goes.
pub(super) async fn serve(stream: TcpStream, store: Arc<Mailstore>) -> io::Result<()> {
    let mut lines = Lines::new(stream);
    let mut session = Session {
        store,
        name: None,
        maildrop: None,
    };
    lines.send(b"+OK Waxwing demo POP3 ready\r\n").await?;
    loop {
        let line = match lines.read().await? {
            Line::End => return Ok(()),
            Line::TooLong => {
                lines.send(b"-ERR line too long\r\n").await?;
                continue;
            }
            Line::Text(line) => String::from_utf8_lossy(&line).into_owned(),
        };
        let (verb, arguments) = split_verb(&line);
        match verb.as_str() {
            "AUTH" => session.auth(&mut lines, arguments).await?,
            "QUIT" => {
                session.commit();
                return lines.send(b"+OK bye\r\n").await;
            }
            _ => {
                let answer = session.answer(&verb, arguments);
                lines.send(&answer).await?;
            }
        }
    }
}

fn split_verb(line: &str) -> (String, &str) {
    let (verb, arguments) = line.split_once(' ').unwrap_or((line, ""));
    (verb.to_ascii_uppercase(), arguments)
}

struct Session {
    store: Arc<Mailstore>,
    name: Option<String>,
    maildrop: Option<Maildrop>,
}

/// The inbox as it was at sign-in. Its message numbers do not change during a
/// session (RFC 1939, 3).
struct Maildrop {
    user: UserId,
    snapshot: Snapshot,
    /// UIDs that go at QUIT.
    deleted: Vec<u32>,
}

impl Maildrop {
    /// What is there with its number, from 1.
    fn entries(&self) -> impl Iterator<Item = (usize, &Message)> {
        self.snapshot
            .messages
            .iter()
            .enumerate()
            .map(|(index, message)| (index + 1, message.as_ref()))
            .filter(|(_, message)| !self.deleted.contains(&message.uid))
    }

    fn entry(&self, number: &str) -> Option<(usize, &Message)> {
        let number: usize = number.trim().parse().ok()?;
        self.entries().find(|(at, _)| *at == number)
    }

    fn uidl(&self, message: &Message) -> String {
        format!("{}.{}", self.snapshot.validity.0, message.uid)
    }

    fn totals(&self) -> (usize, usize) {
        self.entries()
            .fold((0, 0), |(count, octets), (_, message)| {
                (count + 1, octets + message.raw.len())
            })
    }
}

const NO_SUCH: &str = "-ERR no such message\r\n";

impl Session {
    fn answer(&mut self, verb: &str, arguments: &str) -> Vec<u8> {
        match verb {
            "CAPA" => return capabilities(),
            "NOOP" => return ok(""),
            "USER" if self.maildrop.is_none() => {
                self.name = Some(arguments.trim().to_owned());
                return ok("now the password");
            }
            "PASS" if self.maildrop.is_none() => {
                let name = self.name.take().unwrap_or_default();
                return self.sign_in(&name, arguments);
            }
            _ => {}
        }
        let Some(maildrop) = &mut self.maildrop else {
            return b"-ERR sign in first\r\n".to_vec();
        };
        match verb {
            "STAT" => {
                let (count, octets) = maildrop.totals();
                ok(&format!("{count} {octets}"))
            }
            "LIST" => listing(maildrop, arguments, |message| message.raw.len().to_string()),
            "UIDL" => listing(maildrop, arguments, |message| maildrop.uidl(message)),
            "RETR" => retrieve(maildrop, arguments, None),
            "TOP" => top(maildrop, arguments),
            "DELE" => {
                let uid = maildrop.entry(arguments).map(|(_, message)| message.uid);
                let Some(uid) = uid else {
                    return NO_SUCH.into();
                };
                maildrop.deleted.push(uid);
                ok("goes at QUIT")
            }
            "RSET" => {
                maildrop.deleted.clear();
                ok("")
            }
            _ => b"-ERR unknown command\r\n".to_vec(),
        }
    }

    fn sign_in(&mut self, name: &str, password: &str) -> Vec<u8> {
        let Some(user) = self.store.sign_in(name, password) else {
            return b"-ERR [AUTH] wrong name or password\r\n".to_vec();
        };
        let Ok(snapshot) = self.store.open(user, INBOX) else {
            return b"-ERR [SYS/TEMP] no inbox\r\n".to_vec();
        };
        self.maildrop = Some(Maildrop {
            user,
            snapshot,
            deleted: Vec::new(),
        });
        ok("signed in")
    }

    /// AUTH PLAIN with or without an initial response (RFC 5034, 4).
    async fn auth(&mut self, lines: &mut Lines, arguments: &str) -> io::Result<()> {
        let (mechanism, initial) = split_verb(arguments);
        if self.maildrop.is_some() || mechanism != "PLAIN" {
            return lines.send(b"-ERR only AUTH PLAIN, and once\r\n").await;
        }
        let response = if initial.is_empty() {
            lines.send(b"+ \r\n").await?;
            match lines.read().await? {
                Line::Text(line) => line,
                Line::TooLong => Vec::new(),
                Line::End => return Ok(()),
            }
        } else {
            initial.as_bytes().to_vec()
        };
        let credentials = sasl::decode(&response).and_then(|message| sasl::plain(&message));
        let answer = match credentials {
            Some((name, password)) => self.sign_in(&name, &password),
            None => b"-ERR not understood\r\n".to_vec(),
        };
        lines.send(&answer).await
    }

    /// The UPDATE state of RFC 1939, 6.
    fn commit(&mut self) {
        if let Some(maildrop) = self.maildrop.take() {
            let validity = maildrop.snapshot.validity;
            self.store
                .remove(maildrop.user, validity, &maildrop.deleted);
        }
    }
}

fn ok(text: &str) -> Vec<u8> {
    if text.is_empty() {
        b"+OK\r\n".to_vec()
    } else {
        format!("+OK {text}\r\n").into_bytes()
    }
}

fn capabilities() -> Vec<u8> {
    b"+OK\r\nTOP\r\nUIDL\r\nUSER\r\nSASL PLAIN\r\nRESP-CODES\r\nAUTH-RESP-CODE\r\nPIPELINING\r\n.\r\n"
        .to_vec()
}

/// LIST and UIDL: of one message, or of all.
fn listing(maildrop: &Maildrop, number: &str, value: impl Fn(&Message) -> String) -> Vec<u8> {
    if !number.trim().is_empty() {
        return match maildrop.entry(number) {
            Some((number, message)) => ok(&format!("{number} {}", value(message))),
            None => NO_SUCH.into(),
        };
    }
    let mut answer = String::from("+OK\r\n");
    for (number, message) in maildrop.entries() {
        answer.push_str(&format!("{number} {}\r\n", value(message)));
    }
    answer.push_str(".\r\n");
    answer.into_bytes()
}

fn top(maildrop: &Maildrop, arguments: &str) -> Vec<u8> {
    let (number, count) = arguments.trim().split_once(' ').unwrap_or((arguments, ""));
    match count.trim().parse() {
        Ok(count) => retrieve(maildrop, number, Some(count)),
        Err(_) => b"-ERR how many lines?\r\n".to_vec(),
    }
}

/// A message with its dots stuffed (RFC 1939, 3): whole, or the header and
/// `body_lines` lines.
fn retrieve(maildrop: &Maildrop, number: &str, body_lines: Option<usize>) -> Vec<u8> {
    let Some((_, found)) = maildrop.entry(number) else {
        return NO_SUCH.into();
    };
    let (header, body) = message::split(&found.raw);
    let body_lines = body_lines.unwrap_or(usize::MAX);
    let mut answer = ok(&format!("{} octets", found.raw.len()));
    let lines = header
        .split_inclusive(|byte| *byte == b'\n')
        .chain(body.split_inclusive(|byte| *byte == b'\n').take(body_lines));
    for line in lines {
        if line.starts_with(b".") {
            answer.push(b'.');
        }
        answer.extend_from_slice(line);
    }
    if !answer.ends_with(b"\r\n") {
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(b".\r\n");
    answer
}
