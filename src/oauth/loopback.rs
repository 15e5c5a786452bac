//! The browser's way back: a port of this computer that takes one answer
//! (RFC 8252, 7.3).
//!
//! Nothing of what comes in is logged: it holds the code that becomes tokens.

use std::io;
use std::net::Ipv4Addr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::net::http::Url;

/// How long a person may take on the provider's page.
const PATIENCE: Duration = Duration::from_secs(5 * 60);

/// How long a browser may take to say what it wants.
const QUESTION: Duration = Duration::from_secs(10);

/// The longest question; the code of some providers has thousands of letters.
const QUESTION_MAX: usize = 16 * 1024;

/// Browsers open lines they may not use; so many at once are borne.
const LINES: usize = 16;

/// An open port that waits for the browser. Dropped, it closes.
pub(super) struct Door {
    listener: TcpListener,
    port: u16,
}

/// What the browser brought.
pub(super) enum Came {
    /// The code, with the right state.
    Code(Zeroizing<String>),
    /// The provider says no, with the right state.
    Refusal { code: String, said: Option<String> },
    /// An answer to something else: the state is not ours.
    Stranger,
}

impl Door {
    /// Opens a port for this computer alone; any free one unless told which.
    pub(super) async fn open(port: Option<u16>) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.unwrap_or(0))).await?;
        let port = listener.local_addr()?.port();
        Ok(Self { listener, port })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// Waits for the one answer to `path`; nothing when nobody brings it. What
    /// else browsers ask for (a picture for the tab) does not count.
    pub(super) async fn wait(self, path: &str, state: &str) -> Option<Came> {
        let came = timeout(PATIENCE, self.first_answer(path, state)).await;
        came.ok().flatten()
    }

    async fn first_answer(self, path: &str, state: &str) -> Option<Came> {
        let (sender, mut answers) = mpsc::channel(1);
        let mut lines = JoinSet::new();
        loop {
            tokio::select! {
                // Its page is out already; other lines end with this.
                Some(came) = answers.recv() => return Some(came),
                accepted = self.listener.accept(), if lines.len() < LINES => {
                    let Ok((stream, _)) = accepted else { continue };
                    let (path, state) = (path.to_owned(), state.to_owned());
                    let sender = sender.clone();
                    lines.spawn(async move {
                        if let Some(came) = answer(stream, &path, &state).await {
                            // A second answer comes too late to matter.
                            drop(sender.try_send(came));
                        }
                    });
                }
                Some(_) = lines.join_next() => {}
            }
        }
    }
}

/// Reads one question and gives it its page.
async fn answer(mut stream: TcpStream, path: &str, state: &str) -> Option<Came> {
    let head = timeout(QUESTION, question(&mut stream)).await.ok()??;
    let came = read(&head, path, state);
    let (status, page) = match &came {
        Some(Came::Code(_)) => ("200 OK", page(SIGNED_IN)),
        Some(Came::Refusal { .. }) => ("200 OK", page(REFUSED)),
        Some(Came::Stranger) => ("400 Bad Request", page(STRANGE)),
        None => ("404 Not Found", page(NOTHING)),
    };
    let length = page.len();
    let reply = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {length}\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'\r\n\
         Connection: close\r\n\r\n{page}"
    );
    // The answer counts, whether or not the browser waits for its page.
    let written = async {
        stream.write_all(reply.as_bytes()).await?;
        stream.shutdown().await
    };
    let _ = timeout(QUESTION, written).await;
    came
}

/// The head of a question, unless the line ends before or it is too long.
async fn question(stream: &mut TcpStream) -> Option<Zeroizing<Vec<u8>>> {
    let mut head = Zeroizing::new(Vec::with_capacity(QUESTION_MAX));
    loop {
        if head.windows(4).any(|window| window == b"\r\n\r\n") {
            return Some(head);
        }
        if head.len() >= QUESTION_MAX {
            return None;
        }
        let mut piece = Zeroizing::new([0; 1024]);
        let length = stream.read(&mut *piece).await.ok()?;
        head.extend_from_slice(piece.get(..length).filter(|piece| !piece.is_empty())?);
    }
}

/// What a question brings, if it is the answer that is waited for.
fn read(head: &[u8], path: &str, state: &str) -> Option<Came> {
    let line = head.split(|&byte| byte == b'\r').next()?;
    let target = std::str::from_utf8(line)
        .ok()?
        .strip_prefix("GET ")?
        .split(' ')
        .next()?;
    let asked = Url::parse("http://127.0.0.1").ok()?.join(target).ok()?;
    let mut code = None;
    let mut error = None;
    let mut said = None;
    let mut known = false;
    for (name, value) in asked.query_pairs() {
        match &*name {
            "code" => code = Some(Zeroizing::new(value.into_owned())),
            "error" => error = Some(value.into_owned()),
            "error_description" => said = Some(value.into_owned()),
            "state" => known = value == state,
            _ => {}
        }
    }
    if asked.path() != path || (code.is_none() && error.is_none()) {
        return None;
    }
    Some(match (known, error, code) {
        (false, _, _) => Came::Stranger,
        (true, Some(code), _) => Came::Refusal { code, said },
        (true, None, code) => Came::Code(code.unwrap_or_default()),
    })
}

/// A heading and a sentence.
type Words = (&'static str, &'static str);

const SIGNED_IN: Words = (
    "Thank you",
    "Waxwing has what it needs. You can close this page and go back to Waxwing.",
);
const REFUSED: Words = (
    "Not signed in",
    "The provider did not let Waxwing in. Nothing was changed. You can close this page; Waxwing tells you more.",
);
const STRANGE: Words = (
    "Not signed in",
    "This page is no answer to the sign-in that Waxwing waits for, so it was not used. Please start again in Waxwing.",
);
const NOTHING: Words = ("Nothing here", "There is nothing to see on this page.");

fn page((heading, sentence): Words) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Waxwing</title>\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <style>body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:32rem;margin:20vh auto;padding:0 1.5rem}}\
         h1{{font-size:1.6rem;font-weight:600}}</style>\
         <h1>{heading}</h1><p>{sentence}</p></html>"
    )
}

#[cfg(test)]
mod tests;
