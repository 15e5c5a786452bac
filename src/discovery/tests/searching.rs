//! Who is asked, who is believed, and what leaves this machine.

use std::time::Duration;

use super::mailbox;
use super::world::{World, discover, file, ok, to};
use crate::model::{
    AuthMethod, Candidate, Discovery, DiscoveryProgress, DiscoverySource, Protocol, Security,
};

const AUTOCONFIG: &str = "https://autoconfig.example.org/mail/config-v1.1.xml";
const WELL_KNOWN: &str = "https://example.org/.well-known/autoconfig/mail/config-v1.1.xml";
const ISPDB: &str = "https://autoconfig.thunderbird.net/v1.1/example.org";
const AUTODISCOVER: &str = "https://autodiscover.example.org/autodiscover/autodiscover.xml";

fn world() -> World {
    World::with(&[
        "example.org",
        "thunderbird.net",
        "mail.hoster.net",
        "hoster.net",
        "elsewhere.net",
    ])
}

fn best(discovery: &Discovery) -> (&'static str, bool, Option<&str>) {
    let best = &discovery.candidates[0];
    (best.source.name(), best.trusted, best.provider.as_deref())
}

async fn found(world: World) -> Discovery {
    let by = world.discoverer().await;
    discover(&by, "ann.lee@example.org").await.0
}

#[tokio::test]
async fn a_known_provider_needs_nobody() {
    let by = world().discoverer().await;
    let (discovery, told) = discover(&by, "ann@fastmail.com").await;
    assert_eq!(best(&discovery), ("table", true, Some("Fastmail")));
    assert!(
        matches!(&told[..], [DiscoveryProgress::Found(_)]),
        "{told:?}"
    );
    let (discovery, _) = discover(&by, "ann@tuta.com").await;
    assert!(discovery.candidates.is_empty());
    assert_eq!(discovery.impossible.unwrap().provider, "Tuta");
}

#[tokio::test]
async fn offline_nobody_is_asked() {
    let world = world().page(AUTOCONFIG, &ok(&file("own")));
    let heard = world.heard.clone();
    let by = world.discoverer().await;
    let nothing = |_| panic!("somebody is asked");
    let discovery = by.discover(&mailbox("a@example.org"), true, &nothing).await;
    assert_eq!(discovery, Discovery::default());
    assert!(heard.all().is_empty());
}

#[tokio::test]
async fn the_better_source_wins_although_it_is_slower() {
    let late = Duration::from_millis(400);
    let world = world()
        .slow_page(AUTOCONFIG, &ok(&file("own")), late)
        .page(WELL_KNOWN, &ok(&file("known")))
        .page(ISPDB, &ok(&file("ispdb")));
    let by = world.discoverer().await;
    let (discovery, told) = discover(&by, "ann@example.org").await;
    assert_eq!(best(&discovery), ("autoconfig", true, Some("own")));
    assert_eq!(discovery.candidates[0].place, AUTOCONFIG);
    let names: Vec<_> = discovery
        .candidates
        .iter()
        .map(|one| one.source.name())
        .collect();
    assert_eq!(names, ["autoconfig", "well-known", "ispdb"]);
    let guessed = told.iter().any(|one| {
        matches!(
            one,
            DiscoveryProgress::Asking {
                source: DiscoverySource::Probe,
                ..
            }
        )
    });
    assert!(!guessed, "nobody guesses where somebody knows");
}

#[tokio::test]
async fn other_settings_are_there_for_whom_the_best_do_not_serve() {
    let late = Duration::from_millis(30);
    let same = file("own").replace("own</displayName>", "twin</displayName>");
    let one_way = file("half").replace("outgoingServer", "somethingElse");
    let world = world()
        .page(AUTOCONFIG, &ok(&file("own")))
        .page(WELL_KNOWN, &ok(&same))
        .slow_page(ISPDB, &ok(&file("ispdb")), late)
        .exchanger("example.org", 10, "mx.hoster.net")
        .page(
            "https://autoconfig.hoster.net/mail/config-v1.1.xml",
            &ok(&one_way),
        );
    let discovery = found(world).await;
    let name = |one: &Candidate| one.provider.clone().unwrap();
    assert_eq!(discovery.best().map(name).as_deref(), Some("own"));
    let others: Vec<_> = discovery.others().map(name).collect();
    assert_eq!(others, ["ispdb"]);
    let all: Vec<_> = discovery.candidates.iter().map(name).collect();
    assert_eq!(all, ["own", "ispdb", "half"]);
}

/// A settings file with a sign-in in the browser.
fn with_browser(issuer: &str, token: &str) -> String {
    let way = format!(
        "<oAuth2><issuer>{issuer}</issuer><scope>imap smtp</scope>\
         <authURL>https://login.example.org/authorize</authURL>\
         <tokenURL>{token}</tokenURL></oAuth2></clientConfig>"
    );
    file("own").replace("</clientConfig>", &way)
}

#[tokio::test]
async fn the_owner_of_a_server_says_where_people_sign_in_and_nobody_else() {
    let (mine, token) = ("login.example.org", "https://login.example.org/token");
    let page = |url: &str, issuer: &str, token: &str| {
        let text = with_browser(issuer, token);
        world().page(url, &ok(&text))
    };
    let asked = async |world: World| {
        let by = world.discoverer().await;
        by.browser_way("imap.example.org").await
    };
    for url in [AUTOCONFIG, WELL_KNOWN, ISPDB] {
        let way = asked(page(url, mine, token)).await.unwrap().unwrap();
        assert_eq!((way.issuer.as_str(), way.token.as_str()), (mine, token));
        assert_eq!(way.authorize, "https://login.example.org/authorize");
        assert_eq!(way.scopes, ["imap", "smtp"]);
    }
    for (issuer, token) in [
        ("login.elsewhere.net", token),
        (mine, "https://login.elsewhere.net/token"),
        (mine, "http://login.example.org/token"),
        (mine, ""),
    ] {
        let way = asked(page(AUTOCONFIG, issuer, token)).await.unwrap();
        assert_eq!(way, None, "{issuer} {token}");
    }
    // Whoever stands on the way writes what comes over plain HTTP.
    let open = "http://autoconfig.example.org/mail/config-v1.1.xml";
    let way = asked(page(open, mine, token)).await;
    assert!(!matches!(way, Ok(Some(_))));
    let away = world().page(AUTOCONFIG, &to("https://elsewhere.net/config.xml"));
    let text = with_browser(mine, token);
    let way = asked(away.page("https://elsewhere.net/config.xml", &ok(&text))).await;
    assert!(!matches!(way, Ok(Some(_))));
    assert!(asked(world()).await.is_err(), "nobody answered");
    for status in ["403 Forbidden", "503 Service Unavailable"] {
        let trouble =
            format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        let way = asked(world().page(AUTOCONFIG, &trouble)).await;
        assert!(way.is_err(), "{status} is no answer");
    }
}

#[tokio::test]
async fn each_source_stands_in_for_those_before_it() {
    let known = found(world().page(WELL_KNOWN, &ok(&file("known")))).await;
    assert_eq!(best(&known), ("well-known", true, Some("known")));
    let ispdb = found(world().page(ISPDB, &ok(&file("ispdb")))).await;
    assert_eq!(best(&ispdb), ("ispdb", true, Some("ispdb")));
    let open = "http://autoconfig.example.org/mail/config-v1.1.xml";
    let open = found(world().page(open, &ok(&file("open")))).await;
    assert_eq!(best(&open), ("plain-http", false, Some("open")));
}

#[tokio::test]
async fn the_mail_host_leads_to_its_owner() {
    let at = |place: &str| {
        world()
            .exchanger("example.org", 10, "mx7.mail.hoster.net")
            .exchanger("example.org", 20, "backup.elsewhere.net")
            .page(place, &ok(&file("hoster")))
    };
    for place in [
        "https://autoconfig.mail.hoster.net/mail/config-v1.1.xml",
        "https://autoconfig.hoster.net/mail/config-v1.1.xml",
        "https://autoconfig.thunderbird.net/v1.1/mail.hoster.net",
        "https://autoconfig.thunderbird.net/v1.1/hoster.net",
    ] {
        let discovery = found(at(place)).await;
        let candidate = &discovery.candidates[0];
        assert_eq!(best(&discovery), ("mx", false, Some("hoster")), "{place}");
        assert_eq!(candidate.place, place);
        assert_eq!(candidate.incoming[0].username, "ann.lee@example.org");
        let host = "mx7.mail.hoster.net".to_owned();
        assert_eq!(candidate.source, DiscoverySource::MailExchanger { host });
    }
}

#[tokio::test]
async fn the_mail_host_may_be_a_known_providers() {
    let google = found(world().exchanger("example.org", 1, "aspmx.l.google.com")).await;
    assert_eq!(best(&google), ("mx", false, Some("Gmail")));
    assert_eq!(google.candidates[0].place, "aspmx.l.google.com");
    let proton = found(world().exchanger("example.org", 1, "mail.protonmail.ch")).await;
    assert!(proton.impossible.unwrap().words.contains("Bridge"));
    let own = world()
        .exchanger("example.org", 1, "mail.tutanota.de")
        .page(AUTOCONFIG, &ok(&file("own")));
    assert_eq!(
        found(own).await.impossible,
        None,
        "the domain's own word counts more"
    );
}

#[tokio::test]
async fn services_are_taken_as_the_name_service_tells_them() {
    let own = world()
        .service("_imaps._tcp.example.org", "mail.example.org", 993)
        .service("_pop3s._tcp.example.org", "", 0)
        .service("_submission._tcp.example.org", "mail.example.org", 465);
    let discovery = found(own).await;
    let candidate = &discovery.candidates[0];
    assert_eq!(best(&discovery), ("srv", true, None));
    assert_eq!(candidate.incoming.len(), 1);
    assert_eq!(candidate.incoming[0].place(), "mail.example.org:993");
    assert_eq!(candidate.incoming[0].auth, AuthMethod::Password);
    assert_eq!(candidate.outgoing[0].security, Security::Tls);

    let foreign = world()
        .service("_imap._tcp.example.org", "imap.elsewhere.net", 143)
        .service("_submission._tcp.example.org", "smtp.example.org", 587);
    let discovery = found(foreign).await;
    assert_eq!(best(&discovery), ("srv", false, None));
    assert_eq!(
        discovery.candidates[0].incoming[0].security,
        Security::StartTls
    );
}

#[tokio::test]
async fn autodiscover_is_asked_about_nobody() {
    let answer = include_str!("../../../tests/fixtures/autoconfig/autodiscover.xml");
    let world = world().page(AUTODISCOVER, &ok(answer));
    let heard = world.heard.clone();
    let discovery = found(world).await;
    assert_eq!(best(&discovery), ("autodiscover", true, None));
    assert_eq!(
        discovery.candidates[0].incoming[0].username,
        "ann.lee@example.org"
    );
    let posted = heard.all().into_iter().find(|one| one.starts_with("POST"));
    let posted = posted.unwrap();
    assert!(
        posted.contains("<EMailAddress>user@example.org<"),
        "{posted}"
    );
    assert!(
        posted
            .to_lowercase()
            .contains("content-type: text/xml; charset=utf-8")
    );
}

#[tokio::test]
async fn autodiscover_may_be_elsewhere_and_is_then_marked() {
    let answer = include_str!("../../../tests/fixtures/autoconfig/autodiscover.xml");
    for (place, trusted) in [
        ("https://exchange.elsewhere.net/autodiscover.xml", false),
        ("https://exchange.example.org/autodiscover.xml", true),
    ] {
        let world = world()
            .page(AUTODISCOVER, &to(place))
            .page(place, &ok(answer));
        assert_eq!(best(&found(world).await), ("autodiscover", trusted, None));
    }
}

#[tokio::test]
async fn a_server_that_wants_an_address_gets_nobodys() {
    let asked = format!("{AUTOCONFIG}?emailaddress=user@example.org");
    let echo = file("own").replace("%EMAILADDRESS%", "user@example.org");
    // Some say so with a status, some with a page.
    for refusal in [
        "HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n",
        &ok("Which address?"),
    ] {
        let world = world().page(AUTOCONFIG, refusal).page(&asked, &ok(&echo));
        let discovery = found(world).await;
        assert_eq!(best(&discovery), ("autoconfig", true, Some("own")));
        assert_eq!(
            discovery.candidates[0].outgoing[0].username,
            "ann.lee@example.org"
        );
    }
}

#[tokio::test]
async fn nothing_but_the_domain_leaves_this_machine() {
    let world = world()
        .exchanger("example.org", 10, "mx.hoster.net")
        .page("https://autoconfig.hoster.net/x", "")
        .page("https://autoconfig.example.org/x", "")
        .page("https://autodiscover.example.org/x", "")
        .page("https://autoconfig.thunderbird.net/x", "")
        .page("https://example.org/x", "")
        .mail("imap.example.org", 993, Protocol::Imap, Security::Tls)
        .await
        .mail("smtp.example.org", 587, Protocol::Smtp, Security::StartTls)
        .await;
    let heard = world.heard.clone();
    let discovery = found(world).await;
    assert_eq!(best(&discovery), ("probe", true, None));
    let heard = heard.all();
    let asked = |words: &str| heard.iter().any(|one| one.contains(words));
    for place in [
        "GET /mail/config-v1.1.xml HTTP",
        "GET /mail/config-v1.1.xml?emailaddress=user@example.org HTTP",
        "GET /.well-known/autoconfig/mail/config-v1.1.xml HTTP",
        "GET /v1.1/example.org HTTP",
        "GET /v1.1/hoster.net HTTP",
        "POST /autodiscover/autodiscover.xml HTTP",
        "CAPABILITY",
        "EHLO",
    ] {
        assert!(asked(place), "{place} was not asked: {heard:#?}");
    }
    for one in &heard {
        assert!(!one.to_lowercase().contains("ann"), "{one}");
    }
}

#[tokio::test]
async fn another_owners_word_is_not_trusted() {
    let elsewhere = "https://settings.elsewhere.net/file.xml";
    let own = "https://www.example.org/file.xml";
    for (target, trusted) in [(elsewhere, false), (own, true)] {
        let world = world()
            .page(AUTOCONFIG, &to(target))
            .page(target, &ok(&file("moved")));
        let discovery = found(world).await;
        assert_eq!(best(&discovery), ("autoconfig", trusted, Some("moved")));
    }
    let open = world()
        .page(AUTOCONFIG, &to("http://www.example.org/file.xml"))
        .page("http://www.example.org/file.xml", &ok(&file("open")));
    assert!(found(open).await.candidates.is_empty());
}

#[tokio::test]
async fn names_within_a_home_are_not_told_to_the_database() {
    let world = world().page("https://autoconfig.thunderbird.net/x", "");
    let heard = world.heard.clone();
    let by = world.discoverer().await;
    let (discovery, _) = discover(&by, "ann@server.home-of-ann-lee").await;
    assert_eq!(discovery, Discovery::default());
    assert!(heard.all().is_empty(), "{:?}", heard.all());
}

#[tokio::test]
async fn an_incomplete_answer_does_not_end_the_search() {
    let half = file("half").replace("outgoingServer", "otherServer");
    let world = world()
        .page(AUTOCONFIG, &ok(&half))
        .page(ISPDB, &ok(&file("ispdb")));
    let discovery = found(world).await;
    let names: Vec<_> = discovery
        .candidates
        .iter()
        .map(|one| (one.source.name(), one.is_complete()))
        .collect();
    assert_eq!(names, [("ispdb", true), ("autoconfig", false)]);
}

#[tokio::test]
async fn who_is_silent_does_not_hold_up_the_rest() {
    let silent = [
        "autoconfig.example.org",
        "example.org",
        "autodiscover.example.org",
        "mail.example.org",
    ];
    let world = silent
        .iter()
        .fold(world(), |world, host| world.silent(host));
    let world = world.page(ISPDB, &ok(&file("ispdb")));
    // It ends at all: each question has a limit, and so has the whole.
    let discovery = found(world).await;
    assert_eq!(best(&discovery), ("ispdb", true, Some("ispdb")));
}

#[tokio::test]
async fn dropping_the_search_drops_its_questions() {
    let never = Duration::from_secs(3600);
    let world = world().slow_page(AUTOCONFIG, &ok(&file("own")), never);
    let heard = world.heard.clone();
    let by = world.discoverer().await;
    let mailbox = mailbox("ann@example.org");
    let tell = |_| {};
    let heard_of = async |words: &str| {
        while !heard.all().iter().any(|one| one.starts_with(words)) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        _ = by.discover(&mailbox, false, &tell) => panic!("nobody answered"),
        () = heard_of("GET /mail") => {}
    }
    // Else this never ends.
    heard_of("the client left").await;
}

#[test]
fn a_candidate_without_outgoing_server_is_incomplete() {
    let candidate = Candidate {
        source: DiscoverySource::Srv,
        place: String::new(),
        trusted: true,
        provider: None,
        incoming: Vec::new(),
        outgoing: Vec::new(),
        preparations: Vec::new(),
    };
    assert!(!candidate.is_complete());
}
