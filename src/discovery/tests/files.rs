//! Reading settings files.

use super::mailbox;
use crate::discovery::autoconfig::{self, Config};
use crate::discovery::autodiscover;
use crate::discovery::candidate::Origin;
use crate::model::{AuthMethod, Candidate, DiscoverySource, Protocol, Security};

const WHOLE: &str = include_str!("../../../tests/fixtures/autoconfig/whole.xml");
const ODD: &str = include_str!("../../../tests/fixtures/autoconfig/odd.xml");
const OPEN: &str = include_str!("../../../tests/fixtures/autoconfig/open.xml");
const AUTODISCOVER: &str = include_str!("../../../tests/fixtures/autoconfig/autodiscover.xml");

fn read(file: &str) -> Config {
    autoconfig::read(file.as_bytes(), &mailbox("ann.lee@example.org")).unwrap()
}

fn offer(config: Config) -> Option<Candidate> {
    let origin = Origin {
        source: DiscoverySource::Ispdb,
        place: "https://ispdb.example/".to_owned(),
        trusted: true,
    };
    origin.offer(config)
}

/// Each server in a line.
fn told(candidate: &Candidate) -> Vec<String> {
    let servers = candidate.incoming.iter().chain(&candidate.outgoing);
    let line = servers.map(|one| {
        let (name, place) = (one.protocol.name(), one.place());
        format!(
            "{name} {place} {:?} {} {:?}",
            one.security, one.username, one.auth
        )
    });
    line.collect()
}

#[test]
fn a_file_is_read_for_the_domain_and_the_rest_is_passed_over() {
    let candidate = offer(read(WHOLE)).unwrap();
    assert_eq!(
        told(&candidate),
        [
            "IMAP imap.example.org:993 Tls ann.lee@example.org Password",
            "IMAP imap.example.org:993 Tls ann.lee@example.org OAuth2",
            "POP3 pop.example.org:995 Tls ann.lee Password",
            "SMTP smtp.example.org:587 StartTls ann.lee.example.org Password",
        ]
    );
    assert_eq!(candidate.provider.as_deref(), Some("Example & Sons Mail"));
    assert!(candidate.trusted);
    let steps: Vec<_> = candidate
        .preparations
        .iter()
        .map(|step| (step.words.as_str(), step.url.as_deref()))
        .collect();
    assert_eq!(
        steps,
        [
            (
                "Allow IMAP first.",
                Some("https://www.example.org/settings")
            ),
            ("Read the terms.", None),
        ]
    );
}

#[test]
fn a_domain_that_no_section_names_gets_the_first() {
    let config = autoconfig::read(WHOLE.as_bytes(), &mailbox("a@third.example")).unwrap();
    assert_eq!(config.servers[0].host, "imap.other.example");
    assert_eq!(config.servers[0].username, "a@third.example");
}

#[test]
fn a_server_that_makes_no_sense_is_left_out_alone() {
    let candidate = offer(read(ODD)).unwrap();
    assert_eq!(
        told(&candidate),
        [
            "IMAP mail.example.org:1993 Tls ann.lee@example.org Password",
            "POP3 pop.example.org:110 StartTls shop Password",
            "SMTP smtp.example.org:587 Tls  None",
            "SMTP home.example.org:25 StartTls  None",
        ]
    );
    assert_eq!(candidate.provider, None);
}

#[test]
fn servers_without_encryption_are_marked() {
    let candidate = offer(read(OPEN)).unwrap();
    assert!(!candidate.trusted);
    assert_eq!(candidate.incoming[0].security, Security::None);
    let warning = &candidate.preparations[0].words;
    assert!(
        warning.contains("pop.example.org:110 and smtp.example.org:587 is not encrypted"),
        "{warning}"
    );
}

#[test]
fn other_documents_are_refused() {
    let deep = format!("{}{}", "<a>".repeat(30_000), "</a>".repeat(30_000));
    let nested = format!("<clientConfig>{}</clientConfig>", "<a>".repeat(5000));
    let entities = "<!DOCTYPE x [<!ENTITY a \"b\">]><clientConfig><emailProvider>&a;</emailProvider></clientConfig>";
    for other in [
        "",
        "Not found",
        "<!DOCTYPE html><html><body>Welcome</body></html>",
        "<html><body><p>Welcome</body></html>",
        "<clientConfig version=\"1.1\"/>",
        "<clientConfig><emailProvider>",
        entities,
        &deep,
        &nested,
    ] {
        let outcome = autoconfig::read(other.as_bytes(), &mailbox("a@example.org"));
        assert!(outcome.is_err(), "{other:.60}");
        assert!(autodiscover::read(other.as_bytes(), &mailbox("a@example.org")).is_err());
    }
    let empty = "<clientConfig><emailProvider/></clientConfig>";
    assert_eq!(offer(read(empty)), None);
}

#[test]
fn a_byte_order_mark_and_bytes_that_are_no_text_do_no_harm() {
    let mut file = b"\xEF\xBB\xBF".to_vec();
    file.extend_from_slice(&WHOLE.replace("Sons", "S\u{f6}hne").into_bytes());
    let config = autoconfig::read(&file, &mailbox("a@example.org")).unwrap();
    assert_eq!(config.servers.len(), 4);
    let latin = WHOLE.as_bytes().to_vec();
    let latin: Vec<u8> = latin
        .into_iter()
        .map(|b| if b == b'&' { 0xE9 } else { b })
        .collect();
    // Whatever comes of it, it is an answer.
    drop(autoconfig::read(&latin, &mailbox("a@example.org")));
}

#[test]
fn autodiscover_names_imap_pop3_and_smtp_only() {
    let servers = autodiscover::read(AUTODISCOVER.as_bytes(), &mailbox("ann@example.org")).unwrap();
    let candidate = offer(Config {
        servers,
        ..Config::default()
    });
    assert_eq!(
        told(&candidate.unwrap()),
        [
            "IMAP imap.example.org:993 Tls ann@example.org Password",
            "POP3 pop.example.org:110 StartTls ann Password",
            "SMTP smtp.example.org:587 StartTls customer-17 Password",
        ]
    );
}

/// A generator of numbers that always tells the same story.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// A copy with a few bytes lost, changed, doubled or cut.
fn damaged(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut copy = file.to_vec();
    for _ in 0..=dice.below(6) {
        if copy.is_empty() {
            break;
        }
        let at = dice.below(copy.len());
        match dice.below(5) {
            0 => copy.truncate(at),
            1 => drop(copy.remove(at)),
            2 => copy[at] = u8::try_from(dice.below(256)).unwrap(),
            3 => copy[at] = b"<>&%\"'/ "[dice.below(8)],
            _ => {
                let end = (at + dice.below(200)).min(copy.len());
                let piece = copy[at..end].to_vec();
                copy.splice(at..at, piece);
            }
        }
    }
    copy
}

fn survive(file: &[u8], times: usize, dice: &mut Dice) {
    for _ in 0..times {
        let copy = damaged(file, dice);
        if let Ok(config) = autoconfig::read(&copy, &mailbox("ann@example.org")) {
            drop(offer(config));
        }
        drop(autodiscover::read(&copy, &mailbox("ann@example.org")));
    }
}

#[test]
fn damaged_files_never_bring_the_program_down() {
    let mut dice = Dice(17);
    for file in [WHOLE, ODD, OPEN, AUTODISCOVER] {
        survive(file.as_bytes(), 2000, &mut dice);
    }
}

/// Reads the whole public database: `WAXWING_ISPDB` names the folder.
#[test]
#[ignore = "needs a copy of the database: WAXWING_ISPDB=FOLDER"]
fn the_whole_database_is_read() {
    let folder = std::env::var("WAXWING_ISPDB").unwrap();
    let mut dice = Dice(23);
    let (mut files, mut open, mut counts) = (0, 0, [0; 3]);
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let domain = path.file_stem().unwrap().to_str().unwrap();
        let who = mailbox(&format!("ann@{domain}"));
        let config = autoconfig::read(&bytes, &who)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        for server in &config.servers {
            counts[match server.protocol {
                Protocol::Imap => 0,
                Protocol::Pop3 => 1,
                Protocol::Smtp => 2,
            }] += 1;
            assert!(!server.username.contains('%'), "{}", path.display());
        }
        let incoming = |server: &&autoconfig::Server| server.protocol != Protocol::Smtp;
        let is_open = |server: autoconfig::Server| server.security == Security::None;
        open += usize::from(config.servers.iter().filter(incoming).cloned().all(is_open));
        let candidate = offer(config).unwrap();
        assert!(candidate.is_complete(), "{}", path.display());
        let first = &candidate.incoming[0];
        assert_eq!(
            first.security == Security::None,
            !candidate.trusted,
            "{first:?}"
        );
        assert_ne!(first.auth, AuthMethod::None);
        files += 1;
        survive(&bytes, 100, &mut dice);
    }
    assert_eq!((files, counts), (163, [142, 165, 202]));
    assert_eq!(open, 34);
}
