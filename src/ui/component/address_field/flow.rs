//! Lays chips out in lines with a text box behind the last one.
//!
//! iced's wrapping row would do, but widgets keep their state by their place
//! among their siblings: each new chip would move the text box by one, and the
//! caret would be gone. Here the text box is always the first child.

use iced::advanced::widget::{Operation, Tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, overlay, renderer};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector};

use crate::ui::widget::Element;

/// See the module.
pub(super) struct Flow<'a, Message> {
    /// The text box, then the chips.
    children: Vec<Element<'a, Message>>,
    spacing: f32,
}

impl<'a, Message> Flow<'a, Message> {
    pub(super) fn new(
        text_box: impl Into<Element<'a, Message>>,
        chips: impl IntoIterator<Item = Element<'a, Message>>,
        spacing: f32,
    ) -> Self {
        Self {
            children: std::iter::once(text_box.into()).chain(chips).collect(),
            spacing,
        }
    }
}

/// Where the next thing goes, and how far things reach so far.
struct Pen {
    at: Point,
    line: f32,
    reach: Size,
}

impl Pen {
    /// Puts a thing into the line, or the next one when it does not fit.
    fn place(&mut self, node: layout::Node, width: f32, spacing: f32) -> layout::Node {
        let size = node.size();
        if self.at.x > 0.0 && self.at.x + size.width > width {
            self.at = Point::new(0.0, self.at.y + self.line + spacing);
            self.line = 0.0;
        }
        let node = node.move_to(self.at);
        self.at.x += size.width + spacing;
        self.line = self.line.max(size.height);
        self.reach = Size::new(
            self.reach.width.max(self.at.x - spacing),
            self.reach.height.max(self.at.y + size.height),
        );
        node
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Flow<'_, Message> {
    fn children(&self) -> Vec<Tree> {
        self.children.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.children);
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Shrink)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let width = limits.max().width;
        let loose = limits.loose();
        let mut nodes: Vec<layout::Node> = self
            .children
            .iter_mut()
            .zip(&mut tree.children)
            .map(|(child, tree)| child.as_widget_mut().layout(tree, renderer, &loose))
            .collect();
        let mut pen = Pen {
            at: Point::ORIGIN,
            line: 0.0,
            reach: Size::ZERO,
        };
        // The first child is the last in the flow.
        let chips = nodes.split_off(nodes.len().min(1));
        let chips: Vec<_> = chips
            .into_iter()
            .map(|node| pen.place(node, width, self.spacing))
            .collect();
        let mut placed: Vec<_> = nodes
            .into_iter()
            .map(|node| pen.place(node, width, self.spacing))
            .collect();
        placed.extend(chips);
        let size = limits.resolve(Length::Fill, Length::Shrink, pen.reach);
        layout::Node::with_children(size, placed)
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        operation.container(None, layout.bounds());
        operation.traverse(&mut |operation| {
            let children = self.children.iter_mut().zip(&mut tree.children);
            for ((child, tree), layout) in children.zip(layout.children()) {
                child
                    .as_widget_mut()
                    .operate(tree, layout, renderer, operation);
            }
        });
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        let children = self.children.iter_mut().zip(&mut tree.children);
        for ((child, tree), layout) in children.zip(layout.children()) {
            child.as_widget_mut().update(
                tree, event, layout, cursor, renderer, clipboard, shell, viewport,
            );
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let children = self.children.iter().zip(&tree.children);
        for ((child, tree), layout) in children.zip(layout.children()) {
            child
                .as_widget()
                .draw(tree, renderer, theme, style, layout, cursor, viewport);
        }
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let children = self.children.iter().zip(&tree.children);
        children
            .zip(layout.children())
            .map(|((child, tree), layout)| {
                child
                    .as_widget()
                    .mouse_interaction(tree, layout, cursor, viewport, renderer)
            })
            .max()
            .unwrap_or_default()
    }

    fn overlay<'b>(
        &'b mut self,
        tree: &'b mut Tree,
        layout: Layout<'b>,
        renderer: &Renderer,
        viewport: &Rectangle,
        translation: Vector,
    ) -> Option<overlay::Element<'b, Message, Theme, Renderer>> {
        overlay::from_children(
            &mut self.children,
            tree,
            layout,
            renderer,
            viewport,
            translation,
        )
    }
}

impl<'a, Message: 'a> From<Flow<'a, Message>> for Element<'a, Message> {
    fn from(flow: Flow<'a, Message>) -> Self {
        Element::new(flow)
    }
}
