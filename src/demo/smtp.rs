//! The submission server (RFC 6409, RFC 5321): takes mail from those who sign
//! in and puts it into the inboxes of those who live here.

use std::io;
use std::sync::Arc;

use chrono::Local;
use tokio::net::TcpStream;

use super::lines::{Line, Lines};
use super::mailstore::{DOMAIN, Flags, INBOX, Mailstore, NewMessage, UserId};
use super::sasl;

/// The largest message, in bytes (RFC 1870).
const MESSAGE_MAX: usize = 32 * 1024 * 1024;
/// The most recipients of one message; RFC 5321, 4.5.3.1.8 asks for 100.
const RECIPIENTS_MAX: usize = 100;

/// Speaks with one client until it goes.
pub(super) async fn serve(stream: TcpStream, store: Arc<Mailstore>) -> io::Result<()> {
    let mut lines = Lines::new(stream);
    let mut session = Session {
        store,
        user: None,
        client: String::new(),
        envelope: None,
    };
    reply(&mut lines, &format!("220 demo.{DOMAIN} ESMTP Waxwing demo")).await?;
    loop {
        let line = match lines.read().await? {
            Line::End => return Ok(()),
            Line::TooLong => {
                reply(&mut lines, "500 5.5.6 Line too long").await?;
                continue;
            }
            Line::Text(line) => String::from_utf8_lossy(&line).into_owned(),
        };
        let (verb, arguments) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "AUTH" => session.auth(&mut lines, arguments).await?,
            "DATA" => session.data(&mut lines).await?,
            "QUIT" => return reply(&mut lines, "221 2.0.0 Bye").await,
            verb => {
                let answer = session.answer(verb, arguments);
                reply(&mut lines, &answer).await?;
            }
        }
    }
}

async fn reply(lines: &mut Lines, text: &str) -> io::Result<()> {
    lines.send(format!("{text}\r\n").as_bytes()).await
}

struct Session {
    store: Arc<Mailstore>,
    user: Option<UserId>,
    /// The name the client gave itself, for the Received field.
    client: String,
    envelope: Option<Envelope>,
}

#[derive(Default)]
struct Envelope {
    sender: String,
    recipients: Vec<UserId>,
}

impl Session {
    fn answer(&mut self, verb: &str, arguments: &str) -> String {
        match verb {
            "EHLO" => {
                self.greet(arguments);
                format!(
                    "250-demo.{DOMAIN}\r\n250-8BITMIME\r\n250-SIZE {MESSAGE_MAX}\r\n\
                     250-AUTH PLAIN LOGIN\r\n250-PIPELINING\r\n250 ENHANCEDSTATUSCODES"
                )
            }
            "HELO" => {
                self.greet(arguments);
                format!("250 demo.{DOMAIN}")
            }
            "MAIL" => self.mail(arguments),
            "RCPT" => self.rcpt(arguments),
            "RSET" => {
                self.envelope = None;
                "250 2.0.0 Forgotten".into()
            }
            "NOOP" => "250 2.0.0 Still here".into(),
            "VRFY" => "252 2.0.0 Try and see".into(),
            _ => "500 5.5.1 Unknown command".into(),
        }
    }

    fn greet(&mut self, client: &str) {
        self.client = client
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || ".-_:[]".contains(*c))
            .take(255)
            .collect();
        self.envelope = None;
    }

    fn mail(&mut self, arguments: &str) -> String {
        if self.user.is_none() {
            return "530 5.7.0 Authentication required".into();
        }
        if self.envelope.is_some() {
            return "503 5.5.1 One message at a time".into();
        }
        let Some((sender, parameters)) = path(arguments, "FROM:") else {
            return "501 5.5.4 MAIL FROM:<address> is wanted".into();
        };
        let size = parameters
            .split_ascii_whitespace()
            .filter_map(|parameter| parameter.split_once('='))
            .find(|(name, _)| name.eq_ignore_ascii_case("SIZE"))
            .and_then(|(_, value)| value.parse::<usize>().ok());
        if size.is_some_and(|size| size > MESSAGE_MAX) {
            return "552 5.3.4 The message is too large".into();
        }
        self.envelope = Some(Envelope {
            sender: sender.to_owned(),
            recipients: Vec::new(),
        });
        "250 2.1.0 Sender taken".into()
    }

    fn rcpt(&mut self, arguments: &str) -> String {
        let Some(envelope) = &mut self.envelope else {
            return "503 5.5.1 MAIL first".into();
        };
        let Some((recipient, _)) = path(arguments, "TO:") else {
            return "501 5.5.4 RCPT TO:<address> is wanted".into();
        };
        let domain = recipient.rsplit_once('@').map(|(_, domain)| domain);
        if !domain.is_some_and(|domain| domain.eq_ignore_ascii_case(DOMAIN)) {
            return format!("550 5.7.1 This demo server delivers only to {DOMAIN}");
        }
        let Some(user) = self.store.owner(recipient) else {
            return "550 5.1.1 Nobody here has this address".into();
        };
        if envelope.recipients.len() >= RECIPIENTS_MAX {
            return "452 4.5.3 Too many recipients".into();
        }
        // Two copies of one message in an inbox would help nobody.
        if !envelope.recipients.contains(&user) {
            envelope.recipients.push(user);
        }
        "250 2.1.5 Recipient taken".into()
    }

    /// AUTH PLAIN and AUTH LOGIN (RFC 4954).
    async fn auth(&mut self, lines: &mut Lines, arguments: &str) -> io::Result<()> {
        if self.user.is_some() || self.envelope.is_some() {
            return reply(lines, "503 5.5.1 Not now").await;
        }
        let (mechanism, initial) = arguments.split_once(' ').unwrap_or((arguments, ""));
        let initial = (!initial.is_empty()).then(|| initial.as_bytes().to_vec());
        let credentials = match mechanism.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let message = response(lines, initial, "334 ").await?;
                message.and_then(|message| sasl::plain(&message))
            }
            "LOGIN" => {
                // "Username:" and "Password:", as clients expect them.
                let name = response(lines, initial, "334 VXNlcm5hbWU6").await?;
                match name {
                    Some(name) => response(lines, None, "334 UGFzc3dvcmQ6")
                        .await?
                        .map(|password| (lossy(&name), lossy(&password))),
                    None => None,
                }
            }
            _ => return reply(lines, "504 5.5.4 Only PLAIN and LOGIN").await,
        };
        let Some((name, password)) = credentials else {
            return reply(lines, "501 5.5.2 Not understood").await;
        };
        self.user = self.store.sign_in(&name, &password);
        if self.user.is_some() {
            reply(lines, "235 2.7.0 Signed in").await
        } else {
            reply(lines, "535 5.7.8 Wrong name or password").await
        }
    }

    async fn data(&mut self, lines: &mut Lines) -> io::Result<()> {
        let Some(envelope) = self.envelope.take() else {
            return reply(lines, "503 5.5.1 MAIL and RCPT first").await;
        };
        if envelope.recipients.is_empty() {
            self.envelope = Some(envelope);
            return reply(lines, "554 5.5.1 No valid recipients").await;
        }
        reply(lines, "354 End with a dot on its own line").await?;
        match read_message(lines).await? {
            Body::Cut => Ok(()),
            Body::TooLarge => reply(lines, "552 5.3.4 The message is too large").await,
            Body::Message(body) => {
                self.deliver(&envelope, &body);
                reply(lines, "250 2.0.0 Delivered").await
            }
        }
    }

    /// Puts the message with its trace fields (RFC 5321, 4.4) into the inboxes.
    fn deliver(&self, envelope: &Envelope, body: &[u8]) {
        let now = Local::now().fixed_offset();
        let mut raw = format!(
            "Return-Path: <{}>\r\nReceived: from {} by demo.{DOMAIN} with ESMTPA; {}\r\n",
            envelope.sender,
            self.client,
            now.to_rfc2822()
        )
        .into_bytes();
        raw.extend_from_slice(body);
        for recipient in &envelope.recipients {
            let message = NewMessage {
                flags: Flags::new(),
                received: now,
                raw: raw.clone(),
            };
            if let Err(error) = self.store.append(*recipient, INBOX, message) {
                tracing::warn!(%error, "a demo message found no inbox");
            }
        }
    }
}

/// A SASL response: the initial one or the answer to `challenge`. Nothing when
/// it is no base64 or the client cancelled with `*`.
async fn response(
    lines: &mut Lines,
    initial: Option<Vec<u8>>,
    challenge: &str,
) -> io::Result<Option<Vec<u8>>> {
    let line = match initial {
        Some(line) => line,
        None => {
            reply(lines, challenge).await?;
            match lines.read().await? {
                Line::Text(line) => line,
                Line::TooLong => Vec::new(),
                Line::End => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
    };
    Ok(sasl::decode(&line))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

enum Body {
    Message(Vec<u8>),
    TooLarge,
    Cut,
}

/// Reads up to the lone dot and takes the stuffed dots out (RFC 5321, 4.5.2).
async fn read_message(lines: &mut Lines) -> io::Result<Body> {
    let mut message = Vec::new();
    let mut too_large = false;
    loop {
        let line = match lines.read().await? {
            Line::End => return Ok(Body::Cut),
            Line::TooLong => {
                too_large = true;
                continue;
            }
            Line::Text(line) => line,
        };
        if line == b"." {
            break;
        }
        let line = line.strip_prefix(b".").unwrap_or(&line);
        if too_large || message.len() + line.len() + 2 > MESSAGE_MAX {
            too_large = true;
            message = Vec::new();
        } else {
            // IMAP cannot carry NUL (RFC 3501, 4.3.1).
            message.extend(
                line.iter()
                    .map(|byte| if *byte == 0 { b' ' } else { *byte }),
            );
            message.extend_from_slice(b"\r\n");
        }
    }
    Ok(if too_large {
        Body::TooLarge
    } else {
        Body::Message(message)
    })
}

/// The address of `FROM:<address> parameters` and the parameters.
fn path<'a>(arguments: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let arguments = arguments.trim_start();
    let head = arguments.get(..keyword.len())?;
    let rest = arguments.get(keyword.len()..)?.trim_start();
    if !head.eq_ignore_ascii_case(keyword) {
        return None;
    }
    rest.strip_prefix('<')?.split_once('>')
}
