use super::*;
use crate::model::{AuthMethod, Fault, Protocol, Remedy, Security};

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

fn found(host: &str, own: &Registrations) -> Result<Provider, crate::Error> {
    let file = PathBuf::from("/p/oauth.toml");
    find(&server(host), own, None, file).map_err(Into::into)
}

fn registration(id: &str) -> (String, Registration) {
    let own = Registration {
        client_id: "ours".to_owned(),
        ..Registration::default()
    };
    (id.to_owned(), own)
}

/// What a provider says of itself serves one who is registered with it, and
/// nobody else.
#[test]
fn an_issuer_that_is_registered_with_brings_its_own_addresses() {
    let way = BrowserWay {
        issuer: "login.school.test".to_owned(),
        authorize: "https://login.school.test/authorize".to_owned(),
        token: "https://login.school.test/token".to_owned(),
        scopes: vec!["mail".to_owned()],
    };
    let find = |own: &Registrations| {
        let file = PathBuf::from("/p/oauth.toml");
        find(&server("imap.school.test"), own, Some(&way), file)
    };
    let own: Registrations = [registration("login.school.test")].into();
    assert!(names_issuers(&own));
    let provider = find(&own).unwrap();
    assert_eq!(provider.id, "login.school.test");
    assert_eq!(provider.token.as_str(), way.token);
    assert_eq!(provider.scopes, way.scopes);
    assert_eq!(provider.client_id, "ours");
    let other: Registrations = [registration("google"), registration("login.other.test")].into();
    assert!(matches!(find(&other), Err(Error::NobodyKnown { .. })));
    let open = BrowserWay {
        token: "http://login.school.test/token".to_owned(),
        ..way.clone()
    };
    let file = PathBuf::from("/p/oauth.toml");
    let found = super::find(&server("imap.school.test"), &own, Some(&open), file);
    assert!(matches!(found, Err(Error::BadEntry { field: "token", .. })));
}

/// Builds for the tests carry no registration: what has none says how else.
#[test]
fn without_a_registration_the_other_way_in_is_told() {
    for (host, fault, words) in [
        ("imap.gmail.com", Fault::AppPassword, "app password"),
        ("smtp.mail.yahoo.com", Fault::AppPassword, "app password"),
        ("imap.aol.com", Fault::AppPassword, "app password"),
        ("imap.fastmail.com", Fault::AppPassword, "app password"),
        ("imap.comcast.net", Fault::AccessOff, "ordinary password"),
        ("outlook.office365.com", Fault::OAuthRequired, "register"),
    ] {
        if KNOWN.iter().any(|known| known.client_id.is_some()) {
            return;
        }
        let error = found(host, &Registrations::new()).unwrap_err();
        let diagnosis = error.diagnosis().unwrap();
        assert_eq!(diagnosis.fault, fault, "{host}");
        assert!(
            diagnosis.message.contains("not registered"),
            "{host}: {error}"
        );
        assert!(diagnosis.hint.contains(words), "{host}: {error}");
        assert!(diagnosis.hint.contains("/p/oauth.toml"), "{host}: {error}");
        let Remedy::OpenPage { url, .. } = &diagnosis.remedies[0] else {
            panic!("{host}: {diagnosis:?}");
        };
        assert!(url.starts_with("https://"), "{url}");
    }
}

#[test]
fn the_servers_name_decides_and_never_a_look_alike() {
    let own: Registrations = KNOWN.iter().map(|known| registration(known.id)).collect();
    for (host, id) in [
        ("imap.gmail.com", "google"),
        ("GMAIL.com.", "google"),
        ("smtp-mail.outlook.com", "microsoft"),
        ("outlook.office365.com", "microsoft"),
        ("imap.mail.yahoo.com", "yahoo"),
        ("imap.mail.att.net", "yahoo"),
        ("imap.fastmail.com", "fastmail"),
        ("imap.comcast.net", "comcast"),
    ] {
        assert_eq!(found(host, &own).unwrap().id, id, "{host}");
    }
    for host in [
        "evilgmail.com",
        "gmail.com.evil.test",
        "mail.example.org",
        "",
    ] {
        let error = found(host, &own).unwrap_err();
        assert!(error.message().contains("no sign-in"), "{host}: {error}");
        assert!(error.remedy().unwrap().contains("password"), "{error}");
    }
}

#[test]
fn every_known_page_is_https_and_asks_for_everything_at_once() {
    for known in &KNOWN {
        let own = [registration(known.id)].into();
        let provider = found(known.hosts[0], &own).unwrap();
        assert_eq!(provider.authorize.scheme(), "https", "{}", known.id);
        assert_eq!(provider.token.scheme(), "https", "{}", known.id);
        assert!(!provider.scopes.is_empty());
    }
    let own = [registration("microsoft")].into();
    let scopes = found("outlook.office365.com", &own)
        .unwrap()
        .scopes
        .join(" ");
    for part in ["IMAP.", "POP.", "SMTP.", "offline_access"] {
        assert!(scopes.contains(part), "{scopes}");
    }
}

#[test]
fn an_entry_that_cannot_be_used_names_its_field() {
    let good = || Registration {
        client_id: "ours".to_owned(),
        hosts: vec!["mail.school.test".to_owned()],
        authorize: Some("https://school.test/authorize".to_owned()),
        token: Some("https://school.test/token".to_owned()),
        scopes: vec!["mail".to_owned()],
        ..Registration::default()
    };
    type Spoil = fn(&mut Registration);
    let spoils: [(&str, Spoil); 9] = [
        ("", |_| {}),
        ("client_id", |one| one.client_id = " ".to_owned()),
        ("authorize", |one| one.authorize = None),
        ("authorize", |one| {
            one.authorize = Some("http://school.test/".to_owned());
        }),
        ("token", |one| one.token = Some("nonsense".to_owned())),
        ("scopes", |one| one.scopes.clear()),
        ("redirect", |one| {
            one.redirect = Some("https://school.test/".to_owned());
        }),
        ("redirect", |one| {
            one.redirect = Some("http://localhost/".to_owned());
        }),
        ("redirect", |one| {
            one.redirect = Some("http://[::1]:8123/".to_owned());
        }),
    ];
    for (field, spoil) in spoils {
        let mut one = good();
        spoil(&mut one);
        let own = [("school".to_owned(), one)].into();
        match found("mail.school.test", &own) {
            Ok(provider) => assert_eq!((field, &*provider.name), ("", "school")),
            Err(error) => {
                assert!(error.message().contains(&format!("`{field}`")), "{error}");
                assert!(error.message().contains("[school]"), "{error}");
            }
        }
    }
    let mut fixed = good();
    fixed.redirect = Some("http://localhost:8123/back".to_owned());
    let own = [("school".to_owned(), fixed)].into();
    let provider = found("imap.mail.school.test", &own).unwrap();
    let Redirect::Exactly(url) = &provider.redirect else {
        panic!("{provider:?}");
    };
    assert_eq!(url.port(), Some(8123));
}

#[test]
fn what_a_provider_calls_secret_is_not_printed() {
    let (id, mut own) = registration("google");
    own.client_secret = Some("hunter2".to_owned());
    let provider = found("imap.gmail.com", &[(id, own)].into()).unwrap();
    assert!(!format!("{provider:?}").contains("hunter2"));
}
