use super::*;

fn clean(html: &str) -> CleanHtml {
    sanitize(html, false)
}

/// What is left of the body.
fn body(html: &str) -> String {
    let clean = clean(html).html;
    let (_, rest) = clean.split_once("<body").unwrap();
    let (_, body) = rest.split_once('>').unwrap();
    body.split_once("</body>").unwrap().0.to_owned()
}

/// What is left of the style sheets.
fn sheet(html: &str) -> String {
    let clean = clean(html).html;
    let (_, rest) = clean.split_once("<style>\n").unwrap();
    rest.split_once("</style>").unwrap().0.to_owned()
}

fn style(css: &str) -> String {
    let text = body(&format!("<p style='{css}'>x</p>"));
    let inner = text.strip_prefix("<p").unwrap();
    let inner = inner.strip_suffix(">x</p>").unwrap();
    let value = inner.strip_prefix(" style=\"").unwrap_or_default();
    value.trim_end_matches('"').replace("&quot;", "'")
}

#[test]
fn what_a_mail_needs_stays() {
    assert_eq!(
        body("<p class=x dir=rtl>Hi <b>Ada</b> &amp; <i title='a \"b\"'>you</i><br>!</p>"),
        "<p class=\"x\" dir=\"rtl\">Hi <b>Ada</b> &amp; <i title=\"a &quot;b&quot;\">you</i><br>!</p>"
    );
    assert_eq!(
        body("<a href=' https://a.test/?x=1&y ' target=_blank onclick=evil()>x</a>"),
        "<a href=\"https://a.test/?x=1&amp;y\">x</a>"
    );
    assert_eq!(
        body("<a href='mailto:a@b.test'>x</a>"),
        "<a href=\"mailto:a@b.test\">x</a>"
    );
    assert_eq!(
        body("<o:p>Word</o:p><center>x</center>"),
        "Word<center>x</center>"
    );
    assert_eq!(
        body("<form action=x><label>a</label><input value=b></form>"),
        "<div><span>a</span></div>"
    );
    assert_eq!(body("<noscript>shown</noscript>"), "shown");
    assert_eq!(
        body("<table><tr><td colspan=5000>x"),
        "<table><tbody><tr><td colspan=\"100\">x</td></tr></tbody></table>"
    );
}

#[test]
fn what_acts_or_loads_goes() {
    for html in [
        "<script>alert(1)</script>",
        "<SCRIPT/x>alert(1)</SCRIPT >",
        "<style>@import 'http://t.test/a';</style>",
        "<iframe src=http://t.test></iframe>",
        "<svg><image href=http://t.test/x /><script>alert(1)</script></svg>",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
        "<template><p>x</template>",
        "<title>Not here</title>",
        "<video poster=http://t.test/x><source src=http://t.test/y></video>",
        "<!-- <p>comment</p> -->",
        "<!--[if mso]><p>Outlook</p><![endif]-->",
        "<?php echo ?>",
        "<select><option>x</select><textarea>y</textarea>",
    ] {
        assert_eq!(body(html).trim(), "", "{html}");
    }
    for html in [
        "<p onclick=alert(1) onmouseover='x' data-x=1 is=x slot=y contenteditable>x",
        "<p style='behavior:url(#x);-moz-binding:url(x)'>x",
        "<p style='--x:url(http://t.test)'>x",
    ] {
        assert_eq!(body(html), "<p>x</p>", "{html}");
    }
    for href in [
        "javascript:alert(1)",
        "java&#10;script:alert(1)",
        "data:text/html,x",
        "/x",
    ] {
        assert_eq!(body(&format!("<a href='{href}'>x</a>")), "<a>x</a>");
    }
}

#[test]
fn nothing_written_reads_differently_the_second_time() {
    for html in [
        "<p title='</p><script>alert(1)</script>'>x",
        "<style>p{content:'</style><script>alert(1)</script>'}</style><p>x",
        "<style>p:not([title='</style><img src=x>']){color:red}</style><p>x",
        "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
        "<math><mi><style><![CDATA[</style><img src=x onerror=alert(1)>]]>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
        "<table><a href=https://x.test><b><p>a</table>b",
        "<!DOCTYPE html><b><i><p></b></i>x<font color=red><table><font color=blue>y",
        "<p style=\"font-family:'a&quot;;b'\">x",
        "<xmp><script>alert(1)</script></xmp>",
        "<plaintext><b>x",
        "a\0b<p \0x=y>c",
    ] {
        let once = clean(html).html;
        assert!(!once.contains("<script"), "{once}");
        assert!(!once.contains(" onerror=\""), "{once}");
        let again = clean(&once);
        assert_eq!(again.html, once, "{html}");
    }
}

#[test]
fn declarations_are_judged_one_by_one() {
    assert_eq!(style("color:red;position:fixed;top:0"), "color:red;top:0;");
    assert_eq!(style("COLOR : Red !important"), "color:Red !important;");
    assert_eq!(
        style("width:expression(alert(1));height:3px"),
        "height:3px;"
    );
    assert_eq!(
        style("width:calc(100% - (2 * 8px))"),
        "width:calc(100% - (2 * 8px));"
    );
    assert_eq!(
        style("background:#fff url(http://t.test/x) no-repeat"),
        "background:#fff none no-repeat;"
    );
    assert_eq!(
        style("background:u\\72l(http://t.test/x)"),
        "background:none;"
    );
    assert_eq!(
        style("background-image:image-set(\"http://t.test/x\" 1x)"),
        ""
    );
    assert_eq!(
        style("background:url(cid:A@b)"),
        "background:url('cid:a@b');"
    );
    assert_eq!(style("overflow:auto;overflow:hidden"), "overflow:hidden;");
    assert_eq!(
        style("width:1e30px;height:2000000px;margin:-9999px"),
        "margin:-9999px;"
    );
    assert_eq!(
        style("*zoom:1;_height:1px;mso-line-height-rule:exactly;color:#123"),
        "color:#123;"
    );
    assert_eq!(
        style("transition:all 1s;animation:x 1s;filter:blur(9px);cursor:url(x)"),
        ""
    );
    assert_eq!(
        style("font:bold 12px/1.5 Arial,sans-serif"),
        "font:bold 12px/1.5 Arial,sans-serif;"
    );
    assert_eq!(
        style(
            "width:calc(calc(calc(calc(calc(calc(calc(calc(calc(calc(calc(calc(calc(1px)))))))))))))"
        ),
        ""
    );
}

#[test]
fn style_sheets_keep_rules_and_media_queries() {
    let html = "<!DOCTYPE html><head><style><!--\n\
        @charset 'x'; @import url(http://t.test/a.css) screen;\n\
        @font-face { font-family: x; src: url(http://t.test/f.woff) }\n\
        @media only screen and (max-width: 600px) { .a > td:first-child, u + .b [class=\"c d\"] \
          { width: 100% !important } @import 'x'; }\n\
        @supports (display:grid) { p { color: red } }\n\
        a:hover { color: blue } p:has(b) { color: red } a ~ b { color: red }\n\
        p { behavior: url(x) }\n\
        --></style>";
    assert_eq!(
        sheet(html),
        "@media only screen and (max-width: 600px){\n\
         .a > td:first-child, u + .b [class=\"c d\"]{width:100% !important;}\n}\n\
         a:hover{color:blue;}\n"
    );
    let remote = clean(html).remote;
    let asked: Vec<_> = remote
        .iter()
        .map(|one| (one.url.as_str(), one.kind))
        .collect();
    assert_eq!(
        asked,
        [
            ("http://t.test/a.css", RemoteKind::Style),
            ("http://t.test/f.woff", RemoteKind::Font),
        ]
    );
}

#[test]
fn old_attributes_become_rules_without_weight() {
    let html = "<table cellpadding=4 cellspacing=0 align=center border=1><tr valign=top>\
        <td bgcolor=FFCC00 background='cid:x'><font face='Arial, sans-serif' size=+1 color=red>x";
    let sheet = sheet(html);
    for rule in [
        "{margin-left:auto;margin-right:auto;border-spacing:0px;border:1px outset gray;}",
        "{vertical-align:top;}",
        "{background-color:#ffcc00;background-image:url(\"cid:x\");padding:4px;border:1px inset gray;}",
        "{color:red;font-family:\"Arial\",sans-serif;font-size:large;}",
    ] {
        assert!(sheet.contains(rule), "{rule} in {sheet}");
    }
    assert!(sheet.lines().all(|line| line.starts_with(":where(")));
    // The same twice is one rule.
    let twice = "<table><tr><td valign=top>a<td valign=top>b";
    assert_eq!(
        super::sanitize(twice, false)
            .html
            .matches("vertical-align")
            .count(),
        1
    );
}

#[test]
fn xhtml_and_old_doctypes_become_plain_html() {
    for doctype in [
        "<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Strict//EN' 'x'>",
        "<!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'>",
    ] {
        let html = format!(
            "{doctype}<html xmlns='http://www.w3.org/1999/xhtml'><body><p style='width:5'>x"
        );
        let clean = clean(&html).html;
        assert!(
            clean.starts_with("<!DOCTYPE html>\n<html><head>"),
            "{clean}"
        );
        assert!(!clean.contains("xmlns") && !clean.contains("width:5px"));
    }
    // Without a doctype pages are read as in the last century.
    assert!(
        clean("<p style='width:5;line-height:2'>x")
            .html
            .contains("width:5px;line-height:2;")
    );
}

#[test]
fn pictures_come_from_the_message_and_else_only_when_allowed() {
    let html = "<img src='CID:Logo@x.test' alt=L><img src=data:image/png;base64,QUJD>\
        <img src=https://t.test/a.png width=100 alt=A><img srcset='https://t.test/b.png 2x'>\
        <img src=/relative.png>";
    let blocked = clean(html);
    assert_eq!(
        body(html),
        "<img alt=\"L\" src=\"cid:logo@x.test\"><img src=\"data:image/png;base64,QUJD\">\
         <img width=\"100\" alt=\"A\"><img><img>"
    );
    assert_eq!(blocked.parts, ["logo@x.test"]);
    assert_eq!(blocked.remote.len(), 2);
    let allowed = sanitize(html, true);
    assert!(allowed.html.contains("src=\"https://t.test/a.png\""));
    assert_eq!(allowed.remote, blocked.remote);
    assert_eq!(allowed.pictures().count(), 2);
}

#[test]
fn pictures_that_only_report_are_named_and_never_fetched() {
    for html in [
        "<img src=https://t.test/o.gif width=1 height=1>",
        "<img src=https://t.test/o.gif style='width:1px; height:1px'>",
        "<img src=https://t.test/o.gif width=0 style='height:0'>",
        "<img src=https://t.test/o.gif style='display:none !important; DISPLAY: none'>",
    ] {
        let allowed = sanitize(html, true);
        assert!(!allowed.html.contains("t.test"), "{html}");
        let [one] = allowed.remote.as_slice() else {
            panic!("{html}");
        };
        assert!(one.tracker, "{html}");
        assert_eq!(one.host(), "t.test");
        assert_eq!(allowed.pictures().count(), 0);
    }
    for html in [
        "<img src=https://t.test/line.gif width=600 height=1>",
        "<img src=https://t.test/a.gif style='max-width:1px;border-width:0;height:1px'>",
        "<img src=https://t.test/phone.gif class=mobile style='display:none'>",
    ] {
        assert!(!clean(html).remote[0].tracker, "{html}");
    }
}

#[test]
fn too_much_is_cut_and_said_so() {
    let deep = clean(&"<div>".repeat(100_000));
    assert!(deep.cut && deep.html.matches("<div>").count() <= 512);
    let many = clean(&"<p>x".repeat(100_000));
    assert!(many.cut && many.html.matches("<p>").count() <= 30_000);
    let open = clean(&"<b id=1><i id=2><font color=red><p>x".repeat(20_000));
    assert!(open.cut && open.html.len() < 4 << 20, "{}", open.html.len());
    let flood = clean(&format!("<p {}>words", "a=b ".repeat(200_000)));
    assert!(flood.cut && flood.html.ends_with("words</div></body></html>"));
    let long = clean(&"word ".repeat(400_000));
    assert!(long.cut && long.html.len() < 1_100_000);
    let rules = clean(&format!(
        "<style>{}</style>x",
        "p{color:red}".repeat(50_000)
    ));
    assert!(rules.cut && rules.html.len() < 100_000);
    let foster = clean(&format!("<table>{}", "<b>x</b>".repeat(50_000)));
    assert!(foster.cut);
    let brackets = clean(&format!(
        "<style>{}</style><p style='width:{}'>x",
        "@media x{".repeat(9_000),
        "(".repeat(9_000)
    ));
    assert!(brackets.html.contains("<p>x</p>"));
    assert!(!clean("<p>x").cut);
}
