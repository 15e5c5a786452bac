//! Scrolls what has the keyboard into sight: iced moves the focus and leaves
//! the page where it is.

use iced::advanced::widget::operation::{Focusable, Outcome, Scrollable};
use iced::advanced::widget::{Id, Operation, operate};
use iced::widget::operation;
use iced::widget::scrollable::AbsoluteOffset;
use iced::{Rectangle, Task, Vector};

/// So much of what surrounds a field is kept in sight: its name, what is wrong
/// with it.
const MARGIN: f32 = 48.0;

/// The next place the keyboard can be at.
pub(crate) fn focus_next<Message: Send + 'static>() -> Task<Message> {
    operation::focus_next().chain(in_sight())
}

/// The one before.
pub(crate) fn focus_previous<Message: Send + 'static>() -> Task<Message> {
    operation::focus_previous().chain(in_sight())
}

/// The place with that name.
pub(crate) fn focus<Message: Send + 'static>(id: &'static str) -> Task<Message> {
    operation::focus(id).chain(in_sight())
}

/// Scrolls a container into sight; the keyboard stays where it is.
pub(crate) fn show<Message: Send + 'static>(id: Id) -> Task<Message> {
    operate(Find {
        wanted: Some(id),
        ..Find::default()
    })
}

fn in_sight<Message: Send + 'static>() -> Task<Message> {
    operate(Find::default())
}

/// A scrollable place, recognised by where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    bounds: Rectangle,
    content: Rectangle,
    translation: Vector,
}

impl Place {
    /// How far to scroll until `target` is in sight.
    fn distance(&self, target: Rectangle) -> f32 {
        let top = self.bounds.y + self.translation.y;
        let bottom = top + self.bounds.height;
        let above = target.y - MARGIN - top;
        let below = target.y + target.height + MARGIN - bottom;
        if above < 0.0 {
            above
        } else {
            // What is larger than the place is shown from its beginning.
            below.max(0.0).min(above)
        }
    }
}

/// Looks for what is wanted or else has the keyboard, and for what scrolls it.
#[derive(Default)]
struct Find {
    wanted: Option<Id>,
    within: Option<Place>,
    found: Option<(Place, Rectangle)>,
}

impl Find {
    fn found(&mut self, bounds: Rectangle) {
        let holds = |place: &Place| place.content.contains(bounds.center());
        self.found = self.within.filter(holds).map(|place| (place, bounds));
    }
}

impl<T: 'static> Operation<T> for Find {
    fn traverse(&mut self, visit: &mut dyn FnMut(&mut dyn Operation<T>)) {
        visit(self);
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        _state: &mut dyn Scrollable,
    ) {
        // One that scrolls sideways only has nothing to do with it.
        if content.height > bounds.height {
            self.within = Some(Place {
                bounds,
                content,
                translation,
            });
        }
    }

    fn focusable(&mut self, _id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        if self.wanted.is_none() && state.is_focused() {
            self.found(bounds);
        }
    }

    fn container(&mut self, id: Option<&Id>, bounds: Rectangle) {
        if id.is_some() && id == self.wanted.as_ref() {
            self.found(bounds);
        }
    }

    fn finish(&self) -> Outcome<T> {
        match self.found {
            Some((place, target)) if place.distance(target) != 0.0 => {
                Outcome::Chain(Box::new(Scroll { place, target }))
            }
            _ => Outcome::None,
        }
    }
}

/// Scrolls the place that was found.
struct Scroll {
    place: Place,
    target: Rectangle,
}

impl<T: 'static> Operation<T> for Scroll {
    fn traverse(&mut self, visit: &mut dyn FnMut(&mut dyn Operation<T>)) {
        visit(self);
    }

    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        _translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        if bounds == self.place.bounds && content == self.place.content {
            let offset = AbsoluteOffset {
                x: 0.0,
                y: self.place.distance(self.target),
            };
            state.scroll_by(offset, bounds, content);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(scrolled: f32) -> Place {
        let rectangle = |height| Rectangle {
            x: 0.0,
            y: 100.0,
            width: 400.0,
            height,
        };
        Place {
            bounds: rectangle(300.0),
            content: rectangle(900.0),
            translation: Vector::new(0.0, scrolled),
        }
    }

    fn target(y: f32, height: f32) -> Rectangle {
        Rectangle {
            x: 0.0,
            y,
            width: 100.0,
            height,
        }
    }

    #[test]
    fn what_has_the_keyboard_is_scrolled_into_sight_and_no_further() {
        // In sight already.
        assert!(place(0.0).distance(target(200.0, 32.0)).abs() < 0.01);
        // Below: its end and the margin come into sight.
        assert!((place(0.0).distance(target(500.0, 32.0)) - 180.0).abs() < 0.01);
        // Above.
        assert!((place(300.0).distance(target(200.0, 32.0)) + 248.0).abs() < 0.01);
        // Larger than the place: from its beginning.
        assert!((place(0.0).distance(target(200.0, 500.0)) - 52.0).abs() < 0.01);
    }
}
