//! What is carried by the pointer until the button is released.

use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector};

use super::Element;

/// How far the pointer has to go before something is carried.
const FAR: f32 = 6.0;
/// Where it hangs, from the tip of the pointer.
const HANGS: Vector = Vector::new(14.0, 10.0);

/// A press that may become carrying.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Hold(Option<Point>);

impl Hold {
    /// The button went down there.
    pub(crate) fn press(&mut self, at: Point) {
        self.0 = Some(at);
    }

    /// The button went up, or what was pressed is not carried.
    pub(crate) fn release(&mut self) {
        self.0 = None;
    }

    /// The pointer moved. True once, when it has gone far enough.
    pub(crate) fn pulls(&mut self, to: Point) -> bool {
        let far = self.0.is_some_and(|from| from.distance(to) >= FAR);
        if far {
            self.release();
        }
        far
    }
}

/// Hangs `content` on the pointer, on top of everything, until the button is
/// released. A press means that nobody heard of that: it is let go.
pub(crate) fn carried<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    on_drop: Message,
    on_let_go: Message,
) -> Element<'a, Message> {
    Element::new(Carried {
        content: content.into(),
        on_drop,
        on_let_go,
    })
}

struct Carried<'a, Message> {
    content: Element<'a, Message>,
    on_drop: Message,
    on_let_go: Message,
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Carried<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::stateless()
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let content = self.content.as_widget_mut();
        let nodes = tree
            .children
            .iter_mut()
            .map(|tree| content.layout(tree, renderer, &limits.loose()));
        layout::Node::with_children(limits.max(), nodes.collect())
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn iced::advanced::widget::Operation,
    ) {
        for (tree, layout) in tree.children.iter_mut().zip(layout.children()) {
            let content = self.content.as_widget_mut();
            content.operate(tree, layout, renderer, operation);
        }
    }

    fn update(
        &mut self,
        _tree: &mut Tree,
        event: &Event,
        _layout: Layout<'_>,
        _cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _viewport: &Rectangle,
    ) {
        match event {
            Event::Mouse(mouse::Event::CursorMoved { .. }) => shell.request_redraw(),
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => {
                shell.publish(self.on_drop.clone());
            }
            Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                shell.publish(self.on_let_go.clone());
            }
            _ => {}
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
        let Some(at) = cursor.position() else {
            return;
        };
        for (tree, content) in tree.children.iter().zip(layout.children()) {
            let bounds = content.bounds();
            let window = layout.bounds();
            // Always in sight as a whole.
            let most = Point::new(
                window.x + window.width - bounds.width,
                window.y + window.height - bounds.height,
            );
            let hangs = Vector::new(
                (at.x + HANGS.x).min(most.x) - bounds.x,
                (at.y + HANGS.y).min(most.y) - bounds.y,
            );
            renderer.with_layer(*viewport, |renderer| {
                renderer.with_translation(hangs, |renderer| {
                    let widget = self.content.as_widget();
                    let nowhere = mouse::Cursor::Unavailable;
                    widget.draw(tree, renderer, theme, style, content, nowhere, viewport);
                });
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trembling_hand_carries_nothing() {
        let mut hold = Hold::default();
        assert!(!hold.pulls(Point::new(100.0, 0.0)), "nothing is held");
        hold.press(Point::ORIGIN);
        assert!(!hold.pulls(Point::new(3.0, 3.0)));
        assert!(hold.pulls(Point::new(4.0, 5.0)));
        assert!(!hold.pulls(Point::new(50.0, 5.0)), "once");
        hold.press(Point::ORIGIN);
        hold.release();
        assert!(!hold.pulls(Point::new(50.0, 5.0)));
    }
}
