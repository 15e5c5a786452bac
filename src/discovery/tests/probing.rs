//! Trying names and ports.

use super::world::{World, discover};
use crate::model::{DiscoverySource, Protocol, Security};

#[tokio::test]
async fn the_best_of_what_works_is_offered() {
    let world = World::with(&["example.org"])
        .mail("mail.example.org", 993, Protocol::Imap, Security::Tls)
        .await
        .mail("imap.example.org", 143, Protocol::Imap, Security::StartTls)
        .await
        .mail("pop.example.org", 995, Protocol::Pop3, Security::Tls)
        .await
        .mail("mail.example.org", 587, Protocol::Smtp, Security::StartTls)
        .await;
    let heard = world.heard.clone();
    let by = world.discoverer().await;
    let (discovery, _) = discover(&by, "ann@example.org").await;
    let candidate = &discovery.candidates[0];
    assert_eq!(candidate.source, DiscoverySource::Probe);
    assert!(candidate.trusted);
    assert_eq!(
        candidate.place,
        "mail.example.org, pop.example.org, mail.example.org"
    );
    let places: Vec<_> = candidate
        .incoming
        .iter()
        .chain(&candidate.outgoing)
        .map(|one| (one.place(), one.security, one.username.as_str()))
        .collect();
    assert_eq!(
        places,
        [
            (
                "mail.example.org:993".to_owned(),
                Security::Tls,
                "ann@example.org"
            ),
            (
                "pop.example.org:995".to_owned(),
                Security::Tls,
                "ann@example.org"
            ),
            (
                "mail.example.org:587".to_owned(),
                Security::StartTls,
                "ann@example.org"
            ),
        ]
    );
    for line in heard.all() {
        let upper = line.to_ascii_uppercase();
        for command in ["LOGIN", "AUTHENTICATE", "USER", "PASS", "AUTH "] {
            assert!(!upper.contains(command), "{line}");
        }
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_and_clear_text_do_not_count() {
    // The certificate is good for names below example.net only.
    let world = World::with(&["example.net"])
        .mail("imap.example.org", 993, Protocol::Imap, Security::Tls)
        .await
        .mail("mail.example.org", 143, Protocol::Imap, Security::None)
        .await
        .mail("smtp.example.org", 587, Protocol::Smtp, Security::None)
        .await;
    let by = world.discoverer().await;
    let (discovery, _) = discover(&by, "ann@example.org").await;
    assert!(discovery.candidates.is_empty(), "{discovery:?}");
}

#[tokio::test]
async fn the_mail_host_is_tried_and_marked_where_it_is_anothers() {
    for (host, trusted) in [("mx1.example.org", true), ("box.hoster.net", false)] {
        let world = World::with(&["example.org", "hoster.net"])
            .exchanger("example.org", 10, host)
            .mail(host, 993, Protocol::Imap, Security::Tls)
            .await
            .mail(host, 465, Protocol::Smtp, Security::Tls)
            .await;
        let by = world.discoverer().await;
        let (discovery, _) = discover(&by, "ann@example.org").await;
        let candidate = &discovery.candidates[0];
        assert_eq!(
            (candidate.place.as_str(), candidate.trusted),
            (host, trusted)
        );
        assert_eq!(candidate.outgoing[0].port, 465);
    }
}

#[tokio::test]
async fn another_protocol_on_the_port_does_not_count() {
    let world = World::with(&["example.org"])
        .mail("imap.example.org", 993, Protocol::Smtp, Security::Tls)
        .await
        .mail("pop.example.org", 995, Protocol::Imap, Security::Tls)
        .await;
    let by = world.discoverer().await;
    let (discovery, _) = discover(&by, "ann@example.org").await;
    assert!(discovery.candidates.is_empty(), "{discovery:?}");
}
