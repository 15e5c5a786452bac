//! One request leaves a list (RFC 8058), and what it tells.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::config::{Accounts, Certificates, Profile, Settings};
use crate::engine::keeping::tests::settings;
use crate::engine::shared::Parts;
use crate::model::DoubtKind;
use crate::net::Connector;
use crate::net::names::{Names, Written};
use crate::net::trusted::Trusted;
use crate::secrets::{Secrets, SecretsChoice};
use crate::store::Store;

const HOST: &str = "news.shop.example";
const PROMISE: &str = "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\
    DKIM-Signature: v=1; d=shop.example; h=from:list-unsubscribe:list-unsubscribe-post; b=x\r\n";

/// Everything the list's server was told by HTTPS, and whoever can ask it.
async fn server(answer: &'static str) -> (Http, Arc<Mutex<String>>) {
    let trusted = Trusted::for_names(vec![HOST.to_owned()]);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut names = Written::default();
    names
        .web
        .insert(HOST.to_owned(), listener.local_addr().unwrap());
    let heard: Arc<Mutex<String>> = Arc::default();
    let (acceptor, told) = (trusted.clone(), heard.clone());
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let mut stream = acceptor.accept(tcp).await.unwrap();
            let mut piece = [0; 4096];
            while !told.lock().unwrap().ends_with("One-Click") {
                let read = stream.read(&mut piece).await.unwrap();
                assert_ne!(read, 0, "{}", told.lock().unwrap());
                let text = String::from_utf8_lossy(&piece[..read]);
                told.lock().unwrap().push_str(&text);
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    (Http::new(trusted.connector(Names::written(names))), heard)
}

/// An engine on this profile that asks these about names.
pub(super) fn engine_with(
    folder: &tempfile::TempDir,
    settings: Settings,
    connector: Connector,
) -> Handle {
    let profile = Profile::at(folder.path()).unwrap();
    let shared = Shared::new(Parts {
        lock: profile.lock().unwrap(),
        store: Store::open(profile.data_dir()).unwrap(),
        accounts: Accounts::load(&profile).value,
        settings,
        certificates: Certificates::load(&profile).value,
        secrets: Secrets::open(SecretsChoice::Ask(None), &profile).unwrap(),
        connector,
        runtime: tokio::runtime::Handle::current(),
        online: false,
        program: None,
        profile,
    });
    Handle {
        shared: Arc::new(shared),
    }
}

/// Takes a message up from a file.
pub(super) async fn opened(
    handle: &Handle,
    folder: &tempfile::TempDir,
    letter: &str,
) -> PlacementId {
    let path = folder.path().join("letter.eml");
    std::fs::write(&path, letter.replace('\n', "\r\n")).unwrap();
    handle.open_letter(path).await.unwrap()
}

#[tokio::test]
async fn of_the_sender_of_a_file_is_told_what_is_known_of_the_address() {
    let folder = tempfile::tempdir().unwrap();
    let handle = engine_with(&folder, Settings::default(), Connector::new());
    let account = handle
        .shared
        .change_accounts(|accounts| accounts.add(settings()))
        .unwrap();
    let own = account.settings.email.clone();
    let kinds = async |from: &str, more: &str| -> Vec<DoubtKind> {
        let letter = format!(
            "{more}From: {from}\nTo: {own}\nSubject: Hello\n\
             Disposition-Notification-To: {from}\n\nHello\n"
        );
        let id = opened(&handle, &folder, &letter).await;
        let notes = handle.sender_notes(id).await.unwrap();
        // No folder could note that it was answered.
        assert_eq!(notes.receipt_to, None);
        handle.close_letter(id);
        notes.doubts.iter().map(|doubt| doubt.kind).collect()
    };
    assert_eq!(kinds("ada@x.test", "").await, [DoubtKind::FirstTime]);
    assert_eq!(kinds(&own, "").await, []);
    // What is written above says nothing: none of the own servers is in it.
    let judged = "Authentication-Results: mail.example.test; dmarc=fail header.from=x.test\n";
    let told = kinds("ada@x.test", judged).await;
    assert_eq!(told, [DoubtKind::FirstTime]);
    // Once something of the address came, however late.
    let email = crate::store::tests::email("", &[], 5);
    let write = handle.shared.store.write(Durability::Crash, move |w| {
        w.add_email(&store::NewEmail {
            from: vec![Address::new("", "ada@x.test")],
            ..email
        })
        .map(drop)
    });
    write.await.unwrap();
    assert_eq!(kinds("Ada@X.test", "").await, []);
}

fn way(header: &str) -> Option<Unsubscribe> {
    let raw = format!("From: a@shop.example\r\n{header}\r\nHello");
    mime::list_fields(&mime::parse(raw.as_bytes())).unsubscribe
}

#[tokio::test]
async fn one_request_leaves_a_list_and_tells_nothing_else() {
    let (http, heard) =
        server("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 2\r\n\r\nok").await;
    let url = "https://news.shop.example/leave?who=4711";
    let header = format!("List-Unsubscribe: <mailto:a@shop.example>, <{url}>\r\n{PROMISE}");
    let Some(Unsubscribe::OneClick { url }) = way(&header) else {
        panic!("{:?}", way(&header));
    };
    let left = leave_at(&http, &url).await.unwrap();
    assert_eq!(left, Unsubscribed::Done("shop.example".to_owned()));
    let heard = heard.lock().unwrap().clone();
    assert!(
        heard.starts_with("POST /leave?who=4711 HTTP/1.1\r\n"),
        "{heard}"
    );
    assert!(
        heard.ends_with("\r\n\r\nList-Unsubscribe=One-Click"),
        "{heard}"
    );
    let lower = heard.to_lowercase();
    assert!(lower.contains("\r\ncontent-type: application/x-www-form-urlencoded\r\n"));
    for told in ["\r\ncookie:", "\r\nreferer:", "\r\nauthorization:"] {
        assert!(!lower.contains(told), "{heard}");
    }
}

#[tokio::test]
async fn whoever_does_not_say_that_it_is_done_has_not_done_it() {
    for answer in [
        "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n",
    ] {
        let (http, _) = server(answer).await;
        let error = leave_at(&http, "https://news.shop.example/")
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Server);
        assert!(error.to_string().contains("still on the list"), "{error}");
    }
    let (http, heard) = server("").await;
    let away = leave_at(&http, "https://gone.shop.example/").await;
    assert_eq!(away.unwrap_err().kind(), ErrorKind::Server);
    let plain = leave_at(&http, "http://news.shop.example/").await;
    assert_eq!(plain.unwrap_err().kind(), ErrorKind::Server);
    assert_eq!(*heard.lock().unwrap(), "");
}
