//! Messages that are signed here, and what becomes of them on their way.

use mail_auth::common::crypto::{Ed25519Key, RsaKey, Sha256, SigningKey};
use mail_auth::common::headers::HeaderWriter;
use mail_auth::dkim::{Canonicalization, DkimSigner, Done};

use super::*;
use crate::model::SignatureVerdict as Verdict;

const LETTER: &str = "From: Ada <ada@example.org>\r\nTo: wren@birdworks.test\r\n\
    Subject: Lens  for the hide\r\nDate: Mon, 1 Jan 2027 10:00:00 +0000\r\n\r\n\
    Hello Wren,\r\n\r\nbring the  long one.\r\n";

/// Made for these tests, with 2048 bits.
const RSA: &str = include_str!("tests/rsa2048.pem");

/// Another, with 512.
const SHORT: &str = "v=DKIM1; k=rsa; p=MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALRQVLGXbKvkvYT4ocRjOOkK\
    TcM1EDoP28cCfgQvRJOIfQAURTVRebLAnhNN9JcIar4hdzdkqrlWGZQydIEBzA0CAwEAAQ==";

#[expect(
    deprecated,
    reason = "its successor takes a type of a crate that only `net` uses"
)]
fn rsa() -> RsaKey<Sha256> {
    RsaKey::from_pkcs8_pem(RSA).unwrap()
}

fn ed25519() -> Ed25519Key {
    Ed25519Key::from_seed_and_public_key(
        &data_encoding::BASE64
            .decode(b"nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
            .unwrap(),
        &data_encoding::BASE64.decode(ED_PUBLIC.as_bytes()).unwrap(),
    )
    .unwrap()
}

/// Of RFC 8463, appendix A.
const ED_PUBLIC: &str = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

fn signer<K: SigningKey>(key: K, domain: &str) -> DkimSigner<K, Done> {
    DkimSigner::from_key(key)
        .domain(domain)
        .selector("s1")
        .headers(["From", "To", "Subject", "Date"])
}

fn sign<K: SigningKey<Hasher = Sha256>>(with: &DkimSigner<K, Done>, letter: &str) -> String {
    let signature = with.sign(letter.as_bytes()).unwrap();
    format!("{}{letter}", signature.to_header())
}

fn texts(texts: &[&str]) -> Published {
    Published::Texts(texts.iter().map(|text| text.as_bytes().to_vec()).collect())
}

fn ed_key() -> Published {
    texts(&[&format!("v=DKIM1; k=ed25519; p={ED_PUBLIC}")])
}

fn rsa_key() -> Published {
    let public = data_encoding::BASE64.encode(&rsa().public_key());
    texts(&[&format!("v=DKIM1; k=rsa; p={public}")])
}

fn keys<const N: usize>(all: [(&str, Published); N]) -> Keys {
    all.into_iter()
        .map(|(domain, published)| (format!("s1._domainkey.{domain}"), published))
        .collect()
}

const ARRIVED: i64 = 1_800_000_000;

fn signed(raw: &str) -> Signed<'_> {
    Signed {
        raw: raw.as_bytes(),
        author: "example.org",
        by_list: false,
        arrived: ARRIVED,
    }
}

fn verdicts(raw: &str, keys: &Keys) -> Vec<Verdict> {
    let check = signed(raw).check(keys);
    check.signatures.iter().map(|one| one.verdict).collect()
}

/// What Ada's letter comes to, signed by her domain, with that key.
fn verdict(raw: &str, key: Published) -> Verdict {
    let [verdict] = verdicts(raw, &keys([("example.org", key)]))[..] else {
        panic!("{raw}");
    };
    verdict
}

fn by_ada() -> String {
    sign(&signer(ed25519(), "example.org"), LETTER)
}

#[test]
fn a_signature_holds_until_something_is_changed() {
    use Canonicalization::{Relaxed, Simple};
    for (header, body) in [(Relaxed, Relaxed), (Simple, Simple), (Relaxed, Simple)] {
        let rsa = signer(rsa(), "example.org")
            .header_canonicalization(header)
            .body_canonicalization(body);
        let ed = signer(ed25519(), "example.org")
            .header_canonicalization(header)
            .body_canonicalization(body);
        for (raw, key) in [
            (sign(&rsa, LETTER), rsa_key as fn() -> Published),
            (sign(&ed, LETTER), ed_key),
        ] {
            assert_eq!(verdict(&raw, key()), Verdict::Good);
            for (from, to) in [
                ("bring", "leave"),
                ("Lens  for", "Lens, for"),
                ("ada@example.org", "eve@example.org"),
                ("+0000", "+0100"),
                ("long one.\r\n", "long one.\r\nAnd pay.\r\n"),
            ] {
                let changed = raw.replace(from, to);
                assert_ne!(changed, raw);
                assert_eq!(verdict(&changed, key()), Verdict::Broken, "{to}");
            }
            // Where blanks do not count.
            let head = raw.replace("Lens  for", "Lens for");
            let text = raw.replace("the  long", "the long");
            let expected = |relaxed| {
                if relaxed {
                    Verdict::Good
                } else {
                    Verdict::Broken
                }
            };
            assert_eq!(verdict(&head, key()), expected(header == Relaxed));
            assert_eq!(verdict(&text, key()), expected(body == Relaxed));
            // What is written above is nobody's business.
            let passed = format!("Received: from a by b; now\r\n{raw}");
            assert_eq!(verdict(&passed, key()), Verdict::Good);
        }
    }
}

#[test]
fn the_example_of_the_standard_holds() {
    let raw = include_str!("tests/rfc8463.eml").replace('\n', "\r\n");
    let letter = Signed {
        author: "football.example.com",
        ..signed(&raw)
    };
    let rsa = "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6\
        Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqM\
        KrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
    let wanted: Vec<_> = letter
        .keys_wanted()
        .into_iter()
        .map(|key| key.name)
        .collect();
    let [ed_at, rsa_at] =
        ["brisbane", "test"].map(|s| format!("{s}._domainkey.football.example.com"));
    assert_eq!(wanted, [ed_at.as_str(), &rsa_at]);
    let mut keys = Keys::from([(ed_at, ed_key())]);
    let verdicts = |keys: &Keys| -> Vec<Verdict> {
        let check = letter.check(keys);
        check.signatures.iter().map(|one| one.verdict).collect()
    };
    assert_eq!(verdicts(&keys), [Verdict::Good, Verdict::Unchecked]);
    keys.insert(rsa_at, texts(&[rsa]));
    // Twice the same: told once.
    assert_eq!(verdicts(&keys), [Verdict::Good]);
}

#[test]
fn what_is_published_decides() {
    let raw = by_ada();
    let rsa_raw = sign(&signer(rsa(), "example.org"), LETTER);
    let other = "v=DKIM1; k=ed25519; p=O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik=";
    for (raw, published, expected) in [
        (&raw, texts(&[other]), Verdict::Broken),
        (&raw, Published::Nothing, Verdict::NoKey),
        (&raw, texts(&["v=spf1 -all"]), Verdict::NoKey),
        (
            &raw,
            texts(&["v=DKIM1; k=ed25519; p="]),
            Verdict::KeyWithdrawn,
        ),
        (&raw, texts(&["v=DKIM1; k=ed25519; p=!!"]), Verdict::NoKey),
        (
            &raw,
            texts(&["v=DKIM1; k=none; p=AAAA"]),
            Verdict::Unreadable,
        ),
        (
            &raw,
            Published::NoAnswer("nobody is at home".into()),
            Verdict::NoAnswer,
        ),
        // A key of another kind.
        (&raw, rsa_key(), Verdict::Unreadable),
        (&rsa_raw, texts(&[SHORT]), Verdict::Forgeable),
        // Another text at the same name.
        (
            &raw,
            texts(&["v=spf1 -all", &format!("k=ed25519; p={ED_PUBLIC}")]),
            Verdict::Good,
        ),
        // Only trying.
        (&raw, texts(&[&format!("{other}; t=y")]), Verdict::Testing),
        (
            &raw,
            texts(&[&format!("k=ed25519; t=y:s; p={ED_PUBLIC}")]),
            Verdict::Good,
        ),
    ] {
        assert_eq!(verdict(raw, published.clone()), expected, "{published:?}");
    }
    assert_eq!(verdicts(&raw, &Keys::new()), [Verdict::Unchecked]);
}

#[test]
fn no_key_is_wanted_where_it_would_change_nothing() {
    let raw = by_ada();
    let wanted = |raw: &str| -> Vec<String> {
        let keys = signed(raw).keys_wanted();
        keys.into_iter().map(|key| key.name).collect()
    };
    assert_eq!(wanted(&raw), ["s1._domainkey.example.org"]);
    let twice = sign(&signer(ed25519(), "Example.ORG"), &raw);
    assert_eq!(wanted(&twice).len(), 1);
    assert_eq!(wanted(LETTER), Vec::<String>::new());
    assert_eq!(wanted(&raw.replace("bring", "leave")), Vec::<String>::new());
    // Whatever reports and other signers somebody asks for.
    let asking = signer(ed25519(), "mailer.test")
        .reporting(true)
        .atps("example.org");
    let asking = sign(&asking, LETTER);
    assert_eq!(wanted(&asking), ["s1._domainkey.mailer.test"]);
    let checked = verdicts(&asking, &keys([("mailer.test", ed_key())]));
    assert_eq!(checked, [Verdict::Good]);
}

#[test]
fn weak_signatures_prove_nothing() {
    let part = signer(ed25519(), "example.org").body_length(true);
    let part = sign(&part, LETTER);
    assert_eq!(verdict(&part, ed_key()), Verdict::InPart);
    let more = format!("{part}<p>Pay here</p>\r\n");
    assert_eq!(verdict(&more, ed_key()), Verdict::InPart);

    let raw = by_ada();
    for above in ["From: Eve <eve@example.org>", "Subject: Pay"] {
        let doubled = format!("{above}\r\n{raw}");
        assert_eq!(verdict(&doubled, ed_key()), Verdict::SenderNotSigned);
    }
    let nameless = DkimSigner::from_key(ed25519())
        .domain("example.org")
        .selector("s1")
        .headers(["Subject"]);
    let nameless = sign(&nameless, LETTER);
    assert_eq!(verdict(&nameless, ed_key()), Verdict::SenderNotSigned);

    let old = sign(&signer(rsa(), "example.org"), LETTER).replace("rsa-sha256", "rsa-sha1");
    assert_eq!(verdict(&old, rsa_key()), Verdict::Forgeable);
}

#[test]
fn what_counts_is_when_it_arrived() {
    let raw = sign(&signer(ed25519(), "example.org").expiration(60), LETTER);
    let now = chrono::Utc::now().timestamp();
    for (arrived, expected) in [
        (now - 30, Verdict::Good),
        (now + 30, Verdict::Good),
        (now + 90, Verdict::Expired),
    ] {
        let check = Signed {
            arrived,
            ..signed(&raw)
        }
        .check(&keys([("example.org", ed_key())]));
        assert_eq!(check.signatures[0].verdict, expected);
    }
}

#[test]
fn the_authors_signature_comes_first_and_others_prove_nothing_of_the_author() {
    let mailer = sign(&signer(rsa(), "mailer.test"), &by_ada());
    let all = keys([("example.org", ed_key()), ("mailer.test", rsa_key())]);
    let check = signed(&mailer).check(&all);
    let told: Vec<_> = check
        .signatures
        .iter()
        .map(|one| (one.domain.as_str(), one.is_authors))
        .collect();
    assert_eq!(told, [("example.org", true), ("mailer.test", false)]);
    let sentences = check.sentences();
    assert_eq!(sentences[0], "Signed by example.org, unchanged since.");
    assert!(
        sentences[1].contains("does not prove that it is from example.org"),
        "{sentences:?}"
    );
    // A part of the same owner's is as good.
    let part = sign(&signer(rsa(), "news.example.org"), LETTER);
    let check = signed(&part).check(&keys([("news.example.org", rsa_key())]));
    assert!(check.signatures[0].is_authors);
    // Its own broken, another's good: the own is told first.
    let broken = keys([
        (
            "example.org",
            texts(&["k=ed25519; p=O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik="]),
        ),
        ("mailer.test", rsa_key()),
    ]);
    assert_eq!(verdicts(&mailer, &broken), [Verdict::Broken, Verdict::Good]);
}

#[test]
fn what_no_signature_is_and_what_is_too_many() {
    assert_eq!(
        signed(LETTER).check(&Keys::new()).sentences(),
        ["This message has no signature."]
    );
    for bad in [
        "v=1; d=example.org",
        "nonsense",
        "v=1; a=rot13; d=x; s=y; h=from; bh=AA==; b=AA==",
    ] {
        let raw = format!("DKIM-Signature: {bad}\r\n{LETTER}");
        let check = signed(&raw).check(&Keys::new());
        assert_eq!(
            check.sentences(),
            ["A signature of this message cannot be read."]
        );
    }
    let evil = by_ada().replace("s=s1", "s=a b\u{202e}/../c");
    assert_eq!(signed(&evil).keys_wanted(), []);
    let raw = by_ada();
    let signature = raw
        .split_inclusive("\r\nFrom:")
        .next()
        .unwrap()
        .trim_end_matches("From:")
        .to_owned();
    let eight = format!("{}{LETTER}", signature.repeat(MOST));
    let nine = format!("{signature}{eight}");
    assert_eq!(
        verdicts(&eight, &keys([("example.org", ed_key())])),
        [Verdict::Good]
    );
    assert_eq!(signed(&nine).keys_wanted(), []);
    let told = signed(&nine).check(&Keys::new());
    assert!(told.sentences()[0].contains("more than 8 signatures"));
}

#[test]
fn every_verdict_is_a_sentence_of_its_own() {
    let all = [
        Verdict::Good,
        Verdict::InPart,
        Verdict::SenderNotSigned,
        Verdict::Broken,
        Verdict::Testing,
        Verdict::Expired,
        Verdict::Forgeable,
        Verdict::NoKey,
        Verdict::KeyWithdrawn,
        Verdict::Unreadable,
        Verdict::NoAnswer,
        Verdict::Unchecked,
    ];
    let raw = LETTER.to_owned();
    let mut told: Vec<String> = all
        .map(|verdict| {
            let judged = Judged {
                verdict,
                domain: "example.org".into(),
                key: "s1._domainkey.example.org".into(),
            };
            let silent = keys([(
                "example.org",
                Published::NoAnswer("the line is dead".into()),
            )]);
            words::checked(judged, &signed(&raw), &silent).message
        })
        .to_vec();
    assert!(
        told.iter()
            .all(|words| words.ends_with('.') && words.contains("example.org"))
    );
    assert!(
        told.iter()
            .any(|words| words.ends_with("could not be fetched: the line is dead."))
    );
    told.sort();
    told.dedup();
    assert_eq!(told.len(), all.len());
}
