//! What stands above a letter on paper.

use std::fmt::Write as _;

use chrono::Local;

use super::sanitize::escape;
use crate::model::{Address, Amount, Email};

/// How it is set.
const SHEET: &str = "body{margin:0 8px;font:13px/1.45 sans-serif;color:#262320}\
    h1{font-size:21px;line-height:1.25;margin:0 0 10px}\
    table{border-collapse:collapse;width:100%}\
    td{padding:1px 0;vertical-align:top;overflow-wrap:anywhere}\
    td:first-child{width:96px;color:#6b645c}\
    hr{border:0;border-top:1px solid #c9c2b9;margin:10px 0 14px}";

/// So many recipients of one kind are named.
const NAMED: usize = 100;

/// The head of a letter on paper, as a page: what it is about, between whom,
/// when, and what is attached. Addresses are always told.
#[must_use]
pub fn letterhead(email: &Email) -> String {
    let mut lines = String::new();
    for (name, addresses) in [
        ("From", &email.from),
        ("Reply to", &email.reply_to),
        ("To", &email.to),
        ("Cc", &email.cc),
        ("Bcc", &email.bcc),
    ] {
        line(name, &people(addresses), &mut lines);
    }
    let date = email.date.map(|date| date.with_timezone(&Local));
    let date = date.map(|date| date.format("%A, %-d %B %Y, %H:%M").to_string());
    line("Date", &date.unwrap_or_default(), &mut lines);
    let attached = email.attachments.iter().filter(|one| !one.inline);
    let attached: Vec<_> = attached
        .map(|one| format!("{} ({})", one.name, Amount(one.size)))
        .collect();
    line("Attached", &attached.join("; "), &mut lines);
    let mut subject = String::new();
    if email.subject.trim().is_empty() {
        subject.push_str("(no subject)");
    } else {
        escape(&email.subject, &mut subject);
    }
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><style>{SHEET}</style></head>\
         <body><h1>{subject}</h1><table>{lines}</table><hr></body></html>"
    )
}

fn line(name: &str, words: &str, out: &mut String) {
    if words.is_empty() {
        return;
    }
    // Writing to a string cannot fail.
    let _written = write!(out, "<tr><td>{name}</td><td>");
    escape(words, out);
    out.push_str("</td></tr>");
}

fn people(addresses: &[Address]) -> String {
    let named = addresses.iter().take(NAMED).map(|one| {
        if one.name.is_empty() {
            one.address.clone()
        } else {
            format!("{} <{}>", one.name, one.address)
        }
    });
    let mut words = named.collect::<Vec<_>>().join(", ");
    if let Some(others) = addresses.len().checked_sub(NAMED).filter(|more| *more > 0) {
        // Writing to a string cannot fail.
        let _written = write!(words, " and {others} more");
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_who_wrote_to_whom_and_what_came_with_it() {
        let raw = b"From: Ada <ada@example.org>\r\nTo: bob@example.org, Cleo <c@example.net>\r\n\
            Subject: a <b> & c\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\nMIME-Version: 1.0\r\n\
            Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n\
            Content-Type: application/pdf; name=map.pdf\r\n\
            Content-Disposition: attachment; filename=map.pdf\r\n\r\n%PDF-\r\n--b--\r\n";
        let email = crate::mime::parse_as(raw, None);
        let html = letterhead(&email);
        for words in [
            "<h1>a &lt;b&gt; &amp; c</h1>",
            "<td>From</td><td>Ada &lt;ada@example.org&gt;</td>",
            "<td>To</td><td>bob@example.org, Cleo &lt;c@example.net&gt;</td>",
            "22 November 2026",
            "<td>Attached</td><td>map.pdf (5 bytes)</td>",
        ] {
            assert!(html.contains(words), "{words}: {html}");
        }
        assert!(!html.contains("<td>Cc</td>"));
    }

    #[test]
    fn a_thousand_recipients_are_counted() {
        let one = Address {
            name: String::new(),
            address: "a@example.org".to_owned(),
        };
        let words = people(&vec![one; 1_000]);
        assert!(words.ends_with("a@example.org and 900 more"), "{words}");
    }
}
