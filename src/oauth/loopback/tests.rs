use super::*;

fn head(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: x\r\n\r\n").into_bytes()
}

#[test]
fn only_an_answer_with_our_state_counts() {
    let code = |target: &str| match read(&head(target), "/", "abc") {
        Some(Came::Code(code)) => code.to_string(),
        Some(Came::Refusal { code, .. }) => format!("refusal {code}"),
        Some(Came::Stranger) => "stranger".to_owned(),
        None => "nothing".to_owned(),
    };
    for (target, expected) in [
        ("/?code=a%2Fb%2Bc&state=abc", "a/b+c"),
        ("/?state=abc&code=x&scope=y", "x"),
        ("/?code=x&state=abd", "stranger"),
        ("/?code=x&state=", "stranger"),
        ("/?code=x", "stranger"),
        ("/?error=access_denied&state=abc", "refusal access_denied"),
        ("/?error=access_denied&state=no", "stranger"),
        ("/?error=x&code=y&state=abc", "refusal x"),
        ("/?state=abc", "nothing"),
        ("/", "nothing"),
        ("/favicon.ico?code=x&state=abc", "nothing"),
        ("http://evil.test/x?code=x&state=abc", "nothing"),
    ] {
        assert_eq!(code(target), expected, "{target}");
    }
    for nonsense in [
        &b""[..],
        b"POST /?code=x&state=abc HTTP/1.1\r\n",
        b"\xff\xfe",
    ] {
        assert!(read(nonsense, "/", "abc").is_none());
    }
}

#[tokio::test]
async fn the_port_belongs_to_this_computer_alone() {
    let door = Door::open(None).await.unwrap();
    let address = door.listener.local_addr().unwrap();
    assert!(address.ip().is_loopback());
    assert_ne!(door.port(), 0);
}

#[tokio::test]
async fn a_question_without_end_is_not_read_to_it() {
    let door = Door::open(None).await.unwrap();
    let port = door.port();
    let waiting = tokio::spawn(async move { door.wait("/", "abc").await.is_some() });
    let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
        .await
        .unwrap();
    let endless = vec![b'x'; QUESTION_MAX * 4];
    // It hangs up in the middle: writing or reading finds that out.
    let _ = line.write_all(&endless).await;
    let mut rest = Vec::new();
    let _ = line.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
    waiting.abort();
}
