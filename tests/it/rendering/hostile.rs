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

/// So many messages, of all kinds in turn, the later ones larger.
pub(super) fn mails(count: usize) -> Vec<(String, Vec<u8>)> {
    let all = (0..count).map(|place| {
        let (name, make) = KINDS[place % KINDS.len()];
        let times = 1 + place / KINDS.len();
        html_mail(&format!("{name}-{times}"), &make(times))
    });
    all.collect()
}
