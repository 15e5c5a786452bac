//! Honest mail of many shapes.

use super::{Acquaintance, FRIEND, SEEN, STRANGER, Sample, sample};

const PEOPLE: [(&str, &str); 10] = [
    ("Maud Castellan", "maud@castellan.example"),
    ("Jürgen Müller", "jm@mueller-dachbau.de"),
    ("Li Wei (李伟)", "li.wei@gmail.com"),
    ("Ольга Петрова", "olga@petrova.ru"),
    ("", "hermes.trismegistos@gmx.de"),
    ("Chase Miller", "chase@millerfinance.com"),
    ("יעל כהן", "yael@kohen.co.il"),
    ("O'Brien, Pat", "pat.obrien@uni-example.edu"),
    ("田中さくら", "sakura@例え.jp"),
    ("Apple Smith", "apple@smith-orchards.co.uk"),
];

const SHOPS: [(&str, &str, &str); 10] = [
    (
        "Feather & Field",
        "news@featherandfield.example",
        "em.esp-mail.com",
    ),
    ("Klara Moden", "service@klara.de", "mailjet.com"),
    ("Finance Weekly", "letter@finance.io", "substack.com"),
    (
        "Amazon.de",
        "versandbestaetigung@amazon.de",
        "amazonses.com",
    ),
    ("PayPal", "service@paypal.de", "paypal.com"),
    ("DHL Paket", "noreply@dhl.de", "dhl.de"),
    ("Netflix", "info@mailer.netflix.com", "amazonses.com"),
    ("LinkedIn", "messages-noreply@linkedin.com", "linkedin.com"),
    (
        "Facebook",
        "notification@facebookmail.com",
        "facebookmail.com",
    ),
    ("Bücherwurm", "post@bücherwurm.de", "cleverreach.com"),
];

const KNOWN: [Acquaintance; 3] = [STRANGER, SEEN, FRIEND];
const ME: &str = "To: Wren Finch <wren@birdworks.test>";

fn domain(address: &str) -> &str {
    address.rsplit_once('@').unwrap().1
}

fn encoded(name: &str) -> String {
    if name.contains(',') {
        format!("\"{name}\"")
    } else {
        name.to_owned()
    }
}

pub(super) fn mail() -> Vec<Sample> {
    let mut all = Vec::new();
    for (number, (name, address)) in PEOPLE.iter().enumerate() {
        from_people(&mut all, number, &encoded(name), address);
        passed_on(&mut all, number, &encoded(name), address);
    }
    for (number, (name, address, esp)) in SHOPS.iter().enumerate() {
        from_shops(&mut all, number, name, address, esp);
    }
    all.extend(services());
    all
}

fn from_people(all: &mut Vec<Sample>, number: usize, name: &str, address: &str) {
    let known = KNOWN[number % 3];
    let domain = domain(address);
    let from = format!("From: {name} <{address}>");
    let mut add = |what: &str, known, verdict: &str, header: String| {
        all.push(sample(
            &format!("{what} {address}"),
            known,
            verdict,
            &header,
        ));
    };
    let pass = format!("dkim=pass header.d={domain}; spf=pass smtp.mailfrom={address}; dmarc=pass");
    add("a letter", known, &pass, format!("{from}\n{ME}"));
    add("unjudged", STRANGER, "", format!("{from}\n{ME}"));
    add(
        "no policy",
        known,
        "spf=pass smtp.mailfrom=x.test; dmarc=none",
        format!("{from}\n{ME}"),
    );
    add(
        "soft",
        known,
        "spf=softfail; dkim=none",
        format!("{from}\n{ME}"),
    );
    add(
        "in copy",
        known,
        &pass,
        format!("{from}\nTo: others@x.test\nCc: wren@birdworks.test"),
    );
    add(
        "hidden",
        known,
        &pass,
        format!("{from}\nTo: undisclosed-recipients:;"),
    );
    add(
        "own reply",
        known,
        &pass,
        format!("{from}\nReply-To: {name} <{address}>\n{ME}"),
    );
    add(
        "home address",
        known,
        &pass,
        format!(
            "{from}\nReply-To: {}@posteo.net\n{ME}",
            address.split('@').next().unwrap()
        ),
    );
}

/// By lists that rewrite or do not, and by other mailboxes.
fn passed_on(all: &mut Vec<Sample>, number: usize, name: &str, address: &str) {
    let known = KNOWN[number % 3];
    let domain = domain(address);
    let from = format!("From: {name} <{address}>");
    let mut add = |what: &str, known, verdict: &str, header: String| {
        let what = format!("{what} {address}");
        all.push(sample(&what, known, verdict, &header));
    };
    add(
        "by a list",
        known,
        "dkim=fail header.d=x; dkim=pass header.d=lists.birds.org; spf=pass smtp.mailfrom=lists.birds.org; dmarc=fail",
        format!(
            "{from}\nSender: <birds-bounces@lists.birds.org>\nList-Id: Birds <birds.lists.birds.org>\nList-Post: <mailto:birds@lists.birds.org>\nTo: birds@lists.birds.org\nReply-To: birds@lists.birds.org"
        ),
    );
    add(
        "via a list",
        STRANGER,
        "dkim=pass header.d=lists.birds.org; dmarc=pass",
        format!(
            "From: \"'{address}' via Birds\" <birds@lists.birds.org>\nReply-To: {address}\nList-Id: <birds.lists.birds.org>\nList-Post: <mailto:birds@lists.birds.org>\nTo: birds@lists.birds.org"
        ),
    );
    add(
        "forwarded, signature whole",
        known,
        &format!("spf=fail smtp.mailfrom={address}; dkim=pass header.d={domain}; dmarc=pass"),
        format!("{from}\nTo: wren@alumni.example\nX-Forwarded-To: wren@birdworks.test"),
    );
    add(
        "forwarded with ARC",
        known,
        &format!(
            "spf=fail smtp.mailfrom={address}; dkim=fail header.d={domain}; dmarc=fail; arc=pass"
        ),
        format!("{from}\nTo: wren@alumni.example"),
    );
}

fn from_shops(all: &mut Vec<Sample>, number: usize, name: &str, address: &str, esp: &str) {
    let known = KNOWN[number % 3];
    let domain = domain(address);
    let from = format!("From: {name} <{address}>");
    let pass = format!(
        "dkim=pass header.d={domain}; dkim=pass header.d={esp}; spf=pass smtp.mailfrom=bounce.{esp}; dmarc=pass"
    );
    let leave = format!("List-Unsubscribe: <https://{esp}/u/1>, <mailto:out@{esp}>");
    let mut add = |what: &str, verdict: &str, header: String| {
        all.push(sample(
            &format!("{what} {address}"),
            known,
            verdict,
            &header,
        ));
    };
    add(
        "newsletter",
        &pass,
        format!("{from}\nReply-To: reply-17@{esp}\n{leave}\nPrecedence: bulk\n{ME}"),
    );
    add(
        "unaligned newsletter",
        &format!("dkim=pass header.d={esp}; spf=pass smtp.mailfrom=bounce.{esp}; dmarc=none"),
        format!("{from}\nReply-To: {name} <reply@{esp}>\n{leave}\n{ME}"),
    );
    add(
        "receipt",
        &pass,
        format!("{from}\nReply-To: no-reply@{domain}\n{ME}"),
    );
    add(
        "ticket",
        &pass,
        format!("{from}\nReply-To: support+4711@helpdesk-tickets.com\n{ME}"),
    );
    add(
        "quoted",
        &pass,
        format!("From: \"{name}, Kundenservice\" <{address}>\n{ME}"),
    );
}

const GOOGLE: &str = "dkim=pass header.d=google.com; dmarc=pass";
const OWN: &str = "dkim=pass header.d=birdworks.test; dmarc=pass";

/// What it is, what was known, what the own server says, the header.
const SERVICES: &[(&str, Acquaintance, &str, &str)] = &[
    (
        "calendar",
        SEEN,
        GOOGLE,
        "From: \"maud@castellan.example (Google Calendar)\" <calendar-notification@google.com>\nReply-To: Maud <maud@castellan.example>\nTo: wren@birdworks.test",
    ),
    (
        "calendar of a friend at Gmail",
        STRANGER,
        GOOGLE,
        "From: Li Wei (Google Calendar) <calendar-notification@google.com>\nReply-To: Li Wei <li.wei@gmail.com>\nTo: wren@birdworks.test",
    ),
    (
        "shared document",
        STRANGER,
        GOOGLE,
        "From: \"Li Wei (via Google Docs)\" <drive-shares-dm-noreply@google.com>\nReply-To: Li Wei <li.wei@gmail.com>\nTo: wren@birdworks.test",
    ),
    (
        "dropbox",
        SEEN,
        "dkim=pass header.d=dropbox.com; dmarc=pass",
        "From: \"li.wei@gmail.com via Dropbox\" <no-reply@dropbox.com>\nReply-To: li.wei@gmail.com\nTo: wren@birdworks.test",
    ),
    (
        "docusign",
        STRANGER,
        "dkim=pass header.d=docusign.net; dmarc=pass",
        "From: \"Maud Castellan via DocuSign\" <dse@eumail.docusign.net>\nReply-To: maud@castellan.example\nTo: wren@birdworks.test",
    ),
    (
        "github",
        SEEN,
        "dkim=pass header.d=github.com; dmarc=pass",
        "From: Ada <notifications@github.com>\nReply-To: birds/app <reply+AB@reply.github.com>\nList-Id: birds/app <app.birds.github.com>\nTo: birds/app <app@noreply.github.com>\nCc: wren@birdworks.test",
    ),
    (
        "bounce",
        STRANGER,
        "",
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.birdworks.test>\nTo: wren@birdworks.test\nAuto-Submitted: auto-replied\nContent-Type: text/plain",
    ),
    (
        "bounce of Gmail",
        STRANGER,
        "dkim=pass header.d=googlemail.com; dmarc=pass",
        "From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\nTo: wren@birdworks.test\nAuto-Submitted: auto-replied",
    ),
    (
        "form on the own page",
        STRANGER,
        OWN,
        "From: Birdworks <wordpress@birdworks.test>\nReply-To: Some Visitor <visitor77@gmail.com>\nTo: wren@birdworks.test",
    ),
    (
        "form on the own page, unsigned",
        STRANGER,
        "spf=none; dkim=none",
        "From: Contact form <kontakt@birdworks.test>\nReply-To: visitor77@web.de\nTo: wren@birdworks.test",
    ),
    (
        "colleague",
        FRIEND,
        OWN,
        "From: Robin <robin@birdworks.test>\nTo: wren@birdworks.test",
    ),
    (
        "colleague within the house",
        FRIEND,
        "",
        "From: Robin <robin@birdworks.test>\nTo: wren@birdworks.test",
    ),
    (
        "scanner",
        SEEN,
        "",
        "From: scanner@birdworks.test\nTo: wren@birdworks.test",
    ),
    (
        "from myself",
        FRIEND,
        OWN,
        "From: Wren Finch <wren@birdworks.test>\nTo: wren@birdworks.test",
    ),
    (
        "my own word on a list",
        FRIEND,
        "dkim=fail header.d=birdworks.test; spf=pass smtp.mailfrom=lists.birds.org; dmarc=fail",
        "From: Wren Finch <wren@birdworks.test>\nList-Id: <birds.lists.birds.org>\nTo: birds@lists.birds.org",
    ),
    (
        "vacation",
        FRIEND,
        "dmarc=pass",
        "From: Maud Castellan <maud@castellan.example>\nAuto-Submitted: auto-replied\nTo: wren@birdworks.test",
    ),
    (
        "address as its own name",
        SEEN,
        "",
        "From: \"pat@club.example\" <pat@club.example>\nTo: wren@birdworks.test",
    ),
    (
        "address of the same house as name",
        SEEN,
        "",
        "From: \"office@club.example\" <mailer@mail.club.example>\nTo: wren@birdworks.test",
    ),
    (
        "tag with an address",
        SEEN,
        "",
        "From: \"pat@club.example\" <pat=club.example@srs.forwarder.org>\nTo: wren@birdworks.test",
    ),
    (
        "club in hidden copy",
        SEEN,
        "dmarc=pass",
        "From: Rowing club <board@rowing-club.org>\nReply-To: chair.rowing@gmail.com\nTo: undisclosed-recipients:;",
    ),
    (
        "doctor",
        STRANGER,
        "dmarc=pass",
        "From: Praxis Dr. Vogel <praxis@dr-vogel.de>\nReply-To: praxis.vogel@t-online.de\nTo: wren.finch@posteo.de",
    ),
    (
        "landlord with two addresses",
        STRANGER,
        "dmarc=pass",
        "From: Tom Reed <tom@reed-houses.co.uk>\nReply-To: tom.reed.houses@gmail.com\nTo: wren@birdworks.test",
    ),
    (
        "same name elsewhere",
        STRANGER,
        "dmarc=pass",
        "From: Castellan shipping <info@castellan.org>\nTo: wren@birdworks.test",
    ),
    (
        "a surname alike",
        STRANGER,
        "dmarc=pass",
        "From: Muller <info@muller.de>\nTo: wren@birdworks.test",
    ),
    (
        "umlauts",
        FRIEND,
        "dmarc=pass",
        "From: Wurm <wurm@xn--bcherwurm-q9a.de>\nTo: wren@birdworks.test",
    ),
    (
        "cyrillic domain",
        STRANGER,
        "dmarc=pass",
        "From: Почта <info@почта.рф>\nTo: wren@birdworks.test",
    ),
    (
        "accented latin domain",
        STRANGER,
        "dmarc=pass",
        "From: Café <bonjour@café-crème.fr>\nTo: wren@birdworks.test",
    ),
    (
        "greek domain",
        STRANGER,
        "dmarc=pass",
        "From: Βιβλία <info@βιβλιοπωλείο.gr>\nTo: wren@birdworks.test",
    ),
    (
        "microsoft account",
        STRANGER,
        "dmarc=pass",
        "From: Microsoft account team <account-security-noreply@accountprotection.microsoft.com>\nTo: wren@birdworks.test",
    ),
    (
        "google alert",
        SEEN,
        GOOGLE,
        "From: Google <no-reply@accounts.google.com>\nTo: wren@birdworks.test",
    ),
    (
        "apple",
        SEEN,
        "dmarc=pass",
        "From: Apple <no_reply@email.apple.com>\nTo: wren@birdworks.test",
    ),
    (
        "an orchard",
        STRANGER,
        "dmarc=pass",
        "From: Apple Farm <hello@farm-apples.org>\nTo: wren@birdworks.test",
    ),
    (
        "ebay",
        SEEN,
        "dmarc=pass",
        "From: eBay <ebay@reply.ebay.de>\nTo: wren@birdworks.test",
    ),
    (
        "a member of a market",
        SEEN,
        "dmarc=pass",
        "From: \"eBay-Mitglied: birdfan\" <member@members.ebay.de>\nTo: wren@birdworks.test",
    ),
    (
        "hotel through a portal",
        STRANGER,
        "dmarc=pass",
        "From: \"Hotel Möwe via Booking.com\" <noreply@booking.com>\nReply-To: 12345-abc@guest.booking.com\nTo: wren@birdworks.test",
    ),
    (
        "chat in a portal",
        STRANGER,
        "dmarc=pass",
        "From: \"Ben (Airbnb)\" <automated@airbnb.com>\nReply-To: ab12@reply.airbnb.com\nTo: wren@birdworks.test",
    ),
    (
        "bank",
        SEEN,
        "dmarc=pass",
        "From: Kestrel Bank <service@kestrelbank.co.uk>\nTo: wren@birdworks.test",
    ),
    (
        "survey",
        STRANGER,
        "dkim=pass header.d=surveys.io; dmarc=none",
        "From: Museum <visitors@museum.example>\nReply-To: study@surveys.io\nList-Unsubscribe: <https://surveys.io/u>\nTo: wren@birdworks.test",
    ),
    (
        "tickets",
        STRANGER,
        "dmarc=pass",
        "From: \"Concert Hall\" <tickets@hall.example>\nReply-To: box-office@hall-tickets.example\nTo: wren@birdworks.test",
    ),
    ("no sender", STRANGER, "", "From:\nTo: wren@birdworks.test"),
    (
        "hebrew with marks",
        STRANGER,
        "dmarc=pass",
        "From: =?utf-8?b?4oCP15nXotec4oCP?= <yael@kohen.co.il>\nTo: wren@birdworks.test",
    ),
    (
        "passed on without a word",
        SEEN,
        "spf=fail smtp.mailfrom=shop.example; dkim=none; dmarc=fail",
        "From: Shop <hello@shop.example>\nTo: wren@alumni.example",
    ),
];

fn services() -> Vec<Sample> {
    let samples = SERVICES.iter();
    samples
        .map(|(what, known, verdict, header)| sample(what, *known, verdict, header))
        .collect()
}
