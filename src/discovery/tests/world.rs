//! A small Internet on this machine: names, web servers and mail servers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::discovery::Discoverer;
use crate::model::{Discovery, DiscoveryProgress, Protocol, Security};
use crate::net::http::Url;
use crate::net::names::{MailExchanger, Names, Service, Written};
use crate::net::trusted::Trusted;
use crate::providers::Mailbox;

/// What a web address answers.
#[derive(Debug, Clone)]
struct Page {
    url: String,
    answer: String,
    after: Duration,
}

/// What is heard by all servers together.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    fn note(&self, words: String) {
        self.0.lock().unwrap().push(words);
    }

    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

/// The world while it is made.
pub(super) struct World {
    names: Written,
    pages: Vec<Page>,
    trusted: Trusted,
    pub(super) heard: Heard,
}

pub(super) fn ok(body: &str) -> String {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

pub(super) fn to(url: &str) -> String {
    format!(
        "HTTP/1.1 301 Moved\r\nLocation: {url}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

/// A settings file whose servers tell which file it is.
pub(super) fn file(named: &str) -> String {
    format!(
        "<clientConfig><emailProvider><displayName>{named}</displayName>\
         <incomingServer type=\"imap\"><hostname>imap.{named}.example</hostname><port>993</port>\
         <socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>\
         <outgoingServer type=\"smtp\"><hostname>smtp.{named}.example</hostname><port>465</port>\
         <socketType>SSL</socketType><username>%EMAILADDRESS%</username></outgoingServer>\
         </emailProvider></clientConfig>"
    )
}

impl World {
    /// An empty one, where hosts below these domains have certificates.
    pub(super) fn with(domains: &[&str]) -> Self {
        let names = domains
            .iter()
            .flat_map(|domain| [(*domain).to_owned(), format!("*.{domain}")]);
        Self {
            names: Written::default(),
            pages: Vec::new(),
            trusted: Trusted::for_names(names.collect()),
            heard: Heard::default(),
        }
    }

    /// A web address and its whole answer.
    pub(super) fn page(self, url: &str, answer: &str) -> Self {
        self.slow_page(url, answer, Duration::ZERO)
    }

    /// One that takes its time.
    pub(super) fn slow_page(mut self, url: &str, answer: &str, after: Duration) -> Self {
        self.pages.push(Page {
            url: url.to_owned(),
            answer: answer.to_owned(),
            after,
        });
        self
    }

    /// A host that takes the domain's mail.
    pub(super) fn exchanger(mut self, domain: &str, preference: u16, host: &str) -> Self {
        let hosts = self.names.exchangers.entry(domain.to_owned()).or_default();
        hosts.push(MailExchanger {
            preference,
            host: host.to_owned(),
        });
        hosts.sort_by_key(|one| one.preference);
        self
    }

    /// A service (`_imaps._tcp.example.org`).
    pub(super) fn service(mut self, name: &str, host: &str, port: u16) -> Self {
        let hosts = self.names.services.entry(name.to_owned()).or_default();
        hosts.push(Service {
            priority: 0,
            weight: 0,
            host: host.to_owned(),
            port,
        });
        self
    }

    /// A host about which the name service never answers.
    pub(super) fn silent(mut self, host: &str) -> Self {
        self.names.silent.push(host.to_owned());
        self
    }

    /// A mail server.
    pub(super) async fn mail(
        mut self,
        host: &str,
        port: u16,
        protocol: Protocol,
        security: Security,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        self.names.ports.insert((host.to_owned(), port), address);
        let (acceptor, heard) = (self.trusted.clone(), self.heard.clone());
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, heard) = (acceptor.clone(), heard.clone());
                tokio::spawn(async move {
                    // A client that hangs up is no failure of the server.
                    let _ = serve_mail(tcp, acceptor, protocol, security, &heard).await;
                });
            }
        });
        self
    }

    /// The world as it is from now on, seen by somebody who looks for servers.
    pub(super) async fn discoverer(mut self) -> Discoverer {
        let web = self.web_server().await;
        for page in &self.pages {
            let host = Url::parse(&page.url).unwrap();
            let host = host.host_str().unwrap().to_owned();
            self.names.web.insert(host, web);
        }
        Discoverer::new(self.trusted.connector(Names::written(self.names)))
    }

    /// One server for all addresses, with and without TLS.
    async fn web_server(&self) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (acceptor, heard) = (self.trusted.clone(), self.heard.clone());
        let pages = self.pages.clone();
        tokio::spawn(async move {
            while let Ok((tcp, _)) = listener.accept().await {
                let (acceptor, heard) = (acceptor.clone(), heard.clone());
                let pages = pages.clone();
                tokio::spawn(async move {
                    let mut first = [0];
                    let _ = tcp.peek(&mut first).await;
                    // A handshake begins with this byte.
                    if first == [0x16] {
                        if let Ok(tls) = acceptor.accept(tcp).await {
                            serve_web(tls, "https", &pages, &heard).await;
                        }
                    } else {
                        serve_web(tcp, "http", &pages, &heard).await;
                    }
                });
            }
        });
        address
    }
}

async fn serve_web(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    scheme: &str,
    pages: &[Page],
    heard: &Heard,
) {
    let mut asked = Vec::new();
    let mut piece = [0; 4096];
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        asked.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&asked);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let length = head.lines().find_map(|line| {
                let line = line.to_lowercase();
                line.strip_prefix("content-length: ")?.parse().ok()
            });
            body.len() >= length.unwrap_or(0)
        });
        if whole || read == 0 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&asked).into_owned();
    let path = text.split(' ').nth(1).unwrap_or_default();
    let host = text.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("host").then_some(value)
    });
    let url = format!("{scheme}://{}{path}", host.unwrap_or_default());
    heard.note(text.clone());
    let missing = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    let page = pages.iter().find(|page| page.url == url);
    if let Some(page) = page {
        tokio::select! {
            () = tokio::time::sleep(page.after) => {}
            _ = stream.read(&mut piece) => {
                heard.note("the client left".to_owned());
                return;
            }
        }
    }
    let answer = page.map_or(missing, |page| page.answer.as_str());
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn serve_mail(
    tcp: TcpStream,
    acceptor: Trusted,
    protocol: Protocol,
    security: Security,
    heard: &Heard,
) -> std::io::Result<()> {
    if security == Security::Tls {
        let tls = acceptor.accept(tcp).await?;
        return talk(tls, protocol, true, heard).await.map(drop);
    }
    if let Some(tcp) = talk(tcp, protocol, false, heard).await?
        && security == Security::StartTls
    {
        let tls = acceptor.accept(tcp).await?;
        dialogue(tls, protocol, true, heard).await?;
    }
    Ok(())
}

/// Greets and answers, until the client leaves or wants TLS.
async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    protocol: Protocol,
    inside: bool,
    heard: &Heard,
) -> std::io::Result<Option<S>> {
    let greeting = match protocol {
        Protocol::Imap => "* OK ready\r\n",
        Protocol::Pop3 => "+OK ready\r\n",
        Protocol::Smtp => "220 mail.example.org ESMTP\r\n",
    };
    stream.write_all(greeting.as_bytes()).await?;
    dialogue(stream, protocol, inside, heard).await
}

async fn dialogue<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    protocol: Protocol,
    inside: bool,
    heard: &Heard,
) -> std::io::Result<Option<S>> {
    let mut stream = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(None);
        }
        heard.note(line.clone());
        let upper = line.trim().to_ascii_uppercase();
        let tag = line.split(' ').next().unwrap_or_default();
        let upgrade = upper.ends_with("STARTTLS") || upper == "STLS";
        let answer = match protocol {
            Protocol::Imap if upper.ends_with("CAPABILITY") => {
                let can = if inside {
                    "AUTH=PLAIN"
                } else {
                    "STARTTLS LOGINDISABLED"
                };
                format!("* CAPABILITY IMAP4rev1 {can}\r\n{tag} OK done\r\n")
            }
            Protocol::Imap => format!("{tag} OK done\r\n"),
            Protocol::Pop3 if upper == "CAPA" => "+OK\r\nUSER\r\nUIDL\r\n.\r\n".to_owned(),
            Protocol::Pop3 => "+OK\r\n".to_owned(),
            Protocol::Smtp if upper.starts_with("EHLO") => {
                let can = if inside {
                    "AUTH PLAIN LOGIN"
                } else {
                    "STARTTLS"
                };
                format!("250-mail.example.org\r\n250 {can}\r\n")
            }
            Protocol::Smtp => "220 done\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
        stream.flush().await?;
        if upgrade {
            return Ok(Some(stream.into_inner()));
        }
    }
}

/// Looks for the servers of an address, and keeps what was told on the way.
pub(super) async fn discover(
    by: &Discoverer,
    address: &str,
) -> (Discovery, Vec<DiscoveryProgress>) {
    let told = Mutex::new(Vec::new());
    let tell = |progress| told.lock().unwrap().push(progress);
    let mailbox = Mailbox::parse(address).unwrap();
    let discovery = by.discover(&mailbox, false, &tell).await;
    (discovery, told.into_inner().unwrap())
}
