//! HTML to text for reading, quoting and searching.

use std::borrow::Cow;

use html2text::config;
use html2text::render::TextDecorator;
use mail_parser::decoders::html::html_to_text;

use super::preview::is_invisible;

/// The deepest nesting that is laid out: the renderer's time grows with the
/// square of it.
const DEPTH_MAX: usize = 200;

/// The most attributes of one element that are laid out.
const ATTRIBUTES_MAX: usize = 1000;

/// The largest HTML that is laid out.
const SIZE_MAX: usize = 2 * 1024 * 1024;

/// Wide enough that lines are broken where the HTML breaks them; whoever shows
/// the text wraps it.
const WIDTH: usize = 10_000;

/// What the HTML says, as text: links readable, no tables drawn, no scripts or
/// style sheets. HTML that is too deep or too large to lay out in reasonable
/// time is reduced to its bare words.
pub(crate) fn to_text(html: &str) -> String {
    let text = if html.len() > SIZE_MAX || is_too_deep(html) {
        html_to_text(html)
    } else {
        laid_out(html).unwrap_or_else(|| html_to_text(html))
    };
    tidy(&text)
}

fn laid_out(html: &str) -> Option<String> {
    let html = without_invisible_elements(html);
    // The renderer counts columns with unchecked arithmetic; a panic in it must
    // cost the layout, not the message.
    std::panic::catch_unwind(|| {
        config::with_decorator(Plain::default())
            .raw_mode(true)
            .no_link_wrapping()
            .allow_width_overflow()
            .string_from_read(html.as_bytes(), WIDTH)
            .ok()
    })
    .ok()
    .flatten()
}

/// Whether the HTML may be nested deeper than the limit. An upper bound: an
/// element counts as open until its own end tag follows its last child's, for
/// the HTML parser ignores other end tags. Elements it closes by itself do not
/// count, nor do those without content.
fn is_too_deep(html: &str) -> bool {
    const NEVER_NESTED: [&str; 23] = [
        "br", "img", "hr", "meta", "link", "input", "col", "wbr", "area", "base", "source", "p",
        "li", "td", "tr", "th", "dt", "dd", "option", "tbody", "thead", "tfoot", "colgroup",
    ];
    let mut open: Vec<&str> = Vec::new();
    // Tags do not overlap in honest HTML, so looking at each costs one pass.
    let mut budget = html.len().saturating_mul(4);
    for (start, _) in html.match_indices('<') {
        let rest = html.get(start + 1..).unwrap_or_default();
        let is_end = rest.starts_with('/');
        let name = rest
            .trim_start_matches('/')
            .split(|c: char| !c.is_ascii_alphanumeric())
            .next()
            .unwrap_or_default();
        let counts = |name: &str| {
            !name.is_empty()
                && !NEVER_NESTED
                    .iter()
                    .any(|one| one.eq_ignore_ascii_case(name))
        };
        if is_end {
            if open
                .last()
                .is_some_and(|last| last.eq_ignore_ascii_case(name))
            {
                open.pop();
            }
        } else if counts(name) {
            open.push(name);
        }
        if open.len() > DEPTH_MAX || has_flood_of_attributes(rest, &mut budget) {
            return true;
        }
    }
    false
}

/// Whether a tag may hold more attributes than one ever needs: parsers take
/// time with the square of them.
pub(crate) fn is_flooded(html: &str) -> bool {
    let mut budget = html.len().saturating_mul(4);
    html.match_indices('<').any(|(start, tag)| {
        let rest = html.get(start + tag.len()..).unwrap_or_default();
        has_flood_of_attributes(rest, &mut budget)
    })
}

/// Whether the tag that begins here may hold more attributes than one ever
/// needs: the HTML parser compares each with all before it. So it may when the
/// budget of bytes to look at is used up.
fn has_flood_of_attributes(tag: &str, budget: &mut usize) -> bool {
    let mut separators = 0;
    let mut quote = None;
    let mut before = b' ';
    for &byte in tag.as_bytes() {
        let Some(left) = budget.checked_sub(1) else {
            return true;
        };
        *budget = left;
        match (quote, byte) {
            (Some(end), byte) if end == byte => quote = None,
            (Some(_), _) => {}
            (None, b'>') => return false,
            (None, b'"' | b'\'') if before == b'=' => quote = Some(byte),
            (None, b'"' | b'\'' | b'/' | b' ' | b'\t' | b'\n' | b'\r') => separators += 1,
            _ => {}
        }
        if separators > ATTRIBUTES_MAX {
            return true;
        }
        before = byte;
    }
    false
}

/// The renderer keeps the words of some elements nobody sees.
fn without_invisible_elements(html: &str) -> Cow<'_, str> {
    let mut out = Cow::Borrowed(html);
    for name in [
        "script", "style", "title", "template", "noscript", "svg", "math",
    ] {
        if let Some(cut) = without_element(&out, name) {
            out = Cow::Owned(cut);
        }
    }
    out
}

fn without_element(html: &str, name: &str) -> Option<String> {
    // ASCII lower case keeps every byte where it is.
    let lower = html.to_ascii_lowercase();
    let open = format!("<{name}");
    let close = format!("</{name}");
    let mut out = String::new();
    let mut kept_from = 0;
    let mut at = 0;
    while let Some(start) = find(&lower, &open, at) {
        at = start + open.len();
        let ends_name = |c: &u8| !c.is_ascii_alphanumeric() && *c != b'-';
        if !lower.as_bytes().get(at).is_none_or(ends_name) {
            continue;
        }
        // Without an end the element reaches to the end of the text.
        let end = find(&lower, &close, at)
            .and_then(|end| find(&lower, ">", end))
            .map_or(html.len(), |end| end + 1);
        out.push_str(html.get(kept_from..start).unwrap_or_default());
        kept_from = end;
        at = end;
    }
    if kept_from == 0 {
        return None;
    }
    out.push_str(html.get(kept_from..).unwrap_or_default());
    Some(out)
}

fn find(text: &str, what: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

/// Without trailing blanks, invisible padding and piles of empty lines.
fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.lines() {
        let line: String = line.chars().filter(|c| !is_invisible(*c)).collect();
        let line = line.trim_end();
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        empty = 0;
        out.push_str(line);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// Words as they are; a link is followed by where it leads, unless its words
/// say that already or it leads nowhere one would want to go.
#[derive(Debug, Clone, Default)]
struct Plain {
    links: Vec<String>,
}

impl TextDecorator for Plain {
    type Annotation = ();

    fn decorate_link_start(&mut self, url: &str) -> (String, Self::Annotation) {
        self.links.push(url.trim().to_owned());
        (String::new(), ())
    }

    fn decorate_link_end(&mut self) -> String {
        let target = self.links.pop().unwrap_or_default();
        let lower = target.get(..8).unwrap_or(&target).to_ascii_lowercase();
        if lower.starts_with("http://") || lower.starts_with("https://") {
            format!(" <{target}>")
        } else {
            String::new()
        }
    }

    fn decorate_em_start(&self) -> (String, Self::Annotation) {
        (String::new(), ())
    }

    fn decorate_em_end(&self) -> String {
        String::new()
    }

    fn decorate_strong_start(&self) -> (String, Self::Annotation) {
        (String::new(), ())
    }

    fn decorate_strong_end(&self) -> String {
        String::new()
    }

    fn decorate_strikeout_start(&self) -> (String, Self::Annotation) {
        (String::new(), ())
    }

    fn decorate_strikeout_end(&self) -> String {
        String::new()
    }

    fn decorate_code_start(&self) -> (String, Self::Annotation) {
        (String::new(), ())
    }

    fn decorate_code_end(&self) -> String {
        String::new()
    }

    fn decorate_preformat_first(&self) -> Self::Annotation {}

    fn decorate_preformat_cont(&self) -> Self::Annotation {}

    fn decorate_image(&mut self, _src: &str, title: &str) -> (String, Self::Annotation) {
        let title = title.trim();
        if title.is_empty() {
            (String::new(), ())
        } else {
            (format!("[{title}]"), ())
        }
    }

    fn header_prefix(&self, _level: usize) -> String {
        String::new()
    }

    fn quote_prefix(&self) -> String {
        "> ".to_owned()
    }

    fn unordered_item_prefix(&self) -> String {
        "- ".to_owned()
    }

    fn ordered_item_prefix(&self, number: i64) -> String {
        format!("{number}. ")
    }

    fn make_subblock_decorator(&self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests;
