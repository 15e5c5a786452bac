//! A list that draws the rows in sight, out of as many as there are.
//!
//! Rows all have one height, so that a position is one multiplication away and
//! a million rows cost what a hundred do. The offset is an `f64`: at 60 million
//! pixels an `f32` would be off by whole lines.

mod fit;
mod geometry;
mod paint;
#[cfg(test)]
mod tests;

use std::ops::Range;

use iced::advanced::widget::{Operation, Tree, operation, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, renderer};
use iced::keyboard::{self, Modifiers};
use iced::mouse::ScrollDelta;
use iced::widget::Id;
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, window};

use super::Element;
use super::carried::Hold;
use crate::ui::icon::Icon;
use fit::Fitted;
use geometry::Geometry;

/// What a row shows: two lines with signs around them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Row<'a> {
    /// First line, left.
    pub(crate) title: &'a str,
    /// First line, right.
    pub(crate) aside: &'a str,
    /// Second line.
    pub(crate) line: &'a str,
    /// Second line, after it in a weaker tone.
    pub(crate) weak: &'a str,
    /// The group it belongs to; rows of a group lie together.
    pub(crate) group: &'a str,
    /// Bold, with a dot before it.
    pub(crate) strong: bool,
    /// Whether the star is set.
    pub(crate) starred: bool,
    /// A small sign before the second line.
    pub(crate) before: Option<Icon>,
    /// A small sign at the end of the first line.
    pub(crate) after: Option<Icon>,
    /// How many it stands for; empty where it stands for itself.
    pub(crate) count: &'a str,
    /// Whether the others follow below it.
    pub(crate) open: bool,
    /// Whether it is one of those.
    pub(crate) below: bool,
    /// What can be done to it at once: shown while the pointer is on it.
    pub(crate) at_hand: &'a [Icon],
    /// What was found in it, where it was searched for.
    pub(crate) found: Option<FoundIn<'a>>,
}

/// What was found in a row. It has a third line then, for what else stands in
/// the second: the weaker text.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct FoundIn<'a> {
    /// Where it lies: second line, right.
    pub(crate) place: &'a str,
    /// The words in the title, in bytes.
    pub(crate) title: &'a [Range<usize>],
    /// Those in the second line.
    pub(crate) line: &'a [Range<usize>],
    /// Those in the weaker text.
    pub(crate) weak: &'a [Range<usize>],
}

/// Something to do with the offset, in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scroll {
    /// To the first row.
    Top,
    /// So that the row is the first in sight.
    Show(usize),
    /// As little as needed to have the row in sight.
    Reveal(usize),
    /// Rows came (or went) above what is in sight: it stays where it is, unless
    /// the list stands at its top.
    Keep(i64),
}

/// A press on a row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Click {
    /// Which row.
    pub(crate) index: usize,
    /// What was held.
    pub(crate) modifiers: Modifiers,
    /// Which press.
    pub(crate) kind: ClickKind,
}

/// Which press.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClickKind {
    /// Left, once.
    Single,
    /// Left, twice.
    Double,
    /// Right.
    Right,
    /// On the star.
    Star,
    /// On the sign that shows or hides what it stands for.
    Fold,
    /// On one of those that are at hand.
    AtHand(usize),
}

type Rows<'a> = Box<dyn Fn(usize) -> Option<Row<'a>> + 'a>;

/// The list.
pub(crate) struct VirtualList<'a, Message> {
    id: Option<Id>,
    count: usize,
    height: f32,
    rows: Rows<'a>,
    selected: Box<dyn Fn(usize) -> bool + 'a>,
    cursor: Option<usize>,
    scrolls: &'a [(u64, Scroll)],
    on_click: Option<Box<dyn Fn(Click) -> Message + 'a>>,
    on_drag: Option<Message>,
    on_range: Option<Box<dyn Fn(usize, usize) -> Message + 'a>>,
}

impl<'a, Message> VirtualList<'a, Message> {
    /// A list of `count` rows of `height` pixels; `rows` gives those that are
    /// known, the others are drawn as soft bars.
    pub(crate) fn new(
        count: usize,
        height: f32,
        rows: impl Fn(usize) -> Option<Row<'a>> + 'a,
    ) -> Self {
        Self {
            id: None,
            count,
            height,
            rows: Box::new(rows),
            selected: Box::new(|_| false),
            cursor: None,
            scrolls: &[],
            on_click: None,
            on_drag: None,
            on_range: None,
        }
    }

    /// Names it.
    pub(crate) fn id(mut self, id: impl Into<Id>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Says which rows are selected.
    pub(crate) fn selected(mut self, selected: impl Fn(usize) -> bool + 'a) -> Self {
        self.selected = Box::new(selected);
        self
    }

    /// The row the keyboard is at.
    pub(crate) fn cursor(mut self, index: Option<usize>) -> Self {
        self.cursor = index;
        self
    }

    /// Orders about the offset, each with a growing number; those not followed
    /// yet are followed.
    pub(crate) fn scrolls(mut self, scrolls: &'a [(u64, Scroll)]) -> Self {
        self.scrolls = scrolls;
        self
    }

    /// Told of presses on rows.
    pub(crate) fn on_click(mut self, f: impl Fn(Click) -> Message + 'a) -> Self {
        self.on_click = Some(Box::new(f));
        self
    }

    /// Told that the selected rows are drawn elsewhere.
    pub(crate) fn on_drag(mut self, message: Message) -> Self {
        self.on_drag = Some(message);
        self
    }

    /// Told which rows (first, last) are in sight whenever that changes.
    pub(crate) fn on_range(mut self, f: impl Fn(usize, usize) -> Message + 'a) -> Self {
        self.on_range = Some(Box::new(f));
        self
    }

    fn geometry(&self, bounds: Rectangle) -> Geometry {
        Geometry::new(self.count, self.height, bounds)
    }
}

/// What lasts between two views.
#[derive(Default)]
struct State {
    offset: f64,
    followed: u64,
    hovered: Option<usize>,
    /// On which of those at hand on that row the pointer is.
    at_hand: Option<usize>,
    /// A row that may be drawn elsewhere.
    hold: Hold,
    /// A press on what is selected: it may be to draw all of that elsewhere, so
    /// it counts only once the button is released.
    pressed: Option<Click>,
    /// Where in the thumb the pointer took hold.
    dragging: Option<f32>,
    modifiers: Modifiers,
    last_click: Option<mouse::Click>,
    reported: Option<(usize, usize)>,
    focused: bool,
    ring: bool,
    fitted: std::cell::RefCell<Fitted>,
}

impl operation::Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }

    fn focus(&mut self) {
        self.focused = true;
        self.ring = true;
    }

    fn unfocus(&mut self) {
        self.focused = false;
        self.ring = false;
    }
}

impl State {
    fn follow(&mut self, scrolls: &[(u64, Scroll)], geometry: &Geometry) {
        for (number, scroll) in scrolls {
            if *number <= self.followed {
                continue;
            }
            self.followed = *number;
            self.offset = match scroll {
                Scroll::Top => 0.0,
                Scroll::Show(index) => geometry.top(*index),
                Scroll::Reveal(index) => geometry.reveal(*index, self.offset),
                Scroll::Keep(rows) => geometry.keep(*rows, self.offset),
            };
        }
        self.offset = geometry.clamp(self.offset);
    }
}

/// So near to what is at hand counts as on it.
const NEAR: f32 = 6.0;
/// Pixels of one notch of a wheel.
const NOTCH: f32 = 60.0;

impl<'a, Message> VirtualList<'a, Message> {
    fn pressed(
        &self,
        state: &mut State,
        geometry: &Geometry,
        cursor: mouse::Cursor,
        button: mouse::Button,
    ) -> Option<Message> {
        let position = cursor.position_over(geometry.bounds)?;
        state.focused = true;
        state.ring = false;
        if button == mouse::Button::Left
            && let Some(hold) = geometry.grab(position, state.offset)
        {
            state.dragging = Some(hold);
            state.offset = geometry.dragged(position.y, hold);
            return None;
        }
        let index = geometry.index_at(position, state.offset)?;
        let kind = if button == mouse::Button::Right {
            ClickKind::Right
        } else if let Some(at) = self.at_hand(geometry, state, index, position) {
            ClickKind::AtHand(at)
        } else if geometry.is_on_star(position) {
            ClickKind::Star
        } else if geometry.is_on_fold(position)
            && (self.rows)(index).is_some_and(|row| !row.count.is_empty())
        {
            ClickKind::Fold
        } else {
            let click = mouse::Click::new(position, button, state.last_click);
            state.last_click = Some(click);
            if click.kind() == mouse::click::Kind::Double {
                ClickKind::Double
            } else {
                ClickKind::Single
            }
        };
        let click = Click {
            index,
            modifiers: state.modifiers,
            kind,
        };
        if kind == ClickKind::Single && self.on_drag.is_some() {
            state.hold.press(position);
            if (self.selected)(index) && click.modifiers.is_empty() {
                state.pressed = Some(click);
                return None;
            }
        }
        self.clicked(click)
    }

    fn clicked(&self, click: Click) -> Option<Message> {
        self.on_click.as_ref().map(|on_click| on_click(click))
    }

    /// Which of those at hand on a row a point is on.
    fn at_hand(
        &self,
        geometry: &Geometry,
        state: &State,
        index: usize,
        point: Point,
    ) -> Option<usize> {
        let count = (self.rows)(index)?.at_hand.len();
        let row = geometry.row(index, state.offset);
        Geometry::at_hand(row, count).position(|place| place.expand(NEAR).contains(point))
    }

    fn moved(
        &self,
        state: &mut State,
        geometry: &Geometry,
        cursor: mouse::Cursor,
        position: Point,
    ) -> bool {
        if let Some(hold) = state.dragging {
            state.offset = geometry.dragged(position.y, hold);
            return true;
        }
        let hovered = cursor
            .position_over(geometry.bounds)
            .and_then(|position| geometry.index_at(position, state.offset));
        let at_hand = hovered.and_then(|row| self.at_hand(geometry, state, row, position));
        let before = (state.hovered, state.at_hand);
        (state.hovered, state.at_hand) = (hovered, at_hand);
        before != (hovered, at_hand)
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for VirtualList<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fill)
    }

    fn layout(
        &mut self,
        tree: &mut Tree,
        _renderer: &Renderer,
        limits: &layout::Limits,
    ) -> layout::Node {
        let node = layout::atomic(limits, Length::Fill, Length::Fill);
        let geometry = self.geometry(Rectangle::with_size(node.size()));
        tree.state
            .downcast_mut::<State>()
            .follow(self.scrolls, &geometry);
        node
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        let bounds = layout.bounds();
        let geometry = self.geometry(bounds);
        let state = tree.state.downcast_mut::<State>();
        // Where the keyboard is in it.
        let row = self.cursor.map(|index| geometry.row(index, state.offset));
        let row = row.and_then(|row| row.intersection(&geometry.room()));
        operation.focusable(self.id.as_ref(), row.unwrap_or(bounds), state);
        operation.container(self.id.as_ref(), bounds);
        for index in geometry.visible(state.offset) {
            let Some(row) = (self.rows)(index) else {
                continue;
            };
            let place = geometry.row(index, state.offset);
            let place_name = row.found.map_or("", |found| found.place);
            for words in [row.title, row.aside, row.line, row.weak, place_name] {
                operation.text(None, place, words);
            }
        }
        if let Some(row) = geometry
            .visible(state.offset)
            .next()
            .and_then(|first| (self.rows)(first))
        {
            operation.text(None, geometry.strip(), row.group);
        }
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
        let geometry = self.geometry(layout.bounds());
        let state = tree.state.downcast_mut::<State>();
        match event {
            Event::Mouse(mouse::Event::WheelScrolled { delta })
                if cursor.is_over(geometry.bounds) =>
            {
                let pixels = match delta {
                    ScrollDelta::Lines { y, .. } => y * NOTCH,
                    ScrollDelta::Pixels { y, .. } => *y,
                };
                state.offset = geometry.clamp(state.offset - f64::from(pixels));
                shell.capture_event();
                shell.request_redraw();
            }
            Event::Mouse(mouse::Event::ButtonPressed(
                button @ (mouse::Button::Left | mouse::Button::Right),
            )) => {
                if cursor.is_over(geometry.bounds) {
                    if let Some(message) = self.pressed(state, &geometry, cursor, *button) {
                        shell.publish(message);
                    }
                    shell.capture_event();
                    shell.request_redraw();
                } else {
                    operation::Focusable::unfocus(state);
                }
            }
            Event::Mouse(mouse::Event::ButtonReleased(mouse::Button::Left)) => {
                state.hold.release();
                if let Some(message) = state.pressed.take().and_then(|one| self.clicked(one)) {
                    shell.publish(message);
                }
                if state.dragging.take().is_some() {
                    shell.request_redraw();
                }
            }
            Event::Mouse(mouse::Event::CursorMoved { position }) => {
                if state.hold.pulls(*position) {
                    state.pressed = None;
                    if let Some(message) = &self.on_drag {
                        shell.publish(message.clone());
                    }
                }
                if self.moved(state, &geometry, cursor, *position) {
                    shell.request_redraw();
                }
            }
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => {
                state.modifiers = *modifiers;
            }
            Event::Window(window::Event::RedrawRequested(_)) => {}
            _ => return,
        }
        let visible = geometry.visible(state.offset);
        let range = (visible.start, visible.end.saturating_sub(1));
        if !visible.is_empty() && state.reported != Some(range) {
            state.reported = Some(range);
            if let Some(on_range) = &self.on_range {
                shell.publish(on_range(range.0, range.1));
            }
        }
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        paint::list(
            &paint::Scene {
                geometry: self.geometry(layout.bounds()),
                offset: state.offset,
                hovered: state.hovered,
                at_hand: state.at_hand,
                cursor: self.cursor,
                ring: state.ring,
                dragging: state.dragging.is_some(),
                pointer_inside: cursor.is_over(layout.bounds()),
                rows: &*self.rows,
                selected: &*self.selected,
            },
            &mut state.fitted.borrow_mut(),
            renderer,
            theme,
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
        let state = tree.state.downcast_ref::<State>();
        if state.at_hand.is_some() && cursor.is_over(layout.bounds()) {
            mouse::Interaction::Pointer
        } else {
            mouse::Interaction::None
        }
    }
}

impl<'a, Message: Clone + 'a> From<VirtualList<'a, Message>> for Element<'a, Message> {
    fn from(widget: VirtualList<'a, Message>) -> Self {
        Element::new(widget)
    }
}
