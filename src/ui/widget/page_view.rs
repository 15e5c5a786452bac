//! A page somebody else lays out and paints: reports what of it is in sight and
//! what the pointer does, and draws the last picture of it where it belongs.

use std::cell::Cell;

use iced::advanced::image::{Handle, Image, Renderer as _};
use iced::advanced::renderer::{Quad, Renderer as _};
use iced::advanced::widget::{Id, Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, layout, mouse, renderer};
use iced::{Event, Length, Point, Rectangle, Renderer, Size, Theme, window};

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
    /// How wide what is in sight is.
    pub(crate) width: f32,
    /// From the top of the page to what is in sight.
    pub(crate) top: f32,
    /// How much is in sight.
    pub(crate) height: f32,
    /// Whether the window is dark.
    pub(crate) dark: bool,
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
    size: Size<Length>,
    shown: Option<&'a Shown>,
    marks: Vec<Mark>,
    ground: Ground,
    interaction: mouse::Interaction,
    happened: Box<dyn Fn(Happened) -> Message + 'a>,
}

impl<'a, Message> PageView<'a, Message> {
    /// A page of that size, with a picture of a part of it.
    pub(crate) fn new(
        size: Size<Length>,
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

#[derive(Default)]
struct State {
    reported: Option<InSight>,
    /// Drawing knows the theme, and nothing else does.
    dark: Cell<bool>,
    pressed: bool,
    over: bool,
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
        self.size
    }

    fn layout(&mut self, _: &mut Tree, _: &Renderer, limits: &layout::Limits) -> layout::Node {
        layout::atomic(limits, self.size.width, self.size.height)
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
        let dark = theme.extended_palette().is_dark;
        state.dark.set(dark);
        let bounds = layout.bounds();
        let Some(seen) = bounds.intersection(viewport) else {
            return;
        };
        let ground = if dark && self.ground == Ground::AsWindow {
            iced::Color::BLACK
        } else {
            iced::Color::WHITE
        };
        let quad = Quad {
            bounds: seen,
            ..Quad::default()
        };
        renderer.fill_quad(quad, ground);
        if let Some(shown) = self.shown {
            let place = shown.area + iced::Vector::new(bounds.x, bounds.y);
            let image = Image::new(shown.picture.clone())
                .filter_method(iced::advanced::image::FilterMethod::Nearest)
                .snap(true);
            renderer.draw_image(image, place, seen);
        }
        let t = tokens(theme);
        for mark in &self.marks {
            let place = mark.area + iced::Vector::new(bounds.x, bounds.y);
            let Some(bounds) = place.intersection(&seen) else {
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

    fn operate(
        &mut self,
        _tree: &mut Tree,
        layout: Layout<'_>,
        _renderer: &Renderer,
        operation: &mut dyn Operation,
    ) {
        if let Some(mark) = self.marks.iter().find(|mark| mark.current) {
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
                    width: seen.width,
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
            Event::Mouse(event) => pointed(state, *event, cursor, bounds),
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

fn pointed(
    state: &mut State,
    event: mouse::Event,
    cursor: mouse::Cursor,
    bounds: Rectangle,
) -> Option<Happened> {
    let origin = iced::Vector::new(bounds.x, bounds.y);
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
