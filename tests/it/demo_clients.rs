//! The demo server, driven by mail clients that others wrote.

use std::time::Duration;

use async_imap::extensions::idle::IdleResponse;
use async_imap::types::Name;
use async_pop::response::types::DataType as _;
use async_pop::response::uidl::UidlResponse;
use futures::TryStreamExt as _;
use lettre::address::Envelope;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Tokio1Executor};
use tokio::net::TcpStream;
use waxwing::demo::{DemoServer, sample};
use waxwing::model::{Protocol, Security};

const MAIL: &[u8] = b"From: wren@waxwing.test\r\n\
    To: robin@waxwing.test\r\n\
    Subject: Tea\r\n\
    \r\n\
    At four?\r\n\
    .With a dot.\r\n";

type Imap = async_imap::Session<TcpStream>;

async fn server() -> DemoServer {
    DemoServer::start(sample::messages(chrono::Utc::now()))
        .await
        .unwrap()
}

async fn imap(server: &DemoServer, name: &str, password: &str) -> async_imap::error::Result<Imap> {
    let stream = TcpStream::connect(("127.0.0.1", server.ports().imap)).await?;
    let mut client = async_imap::Client::new(stream);
    client.read_response().await?.expect("a greeting");
    client
        .login(name, password)
        .await
        .map_err(|(error, _)| error)
}

async fn submit(
    server: &DemoServer,
    credentials: Option<(&str, &str)>,
    to: &str,
) -> Result<(), SmtpError> {
    let mut transport = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("127.0.0.1")
        .port(server.ports().smtp);
    if let Some((name, password)) = credentials {
        transport = transport.credentials(Credentials::new(name.into(), password.into()));
    }
    let from = "wren@waxwing.test".parse().unwrap();
    let envelope = Envelope::new(Some(from), vec![to.parse().unwrap()]).unwrap();
    let sent = transport.build().send_raw(&envelope, MAIL).await;
    sent.map(|_| ())
}

const WREN: Option<(&str, &str)> = Some(("wren@waxwing.test", "wren"));

#[tokio::test]
async fn the_settings_and_users_fit_the_servers() {
    let server = server().await;
    let users = server.users();
    assert_eq!(users.len(), 2);
    for (address, password) in users {
        let settings = server.settings_for(&address).unwrap();
        assert_eq!(settings.incoming.protocol, Protocol::Imap);
        assert_eq!(settings.incoming.security, Security::None);
        assert_eq!(settings.incoming.host, "127.0.0.1");
        assert_eq!(settings.incoming.port, server.ports().imap);
        assert_eq!(settings.outgoing.port, server.ports().smtp);
        let name = &settings.incoming.username;
        imap(&server, name, password).await.unwrap();
    }
    assert!(server.settings_for("crow").is_none());
}

#[tokio::test]
async fn imap_refuses_a_wrong_password() {
    let server = server().await;
    let refused = imap(&server, "wren@waxwing.test", "robin").await;
    let error = refused.err().unwrap().to_string();
    assert!(error.contains("AUTHENTICATIONFAILED"), "{error}");
}

#[tokio::test]
async fn imap_lists_selects_fetches_and_flags() {
    let server = server().await;
    let mut session = imap(&server, "wren@waxwing.test", "wren").await.unwrap();
    let names: Vec<_> = session
        .list(Some(""), Some("*"))
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let names: Vec<&str> = names.iter().map(Name::name).collect();
    for wanted in ["INBOX", "Sent", "Drafts", "Trash", "Archive", "Junk"] {
        assert!(names.contains(&wanted), "{wanted} in {names:?}");
    }
    let mailbox = session.select("INBOX").await.unwrap();
    assert!(mailbox.exists > 0 && mailbox.uid_validity.is_some());
    assert_eq!(mailbox.uid_next, Some(mailbox.exists + 1));
    let fetched: Vec<_> = session
        .uid_fetch(
            "1:*",
            "(UID FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY.PEEK[])",
        )
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(fetched.len(), mailbox.exists as usize);
    for message in &fetched {
        let size = message.body().unwrap().len();
        assert_eq!(message.size, Some(u32::try_from(size).unwrap()));
        assert!(message.internal_date().is_some());
        assert!(message.envelope().unwrap().subject.is_some());
    }
    let flagged: Vec<_> = session
        .uid_store("1", "+FLAGS (\\Flagged $Important)")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(flagged.len(), 1);
    let found = session
        .uid_search("KEYWORD $Important FLAGGED")
        .await
        .unwrap();
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [1]);
}

#[tokio::test]
async fn imap_appends_moves_and_expunges() {
    let server = server().await;
    let mut session = imap(&server, "wren", "wren").await.unwrap();
    let before = session.select("Drafts").await.unwrap().exists;
    session
        .append("Drafts", Some("(\\Draft \\Seen)"), None, MAIL)
        .await
        .unwrap();
    let drafts = session.select("Drafts").await.unwrap();
    assert_eq!(drafts.exists, before + 1);
    let uid = drafts.uid_next.unwrap() - 1;
    let archived = session.examine("Archive").await.unwrap().exists;
    session.select("Drafts").await.unwrap();
    session.uid_mv(uid.to_string(), "Archive").await.unwrap();
    assert!(session.uid_mv("1:*", "Nowhere").await.is_err());
    assert_eq!(session.select("Drafts").await.unwrap().exists, before);
    assert_eq!(
        session.select("Archive").await.unwrap().exists,
        archived + 1
    );
    let moved: Vec<_> = session
        .fetch("*", "(FLAGS BODY[])")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(moved.first().unwrap().body(), Some(MAIL));
    let _: Vec<_> = session
        .store("*", "+FLAGS (\\Deleted)")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let expunged: Vec<_> = session
        .expunge()
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(expunged, [archived + 1]);
}

#[tokio::test]
async fn submitted_mail_wakes_the_idle_recipient() {
    let server = server().await;
    let mut session = imap(&server, "robin@waxwing.test", "robin").await.unwrap();
    let before = session.select("INBOX").await.unwrap().exists;
    let mut idle = session.idle();
    idle.init().await.unwrap();
    let (wait, _interrupt) = idle.wait_with_timeout(Duration::from_secs(10));
    let (sent, woken) = tokio::join!(submit(&server, WREN, "robin@waxwing.test"), wait);
    sent.unwrap();
    let IdleResponse::NewData(data) = woken.unwrap() else {
        panic!("not woken");
    };
    let exists = format!("Exists({})", before + 1);
    assert!(format!("{:?}", data.parsed()).contains(&exists));
    let mut session = idle.done().await.unwrap();
    let fetched: Vec<_> = session
        .fetch("*", "(BODY.PEEK[HEADER] BODY.PEEK[TEXT])")
        .await
        .unwrap()
        .try_collect()
        .await
        .unwrap();
    let header = String::from_utf8_lossy(fetched.first().unwrap().header().unwrap());
    assert!(header.starts_with("Return-Path: <wren@waxwing.test>\r\nReceived: from "));
    assert!(header.ends_with("Subject: Tea\r\n\r\n"), "{header}");
    let text = fetched.first().unwrap().text().unwrap();
    // lettre ends a message that ends in a line end with another one.
    assert_eq!(text, b"At four?\r\n.With a dot.\r\n\r\n");
}

#[tokio::test]
async fn smtp_refuses_strangers_and_strange_recipients() {
    let server = server().await;
    for (credentials, to, code) in [
        (None, "robin@waxwing.test", "530"),
        (Some(("wren", "robin")), "robin@waxwing.test", "535"),
        (WREN, "crow@waxwing.test", "550"),
        (WREN, "robin@example.test", "550"),
    ] {
        let error = submit(&server, credentials, to).await.unwrap_err();
        assert!(error.is_permanent(), "{to}: {error}");
        assert_eq!(error.status().unwrap().to_string(), code, "{to}");
    }
    let error = submit(&server, WREN, "robin@example.test")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("delivers only to waxwing.test"),
        "{error}"
    );
}

#[tokio::test]
async fn pop3_reads_and_deletes() {
    let server = server().await;
    submit(&server, WREN, "robin@waxwing.test").await.unwrap();
    let mut pop3 = pop3(&server, "robin").await.unwrap();
    let count: usize = pop3.stat().await.unwrap().counter().value().unwrap();
    let UidlResponse::Multiple(list) = pop3.uidl(None).await.unwrap() else {
        panic!("one UIDL for all");
    };
    assert_eq!(list.items().len(), count);
    let bytes = pop3.retr(count).await.unwrap();
    let text = String::from_utf8_lossy(&bytes);
    assert!(text.contains("Subject: Tea\r\n\r\nAt four?\r\n"), "{text}");
    pop3.dele(count).await.unwrap();
    pop3.quit().await.unwrap();
    let mut session = imap(&server, "robin", "robin").await.unwrap();
    let left = session.select("INBOX").await.unwrap().exists;
    assert_eq!(left as usize, count - 1);
}

#[tokio::test]
async fn pop3_refuses_a_wrong_password() {
    let server = server().await;
    assert!(pop3(&server, "wrong").await.is_err());
}

async fn pop3(
    server: &DemoServer,
    password: &str,
) -> async_pop::error::Result<async_pop::Client<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", server.ports().pop3)).await?;
    let mut client = async_pop::new(stream).await?;
    client.login("robin@waxwing.test", password).await?;
    Ok(client)
}
