//! Mail made to break whatever shows it.

use super::html_mail;

/// One kind of mail; larger with its argument.
type Kind = (&'static str, fn(usize) -> String);

const KINDS: &[Kind] = &[
    ("divs", |n| "<div>".repeat(n * 5_000)),
    ("spans", |n| "<span style='padding:1px'>".repeat(n * 5_000)),
    ("tables", |n| "<table><tr><td>".repeat(n * 300)),
    ("quotes", |n| "<blockquote>".repeat(n * 400) + "end"),
    ("flex", |n| {
        "<div style='display:flex;flex-wrap:wrap'>".repeat(n * 300)
    }),
    ("boxes", |n| {
        "<div style='display:inline-block;width:90%'>".repeat(n * 300)
    }),
    ("floats", |n| {
        "<div style='float:left;width:3px'>x</div>".repeat(n * 2_000)
    }),
    ("cells", |n| {
        format!(
            "<table>{}",
            format!("<tr>{}", "<td>x".repeat(n * 40)).repeat(100)
        )
    }),
    ("colspan", |n| {
        format!(
            "<table><tr>{}",
            format!("<td colspan={} rowspan=9999>x", n * 1_000_000).repeat(300)
        )
    }),
    ("words", |n| "word ".repeat(n * 100_000)),
    ("long-word", |n| "x".repeat(n * 300_000)),
    ("formatting", |n| {
        "<b><i><u><font color=red><p>x".repeat(n * 2_000)
    }),
    ("foster", |n| {
        format!("<table>{}", "<b>x</b><p>".repeat(n * 3_000))
    }),
    ("rules", |n| {
        let rules: String = (0..n * 3_000)
            .map(|i| format!(".a{i} div p > span{{color:#{i:06x}}}"))
            .collect();
        format!(
            "<style>{rules}</style>{}",
            "<div class=a1><p><span>x</span>".repeat(2_000)
        )
    }),
    ("selectors", |n| {
        let rule = format!("{} p{{color:red}}", "div ".repeat(40)).repeat(n * 50);
        format!("<style>{rule}</style>{}<p>x", "<div>".repeat(400))
    }),
    ("attributes", |n| {
        format!(
            "<p {}>x",
            (0..n * 20_000)
                .map(|i| format!("a{i}=b "))
                .collect::<String>()
        )
    }),
    ("style-attribute", |n| {
        format!(
            "<p style='{}'>x",
            "color:red;width:calc(1px + 2px);".repeat(n * 20_000)
        )
    }),
    ("sizes", |n| {
        format!(
            "<p style='font-size:{n}00000px;line-height:1e9;width:1e30px;margin:-1e9px'>huge\
                 <div style='height:{n}0000000px;border:99999px solid red'>x"
        )
    }),
    ("zoom", |n| {
        format!("<div style='width:{n}9999px;height:99999px;background:linear-gradient(red,blue)'>")
    }),
    ("shadows", |n| {
        "<p style='box-shadow:0 0 999px 999px red;text-shadow:9px 9px 99px red'>x".repeat(n * 100)
    }),
    ("brackets", |n| {
        format!(
            "<style>{}</style><p style='width:{}'>x",
            "@media x{a{".repeat(n * 3_000),
            "calc(".repeat(n * 3_000)
        )
    }),
    ("bidi", |n| {
        "\u{202e}\u{2067}אב\u{200f}x\u{202d}".repeat(n * 5_000)
    }),
    ("marks", |n| {
        format!("a{}", "\u{301}\u{489}".repeat(n * 20_000))
    }),
    ("emoji", |n| "👩\u{200d}👩\u{200d}👧🏽🇩🇪".repeat(n * 2_000)),
    ("picture", |n| {
        // A picture that says it is huge.
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend((60_000 * u32::try_from(n).unwrap()).to_be_bytes());
        png.extend(60_000_u32.to_be_bytes());
        png.extend(b"\x08\x06\0\0\0");
        let png = data_encoding(&png);
        format!("<img src='data:image/png;base64,{png}'>").repeat(20)
    }),
];

fn data_encoding(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::prelude::BASE64_STANDARD.encode(bytes)
}

/// Messages that are broken themselves: what follows `MIME-Version`.
const BROKEN: &[Kind] = &[
    ("multiparts", |n| {
        let deeper = |level: usize| {
            format!("Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n")
        };
        (0..n * 200).map(deeper).collect::<String>() + "Content-Type: text/html\r\n\r\n<p>x"
    }),
    ("parts", |n| {
        let part = "--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n".repeat(n * 2_000);
        format!("Content-Type: multipart/alternative; boundary=b\r\n\r\n{part}")
    }),
    ("headers", |n| {
        let headers = "X-A: =?utf-8?q?=C3=A9?= (((( <a@b\r\n\t;;;\r\n".repeat(n * 5_000);
        format!("{headers}Content-Type: text/html\r\n\r\n<p>x")
    }),
    ("parameters", |n| {
        let parameters: String = (0..n * 3_000)
            .map(|i| format!(";\r\n name*{i}*=%ff'\"\\"))
            .collect();
        format!("Content-Type: text/html; charset=\"nonsense{parameters}\r\n\r\n<p>\u{fffd}x")
    }),
    ("base64", |n| {
        format!(
            "Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
            "PHA+=*A\r\n".repeat(n * 20_000)
        )
    }),
];

/// So many messages, of all kinds in turn, the later ones larger.
pub(super) fn mails(count: usize) -> Vec<(String, Vec<u8>)> {
    let kinds = KINDS.len() + BROKEN.len();
    let all = (0..count).map(|place| {
        let (kind, times) = (place % kinds, 1 + place / kinds);
        match KINDS.get(kind) {
            Some((name, make)) => html_mail(&format!("{name}-{times}"), &make(times)),
            None => {
                let (name, make) = BROKEN[kind - KINDS.len()];
                broken_mail(&format!("{name}-{times}"), &make(times))
            }
        }
    });
    all.collect()
}

fn broken_mail(name: &str, rest: &str) -> (String, Vec<u8>) {
    let head = "From: a@example.test\r\nTo: b@example.test\r\nMIME-Version: 1.0\r\n";
    let raw = format!("Subject: {name}\r\nMessage-ID: <{name}@example.test>\r\n{head}{rest}");
    (name.to_owned(), raw.into_bytes())
}
