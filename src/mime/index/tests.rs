use super::*;
use crate::mime::index_text;

fn words(html: &str) -> String {
    body::words_of_html(html)
}

#[test]
fn html_gives_its_words_and_nothing_else() {
    for (html, text) in [
        ("<p>One</p><p>Two</p>", "One\nTwo\n"),
        ("<b>bo</b>ld <i>and</i> plain", "bold and plain"),
        ("<td>A</td><td>B</td><div>C<div>D", "A B C D"),
        (
            "<head><title>t</title><style type=\"text/css\">p > a { color: red }</style></head>x",
            "x",
        ),
        (
            "a<script src=x>if (1 < 2) { '<p>no</p>' }</SCRIPT >b",
            "a b",
        ),
        (
            "Stra&szlig;e &amp; 5 &lt; 6&nbsp;!",
            "Straße & 5 < 6\u{a0}!",
        ),
        ("<!-- <p>no</p> <style> -->yes", "yes"),
        ("<!--[if mso]><style>no</style><![endif]-->yes", "yes"),
        ("a<style>never closed", "a"),
        ("<styled>kept</styled>", "kept"),
        ("un<closed <p", "un"),
        ("ä<", "ä"),
        ("", ""),
    ] {
        assert_eq!(words(html).trim_start_matches(' '), text, "{html}");
    }
}

#[test]
fn hostile_html_takes_linear_time() {
    let began = std::time::Instant::now();
    for html in [
        "<div>".repeat(300_000),
        "<a ".repeat(300_000),
        format!("<p {}>x", "a=b ".repeat(200_000)),
        "<style>".repeat(100_000),
        "<style></".repeat(100_000),
        "<!--".repeat(200_000),
        "<script></script>".repeat(50_000),
        "&".repeat(1_000_000),
        "x ".repeat(1_000_000),
    ] {
        std::hint::black_box(words(&html));
    }
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
}

const MIXED: &str = "From: J\u{f6}rg <joerg@example.test>\r\nSender: office@example.test\r\n\
     To: Ada <ada@example.test>\r\nCc: Bob <bob@example.test>\r\n\
     Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nList-Id: =?utf-8?q?B=C3=BCcher?=\r\n \
     <books.lists.example.test>\r\nMIME-Version: 1.0\r\n\
     Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n\
     Content-Type: multipart/alternative; boundary=a\r\n\r\n\
     --a\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n\
     0J/RgNC40LLQtdGC\r\n\
     --a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Only <b>here</b></p>\r\n--a--\r\n\
     --m\r\nContent-Type: message/rfc822\r\n\r\nSubject: Inner subject\r\n\r\nInner words\r\n\
     --m\r\nContent-Type: application/pdf; name=\"Invoice 7.pdf\"\r\n\
     Content-Disposition: attachment; filename=\"Invoice 7.pdf\"\r\n\r\nsecretbytes\r\n\
     --m\r\nContent-Type: text/csv; charset=utf-8; name=\"a.csv\"\r\n\
     Content-Disposition: attachment; filename=\"a.csv\"\r\n\r\nattached,words\r\n\
     --m\r\nContent-Type: text/html; name=\"a.html\"\r\n\
     Content-Disposition: attachment; filename=\"a.html\"\r\n\r\n<p>attached page</p>\r\n\
     --m--\r\n";

#[test]
fn every_field_is_read_once() {
    let text = index_text(MIXED.as_bytes());
    assert_eq!(
        text.sender,
        "J\u{f6}rg joerg@example.test\noffice@example.test"
    );
    assert_eq!(text.recipients, "Ada ada@example.test");
    assert_eq!(text.copies, "Bob bob@example.test");
    assert_eq!(text.subject, "Gr\u{fc}\u{df}e");
    assert_eq!(text.list, "B\u{fc}cher books.lists.example.test");
    assert!(text.attachments.contains("Invoice 7.pdf"), "{text:?}");
    for word in [
        "\u{41f}\u{440}\u{438}\u{432}\u{435}\u{442}",
        "Only here",
        "Inner subject",
        "Inner words",
    ] {
        assert!(text.body.contains(word), "{word} {text:?}");
    }
    assert!(!text.body.contains("secretbytes") && text.whole);
    assert!(!text.body.contains("attached") && !text.contents.contains("secretbytes"));
    for word in ["attached,words", "attached page"] {
        assert!(text.contents.contains(word), "{word} {text:?}");
    }
}

#[test]
fn long_plain_text_is_not_taken_twice() {
    let long = "plainword ".repeat(100);
    let mail = format!(
        "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain\r\n\r\n{long}\r\n\
         --a\r\nContent-Type: text/html\r\n\r\n<p>htmlword</p>\r\n--a--\r\n"
    );
    let text = index_text(mail.as_bytes());
    assert!(text.body.contains("plainword") && !text.body.contains("htmlword"));
}

#[test]
fn a_giant_and_a_wreck_stay_within_bounds() {
    let mail = format!("Subject: x\r\n\r\n{}", "\u{e4}bc ".repeat(200_000));
    let text = index_text(mail.as_bytes());
    assert!(text.body.len() <= TEXT_MAX && text.body.len() > TEXT_MAX - 8);
    assert_eq!(index_text(b"no header at all").body, "no header at all");
    assert_eq!(index_text(b"").body, "");
}

/// `cargo test --release --lib -- --ignored cost_of_index_text --nocapture`
#[test]
#[ignore = "measures"]
fn cost_of_index_text() {
    let html = "<tr><td style=\"font: 12px\">Some <b>words</b> of a newsletter</td></tr>\r\n";
    let mail = format!(
        "From: a@example.test\r\nSubject: x\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\n\r\n{}",
        html.repeat(7000 / html.len())
    );
    let began = std::time::Instant::now();
    for _ in 0..1000 {
        std::hint::black_box(index_text(mail.as_bytes()));
    }
    println!(
        "{:?} a message of {} bytes",
        began.elapsed() / 1000,
        mail.len()
    );
}
