//! HTML to a tree, as browsers read it, within bounds.
//!
//! The tree builder's time grows with the depth of what is open, and one tag
//! may make many elements; so it is told of no more tags once there are enough.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::buffer_queue::BufferQueue;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts};
use html5ever::tree_builder::{
    ElementFlags, NodeOrText, QuirksMode, TreeBuilder, TreeBuilderOpts, TreeSink,
};
use html5ever::{Attribute, LocalName, QualName, ns};

/// How deep elements may nest.
const DEPTH_MAX: usize = 512;

/// How many elements there may be.
const ELEMENTS_MAX: usize = 30_000;

/// How many bytes of text there may be.
const TEXT_MAX: usize = 1_000_000;

/// Which node of a tree.
pub(super) type NodeId = usize;

/// What the HTML became.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: Vec<Node>,
    /// Whether its doctype asks for the layout of last century's browsers.
    pub(super) quirks: bool,
    /// Whether it asks for their lines at least, as XHTML's transitional one does.
    pub(super) old_lines: bool,
    /// Whether there was too much of it.
    pub(super) cut: bool,
}

/// One node.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    parent: Option<NodeId>,
    depth: usize,
    pub(super) children: Vec<NodeId>,
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Kind {
    /// The document, or anything that shows nothing itself.
    Bare,
    Element(Element),
    Text(String),
}

/// An element with its attributes, each name once.
#[derive(Debug)]
pub(super) struct Element {
    name: QualName,
    attributes: Vec<(LocalName, StrTendril)>,
}

impl Element {
    /// Its name, where it is one of HTML: elements of SVG and MathML have none
    /// that counts here.
    pub(super) fn name(&self) -> &str {
        if self.name.ns == ns!(html) {
            &self.name.local
        } else {
            "svg"
        }
    }

    /// The value of an attribute, without blanks around it.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| &**own == name)
            .map(|(_, value)| value.trim())
    }

    /// All attributes.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&str, &str)> {
        let all = self.attributes.iter();
        all.map(|(name, value)| (&**name, value.trim()))
    }
}

impl Tree {
    /// Reads HTML. The text must be free of floods of attributes, which the
    /// tokenizer compares with each other.
    pub(super) fn read(html: &str) -> Self {
        let gate = Gate {
            builder: TreeBuilder::new(
                Sink::default(),
                TreeBuilderOpts {
                    scripting_enabled: false,
                    ..TreeBuilderOpts::default()
                },
            ),
        };
        let tokenizer = Tokenizer::new(gate, TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(html));
        // It halts after each script, which nothing here runs.
        while !matches!(tokenizer.feed(&input), html5ever::TokenizerResult::Done) {}
        tokenizer.end();
        tokenizer.sink.builder.sink.finish()
    }

    /// The document itself.
    pub(super) const ROOT: NodeId = 0;

    pub(super) fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id)
    }

    /// What the text below a node says.
    pub(super) fn text_of(&self, id: NodeId) -> String {
        let children = self.node(id).map(|node| node.children.as_slice());
        let texts = children.unwrap_or_default().iter();
        texts
            .filter_map(|&child| match &self.node(child)?.kind {
                Kind::Text(text) => Some(text.as_str()),
                _ => None,
            })
            .collect()
    }
}

/// Lets tags through to the tree builder as long as there is room.
struct Gate {
    builder: TreeBuilder<NodeId, Sink>,
}

impl TokenSink for Gate {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        let sink = &self.builder.sink;
        let shut = match &token {
            Token::TagToken(_) => sink.is_full(),
            Token::CharacterTokens(text) => !sink.has_room_for(text.len()),
            _ => false,
        };
        if shut {
            sink.cut.set(true);
            return TokenSinkResult::Continue;
        }
        self.builder.process_token(token, line)
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Where the tree builder puts what it made.
struct Sink {
    nodes: RefCell<Vec<Node>>,
    elements: Cell<usize>,
    text: Cell<usize>,
    /// How deep the last element lies.
    depth: Cell<usize>,
    mode: Cell<QuirksMode>,
    cut: Cell<bool>,
}

impl Default for Sink {
    fn default() -> Self {
        Self {
            nodes: RefCell::new(vec![Node::new(Kind::Bare)]),
            elements: Cell::new(0),
            text: Cell::new(0),
            depth: Cell::new(0),
            mode: Cell::new(QuirksMode::NoQuirks),
            cut: Cell::new(false),
        }
    }
}

impl Node {
    fn new(kind: Kind) -> Self {
        Self {
            kind,
            parent: None,
            depth: 0,
            children: Vec::new(),
        }
    }
}

impl Sink {
    fn is_full(&self) -> bool {
        self.elements.get() >= ELEMENTS_MAX || self.depth.get() >= DEPTH_MAX
    }

    fn has_room_for(&self, length: usize) -> bool {
        let after = self.text.get().saturating_add(length);
        let fits = after <= TEXT_MAX;
        if fits {
            self.text.set(after);
        }
        fits
    }

    fn add(&self, node: Node) -> NodeId {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        nodes.len() - 1
    }

    /// Puts a node below another, before the child at `place`.
    fn insert(&self, parent: NodeId, place: usize, child: NodeOrText<NodeId>) {
        let mut nodes = self.nodes.borrow_mut();
        let child = match child {
            NodeOrText::AppendNode(id) => id,
            NodeOrText::AppendText(text) => {
                let before = place
                    .checked_sub(1)
                    .and_then(|before| nodes.get(parent)?.children.get(before).copied());
                if let Some(Kind::Text(start)) = before
                    .and_then(|id| nodes.get_mut(id))
                    .map(|node| &mut node.kind)
                {
                    start.push_str(&text);
                    return;
                }
                nodes.push(Node::new(Kind::Text(text.to_string())));
                nodes.len() - 1
            }
        };
        let Some(above) = nodes.get_mut(parent) else {
            return;
        };
        let depth = above.depth + 1;
        let place = place.min(above.children.len());
        above.children.insert(place, child);
        if let Some(node) = nodes.get_mut(child) {
            node.parent = Some(parent);
            node.depth = depth;
            if matches!(node.kind, Kind::Element(_)) {
                self.depth.set(depth);
            }
        }
    }

    fn parent_and_place(&self, id: NodeId) -> Option<(NodeId, usize)> {
        let nodes = self.nodes.borrow();
        let parent = nodes.get(id)?.parent?;
        let children = &nodes.get(parent)?.children;
        // What moves was mostly put there last.
        Some((parent, children.iter().rposition(|&child| child == id)?))
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Tree;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Tree {
        Tree {
            nodes: self.nodes.into_inner(),
            quirks: self.mode.get() == QuirksMode::Quirks,
            old_lines: self.mode.get() != QuirksMode::NoQuirks,
            cut: self.cut.get(),
        }
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        Tree::ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a NodeId) -> Ref<'a, QualName> {
        static NONE: QualName = QualName {
            prefix: None,
            ns: ns!(),
            local: html5ever::local_name!(""),
        };
        Ref::map(self.nodes.borrow(), |nodes| {
            match nodes.get(*target).map(|node| &node.kind) {
                Some(Kind::Element(element)) => &element.name,
                _ => &NONE,
            }
        })
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _flags: ElementFlags,
    ) -> NodeId {
        self.elements.set(self.elements.get() + 1);
        let attributes = attributes.into_iter();
        self.add(Node::new(Kind::Element(Element {
            name,
            attributes: attributes
                .map(|attribute| (attribute.name.local, attribute.value))
                .collect(),
        })))
    }

    fn create_comment(&self, _text: StrTendril) -> NodeId {
        self.add(Node::new(Kind::Bare))
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> NodeId {
        self.add(Node::new(Kind::Bare))
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.insert(*parent, self.child_count(*parent), child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        if self.parent_and_place(*element).is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// What is in a template is shown nowhere: it hangs below nothing.
    fn get_template_contents(&self, _target: &NodeId) -> NodeId {
        self.add(Node::new(Kind::Bare))
    }

    fn same_node(&self, one: &NodeId, other: &NodeId) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.mode.set(mode);
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        if let NodeOrText::AppendNode(id) = &child {
            self.remove_from_parent(id);
        }
        if let Some((parent, place)) = self.parent_and_place(*sibling) {
            self.insert(parent, place, child);
        }
    }

    fn add_attrs_if_missing(&self, target: &NodeId, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(Kind::Element(element)) = nodes.get_mut(*target).map(|node| &mut node.kind) {
            for attribute in attributes {
                if element.get(&attribute.name.local).is_none() {
                    let added = (attribute.name.local, attribute.value);
                    element.attributes.push(added);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        if let Some((parent, place)) = self.parent_and_place(*target) {
            let mut nodes = self.nodes.borrow_mut();
            if let Some(above) = nodes.get_mut(parent) {
                above.children.remove(place);
            }
            if let Some(node) = nodes.get_mut(*target) {
                node.parent = None;
            }
        }
    }

    fn reparent_children(&self, node: &NodeId, new_parent: &NodeId) {
        let children = {
            let mut nodes = self.nodes.borrow_mut();
            nodes
                .get_mut(*node)
                .map(|node| std::mem::take(&mut node.children))
                .unwrap_or_default()
        };
        for child in children {
            self.append(new_parent, NodeOrText::AppendNode(child));
        }
    }
}

impl Sink {
    fn child_count(&self, id: NodeId) -> usize {
        let nodes = self.nodes.borrow();
        nodes.get(id).map_or(0, |node| node.children.len())
    }
}
