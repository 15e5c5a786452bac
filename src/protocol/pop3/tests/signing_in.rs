use super::{connection, over, server};
use crate::ErrorKind;
use crate::model::{AuthMethod, Password, Protocol, Security, ServerSettings};
use crate::protocol::pop3::auth::{Way, choose, stamp};
use crate::protocol::pop3::capability::Capabilities;
use crate::protocol::pop3::error::Fault;
use crate::protocol::pop3::{Code, Error, Refusal};

fn settings(auth: AuthMethod, security: Security) -> ServerSettings {
    ServerSettings {
        protocol: Protocol::Pop3,
        host: "mail.example.test".to_owned(),
        port: 995,
        security,
        username: "ada".to_owned(),
        auth,
    }
}

fn told(lines: &[&str]) -> Capabilities {
    let mut capabilities = Capabilities::default();
    for line in lines {
        capabilities.push(line.as_bytes());
    }
    capabilities
}

/// Signs in as ada; whether the server heard all it wanted.
async fn try_in(
    script: &str,
    capabilities: &[&str],
    auth: AuthMethod,
    secret: &str,
) -> (Result<(), Error>, Result<(), String>) {
    let (client, played) = server(script.as_bytes(), usize::MAX);
    let mut conn = over(client, capabilities);
    let secret = Password::new(secret);
    let server = settings(auth, Security::Tls);
    let outcome = conn.sign_in(&server, &secret, Some("<1@x>")).await;
    if outcome.is_err() {
        let again = conn.sign_in(&server, &secret, None).await.unwrap_err();
        assert!(matches!(again.fault, Fault::GivenUp), "{again:?}");
    }
    drop(conn);
    (outcome, played.await.unwrap())
}

#[test]
fn the_way_is_chosen_by_what_is_offered() {
    use AuthMethod::{OAuth2, Password};
    for (auth, lines, has_stamp, encrypted, way) in [
        (
            Password,
            &["SASL LOGIN PLAIN", "USER"][..],
            true,
            true,
            Some(Way::Plain),
        ),
        (
            Password,
            &["SASL LOGIN XOAUTH2", "USER"],
            true,
            true,
            Some(Way::Login),
        ),
        (
            Password,
            &["SASL GSSAPI", "USER"],
            true,
            true,
            Some(Way::UserPass),
        ),
        (Password, &["USER"], true, false, Some(Way::UserPass)),
        // No CAPA at all: as old as USER is.
        (Password, &[], true, false, Some(Way::UserPass)),
        (Password, &[], true, true, Some(Way::UserPass)),
        // APOP only where there is nothing else.
        (Password, &["TOP"], true, false, Some(Way::Apop)),
        (Password, &["TOP"], true, true, Some(Way::Apop)),
        (Password, &["TOP"], false, true, Some(Way::UserPass)),
        // A server that wants TLS first hides its ways to sign in.
        (Password, &["TOP", "STLS"], false, false, None),
        (
            OAuth2,
            &["SASL PLAIN OAUTHBEARER XOAUTH2"],
            false,
            true,
            Some(Way::XOAuth2),
        ),
        (
            OAuth2,
            &["SASL PLAIN OAUTHBEARER"],
            false,
            true,
            Some(Way::OAuthBearer),
        ),
        // A token is no password.
        (OAuth2, &["SASL PLAIN", "USER"], true, true, None),
    ] {
        let found = choose(auth, &told(lines), has_stamp, encrypted).ok();
        assert_eq!(found, way, "{auth:?} {lines:?} {has_stamp} {encrypted}");
    }
}

#[test]
fn only_a_sound_stamp_is_hashed() {
    let greeting = "POP3 server ready <1896.697170952@dbc.mtview.ca.us>";
    let found = stamp(greeting);
    assert_eq!(found.as_deref(), Some("<1896.697170952@dbc.mtview.ca.us>"));
    for odd in [
        "ready",
        "<>",
        "<a>",
        "<@>",
        "<a@>",
        "<@b>",
        "<a@b",
        "<a b@c>",
        "<\u{1}@c>",
        "<é@c>",
    ] {
        assert_eq!(stamp(odd), None, "{odd}");
    }
}

#[tokio::test]
async fn each_way_speaks_as_its_standard_says() {
    use AuthMethod::{OAuth2, Password};
    let token = "t".repeat(300);
    // user=ada^Aauth=Bearer tok^A^A
    let short = "dXNlcj1hZGEBYXV0aD1CZWFyZXIgdG9rAQE=";
    for (script, capabilities, auth, secret) in [
        (
            "C: AUTH PLAIN AGFkYQBwIHc=\nS: +OK in\n".to_owned(),
            "SASL PLAIN",
            Password,
            "p w",
        ),
        // A server that does not take the initial response.
        (
            "C: AUTH PLAIN AGFkYQBwIHc=\nS: +\nC: AGFkYQBwIHc=\nS: +OK\n".to_owned(),
            "SASL PLAIN",
            Password,
            "p w",
        ),
        (
            "C: AUTH LOGIN\nS: + VXNlcm5hbWU6\nC: YWRh\nS: + UGFzc3dvcmQ6\nC: cCB3\nS: +OK\n"
                .to_owned(),
            "SASL LOGIN",
            Password,
            "p w",
        ),
        (
            "C: USER ada\nS: +OK\nC: PASS p w\nS: +OK\n".to_owned(),
            "USER",
            Password,
            "p w",
        ),
        (
            // MD5 of "<1@x>p w".
            format!("C: APOP ada {APOP_DIGEST}\nS: +OK\n"),
            "TOP",
            Password,
            "p w",
        ),
        (
            format!("C: AUTH XOAUTH2 {short}\nS: +OK\n"),
            "SASL XOAUTH2",
            OAuth2,
            "tok",
        ),
        // Too long for one command (RFC 5034, 4).
        (
            format!(
                "C: AUTH XOAUTH2\nS: + \nC: {}\nS: +OK\n",
                base64(&format!("user=ada\x01auth=Bearer {token}\x01\x01"))
            ),
            "SASL XOAUTH2",
            OAuth2,
            token.as_str(),
        ),
        (
            format!(
                "C: AUTH OAUTHBEARER {}\nS: +OK\n",
                base64("n,a=ada,\x01host=mail.example.test\x01port=995\x01auth=Bearer tok\x01\x01")
            ),
            "SASL OAUTHBEARER",
            OAuth2,
            "tok",
        ),
    ] {
        let (outcome, heard) = try_in(&script, &[capabilities], auth, secret).await;
        heard.unwrap();
        outcome.unwrap();
    }
}

const APOP_DIGEST: &str = "748df783d9cc81e2e6d4b60279e3ee57";

fn base64(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(text)
}

#[tokio::test]
async fn a_refused_token_is_told_after_the_server_was_answered() {
    for (capabilities, first, end) in [
        ("SASL XOAUTH2", "user=ada\x01auth=Bearer tok\x01\x01", ""),
        (
            "SASL OAUTHBEARER",
            "n,a=ada,\x01host=mail.example.test\x01port=995\x01auth=Bearer tok\x01\x01",
            "AQ==",
        ),
    ] {
        let name = capabilities.split_once(' ').unwrap().1;
        let script = format!(
            "C: AUTH {name} {}\nS: + eyJzdGF0dXMiOiI0MDEifQ==\nC: {end}\nS: -ERR [AUTH] no\n",
            base64(first)
        );
        let (outcome, heard) = try_in(&script, &[capabilities], AuthMethod::OAuth2, "tok").await;
        heard.unwrap();
        let error = crate::Error::from(outcome.unwrap_err());
        assert_eq!(error.kind(), ErrorKind::Auth);
    }
}

#[tokio::test]
async fn a_refused_sign_in_tells_what_it_is_about() {
    use ErrorKind::{Auth, Server, Temporary};
    for (answer, code, kind) in [
        ("-ERR [AUTH] no", Code::Auth, Auth),
        ("-ERR no", Code::Auth, Auth),
        ("-ERR", Code::Auth, Auth),
        ("-err Invalid login or password", Code::Auth, Auth),
        (
            "-ERR Your account is locked, too many wrong tries",
            Code::Auth,
            Auth,
        ),
        ("-ERR [SYS/TEMP] no disk", Code::SysTemp, Temporary),
        (
            "-ERR Service temporarily unavailable",
            Code::SysTemp,
            Temporary,
        ),
        (
            "-ERR Too many connections from your address",
            Code::SysTemp,
            Temporary,
        ),
        ("-ERR [SYS/PERM] broken mailbox", Code::SysPerm, Server),
        ("-ERR [LOGIN-DELAY] 5 minutes", Code::LoginDelay, Temporary),
        (
            "-ERR minimum time between mail checks violation",
            Code::LoginDelay,
            Temporary,
        ),
        (
            "-ERR [IN-USE] Do you have another POP session running?",
            Code::InUse,
            Temporary,
        ),
        ("-ERR maildrop already locked", Code::InUse, Temporary),
        ("-ERR unable to lock maildrop", Code::InUse, Temporary),
        (
            "-ERR /var/spool/mail/.ada.pop lock busy!  Is another session active? (11)",
            Code::InUse,
            Temporary,
        ),
        (
            "-ERR Mailbox is locked by another POP3 session",
            Code::InUse,
            Temporary,
        ),
        (
            "-ERR can't get lock. Mailbox in use",
            Code::InUse,
            Temporary,
        ),
        (
            "-ERR Your mailbox is already in use",
            Code::InUse,
            Temporary,
        ),
    ] {
        let script = format!("C: USER ada\nS: +OK\nC: PASS p\nS: {answer}\n");
        let (outcome, heard) = try_in(&script, &["USER"], AuthMethod::Password, "p").await;
        heard.unwrap();
        let error = outcome.unwrap_err();
        assert_eq!(error.code(), Some(code), "{answer}");
        assert_eq!(error.is_in_use(), code == Code::InUse);
        assert_eq!(error.is_too_soon(), code == Code::LoginDelay);
        assert!(!error.is_refusal());
        let error = crate::Error::from(error);
        assert_eq!(error.kind(), kind, "{answer}");
        assert_eq!(error.is_transient(), kind == Temporary);
    }
}

#[test]
fn a_server_that_promised_to_say_so_is_believed() {
    let about = |said: &str, promised| {
        let said = said.to_owned();
        Refusal { code: None, said }.of_sign_in(promised).code
    };
    for (said, promised, code) in [
        ("something odd", true, Code::SysTemp),
        ("something odd", false, Code::Auth),
        ("", true, Code::SysTemp),
        // It forgot: a password must not be tried again and again.
        ("invalid user name or password", true, Code::Auth),
        ("Authentication failed", true, Code::Auth),
        ("temporary authentication failure", true, Code::SysTemp),
        ("temporary authentication failure", false, Code::SysTemp),
        ("the account of ada has been locked", false, Code::Auth),
        ("account is locked by another session", false, Code::InUse),
    ] {
        assert_eq!(about(said, promised), Some(code), "{said:?} {promised}");
    }
}

#[tokio::test]
async fn the_words_of_the_server_are_told_and_no_secret() {
    let script = "C: USER ada\nS: +OK\nC: PASS geheim\nS: -ERR [AUTH] Wrong, see our help page\n";
    let (outcome, _) = try_in(script, &["USER"], AuthMethod::Password, "geheim").await;
    let error = crate::Error::from(outcome.unwrap_err());
    assert_eq!(error.words_of_server(), Some("Wrong, see our help page"));
    let everything = format!("{error} {error:?}");
    assert!(!everything.contains("geheim"), "{everything}");
}

#[tokio::test]
async fn a_refusal_is_never_followed_by_another_way() {
    for (script, lines) in [
        (
            "C: AUTH PLAIN AGFkYQBw\nS: -ERR no\nC: \n",
            &["SASL PLAIN LOGIN", "USER"][..],
        ),
        (
            "C: AUTH LOGIN\nS: -ERR not here\nC: \n",
            &["SASL LOGIN", "USER"],
        ),
        ("C: USER ada\nS: -ERR no\nC: \n", &["USER"]),
    ] {
        let (outcome, heard) = try_in(script, lines, AuthMethod::Password, "p").await;
        assert!(matches!(outcome.unwrap_err().fault, Fault::SignIn { .. }));
        // Nothing more came: the line that ends the script was the end.
        heard.unwrap();
    }
}

#[tokio::test]
async fn a_server_that_asks_on_and_on_is_left() {
    for (end, kind) in [
        ("S: -ERR bad\n", ErrorKind::Auth),
        ("S: + more\n", ErrorKind::Protocol),
        ("S: hm\n", ErrorKind::Protocol),
    ] {
        let script = format!("C: AUTH PLAIN AGFkYQBw\nS: + eA==\nC: *\n{end}");
        let (outcome, heard) = try_in(&script, &["SASL PLAIN"], AuthMethod::Password, "p").await;
        heard.unwrap();
        assert_eq!(crate::Error::from(outcome.unwrap_err()).kind(), kind);
    }
}

#[tokio::test]
async fn line_breaks_in_name_or_password_are_never_sent() {
    for (user, secret) in [
        ("ada\r\nDELE 1", "p"),
        ("ada\nx", "p"),
        ("ada", "p\r\nDELE 1"),
        ("ada", "p\nq"),
        ("ada", "p\0q"),
        ("a\0da", "p"),
    ] {
        for lines in [&["USER"][..], &["SASL PLAIN"], &["SASL LOGIN"], &["TOP"]] {
            let mut conn = connection("C: \n", lines);
            let mut server = settings(AuthMethod::Password, Security::Tls);
            server.username = user.to_owned();
            let secret = Password::new(secret);
            let signing_in = conn.sign_in(&server, &secret, Some("<1@x>"));
            let error = signing_in.await.unwrap_err();
            assert!(matches!(error.fault, Fault::Unsendable));
            assert_eq!(crate::Error::from(error).kind(), ErrorKind::Input);
        }
    }
}

#[tokio::test]
async fn no_password_goes_where_none_is_wanted() {
    let mut conn = connection("C: \n", &["TOP", "STLS"]);
    let server = settings(AuthMethod::Password, Security::None);
    let secret = Password::new("p");
    let signing_in = conn.sign_in(&server, &secret, None);
    let error = signing_in.await.unwrap_err();
    assert!(matches!(error.fault, Fault::NotOffered(_)), "{error:?}");
}
