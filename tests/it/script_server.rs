//! A server that plays a written dialogue, to be as bad as no real one is.
//!
//! A script is text, one step a line:
//!
//! ```text
//! S: * OK ready            sends the line; {tag} is the client's last tag
//! C: LOGIN                 reads a line, which must contain this (any case)
//! PART: * 1 FET            sends without a line end; \r\n stands for one
//! BODY                     reads lines up to a lone dot (SMTP's DATA)
//! BYTES 20                 reads so many octets (a literal)
//! PAUSE 200                waits so many milliseconds
//! TLS                      puts TLS on the connection (after STARTTLS)
//! CUT                      closes the connection at once
//! ```
//!
//! At the end of its script the server waits until the client hangs up.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::bed::certificates::{Certificates, Leaf};

/// What the server and the test both see.
#[derive(Debug, Default)]
struct Record {
    /// Every line the clients sent.
    heard: Vec<String>,
    /// The first expectation that failed.
    failure: Option<String>,
    /// How many connections came.
    connections: usize,
}

/// The running server, on a loopback port of its own.
#[derive(Debug)]
pub(crate) struct ScriptServer {
    port: u16,
    record: Arc<Mutex<Record>>,
    /// The connection that means the end; all before it are clients.
    last: Arc<Mutex<Option<SocketAddr>>>,
    thread: Option<JoinHandle<()>>,
}

impl ScriptServer {
    /// Plays the same script to each connection, one after the other.
    pub(crate) fn start(script: &str) -> Self {
        Self::run(vec![steps(script)], None)
    }

    /// Plays the first script to the first connection and so on; the last one
    /// to all that follow.
    pub(crate) fn start_each(scripts: &[&str]) -> Self {
        Self::run(scripts.iter().map(|script| steps(script)).collect(), None)
    }

    /// The same behind TLS, with a certificate of one's choice: from the first
    /// octet, or from where the script says `TLS`.
    pub(crate) fn start_tls(script: &str, certificates: &Certificates, leaf: Leaf) -> Self {
        let chain = fs::read(certificates.certificate(leaf)).unwrap();
        let chain = CertificateDer::pem_slice_iter(&chain)
            .collect::<Result<Vec<_>, _>>()
            .unwrap();
        let key = PrivateKeyDer::from_pem_file(certificates.key(leaf)).unwrap();
        let config = ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        Self::run(vec![steps(script)], Some(Arc::new(config)))
    }

    fn run(scripts: Vec<Vec<Step>>, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let record = Arc::new(Mutex::new(Record::default()));
        let last = Arc::new(Mutex::new(None));
        let (theirs, end) = (Arc::clone(&record), Arc::clone(&last));
        let thread = std::thread::spawn(move || {
            for (number, socket) in listener.incoming().enumerate() {
                let socket = socket.unwrap();
                if *end.lock().unwrap() == socket.peer_addr().ok() {
                    return;
                }
                let script = scripts.get(number).or(scripts.last());
                serve(socket, script.unwrap(), tls.as_ref(), &theirs);
            }
        });
        Self {
            port,
            record,
            last,
            thread: Some(thread),
        }
    }

    /// Where it listens on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How many connections came so far.
    pub(crate) fn connections(&self) -> usize {
        self.record.lock().unwrap().connections
    }

    /// Every line the clients sent so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.record.lock().unwrap().heard.clone()
    }

    /// Ends the server, once its clients have hung up, and gives every line
    /// they sent.
    ///
    /// # Panics
    /// When a client did not say what the script expects.
    pub(crate) fn finish(self) -> Vec<String> {
        self.verdict().unwrap_or_else(|failure| panic!("{failure}"))
    }

    /// As [`ScriptServer::finish`], with the failed expectation as an error.
    pub(crate) fn verdict(mut self) -> Result<Vec<String>, String> {
        self.end();
        let record = self.record.lock().unwrap();
        match &record.failure {
            None => Ok(record.heard.clone()),
            Some(failure) => Err(format!("{failure}; it heard {:#?}", record.heard)),
        }
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else {
            return;
        };
        // The lock keeps the listener from looking before the address is there.
        let mut last = self.last.lock().unwrap();
        let wake = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
        *last = wake.as_ref().ok().and_then(|s| s.local_addr().ok());
        drop(last);
        thread.join().ok();
    }
}

impl Drop for ScriptServer {
    fn drop(&mut self) {
        self.end();
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Send(String),
    Expect(String),
    Body,
    Bytes(usize),
    Pause(Duration),
    Tls,
    Cut,
}

fn steps(script: &str) -> Vec<Step> {
    let lines = script.lines().map(str::trim).filter(|l| !l.is_empty());
    lines.map(step).collect()
}

fn step(line: &str) -> Step {
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    match verb {
        "S:" => Step::Send(format!("{rest}\r\n")),
        "PART:" => Step::Send(rest.replace("\\r\\n", "\r\n")),
        "C:" => Step::Expect(rest.to_owned()),
        "BODY" => Step::Body,
        "BYTES" => Step::Bytes(rest.parse().unwrap()),
        "PAUSE" => Step::Pause(Duration::from_millis(rest.parse().unwrap())),
        "TLS" => Step::Tls,
        "CUT" => Step::Cut,
        _ => panic!("no such step in a script: {line:?}"),
    }
}

fn serve(socket: TcpStream, script: &[Step], tls: Option<&Arc<ServerConfig>>, to: &Mutex<Record>) {
    to.lock().unwrap().connections += 1;
    // A client that hangs must not hang the test as well.
    socket
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let result = match tls {
        None => play(socket, script, to),
        Some(config) => {
            let session = ServerConnection::new(Arc::clone(config)).unwrap();
            let begins = script.iter().position(|step| *step == Step::Tls);
            let (clear, inside) = script.split_at(begins.map_or(0, |at| at + 1));
            // What follows STARTTLS waits for the answer to it, so nothing of
            // the handshake is read ahead here.
            act(&mut BufReader::new(&socket), clear, to)
                .and_then(|()| play(StreamOwned::new(session, socket), inside, to))
        }
    };
    if let Err(failure) = result {
        to.lock().unwrap().failure.get_or_insert(failure);
    }
}

fn play(stream: impl Read + Write, script: &[Step], to: &Mutex<Record>) -> Result<(), String> {
    let mut stream = BufReader::new(stream);
    act(&mut stream, script, to)?;
    if script.last() != Some(&Step::Cut) {
        while let Ok(Some(_)) = hear(&mut stream, to) {}
    }
    Ok(())
}

fn act(
    stream: &mut BufReader<impl Read + Write>,
    script: &[Step],
    to: &Mutex<Record>,
) -> Result<(), String> {
    let mut tag = String::new();
    for step in script {
        match step {
            Step::Send(text) => {
                let text = text.replace("{tag}", &tag);
                let wire = stream.get_mut();
                let sent = wire.write_all(text.as_bytes()).and_then(|()| wire.flush());
                // A client may hang up on a bad server: that is its right.
                if sent.is_err() {
                    return Ok(());
                }
            }
            Step::Expect(wanted) => {
                let line = hear(stream, to)
                    .map_err(|e| format!("waiting for {wanted:?}: {e}"))?
                    .ok_or_else(|| format!("the client closed before {wanted:?}"))?;
                let same = line
                    .to_ascii_lowercase()
                    .contains(&wanted.to_ascii_lowercase());
                if !same {
                    return Err(format!("expected {wanted:?}, heard {line:?}"));
                }
                tag = line.split(' ').next().unwrap_or_default().to_owned();
            }
            Step::Body => while hear(stream, to).is_ok_and(|l| l.is_some_and(|l| l != ".")) {},
            Step::Bytes(count) => {
                let mut literal = vec![0; *count];
                stream
                    .read_exact(&mut literal)
                    .map_err(|e| format!("waiting for {count} octets: {e}"))?;
            }
            Step::Pause(time) => std::thread::sleep(*time),
            // Its place in the script says all.
            Step::Tls => {}
            Step::Cut => return Ok(()),
        }
    }
    Ok(())
}

fn hear(stream: &mut impl BufRead, to: &Mutex<Record>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    if stream.read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
    to.lock().unwrap().heard.push(line.clone());
    Ok(Some(line))
}
