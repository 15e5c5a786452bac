//! A page without its looks: what it says, in the order in which it says it.

mod hidden;

use std::fmt::Write as _;

use hidden::Hidden;

use super::tree::{Element, Kind, NodeId, Tree};
use super::{CleanHtml, escape, is_void, legacy, put, put_whole};

/// How it is set.
const SHEET: &str = "body{max-width:680px;margin:0 auto;padding:8px 16px 24px;\
    font:17px/1.6 Inter,sans-serif;color:#262320}\
    .c{margin:6px 0}h1,h2,h3,h4{line-height:1.25;margin:1em 0 .4em}\
    h1{font-size:26px}h2{font-size:22px}h3,h4{font-size:18px}p{margin:.7em 0}\
    img{max-width:100%;height:auto}a{color:#9a3412}pre{white-space:pre-wrap}\
    blockquote{margin:.7em 0;padding-left:14px;border-left:3px solid #d6d0c8;color:#57514a}\
    table{border-collapse:collapse;margin:.7em 0}\
    th,td{padding:4px 10px;border:1px solid #d6d0c8;text-align:left}\
    .w{color:#6b645c}hr{border:0;border-top:1px solid #d6d0c8}";

/// Pictures that are no larger only keep others apart.
const SPACER: u32 = 8;

/// What becomes of an element.
enum Fate {
    Keep(&'static str),
    /// A part of a table that only arranges things.
    Block,
    Unwrap,
    Drop,
}

enum Step {
    /// A node, and whether it is in a table of figures.
    Enter(NodeId, bool),
    Close(&'static str),
}

/// What a page that was made safe says, set for reading: without its colours,
/// sizes and columns. Tables that hold figures stay.
#[must_use]
pub fn for_reading(clean: &CleanHtml) -> CleanHtml {
    let tree = Tree::read(&clean.html);
    let hidden = Hidden::read(&tree);
    let mut out = String::with_capacity(clean.html.len());
    let mut steps = vec![Step::Enter(Tree::ROOT, false)];
    while let Some(step) = steps.pop() {
        let (id, in_figures) = match step {
            Step::Enter(id, in_figures) => (id, in_figures),
            Step::Close(name) => {
                // Writing to a string cannot fail.
                let _written = write!(out, "</{name}>");
                continue;
            }
        };
        let Some(node) = tree.node(id) else {
            continue;
        };
        let mut figures = in_figures;
        match &node.kind {
            Kind::Text(text) => words(text, &mut out),
            Kind::Bare => {}
            Kind::Element(element) if hidden.has(element) => continue,
            Kind::Element(element) => {
                figures |= element.name() == "table" && has_figures(&tree, id);
                match fate(element.name(), figures) {
                    Fate::Drop => continue,
                    Fate::Unwrap => {}
                    Fate::Block => open("div", " class=\"c\"", &mut out, &mut steps),
                    Fate::Keep("img") => picture(element, &mut out),
                    Fate::Keep(name) => {
                        open(name, &attributes(element), &mut out, &mut steps);
                    }
                }
            }
        }
        let children = node.children.iter().rev();
        steps.extend(children.map(|&child| Step::Enter(child, figures)));
    }
    CleanHtml {
        html: format!(
            "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><style>{SHEET}</style></head>\
             <body>{out}</body></html>"
        ),
        ..clean.clone()
    }
}

fn fate(name: &str, in_figures: bool) -> Fate {
    const KEPT: &[&str] = &[
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "blockquote",
        "br",
        "code",
        "dd",
        "del",
        "dl",
        "dt",
        "em",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "ol",
        "p",
        "pre",
        "q",
        "s",
        "samp",
        "strong",
        "sub",
        "sup",
        "tt",
        "u",
        "ul",
    ];
    const OF_TABLES: &[&str] = &[
        "table", "tbody", "td", "tfoot", "th", "thead", "tr", "caption",
    ];
    let of = |names: &[&'static str]| names.iter().copied().find(|one| *one == name);
    match name {
        _ if in_figures && let Some(name) = of(OF_TABLES) => Fate::Keep(name),
        "td" | "th" | "caption" => Fate::Block,
        "div" | "center" | "section" | "article" | "header" | "footer" | "main" | "figure"
        | "figcaption" | "aside" | "nav" | "address" | "table" | "tr" => Fate::Keep("div"),
        "head" | "style" | "title" => Fate::Drop,
        _ => of(KEPT).map_or(Fate::Unwrap, Fate::Keep),
    }
}

/// Whether a table holds figures instead of parts of the page: it has heads of
/// columns or rows, and no table in it.
fn has_figures(tree: &Tree, table: NodeId) -> bool {
    let children = |id| tree.node(id).map(|node| node.children.as_slice());
    let mut left = children(table).unwrap_or_default().to_vec();
    let mut heads = false;
    while let Some(id) = left.pop() {
        let Some(node) = tree.node(id) else {
            continue;
        };
        if let Kind::Element(element) = &node.kind {
            match element.name() {
                "table" => return false,
                "th" => heads = true,
                _ => {}
            }
        }
        left.extend(&node.children);
    }
    heads
}

fn open(name: &'static str, attributes: &str, out: &mut String, steps: &mut Vec<Step>) {
    // Writing to a string cannot fail.
    let _written = write!(out, "<{name}{attributes}>");
    if !is_void(name) {
        steps.push(Step::Close(name));
    }
}

/// Words; blanks that only hold a place are none.
fn words(text: &str, out: &mut String) {
    if text.chars().all(|c| c.is_whitespace() || c == '\u{200c}') {
        out.push(' ');
    } else {
        escape(text, out);
    }
}

fn attributes(element: &Element) -> String {
    let mut out = String::new();
    for (name, value) in element.attributes() {
        match name {
            "href" => put_whole(&mut out, name, value),
            "id" | "dir" | "lang" | "title" | "colspan" | "rowspan" | "start" => {
                put(&mut out, name, value);
            }
            _ => {}
        }
    }
    out
}

/// A picture as wide as it was meant, or the words that stand for it.
fn picture(element: &Element, out: &mut String) {
    let width = element.get("width").and_then(legacy::number);
    if width.is_some_and(|width| width <= SPACER) {
        return;
    }
    let words = element.get("alt").unwrap_or_default().trim();
    let Some(source) = element.get("src") else {
        if !words.is_empty() {
            out.push_str("<span class=\"w\">[");
            escape(words, out);
            out.push_str("]</span>");
        }
        return;
    };
    let mut attributes = String::new();
    put_whole(&mut attributes, "src", source);
    put(&mut attributes, "alt", words);
    if let Some(width) = width {
        put(&mut attributes, "width", &width.to_string());
    }
    // Writing to a string cannot fail.
    let _written = write!(out, "<img{attributes}>");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::html::sanitize;

    fn body(html: &str) -> String {
        let read = for_reading(&sanitize(html, false)).html;
        let (_, body) = read.split_once("<body>").unwrap();
        body.replace("</body></html>", "")
    }

    #[test]
    fn looks_go_and_words_links_and_pictures_stay_in_their_order() {
        let html = "<body bgcolor=black><style>p{color:red}</style>\
            <div style='display:none'>for the list</div>\
            <table width=600 bgcolor=white><tr><td class=x><h1 style='color:blue'>News</h1>\
            <td><font size=1><p align=center>One <a href='https://a.test/x'>link</a>\
            <img src='cid:a' width=120 height=40><img src='cid:b' width=1></table>";
        assert_eq!(
            body(html),
            "<div><div><div class=\"c\"><h1>News</h1></div><div class=\"c\"><p>One \
             <a href=\"https://a.test/x\">link</a><img src=\"cid:a\" width=\"120\"></p></div>\
             </div></div>"
        );
    }

    #[test]
    fn what_nobody_sees_on_the_page_is_left_out() {
        let sheet = "<style>.pre,td.m{display:none!important}.small{font-size:0.9em}\
            #top{max-height:0px;overflow:hidden}.a .b{display:none}\
            @media (max-width:600px){.wide{display:none}}\
            .twice{visibility:hidden}.twice{visibility:visible}\
            .gone{opacity:0;display:block}.pre{display:block}</style>";
        for (html, stays) in [
            ("<div class='x pre'>word</div>", false),
            ("<table><tr><td class=m>word</table>", false),
            ("<p class=m>word</p>", true),
            ("<p class=small>word</p>", true),
            ("<p style='font-size:0.9em'>word</p>", true),
            ("<p style='font-size:0'>word</p>", false),
            ("<p style='opacity:0.0;color:red'>word</p>", false),
            ("<div id=top>word</div>", false),
            ("<p class=b>word</p>", true),
            ("<p class=wide>word</p>", true),
            ("<p class=twice>word</p>", true),
            ("<p class=gone>word</p>", false),
            ("<p class=gone style='display:block'>word</p>", true),
            ("<p class=pre style='display:block'>word</p>", false),
            ("<p hidden>word</p>", false),
        ] {
            let read = body(&format!("{sheet}{html}"));
            assert_eq!(read.contains("word"), stays, "{html} {read}");
        }
    }

    #[test]
    fn tables_of_figures_stay_tables() {
        let figures = "<table><tr><th>Size</th></tr><tr><td colspan=2>3</td></tr></table>";
        assert!(body(figures).contains("<td colspan=\"2\">3</td>"));
        let arranges = format!("<table><tr><th>{figures}</th></tr></table>");
        let read = body(&arranges);
        assert!(
            read.starts_with("<div><div><div class=\"c\"><table>"),
            "{read}"
        );
    }

    #[test]
    fn what_is_not_shown_is_told_in_its_words() {
        let read = for_reading(&sanitize(
            "<img src='https://a.test/b.png' alt='A mill'>&nbsp;",
            false,
        ));
        assert!(
            read.html
                .contains("<span class=\"w\">[A mill]</span> </body>")
        );
        assert_eq!(read.remote.len(), 1);
    }
}
