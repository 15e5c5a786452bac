use std::sync::Mutex;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, ServerConfig};

use super::*;
use crate::ErrorKind;
use crate::net;
use crate::net::tls::CertificateProblem;

/// A web server that gives the same answer to everybody, and keeps the
/// questions.
struct Web {
    port: u16,
    questions: Arc<Mutex<Vec<String>>>,
}

impl Web {
    async fn plain(answer: &str) -> Self {
        Self::start(answer, None).await
    }

    async fn tls(answer: &str, acceptor: TlsAcceptor) -> Self {
        Self::start(answer, Some(acceptor)).await
    }

    async fn start(answer: &str, acceptor: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let questions: Arc<Mutex<Vec<String>>> = Arc::default();
        let (kept, answer) = (Arc::clone(&questions), answer.to_owned());
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                match &acceptor {
                    None => serve(tcp, &answer, &kept).await,
                    Some(acceptor) => {
                        if let Ok(tls) = acceptor.accept(tcp).await {
                            serve(tls, &answer, &kept).await;
                        }
                    }
                }
            }
        });
        Self { port, questions }
    }

    fn question(&self) -> String {
        self.questions.lock().unwrap().concat()
    }
}

async fn serve(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    answer: &str,
    kept: &Mutex<Vec<String>>,
) {
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        asked.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&asked);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                let value = line.to_lowercase();
                value.strip_prefix("content-length: ")?.parse().ok()
            });
            body.len() >= length.unwrap_or(0)
        });
        if whole || read == 0 {
            break;
        }
    }
    kept.lock()
        .unwrap()
        .push(String::from_utf8_lossy(&asked).into_owned());
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: {length}\r\n\r\n{body}")
}

fn to(place: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n")
}

/// A certificate for localhost: what a server shows, and a client that trusts it.
fn trusted() -> (TlsAcceptor, Http) {
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let cert: CertificateDer<'static> = params.self_signed(&key).unwrap().der().clone();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.clone()], key)
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(cert).unwrap();
    let client = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let http = Http::new(Connector::with_config(client));
    (TlsAcceptor::from(Arc::new(server)), http)
}

async fn failure(http: &Http, request: Request) -> Error {
    match http.send(request).await {
        Ok(answer) => panic!("{} answered {}", answer.url, answer.status),
        Err(error) => error,
    }
}

#[tokio::test]
async fn a_page_is_read_over_https_and_little_is_told() {
    let (acceptor, http) = trusted();
    let web = Web::tls(&ok("<a/>"), acceptor).await;
    let url = format!("https://localhost:{}/mail?x=1", web.port);
    let answer = http.send(Request::get(&url)).await.unwrap();
    assert_eq!((answer.status, answer.body), (200, b"<a/>".to_vec()));
    assert_eq!(answer.url.as_str(), url);
    assert_eq!(answer.content_type.as_deref(), Some("text/xml"));
    let question = web.question().to_lowercase();
    let mut names: Vec<&str> = question
        .lines()
        .skip(1)
        .filter_map(|line| Some(line.split_once(':')?.0))
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["accept", "host", "user-agent"]);
    assert!(question.contains("user-agent: waxwing\r\n"), "{question}");
}

#[tokio::test]
async fn a_certificate_nobody_trusts_stops_it_and_has_its_reason() {
    let (acceptor, _) = trusted();
    let web = Web::tls(&ok(""), acceptor).await;
    let stranger = Http::new(Connector::new());
    let url = format!("https://localhost:{}/", web.port);
    let error = failure(&stranger, Request::get(url)).await;
    let Error::Net(net::Error::Certificate { problem, .. }) = &error else {
        panic!("{error:?}");
    };
    assert_eq!(*problem, CertificateProblem::SelfSigned);
    assert_eq!(web.question(), "");
}

#[tokio::test]
async fn plain_http_is_asked_only_where_it_is_allowed() {
    let http = Http::new(Connector::new());
    let web = Web::plain(&ok("hello")).await;
    let url = format!("http://127.0.0.1:{}/", web.port);
    let error = failure(&http, Request::get(&url)).await;
    assert!(matches!(error, Error::NotHttps { .. }), "{error:?}");
    assert_eq!(web.question(), "");
    let answer = http
        .send(Request::get(&url).allowing_plain())
        .await
        .unwrap();
    assert_eq!(answer.body, b"hello");
}

#[tokio::test]
async fn redirections_lead_to_https_only_and_are_reported() {
    let (acceptor, http) = trusted();
    let end = Web::tls(&ok("end"), acceptor).await;
    let goal = format!("https://localhost:{}/end", end.port);
    let begin = Web::plain(&to(&goal)).await;
    let first = format!("http://127.0.0.1:{}/begin", begin.port);

    let request = Request::get(&first).allowing_plain();
    let answer = http.send(request).await.unwrap();
    assert_eq!(
        (answer.url.as_str(), answer.body),
        (&*goal, b"end".to_vec())
    );
    let passed: Vec<&str> = answer.redirects.iter().map(Url::as_str).collect();
    assert_eq!(passed, [&*first]);

    let request = Request::get(&first).allowing_plain().not_following();
    let answer = http.send(request).await.unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.location.unwrap().as_str(), goal);

    let down = Web::plain(&to(&first)).await;
    let second = format!("http://127.0.0.1:{}/", down.port);
    let error = failure(&http, Request::get(second).allowing_plain()).await;
    assert!(matches!(error, Error::NotHttps { .. }), "{error:?}");
}

#[tokio::test]
async fn a_circle_of_redirections_ends() {
    let (acceptor, http) = trusted();
    let web = Web::tls(&to("/again"), acceptor).await;
    let url = format!("https://localhost:{}/", web.port);
    let error = failure(&http, Request::get(url)).await;
    assert!(matches!(error, Error::Redirects { .. }), "{error:?}");
    assert_eq!(web.questions.lock().unwrap().len(), MOST_REDIRECTS + 1);
}

#[tokio::test]
async fn what_is_posted_goes_to_one_server_only() {
    let (acceptor, http) = trusted();
    let other = Web::tls(&ok(""), acceptor.clone()).await;
    let web = Web::tls(&to(&format!("https://localhost:{}/", other.port)), acceptor).await;
    let url = format!("https://localhost:{}/token", web.port);
    let body = "code=hunter2";
    let request = Request::post(&url, "application/x-www-form-urlencoded", body);
    let answer = http.send(request).await.unwrap();
    assert_eq!(answer.status, 302);
    assert!(!answer.is_good());
    let question = web.question();
    assert!(
        question.starts_with("POST /token HTTP/1.1\r\n"),
        "{question}"
    );
    assert!(question.ends_with("\r\n\r\ncode=hunter2"), "{question}");
    assert_eq!(other.question(), "");
}

#[tokio::test]
async fn long_answers_are_not_read_to_their_end() {
    let http = Http::new(Connector::new());
    let told = Web::plain(&ok(&"x".repeat(1000))).await;
    let untold = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(1000));
    let untold = Web::plain(&untold).await;
    for web in [told, untold] {
        let url = format!("http://127.0.0.1:{}/", web.port);
        let request = Request::get(&url).allowing_plain().at_most(999);
        let error = failure(&http, request).await;
        assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
        let request = Request::get(&url).allowing_plain().at_most(1000);
        assert_eq!(http.send(request).await.unwrap().body.len(), 1000);
    }
}

#[tokio::test]
async fn a_silent_server_is_given_up() {
    let http = Http::new(Connector::new());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let request = Request::get(format!("http://127.0.0.1:{port}/"))
        .allowing_plain()
        .within(Duration::from_millis(50));
    let error = failure(&http, request).await;
    assert!(
        matches!(error, Error::Net(net::Error::Timeout { .. })),
        "{error:?}"
    );
}

#[tokio::test]
async fn failures_have_their_kinds_and_never_quote_the_query() {
    let http = Http::new(Connector::new());
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = closed.local_addr().unwrap().port();
    drop(closed);
    let other = Web::plain("* OK this is IMAP\r\n").await;
    for (url, kind) in [
        (
            format!("http://127.0.0.1:{port}/?s=hunter2"),
            ErrorKind::Refused,
        ),
        (
            "http://nobody.invalid/?s=hunter2".to_owned(),
            ErrorKind::Dns,
        ),
        (
            format!("http://127.0.0.1:{}/?s=hunter2", other.port),
            ErrorKind::Protocol,
        ),
        ("ftp://127.0.0.1/?s=hunter2".to_owned(), ErrorKind::Tls),
        ("hunter2".to_owned(), ErrorKind::Input),
    ] {
        let error = failure(&http, Request::get(&url).allowing_plain()).await;
        assert_eq!(error.kind(), kind, "{url}: {error:?}");
        let shown = crate::Error::from(error);
        let told = format!("{shown} {shown:?}");
        assert!(!told.contains("hunter2"), "{told}");
    }
}
