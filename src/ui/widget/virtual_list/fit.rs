//! Text cut to a width, with an ellipsis: iced 0.14 only clips.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};

use iced::advanced::text::{self, LineHeight, Paragraph as _, Shaping, Text, Wrapping};
use iced::alignment::Vertical;
use iced::{Font, Pixels, Point, Size};

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
pub(super) struct Fitted(HashMap<u64, (String, f32)>);

impl Fitted {
    /// The text as it fits into `width`, and how wide it is then.
    pub(super) fn fit(&mut self, content: &str, setting: Setting, width: f32) -> (String, f32) {
        let mut hasher = DefaultHasher::new();
        content.hash(&mut hasher);
        setting.font.hash(&mut hasher);
        setting.size.to_bits().hash(&mut hasher);
        width.floor().to_bits().hash(&mut hasher);
        let key = hasher.finish();
        if let Some(known) = self.0.get(&key) {
            return known.clone();
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let fitted = cut(content, setting, width.floor());
        self.0.insert(key, fitted.clone());
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
