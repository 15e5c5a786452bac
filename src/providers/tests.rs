use std::collections::HashSet;

use super::*;
use crate::model::Security;

fn mailbox(address: &str) -> Mailbox {
    Mailbox::parse(address).unwrap()
}

fn known(address: &str) -> Candidate {
    let mailbox = mailbox(address);
    let provider = of_domain(mailbox.domain()).unwrap();
    provider.candidate(&mailbox).unwrap()
}

#[test]
fn every_row_is_sound() {
    let table = Table::read(table::TEXT).unwrap();
    assert!(table.rows().len() >= 80, "{} rows", table.rows().len());
    let (mut domains, mut exchangers) = (HashSet::new(), HashSet::new());
    for row in table.rows() {
        let name = &row.name;
        assert!(!row.domains.is_empty() || !row.mx.is_empty(), "{name}");
        for domain in &row.domains {
            assert!(domains.insert(domain), "{domain} is there twice");
            let plain = domain.strip_prefix("*.").unwrap_or(domain);
            assert_eq!(ascii_domain(plain).as_deref(), Some(plain), "{name}");
        }
        for exchanger in &row.mx {
            assert!(exchangers.insert(exchanger), "{exchanger} is there twice");
            assert_eq!(ascii_domain(exchanger).as_ref(), Some(exchanger), "{name}");
        }
        let provider = Provider(Box::leak(Box::new(copy(row))));
        let candidate = provider.candidate(&mailbox("a@example.org"));
        match &row.impossible {
            Some(words) => assert!(words.ends_with('.'), "{name}: {words}"),
            None => assert!(candidate.is_some(), "{name} lacks servers"),
        }
        for step in provider.preparations() {
            assert!(step.words.ends_with('.'), "{name}: {}", step.words);
        }
        let urls = row.prepare.iter().filter_map(|step| step.url.as_ref());
        for url in urls.chain(&row.url) {
            let parsed = url::Url::parse(url).unwrap();
            assert_eq!(parsed.scheme(), "https", "{name}: {url}");
        }
        assert!(!row.auth.is_empty(), "{name}");
    }
}

fn copy(row: &Row) -> Row {
    Row {
        name: row.name.clone(),
        domains: row.domains.clone(),
        mx: row.mx.clone(),
        imap: row.imap.clone(),
        pop3: row.pop3.clone(),
        smtp: row.smtp.clone(),
        username: row.username,
        incoming_username: row.incoming_username,
        auth: row.auth.clone(),
        prepare: row.prepare.clone(),
        impossible: row.impossible.clone(),
        url: row.url.clone(),
    }
}

#[test]
fn servers_of_the_table_are_encrypted_and_ports_fit() {
    for row in Table::get().rows() {
        for (protocol, places) in [
            (Protocol::Imap, &row.imap),
            (Protocol::Pop3, &row.pop3),
            (Protocol::Smtp, &row.smtp),
        ] {
            for place in places {
                assert_ne!(place.security, Security::None, "{}", row.name);
                // Proton's Bridge listens on this computer, where it can.
                if !place.host.starts_with("127.") {
                    let port = place.port_for(protocol);
                    assert!([993, 143, 995, 110, 465, 587].contains(&port), "{place:?}");
                }
            }
        }
    }
}

#[test]
fn user_names_take_the_form_each_server_wants() {
    let icloud = known("Ann.Lee@icloud.com");
    assert_eq!(icloud.incoming[0].username, "Ann.Lee");
    assert_eq!(icloud.outgoing[0].username, "Ann.Lee@icloud.com");
    assert_eq!(icloud.outgoing[0].port, 587);
    assert_eq!(icloud.outgoing[0].security, Security::StartTls);
    assert!(
        icloud
            .incoming
            .iter()
            .all(|one| one.protocol == Protocol::Imap)
    );
    assert_eq!(known("x@free.fr").outgoing[0].username, "x");
    assert_eq!(known("x@gmx.de").incoming[0].username, "x@gmx.de");
}

#[test]
fn the_best_way_of_signing_in_comes_first() {
    let gmail = known("a@gmail.com");
    let told: Vec<_> = gmail
        .incoming
        .iter()
        .map(|server| (server.protocol, server.port, server.auth))
        .collect();
    assert_eq!(
        told,
        [
            (Protocol::Imap, 993, AuthMethod::Password),
            (Protocol::Imap, 993, AuthMethod::OAuth2),
            (Protocol::Pop3, 995, AuthMethod::Password),
            (Protocol::Pop3, 995, AuthMethod::OAuth2),
        ]
    );
    assert!(gmail.preparations[0].words.contains("app password"));
    let outlook = known("a@hotmail.co.uk");
    let ways = outlook.incoming.iter().chain(&outlook.outgoing);
    assert!(
        ways.map(|one| one.auth)
            .all(|auth| auth == AuthMethod::OAuth2)
    );
}

#[test]
fn who_lets_nobody_in_is_told_with_the_way_round() {
    for (domain, word) in [
        ("proton.me", "Bridge"),
        ("tuta.com", "web page"),
        ("hey.com", "forward"),
    ] {
        let impossible = of_domain(domain).unwrap().impossible().unwrap();
        assert!(impossible.words.contains(word), "{impossible:?}");
        assert!(impossible.url.is_some());
    }
    let bridge = known("a@pm.me");
    assert_eq!(bridge.incoming[0].place(), "127.0.0.1:1143");
    assert_eq!(
        of_domain("tuta.io")
            .unwrap()
            .candidate(&mailbox("a@tuta.io")),
        None
    );
}

#[test]
fn domains_below_and_hosts_that_take_mail_are_known() {
    assert_eq!(
        of_domain("nc.rr.com").unwrap().name(),
        "Spectrum (Road Runner)"
    );
    assert!(of_domain("com").is_none());
    assert!(of_domain("notgmail.com").is_none());
    let exchanger = |host| of_mail_exchanger(host).map(Provider::name);
    assert_eq!(exchanger("ASPMX.L.Google.com."), Some("Gmail"));
    assert_eq!(
        exchanger("example-org.mail.protection.outlook.com"),
        Some("Microsoft 365")
    );
    assert_eq!(
        exchanger("outlook-com.olc.protection.outlook.com"),
        Some("Outlook.com")
    );
    assert_eq!(exchanger("in1-smtp.messagingengine.com"), Some("Fastmail"));
    assert_eq!(exchanger("mail.protonmail.ch"), Some("Proton Mail"));
    assert_eq!(exchanger("notgoogle.com"), None);
    assert_eq!(
        of_server("imap.gmail.com").map(Provider::name),
        Some("Gmail")
    );
}

#[test]
fn steps_can_be_asked_for_by_kind() {
    let gmx = of_domain("gmx.net").unwrap();
    assert!(gmx.step(StepKind::AppPassword).is_none());
    let step = gmx.step(StepKind::SwitchOn).unwrap();
    assert!(
        step.words.starts_with("GMX keeps mail programs out"),
        "{step:?}"
    );
    let told = gmx.known(Some(&mailbox("a@gmx.net")));
    assert_eq!(told.switch_on, Some(step));
    assert!(told.candidate.is_some());
}

#[test]
fn addresses_come_apart() {
    for (address, local, domain) in [
        ("ann@example.org", "ann", "example.org"),
        (" ann@Example.ORG. ", "ann", "example.org"),
        ("\"a@b\"@example.org", "\"a@b\"", "example.org"),
        ("j@bücher.example", "j", "xn--bcher-kva.example"),
    ] {
        let mailbox = Mailbox::parse(address).unwrap();
        assert_eq!((mailbox.local(), mailbox.domain()), (local, domain));
    }
    for wrong in [
        "",
        "ann",
        "ann@",
        "@example.org",
        "a b@example.org",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@exa mple.org",
        "a@-/evil",
        "a@a..b",
        "a@example.org/x",
        "a@b:25",
    ] {
        assert_eq!(Mailbox::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn slips_of_the_fingers_are_noticed() {
    for (typed, meant) in [
        ("gmial.com", Some("gmail.com")),
        ("gmail.con", Some("gmail.com")),
        ("gmai.com", Some("gmail.com")),
        ("ggmail.com", Some("gmail.com")),
        ("hotmial.com", Some("hotmail.com")),
        ("outlook.co", Some("outlook.com")),
        ("t-onlin.de", Some("t-online.de")),
        ("gmail.com", None),
        ("example.org", None),
        ("gmlia.com", None),
        ("gx.de", None),
    ] {
        assert_eq!(near(typed), meant, "{typed}");
    }
}
