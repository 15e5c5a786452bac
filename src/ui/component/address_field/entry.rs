//! The text box of an address field: a text input that tells more of what is
//! done to it than iced's own does.

use iced::advanced::text::Renderer as TextRenderer;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, clipboard, layout, mouse, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::{TextInput, text_input};
use iced::{Event, Length, Rectangle, Renderer, Size, Theme};

use super::Message;
use crate::ui::widget::Element;

type Paragraph = <Renderer as TextRenderer>::Paragraph;

/// A text input that tells when Backspace finds nothing, when several lines are
/// pasted (iced would glue them together) and when the caret leaves.
pub(super) struct Entry<'a> {
    input: Element<'a, Message>,
    is_empty: bool,
    /// Whether a key made a chip since the last view. Several keys can come
    /// before the next one, and the text box would still hold the old text: it
    /// would report the chip's letters once more with each of them.
    is_stale: bool,
}

impl<'a> Entry<'a> {
    pub(super) fn new(input: TextInput<'a, Message>, is_empty: bool) -> Self {
        Self {
            input: input.into(),
            is_empty,
            is_stale: false,
        }
    }

    /// Whether this is Ctrl+Enter, which belongs to the window.
    fn is_for_the_window(event: &Event) -> bool {
        matches!(
            event,
            Event::Keyboard(keyboard::Event::KeyPressed { key: Key::Named(Named::Enter), modifiers, .. })
                if modifiers.command()
        )
    }

    /// What a key means here, before the text input sees it.
    fn before(&self, event: &Event, clipboard: &mut dyn Clipboard) -> Option<Message> {
        let Event::Keyboard(keyboard::Event::KeyPressed {
            key,
            physical_key,
            modifiers,
            text,
            ..
        }) = event
        else {
            return None;
        };
        if *key == Key::Named(Named::Backspace) && (self.is_empty || self.is_stale) {
            return Some(Message::TakeBack);
        }
        if modifiers.command() && !modifiers.alt() {
            if key.to_latin(*physical_key) != Some('v') {
                return None;
            }
            let text = clipboard.read(clipboard::Kind::Standard)?;
            return text.contains(['\n', '\r']).then_some(Message::Pasted(text));
        }
        let text = text.as_ref().filter(|_| self.is_stale)?;
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        (!text.is_empty()).then_some(Message::Typed(text))
    }

    /// Whether a key may make chips of what is typed.
    fn ends_entry(event: &Event) -> bool {
        let Event::Keyboard(keyboard::Event::KeyPressed { key, text, .. }) = event else {
            return false;
        };
        *key == Key::Named(Named::Enter)
            || text
                .as_ref()
                .is_some_and(|text| text.contains([',', ';', ' ']))
    }
}

#[derive(Default)]
struct State {
    had_caret: bool,
}

fn has_caret(tree: &Tree) -> bool {
    tree.children.first().is_some_and(|child| {
        child
            .state
            .downcast_ref::<text_input::State<Paragraph>>()
            .is_focused()
    })
}

impl Widget<Message, Theme, Renderer> for Entry<'_> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn children(&self) -> Vec<Tree> {
        vec![Tree::new(&self.input)]
    }

    fn diff(&self, tree: &mut Tree) {
        tree.diff_children(std::slice::from_ref(&self.input));
    }

    fn size(&self) -> Size<Length> {
        self.input.as_widget().size()
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        match tree.children.first_mut() {
            Some(child) => self.input.as_widget_mut().layout(child, renderer, limits),
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
        if let Some(child) = tree.children.first_mut() {
            self.input
                .as_widget_mut()
                .operate(child, layout, renderer, operation);
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
        if Self::is_for_the_window(event) {
            return;
        }
        if has_caret(tree)
            && let Some(message) = self.before(event, clipboard)
        {
            self.is_stale = true;
            if let Some(child) = tree.children.first_mut() {
                let state = child.state.downcast_mut::<text_input::State<Paragraph>>();
                // The text box did not see the letter; the next one goes behind it.
                state.move_cursor_to_end();
            }
            shell.publish(message);
            shell.capture_event();
            return;
        }
        if let Some(child) = tree.children.first_mut() {
            self.input.as_widget_mut().update(
                child, event, layout, cursor, renderer, clipboard, shell, viewport,
            );
        }
        let has_caret = has_caret(tree);
        self.is_stale |= has_caret && Self::ends_entry(event);
        let state = tree.state.downcast_mut::<State>();
        if state.had_caret && !has_caret && !self.is_empty {
            shell.publish(Message::Commit);
        }
        state.had_caret = has_caret;
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
            self.input
                .as_widget()
                .draw(child, renderer, theme, style, layout, cursor, viewport);
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
            .map_or_else(mouse::Interaction::default, |child| {
                self.input
                    .as_widget()
                    .mouse_interaction(child, layout, cursor, viewport, renderer)
            })
    }
}

impl<'a> From<Entry<'a>> for Element<'a, Message> {
    fn from(entry: Entry<'a>) -> Self {
        Element::new(entry)
    }
}
