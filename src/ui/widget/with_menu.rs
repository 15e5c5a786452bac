//! A menu on top of everything else: beside the pointer, or where the keyboard
//! is, and always within the window.

use iced::advanced::widget::operation::{Focusable, Scrollable};
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{
    Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer,
};
use iced::keyboard::{self, Key, Modifiers, key::Named};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, Vector};

use super::Element;

/// So far from the edges of the window a menu stays.
const MARGIN: f32 = 4.0;

/// Whether a key asks for the menu of what has the keyboard.
pub(crate) fn asks_for_menu(key: &Key, modifiers: Modifiers) -> bool {
    match key {
        Key::Named(Named::ContextMenu) => modifiers.is_empty(),
        Key::Named(Named::F10) => modifiers == Modifiers::SHIFT,
        _ => false,
    }
}

/// `base` with `menu` on top of it, while there is one. The menu opens where
/// the pointer was last; by key, at whatever has the keyboard, else at `home`.
/// A press elsewhere wants it closed. While it is open no key reaches `base`.
pub(crate) fn with_menu<'a, Message: Clone + 'a>(
    base: impl Into<Element<'a, Message>>,
    menu: Option<Element<'a, Message>>,
    home: &'static str,
    on_close: Message,
) -> Element<'a, Message> {
    let is_open = menu.is_some();
    let empty = || Element::from(iced::widget::space());
    Element::new(WithMenu {
        parts: [base.into(), menu.unwrap_or_else(empty)],
        is_open,
        home,
        on_close,
    })
}

struct WithMenu<'a, Message> {
    /// What is below, and the menu.
    parts: [Element<'a, Message>; 2],
    is_open: bool,
    home: &'static str,
    on_close: Message,
}

#[derive(Default)]
struct State {
    /// Where a menu opens next.
    next: Point,
    /// Where the one that is open was opened.
    at: Option<Point>,
}

/// Where a menu of that size goes so that it lies in the window.
fn place(at: Point, menu: Size, window: Size) -> Point {
    let fit = |at: f32, length: f32, room: f32| {
        // Left of the pointer, or above it, where it does not fit beyond it.
        let at = if at + length + MARGIN > room {
            at - length
        } else {
            at
        };
        at.min(room - length - MARGIN).max(MARGIN)
    };
    Point::new(
        fit(at.x, menu.width, window.width),
        fit(at.y, menu.height, window.height),
    )
}

impl<Message: Clone> WithMenu<'_, Message> {
    /// The place beside which a menu opens by key.
    fn place_of_keyboard(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
    ) -> Option<Point> {
        let mut find = Find {
            home: Id::new(self.home),
            translation: Vector::ZERO,
            scrolled: Vector::ZERO,
            focused: None,
            at_home: None,
        };
        let base = self.parts.first_mut()?.as_widget_mut();
        let (tree, layout) = (tree.children.first_mut()?, layout.children().next()?);
        base.operate(tree, layout, renderer, &mut find);
        let bounds = find.focused.or(find.at_home)?;
        Some(Point::new(bounds.x + 24.0, bounds.y + bounds.height))
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for WithMenu<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        self.parts.iter().map(Tree::new).collect()
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(&self.parts);
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
        let size = limits.max();
        let state = tree.state.downcast_mut::<State>();
        let at = self.is_open.then(|| state.at.unwrap_or(state.next));
        state.at = at;
        let room = Size::new(size.width - 2.0 * MARGIN, size.height - 2.0 * MARGIN);
        let loose = layout::Limits::new(Size::ZERO, room);
        let parts = self.parts.iter_mut().zip(&mut tree.children);
        let nodes = parts.enumerate().map(|(index, (part, tree))| {
            let part = part.as_widget_mut();
            if index == 0 {
                return part.layout(tree, renderer, limits);
            }
            let node = part.layout(tree, renderer, &loose);
            let place = place(at.unwrap_or_default(), node.size(), size);
            node.move_to(place)
        });
        layout::Node::with_children(size, nodes.collect())
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let parts = self.parts.iter_mut().zip(&mut tree.children);
        for ((part, tree), layout) in parts.zip(layout.children()) {
            let part = part.as_widget_mut();
            operation.traverse(&mut |operation| part.operate(tree, layout, renderer, operation));
        }
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
        let by_key = matches!(
            event,
            Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. })
                if asks_for_menu(key, *modifiers)
        );
        let next = if by_key {
            self.place_of_keyboard(tree, layout, renderer)
        } else {
            cursor.position()
        };
        let state = tree.state.downcast_mut::<State>();
        state.next = next.unwrap_or(state.next);
        let mut below = cursor;
        if self.is_open {
            let is_over = layout
                .children()
                .nth(1)
                .is_some_and(|l| cursor.is_over(l.bounds()));
            match event {
                Event::Mouse(mouse::Event::ButtonPressed(button)) if !is_over => {
                    shell.publish(self.on_close.clone());
                    // Where another menu opens at once it is beside that press.
                    state.at = None;
                    if *button != mouse::Button::Right {
                        shell.capture_event();
                        return;
                    }
                }
                Event::Keyboard(keyboard::Event::KeyPressed { .. }) => return,
                _ => below = mouse::Cursor::Unavailable,
            }
        }
        let parts = self.parts.iter_mut().zip(&mut tree.children);
        for (index, ((part, tree), layout)) in parts.zip(layout.children()).enumerate().rev() {
            let cursor = if index == 0 { below } else { cursor };
            part.as_widget_mut().update(
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
        let below = if self.is_open {
            mouse::Cursor::Unavailable
        } else {
            cursor
        };
        let parts = self.parts.iter().zip(&tree.children);
        for (index, ((part, tree), layout)) in parts.zip(layout.children()).enumerate() {
            let part = part.as_widget();
            if index == 0 {
                part.draw(tree, renderer, theme, style, layout, below, viewport);
            } else if self.is_open {
                renderer.with_layer(*viewport, |renderer| {
                    part.draw(tree, renderer, theme, style, layout, cursor, viewport);
                });
            }
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
        let shown = usize::from(self.is_open);
        let mut parts = self.parts.iter().zip(&tree.children).zip(layout.children());
        parts
            .nth(shown)
            .map_or_else(Default::default, |((part, tree), layout)| {
                let part = part.as_widget();
                part.mouse_interaction(tree, layout, cursor, viewport, renderer)
            })
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
            &mut self.parts,
            tree,
            layout,
            renderer,
            viewport,
            translation,
        )
    }
}

/// Looks for what has the keyboard, and for what is at home with it.
struct Find {
    home: Id,
    /// How far what is looked at is scrolled, and what comes next in it.
    translation: Vector,
    scrolled: Vector,
    focused: Option<Rectangle>,
    at_home: Option<Rectangle>,
}

impl Operation for Find {
    fn traverse(&mut self, visit: &mut dyn FnMut(&mut dyn Operation)) {
        let before = self.translation;
        self.translation = before + std::mem::take(&mut self.scrolled);
        visit(self);
        self.translation = before;
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        _bounds: Rectangle,
        _content: Rectangle,
        translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.scrolled = translation;
    }

    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        let bounds = bounds - self.translation;
        if state.is_focused() {
            self.focused = Some(bounds);
        }
        if id == Some(&self.home) {
            self.at_home = Some(bounds);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_menu_lies_in_the_window_wherever_it_is_asked_for() {
        let (menu, window) = (Size::new(240.0, 300.0), Size::new(800.0, 600.0));
        let at = |x, y| place(Point::new(x, y), menu, window);
        assert_eq!(at(100.0, 100.0), Point::new(100.0, 100.0));
        // No room to the right or below: to the left and above.
        assert_eq!(at(700.0, 500.0), Point::new(460.0, 200.0));
        // No room above either: as far down as it goes.
        let window = Size::new(800.0, 400.0);
        assert_eq!(place(Point::new(10.0, 250.0), menu, window).y, 4.0);
        assert_eq!(at(-20.0, -20.0), Point::new(4.0, 4.0));
    }
}
