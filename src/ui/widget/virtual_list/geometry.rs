//! Where rows are. No drawing, no state.

use std::ops::Range;

use iced::{Point, Rectangle, Size};

/// Where text begins; the dot of an unread row is left of it.
pub(super) const LEFT: f32 = 28.0;
/// Height of the strip above the rows that names the group in sight.
pub(super) const STRIP: f32 = 28.0;
/// Width of the scroll bar with the room around it.
pub(super) const BAR: f32 = 10.0;
/// Shortest thumb that can still be taken hold of.
const THUMB_LEAST: f32 = 36.0;
/// The star's place: from the right edge, from the top of the row, and its side.
const STAR_RIGHT: f32 = 36.0;
const STAR_TOP: f32 = 31.0;
pub(super) const STAR: f32 = 16.0;
/// From one of those at hand to the next.
const STEP: f32 = 30.0;

/// Rows of one height in a place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Geometry {
    pub(super) count: usize,
    pub(super) height: f32,
    pub(super) bounds: Rectangle,
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "row numbers stay far below 2^52, and pixels in sight below 2^24"
)]
impl Geometry {
    pub(super) fn new(count: usize, height: f32, bounds: Rectangle) -> Self {
        Self {
            count,
            height,
            bounds,
        }
    }

    /// The strip above the rows.
    pub(super) fn strip(&self) -> Rectangle {
        Rectangle {
            height: STRIP,
            ..self.bounds
        }
    }

    /// Where rows are drawn.
    pub(super) fn room(&self) -> Rectangle {
        Rectangle {
            y: self.bounds.y + STRIP,
            height: (self.bounds.height - STRIP).max(0.0),
            ..self.bounds
        }
    }

    fn content(&self) -> f64 {
        self.count as f64 * f64::from(self.height)
    }

    fn most(&self) -> f64 {
        (self.content() - f64::from(self.room().height)).max(0.0)
    }

    /// The offset, kept where rows are.
    pub(super) fn clamp(&self, offset: f64) -> f64 {
        offset.clamp(0.0, self.most())
    }

    /// The rows in sight, also those half in sight.
    pub(super) fn visible(&self, offset: f64) -> Range<usize> {
        let height = f64::from(self.height);
        let first = (offset / height).floor() as usize;
        let last = ((offset + f64::from(self.room().height)) / height).ceil() as usize;
        first.min(self.count)..last.min(self.count)
    }

    /// Where a row is drawn.
    pub(super) fn row(&self, index: usize, offset: f64) -> Rectangle {
        let room = self.room();
        let y = (index as f64 * f64::from(self.height) - offset) as f32;
        Rectangle::new(
            Point::new(room.x, room.y + y),
            Size::new(room.width, self.height),
        )
    }

    /// The row at a point.
    pub(super) fn index_at(&self, point: Point, offset: f64) -> Option<usize> {
        let room = self.room();
        if !room.contains(point) {
            return None;
        }
        let index = ((f64::from(point.y - room.y) + offset) / f64::from(self.height)) as usize;
        (index < self.count).then_some(index)
    }

    /// Where the star of a row is.
    pub(super) fn star(row: Rectangle) -> Rectangle {
        Rectangle::new(
            Point::new(row.x + row.width - STAR_RIGHT, row.y + STAR_TOP),
            Size::new(STAR, STAR),
        )
    }

    /// Where those are that are at hand on a row, left of the star.
    pub(super) fn at_hand(row: Rectangle, count: usize) -> impl Iterator<Item = Rectangle> {
        let star = Self::star(row);
        (0..count).rev().map(move |left| Rectangle {
            x: star.x - (left + 1) as f32 * STEP,
            ..star
        })
    }

    /// Whether a point is in the column before the text.
    pub(super) fn is_on_fold(&self, point: Point) -> bool {
        (self.bounds.x..self.bounds.x + LEFT).contains(&point.x)
    }

    /// Whether a point is in the column of stars (a little wider than they are).
    pub(super) fn is_on_star(&self, point: Point) -> bool {
        let right = self.bounds.x + self.bounds.width;
        (right - STAR_RIGHT - 6.0..right - STAR_RIGHT + STAR + 6.0).contains(&point.x)
    }

    /// The offset that has the row at the top.
    pub(super) fn top(&self, index: usize) -> f64 {
        self.clamp(index as f64 * f64::from(self.height))
    }

    /// The offset that has the row in sight.
    pub(super) fn reveal(&self, index: usize, offset: f64) -> f64 {
        let height = f64::from(self.height);
        let top = index as f64 * height;
        let bottom = top + height - f64::from(self.room().height);
        self.clamp(offset.min(top).max(bottom.min(top)))
    }

    /// The offset after `rows` came above.
    pub(super) fn keep(&self, rows: i64, offset: f64) -> f64 {
        if offset <= 0.0 {
            return 0.0;
        }
        self.clamp(offset + rows as f64 * f64::from(self.height))
    }

    /// The thumb of the scroll bar, unless everything is in sight.
    pub(super) fn thumb(&self, offset: f64) -> Option<Rectangle> {
        let (room, most) = (self.room(), self.most());
        if most <= 0.0 {
            return None;
        }
        let part = (f64::from(room.height) / self.content()) as f32;
        let length = (room.height * part).max(THUMB_LEAST).min(room.height);
        let y = (f64::from(room.height - length) * (offset / most)) as f32;
        Some(Rectangle::new(
            Point::new(room.x + room.width - BAR, room.y + y),
            Size::new(BAR, length),
        ))
    }

    /// Takes hold of the thumb, or brings it there: where in the thumb the
    /// point is.
    pub(super) fn grab(&self, point: Point, offset: f64) -> Option<f32> {
        let thumb = self.thumb(offset)?;
        if point.x < thumb.x || !self.room().contains(point) {
            return None;
        }
        Some(if thumb.contains(point) {
            point.y - thumb.y
        } else {
            thumb.height / 2.0
        })
    }

    /// The offset when the thumb, held at `hold`, is drawn to `y`.
    pub(super) fn dragged(&self, y: f32, hold: f32) -> f64 {
        let room = self.room();
        let Some(thumb) = self.thumb(0.0) else {
            return 0.0;
        };
        let way = f64::from(room.height - thumb.height);
        if way <= 0.0 {
            return 0.0;
        }
        self.clamp(f64::from(y - hold - room.y) / way * self.most())
    }
}
