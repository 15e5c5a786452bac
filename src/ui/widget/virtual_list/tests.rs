use iced::{Point, Rectangle, Size};

use super::geometry::{Geometry, STRIP};
use super::{Scroll, State};

fn geometry(count: usize) -> Geometry {
    let bounds = Rectangle::new(Point::new(10.0, 20.0), Size::new(300.0, 600.0 + STRIP));
    Geometry::new(count, 60.0, bounds)
}

#[test]
fn rows_in_sight_are_few_whatever_the_count() {
    assert_eq!(geometry(0).visible(0.0), 0..0);
    assert_eq!(geometry(3).visible(0.0), 0..3);
    assert_eq!(geometry(1_000_000).visible(0.0), 0..10);
    assert_eq!(geometry(1_000_000).visible(90.0), 1..12);
    let end = geometry(1_000_000).clamp(f64::MAX);
    assert_eq!(geometry(1_000_000).visible(end), 999_990..1_000_000);
}

#[test]
fn the_last_of_a_million_rows_is_drawn_to_the_pixel() {
    let g = geometry(1_000_000);
    let end = g.clamp(f64::MAX);
    let row = g.row(999_999, end);
    assert_eq!(row.y + row.height, g.bounds.y + g.bounds.height);
    let point = Point::new(100.0, row.y + 30.0);
    assert_eq!(g.index_at(point, end), Some(999_999));
}

#[test]
fn a_point_outside_rows_hits_none() {
    let g = geometry(2);
    assert_eq!(
        g.index_at(Point::new(50.0, 20.0 + STRIP + 121.0), 0.0),
        None
    );
    assert_eq!(g.index_at(Point::new(50.0, 25.0), 0.0), None);
    assert_eq!(g.index_at(Point::new(50.0, 20.0 + STRIP), 0.0), Some(0));
}

#[test]
fn orders_are_followed_once_and_in_turn() {
    let g = geometry(1000);
    let mut state = State::default();
    let orders = [(1, Scroll::Reveal(100)), (2, Scroll::Keep(2))];
    state.follow(&orders, &g);
    assert_eq!(state.offset, 91.0 * 60.0 + 120.0);
    state.offset = 5.0;
    state.follow(&orders, &g);
    assert_eq!(state.offset, 5.0);
    state.follow(&[(3, Scroll::Top)], &g);
    assert_eq!(state.offset, 0.0);
}

#[test]
fn new_rows_above_move_nothing_unless_at_the_top() {
    let g = geometry(1000);
    assert_eq!(g.keep(3, 300.0), 480.0);
    assert_eq!(g.keep(3, 0.0), 0.0);
}

#[test]
fn revealing_a_row_in_sight_moves_nothing() {
    let g = geometry(1000);
    assert_eq!(g.reveal(5, 30.0), 30.0);
    assert_eq!(g.reveal(0, 30.0), 0.0);
    assert_eq!(g.reveal(10, 0.0), 60.0);
}

#[test]
fn the_thumb_reaches_both_ends() {
    let g = geometry(1_000_000);
    let room = g.room();
    let top = g.thumb(0.0).unwrap();
    assert_eq!(top.y, room.y);
    let bottom = g.thumb(g.clamp(f64::MAX)).unwrap();
    assert_eq!(bottom.y + bottom.height, room.y + room.height);
    assert_eq!(g.dragged(room.y + room.height, 0.0), g.clamp(f64::MAX));
    assert_eq!(g.dragged(0.0, 0.0), 0.0);
    assert!(geometry(3).thumb(0.0).is_none());
}
