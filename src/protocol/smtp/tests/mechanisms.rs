//! Ways to sign in that a fixed script cannot play: the server has to reckon.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use super::{PLACE, QUICK, script, session, who};
use crate::ErrorKind;
use crate::model::AuthMethod;
use crate::protocol::smtp::error::Error;
use crate::protocol::smtp::{Credentials, Session, Stream};

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// What a SCRAM server keeps of a password.
fn salted(password: &str, salt: &[u8], rounds: u32) -> Vec<u8> {
    let mut last = hmac(password.as_bytes(), &[salt, &1_u32.to_be_bytes()].concat());
    let mut sum = last.clone();
    for _ in 1..rounds {
        last = hmac(password.as_bytes(), &last);
        sum.iter_mut().zip(&last).for_each(|(s, l)| *s ^= l);
    }
    sum
}

/// How the server of a test behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Honest,
    /// It says yes without knowing the password.
    Impostor,
    /// The same, and it does not even answer the last step.
    MuteImpostor,
    /// It keeps the password in a form that is no good for SCRAM.
    WithoutScram,
}

/// A server that offers SCRAM and PLAIN. Gives back the lines it heard.
async fn serve(stream: impl Stream, kind: Server) -> Vec<String> {
    let (reader, mut writer) = tokio::io::split(stream);
    let mut lines = BufReader::new(reader).lines();
    let mut heard = Vec::new();
    writer.write_all(b"220 here\r\n").await.unwrap();
    let mut signed = String::new();
    let (salt, rounds) = (b"some salt".to_vec(), 4096);
    while let Ok(Some(line)) = lines.next_line().await {
        heard.push(line.clone());
        let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        let answer = if line.starts_with("EHLO") {
            "250-here\r\n250 AUTH LOGIN PLAIN CRAM-MD5 SCRAM-SHA-256\r\n".to_owned()
        } else if line.starts_with("AUTH PLAIN") {
            "235 ok\r\n".to_owned()
        } else if let Some(first) = line.strip_prefix("AUTH SCRAM-SHA-256 ") {
            if kind == Server::WithoutScram {
                "535 5.7.8 no\r\n".to_owned()
            } else {
                let first = decoded(first);
                let bare = first.strip_prefix("n,,").unwrap().to_owned();
                let nonce = bare.split_once(",r=").unwrap().1.to_owned();
                let told = format!("r={nonce}more,s={},i={rounds}", STANDARD.encode(&salt));
                signed = format!("{bare},{told}");
                format!("334 {}\r\n", STANDARD.encode(told))
            }
        } else if line.is_empty() {
            "235 2.7.0 ok\r\n".to_owned()
        } else {
            let last = decoded(&line);
            let (bare, proof) = last.split_once(",p=").unwrap();
            let signed = format!("{signed},{bare}");
            let password = if kind == Server::Honest {
                "s3cret"
            } else {
                "?"
            };
            let salted = salted(password, &salt, rounds);
            let client = hmac(&salted, b"Client Key");
            let signature = hmac(&Sha256::digest(&client), signed.as_bytes());
            let wanted: Vec<u8> = client.iter().zip(&signature).map(|(a, b)| a ^ b).collect();
            let proven = STANDARD.decode(proof).unwrap() == wanted;
            let server = hmac(&hmac(&salted, b"Server Key"), signed.as_bytes());
            match kind {
                Server::MuteImpostor => "235 2.7.0 welcome\r\n".to_owned(),
                Server::Honest if !proven => "535 5.7.8 wrong\r\n".to_owned(),
                _ => {
                    let told = format!("v={}", STANDARD.encode(server));
                    format!("334 {}\r\n", STANDARD.encode(told))
                }
            }
        };
        if writer.write_all(answer.as_bytes()).await.is_err() {
            break;
        }
    }
    heard
}

async fn sign_in(kind: Server, who: &Credentials) -> (Result<(), Error>, Vec<String>) {
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let server = tokio::spawn(serve(theirs, kind));
    // Time for the server to reckon in an unoptimised build.
    let limits = crate::protocol::smtp::Timeouts {
        greeting: std::time::Duration::from_secs(20),
        ..QUICK
    };
    let mut session = Session::start(ours, PLACE, limits).await.unwrap();
    let result = session.sign_in(who).await;
    drop(session);
    (result, server.await.unwrap())
}

#[tokio::test]
async fn both_sides_of_scram_prove_that_they_know_the_password() {
    let (result, heard) = sign_in(Server::Honest, &who()).await;
    result.unwrap();
    assert!(heard[1].starts_with("AUTH SCRAM-SHA-256 "), "{heard:?}");
    assert!(
        !heard
            .iter()
            .any(|line| line.contains(&STANDARD.encode("s3cret")))
    );
    let wrong = Credentials {
        secret: crate::model::Password::new("wrong"),
        ..who()
    };
    let (result, heard) = sign_in(Server::Honest, &wrong).await;
    assert!(matches!(result, Err(Error::Auth { code: 535, .. })));
    assert!(!heard.iter().any(|line| line.starts_with("AUTH PLAIN")));
}

#[tokio::test]
async fn a_server_that_cannot_prove_itself_gets_nothing() {
    for kind in [Server::Impostor, Server::MuteImpostor] {
        let (result, heard) = sign_in(kind, &who()).await;
        let error = result.unwrap_err();
        assert!(matches!(error, Error::Impostor { .. }), "{error:?}");
        assert_eq!(error.kind(), ErrorKind::Protocol);
        assert!(!heard.iter().any(|line| line.starts_with("AUTH PLAIN")));
    }
}

#[tokio::test]
async fn a_server_that_refuses_before_the_proof_is_told_the_password_once() {
    let (result, heard) = sign_in(Server::WithoutScram, &who()).await;
    result.unwrap();
    assert!(heard[2].starts_with("AUTH PLAIN "), "{heard:?}");
}

#[tokio::test]
async fn on_an_open_line_the_password_is_not_said_where_another_way_is_offered() {
    for (encrypted, first) in [(true, "AUTH PLAIN "), (false, "AUTH CRAM-MD5")] {
        let (mut session, server) = session(script(&[
            ("EHLO", "250-x\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n"),
            ("AUTH CRAM-MD5", "334 PDE4OTZAeD4=\r\n"),
            ("YWRh", "235 ok\r\n"),
        ]))
        .await;
        let who = Credentials { encrypted, ..who() };
        session.sign_in(&who).await.unwrap();
        drop(session);
        let seen = server.await.unwrap();
        assert!(seen[1].starts_with(first), "{seen:?}");
        if !encrypted {
            let answer = String::from_utf8(STANDARD.decode(&seen[2]).unwrap()).unwrap();
            let (name, digest) = answer.split_once(' ').unwrap();
            assert_eq!((name, digest.len()), ("ada", 32));
        }
    }
}

#[tokio::test]
async fn a_token_is_told_in_the_newer_way_where_that_is_offered() {
    let who = Credentials {
        method: AuthMethod::OAuth2,
        ..who()
    };
    for (offered, first, answer) in [
        ("XOAUTH2 OAUTHBEARER", "AUTH OAUTHBEARER ", "AQ=="),
        ("PLAIN XOAUTH2", "AUTH XOAUTH2 ", ""),
    ] {
        let ehlo = if offered.starts_with('X') {
            "250-x\r\n250 AUTH XOAUTH2 OAUTHBEARER\r\n"
        } else {
            "250-x\r\n250 AUTH PLAIN XOAUTH2\r\n"
        };
        let (mut session, server) = session(script(&[
            ("EHLO", ehlo),
            ("AUTH", "334 eyJzdGF0dXMiOiJpbnZhbGlkX3Rva2VuIn0=\r\n"),
            ("", "535 5.7.8 expired\r\n"),
        ]))
        .await;
        let error = session.sign_in(&who).await.unwrap_err();
        assert!(matches!(error, Error::Auth { code: 535, .. }), "{error:?}");
        drop(session);
        let seen = server.await.unwrap();
        assert!(seen[1].starts_with(first), "{offered}: {seen:?}");
        assert_eq!(seen[2], answer);
        assert_eq!(seen.len(), 3, "a refused token is tried once: {seen:?}");
    }
}
