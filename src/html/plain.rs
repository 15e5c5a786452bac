//! Plain text as a page: quotations indented by their depth, signatures pale,
//! tables and patches in letters of one width.

use super::sanitize::escape;
use super::{CleanHtml, Kind, pieces};

/// The longest text that is set; the rest is left out.
const LONGEST: usize = 4 << 20;

/// What is quoted deeper is not indented more.
const DEEPEST: usize = 8;

/// How it is set.
const SHEET: &str = "body{margin:8px;font:14px/1.45 sans-serif;color:#262320}\
    div,pre{margin:0 0 1em;white-space:pre-wrap}\
    pre{font:12.5px/1.4 monospace}\
    blockquote{margin:0 0 1em;padding:0 0 0 12px;border-left:2px solid #c9c2b9;color:#57514a}\
    blockquote>:last-child{margin-bottom:0}\
    .s{color:#8a837a}.w{color:#6b645c;font-style:italic}";

/// Plain text as a page.
#[must_use]
pub fn text_page(text: &str) -> CleanHtml {
    let shown = text
        .get(..text.floor_char_boundary(LONGEST))
        .unwrap_or_default();
    let cut = text.len() - shown.len();
    let (mut body, mut depth) = (String::with_capacity(shown.len()), 0_usize);
    for piece in pieces(shown) {
        let wanted = piece.depth.min(DEEPEST);
        body.push_str(&"</blockquote>".repeat(depth.saturating_sub(wanted)));
        body.push_str(&"<blockquote>".repeat(wanted.saturating_sub(depth)));
        depth = wanted;
        let (open, close) = match piece.kind {
            Kind::Prose => ("<div>", "</div>"),
            Kind::Signature => ("<div class=s>", "</div>"),
            // A line end after the mark would be swallowed.
            Kind::Fixed | Kind::Patch => ("<pre>\n", "</pre>"),
        };
        body.push_str(open);
        escape(&piece.text, &mut body);
        body.push_str(close);
    }
    body.push_str(&"</blockquote>".repeat(depth));
    if cut > 0 {
        body.push_str("<div class=w>The rest of this text is left out.</div>");
    }
    CleanHtml {
        html: format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><style>{SHEET}</style></head>\
             <body>{body}</body></html>"
        ),
        cut: cut > 0,
        ..CleanHtml::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(text: &str) -> String {
        let html = text_page(text).html;
        let (_, body) = html.split_once("<body>").unwrap();
        body.replace("</body></html>", "")
    }

    #[test]
    fn quotations_signatures_and_patches_are_told_apart() {
        assert_eq!(
            body("Yes & no.\n>> <b>?\n> one\n-- \nAda"),
            "<div>Yes &amp; no.</div><blockquote><blockquote><div>&lt;b&gt;?</div></blockquote>\
             <div>one</div></blockquote><div class=s>Ada</div>"
        );
        assert_eq!(
            body("--- a/x\n+++ b/x\n+<i>"),
            "<pre>\n--- a/x\n+++ b/x\n+&lt;i&gt;</pre>"
        );
        assert_eq!(body(""), "");
    }

    #[test]
    fn what_is_too_long_is_cut_and_says_so() {
        let page = text_page(&"ä".repeat(3 << 20));
        assert!(page.cut && page.html.len() < 5 << 20);
        assert!(page.html.contains("is left out"));
        assert!(!text_page("short").cut);
    }
}
