//! Text cut to a width, with an ellipsis: iced 0.14 only clips.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use iced::advanced::text::{self, LineHeight, Paragraph as _, Shaping, Span, Text, Wrapping};
use iced::alignment::Vertical;
use iced::{Font, Pixels, Point, Rectangle, Size};

type Paragraph = <iced::Renderer as text::Renderer>::Paragraph;

/// More than this many cut texts are forgotten at once.
const MOST: usize = 4096;
/// No row shows more characters than this, whatever a sender wrote.
const LONGEST: usize = 400;

/// How text is set.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub(super) font: Font,
    pub(super) size: f32,
}

/// The texts that were cut, by what they were cut from.
#[derive(Default)]
pub(super) struct Fitted {
    texts: HashMap<u64, (String, f32)>,
    marks: HashMap<u64, Vec<Rectangle>>,
}

impl Fitted {
    /// Where those bytes of a text stand when it is set, from its top left.
    pub(super) fn marks(
        &mut self,
        content: &str,
        marks: &[Range<usize>],
        setting: Setting,
    ) -> Vec<Rectangle> {
        let mut hasher = DefaultHasher::new();
        (content, marks).hash(&mut hasher);
        setting.font.hash(&mut hasher);
        setting.size.to_bits().hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.marks.get(&key) {
            return known.clone();
        }
        if self.marks.len() >= MOST {
            self.marks.clear();
        }
        let places = places(content, marks, setting);
        self.marks.insert(key, places.clone());
        places
    }

    /// The text as it fits into `width`, and how wide it is then.
    pub(super) fn fit(&mut self, content: &str, setting: Setting, width: f32) -> (String, f32) {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        setting.font.hash(&mut hasher);
        setting.size.to_bits().hash(&mut hasher);
        width.floor().to_bits().hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.texts.get(&key) {
            return known.clone();
        }
        if self.texts.len() >= MOST {
            self.texts.clear();
        }
        let fitted = cut(content, setting, width.floor());
        self.texts.insert(key, fitted.clone());
        fitted
    }
}

/// How text of a list is laid out: one line, never wrapped.
pub(super) fn line<Content>(content: Content, setting: Setting, bounds: Size) -> Text<Content> {
    Text {
        content,
        bounds,
        size: Pixels(setting.size),
        line_height: LineHeight::default(),
        font: setting.font,
        align_x: text::Alignment::Left,
        align_y: Vertical::Top,
        shaping: Shaping::Auto,
        wrapping: Wrapping::None,
    }
}

fn measure(content: &str, setting: Setting) -> Paragraph {
    Paragraph::with_text(line(content, setting, Size::INFINITE))
}

/// The text as spans, every other one marked, tells where those are: also where
/// it runs from right to left.
fn places(content: &str, marks: &[Range<usize>], setting: Setting) -> Vec<Rectangle> {
    let mut spans: Vec<Span<'_, (), Font>> = Vec::new();
    let mut done = 0;
    for mark in marks {
        let end = mark.end.min(content.len());
        let (Some(before), Some(marked)) =
            (content.get(done..mark.start), content.get(mark.start..end))
        else {
            break;
        };
        spans.push(Span::new(before));
        spans.push(Span::new(marked));
        done = end;
    }
    spans.push(Span::new(content.get(done..).unwrap_or_default()));
    let paragraph = Paragraph::with_spans(line(spans.as_slice(), setting, Size::INFINITE));
    let marked = (1..spans.len()).step_by(2);
    marked
        .flat_map(|index| paragraph.span_bounds(index))
        .collect()
}

fn cut(content: &str, setting: Setting, width: f32) -> (String, f32) {
    let short: String = content.chars().take(LONGEST).collect();
    let paragraph = measure(&short, setting);
    let natural = paragraph.min_width();
    if natural <= width && short.len() == content.len() {
        return (short, natural);
    }
    let room = width - measure("…", setting).min_width();
    if room <= 0.0 {
        return (String::new(), 0.0);
    }
    let end = paragraph
        .hit_test(Point::new(room, 1.0))
        .map_or(short.len(), text::Hit::cursor);
    let mut end = end.min(short.len());
    while !short.is_char_boundary(end) {
        end -= 1;
    }
    let kept = short.get(..end).unwrap_or_default().trim_end();
    (format!("{kept}…"), width)
}
