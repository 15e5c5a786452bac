//! How long it takes, printed: `cargo test --lib discovery::tests::timing --
//! --ignored --nocapture`. Servers are on this machine; web pages take 50 ms.

use std::time::{Duration, Instant};

use super::mailbox;
use super::world::{World, discover, file, ok};
use crate::model::{Protocol, Security};
use crate::providers;

const LINE: Duration = Duration::from_millis(50);

fn world() -> World {
    World::with(&["example.org", "thunderbird.net", "hoster.net"])
}

fn silent(mut world: World, names: &[&str]) -> World {
    for name in names {
        world = world.silent(&format!("{name}example.org"));
    }
    world
}

#[tokio::test]
#[ignore = "prints times and judges nothing"]
async fn how_long_it_takes() {
    let begun = Instant::now();
    let known = providers::of_domain("gmail.com").is_some();
    eprintln!("the table, read and asked: {:?} ({known})", begun.elapsed());
    let begun = Instant::now();
    let ann = mailbox("ann@gmail.com");
    let asked = (0..1000).filter_map(|_| providers::of_domain("gmail.com")?.candidate(&ann));
    let count = asked.count();
    eprintln!("the table, asked again: {:?}", begun.elapsed() / 1000);
    assert_eq!(count, 1000);

    let autoconfig = "https://autoconfig.example.org/mail/config-v1.1.xml";
    let ispdb = "https://autoconfig.thunderbird.net/v1.1/example.org";
    let hoster = "https://autoconfig.hoster.net/mail/config-v1.1.xml";
    let web = ["autoconfig.", "", "autodiscover."];
    let all = [&web[..], &["imap.", "mail.", "smtp.", "pop.", "pop3."]].concat();
    let page = |url: &str| world().slow_page(url, &ok(&file("found")), LINE);
    let mail = world()
        .mail("mail.example.org", 993, Protocol::Imap, Security::Tls)
        .await
        .mail("mail.example.org", 587, Protocol::Smtp, Security::StartTls)
        .await;
    for (what, world) in [
        ("autoconfig", page(autoconfig)),
        ("the database only", page(ispdb)),
        (
            "the mail host's owner only",
            page(hoster).exchanger("example.org", 1, "mx.hoster.net"),
        ),
        ("trying only", mail),
        ("nobody", world()),
        ("the database, web hosts silent", silent(page(ispdb), &web)),
        ("all silent", silent(world(), &all)),
    ] {
        let by = world.discoverer().await;
        let begun = Instant::now();
        let (discovery, _) = discover(&by, "ann@example.org").await;
        let source = discovery.candidates.first().map(|one| one.source.name());
        eprintln!("{what}: {:?} ({source:?})", begun.elapsed());
    }
}
