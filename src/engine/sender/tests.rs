//! One request leaves a list (RFC 8058), and what it tells.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::net::names::{Names, Written};
use crate::net::trusted::Trusted;

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
