//! Scrolls what is being read by keys, and knows when its end is in sight.

use iced::advanced::widget::operation::{Outcome, Scrollable};
use iced::advanced::widget::{Id, Operation, operate};
use iced::widget::scrollable::AbsoluteOffset;
use iced::{Rectangle, Task, Vector};

/// A page further leaves so much of the one before in sight.
const OVERLAP: f32 = 48.0;

/// How far one press of an arrow scrolls.
const LINE: f32 = 48.0;

/// Less than this is nothing.
const HAIR: f32 = 1.0;

/// How far to scroll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Far {
    /// A few lines down or up.
    Lines(i8),
    /// A page down or up.
    Pages(i8),
    /// To the beginning.
    Start,
    /// To the end.
    End,
}

/// Scrolls the place with that name; says whether there was anything left to
/// scroll to.
pub(crate) fn scroll(id: &'static str, far: Far) -> Task<bool> {
    operate(Read {
        id: Id::new(id),
        far,
        moved: None,
    })
}

struct Read {
    id: Id,
    far: Far,
    moved: Option<bool>,
}

/// How far it goes from where it is.
fn distance(far: Far, at: f32, bounds: f32, content: f32) -> f32 {
    let most = (content - bounds).max(0.0);
    let by = match far {
        Far::Lines(count) => f32::from(count) * LINE,
        Far::Pages(count) => f32::from(count) * (bounds - OVERLAP).max(LINE),
        Far::Start => -at,
        Far::End => most,
    };
    (at + by).clamp(0.0, most) - at
}

impl Operation<bool> for Read {
    fn traverse(&mut self, visit: &mut dyn FnMut(&mut dyn Operation<bool>)) {
        visit(self);
    }

    fn scrollable(
        &mut self,
        id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        translation: Vector,
        state: &mut dyn Scrollable,
    ) {
        if id != Some(&self.id) {
            return;
        }
        let y = distance(self.far, translation.y, bounds.height, content.height);
        self.moved = Some(y.abs() >= HAIR);
        state.scroll_by(AbsoluteOffset { x: 0.0, y }, bounds, content);
    }

    fn finish(&self) -> Outcome<bool> {
        self.moved.map_or(Outcome::None, Outcome::Some)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_further_keeps_some_lines_and_stops_at_the_end() {
        let by = |far, at| distance(far, at, 500.0, 1_200.0);
        assert!((by(Far::Pages(1), 0.0) - 452.0).abs() < HAIR);
        assert!((by(Far::Pages(1), 452.0) - 248.0).abs() < HAIR);
        assert!(by(Far::Pages(1), 700.0).abs() < HAIR);
        assert!((by(Far::Pages(-1), 100.0) + 100.0).abs() < HAIR);
        assert!((by(Far::Lines(-1), 100.0) + 48.0).abs() < HAIR);
        assert!((by(Far::End, 30.0) - 670.0).abs() < HAIR);
        assert!((by(Far::Start, 30.0) + 30.0).abs() < HAIR);
        // What is not higher than the window has one page.
        assert!(distance(Far::Pages(1), 0.0, 500.0, 300.0).abs() < HAIR);
    }
}
