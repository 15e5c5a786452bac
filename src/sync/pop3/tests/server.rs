//! A small POP3 server that keeps its promises, or not, as a test wants it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// What the server has.
#[derive(Debug, Clone)]
pub(super) struct Maildrop {
    /// Unique ids and messages, the oldest first.
    pub(super) mails: Vec<(String, Vec<u8>)>,
    pub(super) has_uidl: bool,
    pub(super) has_top: bool,
    /// The octets it may still say, then it hangs up.
    pub(super) budget: usize,
    /// Whether it answers a QUIT that deletes.
    pub(super) confirms: bool,
    /// A message it refuses to give, by its number.
    pub(super) refused: Option<usize>,
    /// All that was asked of it.
    pub(super) heard: Vec<String>,
}

impl Maildrop {
    /// How often something like this was asked.
    pub(super) fn asked(&self, verb: &str) -> usize {
        self.heard
            .iter()
            .filter(|line| line.starts_with(verb))
            .count()
    }
}

#[derive(Clone)]
pub(super) struct Server(Arc<Mutex<Maildrop>>);

impl Server {
    pub(super) fn new(mails: &[(&str, Vec<u8>)]) -> Self {
        let own = |(id, mail): &(&str, Vec<u8>)| ((*id).to_owned(), mail.clone());
        Self(Arc::new(Mutex::new(Maildrop {
            mails: mails.iter().map(own).collect(),
            has_uidl: true,
            has_top: true,
            budget: usize::MAX,
            confirms: true,
            refused: None,
            heard: Vec::new(),
        })))
    }

    pub(super) fn drop(&self) -> MutexGuard<'_, Maildrop> {
        self.0.lock().unwrap()
    }

    /// Takes one connection.
    pub(super) fn connect(&self) -> DuplexStream {
        let (client, server) = tokio::io::duplex(64 << 10);
        let own = self.clone();
        tokio::spawn(async move {
            // A client that hangs up ends the talk, which is its right.
            drop(own.talk(server).await);
        });
        client
    }

    async fn talk(&self, stream: DuplexStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mails = self.drop().mails.clone();
        let mut marked = BTreeSet::new();
        let mut answer = b"+OK ready\r\n".to_vec();
        let mut line = String::new();
        loop {
            let room = self.drop().budget;
            answer.truncate(room);
            self.drop().budget -= answer.len();
            stream.write_all(&answer).await?;
            if room == answer.len() || line.starts_with("QUIT") {
                return Ok(());
            }
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            self.drop().heard.push(line.trim_end().to_owned());
            answer = self.answer(line.trim_end(), &mails, &mut marked);
        }
    }

    fn answer(
        &self,
        line: &str,
        mails: &[(String, Vec<u8>)],
        marked: &mut BTreeSet<usize>,
    ) -> Vec<u8> {
        let mut words = line.split(' ');
        let verb = words.next().unwrap_or_default();
        let number: usize = words.next().and_then(|n| n.parse().ok()).unwrap_or(0);
        let mail = mails.get(number.wrapping_sub(1)).map(|(_, mail)| mail);
        let mut own = self.drop();
        let there = mails.iter().zip(1..);
        match (verb, mail) {
            ("CAPA", _) => {
                let top = if own.has_top { "TOP\r\n" } else { "" };
                format!("+OK\r\nUSER\r\nPIPELINING\r\n{top}.\r\n").into_bytes()
            }
            ("UIDL", _) if own.has_uidl => {
                let lines: String = there.map(|((id, _), n)| format!("{n} {id}\r\n")).collect();
                format!("+OK\r\n{lines}.\r\n").into_bytes()
            }
            ("LIST", _) => {
                let lines: String = there
                    .map(|((_, mail), n)| format!("{n} {}\r\n", mail.len()))
                    .collect();
                format!("+OK\r\n{lines}.\r\n").into_bytes()
            }
            ("TOP", Some(mail)) if own.has_top => lines_of(header(mail)),
            ("RETR", Some(mail)) if own.refused != Some(number) => lines_of(mail),
            ("DELE", Some(_)) => {
                marked.insert(number);
                b"+OK\r\n".to_vec()
            }
            ("QUIT", _) => {
                let gone: Vec<&String> = marked.iter().map(|n| &mails[n - 1].0).collect();
                let bodies: Vec<&Vec<u8>> = marked.iter().map(|n| &mails[n - 1].1).collect();
                own.mails
                    .retain(|(id, mail)| !(gone.contains(&id) && bodies.contains(&mail)));
                if own.confirms || marked.is_empty() {
                    b"+OK bye\r\n".to_vec()
                } else {
                    Vec::new()
                }
            }
            ("USER" | "PASS" | "NOOP" | "RSET", _) => b"+OK\r\n".to_vec(),
            _ => b"-ERR no\r\n".to_vec(),
        }
    }
}

fn header(mail: &[u8]) -> &[u8] {
    let end = mail.windows(4).position(|place| place == b"\r\n\r\n");
    &mail[..end.map_or(mail.len(), |end| end + 4)]
}

fn lines_of(mail: &[u8]) -> Vec<u8> {
    let mut answer = b"+OK\r\n".to_vec();
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            answer.push(b'.');
        }
        answer.extend_from_slice(line);
    }
    answer.extend_from_slice(b".\r\n");
    answer
}
