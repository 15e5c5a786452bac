//! What old attributes mean, as CSS.
//!
//! Browsers give such attributes less weight than any rule of the page. So
//! they become rules of their own, without weight (`:where`), before all
//! others. Those that the layout engine understands by itself stay attributes.

use std::collections::HashMap;

use super::lines::Lines;
use super::remote::{Asked, RemoteKind};
use super::tree::Element;

/// What the tables around an element hand down to its cells.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Table {
    padding: Option<u32>,
    bordered: bool,
}

/// Declarations gathered under a class each.
#[derive(Debug, Default)]
pub(super) struct Rules {
    classes: HashMap<String, usize>,
    sheet: String,
}

impl Rules {
    /// The class that stands for the declarations.
    fn class_for(&mut self, declarations: String) -> String {
        let next = self.classes.len();
        let sheet = &mut self.sheet;
        let number = *self.classes.entry(declarations).or_insert_with_key(|text| {
            sheet.push_str(&format!(":where(.wx-{next}){{{text}}}\n"));
            next
        });
        format!("wx-{number}")
    }

    /// All rules.
    pub(super) fn sheet(&self) -> &str {
        &self.sheet
    }

    /// What the pages of last century's browsers expect.
    pub(super) fn add_quirks(&mut self) {
        self.sheet.push_str(
            ":where(table){font-size:medium;font-weight:normal;font-style:normal;\
             text-align:start;white-space:normal;line-height:normal;}\n\
             :where(.wx-font){line-height:0;}\n\
             :where(.wx-font>font){line-height:normal;}\n",
        );
    }

    /// The class that stands for the old attributes of an element, if it has
    /// such.
    pub(super) fn class_of(
        &mut self,
        element: &Element,
        table: Table,
        lines: Lines,
        asked: &mut Asked,
    ) -> Option<String> {
        let mut css = String::new();
        if lines == Lines::Pictures {
            css.push_str("line-height:0;");
        }
        let name = element.name();
        common(element, &mut css, asked);
        match name {
            "body" => self.body(element, &mut css),
            "table" => of_table(element, &mut css),
            "td" | "th" => of_cell(element, table, &mut css),
            "font" | "basefont" => of_font(element, &mut css),
            "img" => of_image(element, &mut css),
            "hr" => of_rule(element, &mut css),
            "br" => match element.get("clear").map(str::to_ascii_lowercase).as_deref() {
                Some("left") => css.push_str("clear:left;"),
                Some("right") => css.push_str("clear:right;"),
                Some("all" | "both") => css.push_str("clear:both;"),
                _ => {}
            },
            "ul" | "ol" | "li" => of_list(element, &mut css),
            _ => {}
        }
        let class = (!css.is_empty()).then(|| self.class_for(css));
        match (lines, class) {
            (Lines::Font, Some(class)) => Some(format!("wx-font {class}")),
            (Lines::Font, None) => Some("wx-font".to_owned()),
            (_, class) => class,
        }
    }

    fn body(&mut self, element: &Element, css: &mut String) {
        if let Some(color) = element.get("text").and_then(color) {
            css.push_str(&format!("color:{color};"));
        }
        if let Some(color) = element.get("link").and_then(color) {
            self.sheet
                .push_str(&format!(":where(a[href]){{color:{color};}}\n"));
        }
    }
}

impl Table {
    /// What a table hands down.
    pub(super) fn of(element: &Element) -> Self {
        Self {
            padding: element.get("cellpadding").and_then(number),
            bordered: border(element) > 0,
        }
    }
}

/// Colours and pictures behind anything, and where cells put their content.
fn common(element: &Element, css: &mut String, asked: &mut Asked) {
    let name = element.name();
    let is_table_part = matches!(
        name,
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th"
    );
    if !is_table_part && !matches!(name, "body" | "col" | "colgroup") {
        return;
    }
    if let Some(color) = element.get("bgcolor").and_then(color) {
        css.push_str(&format!("background-color:{color};"));
    }
    if let Some(address) = element.get("background").filter(|text| !text.is_empty())
        && let Some(address) = asked.picture(address, RemoteKind::Background)
    {
        css.push_str("background-image:url(");
        // Writing to a string cannot fail.
        let _written = cssparser::serialize_string(&address, css);
        css.push_str(");");
    }
    match element
        .get("valign")
        .map(str::to_ascii_lowercase)
        .as_deref()
    {
        Some(place @ ("top" | "middle" | "bottom" | "baseline")) => {
            css.push_str(&format!("vertical-align:{place};"));
        }
        Some("center") => css.push_str("vertical-align:middle;"),
        _ => {}
    }
    if name != "table"
        && let Some(place) = text_place(element)
    {
        css.push_str(&format!("text-align:{place};"));
    }
}

/// Where an `align` puts text; blocks follow it.
fn text_place(element: &Element) -> Option<&'static str> {
    match element.get("align")?.to_ascii_lowercase().as_str() {
        "left" => Some("-moz-left"),
        "right" => Some("-moz-right"),
        "center" | "middle" => Some("-moz-center"),
        "justify" => Some("justify"),
        _ => None,
    }
}

fn border(element: &Element) -> u32 {
    match element.get("border") {
        Some("") => 1,
        Some(text) => number(text).unwrap_or(1),
        None => 0,
    }
}

fn of_table(element: &Element, css: &mut String) {
    match element.get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("center" | "middle") => css.push_str("margin-left:auto;margin-right:auto;"),
        Some("left") => css.push_str("float:left;"),
        Some("right") => css.push_str("float:right;"),
        _ => {}
    }
    if let Some(gap) = element.get("cellspacing").and_then(number) {
        css.push_str(&format!("border-spacing:{gap}px;"));
    }
    let width = border(element);
    if width > 0 {
        let color = element.get("bordercolor").and_then(color);
        let color = color.as_deref().unwrap_or("gray");
        css.push_str(&format!("border:{width}px outset {color};"));
    }
}

fn of_cell(element: &Element, table: Table, css: &mut String) {
    if let Some(padding) = table.padding {
        css.push_str(&format!("padding:{padding}px;"));
    }
    if table.bordered {
        css.push_str("border:1px inset gray;");
    }
    if element.get("nowrap").is_some() {
        css.push_str("white-space:nowrap;");
    }
}

fn of_font(element: &Element, css: &mut String) {
    if let Some(color) = element.get("color").and_then(color) {
        css.push_str(&format!("color:{color};"));
    }
    if let Some(face) = element.get("face").filter(|face| !face.is_empty()) {
        let names = face
            .split(',')
            .map(|name| name.trim().trim_matches(['"', '\'']));
        let names: Vec<String> = names
            .filter(|name| !name.is_empty())
            .take(12)
            .map(|name| match name.to_ascii_lowercase().as_str() {
                generic @ ("serif" | "sans-serif" | "monospace" | "cursive") => generic.to_owned(),
                _ => {
                    let mut quoted = String::new();
                    // Writing to a string cannot fail.
                    let _written = cssparser::serialize_string(name, &mut quoted);
                    quoted
                }
            })
            .collect();
        css.push_str(&format!("font-family:{};", names.join(",")));
    }
    if let Some(size) = element.get("size").and_then(font_size) {
        css.push_str(&format!("font-size:{size};"));
    }
}

/// The seven sizes of old, the third being the usual one.
fn font_size(text: &str) -> Option<&'static str> {
    let (base, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) if text.starts_with('+') => (Some(1), digits),
        Some(digits) => (Some(-1), digits),
        None => (None, text),
    };
    let value = i32::try_from(number(digits)?.min(100)).ok()?;
    let size = base.map_or(value, |sign| 3 + sign * value);
    Some(match size.clamp(1, 7) {
        1 => "x-small",
        2 => "small",
        3 => "medium",
        4 => "large",
        5 => "x-large",
        6 => "xx-large",
        _ => "xxx-large",
    })
}

fn of_image(element: &Element, css: &mut String) {
    match element.get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("left") => css.push_str("float:left;"),
        Some("right") => css.push_str("float:right;"),
        Some("middle" | "absmiddle" | "center") => css.push_str("vertical-align:middle;"),
        Some("top" | "texttop") => css.push_str("vertical-align:top;"),
        _ => {}
    }
}

fn of_rule(element: &Element, css: &mut String) {
    let color = element.get("color").and_then(color);
    let size = element.get("size").and_then(number);
    let flat = element.get("noshade").is_some() || color.is_some();
    if let Some(color) = &color {
        css.push_str(&format!("color:{color};background-color:{color};"));
    }
    if flat {
        css.push_str("border-style:solid;");
    }
    if let Some(size) = size {
        css.push_str(&match (size, flat) {
            (0 | 1, _) => "border-bottom-width:0;".to_owned(),
            (size, _) => format!("height:{}px;", size - 2),
        });
    }
    match element.get("align").map(str::to_ascii_lowercase).as_deref() {
        Some("left") => css.push_str("margin-left:0;margin-right:auto;"),
        Some("right") => css.push_str("margin-left:auto;margin-right:0;"),
        _ => {}
    }
}

fn of_list(element: &Element, css: &mut String) {
    let kind = match element.get("type") {
        Some("1") => "decimal",
        Some("a") => "lower-alpha",
        Some("A") => "upper-alpha",
        Some("i") => "lower-roman",
        Some("I") => "upper-roman",
        Some(name) if name.eq_ignore_ascii_case("disc") => "disc",
        Some(name) if name.eq_ignore_ascii_case("circle") => "circle",
        Some(name) if name.eq_ignore_ascii_case("square") => "square",
        _ => return,
    };
    css.push_str(&format!("list-style-type:{kind};"));
}

/// The number an attribute begins with, of a size that fits on a page.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = text.trim().trim_start_matches('+');
    let end = digits.bytes().position(|byte| !byte.is_ascii_digit());
    let digits = digits.get(..end.unwrap_or(digits.len()))?;
    let value: u32 = digits.parse().ok()?;
    (value <= 10_000).then_some(value)
}

/// A colour as old attributes give it: a name, or digits with or without `#`.
pub(super) fn color(text: &str) -> Option<String> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("transparent") {
        return None;
    }
    let digits = text.trim_start_matches('#');
    let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hex && matches!(digits.len(), 3 | 6) {
        return Some(format!("#{}", digits.to_ascii_lowercase()));
    }
    let is_name = text.len() <= 24 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    if is_name && !is_hex {
        return Some(text.to_ascii_lowercase());
    }
    if let Some(inner) = text
        .strip_prefix("rgb(")
        .and_then(|rest| rest.strip_suffix(')'))
    {
        let parts: Vec<u8> = inner
            .split(',')
            .filter_map(|part| part.trim().parse().ok())
            .collect();
        if let [red, green, blue] = parts.as_slice() {
            return Some(format!("#{red:02x}{green:02x}{blue:02x}"));
        }
    }
    None
}
