//! Makes anything pressable reachable by keyboard: iced gives focus to text
//! fields only.

use iced::advanced::widget::{Id, Operation, Tree, operation, tree};
use iced::advanced::{
    Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer,
};
use iced::keyboard::{self, Modifiers, key::Named};
use iced::{Background, Border, Color, Event, Length, Rectangle, Renderer, Size, Theme, Vector};

use super::Element;
use super::carried::Hold;
use super::with_menu::asks_for_menu;
use crate::ui::theme::{radius, tokens};

/// Wraps `content` so that Tab reaches it and Enter and Space press it.
pub(crate) fn focusable<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    on_press: Option<Message>,
) -> Focusable<'a, Message> {
    Focusable {
        content: content.into(),
        on_press,
        on_menu: None,
        on_key: None,
        on_drag: None,
        id: None,
    }
}

/// What a key means to it.
type OnKey<'a, Message> = Box<dyn Fn(&keyboard::Key, Modifiers) -> Option<Message> + 'a>;

/// See [`focusable`].
pub(crate) struct Focusable<'a, Message> {
    content: Element<'a, Message>,
    on_press: Option<Message>,
    on_menu: Option<Message>,
    on_key: Option<OnKey<'a, Message>>,
    on_drag: Option<Message>,
    id: Option<Id>,
}

impl<'a, Message> Focusable<'a, Message> {
    /// Opens a menu on a right press, and by the key for menus.
    pub(crate) fn on_menu(self, message: Message) -> Self {
        Self {
            on_menu: Some(message),
            ..self
        }
    }

    /// Can be drawn elsewhere by the pointer.
    pub(crate) fn on_drag(self, message: Message) -> Self {
        Self {
            on_drag: Some(message),
            ..self
        }
    }

    /// Takes keys besides Enter and Space while it has the keyboard.
    pub(crate) fn on_key(
        self,
        on_key: impl Fn(&keyboard::Key, Modifiers) -> Option<Message> + 'a,
    ) -> Self {
        Self {
            on_key: Some(Box::new(on_key)),
            ..self
        }
    }

    /// With a name the keyboard can be sent to.
    pub(crate) fn id(self, id: &'static str) -> Self {
        Self {
            id: Some(Id::new(id)),
            ..self
        }
    }
}

#[derive(Default)]
struct State {
    focused: bool,
    hold: Hold,
}

impl operation::Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
    }

    fn unfocus(&mut self) {
        self.focused = false;
    }
}

/// How far the ring stands off.
const RING_WIDTH: f32 = 2.0;

impl<Message: Clone> Widget<Message, Theme, Renderer> for Focusable<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.content)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.content));
    }

    fn size(&self) -> Size<Length> {
        self.content.as_widget().size()
    }

    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        match tree.children.first_mut() {
            Some(child) => self.content.as_widget_mut().layout(child, renderer, limits),
            None => layout::Node::default(),
        }
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        if self.on_press.is_some() {
            let state = tree.state.downcast_mut::<State>();
            operation.focusable(self.id.as_ref(), layout.bounds(), state);
        }
        if let Some(child) = tree.children.first_mut() {
            operation.traverse(&mut |operation| {
                self.content
                    .as_widget_mut()
                    .operate(child, layout, renderer, operation);
            });
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
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().update(
                child, event, layout, cursor, renderer, clipboard, shell, viewport,
            );
        }
        if let Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Right)) = event
            && let Some(message) = &self.on_menu
            && cursor.is_over(layout.bounds())
        {
            shell.publish(message.clone());
            shell.capture_event();
        }
        let state = tree.state.downcast_mut::<State>();
        if let Some(message) = &self.on_drag {
            let over = cursor.position_over(layout.bounds());
            match event {
                Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                    if let Some(at) = over {
                        state.hold.press(at);
                    }
                }
                Event::Mouse(mouse::Event::ButtonReleased(_)) => state.hold.release(),
                Event::Mouse(mouse::Event::CursorMoved { .. })
                    if cursor.position().is_some_and(|to| state.hold.pulls(to)) =>
                {
                    shell.publish(message.clone());
                }
                _ => {}
            }
        }
        if !state.focused {
            return;
        }
        if let Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. }) = event {
            let menu = self
                .on_menu
                .as_ref()
                .filter(|_| asks_for_menu(key, *modifiers));
            let taken = menu
                .cloned()
                .or_else(|| self.on_key.as_ref()?(key, *modifiers));
            if let Some(message) = taken {
                shell.publish(message);
                shell.capture_event();
                return;
            }
        }
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(_)) => {
                state.focused = false;
                shell.request_redraw();
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key, .. }) => match (key, &self.on_press)
            {
                (keyboard::Key::Named(Named::Enter | Named::Space), Some(message)) => {
                    shell.publish(message.clone());
                    shell.capture_event();
                }
                (keyboard::Key::Named(Named::Escape), _) => {
                    state.focused = false;
                    shell.capture_event();
                    shell.request_redraw();
                }
                _ => {}
            },
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
        if let Some(child) = tree.children.first() {
            self.content
                .as_widget()
                .draw(child, renderer, theme, style, layout, cursor, viewport);
        }
        if tree.state.downcast_ref::<State>().focused {
            renderer.fill_quad(
                renderer::Quad {
                    bounds: layout.bounds(),
                    border: Border::default()
                        .rounded(radius::CONTROL)
                        .width(RING_WIDTH)
                        .color(tokens(theme).accent),
                    ..renderer::Quad::default()
                },
                Background::Color(Color::TRANSPARENT),
            );
            // A hair of the ground inside the ring, or it would vanish on a
            // button of its own colour.
            renderer.fill_quad(
                renderer::Quad {
                    bounds: layout.bounds().shrink(RING_WIDTH),
                    border: Border::default()
                        .rounded(radius::CONTROL - RING_WIDTH)
                        .width(1.0)
                        .color(tokens(theme).surface),
                    ..renderer::Quad::default()
                },
                Background::Color(Color::TRANSPARENT),
            );
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
        tree.children
            .first()
            .map_or_else(Default::default, |child| {
                self.content
                    .as_widget()
                    .mouse_interaction(child, layout, cursor, viewport, renderer)
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
        self.content.as_widget_mut().overlay(
            tree.children.first_mut()?,
            layout,
            renderer,
            viewport,
            translation,
        )
    }
}

impl<'a, Message: Clone + 'a> From<Focusable<'a, Message>> for Element<'a, Message> {
    fn from(widget: Focusable<'a, Message>) -> Self {
        Element::new(widget)
    }
}
