//! Signing in with a token (RFC 7628; XOAUTH2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::super::error::Fault;
use super::connection;
use crate::model::{AuthMethod, Password, Protocol, Security, ServerSettings};

/// `{"status":"400"}`
const REASONS: &str = "eyJzdGF0dXMiOiI0MDAifQ==";

fn server() -> ServerSettings {
    ServerSettings {
        protocol: Protocol::Imap,
        host: "mail.example.test".to_owned(),
        port: 993,
        security: Security::Tls,
        username: "u@x".to_owned(),
        auth: AuthMethod::OAuth2,
    }
}

fn bearer() -> String {
    STANDARD
        .encode("n,a=u@x,\u{1}host=mail.example.test\u{1}port=993\u{1}auth=Bearer tok\u{1}\u{1}")
}

fn xoauth2() -> String {
    STANDARD.encode("user=u@x\u{1}auth=Bearer tok\u{1}\u{1}")
}

#[tokio::test]
async fn a_token_is_told_in_the_standard_way_where_that_is_offered() {
    let (bearer, xoauth2) = (bearer(), xoauth2());
    for (offered, script) in [
        (
            "SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER",
            format!("C: W1 AUTHENTICATE OAUTHBEARER {bearer}\nS: W1 OK [CAPABILITY IDLE] in\n"),
        ),
        (
            "SASL-IR AUTH=PLAIN AUTH=XOAUTH2",
            format!("C: W1 AUTHENTICATE XOAUTH2 {xoauth2}\nS: W1 OK [CAPABILITY IDLE] in\n"),
        ),
        (
            "AUTH=XOAUTH2 LOGINDISABLED",
            format!(
                "C: W1 AUTHENTICATE XOAUTH2\nS: +\nC: {xoauth2}\nS: W1 OK [CAPABILITY IDLE] in\n"
            ),
        ),
    ] {
        let mut conn = connection(&script, offered);
        let token = Password::new("tok");
        conn.sign_in_with_token(&server(), &token).await.unwrap();
        assert!(conn.capabilities().idle(), "{offered}");
    }
}

#[tokio::test]
async fn the_reasons_of_a_refusal_are_answered_so_that_it_is_told() {
    let (bearer, xoauth2) = (bearer(), xoauth2());
    for (offered, script) in [
        (
            "SASL-IR AUTH=OAUTHBEARER",
            format!("C: W1 AUTHENTICATE OAUTHBEARER {bearer}\nS: + {REASONS}\nC: AQ==\n"),
        ),
        (
            "SASL-IR AUTH=XOAUTH2",
            format!("C: W1 AUTHENTICATE XOAUTH2 {xoauth2}\nS: + {REASONS}\nC: \n"),
        ),
        (
            "AUTH=XOAUTH2",
            format!("C: W1 AUTHENTICATE XOAUTH2\nS: +\nC: {xoauth2}\nS: + {REASONS}\nC: \n"),
        ),
    ] {
        let script = format!("{script}S: W1 NO [AUTHENTICATIONFAILED] no such token\n");
        let mut conn = connection(&script, offered);
        let token = Password::new("tok");
        let error = conn.sign_in_with_token(&server(), &token).await;
        let error = error.unwrap_err();
        let Fault::SignIn { code, said } = &error.fault else {
            panic!("{offered}: {error:?}");
        };
        assert_eq!(code.as_deref(), Some("AUTHENTICATIONFAILED"), "{offered}");
        assert_eq!(said, "no such token");
    }
}

#[tokio::test]
async fn a_token_never_goes_as_a_password() {
    let mut conn = connection("", "SASL-IR AUTH=PLAIN AUTH=LOGIN");
    let token = Password::new("tok");
    let error = conn
        .sign_in_with_token(&server(), &token)
        .await
        .unwrap_err();
    assert!(matches!(error.fault, Fault::NotOffered(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_asks_on_and_on_is_left() {
    let script = format!(
        "C: W1 AUTHENTICATE XOAUTH2 {}\nS: + {REASONS}\nC: \nS: + {REASONS}\n",
        xoauth2()
    );
    let mut conn = connection(&script, "SASL-IR AUTH=XOAUTH2");
    let token = Password::new("tok");
    let error = conn
        .sign_in_with_token(&server(), &token)
        .await
        .unwrap_err();
    assert!(matches!(error.fault, Fault::Nonsense(_)), "{error:?}");
}
