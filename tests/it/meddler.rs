//! A man in the middle who understands IMAP commands: cuts the line before or
//! after one, answers in the server's stead, hides what the server can do.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use super::bed::{Bed, User};
use super::profile::{AccountFile, Incoming, Profile};

/// What happens to a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Pass,
    /// The server never gets it.
    CutBefore,
    /// The server does it, and its answer is lost.
    CutAfter,
    /// The server never gets it; the client gets this, after the tag.
    Answer(&'static str),
}

/// Decides by the command as the client sent it, without its tag.
type Rule = Box<dyn FnMut(&str) -> Fate + Send>;

/// A word of the server's, and what the client hears instead.
type Swap = (&'static str, &'static str);

pub(super) struct Meddler {
    port: u16,
    rule: Arc<Mutex<Rule>>,
    swap: Arc<Mutex<Option<Swap>>>,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Meddler {
    /// Stands before the bed's server, which seems to lack what is `hidden`.
    pub(super) fn before(bed: &Bed, hidden: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(|_| Fate::Pass)));
        let heard = Arc::new(Mutex::new(Vec::new()));
        let swap = Arc::new(Mutex::new(None));
        let (rules, hears, server) = (Arc::clone(&rule), Arc::clone(&heard), bed.imap_plain());
        let swaps = Arc::clone(&swap);
        // Lives as long as the test process, and costs it nothing.
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect((Ipv4Addr::LOCALHOST, server)).unwrap();
                let (rules, hears) = (Arc::clone(&rules), Arc::clone(&hears));
                let says = Says {
                    hidden,
                    swap: *swaps.lock().unwrap(),
                    lost: Arc::default(),
                };
                thread::spawn(move || relay(client.unwrap(), server, says, &rules, &hears));
            }
        });
        Self {
            port,
            rule,
            swap,
            heard,
        }
    }

    pub(super) fn set(&self, rule: impl FnMut(&str) -> Fate + Send + 'static) {
        *self.rule.lock().unwrap() = Box::new(rule);
        self.heard.lock().unwrap().clear();
    }

    /// From the next connection on the server seems to say something else.
    pub(super) fn swap(&self, swap: Option<Swap>) {
        *self.swap.lock().unwrap() = swap;
    }

    pub(super) fn let_pass(&self) {
        self.set(|_| Fate::Pass);
    }

    /// The commands since the rule was set, without their tags.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }

    /// A profile whose account is reached this way.
    pub(super) fn profile(&self, bed: &Bed, user: &User) -> Profile {
        let profile = Profile::new(bed);
        let mut account = AccountFile::on(bed, user, Incoming::ImapPlain);
        account.incoming.port = self.port;
        profile.add_account(&account).objects();
        profile
    }
}

/// How what the server says on one connection is changed.
struct Says {
    hidden: &'static [&'static str],
    swap: Option<Swap>,
    /// The tag up to whose answer nothing is passed on; it is the end.
    lost: Arc<Mutex<Option<String>>>,
}

fn relay(
    client: TcpStream,
    server: TcpStream,
    says: Says,
    rule: &Mutex<Rule>,
    heard: &Mutex<Vec<String>>,
) {
    let lost = Arc::clone(&says.lost);
    let (to, from) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let down = thread::spawn(move || answers(from, to, &says));
    let mut from_client = BufReader::new(client.try_clone().unwrap());
    let (mut to_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    while let Some(line) = line_of(&mut from_client) {
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let (tag, command) = text.split_once(' ').unwrap_or((&text, ""));
        heard.lock().unwrap().push(command.to_owned());
        let fate = (rule.lock().unwrap())(command);
        match fate {
            Fate::CutBefore => break,
            Fate::Answer(answer) => {
                let answer = format!("{tag} {answer}\r\n");
                to_client.write_all(answer.as_bytes()).ok();
                continue;
            }
            Fate::CutAfter => *lost.lock().unwrap() = Some(tag.to_owned()),
            Fate::Pass => {}
        }
        if forward(line, &mut from_client, &mut to_server).is_none() {
            break;
        }
        if fate == Fate::CutAfter {
            // Whether it was done is known when the server has answered.
            down.join().ok();
            client.shutdown(Shutdown::Both).ok();
            return;
        }
    }
    client.shutdown(Shutdown::Both).ok();
    server.shutdown(Shutdown::Both).ok();
    down.join().ok();
}

fn line_of(from: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut line = Vec::new();
    match from.read_until(b'\n', &mut line) {
        Ok(0) | Err(_) => None,
        Ok(_) => Some(line),
    }
}

/// Passes on a command with its literals.
fn forward(mut line: Vec<u8>, from: &mut impl BufRead, to: &mut impl Write) -> Option<()> {
    loop {
        to.write_all(&line).ok()?;
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let size = text
            .strip_suffix('}')
            .and_then(|text| text.rsplit_once('{'))
            .and_then(|(_, size)| size.trim_end_matches('+').parse::<usize>().ok());
        let Some(size) = size else { return Some(()) };
        let mut literal = vec![0; size];
        from.read_exact(&mut literal).ok()?;
        to.write_all(&literal).ok()?;
        line = line_of(from)?;
    }
}

/// A server without UIDPLUS does not tell the UIDs of copies and uploads.
fn without_new_uids(line: &str) -> String {
    let cut = ["[COPYUID ", "[APPENDUID "]
        .iter()
        .find_map(|code| line.split_once(code));
    let rest = cut.and_then(|(before, code)| Some((before, code.split_once("] ")?.1)));
    match rest {
        Some((before, after)) => format!("{before}{after}"),
        None => line.to_owned(),
    }
}

fn answers(server: TcpStream, mut client: TcpStream, says: &Says) {
    let mut server = BufReader::new(server);
    while let Some(mut line) = line_of(&mut server) {
        let silent = says.lost.lock().unwrap().clone();
        if let Some(tag) = silent {
            if line.starts_with(format!("{tag} ").as_bytes()) {
                break;
            }
            continue;
        }
        let text = String::from_utf8_lossy(&line).into_owned();
        let hides = |word| says.hidden.contains(&word);
        if text.contains("CAPABILITY") {
            let kept = says.hidden.iter().fold(text, |text, word| {
                text.replace(&format!(" {word} "), " ")
                    .replace(&format!(" {word}]"), "]")
                    .replace(&format!(" {word}\r"), "\r")
            });
            line = kept.into_bytes();
        } else if hides("UIDPLUS") && text.contains("UID ") && text.contains(" OK ") {
            line = without_new_uids(&text).into_bytes();
        } else if let Some((said, heard)) = says.swap.filter(|(said, _)| text.contains(said)) {
            line = text.replace(said, heard).into_bytes();
        }
        if client.write_all(&line).is_err() {
            break;
        }
    }
    client.shutdown(Shutdown::Both).ok();
}
