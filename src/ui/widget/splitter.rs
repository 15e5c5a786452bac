//! The line between two panes, dragged to give one more room.

use iced::advanced::widget::{Tree, tree};
use iced::advanced::{Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, renderer};
use iced::{Background, Event, Length, Point, Rectangle, Renderer, Size, Theme};

use super::Element;
use crate::ui::theme::tokens;

/// Width of the strip that can be taken hold of.
const GRIP: f32 = 7.0;

/// A vertical line that reports the width its left neighbour should have.
pub(crate) struct Splitter<'a, Message> {
    width: f32,
    range: (f32, f32),
    on_drag: Box<dyn Fn(f32) -> Message + 'a>,
}

impl<'a, Message> Splitter<'a, Message> {
    /// A line right of a pane of `width`, which it keeps within `range`.
    pub(crate) fn new(
        width: f32,
        range: (f32, f32),
        on_drag: impl Fn(f32) -> Message + 'a,
    ) -> Self {
        Self {
            width,
            range,
            on_drag: Box::new(on_drag),
        }
    }
}

#[derive(Default)]
struct State {
    /// Where the pointer took hold, and how wide the pane was then.
    held: Option<(f32, f32)>,
}

fn grip(bounds: Rectangle) -> Rectangle {
    Rectangle::new(
        Point::new(bounds.x - GRIP / 2.0, bounds.y),
        Size::new(GRIP, bounds.height),
    )
}

impl<Message> Widget<Message, Theme, Renderer> for Splitter<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fixed(1.0), Length::Fill)
    }

    fn layout(
        &mut self,
        _tree: &mut Tree,
        _renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        layout::atomic(limits, 1.0, Length::Fill)
    }

    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _renderer: &Renderer,
        _clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(mouse::Button::Left)) => {
                if let Some(position) = cursor.position_over(grip(layout.bounds())) {
                    state.held = Some((position.x, self.width));
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                if let Some((from, width)) = state.held {
                    let (least, most) = self.range;
                    let wanted = (width + position.x - from).max(least).min(most.max(least));
                    shell.publish((self.on_drag)(wanted.round()));
                    shell.capture_event();
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left))
                if state.held.is_some() =>
            {
                state.held = None;
                shell.request_redraw();
            }
            _ => {}
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let t = tokens(theme);
        let held = tree.state.downcast_ref::<State>().held.is_some();
        renderer.fill_quad(
            renderer::Quad {
                bounds: layout.bounds(),
                ..renderer::Quad::default()
            },
            Background::Color(if held { t.accent } else { t.border }),
        );
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        let held = tree.state.downcast_ref::<State>().held.is_some();
        if held || cursor.is_over(grip(layout.bounds())) {
            mouse::Interaction::ResizingHorizontally
        } else {
            mouse::Interaction::None
        }
    }
}

impl<'a, Message: 'a> From<Splitter<'a, Message>> for Element<'a, Message> {
    fn from(widget: Splitter<'a, Message>) -> Self {
        Element::new(widget)
    }
}
