//! A page somebody else lays out and paints: reports what of it is in sight and
//! what the pointer does, and draws the last picture of it where it belongs.

use std::cell::Cell;

use iced::advanced::image::{Handle, Image, Renderer as _};
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, renderer};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, keyboard, window};

use super::Element;
use super::marked::FOUND;
use crate::ui::theme::tokens;

/// A picture of a part of the page.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// The picture.
    pub(crate) picture: Handle,
    /// Where on the page it belongs.
    pub(crate) area: Rectangle,
}

/// What of a page is in sight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct InSight {
    /// The width there is for the page.
    pub(crate) width: f32,
    /// From the top of the page to what is in sight.
    pub(crate) top: f32,
    /// How much is in sight.
    pub(crate) height: f32,
    /// The ground of the window, where it is dark.
    pub(crate) dark: Option<[u8; 3]>,
}

/// Words that are marked on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Mark {
    /// Where they stand.
    pub(crate) area: Rectangle,
    /// Whether they are the ones that are looked at.
    pub(crate) current: bool,
}

/// What happens on a page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Happened {
    /// Something else is in sight.
    InSight(InSight),
    /// The pointer is there.
    Over(Point),
    /// The pointer is elsewhere by now.
    Left,
    /// The button went down there, as often in a row.
    Pressed(Point, u8),
    /// The pointer moved there with the button down.
    Dragged(Point),
    /// The button went up there.
    Released(Point),
}

/// What is behind a page that is not painted yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Dark in a dark window.
    AsWindow,
    /// As the page has it by itself.
    Paper,
}

/// The widget.
pub(crate) struct PageView<'a, Message> {
    size: Size,
    shown: Option<&'a Shown>,
    marks: Vec<Mark>,
    ground: Ground,
    interaction: mouse::Interaction,
    happened: Box<dyn Fn(Happened) -> Message + 'a>,
}

impl<'a, Message> PageView<'a, Message> {
    /// A page of that size, with a picture of a part of it. Of one that is too
    /// wide a part is in sight, which the wheel moves.
    pub(crate) fn new(
        size: Size,
        shown: Option<&'a Shown>,
        happened: impl Fn(Happened) -> Message + 'a,
    ) -> Self {
        Self {
            size,
            shown,
            marks: Vec::new(),
            ground: Ground::AsWindow,
            interaction: mouse::Interaction::default(),
            happened: Box::new(happened),
        }
    }

    /// How the pointer looks on it.
    pub(crate) fn interaction(mut self, interaction: mouse::Interaction) -> Self {
        self.interaction = interaction;
        self
    }

    /// With words that are marked.
    pub(crate) fn marks(mut self, marks: Vec<Mark>) -> Self {
        self.marks = marks;
        self
    }

    /// With that behind it.
    pub(crate) fn ground(mut self, ground: Ground) -> Self {
        self.ground = ground;
        self
    }
}

/// How far one notch of the wheel moves the page.
const NOTCH: f32 = 60.0;

/// The bar that tells how much of a page that is too wide is in sight.
const BAR: f32 = 4.0;

impl<Message> PageView<'_, Message> {
    /// How much wider it is than its room; a hair is nothing.
    fn excess(&self, room: f32) -> f32 {
        let excess = self.size.width - room;
        if excess < 2.0 { 0.0 } else { excess }
    }

    fn draw_picture(&self, renderer: &mut Renderer, origin: iced::Vector, seen: Rectangle) {
        let Some(shown) = self.shown else {
            return;
        };
        let image = Image::new(shown.picture.clone())
            .filter_method(iced::advanced::image::FilterMethod::Nearest)
            .snap(true);
        renderer.draw_image(image, shown.area + origin, seen);
    }

    fn draw_marks(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        origin: iced::Vector,
        seen: Rectangle,
    ) {
        let t = tokens(theme);
        for mark in &self.marks {
            let Some(bounds) = (mark.area + origin).intersection(&seen) else {
                continue;
            };
            // The words have to be read through it.
            let colour = if mark.current { t.accent } else { t.star };
            let quad = Quad {
                bounds,
                ..Quad::default()
            };
            renderer.fill_quad(quad, colour.scale_alpha(0.4));
        }
    }

    /// Where the part in sight is, of a page that is wider.
    fn draw_bar(
        &self,
        renderer: &mut Renderer,
        theme: &Theme,
        left: f32,
        seen: Rectangle,
        bounds: Rectangle,
    ) {
        if self.excess(bounds.width) <= 0.0 {
            return;
        }
        let share = bounds.width / self.size.width;
        let quad = Quad {
            bounds: Rectangle {
                x: bounds.x + left * share,
                y: seen.y + seen.height - BAR,
                width: bounds.width * share,
                height: BAR,
            },
            border: iced::Border::default().rounded(BAR / 2.0),
            ..Quad::default()
        };
        renderer.fill_quad(quad, tokens(theme).text_weak.scale_alpha(0.6));
    }

    /// How much of the page is out of sight on the left, in that room.
    fn left(&self, state: &State, room: f32) -> f32 {
        state.left.clamp(0.0, self.excess(room))
    }
}

#[derive(Default)]
struct State {
    reported: Option<InSight>,
    /// Drawing knows the theme, and nothing else does.
    dark: Cell<Option<[u8; 3]>>,
    pressed: bool,
    over: bool,
    shift: bool,
    /// How much of a page that is too wide is out of sight on the left.
    left: f32,
    last_click: Option<mouse::Click>,
}

impl<Message> Widget<Message, Theme, Renderer> for PageView<'_, Message> {
    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }

    fn state(&self) -> tree::State {
        tree::State::new(State::default())
    }

    fn size(&self) -> Size<Length> {
        Size::new(Length::Fill, Length::Fixed(self.size.height))
    }

    fn layout(&mut self, _: &mut Tree, _: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, Length::Fill, Length::Fixed(self.size.height))
    }

    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        _style: &renderer::Style,
        layout: Layout<'_>,
        _cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_ref::<State>();
        let ground = theme.palette().background;
        let [red, green, blue, _] = ground.into_rgba8();
        let dark = theme.extended_palette().is_dark;
        state.dark.set(dark.then_some([red, green, blue]));
        let bounds = layout.bounds();
        let Some(seen) = bounds.intersection(viewport) else {
            return;
        };
        let ground = if dark && self.ground == Ground::AsWindow {
            ground
        } else {
            iced::Color::WHITE
        };
        let quad = Quad {
            bounds: seen,
            ..Quad::default()
        };
        renderer.fill_quad(quad, ground);
        let left = self.left(state, bounds.width);
        let origin = iced::Vector::new(bounds.x - left, bounds.y);
        // A picture is as high as the frame it was painted for, and the renderer
        // cuts it at its layer only. Within a layer pictures lie on top.
        renderer.with_layer(seen, |renderer| {
            self.draw_picture(renderer, origin, seen);
        });
        renderer.with_layer(seen, |renderer| {
            self.draw_marks(renderer, theme, origin, seen);
            self.draw_bar(renderer, theme, left, seen, bounds);
        });
    }

    fn operate(
        &mut self,
        tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        if let Some(mark) = self.marks.iter().find(|mark| mark.current) {
            let width = layout.bounds().width;
            let state = tree.state.downcast_mut::<State>();
            let left = self.left(state, width);
            if mark.area.x < left || mark.area.x + mark.area.width > left + width {
                state.left = mark.area.x - width / 3.0;
            }
            let origin = layout.position();
            let area = mark.area + iced::Vector::new(origin.x, origin.y);
            operation.container(Some(&Id::new(FOUND)), area);
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
        viewport: &Rectangle,
    ) {
        let state = tree.state.downcast_mut::<State>();
        let bounds = layout.bounds();
        let happened = match event {
            Event::Window(window::Event::RedrawRequested(_)) => {
                let seen = bounds.intersection(viewport).map(|seen| InSight {
                    width: bounds.width,
                    top: seen.y - bounds.y,
                    height: seen.height,
                    dark: state.dark.get(),
                });
                if seen.is_none() || seen == state.reported {
                    return;
                }
                state.reported = seen;
                seen.map(Happened::InSight)
            }
            Event::Keyboard(keyboard::Event::ModifiersChanged(modifiers)) => {
                state.shift = modifiers.shift();
                None
            }
            Event::Mouse(mouse::Event::WheelScrolled { delta }) => {
                let by = sideways(*delta, state.shift).filter(|_| cursor.is_over(bounds));
                let before = self.left(state, bounds.width);
                state.left = before - by.unwrap_or_default();
                let now = self.left(state, bounds.width);
                if (now - before).abs() > 0.1 {
                    shell.capture_event();
                    shell.request_redraw();
                }
                None
            }
            Event::Mouse(event) => {
                let left = self.left(state, bounds.width);
                pointed(state, *event, cursor, bounds, left)
            }
            _ => None,
        };
        if let Some(happened) = happened {
            shell.publish((self.happened)(happened));
        }
    }

    fn mouse_interaction(
        &self,
        _tree: &Tree,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        _viewport: &Rectangle,
        _renderer: &Renderer,
    ) -> mouse::Interaction {
        if cursor.is_over(layout.bounds()) {
            self.interaction
        } else {
            mouse::Interaction::default()
        }
    }
}

/// How far the wheel moves things to the right, where that is what it does.
fn sideways(delta: mouse::ScrollDelta, shift: bool) -> Option<f32> {
    let (x, y) = match delta {
        mouse::ScrollDelta::Lines { x, y } => (x * NOTCH, y * NOTCH),
        mouse::ScrollDelta::Pixels { x, y } => (x, y),
    };
    let x = if shift && x == 0.0 { y } else { x };
    (shift || x.abs() > y.abs()).then_some(x)
}

fn pointed(
    state: &mut State,
    event: mouse::Event,
    cursor: mouse::Cursor,
    bounds: Rectangle,
    left: f32,
) -> Option<Happened> {
    let origin = iced::Vector::new(bounds.x - left, bounds.y);
    let over = cursor.position_over(bounds).map(|at| at - origin);
    match event {
        mouse::Event::ButtonPressed(mouse::Button::Left) => {
            let at = over?;
            let click = mouse::Click::new(at, mouse::Button::Left, state.last_click);
            state.last_click = Some(click);
            state.pressed = true;
            let times = match click.kind() {
                mouse::click::Kind::Single => 1,
                mouse::click::Kind::Double => 2,
                mouse::click::Kind::Triple => 3,
            };
            Some(Happened::Pressed(at, times))
        }
        mouse::Event::ButtonReleased(mouse::Button::Left) if state.pressed => {
            state.pressed = false;
            let at = cursor.position().map(|at| at - origin)?;
            Some(Happened::Released(at))
        }
        mouse::Event::CursorMoved { .. } if state.pressed => {
            let at = cursor.position().map(|at| at - origin)?;
            Some(Happened::Dragged(at))
        }
        mouse::Event::CursorMoved { .. } | mouse::Event::CursorLeft => {
            let was_over = std::mem::replace(&mut state.over, over.is_some());
            over.map(Happened::Over)
                .or_else(|| was_over.then_some(Happened::Left))
        }
        _ => None,
    }
}

impl<'a, Message: 'a> From<PageView<'a, Message>> for Element<'a, Message> {
    fn from(page: PageView<'a, Message>) -> Self {
        Self::new(page)
    }
}

#[cfg(test)]
mod tests {
    use iced::keyboard::Modifiers;
    use iced_test::Simulator;
    use iced_test::selector::id;

    use super::*;

    fn mark(x: f32, current: bool) -> Mark {
        let area = Rectangle {
            x,
            y: 20.0,
            width: 40.0,
            height: 16.0,
        };
        Mark { area, current }
    }

    #[test]
    fn what_is_too_wide_is_moved_by_the_wheel_and_to_what_was_found() {
        let page =
            |marks| PageView::new(Size::new(1000.0, 200.0), None, |happened| happened).marks(marks);
        let size = Size::new(400.0, 300.0);
        let pressed = |ui: &mut Simulator<'_, Happened>| {
            let press = mouse::Event::ButtonPressed(mouse::Button::Left);
            ui.simulate([Event::Mouse(press)]);
        };
        let last = |ui: Simulator<'_, Happened>| {
            let all: Vec<_> = ui.into_messages().collect();
            all.into_iter()
                .rfind(|one| matches!(one, Happened::Pressed(..)))
        };
        let mut ui = Simulator::with_size(crate::ui::settings(), size, page(Vec::new()));
        ui.point_at(Point::new(100.0, 50.0));
        ui.simulate([
            Event::Keyboard(keyboard::Event::ModifiersChanged(Modifiers::SHIFT)),
            Event::Mouse(mouse::Event::WheelScrolled {
                delta: mouse::ScrollDelta::Lines { x: 0.0, y: -2.0 },
            }),
        ]);
        pressed(&mut ui);
        let at = Point::new(220.0, 50.0);
        assert_eq!(last(ui), Some(Happened::Pressed(at, 1)));
        let marks = vec![mark(10.0, false), mark(800.0, true)];
        let mut ui = Simulator::with_size(crate::ui::settings(), size, page(marks));
        assert!(ui.find(id(FOUND)).is_ok());
        ui.point_at(Point::new(0.0, 50.0));
        pressed(&mut ui);
        let Some(Happened::Pressed(at, 1)) = last(ui) else {
            panic!("nothing was pressed");
        };
        assert!(at.x > 500.0 && at.x < 800.0, "{at:?}");
    }
}
