//! Lines without letters: where the doctype is an old one, a block's own font
//! makes none of its lines higher that has no text of its own (Quirks Mode
//! Standard, 3.3).

use super::tree::{Kind, NodeId, Tree};

/// What the lines of a block have in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Lines {
    /// Anything, or the doctype is none of the old ones.
    #[default]
    Usual,
    /// Pictures, and nothing else.
    Pictures,
    /// All text is in one `<font>`.
    Font,
}

impl Lines {
    /// Those of an element.
    pub(super) fn of(tree: &Tree, id: NodeId) -> Self {
        let name = |id| match tree.node(id).map(|node| &node.kind) {
            Some(Kind::Element(element)) => element.name(),
            _ => "",
        };
        let is_block = matches!(name(id), "td" | "th" | "div" | "p" | "center");
        if !tree.old_lines || !is_block {
            return Self::Usual;
        }
        let Some(children) = seen(tree, id) else {
            return Self::Usual;
        };
        let is_picture = |id: &NodeId| match (name(*id), seen(tree, *id)) {
            ("img", _) => true,
            ("a", Some(children)) => {
                !children.is_empty() && children.iter().all(|&id| name(id) == "img")
            }
            _ => false,
        };
        match children.as_slice() {
            [] => Self::Usual,
            [only] if name(*only) == "font" && tree.quirks => Self::Font,
            all if all.iter().all(is_picture) => Self::Pictures,
            _ => Self::Usual,
        }
    }
}

/// The elements in an element; nothing where there is text between them.
fn seen(tree: &Tree, id: NodeId) -> Option<Vec<NodeId>> {
    let mut elements = Vec::new();
    for &child in &tree.node(id)?.children {
        match tree.node(child).map(|node| &node.kind) {
            Some(Kind::Text(text)) if !text.trim_ascii().is_empty() => return None,
            Some(Kind::Element(_)) => elements.push(child),
            _ => {}
        }
    }
    Some(elements)
}
