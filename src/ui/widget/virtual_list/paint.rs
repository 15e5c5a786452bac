//! Drawing rows.

use std::ops::Range;

use iced::advanced::svg::{Renderer as _, Svg};
use iced::advanced::text::Renderer as _;
use iced::advanced::{Renderer as _, renderer};
use iced::{Background, Border, Color, Point, Rectangle, Renderer, Size, Theme};

use super::fit::{Fitted, Setting, line};
use super::geometry::{BAR, Geometry, LEFT, STRIP};
use super::{FoundIn, Row};
use crate::ui::font;
use crate::ui::icon::Icon;
use crate::ui::theme::{Tokens, radius, size, tokens};

/// Where text ends.
const RIGHT: f32 = 20.0;
/// Tops of the two lines in a row.
const FIRST: f32 = 11.0;
const SECOND: f32 = 31.0;
/// And of the third, in rows that were searched for.
const THIRD: f32 = 51.0;
/// The dot.
const DOT: f32 = 8.0;
/// How much further right the rows of an open conversation begin.
const INNER: f32 = 20.0;
/// Small signs.
const SIGN: f32 = 14.0;

/// Everything a frame needs.
pub(super) struct Scene<'a, 'r> {
    pub(super) geometry: Geometry,
    pub(super) offset: f64,
    pub(super) hovered: Option<usize>,
    pub(super) at_hand: Option<usize>,
    pub(super) cursor: Option<usize>,
    pub(super) ring: bool,
    pub(super) dragging: bool,
    pub(super) pointer_inside: bool,
    pub(super) rows: &'a (dyn Fn(usize) -> Option<Row<'r>> + 'r),
    pub(super) selected: &'a (dyn Fn(usize) -> bool + 'r),
}

/// How and where text is drawn.
#[derive(Clone, Copy)]
struct Set {
    setting: Setting,
    at: Point,
    width: f32,
    colour: Color,
}

struct Painter<'a> {
    /// On which of those at hand the pointer is.
    at_hand: Option<usize>,
    fitted: &'a mut Fitted,
    renderer: &'a mut Renderer,
    t: &'static Tokens,
}

/// Draws the list.
pub(super) fn list(
    scene: &Scene<'_, '_>,
    fitted: &mut Fitted,
    renderer: &mut Renderer,
    theme: &Theme,
) {
    let t = tokens(theme);
    let geometry = &scene.geometry;
    let room = geometry.room();
    renderer.with_layer(room, |renderer| {
        let mut painter = Painter {
            at_hand: scene.at_hand,
            fitted,
            renderer,
            t,
        };
        for index in geometry.visible(scene.offset) {
            painter.row(scene, index);
        }
    });
    renderer.with_layer(geometry.bounds, |renderer| {
        let mut painter = Painter {
            at_hand: scene.at_hand,
            fitted,
            renderer,
            t,
        };
        painter.strip(scene);
        painter.bar(scene);
    });
}

fn group_setting() -> Setting {
    Setting {
        font: font::SEMIBOLD,
        size: size::TINY,
    }
}

impl Painter<'_> {
    fn quad(&mut self, bounds: Rectangle, colour: Color, radius: f32) {
        self.renderer.fill_quad(
            renderer::Quad {
                bounds,
                border: Border::default().rounded(radius),
                ..renderer::Quad::default()
            },
            Background::Color(colour),
        );
    }

    /// Draws text cut to `width`; says how wide it is.
    fn text(&mut self, words: &str, setting: Setting, at: Point, width: f32, colour: Color) -> f32 {
        let (words, taken) = self.fitted.fit(words, setting, width);
        if !words.is_empty() {
            let bounds = Size::new(width + 2.0, setting.size * 1.3);
            // The renderer clips at the layer only what says it reaches beyond it.
            let extent = Rectangle::new(at, bounds);
            self.renderer
                .fill_text(line(words, setting, bounds), at, colour, extent);
        }
        taken
    }

    /// The same with a ground behind the words that were found.
    fn marked(&mut self, words: &str, marks: &[Range<usize>], set: Set) -> f32 {
        if !marks.is_empty() {
            let (fitted, _) = self.fitted.fit(words, set.setting, set.width);
            // What was cut off behind it is one sign.
            let kept = fitted.trim_end_matches('…').len().min(fitted.len());
            let marks: Vec<_> = marks
                .iter()
                .filter(|mark| mark.start < kept)
                .map(|mark| mark.start..mark.end.min(kept))
                .collect();
            let top_left = iced::Vector::new(set.at.x, set.at.y);
            for place in self.fitted.marks(&fitted, &marks, set.setting) {
                let ground = (place + top_left).expand(iced::Padding::from([0.0, 1.0]));
                self.quad(ground, self.t.mark, 3.0);
            }
        }
        self.text(words, set.setting, set.at, set.width, set.colour)
    }

    fn icon(&mut self, icon: Icon, bounds: Rectangle, colour: Color) {
        let svg = Svg::new(icon.handle()).color(colour);
        self.renderer.draw_svg(svg, bounds, bounds);
    }

    fn row(&mut self, scene: &Scene<'_, '_>, index: usize) {
        let place = scene.geometry.row(index, scene.offset);
        let selected = (scene.selected)(index);
        let hovered = scene.hovered == Some(index) && scene.pointer_inside;
        if selected {
            self.quad(place, self.t.selection, 0.0);
        } else if hovered {
            self.quad(place, self.t.hover, 0.0);
        }
        let row = (scene.rows)(index);
        self.divider(scene, index, place, row.as_ref());
        match row {
            Some(row) => self.content(&row, place, hovered),
            None => self.soft_bars(place, index),
        }
        if scene.ring && scene.cursor == Some(index) {
            self.renderer.fill_quad(
                renderer::Quad {
                    bounds: place.shrink(1.0),
                    border: Border::default().rounded(4).width(2).color(self.t.accent),
                    ..renderer::Quad::default()
                },
                Background::Color(Color::TRANSPARENT),
            );
        }
    }

    /// The line above a row; with the name of the group where one begins.
    fn divider(
        &mut self,
        scene: &Scene<'_, '_>,
        index: usize,
        place: Rectangle,
        row: Option<&Row<'_>>,
    ) {
        if index == 0 {
            return;
        }
        let above = (scene.rows)(index - 1);
        let begins = match (above, row) {
            (Some(above), Some(row)) if above.group != row.group => Some(row.group),
            _ => None,
        };
        let Some(group) = begins else {
            let line = Rectangle {
                x: place.x + LEFT,
                width: place.width - LEFT,
                height: 1.0,
                ..place
            };
            self.quad(line, self.t.border.scale_alpha(0.7), 0.0);
            return;
        };
        let full = Rectangle {
            height: 1.0,
            ..place
        };
        self.quad(full, self.t.border, 0.0);
        let (words, width) = self.fitted.fit(group, group_setting(), place.width);
        let tag = Rectangle::new(
            Point::new(
                (place.x + (place.width - width) / 2.0 - 8.0).round(),
                place.y - 8.0,
            ),
            Size::new(width + 16.0, 16.0),
        );
        self.renderer.fill_quad(
            renderer::Quad {
                bounds: tag,
                border: Border::default().rounded(8).width(1).color(self.t.border),
                ..renderer::Quad::default()
            },
            Background::Color(self.t.surface_dim),
        );
        self.renderer.fill_text(
            line(words, group_setting(), Size::new(width + 2.0, 16.0)),
            Point::new(tag.x + 8.0, tag.y + 1.0),
            self.t.text_weak,
            tag,
        );
    }

    fn content(&mut self, row: &Row<'_>, mut place: Rectangle, hovered: bool) {
        let t = self.t;
        if row.below {
            let line = Rectangle {
                x: place.x + LEFT - SIGN / 2.0,
                width: 1.0,
                ..place
            };
            self.quad(line, t.border, 0.0);
            place.x += INNER;
            place.width -= INNER;
        }
        let right = place.x + place.width - RIGHT;
        if row.strong {
            let dot = Rectangle::new(
                Point::new(place.x + 12.0, place.y + FIRST + 5.0),
                Size::new(DOT, DOT),
            );
            self.quad(dot, t.unread, DOT / 2.0);
        }
        let aside = Setting {
            font: if row.strong {
                font::MEDIUM
            } else {
                font::REGULAR
            },
            size: size::SMALL,
        };
        let (_, aside_width) = self.fitted.fit(row.aside, aside, place.width / 2.0);
        let aside_colour = if row.strong { t.accent } else { t.text_weak };
        let mut end = right - aside_width;
        self.text(
            row.aside,
            aside,
            Point::new(end, place.y + FIRST + 1.0),
            aside_width + 1.0,
            aside_colour,
        );
        if let Some(sign) = row.after {
            end -= SIGN + 6.0;
            let bounds = Rectangle::new(
                Point::new(end, place.y + FIRST + 2.0),
                Size::new(SIGN, SIGN),
            );
            self.icon(sign, bounds, t.text_weak);
        }
        let left = place.x + LEFT;
        let title = Setting {
            font: if row.strong {
                font::SEMIBOLD
            } else {
                font::MEDIUM
            },
            size: size::LIST,
        };
        let count = self.count_width(row);
        let room = (end - 8.0 - left - count).max(0.0);
        let set = Set {
            setting: title,
            at: Point::new(left, place.y + FIRST),
            width: room,
            colour: t.text,
        };
        let taken = self.marked(row.title, row.found.map_or(&[], |found| found.title), set);
        if count > 0.0 {
            self.count(
                row,
                Point::new(left + taken + 6.0, place.y + FIRST + 1.0),
                place,
            );
        }
        self.second_line(row, place, hovered);
    }

    fn count_setting() -> Setting {
        Setting {
            font: font::MEDIUM,
            size: size::TINY,
        }
    }

    /// The room that the number of a conversation takes.
    fn count_width(&mut self, row: &Row<'_>) -> f32 {
        if row.count.is_empty() {
            return 0.0;
        }
        let (_, width) = self.fitted.fit(row.count, Self::count_setting(), 60.0);
        width + 18.0
    }

    /// How many a row stands for, and the sign that shows them.
    fn count(&mut self, row: &Row<'_>, at: Point, place: Rectangle) {
        let t = self.t;
        let width = self.count_width(row) - 6.0;
        self.quad(
            Rectangle::new(at, Size::new(width, 16.0)),
            t.surface_dim,
            8.0,
        );
        let words = Point::new(at.x + 6.0, at.y + 1.0);
        self.text(
            row.count,
            Self::count_setting(),
            words,
            width - 6.0,
            t.text_weak,
        );
        let sign = if row.open {
            Icon::ChevronDown
        } else {
            Icon::ChevronRight
        };
        let bounds = Rectangle::new(
            Point::new(place.x + 9.0, place.y + SECOND + 2.0),
            Size::new(SIGN, SIGN),
        );
        self.icon(sign, bounds, t.text_weak);
    }

    fn second_line(&mut self, row: &Row<'_>, place: Rectangle, hovered: bool) {
        let t = self.t;
        let star = Geometry::star(place);
        let mut left = place.x + LEFT;
        let mut right = place.x + place.width - RIGHT;
        if row.starred || hovered {
            right = star.x - 8.0;
            let colour = if row.starred {
                t.star
            } else {
                t.text_weak.scale_alpha(0.7)
            };
            let shown = if row.starred {
                Icon::StarFilled
            } else {
                Icon::Star
            };
            self.icon(shown, star, colour);
        }
        if hovered {
            right = self.at_hand(row.at_hand, place).unwrap_or(right);
        }
        if let Some(sign) = row.before {
            let bounds = Rectangle::new(
                Point::new(left, place.y + SECOND + 2.0),
                Size::new(SIGN, SIGN),
            );
            self.icon(sign, bounds, t.text_weak);
            left += SIGN + 5.0;
        }
        let subject = Setting {
            font: if row.strong {
                font::MEDIUM
            } else {
                font::REGULAR
            },
            size: size::LIST,
        };
        let y = place.y + SECOND;
        if let Some(found) = row.found {
            right -= self.place(found.place, right, y);
        }
        let room = (right - left).max(0.0);
        let set = Set {
            setting: subject,
            at: Point::new(left, y),
            width: room,
            colour: t.text,
        };
        let taken = self.marked(row.line, row.found.map_or(&[], |found| found.line), set);
        if let Some(found) = row.found {
            self.third_line(row.weak, &found, place);
            return;
        }
        let rest = room - taken - 8.0;
        if rest > 24.0 && !row.weak.is_empty() {
            let weak = Setting {
                font: font::REGULAR,
                size: size::LIST,
            };
            let at = Point::new(left + taken + 8.0, y);
            self.text(row.weak, weak, at, rest, t.text_weak);
        }
    }

    /// What can be done to a row at once; says where they begin.
    fn at_hand(&mut self, shown: &[Icon], place: Rectangle) -> Option<f32> {
        let places = Geometry::at_hand(place, shown.len());
        for (number, (icon, place)) in shown.iter().zip(places).enumerate() {
            let is_at = self.at_hand == Some(number);
            if is_at {
                self.quad(place.expand(6.0), self.t.border, radius::CONTROL);
            }
            let colour = if is_at { self.t.text } else { self.t.text_weak };
            self.icon(*icon, place, colour);
        }
        let first = Geometry::at_hand(place, shown.len()).next();
        first.map(|first| first.x - 10.0)
    }

    /// The name of where a row lies, up to `right`; says how much room it takes.
    fn place(&mut self, name: &str, right: f32, y: f32) -> f32 {
        const MOST: f32 = 110.0;
        if name.is_empty() {
            return 0.0;
        }
        let setting = Setting {
            font: font::REGULAR,
            size: size::TINY,
        };
        let (_, width) = self.fitted.fit(name, setting, MOST);
        let at = Point::new(right - width, y + 2.0);
        self.text(name, setting, at, width + 1.0, self.t.text_weak);
        width + 12.0
    }

    fn third_line(&mut self, words: &str, found: &FoundIn<'_>, place: Rectangle) {
        let left = place.x + LEFT;
        let set = Set {
            setting: Setting {
                font: font::REGULAR,
                size: size::LIST,
            },
            at: Point::new(left, place.y + THIRD),
            width: (place.x + place.width - RIGHT - left).max(0.0),
            colour: self.t.text_weak,
        };
        self.marked(words, found.weak, set);
    }

    /// A row whose words are not here yet.
    fn soft_bars(&mut self, place: Rectangle, index: usize) {
        // Lengths differ so that it looks like text, and stay while scrolling.
        let part = [0.42, 0.35, 0.5, 0.38]
            .get(index % 4)
            .copied()
            .unwrap_or(0.4);
        let room = place.width - LEFT - RIGHT;
        let colour = self.t.placeholder.scale_alpha(0.7);
        for (top, length) in [(FIRST + 3.0, room * part), (SECOND + 3.0, room * 0.86)] {
            let bar = Rectangle::new(
                Point::new(place.x + LEFT, place.y + top),
                Size::new(length.round(), 10.0),
            );
            self.quad(bar, colour, 5.0);
        }
    }

    /// The strip above the rows: the group of the first row in sight.
    fn strip(&mut self, scene: &Scene<'_, '_>) {
        let strip = scene.geometry.strip();
        self.quad(strip, self.t.surface, 0.0);
        let edge = Rectangle {
            y: strip.y + STRIP - 1.0,
            height: 1.0,
            ..strip
        };
        self.quad(edge, self.t.border, 0.0);
        let first = scene.geometry.visible(scene.offset).next();
        if let Some(row) = first.and_then(|index| (scene.rows)(index)) {
            self.text(
                row.group,
                group_setting(),
                Point::new(strip.x + LEFT, strip.y + 7.0),
                strip.width - LEFT - RIGHT,
                self.t.text_weak,
            );
        }
    }

    fn bar(&mut self, scene: &Scene<'_, '_>) {
        let Some(thumb) = scene.geometry.thumb(scene.offset) else {
            return;
        };
        let colour = if scene.dragging {
            self.t.text_weak
        } else if scene.pointer_inside {
            self.t.text_weak.scale_alpha(0.5)
        } else {
            self.t.placeholder
        };
        let slim = Rectangle {
            x: thumb.x + 3.0,
            width: BAR - 4.0,
            y: thumb.y + 2.0,
            height: thumb.height - 4.0,
        };
        self.quad(slim, colour, 3.0);
    }
}
