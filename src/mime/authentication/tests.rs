use super::*;

fn read(header: &str, server: &str) -> Authentication {
    let fields: Vec<(String, String)> = header
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    authentication(&fields, &[server.to_owned()])
}

fn dmarc(header: &str) -> Option<Finding> {
    read(header, "imap.home.test").dmarc
}

const TAKEN: &str = "Received: from mail.shop.test by mx.home.test with ESMTPS id 1; Mon, 1 Jan";
const PASSED_ON: &str = "Received: from a.test by mail.shop.test with ESMTP";

#[test]
fn only_what_the_own_servers_wrote_counts() {
    let ours = "Authentication-Results: mx.home.test; dmarc=fail header.from=shop.test";
    let forged = "Authentication-Results: mx.home.test; dmarc=pass header.from=shop.test";
    let theirs = "Authentication-Results: mail.shop.test; dmarc=pass";
    let by_name = "Authentication-Results: home.test.evil.test; dmarc=pass";
    for (header, expected) in [
        // Above the mark of the own server, or just below it.
        (format!("{ours}\n{TAKEN}\n{PASSED_ON}"), Some(Finding::Fail)),
        (format!("{TAKEN}\n{ours}\n{PASSED_ON}"), Some(Finding::Fail)),
        // A sender's forgery stands below.
        (format!("{ours}\n{TAKEN}\n{forged}"), Some(Finding::Fail)),
        (format!("{TAKEN}\n{ours}\n{forged}"), Some(Finding::Fail)),
        (format!("{TAKEN}\n{PASSED_ON}\n{forged}"), None),
        (format!("{TAKEN}\n{PASSED_ON}\n{TAKEN}\n{forged}"), None),
        // Others' words.
        (format!("{TAKEN}\n{theirs}"), None),
        (format!("{theirs}\n{TAKEN}"), None),
        (format!("{by_name}\n{TAKEN}"), None),
        // Hosts within a house have no name that means something.
        (
            format!(
                "Received: by 2002:a05:6402:2::1 with SMTP id x\n\
                 Received: from mx (mx [10.0.0.2]) by box1 (Cyrus) with LMTPA\n\
                 Received: from mx by mail.rack.internal with LMTP\n{TAKEN}\n{ours}"
            ),
            Some(Finding::Fail),
        ),
        // The sender says what it likes after "from".
        (
            format!("Received: from by (x by y) by mx.home.test with SMTP\n{ours}"),
            Some(Finding::Fail),
        ),
        ("Subject: x".to_owned(), None),
    ] {
        assert_eq!(dmarc(&header), expected, "{header}");
    }
}

#[test]
fn the_server_that_took_the_message_may_be_called_otherwise_than_the_one_it_is_read_from() {
    let header = "Received: from a.test by mx.google.test with ESMTPS id 1\n\
        ARC-Authentication-Results: i=1; mx.google.test; dmarc=pass\n\
        Authentication-Results: mx.google.test; dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=x.test";
    assert_eq!(read(header, "imap.gmail.test").dmarc, Some(Finding::Fail));
}

#[test]
fn microsoft_names_no_server() {
    let nameless = "Authentication-Results: spf=pass (sender IP is 192.0.2.1) \
        smtp.mailfrom=x.test; dkim=pass (signature was verified) header.d=x.test;\
        dmarc=pass action=none header.from=x.test;compauth=pass reason=100";
    let taken = "Received: from a.test by b.mail.protection.outlook.com with HTTPS";
    let found = read(&format!("{taken}\n{nameless}"), "outlook.office365.com");
    assert_eq!(found.dmarc, Some(Finding::Pass));
    assert_eq!(found.dkim[0].domain, "x.test");
    assert_eq!(dmarc(&format!("{TAKEN}\n{nameless}")), None);
}

#[test]
fn results_are_read_as_servers_write_them() {
    let found = |value: &str| {
        read(
            &format!("{TAKEN}\nAuthentication-Results: {value}"),
            "h.test",
        )
    };
    let all = found(
        "mx.home.test 1; dkim=fail (bad \\) key; dkim=pass) reason=\"no; dkim=pass\" \
         header.d=Shop.test header.s=s1; dkim=pass header.i=@list.test; \
         spf=softfail smtp.mailfrom=\"bounce@mail.shop.test\"; \
         dmarc = fail (p=reject) header.from=shop.test; arc=pass (i=1)",
    );
    let vouched = |finding, domain: &str| Vouched {
        finding,
        domain: domain.to_owned(),
    };
    assert_eq!(
        all,
        Authentication {
            dmarc: Some(Finding::Fail),
            dkim: vec![
                vouched(Finding::Fail, "shop.test"),
                vouched(Finding::Pass, "list.test")
            ],
            spf: Some(vouched(Finding::Unknown, "mail.shop.test")),
            arc: Some(Finding::Pass),
            is_ours: false,
        }
    );
    assert_eq!(found("mx.home.test; none"), Authentication::default());
    assert_eq!(found(""), Authentication::default());
    assert_eq!(found("mx.home.test; dmarc"), Authentication::default());
    assert_eq!(
        found("mx.home.test; dmarc/1=PASS").dmarc,
        Some(Finding::Pass)
    );
}

#[test]
fn results_in_several_fields_complete_each_other() {
    let header = format!(
        "Authentication-Results: mx.home.test; dkim=pass header.d=a.test\n\
         Authentication-Results: mx.home.test; dkim=fail header.d=b.test; spf=pass\n{TAKEN}"
    );
    let found = read(&header, "imap.home.test");
    assert_eq!(found.dkim.len(), 1);
    assert_eq!(found.spf.map(|spf| spf.finding), Some(Finding::Pass));
}

#[test]
fn who_signed_and_when_it_arrived_is_read() {
    let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let headers = [
        field(
            "Received",
            "from a by b (x; y); Mon, 1 Jan 2018 10:00:00 +0100 (CET)",
        ),
        field(
            "DKIM-Signature",
            "v=1; a=rsa-sha256;\r\n\td=Shop.Example ; s=a; b=d=x",
        ),
        field("dkim-signature", "d=mailer.test"),
        field("DKIM-Signature", "v=1; d=shop.example"),
        field("DKIM-Signature", "v=1; d=a b; x"),
        field("DKIM-Signature", "nothing"),
        field("Received", "from c by d; Mon, 1 Jan 2001 10:00:00 +0000"),
    ];
    assert_eq!(signers(&headers), ["shop.example", "mailer.test"]);
    assert_eq!(arrived(&headers), Some(1_514_797_200));
    assert_eq!(arrived(&headers[1..2]), None);
    assert_eq!(arrived(&[field("Received", "from a; lately")]), None);
}
