//! The text of a message, to read, select and copy: quoted parts dimmed by
//! their depth and folded, links marked. Nothing in it is ever fetched.

mod link;
mod link_bar;
mod parse;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};
use iced::widget::text_editor::{self, Action, Binding, KeyPress, Motion};
use iced::widget::{column, row, rule, text};
use iced::{Alignment, Length};

use waxwing::engine::Marker;
use waxwing::html::page::Link;
use waxwing::model::SearchField;

use super::control::text_button;
use crate::ui::font;
use crate::ui::theme::button::Kind;
use crate::ui::theme::{self, size, space, tokens};
use crate::ui::widget::Element;

#[cfg(test)]
use link::links;
use link_bar::LinkBar;

/// Laying out more than this at once would be felt; the rest is cut off with a
/// word about it.
const LONGEST: usize = 200_000;

/// A stretch of text of one depth of quoting.
#[derive(Debug)]
struct Block {
    depth: usize,
    lines: usize,
    folded: bool,
    content: text_editor::Content,
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
    /// Shows or hides a quoted stretch.
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
        let blocks = parse::blocks(shown)
            .into_iter()
            .map(|(depth, text)| Block {
                depth,
                lines: text.lines().count(),
                folded: depth > 0 && text.lines().count() > 3,
                content: text_editor::Content::with_text(&text),
            })
            .collect();
        Self {
            blocks,
            cut: text.len() - shown.len(),
            link: None,
            marker: Arc::default(),
        }
    }

    /// Marks the words that were searched for, or none; quoted text in which
    /// there are some is shown.
    pub(crate) fn mark(&mut self, marker: Option<Arc<Marker>>) {
        self.marker = marker.unwrap_or_default();
        if self.marker.is_empty() {
            return;
        }
        for block in self.blocks.iter_mut().filter(|block| block.folded) {
            let text = block.content.text();
            block.folded = self.marker.marks(SearchField::Body, &text).is_empty();
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
                if let Some(block) = self.blocks.get_mut(index) {
                    block.folded = !block.folded;
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

    /// The text.
    pub(crate) fn view(&self) -> Element<'_, Message> {
        let mut stack = column![].spacing(space::XS).width(Length::Fill);
        for (index, block) in self.blocks.iter().enumerate() {
            stack = stack.push(block.view(index, &self.marker));
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

impl Block {
    fn view(&self, index: usize, marker: &Arc<Marker>) -> Element<'_, Message> {
        if self.depth == 0 {
            return self.editor(index, marker);
        }
        let words = if self.folded {
            format!("Show {} quoted lines", self.lines)
        } else {
            "Hide quoted text".to_owned()
        };
        let mut stack = column![].spacing(space::XS);
        if self.lines > 3 {
            stack = stack.push(
                row![text_button(words, Kind::Weak, Some(Message::Fold(index)))]
                    .align_y(Alignment::Center),
            );
        }
        if self.folded {
            return stack.into();
        }
        let mut quoted = row![].spacing(space::S);
        for _ in 0..self.depth.min(4) {
            quoted = quoted.push(rule::vertical(2).style(theme::rule));
        }
        stack.push(quoted.push(self.editor(index, marker))).into()
    }

    fn editor(&self, index: usize, marker: &Arc<Marker>) -> Element<'_, Message> {
        let quoted = self.depth > 0;
        text_editor::TextEditor::new(&self.content)
            .size(size::BODY)
            .line_height(1.5)
            .padding(0)
            .height(Length::Shrink)
            .key_binding(reading_keys)
            .style(move |theme, status| {
                let t = tokens(theme);
                text_editor::Style {
                    value: if quoted { t.text_weak } else { t.text },
                    ..theme::text_input::editor(theme, status)
                }
            })
            .highlight_with::<link::Highlighter>(marker.clone(), |what, theme| {
                let t = tokens(theme);
                let (colour, font) = match what {
                    link::Highlight::Link => (t.accent, None),
                    link::Highlight::Found => (t.warning, Some(font::BOLD)),
                };
                iced::advanced::text::highlighter::Format {
                    color: Some(colour),
                    font,
                }
            })
            .on_action(move |action| Message::Act(index, action))
            .into()
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
