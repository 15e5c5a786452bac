use super::*;
use crate::mime;

fn read(header: &str) -> ListFields {
    let header = header.replace('\n', "\r\n");
    list_fields(&mime::parse(format!("{header}\r\n\r\nx").as_bytes()))
}

const SIGNED: &str = "DKIM-Signature: v=1; a=rsa-sha256; d=shop.test; \
    h=From:To:List-Unsubscribe : List-Unsubscribe-Post; b=x";
const ONE_CLICK: &str = "List-Unsubscribe-Post: List-Unsubscribe=One-Click";

fn one_click(url: &str) -> Option<Unsubscribe> {
    let url = url.to_owned();
    Some(Unsubscribe::OneClick { url })
}

fn page(url: &str) -> Option<Unsubscribe> {
    let url = url.to_owned();
    Some(Unsubscribe::Browser { url })
}

fn mail(to: &str, subject: &str, body: &str) -> Option<Unsubscribe> {
    Some(Unsubscribe::Mail {
        to: Address::new("", to),
        subject: subject.to_owned(),
        body: body.to_owned(),
    })
}

#[test]
fn the_way_out_is_the_safest_one_that_needs_least() {
    let both = "List-Unsubscribe: <mailto:out@shop.test?subject=leave>, <https://shop.test/u?7>";
    for (header, expected) in [
        (
            format!("{SIGNED}\n{both}\n{ONE_CLICK}"),
            one_click("https://shop.test/u?7"),
        ),
        // Nobody signed the promise.
        (
            format!("{both}\n{ONE_CLICK}"),
            mail("out@shop.test", "leave", ""),
        ),
        // Nobody promised.
        (
            format!("{SIGNED}\n{both}"),
            mail("out@shop.test", "leave", ""),
        ),
        (
            format!("{SIGNED}\n{ONE_CLICK}\nList-Unsubscribe: <http://shop.test/u>"),
            page("http://shop.test/u"),
        ),
        // A server within the house, and one behind a user name.
        (
            format!("{SIGNED}\n{ONE_CLICK}\nList-Unsubscribe: <https://192.168.1.1/u>"),
            page("https://192.168.1.1/u"),
        ),
        (
            format!("{SIGNED}\n{ONE_CLICK}\nList-Unsubscribe: <https://router/u>"),
            page("https://router/u"),
        ),
        (
            format!("{SIGNED}\n{ONE_CLICK}\nList-Unsubscribe: <https://shop.test@evil.test/u>"),
            page("https://shop.test@evil.test/u"),
        ),
        ("List-Unsubscribe: <ftp://shop.test/u>".to_owned(), None),
        ("List-Unsubscribe: <javascript:alert(1)>".to_owned(), None),
        ("List-Unsubscribe: https://shop.test/u".to_owned(), None),
        ("Subject: x".to_owned(), None),
    ] {
        assert_eq!(read(&header).unsubscribe, expected, "{header}");
    }
}

#[test]
fn a_message_of_leaving_says_only_what_it_may() {
    for (way, expected) in [
        ("mailto:out@l.test", mail("out@l.test", "unsubscribe", "")),
        (
            "mailto:out%2Bme@l.test?subject=leave%20me&body=a%0D%0Ab&bcc=x@evil.test&attach=/etc/passwd",
            mail("out+me@l.test", "leave me", "a\r\nb"),
        ),
        (
            "mailto:out@l.test?subject=a%0d%0aBcc:x@evil.test",
            mail("out@l.test", "a  Bcc:x@evil.test", ""),
        ),
        ("mailto:out@l.test%0d%0aRCPT", None),
        ("mailto:", None),
        ("mailto:100%@l.test", mail("100%@l.test", "unsubscribe", "")),
    ] {
        let found = read(&format!("List-Unsubscribe: <{way}>")).unsubscribe;
        assert_eq!(found, expected, "{way}");
    }
}

#[test]
fn a_list_has_a_name_and_an_id() {
    for (value, name, id) in [
        (
            "Bird news <Birds.Lists.test>",
            Some("Bird news"),
            "birds.lists.test",
        ),
        (
            "\"Bird, news\" <birds.test>",
            Some("Bird, news"),
            "birds.test",
        ),
        ("<birds.test>", Some("birds.test"), "birds.test"),
        ("birds.test", Some("birds.test"), "birds.test"),
        ("", None, ""),
    ] {
        let found = read(&format!("List-Id: {value}"));
        assert_eq!(found.name.as_deref(), name, "{value}");
        assert_eq!(found.id, id, "{value}");
        assert_eq!(found.is_bulk, !id.is_empty());
        assert!(!found.is_discussion);
    }
    let posts = read("List-Id: <a.test>\nList-Post: <mailto:a@a.test>");
    assert!(posts.is_discussion);
    assert!(read("Precedence: Bulk").is_bulk);
    assert!(!read("Subject: x").is_bulk);
}
