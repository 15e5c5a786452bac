//! Frauds of the kinds that are sent every day. What each is called before the
//! colon is the doubt it has to raise.

use super::{STRANGER, Sample, sample};

const OWN_PASS: &str = "spf=pass; dkim=pass header.d=mailer-host.ru; dmarc=pass";

const ROWS: &[(&str, &str, &str)] = &[
    // Another address as name.
    (
        "name-holds-address: friend",
        OWN_PASS,
        "\"maud@castellan.example\" <office4471@mailer-host.ru>",
    ),
    (
        "name-holds-address: friend with name",
        OWN_PASS,
        "\"Maud Castellan maud@castellan.example\" <office4471@gmx.de>",
    ),
    (
        "name-holds-address: in brackets",
        OWN_PASS,
        "\"Maud <maud@castellan.example>\" <x@mailer-host.ru>",
    ),
    (
        "name-holds-address: bank",
        "",
        "\"service@kestrelbank.co.uk\" <kb@web-mailer.example>",
    ),
    (
        "name-holds-address: freemail service",
        OWN_PASS,
        "\"security@google.com\" <a1b2@gmail.com>",
    ),
    (
        "name-holds-address: via a service",
        OWN_PASS,
        "\"ceo@birdworks.test via DocuSign\" <dse@mailer-host.ru>",
    ),
    (
        "name-holds-address: of this house",
        OWN_PASS,
        "\"wren@birdworks.test\" <blackmail@mailer-host.ru>",
    ),
    // A company's name, a stranger's address.
    (
        "company-name: paypal",
        OWN_PASS,
        "PayPal <kundendienst@pp-mail-22.ru>",
    ),
    (
        "company-name: paypal service",
        OWN_PASS,
        "\"PayPal Service\" <x@mailer-host.ru>",
    ),
    (
        "company-name: microsoft",
        OWN_PASS,
        "Microsoft account team <security@login-alerts.net>",
    ),
    (
        "company-name: amazon",
        OWN_PASS,
        "\"Amazon.de Kundenservice\" <info@shop-konto.info>",
    ),
    (
        "company-name: dhl",
        "",
        "DHL Express <track@parcel-fees.top>",
    ),
    (
        "company-name: netflix",
        OWN_PASS,
        "\"Netflix Support\" <no-reply@renew-membership.xyz>",
    ),
    (
        "company-name: apple id",
        "",
        "\"Apple ID\" <noreply@id-unlock.support>",
    ),
    (
        "company-name: sparkasse",
        "",
        "Sparkasse Online <service@push-tan-erneuern.de>",
    ),
    (
        "company-name: docusign",
        OWN_PASS,
        "DocuSign <envelope@docs-share.site>",
    ),
    (
        "company-name: fedex",
        "",
        "\"FedEx Notification\" <alert@delivery-hold.click>",
    ),
    (
        "company-name: gmail team",
        OWN_PASS,
        "\"Gmail Team\" <quota@mailbox-full.net>",
    ),
    (
        "company-name: coinbase",
        OWN_PASS,
        "Coinbase <security@wallet-check.io>",
    ),
    (
        "company-name: cyrillic letters",
        OWN_PASS,
        "Раураl <x@mailer-host.ru>",
    ),
    (
        "company-name: digits for letters",
        OWN_PASS,
        "\"Micr0soft Security\" <x@mailer-host.ru>",
    ),
    (
        "company-name: from freemail",
        OWN_PASS,
        "\"Google Support\" <g.support.team9@gmail.com>",
    ),
    // Domains that can be taken for others.
    (
        "look-alike: paypal one",
        OWN_PASS,
        "PayPal <service@paypa1.com>",
    ),
    (
        "look-alike: paypal capital i",
        OWN_PASS,
        "Service <service@paypaI.com>",
    ),
    (
        "look-alike: microsoft rn",
        OWN_PASS,
        "Microsoft <team@rnicrosoft.com>",
    ),
    (
        "look-alike: amazon rn",
        OWN_PASS,
        "Amazon <order@arnazon.com>",
    ),
    (
        "look-alike: google zeros",
        OWN_PASS,
        "Google <no-reply@g00gle.com>",
    ),
    (
        "look-alike: netflix slip",
        OWN_PASS,
        "Netflix <info@netfliix.com>",
    ),
    (
        "look-alike: facebook slip",
        OWN_PASS,
        "Facebook <info@faceb00k.com>",
    ),
    (
        "look-alike: linkedin swapped",
        OWN_PASS,
        "LinkedIn <x@linkdein.com>",
    ),
    (
        "look-alike: cyrillic a",
        OWN_PASS,
        "PayPal <x@xn--pypal-4ve.com>",
    ),
    (
        "look-alike: cyrillic apple",
        OWN_PASS,
        "Apple <x@xn--80ak6aa92e.com>",
    ),
    (
        "look-alike: security",
        OWN_PASS,
        "Info <x@paypal-security.com>",
    ),
    (
        "look-alike: secure",
        OWN_PASS,
        "Info <x@secure-netflix-login.net>",
    ),
    (
        "look-alike: support",
        OWN_PASS,
        "Info <x@support.amazon-verify.org>",
    ),
    (
        "look-alike: before another domain",
        OWN_PASS,
        "Info <x@paypal.com.account.mailer-host.ru>",
    ),
    (
        "look-alike: own roofer",
        OWN_PASS,
        "Müller <jm@mueller-dachbaul.de>",
    ),
    (
        "look-alike: own roofer, one letter wrong",
        OWN_PASS,
        "Müller <jm@rnueller-dachbau.de>",
    ),
    (
        "look-alike: own trust",
        OWN_PASS,
        "Trust <pay@lighthouse-trusl.org>",
    ),
    (
        "look-alike: own bank",
        OWN_PASS,
        "Kestrel Bank <x@kestre1bank.co.uk>",
    ),
    (
        "look-alike: bank before another domain",
        OWN_PASS,
        "Kestrel Bank <x@kestrelbank.co.uk.secure.top>",
    ),
    (
        "look-alike: the own house",
        OWN_PASS,
        "Wren's boss <boss@birdwork5.test>",
    ),
    (
        "look-alike: the own house, w",
        OWN_PASS,
        "IT <it@birdvvorks.test>",
    ),
    ("look-alike: gmail", OWN_PASS, "Li Wei <li.wei@grnail.com>"),
    (
        "look-alike: friend",
        OWN_PASS,
        "Maud <maud@castel1an.example>",
    ),
    (
        "mixed-scripts: half cyrillic",
        OWN_PASS,
        "Shop <x@fеather-shop.com>",
    ),
    ("mixed-scripts: greek o", OWN_PASS, "Shop <x@bοokshop.com>"),
    ("mixed-scripts: all cyrillic", OWN_PASS, "Shop <x@сора.com>"),
    // What the server could not confirm.
    (
        "not-authentic: friend",
        "spf=fail; dkim=none; dmarc=fail",
        "Maud Castellan <maud@castellan.example>",
    ),
    (
        "not-authentic: bank",
        "spf=softfail; dmarc=fail (p=NONE)",
        "Kestrel Bank <service@kestrelbank.co.uk>",
    ),
    (
        "not-authentic: boss",
        "dmarc=fail",
        "Robin <robin@birdworks.test>",
    ),
    (
        "not-authentic: myself",
        "spf=fail; dmarc=fail",
        "Wren Finch <wren@birdworks.test>",
    ),
    (
        "broken-signature: friend",
        "dkim=fail header.d=castellan.example; spf=softfail",
        "Maud <maud@castellan.example>",
    ),
    // Letters turned round.
    (
        "hidden-characters: turned",
        OWN_PASS,
        "=?utf-8?b?4oCubGFQeWFQ?= <x@mailer-host.ru>",
    ),
];

/// Author, Reply-To, to whom.
const REPLIES: &[(&str, &str, &str, &str, &str)] = &[
    (
        "reply-elsewhere: boss",
        "",
        "Robin Reed <robin.reed@birdworks.test>",
        "Robin Reed <robin.reed.office@gmail.com>",
        "wren@birdworks.test",
    ),
    (
        "reply-elsewhere: boss, any address",
        "spf=none",
        "Robin Reed <robin@birdworks.test>",
        "ceo-mobile@consultant.top",
        "wren@birdworks.test",
    ),
    (
        "reply-elsewhere: friend",
        "spf=softfail",
        "Maud Castellan <maud.castellan@castellan.example>",
        "Maud Castellan <maud.castellan@outlook.com>",
        "wren@birdworks.test",
    ),
    (
        "reply-elsewhere: supplier alike",
        OWN_PASS,
        "Müller <jm@mueller-dachbau.de>",
        "jm@rnueller-dachbau.de",
        "wren@birdworks.test",
    ),
    (
        "reply-elsewhere: supplier, one letter",
        "",
        "Shipping <desk@northern-freight.com>",
        "desk@northern-frieght.com",
        "wren@birdworks.test",
    ),
    (
        "reply-elsewhere: inheritance",
        "spf=pass",
        "Barrister Quill <office@school.edu.ng>",
        "barrister.quill77@gmail.com",
        "undisclosed-recipients:;",
    ),
    (
        "reply-elsewhere: lottery",
        "spf=pass",
        "Euro Lottery <winner@hacked-shop.it>",
        "claims.agent@yahoo.com",
        "winners@lottery.test",
    ),
    (
        "reply-elsewhere: loan",
        "",
        "Loan <jp@city-council.example>",
        "quickloan@hotmail.com",
        "undisclosed-recipients:;",
    ),
    (
        "not-authentic: list as excuse",
        "dkim=pass header.d=evil-list.ru; spf=pass smtp.mailfrom=evil-list.ru; dmarc=fail",
        "PayPal <service@paypal.com>",
        "",
        "wren@birdworks.test\nList-Id: <x.evil-list.ru>",
    ),
    (
        "name-holds-address: list as excuse",
        "dkim=fail header.d=evil-list.ru; dmarc=fail",
        "\"ceo@birdworks.test via Team\" <team@evil-list.ru>",
        "",
        "wren@birdworks.test\nList-Id: <team.evil-list.ru>",
    ),
];

pub(super) fn mail() -> Vec<Sample> {
    let plain = ROWS.iter().map(|(what, verdict, from)| {
        let header = format!("From: {from}\nTo: Wren Finch <wren@birdworks.test>");
        sample(what, STRANGER, verdict, &header)
    });
    let replies = REPLIES.iter().map(|(what, verdict, from, reply, to)| {
        let reply = match *reply {
            "" => String::new(),
            reply => format!("Reply-To: {reply}\n"),
        };
        sample(
            what,
            STRANGER,
            verdict,
            &format!("From: {from}\n{reply}To: {to}"),
        )
    });
    plain.chain(replies).collect()
}
