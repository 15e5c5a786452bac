//! HTML of strangers made safe to lay out.
//!
//! What stays is what is on a list; it is written anew from the tree that a
//! browser's parser makes of it, and is bounded in every direction. Nothing in
//! it leads out but links, which a person has to follow, and pictures that were
//! allowed.

mod css;
mod legacy;
mod lines;
mod reading;
mod remote;
mod tree;
mod url;

use std::fmt::Write as _;

pub use reading::for_reading;
pub use remote::{Remote, RemoteKind};

use css::Styles;
use legacy::{Rules, Table};
use lines::Lines;
use remote::Asked;
use tree::{Element, Kind, NodeId, Tree};
use url::Target;

use super::plain::text_page;
use crate::mime;

/// The largest HTML that is read; the rest is left out.
const SIZE_MAX: usize = 16 << 20;

/// The longest attribute that is text.
const ATTRIBUTE_MAX: usize = 2_000;

/// The most rows or columns a cell spans.
const SPAN_MAX: u32 = 100;

/// A picture is at most this wide or high when it only tells that it was
/// loaded.
const TRACKER_MAX: u32 = 3;

/// HTML that may be laid out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CleanHtml {
    /// A whole document, in HTML5.
    pub html: String,
    /// What it asks for from elsewhere, each once, in the order of the text.
    pub remote: Vec<Remote>,
    /// The Content-IDs of the parts it shows, lower case.
    pub parts: Vec<String>,
    /// Whether there was too much of it, so that only its beginning is here.
    pub cut: bool,
}

impl CleanHtml {
    /// The remote pictures that are fetched once they are allowed.
    pub fn pictures(&self) -> impl Iterator<Item = &str> {
        let shown = self.remote.iter().filter(|one| {
            !one.tracker && matches!(one.kind, RemoteKind::Picture | RemoteKind::Background)
        });
        shown.map(|one| one.url.as_str())
    }
}

/// Makes HTML safe. With `pictures` the addresses of remote pictures stay in
/// it, without they are only told of.
pub fn sanitize(html: &str, pictures: bool) -> CleanHtml {
    if mime::is_flooded(html) {
        return just_words(html);
    }
    let mut end = html.len().min(SIZE_MAX);
    while !html.is_char_boundary(end) {
        end -= 1;
    }
    let read = html.get(..end).unwrap_or_default();
    let tree = Tree::read(read);
    let mut page = Page {
        tree: &tree,
        asked: Asked::new(pictures),
        styles: Styles::new(tree.quirks),
        rules: Rules::default(),
        out: String::with_capacity(read.len()),
        root: String::new(),
        body: String::new(),
    };
    if tree.quirks {
        page.rules.add_quirks();
    }
    page.walk();
    page.finish(end < html.len())
}

/// What HTML says that no parser should read.
fn just_words(html: &str) -> CleanHtml {
    CleanHtml {
        cut: true,
        ..text_page(&mime::to_text(html))
    }
}

/// What becomes of an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It stays, under this name.
    Keep(&'static str),
    /// What is in it stays.
    Unwrap,
    /// It goes with all that is in it.
    Drop,
}

/// Elements that stay as they are.
const KEPT: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "menu",
    "nav",
    "nobr",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that go with all that is in them.
const DROPPED: &[&str] = &[
    "applet", "area", "audio", "base", "bgsound", "canvas", "datalist", "embed", "frame",
    "frameset", "head", "iframe", "input", "link", "math", "meta", "meter", "noembed", "noframes",
    "optgroup", "option", "param", "progress", "script", "select", "source", "style", "svg",
    "template", "textarea", "title", "track", "video",
];

fn fate(name: &str) -> Fate {
    if let Some(kept) = KEPT.iter().find(|&&kept| kept == name) {
        return Fate::Keep(kept);
    }
    match name {
        "form" | "fieldset" | "details" | "summary" | "legend" | "search" | "hgroup" => {
            Fate::Keep("div")
        }
        "button" | "label" | "time" | "data" | "output" => Fate::Keep("span"),
        "listing" | "xmp" | "plaintext" => Fate::Keep("pre"),
        _ if DROPPED.contains(&name) => Fate::Drop,
        _ => Fate::Unwrap,
    }
}

fn is_void(name: &str) -> bool {
    matches!(name, "br" | "col" | "hr" | "img" | "wbr")
}

/// One step of the walk over the tree.
enum Step {
    Enter(NodeId, Table, bool),
    Close(&'static str),
}

/// The document while it is written.
struct Page<'a> {
    tree: &'a Tree,
    asked: Asked,
    styles: Styles,
    rules: Rules,
    out: String,
    /// Attributes of `<html>` and `<body>`.
    root: String,
    body: String,
}

impl Page<'_> {
    /// Goes over the tree without calling itself, however deep it is.
    fn walk(&mut self) {
        let mut steps = vec![Step::Enter(Tree::ROOT, Table::default(), false)];
        while let Some(step) = steps.pop() {
            match step {
                Step::Close(name) => {
                    // Writing to a string cannot fail.
                    let _written = write!(self.out, "</{name}>");
                }
                Step::Enter(id, table, silent) => self.enter(id, table, silent, &mut steps),
            }
        }
    }

    fn enter(&mut self, id: NodeId, table: Table, silent: bool, steps: &mut Vec<Step>) {
        let Some(node) = self.tree.node(id) else {
            return;
        };
        let (mut table, mut silent) = (table, silent);
        match &node.kind {
            Kind::Text(text) if !silent => escape(text, &mut self.out),
            Kind::Text(_) | Kind::Bare => {}
            Kind::Element(element) => {
                let name = element.name();
                self.look_around(id, element);
                if name == "table" {
                    table = Table::of(element);
                }
                match fate(name) {
                    _ if silent => {}
                    Fate::Keep(name) => self.open(name, id, element, table, steps),
                    Fate::Drop => silent = true,
                    Fate::Unwrap => self.frame(element, table),
                }
            }
        }
        let children = node.children.iter().rev();
        steps.extend(children.map(|&child| Step::Enter(child, table, silent)));
    }

    /// Style sheets are read wherever they stand; what else asks for something
    /// from elsewhere is noted.
    fn look_around(&mut self, id: NodeId, element: &Element) {
        match element.name() {
            "style" => {
                let media = element.get("media").unwrap_or_default();
                let css = self.tree.text_of(id);
                let for_screen = media.is_empty() || media.contains("screen") || media == "all";
                if for_screen {
                    self.styles.add_sheet(&css, &mut self.asked);
                }
            }
            "img" | "a" => {}
            "base" | "form" | "area" | "html" | "body" => {}
            "meta" => {
                let content = element.get("content").unwrap_or_default();
                if element.get("http-equiv").is_some()
                    && let Some(at) = content.to_ascii_lowercase().find("url=")
                {
                    let address = content.get(at + 4..).unwrap_or_default();
                    self.asked
                        .add_address(address.trim_matches(['"', '\'']), RemoteKind::Other);
                }
            }
            name => {
                let kind = match (name, element.get("rel").map(str::to_ascii_lowercase)) {
                    ("link", Some(rel)) if rel.contains("stylesheet") => RemoteKind::Style,
                    _ => RemoteKind::Other,
                };
                for (attribute, value) in element.attributes() {
                    if matches!(
                        attribute,
                        "src"
                            | "href"
                            | "xlink:href"
                            | "data"
                            | "poster"
                            | "code"
                            | "codebase"
                            | "classid"
                            | "manifest"
                            | "imagesrcset"
                            | "lowsrc"
                            | "dynsrc"
                    ) {
                        self.asked.add_address(value, kind);
                    } else if attribute == "srcset" {
                        self.note_choices(value);
                    }
                }
            }
        }
    }

    /// Notes the addresses of a `srcset`.
    fn note_choices(&mut self, choices: &str) {
        for choice in choices.split(',') {
            let address = choice.split_whitespace().next().unwrap_or_default();
            self.asked.add_address(address, RemoteKind::Picture);
        }
    }

    fn open(
        &mut self,
        name: &'static str,
        id: NodeId,
        element: &Element,
        table: Table,
        steps: &mut Vec<Step>,
    ) {
        if name == "img" {
            self.picture(element);
            return;
        }
        let lines = Lines::of(self.tree, id);
        let attributes = self.attributes(element, table, lines);
        // Writing to a string cannot fail.
        let _written = write!(self.out, "<{name}{attributes}>");
        if !is_void(name) {
            steps.push(Step::Close(name));
        }
    }

    /// The attributes of the document's frame.
    fn frame(&mut self, element: &Element, table: Table) {
        match element.name() {
            "html" => self.root = self.attributes(element, table, Lines::Usual),
            "body" => self.body = self.attributes(element, table, Lines::Usual),
            _ => {}
        }
    }

    /// The attributes that stay, written out, each after a blank.
    fn attributes(&mut self, element: &Element, table: Table, lines: Lines) -> String {
        let mut out = String::new();
        let old = self.rules.class_of(element, table, lines, &mut self.asked);
        let class = match (element.get("class"), old) {
            (Some(own), Some(old)) => format!("{own} {old}"),
            (Some(own), None) => own.to_owned(),
            (None, Some(old)) => old,
            (None, None) => String::new(),
        };
        put(&mut out, "class", &class);
        if let Some(style) = element.get("style") {
            let style = self.styles.attribute(style, &mut self.asked);
            put_whole(&mut out, "style", &style);
        }
        // Of tables it became a rule; the layout engine would hand it on.
        let has_align = matches!(
            element.name(),
            "div" | "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption"
        );
        for (name, value) in element.attributes() {
            match name {
                "id" | "dir" | "lang" | "title" | "width" | "height" | "alt" | "hspace"
                | "vspace" | "start" | "value" | "leftmargin" | "topmargin" | "marginwidth"
                | "marginheight" => put(&mut out, name, value),
                "name" if element.name() == "a" => put(&mut out, "id", value),
                "align" if has_align => put(&mut out, name, &value.to_ascii_lowercase()),
                "border" if element.name() == "img" => put(&mut out, name, value),
                "colspan" | "rowspan" | "span" => {
                    let span = legacy::number(value).unwrap_or(1).clamp(1, SPAN_MAX);
                    put(&mut out, name, &span.to_string());
                }
                "hidden" => put(&mut out, name, "hidden"),
                "href" if element.name() == "a" => match Target::of(value) {
                    Target::Remote(url) | Target::Person(url) => put_whole(&mut out, name, &url),
                    Target::Here(place) => put(&mut out, name, &format!("#{place}")),
                    _ => {}
                },
                _ => {}
            }
        }
        out
    }

    /// A picture, or the words that stand for it.
    fn picture(&mut self, element: &Element) {
        for name in ["srcset", "lowsrc", "dynsrc", "longdesc"] {
            if let Some(value) = element.get(name) {
                self.note_choices(value);
            }
        }
        let attributes = self.attributes(element, Table::default(), Lines::Usual);
        let source = element.get("src").unwrap_or_default();
        if let Target::Remote(url) = Target::of(source)
            && is_tracker(element, &attributes)
        {
            self.asked.add_tracker(url);
            return;
        }
        let source = self.asked.picture(source, RemoteKind::Picture);
        // Writing to a string cannot fail.
        let _written = match source {
            Some(source) => {
                let mut attributes = attributes;
                put_whole(&mut attributes, "src", &source);
                write!(self.out, "<img{attributes}>")
            }
            None => write!(self.out, "<img{attributes}>"),
        };
    }

    fn finish(self, cut: bool) -> CleanHtml {
        let mut html = String::with_capacity(self.out.len() + self.styles.sheet.len() + 256);
        // Writing to a string cannot fail.
        let _written = write!(
            html,
            "<!DOCTYPE html>\n<html{}><head><meta charset=\"utf-8\"><style>\n{}{}</style></head>\
             <body{}>{}</body></html>",
            self.root,
            self.rules.sheet(),
            self.styles.sheet,
            self.body,
            self.out
        );
        CleanHtml {
            html,
            remote: self.asked.remote,
            parts: self.asked.parts,
            cut: cut || self.tree.cut || self.styles.cut,
        }
    }
}

/// Whether a remote picture shows nothing: it is a few points large, or hidden
/// where no rule can bring it to light.
fn is_tracker(element: &Element, attributes: &str) -> bool {
    let style = attributes.to_ascii_lowercase();
    let says = |declaration: &str| {
        let mut places = style.match_indices(declaration);
        // Not `max-width` or `border-width`.
        places.any(|(at, _)| !style.get(..at).unwrap_or_default().ends_with('-'))
    };
    let tiny = |name: &str| {
        let size = element.get(name).and_then(legacy::number);
        let tiny = |size| says(&format!("{name}:{size}px;"));
        size.is_some_and(|size| size <= TRACKER_MAX)
            || says(&format!("{name}:0;"))
            || (0..=TRACKER_MAX).any(tiny)
    };
    let hidden = says("display:none;") || says("visibility:hidden;") || says("opacity:0;");
    tiny("width") && tiny("height") || hidden && element.get("class").is_none()
}

/// Adds an attribute of reasonable length.
fn put(out: &mut String, name: &str, value: &str) {
    if !value.is_empty() && value.len() <= ATTRIBUTE_MAX {
        put_whole(out, name, value);
    }
}

/// Adds an attribute whose length was judged before.
fn put_whole(out: &mut String, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(value, out);
    out.push('"');
}

/// Adds text as HTML has it.
pub(super) fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\0' => {}
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
