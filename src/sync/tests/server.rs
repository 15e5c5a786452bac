//! A small IMAP server that answers right, until a [`Fault`] spoils what it
//! says.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream};

pub(super) const CAPABILITIES: &str = "IMAP4rev1 LITERAL+ LIST-EXTENDED LIST-STATUS SPECIAL-USE \
                                       CONDSTORE UIDPLUS MOVE AUTH=PLAIN SASL-IR";

#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub(super) uid: u32,
    pub(super) flags: BTreeSet<String>,
    pub(super) bytes: Vec<u8>,
    pub(super) modseq: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Mailbox {
    pub(super) name: String,
    pub(super) attributes: &'static str,
    pub(super) validity: u32,
    /// What it is whatever it is named: the name it was made with.
    pub(super) id: String,
    pub(super) next: u32,
    pub(super) modseq: u64,
    pub(super) mails: Vec<Mail>,
}

impl Mailbox {
    pub(super) fn new(name: &str, attributes: &'static str, validity: u32) -> Self {
        Self {
            name: name.to_owned(),
            attributes,
            validity,
            id: name.to_owned(),
            next: 1,
            modseq: 1,
            mails: Vec::new(),
        }
    }

    pub(super) fn deliver(&mut self, bytes: &[u8]) -> u32 {
        self.modseq += 1;
        let (uid, modseq) = (self.next, self.modseq);
        self.next += 1;
        self.mails.push(Mail {
            uid,
            flags: BTreeSet::new(),
            bytes: bytes.to_vec(),
            modseq,
        });
        uid
    }

    pub(super) fn expunge(&mut self, uid: u32) {
        self.modseq += 1;
        self.mails.retain(|mail| mail.uid != uid);
    }

    pub(super) fn flag(&mut self, uid: u32, flag: &str, on: bool) {
        self.modseq += 1;
        let modseq = self.modseq;
        for mail in self.mails.iter_mut().filter(|mail| mail.uid == uid) {
            mail.modseq = modseq;
            if on {
                mail.flags.insert(flag.to_owned());
            } else {
                mail.flags.remove(flag);
            }
        }
    }

    /// New UIDs for all, as after a lost index.
    pub(super) fn renumber(&mut self) {
        self.validity += 1;
        self.next = 1;
        let mails = std::mem::take(&mut self.mails);
        for mail in mails {
            let uid = self.deliver(&mail.bytes);
            for flag in mail.flags {
                self.flag(uid, &flag, true);
            }
        }
    }
}

/// Everything the server has.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub(super) boxes: Vec<Mailbox>,
    pub(super) capabilities: String,
    selected: Option<usize>,
}

/// One whole answer, with its line end.
pub(super) type Answer = Vec<u8>;

/// What a server does after it gave its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    HangUp,
}

/// Sees each command (without its tag) and may change its answers and the
/// world.
pub(super) type Fault = Box<dyn FnMut(&str, &mut Vec<Answer>, &mut World) -> Then + Send>;

pub(super) fn no_fault() -> Fault {
    Box::new(|_, _, _| Then::GoOn)
}

#[derive(Clone)]
pub(super) struct Server(Arc<Mutex<World>>);

impl Server {
    pub(super) fn new(boxes: Vec<Mailbox>) -> Self {
        Self(Arc::new(Mutex::new(World {
            boxes,
            capabilities: CAPABILITIES.to_owned(),
            selected: None,
        })))
    }

    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().unwrap()
    }

    /// Takes one connection.
    pub(super) fn connect(&self, mut fault: Fault) -> DuplexStream {
        let (client, server) = tokio::io::duplex(64 << 10);
        let own = self.clone();
        tokio::spawn(async move {
            // A client that hangs up ends the talk, which is its right.
            drop(own.talk(server, &mut fault).await);
        });
        client
    }

    async fn talk(&self, stream: DuplexStream, fault: &mut Fault) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        let mut answers = vec![b"* OK ready\r\n".to_vec()];
        let then = fault("", &mut answers, &mut self.world());
        say(&mut stream, &answers).await?;
        if then == Then::HangUp {
            return Ok(());
        }
        loop {
            let Some((tag, command, literal)) = hear(&mut stream).await? else {
                return Ok(());
            };
            let (answers, then) = {
                let mut world = self.world();
                let mut answers = world.answer(&tag, &command, &literal);
                let then = fault(&command, &mut answers, &mut world);
                (answers, then)
            };
            say(&mut stream, &answers).await?;
            if then == Then::HangUp {
                return Ok(());
            }
        }
    }
}

async fn say(stream: &mut BufReader<DuplexStream>, answers: &[Answer]) -> std::io::Result<()> {
    for answer in answers {
        stream.write_all(answer).await?;
    }
    stream.flush().await
}

/// A command: its tag, its text, its last literal.
async fn hear(
    stream: &mut BufReader<DuplexStream>,
) -> std::io::Result<Option<(String, String, Vec<u8>)>> {
    let (mut text, mut literal) = (String::new(), Vec::new());
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        text.push_str(&line);
        let Some(length) = line.trim_end().strip_suffix("+}").and_then(|rest| {
            let (_, digits) = rest.rsplit_once('{')?;
            digits.parse::<usize>().ok()
        }) else {
            break;
        };
        literal = vec![0; length];
        stream.read_exact(&mut literal).await?;
    }
    let (tag, command) = text.trim_end().split_once(' ').unwrap_or(("", ""));
    Ok(Some((tag.to_owned(), command.to_owned(), literal)))
}

fn line(text: &str) -> Answer {
    format!("{text}\r\n").into_bytes()
}

/// The quoted strings of a command.
fn quoted(command: &str) -> Vec<&str> {
    command.split('"').skip(1).step_by(2).collect()
}

/// Whether a set of UIDs names this one.
fn names(set: &str, uid: u32, last: u32) -> bool {
    let number = |text: &str| {
        if text == "*" {
            last
        } else {
            text.parse().unwrap()
        }
    };
    set.split(',').any(|part| {
        let (from, to) = part.split_once(':').unwrap_or((part, part));
        let (from, to) = (number(from), number(to));
        (from.min(to)..=from.max(to)).contains(&uid)
    })
}

impl World {
    pub(super) fn named(&mut self, name: &str) -> &mut Mailbox {
        self.boxes.iter_mut().find(|own| own.name == name).unwrap()
    }

    fn answer(&mut self, tag: &str, command: &str, literal: &[u8]) -> Vec<Answer> {
        let mut answers = Vec::new();
        let words: Vec<&str> = command.split(' ').collect();
        let done = match words.as_slice() {
            ["CAPABILITY", ..] => {
                answers.push(line(&format!("* CAPABILITY {}", self.capabilities)));
                "OK done".to_owned()
            }
            ["LIST", ..] => self.list(command, &mut answers),
            ["STATUS", ..] => self.status(command, &mut answers),
            ["SELECT", ..] => self.select(command, &mut answers),
            ["UID", "SEARCH", ..] => self.search(command, &mut answers),
            ["UID", "FETCH", set, ..] => self.fetch(set, command, &mut answers),
            ["FETCH", set, ..] => self.fetch_numbers(set, command, &mut answers),
            ["UID", "STORE", set, sign, rest @ ..] => self.store(set, sign, &rest.join(" ")),
            ["UID", "MOVE", set, ..] => self.move_away(set, command, &mut answers),
            ["UID", "COPY", set, ..] => self.copy(set, command),
            ["UID", "EXPUNGE", set] => self.expunge(set, &mut answers),
            ["APPEND", ..] => self.append(command, literal),
            ["RENAME", ..] => {
                let names = quoted(command);
                self.named(names[0]).name = names[1].to_owned();
                "OK done".to_owned()
            }
            ["CREATE", ..] => {
                let name = quoted(command)[0];
                let validity = self.boxes.len() as u32 + 90;
                self.boxes.push(Mailbox::new(name, "", validity));
                "OK done".to_owned()
            }
            _ => "OK done".to_owned(),
        };
        answers.push(line(&format!("{tag} {done}")));
        answers
    }

    fn find(&self, command: &str) -> Option<usize> {
        let wanted = *quoted(command).last()?;
        self.boxes.iter().position(|own| own.name == wanted)
    }

    fn current(&mut self) -> &mut Mailbox {
        &mut self.boxes[self.selected.unwrap()]
    }

    fn list(&self, command: &str, answers: &mut Vec<Answer>) -> String {
        let one = quoted(command).last().copied().filter(|name| *name != "*");
        let wanted = |own: &&Mailbox| one.is_none_or(|name| own.name == name);
        for own in self.boxes.iter().filter(wanted) {
            answers.push(line(&format!(
                "* LIST ({}) \"/\" \"{}\"",
                own.attributes, own.name
            )));
            if command.contains("STATUS") {
                answers.push(line(&status_of(own, command)));
            }
        }
        "OK done".to_owned()
    }

    fn status(&self, command: &str, answers: &mut Vec<Answer>) -> String {
        let Some(at) = self.find(command) else {
            return "NO [NONEXISTENT] no such folder".to_owned();
        };
        answers.push(line(&status_of(&self.boxes[at], command)));
        "OK done".to_owned()
    }

    fn select(&mut self, command: &str, answers: &mut Vec<Answer>) -> String {
        self.selected = self.find(command);
        if self.selected.is_none() {
            return "NO [NONEXISTENT] no such folder".to_owned();
        }
        let own = self.current();
        answers.push(line(&format!("* {} EXISTS", own.mails.len())));
        answers.push(line(&format!("* OK [UIDVALIDITY {}] ok", own.validity)));
        answers.push(line(&format!("* OK [UIDNEXT {}] ok", own.next)));
        answers.push(line(&format!("* OK [HIGHESTMODSEQ {}] ok", own.modseq)));
        "OK [READ-WRITE] done".to_owned()
    }

    fn search(&mut self, command: &str, answers: &mut Vec<Answer>) -> String {
        let wanted = quoted(command).last().map(|id| format!("<{id}>"));
        let found = self.current().mails.iter().filter(|mail| {
            let text = String::from_utf8_lossy(&mail.bytes);
            wanted.as_ref().is_none_or(|id| text.contains(id.as_str()))
        });
        let uids: Vec<String> = found.map(|mail| mail.uid.to_string()).collect();
        answers.push(line(&format!("* SEARCH {}", uids.join(" "))));
        "OK done".to_owned()
    }

    fn fetch(&mut self, set: &str, command: &str, answers: &mut Vec<Answer>) -> String {
        if self.selected.is_none_or(|at| at >= self.boxes.len()) {
            return "NO [NONEXISTENT] the folder is gone".to_owned();
        }
        let own = self.current();
        let last = own.mails.last().map_or(0, |mail| mail.uid);
        let since = command.split("CHANGEDSINCE ").nth(1);
        let since = since.map_or(0, |rest| rest.trim_end_matches(')').parse().unwrap());
        for (number, mail) in (1..).zip(&own.mails) {
            if names(set, mail.uid, last) && mail.modseq > since {
                answers.push(fetch_answer(number, mail, command));
            }
        }
        "OK done".to_owned()
    }

    fn fetch_numbers(&mut self, set: &str, command: &str, answers: &mut Vec<Answer>) -> String {
        if self.selected.is_none_or(|at| at >= self.boxes.len()) {
            return "NO [NONEXISTENT] the folder is gone".to_owned();
        }
        let own = self.current();
        let last = own.mails.len() as u32;
        for (number, mail) in (1..).zip(&own.mails) {
            if names(set, number, last) {
                answers.push(fetch_answer(number as usize, mail, command));
            }
        }
        "OK done".to_owned()
    }

    fn store(&mut self, set: &str, sign: &str, flags: &str) -> String {
        let on = sign.starts_with('+');
        let own = self.current();
        let last = own.next;
        let uids: Vec<u32> = own.mails.iter().map(|mail| mail.uid).collect();
        for uid in uids.into_iter().filter(|uid| names(set, *uid, last)) {
            for flag in flags.trim_matches(['(', ')']).split(' ') {
                own.flag(uid, flag, on);
            }
        }
        "OK done".to_owned()
    }

    fn move_away(&mut self, set: &str, command: &str, answers: &mut Vec<Answer>) -> String {
        let said = self.copy(set, command);
        if let Some(code) = said.strip_prefix("OK [") {
            answers.push(line(&format!("* OK [{code}")));
            self.expunge(set, answers);
            return "OK done".to_owned();
        }
        said
    }

    fn copy(&mut self, set: &str, command: &str) -> String {
        let Some(target) = self.find(command) else {
            return "NO [TRYCREATE] no such folder".to_owned();
        };
        let mails = self.current().mails.clone();
        let (mut old, mut new) = (Vec::new(), Vec::new());
        for mail in mails.iter().filter(|mail| names(set, mail.uid, u32::MAX)) {
            let to = &mut self.boxes[target];
            let uid = to.deliver(&mail.bytes);
            mail.flags.iter().for_each(|flag| to.flag(uid, flag, true));
            old.push(mail.uid.to_string());
            new.push(uid.to_string());
        }
        if old.is_empty() {
            return "OK done".to_owned();
        }
        let validity = self.boxes[target].validity;
        format!(
            "OK [COPYUID {validity} {} {}] done",
            old.join(","),
            new.join(",")
        )
    }

    fn expunge(&mut self, set: &str, answers: &mut Vec<Answer>) -> String {
        let own = self.current();
        let mut at = 0;
        while let Some(mail) = own.mails.get(at) {
            let uid = mail.uid;
            if names(set, uid, u32::MAX) {
                own.expunge(uid);
                answers.push(line(&format!("* {} EXPUNGE", at + 1)));
            } else {
                at += 1;
            }
        }
        "OK done".to_owned()
    }

    fn append(&mut self, command: &str, literal: &[u8]) -> String {
        let name = quoted(command)[0].to_owned();
        let Some(own) = self.boxes.iter_mut().find(|own| own.name == name) else {
            return "NO [TRYCREATE] no such folder".to_owned();
        };
        let uid = own.deliver(literal);
        if let Some((flags, _)) = command.split_once('(').and_then(|(_, r)| r.split_once(')')) {
            flags.split(' ').for_each(|flag| own.flag(uid, flag, true));
        }
        format!("OK [APPENDUID {} {uid}] done", own.validity)
    }
}

fn status_of(own: &Mailbox, command: &str) -> String {
    let unseen = own
        .mails
        .iter()
        .filter(|mail| !mail.flags.contains("\\Seen"));
    let size: usize = own.mails.iter().map(|mail| mail.bytes.len()).sum();
    let size = if command.contains(" SIZE") {
        format!(" SIZE {size}")
    } else {
        String::new()
    };
    let id = if command.contains(" MAILBOXID") {
        format!(" MAILBOXID ({})", own.id)
    } else {
        String::new()
    };
    format!(
        "* STATUS \"{}\" (MESSAGES {} UNSEEN {} UIDNEXT {} UIDVALIDITY {} HIGHESTMODSEQ {}{size}{id})",
        own.name,
        own.mails.len(),
        unseen.count(),
        own.next,
        own.validity,
        own.modseq
    )
}

fn fetch_answer(number: usize, mail: &Mail, command: &str) -> Answer {
    let flags: Vec<&str> = mail.flags.iter().map(String::as_str).collect();
    let mut text = format!(
        "* {number} FETCH (UID {} FLAGS ({})",
        mail.uid,
        flags.join(" ")
    );
    if command.contains("MODSEQ") || command.contains("CHANGEDSINCE") {
        text.push_str(&format!(" MODSEQ ({})", mail.modseq));
    }
    if command.contains("RFC822.SIZE") {
        text.push_str(" INTERNALDATE \"01-May-2026 07:00:00 +0000\"");
        text.push_str(&format!(" RFC822.SIZE {}", mail.bytes.len()));
    }
    if command.contains(" EMAILID") {
        let hash = mail.bytes.iter().fold(7_u64, |sum, byte| {
            sum.wrapping_mul(31).wrapping_add(u64::from(*byte))
        });
        text.push_str(&format!(" EMAILID (M{hash}) THREADID NIL"));
    }
    let (name, bytes) = section(mail, command);
    let mut answer = text.into_bytes();
    if let Some(name) = name {
        answer.extend_from_slice(format!(" {name} {{{}}}\r\n", bytes.len()).as_bytes());
        answer.extend_from_slice(bytes);
    }
    answer.extend_from_slice(b")\r\n");
    answer
}

/// The part of a message that is asked for, and what its answer calls it.
fn section<'m>(mail: &'m Mail, command: &str) -> (Option<String>, &'m [u8]) {
    let all = mail.bytes.as_slice();
    if command.contains("BODY.PEEK[HEADER.FIELDS") {
        let end = all.windows(4).position(|w| w == b"\r\n\r\n");
        return (
            Some("BODY[HEADER]".to_owned()),
            &all[..end.map_or(all.len(), |at| at + 4)],
        );
    }
    if let Some((_, rest)) = command.split_once("BODY.PEEK[]<") {
        let (range, _) = rest.split_once('>').unwrap();
        let (from, length) = range.split_once('.').unwrap();
        let from: usize = from.parse::<usize>().unwrap().min(all.len());
        let to = (from + length.parse::<usize>().unwrap()).min(all.len());
        return (Some(format!("BODY[]<{from}>")), &all[from..to]);
    }
    if command.contains("BODY.PEEK[]") {
        return (Some("BODY[]".to_owned()), all);
    }
    (None, &[])
}
