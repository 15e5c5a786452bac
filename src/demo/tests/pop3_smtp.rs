//! The POP3 and the submission server on the wire.

use super::{MULTIPART, Wire, server};

#[tokio::test]
async fn pop3_stuffs_dots_and_deletes_at_quit_only() {
    let server = server().await;
    let sign_in = async || {
        let mut wire = Wire::open(server.ports().pop3).await;
        wire.ask("USER wren").await;
        assert!(wire.ask("PASS wren").await.starts_with("+OK"));
        wire
    };
    let mut wire = sign_in().await;
    wire.send("RETR 1\r\n").await;
    let mut answer = String::new();
    while !answer.ends_with("\r\n.\r\n") {
        answer.push_str(&wire.line().await);
    }
    let body = answer
        .split_once("\r\n")
        .unwrap()
        .1
        .strip_suffix(".\r\n")
        .unwrap();
    assert_eq!(body.replace("\r\n..two", "\r\n.two"), MULTIPART);
    wire.send("TOP 2 0\r\n").await;
    for wanted in ["+OK", "Subject: plain", "\r\n", ".\r\n"] {
        assert!(wire.line().await.starts_with(wanted));
    }
    assert!(wire.ask("DELE 1").await.starts_with("+OK"));
    assert!(wire.ask("RETR 1").await.starts_with("-ERR"));
    drop(wire);
    let mut wire = sign_in().await;
    assert_eq!(
        wire.ask("STAT").await,
        format!("+OK 2 {}\r\n", MULTIPART.len() + 25)
    );
    wire.ask("DELE 2").await;
    assert!(wire.ask("QUIT").await.starts_with("+OK"));
    let mut wire = sign_in().await;
    assert_eq!(
        wire.ask("STAT").await,
        format!("+OK 1 {}\r\n", MULTIPART.len())
    );
}

#[tokio::test]
async fn smtp_delivers_each_message_once_and_as_it_was_sent() {
    let server = server().await;
    let mut wire = Wire::open(server.ports().smtp).await;
    wire.ask("HELO here").await;
    assert!(
        wire.ask("MAIL FROM:<wren@waxwing.test>")
            .await
            .starts_with("530 ")
    );
    wire.ask("AUTH PLAIN AHdyZW4Ad3Jlbg==").await;
    assert!(
        wire.ask("MAIL FROM:<wren@waxwing.test> SIZE=99999999")
            .await
            .starts_with("552 ")
    );
    assert!(wire.ask("DATA").await.starts_with("503 "));
    assert!(
        wire.ask("mail from: <wren@waxwing.test> BODY=8BITMIME")
            .await
            .starts_with("250 ")
    );
    assert!(wire.ask("DATA").await.starts_with("554 "));
    for recipient in ["wren", "Wren", "robin"] {
        let answer = wire
            .ask(&format!("RCPT TO:<{recipient}@waxwing.test>"))
            .await;
        assert!(answer.starts_with("250 "), "{answer}");
    }
    assert!(wire.ask("RCPT TO:wren").await.starts_with("501 "));
    assert!(wire.ask("DATA").await.starts_with("354 "));
    assert!(
        wire.ask("a: ü\r\n\r\n..\r\n...two\r\n.")
            .await
            .starts_with("250 ")
    );
    // All at once, as PIPELINING allows.
    wire.send("RSET\r\nNOOP\r\nQUIT\r\n").await;
    for code in ["250 ", "250 ", "221 "] {
        assert!(wire.line().await.starts_with(code));
    }
    let mut wire = Wire::inbox(&server).await;
    let answer = wire.imap("FETCH 3:* (FLAGS BODY.PEEK[TEXT])").await;
    assert_eq!(
        answer,
        "* 3 FETCH (FLAGS () BODY[TEXT] {10}\r\n.\r\n..two\r\n)\r\nx OK Fetched\r\n"
    );
    assert!(
        wire.imap("FETCH 3 BODY[HEADER]")
            .await
            .contains("\r\na: ü\r\n\r\n")
    );
}
