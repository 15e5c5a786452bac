//! Whole sign-ins against a provider of our own.

#[path = "../../tests/it/oauth_server.rs"]
#[allow(dead_code, reason = "the tests of the commands use the rest of it")]
pub(crate) mod oauth_server;

use std::path::PathBuf;

use crate::net::http::Url;

use self::oauth_server::{Mood, OauthServer, browse, visit};
use super::*;
use crate::ErrorKind;
use crate::config::Profile;
use crate::config::oauth_file;
use crate::model::{AuthMethod, Fault, Protocol, Remedy, Security, ServerSettings};
use crate::net::Connector;
use crate::net::http::Http;

fn server(host: &str) -> ServerSettings {
    ServerSettings {
        protocol: Protocol::Imap,
        host: host.to_owned(),
        port: 993,
        security: Security::Tls,
        username: "u@x".to_owned(),
        auth: AuthMethod::OAuth2,
    }
}

fn provider(web: &OauthServer) -> Provider {
    let folder = tempfile::tempdir().unwrap();
    let profile = Profile::at(folder.path()).unwrap();
    std::fs::write(profile.oauth_file(), web.registration()).unwrap();
    let own = oauth_file::read(&profile).unwrap();
    find(&server("localhost"), &own, None, PathBuf::new()).unwrap()
}

fn http() -> Http {
    Http::new(Connector::new())
}

/// Signs in, with a browser that goes where it is led. What the person sees at
/// the end, and what came of it.
async fn sign_in(web: &OauthServer) -> (String, Result<TokenSet, Error>) {
    let waiting = SignIn::begin(provider(web), "u@x").await.unwrap();
    let page = waiting.page().to_owned();
    let browser = tokio::task::spawn_blocking(move || browse(&page));
    let outcome = waiting.finish(&http()).await;
    (browser.await.unwrap(), outcome)
}

fn failure<T>(outcome: Result<T, Error>) -> crate::Error {
    match outcome {
        Ok(_) => panic!("it went well"),
        Err(error) => error.into(),
    }
}

#[tokio::test]
async fn a_sign_in_brings_tokens_and_a_friendly_page() {
    let web = OauthServer::start();
    let (page, set) = sign_in(&web).await;
    let set = set.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(set.access().reveal(), "access-1");
    assert_eq!(set.refresh.as_deref(), Some("refresh-1"));
    assert_eq!((set.provider.as_str(), set.lives), ("local", Some(3600)));
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
    assert!(page.contains("go back to Waxwing"), "{page}");
    assert!(page.contains("Cache-Control: no-store"), "{page}");

    let visit = &web.visits()[0];
    assert_eq!(visit["response_type"], "code");
    assert_eq!(visit["code_challenge_method"], "S256");
    assert_eq!(visit["scope"], "imap smtp");
    assert_eq!(visit["login_hint"], "u@x");
    assert!(visit["redirect_uri"].starts_with("http://127.0.0.1:"));
    // The provider of the tests hashes the verifier: it fits the challenge.
    assert!(web.asked()[0]["code_verifier"].len() >= 43);
}

#[tokio::test]
async fn no_two_sign_ins_share_state_challenge_or_port() {
    let web = OauthServer::start();
    let first = SignIn::begin(provider(&web), "").await.unwrap();
    let second = SignIn::begin(provider(&web), "").await.unwrap();
    let fields = |one: &SignIn| {
        let page = Url::parse(one.page()).unwrap();
        let wanted = ["state", "code_challenge", "redirect_uri"];
        wanted.map(|wanted| {
            let mut pairs = page.query_pairs();
            let found = pairs.find(|(name, _)| name == wanted).unwrap();
            found.1.into_owned()
        })
    };
    for (one, other) in fields(&first).iter().zip(&fields(&second)) {
        assert_ne!(one, other);
        assert!(one.len() >= 20, "{one}");
    }
}

#[tokio::test]
async fn each_bad_end_has_its_words_and_no_token() {
    for (mood, kind, words, page_says) in [
        (
            Mood::Denies,
            ErrorKind::Cancelled,
            "said no",
            "did not let Waxwing in",
        ),
        (
            Mood::WrongState,
            ErrorKind::Protocol,
            "no answer to this sign-in",
            "start again",
        ),
        (
            Mood::WrongCode,
            ErrorKind::Server,
            "invalid_grant",
            "go back",
        ),
        (Mood::Down, ErrorKind::Temporary, "right now", "go back"),
        (
            Mood::Garbled,
            ErrorKind::Protocol,
            "makes no sense",
            "go back",
        ),
        (
            Mood::Stranger,
            ErrorKind::Server,
            "does not know this Waxwing",
            "go back",
        ),
    ] {
        let web = OauthServer::start();
        web.be(mood);
        let (page, outcome) = sign_in(&web).await;
        let error = failure(outcome);
        assert_eq!(error.kind(), kind, "{mood:?}: {error}");
        assert!(error.message().contains(words), "{mood:?}: {error}");
        assert!(page.contains(page_says), "{mood:?}: {page}");
        assert!(error.remedy().is_some(), "{mood:?}");
        let told = format!("{error} {error:?}");
        assert!(
            !told.contains("access-") && !told.contains("code-"),
            "{told}"
        );
        let asked = matches!(mood, Mood::Denies | Mood::WrongState);
        assert_eq!(web.asked().is_empty(), asked, "{mood:?}");
    }
}

#[tokio::test]
async fn the_port_serves_this_computer_until_its_answer_came() {
    let web = OauthServer::start();
    let waiting = SignIn::begin(provider(&web), "").await.unwrap();
    let page = Url::parse(waiting.page()).unwrap();
    let mut pairs = page.query_pairs();
    let back = pairs.find(|(name, _)| name == "redirect_uri").unwrap().1;
    let back = Url::parse(&back).unwrap();
    let page = page.to_string();
    let browser = tokio::task::spawn_blocking(move || {
        // What browsers ask for by themselves neither counts nor disturbs.
        let picture = visit(&back.join("/favicon.ico").unwrap());
        assert!(picture.starts_with("HTTP/1.1 404"), "{picture}");
        let bare = visit(&back);
        assert!(bare.starts_with("HTTP/1.1 404"), "{bare}");
        // A line that says nothing.
        let silent = std::net::TcpStream::connect(("127.0.0.1", back.port().unwrap())).unwrap();
        let last = browse(&page);
        drop(silent);
        (back, last)
    });
    let outcome = waiting.finish(&http()).await;
    let (back, last) = browser.await.unwrap();
    assert!(outcome.is_ok());
    assert!(last.contains("go back to Waxwing"));
    let again = tokio::task::spawn_blocking(move || visit(&back)).await;
    assert_eq!(again.unwrap(), "");
}

#[tokio::test]
async fn a_token_is_renewed_with_the_newest_means_of_renewing() {
    let web = OauthServer::start();
    let (_, set) = sign_in(&web).await;
    let set = set.unwrap_or_else(|error| panic!("{error}"));
    let provider = provider(&web);
    let second = refresh(&http(), &provider, &set).await;
    let second = second.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(second.access().reveal(), "access-2");
    assert_eq!(second.refresh.as_deref(), Some("refresh-2"));

    // The old one was used up.
    let error = failure(refresh(&http(), &provider, &set).await);
    assert_eq!(error.kind(), ErrorKind::Auth);
    let diagnosis = error.diagnosis().unwrap();
    assert_eq!(diagnosis.fault, Fault::OAuthExpired);
    assert_eq!(diagnosis.remedies[0], Remedy::SignInWithBrowser);
    assert_eq!(error.words_of_server(), Some("It is over."));

    // A provider that gives no other goes on with this one.
    web.keep_refresh();
    let third = refresh(&http(), &provider, &second).await;
    let third = third.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(third.access().reveal(), "access-3");
    assert_eq!(third.refresh.as_deref(), Some("refresh-2"));

    web.be(Mood::Down);
    let error = failure(refresh(&http(), &provider, &third).await);
    assert!(error.is_transient(), "{error}");
}

#[test]
fn a_whole_set_never_goes_to_a_server() {
    let now = 2000;
    let set = TokenSet {
        provider: "local".to_owned(),
        access: "access".to_owned(),
        refresh: Some("refresh".to_owned()),
        obtained: 1000,
        lives: Some(3600),
    };
    let secret = set.to_password();
    let said = presented(&server("x"), &secret, now).unwrap();
    assert_eq!(said.reveal(), "access");
    for (secret, now) in [
        (secret.clone(), 1000 + 3600),
        (crate::model::Password::new("hunter2"), now),
        (link(), now),
    ] {
        let error = failure(presented(&server("x"), &secret, now));
        assert_eq!(error.kind(), ErrorKind::Auth);
        assert!(error.diagnosis().is_some());
    }
    let password = ServerSettings {
        auth: AuthMethod::Password,
        ..server("x")
    };
    let hunter = crate::model::Password::new("hunter2");
    assert_eq!(presented(&password, &hunter, now).unwrap(), hunter);
}
