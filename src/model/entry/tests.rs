use super::*;
use crate::model::{Password, Protocol, Security};

use Protocol::{Imap, Pop3, Smtp};
use Security::{StartTls, Tls};

type Told = (
    &'static str,
    Option<u16>,
    Option<Protocol>,
    Option<Security>,
    Option<&'static str>,
);

const SERVERS: &[(&str, Told)] = &[
    (
        "mail.example.org",
        ("mail.example.org", None, None, None, None),
    ),
    ("localhost", ("localhost", None, None, None, None)),
    (
        "127.0.0.1:1143",
        ("127.0.0.1", Some(1143), None, None, None),
    ),
    ("::1", ("::1", None, None, None, None)),
    (
        "[2001:db8::1]:993",
        ("2001:db8::1", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "mail.example.org:993",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "mail.example.org:587",
        (
            "mail.example.org",
            Some(587),
            Some(Smtp),
            Some(StartTls),
            None,
        ),
    ),
    (
        "mail.example.org:4711",
        ("mail.example.org", Some(4711), None, None, None),
    ),
    (
        "imaps://ann@mail.example.org:993",
        (
            "mail.example.org",
            Some(993),
            Some(Imap),
            Some(Tls),
            Some("ann"),
        ),
    ),
    (
        "imaps://mail.example.org/INBOX",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "imap://ann;AUTH=*@mail.example.org/",
        ("mail.example.org", None, Some(Imap), None, Some("ann")),
    ),
    (
        "IMAPS://ann%40example.org@mail.example.org",
        (
            "mail.example.org",
            Some(993),
            Some(Imap),
            Some(Tls),
            Some("ann@example.org"),
        ),
    ),
    (
        "imaps://ann@example.org@mail.example.org",
        (
            "mail.example.org",
            Some(993),
            Some(Imap),
            Some(Tls),
            Some("ann@example.org"),
        ),
    ),
    (
        "imap://mail.example.org:993",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "pop3s://pop.example.org",
        ("pop.example.org", Some(995), Some(Pop3), Some(Tls), None),
    ),
    (
        "pop://pop.example.org",
        ("pop.example.org", None, Some(Pop3), None, None),
    ),
    (
        "smtp://smtp.example.org",
        ("smtp.example.org", None, Some(Smtp), None, None),
    ),
    (
        "smtps://smtp.example.org",
        ("smtp.example.org", Some(465), Some(Smtp), Some(Tls), None),
    ),
    (
        "submission://smtp.example.org",
        (
            "smtp.example.org",
            Some(587),
            Some(Smtp),
            Some(StartTls),
            None,
        ),
    ),
    (
        "ssl://mail.example.org:9993",
        ("mail.example.org", Some(9993), None, Some(Tls), None),
    ),
    (
        "https://mail.example.org/webmail/?a=b",
        ("mail.example.org", None, None, None, None),
    ),
    (
        "http://mail.example.org:8080",
        ("mail.example.org", None, None, None, None),
    ),
    (
        "ann@mail.example.org",
        (
            "mail.example.org",
            None,
            None,
            None,
            Some("ann@mail.example.org"),
        ),
    ),
    (
        "ann@mail.example.org:993",
        (
            "mail.example.org",
            Some(993),
            Some(Imap),
            Some(Tls),
            Some("ann@mail.example.org"),
        ),
    ),
    (
        "mail.example.org 993",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "mail.example.org, port: 993",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "mail.example.org :993",
        ("mail.example.org", Some(993), Some(Imap), Some(Tls), None),
    ),
    (
        "mail.example.org:",
        ("mail.example.org", None, None, None, None),
    ),
    (
        "mail.example.org/",
        ("mail.example.org", None, None, None, None),
    ),
    ("bücher.example", ("bücher.example", None, None, None, None)),
];

#[test]
fn a_server_is_understood_however_it_is_written() {
    for (typed, wanted) in SERVERS {
        let entry = server(typed).unwrap_or_else(|fault| panic!("{typed}: {fault:?}"));
        let told = (
            entry.host.as_str(),
            entry.port,
            entry.protocol,
            entry.security,
            entry.username.as_deref(),
        );
        assert_eq!(told, *wanted, "{typed}");
    }
}

#[test]
fn what_was_taken_out_of_a_server_is_told() {
    use Remark::{
        Address, BlankBefore, BlankBehind, BlankWithin, Dash, FullWidth, Invisible, LineEnd,
        Punctuation, Quoted, WebPage,
    };
    let table: &[(&str, &[Remark])] = &[
        ("mail.example.org", &[]),
        ("mail.example.org ", &[BlankBehind]),
        (" mail.example.org", &[BlankBefore]),
        (
            "\u{a0}mail.example.org\u{3000}",
            &[BlankBefore, BlankBehind],
        ),
        ("mail.example.org\r\n", &[LineEnd]),
        ("mail.example.org \n", &[LineEnd, BlankBehind]),
        ("mail.\u{200b}example.org", &[Invisible]),
        ("\u{feff}mail.example.org\u{200e}", &[Invisible]),
        ("mail.exam\u{ad}ple.org", &[Invisible]),
        ("mail.example.org\0", &[Invisible]),
        ("ｍａｉｌ．ｅｘａｍｐｌｅ．ｏｒｇ", &[FullWidth]),
        ("mail。example。org", &[FullWidth]),
        ("mail.example.org.", &[Punctuation]),
        ("mail.example.org,", &[Punctuation]),
        ("“mail.example.org”", &[Quoted]),
        ("<mail.example.org>", &[Quoted]),
        ("mail. example .org", &[BlankWithin]),
        ("https://mail.example.org/", &[WebPage]),
    ];
    for (typed, wanted) in table {
        let entry = server(typed).unwrap_or_else(|fault| panic!("{typed}: {fault:?}"));
        assert_eq!(entry.host, "mail.example.org", "{typed:?}");
        assert_eq!(entry.remarks, *wanted, "{typed:?}");
    }
    let dash = server("mx\u{2013}1.example.org").unwrap();
    assert_eq!(
        (dash.host.as_str(), dash.remarks),
        ("mx-1.example.org", vec![Dash])
    );
    let address = server("ann@example.org").unwrap();
    assert_eq!(address.remarks, [Address, Remark::Named(vec!["user name"])]);
    let all = server("imaps://ann:secret@mail.example.org").unwrap();
    assert_eq!(
        words_of(&all.remarks),
        "A password stood in it and was left out. Taken from it: port, security and user name."
    );
    assert!(!format!("{all:?}").contains("secret"));
}

#[test]
fn what_names_no_server_is_told_apart() {
    for (typed, fault) in [
        ("", ServerFault::Missing),
        ("  \n", ServerFault::Missing),
        ("imaps://", ServerFault::Missing),
        ("my mail", ServerFault::Blank),
        ("mail.example.org IMAP", ServerFault::Blank),
        ("mail,example,org", ServerFault::Comma),
        ("mail.example.org:0", ServerFault::BadPort),
        ("mail.example.org:99999", ServerFault::BadPort),
        ("mail.example.org:imap", ServerFault::BadPort),
        ("file:///etc/passwd", ServerFault::BadScheme),
        ("mail..example.org", ServerFault::BadLetter),
        ("-mail.example.org", ServerFault::BadLetter),
        ("mail$example.org", ServerFault::BadLetter),
        ("[::1", ServerFault::BadLetter),
        ("[mail]:993", ServerFault::BadLetter),
    ] {
        assert_eq!(server(typed).unwrap_err(), fault, "{typed:?}");
    }
}

#[test]
fn an_address_is_understood_however_it_is_written() {
    for (typed, wanted, name) in [
        ("ann@example.org", "ann@example.org", ""),
        (" ann@example.org\n", "ann@example.org", ""),
        ("ann@example.org.", "ann@example.org", ""),
        ("ann @ example. org", "ann@example.org", ""),
        ("ａｎｎ＠example．org", "ann@example.org", ""),
        ("ann\u{200b}@example.org", "ann@example.org", ""),
        ("mailto:ann@example.org?subject=x", "ann@example.org", ""),
        ("MAILTO:ann@example.org", "ann@example.org", ""),
        ("<ann@example.org>", "ann@example.org", ""),
        ("Ann Lee <ann@example.org>", "ann@example.org", "Ann Lee"),
        (
            "\"Lee, Ann\" <ann@example.org>",
            "ann@example.org",
            "Lee, Ann",
        ),
        ("Ann+list@Example.org", "Ann+list@Example.org", ""),
        ("jörg@bücher.example", "jörg@bücher.example", ""),
        ("root@localhost", "root@localhost", ""),
    ] {
        let entry = address(typed).unwrap_or_else(|fault| panic!("{typed}: {fault:?}"));
        assert_eq!(
            (entry.address.as_str(), entry.name.as_str()),
            (wanted, name)
        );
    }
    let entry = address("\u{feff}ann@example.org ").unwrap();
    assert_eq!(
        words_of(&entry.remarks),
        "Invisible characters were removed. A blank at the end was removed."
    );
}

#[test]
fn what_is_no_address_is_told_apart() {
    for (typed, fault) in [
        ("", AddressFault::Missing),
        ("ann", AddressFault::NoAt),
        ("example.org", AddressFault::NoAt),
        ("@example.org", AddressFault::NoName),
        ("ann@", AddressFault::NoDomain),
        ("ann lee@example.org", AddressFault::Blank),
        ("ann@example,org", AddressFault::Comma),
        ("ann@example..org", AddressFault::BadDomain),
        ("ann@exa/mple.org", AddressFault::BadDomain),
        ("ann@home@example.org", AddressFault::BadLetter),
        ("ann,lee@example.org", AddressFault::BadLetter),
    ] {
        assert_eq!(address(typed).unwrap_err(), fault, "{typed:?}");
    }
}

#[test]
fn a_domain_is_whole_once_its_last_part_is() {
    for (typed, whole) in [
        ("ann@example", false),
        ("ann@example.o", false),
        ("ann@example.or", true),
        ("ann@example.org", true),
        ("root@localhost", false),
    ] {
        assert_eq!(address(typed).unwrap().has_whole_domain(), whole, "{typed}");
    }
}

#[test]
fn odd_passwords_are_remarked_on_and_mended_only_when_asked() {
    use PasswordRemark::{
        BlankAround, BlankBefore, BlankBehind, FullWidth, Groups, Invisible, LineEnd, OddBlank,
    };
    for (typed, remark, clean) in [
        ("secret", None, "secret"),
        ("correct horse battery", None, "correct horse battery"),
        ("abcd-efgh-ijkl-mnop", None, "abcd-efgh-ijkl-mnop"),
        ("pässwörd€", None, "pässwörd€"),
        ("", None, ""),
        (" secret", Some(BlankBefore), "secret"),
        ("secret ", Some(BlankBehind), "secret"),
        (" secret ", Some(BlankAround), "secret"),
        ("secret\n", Some(LineEnd), "secret"),
        ("se\tcret", Some(LineEnd), "secret"),
        ("se\u{200b}cret", Some(Invisible), "secret"),
        ("\u{feff}secret", Some(Invisible), "secret"),
        ("abcd efgh ijkl mnop", Some(Groups), "abcdefghijklmnop"),
        (
            " abcd efgh ijkl mnop",
            Some(BlankBefore),
            "abcdefghijklmnop",
        ),
        ("ｓecret", Some(FullWidth), "secret"),
        ("my\u{a0}secret", Some(OddBlank), "my secret"),
    ] {
        let password = Password::new(typed);
        assert_eq!(password_remark(&password), remark, "{typed:?}");
        let cleaned = clean_password(&password);
        assert_eq!(cleaned.reveal(), clean, "{typed:?}");
        assert_eq!(password_remark(&cleaned), None, "{typed:?}");
    }
}

#[test]
fn nothing_typed_makes_it_fail() {
    let pieces = [
        "imaps://",
        "@",
        ":",
        "[",
        "]",
        "::1",
        "/",
        "%4",
        "%zz",
        " ",
        "\u{200b}",
        "。",
        "é",
        ".",
        "-",
        "993",
        "<",
        ">",
        "\"",
        "mailto:",
        "?",
        "\u{1f600}",
        "a",
    ];
    // Every run of three pieces: the sum of their remarks is not asserted, only
    // that what is taken can be taken again.
    for a in pieces {
        for b in pieces {
            for c in pieces {
                let typed = format!("{a}{b}{c}");
                if let Ok(entry) = server(&typed) {
                    assert!(is_host(&entry.host), "{typed:?} gave {:?}", entry.host);
                    assert_ne!(entry.port, Some(0));
                }
                if let Ok(entry) = address(&typed) {
                    assert_eq!(address(&entry.address).unwrap().address, entry.address);
                }
                drop(clean_password(&Password::new(typed)));
            }
        }
    }
}
