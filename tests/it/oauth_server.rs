//! A provider that signs people in through the browser, on loopback, and a
//! browser that says yes on its page.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};
use url::Url;

/// How the provider behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Kind,
    /// The person says no.
    Denies,
    /// The answer names another sign-in.
    WrongState,
    /// The page sends a code of nobody.
    WrongCode,
    /// 503 for every token.
    Down,
    /// A web page in place of tokens.
    Garbled,
    /// It does not know the program.
    Stranger,
}

/// Makes an access token of its number.
pub(crate) type Mint = Box<dyn Fn(u32) -> String + Send>;

struct State {
    mood: Mood,
    mint: Mint,
    /// By code: what has to hash to the challenge, and the way back.
    codes: HashMap<String, (String, String)>,
    /// The one that is good.
    refresh: Option<String>,
    rotates: bool,
    given: u32,
    /// The fields of each question for tokens.
    asked: Vec<HashMap<String, String>>,
    /// The fields of each visit of the page.
    visits: Vec<HashMap<String, String>>,
}

/// The running provider.
#[derive(Clone)]
pub(crate) struct OauthServer {
    pub(crate) port: u16,
    state: Arc<Mutex<State>>,
}

impl OauthServer {
    pub(crate) fn start() -> Self {
        Self::minting(Box::new(|number| format!("access-{number}")))
    }

    pub(crate) fn minting(mint: Mint) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = State {
            mood: Mood::Kind,
            mint,
            codes: HashMap::new(),
            refresh: None,
            rotates: true,
            given: 0,
            asked: Vec::new(),
            visits: Vec::new(),
        };
        let state = Arc::new(Mutex::new(state));
        let served = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                serve(stream, &mut served.lock().unwrap());
            }
        });
        Self { port, state }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// The text of an `oauth.toml` that names this provider for `localhost`.
    pub(crate) fn registration(&self) -> String {
        let port = self.port;
        format!(
            "[local]\nname = \"Local\"\nclient_id = \"waxwing-tests\"\nhosts = [\"localhost\", \"127.0.0.1\"]\n\
             authorize = \"http://127.0.0.1:{port}/authorize\"\n\
             token = \"http://127.0.0.1:{port}/token\"\nscopes = [\"imap\", \"smtp\"]\n"
        )
    }

    pub(crate) fn be(&self, mood: Mood) {
        self.state().mood = mood;
    }

    /// What can be renewed cannot any more.
    pub(crate) fn revoke(&self) {
        self.state().refresh = None;
    }

    /// What renews from now on.
    pub(crate) fn renew_with(&self, refresh: &str) {
        self.state().refresh = Some(refresh.to_owned());
    }

    /// Nobody is answered while this lives.
    pub(crate) fn hold(&self) -> impl Drop + '_ {
        self.state()
    }

    /// Renewing gives no other means of renewing.
    pub(crate) fn keep_refresh(&self) {
        self.state().rotates = false;
    }

    /// What was asked for tokens so far.
    pub(crate) fn asked(&self) -> Vec<HashMap<String, String>> {
        self.state().asked.clone()
    }

    /// How often somebody renewed.
    pub(crate) fn renewals(&self) -> usize {
        let asked = self.asked();
        let renews = |q: &&HashMap<String, String>| q["grant_type"] == "refresh_token";
        asked.iter().filter(renews).count()
    }

    /// What the browser brought to the page so far.
    pub(crate) fn visits(&self) -> Vec<HashMap<String, String>> {
        self.state().visits.clone()
    }
}

fn serve(mut stream: TcpStream, state: &mut State) {
    let Some((target, body)) = question(&mut stream) else {
        return;
    };
    let asked = Url::parse("http://127.0.0.1")
        .unwrap()
        .join(&target)
        .unwrap();
    let answer = if asked.path() == "/authorize" {
        authorize(state, &asked.query_pairs().into_owned().collect())
    } else {
        let fields = url::form_urlencoded::parse(body.as_bytes());
        tokens(state, fields.into_owned().collect())
    };
    let _ = stream.write_all(answer.as_bytes());
}

/// The target and the body of a question.
fn question(stream: &mut TcpStream) -> Option<(String, String)> {
    stream
        .set_read_timeout(Some(Duration::from_secs(5)))
        .unwrap();
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let whole = String::from_utf8_lossy(&text).into_owned();
        if let Some((head, body)) = whole.split_once("\r\n\r\n") {
            let length = head.to_lowercase();
            let length = length.split("content-length: ").nth(1);
            let length = length.and_then(|rest| rest.lines().next()?.parse().ok());
            if body.len() >= length.unwrap_or(0) {
                let target = head.split(' ').nth(1)?.to_owned();
                return Some((target, body.to_owned()));
            }
        }
        match stream.read(&mut piece) {
            Ok(length) if length > 0 => text.extend_from_slice(&piece[..length]),
            _ => return None,
        }
    }
}

fn authorize(state: &mut State, fields: &HashMap<String, String>) -> String {
    state.visits.push(fields.clone());
    let back = &fields["redirect_uri"];
    let mut url = Url::parse(back).unwrap();
    let code = format!("code-{}", state.visits.len());
    let challenge = fields["code_challenge"].clone();
    state.codes.insert(code.clone(), (challenge, back.clone()));
    let theirs = if state.mood == Mood::WrongState {
        "another"
    } else {
        &fields["state"]
    };
    let mut query = url.query_pairs_mut();
    query.append_pair("state", theirs);
    match state.mood {
        Mood::Denies => query.append_pair("error", "access_denied"),
        Mood::WrongCode => query.append_pair("code", "code-of-nobody"),
        _ => query.append_pair("code", &code),
    };
    drop(query);
    format!(
        "HTTP/1.1 302 Found\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn tokens(state: &mut State, fields: HashMap<String, String>) -> String {
    state.asked.push(fields.clone());
    match state.mood {
        Mood::Down => return reply("503 Service Unavailable", "text/plain", "not now"),
        Mood::Garbled => return reply("200 OK", "text/html", "<p>access-secret</p>"),
        Mood::Stranger => return refusal("invalid_client"),
        _ => {}
    }
    let good = match fields["grant_type"].as_str() {
        "authorization_code" => {
            let hash = Sha256::digest(&fields["code_verifier"]);
            let known = state.codes.remove(&fields["code"]);
            known == Some((URL_SAFE_NO_PAD.encode(hash), fields["redirect_uri"].clone()))
        }
        _ => state.refresh.as_ref() == Some(&fields["refresh_token"]),
    };
    if !good || fields["client_id"] != "waxwing-tests" {
        return refusal("invalid_grant");
    }
    state.given += 1;
    let number = state.given;
    let access = (state.mint)(number);
    let mut answer =
        format!("{{\"access_token\":\"{access}\",\"token_type\":\"Bearer\",\"expires_in\":3600");
    if state.rotates || state.refresh.is_none() {
        let refresh = format!("refresh-{number}");
        answer.push_str(&format!(",\"refresh_token\":\"{refresh}\""));
        state.refresh = Some(refresh);
    }
    answer.push('}');
    reply("200 OK", "application/json", &answer)
}

fn refusal(code: &str) -> String {
    let body = format!("{{\"error\":\"{code}\",\"error_description\":\"It is over.\"}}");
    reply("400 Bad Request", "application/json", &body)
}

fn reply(status: &str, kind: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Opens a page as a browser does, and goes where it leads: the last page.
pub(crate) fn browse(page: &str) -> String {
    let mut url = Url::parse(page).unwrap();
    for _ in 0..5 {
        let answer = visit(&url);
        let place = answer
            .lines()
            .find_map(|line| line.strip_prefix("Location: "));
        match place {
            Some(place) => url = url.join(place).unwrap(),
            None => return answer,
        }
    }
    panic!("{page} leads in circles");
}

/// What one page answers; nothing where nobody listens.
pub(crate) fn visit(url: &Url) -> String {
    let host = url.host_str().unwrap();
    let Ok(mut stream) = TcpStream::connect((host, url.port().unwrap())) else {
        return String::new();
    };
    let target = &url[url::Position::BeforePath..];
    let question = format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(question.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}
