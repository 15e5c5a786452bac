//! Signing in in the browser, with a provider of our own and the real servers,
//! which know its tokens.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::bed::{Bed, User, dovecot};
use super::fetching::mail;
use super::oauth_server::{Mood, OauthServer, browse};
use super::profile::{AccountFile, Incoming, Outcome, Profile};

/// The bed of these tests.
fn bed() -> &'static Bed {
    static BED: OnceLock<Bed> = OnceLock::new();
    BED.get_or_init(Bed::start_with_tokens)
}

/// A token the servers take for an hour (RFC 7519), or one whose time is over.
fn token(user: &User, good: bool) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let begin = now.as_secs() - 7200;
    let end = if good { begin + 3600 * 3 } else { begin + 60 };
    let address = &user.address;
    let claims =
        format!("{{\"email\":\"{address}\",\"sub\":\"{address}\",\"iat\":{begin},\"exp\":{end}}}");
    let text = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#),
        URL_SAFE_NO_PAD.encode(claims)
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(dovecot::TOKEN_KEY).unwrap();
    mac.update(text.as_bytes());
    let proof = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    format!("{text}.{proof}")
}

/// A provider for a user. Its first `dead` tokens are too old for the servers,
/// whatever it says itself.
fn provider(user: &User, dead: u32) -> OauthServer {
    let user = user.clone();
    OauthServer::minting(Box::new(move |number| token(&user, number > dead)))
}

fn profile(web: &OauthServer) -> Profile {
    let profile = Profile::new(bed());
    fs::create_dir_all(profile.path()).unwrap();
    fs::write(profile.path().join("oauth.toml"), web.registration()).unwrap();
    profile
}

/// Runs a command that signs in in the browser, and is the browser.
fn with_browser(profile: &Profile, arguments: &[&str]) -> Outcome {
    let mut child = profile.spawn(arguments);
    drop(child.stdin.take());
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut told = String::new();
    while stderr.read_line(&mut told).unwrap() > 0 {
        let line = told.lines().last().unwrap_or_default();
        if let Some(page) = line.split(' ').find(|word| word.starts_with("http://")) {
            browse(page);
            break;
        }
    }
    stderr.read_to_string(&mut told).unwrap();
    let output = child.wait_with_output().unwrap();
    Outcome {
        command: arguments.join(" "),
        status: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: told,
    }
}

fn account_file(profile: &Profile, user: &User, incoming: Incoming) -> String {
    let file = AccountFile::on(bed(), user, incoming).to_toml();
    let file = file.replace("auth = \"password\"", "auth = \"oauth2\"");
    let path = profile.file("account.toml", file.as_bytes());
    path.to_str().unwrap().to_owned()
}

fn add(profile: &Profile, user: &User, incoming: Incoming, more: &[&str]) -> Outcome {
    let file = account_file(profile, user, incoming);
    let arguments = ["account", "add", &file, "--no-browser"];
    with_browser(profile, &[&arguments, more].concat())
}

fn send(profile: &Profile, user: &User) -> Outcome {
    let to = &user.address;
    let letter = format!("From: {to}\r\nTo: {to}\r\nSubject: Token\r\n\r\nHello\r\n");
    profile.run_with(&["-vvv", "send", "-"], letter.as_bytes())
}

#[test]
fn one_sign_in_serves_both_servers_and_leaves_no_trace() {
    let user = bed().fresh_user();
    let web = provider(&user, 0);
    let profile = profile(&web);
    let added = add(&profile, &user, Incoming::ImapTls, &["-vvv"]);
    assert_eq!(added.objects()[0]["verified"], true, "{added:#?}");
    assert_eq!((web.visits().len(), web.asked().len()), (1, 1));

    bed().deliver(&user, &mail("Token", "a"));
    let synced = profile.run(&["-vvv", "sync"]);
    let total = synced.objects().pop().unwrap();
    assert_eq!(total["total"]["new"], 1, "{synced:#?}");
    let sent = send(&profile, &user);
    assert_eq!(sent.objects()[0]["state"], "sent", "{sent:#?}");
    let checked = profile.run(&["account", "check", "Bed"]);
    assert!(checked.objects().iter().all(|step| step["ok"] == true));
    assert_eq!(web.renewals(), 0);

    // Neither in what the program tells nor in what it keeps.
    let code = "code-1";
    let token = token(&user, true);
    let begin = token.split('.').next().unwrap();
    for outcome in [&added, &synced, &sent, &checked] {
        let told = format!("{}{}", outcome.stdout, outcome.stderr);
        for secret in [begin, "refresh-1", code] {
            assert!(!told.contains(secret), "{outcome:#?}");
        }
    }
    let mut folders = vec![profile.path()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            for secret in [begin, "refresh-1", code] {
                assert!(!text.contains(secret), "{}", path.display());
            }
        }
    }
    assert!(files > 3, "{files} files");
}

#[test]
fn a_refused_token_is_renewed_once_for_both_servers() {
    for incoming in [Incoming::ImapTls, Incoming::ImapStartTls, Incoming::Pop3Tls] {
        let user = bed().fresh_user();
        let web = provider(&user, 1);
        let profile = profile(&web);
        let added = add(&profile, &user, incoming, &["--no-verify"]);
        assert_eq!(added.objects()[0]["verified"], false, "{added:#?}");
        bed().deliver(&user, &mail("Token", "a"));
        let synced = profile.run(&["sync"]);
        let total = synced.objects().pop().unwrap();
        assert_eq!(total["total"]["new"], 1, "{incoming:?}: {synced:#?}");
        assert_eq!(web.renewals(), 1, "{incoming:?}");
        let sent = send(&profile, &user);
        assert_eq!(
            sent.objects()[0]["state"],
            "sent",
            "{incoming:?}: {sent:#?}"
        );
        // The new token, and what renews it next time, were kept.
        assert_eq!(web.renewals(), 1, "{incoming:?}");
        assert_eq!(web.visits().len(), 1, "{incoming:?}");
    }
}

#[test]
fn sending_renews_a_refused_token_too() {
    let user = bed().fresh_user();
    let web = provider(&user, 1);
    let profile = profile(&web);
    add(&profile, &user, Incoming::ImapTls, &["--no-verify"]).objects();
    let sent = send(&profile, &user);
    assert_eq!(sent.objects()[0]["state"], "sent", "{sent:#?}");
    assert_eq!(web.renewals(), 1);
}

#[test]
fn a_sign_in_that_was_taken_back_is_said_and_mended() {
    let user = bed().fresh_user();
    let web = provider(&user, 1);
    let profile = profile(&web);
    add(&profile, &user, Incoming::ImapTls, &["--no-verify"]).objects();
    web.revoke();
    let outcome = profile.run(&["sync"]);
    assert_eq!(outcome.error_kind(), "auth");
    assert!(
        outcome.stderr.contains("Sign in again in the browser"),
        "{outcome:#?}"
    );
    assert_eq!(web.renewals(), 1);
    // A provider out of order is another matter.
    web.be(Mood::Down);
    assert_eq!(profile.run(&["sync"]).error_kind(), "temporary");
    web.be(Mood::Kind);
    let again = with_browser(&profile, &["account", "sign-in", "Bed", "--no-browser"]);
    assert_eq!(again.objects()[0]["verified"], true, "{again:#?}");
    profile.run(&["sync"]).objects();
}

#[test]
fn a_refused_or_foreign_sign_in_adds_nothing() {
    for (mood, kind) in [
        (Mood::Denies, "cancelled"),
        (Mood::WrongState, "protocol"),
        (Mood::Down, "temporary"),
    ] {
        let user = bed().fresh_user();
        let web = provider(&user, 0);
        web.be(mood);
        let profile = profile(&web);
        let added = add(&profile, &user, Incoming::ImapTls, &[]);
        assert_eq!(added.error_kind(), kind, "{added:#?}");
        assert!(profile.run(&["account", "list"]).objects().is_empty());
    }
}

#[test]
fn without_a_registration_the_words_point_to_an_app_password() {
    let user = bed().fresh_user();
    let profile = Profile::new(bed());
    let file = account_file(&profile, &user, Incoming::ImapTls);
    let text = fs::read_to_string(&file).unwrap();
    for (host, words) in [
        ("imap.gmail.com", "app password"),
        ("outlook.office365.com", "No password works"),
        ("localhost", "knows no sign-in in the browser"),
    ] {
        fs::write(&file, text.replace("\"localhost\"", &format!("\"{host}\""))).unwrap();
        let outcome = profile.run(&["account", "add", &file, "--no-browser"]);
        assert_eq!(outcome.error_kind(), "config", "{outcome:#?}");
        assert!(outcome.stderr.contains(words), "{outcome:#?}");
        assert!(outcome.stderr.contains("oauth.toml"), "{outcome:#?}");
    }
}
