//! The text box of an address field: a text input that tells more of what is
//! done to it than iced's own does.

use iced::advanced::text::Renderer as TextRenderer;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, clipboard, layout, mouse, renderer};
use iced::keyboard::{self, Key, key::Named};
use iced::widget::{TextInput, text_input};
use iced::{Event, Length, Rectangle, Renderer, Size, Theme};

use crate::ui::widget::Element;

type Paragraph = <Renderer as TextRenderer>::Paragraph;

/// A text input that tells when Backspace finds nothing, when several lines are
/// pasted (iced would glue them together) and when the caret leaves.
pub(super) struct Entry<'a, Message> {
    input: Element<'a, Message>,
    is_empty: bool,
    on_backspace: Message,
    on_blur: Message,
    on_paste: Box<dyn Fn(String) -> Message + 'a>,
}

impl<'a, Message: Clone + 'a> Entry<'a, Message> {
    pub(super) fn new(
        input: TextInput<'a, Message>,
        is_empty: bool,
        on_backspace: Message,
        on_blur: Message,
        on_paste: impl Fn(String) -> Message + 'a,
    ) -> Self {
        Self {
            input: input.into(),
            is_empty,
            on_backspace,
            on_blur,
            on_paste: Box::new(on_paste),
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
            ..
        }) = event
        else {
            return None;
        };
        if *key == Key::Named(Named::Backspace) && self.is_empty {
            return Some(self.on_backspace.clone());
        }
        if modifiers.command() && !modifiers.alt() && key.to_latin(*physical_key) == Some('v') {
            let text = clipboard.read(clipboard::Kind::Standard)?;
            return text.contains(['\n', '\r']).then(|| (self.on_paste)(text));
        }
        None
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

impl<'a, Message: Clone + 'a> Widget<Message, Theme, Renderer> for Entry<'a, Message> {
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
        let state = tree.state.downcast_mut::<State>();
        if state.had_caret && !has_caret && !self.is_empty {
            shell.publish(self.on_blur.clone());
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

impl<'a, Message: Clone + 'a> From<Entry<'a, Message>> for Element<'a, Message> {
    fn from(entry: Entry<'a, Message>) -> Self {
        Element::new(entry)
    }
}
