//! What of a page nobody sees: known from its style sheet and from attributes.

use std::collections::HashMap;

use crate::html::sanitize::tree::{Element, Kind, Tree};

/// What the style sheet hides, by the selectors `.class`, `#id` and `div.class`,
/// and whether that is important. Rules for other selectors, or for windows of
/// some width, hide nothing: words too many are better than words lost.
#[derive(Debug, Default)]
pub(super) struct Hidden(HashMap<String, bool>);

/// What declarations say of whether something is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    Hidden { important: bool },
    Shown,
}

impl Hidden {
    /// Reads the style sheet of a page that was made safe: a rule a line.
    pub(super) fn read(tree: &Tree) -> Self {
        let mut hidden = Self::default();
        let mut in_media = 0_usize;
        for line in sheet(tree).lines() {
            let line = line.trim();
            if line.starts_with('@') {
                in_media += 1;
            } else if line == "}" {
                in_media = in_media.saturating_sub(1);
            } else if in_media == 0
                && let Some((selectors, body)) = line.split_once('{')
            {
                hidden.rule(selectors, body.trim_end_matches('}'));
            }
        }
        hidden
    }

    fn rule(&mut self, selectors: &str, body: &str) {
        let Some(says) = says(body) else {
            return;
        };
        let selectors = selectors.split(',').map(str::trim);
        for selector in selectors.filter(|selector| is_simple(selector)) {
            match says {
                Says::Hidden { important } => {
                    self.0.insert(selector.to_owned(), important);
                }
                Says::Shown if self.0.get(selector) == Some(&false) => {
                    self.0.remove(selector);
                }
                Says::Shown => {}
            }
        }
    }

    /// Whether nobody sees an element: what is only there for the preview of a
    /// list, or for windows of another kind.
    pub(super) fn has(&self, element: &Element) -> bool {
        let own = says(element.get("style").unwrap_or_default());
        if element.get("hidden").is_some() || matches!(own, Some(Says::Hidden { .. })) {
            return true;
        }
        let found = |selector: &str| {
            let whole = format!("{}{selector}", element.name());
            let important = self.0.get(selector).or_else(|| self.0.get(&whole));
            important.is_some_and(|&important| important || own.is_none())
        };
        let classes = element.get("class").unwrap_or_default();
        let mut classes = classes.split_whitespace();
        classes.any(|class| found(&format!(".{class}")))
            || element.get("id").is_some_and(|id| found(&format!("#{id}")))
    }
}

/// The text of the style sheet.
fn sheet(tree: &Tree) -> String {
    let mut left = vec![Tree::ROOT];
    while let Some(id) = left.pop() {
        let Some(node) = tree.node(id) else {
            continue;
        };
        match &node.kind {
            Kind::Element(element) if element.name() == "style" => return tree.text_of(id),
            _ => left.extend(node.children.iter().rev()),
        }
    }
    String::new()
}

/// Whether a selector is one class or one id, with or without a name before it.
fn is_simple(selector: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let marks = selector
        .chars()
        .filter(|&c| !is_word(c))
        .collect::<String>();
    marks == "." || marks == "#"
}

/// What declarations say. What hides in one way is hidden.
fn says(declarations: &str) -> Option<Says> {
    let mut says = None;
    for (name, value) in declarations
        .split(';')
        .filter_map(|one| one.split_once(':'))
    {
        let value = value.to_ascii_lowercase();
        let (value, important) = match value.split_once('!') {
            Some((value, _)) => (value.trim(), true),
            None => (value.trim(), false),
        };
        let hides = match name.trim() {
            "display" => value == "none",
            "visibility" => value == "hidden" || value == "collapse",
            "max-height" | "font-size" | "opacity" if is_nothing(value) => true,
            _ => continue,
        };
        match (hides, says) {
            (true, _) => says = Some(Says::Hidden { important }),
            (false, None) => says = Some(Says::Shown),
            // Hidden in another way.
            (false, Some(_)) => {}
        }
    }
    says
}

/// Whether a length or a number is zero, whatever its unit.
fn is_nothing(value: &str) -> bool {
    let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    number.parse::<f32>().is_ok_and(|number| number == 0.0)
}
