//! Marks words behind a text that another widget shows.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;

use iced::advanced::text::{self, Paragraph as _, Span, Text};
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{
    Clipboard, Layout, Renderer as _, Shell, Widget, layout, mouse, overlay, renderer,
};
use iced::{Border, Event, Font, Length, Pixels, Rectangle, Renderer, Size, Theme, Vector};

use super::Element;
use crate::ui::theme::palette::blend;
use crate::ui::theme::tokens;

/// The name of what was found and is looked at: [`super::reveal::show`] brings
/// it into sight.
pub(crate) const FOUND: &str = "found";

/// More marks than this in one text are not drawn.
const MOST: usize = 500;

type Paragraph = <Renderer as text::Renderer>::Paragraph;

/// How the text is set that another widget shows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Setting {
    pub(crate) font: Font,
    pub(crate) size: f32,
    pub(crate) line_height: f32,
    pub(crate) wrapping: text::Wrapping,
}

/// Words to be marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Where they stand, in bytes of the text.
    pub(crate) range: Range<usize>,
    /// Whether it is the one that is looked at.
    pub(crate) current: bool,
}

/// Draws marks behind `content`, which shows `text` and nothing else. The marks
/// stand in the order of the text, apart from each other.
pub(crate) fn marked<'a, Message: 'a>(
    content: impl Into<Element<'a, Message>>,
    text: &'a str,
    setting: Setting,
    marks: Vec<Mark>,
) -> Element<'a, Message> {
    Element::new(Marked {
        content: content.into(),
        text,
        setting,
        marks,
    })
}

struct Marked<'a, Message> {
    content: Element<'a, Message>,
    text: &'a str,
    setting: Setting,
    marks: Vec<Mark>,
}

/// The marks as they were measured last, and for what.
#[derive(Default)]
struct State {
    measured: RefCell<Option<Measured>>,
}

struct Measured {
    marks: Vec<Mark>,
    setting: Setting,
    width: f32,
    areas: Vec<(bool, Rectangle)>,
}

impl<Message> Marked<'_, Message> {
    /// Where the marks are, from the upper left corner of the text.
    fn areas(&self, width: f32) -> Vec<(bool, Rectangle)> {
        let mut spans: Vec<Span<'_, ()>> = Vec::new();
        let mut of_marks = Vec::new();
        let mut push = |range: Range<usize>| {
            let piece = self.text.get(range).unwrap_or_default();
            spans.push(Span::new(Cow::Borrowed(piece)));
            spans.len() - 1
        };
        let mut from = 0;
        for mark in self.marks.iter().take(MOST) {
            push(from..mark.range.start);
            of_marks.push((mark.current, push(mark.range.clone())));
            from = mark.range.end;
        }
        push(from..self.text.len());
        let Setting {
            font,
            size,
            line_height,
            wrapping,
        } = self.setting;
        let paragraph = Paragraph::with_spans(Text {
            content: spans.as_slice(),
            bounds: Size::new(width, f32::INFINITY),
            size: Pixels(size),
            line_height: text::LineHeight::Relative(line_height),
            font,
            align_x: text::Alignment::Default,
            align_y: iced::alignment::Vertical::Top,
            shaping: text::Shaping::Advanced,
            wrapping,
        });
        let areas = of_marks.into_iter().flat_map(|(current, span)| {
            let lines = paragraph.span_bounds(span).into_iter();
            lines.map(move |line| (current, line))
        });
        areas.collect()
    }

    fn measure(&self, state: &State, width: f32) {
        let mut measured = state.measured.borrow_mut();
        let still = measured.as_ref().is_some_and(|before| {
            before.marks == self.marks
                && before.setting == self.setting
                && (before.width - width).abs() < 0.5
        });
        if !still {
            *measured = Some(Measured {
                marks: self.marks.clone(),
                setting: self.setting,
                width,
                areas: if self.marks.is_empty() {
                    Vec::new()
                } else {
                    self.areas(width)
                },
            });
        }
    }
}

impl<Message> Widget<Message, Theme, Renderer> for Marked<'_, Message> {
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

    fn layout(
        &mut self,
        tree: &mut Tree,
        renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let Some(child) = tree.children.first_mut() else {
            return layout::Node::default();
        };
        let node = self.content.as_widget_mut().layout(child, renderer, limits);
        self.measure(tree.state.downcast_ref(), node.size().width);
        node
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
        let state = tree.state.downcast_ref::<State>();
        let bounds = layout.bounds();
        let origin = Vector::new(bounds.x, bounds.y);
        let t = tokens(theme);
        let current = blend(t.accent, t.surface, 0.4);
        if let Some(measured) = &*state.measured.borrow() {
            let inside = |(is_current, area): &(bool, Rectangle)| {
                Some((*is_current, (*area + origin).intersection(viewport)?))
            };
            for (is_current, area) in measured.areas.iter().filter_map(inside) {
                let quad = renderer::Quad {
                    bounds: area,
                    border: Border::default().rounded(2),
                    ..renderer::Quad::default()
                };
                renderer.fill_quad(quad, if is_current { current } else { t.mark });
            }
        }
        if let Some(child) = tree.children.first() {
            self.content
                .as_widget()
                .draw(child, renderer, theme, style, layout, cursor, viewport);
        }
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.bounds();
        if let Some(measured) = &*tree.state.downcast_ref::<State>().measured.borrow()
            && let Some((_, area)) = measured.areas.iter().find(|(current, _)| *current)
        {
            let area = *area + Vector::new(bounds.x, bounds.y);
            operation.container(Some(&Id::new(FOUND)), area);
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
    }

    fn mouse_interaction(
        &self,
        tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
        renderer: &Renderer,
    ) -> mouse::Interaction {
        let child = tree.children.first();
        child.map_or_else(Default::default, |child| {
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
