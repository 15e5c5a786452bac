//! A server that plays a written dialogue on a port of its own, to every
//! client anew.
//!
//! ```text
//! S: * OK ready      sends the line; {tag} is the client's last tag
//! C: LOGIN           reads a line, which must contain this
//! READ               reads whatever comes
//! RAW: 15 03         sends these octets
//! SCRAM              goes on after the client's first SCRAM message
//! TLS                puts TLS on the connection
//! TELL word          lets all go on that wait for this word
//! AWAIT word         waits for it
//! ---                the next client hears what follows
//! CUT                closes the connection
//! ```

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;

trait Line: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Line for S {}

/// The words that were told.
type Words = watch::Sender<BTreeSet<String>>;

/// The running server.
pub(super) struct Server {
    pub(super) port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(super) async fn start(script: &str, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let to = heard.clone();
        let words = Words::new(BTreeSet::new());
        let scripts: Vec<String> = script.split("---").map(str::to_owned).collect();
        tokio::spawn(async move {
            let mut number = 0;
            while let Ok((socket, _)) = listener.accept().await {
                let script = scripts.get(number).or(scripts.last()).unwrap().clone();
                number += 1;
                tokio::spawn(play(socket, script, tls.clone(), to.clone(), words.clone()));
            }
        });
        Self { port, heard }
    }

    /// How often somebody tried to sign in.
    pub(super) fn tries(&self) -> usize {
        let heard = self.heard.lock().unwrap();
        let is_try = |line: &&String| {
            let line = line.to_ascii_uppercase();
            ["PASS ", "AUTH ", "APOP "]
                .iter()
                .any(|verb| line.starts_with(verb))
                || line.contains(" LOGIN ")
                || line.contains(" AUTHENTICATE ")
        };
        heard.iter().filter(is_try).count()
    }
}

async fn play(
    socket: TcpStream,
    script: String,
    tls: Option<TlsAcceptor>,
    to: Arc<Mutex<Vec<String>>>,
    words: Words,
) {
    let mut line: BufReader<Box<dyn Line>> = BufReader::new(Box::new(socket));
    let mut tag = String::new();
    for step in script.lines().map(str::trim).filter(|s| !s.is_empty()) {
        let (verb, rest) = step.split_once(' ').unwrap_or((step, ""));
        let done = match verb {
            "S:" => {
                let text = format!("{}\r\n", rest.replace("{tag}", &tag));
                line.write_all(text.as_bytes()).await.is_ok()
            }
            "RAW:" => {
                let octets = rest
                    .split(' ')
                    .map(|pair| u8::from_str_radix(pair, 16).unwrap());
                let octets: Vec<u8> = octets.collect();
                line.write_all(&octets).await.is_ok()
            }
            "READ" => line.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0),
            "C:" => match hear(&mut line, &to).await {
                Some(said) => {
                    let fits = said.to_uppercase().contains(&rest.to_uppercase());
                    assert!(fits, "expected {rest:?}, heard {said:?}");
                    tag = said.split(' ').next().unwrap_or_default().to_owned();
                    true
                }
                None => false,
            },
            "SCRAM" => {
                let first = challenge(&to);
                let sent = line.write_all(first.as_bytes()).await.is_ok();
                sent && hear(&mut line, &to).await.is_some()
            }
            "TLS" => {
                let clear = line.into_inner();
                match tls.as_ref().unwrap().accept(clear).await {
                    Ok(inside) => {
                        line = BufReader::new(Box::new(inside));
                        true
                    }
                    Err(_) => return,
                }
            }
            "TELL" => words.send_if_modified(|told| told.insert(rest.to_owned())),
            "AWAIT" => {
                let mut told = words.subscribe();
                told.wait_for(|told| told.contains(rest)).await.is_ok()
            }
            "CUT" => return,
            _ => panic!("no such step: {step:?}"),
        };
        // A client may hang up on such a server.
        if !done {
            return;
        }
    }
    // Whoever waits for more waits; whoever hangs up ends it.
    while hear(&mut line, &to).await.is_some() {}
}

/// The server's first message of SCRAM (RFC 5802, 5.1), with the client's
/// nonce in it.
fn challenge(heard: &Mutex<Vec<String>>) -> String {
    let heard = heard.lock().unwrap();
    let first = heard.last().unwrap().rsplit(' ').next().unwrap();
    let first = String::from_utf8(STANDARD.decode(first).unwrap()).unwrap();
    let (_, nonce) = first.split_once("r=").unwrap();
    let ours = format!("r={nonce}ours,s=QSXCR+Q6sek8bf92,i=4096");
    format!("334 {}\r\n", STANDARD.encode(ours))
}

async fn hear(line: &mut BufReader<Box<dyn Line>>, to: &Mutex<Vec<String>>) -> Option<String> {
    let mut said = Vec::new();
    let read = line.read_until(b'\n', &mut said).await.ok()?;
    let said = String::from_utf8_lossy(said.trim_ascii_end()).into_owned();
    to.lock().unwrap().push(said.clone());
    (read > 0).then_some(said)
}
