//! The text of a message, to read, select and copy: quoted parts dimmed by
//! their depth and folded, signatures dimmed, tables and patches in letters of
//! one width, links marked. Nothing in it is ever fetched.

mod folds;
mod link;
mod link_bar;
#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::Arc;

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::text::Wrapping;
use iced::widget::text_editor::{self, Action, Binding, KeyPress, Motion};
use iced::widget::{column, row, rule, scrollable, text};
use iced::{Alignment, Length};

use waxwing::engine::Marker;
use waxwing::html::page::Link;
use waxwing::html::{Kind, Piece, occurrences, pieces};
use waxwing::model::SearchField;

use super::control::text_button;
use crate::ui::font;
use crate::ui::theme::button::Kind as Look;
use crate::ui::theme::{self, size, space, tokens};
use crate::ui::widget::Element;
use crate::ui::widget::marked::{Mark, Setting, marked};

use folds::Fold;
#[cfg(test)]
use link::links;
use link_bar::LinkBar;

/// Laying out more than this at once would be felt; the rest is cut off with a
/// word about it.
const LONGEST: usize = 200_000;

/// The width of a letter where all have the same, for each pixel of height.
const LETTER: f32 = 0.601;

/// A stretch of text of one depth of quoting and one kind.
#[derive(Debug)]
struct Block {
    depth: usize,
    kind: Kind,
    text: String,
    content: text_editor::Content,
    /// The quotation that begins here.
    fold: Option<Fold>,
    marks: Vec<Mark>,
}

/// A text that is shown.
#[derive(Debug, Default)]
pub(crate) struct BodyText {
    blocks: Vec<Block>,
    /// Bytes that are not shown, when it is very long.
    cut: usize,
    /// The link that was pressed last.
    link: Option<LinkBar>,
    /// What marks the words that were searched for.
    marker: Arc<Marker>,
}

/// What a reader does.
#[derive(Debug, Clone)]
pub(crate) enum Message {
    /// Moves, selects: in the stretch with that number.
    Act(usize, Action),
    /// Shows or hides the quotation that begins there.
    Fold(usize),
    /// Shows where a link leads that was pressed on the page of the message.
    Pressed(Link),
    /// Puts the link bar away.
    CloseLink,
    /// Takes the link along.
    CopyLink,
    /// Opens the link in the web browser.
    OpenLink,
    /// Leaves out of the link what only counts who follows it.
    UntrackLink,
}

/// What the screen is to do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing.
    None,
    /// Put this on the clipboard.
    Copy(String),
    /// Open this outside.
    Open(String),
}

impl BodyText {
    /// Makes a text ready to show.
    pub(crate) fn new(text: &str) -> Self {
        let mut end = LONGEST.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let shown = text.get(..end).unwrap_or(text);
        let pieces = pieces(shown);
        let folds = folds::folds(&pieces);
        let blocks = pieces.into_iter().zip(folds);
        Self {
            blocks: blocks
                .map(|(piece, fold)| Block::new(piece, fold))
                .collect(),
            cut: text.len() - shown.len(),
            link: None,
            marker: Arc::default(),
        }
    }

    /// Marks the words that were searched for, or none; quoted text in which
    /// there are some is shown.
    pub(crate) fn mark(&mut self, marker: Option<Arc<Marker>>) {
        self.marker = marker.unwrap_or_default();
        for block in &mut self.blocks {
            block.marks.clear();
            if self.marker.is_empty() {
                continue;
            }
            let marks = self
                .marker
                .marks(SearchField::Body, &block.text)
                .into_iter();
            block.marks = marks
                .map(|range| Mark {
                    range,
                    current: false,
                })
                .collect();
        }
        self.show_marks();
    }

    /// Marks words wherever they stand, and says how often that is. The one
    /// with this number is looked at, counting on from the first after the
    /// last. Without words, those that were searched for are marked again.
    pub(crate) fn find(&mut self, words: &str, number: usize) -> usize {
        if words.is_empty() {
            self.mark(Some(self.marker.clone()));
            return 0;
        }
        let found: Vec<Vec<Range<usize>>> = self
            .blocks
            .iter()
            .map(|block| occurrences(&block.text, words))
            .collect();
        let count = found.iter().map(Vec::len).sum();
        let current = number.checked_rem(count);
        let mut numbers = 0..;
        for (block, ranges) in self.blocks.iter_mut().zip(found) {
            let marks = ranges.into_iter().zip(&mut numbers);
            block.marks = marks
                .map(|(range, number)| Mark {
                    range,
                    current: Some(number) == current,
                })
                .collect();
        }
        self.show_marks();
        count
    }

    /// Shows quotations in which something is marked.
    fn show_marks(&mut self) {
        let marked = |block: &Block| !block.marks.is_empty();
        for at in 0..self.blocks.len() {
            let Some(fold) = self.blocks.get(at).and_then(|block| block.fold) else {
                continue;
            };
            let inside = self.blocks.iter().skip(at).take(fold.pieces);
            let opens = inside.into_iter().any(marked);
            if let Some(block) = self.blocks.get_mut(at).filter(|_| opens) {
                block.fold = Some(Fold {
                    closed: false,
                    ..fold
                });
            }
        }
    }

    /// Whether there is nothing to read.
    pub(crate) fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Follows what the reader does. Nothing edits.
    pub(crate) fn update(&mut self, message: Message) -> Outcome {
        match message {
            Message::Act(index, action) => {
                let Some(block) = self.blocks.get_mut(index) else {
                    return Outcome::None;
                };
                if action.is_edit() {
                    return Outcome::None;
                }
                let pressed = matches!(action, Action::Click(_));
                block.content.perform(action);
                if pressed {
                    let link = link::at_cursor(&block.content);
                    self.link = link.map(|link| LinkBar::new(&link, link.clone()));
                    for (other, block) in self.blocks.iter_mut().enumerate() {
                        if other != index && block.content.selection().is_some() {
                            block.content.perform(Action::Move(Motion::DocumentStart));
                        }
                    }
                }
                Outcome::None
            }
            Message::Fold(index) => {
                let block = self.blocks.get_mut(index);
                if let Some(fold) = block.and_then(|block| block.fold.as_mut()) {
                    fold.closed = !fold.closed;
                }
                Outcome::None
            }
            Message::Pressed(link) => {
                self.link = Some(LinkBar::new(&link.shown, link.target));
                Outcome::None
            }
            Message::CloseLink => {
                self.link = None;
                Outcome::None
            }
            Message::CopyLink => self.target().map_or(Outcome::None, Outcome::Copy),
            Message::OpenLink => self.target().map_or(Outcome::None, Outcome::Open),
            Message::UntrackLink => {
                if let Some(link) = &mut self.link {
                    link.untrack();
                }
                Outcome::None
            }
        }
    }

    fn target(&self) -> Option<String> {
        self.link.as_ref().map(|link| link.target().to_owned())
    }

    /// The link that was pressed, as it really is.
    pub(crate) fn link_view(&self) -> Option<Element<'_, Message>> {
        self.link.as_ref().map(LinkBar::view)
    }

    /// What is not hidden in a quotation around it, and whether its own text is
    /// shown.
    fn visible(&self) -> Vec<(usize, &Block, bool)> {
        let mut all = Vec::new();
        let mut at = 0;
        while let Some(block) = self.blocks.get(at) {
            let closed = block.fold.filter(|fold| fold.closed);
            all.push((at, block, closed.is_none()));
            at += closed.map_or(1, |fold| fold.pieces.max(1));
        }
        all
    }

    /// The stretches whose text is shown.
    #[cfg(test)]
    fn in_sight(&self) -> impl Iterator<Item = (usize, &Block)> {
        let all = self.visible().into_iter();
        all.filter_map(|(index, block, shown)| shown.then_some((index, block)))
    }

    /// The text, larger or smaller by that factor.
    pub(crate) fn view(&self, zoom: f32) -> Element<'_, Message> {
        let mut stack = column![].spacing(space::M).width(Length::Fill);
        for (index, block, shown) in self.visible() {
            if let Some(fold) = block.fold {
                stack = stack.push(fold_button(index, fold));
            }
            if shown {
                stack = stack.push(block.view(index, zoom));
            }
        }
        if self.cut > 0 {
            stack = stack.push(
                text(format!(
                    "This message is very long. {} more are not shown.",
                    super::bytes(self.cut as u64)
                ))
                .size(size::SMALL)
                .style(theme::text::weak),
            );
        }
        stack.into()
    }
}

fn fold_button<'a>(index: usize, fold: Fold) -> Element<'a, Message> {
    let words = if fold.closed {
        format!("Show {} quoted lines", fold.lines)
    } else {
        "Hide quoted text".to_owned()
    };
    row![text_button(words, Look::Weak, Some(Message::Fold(index)))]
        .align_y(Alignment::Center)
        .into()
}

impl Block {
    fn new(piece: Piece, fold: Option<Fold>) -> Self {
        Self {
            depth: piece.depth,
            kind: piece.kind,
            content: text_editor::Content::with_text(&piece.text),
            text: piece.text,
            fold,
            marks: Vec::new(),
        }
    }

    fn view(&self, index: usize, zoom: f32) -> Element<'_, Message> {
        let text = self.text_view(index, zoom);
        if self.depth == 0 {
            return text;
        }
        let mut quoted = row![].spacing(space::S);
        for _ in 0..self.depth.min(4) {
            quoted = quoted.push(rule::vertical(2).style(theme::rule));
        }
        quoted.push(text).into()
    }

    /// How it is set.
    fn setting(&self, zoom: f32) -> Setting {
        match self.kind {
            Kind::Prose | Kind::Signature => Setting {
                font: font::REGULAR,
                size: zoom
                    * if self.kind == Kind::Signature {
                        size::LIST
                    } else {
                        size::BODY
                    },
                line_height: 1.5,
                wrapping: Wrapping::WordOrGlyph,
            },
            Kind::Fixed | Kind::Patch => Setting {
                font: font::MONO,
                size: size::LIST * zoom,
                line_height: 1.4,
                wrapping: Wrapping::None,
            },
        }
    }

    fn text_view(&self, index: usize, zoom: f32) -> Element<'_, Message> {
        let weak = self.depth > 0 || self.kind == Kind::Signature;
        let setting = self.setting(zoom);
        let mut editor = text_editor::TextEditor::new(&self.content)
            .font(setting.font)
            .size(setting.size)
            .line_height(setting.line_height)
            .wrapping(setting.wrapping)
            .padding(0)
            .height(Length::Shrink);
        let is_wide = setting.wrapping == Wrapping::None;
        if is_wide {
            editor = editor.width(self.columns() * setting.size * LETTER + space::S);
        }
        let editor = editor
            .key_binding(reading_keys)
            .style(move |theme, status| {
                let t = tokens(theme);
                text_editor::Style {
                    value: if weak { t.text_weak } else { t.text },
                    ..theme::text_input::editor(theme, status)
                }
            })
            .highlight_with::<link::Highlighter>(self.kind, |what, theme| {
                let t = tokens(theme);
                let colour = match what {
                    link::Highlight::Link | link::Highlight::Place => t.accent,
                    link::Highlight::Added => t.success,
                    link::Highlight::Removed => t.danger,
                };
                iced::advanced::text::highlighter::Format {
                    color: Some(colour),
                    font: None,
                }
            })
            .on_action(move |action| Message::Act(index, action));
        let text = marked(editor, &self.text, setting, self.marks.clone());
        if !is_wide {
            return text;
        }
        // It is wider than the pane now and then.
        scrollable(text)
            .direction(scrollable::Direction::Horizontal(
                scrollable::Scrollbar::new().width(6).scroller_width(6),
            ))
            .style(theme::scrollable::slim)
            .width(Length::Fill)
            .into()
    }

    /// The length of its longest line, in letters of one width.
    #[allow(clippy::cast_precision_loss, reason = "no line is that long")]
    fn columns(&self) -> f32 {
        // Letters of the east are twice as wide.
        let width = |c: char| if c.len_utf8() > 2 { 2 } else { 1 };
        let lengths = self.text.lines().map(|line| line.chars().map(width).sum());
        lengths.max().unwrap_or(0_usize) as f32
    }
}

/// Selecting and copying only: all other keys stay commands of the window.
fn reading_keys(press: KeyPress) -> Option<Binding<Message>> {
    let KeyPress {
        key,
        modifiers,
        status: text_editor::Status::Focused { .. },
        ..
    } = press
    else {
        return None;
    };
    match key {
        Key::Character(c) if modifiers == Modifiers::COMMAND => match c.as_str() {
            "c" => Some(Binding::Copy),
            "a" => Some(Binding::SelectAll),
            _ => None,
        },
        Key::Named(named) if modifiers.shift() => {
            let motion = match named {
                Named::ArrowLeft => Motion::Left,
                Named::ArrowRight => Motion::Right,
                Named::ArrowUp => Motion::Up,
                Named::ArrowDown => Motion::Down,
                Named::Home => Motion::Home,
                Named::End => Motion::End,
                _ => return None,
            };
            Some(Binding::Select(motion))
        }
        _ => None,
    }
}
