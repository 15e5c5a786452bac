mod frauds;
mod honest;

use super::*;
use crate::mime;
use crate::model::{CheckedSignature, SignatureCheck, SignatureVerdict};

/// A message, and what the person knew of its author before.
struct Sample {
    what: String,
    raw: String,
    acquaintance: Acquaintance,
}

const DATE: i64 = 1_800_000_000;
const STRANGER: Acquaintance = Acquaintance {
    since: Some(DATE),
    written: false,
};
const SEEN: Acquaintance = Acquaintance {
    since: Some(DATE - 1_000_000),
    written: false,
};
const FRIEND: Acquaintance = Acquaintance {
    since: Some(DATE - 1_000_000),
    written: true,
};

fn sample(what: &str, acquaintance: Acquaintance, verdict: &str, header: &str) -> Sample {
    let judged = match verdict {
        "" => String::new(),
        words => format!("Authentication-Results: mx.birdworks.test; {words}\n"),
    };
    let raw = format!(
        "{judged}Received: from out.sender.test (out.sender.test [192.0.2.7]) by \
         mx.birdworks.test with ESMTPS id 1; Mon, 1 Jan 2027 10:00:00 +0000\n{header}\n\nHello."
    );
    Sample {
        what: what.to_owned(),
        raw: raw.replace('\n', "\r\n"),
        acquaintance,
    }
}

fn judged(sample: &Sample) -> Vec<Doubt> {
    judged_after(sample, None)
}

/// What is doubted after the author's signature was checked here, as it came
/// out.
fn judged_after(sample: &Sample, own: Option<SignatureVerdict>) -> Vec<Doubt> {
    let email = mime::parse(sample.raw.as_bytes());
    let servers = ["imap.birdworks.test".to_owned()];
    let mut authentication = mime::authentication(&email.headers, &servers);
    if let Some(verdict) = own {
        let author = email.from.first().and_then(Address::domain);
        let signature = CheckedSignature {
            verdict,
            domain: ascii_domain(author.unwrap_or_default()),
            is_authors: true,
            message: String::new(),
        };
        let check = SignatureCheck {
            signatures: vec![signature],
        };
        take_in(&mut authentication, &check);
    }
    let own = [
        Address::new("Wren Finch", "wren@birdworks.test"),
        Address::new("Wren Finch", "wren.finch@posteo.de"),
    ];
    let written_to = [
        "castellan.example",
        "gmail.com",
        "mueller-dachbau.de",
        "lighthouse-trust.org",
        "post.bücherwurm.de",
        "kestrelbank.co.uk",
    ]
    .map(ascii_domain);
    doubts(&Evidence {
        email: &email,
        authentication: &authentication,
        list: &mime::list_fields(&email),
        own: &own,
        acquaintance: sample.acquaintance,
        date: DATE,
        written_to: &written_to,
    })
}

fn kinds(sample: &Sample) -> Vec<DoubtKind> {
    judged(sample).iter().map(|doubt| doubt.kind).collect()
}

/// What warnings a corpus gives: which messages, and which of them.
fn warned(samples: &[Sample]) -> Vec<(String, Vec<DoubtKind>)> {
    let warnings = samples.iter().map(|sample| {
        let doubts = judged(sample);
        let warnings = doubts.iter().filter(|doubt| doubt.is_warning());
        (
            sample.what.clone(),
            warnings.map(|doubt| doubt.kind).collect::<Vec<_>>(),
        )
    });
    warnings.filter(|(_, kinds)| !kinds.is_empty()).collect()
}

#[test]
fn honest_mail_is_hardly_ever_warned_of() {
    let samples = honest::mail();
    assert!(samples.len() >= 200, "{}", samples.len());
    let warned = warned(&samples);
    // Passed on by a server that vouches for nothing: nobody can tell.
    assert!(
        warned.len() * 100 <= samples.len(),
        "{}: {warned:#?}",
        samples.len()
    );
}

/// Without what the server found out.
fn unjudged(sample: &Sample) -> Sample {
    let raw = match sample.raw.split_once("\r\n") {
        Some((first, rest)) if first.starts_with("Authentication-Results") => rest,
        _ => &sample.raw,
    };
    Sample {
        what: sample.what.clone(),
        raw: raw.to_owned(),
        acquaintance: sample.acquaintance,
    }
}

#[test]
fn the_own_check_alarms_nobody_about_honest_mail() {
    use SignatureVerdict::{Broken, Expired, Good, InPart, KeyWithdrawn, NoAnswer, NoKey, Testing};
    let samples: Vec<Sample> = honest::mail().iter().map(unjudged).collect();
    let mut by_list = 0;
    for verdict in [
        Good,
        InPart,
        Testing,
        Expired,
        NoKey,
        KeyWithdrawn,
        NoAnswer,
        Broken,
    ] {
        let warned = samples.iter().filter(|sample| {
            // Lists break signatures by what they add; others do not.
            let is_by_list = sample.raw.contains("\r\nList-Id:");
            if verdict == Broken && !is_by_list {
                return false;
            }
            by_list += usize::from(verdict == Broken);
            let without = judged(sample);
            let mut added = judged_after(sample, Some(verdict)).into_iter();
            added.any(|doubt| doubt.is_warning() && !without.contains(&doubt))
        });
        let warned: Vec<_> = warned.map(|sample| sample.what.as_str()).collect();
        assert!(
            warned.len() * 100 <= samples.len(),
            "{verdict:?}: {warned:#?}"
        );
    }
    assert!(by_list >= 10, "{by_list}");
}

#[test]
fn the_own_check_counts_where_no_server_said_anything() {
    use SignatureVerdict::{Broken, Good};
    let header = "From: Ada <ada@x.test>\nTo: wren@birdworks.test";
    let by_list = "List-Id: <birds.lists.test>\nFrom: Ada <ada@x.test>\nTo: birds@lists.test";
    let company = "List-Id: <a.lists.test>\nFrom: <service@paypal.com>\nTo: birds@lists.test";
    for (judged, header, verdict, warns) in [
        ("", header, Broken, true),
        ("", header, Good, false),
        ("", by_list, Broken, false),
        // It writes to no list, whatever a header says.
        ("", company, Broken, true),
        ("dkim=pass header.d=x.test", header, Broken, false),
        ("dmarc=pass header.from=x.test", header, Broken, false),
        ("dmarc=fail header.from=x.test", header, Good, true),
        ("spf=pass smtp.mailfrom=a@x.test", header, Broken, false),
    ] {
        let doubts = judged_after(&sample("", SEEN, judged, header), Some(verdict));
        let warned = doubts.iter().any(Doubt::is_warning);
        assert_eq!(warned, warns, "{judged} {header} {verdict:?} {doubts:?}");
    }
}

#[test]
fn frauds_are_warned_of() {
    let samples = frauds::mail();
    assert!(samples.len() >= 60, "{}", samples.len());
    let warned = warned(&samples);
    let missed: Vec<&str> = samples
        .iter()
        .map(|sample| sample.what.as_str())
        .filter(|what| warned.iter().all(|(other, _)| other != what))
        .collect();
    assert!(missed.is_empty(), "{missed:#?}");
}

#[test]
fn each_fraud_is_called_what_it_is() {
    for sample in frauds::mail() {
        let (kind, _) = sample.what.split_once(':').unwrap();
        let found = kinds(&sample);
        let names: Vec<String> = found
            .iter()
            .map(|kind| {
                serde_json::to_value(kind)
                    .unwrap()
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        assert!(
            names.iter().any(|name| name == kind),
            "{}: {names:?}",
            sample.what
        );
    }
}

#[test]
fn a_stranger_is_told_of_without_alarm_and_only_once() {
    let header = "From: Ada <ada@x.test>\nTo: wren@birdworks.test";
    let first = |acquaintance| {
        let doubts = judged(&sample("", acquaintance, "", header));
        assert!(doubts.iter().all(|doubt| !doubt.is_warning()));
        doubts.len()
    };
    assert_eq!(first(STRANGER), 1);
    assert_eq!(first(Acquaintance::default()), 1);
    assert_eq!(first(SEEN), 0);
    assert_eq!(first(FRIEND), 0);
    let written = Acquaintance {
        written: true,
        ..STRANGER
    };
    assert_eq!(first(written), 0);
}

#[test]
fn every_doubt_says_what_and_what_to_do() {
    for sample in frauds::mail() {
        for doubt in judged(&sample) {
            for words in [&doubt.message, &doubt.why, &doubt.advice] {
                assert!(words.ends_with('.'), "{words}");
                assert!(words.len() > 20, "{words}");
            }
        }
    }
}

#[test]
fn hidden_characters_are_left_out_of_names_and_told_of_where_they_turn_letters_round() {
    let header = "From: \u{202e}lapyaP\u{200b} <x@mail\u{202d}er.test>\nTo: wren@birdworks.test";
    let sample = sample("", SEEN, "", header);
    assert_eq!(kinds(&sample), [DoubtKind::HiddenCharacters]);
    let from = &mime::parse(sample.raw.as_bytes()).from[0];
    assert_eq!(
        (from.name.as_str(), from.address.as_str()),
        ("lapyaP", "x@mailer.test")
    );
}

#[test]
fn links_are_asked_about_where_they_lead_elsewhere() {
    for (shown, target, asks) in [
        ("https://www.paypal.com/login", "https://evil.com/x", true),
        ("www.paypal.com", "http://paypal.com.evil.com/", true),
        ("paypal.com", "https://paypal.com@evil.com/", true),
        ("paypal.com", "https://evil.com\\@paypal.com/", true),
        ("https://paypal.com", "https://xn--pypal-4ve.com", true),
        ("(https://bank.co.uk)", "https://other.co.uk", true),
        // The same owner, whatever the rest.
        ("paypal.com", "https://www.paypal.com/a?b", false),
        (
            "https://paypal.com:443",
            "http://click.paypal.com:80/x",
            false,
        ),
        ("PayPal.COM", "https://paypal.com.", false),
        ("bücher.de", "https://shop.xn--bcher-kva.de", false),
        // No domain is shown.
        ("Click here", "https://evil.com", false),
        ("See paypal.com for more", "https://evil.com", false),
        ("report.final.v2", "https://evil.com", false),
        ("3.5", "https://evil.com", false),
        ("ada@paypal.com", "https://evil.com", false),
        ("paypal.com", "mailto:ada@evil.com", false),
        ("", "https://evil.com", false),
        // What the link itself looks like.
        (
            "https://paypal.com@evil.com/",
            "https://paypal.com@evil.com/",
            true,
        ),
        (
            "https://paypal.com:x@evil.com/",
            "https://paypal.com:x@evil.com/",
            true,
        ),
        (
            "https://ada:x@paypal.com/",
            "https://ada:x@paypal.com/",
            false,
        ),
        ("Sign in", "https://xn--pypal-4ve.com/", true),
        ("Sign in", "https://p\u{430}ypal.com/", true),
        ("Bücher", "https://xn--bcher-kva.de", false),
        ("Почта", "https://почта.рф/x", false),
    ] {
        let doubt = deceptive_link(shown, target);
        assert_eq!(doubt.is_some(), asks, "{shown} {target}");
    }
    let doubt = deceptive_link("paypal.com", "https://paypal.com@evil.com/").unwrap();
    assert_eq!(
        doubt.message,
        "This link shows paypal.com, but leads to evil.com."
    );
    let doubt = deceptive_link("Sign in", "https://p\u{430}ypal.com/").unwrap();
    assert!(doubt.why.contains("xn--pypal-4ve.com"), "{}", doubt.why);
}

#[test]
fn links_lose_what_counts_clicks_and_nothing_else() {
    for (link, cleaned) in [
        (
            "https://x.test/a?utm_source=n&id=3&UTM_Medium=e",
            Some("https://x.test/a?id=3"),
        ),
        ("https://x.test/?fbclid=1", Some("https://x.test/")),
        (
            "http://x.test?mc_eid=a%20b&q=1%26utm_x=2#top?gclid=1",
            Some("http://x.test?q=1%26utm_x=2#top?gclid=1"),
        ),
        ("https://x.test/a?b=utm_source&c&&d=", None),
        ("https://x.test/utm_source=1#?utm_source=2", None),
        ("https://x.test/", None),
        ("mailto:a@x.test?utm_source=1", None),
    ] {
        assert_eq!(untracked(link).as_deref(), cleaned, "{link}");
        // Once is enough.
        assert_eq!(cleaned.and_then(untracked), None, "{link}");
    }
}
