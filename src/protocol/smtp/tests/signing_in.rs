use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{PLACE, connect, script, session, who};
use crate::ErrorKind;
use crate::model::AuthMethod;
use crate::protocol::smtp::error::Error;
use crate::protocol::smtp::{Progress, Session, Step, Upgrade, verify};

#[tokio::test]
async fn plain_and_login_in_any_spelling() {
    for (ehlo, first) in [
        (
            "250-x\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH PLAIN AGFkYQBzM2NyZXQ=",
        ),
        (
            "250-x\r\n250 auth login plain\r\n",
            "AUTH PLAIN AGFkYQBzM2NyZXQ=",
        ),
        ("250-x\r\n250 AUTH=LOGIN\r\n", "AUTH LOGIN"),
        (
            "250-x\r\n250-AUTH=PLAIN\r\n250 Auth CRAM-MD5\r\n",
            "AUTH PLAIN AGFkYQBzM2NyZXQ=",
        ),
    ] {
        let (mut session, server) = session(script(&[
            ("EHLO", ehlo),
            ("AUTH LOGIN", "334 Benutzer?\r\n"),
            ("YWRh", "334 \r\n"),
        ]))
        .await;
        session.sign_in(&who()).await.unwrap();
        drop(session);
        let seen = server.await.unwrap();
        assert_eq!(seen[1], first);
        if first == "AUTH LOGIN" {
            assert_eq!(
                seen[2..],
                [STANDARD.encode("ada"), STANDARD.encode("s3cret")]
            );
        }
    }
}

#[tokio::test]
async fn a_refused_password_is_tried_once() {
    let (mut session, server) =
        session(script(&[("AUTH PLAIN", "535 5.7.8 bad credentials\r\n")])).await;
    let error = crate::Error::from(session.sign_in(&who()).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Auth);
    assert_eq!(error.words_of_server(), Some("535 5.7.8 bad credentials"));
    assert!(!format!("{error:?} {error}").contains("s3cret"));
    drop(session);
    assert_eq!(server.await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_password_that_is_not_to_be_used_here_is_tried_once() {
    let refusal = "534 5.7.9 application-specific password required\r\n";
    let (mut session, server) = session(script(&[("AUTH PLAIN", refusal)])).await;
    let error = session.sign_in(&who()).await.unwrap_err();
    assert!(matches!(error, Error::Auth { code: 534, .. }), "{error:?}");
    drop(session);
    let seen = server.await.unwrap();
    assert_eq!(seen.len(), 2, "{seen:?}");
}

#[tokio::test]
async fn a_mechanism_that_is_not_taken_leads_to_the_next() {
    let (mut session, _server) = session(script(&[
        ("AUTH PLAIN", "504 5.5.4 not this\r\n"),
        ("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n"),
        ("YWRh", "334 UGFzc3dvcmQ6\r\n"),
        ("czNjcmV0", "235 ok\r\n"),
    ]))
    .await;
    session.sign_in(&who()).await.unwrap();
}

#[tokio::test]
async fn other_ends_of_signing_in() {
    for (extra, kind) in [
        (
            [("AUTH PLAIN", "454 4.7.0 later\r\n")],
            ErrorKind::Temporary,
        ),
        (
            [("AUTH PLAIN", "421 4.7.0 closing\r\n")],
            ErrorKind::Temporary,
        ),
        ([("EHLO", "250 nothing\r\n")], ErrorKind::Auth),
        ([("EHLO", "250-x\r\n250 AUTH GSSAPI\r\n")], ErrorKind::Auth),
        ([("AUTH PLAIN", "hello?\r\n")], ErrorKind::Protocol),
        ([("AUTH PLAIN", "!")], ErrorKind::Offline),
        ([("AUTH PLAIN", "")], ErrorKind::Timeout),
    ] {
        let (mut session, _server) = session(script(&extra)).await;
        let error = session.sign_in(&who()).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{extra:?}");
    }
}

#[tokio::test]
async fn an_expired_token_is_told_by_the_last_reply() {
    let (mut session, server) = session(script(&[
        ("EHLO", "250-x\r\n250 AUTH XOAUTH2\r\n"),
        ("AUTH XOAUTH2", "334 eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
        ("", "535 5.7.8 token expired\r\n"),
    ]))
    .await;
    let who = crate::protocol::smtp::Credentials {
        method: AuthMethod::OAuth2,
        ..who()
    };
    let error = session.sign_in(&who).await.unwrap_err();
    assert!(matches!(error, Error::Auth { code: 535, .. }), "{error:?}");
    drop(session);
    assert_eq!(server.await.unwrap()[2], "");
}

/// TLS that is none: a second scripted server on a fresh pipe.
fn upgrade(to: tokio::io::DuplexStream) -> Upgrade {
    Box::new(move |_old| {
        Box::pin(async move { Ok(Box::new(to) as Box<dyn crate::protocol::smtp::Stream>) })
    })
}

#[tokio::test]
async fn starttls_is_never_given_up() {
    for extra in [
        vec![("EHLO", "250-x\r\n250 AUTH PLAIN\r\n")],
        vec![
            ("EHLO", "250-x\r\n250 STARTTLS\r\n"),
            ("STARTTLS", "454 not now\r\n"),
        ],
        vec![
            ("EHLO", "250-x\r\n250 STARTTLS\r\n"),
            ("STARTTLS", "500 what\r\n"),
        ],
    ] {
        let (ours, server) = connect(script(&extra));
        let (tls, _far) = tokio::io::duplex(1024);
        let error = verify(
            ours,
            PLACE,
            Some(upgrade(tls)),
            Some(&who()),
            "a@example.test",
            &mut |_| {},
        )
        .await
        .unwrap_err();
        assert!(
            matches!(error, Error::NoStartTls { .. } | Error::Refused { .. }),
            "{error:?}"
        );
        let seen = server.await.unwrap();
        assert!(
            seen.iter().all(|line| !line.starts_with("AUTH")),
            "{seen:?}"
        );
    }
}

#[tokio::test]
async fn what_was_said_before_tls_is_forgotten() {
    // The attacker adds an answer to a command that comes after TLS.
    let (ours, _server) = connect(script(&[
        ("EHLO", "250-x\r\n250-AUTH PLAIN\r\n250 starttls\r\n"),
        (
            "STARTTLS",
            "220 go\r\n250-evil\r\n250-AUTH LOGIN\r\n250 SIZE 1\r\n",
        ),
    ]));
    let (tls, far) = tokio::io::duplex(1024);
    let behind = tokio::spawn(super::serve(
        far,
        "",
        script(&[("EHLO", "250-real\r\n250 SIZE 1000\r\n")]),
    ));
    let session = Session::start(ours, PLACE, super::QUICK).await.unwrap();
    let session = session.start_tls(upgrade(tls)).await.unwrap();
    assert_eq!(session.size_limit(), Some(1000));
    assert!(!session.features.has_auth("LOGIN") && !session.features.has_auth("PLAIN"));
    drop(session);
    assert_eq!(behind.await.unwrap(), ["EHLO [127.0.0.1]"]);
}

#[tokio::test]
async fn a_failed_handshake_is_told_as_it_is() {
    let (ours, _server) = connect(script(&[
        ("EHLO", "250-x\r\n250 STARTTLS\r\n"),
        ("STARTTLS", "220 go\r\n"),
    ]));
    let session = Session::start(ours, PLACE, super::QUICK).await.unwrap();
    let failing: Upgrade = Box::new(|_old| {
        Box::pin(async { Err(crate::Error::new(ErrorKind::Certificate, "Not trusted.")) })
    });
    let error = crate::Error::from(session.start_tls(failing).await.unwrap_err());
    assert_eq!(error.kind(), ErrorKind::Certificate);
}

#[tokio::test]
async fn a_check_tells_its_steps() {
    let (ours, server) = connect(script(&[]));
    let mut told = Vec::new();
    verify(
        ours,
        PLACE,
        None,
        Some(&who()),
        "a@example.test",
        &mut |progress| {
            told.push(progress);
        },
    )
    .await
    .unwrap();
    let steps: Vec<Step> = told
        .iter()
        .filter_map(|progress| match progress {
            Progress::Ended(step, _) => Some(*step),
            Progress::Begun(_) => None,
        })
        .collect();
    assert_eq!(steps, [Step::Greeting, Step::SignIn, Step::Command]);
    let seen = server.await.unwrap();
    assert_eq!(seen[2..], ["RSET", "NOOP", "QUIT"]);
}
